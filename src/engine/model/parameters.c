#include "model/parameters.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/random.h"
#include "solve/lapack.h"
#include "solve/small.h"
#include "stemma/base/memory.h"
#include "stemma/base/parallel.h"

#define W SYSTEM_WIDTH

/* Priors: noise as of 4 observations at 0.3; a suite's mean loading as of 2 more
 * benchmarks at the mean of all; a level as of half an observation at 0. */
#define NOISE_COUNT 4.0
#define NOISE_USUAL 0.3
#define NOISE_MIN 0.002
#define SUITE_COUNT 2.0
#define LEVEL_COUNT 0.5
#define RELEVANCE_MIN 1.0
/* The variance of a term is as of so many more effects that show what learning begins with: one that few
 * models have is not taken to nothing, nor far up, by chance.  (With three, levels that terms and benchmarks
 * share are slow to settle, and sparse tables are learned worse.) */
#define TERM_COUNT 1.0
/* Variances move at most so much in a round, and stay between. */
#define STEP_MAX 4.0
#define VARIANCE_MIN 1e-6
#define VARIANCE_MAX 10.0
/* The factors alone, before kinship is asked. */
#define ROUNDS_ALONE 4
#define ROUNDS_GAUGE 10
#define BLOCKS_AT_ONCE 2
/* Principal axes are a start where so many columns have so many rows in common, each two of them. */
#define AXES_MAX 64
#define CORE_MIN 3
#define OVERLAP_MIN 30

/* ---- start ------------------------------------------------------------------------ */

static void number_suites(const struct engine_data *data, struct parameters *parameters)
{
	const char **name = memory_allocate(data->benchmarks + 1, sizeof *name);

	for (size_t b = 0; b < data->benchmarks; b++) {
		const char *suite = data->benchmark[b].suite ? data->benchmark[b].suite : "";
		size_t s = 0;
		while (s < parameters->suites && strcmp(name[s], suite) != 0)
			s++;
		if (s == parameters->suites)
			name[parameters->suites++] = suite;
		parameters->suite[b] = (uint32_t)s;
	}
	free(name);
}

/* ---- start: from the axes of full columns ------------------------------------------- */

/* Columns that learning starts from: each has enough rows in common with every other. */
struct core {
	size_t count;
	uint32_t benchmark[AXES_MAX];
	uint32_t *place; /* benchmarks: among the above; AXES_MAX of the others */
};

static size_t column_length(const struct cells *cells, size_t b)
{
	return cells->column_start[b + 1] - cells->column_start[b];
}

/* The fullest columns, the fullest first. */
static void core_list(const struct cells *cells, struct core *core)
{
	for (size_t b = 0; b < cells->benchmarks; b++) {
		size_t length = column_length(cells, b), place = core->count;
		core->place[b] = AXES_MAX;
		while (place > 0 && column_length(cells, core->benchmark[place - 1]) < length)
			place--;
		if (place == AXES_MAX || length < OVERLAP_MIN)
			continue;
		core->count += core->count < AXES_MAX;
		for (size_t i = core->count - 1; i > place; i--)
			core->benchmark[i] = core->benchmark[i - 1];
		core->benchmark[place] = (uint32_t)b;
	}
	for (size_t i = 0; i < core->count; i++)
		core->place[core->benchmark[i]] = (uint32_t)i;
}

/* Sums over the rows that each pair of columns of the core has in common: how many, and of z of the
 * first times z of the second, and squared. */
struct overlap {
	size_t *count;
	double *product, *square; /* all core->count x core->count */
};

