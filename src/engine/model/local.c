#include "model/local.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/texts.h"
#include "model/belief.h"
#include "model/factors_fit.h"
#include "solve/small.h"
#include "stemma/base/memory.h"
#include "stemma/base/parallel.h"

/* Lengths of R, in squares of z. */
#define NEAR 0.2
#define FAR 1.0
#define COUNTED_MAX 3.0 /* deviations of a residual that count: they have heavy tails */
#define LEFT_MIN 0.05
#define METRIC_MIN 1e-4 /* that a factor counts at least in a distance */
#define ROWS_EACH 64    /* that one thread takes at a time */

/* From residuals of public leaderboards, each as the other cells tell it. */
static const struct local_weights usual = {
	.near = 0.1, .lineage = 0.1, .series = 0.03, .owner = 0.02, .base = 0.07,
	.family = 0.1, .suite = 0.1, .words = 0.1,
};

/* ---- kin -------------------------------------------------------------------------- */

/* Cells of the fit on a benchmark. */
static size_t column_count(const struct factors *factors, uint32_t benchmark)
{
	return factors->cells.column_start[benchmark + 1] - factors->cells.column_start[benchmark];
}

static uint64_t node_bit(uint32_t node)
{
	return (uint64_t)1 << ((node * 0x9E3779B97F4A7C15u) >> 58);
}

/* Of those with the smallest share the last in number. */
static size_t kin_lightest(const struct kin *kin)
{
	size_t lightest = 0;

	for (size_t i = 1; i < kin->nodes; i++)
		if (kin->share[i] < kin->share[lightest] ||
		    (kin->share[i] <= kin->share[lightest] && kin->node[i] > kin->node[lightest]))
			lightest = i;
	return lightest;
}

/* Where there are too many the heaviest stay, in whatever order they come. */
static void kin_add(struct kin *kin, uint32_t node, float share)
{
	size_t place = 0;

	while (place < kin->nodes && kin->node[place] != node)
		place++;
	if (place < kin->nodes) {
		kin->share[place] += share;
		return;
	}
	if (kin->nodes == KIN_NODES_MAX) {
		place = kin_lightest(kin);
		if (share < kin->share[place] || (share <= kin->share[place] && node > kin->node[place]))
			return;
	} else {
		kin->nodes++;
	}
	kin->node[place] = node;
	kin->share[place] = share;
}

/* Scales the shares to length 1; `own` is one that no node has. */
static void kin_scale(struct kin *kin, float own)
{
	float square = own * own;

	for (size_t i = 0; i < kin->nodes; i++) {
		square += kin->share[i] * kin->share[i];
		kin->mask |= node_bit(kin->node[i]);
	}
	for (size_t i = 0; i < kin->nodes && square > 0; i++)
		kin->share[i] /= sqrtf(square);
}

static void kin_same(const struct kernel_point *point, struct kin *kin)
{
	static const enum attribute attribute[] = {
		[KIN_SERIES] = ATTRIBUTE_SERIES, [KIN_OWNER] = ATTRIBUTE_OWNER, [KIN_BASE] = ATTRIBUTE_BASE};

	for (size_t i = 0; i < KIN_SAME_COUNT; i++)
		kin->same[i] = point->attribute[attribute[i]];
}

static void kin_facts(const struct factors *factors, const struct engine_model *facts, struct kin *kin)
{
	struct kernel_point point;

	attributes_point(factors->attributes, facts, &point);
	kin_same(&point, kin);
}

void kin_of_model(const struct factors *factors, size_t model, struct kin *kin)
{
	struct engine_model facts;
	size_t count;
	const struct lineage_parent *parents = lineage_parents(factors->data.lineage, model, &count);
	int32_t row = factors->cells.model_row[model];

	*kin = (struct kin){0};
	if (row >= 0) {
		kin_same(attributes_row(factors->attributes, (size_t)row), kin);
	} else {
		attributes_describe(&factors->data, model, &facts);
		kin_facts(factors, &facts, kin);
	}
	kin_add(kin, (uint32_t)model, 1);
	for (size_t i = 0; i < count; i++)
		if (parents[i].weight > 0)
			kin_add(kin, parents[i].node, parents[i].weight);
	kin_scale(kin, 0);
}

