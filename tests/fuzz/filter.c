/* A filter: what is accepted fits no more models than there are. */
#include "world.h"

#include <math.h>

#include "stemma/app/filter.h"

static double predict(void *context, size_t model, const struct engine_target *target)
{
	(void)context;
	return target->count > 0 && model % 2 == 0 ? 50 : (double)NAN;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct catalog *catalog = world_session()->catalog;
	struct target_names names = session_names(world_session());
	struct filter *filter = filter_new(catalog, &names);
	struct error error = {0};
	uint8_t fit[64] = {0};
	double z[64] = {0};
	char *text = fuzz_text(data, size);
	size_t best;

	FUZZ_CHECK(catalog->count <= sizeof fit);
	filter_set_z(filter, z);
	filter_set_predict(filter, predict, NULL);
	enum status status = filter_set(filter, text, &error);
	fuzz_check_failure(status, &error);
	FUZZ_CHECK(filter_hint(filter));
	size_t count = filter_run(filter, NULL, fit, &best);
	FUZZ_CHECK(count <= catalog->count && (best == CATALOG_NONE) == (count == 0));
	filter_free(filter);
	free(text);
	return 0;
}
