/* The short list of a search: all pairs, or the triples that a bound leaves. */
#include "model/inherited.h"
#include "search/search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"

static const double pair_weights[][SUGGEST_PARENTS_MAX] = {
	{0.8, 0.2}, {0.7, 0.3}, {0.6, 0.4}, {0.5, 0.5}, {0.4, 0.6}, {0.3, 0.7}, {0.2, 0.8},
};
#define THIRD (1.0 / 3)
static const double triple_weights[][SUGGEST_PARENTS_MAX] = {
	{0.6, 0.2, 0.2}, {0.2, 0.6, 0.2}, {0.2, 0.2, 0.6},
	{0.4, 0.4, 0.2}, {0.4, 0.2, 0.4}, {0.2, 0.4, 0.4},
	{THIRD, THIRD, THIRD},
};

const double (*search_weights(size_t count, size_t *rows))[SUGGEST_PARENTS_MAX]
{
	*rows = count == 2 ? sizeof pair_weights / sizeof *pair_weights
			   : sizeof triple_weights / sizeof *triple_weights;
	return count == 2 ? pair_weights : triple_weights;
}

static bool stands_before(const struct entry *entry, size_t one, size_t other)
{
	if (entry->weight[one] > entry->weight[other] || entry->weight[one] < entry->weight[other])
		return entry->weight[one] > entry->weight[other];
	return entry->member[one] < entry->member[other];
}

void entry_sort(struct entry *entry, size_t count)
{
	for (size_t i = 1; i < count; i++)
		for (size_t j = i; j > 0 && stands_before(entry, j, j - 1); j--) {
			size_t member = entry->member[j];
			double weight = entry->weight[j];
			entry->member[j] = entry->member[j - 1];
			entry->weight[j] = entry->weight[j - 1];
			entry->member[j - 1] = member;
			entry->weight[j - 1] = weight;
		}
}

/* No gain in standard deviations is larger than this: what is new of a merge is of the search's least deviation
 * at least, its share being 1 - rho^2; a loss is at most nothing, barely ordered. */
static double value_bound(const struct search *search, double mean, double best, double rho)
{
	double gain = mean - best;

	if (search->settings->by != SUGGEST_CHANCE)
		return search_value(search, mean, best, 1);
	return gain > 0 ? gain / (search->least_deviation * sqrt(1 - rho * rho)) : gain * 1e-9;
}

/* A merge's best expected gain over all weights; sets the bound of its entry. */
static double best_gain(struct search *search, struct entry *entry, size_t count)
{
	struct entry best = {.mean = -INFINITY}, now;
	double score = -INFINITY, covariance[SUGGEST_PARENTS_MAX * SUGGEST_PARENTS_MAX], bound = -INFINITY;
	size_t rows;
	const double (*weights)[SUGGEST_PARENTS_MAX] = search_weights(count, &rows);

	for (size_t i = 0; i < count; i++)
		score = fmax(score, search->candidate[entry->member[i]].score);
	for (size_t r = 0; r < rows; r++) {
		now = *entry;
		memcpy(now.weight, weights[r], sizeof now.weight);
		entry_sort(&now, count);
		search_relate(search, now.member, count, covariance);
		now.mean = search_mean(search, now.member, now.weight, count, covariance);
		bound = fmax(bound, value_bound(search, now.mean, score, inherited_share(now.weight, covariance, count)));
		if (now.mean > best.mean)
			best = now;
	}
	*entry = best;
	entry->bound = bound;
	return best.mean - score;
}

/* ---- the best of each candidate ------------------------------------------------ */

struct list {
	struct search *search;
	struct entry *entry;  /* `each` for each candidate, best first */
	size_t *length;
	size_t each, parents;
	bool exhaustive;
	double looked, sum, squares; /* of the gains */
	double fitting;              /* that may be merged, of those tried */
	double all;
	bool cancelled;
};

static double list_worst(const struct list *list, size_t owner)
{
	return list->length[owner] < list->each ? -INFINITY
						: list->entry[(owner + 1) * list->each - 1].bound;
}

static void list_insert(struct list *list, size_t owner, const struct entry *entry)
{
	struct entry *own = list->entry + owner * list->each;
	size_t place = list->length[owner];

	if (entry->bound <= list_worst(list, owner))
		return;
	if (place == list->each)
		place--;
	else
		list->length[owner]++;
	for (; place > 0 && own[place - 1].bound < entry->bound; place--)
		own[place] = own[place - 1];
	own[place] = *entry;
}

static void list_offer(struct list *list, struct entry entry)
{
	size_t first = entry.member[0];
	double gain;

	if (!search_may_merge(list->search, entry.member, list->parents))
		return;
	list->fitting++;
	gain = best_gain(list->search, &entry, list->parents);
	if (entry.mean < list->search->floor)
		return;
	list->looked++;
	list->sum += gain;
	list->squares += gain * gain;
	list_insert(list, first, &entry);
}

