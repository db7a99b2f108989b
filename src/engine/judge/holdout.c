#include "stemma/engine/holdout.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "judge/baseline.h"
#include "judge/figures.h"
#include "judge/masked.h"
#include "judge/method.h"
#include "judge/split.h"
#include "stemma/base/clock.h"
#include "stemma/base/memory.h"

#define NEIGHBOURS 15

static const char *const protocol_words[] = {
#define X(symbol, word, help) word,
	HOLDOUT_PROTOCOL_TABLE(X)
#undef X
};

const char *holdout_protocol_name(enum holdout_protocol protocol)
{
	return protocol < HOLDOUT_PROTOCOL_COUNT ? protocol_words[protocol] : "unknown";
}

enum holdout_protocol holdout_protocol_parse(const char *word)
{
	enum holdout_protocol protocol = 0;

	while (protocol < HOLDOUT_PROTOCOL_COUNT && strcmp(word, protocol_words[protocol]) != 0)
		protocol++;
	return protocol;
}

/* One method under way. */
struct holdout {
	const struct engine_data *data;
	const struct holdout_settings *settings;
	struct split split;
	struct verdict *verdicts;
	size_t count, capacity;
	double seen, hidden; /* sums over the folds */
};

/* ---- predictions ---------------------------------------------------------------------- */

static void predict_by_rule(const struct masked *masked, enum evaluation_method method, uint64_t seed,
			    double *values)
{
	static const struct baseline_als factors[METHOD_COUNT] = {
		[METHOD_BIAS] = {.rank = 0, .penalty = 0.1, .rounds = 40, .starts = 1},
		[METHOD_RANK2] = {.rank = 2, .penalty = 0.1, .rounds = 40, .starts = 10},
		[METHOD_ALS] = {.rank = 5, .penalty = NAN, .rounds = 20, .starts = 1},
	};

	if (factors[method].starts > 0)
		baseline_als(masked, &factors[method], seed, values);
	else if (method == METHOD_NEAREST)
		baseline_nearest(masked, NEIGHBOURS, values);
	else if (method == METHOD_SIZE)
		baseline_size(masked, values);
	else if (method == METHOD_ANCESTOR)
		baseline_ancestor(masked, values, NULL);
	else
		baseline_mean(masked, values);
}

/* The cells of one model come one after the other. */
static enum status predict_by_fit(const struct masked *masked, const struct engine_fit *fit,
				  struct progress *progress, struct engine_estimate *estimates,
				  struct error *error)
{
	struct engine_query *query = engine_query_new(fit);
	enum status status = STATUS_OK;

	for (size_t i = 0; i < masked->count && status == STATUS_OK; i++) {
		const struct masked_cell *cell = &masked->cells[i];
		if (i == 0 || masked->cells[i - 1].model != cell->model) {
			if (!progress_step(progress, "predicting", (double)i / (double)masked->count))
				status = error_set(error, STATUS_CANCELLED, "evaluation cancelled");
			else
				status = engine_predict_known(query, cell->model, error);
		}
		if (status == STATUS_OK)
			engine_estimate(query, &engine_target_one(cell->benchmark), &estimates[i]);
	}
	engine_query_free(query);
	return status;
}

static enum status predict(const struct masked *masked, enum evaluation_method method, uint64_t seed,
			   struct progress *progress, struct engine_estimate *estimates, struct error *error)
{
	struct method_fit fit;

	if (method_is_fit(method)) {
		enum status status = method_fit(method, &masked->data, seed, progress, &fit, error);
		if (status == STATUS_OK)
			status = predict_by_fit(masked, fit.fit, progress, estimates, error);
		method_fit_free(&fit);
		return status;
	}
	double *values = memory_allocate(masked->count + 1, sizeof *values);
	predict_by_rule(masked, method, seed, values);
	for (size_t i = 0; i < masked->count; i++)
		estimates[i] = (struct engine_estimate){.mean = values[i], .sd = NAN, .low50 = NAN, .high50 = NAN,
							.low90 = NAN, .high90 = NAN};
	free(values);
	return STATUS_OK;
}

/* ---- folds ------------------------------------------------------------------------------- */