void kin_of_child(const struct factors *factors, const struct engine_child *child, struct kin *kin)
{
	*kin = (struct kin){0};
	kin_facts(factors, &child->model, kin);
	for (size_t i = 0; i < child->count; i++)
		if (child->weights[i] > 0)
			kin_add(kin, (uint32_t)child->parents[i], (float)child->weights[i]);
	kin_scale(kin, 1);
}

static double lineage_common(const struct kin *a, const struct kin *b)
{
	double sum = 0;

	if (!(a->mask & b->mask))
		return 0;
	for (size_t i = 0; i < a->nodes; i++)
		for (size_t j = 0; j < b->nodes; j++)
			if (a->node[i] == b->node[j])
				sum += (double)(a->share[i] * b->share[j]);
	return sum;
}

/* What kinship counts in R at distance 0. */
static double kin_weight(const struct local_weights *weights, const struct kin *a, const struct kin *b)
{
	const double same[] = {
		[KIN_SERIES] = weights->series, [KIN_OWNER] = weights->owner, [KIN_BASE] = weights->base};
	double sum = weights->lineage * lineage_common(a, b);

	for (size_t i = 0; i < KIN_SAME_COUNT; i++)
		if (a->same[i] == b->same[i] && a->same[i] >= 0)
			sum += same[i];
	return sum;
}

/* ---- benchmarks that are alike ------------------------------------------------------- */

struct word {
	char *text;
	uint32_t benchmark;
};

struct word_list {
	struct word *word;
	size_t count, capacity;
};

static void add_word(struct word_list *list, const char *from, size_t length, uint32_t benchmark)
{
	bool digits = true;

	for (size_t i = 0; i < length; i++)
		digits = digits && isdigit((unsigned char)from[i]);
	if (length < 2 || digits)
		return;
	list->word = memory_grow(list->word, list->count, &list->capacity, sizeof *list->word);
	struct word *word = &list->word[list->count++];
	*word = (struct word){memory_zero(length + 1, 1), benchmark};
	for (size_t i = 0; i < length; i++)
		word->text[i] = (char)tolower((unsigned char)from[i]);
}

static void add_words(struct word_list *list, const char *text, uint32_t benchmark)
{
	size_t length;

	for (; text && *text; text += length ? length : 1) {
		for (length = 0; isalnum((unsigned char)text[length]) || (text[length] & 0x80); length++)
			;
		add_word(list, text, length, benchmark);
	}
}

static int compare_words(const void *left, const void *right)
{
	const struct word *a = left, *b = right;
	int order = strcmp(a->text, b->text);

	return order ? order : (a->benchmark > b->benchmark) - (a->benchmark < b->benchmark);
}

static int compare_benchmarks(const void *left, const void *right)
{
	const uint32_t *a = left, *b = right; /* number, benchmark */

	if (a[1] != b[1])
		return a[1] < b[1] ? -1 : 1;
	return (a[0] > b[0]) - (a[0] < b[0]);
}

