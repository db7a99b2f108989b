/* The test of the guesses: known parents are hidden. */
#include "guess/parents.h"

#include <stdlib.h>

#include "data/random.h"
#include "stemma/base/memory.h"

#define FOLDS 5
#define TOP 5

/* The first five of a merge's candidates by a rule. */
struct ranking {
	struct parents_guess top[TOP];
	size_t count;
};

enum rule { RULE_LEARNED, RULE_POPULAR, RULE_OWNER, RULES };

/* Sums over merges; shares at the end. */
struct sums {
	size_t merges;
	double first[RULES], five, parents, claims, claimed, held;
};

struct trial {
	struct parents *parents;
	struct pairs pairs;
	int *fold;
	double *scores;
	struct sums all, answered;
};

static double rule_value(const struct pair *pair, enum rule rule, double probability)
{
	switch (rule) {
	case RULE_POPULAR: return (double)pair->x[USES];
	case RULE_OWNER: return (double)pair->x[USES_OWN];
	default: return probability;
	}
}

static void judge_merge(const struct trial *trial, size_t begin, size_t end, size_t hidden, struct sums *sums)
{
	const struct pair *pairs = trial->pairs.list + begin;
	double sum = parents_sum(trial->scores, end - begin);

	for (enum rule rule = 0; rule < RULES; rule++) {
		struct ranking ranking = {.count = 0};
		for (size_t i = 0; i < end - begin; i++)
			parents_insert(ranking.top, &ranking.count, TOP, i,
				       rule_value(&pairs[i], rule,
						  parents_probability(trial->parents, trial->scores[i], sum)));
		if (ranking.count > 0)
			sums->first[rule] += pairs[ranking.top[0].model].is_parent;
		for (size_t i = 0; i < ranking.count && rule == RULE_LEARNED; i++) {
			bool is_parent = pairs[ranking.top[i].model].is_parent;
			sums->five += is_parent;
			if (ranking.top[i].probability < 0.5)
				continue;
			sums->claims++;
			sums->claimed += ranking.top[i].probability;
			sums->held += is_parent;
		}
	}
	for (size_t i = 0; i < end - begin; i++)
		sums->parents += pairs[i].is_parent;
	sums->parents += (double)hidden;
	sums->merges++;
}

/* Whether the child's answers can be compared with those of a candidate. */
static bool is_answered(const struct trial *trial, size_t begin, size_t end)
{
	for (size_t i = begin; i < end; i++)
		if (parents_agreement(trial->parents, trial->pairs.list[i].child, trial->pairs.list[i].parent) >= -1)
			return true;
	return false;
}

static void judge_fold(struct trial *trial, int which)
{
	const struct pairs *pairs = &trial->pairs;
	size_t merge = 0;

	for (size_t begin = 0, end; begin < pairs->count; begin = end) {
		uint32_t child = pairs->list[begin].child;
		end = pairs_end(pairs, begin);
		while (pairs->merges[merge] != child) /* merges without candidates */
			merge++;
		if (trial->fold[child] != which)
			continue;
		for (size_t i = begin; i < end; i++)
			trial->scores[i - begin] = parents_score(trial->parents, pairs->list[i].x);
		judge_merge(trial, begin, end, 0, &trial->all);
		if (is_answered(trial, begin, end))
			judge_merge(trial, begin, end, pairs->hidden[merge], &trial->answered);
	}
}

static struct parents_shares shares_of(const struct sums *sums, size_t merge_count)
{
	double merges = (double)merge_count;

	return (struct parents_shares){
		.merges = merge_count, .first = sums->first[RULE_LEARNED] / merges,
		.five = sums->five / TOP / merges, .found = sums->five / sums->parents,
		.popular = sums->first[RULE_POPULAR] / merges, .owner = sums->first[RULE_OWNER] / merges,
		.claims = (size_t)sums->claims, .claimed = sums->claimed / sums->claims,
		.true_share = sums->held / sums->claims,
	};
}

enum status parents_test(const struct engine_data *data, const struct parents_answers *sets,
			 size_t set_count, uint64_t seed, struct progress *progress,
			 struct parents_figures *figures, struct error *error)
{
	struct trial trial = {
		.parents = parents_prepare(data, sets, set_count),
		.fold = memory_zero(data->models + 1, sizeof *trial.fold),
		.scores = memory_allocate(data->models + 1, sizeof *trial.scores),
	};
	enum status status = parents_collect(trial.parents, &trial.pairs, progress, error);

	for (size_t i = 0; i < trial.pairs.merge_count; i++)
		trial.fold[trial.pairs.merges[i]] = (int)(random_next(&seed) % FOLDS);
	for (size_t i = 0; i < trial.pairs.merge_count; i++) /* also of merges without candidates */
		trial.all.parents += (double)trial.pairs.hidden[i];
	if (status == STATUS_OK)
		parents_standardise(trial.parents, &trial.pairs);
	for (int which = 0; which < FOLDS && status == STATUS_OK; which++) {
		parents_learn(trial.parents, &trial.pairs, trial.fold, which);
		judge_fold(&trial, which);
		if (!progress_step(progress, "testing", (double)(which + 1) / FOLDS))
			status = error_set(error, STATUS_CANCELLED, "stopped");
	}
	figures->all = shares_of(&trial.all, trial.pairs.merge_count);
	figures->answered = shares_of(&trial.answered, trial.answered.merges);
	free(trial.fold);
	free(trial.scores);
	pairs_free(&trial.pairs);
	parents_free(trial.parents);
	return status;
}
