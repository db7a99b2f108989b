#include "model/variance.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cblas.h>
#include <lapacke.h>
#include <nlopt.h>

#include "stemma/base/memory.h"

#define PRIOR_SD 2.5
#define LOG_THETA_MIN (-11.0)
#define LOG_THETA_MAX 4.0

/* Memory of one learning, reused by every evaluation. */
struct variance_work {
	const struct variance_problem *problem;
	struct progress *progress;
	nlopt_opt optimizer;
	double *covariance; /* rows x rows, then its factor, then its inverse */
	double *solution;   /* columns x rows: K^-1 z */
	double *scale;      /* columns */
	float *mixed;       /* rows x rows: the sum of terms, then the gradient weights */
	float *theta;       /* terms, in single precision */
	double *values;     /* scratch of log theta -> theta */
	size_t evaluations;
};

static void work_init(struct variance_work *work, const struct variance_problem *problem)
{
	size_t rows = problem->rows;

	*work = (struct variance_work){
		.problem = problem,
		.covariance = memory_allocate(rows * rows, sizeof(double)),
		.solution = memory_allocate(problem->columns * rows, sizeof(double)),
		.scale = memory_allocate(problem->columns, sizeof(double)),
		.mixed = memory_allocate(rows * rows, sizeof(float)),
		.theta = memory_allocate(problem->terms + 1, sizeof(float)),
		.values = memory_allocate(problem->terms + 1, sizeof(double)),
	};
}

static void work_free(struct variance_work *work)
{
	free(work->covariance);
	free(work->solution);
	free(work->scale);
	free(work->mixed);
	free(work->theta);
	free(work->values);
}

/* K and its Cholesky factor; false when K is not positive definite. */
static bool work_factor(struct variance_work *work, const double *theta)
{
	const struct variance_problem *problem = work->problem;
	size_t rows = problem->rows, cells = rows * rows;

	for (size_t k = 0; k < problem->terms; k++)
		work->theta[k] = (float)theta[k];
	cblas_sgemv(CblasRowMajor, CblasTrans, (int)problem->terms, (int)cells, 1.0f,
		    problem->matrices, (int)cells, work->theta, 1, 0.0f, work->mixed, 1);
	for (size_t i = 0; i < cells; i++)
		work->covariance[i] = (double)work->mixed[i];
	for (size_t i = 0; i < rows; i++)
		work->covariance[i * rows + i] += theta[problem->terms] + problem->extra_noise[i];
	return LAPACKE_dpotrf(LAPACK_COL_MAJOR, 'L', (int)rows, work->covariance, (int)rows) == 0;
}

/* Solves for all columns and profiles their scales; returns the part of the
 * log likelihood that needs no inverse. */
static double work_solve(struct variance_work *work)
{
	const struct variance_problem *problem = work->problem;
	size_t rows = problem->rows;
	double log_determinant = 0, value = 0;

	for (size_t i = 0; i < rows; i++)
		log_determinant += 2 * log(work->covariance[i * rows + i]);
	memcpy(work->solution, problem->values, problem->columns * rows * sizeof(double));
	LAPACKE_dpotrs(LAPACK_COL_MAJOR, 'L', (int)rows, (int)problem->columns, work->covariance,
		       (int)rows, work->solution, (int)rows);
	for (size_t f = 0; f < problem->columns; f++) {
		double quadratic = cblas_ddot((int)rows, problem->values + f * rows, 1,
					      work->solution + f * rows, 1);
		work->scale[f] = fmax(quadratic / (double)rows, 1e-12);
		value -= 0.5 * ((double)rows * log(work->scale[f]) + log_determinant);
	}
	return value;
}

/* d log likelihood / d theta_k = -1/2 tr(A K_k) with
 * A = columns K^-1 - sum_f alpha_f alpha_f' / s_f. */
