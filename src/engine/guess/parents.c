/* Guessing what merges were made from. */
#include "guess/parents.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"

enum status parents_new(const struct engine_data *data, const struct parents_answers *sets,
			size_t set_count, struct progress *progress, struct parents **result,
			struct error *error)
{
	struct parents *parents = parents_prepare(data, sets, set_count);
	struct pairs pairs;
	enum status status = parents_collect(parents, &pairs, progress, error);

	if (status == STATUS_OK) {
		parents_standardise(parents, &pairs);
		parents_learn(parents, &pairs, NULL, -1);
	}
	pairs_free(&pairs);
	if (status != STATUS_OK) {
		parents_free(parents);
		parents = NULL;
	}
	*result = parents;
	return status;
}

void parents_insert(struct parents_guess *guesses, size_t *count, size_t room, size_t model,
		    double probability)
{
	size_t place = *count;

	while (place > 0 && guesses[place - 1].probability < probability)
		place--;
	if (place == room)
		return;
	*count += *count < room;
	memmove(guesses + place + 1, guesses + place, (*count - place - 1) * sizeof *guesses);
	guesses[place] = (struct parents_guess){model, probability};
}

/* The candidates, and how well the child's answers agree with the best of them. */
static size_t collect_candidates(const struct parents *parents, size_t child, uint32_t *candidates,
				 double *closest)
{
	const struct engine_data *data = parents->data;
	bool *marked = memory_allocate(data->models + 1, sizeof *marked);
	size_t count = 0;

	*closest = NAN;
	parents_mark_descendants(data, child, marked);
	for (size_t p = 0; engine_data_model(data, child).architecture && p < data->models; p++) {
		if (marked[p] || !parents_possible(data, child, p))
			continue;
		candidates[count++] = (uint32_t)p;
		*closest = fmax(*closest, parents_agreement(parents, child, p));
	}
	free(marked);
	return count;
}

static double score_candidate(const struct parents *parents, size_t child, size_t parent, double closest)
{
	double x[FEATURES];
	float standard[FEATURES];

	parents_compare(parents, child, parent, closest, x);
	for (size_t f = 0; f < FEATURES; f++)
		standard[f] = (float)((x[f] - parents->mean[f]) / parents->sd[f]);
	return parents_score(parents, standard);
}

size_t parents_guess(const struct parents *parents, size_t child, struct parents_guess *guesses,
		     size_t room)
{
	uint32_t *candidates = memory_allocate(parents->data->models + 1, sizeof *candidates);
	double *scores = memory_allocate(parents->data->models + 1, sizeof *scores), closest;
	size_t candidate_count = collect_candidates(parents, child, candidates, &closest), count = 0;

	for (size_t i = 0; i < candidate_count; i++)
		scores[i] = score_candidate(parents, child, candidates[i], closest);
	double sum = parents_sum(scores, candidate_count);
	for (size_t i = 0; i < candidate_count; i++)
		parents_insert(guesses, &count, room, candidates[i],
			       parents_probability(parents, scores[i], sum));
	free(candidates);
	free(scores);
	return count;
}
