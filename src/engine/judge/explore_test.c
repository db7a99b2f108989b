#include "stemma/engine/explore_test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/random.h"
#include "model/child.h"
#include "search/explore.h"
#include "stemma/base/memory.h"

#define DATES 5
#define FAMILY_LEAST 5 /* merges to choose among */
#define DRAWS 200       /* random orders */
#define NORMAL_90 1.6449

const size_t explore_top[EXPLORE_TOPS] = {1, 2, 4};
static const double shares[DATES] = {0.3, 0.45, 0.6, 0.75, 0.9}; /* of the merges that are uploaded before each date */

static const char *const rule_words[] = {
#define X(symbol, word, help) word,
	EXPLORE_RULE_TABLE(X)
#undef X
};

const char *explore_rule_name(enum explore_rule rule)
{
	return rule < EXPLORE_RULES ? rule_words[rule] : "unknown";
}

/* A merge that could have been tried. */
struct trial {
	const char *architecture;
	double size, score;    /* score: turned so that more is better */
	double by[EXPLORE_RULES];
	double mean, deviation;
};

struct exploration {
	struct engine_data data;
	const struct engine_target *target;
	struct explore_figures *figures;
	bool *unseen;          /* by model */
	struct trial *trials;
	size_t count;
	uint64_t random;
};

static double score_of(const struct exploration *exploration, size_t model)
{
	size_t count;
	const struct engine_cell *cells = engine_data_cells(&exploration->data, model, &count);
	double value = engine_target_value(exploration->data.benchmark, exploration->target, cells, count);

	return engine_target_upwards(exploration->data.benchmark, exploration->target) ? value : -value;
}

/* ---- dates -------------------------------------------------------------------------------- */

static bool is_merge(const struct exploration *exploration, size_t model)
{
	size_t parents;

	lineage_parents(exploration->data.lineage, model, &parents);
	return parents > 1 && !isnan(score_of(exploration, model)) &&
	       !isnan(engine_data_model(&exploration->data, model).uploaded);
}

