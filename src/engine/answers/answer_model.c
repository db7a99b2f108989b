#include "stemma/engine/answer_model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "answers/answer_model.h"
#include "model/fit.h"
#include "solve/lapack.h"
#include "stemma/base/memory.h"

#define MODELS_MIN 40
#define QUESTION_RIDGE 1.0
#define PASSES_MAX 300
#define NUGGET 1e-3 /* keeps K of re-uploads positive definite */
#define STATE_VERSION 1
#define PI 3.14159265358979

struct answer_model {
	const struct engine_fit *fit;
	struct lrmf *lrmf;
	double lambda;
	uint64_t fingerprint; /* of the answers */
	size_t count;         /* learned models */
	uint32_t *model; /* their numbers in the data */
	int32_t *place;       /* by model of the data: its place among the learned, or -1 */
	double *observed;     /* points */
	double scale;         /* of K: mean diagonal 1 */
	double *inverse;      /* count x count: K^-1 */
	double *solution;     /* count x rank: K^-1 M */
	double *left_mean, *left_deviation; /* count: each predicted from all others, points */
	struct spread spread;
};

/* ---- what is learned from --------------------------------------------------- */

/* FNV-1a of the answers. */
static uint64_t fingerprint_of(const struct lrmf_data *answers)
{
	size_t words = (answers->questions + 63) / 64;
	uint64_t hash = 14695981039346656037u;

	for (size_t u = 0; u < answers->models; u++)
		for (size_t w = 0; w < words; w++)
			hash = (hash ^ answers->answers[u][w]) * 1099511628211u;
	return hash;
}

static double share_solved(const uint64_t *answers, size_t questions)
{
	size_t solved = 0;

	for (size_t i = 0; i < questions; i++)
		solved += answers[i / 64] >> (i % 64) & 1;
	return (double)solved / (double)questions;
}

/* Takes the models that have a row in the fit; `taken` gets their answers. */
static void take_models(struct answer_model *model, const struct lrmf_data *answers, const uint32_t *models,
			const uint64_t **taken)
{
	model->model = memory_allocate(answers->models, sizeof *model->model);
	model->observed = memory_allocate(answers->models, sizeof *model->observed);
	model->place = memory_allocate(model->fit->data.models, sizeof *model->place);
	for (size_t i = 0; i < model->fit->data.models; i++)
		model->place[i] = -1;
	for (size_t i = 0; i < answers->models; i++) {
		if (model->fit->model_row[models[i]] < 0)
			continue;
		model->place[models[i]] = (int32_t)model->count;
		model->model[model->count] = models[i];
		model->observed[model->count] = 100 * share_solved(answers->answers[i], answers->questions);
		taken[model->count++] = answers->answers[i];
	}
}

/* K over the learned models, with a mean diagonal of 1. */
static void make_covariance(struct answer_model *model, double *covariance)
{
	size_t count = model->count;
	double trace = 0;

	factors_prior_covariance(model->fit->factors, false, model->model, count, covariance);
	for (size_t i = 0; i < count; i++)
		trace += covariance[i * count + i];
	model->scale = (double)count / trace;
	for (size_t i = 0; i < count * count; i++)
		covariance[i] *= model->scale;
	for (size_t i = 0; i < count; i++)
		covariance[i * count + i] += NUGGET;
}

/* ---- state ---------------------------------------------------------------------- */

struct state_header {
	char magic[8];
	uint32_t version, rank;
	uint64_t models, questions, fingerprint;
	double lambda;
};

void *answer_model_state(const struct answer_model *model, size_t *bytes)
{
	size_t rank = lrmf_rank(model->lrmf), questions = lrmf_question_count(model->lrmf);
	size_t models_bytes = model->count * rank * sizeof(float);
	size_t questions_bytes = questions * (rank + 1) * sizeof(float);
	struct state_header header = {
		.magic = "answers", .version = STATE_VERSION, .rank = (uint32_t)rank, .models = model->count,
		.questions = questions, .fingerprint = model->fingerprint, .lambda = model->lambda,
	};

	*bytes = sizeof header + models_bytes + questions_bytes;
	char *state = memory_allocate(*bytes, 1);
	memcpy(state, &header, sizeof header);
	memcpy(state + sizeof header, lrmf_models(model->lrmf), models_bytes);
	memcpy(state + sizeof header + models_bytes, lrmf_questions(model->lrmf), questions_bytes);
	return state;
}

