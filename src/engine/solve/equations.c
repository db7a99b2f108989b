#include "solve/equations.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/random.h"
#include "stemma/base/memory.h"

void equations_new(const struct mixed *mixed, const double *theta, const double *extra,
		   struct equations *equations)
{
	size_t rows = mixed->rows.count, effects = mixed->effects, terms = mixed->terms;

	*equations = (struct equations){
		.mixed = mixed,
		.effect_scale = memory_allocate(effects, sizeof(double)),
		.variance = memory_allocate(effects, sizeof(double)),
		.noise = memory_allocate(rows, sizeof(double)),
	};
	for (size_t i = 0; i < effects; i++) {
		size_t term = mixed->effect_term[i], own = mixed->prior_term[i];
		equations->effect_scale[i] = term < terms ? sqrt(theta[term]) : 1;
		equations->variance[i] = own < terms ? theta[own] : 1;
	}
	for (size_t row = 0; row < rows; row++) {
		equations->noise[row] = theta[terms] + extra[row];
		for (size_t k = 0; k < terms; k++)
			equations->noise[row] += theta[k] * mixed->own[row * terms + k];
	}
}

void equations_free(struct equations *equations)
{
	free(equations->effect_scale);
	free(equations->variance);
	free(equations->noise);
	*equations = (struct equations){0};
}

/* ---- products ------------------------------------------------------------------------ */

/* a += factor b, a line of a block. */
static inline void line_add(double *restrict a, double factor, const double *restrict b)
{
	for (size_t w = 0; w < BLOCK_WIDTH; w++)
		a[w] += factor * b[w];
}

static inline void line_scale(double *a, double factor)
{
	for (size_t w = 0; w < BLOCK_WIDTH; w++)
		a[w] *= factor;
}

/* effects = P'^-1 effects: from the last on, each hands on to what it hangs on. */
static void solve_prior_back(const struct mixed_lists *prior, double *effects)
{
	for (size_t i = prior->count; i-- > 0;) {
		double *own = effects + i * BLOCK_WIDTH;
		size_t first = prior->start[i];
		line_scale(own, 1 / prior->value[first]);
		for (size_t k = first + 1; k < prior->start[i + 1]; k++)
			line_add(effects + prior->effect[k] * (size_t)BLOCK_WIDTH, -prior->value[k], own);
	}
}

/* effects = P^-1 effects. */
static void solve_prior(const struct mixed_lists *prior, double *effects)
{
	for (size_t i = 0; i < prior->count; i++) {
		double *own = effects + i * BLOCK_WIDTH;
		size_t first = prior->start[i];
		for (size_t k = first + 1; k < prior->start[i + 1]; k++)
			line_add(own, -prior->value[k], effects + prior->effect[k] * (size_t)BLOCK_WIDTH);
		line_scale(own, 1 / prior->value[first]);
	}
}

static void scale_effects(size_t count, const double *scale, double *effects)
{
	for (size_t i = 0; i < count; i++)
		line_scale(effects + i * BLOCK_WIDTH, scale[i]);
}

/* out += Z effects. */
static void add_effects(const struct mixed_lists *rows, const double *effects, double *out)
{
	for (size_t row = 0; row < rows->count; row++)
		for (size_t k = rows->start[row]; k < rows->start[row + 1]; k++)
			line_add(out + row * BLOCK_WIDTH, rows->value[k],
				 effects + rows->effect[k] * (size_t)BLOCK_WIDTH);
}

void equations_multiply(const struct equations *equations, const double *in, double *out)
{
	const struct mixed *mixed = equations->mixed;
	const struct mixed_lists *rows = &mixed->rows;
	double *effects = memory_zero(mixed->effects * BLOCK_WIDTH, sizeof *effects);

	for (size_t row = 0; row < rows->count; row++)
		for (size_t k = rows->start[row]; k < rows->start[row + 1]; k++)
			line_add(effects + rows->effect[k] * (size_t)BLOCK_WIDTH, rows->value[k],
				 in + row * BLOCK_WIDTH);
	scale_effects(mixed->effects, equations->effect_scale, effects);
	solve_prior_back(&mixed->prior, effects);
	scale_effects(mixed->effects, equations->variance, effects);
	solve_prior(&mixed->prior, effects);
	scale_effects(mixed->effects, equations->effect_scale, effects);
	for (size_t row = 0; row < rows->count; row++)
		for (size_t w = 0; w < BLOCK_WIDTH; w++)
			out[row * BLOCK_WIDTH + w] = equations->noise[row] * in[row * BLOCK_WIDTH + w];
	add_effects(rows, effects, out);
	free(effects);
}