/* Before the merges that begin with a candidate; false = no more. */
static bool list_goes_on(struct list *list, size_t candidate)
{
	list->cancelled |= !progress_step(list->search->progress, "searching merges",
					  (double)candidate / (double)list->search->count);
	return !list->cancelled;
}

static void list_pairs(struct list *list, size_t begin, size_t end)
{
	for (size_t i = begin; i < end && list_goes_on(list, i); i++)
		for (size_t j = i + 1; j < end; j++)
			list_offer(list, (struct entry){.member = {i, j}});
}

/* The largest group effect that a child in the family can have. */
static double largest_own(struct search *search, size_t begin, size_t end)
{
	double largest = -INFINITY;
	const double nothing[1] = {0};

	for (size_t i = begin; i < end; i++)
		for (size_t j = begin; j < end; j++) {
			struct candidate kept = search->candidate[i];
			if (search->candidate[j].date < kept.date)
				continue;
			search->candidate[i].date = search->candidate[j].date;
			largest = fmax(largest, search_told(search, &i, nothing, 1));
			search->candidate[i] = kept;
		}
	return largest;
}

/* Candidates stand by what they bring, largest first.  The three of a triple
 * bring at most the weights in falling order times theirs, and the best of them
 * scores at least as the first two; what they score themselves is no gain.  Once
 * that cannot beat the worst entry of the first candidate, no later third can. */
static void list_triples(struct list *list, size_t begin, size_t end)
{
	struct search *search = list->search;
	const struct candidate *c = search->candidate;
	double own = largest_own(search, begin, end), highest = -INFINITY;

	for (size_t i = begin; i < end; i++)
		highest = fmax(highest, c[i].score);
	for (size_t i = begin; i < end && list_goes_on(list, i); i++)
		for (size_t j = i + 1; j < end; j++) {
			double score = fmax(c[i].score, c[j].score);
			for (size_t k = j + 1; k < end; k++) {
				double most = fmax(0.6 * c[i].brings + 0.2 * (c[j].brings + c[k].brings),
						   fmax(0.4 * (c[i].brings + c[j].brings) + 0.2 * c[k].brings,
							THIRD * (c[i].brings + c[j].brings + c[k].brings)));
				/* No score of theirs is better than the family's best. */
				double bound = search->settings->by == SUGGEST_SCORE
					? fmax(own + most, highest) : value_bound(search, fmax(own + most, score), score, 0);
				if (!list->exhaustive && bound <= list_worst(list, i))
					break;
				list_offer(list, (struct entry){.member = {i, j, k}});
			}
		}
}

/* ---- the whole ---------------------------------------------------------------- */

static int compare_bounds(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;

	if (a->bound > b->bound || a->bound < b->bound)
		return a->bound > b->bound ? -1 : 1;
	return memcmp(a->member, b->member, sizeof a->member);
}

/* Triples of a family that have all included models. */
static double triples(const struct search *search, size_t begin, size_t end)
{
	double n = (double)(end - begin);
	size_t included = 0;

	for (size_t i = begin; i < end; i++)
		included += search->candidate[i].included;
	if (included < search->settings->models.include_count)
		return 0;
	switch (included) {
	case 0: return n * (n - 1) * (n - 2) / 6;
	case 1: return (n - 1) * (n - 2) / 2;
	case 2: return n - 2;
	default: return 1;
	}
}

static void list_families(struct list *list)
{
	const struct search *search = list->search;
	double all = 0;

	for (size_t begin = 0, end; begin < search->count && !list->cancelled; begin = end) {
		end = begin + 1;
		while (end < search->count && search->candidate[end].family == search->candidate[begin].family)
			end++;
		if (list->parents == 2)
			list_pairs(list, begin, end);
		else
			list_triples(list, begin, end);
		all += triples(search, begin, end);
	}
	/* Of triples, what the bound ruled out was searched too. */
	list->all = list->parents == 2 ? list->fitting : all;
}

struct entry *search_list(struct search *search, size_t parents, size_t each, bool exhaustive,
			  size_t *count, double *searched, double *spread)
{
	struct list list = {.search = search, .each = each, .parents = parents,
			    .exhaustive = exhaustive};
	size_t kept = 0;

	list.entry = memory_allocate(search->count * each, sizeof *list.entry);
	list.length = memory_zero(search->count, sizeof *list.length);
	list_families(&list);
	for (size_t i = 0; i < search->count; i++)
		for (size_t j = 0; j < list.length[i]; j++)
			list.entry[kept++] = list.entry[i * each + j];
	qsort(list.entry, kept, sizeof *list.entry, compare_bounds);
	free(list.length);
	*count = kept;
	*searched = list.all;
	double mean = list.looked > 0 ? list.sum / list.looked : 0;
	*spread = list.looked > 0 ? sqrt(fmax(list.squares / list.looked - mean * mean, 0)) : 0;
	return list.entry;
}
