/* The Pareto front of all pairs. */
#include "stemma/engine/front.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/inherited.h"
#include "search/search.h"
#include "stemma/base/memory.h"

struct point {
	size_t member[2]; /* candidates of the first axis, heaviest first */
	double weight[2];
	double mean[FRONT_AXES_MAX]; /* turned; as shown from settle_front() on */
	size_t answer;    /* its place among the exact ones, from predict_points() on */
};

struct front {
	const struct engine_fit *fit;
	size_t axes;
	struct suggest_settings settings[FRONT_AXES_MAX];
	struct search search[FRONT_AXES_MAX]; /* one an axis, all over the same candidates */
	bool *allowed;      /* by model */
	double *brings, *score; /* axes x candidates, in the order of the first search */
	struct point *point; /* the front so far, in no order */
	size_t count, capacity;
	double fitting;
	struct gains {
		double n, sum, squares;
	} gains[FRONT_AXES_MAX]; /* of all pairs */
};

void front_result_free(struct front_result *result)
{
	free(result->answers);
	*result = (struct front_result){0};
}

/* ---- one search an axis ------------------------------------------------------------- */

/* With the same models in all, so that facts and dates have the same numbers. */
static void restrict_models(struct front *front, const struct front_settings *settings)
{
	const struct engine_fit *fit = front->fit;
	const bool *allowed = settings->models.allowed;

	front->allowed = memory_zero(fit->data.models + 1, sizeof *front->allowed);
	for (size_t row = 0; row < fit->rows; row++) {
		size_t model = fit->row_model[row];
		bool scored = true;
		for (size_t a = 0; a < front->axes; a++) {
			size_t count;
			const struct engine_cell *cells = engine_data_cells(&fit->data, model, &count);
			scored &= !isnan(engine_target_value(fit->data.benchmark, &settings->axes[a], cells, count));
		}
		front->allowed[model] = scored && (!allowed || allowed[model]);
	}
}

static enum status search_axis(struct front *front, const struct front_settings *settings, size_t axis,
			       struct progress *progress, struct error *error)
{
	front->settings[axis] = (struct suggest_settings){
		.models = settings->models, .target = settings->axes[axis], .parents = 2, .by = SUGGEST_GAIN,
		.floor = 0, .limit = 1, .per_model = 1,
	};
	front->settings[axis].models.allowed = front->allowed;
	return search_new(front->fit, &front->settings[axis], progress, &front->search[axis], error);
}

/* What each candidate of the first search brings and scores on all axes. */
static void collect_brings(struct front *front)
{
	size_t count = front->search[0].count;
	double *by_row = memory_zero(front->fit->rows, sizeof *by_row);

	front->brings = memory_allocate(front->axes * count, sizeof *front->brings);
	front->score = memory_allocate(front->axes * count, sizeof *front->score);
	for (size_t a = 0; a < front->axes; a++) {
		for (size_t i = 0; i < count; i++)
			by_row[front->search[a].candidate[i].row] = front->search[a].candidate[i].brings;
		for (size_t i = 0; i < count; i++)
			front->brings[a * count + i] = by_row[front->search[0].candidate[i].row];
		for (size_t i = 0; i < count; i++)
			front->score[a * count + i] = search_target_score(&front->search[a], front->search[0].candidate[i].row);
	}
	free(by_row);
}

/* ---- the front ------------------------------------------------------------------------- */

static bool is_beaten(const double *by, const double *mean, size_t axes)
{
	for (size_t a = 0; a < axes; a++)
		if (by[a] < mean[a])
			return false;
	return true;
}

/* Whether a point of the front is at least as good on all axes.  Whatever beat
 * one is tried first for the next: near to it in the search, it often does again. */
static bool front_beats(struct front *front, const double *mean)
{
	for (size_t i = 0; i < front->count; i++) {
		if (!is_beaten(front->point[i].mean, mean, front->axes))
			continue;
		struct point first = front->point[0];
		front->point[0] = front->point[i];
		front->point[i] = first;
		return true;
	}
	return false;
}

