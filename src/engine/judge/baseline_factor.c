/* Baseline: what one shared factor tells. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "judge/baseline.h"
#include "stemma/base/memory.h"

#define ROUNDS 20
#define PENALTY 1.0 /* on a model's factor: as of so many scores at 0 */
#define PULL 0.5    /* of a benchmark's slope towards 0 */

/* z of a benchmark over the factor: level + slope x factor. */
struct line {
	double level, slope;
};

/* The factor of each model that has scores, by ridge regression on the lines of its benchmarks. */
static void find_factor(const struct masked *masked, const struct line *lines, double *factor)
{
	for (size_t r = 0; r < masked->data.rows; r++) {
		double right = 0, square = PENALTY;
		for (size_t c = masked->cell_start[r]; c < masked->cell_start[r + 1]; c++) {
			const struct line *line = &lines[masked->cell[c].benchmark];
			right += line->slope * (masked->z[c] - line->level);
			square += line->slope * line->slope;
		}
		factor[r] = right / square;
	}
}

/* Mean 0 and deviation 1 over the models with scores. */
static void standardise(const struct masked *masked, double *factor)
{
	double sum = 0, squares = 0, n = 0;

	for (size_t r = 0; r < masked->data.rows; r++)
		if (masked->cell_start[r + 1] > masked->cell_start[r])
			sum += factor[r], n++;
	for (size_t r = 0; r < masked->data.rows && n > 0; r++)
		if (masked->cell_start[r + 1] > masked->cell_start[r])
			squares += (factor[r] - sum / n) * (factor[r] - sum / n);
	for (size_t r = 0; r < masked->data.rows && squares > 0; r++)
		factor[r] = (factor[r] - sum / n) / sqrt(squares / n);
}

static void draw_lines(const struct masked *masked, const double *factor, struct line *lines)
{
	for (size_t b = 0; b < masked->data.benchmarks; b++) {
		size_t begin = masked->column_start[b], end = masked->column_start[b + 1];
		double n = (double)(end - begin), x = 0, y = 0, xx = 0, xy = 0;
		for (size_t i = begin; i < end; i++) {
			double f = factor[masked->column[i].row], z = masked->column[i].z;
			x += f, y += z, xx += f * f, xy += f * z;
		}
		if (end == begin)
			continue;
		lines[b].slope = (xy - x * y / n) / (xx - x * x / n + PULL);
		lines[b].level = (y - lines[b].slope * x) / n;
	}
}

void baseline_factor(const struct masked *masked, double *values)
{
	double *factor = memory_zero(masked->data.rows + 1, sizeof *factor);
	struct line *lines = memory_allocate(masked->data.benchmarks + 1, sizeof *lines);

	for (size_t b = 0; b < masked->data.benchmarks; b++)
		lines[b] = (struct line){0, 1};
	for (size_t round = 0; round < ROUNDS; round++) {
		find_factor(masked, lines, factor);
		standardise(masked, factor);
		draw_lines(masked, factor, lines);
	}
	for (size_t i = 0; i < masked->count; i++) {
		const struct masked_cell *cell = &masked->cells[i];
		bool known = masked->cell_start[cell->row + 1] > masked->cell_start[cell->row];
		const struct line *line = &lines[cell->benchmark];
		values[i] = masked_value(&masked->scale[cell->benchmark], line->level + (known ? line->slope * factor[cell->row] : 0));
	}
	free(factor);
	free(lines);
}
