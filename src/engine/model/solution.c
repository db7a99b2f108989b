#include "model/solution.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/random.h"
#include "solve/small.h"
#include "stemma/base/memory.h"
#include "stemma/base/parallel.h"

#define W SYSTEM_WIDTH
#define BLOCKS_AT_ONCE 2

/* ---- evidence ------------------------------------------------------------------------ */

void evidence_new(size_t rows, size_t rank, struct evidence *evidence)
{
	*evidence = (struct evidence){.rank = rank};
	evidence->information = memory_allocate(rows * rank * rank + 1, sizeof(double));
	evidence->shrunk = memory_allocate(rows * rank * rank + 1, sizeof(double));
	evidence->told = memory_allocate(rows * rank + 1, sizeof(double));
	evidence->pull = memory_allocate(rows * rank + 1, sizeof(double));
	evidence->own = memory_allocate(rows * rank + 1, sizeof(double));
}

void evidence_free(struct evidence *evidence)
{
	free(evidence->information);
	free(evidence->shrunk);
	free(evidence->told);
	free(evidence->pull);
	free(evidence->own);
	*evidence = (struct evidence){0};
}

struct evidence_work {
	const struct cells *cells;
	const struct design *design;
	const struct parameters *parameters;
	const bool *hidden;
	struct evidence *evidence;
	size_t parts;
};

/* A = sum of lambda lambda' / noise and h = sum of lambda (z - c) / noise of a row. */
static void row_information(const struct evidence_work *work, size_t row, double *a, double *h)
{
	const struct cells *cells = work->cells;
	const struct parameters *parameters = work->parameters;
	size_t rank = parameters->rank;

	memset(a, 0, rank * rank * sizeof *a);
	memset(h, 0, rank * sizeof *h);
	for (size_t i = cells->row_start[row]; i < cells->row_start[row + 1]; i++) {
		if (work->hidden && work->hidden[i])
			continue;
		size_t b = cells->benchmark[i];
		const double *loading = parameters->loading + b * rank;
		double weight = 1 / (parameters->noise[b] + (double)cells->error[i]);
		double off = weight * ((double)cells->z[i] - parameters->level[b]);
		for (size_t k = 0; k < rank; k++) {
			h[k] += loading[k] * off;
			for (size_t l = 0; l <= k; l++)
				a[k * rank + l] += weight * loading[k] * loading[l];
		}
	}
}

/* B = S^-1 - S^-1 C S^-1 and b = S^-1 C h. */
static void row_evidence(const struct evidence_work *work, size_t row)
{
	struct evidence *evidence = work->evidence;
	const struct design *design = work->design;
	size_t rank = evidence->rank;
	double a[FACTORS_SQUARE_MAX], c[FACTORS_SQUARE_MAX], h[FACTORS_RANK_MAX], own[FACTORS_RANK_MAX];

	row_information(work, row, a, h);
	for (size_t k = 0; k < rank; k++) {
		own[k] = work->parameters->own[k];
		for (size_t t = 0; t < design->terms; t++)
			own[k] += work->parameters->theta[t * rank + k] * (double)design->own[row * design->terms + t];
		a[k * rank + k] += 1 / own[k];
		evidence->own[row * rank + k] = own[k];
	}
	small_cholesky(a, rank);
	small_invert(a, rank, c);
	small_solve_front(a, rank, h);
	small_solve_back(a, rank, h);
	for (size_t k = 0; k < rank; k++) {
		evidence->pull[row * rank + k] = h[k];
		evidence->told[row * rank + k] = h[k] / own[k];
		for (size_t l = 0; l < rank; l++) {
			size_t place = (row * rank + k) * rank + l;
			evidence->shrunk[place] = c[k * rank + l];
			evidence->information[place] = ((k == l) - c[k * rank + l] / own[l]) / own[k];
		}
	}
}

static void evidence_part(void *context, size_t part)
{
	struct evidence_work *work = context;
	size_t rows = work->cells->rows;

	for (size_t row = parallel_begin(rows, part, work->parts); row < parallel_begin(rows, part + 1, work->parts); row++)
		row_evidence(work, row);
}

void evidence_set(const struct cells *cells, const struct design *design, const struct parameters *parameters,
		  const bool *hidden, struct evidence *evidence)
{
	struct evidence_work work = {cells, design, parameters, hidden, evidence, parallel_parts(cells->rows)};

	parallel_run(work.parts, evidence_part, &work);
}

/* ---- solutions ------------------------------------------------------------------------- */

void solution_new(size_t columns, uint64_t seed, struct solution *solution)
{
	size_t blocks = (columns + W - 1) / W;

	*solution = (struct solution){.blocks = blocks, .columns = columns > 1 ? blocks * W : 1, .seed = seed};
	solution->effects = memory_zero(blocks, sizeof *solution->effects);
	solution->rows = memory_zero(blocks, sizeof *solution->rows);
	solution->surprise = memory_zero(blocks, sizeof *solution->surprise);
}