/* Numbers the words of all keys and titles and lists them by benchmark, each once. */
static void number_words(struct local *local, const struct engine_data *data)
{
	struct word_list list = {0};
	size_t kept = 0;

	for (uint32_t b = 0; b < data->benchmarks; b++) {
		add_words(&list, data->benchmark[b].key, b);
		add_words(&list, data->benchmark[b].title, b);
	}
	if (list.count > 0)
		qsort(list.word, list.count, sizeof *list.word, compare_words);
	uint32_t (*pair)[2] = memory_allocate(list.count + 1, sizeof *pair), number = 0;
	for (size_t i = 0; i < list.count; i++) {
		bool same = i > 0 && strcmp(list.word[i].text, list.word[i - 1].text) == 0;
		number += i > 0 && !same;
		if (!same || list.word[i].benchmark != list.word[i - 1].benchmark) {
			pair[kept][0] = number;
			pair[kept++][1] = list.word[i].benchmark;
		}
	}
	if (kept > 0)
		qsort(pair, kept, sizeof *pair, compare_benchmarks);
	local->word = memory_allocate(kept + 1, sizeof *local->word);
	local->word_start = memory_zero(data->benchmarks + 1, sizeof *local->word_start);
	for (size_t i = 0; i < kept; i++) {
		local->word[i] = pair[i][0];
		local->word_start[pair[i][1] + 1] = i + 1;
	}
	for (size_t b = 0; b < data->benchmarks; b++)
		if (local->word_start[b + 1] < local->word_start[b])
			local->word_start[b + 1] = local->word_start[b];
	for (size_t i = 0; i < list.count; i++)
		free(list.word[i].text);
	free(list.word);
	free(pair);
}

/* Numbers by which equal texts are equal; -1 of none. */
static int32_t *number_texts(const struct engine_data *data, const char *(*text)(const struct engine_benchmark *))
{
	const char **own = memory_allocate(data->benchmarks + 1, sizeof *own);
	uint32_t *same = memory_allocate(data->benchmarks + 1, sizeof *same);
	int32_t *number = memory_allocate(data->benchmarks + 1, sizeof *number);

	for (size_t b = 0; b < data->benchmarks; b++)
		own[b] = text(&data->benchmark[b]);
	texts_number(own, data->benchmarks, false, same);
	for (size_t b = 0; b < data->benchmarks; b++)
		number[b] = own[b] && *own[b] ? (int32_t)same[b] : -1;
	free(own);
	free(same);
	return number;
}

static const char *family_of(const struct engine_benchmark *benchmark)
{
	return benchmark->family;
}

static const char *suite_of(const struct engine_benchmark *benchmark)
{
	return benchmark->suite;
}

static double words_common(const struct local *local, uint32_t b, uint32_t c)
{
	size_t i = local->word_start[b], j = local->word_start[c], common = 0;
	size_t last_i = local->word_start[b + 1], last_j = local->word_start[c + 1], all = last_i - i + last_j - j;

	while (i < last_i && j < last_j) {
		common += local->word[i] == local->word[j];
		if (local->word[i] <= local->word[j])
			i++, j += local->word[i - 1] == local->word[j];
		else
			j++;
	}
	return all > common ? (double)common / (double)(all - common) : 0;
}

double local_alike(const struct local *local, uint32_t b, uint32_t c)
{
	const struct local_weights *weights = &local->weights;
	double sum = 0;

	if (local->family[b] == local->family[c] && local->family[b] >= 0)
		sum += weights->family;
	if (local->suite[b] == local->suite[c] && local->suite[b] >= 0)
		sum += weights->suite;
	return weights->words > 0 ? sum + weights->words * words_common(local, b, c) : sum;
}

/* ---- the whole ------------------------------------------------------------------------ */

void local_new(struct factors *factors)
{
	struct local *local = &factors->local;
	const struct cells *cells = &factors->cells;
	size_t rank = factors->parameters.rank, suites = factors->parameters.suites;

	if (factors->prior == PRIOR_KIN)
		local->weights = usual;
	local->kin = memory_allocate(cells->rows + 1, sizeof *local->kin);
	for (size_t row = 0; row < cells->rows; row++)
		kin_of_model(factors, cells->row_model[row], &local->kin[row]);
	local->family = number_texts(&factors->data, family_of);
	local->suite = number_texts(&factors->data, suite_of);
	number_words(local, &factors->data);
	local->column_row = memory_allocate(cells->count + 1, sizeof *local->column_row);
	for (size_t i = 0; i < cells->count; i++)
		local->column_row[i] = cells->row[cells->column_cell[i]];
	local->metric = memory_zero(suites * rank * rank + 1, sizeof *local->metric);
	local->place = memory_zero(cells->count * rank + 1, sizeof *local->place);
	local->mean = memory_zero(cells->rows * rank + 1, sizeof *local->mean);
	local->residual = memory_zero(cells->count + 1, sizeof *local->residual);
	local->left_mean = memory_zero(cells->count + 1, sizeof *local->left_mean);
	local->left_variance = memory_zero(cells->count + 1, sizeof *local->left_variance);
}