static void judge(struct holdout *holdout, const struct masked *masked, size_t fold,
		  const struct engine_estimate *estimates)
{
	bool *ancestor = memory_zero(masked->count + 1, sizeof *ancestor);
	double *values = memory_allocate(masked->count + 1, sizeof *values);

	baseline_ancestor(masked, values, ancestor);
	for (size_t i = 0; i < masked->count; i++) {
		const struct masked_cell *cell = &masked->cells[i];
		if (isnan(estimates[i].mean))
			continue;
		struct verdict verdict = verdict_make(&masked->benchmark[cell->benchmark], cell->value, &estimates[i]);
		verdict.model = cell->model;
		verdict.benchmark = cell->benchmark;
		verdict.fold = (uint32_t)fold;
		verdict.ancestor = ancestor[i];
		holdout->verdicts = memory_grow(holdout->verdicts, holdout->count, &holdout->capacity,
						sizeof *holdout->verdicts);
		holdout->verdicts[holdout->count++] = verdict;
	}
	free(ancestor);
	free(values);
}

static enum status run_fold(struct holdout *holdout, enum evaluation_method method, size_t fold,
			    struct progress *progress, struct error *error)
{
	const struct holdout_settings *settings = holdout->settings;
	size_t least = settings->protocol == HOLDOUT_NEW || settings->models_min < 1 ? 1 : settings->models_min;
	struct masked masked;
	enum status status = STATUS_OK;

	split_make(&holdout->split, fold);
	masked_make(&holdout->split, least, &masked);
	holdout->seen += (double)masked.known;
	holdout->hidden += (double)masked.hidden;
	if (masked.count > 0) {
		struct engine_estimate *estimates = memory_zero(masked.count, sizeof *estimates);
		status = predict(&masked, method, settings->seed, progress, estimates, error);
		if (status == STATUS_OK)
			judge(holdout, &masked, fold, estimates);
		free(estimates);
	}
	masked_free(&masked);
	return status;
}

static enum status run_method(struct holdout *holdout, enum evaluation_method method,
			      struct progress *progress, struct error *error)
{
	double folds = (double)holdout->split.folds;
	enum status status = STATUS_OK;

	holdout->count = 0;
	holdout->seen = holdout->hidden = 0;
	for (size_t fold = 0; fold < holdout->split.folds && status == STATUS_OK; fold++) {
		struct progress_part part;
		status = run_fold(holdout, method, fold,
				  progress_begin_part(&part, progress, (double)fold / folds,
						      (double)(fold + 1) / folds), error);
	}
	return status;
}

/* ---- the whole ------------------------------------------------------------------------------ */

static bool is_asked(const struct holdout_settings *settings, enum evaluation_method method)
{
	return evaluation_method_predicts(method, true) && (!settings->methods || settings->methods[method]);
}

static void report(struct holdout *holdout, enum evaluation_method method, double seconds,
		   void (*result)(void *context, const struct holdout_result *), void *context)
{
	double folds = (double)holdout->split.folds;
	struct holdout_result row = {
		.method = method, .folds = holdout->split.folds, .seconds = seconds,
		.seen = (size_t)lround(holdout->seen / folds), .hidden = (size_t)lround(holdout->hidden / folds),
	};
	struct holdout_row *rows = figures_make(holdout->data, holdout->verdicts, holdout->count,
						holdout->split.folds, &row.row_count);

	row.rows = rows;
	result(context, &row);
	free(rows);
}

enum status engine_holdout(const struct engine_data *data, const struct holdout_settings *settings,
			   void (*result)(void *context, const struct holdout_result *), void *context,
			   struct progress *progress, struct error *error)
{
	struct holdout holdout = {.data = data, .settings = settings};
	enum status status = STATUS_OK;

	split_begin(&holdout.split, data, settings);
	for (enum evaluation_method method = 0; method < METHOD_COUNT && status == STATUS_OK; method++) {
		double begin = clock_seconds();
		if (!is_asked(settings, method))
			continue;
		status = run_method(&holdout, method, progress, error);
		if (status == STATUS_OK && holdout.count == 0)
			status = error_set(error, STATUS_DATA, "the protocol %s hides no score here that can be judged",
					   holdout_protocol_name(settings->protocol));
		if (status == STATUS_OK)
			report(&holdout, method, clock_seconds() - begin, result, context);
	}
	split_free(&holdout.split);
	free(holdout.verdicts);
	return status;
}
