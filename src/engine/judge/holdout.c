#include "stemma/engine/holdout.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "judge/baseline.h"
#include "judge/figures.h"
#include "judge/masked.h"
#include "judge/method.h"
#include "judge/relatives.h"
#include "judge/split.h"
#include "model/fit.h"
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

/* What came of one setting. */
struct verdicts {
	struct verdict *list;
	size_t count, capacity;
	size_t makes;        /* times that something was hidden */
	double seen, hidden; /* sums over those */
};

/* One method under way. */
struct holdout {
	const struct engine_data *data;
	const struct holdout_settings *settings;
	struct split split;
	struct verdicts *lists; /* one, or one a number of kept scores */
	size_t list_count;
};

/* ---- predictions ---------------------------------------------------------------------- */

static enum status predict_by_rule(const struct masked *masked, enum evaluation_method method, uint64_t seed,
				   struct progress *progress, double *values, struct error *error)
{
	static const struct baseline_als factors[METHOD_COUNT] = {
		[METHOD_BIAS] = {.rank = 0, .penalty = 0.1, .rounds = 40, .starts = 1},
		[METHOD_RANK2] = {.rank = 2, .penalty = 0.1, .rounds = 40, .starts = 10},
		[METHOD_ALS] = {.rank = 5, .penalty = NAN, .rounds = 20, .starts = 1},
	};

	if (method == METHOD_NCF)
		return baseline_network(masked, seed, progress, values, error);
	if (factors[method].starts > 0)
		baseline_als(masked, &factors[method], seed, values);
	else if (method == METHOD_FACTOR)
		baseline_factor(masked, values);
	else if (method == METHOD_RELATIVES)
		baseline_relatives(masked, values);
	else if (method == METHOD_NEAREST)
		baseline_nearest(masked, NEIGHBOURS, values);
	else if (method == METHOD_SIZE)
		baseline_size(masked, values);
	else if (method == METHOD_ANCESTOR)
		baseline_ancestor(masked, values, NULL);
	else
		baseline_mean(masked, values);
	return STATUS_OK;
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

static enum status predict_plainly(const struct masked *masked, enum evaluation_method method, uint64_t seed,
				   struct progress *progress, struct engine_estimate *estimates, struct error *error)
{
	double *values = memory_allocate(masked->count + 1, sizeof *values);
	enum status status = predict_by_rule(masked, method, seed, progress, values, error);

	for (size_t i = 0; i < masked->count && status == STATUS_OK; i++)
		estimates[i] = (struct engine_estimate){.mean = values[i], .sd = NAN, .low50 = NAN, .high50 = NAN,
							.low90 = NAN, .high90 = NAN};
	free(values);
	return status;
}

static enum status predict(const struct masked *masked, enum evaluation_method method, uint64_t seed,
			   struct progress *progress, struct engine_estimate *estimates, struct error *error)
{
	struct method_fit fit;

	if (!method_is_fit(method))
		return predict_plainly(masked, method, seed, progress, estimates, error);
	enum status status = method_fit(method, &masked->data, seed, progress, &fit, error);
	if (status == STATUS_OK)
		status = predict_by_fit(masked, fit.fit, progress, estimates, error);
	method_fit_free(&fit);
	return status;
}

/* ---- folds ------------------------------------------------------------------------------- */

static void judge(struct verdicts *verdicts, const struct masked *masked, size_t fold,
		  const struct engine_estimate *estimates)
{
	bool *ancestor = memory_zero(masked->count + 1, sizeof *ancestor);
	double *values = memory_allocate(masked->count + 1, sizeof *values);
	struct relatives *relatives = memory_allocate(masked->count + 1, sizeof *relatives);

	baseline_ancestor(masked, values, ancestor);
	relatives_find(masked, relatives);
	for (size_t i = 0; i < masked->count; i++) {
		const struct masked_cell *cell = &masked->cells[i];
		if (isnan(estimates[i].mean))
			continue;
		struct verdict verdict = verdict_make(&masked->benchmark[cell->benchmark], cell->value, &estimates[i]);
		verdict.model = cell->model;
		verdict.benchmark = cell->benchmark;
		verdict.fold = (uint32_t)fold;
		verdict.ancestor = ancestor[i];
		verdict.distance = relatives[i].distance;
		verdict.made = relatives_made(&masked->data, cell->model);
		verdicts->list = memory_grow(verdicts->list, verdicts->count, &verdicts->capacity, sizeof *verdicts->list);
		verdicts->list[verdicts->count++] = verdict;
	}
	free(ancestor);
	free(values);
	free(relatives);
}

static void count_masked(struct verdicts *verdicts, const struct masked *masked)
{
	verdicts->makes++;
	verdicts->seen += (double)masked->known;
	verdicts->hidden += (double)masked->hidden;
}

static enum status run_fold(struct holdout *holdout, enum evaluation_method method, size_t fold,
			    struct progress *progress, struct error *error)
{
	const struct holdout_settings *settings = holdout->settings;
	struct masked masked;
	enum status status = STATUS_OK;

