/* What an earlier fit learned, as the cache keeps it: bytes of the engine. */
#include "world.h"

static void fit_with(const struct session *session, const char *state, size_t size)
{
	const struct engine_settings settings = {.prior = PRIOR_KIN};
	const struct engine_target *target = &session->target.engine;
	struct engine_estimate estimate;
	struct engine_residual residual;
	struct engine_data facts;
	struct engine_fit *fit = NULL;
	struct error error = {0};

	catalog_engine_data(session->catalog, &facts);
	enum status status = engine_fit_new(&facts, &settings, state, size, false, NULL, &fit, &error);
	fuzz_check_failure(status, &error);
	if (status == STATUS_OK) {
		struct engine_query *query = engine_query_new(fit);
		FUZZ_CHECK(engine_residual(fit, 0, target, ENGINE_LEAVE_MODEL, &residual));
		fuzz_check_failure(engine_predict_known(query, 0, &error), &error);
		engine_estimate(query, target, &estimate);
		engine_query_free(query);
	}
	engine_fit_free(fit);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct session *session;
	struct error error = {0};
	char *state = fuzz_copy(data, size);

	FUZZ_CHECK(session_open(world_cache(), true, NULL, NULL, &session, &error) == STATUS_OK);
	fit_with(session, state, size);
	session_close(session);
	free(state);
	return 0;
}