/* No search ends near that; what does was not learned. */
#define FACTOR_MAX 1e6
static bool are_factors(const float *factors, size_t count)
{
	size_t i = 0;

	while (i < count && fabs((double)factors[i]) <= FACTOR_MAX)
		i++;
	return i == count;
}

/* Takes the factors of a state of the same answers; false when it is of others. */
static bool read_state(struct answer_model *model, const struct lrmf_data *answers, const void *state,
		       size_t bytes)
{
	struct state_header header;

	if (!state || bytes < sizeof header)
		return false;
	memcpy(&header, state, sizeof header);
	if (strncmp(header.magic, "answers", sizeof header.magic) != 0 || header.version != STATE_VERSION ||
	    header.models != answers->models || header.questions != answers->questions ||
	    header.fingerprint != model->fingerprint || header.rank == 0 || header.rank > 1024 ||
	    !(header.lambda >= 1 / FACTOR_MAX && header.lambda <= FACTOR_MAX) ||
	    bytes != sizeof header + (header.models * header.rank + header.questions * (header.rank + 1)) *
		    sizeof(float))
		return false;
	float *factors = memory_allocate(bytes - sizeof header, 1);
	memcpy(factors, (const char *)state + sizeof header, bytes - sizeof header);
	if (!are_factors(factors, (bytes - sizeof header) / sizeof *factors)) {
		free(factors);
		return false;
	}
	model->lrmf = lrmf_restore(answers->models, answers->questions, header.rank, factors,
				   factors + header.models * header.rank);
	model->lambda = header.lambda;
	free(factors);
	return true;
}

/* ---- learning -------------------------------------------------------------------- */

static enum status learn_factors(struct answer_model *model, const struct lrmf_data *answers,
				 const double *covariance, uint64_t seed, struct progress *progress,
				 struct error *error)
{
	struct answer_data data = {.engine = model->fit->data, .answers = *answers, .model = model->model};
	struct answer_choice choice = {0};
	enum status status = answers_choose(&data, covariance, seed, progress, &choice, error);
	struct lrmf_settings settings = {
		.rank = choice.rank, .lambda = choice.lambda, .mu = QUESTION_RIDGE, .passes_max = PASSES_MAX,
		.tolerance = choice.tolerance, .seed = seed,
	};

	struct lrmf_prior *prior = NULL;

	model->lambda = choice.lambda;
	if (status == STATUS_OK)
		status = lrmf_prior_new(covariance, answers->models, &prior, error);
	if (status == STATUS_OK)
		status = lrmf_fit(answers, prior, &settings, progress, &model->lrmf, error);
	lrmf_prior_free(prior);
	return status;
}

/* K^-1 and K^-1 M; the covariance becomes its factor. */
static enum status solve_factors(struct answer_model *model, double *covariance, struct error *error)
{
	int count = (int)model->count;
	size_t rank = lrmf_rank(model->lrmf), cells = model->count * model->count;
	const float *models = lrmf_models(model->lrmf);

	if (lapack_done(LAPACKE_dpotrf(LAPACK_COL_MAJOR, 'L', count, covariance, count)) != 0)
		return error_set(error, STATUS_SOFTWARE, "the prior of the answers is not positive definite");
	model->solution = memory_allocate(model->count * rank, sizeof *model->solution);
	for (size_t i = 0; i < model->count * rank; i++)
		model->solution[i] = (double)models[i];
	lapack_done(LAPACKE_dpotrs(LAPACK_ROW_MAJOR, 'U', count, (int)rank, covariance, count, model->solution, (int)rank));
	model->inverse = memory_allocate(cells, sizeof *model->inverse);
	memcpy(model->inverse, covariance, cells * sizeof *covariance);
	lapack_done(LAPACKE_dpotri(LAPACK_COL_MAJOR, 'L', count, model->inverse, count));
	for (size_t j = 0; j < model->count; j++)
		for (size_t i = j + 1; i < model->count; i++)
			model->inverse[i * model->count + j] = model->inverse[j * model->count + i];
	return STATUS_OK;
}

/* ---- predicting --------------------------------------------------------------------- */

/* Mean and standard deviation in points of the share that factors with this
 * mean and variance (of each factor) solve.  Each probability is averaged over
 * the variance, sigma(eta / sqrt(1 + pi v / 8)) (MacKay 1992); the deviation is
 * the slope of their mean (the delta method) plus the chance in each answer. */
