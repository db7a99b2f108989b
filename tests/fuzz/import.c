/* A whole import: whatever the file is, the cache is sound after it. */
#include "world.h"

#include <unistd.h>

/* That the weights in a file do not sum to 1 is a finding about the file. */
static void count_error(void *context, const char *severity, const char *message)
{
	if (strcmp(severity, "error") != 0 || strstr(message, "the weights of the parents of ") == message)
		return;
	fprintf(stderr, "%s\n", message);
	++*(size_t *)context;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct import_report report = {0};
	struct error error = {0};
	struct store *store;
	char path[FUZZ_PATH];
	size_t errors = 0, faults = 0;
	int file = fuzz_file(data, size, path);

	FUZZ_CHECK(store_open(world_cache(), true, &store, NULL, &error) == STATUS_OK);
	fuzz_check_failure(import_file(store, path, NULL, &report, &error), &error);
	error_clear(&error);
	FUZZ_CHECK(store_check(store, count_error, &errors, &faults, &error) == STATUS_OK);
	FUZZ_CHECK(errors == 0);
	import_report_free(&report);
	store_close(store);
	close(file);
	return 0;
}
