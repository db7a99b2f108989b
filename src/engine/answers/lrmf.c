#include "stemma/engine/lrmf.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <cblas.h>

#include "solve/lapack.h"
#include "answers/lrmf_loss.h"
#include "data/random.h"
#include "stemma/base/memory.h"

#define BLOCK 128              /* models at a time: few calls, little memory */
#define INTERCEPT_RIDGE 1e-2  /* keeps b finite where all or none solve a question */
#define SPREAD_MIN 1e-4       /* of K, whose diagonal is near 1: single precision ends there */
/* The majoriser is a parabola, which lies below its start as far as twice the
 * way to its lowest point, and real curvatures are well below 1/4: going
 * somewhat further than that point still never rises. */
#define RELAXATION 1.4f

struct lrmf {
	size_t models, questions, rank;
	float *model;     /* models x rank */
	float *question;  /* questions x (rank + 1); the last is b */
	double *objective;
	size_t passes, passes_capacity;
};

struct lrmf_prior {
	float *axes;    /* models x models: eigenvectors of K as columns */
	double *spread; /* models: eigenvalues of K */
};

/* Memory of the search. */
struct search {
	const struct lrmf_data *data;
	const struct lrmf_settings *settings;
	const struct lrmf_prior *prior; /* NULL = the identity */
	struct lrmf *lrmf;
	float *turned;     /* models x rank: M in the eigenvectors of K, A' M */
	float *extended;   /* models x (rank + 1): M and a column of ones */
	float *logits;     /* BLOCK x questions, then the residuals z - p */
	float *pull;       /* gradient: models x rank, or questions x (rank + 1) */
	float *stepped;    /* M, A' M and X after the last pass, before the stretch */
	double momentum;   /* Nesterov's t; 1 = none yet */
	bool stretched;
};

/* Walks all models in blocks: logits, loss and residuals, and with `models` the
 * pull R X on the models, else R' [M 1] on the questions.  Returns the loss. */
static double search_walk(struct search *search, bool models)
{
	const struct lrmf *lrmf = search->lrmf;
	int questions = (int)lrmf->questions, wide = (int)lrmf->rank + 1, rank = (int)lrmf->rank;
	double loss = 0;

	if (!models)
		memset(search->pull, 0, lrmf->questions * (size_t)wide * sizeof *search->pull);
	for (size_t first = 0; first < lrmf->models; first += BLOCK) {
		size_t count = lrmf->models - first < BLOCK ? lrmf->models - first : BLOCK;
		float *extended = search->extended + first * (size_t)wide;
		cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)count, questions, wide, 1, extended,
			    wide, lrmf->question, wide, 0, search->logits, questions);
		for (size_t u = 0; u < count; u++)
			loss += lrmf_residuals(search->logits + u * lrmf->questions,
					     search->data->answers[first + u], lrmf->questions);
		if (models)
			cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)count, rank, questions, 1,
				    search->logits, questions, lrmf->question, wide, 0,
				    search->pull + first * lrmf->rank, rank);
		else
			cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, questions, wide, (int)count, 1,
				    search->logits, questions, extended, wide, 1, search->pull, wide);
	}
	return loss;
}

static void search_extend(struct search *search)
{
	struct lrmf *lrmf = search->lrmf;

	for (size_t u = 0; u < lrmf->models; u++) {
		memcpy(search->extended + u * (lrmf->rank + 1), lrmf->model + u * lrmf->rank,
		       lrmf->rank * sizeof(float));
		search->extended[u * (lrmf->rank + 1) + lrmf->rank] = 1;
	}
}

/* Into the eigenvectors of K, A' M, or back from them, A M; models x rank. */
static void turn(const struct search *search, const float *from, bool back, float *to)
{
	int models = (int)search->lrmf->models, rank = (int)search->lrmf->rank;

	if (search->prior)
		cblas_sgemm(CblasRowMajor, back ? CblasNoTrans : CblasTrans, CblasNoTrans, models, rank, models, 1,
			    search->prior->axes, models, from, rank, 0, to, rank);
	else
		memcpy(to, from, search->lrmf->models * search->lrmf->rank * sizeof *to);
}

/* Into the eigenvectors of X'X, M R, or back from them, M R'. */
static void turn_right(const struct search *search, const float *from, const float *right, bool back, float *to)
{
	int models = (int)search->lrmf->models, rank = (int)search->lrmf->rank;

	cblas_sgemm(CblasRowMajor, CblasNoTrans, back ? CblasTrans : CblasNoTrans, models, rank, rank, 1, from, rank,
		    right, rank, 0, to, rank);
}

/* LAPACKE_ssyevd() asks for the room that it needs as a float, which from 2,895 rows on
 * is not exact: hence the formula of LAPACK's manual. */
