#include "stemma/engine/backtest.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/random.h"
#include "stemma/base/memory.h"

#define FOLDS 3
#define GROUP_MIN 15

const size_t backtest_top[BACKTEST_TOPS] = {1, 5, 10};

static const char *const rule_words[] = {
#define X(symbol, word, help) word,
	BACKTEST_RULE_TABLE(X)
#undef X
};

const char *backtest_rule_name(enum backtest_rule rule)
{
	return rule < BACKTEST_RULES ? rule_words[rule] : "unknown";
}

/* A merge that is judged. */
struct judged {
	size_t model;
	double score, best;
	double by[BACKTEST_RULES]; /* what each rule ranks it by */
};

struct backtest {
	struct engine_data data;
	const struct engine_target *target;
	uint8_t *fold;  /* by model: FOLDS = in none */
	bool *unseen;   /* by model */
	struct judged *judged;
	size_t count;
};

/* What is judged: less is turned round where less is better. */
static double turned(const struct backtest *test, double value)
{
	return engine_target_upwards(test->data.benchmark, test->target) ? value : -value;
}

static double target_score(const struct backtest *test, size_t model)
{
	size_t count;
	const struct engine_cell *cells = engine_data_cells(&test->data, model, &count);

	return turned(test, engine_target_value(test->data.benchmark, test->target, cells, count));
}

/* ---- a fold ------------------------------------------------------------------- */

/* Parents with a score that may be seen: how many, the best, the mean. */
static size_t seen_parents(const struct backtest *test, size_t model, double *best, double *mean)
{
	const struct engine_data *data = &test->data;
	size_t count, seen = 0;
	const struct lineage_parent *parents = lineage_parents(data->lineage, model, &count);
	double sum = 0, weights = 0;

	*best = -INFINITY;
	for (size_t p = 0; p < count; p++) {
		double score = target_score(test, parents[p].node);
		if (parents[p].trust <= TRUST_ROOT || !(parents[p].weight > 0) || isnan(score) ||
		    test->unseen[parents[p].node])
			continue;
		*best = fmax(*best, score);
		sum += (double)parents[p].weight * score;
		weights += (double)parents[p].weight;
		seen++;
	}
	*mean = sum / weights;
	return seen;
}

static void hold_fold_out(struct backtest *test, size_t fold)
{
	const struct engine_data *data = &test->data;

	for (size_t place = 0; place < data->models; place++) {
		size_t node = lineage_order(data->lineage)[place], count;
		const struct lineage_parent *parents = lineage_parents(data->lineage, node, &count);
		test->unseen[node] = test->fold[node] == fold;
		for (size_t p = 0; p < count && !test->unseen[node]; p++)
			test->unseen[node] = test->unseen[parents[p].node];
	}
}

/* The merge as one would sketch it: all else as its heaviest parent has it. */
static bool sketch_merge(const struct engine_data *data, size_t model, struct engine_child *child)
{
	size_t count;
	const struct lineage_parent *parents = lineage_parents(data->lineage, model, &count);

	*child = (struct engine_child){.relation = RELATION_MERGE, .model = engine_data_model(data, parents[0].node)};
	child->model.name = NULL;
	child->model.kind = KIND_MERGE;
	for (size_t p = 0; p < count && child->count < ENGINE_PARENTS_MAX; p++) {
		if (!(parents[p].weight > 0))
			continue;
		child->parents[child->count] = parents[p].node;
		child->weights[child->count++] = (double)parents[p].weight;
		child->model.uploaded = fmax(child->model.uploaded, engine_data_model(data, parents[p].node).uploaded);
	}
	return child->model.architecture && child->model.params_b > 0;
}

static enum status judge_merge(struct backtest *test, struct engine_query *query, size_t model,
			       struct error *error)
{
	const struct engine_data *data = &test->data;
	struct judged judged = {.model = model, .score = target_score(test, model)};
	struct engine_estimate estimate;
	struct engine_child child;
	double mean;