	split_make(&holdout->split, fold);
	masked_make(&holdout->split, settings->models_min < 1 ? 1 : settings->models_min, &masked);
	count_masked(&holdout->lists[0], &masked);
	if (masked.count > 0) {
		struct engine_estimate *estimates = memory_zero(masked.count, sizeof *estimates);
		status = predict(&masked, method, settings->seed, progress, estimates, error);
		if (status == STATUS_OK)
			judge(&holdout->lists[0], &masked, fold, estimates);
		free(estimates);
	}
	masked_free(&masked);
	return status;
}

/* ---- new benchmarks ------------------------------------------------------------------------ */

/* Places the benchmark by the cells of it that are shown. */
static void place_benchmark(const struct masked *masked, uint32_t benchmark, struct engine_fit *fit)
{
	size_t begin = masked->column_start[benchmark], count = masked->column_start[benchmark + 1] - begin;
	uint32_t *models = memory_allocate(count + 1, sizeof *models);
	struct engine_cell *cells = memory_allocate(count + 1, sizeof *cells);

	for (size_t i = 0; i < count; i++) {
		size_t model = models[i] = masked->model[masked->column[begin + i].row], known;
		const struct engine_cell *list = engine_data_cells(&masked->data, model, &known);
		cells[i] = *engine_cell_find(list, known, benchmark);
	}
	if (count > 0)
		factors_place(fit->factors, benchmark, models, cells, count);
	free(models);
	free(cells);
}

/* One benchmark of a fold with so many scores known; a fit has learned from what the fold leaves. */
static enum status run_benchmark(struct holdout *holdout, enum evaluation_method method, size_t place, size_t keep,
				 struct engine_fit *fit, struct error *error)
{
	const struct split_benchmark *new = &holdout->split.benchmarks[place];
	struct verdicts *verdicts = &holdout->lists[keep];
	struct masked masked;
	enum status status = STATUS_OK;

	split_show(&holdout->split, place, holdout->settings->keep[keep]);
	masked_make(&holdout->split, 1, &masked);
	count_masked(verdicts, &masked);
	if (masked.count > 0) {
		struct engine_estimate *estimates = memory_zero(masked.count, sizeof *estimates);
		if (fit) {
			place_benchmark(&masked, new->benchmark, fit);
			status = predict_by_fit(&masked, fit, NULL, estimates, error);
		} else {
			status = predict_plainly(&masked, method, holdout->settings->seed, NULL, estimates, error);
		}
		if (status == STATUS_OK)
			judge(verdicts, &masked, new->fold, estimates);
		free(estimates);
	}
	masked_free(&masked);
	return status;
}

static enum status run_benchmarks(struct holdout *holdout, enum evaluation_method method, size_t fold,
				  struct engine_fit *fit, struct progress *progress, struct error *error)
{
	const struct split *split = &holdout->split;
	enum status status = STATUS_OK;

	for (size_t i = 0; i < split->benchmark_count && status == STATUS_OK; i++) {
		if (split->benchmarks[i].fold != fold)
			continue;
		for (size_t keep = 0; keep < holdout->list_count && status == STATUS_OK; keep++)
			status = run_benchmark(holdout, method, i, keep, fit, error);
		if (status == STATUS_OK &&
		    !progress_step(progress, "placing benchmarks", (double)i / (double)split->benchmark_count))
			status = error_set(error, STATUS_CANCELLED, "evaluation cancelled");
	}
	return status;
}

/* Learns once without all benchmarks of the fold, then places one after the other. */
static enum status run_new_fold(struct holdout *holdout, enum evaluation_method method, size_t fold,
				struct progress *progress, struct error *error)
{
	struct progress_part learning, placing;
	struct method_fit fit = {0};
	struct masked masked = {0};
	enum status status = STATUS_OK;
	bool learns = method_is_fit(method);