void local_free(struct local *local)
{
	free(local->kin);
	free(local->family);
	free(local->suite);
	free(local->word_start);
	free(local->word);
	free(local->column_row);
	free(local->metric);
	free(local->place);
	free(local->mean);
	free(local->residual);
	free(local->left_mean);
	free(local->left_variance);
	*local = (struct local){0};
}

/* Cholesky factors of the mean of lambda lambda' over the benchmarks of each suite. */
static void set_metrics(struct factors *factors)
{
	const struct parameters *parameters = &factors->parameters;
	size_t rank = parameters->rank, square = rank * rank;
	double *metric = factors->local.metric, *count = memory_zero(parameters->suites + 1, sizeof *count);

	memset(metric, 0, parameters->suites * square * sizeof *metric);
	for (uint32_t b = 0; b < factors->cells.benchmarks; b++) {
		const double *loading = parameters->loading + b * rank;
		size_t suite = parameters->suite[b];
		if (column_count(factors, b) == 0)
			continue;
		count[suite]++;
		for (size_t i = 0; i < square; i++)
			metric[suite * square + i] += loading[i / rank] * loading[i % rank];
	}
	for (size_t suite = 0; suite < parameters->suites; suite++) {
		for (size_t i = 0; i < square; i++)
			metric[suite * square + i] = metric[suite * square + i] / fmax(count[suite], 1) +
						     (i / rank == i % rank ? METRIC_MIN : 0);
		small_cholesky(metric + suite * square, rank);
	}
	free(count);
}

/* metric' f. */
static void place_of(const struct factors *factors, uint32_t benchmark, const double *mean, float *place)
{
	size_t rank = factors->parameters.rank;
	const double *metric = factors->local.metric + factors->parameters.suite[benchmark] * rank * rank;

	for (size_t k = 0; k < rank; k++) {
		double sum = 0;
		for (size_t l = k; l < rank; l++)
			sum += metric[l * rank + k] * mean[l];
		place[k] = (float)sum;
	}
}

void local_take(struct factors *factors)
{
	struct local *local = &factors->local;
	size_t rank = factors->parameters.rank;
	double mean[FACTORS_RANK_MAX];
	float place[FACTORS_RANK_MAX];

	set_metrics(factors);
	for (uint32_t b = 0; b < factors->cells.benchmarks; b++) {
		size_t first = factors->cells.column_start[b], count = column_count(factors, b);
		for (size_t i = 0; i < count; i++) {
			for (size_t k = 0; k < rank; k++)
				mean[k] = (double)local->mean[local->column_row[first + i] * rank + k];
			place_of(factors, b, mean, place);
			for (size_t k = 0; k < rank; k++)
				local->place[first * rank + k * count + i] = place[k];
		}
	}
}

/* ---- nearest cells ------------------------------------------------------------------------ */

double local_counted(const struct local *local, size_t cell)
{
	return fmin(fmax((double)local->residual[cell], -COUNTED_MAX), COUNTED_MAX);
}

/* Candidates among the cells of one column. */
struct candidate_cell {
	double key;   /* a distance at which strangers would be as alike */
	double kin, distance;
	size_t place; /* in the column */
};

struct look {
	const struct factors *factors;
	const struct kin *kin;
	uint32_t benchmark;
	size_t count; /* of the column */
	struct candidate_cell nearest[NEAR_MAX];
	size_t found;
};

static double correlation(const struct local_weights *weights, double distance, double kin)
{
	double r = weights->near * exp(-distance / NEAR);

	return kin > 0 ? r + kin * exp(-distance / FAR) : r;
}