void solution_free(struct solution *solution)
{
	for (size_t i = 0; i < solution->blocks; i++) {
		free(solution->effects[i]);
		free(solution->rows[i]);
		free(solution->surprise[i]);
	}
	free(solution->effects);
	free(solution->rows);
	free(solution->surprise);
	*solution = (struct solution){0};
}

struct solve_work {
	const struct system *system;
	const struct cells *cells;
	const struct parameters *parameters;
	const struct evidence *evidence;
	const bool *hidden;
	struct system_end end;
	struct solution *solution;
	bool mean;    /* alone, without draws */
	size_t first; /* block of this turn */
};

/* Signs for the columns of a block: only means and covariances of draws are used, for which
 * signs do. */
static inline void draw_signs(uint64_t *state, float size, float *line)
{
	uint64_t bits = random_next(state);

	for (size_t c = 0; c < W; c++)
		line[c] = bits >> (c + 20) & 1 ? size : -size;
}

/* What the cells of a row would tell in data drawn from the model, were Z x 0: S^-1 C (A e + the
 * cells' own noise). */
static void draw_row(const struct solve_work *work, size_t row, uint64_t *state, float *line)
{
	const struct cells *cells = work->cells;
	const struct evidence *evidence = work->evidence;
	size_t rank = evidence->rank;
	float e[FACTORS_LINE_MAX], h[FACTORS_LINE_MAX] = {0}, noise[W];
	const double *own = evidence->own + row * rank, *shrunk = evidence->shrunk + row * rank * rank;

	for (size_t k = 0; k < rank; k++)
		draw_signs(state, (float)sqrt(own[k]), e + k * W);
	for (size_t i = cells->row_start[row]; i < cells->row_start[row + 1]; i++) {
		size_t b = cells->benchmark[i];
		const double *loading = work->parameters->loading + b * rank;
		double variance = work->parameters->noise[b] + (double)cells->error[i];
		draw_signs(state, (float)(1 / sqrt(variance)), noise);
		if (work->hidden && work->hidden[i])
			continue;
		for (size_t c = 0; c < W; c++) {
			float sum = noise[c];
			for (size_t k = 0; k < rank; k++)
				sum += (float)(loading[k] / variance) * e[k * W + c];
			for (size_t k = 0; k < rank; k++)
				h[k * W + c] += (float)loading[k] * sum;
		}
	}
	for (size_t k = 0; k < rank; k++)
		for (size_t c = 0; c < W; c++) {
			float sum = 0;
			for (size_t l = 0; l < rank; l++)
				sum += (float)shrunk[k * rank + l] * h[l * W + c];
			line[k * W + c] = sum / (float)own[k];
		}
}

static uint64_t block_seed(const struct solution *solution, size_t block)
{
	return (solution->seed + 1) * 0x9E3779B97F4A7C15u ^ (block + 1) * 0xBF58476D1CE4E5B9u;
}

static void draw_effects(uint64_t *state, size_t lines, float *block)
{
	for (size_t i = 0; i < lines; i++)
		draw_signs(state, 1, block + i * W);
}

void solution_prior(const struct solution *solution, size_t block, size_t lines, float *prior)
{
	uint64_t state = block_seed(solution, block);

	draw_effects(&state, lines, prior);
}

/* rows = -b of the data drawn, or the b of the data in column 0 of block 0. */
static void told_rows(const struct solve_work *work, size_t number, uint64_t *state, float *rows)
{
	const struct evidence *evidence = work->evidence;
	size_t rank = evidence->rank;

	for (size_t row = 0; row < work->cells->rows; row++) {
		float *line = rows + row * rank * W;
		draw_row(work, row, state, line);
		for (size_t i = 0; i < rank * W; i++)
			line[i] = -line[i];
		for (size_t k = 0; k < rank && number == 0; k++)
			line[k * W] = (float)evidence->told[row * rank + k];
	}
}

/* surprise = told - B W v: of the mean, b - B W v; of draws their sign does not matter. */
static void row_surprises(const struct solve_work *work, const float *told, const float *rows, float *surprise)
{
	size_t rank = work->evidence->rank;

	for (size_t row = 0; row < work->cells->rows; row++) {
		const float *b = work->system->information + row * rank * rank;
		for (size_t k = 0; k < rank; k++)
			for (size_t c = 0; c < W; c++) {
				size_t place = (row * rank + k) * W + c;
				float sum = told[place];
				for (size_t l = 0; l < rank; l++)
					sum -= b[k * rank + l] * rows[(row * rank + l) * W + c];
				surprise[place] = sum;
			}
	}
}