	if (learns) {
		split_make(&holdout->split, fold);
		masked_make(&holdout->split, 1, &masked);
		status = method_fit(method, &masked.data, holdout->settings->seed,
				    progress_begin_part(&learning, progress, 0, 0.7), &fit, error);
	}
	if (status == STATUS_OK)
		status = run_benchmarks(holdout, method, fold, fit.fit,
					progress_begin_part(&placing, progress, learns ? 0.7 : 0, 1), error);
	method_fit_free(&fit);
	masked_free(&masked);
	return status;
}

static enum status run_method(struct holdout *holdout, enum evaluation_method method,
			      struct progress *progress, struct error *error)
{
	double folds = (double)holdout->split.folds;
	bool new = holdout->settings->protocol == HOLDOUT_NEW;
	enum status status = STATUS_OK;

	for (size_t i = 0; i < holdout->list_count; i++) {
		holdout->lists[i].count = holdout->lists[i].makes = 0;
		holdout->lists[i].seen = holdout->lists[i].hidden = 0;
	}
	for (size_t fold = 0; fold < holdout->split.folds && status == STATUS_OK; fold++) {
		struct progress_part part;
		struct progress *own = progress_begin_part(&part, progress, (double)fold / folds, (double)(fold + 1) / folds);
		status = (new ? run_new_fold : run_fold)(holdout, method, fold, own, error);
	}
	return status;
}

/* ---- the whole ------------------------------------------------------------------------------ */

static bool is_asked(const struct holdout_settings *settings, const struct engine_data *data,
		     enum evaluation_method method)
{
	/* These would learn anew for each benchmark, and tell little there. */
	bool slow = method == METHOD_BIAS || method == METHOD_RANK2 || method == METHOD_ALS;

	if (!evaluation_method_predicts(method, true) || !method_is_asked(method, settings->methods, data))
		return false;
	return settings->methods || (method != METHOD_NCF && !(slow && settings->protocol == HOLDOUT_NEW));
}

static void report(const struct holdout *holdout, enum evaluation_method method, size_t number, double seconds,
		   void (*result)(void *context, const struct holdout_result *), void *context)
{
	struct verdicts *verdicts = &holdout->lists[number];
	double makes = (double)verdicts->makes;
	struct holdout_result row = {
		.method = method, .folds = holdout->split.folds, .seconds = seconds,
		.keep = holdout->settings->protocol == HOLDOUT_NEW ? holdout->settings->keep[number] : 0,
		.seen = (size_t)lround(verdicts->seen / makes), .hidden = (size_t)lround(verdicts->hidden / makes),
	};
	struct holdout_row *rows = figures_make(holdout->data, verdicts->list, verdicts->count, holdout->split.folds,
						&row.row_count);

	row.rows = rows;
	result(context, &row);
	free(rows);
}

enum status engine_holdout(const struct engine_data *data, const struct holdout_settings *settings,
			   void (*result)(void *context, const struct holdout_result *), void *context,
			   struct progress *progress, struct error *error)
{
	struct holdout holdout = {.data = data, .settings = settings, .list_count = 1};
	enum status status = STATUS_OK;

	if (settings->protocol == HOLDOUT_NEW)
		holdout.list_count = settings->keep_count;
	holdout.lists = memory_zero(holdout.list_count + 1, sizeof *holdout.lists);
	split_begin(&holdout.split, data, settings);
	for (enum evaluation_method method = 0; method < METHOD_COUNT && status == STATUS_OK; method++) {
		double begin = clock_seconds();
		if (!is_asked(settings, data, method))
			continue;
		status = run_method(&holdout, method, progress, error);
		if (status == STATUS_OK && holdout.lists[0].count == 0)
			status = error_set(error, STATUS_DATA, "the protocol %s hides no score here that can be judged",
					   holdout_protocol_name(settings->protocol));
		for (size_t i = 0; i < holdout.list_count && status == STATUS_OK; i++)
			if (holdout.lists[i].count > 0)
				report(&holdout, method, i, clock_seconds() - begin, result, context);
	}
	split_free(&holdout.split);
	for (size_t i = 0; i < holdout.list_count; i++)
		free(holdout.lists[i].list);
	free(holdout.lists);
	return status;
}