/* Only means and covariances of the draws are used, for which signs do. */
static void draw_signs(uint64_t *state, double deviation, double *line)
{
	uint64_t bits = random_next(state);

	for (size_t w = 0; w < BLOCK_WIDTH; w++)
		line[w] = bits >> w & 1 ? deviation : -deviation;
}

void equations_sample(const struct equations *equations, uint64_t seed, double *block)
{
	const struct mixed *mixed = equations->mixed;
	double *effects = memory_allocate(mixed->effects * BLOCK_WIDTH, sizeof *effects);
	uint64_t state = seed;

	for (size_t i = 0; i < mixed->effects; i++)
		draw_signs(&state, sqrt(equations->variance[i]), effects + i * BLOCK_WIDTH);
	solve_prior(&mixed->prior, effects);
	scale_effects(mixed->effects, equations->effect_scale, effects);
	for (size_t row = 0; row < mixed->rows.count; row++)
		draw_signs(&state, sqrt(equations->noise[row]), block + row * BLOCK_WIDTH);
	add_effects(&mixed->rows, effects, block);
	free(effects);
}

/* ---- conjugate gradients ---------------------------------------------------------------- */

static void block_dots(size_t rows, const double *a, const double *b, double *dots)
{
	for (size_t w = 0; w < BLOCK_WIDTH; w++)
		dots[w] = 0;
	for (size_t i = 0; i < rows; i++)
		for (size_t w = 0; w < BLOCK_WIDTH; w++)
			dots[w] += a[i * BLOCK_WIDTH + w] * b[i * BLOCK_WIDTH + w];
}

/* a += factor b, a factor a column. */
static void block_add(size_t rows, double *restrict a, const double *factor, const double *restrict b)
{
	for (size_t i = 0; i < rows; i++)
		for (size_t w = 0; w < BLOCK_WIDTH; w++)
			a[i * BLOCK_WIDTH + w] += factor[w] * b[i * BLOCK_WIDTH + w];
}

/* a = factor a + b. */
static void block_turn(size_t rows, double *restrict a, const double *factor, const double *restrict b)
{
	for (size_t i = 0; i < rows; i++)
		for (size_t w = 0; w < BLOCK_WIDTH; w++)
			a[i * BLOCK_WIDTH + w] = factor[w] * a[i * BLOCK_WIDTH + w] + b[i * BLOCK_WIDTH + w];
}

static double ratio(double over, double under)
{
	return under > 0 ? over / under : 0;
}

size_t equations_solve(const struct equations *equations, const struct vecchia *vecchia, size_t group,
		       double *right, double *solution, double tolerance, size_t steps_max)
{
	size_t rows = equations->mixed->rows.count, steps = 0;
	double *near = memory_allocate(rows * BLOCK_WIDTH, sizeof *near);
	double *direction = memory_zero(rows * BLOCK_WIDTH, sizeof *direction);
	double *moved = memory_allocate(rows * BLOCK_WIDTH, sizeof *moved);
	double begin[BLOCK_WIDTH], left[BLOCK_WIDTH], before[BLOCK_WIDTH], bend[BLOCK_WIDTH], factor[BLOCK_WIDTH];

	memset(solution, 0, rows * BLOCK_WIDTH * sizeof *solution);
	for (;; steps++) {
		bool done = true;
		vecchia_apply(vecchia, group, right, near);
		block_dots(rows, right, near, left);
		for (size_t w = 0; w < BLOCK_WIDTH; w++) {
			begin[w] = steps ? begin[w] : left[w];
			factor[w] = steps ? ratio(left[w], before[w]) : 0;
			before[w] = left[w];
			done = done && left[w] <= tolerance * tolerance * begin[w];
		}
		if (done || steps == steps_max)
			break;
		block_turn(rows, direction, factor, near);
		equations_multiply(equations, direction, moved);
		block_dots(rows, direction, moved, bend);
		for (size_t w = 0; w < BLOCK_WIDTH; w++)
			factor[w] = ratio(left[w], bend[w]);
		block_add(rows, solution, factor, direction);
		for (size_t w = 0; w < BLOCK_WIDTH; w++)
			factor[w] = -factor[w];
		block_add(rows, right, factor, moved);
	}
	free(near);
	free(direction);
	free(moved);
	return steps;
}
