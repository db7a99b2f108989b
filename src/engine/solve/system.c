/* The loops over a line have no fixed length, and gcc leaves those as they are at -O2. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("O3")
#endif
#include "solve/system.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solve/machine.h"
#include "solve/small.h"
#include "stemma/base/memory.h"
#include "stemma/base/parallel.h"

/* Bodies are written for any width and made for the two that there are, with the widest vectors
 * of the machine. */
#define BODY static inline __attribute__((always_inline))
#define FOR_BOTH_WIDTHS(width, call_one, call_wide) \
	do { \
		if ((width) == 1) \
			call_one; \
		else \
			call_wide; \
	} while (0)

size_t system_effect_block(const struct system *system, size_t width)
{
	return system->design->effects * system->rank * width + 1;
}

size_t system_row_block(const struct system *system, size_t width)
{
	return system->design->rows * system->rank * width + 1;
}

/* ---- lines ------------------------------------------------------------------------- */

BODY void line_add(float *restrict a, float factor, const float *restrict b, size_t length)
{
	for (size_t i = 0; i < length; i++)
		a[i] += factor * b[i];
}

/* A line times a number a factor. */
BODY void line_scale(float *line, const float *factor, size_t rank, size_t width)
{
	for (size_t k = 0; k < rank; k++)
		for (size_t c = 0; c < width; c++)
			line[k * width + c] *= factor[k];
}

static const float *term_root(const struct system *system, size_t term)
{
	return system->root + term * system->rank;
}

/* ---- products ------------------------------------------------------------------------ */

BODY void scale_effects(const struct system *system, float *block, size_t width)
{
	const struct design *design = system->design;

	for (size_t e = 0; e < design->effects; e++)
		if (design->scale_term[e] < design->terms)
			line_scale(block + e * system->rank * width, term_root(system, design->scale_term[e]), system->rank, width);
}

BODY void effects_body(const struct system *system, float *block, size_t width)
{
	const struct design *design = system->design;
	const struct design_lists *prior = &design->prior_list;
	size_t rank = system->rank, length = rank * width;

	for (size_t e = 0; e < design->effects; e++) {
		float *line = block + e * length;
		size_t first = prior->start[e];
		if (design->prior_term[e] < design->terms)
			line_scale(line, term_root(system, design->prior_term[e]), rank, width);
		for (size_t k = first + 1; k < prior->start[e + 1]; k++)
			line_add(line, -prior->value[k], block + prior->effect[k] * length, length);
		float diagonal = 1 / prior->value[first];
		for (size_t i = 0; i < length; i++)
			line[i] *= diagonal;
	}
	scale_effects(system, block, width);
}

/* From the last effect on, each hands on to what it hangs on. */
BODY void effects_back_body(const struct system *system, float *block, size_t width)
{
	const struct design *design = system->design;
	const struct design_lists *prior = &design->prior_list;
	size_t rank = system->rank, length = rank * width;

	scale_effects(system, block, width);
	for (size_t e = design->effects; e-- > 0;) {
		float *line = block + e * length;
		size_t first = prior->start[e];
		float diagonal = 1 / prior->value[first];
		for (size_t i = 0; i < length; i++)
			line[i] *= diagonal;
		for (size_t k = first + 1; k < prior->start[e + 1]; k++)
			line_add(block + prior->effect[k] * length, -prior->value[k], line, length);
		if (design->prior_term[e] < design->terms)
			line_scale(line, term_root(system, design->prior_term[e]), rank, width);
	}
}

FOR_THIS_MACHINE
void system_effects(const struct system *system, size_t width, float *block)
{
	FOR_BOTH_WIDTHS(width, effects_body(system, block, 1), effects_body(system, block, SYSTEM_WIDTH));
}

FOR_THIS_MACHINE
void system_effects_back(const struct system *system, size_t width, float *block)
{
	FOR_BOTH_WIDTHS(width, effects_back_body(system, block, 1), effects_back_body(system, block, SYSTEM_WIDTH));
}

