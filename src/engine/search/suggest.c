/* Suggestions: the order, the diversity and the honesty of a search. */
#include "stemma/engine/suggest.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/statistics.h"
#include "search/explore.h"
#include "search/search.h"
#include "stemma/base/memory.h"

/* How many merges of each model go to the short list, and how many of them are
 * looked at first. */
#define EACH 16
#define FIRST_LOOK 256

void suggest_result_free(struct suggest_result *result)
{
	free(result->answers);
	*result = (struct suggest_result){0};
}

/* ---- the optimizer's curse ----------------------------------------------------- */

double suggest_overstatement(double slope, double spread, double searched)
{
	double upper = 0.625 / (searched + 0.25); /* Blom */

	if (searched < 2 || upper >= 0.5)
		return 0;
	return (1 - slope) * spread * statistics_normal_quantile(upper);
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

	return search_value(search, entry->mean, best_score(search, entry, search->settings->parents, &best),
			    entry->deviation);
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

/* The prediction itself, which need not be linear as the search is. */
void search_answer(const struct search *search, const struct entry *entry, struct engine_query *query,
		   const struct suggest_result *result, const struct merges *merges, struct suggest_answer *answer)
{
	size_t parents = search->settings->parents;
	struct engine_child child;
	struct engine_estimate estimate;
	struct error error;

	search_child(search, entry->member, entry->weight, parents, &child);
	if (engine_predict_child(query, &child, &error) != STATUS_OK)
		return;
	engine_estimate(query, &search->settings->target, &estimate);
	*answer = (struct suggest_answer){.count = parents, .mean = estimate.mean, .sd = estimate.sd};
	for (size_t i = 0; i < parents; i++) {
		answer->parents[i] = search->candidate[entry->member[i]].model;
		answer->weights[i] = entry->weight[i];
	}
	double best = best_score(search, entry, parents, &answer->best_parent);
	answer->best = search_turned(search, best);
	answer->gain = search_turned(search, estimate.mean) - best;
	answer->shown = answer->gain -
			suggest_overstatement(result->slope, result->spread, result->searched);
	double above = engine_chance_above(query, &search->settings->target, answer->best);
	answer->chance = search->upwards ? above : 1 - above;
	answer->such = merges_such(merges, answer->chance);
}

/* As they are told in the end, which is not quite as the search has it. */
static int compare_answers(const void *left, const void *right, void *context)
{
	const struct search *search = context;
	const struct suggest_answer *x = left, *y = right;
	double a = search_value(search, search_turned(search, x->mean), search_turned(search, x->best), x->sd);
	double b = search_value(search, search_turned(search, y->mean), search_turned(search, y->best), y->sd);

	return a < b ? 1 : a > b ? -1 : memcmp(x->parents, y->parents, sizeof x->parents);
}

static enum status search_answers(struct search *search, const struct merges *merges, struct progress *progress,
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
	struct engine_query *query = engine_query_new(search->fit);
	for (size_t i = 0; i < chooser.chosen_count && status == STATUS_OK; i++)
		search_answer(search, &chooser.entry[chooser.chosen[i]], query, result, merges,
			    &result->answers[result->count++]);
	engine_query_free(query);
	if (result->count > 0)
		qsort_r(result->answers, result->count, sizeof *result->answers, compare_answers, search);
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

	if (settings->explore)
		return explore(fit, settings, progress, result, error);
	*result = (struct suggest_result){0};
	enum status status = search_new(fit, settings, progress, &search, error);
	if (status == STATUS_OK) {
		result->candidates = search.count;
		result->floor = search_turned(&search, search.floor);
		struct merges merges;
		merges_judge(&search, &merges);
		result->slope = merges_slope(&merges);
		result->slope_merges = merges.count;
		status = search_answers(&search, &merges, progress, result, error);
		merges_free(&merges);
	}
	if (status != STATUS_OK)
		suggest_result_free(result);
	search_free(&search);
	return status;
}
