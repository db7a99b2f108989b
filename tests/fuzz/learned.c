/* What an earlier fit learned, as the cache keeps it: bytes of the engine. */
#include "world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct engine_settings settings = {.prior = PRIOR_KIN};
	struct engine_estimate estimates[16];
	struct session *session;
	struct engine_data facts;
	struct engine_fit *fit = NULL;
	struct error error = {0};
	char *state = fuzz_copy(data, size);

	FUZZ_CHECK(session_open(world_cache(), true, NULL, NULL, &session, &error) == STATUS_OK);
	catalog_engine_data(session->catalog, &facts);
	FUZZ_CHECK(facts.benchmarks < 16);
	enum status status = engine_fit_new(&facts, &settings, state, size, false, NULL, &fit, &error);
	fuzz_check_failure(status, &error);
	if (status == STATUS_OK) {
		struct engine_query *query = engine_query_new(fit);
		fuzz_check_failure(engine_predict_model(query, 0, estimates, &error), &error);
		engine_query_free(query);
	}
	engine_fit_free(fit);
	session_close(session);
	free(state);
	return 0;
}
