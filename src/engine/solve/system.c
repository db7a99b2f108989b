#include "solve/system.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"

#define W SYSTEM_WIDTH

/* Built twice, with the wider registers of later processors; chosen when the program
 * starts. */
#if defined __x86_64__ && defined __GNUC__ && !defined __clang__
#define FOR_THIS_MACHINE __attribute__((target_clones("avx2", "default")))
#else
#define FOR_THIS_MACHINE
#endif

size_t system_effect_block(const struct system *system)
{
	return system->design->effects * system->rank * W + 1;
}

size_t system_row_block(const struct system *system)
{
	return system->design->rows * system->rank * W + 1;
}

/* ---- lines ------------------------------------------------------------------------- */

static inline void line_add(float *restrict a, float factor, const float *restrict b, size_t length)
{
	for (size_t i = 0; i < length; i++)
		a[i] += factor * b[i];
}

/* A line times a number a factor. */
static inline void line_scale(float *line, const float *factor, size_t rank)
{
	for (size_t k = 0; k < rank; k++)
		for (size_t c = 0; c < W; c++)
			line[k * W + c] *= factor[k];
}

static const float *term_root(const struct system *system, size_t term)
{
	return system->root + term * system->rank;
}

/* ---- products ------------------------------------------------------------------------ */

FOR_THIS_MACHINE
void system_effects(const struct system *system, float *block)
{
	const struct design *design = system->design;
	const struct design_lists *prior = &design->prior_list;
	size_t rank = system->rank, length = rank * W;

	for (size_t e = 0; e < design->effects; e++) {
		float *line = block + e * length;
		size_t first = prior->start[e];
		if (design->prior_term[e] < design->terms)
			line_scale(line, term_root(system, design->prior_term[e]), rank);
		for (size_t k = first + 1; k < prior->start[e + 1]; k++)
			line_add(line, -prior->value[k], block + prior->effect[k] * length, length);
		float diagonal = 1 / prior->value[first];
		for (size_t i = 0; i < length; i++)
			line[i] *= diagonal;
	}
	for (size_t e = 0; e < design->effects; e++)
		if (design->scale_term[e] < design->terms)
			line_scale(block + e * length, term_root(system, design->scale_term[e]), rank);
}

/* From the last effect on, each hands on to what it hangs on. */
FOR_THIS_MACHINE
void system_effects_back(const struct system *system, float *block)
{
	const struct design *design = system->design;
	const struct design_lists *prior = &design->prior_list;
	size_t rank = system->rank, length = rank * W;

	for (size_t e = 0; e < design->effects; e++)
		if (design->scale_term[e] < design->terms)
			line_scale(block + e * length, term_root(system, design->scale_term[e]), rank);
	for (size_t e = design->effects; e-- > 0;) {
		float *line = block + e * length;
		size_t first = prior->start[e];
		float diagonal = 1 / prior->value[first];
		for (size_t i = 0; i < length; i++)
			line[i] *= diagonal;
		for (size_t k = first + 1; k < prior->start[e + 1]; k++)
			line_add(block + prior->effect[k] * length, -prior->value[k], line, length);
		if (design->prior_term[e] < design->terms)
			line_scale(line, term_root(system, design->prior_term[e]), rank);
	}
}

FOR_THIS_MACHINE
void system_gather(const struct system *system, const float *effects, float *rows)
{
	const struct design_lists *z = &system->design->row;
	size_t length = system->rank * W;

	memset(rows, 0, z->count * length * sizeof *rows);
	for (size_t row = 0; row < z->count; row++)
		for (size_t k = z->start[row]; k < z->start[row + 1]; k++)
			line_add(rows + row * length, z->value[k], effects + z->effect[k] * length, length);
}

FOR_THIS_MACHINE
void system_scatter(const struct system *system, const float *rows, float *block)
{
	const struct design_lists *z = &system->design->row;
	size_t length = system->rank * W;

	memset(block, 0, system->design->effects * length * sizeof *block);
	for (size_t row = 0; row < z->count; row++)
		for (size_t k = z->start[row]; k < z->start[row + 1]; k++)
			line_add(block + z->effect[k] * length, z->value[k], rows + row * length, length);
	system_effects_back(system, block);
}

/* out = B in, a line of a row. */
static void inform(const float *restrict information, const float *restrict in, float *restrict out, size_t rank)
{
	for (size_t k = 0; k < rank; k++) {
		float sum[W] = {0};
		for (size_t l = 0; l < rank; l++)
			for (size_t c = 0; c < W; c++)
				sum[c] += information[k * rank + l] * in[l * W + c];
		for (size_t c = 0; c < W; c++)
			out[k * W + c] = sum[c];
	}
}

#define AHEAD 8 /* entries */

/* Asks for a line before it is needed: effects lie all over the memory. */
static inline void line_fetch(const float *line, size_t length)
{
	for (size_t i = 0; i < length; i += 16)
		__builtin_prefetch(line + i);
}

/* out = M in; effects is scratch. */
FOR_THIS_MACHINE
static void system_multiply(const struct system *system, const float *in, float *effects, float *out)
{
	const struct design_lists *z = &system->design->row;
	size_t rank = system->rank, length = rank * W, floats = system->design->effects * length;
	size_t entries = z->start[z->count];
	float line[FACTORS_LINE_MAX], told[FACTORS_LINE_MAX];

	memcpy(effects, in, floats * sizeof *in);
	system_effects(system, effects);
	memset(out, 0, floats * sizeof *out);
	for (size_t row = 0; row < z->count; row++) {
		memset(line, 0, length * sizeof *line);
		for (size_t k = z->start[row]; k < z->start[row + 1]; k++) {
			if (k + AHEAD < entries)
				line_fetch(effects + z->effect[k + AHEAD] * length, length);
			line_fetch(out + z->effect[k] * length, length);
			line_add(line, z->value[k], effects + z->effect[k] * length, length);
		}
		inform(system->information + row * rank * rank, line, told, rank);
		for (size_t k = z->start[row]; k < z->start[row + 1]; k++)
			line_add(out + z->effect[k] * length, z->value[k], told, length);
	}
	system_effects_back(system, out);
	for (size_t i = 0; i < floats; i++)
		out[i] += in[i];
}