static void look_insert(struct look *look, struct candidate_cell cell)
{
	size_t place = look->found < NEAR_MAX ? look->found++ : NEAR_MAX - 1;

	while (place > 0 && look->nearest[place - 1].key > cell.key) {
		look->nearest[place] = look->nearest[place - 1];
		place--;
	}
	look->nearest[place] = cell;
}

static void look_through(struct look *look, const float *from, int32_t row, const bool *hidden, float *distance)
{
	const struct local *local = &look->factors->local;
	size_t rank = look->factors->parameters.rank, first = look->factors->cells.column_start[look->benchmark];

	for (size_t k = 0; k < rank; k++) {
		const float *place = local->place + first * rank + k * look->count, at = from[k];
		for (size_t i = 0; i < look->count; i++)
			distance[i] += (place[i] - at) * (place[i] - at);
	}
	for (size_t i = 0; i < look->count; i++) {
		uint32_t other = local->column_row[first + i];
		double kin = kin_weight(&local->weights, look->kin, &local->kin[other]);
		struct candidate_cell cell = {(double)distance[i], kin, (double)distance[i], i};
		if (kin > 0)
			cell.key = -NEAR * log(correlation(&local->weights, cell.distance, kin) / local->weights.near);
		if ((look->found == NEAR_MAX && cell.key >= look->nearest[NEAR_MAX - 1].key) || (int32_t)other == row ||
		    (hidden && hidden[other]))
			continue;
		look_insert(look, cell);
	}
}

/* R among the nearest, with 1 for itself. */
static void look_relate(const struct look *look, double *matrix)
{
	const struct local *local = &look->factors->local;
	size_t rank = look->factors->parameters.rank, first = look->factors->cells.column_start[look->benchmark];
	float place[NEAR_MAX][FACTORS_RANK_MAX];

	for (size_t i = 0; i < look->found; i++)
		for (size_t k = 0; k < rank; k++)
			place[i][k] = local->place[first * rank + k * look->count + look->nearest[i].place];
	for (size_t i = 0; i < look->found; i++) {
		const struct kin *kin = &local->kin[local->column_row[first + look->nearest[i].place]];
		matrix[i * look->found + i] = 1;
		for (size_t j = 0; j < i; j++) {
			const struct kin *other = &local->kin[local->column_row[first + look->nearest[j].place]];
			float distance = 0;
			for (size_t k = 0; k < rank; k++)
				distance += (place[i][k] - place[j][k]) * (place[i][k] - place[j][k]);
			matrix[i * look->found + j] =
				correlation(&local->weights, (double)distance, kin_weight(&local->weights, kin, other));
		}
	}
}

void local_look(const struct factors *factors, uint32_t benchmark, const double *mean, const struct kin *kin,
		int32_t row, const bool *hidden, struct near *near)
{
	const struct local *local = &factors->local;
	struct look look = {.factors = factors, .kin = kin, .benchmark = benchmark,
			    .count = column_count(factors, benchmark)};
	double matrix[NEAR_MAX * NEAR_MAX], toward[NEAR_MAX];
	float from[FACTORS_RANK_MAX];

	near->count = 0;
	near->shift = 0;
	near->left = 1;
	if (look.count == 0 || !(local->weights.near > 0))
		return;
	float *distance = memory_zero(look.count, sizeof *distance);
	place_of(factors, benchmark, mean, from);
	look_through(&look, from, row, hidden, distance);
	free(distance);
	look_relate(&look, matrix);
	if (!small_cholesky(matrix, look.found))
		return; /* the sum of weights is below 1, so this is not to be */
	near->count = look.found;
	for (size_t i = 0; i < look.found; i++)
		near->weight[i] = toward[i] = correlation(&local->weights, look.nearest[i].distance, look.nearest[i].kin);
	small_solve_front(matrix, look.found, near->weight);
	small_solve_back(matrix, look.found, near->weight);
	for (size_t i = 0; i < look.found; i++) {
		near->cell[i] = factors->cells.column_cell[factors->cells.column_start[benchmark] + look.nearest[i].place];
		near->shift += near->weight[i] * local_counted(local, near->cell[i]);
		near->left -= near->weight[i] * toward[i];
	}
	near->left = fmax(near->left, LEFT_MIN);
}

