#include "model/columns.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <lapacke.h>

#include "stemma/base/memory.h"

/* ---- choosing ---------------------------------------------------------------------- */

static bool same_word(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* Models with a cell of each benchmark. */
static size_t *count_cells(const struct engine_data *data)
{
	size_t *covered = memory_zero(data->benchmarks + 1, sizeof *covered);

	for (size_t model = 0; model < data->models; model++) {
		size_t count;
		const struct engine_cell *cells = engine_data_cells(data, model, &count);
		for (size_t i = 0; i < count; i++)
			covered[cells[i].benchmark]++;
	}
	return covered;
}

/* The suite of which the most models have something, as its first benchmark. */
static size_t choose_suite(const struct engine_data *data)
{
	size_t *suite = memory_allocate(data->benchmarks + 1, sizeof *suite), best = 0;
	size_t *models = memory_zero(data->benchmarks + 1, sizeof *models);
	size_t *last = memory_zero(data->benchmarks + 1, sizeof *last);

	for (size_t b = 0; b < data->benchmarks; b++)
		for (suite[b] = 0; !same_word(data->benchmark[suite[b]].suite, data->benchmark[b].suite);)
			suite[b]++;
	for (size_t model = 0; model < data->models; model++) {
		size_t count;
		const struct engine_cell *cells = engine_data_cells(data, model, &count);
		for (size_t i = 0; i < count; i++) {
			size_t first = suite[cells[i].benchmark];
			models[first] += last[first] != model + 1;
			last[first] = model + 1;
		}
	}
	for (size_t b = 0; b < data->benchmarks; b++)
		if (models[b] > models[best])
			best = b;
	free(suite);
	free(models);
	free(last);
	return best;
}

/* Whether a better covered benchmark that asks the same is a column already. */
static bool is_repeated(const struct columns *columns, const struct engine_data *data, size_t benchmark)
{
	const char *family = data->benchmark[benchmark].family;

	for (size_t i = 0; i < columns->count && family; i++)
		if (same_word(data->benchmark[columns->benchmark[i]].family, family))
			return true;
	return false;
}

static int compare_numbers(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

	return (a > b) - (a < b);
}

void columns_choose(const struct engine_data *data, struct columns *columns)
{
	*columns = (struct columns){0};
	if (data->benchmarks == 0)
		return;
	size_t *covered = count_cells(data), suite = choose_suite(data);
	while (columns->count < FACTORS_MAX) {
		size_t best = SIZE_MAX;
		for (size_t b = 0; b < data->benchmarks; b++)
			if (covered[b] > (best == SIZE_MAX ? 0 : covered[best]) &&
			    same_word(data->benchmark[suite].suite, data->benchmark[b].suite) &&
			    columns_find(columns, b) == SIZE_MAX && !is_repeated(columns, data, b))
				best = b;
		if (best == SIZE_MAX)
			break;
		columns->benchmark[columns->count++] = (uint32_t)best;
	}
	qsort(columns->benchmark, columns->count, sizeof *columns->benchmark, compare_numbers);
	free(covered);
}

size_t columns_find(const struct columns *columns, size_t benchmark)
{
	for (size_t i = 0; i < columns->count; i++)
		if (columns->benchmark[i] == benchmark)
			return i;
	return SIZE_MAX;
}

bool columns_read(const struct columns *columns, const struct engine_data *data, size_t model, double *values)
{
	bool any = false;

	for (size_t i = 0; i < columns->count; i++) {
		values[i] = engine_data_score(data, model, columns->benchmark[i]);
		any = any || !isnan(values[i]);
	}
	return any;
}

/* ---- targets ----------------------------------------------------------------------- */

bool columns_aim(const struct columns *columns, const struct engine_data *data,
		 const struct engine_target *target, struct aim *aim)
{
	*aim = (struct aim){.spread = columns->count};
	engine_target_bounds(data->benchmark, target, &aim->lower, &aim->upper);
	for (size_t i = 0; i < target->count; i++) {
		size_t column = columns_find(columns, target->benchmark[i]);
		if (column == SIZE_MAX)
			return false;
		if (target->count == 1) {
			aim->coefficient[column] = 1;
			aim->spread = column;
			continue;
		}
		const struct engine_benchmark *benchmark = &data->benchmark[target->benchmark[i]];
		double points = engine_points(benchmark, 0);
		aim->constant += target->weight[i] * points;
		aim->coefficient[column] += target->weight[i] * (engine_points(benchmark, 1) - points);
	}
	return target->count > 0;
}

double aim_value(const struct aim *aim, const struct columns *columns, const double *values)
{
	double sum = aim->constant;

	for (size_t i = 0; i < columns->count; i++)
		if (aim->coefficient[i] < 0 || aim->coefficient[i] > 0)
			sum += aim->coefficient[i] * values[i];
	return sum;
}

/* ---- beliefs ------------------------------------------------------------------------ */

void belief_condition(struct belief *belief, const double *values)
{
	size_t n = belief->count, count = 0, index[FACTORS_MAX];
	double matrix[FACTORS_MAX * FACTORS_MAX], gain[FACTORS_MAX * FACTORS_MAX];

	for (size_t c = 0; c < n; c++)
		if (!isnan(values[c]))
			index[count++] = c;
	if (count == 0)
		return;
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < count; j++)
			matrix[i * count + j] = belief->covariance[index[i]][index[j]] + (i == j ? 1e-6 : 0);
	for (size_t c = 0; c < n; c++)
		for (size_t i = 0; i < count; i++)
			gain[c * count + i] = belief->covariance[c][index[i]];
	LAPACKE_dposv(LAPACK_COL_MAJOR, 'L', (int)count, (int)n, matrix, (int)count, gain, (int)count);
	struct belief old = *belief;
	memset(belief->gain, 0, sizeof belief->gain);
	for (size_t c = 0; c < n; c++)
		for (size_t i = 0; i < count && isnan(values[c]); i++) {
			belief->gain[c][index[i]] = gain[c * count + i];
			belief->mean[c] += gain[c * count + i] * (values[index[i]] - old.mean[index[i]]);
			for (size_t d = 0; d < n; d++)
				belief->covariance[c][d] -= gain[c * count + i] * old.covariance[index[i]][d];
		}
	for (size_t i = 0; i < count; i++) {
		size_t c = index[i];
		belief->known[c] = true;
		belief->mean[c] = values[c];
		belief->gain[c][c] = 1;
		for (size_t d = 0; d < n; d++)
			belief->covariance[c][d] = belief->covariance[d][c] = 0;
	}
}

void belief_aim(const struct belief *belief, const struct aim *aim, double *points, double *deviation)
{
	double variance = 0;

	*points = aim->constant;
	for (size_t c = 0; c < belief->count; c++) {
		*points += aim->coefficient[c] * belief->mean[c];
		for (size_t d = 0; d < belief->count; d++)
			variance += aim->coefficient[c] * aim->coefficient[d] * belief->covariance[c][d];
	}
	*deviation = sqrt(fmax(variance, 0));
}