static void front_offer(struct front *front, const struct point *point)
{
	if (front_beats(front, point->mean))
		return;
	for (size_t i = front->count; i-- > 0;)
		if (is_beaten(point->mean, front->point[i].mean, front->axes))
			front->point[i] = front->point[--front->count];
	front->point = memory_grow(front->point, front->count, &front->capacity, sizeof *front->point);
	front->point[front->count++] = *point;
}

/* The expected score of a pair on an axis, at weights of which the first is the larger. */
static double pair_mean(struct front *front, size_t axis, const struct point *point, size_t date, double rho)
{
	struct search *search = &front->search[axis];
	size_t count = front->search[0].count, heavy = point->member[0], light = point->member[1];
	const double *brings = front->brings + axis * count, *score = front->score + axis * count;
	double told = search->constant + search_own(search, front->search[0].candidate[heavy].facts, date) +
		      point->weight[0] * brings[heavy] + point->weight[1] * brings[light];

	return rho * (point->weight[0] * score[heavy] + point->weight[1] * score[light]) + (1 - rho) * told;
}

/* Counts the best gain of a pair on an axis. */
static void count_gain(struct front *front, size_t axis, double gain)
{
	front->gains[axis].n++;
	front->gains[axis].sum += gain;
	front->gains[axis].squares += gain * gain;
}

static void front_try_pair(struct front *front, size_t i, size_t j)
{
	struct search *search = &front->search[0];
	const size_t pair[2] = {i, j};
	double most[FRONT_AXES_MAX], covariance[4], turned[4];
	size_t rows, date = search_date(search, pair, 2), count = search->count;
	const double (*weights)[SUGGEST_PARENTS_MAX] = search_weights(2, &rows);

	search_relate(search, pair, 2, covariance);
	memcpy(turned, (const double[]){covariance[3], covariance[1], covariance[2], covariance[0]}, sizeof turned);
	for (size_t a = 0; a < front->axes; a++)
		most[a] = -INFINITY;
	for (size_t r = 0; r < rows; r++) {
		size_t heavy = weights[r][0] < weights[r][1], light = 1 - heavy;
		struct point point = {
			.member = {pair[heavy], pair[light]},
			.weight = {weights[r][heavy], weights[r][light]},
		};
		double rho = inherited_share(point.weight, heavy ? turned : covariance, 2);
		for (size_t a = 0; a < front->axes; a++) {
			point.mean[a] = pair_mean(front, a, &point, date, rho);
			most[a] = fmax(most[a], point.mean[a]);
		}
		front_offer(front, &point);
	}
	for (size_t a = 0; a < front->axes; a++)
		count_gain(front, a, most[a] - fmax(front->score[a * count + i], front->score[a * count + j]));
}

static enum status front_try_all(struct front *front, struct progress *progress, struct error *error)
{
	const struct search *search = &front->search[0];
	const struct candidate *c = search->candidate;

	for (size_t i = 0; i < search->count; i++) {
		if (!progress_step(progress, "searching merges", (double)i / (double)search->count))
			return error_set(error, STATUS_CANCELLED, "search cancelled");
		for (size_t j = i + 1; j < search->count && c[j].family == c[i].family; j++) {
			const size_t pair[2] = {i, j};
			if (!search_may_merge(search, pair, 2))
				continue;
			front->fitting++;
			front_try_pair(front, i, j);
		}
	}
	return STATUS_OK;
}

/* ---- answers --------------------------------------------------------------------------- */

static int compare_points(const void *left, const void *right)
{
	const struct point *a = left, *b = right;

	if (a->mean[0] > b->mean[0] || a->mean[0] < b->mean[0])
		return a->mean[0] > b->mean[0] ? -1 : 1;
	int order = memcmp(a->member, b->member, sizeof a->member);
	return order != 0 ? order : (a->weight[0] < b->weight[0]) - (a->weight[0] > b->weight[0]);
}