static void work_gradient(struct variance_work *work, const double *theta, double *gradient)
{
	const struct variance_problem *problem = work->problem;
	size_t rows = problem->rows, cells = rows * rows;
	double trace = 0;

	LAPACKE_dpotri(LAPACK_COL_MAJOR, 'L', (int)rows, work->covariance, (int)rows);
	cblas_dscal((int)cells, (double)problem->columns, work->covariance, 1);
	for (size_t f = 0; f < problem->columns; f++)
		cblas_dsyr(CblasColMajor, CblasLower, (int)rows, -1 / work->scale[f],
			   work->solution + f * rows, 1, work->covariance, (int)rows);
	/* Column-major lower: element (i, j), i >= j, at [j * rows + i].  The
	 * strict triangle counts twice, so the upper one is simply left 0. */
	for (size_t j = 0; j < rows; j++) {
		memset(work->mixed + j * rows, 0, j * sizeof(float));
		work->mixed[j * rows + j] = (float)work->covariance[j * rows + j];
		trace += work->covariance[j * rows + j];
		for (size_t i = j + 1; i < rows; i++)
			work->mixed[j * rows + i] = (float)(2 * work->covariance[j * rows + i]);
	}
	cblas_sgemv(CblasRowMajor, CblasNoTrans, (int)problem->terms, (int)cells, 1.0f,
		    problem->matrices, (int)cells, work->mixed, 1, 0.0f, work->theta, 1);
	for (size_t k = 0; k < problem->terms; k++)
		gradient[k] = -0.5 * (double)work->theta[k] * theta[k];
	gradient[problem->terms] = -0.5 * trace * theta[problem->terms];
}

static double work_evaluate(struct variance_work *work, const double *theta, double *gradient)
{
	const struct variance_problem *problem = work->problem;

	if (!work_factor(work, theta))
		return -HUGE_VAL;
	double value = work_solve(work);
	if (gradient)
		work_gradient(work, theta, gradient);
	for (size_t k = 0; k <= problem->terms; k++) {
		double distance = (log(theta[k]) - log(problem->start[k])) / PRIOR_SD;
		value -= 0.5 * distance * distance;
		if (gradient)
			gradient[k] -= distance / PRIOR_SD;
	}
	return value;
}

double variance_log_likelihood(const struct variance_problem *problem, const double *theta,
			       double *gradient)
{
	struct variance_work work;

	work_init(&work, problem);
	double value = work_evaluate(&work, theta, gradient);
	work_free(&work);
	return value;
}

static double objective(unsigned count, const double *log_theta, double *gradient, void *context)
{
	struct variance_work *work = context;

	for (unsigned k = 0; k < count; k++)
		work->values[k] = exp(log_theta[k]);
	double fraction = (double)work->evaluations++ / (double)work->problem->evaluations_max;
	if (!progress_step(work->progress, "learning variances", fmin(fraction, 1)))
		nlopt_force_stop(work->optimizer);
	return work_evaluate(work, work->values, gradient);
}

enum status variance_learn(const struct variance_problem *problem, double *theta,
			   double *log_likelihood, struct progress *progress, struct error *error)
{
	struct variance_work work;
	unsigned count = (unsigned)problem->terms + 1;

	work_init(&work, problem);
	work.progress = progress;
	work.optimizer = nlopt_create(NLOPT_LD_LBFGS, count);
	nlopt_set_max_objective(work.optimizer, objective, &work);
	nlopt_set_lower_bounds1(work.optimizer, LOG_THETA_MIN);
	nlopt_set_upper_bounds1(work.optimizer, LOG_THETA_MAX);
	nlopt_set_ftol_abs(work.optimizer, 0.05);
	nlopt_set_maxeval(work.optimizer, (int)problem->evaluations_max);
	for (unsigned k = 0; k < count; k++)
		theta[k] = fmin(fmax(log(problem->start[k]), LOG_THETA_MIN), LOG_THETA_MAX);
	nlopt_result result = nlopt_optimize(work.optimizer, theta, log_likelihood);
	nlopt_destroy(work.optimizer);
	for (unsigned k = 0; k < count; k++)
		theta[k] = exp(theta[k]);
	work_free(&work);
	if (result == NLOPT_FORCED_STOP)
		return error_set(error, STATUS_CANCELLED, "fit cancelled");
	/* A search that runs out of steps or precision has still gone uphill. */
	if (result < 0 && result != NLOPT_ROUNDOFF_LIMITED && result != NLOPT_FAILURE)
		return error_set(error, STATUS_SOFTWARE, "learning variances failed (NLopt %d)",
				 (int)result);
	return STATUS_OK;
}