/* ---- what is left of each cell ---------------------------------------------------------------- */

struct left_work {
	struct factors *factors;
	bool residuals; /* else what is predicted by them */
};

static void believe_row(const struct factors *factors, size_t row, struct belief *belief, struct own_cell *own)
{
	const struct cells *cells = &factors->cells;
	size_t first = cells->row_start[row], count = cells->row_start[row + 1] - first;

	for (size_t i = 0; i < count; i++)
		own[i] = (struct own_cell){cells->benchmark[first + i], (double)cells->z[first + i],
					   (double)cells->error[first + i]};
	belief_model(belief, cells->row_model[row]);
	belief_condition(belief, own, count);
}

static void set_residuals(struct factors *factors, size_t row, const struct belief *belief)
{
	struct local *local = &factors->local;
	size_t rank = factors->parameters.rank, first = factors->cells.row_start[row];

	for (size_t k = 0; k < rank; k++)
		local->mean[row * rank + k] = (float)belief->mean[k];
	for (size_t i = 0; i < belief->count; i++)
		local->residual[first + i] = (float)(belief->weight[i] / sqrt(belief->inverse[i * belief->count + i]));
}

/* The mean of f without cell i: mean - C lambda' K^-1 e_i w_i / (K^-1)_ii. */
static void mean_without(const struct belief *belief, size_t i, size_t rank, double *mean)
{
	const double *inverse = belief->inverse + i * belief->count;

	memcpy(mean, belief->mean, rank * sizeof *mean);
	for (size_t j = 0; j < belief->count; j++) {
		double off = inverse[j] * belief->weight[i] / inverse[i];
		for (size_t k = 0; k < rank; k++)
			mean[k] -= belief->pull[j * rank + k] * off;
	}
}

static void set_left(struct factors *factors, size_t row, const struct belief *belief)
{
	struct local *local = &factors->local;
	size_t rank = factors->parameters.rank, first = factors->cells.row_start[row];
	double mean[FACTORS_RANK_MAX];
	struct near near;

	for (size_t i = 0; i < belief->count; i++) {
		double variance = 1 / belief->inverse[i * belief->count + i];
		double known = (double)factors->cells.error[first + i];
		double z = (double)factors->cells.z[first + i] - belief->weight[i] * variance;
		variance = fmax(variance - known, 0.01 * variance);
		mean_without(belief, i, rank, mean);
		local_look(factors, belief->benchmark[i], mean, &belief->kin, (int32_t)row, NULL, &near);
		double noise = fmin(belief->width[i] * belief->width[i], variance);
		local->left_mean[first + i] = (float)(z + sqrt(noise) * near.shift);
		local->left_variance[first + i] = (float)(variance - noise * (1 - near.left));
	}
}

static void left_item(void *context, size_t item)
{
	const struct left_work *work = context;
	struct factors *factors = work->factors;
	struct belief belief;
	struct own_cell *own = memory_allocate(factors->cells.benchmarks + 1, sizeof *own);

	belief_new(factors, &belief);
	for (size_t row = item * ROWS_EACH; row < (item + 1) * ROWS_EACH && row < factors->cells.rows; row++) {
		believe_row(factors, row, &belief, own);
		if (work->residuals)
			set_residuals(factors, row, &belief);
		else
			set_left(factors, row, &belief);
	}
	belief_free(&belief);
	free(own);
}

bool local_set(struct factors *factors, struct progress *progress)
{
	struct left_work work = {factors, true};
	size_t items = (factors->cells.rows + ROWS_EACH - 1) / ROWS_EACH;

	if (!progress_step(progress, "looking at what is left", 0))
		return false;
	parallel_for(items, left_item, &work);
	local_take(factors);
	if (!progress_step(progress, "looking at what is left", 0.3))
		return false;
	work.residuals = false;
	parallel_for(items, left_item, &work);
	return true;
}