/* Squared distance in parts of the front's extent. */
static double distance(const struct front *front, const double *extent, size_t i, size_t j)
{
	double sum = 0;

	for (size_t a = 0; a < front->axes; a++) {
		double step = front->point[i].mean[a] - front->point[j].mean[a];
		sum += extent[a] > 0 ? step * step / (extent[a] * extent[a]) : 0;
	}
	return sum;
}

/* The best point of each axis and how far the front reaches. */
static void find_ends(const struct front *front, size_t *ends, double *extent)
{
	for (size_t a = 0; a < front->axes; a++) {
		double least = INFINITY;
		ends[a] = 0;
		for (size_t i = 0; i < front->count; i++) {
			least = fmin(least, front->point[i].mean[a]);
			if (front->point[i].mean[a] > front->point[ends[a]].mean[a])
				ends[a] = i;
		}
		extent[a] = front->point[ends[a]].mean[a] - least;
	}
}

/* Marks the ends of the axes, then again and again what is farthest from all
 * that is marked. */
static void choose_points(const struct front *front, size_t limit, bool *chosen)
{
	double extent[FRONT_AXES_MAX], *nearest = memory_allocate(front->count + 1, sizeof *nearest);
	size_t ends[FRONT_AXES_MAX], marked = 0;

	if (front->count > 0)
		find_ends(front, ends, extent);
	for (size_t i = 0; i < front->count; i++)
		nearest[i] = INFINITY;
	for (size_t step = 0; marked < limit && marked < front->count; step++) {
		size_t next = step < front->axes ? ends[step] : 0;
		for (size_t i = 0; step >= front->axes && i < front->count; i++)
			if (!chosen[i] && (chosen[next] || nearest[i] > nearest[next]))
				next = i;
		marked += !chosen[next];
		chosen[next] = true;
		for (size_t i = 0; i < front->count; i++)
			nearest[i] = fmin(nearest[i], distance(front, extent, i, next));
	}
	free(nearest);
}

static void learn_axes(const struct front *front, struct front_result *result)
{
	for (size_t a = 0; a < front->axes; a++) {
		struct front_axis *axis = &result->axis[a];
		const struct gains *gains = &front->gains[a];
		double mean = gains->n > 0 ? gains->sum / gains->n : 0;
		axis->spread = gains->n > 0 ? sqrt(fmax(gains->squares / gains->n - mean * mean, 0)) : 0;
		struct merges merges;
		merges_judge(&front->search[a], &merges);
		axis->slope = merges_slope(&merges);
		axis->slope_merges = merges.count;
		merges_free(&merges);
		axis->overstated = suggest_overstatement(axis->slope, axis->spread, front->fitting);
	}
}

static enum status fill_merge(const struct front *front, const struct front_settings *settings, struct point *point,
			      struct engine_query *query, const struct front_result *result,
			      struct front_answer *answer, struct error *error)
{
	struct engine_estimate estimate;
	struct engine_child child;

	search_child(&front->search[0], point->member, point->weight, 2, &child);
	enum status status = engine_predict_child(query, &child, error);
	answer->count = 2;
	for (size_t p = 0; p < 2; p++) {
		answer->parents[p] = child.parents[p];
		answer->weights[p] = child.weights[p];
	}
	for (size_t a = 0; a < front->axes && status == STATUS_OK; a++) {
		const struct candidate *c = front->search[0].candidate;
		struct front_score *score = &answer->score[a];
		const struct search *search = &front->search[a];
		engine_estimate(query, &settings->axes[a], &estimate);
		score->mean = estimate.mean;
		score->sd = estimate.sd;
		score->best = search_turned(search, fmax(search_target_score(search, c[point->member[0]].row),
							 search_target_score(search, c[point->member[1]].row)));
		score->shown = score->mean - search_turned(search, result->axis[a].overstated);
		score->chance = engine_chance_above(query, &settings->axes[a], score->best);
		if (!search->upwards)
			score->chance = 1 - score->chance;
		point->mean[a] = search_turned(search, score->shown);
	}
	return status;
}

