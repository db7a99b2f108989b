/* Learning what betrays parents, and how sure that is. */
#include "guess/parents.h"

#include <cblas.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solve/lapack.h"
#include "stemma/base/memory.h"

#define MERGES_MIN 20
#define PAIRS_MAX ((size_t)1500000) /* more merges than give so many are not learned from */
#define RIDGE 1.0                   /* on standardised features */
#define STEPS_MAX 30
#define BLOCK 256
#define SUREST 0.99                 /* some merges say what is not so */
#define PARTS 3                     /* of the merges, to calibrate on each what the others say */

/* ---- the pairs to learn from --------------------------------------------------------------- */

static bool is_known_merge(const struct engine_data *data, size_t model)
{
	size_t count;
	const struct lineage_parent *edges = lineage_parents(data->lineage, model, &count);

	for (size_t i = 0; engine_data_model(data, model).architecture && i < count; i++)
		if (edges[i].relation == RELATION_MERGE && edges[i].weight > 0)
			return true;
	return false;
}

/* A model that is only known as this child's parent would give itself away. */
static bool is_known_otherwise(const struct engine_data *data, size_t parent, size_t child)
{
	struct engine_model p = engine_data_model(data, parent);
	size_t children, parents;
	const uint32_t *list = lineage_children(data->lineage, parent, &children);

	lineage_parents(data->lineage, parent, &parents);
	return p.architecture || !isnan(p.uploaded) || parents > 0 || children > 1 ||
	       (children == 1 && list[0] != child);
}

static void add_pair(struct pairs *pairs, size_t child, size_t parent, bool is_parent)
{
	pairs->list = memory_grow(pairs->list, pairs->count, &pairs->capacity, sizeof *pairs->list);
	pairs->list[pairs->count++] =
		(struct pair){.child = (uint32_t)child, .parent = (uint32_t)parent, .is_parent = is_parent};
}

static void add_merge(const struct parents *parents, struct pairs *pairs, size_t child, bool *marked)
{
	const struct engine_data *data = parents->data;
	size_t begin = pairs->count, merge = pairs->merge_count++;
	double x[FEATURES], closest = NAN;

	parents_mark_descendants(data, child, marked);
	pairs->merges[merge] = (uint32_t)child;
	for (size_t p = 0; p < data->models; p++) {
		bool is_parent = parents_relation(data, child, p) != RELATION_COUNT;
		if (marked[p] || !parents_possible(data, child, p) || !is_known_otherwise(data, p, child)) {
			pairs->hidden[merge] += is_parent;
			continue;
		}
		add_pair(pairs, child, p, is_parent);
		closest = fmax(closest, parents_agreement(parents, child, p));
	}
	for (size_t i = begin; i < pairs->count; i++) {
		parents_compare(parents, child, pairs->list[i].parent, closest, x);
		for (size_t f = 0; f < FEATURES; f++)
			pairs->list[i].x[f] = (float)x[f];
	}
}

enum status parents_collect(const struct parents *parents, struct pairs *pairs,
			    struct progress *progress, struct error *error)
{
	const struct engine_data *data = parents->data;
	bool *marked = memory_allocate(data->models + 1, sizeof *marked);
	enum status status = STATUS_OK;

	*pairs = (struct pairs){.merges = memory_allocate(data->models + 1, sizeof *pairs->merges),
				.hidden = memory_zero(data->models + 1, sizeof *pairs->hidden)};
	for (size_t m = 0; m < data->models && pairs->count < PAIRS_MAX && status == STATUS_OK; m++) {
		if (is_known_merge(data, m))
			add_merge(parents, pairs, m, marked);
		if (!progress_step(progress, "comparing models", (double)m / (double)data->models))
			status = error_set(error, STATUS_CANCELLED, "stopped");
	}
	if (status == STATUS_OK && pairs->merge_count < MERGES_MIN) {
		error_set(error, STATUS_DATA, "%zu merges with known parents are too few to learn from",
			  pairs->merge_count);
		status = error_advise(error, "import lineage; %d are needed", MERGES_MIN);
	}
	free(marked);
	return status;
}

void pairs_free(struct pairs *pairs)
{
	free(pairs->list);
	free(pairs->merges);
	free(pairs->hidden);
}

size_t pairs_end(const struct pairs *pairs, size_t begin)
{
	size_t end = begin;

	while (end < pairs->count && pairs->list[end].child == pairs->list[begin].child)
		end++;
	return end;
}