	if (seen_parents(test, model, &judged.best, &mean) < 2 || !sketch_merge(data, model, &child))
		return STATUS_OK;
	enum status status = engine_predict_child(query, &child, error);
	if (status != STATUS_OK)
		return status;
	engine_estimate(query, test->target, &estimate);
	judged.by[BACKTEST_SCORE] = turned(test, estimate.mean);
	judged.by[BACKTEST_GAIN] = judged.by[BACKTEST_SCORE] - judged.best;
	child.model.chat_template = engine_data_model(data, model).chat_template;
	child.model.uploaded = engine_data_model(data, model).uploaded;
	status = engine_predict_child(query, &child, error);
	if (status != STATUS_OK)
		return status;
	engine_estimate(query, test->target, &estimate);
	judged.by[BACKTEST_TOLD_SCORE] = turned(test, estimate.mean);
	judged.by[BACKTEST_TOLD_GAIN] = judged.by[BACKTEST_TOLD_SCORE] - judged.best;
	judged.by[BACKTEST_PARENTS] = mean;
	judged.by[BACKTEST_BEST] = judged.best;
	test->judged[test->count++] = judged;
	return STATUS_OK;
}

static enum status judge_fold(struct backtest *test, size_t fold, uint64_t seed,
			      struct progress *progress, struct error *error)
{
	struct engine_settings settings = {.prior = PRIOR_KIN, .seed = seed};
	struct engine_data data = test->data;
	struct engine_fit *fit = NULL;

	hold_fold_out(test, fold);
	data.excluded = test->unseen;
	enum status status = engine_fit_new(&data, &settings, NULL, 0, true, progress, &fit, error);
	if (status == STATUS_OK) {
		struct engine_query *query = engine_query_new(fit);
		for (size_t i = 0; i < data.models && status == STATUS_OK; i++)
			if (test->fold[i] == fold)
				status = judge_merge(test, query, i, error);
		engine_query_free(query);
	}
	engine_fit_free(fit);
	return status;
}

/* ---- figures ------------------------------------------------------------------ */

struct ranked {
	double by, value;
};

static int compare_ranked(const void *left, const void *right)
{
	const struct ranked *a = left, *b = right;

	return (a->by < b->by) - (a->by > b->by);
}

double backtest_mean_of_first(const double *by, const double *value, size_t count, size_t k)
{
	struct ranked *list = memory_allocate(count + 1, sizeof *list);
	double sum = 0;

	k = k < count ? k : count;
	for (size_t i = 0; i < count; i++)
		list[i] = (struct ranked){by[i], value[i]};
	qsort(list, count, sizeof *list, compare_ranked);
	for (size_t i = 0; i < k; i++)
		sum += list[i].value;
	free(list);
	return sum / (double)k;
}

/* Adds the figures of one group: merges of one family and fold. */
static void add_group(struct backtest_result *result, const double *by[BACKTEST_RULES],
		      const double *gain, const double *score, size_t count)
{
	double any_gain = backtest_mean_of_first(gain, gain, count, count);
	double any_score = backtest_mean_of_first(score, score, count, count);

	result->groups++;
	for (size_t k = 0; k < BACKTEST_TOPS; k++) {
		size_t top = backtest_top[k];
		double best_gain = backtest_mean_of_first(gain, gain, count, top);
		double best_score = backtest_mean_of_first(score, score, count, top);
		result->best[k] += best_gain;
		for (int rule = 0; rule < BACKTEST_RULES; rule++) {
			struct backtest_figures *figures = &result->rule[rule];
			bool random = rule == BACKTEST_RANDOM;
			double got = random ? any_gain : backtest_mean_of_first(by[rule], gain, count, top);
			double points = random ? any_score : backtest_mean_of_first(by[rule], score, count, top);
			figures->gain[k] += got;
			figures->share[k] += (got - any_gain) / (best_gain - any_gain);
			figures->score[k] += (points - any_score) / (best_score - any_score);
		}
	}
}

static void add_pairs(struct backtest_result *result, const double *by[BACKTEST_RULES],
		      const double *score, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t j = i + 1; j < count; j++) {
			if (!(score[i] > score[j] || score[i] < score[j]))
				continue;
			result->pairs++;
			for (int rule = 0; rule < BACKTEST_RANDOM; rule++) {
				double difference = (by[rule][i] - by[rule][j]) * (score[i] > score[j] ? 1 : -1);
				result->rule[rule].order += difference > 0 ? 1 : difference < 0 ? 0 : 0.5;
			}
		}
}

