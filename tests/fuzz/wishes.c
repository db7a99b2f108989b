/* What is asked of suggestions: a line that is accepted is written as it is read,
 * and leaves a search within the catalog. */
#include "world.h"

#include "stemma/app/wishes.h"

/* What is written means the same when it is read again. */
static void check_written(const struct wishes *wishes)
{
	struct text first = {0}, second = {0};
	struct wishes again = {0};
	struct error error = {0};

	wishes_write(wishes, &first);
	FUZZ_CHECK(wishes_read(&again, text_string(&first), &error) == STATUS_OK);
	wishes_write(&again, &second);
	FUZZ_CHECK(strcmp(text_string(&first), text_string(&second)) == 0);
	wishes_free(&again);
	text_free(&first);
	text_free(&second);
}

static void check_search(const struct wish_search *search, const struct catalog *catalog)
{
	double sum = 0;

	for (size_t i = 0; i < search->settings.models.include_count; i++)
		FUZZ_CHECK(search->settings.models.include[i] < catalog->count);
	for (size_t i = 0; i < search->front.axis_count; i++)
		FUZZ_CHECK(search->axes[i].engine.benchmark[0] < catalog->benchmark_count);
	for (size_t i = 0; i < search->settings.target.count; i++) {
		FUZZ_CHECK(search->settings.target.benchmark[i] < catalog->benchmark_count);
		sum += search->settings.target.weight[i];
	}
	FUZZ_CHECK(sum > 0.999 && sum < 1.001);
	FUZZ_CHECK(search->method >= 0 && search->method < MERGE_METHOD_COUNT);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct catalog *catalog = world_session()->catalog;
	char *line = fuzz_text(data, size);
	struct wishes wishes = {0};
	struct wish_search search = {0};
	struct error error = {0};
	enum status status = wishes_read(&wishes, line, &error);

	fuzz_check_failure(status, &error);
	if (status == STATUS_OK) {
		check_written(&wishes);
		status = wishes_resolve(&wishes, world_session(), &search, NULL, &error);
		fuzz_check_failure(status, &error);
		if (status == STATUS_OK)
			check_search(&search, catalog);
		wish_search_free(&search);
	}
	wishes_free(&wishes);
	free(line);
	return 0;
}