void parents_standardise(struct parents *parents, struct pairs *pairs)
{
	for (size_t f = 0; f < FEATURES; f++) {
		double sum = 0, squares = 0, count = (double)pairs->count;
		for (size_t i = 0; i < pairs->count; i++) {
			sum += (double)pairs->list[i].x[f];
			squares += (double)pairs->list[i].x[f] * (double)pairs->list[i].x[f];
		}
		double mean = sum / count, variance = squares / count - mean * mean;
		bool constant = f == CONSTANT || !(variance > 1e-12);
		parents->mean[f] = constant ? 0 : mean;
		parents->sd[f] = constant ? 1 : sqrt(variance);
		for (size_t i = 0; i < pairs->count; i++)
			pairs->list[i].x[f] = (float)(((double)pairs->list[i].x[f] - parents->mean[f]) / parents->sd[f]);
	}
}

/* ---- the regression --------------------------------------------------------------------------- */

double parents_score(const struct parents *parents, const float *x)
{
	double sum = 0;

	for (size_t f = 0; f < FEATURES; f++)
		sum += parents->weights[f] * (double)x[f];
	return sum;
}

static double log1p_exp(double x)
{
	return x > 0 ? x + log1p(exp(-x)) : log1p(exp(x));
}

/* Weighted rows on their way into the curvature. */
struct rows {
	double x[BLOCK * FEATURES];
	int count;
};

static void add_rows(struct rows *rows, double *curvature)
{
	cblas_dsyrk(CblasRowMajor, CblasLower, CblasTrans, FEATURES, rows->count, 1, rows->x, FEATURES, 1,
		    curvature, FEATURES);
	rows->count = 0;
}

/* The penalised log likelihood, its gradient and (minus) its curvature over the
 * pairs of the children that are `used`. */
static double evaluate(const struct parents *parents, const struct pairs *pairs, const bool *used,
		       double *gradient, double *curvature)
{
	struct rows rows = {.count = 0};
	double likelihood = 0;

	memset(gradient, 0, FEATURES * sizeof *gradient);
	memset(curvature, 0, FEATURES * FEATURES * sizeof *curvature);
	for (size_t i = 0; i < pairs->count; i++) {
		const struct pair *pair = &pairs->list[i];
		if (!used[pair->child])
			continue;
		double score = parents_score(parents, pair->x), p = 1 / (1 + exp(-score));
		double error = (pair->is_parent ? 1 : 0) - p, root = sqrt(p * (1 - p));
		double *row = rows.x + rows.count++ * FEATURES;
		likelihood += (pair->is_parent ? score : 0) - log1p_exp(score);
		for (size_t f = 0; f < FEATURES; f++) {
			gradient[f] += error * (double)pair->x[f];
			row[f] = root * (double)pair->x[f];
		}
		if (rows.count == BLOCK)
			add_rows(&rows, curvature);
	}
	add_rows(&rows, curvature);
	for (size_t f = 0; f < CONSTANT; f++) {
		likelihood -= RIDGE / 2 * parents->weights[f] * parents->weights[f];
		gradient[f] -= RIDGE * parents->weights[f];
		curvature[f * FEATURES + f] += RIDGE;
	}
	curvature[CONSTANT * FEATURES + CONSTANT] += 1e-9;
	return likelihood;
}

/* Newton's method with halved steps, from the weights as they are. */
static void climb(struct parents *parents, const struct pairs *pairs, const bool *used)
{
	double gradient[FEATURES], curvature[FEATURES * FEATURES], old[FEATURES], step[FEATURES];
	double value = evaluate(parents, pairs, used, gradient, curvature);

	for (int i = 0; i < STEPS_MAX; i++) {
		memcpy(old, parents->weights, sizeof old);
		memcpy(step, gradient, sizeof step);
		if (lapack_done(LAPACKE_dposv(LAPACK_ROW_MAJOR, 'L', FEATURES, 1, curvature, FEATURES, step, 1)) != 0)
			return;
		double size = 1, next = -INFINITY;
		for (; size > 1e-4 && !(next > value); size /= 2) {
			for (size_t f = 0; f < FEATURES; f++)
				parents->weights[f] = old[f] + size * step[f];
			next = evaluate(parents, pairs, used, gradient, curvature);
		}
		if (!(next > value)) {
			memcpy(parents->weights, old, sizeof old);
			return;
		}
		if (next - value < 1e-4)
			return;
		value = next;
	}
}

/* Where nothing is known but how rare parents are. */
static void begin_at_nothing(struct parents *parents, const struct pairs *pairs)
{
	double true_pairs = 0.5;

	for (size_t i = 0; i < pairs->count; i++)
		true_pairs += pairs->list[i].is_parent;
	memset(parents->weights, 0, sizeof parents->weights);
	parents->weights[CONSTANT] = log(true_pairs / ((double)pairs->count - true_pairs + 1));
}

/* ---- calibration -------------------------------------------------------------------------------- */