static int decompose(float *matrix, size_t rows, float *values)
{
	size_t floats = 1 + 6 * rows + 2 * rows * rows, integers = 3 + 5 * rows;
	float *work = memory_allocate(floats, sizeof *work);
	int *more = memory_allocate(integers, sizeof *more);
	int fault = LAPACKE_ssyevd_work(LAPACK_ROW_MAJOR, 'V', 'L', (int)rows, matrix, (int)rows, values, work,
					(int)floats, more, (int)integers);

	free(work);
	free(more);
	return lapack_done(fault);
}

/* One majorised step of the models: in the two eigenbases each number stands
 * alone, m += relaxation ((R X) - lambda / s_i m) / (gamma_j / 4 + lambda / s_i). */
static void step_models(struct search *search)
{
	struct lrmf *lrmf = search->lrmf;
	size_t rank = lrmf->rank, cells = lrmf->models * rank;
	float *right = memory_allocate(rank * rank, sizeof *right), *gamma = memory_allocate(rank, sizeof *gamma);
	float *scratch = memory_allocate(cells, sizeof *scratch), *pull = memory_allocate(cells, sizeof *pull);

	cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)rank, (int)rank, (int)lrmf->questions, 1,
		    lrmf->question, (int)rank + 1, lrmf->question, (int)rank + 1, 0, right, (int)rank);
	decompose(right, rank, gamma);
	turn(search, search->pull, false, scratch);
	turn_right(search, scratch, right, false, pull);
	turn_right(search, search->turned, right, false, scratch);
	for (size_t i = 0; i < lrmf->models; i++) {
		double ridge = search->settings->lambda / (search->prior ? search->prior->spread[i] : 1);
		for (size_t j = 0; j < rank; j++) {
			double curvature = 0.25 * fmax((double)gamma[j], 0);
			double slope = (double)pull[i * rank + j] - ridge * (double)scratch[i * rank + j];
			scratch[i * rank + j] += (float)(RELAXATION * slope / (curvature + ridge));
		}
	}
	turn_right(search, scratch, right, true, search->turned);
	turn(search, search->turned, true, lrmf->model);
	search_extend(search);
	free(right);
	free(gamma);
	free(scratch);
	free(pull);
}

/* Mean of the questions' factors (rank + 1). */
static void mean_question(const float *questions, size_t count, size_t wide, float *mean)
{
	memset(mean, 0, wide * sizeof *mean);
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < wide; j++)
			mean[j] += questions[i * wide + j] / (float)count;
}

/* The Laplacian of questions that are all tied to each other pulls each to their
 * mean, tie/2 |x_i - mean|^2.  The mean solves the system without it; then
 * (gram + tie) x_i = pull_i + tie mean. */
static void tie_questions(struct search *search, float *gram)
{
	size_t questions = search->lrmf->questions, wide = search->lrmf->rank + 1;
	float tie = (float)search->settings->tie;

	if (tie <= 0)
		return;
	float *mean = memory_allocate(wide, sizeof *mean), *factor = memory_allocate(wide * wide, sizeof *factor);
	mean_question(search->pull, questions, wide, mean);
	memcpy(factor, gram, wide * wide * sizeof *factor);
	lapack_done(LAPACKE_sposv(LAPACK_COL_MAJOR, 'L', (int)wide, 1, factor, (int)wide, mean, (int)wide));
	for (size_t j = 0; j + 1 < wide; j++) {
		gram[j * wide + j] += tie;
		for (size_t i = 0; i < questions; i++)
			search->pull[i * wide + j] += tie * mean[j];
	}
	free(mean);
	free(factor);
}

/* One majorised step of the questions and their intercepts: all share the Gram
 * matrix of [M 1]. */
static void step_questions(struct search *search)
{
	struct lrmf *lrmf = search->lrmf;
	int wide = (int)lrmf->rank + 1;
	float *gram = memory_allocate((size_t)wide * (size_t)wide, sizeof *gram);

	cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, wide, wide, (int)lrmf->models, 0.25f,
		    search->extended, wide, search->extended, wide, 0, gram, wide);
	/* x (1/4 G) + pull, then divided by (1/4 G + ridge). */
	cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)lrmf->questions, wide, wide, 1,
		    lrmf->question, wide, gram, wide, 1, search->pull, wide);
	for (int j = 0; j < wide; j++)
		gram[j * wide + j] += (float)(j < wide - 1 ? search->settings->mu : INTERCEPT_RIDGE);
	tie_questions(search, gram);
	lapack_done(LAPACKE_sposv(LAPACK_COL_MAJOR, 'L', wide, (int)lrmf->questions, gram, wide, search->pull, wide));
	for (size_t i = 0; i < lrmf->questions * (size_t)wide; i++)
		lrmf->question[i] += RELAXATION * (search->pull[i] - lrmf->question[i]);
	free(gram);
}

