#include "stemma/engine/backtest.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/random.h"
#include "data/statistics.h"
#include "model/child.h"
#include "stemma/base/memory.h"

#define FOLDS 3
#define MERGES_MIN 15
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
struct judged_merge {
	size_t model;
	double score, best;
	double by[BACKTEST_RULES]; /* what each rule ranks it by */
	struct engine_estimate sketched, told;
	double chance;             /* to beat its best parent, as it was sketched */
};

struct backtest {
	struct engine_data data;
	const struct engine_target *target;
	uint8_t *fold;  /* by model: FOLDS = in none */
	bool *unseen;   /* by model */
	struct judged_merge *judged;
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

static enum status judge_merge(struct backtest *test, struct engine_query *query, size_t model,
			       struct error *error)
{
	const struct engine_data *data = &test->data;
	struct judged_merge judged = {.model = model, .score = target_score(test, model)};
	struct engine_estimate estimate;
	struct engine_child child;
	double mean;

	if (seen_parents(test, model, &judged.best, &mean) < 2 || !child_of_lineage(data, model, &child))
		return STATUS_OK;
	enum status status = engine_predict_child(query, &child, error);
	if (status != STATUS_OK)
		return status;
	engine_estimate(query, test->target, &estimate);
	judged.sketched = estimate;
	judged.chance = engine_chance_above(query, test->target, turned(test, judged.best));
	if (!engine_target_upwards(data->benchmark, test->target))
		judged.chance = 1 - judged.chance;
	judged.by[BACKTEST_SCORE] = turned(test, estimate.mean);
	judged.by[BACKTEST_GAIN] = judged.by[BACKTEST_SCORE] - judged.best;
	child.model.chat_template = engine_data_model(data, model).chat_template;
	child.model.uploaded = engine_data_model(data, model).uploaded;
	status = engine_predict_child(query, &child, error);
	if (status != STATUS_OK)
		return status;
	engine_estimate(query, test->target, &estimate);
	judged.told = estimate;
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

static bool same_group(const struct backtest *test, const struct judged_merge *a, const struct judged_merge *b)
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
				struct judged_merge moved = test->judged[i];
				test->judged[i] = test->judged[end];
				test->judged[end++] = moved;
			}
		for (size_t i = begin; i < end; i++) {
			const struct judged_merge *judged = &test->judged[i];
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

/* ---- accuracy ----------------------------------------------------------------- */

static void take_accuracy(const struct backtest *test, enum backtest_rule rule, struct backtest_accuracy *accuracy)
{
	double *seen = memory_allocate(2 * test->count + 1, sizeof *seen), *predicted = seen + test->count;
	double squares = 0, sizes = 0, half = 0, ninety = 0, n = (double)test->count;
	bool interval = rule == BACKTEST_SCORE || rule == BACKTEST_TOLD_SCORE;

	for (size_t i = 0; i < test->count; i++) {
		const struct judged_merge *judged = &test->judged[i];
		const struct engine_estimate *estimate = rule == BACKTEST_SCORE ? &judged->sketched : &judged->told;
		double score = turned(test, judged->score), off = judged->score - judged->by[rule];
		seen[i] = judged->score;
		predicted[i] = judged->by[rule];
		squares += off * off;
		sizes += fabs(off);
		half += score >= estimate->low50 && score <= estimate->high50;
		ninety += score >= estimate->low90 && score <= estimate->high90;
	}
	*accuracy = (struct backtest_accuracy){
		statistics_pearson(seen, predicted, test->count), sqrt(squares / n), sizes / n,
		interval ? half / n : NAN, interval ? ninety / n : NAN};
	free(seen);
}

/* Ends of the 90 % interval of a share, `found` of `count` (Wilson 1927). */
static void share_interval(double found, double count, double *low, double *high)
{
	const double z = 1.6449, share = found / count, more = z * z / count;
	double middle = (share + more / 2) / (1 + more);
	double half = z * sqrt(share * (1 - share) / count + more / (4 * count)) / (1 + more);

	*low = fmax(middle - half, 0);
	*high = fmin(middle + half, 1);
}

static void take_tenths(const struct backtest *test, struct backtest_tenth *tenth)
{
	for (size_t i = 0; i < test->count; i++) {
		const struct judged_merge *judged = &test->judged[i];
		struct backtest_tenth *mine = &tenth[(size_t)fmin(judged->chance * BACKTEST_TENTHS, BACKTEST_TENTHS - 1)];
		mine->merges++;
		mine->chance += judged->chance;
		mine->beat += judged->score > judged->best;
	}
	for (size_t i = 0; i < BACKTEST_TENTHS; i++) {
		if (tenth[i].merges == 0)
			continue;
		tenth[i].chance /= (double)tenth[i].merges;
		share_interval((double)tenth[i].beat, (double)tenth[i].merges, &tenth[i].low, &tenth[i].high);
	}
}

/* Of score - from on predicted - from, `from` what a rule gives. */
static struct backtest_slope take_slope(const struct backtest *test, enum backtest_rule from)
{
	double n = (double)test->count, x = 0, y = 0, xx = 0, xy = 0, yy = 0;

	for (size_t i = 0; i < test->count; i++) {
		const struct judged_merge *judged = &test->judged[i];
		double gain = judged->by[BACKTEST_SCORE] - judged->by[from], got = judged->score - judged->by[from];
		x += gain;
		y += got;
		xx += gain * gain;
		xy += gain * got;
		yy += got * got;
	}
	xx -= x * x / n;
	xy -= x * y / n;
	yy -= y * y / n;
	double slope = xy / xx;
	return (struct backtest_slope){slope, sqrt(fmax(yy - slope * xy, 0) / (n - 2) / xx)};
}

static void judge_accuracy(const struct backtest *test, struct backtest_result *result)
{
	static const enum backtest_rule scores[] = {BACKTEST_SCORE, BACKTEST_TOLD_SCORE, BACKTEST_PARENTS, BACKTEST_BEST};

	for (size_t i = 0; i < sizeof scores / sizeof *scores; i++)
		take_accuracy(test, scores[i], &result->accuracy[scores[i]]);
	take_tenths(test, result->tenth);
	result->over_best = take_slope(test, BACKTEST_BEST);
	result->over_mean = take_slope(test, BACKTEST_PARENTS);
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

/* Before anything is learned, which takes long: whether there are merges enough.  Those whose parents are held
 * out with them do not count. */
static enum status check_count(struct backtest *test, struct error *error)
{
	size_t merges = 0;
	double best, mean;

	for (size_t fold = 0; fold < FOLDS; fold++) {
		hold_fold_out(test, fold);
		for (size_t i = 0; i < test->data.models; i++)
			merges += test->fold[i] == fold && seen_parents(test, i, &best, &mean) >= 2;
	}
	if (merges >= MERGES_MIN)
		return STATUS_OK;
	error_set(error, STATUS_DATA, "%zu merge%s can be judged by this target; %d are needed", merges,
		  merges == 1 ? "" : "s", MERGES_MIN);
	return error_advise(error, "a merge needs a score and two scored parents; choose another --target");
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
	status = check_count(&test, error);
	for (size_t fold = 0; fold < FOLDS && status == STATUS_OK; fold++)
		status = judge_fold(&test, fold, seed, progress, error);
	if (status == STATUS_OK) {
		result->merges = test.count;
		judge_accuracy(&test, result);
		judge_groups(&test, result);
		take_means(result);
	}
	free(test.fold);
	free(test.unseen);
	free(test.judged);
	return status;
}