FOR_THIS_MACHINE
void system_gather(const struct system *system, size_t width, const float *effects, float *rows)
{
	const struct design_lists *z = &system->design->row;
	size_t length = system->rank * width;

	memset(rows, 0, z->count * length * sizeof *rows);
	for (size_t row = 0; row < z->count; row++)
		for (size_t k = z->start[row]; k < z->start[row + 1]; k++)
			line_add(rows + row * length, z->value[k], effects + z->effect[k] * length, length);
}

FOR_THIS_MACHINE
void system_scatter(const struct system *system, size_t width, const float *rows, float *block)
{
	const struct design_lists *z = &system->design->row;
	size_t length = system->rank * width;

	memset(block, 0, system->design->effects * length * sizeof *block);
	for (size_t row = 0; row < z->count; row++)
		for (size_t k = z->start[row]; k < z->start[row + 1]; k++)
			line_add(block + z->effect[k] * length, z->value[k], rows + row * length, length);
	system_effects_back(system, width, block);
}

/* out = B in, a line of a row. */
BODY void inform(const float *restrict information, const float *restrict in, float *restrict out, size_t rank,
		 size_t width)
{
	for (size_t k = 0; k < rank; k++) {
		float sum[SYSTEM_WIDTH] = {0};
		for (size_t l = 0; l < rank; l++)
			for (size_t c = 0; c < width; c++)
				sum[c] += information[k * rank + l] * in[l * width + c];
		for (size_t c = 0; c < width; c++)
			out[k * width + c] = sum[c];
	}
}

#define AHEAD 8 /* entries */

/* Asks for a line before it is needed: effects lie all over the memory. */
BODY void line_fetch(const float *line, size_t length)
{
	for (size_t i = 0; i < length; i += 16)
		__builtin_prefetch(line + i);
}

/* What a row's line says in the columns that leave it out: nothing. */
BODY void leave_out(const struct system_folds *folds, size_t row, float *line, size_t rank, size_t width)
{
	size_t column = folds->fold[row] - folds->first; /* of no column: too large, by going below 0 too */

	for (size_t k = 0; k < rank && column < width; k++)
		line[k * width + column] = 0;
}

/* out = M in; effects is scratch. */
BODY void multiply(const struct system *system, const struct system_folds *folds, const float *in, float *effects,
		   float *out, size_t width)
{
	const struct design_lists *z = &system->design->row;
	size_t rank = system->rank, length = rank * width, floats = system->design->effects * length;
	size_t entries = z->start[z->count];
	float line[FACTORS_LINE_MAX], told[FACTORS_LINE_MAX];

	memcpy(effects, in, floats * sizeof *in);
	effects_body(system, effects, width);
	memset(out, 0, floats * sizeof *out);
	for (size_t row = 0; row < z->count; row++) {
		memset(line, 0, length * sizeof *line);
		for (size_t k = z->start[row]; k < z->start[row + 1]; k++) {
			if (k + AHEAD < entries)
				line_fetch(effects + z->effect[k + AHEAD] * length, length);
			line_fetch(out + z->effect[k] * length, length);
			line_add(line, z->value[k], effects + z->effect[k] * length, length);
		}
		inform(system->information + row * rank * rank, line, told, rank, width);
		if (folds)
			leave_out(folds, row, told, rank, width);
		for (size_t k = z->start[row]; k < z->start[row + 1]; k++)
			line_add(out + z->effect[k] * length, z->value[k], told, length);
	}
	effects_back_body(system, out, width);
	for (size_t i = 0; i < floats; i++)
		out[i] += in[i];
}

/* ---- the preconditioner --------------------------------------------------------------- */

/* An effect of which the rows tell more than this, its prior being 1, gets a block. */
#define BLOCK_MIN 3

struct tell_work {
	const struct system *system;
	float *told;
	size_t parts;
};

/* A part of the factors of what the rows tell of each effect alone. */
static void tell_part(void *context, size_t part)
{
	const struct tell_work *work = context;
	const struct design_lists *z = &work->system->design->row;
	size_t square = work->system->rank * work->system->rank;
	size_t from = parallel_begin(square, part, work->parts), to = parallel_begin(square, part + 1, work->parts);

	for (size_t row = 0; row < z->count; row++)
		for (size_t i = z->start[row]; i < z->start[row + 1]; i++)
			line_add(work->told + z->effect[i] * square + from, z->value[i] * z->value[i],
				 work->system->information + row * square + from, to - from);
}

