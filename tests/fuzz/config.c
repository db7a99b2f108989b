/* The configuration: what is read is printed so that it reads the same again. */
#include "fuzz.h"

#include "stemma/tui/config.h"

static void print_again(const struct config *config)
{
	struct config *again = config_new();
	struct text first = {0}, second = {0};
	struct error error = {0};

	config_print(config, &first);
	config_parse(again, text_string(&first), first.length, "printed.yaml", &error);
	if (error.status != STATUS_OK)
		fprintf(stderr, "%s\n%s", error.message, text_string(&first));
	FUZZ_CHECK(error.status == STATUS_OK);
	config_print(again, &second);
	FUZZ_CHECK(strcmp(text_string(&first), text_string(&second)) == 0);
	text_free(&first);
	text_free(&second);
	config_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config *config = config_new();
	struct error error = {0};
	char *text = fuzz_copy(data, size);

	fuzz_check_failure(config_parse(config, text, size, "config.yaml", &error), &error);
	print_again(config);
	config_free(config);
	free(text);
	return 0;
}