static int compare_numbers(const void *left, const void *right)
{
	const double *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

/* The dates before which these shares of the merges were uploaded; false where there are too few. */
static bool find_dates(const struct exploration *exploration, double dates[DATES])
{
	double *uploaded = memory_allocate(exploration->data.models + 1, sizeof *uploaded);
	size_t count = 0;

	for (size_t i = 0; i < exploration->data.models; i++)
		if (is_merge(exploration, i))
			uploaded[count++] = engine_data_model(&exploration->data, i).uploaded;
	qsort(uploaded, count, sizeof *uploaded, compare_numbers);
	for (size_t d = 0; d < DATES && count > 0; d++)
		dates[d] = uploaded[(size_t)(shares[d] * (double)(count - 1))];
	free(uploaded);
	return count >= FAMILY_LEAST;
}

/* What is of that day or later, or of no known day, is not seen, nor what descends from it. */
static void hide_from(struct exploration *exploration, double date, const bool *excluded)
{
	const struct lineage *lineage = exploration->data.lineage;

	for (size_t place = 0; place < exploration->data.models; place++) {
		size_t node = lineage_order(lineage)[place], count;
		const struct lineage_parent *parents = lineage_parents(lineage, node, &count);
		bool hidden = !(engine_data_model(&exploration->data, node).uploaded < date) || (excluded && excluded[node]);
		for (size_t p = 0; p < count && !hidden; p++)
			hidden = exploration->unseen[parents[p].node] && !(excluded && excluded[parents[p].node]);
		exploration->unseen[node] = hidden;
	}
}

/* ---- what the fit says ---------------------------------------------------------------------- */

/* The best of its parents that is seen; NAN where fewer than two are. */
static double best_parent(const struct exploration *exploration, size_t model)
{
	size_t count, seen = 0;
	const struct lineage_parent *parents = lineage_parents(exploration->data.lineage, model, &count);
	double best = -INFINITY;

	for (size_t p = 0; p < count; p++) {
		double score = score_of(exploration, parents[p].node);
		if (exploration->unseen[parents[p].node] || isnan(score))
			continue;
		best = fmax(best, score);
		seen++;
	}
	return seen > 1 ? best : NAN;
}

static enum status judge_merge(struct exploration *exploration, struct engine_query *query, size_t model,
			       struct error *error)
{
	const struct engine_model facts = engine_data_model(&exploration->data, model);
	double best = best_parent(exploration, model);
	struct engine_estimate estimate;
	struct engine_child child;

	if (isnan(best) || !facts.architecture || isnan(facts.params_b) ||
	    !child_of_lineage(&exploration->data, model, &child))
		return STATUS_OK;
	enum status status = engine_predict_child(query, &child, error);
	if (status != STATUS_OK)
		return status;
	engine_estimate(query, exploration->target, &estimate);
	double mean = engine_target_upwards(exploration->data.benchmark, exploration->target) ? estimate.mean
											      : -estimate.mean;
	exploration->trials[exploration->count++] = (struct trial){
		.architecture = facts.architecture, .size = facts.params_b, .score = score_of(exploration, model),
		.mean = mean, .deviation = (estimate.high90 - estimate.low90) / (2 * NORMAL_90),
		.by = {[EXPLORE_SCORE] = mean, [EXPLORE_GAIN] = mean - best, [EXPLORE_BEST] = best},
	};
	return STATUS_OK;
}

/* ---- families --------------------------------------------------------------------------------- */

static bool same_family(const struct trial *a, const char *architecture, double size)
{
	return fabs(a->size - size) < 0.005 && strcmp(a->architecture, architecture) == 0;
}

static double best_known(const struct exploration *exploration, const struct trial *like)
{
	double best = -INFINITY;

	for (size_t i = 0; i < exploration->data.models; i++) {
		double score = exploration->unseen[i] ? NAN : score_of(exploration, i);
		if (isnan(score))
			continue;
		struct engine_model facts = engine_data_model(&exploration->data, i);
		if (facts.architecture && same_family(like, facts.architecture, facts.params_b))
			best = fmax(best, score);
	}
	return best;
}

static double best_of(const struct trial *family, const size_t *order, size_t count)
{
	double best = -INFINITY;

	for (size_t i = 0; i < count; i++)
		best = fmax(best, family[order[i]].score);
	return best;
}

static void shuffle(size_t *order, size_t count, uint64_t *random)
{
	for (size_t i = count; i > 1; i--) {
		size_t j = (size_t)(random_next(random) % i), kept = order[i - 1];
		order[i - 1] = order[j];
		order[j] = kept;
	}
}

static void sort_by(size_t *order, const struct trial *family, size_t count, enum explore_rule rule)
{
	for (size_t i = 1; i < count; i++)
		for (size_t j = i; j > 0 && family[order[j]].by[rule] > family[order[j - 1]].by[rule]; j--) {
			size_t kept = order[j];
			order[j] = order[j - 1];
			order[j - 1] = kept;
		}
}

static void count_tops(struct explore_figures *figures, enum explore_rule rule, const struct trial *family,
		       const size_t *order, size_t count, double known, double weight)
{
	double all = best_of(family, order, count);

	for (size_t k = 0; k < EXPLORE_TOPS; k++) {
		double best = best_of(family, order, explore_top[k] < count ? explore_top[k] : count);
		figures->improved[rule][k] += weight * fmax(best - known, 0);
		figures->found[rule][k] += weight * (best >= all);
	}
}

static void judge_family(struct exploration *exploration, struct trial *family, size_t count)
{
	struct explore_figures *figures = exploration->figures;
	size_t *order = memory_allocate(count, sizeof *order);
	double known = best_known(exploration, family);

	for (size_t i = 0; i < count; i++)
		family[i].by[EXPLORE_IMPROVEMENT] = explore_improvement(family[i].mean, family[i].deviation, known);
	for (enum explore_rule rule = 0; rule < EXPLORE_RULES; rule++) {
		size_t draws = rule == EXPLORE_RANDOM ? DRAWS : 1;
		for (size_t i = 0; i < count; i++)
			order[i] = i;
		for (size_t draw = 0; draw < draws; draw++) {
			shuffle(order, count, &exploration->random); /* of equals any comes first */
			if (rule != EXPLORE_RANDOM)
				sort_by(order, family, count, rule);
			count_tops(figures, rule, family, order, count, known, 1 / (double)draws);
		}
	}
	figures->possible += fmax(best_of(family, order, count) - known, 0);
	figures->families++;
	figures->merges += count;
	free(order);
}

static int compare_families(const void *left, const void *right)
{
	const struct trial *a = left, *b = right;
	int order = strcmp(a->architecture, b->architecture);

	return order ? order : (a->size > b->size) - (a->size < b->size);
}

static void judge_families(struct exploration *exploration)
{
	struct trial *trials = exploration->trials;

	qsort(trials, exploration->count, sizeof *trials, compare_families);
	for (size_t begin = 0, end; begin < exploration->count; begin = end) {
		for (end = begin; end < exploration->count &&
		     same_family(&trials[end], trials[begin].architecture, trials[begin].size);)
			end++;
		if (end - begin >= FAMILY_LEAST)
			judge_family(exploration, trials + begin, end - begin);
	}
}

/* ---- the whole ----------------------------------------------------------------------------------- */

static enum status explore_from(struct exploration *exploration, double date, const bool *excluded, uint64_t seed,
				struct progress *progress, struct error *error)
{
	const struct engine_settings settings = {.prior = PRIOR_KIN, .seed = seed};
	struct engine_data data = exploration->data;
	struct engine_fit *fit = NULL;

	hide_from(exploration, date, excluded);
	data.excluded = exploration->unseen;
	exploration->count = 0;
	enum status status = engine_fit_new(&data, &settings, NULL, 0, true, progress, &fit, error);
	if (status != STATUS_OK)
		return status;
	struct engine_query *query = engine_query_new(fit);
	for (size_t i = 0; i < data.models && status == STATUS_OK; i++) {
		if (engine_data_model(&data, i).uploaded >= date && !(excluded && excluded[i]) && is_merge(exploration, i))
			status = judge_merge(exploration, query, i, error);
	}
	if (status == STATUS_OK)
		judge_families(exploration);
	engine_query_free(query);
	engine_fit_free(fit);
	return status;
}

enum status explore_test(const struct engine_data *data, const struct engine_target *target, uint64_t seed,
			 struct progress *progress, struct explore_figures *figures, struct error *error)
{
	struct exploration exploration = {
		.data = *data, .target = target, .figures = figures, .random = seed,
		.unseen = memory_zero(data->models + 1, sizeof *exploration.unseen),
		.trials = memory_zero(data->models + 1, sizeof *exploration.trials),
	};
	enum status status = STATUS_OK;
	double dates[DATES];

	*figures = (struct explore_figures){0};
	bool enough = find_dates(&exploration, dates);
	for (size_t d = 0; d < DATES && enough && status == STATUS_OK; d++)
		status = explore_from(&exploration, dates[d], data->excluded, seed, progress, error);
	for (size_t i = 0; i < EXPLORE_RULES * EXPLORE_TOPS && figures->families > 0; i++) {
		figures->improved[i / EXPLORE_TOPS][i % EXPLORE_TOPS] /= (double)figures->families;
		figures->found[i / EXPLORE_TOPS][i % EXPLORE_TOPS] /= (double)figures->families;
	}
	if (figures->families > 0)
		figures->possible /= (double)figures->families;
	free(exploration.unseen);
	free(exploration.trials);
	return status;
}