/* M's block of an effect from what rows tell of it; returns the largest that they add to its
 * diagonal. */
static float effect_block(const struct system *system, size_t effect, const float *told, double *block)
{
	const struct design *design = system->design;
	size_t rank = system->rank;
	const float *outer = term_root(system, design->scale_term[effect]);
	const float *inner = term_root(system, design->prior_term[effect]);
	float largest = 0;

	for (size_t k = 0; k < rank; k++)
		for (size_t l = 0; l < rank; l++) {
			float added = told[k * rank + l] * outer[k] * inner[k] * outer[l] * inner[l];
			block[k * rank + l] = (double)added + (k == l);
			if (k == l && added > largest)
				largest = added;
		}
	return largest;
}

/* Hands what rows tell of an effect on to what it hangs on. */
static void tell_on(const struct design *design, size_t effect, size_t square, float *told)
{
	const struct design_lists *prior = &design->prior_list;
	size_t first = prior->start[effect];
	float scale = 1 / prior->value[first];

	for (size_t i = 0; i < square; i++)
		told[effect * square + i] *= scale * scale;
	for (size_t i = first + 1; i < prior->start[effect + 1]; i++)
		line_add(told + prior->effect[i] * square, prior->value[i] * prior->value[i], told + effect * square, square);
}

static void set_preconditioner(struct system *system)
{
	size_t rank = system->rank, square = rank * rank, blocks = 0, capacity = 0;
	float *told = memory_zero(system->design->effects * square + 1, sizeof *told);
	double block[FACTORS_RANK_MAX * FACTORS_RANK_MAX], inverse[FACTORS_RANK_MAX * FACTORS_RANK_MAX];

	struct tell_work work = {system, told, parallel_parts(system->design->rows)};
	parallel_run(work.parts, tell_part, &work);
	for (size_t e = system->design->effects; e-- > 0;) {
		tell_on(system->design, e, square, told);
		float largest = effect_block(system, e, told + e * square, block);
		for (size_t k = 0; k < rank; k++)
			system->diagonal[e * rank + k] = (float)block[k * rank + k];
		system->block[e] = -1;
		if (largest < BLOCK_MIN || !small_cholesky(block, rank))
			continue;
		small_invert(block, rank, inverse);
		system->inverse = memory_grow(system->inverse, blocks, &capacity, square * sizeof *system->inverse);
		for (size_t i = 0; i < square; i++)
			system->inverse[blocks * square + i] = (float)inverse[i];
		system->block[e] = (int32_t)blocks++;
	}
	free(told);
}

void system_new(const struct design *design, size_t rank, const double *theta, const double *information,
		struct system *system)
{
	size_t square = design->rows * rank * rank;

	*system = (struct system){.design = design, .rank = rank};
	system->information = memory_allocate(square + 1, sizeof *system->information);
	for (size_t i = 0; i < square; i++)
		system->information[i] = (float)information[i];
	system->root = memory_allocate((design->terms + 1) * rank, sizeof *system->root);
	for (size_t i = 0; i < design->terms * rank; i++)
		system->root[i] = (float)sqrt(theta[i]);
	for (size_t k = 0; k < rank; k++)
		system->root[design->terms * rank + k] = 1;
	system->diagonal = memory_allocate(design->effects * rank + 1, sizeof *system->diagonal);
	system->block = memory_allocate(design->effects + 1, sizeof *system->block);
	set_preconditioner(system);
}

void system_free(struct system *system)
{
	free(system->root);
	free(system->information);
	free(system->diagonal);
	free(system->block);
	free(system->inverse);
	*system = (struct system){0};
}

/* ---- conjugate gradients ---------------------------------------------------------------- */