/* lambda/2 tr(M' K^-1 M) + mu/2 |X|^2 + tie/2 sum |x_i - mean|^2 + ridge/2 |b|^2. */
static double search_penalty(const struct search *search)
{
	const struct lrmf *lrmf = search->lrmf;
	size_t rank = lrmf->rank;
	float *mean = memory_allocate(rank + 1, sizeof *mean);
	double models = 0, questions = 0, intercepts = 0, ties = 0;

	for (size_t i = 0; i < lrmf->models; i++) {
		double squares = 0;
		for (size_t j = 0; j < rank; j++)
			squares += (double)search->turned[i * rank + j] * (double)search->turned[i * rank + j];
		models += squares / (search->prior ? search->prior->spread[i] : 1);
	}
	mean_question(lrmf->question, lrmf->questions, rank + 1, mean);
	for (size_t i = 0; i < lrmf->questions; i++)
		for (size_t j = 0; j <= rank; j++) {
			double value = (double)lrmf->question[i * (rank + 1) + j];
			*(j < rank ? &questions : &intercepts) += value * value;
			ties += j < rank ? (value - (double)mean[j]) * (value - (double)mean[j]) : 0;
		}
	free(mean);
	return 0.5 * (search->settings->lambda * models + search->settings->mu * questions +
		      search->settings->tie * ties + INTERCEPT_RIDGE * intercepts);
}

/* Small random factors, and intercepts at the questions' difficulty. */
static void search_start(struct search *search)
{
	struct lrmf *lrmf = search->lrmf;
	uint64_t state = search->settings->seed * 2654435761u + 12345;

	for (size_t i = 0; i < lrmf->models * lrmf->rank; i++)
		lrmf->model[i] = 0.3f * random_normal(&state);
	for (size_t i = 0; i < lrmf->questions; i++) {
		size_t solved = 0;
		for (size_t u = 0; u < lrmf->models; u++)
			solved += search->data->answers[u][i / 64] >> (i % 64) & 1;
		for (size_t j = 0; j < lrmf->rank; j++)
			lrmf->question[i * (lrmf->rank + 1) + j] = 0.3f * random_normal(&state);
		lrmf->question[i * (lrmf->rank + 1) + lrmf->rank] =
			logf(((float)solved + 1) / ((float)(lrmf->models - solved) + 1));
	}
	turn(search, lrmf->model, false, search->turned);
	search_extend(search);
}

static void note_objective(struct lrmf *lrmf, double value)
{
	lrmf->objective = memory_grow(lrmf->objective, lrmf->passes, &lrmf->passes_capacity,
				      sizeof *lrmf->objective);
	lrmf->objective[lrmf->passes++] = value;
}

static void swap_floats(float *a, float *b, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		float value = a[i];
		a[i] = b[i];
		b[i] = value;
	}
}

static void swap_stepped(struct search *search)
{
	struct lrmf *lrmf = search->lrmf;
	size_t models = lrmf->models * lrmf->rank;

	swap_floats(lrmf->model, search->stepped, models);
	swap_floats(search->turned, search->stepped + models, models);
	swap_floats(lrmf->question, search->stepped + 2 * models, lrmf->questions * (lrmf->rank + 1));
	search_extend(search);
}

static void go_beyond(float *factors, const float *stepped, float beyond, size_t count)
{
	for (size_t i = 0; i < count; i++)
		factors[i] += beyond * (stepped[i] - factors[i]);
}

/* From `stepped` of the pass before through the factors now, and beyond by
 * Nesterov's share (1983; restarted as O'Donoghue and Candes 2015): a third of
 * the passes.  `stepped` becomes the factors now. */
static void stretch(struct search *search)
{
	struct lrmf *lrmf = search->lrmf;
	size_t models = lrmf->models * lrmf->rank, questions = lrmf->questions * (lrmf->rank + 1);
	double next = (1 + sqrt(1 + 4 * search->momentum * search->momentum)) / 2;
	float beyond = 1 + (float)((search->momentum - 1) / next);

	swap_stepped(search);
	go_beyond(lrmf->model, search->stepped, beyond, models);
	go_beyond(search->turned, search->stepped + models, beyond, models);
	go_beyond(lrmf->question, search->stepped + 2 * models, beyond, questions);
	search_extend(search);
	search->momentum = next;
	search->stretched = beyond > 1;
}

static double search_objective(struct search *search)
{
	return search_walk(search, true) + search_penalty(search);
}

static enum status search_run(struct search *search, struct progress *progress, struct error *error)
{
	struct lrmf *lrmf = search->lrmf;
	double last = HUGE_VAL;

