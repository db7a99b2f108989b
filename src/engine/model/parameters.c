#include "model/parameters.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/loadings.h"
#include "model/solution.h"
#include "solve/small.h"
#include "stemma/base/memory.h"
#include "stemma/base/parallel.h"

#define W SYSTEM_WIDTH

/* Priors: noise as of 4 observations at the usual noise; a level as of half an observation at 0. */
#define NOISE_COUNT 4.0
#define NOISE_KNOWN 30     /* cells that tell the noise of their benchmark */
#define NOISE_USUAL_COUNT 2.0 /* benchmarks that PARAMETERS_NOISE_USUAL counts as */
#define NOISE_MIN 0.002
#define LEVEL_COUNT 0.5
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
	double usual[FACTORS_RANK_MAX], precision[FACTORS_SQUARE_MAX];
	struct regression regression = {0};

	for (size_t i = 0; i < count; i++) {
		regression_add(&told[i], rank, noise, &regression);
		extra += noise * (1 - noise / (noise + told[i].error));
	}
	if (!loadings_prior(parameters, b, count, usual, precision))
		return;
	memcpy(factor, regression.matrix, side * side * sizeof *factor);
	for (size_t k = 0; k < rank; k++) {
		w[k] = regression.right[k];
		for (size_t l = 0; l < rank; l++) {
			factor[k * side + l] += noise * precision[k * rank + l];
			w[k] += noise * precision[k * rank + l] * usual[l];
		}
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
	parameters->noise[b] = fmax((residual + NOISE_COUNT * parameters->usual_noise) / ((double)count + NOISE_COUNT), NOISE_MIN);
	for (size_t i = 0; i < side * side; i++)
		parameters->unknown[b * side * side + i] = (float)(noise * inverse[i]);
}

void parameters_learn_usual_noise(const struct cells *cells, struct parameters *parameters)
{
	double sum = NOISE_USUAL_COUNT * PARAMETERS_NOISE_USUAL, count = NOISE_USUAL_COUNT;

	for (size_t b = 0; b < cells->benchmarks; b++) {
		if (cells->column_start[b + 1] - cells->column_start[b] < NOISE_KNOWN)
			continue;
		sum += parameters->noise[b];
		count++;
	}
	parameters->usual_noise = sum / count;
}

double parameters_unknown(const struct parameters *parameters, size_t b, const double *mean, const double *covariance)
{
	size_t rank = parameters->rank, side = rank + 1;
	const float *unknown = parameters->unknown + b * side * side;
	double sum = (double)unknown[rank * side + rank];

	for (size_t k = 0; k < rank; k++) {
		sum += 2 * (double)unknown[k * side + rank] * mean[k];
		for (size_t l = 0; l < rank; l++)
			sum += (double)unknown[k * side + l] * (mean[k] * mean[l] + (covariance ? covariance[k * rank + l] : 0));
	}
	return sum;
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
		const float *effects = solution->effects[block];
		solution_prior(solution, block, lines, prior);
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
	double size[FACTORS_RANK_MAX];

	for (size_t k = 0; k < rank; k++) {
		double sum = 0;
		for (size_t row = 0; row < cells->rows; row++)
			sum += (double)moments->second[(row * rank + k) * rank + k];
		double square = fmax(sum / (double)cells->rows, 1e-6);
		size[k] = sqrt(square);
		for (size_t t = 0; t < parameters->terms; t++)
			parameters->theta[t * rank + k] /= square;
		parameters->own[k] /= square;
	}
	loadings_rescale(parameters, size);
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
	loadings_learn(parameters);
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