static bool same_group(const struct backtest *test, const struct judged *a, const struct judged *b)
{
	struct engine_model x = engine_data_model(&test->data, a->model);
	struct engine_model y = engine_data_model(&test->data, b->model);

	return test->fold[a->model] == test->fold[b->model] && x.architecture && y.architecture &&
	       strcmp(x.architecture, y.architecture) == 0 && fabs(x.params_b - y.params_b) < 0.005;
}

/* The group of the entry `first`, which moves to the front of what is left. */
static void judge_groups(struct backtest *test, struct backtest_result *result)
{
	double *cells = memory_allocate((BACKTEST_RULES + 2) * (test->count + 1), sizeof *cells);
	double *gain = cells + BACKTEST_RULES * test->count, *score = gain + test->count;
	const double *by[BACKTEST_RULES];

	for (size_t rule = 0; rule < BACKTEST_RULES; rule++)
		by[rule] = cells + rule * test->count;
	for (size_t begin = 0, end; begin < test->count; begin = end) {
		end = begin + 1;
		for (size_t i = end; i < test->count; i++)
			if (same_group(test, &test->judged[begin], &test->judged[i])) {
				struct judged moved = test->judged[i];
				test->judged[i] = test->judged[end];
				test->judged[end++] = moved;
			}
		for (size_t i = begin; i < end; i++) {
			const struct judged *judged = &test->judged[i];
			gain[i - begin] = judged->score - judged->best;
			score[i - begin] = judged->score;
			for (size_t rule = 0; rule < BACKTEST_RULES; rule++)
				cells[rule * test->count + i - begin] = judged->by[rule];
		}
		add_pairs(result, by, score, end - begin);
		if (end - begin >= GROUP_MIN)
			add_group(result, by, gain, score, end - begin);
	}
	free(cells);
}

static void take_means(struct backtest_result *result)
{
	double groups = (double)result->groups;

	result->rule[BACKTEST_RANDOM].order = 0.5 * (double)result->pairs;
	for (size_t k = 0; k < BACKTEST_TOPS; k++)
		result->best[k] /= groups;
	for (size_t rule = 0; rule < BACKTEST_RULES; rule++) {
		struct backtest_figures *figures = &result->rule[rule];
		figures->order /= (double)result->pairs;
		for (size_t k = 0; k < BACKTEST_TOPS; k++) {
			figures->gain[k] /= groups;
			figures->share[k] /= groups;
			figures->score[k] /= groups;
		}
	}
}

/* Deals the merges with two scored parents into folds. */
static void deal(struct backtest *test, uint64_t seed)
{
	double best, mean;

	for (size_t i = 0; i < test->data.models; i++) {
		test->fold[i] = FOLDS;
		if (!isnan(target_score(test, i)) && seen_parents(test, i, &best, &mean) >= 2)
			test->fold[i] = (uint8_t)(random_next(&seed) % FOLDS);
	}
}

enum status engine_backtest(const struct engine_data *data, const struct engine_target *target,
			    uint64_t seed, struct progress *progress, struct backtest_result *result,
			    struct error *error)
{
	struct backtest test = {
		.data = *data, .target = target, .fold = memory_allocate(data->models + 1, 1),
		.unseen = memory_zero(data->models + 1, sizeof(bool)),
		.judged = memory_allocate(data->models + 1, sizeof *test.judged),
	};
	enum status status = STATUS_OK;

	*result = (struct backtest_result){0};
	deal(&test, seed);
	for (size_t fold = 0; fold < FOLDS && status == STATUS_OK; fold++)
		status = judge_fold(&test, fold, seed, progress, error);
	if (status == STATUS_OK) {
		result->merges = test.count;
		judge_groups(&test, result);
		if (result->groups == 0 || result->pairs == 0)
			status = error_set(error, STATUS_DATA,
					   "no family has %d merges with two scored parents to judge by", GROUP_MIN);
		else
			take_means(result);
	}
	free(test.fold);
	free(test.unseen);
	free(test.judged);
	return status;
}