/* near = the preconditioner's inverse times right; dots = right' near. */
BODY void precondition(const struct system *system, const float *right, float *near, double *dots, size_t width)
{
	size_t rank = system->rank, length = rank * width;

	memset(dots, 0, width * sizeof *dots);
	for (size_t e = 0; e < system->design->effects; e++) {
		const float *in = right + e * length, *diagonal = system->diagonal + e * rank;
		float *out = near + e * length;
		if (system->block[e] >= 0)
			inform(system->inverse + (size_t)system->block[e] * rank * rank, in, out, rank, width);
		else
			for (size_t i = 0; i < length; i++)
				out[i] = in[i] / diagonal[i / width];
		for (size_t i = 0; i < length; i++)
			dots[i % width] += (double)(in[i] * out[i]);
	}
}

BODY void block_dots(size_t lines, const float *a, const float *b, double *dots, size_t width)
{
	memset(dots, 0, width * sizeof *dots);
	for (size_t i = 0; i < lines; i++)
		for (size_t c = 0; c < width; c++)
			dots[c] += (double)(a[i * width + c] * b[i * width + c]);
}

/* a += factor b, and a = factor a + b. */
BODY void block_add(size_t lines, float *restrict a, const float *factor, const float *restrict b, size_t width)
{
	for (size_t i = 0; i < lines; i++)
		for (size_t c = 0; c < width; c++)
			a[i * width + c] += factor[c] * b[i * width + c];
}

BODY void block_turn(size_t lines, float *restrict a, const float *factor, const float *restrict b, size_t width)
{
	for (size_t i = 0; i < lines; i++)
		for (size_t c = 0; c < width; c++)
			a[i * width + c] = factor[c] * a[i * width + c] + b[i * width + c];
}

static float ratio(double over, double under)
{
	return under > 0 ? (float)(over / under) : 0;
}

struct solve_blocks {
	float *near, *direction, *moved, *effects;
};

BODY size_t solve_body(const struct system *system, const struct system_folds *folds, const struct system_end *end,
		       const struct solve_blocks *blocks, float *right, float *solution, size_t width)
{
	size_t lines = system->design->effects * system->rank, steps = 0;
	double goal[SYSTEM_WIDTH], left[SYSTEM_WIDTH], before[SYSTEM_WIDTH] = {0}, bend[SYSTEM_WIDTH];
	float factor[SYSTEM_WIDTH];

	precondition(system, right, blocks->near, goal, width);
	multiply(system, folds, solution, blocks->effects, blocks->moved, width);
	for (size_t i = 0; i < lines * width; i++)
		right[i] -= blocks->moved[i];
	for (;; steps++) {
		bool done = true;
		precondition(system, right, blocks->near, left, width);
		for (size_t c = 0; c < width; c++) {
			factor[c] = steps ? ratio(left[c], before[c]) : 0;
			before[c] = left[c];
			done = done && left[c] <= end->tolerance * end->tolerance * goal[c];
		}
		if (done || steps == end->steps_max || progress_cancelled(end->progress))
			return steps;
		block_turn(lines, blocks->direction, factor, blocks->near, width);
		multiply(system, folds, blocks->direction, blocks->effects, blocks->moved, width);
		block_dots(lines, blocks->direction, blocks->moved, bend, width);
		for (size_t c = 0; c < width; c++)
			factor[c] = ratio(left[c], bend[c]);
		block_add(lines, solution, factor, blocks->direction, width);
		for (size_t c = 0; c < width; c++)
			factor[c] = -factor[c];
		block_add(lines, right, factor, blocks->moved, width);
	}
}

FOR_THIS_MACHINE
size_t system_solve(const struct system *system, const struct system_folds *folds, const struct system_end *end,
		    size_t width, float *right, float *solution)
{
	size_t block = system_effect_block(system, width), steps;
	struct solve_blocks blocks = {
		.near = memory_allocate(block, sizeof(float)),
		.direction = memory_zero(block, sizeof(float)),
		.moved = memory_allocate(block, sizeof(float)),
		.effects = memory_allocate(block, sizeof(float)),
	};

	FOR_BOTH_WIDTHS(width, steps = solve_body(system, folds, end, &blocks, right, solution, 1),
			steps = solve_body(system, folds, end, &blocks, right, solution, SYSTEM_WIDTH));
	free(blocks.near);
	free(blocks.direction);
	free(blocks.moved);
	free(blocks.effects);
	return steps;
}