static void core_overlap(const struct cells *cells, const struct core *core, struct overlap *overlap)
{
	size_t n = core->count, pairs = n * n + 1;

	overlap->count = memory_zero(pairs, sizeof *overlap->count);
	overlap->product = memory_zero(pairs, sizeof *overlap->product);
	overlap->square = memory_zero(pairs, sizeof *overlap->square);
	for (size_t row = 0; row < cells->rows; row++)
		for (size_t i = cells->row_start[row]; i < cells->row_start[row + 1]; i++)
			for (size_t j = cells->row_start[row]; j < cells->row_start[row + 1]; j++) {
				size_t a = core->place[cells->benchmark[i]], b = core->place[cells->benchmark[j]];
				if (a == AXES_MAX || b == AXES_MAX)
					continue;
				overlap->count[a * n + b]++;
				overlap->product[a * n + b] += (double)(cells->z[i] * cells->z[j]);
				overlap->square[a * n + b] += (double)(cells->z[i] * cells->z[i]);
			}
}

static void overlap_free(struct overlap *overlap)
{
	free(overlap->count);
	free(overlap->product);
	free(overlap->square);
}

/* Keeps those that overlap enough with all that are kept before, and leaves their correlations in matrix. */
static void core_choose(struct core *core, const struct overlap *overlap, double *matrix)
{
	size_t n = core->count, kept[AXES_MAX];

	core->count = 0;
	for (size_t i = 0; i < n; i++) {
		bool good = true;
		for (size_t k = 0; k < core->count && good; k++)
			good = overlap->count[i * n + kept[k]] >= OVERLAP_MIN;
		core->place[core->benchmark[i]] = good ? (uint32_t)core->count : AXES_MAX;
		if (good)
			kept[core->count++] = i;
	}
	for (size_t k = 0; k < core->count; k++) {
		core->benchmark[k] = core->benchmark[kept[k]];
		for (size_t l = 0; l < core->count; l++) {
			size_t there = kept[k] * n + kept[l], back = kept[l] * n + kept[k];
			matrix[k * core->count + l] = overlap->product[there] /
						      (sqrt(overlap->square[there] * overlap->square[back]) + 1e-9);
		}
	}
}

/* Loadings of the core by its principal axes, as many as there are. */
static void core_load(const struct core *core, const double *axes, const double *value, struct parameters *parameters)
{
	size_t n = core->count, rank = parameters->rank;
	double sign[AXES_MAX]; /* more of a factor is better */

	for (size_t axis = 0; axis < n; axis++) {
		double sum = 0;
		for (size_t i = 0; i < n; i++)
			sum += axes[i * n + axis];
		sign[axis] = sum < 0 ? -1 : 1;
	}
	for (size_t i = 0; i < n; i++) {
		size_t b = core->benchmark[i];
		double told = 0;
		for (size_t k = 0; k < rank && k < n; k++) {
			size_t axis = n - 1 - k;
			double loading = sign[axis] * axes[i * n + axis] * sqrt(fmax(value[axis], 0.02));
			parameters->loading[b * rank + k] = loading;
			told += loading * loading;
		}
		parameters->noise[b] = fmax(1 - told, 0.02);
	}
}

/* Columns whose models the core mostly knows say nothing at first: the first round finds their place by
 * regression on what the core tells, so that they, however many, do not move it. */
static void core_place_others(const struct cells *cells, const struct core *core, struct parameters *parameters)
{
	bool *known = memory_zero(cells->rows + 1, sizeof *known);

	for (size_t i = 0; i < cells->count; i++)
		known[cells->row[i]] = known[cells->row[i]] || core->place[cells->benchmark[i]] < AXES_MAX;
	for (size_t b = 0; b < cells->benchmarks; b++) {
		size_t within = 0;
		if (core->place[b] < AXES_MAX)
			continue;
		for (size_t i = cells->column_start[b]; i < cells->column_start[b + 1]; i++)
			within += known[cells->row[cells->column_cell[i]]];
		if (2 * within < column_length(cells, b) || within == 0)
			continue;
		memset(parameters->loading + b * parameters->rank, 0, parameters->rank * sizeof *parameters->loading);
		parameters->noise[b] = 1;
	}
	free(known);
}

