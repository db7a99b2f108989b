#include "model/fit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/clock.h"
#include "stemma/base/memory.h"

static const char *const prior_words[] = {
#define X(symbol, word, help) word,
	PRIOR_TABLE(X)
#undef X
};

static const char *const leave_words[] = {
#define X(symbol, word, help) word,
	ENGINE_LEAVE_TABLE(X)
#undef X
};

const char *prior_name(enum prior prior)
{
	return prior < PRIOR_COUNT ? prior_words[prior] : "unknown";
}

enum prior prior_parse(const char *word)
{
	enum prior prior = 0;

	while (prior < PRIOR_COUNT && strcmp(word, prior_words[prior]) != 0)
		prior++;
	return prior;
}

const char *engine_leave_name(enum engine_leave leave)
{
	return leave < ENGINE_LEAVE_COUNT ? leave_words[leave] : "unknown";
}

enum engine_leave engine_leave_parse(const char *word)
{
	enum engine_leave leave = 0;

	while (leave < ENGINE_LEAVE_COUNT && strcmp(word, leave_words[leave]) != 0)
		leave++;
	return leave;
}

/* ---- components -------------------------------------------------------------------- */

/* What a term adds to the variance of a typical row: its own part, and its effects with their
 * priors (which are 1 a unit of theta but for what hangs on others). */
static void term_sizes(const struct design *design, double *size)
{
	double *square = memory_allocate(design->effects + 1, sizeof *square);

	memset(size, 0, design->terms * sizeof *size);
	for (size_t e = 0; e < design->effects; e++)
		square[e] = design->scale_term[e] < design->terms ? design->scale_term[e] : design->prior_term[e];
	for (size_t row = 0; row < design->rows; row++) {
		for (size_t t = 0; t < design->terms; t++)
			size[t] += (double)design->own[row * design->terms + t];
		for (size_t i = design->row.start[row]; i < design->row.start[row + 1]; i++)
			size[(size_t)square[design->row.effect[i]]] += (double)(design->row.value[i] * design->row.value[i]);
	}
	for (size_t t = 0; t < design->terms; t++)
		size[t] /= (double)design->rows;
	free(square);
}

/* Each term's share of the variance of a typical model. */
static void fit_list_components(struct engine_fit *fit)
{
	const struct design *design = &fit->factors->design;
	const struct parameters *parameters = &fit->factors->parameters;
	size_t rank = parameters->rank, terms = design->terms;
	double *size = memory_allocate(terms + 1, sizeof *size);

	term_sizes(design, size);
	fit->components = memory_allocate((terms + 1) * rank, sizeof *fit->components);
	for (size_t k = 0; k < rank; k++) {
		double total = parameters->own[k];
		for (size_t t = 0; t < terms; t++)
			total += parameters->theta[t * rank + k] * size[t];
		for (size_t t = 0; t <= terms; t++)
			fit->components[fit->component_count++] = (struct engine_component){
				.label = t < terms ? design_label(design, t) : "own",
				.factor = k,
				.variance = (t < terms ? parameters->theta[t * rank + k] * size[t] : parameters->own[k]) / total,
			};
	}
	free(size);
}

const struct engine_component *engine_fit_components(const struct engine_fit *fit, size_t *count)
{
	*count = fit->component_count;
	return fit->components;
}

/* ---- the whole --------------------------------------------------------------------- */

/* Learns, or takes what was learned: then only the benchmarks that are new to it are placed among
 * the others. */
static enum status fit_learn(struct engine_fit *fit, const struct kept *kept, struct progress *progress,
			     struct error *error)
{
	struct factors *factors = fit->factors;
	struct progress_part learning, relating, calibrating;
	bool good = true, calibrated = false;
	double from = 0;

	if (kept) {
		size_t fresh = kept_take(kept, factors);
		calibrated = true;
		fit->kept = kept_take_results(kept, factors);
		if (fit->kept)
			return STATUS_OK;
		if (fresh > 0)
			parameters_learn_usual_noise(&factors->cells, &factors->parameters);
		good = fresh == 0 || factors_learn(factors, true, NULL);
	} else {
		from = 0.6;
		kept_note(factors);
		good = factors_learn(factors, false, progress_begin_part(&learning, progress, 0, from));
	}
	double until = calibrated ? 1 : 0.8;
	good = good && factors_solve(factors, progress_begin_part(&relating, progress, from, until));
	if (good && !calibrated)
		good = factors_calibrate(factors, progress_begin_part(&calibrating, progress, until, 1));
	return good ? STATUS_OK : error_set(error, STATUS_CANCELLED, "fit cancelled");
}

enum status engine_fit_new(const struct engine_data *data, const struct engine_settings *settings,
			   const void *state, size_t state_bytes, bool relearn,
			   struct progress *progress, struct engine_fit **result, struct error *error)
{
	double begin = clock_seconds();
	struct engine_fit *fit = memory_zero(1, sizeof *fit);
	struct kept *kept = state && !relearn ? kept_read(state, state_bytes, data, settings) : NULL;
	struct factors_start start = {.prior = settings->prior, .rank = kept ? kept_rank(kept) : settings->rank,
				      .seed = settings->seed, .rho = kept ? kept_rho(kept) : 0,
				      .scale = kept ? kept_scales(kept) : NULL};

	fit->settings = *settings;
	fit->data = *data;
	enum status status = progress_step(progress, "reading scores", 0)
		? factors_new(data, &start, &fit->factors, error) : error_set(error, STATUS_CANCELLED, "fit cancelled");
	if (status != STATUS_OK)
		goto cleanup;
	fit->rows = fit->factors->cells.rows;
	fit->row_model = fit->factors->cells.row_model;
	fit->model_row = fit->factors->cells.model_row;
	fit->attributes = fit->factors->attributes;
	status = fit_learn(fit, kept, progress, error);
	if (status != STATUS_OK)
		goto cleanup;
	fit_list_components(fit);
	progress_step(progress, "fitted", 1);
	fit->seconds = clock_seconds() - begin;
	*result = fit;
	fit = NULL;
cleanup:
	kept_free(kept);
	engine_fit_free(fit);
	return status;
}

void engine_fit_free(struct engine_fit *fit)
{
	if (!fit)
		return;
	factors_free(fit->factors);
	free(fit->components);
	free(fit);
}

void engine_fit_info(const struct engine_fit *fit, struct engine_info *info)
{
	*info = (struct engine_info){
		.prior = fit->settings.prior,
		.models = fit->rows,
		.cells = fit->factors->cells.count,
		.factors = fit->factors->parameters.rank,
		.seconds = fit->seconds,
		.log_likelihood = fit->factors->log_likelihood,
		.sparse = !fit->factors->exact,
		.kept = fit->kept,
	};
	for (size_t b = 0; b < fit->data.benchmarks; b++)
		info->benchmarks += factors_scored(fit->factors, (uint32_t)b) > 0;
}

bool engine_fit_covers(const struct engine_fit *fit, const struct engine_target *target)
{
	for (size_t i = 0; i < target->count; i++)
		if (target->benchmark[i] >= fit->data.benchmarks || factors_scored(fit->factors, target->benchmark[i]) == 0)
			return false;
	return target->count > 0;
}