/* ---- the preconditioner --------------------------------------------------------------- */

/* 1 + what the rows tell of each effect alone. */
static void system_set_diagonal(struct system *system)
{
	const struct design *design = system->design;
	const struct design_lists *z = &design->row;
	size_t rank = system->rank;
	float *told = memory_zero(design->effects * rank + 1, sizeof *told);

	for (size_t row = 0; row < z->count; row++)
		for (size_t i = z->start[row]; i < z->start[row + 1]; i++)
			for (size_t k = 0; k < rank; k++)
				told[z->effect[i] * rank + k] += z->value[i] * z->value[i] *
					system->information[(row * rank + k) * rank + k];
	for (size_t e = design->effects; e-- > 0;) {
		size_t first = design->prior_list.start[e];
		float scale = 1 / design->prior_list.value[first];
		const float *outer = term_root(system, design->scale_term[e]);
		const float *inner = term_root(system, design->prior_term[e]);
		for (size_t k = 0; k < rank; k++) {
			float own = told[e * rank + k] * scale * scale;
			/* Of a chain, what hangs on an effect tells of it too. */
			for (size_t i = first + 1; i < design->prior_list.start[e + 1]; i++)
				told[design->prior_list.effect[i] * rank + k] +=
					own * design->prior_list.value[i] * design->prior_list.value[i];
			system->diagonal[e * rank + k] = 1 + own * outer[k] * outer[k] * inner[k] * inner[k];
		}
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
	system_set_diagonal(system);
}

void system_free(struct system *system)
{
	free(system->root);
	free(system->information);
	free(system->diagonal);
	*system = (struct system){0};
}

/* ---- conjugate gradients ---------------------------------------------------------------- */

/* near = right / diagonal; dots = right' near. */
FOR_THIS_MACHINE
static void precondition(const struct system *system, const float *right, float *near, double *dots)
{
	size_t lines = system->design->effects * system->rank;

	memset(dots, 0, W * sizeof *dots);
	for (size_t i = 0; i < lines; i++) {
		float scale = 1 / system->diagonal[i];
		for (size_t c = 0; c < W; c++) {
			near[i * W + c] = right[i * W + c] * scale;
			dots[c] += (double)(right[i * W + c] * near[i * W + c]);
		}
	}
}

FOR_THIS_MACHINE
static void block_dots(size_t lines, const float *a, const float *b, double *dots)
{
	memset(dots, 0, W * sizeof *dots);
	for (size_t i = 0; i < lines; i++)
		for (size_t c = 0; c < W; c++)
			dots[c] += (double)(a[i * W + c] * b[i * W + c]);
}

/* a += factor b, and a = factor a + b. */
FOR_THIS_MACHINE
static void block_add(size_t lines, float *restrict a, const float *factor, const float *restrict b)
{
	for (size_t i = 0; i < lines; i++)
		for (size_t c = 0; c < W; c++)
			a[i * W + c] += factor[c] * b[i * W + c];
}

FOR_THIS_MACHINE
static void block_turn(size_t lines, float *restrict a, const float *factor, const float *restrict b)
{
	for (size_t i = 0; i < lines; i++)
		for (size_t c = 0; c < W; c++)
			a[i * W + c] = factor[c] * a[i * W + c] + b[i * W + c];
}

static float ratio(double over, double under)
{
	return under > 0 ? (float)(over / under) : 0;
}

/* right -= M solution. */
static void begin_from(const struct system *system, float *right, const float *solution, float *effects, float *moved)
{
	size_t floats = system->design->effects * system->rank * W;

	system_multiply(system, solution, effects, moved);
	for (size_t i = 0; i < floats; i++)
		right[i] -= moved[i];
}

size_t system_solve(const struct system *system, float *right, float *solution, double tolerance,
		    size_t steps_max)
{
	size_t lines = system->design->effects * system->rank, steps = 0, block = system_effect_block(system);
	float *near = memory_allocate(block, sizeof *near), *direction = memory_zero(block, sizeof *direction);
	float *moved = memory_allocate(block, sizeof *moved), *effects = memory_allocate(block, sizeof *effects);
	double goal[W], left[W], before[W] = {0}, bend[W];
	float factor[W];

	precondition(system, right, near, goal);
	begin_from(system, right, solution, effects, moved);
	for (;; steps++) {
		bool done = true;
		precondition(system, right, near, left);
		for (size_t c = 0; c < W; c++) {
			factor[c] = steps ? ratio(left[c], before[c]) : 0;
			before[c] = left[c];
			done = done && left[c] <= tolerance * tolerance * goal[c];
		}
		if (done || steps == steps_max)
			break;
		block_turn(lines, direction, factor, near);
		system_multiply(system, direction, effects, moved);
		block_dots(lines, direction, moved, bend);
		for (size_t c = 0; c < W; c++)
			factor[c] = ratio(left[c], bend[c]);
		block_add(lines, solution, factor, direction);
		for (size_t c = 0; c < W; c++)
			factor[c] = -factor[c];
		block_add(lines, right, factor, moved);
	}
	free(near);
	free(direction);
	free(moved);
	free(effects);
	return steps;
}