static void share_of(const struct answer_model *model, const double *factors, double variance, double *mean,
		     double *deviation)
{
	size_t rank = lrmf_rank(model->lrmf), questions = lrmf_question_count(model->lrmf);
	double *slope = memory_zero(rank, sizeof *slope);
	double n = (double)questions, sum = 0, chance = 0, size = 0;

	for (size_t i = 0; i < questions; i++) {
		const float *question = lrmf_questions(model->lrmf) + i * (rank + 1);
		double eta = (double)question[rank], length = 0;
		for (size_t j = 0; j < rank; j++) {
			eta += factors[j] * (double)question[j];
			length += (double)question[j] * (double)question[j];
		}
		double p = 1 / (1 + exp(-eta / sqrt(1 + PI * variance * length / 8)));
		sum += p / n;
		chance += p * (1 - p) / (n * n);
		for (size_t j = 0; j < rank; j++)
			slope[j] += p * (1 - p) * (double)question[j] / n;
	}
	for (size_t j = 0; j < rank; j++)
		size += slope[j] * slope[j];
	*mean = 100 * sum;
	*deviation = 100 * sqrt(variance * size + chance);
	free(slope);
}

/* A learned model from all others: m_u - (K^-1 M)_u / (K^-1)_uu, and 1 / (K^-1)_uu. */
static double place_learned(const struct answer_model *model, size_t number, double *factors)
{
	size_t rank = lrmf_rank(model->lrmf);
	double precision = model->inverse[number * model->count + number];

	for (size_t j = 0; j < rank; j++)
		factors[j] = (double)lrmf_models(model->lrmf)[number * rank + j] -
			     model->solution[number * rank + j] / precision;
	return 1 / (precision * model->lambda);
}

/* Predicts each learned model from all others, and takes from that how wide
 * the intervals must be. */
static void calibrate(struct answer_model *model)
{
	struct judged *residuals = memory_allocate(model->count, sizeof *residuals);
	double *factors = memory_allocate(lrmf_rank(model->lrmf), sizeof *factors);

	model->left_mean = memory_allocate(model->count, sizeof *model->left_mean);
	model->left_deviation = memory_allocate(model->count, sizeof *model->left_deviation);
	for (size_t i = 0; i < model->count; i++) {
		double variance = place_learned(model, i, factors);
		share_of(model, factors, variance, &model->left_mean[i], &model->left_deviation[i]);
		residuals[i] = (struct judged){
			fabs(model->observed[i] - model->left_mean[i]) / model->left_deviation[i], 1};
	}
	model->spread = spread_of(residuals, model->count, model->count);
	free(residuals);
	free(factors);
}

static void add_evidence(struct answer_prediction *prediction, size_t model, double weight)
{
	size_t place = prediction->evidence_count;

	while (place > 0 && fabs(prediction->evidence[place - 1].weight) < fabs(weight)) {
		if (place < ANSWER_EVIDENCE_MAX)
			prediction->evidence[place] = prediction->evidence[place - 1];
		place--;
	}
	if (place == ANSWER_EVIDENCE_MAX)
		return;
	prediction->evidence[place] = (struct answer_evidence){model, weight};
	if (prediction->evidence_count < ANSWER_EVIDENCE_MAX)
		prediction->evidence_count++;
}

static size_t find_learned(const struct answer_model *model, size_t number)
{
	return number < model->fit->data.models && model->place[number] >= 0 ? (size_t)model->place[number]
									     : SIZE_MAX;
}

/* Kriging: factors and their variance from the prior covariances; the evidence
 * goes into `prediction` unless it is NULL. */
static double place_other(const struct answer_model *model, struct engine_query *query, double *factors,
			  struct answer_prediction *prediction)
{
	size_t rank = lrmf_rank(model->lrmf), count = model->count;
	double *cross = memory_allocate(count, sizeof *cross);
	double variance;

	memset(factors, 0, rank * sizeof *factors);
	query_prior_cross(query, model->model, count, cross, &variance);
	variance *= model->scale;
	for (size_t i = 0; i < count; i++)
		cross[i] *= model->scale;
	for (size_t i = 0; i < count; i++) {
		double weight = 0;
		for (size_t j = 0; j < count; j++)
			weight += model->inverse[i * count + j] * cross[j];
		variance -= cross[i] * weight;
		if (prediction)
			add_evidence(prediction, model->model[i], weight);
		for (size_t j = 0; j < rank; j++)
			factors[j] += cross[i] * model->solution[i * rank + j];
	}
	free(cross);
	return fmax(variance, NUGGET) / model->lambda;
}

bool answer_model_place_learned(const struct answer_model *model, size_t number, double *factors,
				double *variance)
{
	size_t learned = find_learned(model, number);

	if (learned != SIZE_MAX)
		*variance = place_learned(model, learned, factors);
	return learned != SIZE_MAX;
}