/* A score by a regression that did not see its merge. */
struct unseen {
	double part[CALIBRATION_PARTS];
	bool is_parent;
};

double parents_sum(const double *scores, size_t count)
{
	double most = -INFINITY, sum = 0;

	for (size_t i = 0; i < count; i++)
		most = fmax(most, scores[i]);
	for (size_t i = 0; i < count; i++)
		sum += exp(scores[i] - most);
	return count > 0 ? most + log(sum) : 0;
}

double parents_probability(const struct parents *parents, double score, double sum)
{
	const double *c = parents->calibration;

	return fmin(1 / (1 + exp(-c[CALIBRATION_CONSTANT] - c[CALIBRATION_SCORE] * score -
				 c[CALIBRATION_SUM] * sum)), SUREST);
}

static size_t score_merge(const struct parents *parents, const struct pairs *pairs, size_t begin,
			  double *scores, struct unseen *unseen)
{
	size_t end = pairs_end(pairs, begin);

	for (size_t i = begin; i < end; i++)
		scores[i - begin] = parents_score(parents, pairs->list[i].x);
	double sum = parents_sum(scores, end - begin);
	for (size_t i = begin; i < end; i++)
		unseen[i - begin] = (struct unseen){{1, scores[i - begin], sum}, pairs->list[i].is_parent};
	return end;
}

/* Logistic regression on three numbers, from "as it says". */
static void fit_calibration(struct parents *parents, const struct unseen *unseen, size_t count)
{
	enum { N = CALIBRATION_PARTS };
	double *c = parents->calibration;

	c[CALIBRATION_CONSTANT] = c[CALIBRATION_SUM] = 0;
	c[CALIBRATION_SCORE] = 1;
	for (int step = 0; step < STEPS_MAX; step++) {
		double gradient[N] = {0}, curvature[N * N] = {0}, size = 0;
		for (size_t i = 0; i < count; i++) {
			const double *x = unseen[i].part;
			double p = parents_probability(parents, x[CALIBRATION_SCORE], x[CALIBRATION_SUM]);
			for (size_t f = 0; f < N; f++) {
				gradient[f] += ((unseen[i].is_parent ? 1 : 0) - p) * x[f];
				for (size_t g = 0; g < N; g++)
					curvature[f * N + g] += p * (1 - p) * x[f] * x[g];
			}
		}
		for (size_t f = 0; f < N; f++)
			curvature[f * N + f] += 1e-6;
		if (lapack_done(LAPACKE_dposv(LAPACK_ROW_MAJOR, 'L', N, 1, curvature, N, gradient, 1)) != 0)
			return;
		for (size_t f = 0; f < N; f++)
			size = fmax(size, fabs(gradient[f]));
		for (size_t f = 0; f < N; f++)
			c[f] += gradient[f] * fmin(1, 1 / size);
		if (size < 1e-6)
			return;
	}
}

/* Scores each third of the merges by what the others teach, and calibrates on
 * all of that; the weights stay those of all. */
static void calibrate(struct parents *parents, const struct pairs *pairs, const bool *used)
{
	struct unseen *unseen = memory_allocate(pairs->count + 1, sizeof *unseen);
	double *scores = memory_allocate(pairs->count + 1, sizeof *scores), weights[FEATURES];
	bool *others = memory_allocate(parents->data->models + 1, sizeof *others);
	size_t count = 0;

	memcpy(weights, parents->weights, sizeof weights);
	for (size_t part = 0; part < PARTS; part++) {
		memcpy(others, used, parents->data->models * sizeof *others);
		for (size_t m = part; m < pairs->merge_count; m += PARTS)
			others[pairs->merges[m]] = false;
		climb(parents, pairs, others);
		for (size_t begin = 0, end; begin < pairs->count; begin = end) {
			uint32_t child = pairs->list[begin].child;
			end = pairs_end(pairs, begin);
			if (!used[child] || others[child])
				continue;
			score_merge(parents, pairs, begin, scores, unseen + count);
			count += end - begin;
		}
		memcpy(parents->weights, weights, sizeof weights);
	}
	fit_calibration(parents, unseen, count);
	free(unseen);
	free(scores);
	free(others);
}

void parents_learn(struct parents *parents, const struct pairs *pairs, const int *fold, int left_out)
{
	bool *used = memory_zero(parents->data->models + 1, sizeof *used);

	for (size_t m = 0; m < pairs->merge_count; m++)
		used[pairs->merges[m]] = left_out < 0 || fold[pairs->merges[m]] != left_out;
	begin_at_nothing(parents, pairs);
	climb(parents, pairs, used);
	calibrate(parents, pairs, used);
	free(used);
}
