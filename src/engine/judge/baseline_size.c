/* Baseline: what a model's size and date tell. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "judge/baseline.h"
#include "stemma/base/memory.h"

enum { TERMS = 7 }; /* 1, size, its square, date, its square, size unknown, date unknown */

#define PENALTY 1.0 /* on the coefficients of all benchmarks, */
#define PULL 5.0    /* and on the differences of a benchmark's from them: so many models' worth */

struct line {
	double coefficient[TERMS];
};

/* A fact over all rows as mean and sd. */
struct spread {
	double mean, sd;
};

static struct spread spread_of(const double *facts, size_t count)
{
	double sum = 0, squares = 0, n = 0;

	for (size_t i = 0; i < count; i++)
		if (!isnan(facts[i]))
			sum += facts[i], n++;
	for (size_t i = 0; i < count; i++)
		if (!isnan(facts[i]))
			squares += (facts[i] - sum / n) * (facts[i] - sum / n);
	return (struct spread){n > 0 ? sum / n : 0, squares > 0 ? sqrt(squares / n) : 1};
}

static void describe_rows(const struct masked *masked, struct line *rows)
{
	size_t count = masked->data.rows;
	double *size = memory_allocate(count + 1, sizeof *size), *date = memory_allocate(count + 1, sizeof *date);

	for (size_t r = 0; r < count; r++) {
		size[r] = date[r] = NAN;
		if (masked->model[r] == UINT32_MAX)
			continue;
		struct engine_model model = engine_data_model(&masked->data, masked->model[r]);
		size[r] = model.params_b > 0 ? log(model.params_b) : NAN;
		date[r] = model.uploaded;
	}
	struct spread sizes = spread_of(size, count), dates = spread_of(date, count);
	for (size_t r = 0; r < count; r++) {
		double s = isnan(size[r]) ? 0 : (size[r] - sizes.mean) / sizes.sd;
		double d = isnan(date[r]) ? 0 : (date[r] - dates.mean) / dates.sd;
		rows[r] = (struct line){{1, s, s * s, d, d * d, isnan(size[r]), isnan(date[r])}};
	}
	free(size);
	free(date);
}

static void add_row(double *a, double *b, const struct line *row, double z)
{
	for (size_t k = 0; k < TERMS; k++) {
		b[k] += row->coefficient[k] * z;
		for (size_t l = 0; l < TERMS; l++)
			a[k * TERMS + l] += row->coefficient[k] * row->coefficient[l];
	}
}

/* Of the known cells from `begin` to `end`, drawn towards `all` (NULL: 0). */
static struct line draw_line(const struct masked *masked, const struct line *rows, size_t begin, size_t end,
			     const struct line *all)
{
	double a[TERMS * TERMS] = {0}, penalty = all ? PULL : PENALTY;
	struct line line = {{0}};

	for (size_t k = 0; k < TERMS; k++) {
		a[k * TERMS + k] = penalty;
		line.coefficient[k] = all ? penalty * all->coefficient[k] : 0;
	}
	for (size_t i = begin; i < end; i++)
		add_row(a, line.coefficient, &rows[masked->column[i].row], masked->column[i].z);
	baseline_solve(a, line.coefficient, TERMS);
	return line;
}

void baseline_size(const struct masked *masked, double *values)
{
	size_t benchmarks = masked->data.benchmarks;
	struct line *rows = memory_allocate(masked->data.rows + 1, sizeof *rows);
	struct line *lines = memory_allocate(benchmarks + 1, sizeof *lines);

	describe_rows(masked, rows);
	struct line all = draw_line(masked, rows, 0, masked->known, NULL);
	for (size_t b = 0; b < benchmarks; b++)
		lines[b] = draw_line(masked, rows, masked->column_start[b], masked->column_start[b + 1], &all);
	for (size_t i = 0; i < masked->count; i++) {
		const struct masked_cell *cell = &masked->cells[i];
		double z = 0;
		for (size_t k = 0; k < TERMS; k++)
			z += lines[cell->benchmark].coefficient[k] * rows[cell->row].coefficient[k];
		values[i] = masked_value(&masked->scale[cell->benchmark], z);
	}
	free(rows);
	free(lines);
}