double answer_model_place(const struct answer_model *model, struct engine_query *query, double *factors)
{
	size_t learned = find_learned(model, query_model(query));

	return learned == SIZE_MAX ? place_other(model, query, factors, NULL)
				   : place_learned(model, learned, factors);
}

void answer_model_predict(const struct answer_model *model, struct engine_query *query,
			  struct answer_prediction *prediction)
{
	size_t learned = find_learned(model, query_model(query)), count = model->count;
	double mean, deviation;

	*prediction = (struct answer_prediction){.evidence_count = 0};
	if (learned == SIZE_MAX) {
		double *factors = memory_allocate(lrmf_rank(model->lrmf), sizeof *factors);
		double variance = place_other(model, query, factors, prediction);
		share_of(model, factors, variance, &mean, &deviation);
		free(factors);
	} else {
		mean = model->left_mean[learned];
		deviation = model->left_deviation[learned];
		for (size_t i = 0; i < count; i++)
			if (i != learned)
				add_evidence(prediction, model->model[i], -model->inverse[learned * count + i] /
					     model->inverse[learned * count + learned]);
	}
	prediction->share = (struct engine_estimate){
		.mean = mean, .sd = deviation,
		.low50 = fmax(mean - model->spread.half * deviation, 0),
		.high50 = fmin(mean + model->spread.half * deviation, 100),
		.low90 = fmax(mean - model->spread.ninety * deviation, 0),
		.high90 = fmin(mean + model->spread.ninety * deviation, 100),
	};
}

bool answer_model_residual(const struct answer_model *model, size_t number, struct engine_residual *residual)
{
	size_t learned = find_learned(model, number);

	if (learned == SIZE_MAX)
		return false;
	double mean = model->left_mean[learned], deviation = model->left_deviation[learned];
	*residual = (struct engine_residual){
		.observed = model->observed[learned], .predicted = mean, .sd = deviation,
		.z = (model->observed[learned] - mean) / deviation,
		.low90 = fmax(mean - model->spread.ninety * deviation, 0),
		.high90 = fmin(mean + model->spread.ninety * deviation, 100),
	};
	return true;
}

/* ---- the whole --------------------------------------------------------------------------- */

enum status answer_model_new(const struct engine_fit *fit, const struct lrmf_data *answers,
			     const uint32_t *models, const void *state, size_t state_bytes, uint64_t seed,
			     struct progress *progress, struct answer_model **result, struct error *error)
{
	struct answer_model *model = memory_zero(1, sizeof *model);
	const uint64_t **taken = memory_allocate(answers->models, sizeof *taken);
	double *covariance = NULL;
	enum status status = STATUS_OK;

	model->fit = fit;
	take_models(model, answers, models, taken);
	struct lrmf_data own = {model->count, answers->questions, taken};
	model->fingerprint = fingerprint_of(&own);
	if (model->count < MODELS_MIN)
		status = error_set(error, STATUS_DATA, "%zu models with answers and scores are too few to learn from",
				   model->count);
	if (status != STATUS_OK)
		goto cleanup;
	covariance = memory_allocate(model->count * model->count, sizeof *covariance);
	make_covariance(model, covariance);
	if (!read_state(model, &own, state, state_bytes))
		status = learn_factors(model, &own, covariance, seed, progress, error);
	if (status == STATUS_OK)
		status = solve_factors(model, covariance, error);
	if (status != STATUS_OK)
		goto cleanup;
	calibrate(model);
	*result = model;
	model = NULL;
cleanup:
	free(taken);
	free(covariance);
	answer_model_free(model);
	return status;
}

void answer_model_free(struct answer_model *model)
{
	if (!model)
		return;
	lrmf_free(model->lrmf);
	free(model->model);
	free(model->observed);
	free(model->place);
	free(model->left_mean);
	free(model->left_deviation);
	free(model->inverse);
	free(model->solution);
	free(model);
}

const struct lrmf *answer_model_lrmf(const struct answer_model *model)
{
	return model->lrmf;
}

size_t answer_model_learned(const struct answer_model *model)
{
	return model->count;
}

size_t answer_model_questions(const struct answer_model *model)
{
	return lrmf_question_count(model->lrmf);
}

double answer_model_observed(const struct answer_model *model, size_t number)
{
	size_t learned = find_learned(model, number);

	return learned == SIZE_MAX ? NAN : model->observed[learned];
}