static void start_from_axes(const struct cells *cells, struct parameters *parameters)
{
	struct core core = {.place = memory_allocate(cells->benchmarks + 1, sizeof *core.place)};
	struct overlap overlap;
	double value[AXES_MAX], *matrix;

	core_list(cells, &core);
	core_overlap(cells, &core, &overlap);
	matrix = memory_allocate(core.count * core.count + 1, sizeof *matrix);
	core_choose(&core, &overlap, matrix);
	if (core.count >= CORE_MIN &&
	    lapack_done(LAPACKE_dsyev(LAPACK_ROW_MAJOR, 'V', 'L', (int)core.count, matrix, (int)core.count, value)) == 0) {
		core_load(&core, matrix, value, parameters);
		core_place_others(cells, &core, parameters);
	}
	overlap_free(&overlap);
	free(core.place);
	free(matrix);
}

void parameters_new(const struct engine_data *data, const struct cells *cells, const struct design *design,
		    size_t rank, uint64_t seed, struct parameters *parameters)
{
	size_t benchmarks = cells->benchmarks;
	uint64_t state = seed * 2654435769u + 88172645463325252ULL;

	*parameters = (struct parameters){.rank = rank, .terms = design->terms, .benchmarks = benchmarks};
	parameters->suite = memory_allocate(benchmarks + 1, sizeof *parameters->suite);
	number_suites(data, parameters);
	parameters->theta = memory_allocate(design->terms * rank + 1, sizeof(double));
	parameters->own = memory_allocate(rank, sizeof(double));
	parameters->loading = memory_allocate(benchmarks * rank + 1, sizeof(double));
	parameters->level = memory_zero(benchmarks + 1, sizeof(double));
	parameters->noise = memory_allocate(benchmarks + 1, sizeof(double));
	parameters->relevance = memory_allocate(rank, sizeof(double));
	parameters->suite_mean = memory_zero(parameters->suites * rank + 1, sizeof(double));
	parameters->loading_covariance = memory_zero(benchmarks * rank * rank + 1, sizeof(float));
	for (size_t k = 0; k < rank; k++) {
		parameters->own[k] = 1;
		parameters->relevance[k] = 8;
		for (size_t t = 0; t < design->terms; t++)
			parameters->theta[t * rank + k] = design_start(design, t);
	}
	for (size_t b = 0; b < benchmarks; b++) {
		parameters->noise[b] = NOISE_USUAL;
		for (size_t k = 0; k < rank; k++)
			parameters->loading[b * rank + k] = k == 0 ? 0.8 : 0.15 * (double)random_normal(&state);
	}
	start_from_axes(cells, parameters);
	for (size_t s = 0; s < parameters->suites; s++)
		parameters->suite_mean[s * rank] = 0.8;
}

void parameters_free(struct parameters *parameters)
{
	free(parameters->theta);
	free(parameters->own);
	free(parameters->loading);
	free(parameters->level);
	free(parameters->noise);
	free(parameters->relevance);
	free(parameters->suite_mean);
	free(parameters->suite);
	free(parameters->loading_covariance);
	*parameters = (struct parameters){0};
}

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