	search->momentum = 1;
	for (size_t pass = 0; pass < search->settings->passes_max; pass++) {
		if (!progress_step(progress, "factorising answers",
				   (double)pass / (double)search->settings->passes_max))
			return error_set(error, STATUS_CANCELLED, "factorisation cancelled");
		double value = search_objective(search);
		if (value > last && search->stretched) { /* overshot: go back and restart */
			swap_stepped(search);
			search->momentum = 1;
			search->stretched = false;
			value = search_objective(search);
		}
		note_objective(lrmf, value);
		if (last - value < search->settings->tolerance * fabs(value))
			return STATUS_OK;
		last = value;
		step_models(search);
		search_walk(search, false);
		step_questions(search);
		stretch(search);
	}
	if (search->stretched) /* not yet checked for overshooting */
		swap_stepped(search);
	return STATUS_OK;
}

enum status lrmf_prior_new(const double *covariance, size_t models, struct lrmf_prior **result,
			   struct error *error)
{
	struct lrmf_prior *prior = memory_zero(1, sizeof *prior);
	float *values = memory_allocate(models, sizeof *values);
	enum status status = STATUS_OK;

	prior->axes = memory_allocate(models * models, sizeof *prior->axes);
	prior->spread = memory_allocate(models, sizeof *prior->spread);
	for (size_t i = 0; i < models * models; i++)
		prior->axes[i] = (float)covariance[i];
	if (decompose(prior->axes, models, values) != 0)
		status = error_set(error, STATUS_SOFTWARE, "the prior covariance has no eigenvectors");
	for (size_t i = 0; i < models; i++)
		prior->spread[i] = fmax((double)values[i], SPREAD_MIN);
	free(values);
	if (status == STATUS_OK)
		*result = prior;
	else
		lrmf_prior_free(prior);
	return status;
}

void lrmf_prior_free(struct lrmf_prior *prior)
{
	if (!prior)
		return;
	free(prior->axes);
	free(prior->spread);
	free(prior);
}

enum status lrmf_fit(const struct lrmf_data *data, const struct lrmf_prior *prior,
		     const struct lrmf_settings *settings, struct progress *progress,
		     struct lrmf **result, struct error *error)
{
	size_t rank = settings->rank, wide = rank + 1;
	struct lrmf *lrmf = memory_zero(1, sizeof *lrmf);
	struct search search = {.data = data, .settings = settings, .prior = prior, .lrmf = lrmf};
	size_t pull = data->models * rank > data->questions * wide ? data->models * rank : data->questions * wide;

	*lrmf = (struct lrmf){
		.models = data->models, .questions = data->questions, .rank = rank,
		.model = memory_allocate(data->models * rank, sizeof(float)),
		.question = memory_allocate(data->questions * wide, sizeof(float)),
	};
	search.extended = memory_allocate(data->models * wide, sizeof(float));
	search.logits = memory_allocate(BLOCK * data->questions, sizeof(float));
	search.pull = memory_allocate(pull, sizeof(float));
	search.turned = memory_allocate(data->models * rank, sizeof(float));
	search.stepped = memory_zero(2 * data->models * rank + data->questions * wide, sizeof(float));
	search_start(&search);
	enum status status = search_run(&search, progress, error);
	free(search.turned);
	free(search.extended);
	free(search.logits);
	free(search.pull);
	free(search.stepped);
	if (status == STATUS_OK)
		*result = lrmf;
	else
		lrmf_free(lrmf);
	return status;
}

struct lrmf *lrmf_restore(size_t models, size_t questions, size_t rank, const float *model_factors,
			  const float *question_factors)
{
	struct lrmf *lrmf = memory_zero(1, sizeof *lrmf);

	*lrmf = (struct lrmf){
		.models = models, .questions = questions, .rank = rank,
		.model = memory_allocate(models * rank, sizeof(float)),
		.question = memory_allocate(questions * (rank + 1), sizeof(float)),
	};
	memcpy(lrmf->model, model_factors, models * rank * sizeof(float));
	memcpy(lrmf->question, question_factors, questions * (rank + 1) * sizeof(float));
	return lrmf;
}

void lrmf_free(struct lrmf *lrmf)
{
	if (!lrmf)
		return;
	free(lrmf->model);
	free(lrmf->question);
	free(lrmf->objective);
	free(lrmf);
}

size_t lrmf_rank(const struct lrmf *lrmf)
{
	return lrmf->rank;
}

size_t lrmf_question_count(const struct lrmf *lrmf)
{
	return lrmf->questions;
}

const float *lrmf_models(const struct lrmf *lrmf)
{
	return lrmf->model;
}

const float *lrmf_questions(const struct lrmf *lrmf)
{
	return lrmf->question;
}

const double *lrmf_objective(const struct lrmf *lrmf, size_t *count)
{
	*count = lrmf->passes;
	return lrmf->objective;
}