/* Nothing in the columns of draws. */
static void keep_mean(size_t row_lines, size_t lines, float *told, float *prior)
{
	for (size_t i = 0; i < row_lines; i++)
		memset(told + i * W + 1, 0, (W - 1) * sizeof *told);
	memset(prior, 0, lines * W * sizeof *prior);
}

static void solve_block(void *context, size_t number)
{
	struct solve_work *work = context;
	struct solution *solution = work->solution;
	const struct system *system = work->system;
	size_t lines = system->design->effects * system->rank;

	number += work->first;
	if (!solution->effects[number]) {
		solution->effects[number] = memory_zero(system_effect_block(system, W), sizeof(float));
		solution->rows[number] = memory_allocate(system_row_block(system, W), sizeof(float));
		solution->surprise[number] = memory_allocate(system_row_block(system, W), sizeof(float));
	}
	float *told = memory_allocate(system_row_block(system, W), sizeof *told);
	float *right = memory_allocate(system_effect_block(system, W), sizeof *right);
	float *prior = memory_allocate(system_effect_block(system, W), sizeof *prior);
	uint64_t state = block_seed(solution, number);
	draw_effects(&state, lines, prior);
	told_rows(work, number, &state, told);
	if (work->mean)
		keep_mean(system->design->rows * system->rank, lines, told, prior);
	system_scatter(system, W, told, right);
	for (size_t i = 0; i < lines; i++)
		for (size_t c = number == 0; c < W; c++)
			right[i * W + c] += prior[i * W + c];
	system_solve(system, NULL, &work->end, W, right, solution->effects[number]);
	memcpy(prior, solution->effects[number], lines * W * sizeof *prior);
	system_effects(system, W, prior);
	system_gather(system, W, prior, solution->rows[number]);
	row_surprises(work, told, solution->rows[number], solution->surprise[number]);
	free(told);
	free(right);
	free(prior);
}

bool solution_solve(const struct system *system, const struct cells *cells, const struct parameters *parameters,
		    const struct evidence *evidence, const bool *hidden, double tolerance, size_t steps_max,
		    struct progress *progress, struct solution *solution)
{
	struct solve_work work = {.system = system, .cells = cells, .parameters = parameters, .evidence = evidence,
				  .hidden = hidden, .end = {tolerance, steps_max, progress}, .solution = solution,
				  .mean = solution->columns == 1};

	/* Few at a time: who waits wants to see it move, and may want it to stop. */
	for (; work.first < solution->blocks; work.first += BLOCKS_AT_ONCE) {
		size_t left = solution->blocks - work.first;
		if (!progress_step(progress, "relating models", (double)work.first / (double)solution->blocks))
			return false;
		parallel_for(left < BLOCKS_AT_ONCE ? left : BLOCKS_AT_ONCE, solve_block, &work);
	}
	return !progress_cancelled(progress);
}

/* ---- rows without their folds ------------------------------------------------------------ */

struct folds_work {
	const struct system *system;
	const struct evidence *evidence;
	const float *effects; /* lines x W: of which column 0 is where all folds begin */
	const uint8_t *fold;
	struct system_end end;
	float *outside;
};

static void solve_folds(void *context, size_t block)
{
	struct folds_work *work = context;
	const struct system *system = work->system;
	struct system_folds folds = {work->fold, block * W};
	size_t rank = system->rank, lines = system->design->effects * rank, rows = system->design->rows;
	float *line = memory_zero(system_row_block(system, W), sizeof *line);
	float *right = memory_allocate(system_effect_block(system, W), sizeof *right);
	float *solution = memory_allocate(system_effect_block(system, W), sizeof *solution);

	for (size_t row = 0; row < rows; row++)
		for (size_t k = 0; k < rank; k++)
			for (size_t c = 0; c < W; c++)
				if (work->fold[row] != folds.first + c)
					line[(row * rank + k) * W + c] = (float)work->evidence->told[row * rank + k];
	for (size_t i = 0; i < lines * W; i++)
		solution[i] = work->effects[i / W * W];
	system_scatter(system, W, line, right);
	system_solve(system, &folds, &work->end, W, right, solution);
	system_effects(system, W, solution);
	system_gather(system, W, solution, line);
	for (size_t row = 0; row < rows; row++)
		for (size_t k = 0; k < rank && work->fold[row] / W == block; k++)
			work->outside[row * rank + k] = line[(row * rank + k) * W + work->fold[row] % W];
	free(line);
	free(right);
	free(solution);
}

bool solution_leave_folds(const struct system *system, const struct evidence *evidence, const float *effects,
			  const uint8_t *fold, size_t folds, double tolerance, size_t steps_max,
			  struct progress *progress, float *outside)
{
	struct folds_work work = {system, evidence, effects, fold, {tolerance, steps_max, progress}, outside};

	if (!progress_step(progress, "leaving models out", 0))
		return false;
	parallel_for((folds + W - 1) / W, solve_folds, &work);
	return !progress_cancelled(progress);
}
