/* Suggestions: the order, the diversity and the honesty of a search. */
#include "stemma/engine/suggest.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "search/search.h"
#include "stemma/base/memory.h"

/* How many merges of each model go to the short list, how many of them are
 * looked at first, and how many merges it takes to measure the slope. */
#define EACH 16
#define FIRST_LOOK 256
#define SLOPE_LEAST 8

void suggest_result_free(struct suggest_result *result)
{
	free(result->answers);
	*result = (struct suggest_result){0};
}

/* ---- the optimizer's curse ----------------------------------------------------- */

/* Inverse of the normal distribution by Newton's method on erfc, from the
 * tail's asymptote: enough for any count of models. */
static double normal_quantile(double upper)
{
	double x = upper < 0.5 ? sqrt(-2 * log(upper)) : 0;

	for (int i = 0; i < 50; i++) {
		double tail = 0.5 * erfc(x / sqrt(2)), density = exp(-0.5 * x * x) / sqrt(2 * 3.14159265358979323846);
		/* Newton on log of the tail, which is concave: no overshoot. */
		double step = (log(tail) - log(upper)) * tail / density;
		x += step;
		if (fabs(step) < 1e-12)
			break;
	}
	return x;
}

double suggest_overstatement(double slope, double spread, double searched)
{
	double upper = 0.625 / (searched + 0.25); /* Blom */

	if (searched < 2 || upper >= 0.5)
		return 0;
	return (1 - slope) * spread * normal_quantile(upper);
}

/* The best published target among the scored parents of a merge; their number. */
static size_t scored_parents(const struct search *search, size_t model, double *best)
{
	const struct engine_fit *fit = search->fit;
	size_t count, scored = 0;
	const struct lineage_parent *parents = lineage_parents(fit->data.lineage, model, &count);

	*best = -INFINITY;
	for (size_t i = 0; i < count; i++) {
		int32_t row = fit->model_row[parents[i].node];
		double score = row >= 0 && parents[i].weight > 0 ? search_target_score(search, (size_t)row) : NAN;
		scored += isnan(score) ? 0 : 1;
		*best = fmax(*best, score);
	}
	return scored;
}

static double left_out_target(const struct search *search, size_t row)
{
	double mean[FACTORS_MAX], variance[FACTORS_MAX], sum = search->constant;

	fit_leave_one_out(search->fit, row, mean, variance);
	for (size_t f = 0; f < search->fit->transform.factors; f++)
		sum += search->loading[f] * mean[f];
	return sum;
}

struct regression {
	double n, x, y, xx, xy, yy;
};

/* Lower end of the 90 % interval of the slope, within 0..1. */
static double least_slope(const struct regression *r)
{
	double xx = r->xx - r->x * r->x / r->n, xy = r->xy - r->x * r->y / r->n;
	double slope = xy / xx, left = r->yy - r->y * r->y / r->n - slope * xy;

	return fmin(fmax(slope - 1.6449 * sqrt(fmax(left, 0) / (r->n - 2) / xx), 0), 1);
}

/* Regression of published gains on leave-one-out predicted ones, over the
 * merges that the search's floor lets pass. */
void search_learn_slope(const struct search *search, double *slope, size_t *merges)
{
	const struct engine_fit *fit = search->fit;
	struct regression r = {0};
	double best;

	for (size_t row = 0; row < fit->rows; row++) {
		double score = search_target_score(search, row), predicted = left_out_target(search, row);
		if (isnan(score) || predicted < search->floor ||
		    scored_parents(search, fit->row_model[row], &best) < 2)
			continue;
		double x = predicted - best, y = score - best;
		r.n++;
		r.x += x;
		r.y += y;
		r.xx += x * x;
		r.xy += x * y;
		r.yy += y * y;
	}
	*merges = (size_t)r.n;
	*slope = 0.5;
	if (r.n >= SLOPE_LEAST && r.xx - r.x * r.x / r.n > 0)
		*slope = least_slope(&r);
}

/* ---- choosing ------------------------------------------------------------------- */

struct chooser {
	struct search *search;
	struct entry *entry;
	size_t looked, count, parents;
	size_t *uses; /* by candidate */
	size_t *chosen; /* entries, limit of them at most */
	size_t chosen_count;
};

static double best_score(const struct search *search, const struct entry *entry, size_t parents,
			 size_t *best)
{
	double score = -INFINITY;

	for (size_t i = 0; i < parents; i++) {
		const struct candidate *candidate = &search->candidate[entry->member[i]];
		if (!(candidate->score > score))
			continue;
		score = candidate->score;
		*best = candidate->model;
	}
	return score;
}

/* What entries are ordered by once they are looked at. */
static double entry_value(const struct search *search, const struct entry *entry)
{
	size_t best;
	double gain = entry->mean - best_score(search, entry, search->settings->parents, &best);

	return search->settings->by == SUGGEST_GAIN ? gain : gain / entry->deviation;
}

static int compare_values(const void *left, const void *right, void *context)
{
	double a = entry_value(context, left), b = entry_value(context, right);

	return a < b ? 1 : a > b ? -1 : memcmp(left, right, sizeof(size_t) * SUGGEST_PARENTS_MAX);
}

