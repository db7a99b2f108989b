/* Foreign text on its way to the terminal: clean, once and for all. */
#include "fuzz.h"

#include "stemma/base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), *clean = utf8_sanitize(text), *again = utf8_sanitize(clean);
	int used = 0;

	FUZZ_CHECK(utf8_is_clean(clean));
	FUZZ_CHECK(strcmp(clean, again) == 0);
	FUZZ_CHECK(utf8_is_clean(text) == (strcmp(text, clean) == 0));
	for (const char *byte = clean; *byte; byte++)
		FUZZ_CHECK((unsigned char)*byte >= ' ' && *byte != 127);
	for (int columns = 0; columns < 12; columns++) {
		size_t length = utf8_prefix(clean, columns, &used);
		FUZZ_CHECK(length <= strlen(clean) && used <= columns);
	}
	FUZZ_CHECK(utf8_width(clean) >= 0);
	free(text);
	free(clean);
	free(again);
	return 0;
}
