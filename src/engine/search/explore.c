#include "search/explore.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "search/search.h"
#include "stemma/base/memory.h"

#define EACH 16 /* merges of each model that are listed */

double explore_improvement(double mean, double deviation, double best)
{
	double gain = mean - best, z = gain / deviation;

	if (!(deviation > 0))
		return fmax(gain, 0);
	return gain * 0.5 * erfc(-z / sqrt(2)) + deviation * exp(-0.5 * z * z) / sqrt(2 * M_PI);
}

/* A merge, and what it may add. */
struct prize {
	struct entry entry;
	double improvement, size;
};

struct exploring {
	struct search search;
	struct suggest_settings settings; /* the search's own */
	struct suggest_result *result;
	struct prize *prizes;
	size_t count, parents;
	double known; /* the best score among the candidates */
};

/* ---- looking ---------------------------------------------------------------------------- */

static size_t family_of(const struct exploring *exploring, const struct entry *entry)
{
	return exploring->search.candidate[entry->member[0]].family;
}

static double best_known(const struct search *search)
{
	double best = -INFINITY;

	for (size_t i = 0; i < search->count; i++)
		best = fmax(best, search->candidate[i].score);
	return best;
}

/* Keeps the first entries of each family. */
static size_t keep_first(const struct exploring *exploring, struct entry *entries, size_t count)
{
	size_t *kept = memory_zero(exploring->search.count + 1, sizeof *kept), used = 0;

	for (size_t i = 0; i < count; i++) {
		size_t family = family_of(exploring, &entries[i]);
		if (kept[family]++ < EXPLORE_EACH)
			entries[used++] = entries[i];
	}
	free(kept);
	return used;
}

static void judge(struct exploring *exploring, const struct entry *entry)
{
	struct search *search = &exploring->search;
	const struct suggest_result *result = exploring->result;
	struct prize *prize = &exploring->prizes[exploring->count++];
	double over = suggest_overstatement(result->slope, result->spread, result->searched);

	*prize = (struct prize){
		.entry = *entry,
		.size = search->facts[search->candidate[entry->member[0]].facts].params_b,
	};
	prize->improvement = explore_improvement(entry->mean - over, entry->deviation, exploring->known);
}

static enum status look(struct exploring *exploring, struct progress *progress, struct error *error)
{
	struct suggest_result *result = exploring->result;
	size_t count;
	struct entry *entries = search_list(&exploring->search, exploring->parents, EACH, false, &count, &result->searched,
					    &result->spread);

	count = keep_first(exploring, entries, count);
	exploring->prizes = memory_zero(count + 1, sizeof *exploring->prizes);
	bool on = progress_step(progress, "comparing merges", 0);
	if (on)
		search_look(&exploring->search, entries, count, exploring->parents);
	for (size_t i = 0; i < count && on; i++)
		judge(exploring, &entries[i]);
	free(entries);
	return on ? STATUS_OK : error_set(error, STATUS_CANCELLED, "search cancelled");
}

/* ---- choosing --------------------------------------------------------------------------- */

static int compare_worth(const void *left, const void *right)
{
	const struct prize *x = left, *y = right;
	double a = x->improvement / x->size, b = y->improvement / y->size;

	return a > b ? -1 : a < b ? 1 : memcmp(x->entry.member, y->entry.member, sizeof x->entry.member);
}

/* Takes the best in turn, no model more often than allowed. */
static void choose(struct exploring *exploring, const struct suggest_settings *settings, const struct merges *merges)
{
	struct suggest_result *result = exploring->result;
	struct search *search = &exploring->search;
	size_t *uses = memory_zero(search->count + 1, sizeof *uses);
	struct engine_query *query = engine_query_new(search->fit);

	qsort(exploring->prizes, exploring->count, sizeof *exploring->prizes, compare_worth);
	result->answers = memory_zero(settings->limit + 1, sizeof *result->answers);
	for (size_t i = 0; i < exploring->count && result->count < settings->limit; i++) {
		const struct prize *prize = &exploring->prizes[i];
		bool used_up = false;
		for (size_t p = 0; p < exploring->parents; p++)
			used_up |= !search->candidate[prize->entry.member[p]].included &&
				   uses[prize->entry.member[p]] >= settings->per_model;
		if (used_up)
			continue;
		for (size_t p = 0; p < exploring->parents; p++)
			uses[prize->entry.member[p]]++;
		struct suggest_answer *answer = &result->answers[result->count++];
		search_answer(search, &prize->entry, query, result, merges, answer);
		answer->known = search_turned(search, exploring->known);
		answer->improvement = prize->improvement;
		answer->size = prize->size;
	}
	engine_query_free(query);
	free(uses);
}

enum status explore(const struct engine_fit *fit, const struct suggest_settings *settings,
		    struct progress *progress, struct suggest_result *result, struct error *error)
{
	struct exploring exploring = {.settings = *settings, .result = result, .parents = settings->parents};
	struct merges merges;

	exploring.settings.by = SUGGEST_SCORE;
	*result = (struct suggest_result){0};
	enum status status = search_new(fit, &exploring.settings, progress, &exploring.search, error);
	if (status == STATUS_OK) {
		if (isnan(settings->floor))
			exploring.search.floor = -INFINITY;
		result->candidates = exploring.search.count;
		result->floor = search_turned(&exploring.search, exploring.search.floor);
		exploring.known = best_known(&exploring.search);
		merges_judge(&exploring.search, &merges);
		result->slope = merges_slope(&merges);
		result->slope_merges = merges.count;
		status = look(&exploring, progress, error);
		if (status == STATUS_OK)
			choose(&exploring, settings, &merges);
		merges_free(&merges);
	}
	free(exploring.prizes);
	if (status != STATUS_OK)
		suggest_result_free(result);
	search_free(&exploring.search);
	return status;
}
