/* The exact look at a short list: what parents and facts have in common, by their deviations. */
#include "search/search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cblas.h>

#include "model/inherited.h"
#include "stemma/base/memory.h"

/* A column is what a candidate brings through the lineage, or the effects of a child's facts
 * at a date with its making, as far as the target is concerned. */
struct look_column {
	float *deviation; /* draws */
	double own;       /* variance of its own */
};

struct look {
	struct search *search;
	struct look_column *column;
	size_t count;
	size_t *by_candidate;        /* candidates: column + 1, 0 = none */
	size_t *by_facts;            /* facts x dates: the same */
};

/* The entry with one of the weights, heaviest first. */
static struct entry with_weights(const struct entry *entry, const double *weights, size_t parents)
{
	struct entry copy = *entry;

	memcpy(copy.weight, weights, sizeof copy.weight);
	entry_sort(&copy, parents);
	return copy;
}

static size_t *facts_column(const struct look *look, const struct entry *entry, size_t parents)
{
	const struct search *search = look->search;

	return &look->by_facts[search->candidate[entry->member[0]].facts * search->date_count +
			       search_date(search, entry->member, parents)];
}

/* Projects a state on the target. */
static void add_column(struct look *look, const struct factors_state *state, size_t *place)
{
	struct look_column *column = &look->column[look->count];

	column->deviation = memory_zero(state->draws + 1, sizeof *column->deviation);
	for (size_t k = 0; k < state->rank; k++)
		cblas_saxpy((int)state->draws, (float)look->search->gradient[k], state->deviation + k * state->draws, 1,
			    column->deviation, 1);
	column->own = quadratic(look->search->gradient, state->own, state->rank);
	*place = ++look->count;
}

static void add_candidate(struct look *look, size_t candidate, struct factors_state *state)
{
	if (look->by_candidate[candidate])
		return;
	factors_parent(look->search->fit->factors, look->search->candidate[candidate].model, state);
	add_column(look, state, &look->by_candidate[candidate]);
}

static void add_facts(struct look *look, const struct entry *entry, size_t parents, struct factors_state *state)
{
	size_t *place = facts_column(look, entry, parents);
	struct engine_child child;

	if (*place)
		return;
	search_child(look->search, entry->member, entry->weight, parents, &child);
	factors_facts(look->search->fit->factors, &child.model, child.relation, parents, state);
	add_column(look, state, place);
}

static void look_collect(struct look *look, const struct entry *entries, size_t count, size_t parents)
{
	const struct search *search = look->search;
	struct factors_state state;
	size_t rows;
	const double (*weights)[SUGGEST_PARENTS_MAX] = search_weights(parents, &rows);

	look->column = memory_zero(count * 2 * SUGGEST_PARENTS_MAX + 1, sizeof *look->column);
	look->by_candidate = memory_zero(search->count, sizeof *look->by_candidate);
	look->by_facts = memory_zero(search->fact_count * search->date_count, sizeof *look->by_facts);
	factors_state_new(search->fit->factors, &state);
	for (size_t e = 0; e < count; e++) {
		for (size_t i = 0; i < parents; i++)
			add_candidate(look, entries[e].member[i], &state);
		for (size_t r = 0; r < rows; r++) {
			struct entry now = with_weights(&entries[e], weights[r], parents);
			add_facts(look, &now, parents, &state);
		}
	}
	factors_state_free(&state);
}

static void look_free(struct look *look)
{
	for (size_t i = 0; i < look->count; i++)
		free(look->column[i].deviation);
	free(look->column);
	free(look->by_candidate);
	free(look->by_facts);
}

/* Variance of the target of an entry with its weights, whose members' scores are known; `sum` is scratch, draws. */
static double look_variance(const struct look *look, const struct entry *entry, size_t parents,
			    const double *covariance, float *sum)
{
	int draws = (int)factors_draws(look->search->fit->factors);
	const struct look_column *facts = &look->column[*facts_column(look, entry, parents) - 1];
	double rho = inherited_share(entry->weight, covariance, parents), own = facts->own, common = 0;

	memcpy(sum, facts->deviation, (size_t)draws * sizeof *sum);
	for (size_t i = 0; i < parents; i++) {
		const struct look_column *column = &look->column[look->by_candidate[entry->member[i]] - 1];
		cblas_saxpy(draws, (float)entry->weight[i], column->deviation, 1, sum, 1);
		own += entry->weight[i] * entry->weight[i] * column->own;
	}
	for (int d = 0; d < draws; d++)
		common += (double)(sum[d] * sum[d]);
	return (1 - rho) * (1 - rho) * common + (1 - rho * rho) * own +
	       look->search->left_over * inherited_left(entry->weight, covariance, parents);
}

/* Keeps the best of the weights. */
static void look_choose(struct look *look, struct entry *entry, size_t parents, float *sum)
{
	struct search *search = look->search;
	struct entry best = *entry;
	double score = -INFINITY, most = -INFINITY, covariance[SUGGEST_PARENTS_MAX * SUGGEST_PARENTS_MAX];
	size_t rows;
	const double (*weights)[SUGGEST_PARENTS_MAX] = search_weights(parents, &rows);

	for (size_t i = 0; i < parents; i++)
		score = fmax(score, search->candidate[entry->member[i]].score);
	for (size_t r = 0; r < rows; r++) {
		struct entry now = with_weights(entry, weights[r], parents);
		search_relate(search, now.member, parents, covariance);
		now.mean = search_mean(search, now.member, now.weight, parents, covariance);
		now.deviation = sqrt(look_variance(look, &now, parents, covariance, sum));
		double value = search_value(search, now.mean, score, now.deviation);
		if (value > most && now.mean >= search->floor) {
			most = value;
			best = now;
		}
	}
	*entry = best;
}

void search_look(struct search *search, struct entry *entries, size_t count, size_t parents)
{
	struct look look = {.search = search};
	float *sum = memory_allocate(factors_draws(search->fit->factors) + 1, sizeof *sum);

	look_collect(&look, entries, count, parents);
	for (size_t e = 0; e < count; e++)
		look_choose(&look, &entries[e], parents, sum);
	look_free(&look);
	free(sum);
}