/* Takes the best entries in turn, no model more often than allowed. */
static void choose(struct chooser *chooser)
{
	const struct search *search = chooser->search;
	const struct suggest_settings *settings = search->settings;

	memset(chooser->uses, 0, search->count * sizeof *chooser->uses);
	chooser->chosen_count = 0;
	for (size_t e = 0; e < chooser->looked && chooser->chosen_count < settings->limit; e++) {
		const struct entry *entry = &chooser->entry[e];
		bool used_up = false;
		for (size_t i = 0; i < settings->parents; i++)
			used_up |= !search->candidate[entry->member[i]].included &&
				   chooser->uses[entry->member[i]] >= settings->per_model;
		if (used_up)
			continue;
		for (size_t i = 0; i < settings->parents; i++)
			chooser->uses[entry->member[i]]++;
		chooser->chosen[chooser->chosen_count++] = e;
	}
}

/* Nothing that has not been looked at can come before the last chosen. */
static bool is_settled(const struct chooser *chooser)
{
	if (chooser->looked == chooser->count)
		return true;
	return chooser->chosen_count == chooser->search->settings->limit &&
	       entry_value(chooser->search, &chooser->entry[chooser->chosen[chooser->chosen_count - 1]]) >=
		       chooser->entry[chooser->looked].bound;
}

static enum status look_until_settled(struct chooser *chooser, struct progress *progress,
				      struct error *error)
{
	struct search *search = chooser->search;
	size_t parents = search->settings->parents, batch = FIRST_LOOK;

	do {
		size_t next = chooser->count - chooser->looked < batch ? chooser->count - chooser->looked : batch;
		if (!progress_step(progress, "comparing merges", (double)chooser->looked / (double)chooser->count))
			return error_set(error, STATUS_CANCELLED, "search cancelled");
		search_look(search, chooser->entry + chooser->looked, next, parents);
		chooser->looked += next;
		qsort_r(chooser->entry, chooser->looked, sizeof *chooser->entry, compare_values, search);
		choose(chooser);
	} while (!is_settled(chooser));
	return STATUS_OK;
}

static double chance_of_gain(const struct search *search, const struct suggest_answer *answer,
			     const struct entry *entry)
{
	const struct engine_fit *fit = search->fit;
	struct engine_child child;
	search_child(search, entry->member, entry->weight, answer->count, &child);
	const struct spread *spread = fit_spread(fit, &child.model);
	/* As in engine_chance_above(): as wide as the calibrated 90 % interval. */
	double deviation = answer->sd * spread[search->aim.spread].ninety / 1.6449;
	return 0.5 * erfc(-answer->gain / (deviation * sqrt(2)));
}

static void answer_fill(const struct search *search, const struct entry *entry,
			const struct suggest_result *result, struct suggest_answer *answer)
{
	size_t parents = search->settings->parents;

	*answer = (struct suggest_answer){.count = parents, .mean = search_turned(search, entry->mean), .sd = entry->deviation};
	for (size_t i = 0; i < parents; i++) {
		answer->parents[i] = search->candidate[entry->member[i]].model;
		answer->weights[i] = entry->weight[i];
	}
	double best = best_score(search, entry, parents, &answer->best_parent);
	answer->best = search_turned(search, best);
	answer->gain = entry->mean - best;
	answer->shown = answer->gain -
			suggest_overstatement(result->slope, result->spread, result->searched);
	answer->chance = chance_of_gain(search, answer, entry);
}

static enum status search_answers(struct search *search, struct progress *progress,
				  struct suggest_result *result, struct error *error)
{
	const struct suggest_settings *settings = search->settings;
	struct chooser chooser = {.search = search, .parents = settings->parents};
	double pairs;
	size_t count;

	/* Of triples only the best are looked at: pairs say how gains spread. */
	if (settings->parents != 2)
		free(search_list(search, 2, 1, false, &count, &pairs, &result->spread));
	double spread;
	chooser.entry = search_list(search, settings->parents, EACH, false, &chooser.count,
				    &result->searched, &spread);
	if (settings->parents == 2)
		result->spread = spread;
	chooser.uses = memory_zero(search->count, sizeof *chooser.uses);
	chooser.chosen = memory_zero(settings->limit + 1, sizeof *chooser.chosen);
	enum status status = STATUS_OK;
	if (!progress_step(progress, "comparing merges", 0))
		status = error_set(error, STATUS_CANCELLED, "search cancelled");
	else if (chooser.count > 0)
		status = look_until_settled(&chooser, progress, error);
	result->answers = memory_zero(chooser.chosen_count + 1, sizeof *result->answers);
	for (size_t i = 0; i < chooser.chosen_count && status == STATUS_OK; i++)
		answer_fill(search, &chooser.entry[chooser.chosen[i]], result,
			    &result->answers[result->count++]);
	free(chooser.entry);
	free(chooser.uses);
	free(chooser.chosen);
	return status;
}

enum status engine_suggest(const struct engine_fit *fit, const struct suggest_settings *settings,
			   struct progress *progress, struct suggest_result *result,
			   struct error *error)
{
	struct search search;

	*result = (struct suggest_result){0};
	enum status status = search_new(fit, settings, progress, &search, error);
	if (status == STATUS_OK) {
		result->candidates = search.count;
		result->floor = search_turned(&search, search.floor);
		search_learn_slope(&search, &result->slope, &result->slope_merges);
		status = search_answers(&search, progress, result, error);
	}
	if (status != STATUS_OK)
		suggest_result_free(result);
	search_free(&search);
	return status;
}