/* Draws the prior of the effects, as they would be. */
static void draw_effects(uint64_t *state, size_t lines, float *block)
{
	for (size_t i = 0; i < lines; i++)
		draw_signs(state, 1, block + i * W);
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

/* ---- learning: the moments of f ---------------------------------------------------------- */

struct moments {
	size_t rank;
	double *mean;   /* rows x rank: of f */
	float *second;  /* rows x rank x rank: E f f' */
};

/* f = C h + C S^-1 W v, of each column. */
static void row_moments(const struct evidence *evidence, const struct solution *solution, size_t row,
			struct moments *moments)
{
	size_t rank = evidence->rank, draws = solution->columns - 1;
	const double *shrunk = evidence->shrunk + row * rank * rank, *own = evidence->own + row * rank;
	double *mean = moments->mean + row * rank;
	float *second = moments->second + row * rank * rank, of[FACTORS_RANK_MAX], gain[FACTORS_SQUARE_MAX];

	for (size_t k = 0; k < rank; k++)
		for (size_t l = 0; l < rank; l++) {
			second[k * rank + l] = (float)shrunk[k * rank + l];
			gain[k * rank + l] = (float)(shrunk[k * rank + l] / own[l]);
		}
	for (size_t column = 0; column <= draws; column++) {
		size_t block = column / W, c = column % W;
		const float *rows = solution->rows[block] ? solution->rows[block] + row * rank * W + c : NULL;
		for (size_t k = 0; k < rank; k++) {
			of[k] = column == 0 ? (float)evidence->pull[row * rank + k] : 0;
			for (size_t l = 0; l < rank && rows; l++)
				of[k] += gain[k * rank + l] * rows[l * W];
		}
		float weight = column == 0 ? 1 : 1 / (float)draws;
		for (size_t k = 0; k < rank; k++) {
			if (column == 0)
				mean[k] = (double)of[k];
			for (size_t l = 0; l < rank; l++)
				second[k * rank + l] += weight * of[k] * of[l];
		}
	}
}

struct moments_work {
	const struct cells *cells;
	const struct evidence *evidence;
	const struct solution *solution;
	struct moments *moments;
	size_t parts;
};

static void moments_part(void *context, size_t part)
{
	struct moments_work *work = context;
	size_t rows = work->cells->rows;

	for (size_t row = parallel_begin(rows, part, work->parts); row < parallel_begin(rows, part + 1, work->parts); row++)
		row_moments(work->evidence, work->solution, row, work->moments);
}

/* ---- learning: benchmarks ------------------------------------------------------------------ */

/* The regression of a benchmark on f and 1, f being known by its moments. */
struct regression {
	double matrix[(FACTORS_RANK_MAX + 1) * (FACTORS_RANK_MAX + 1)]; /* lower; then its Cholesky factor */
	double right[FACTORS_RANK_MAX + 1];
	double squares, weight; /* of z; of the cells, each noise / (noise + error) */
};

static void regression_add(const struct parameters_told *told, size_t rank, double noise,
			   struct regression *regression)
{
	size_t side = rank + 1;
	double weight = noise / (noise + told->error);

	for (size_t k = 0; k < rank; k++) {
		for (size_t l = 0; l <= k; l++)
			regression->matrix[k * side + l] += weight * (double)told->second[k * rank + l];
		regression->matrix[rank * side + k] += weight * told->mean[k];
		regression->right[k] += weight * told->z * told->mean[k];
	}
	regression->matrix[rank * side + rank] += weight;
	regression->right[rank] += weight * told->z;
	regression->squares += weight * told->z * told->z;
	regression->weight += weight;
}

/* Expected sum of squared residuals (weighted) at the loadings w. */
static double regression_residual(const struct regression *regression, size_t side, const double *w)
{
	double sum = regression->squares;

	for (size_t k = 0; k < side; k++) {
		sum -= 2 * w[k] * regression->right[k];
		for (size_t l = 0; l < side; l++)
			sum += w[k] * w[l] * regression->matrix[k >= l ? k * side + l : l * side + k];
	}
	return sum;
}

void parameters_regress(struct parameters *parameters, size_t b, const struct parameters_told *told, size_t count)
{
	size_t rank = parameters->rank, side = rank + 1;
	double noise = parameters->noise[b], w[FACTORS_RANK_MAX + 1], extra = 0;
	double factor[(FACTORS_RANK_MAX + 1) * (FACTORS_RANK_MAX + 1)], inverse[(FACTORS_RANK_MAX + 1) * (FACTORS_RANK_MAX + 1)];
	const double *usual = parameters->suite_mean + parameters->suite[b] * rank;
	struct regression regression = {0};

	for (size_t i = 0; i < count; i++) {
		regression_add(&told[i], rank, noise, &regression);
		extra += noise * (1 - noise / (noise + told[i].error));
	}
	memcpy(factor, regression.matrix, side * side * sizeof *factor);
	for (size_t k = 0; k < rank; k++) {
		factor[k * side + k] += noise * parameters->relevance[k];
		w[k] = regression.right[k] + noise * parameters->relevance[k] * usual[k];
	}
	factor[rank * side + rank] += noise * LEVEL_COUNT;
	w[rank] = regression.right[rank];
	if (!small_cholesky(factor, side))
		return;
	small_solve_front(factor, side, w);
	small_solve_back(factor, side, w);
	small_invert(factor, side, inverse);
	for (size_t k = 0; k < rank; k++)
		parameters->loading[b * rank + k] = w[k];
	parameters->level[b] = w[rank];
	/* A cell with a known error tells less of the noise: its weight enters squared. */
	double residual = regression_residual(&regression, side, w) + extra;
	parameters->noise[b] = fmax((residual + NOISE_COUNT * NOISE_USUAL) / ((double)count + NOISE_COUNT), NOISE_MIN);
	for (size_t k = 0; k < rank; k++)
		for (size_t l = 0; l < rank; l++)
			parameters->loading_covariance[(b * rank + k) * rank + l] =
				(float)(noise * inverse[k * side + l]);
}

struct benchmark_work {
	const struct cells *cells;
	const struct moments *moments;
	struct parameters *parameters;
};

static void benchmark_item(void *context, size_t b)
{
	struct benchmark_work *work = context;
	const struct cells *cells = work->cells;
	size_t rank = work->moments->rank, begin = cells->column_start[b], count = cells->column_start[b + 1] - begin;
	struct parameters_told *told = memory_allocate(count + 1, sizeof *told);

	for (size_t i = 0; i < count; i++) {
		size_t cell = cells->column_cell[begin + i], row = cells->row[cell];
		told[i] = (struct parameters_told){
			.z = (double)cells->z[cell], .error = (double)cells->error[cell],
			.mean = work->moments->mean + row * rank, .second = work->moments->second + row * rank * rank};
	}
	parameters_regress(work->parameters, b, told, count);
	free(told);
}

/* Means of suites, drawn to the mean of all, and how far loadings are from them. */
static void learn_suites(const struct cells *cells, struct parameters *parameters)
{
	size_t rank = parameters->rank, count = 0;
	size_t *members = memory_zero(parameters->suites + 1, sizeof *members);
	double all[FACTORS_RANK_MAX] = {0}, off[FACTORS_RANK_MAX] = {0};

	memset(parameters->suite_mean, 0, parameters->suites * rank * sizeof(double));
	for (size_t b = 0; b < parameters->benchmarks; b++) {
		if (cells->column_start[b + 1] == cells->column_start[b])
			continue;
		count++;
		members[parameters->suite[b]]++;
		for (size_t k = 0; k < rank; k++) {
			all[k] += parameters->loading[b * rank + k];
			parameters->suite_mean[parameters->suite[b] * rank + k] += parameters->loading[b * rank + k];
		}
	}
	for (size_t s = 0; s < parameters->suites; s++)
		for (size_t k = 0; k < rank; k++) {
			double *mean = &parameters->suite_mean[s * rank + k];
			*mean = (*mean + SUITE_COUNT * all[k] / (double)count) / ((double)members[s] + SUITE_COUNT);
		}
	for (size_t b = 0; b < parameters->benchmarks; b++) {
		if (cells->column_start[b + 1] == cells->column_start[b])
			continue;
		for (size_t k = 0; k < rank; k++) {
			double d = parameters->loading[b * rank + k] - parameters->suite_mean[parameters->suite[b] * rank + k];
			off[k] += d * d + (double)parameters->loading_covariance[(b * rank + k) * rank + k];
		}
	}
	for (size_t k = 0; k < rank; k++)
		parameters->relevance[k] = fmax((double)count / (off[k] + 1e-9), RELEVANCE_MIN);
	free(members);
}

/* ---- learning: variances ---------------------------------------------------------------------- */

/* What the effects of each term (the last line: the models' own part) show, and what they would
 * show if the variances were right. */
struct shown {
	double *real, *drawn; /* (terms + 1) x rank */
};

static void show_effects(const struct design *design, const struct solution *solution, size_t rank,
			 struct shown *shown)
{
	size_t lines = design->effects * rank, draws = solution->columns - 1;
	float *prior = memory_allocate(lines * W + 1, sizeof *prior);

	for (size_t block = 0; block < solution->blocks; block++) {
		uint64_t state = block_seed(solution, block);
		const float *effects = solution->effects[block];
		draw_effects(&state, lines, prior);
		for (size_t e = 0; e < design->effects; e++) {
			size_t term = design->scale_term[e] < design->terms ? design->scale_term[e] : design->prior_term[e];
			for (size_t k = 0; k < rank; k++)
				for (size_t c = 0; c < W; c++) {
					size_t place = (e * rank + k) * W + c;
					double v = (double)effects[place];
					if (block == 0 && c == 0) {
						shown->real[term * rank + k] += v * v;
						continue;
					}
					v = (double)prior[place] - v; /* the drawn effect as the drawn data show it */
					shown->drawn[term * rank + k] += v * v / (double)draws;
				}
		}
	}
	free(prior);
}

static void show_rows(const struct cells *cells, const struct design *design, const struct parameters *parameters,
		      const struct solution *solution, struct shown *shown)
{
	size_t rank = parameters->rank, terms = design->terms, draws = solution->columns - 1;

	for (size_t row = 0; row < cells->rows; row++)
		for (size_t k = 0; k < rank; k++) {
			double real = 0, drawn = 0;
			for (size_t block = 0; block < solution->blocks; block++)
				for (size_t c = 0; c < W; c++) {
					double s = (double)solution->surprise[block][(row * rank + k) * W + c];
					if (block == 0 && c == 0)
						real = s * s;
					else
						drawn += s * s / (double)draws;
				}
			for (size_t t = 0; t <= terms; t++) {
				double variance = t < terms ? parameters->theta[t * rank + k] *
							      (double)design->own[row * terms + t]
							    : parameters->own[k];
				shown->real[t * rank + k] += variance * real;
				shown->drawn[t * rank + k] += variance * drawn;
			}
		}
}

static void learn_variances(const struct cells *cells, const struct design *design, const struct solution *solution,
			    struct parameters *parameters)
{
	size_t rank = parameters->rank, lines = (design->terms + 1) * rank;
	struct shown shown = {memory_zero(lines, sizeof(double)), memory_zero(lines, sizeof(double))};

	show_effects(design, solution, rank, &shown);
	show_rows(cells, design, parameters, solution, &shown);
	for (size_t t = 0; t <= design->terms; t++)
		for (size_t k = 0; k < rank; k++) {
			bool term = t < design->terms;
			double *variance = term ? &parameters->theta[t * rank + k] : &parameters->own[k];
			double real = shown.real[t * rank + k], drawn = shown.drawn[t * rank + k];
			if (!(drawn > 0))
				continue; /* nothing has the term */
			/* Effects are in units of their prior: one of the start's variance shows start / theta. */
			if (term) {
				real += TERM_COUNT * design_start(design, t) / *variance;
				drawn += TERM_COUNT;
			}
			double step = fmin(fmax(real / drawn, 1 / STEP_MAX), STEP_MAX);
			*variance = fmin(fmax(*variance * step, VARIANCE_MIN), VARIANCE_MAX);
		}
	free(shown.real);
	free(shown.drawn);
}

/* Without kinship: all of f is the models' own. */
static void learn_own(const struct cells *cells, const struct moments *moments, struct parameters *parameters)
{
	size_t rank = parameters->rank;

	for (size_t k = 0; k < rank; k++) {
		double sum = 0;
		for (size_t row = 0; row < cells->rows; row++)
			sum += (double)moments->second[(row * rank + k) * rank + k];
		parameters->own[k] = fmin(fmax(sum / (double)cells->rows, VARIANCE_MIN), VARIANCE_MAX);
	}
}

/* Gives f unit variance over the rows, so that the priors of loadings mean what they say. */
static void rescale(const struct cells *cells, const struct moments *moments, struct parameters *parameters)
{
	size_t rank = parameters->rank;

	for (size_t k = 0; k < rank; k++) {
		double sum = 0;
		for (size_t row = 0; row < cells->rows; row++)
			sum += (double)moments->second[(row * rank + k) * rank + k];
		double square = fmax(sum / (double)cells->rows, 1e-6), size = sqrt(square);
		for (size_t b = 0; b < parameters->benchmarks; b++) {
			parameters->loading[b * rank + k] *= size;
			for (size_t l = 0; l < rank; l++) {
				parameters->loading_covariance[(b * rank + k) * rank + l] *= (float)size;
				parameters->loading_covariance[(b * rank + l) * rank + k] *= (float)size;
			}
		}
		for (size_t s = 0; s < parameters->suites; s++)
			parameters->suite_mean[s * rank + k] *= size;
		for (size_t t = 0; t < parameters->terms; t++)
			parameters->theta[t * rank + k] /= square;
		parameters->own[k] /= square;
		parameters->relevance[k] /= square;
	}
}

/* ---- learning: rounds -------------------------------------------------------------------------- */

/* The end of the CG of a round, and its steps. */
#define ROUND_TOLERANCE 0.02
#define ROUND_STEPS 30

static bool learn_round(const struct cells *cells, const struct design *design, bool kin, bool fixed, bool gauge,
			struct parameters *parameters, struct evidence *evidence, struct solution *solution,
			struct moments *moments)
{
	float *nothing = NULL;
	struct solution alone = {.columns = 1, .rows = &nothing}; /* no effects */
	bool good = true;

	evidence_set(cells, design, parameters, NULL, evidence);
	if (kin) {
		struct system system;
		system_new(design, parameters->rank, parameters->theta, evidence->information, &system);
		good = solution_solve(&system, cells, parameters, evidence, NULL, ROUND_TOLERANCE, ROUND_STEPS, NULL,
				      solution);
		system_free(&system);
	}
	struct moments_work work = {cells, evidence, kin ? solution : &alone, moments, parallel_parts(cells->rows)};
	parallel_run(work.parts, moments_part, &work);
	struct benchmark_work benchmarks = {cells, moments, parameters};
	parallel_for(cells->benchmarks, benchmark_item, &benchmarks);
	learn_suites(cells, parameters);
	if (!fixed && kin)
		learn_variances(cells, design, solution, parameters);
	else if (!fixed)
		learn_own(cells, moments, parameters);
	if (gauge)
		rescale(cells, moments, parameters);
	return good;
}

bool parameters_learn(const struct cells *cells, const struct design *design, size_t rounds, bool fixed,
		      struct progress *progress, struct parameters *parameters, struct evidence *evidence,
		      struct solution *solution)
{
	size_t rank = parameters->rank;
	struct moments moments = {.rank = rank};
	bool good = true;

	moments.mean = memory_allocate(cells->rows * rank + 1, sizeof *moments.mean);
	moments.second = memory_allocate(cells->rows * rank * rank + 1, sizeof *moments.second);
	for (size_t round = 0; round < rounds && good; round++) {
		bool kin = fixed || round >= ROUNDS_ALONE;
		if (!fixed && round == ROUNDS_ALONE) /* what kinship tells, the models do not have of their own */
			for (size_t k = 0; k < rank; k++)
				parameters->own[k] *= 0.3;
		good = learn_round(cells, design, kin, fixed, !fixed && round < ROUNDS_ALONE + ROUNDS_GAUGE, parameters,
				   evidence, solution, &moments) &&
		       progress_step(progress, "learning", (double)(round + 1) / (double)rounds);
	}
	free(moments.mean);
	free(moments.second);
	return good;
}
