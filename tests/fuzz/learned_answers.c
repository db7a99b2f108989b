/* What was learned of single answers, as the cache keeps it.  The first byte says how
 * it comes about: r the bytes that follow, else true ones with edits (fuzz_edit). */
#include "world.h"

#include <math.h>

#include "stemma/app/import.h"
#include "stemma/app/outcomes.h"
#include "stemma/base/text.h"
#include "stemma/engine/answer_model.h"

#define MODELS 44 /* a few more than it takes to learn */
#define QUESTIONS 6

static struct {
	struct session *session;
	struct outcomes outcomes;
	void *state;
	size_t bytes;
} world;

static void import_more(const struct text *table)
{
	struct import_report report = {0};
	struct error error = {0};
	struct text copy = {0};

	text_append(&copy, text_string(table));
	FUZZ_CHECK(import_text(world.session->store, "more.csv", &copy, NULL, &report, &error) == STATUS_OK);
	FUZZ_CHECK(report.rejected == 0);
	import_report_free(&report);
	text_free(&copy);
}

static void add_models(void)
{
	struct text models = {0}, answers = {0};

	text_append(&models, "model,kind,architecture,params_b,uploaded,ifeval,bbh\n");
	text_append(&answers, "model");
	for (int i = 0; i < QUESTIONS; i++)
		text_append_format(&answers, ",set:%d", i);
	for (int i = 0; i < MODELS; i++) {
		text_append_format(&models, "t/Oak-%d,chat,OakForCausalLM,7,2024-01-%02d,%d,%d\n", i, 1 + i % 28, 20 + i, 60 - i);
		text_append_format(&answers, "\nt/Oak-%d", i);
		for (int q = 0; q < QUESTIONS; q++)
			text_append_format(&answers, ",%d", i * 7 % 44 > q * 6);
	}
	text_append(&answers, "\n");
	import_more(&models);
	import_more(&answers);
	text_free(&models);
	text_free(&answers);
}

static enum status learn(const void *state, size_t bytes, struct progress *progress, struct answer_model **model,
			 struct error *error)
{
	struct lrmf_data answers = outcomes_data(&world.outcomes);

	return answer_model_new(world.session->fit, &answers, world.outcomes.models, state, bytes, 1, progress, model,
				error);
}

static void open_world(void)
{
	struct answer_model *model;
	struct error error = {0};

	FUZZ_CHECK(session_open(world_cache(), true, NULL, NULL, &world.session, &error) == STATUS_OK);
	add_models();
	FUZZ_CHECK(session_reload(world.session, &error) == STATUS_OK);
	FUZZ_CHECK(session_fit(world.session, &(const struct engine_settings){.prior = PRIOR_KIN}, false, NULL,
			       &error) == STATUS_OK);
	FUZZ_CHECK(outcomes_load(world.session->store, world.session->catalog, "set", &world.outcomes, &error) == STATUS_OK);
	FUZZ_CHECK(learn(NULL, 0, NULL, &model, &error) == STATUS_OK);
	world.state = answer_model_state(model, &world.bytes);
	answer_model_free(model);
}

static void check_model(const struct answer_model *model)
{
	struct answer_prediction prediction;
	struct error error = {0};

	for (size_t i = 0; i < world.session->catalog->count; i++) {
		FUZZ_CHECK(engine_predict_model(world.session->query, i, &error) == STATUS_OK);
		answer_model_predict(model, world.session->query, &prediction);
		FUZZ_CHECK(isfinite(prediction.share.mean) && isfinite(prediction.share.sd));
		FUZZ_CHECK(prediction.share.low90 >= 0 && prediction.share.high90 <= 100);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct progress progress = {.cancelled = true}; /* what is refused would be learned again */
	struct answer_model *model = NULL;
	struct error error = {0};

	if (!world.session)
		open_world();
	bool raw = size > 0 && data[0] == 'r';
	size_t bytes = raw ? size - 1 : world.bytes;
	char *state = raw ? fuzz_copy(data + 1, bytes) : fuzz_edit(world.state, bytes, data + (size > 0), size - (size > 0));
	enum status status = learn(state, bytes, &progress, &model, &error);
	FUZZ_CHECK(status == STATUS_OK || status == STATUS_CANCELLED);
	if (status == STATUS_OK)
		check_model(model);
	answer_model_free(model);
	free(state);
	return 0;
}