static void fill_published(const struct front *front, size_t row, struct point *point, struct front_answer *answer)
{
	*answer = (struct front_answer){.count = 1, .parents = {front->fit->row_model[row]}, .weights = {1}};
	for (size_t a = 0; a < front->axes; a++) {
		point->mean[a] = search_target_score(&front->search[a], row);
		double score = search_turned(&front->search[a], point->mean[a]);
		answer->score[a] = (struct front_score){.mean = score, .best = score, .shown = score, .chance = NAN};
	}
}

/* The front as it is shown.  All merges on the front lose the same by the search, so that one which
 * another merge beat before cannot come back. */
static enum status settle_front(struct front *front, const struct front_settings *settings,
				struct front_result *result, struct front_answer *exact, struct error *error)
{
	struct engine_query *query = engine_query_new(front->fit);
	struct point *merge = front->point;
	size_t merges = front->count, next = 0, published = 0;
	enum status status = STATUS_OK;

	front->point = NULL;
	front->count = front->capacity = 0;
	/* Published models first: a merge that only equals one is beaten, too. */
	for (size_t row = 0; row < front->fit->rows; row++) {
		struct point point = {.answer = next};
		if (!front->allowed[front->fit->row_model[row]])
			continue;
		fill_published(front, row, &point, &exact[next++]);
		front_offer(front, &point);
	}
	published = next;
	for (size_t i = 0; i < merges && status == STATUS_OK; i++) {
		merge[i].answer = next;
		status = fill_merge(front, settings, &merge[i], query, result, &exact[next++], error);
		front_offer(front, &merge[i]);
	}
	for (size_t i = 0; i < front->count; i++)
		result->published += front->point[i].answer < published;
	result->found = front->count;
	result->beaten = merges - (result->found - result->published);
	free(merge);
	engine_query_free(query);
	return status;
}

static enum status front_answers(struct front *front, const struct front_settings *settings,
				 struct front_result *result, struct error *error)
{
	struct front_answer *exact = memory_zero(front->fit->rows + front->count + 1, sizeof *exact);

	result->searched = front->fitting;
	learn_axes(front, result);
	enum status status = settle_front(front, settings, result, exact, error);
	bool *chosen = memory_zero(front->count + 1, sizeof *chosen);
	if (front->count > 0)
		qsort(front->point, front->count, sizeof *front->point, compare_points);
	choose_points(front, settings->limit, chosen);
	result->answers = memory_zero((settings->limit < front->count ? settings->limit : front->count) + 1,
				      sizeof *result->answers);
	for (size_t i = 0; i < front->count && status == STATUS_OK; i++)
		if (chosen[i])
			result->answers[result->count++] = exact[front->point[i].answer];
	free(chosen);
	free(exact);
	return status;
}

enum status engine_front(const struct engine_fit *fit, const struct front_settings *settings,
			 struct progress *progress, struct front_result *result, struct error *error)
{
	struct front front = {.fit = fit, .axes = settings->axis_count};
	enum status status = STATUS_OK;

	*result = (struct front_result){0};
	restrict_models(&front, settings);
	for (size_t a = 0; a < front.axes && status == STATUS_OK; a++)
		status = search_axis(&front, settings, a, progress, error);
	if (status == STATUS_OK) {
		result->candidates = front.search[0].count;
		collect_brings(&front);
		status = front_try_all(&front, progress, error);
	}
	if (status == STATUS_OK)
		status = front_answers(&front, settings, result, error);
	if (status != STATUS_OK)
		front_result_free(result);
	for (size_t a = 0; a < front.axes; a++)
		search_free(&front.search[a]);
	free(front.allowed);
	free(front.brings);
	free(front.score);
	free(front.point);
	return status;
}
