#include "stemma/engine/answers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cblas.h>

#include "answers/answer_model.h"
#include "answers/answer_twins.h"
#include "answers/network.h"
#include "model/fit.h"
#include "solve/lapack.h"
#include "data/random.h"
#include "data/statistics.h"
#include "stemma/base/clock.h"
#include "stemma/base/memory.h"

#define HELD_OUT_SHARE 0.25
#define VALIDATION_SHARE 0.2
#define TARGETS_MIN 8
#define QUESTION_RIDGE 1.0
#define PASSES_MAX 300

/* Candidates for validation to choose from. */
static const size_t rank_grid[] = {8, 32};
static const double lambda_grid[] = {1, 4, 16};
static const double tolerance_grid[] = {3e-4, 3e-3};
#define LENGTH(grid) (sizeof(grid) / sizeof *(grid))

static const char *const method_words[] = {
#define X(symbol, word, help) word,
	ANSWER_METHOD_TABLE(X)
#undef X
};

const char *answer_method_name(enum answer_method method)
{
	return method < ANSWER_METHOD_COUNT ? method_words[method] : "unknown";
}

/* Training rows, and rows to predict. */
struct rows {
	uint32_t *train, *target;
	size_t trained, targets;
};

struct evaluation {
	const struct answer_data *data;
	const struct answer_settings *settings;
	struct progress *progress;
	struct rows rows;
	int32_t *row_of;      /* by model: its row, or -1 */
	uint32_t *twin;       /* by row: the first that answers all alike */
	double *covariance;   /* rows x rows: K of the method at hand; NULL identity */
	bool plain_factors;   /* K only predicts the targets, it does not shape the factors */
	double *difficulty;   /* questions: share of the training models that solve it */
	double *observed, *predicted; /* targets x questions, scratch of the figures */
};

static bool solved(const struct lrmf_data *answers, size_t row, size_t question)
{
	return answers->answers[row][question / 64] >> (question % 64) & 1;
}

static double share_solved(const struct lrmf_data *answers, size_t row)
{
	size_t count = 0;

	for (size_t i = 0; i < answers->questions; i++)
		count += solved(answers, row, i);
	return (double)count / (double)answers->questions;
}

/* Whether a row's model has a parent with answers among the rows given. */
static bool has_parent(const struct evaluation *evaluation, uint32_t row)
{
	size_t count;
	const struct lineage_parent *parents =
		lineage_parents(evaluation->data->engine.lineage, evaluation->data->model[row], &count);

	for (size_t p = 0; p < count; p++)
		if (parents[p].trust > TRUST_ROOT && evaluation->row_of[parents[p].node] >= 0)
			return true;
	return false;
}

/* Moves a share of the linked rows of `from` to targets, and drops what answers as one of these does. */
static void split_rows(const struct evaluation *evaluation, const uint32_t *from, size_t count,
		       double share, uint64_t *random, struct rows *rows)
{
	*rows = (struct rows){
		.train = memory_allocate(count, sizeof *rows->train),
		.target = memory_allocate(count, sizeof *rows->target),
	};
	bool *held_out = memory_zero(evaluation->data->answers.models + 1, sizeof *held_out);
	for (size_t i = 0; i < count; i++) {
		uint32_t first = evaluation->twin[from[i]];
		if (first != from[i] && held_out[first])
			continue;
		if (first == from[i] && has_parent(evaluation, from[i]) && random_fraction(random) < share) {
			held_out[first] = true;
			rows->target[rows->targets++] = from[i];
		} else {
			rows->train[rows->trained++] = from[i];
		}
	}
	free(held_out);
}

static void rows_free(struct rows *rows)
{
	free(rows->train);
	free(rows->target);
}

/* ---- priors ------------------------------------------------------------------------------------ */

/* K over all rows as an engine fit that has not seen the targets' scores sees
 * it, scaled to a mean diagonal of 1. */
static enum status make_covariance(struct evaluation *evaluation, enum answer_method method,
				   struct error *error)
{
	const struct answer_data *data = evaluation->data;
	size_t rows = data->answers.models, cells = rows * rows;
	struct engine_data engine = data->engine;
	struct engine_settings settings = {.seed = evaluation->settings->seed};
	bool *excluded = memory_zero(engine.models, sizeof *excluded);
	struct lineage *shuffled = NULL;
	struct engine_fit *fit = NULL;
	double trace = 0;

	free(evaluation->covariance);
	evaluation->covariance = NULL;
	for (size_t i = 0; i < engine.models && engine.excluded; i++)
		excluded[i] = engine.excluded[i];
	for (size_t i = 0; i < evaluation->rows.targets; i++)
		excluded[data->model[evaluation->rows.target[i]]] = true;
	for (size_t i = 0; i < rows; i++) /* nor from those that are left out of the share */
		excluded[data->model[i]] = excluded[data->model[i]] || evaluation->row_of[data->model[i]] < 0;
	engine.excluded = excluded;
	settings.prior = method == ANSWER_METHOD_LAPLACIAN ? PRIOR_LAPLACIAN : PRIOR_KIN;
	if (method == ANSWER_METHOD_SHUFFLED) {
		uint64_t random = evaluation->settings->seed + 99;
		engine.lineage = shuffled = random_lineage(engine.lineage, &random);
	}
	enum status status = engine_fit_new(&engine, &settings, NULL, 0, true, evaluation->progress, &fit, error);
	if (status == STATUS_OK) {
		evaluation->covariance = memory_allocate(cells, sizeof(double));
		factors_prior_covariance(fit->factors, method == ANSWER_METHOD_PEDIGREE, data->model, rows,
					 evaluation->covariance);
	}
	for (size_t i = 0; status == STATUS_OK && i < rows; i++)
		trace += evaluation->covariance[i * rows + i];
	for (size_t i = 0; status == STATUS_OK && i < cells; i++)
		evaluation->covariance[i] *= (double)rows / trace;
	engine_fit_free(fit);
	lineage_free(shuffled);
	free(excluded);
	return status;
}

/* K among training rows; NULL for the identity.  The caller frees. */
static double *training_covariance(const struct evaluation *evaluation, const struct rows *rows)
{
	size_t count = rows->trained, all = evaluation->data->answers.models;

	if (!evaluation->covariance)
		return NULL;
	double *part = memory_allocate(count * count, sizeof *part);
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < count; j++)
			part[i * count + j] = evaluation->covariance[rows->train[i] * all + rows->train[j]] +
					      (i == j ? 1e-3 : 0);
	return part;
}

/* ---- independent of the factors ------------------------------------------------------------ */

/* What K tells of the rows; shared by all trials of rank and lambda. */
struct groundwork {
	struct lrmf_prior *prior; /* of the training rows; NULL = the identity */
	double *weights;          /* targets x trained: K^-1 k of each target; NULL = all 0 */
	double *variance;         /* targets: what the training rows leave, in units of 1 / lambda */
};

static void groundwork_free(struct groundwork *groundwork)
{
	lrmf_prior_free(groundwork->prior);
	free(groundwork->weights);
	free(groundwork->variance);
}

/* Kriging: all targets' weights from one factor of K, which `covariance` becomes. */
static enum status weigh_targets(const struct evaluation *evaluation, const struct rows *rows, double *covariance,
				 struct groundwork *groundwork, struct error *error)
{
	size_t trained = rows->trained, targets = rows->targets, all = evaluation->data->answers.models;
	double *cross = memory_allocate(targets * trained, sizeof *cross);
	enum status status = STATUS_OK;

	for (size_t t = 0; t < targets; t++)
		for (size_t i = 0; i < trained; i++)
			cross[t * trained + i] = evaluation->covariance[rows->target[t] * all + rows->train[i]];
	groundwork->weights = memory_allocate(targets * trained, sizeof *cross);
	memcpy(groundwork->weights, cross, targets * trained * sizeof *cross);
	if (lapack_done(LAPACKE_dposv(LAPACK_COL_MAJOR, 'L', (int)trained, (int)targets, covariance, (int)trained,
				      groundwork->weights, (int)trained)) != 0)
		status = error_set(error, STATUS_SOFTWARE, "the prior of the answers is not positive definite");
	for (size_t t = 0; t < targets && status == STATUS_OK; t++) {
		double own = evaluation->covariance[rows->target[t] * all + rows->target[t]];
		double known = cblas_ddot((int)trained, cross + t * trained, 1, groundwork->weights + t * trained, 1);
		groundwork->variance[t] = fmax(own - known, 1e-3);
	}
	free(cross);
	return status;
}

static enum status lay_groundwork(const struct evaluation *evaluation, const struct rows *rows,
				  struct groundwork *groundwork, struct error *error)
{
	double *covariance = training_covariance(evaluation, rows);
	enum status status = STATUS_OK;

	*groundwork = (struct groundwork){.variance = memory_allocate(rows->targets, sizeof(double))};
	for (size_t t = 0; t < rows->targets; t++)
		groundwork->variance[t] = 1;
	if (covariance && !evaluation->plain_factors)
		status = lrmf_prior_new(covariance, rows->trained, &groundwork->prior, error);
	if (covariance && status == STATUS_OK && rows->targets > 0)
		status = weigh_targets(evaluation, rows, covariance, groundwork, error);
	free(covariance);
	return status;
}

/* ---- a factorisation and its predictions ------------------------------------------------ */

struct factorisation {
	struct lrmf *lrmf;
	double lambda;
	double *mean;           /* targets x rank: prior means of the targets */
	const double *variance; /* targets: their prior variance, in units of 1 / lambda; borrowed */
};

static void factorisation_free(struct factorisation *factorisation)
{
	lrmf_free(factorisation->lrmf);
	free(factorisation->mean);
}

/* The targets' prior given the fitted factors of the others. */
static void locate_targets(const struct rows *rows, const struct groundwork *groundwork,
			   struct factorisation *factorisation)
{
	size_t rank = lrmf_rank(factorisation->lrmf), trained = rows->trained, targets = rows->targets;
	const float *models = lrmf_models(factorisation->lrmf);

	factorisation->mean = memory_zero(targets * rank, sizeof(double));
	factorisation->variance = groundwork->variance;
	if (!groundwork->weights)
		return;
	double *factors = memory_allocate(trained * rank, sizeof *factors);
	for (size_t i = 0; i < trained * rank; i++)
		factors[i] = (double)models[i];
	cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)targets, (int)rank, (int)trained, 1,
		    groundwork->weights, (int)trained, factors, (int)rank, 0, factorisation->mean, (int)rank);
	free(factors);
}

static enum status factorise(const struct evaluation *evaluation, const struct rows *rows,
			     const struct groundwork *groundwork, const struct answer_choice *choice,
			     struct factorisation *factorisation, struct error *error)
{
	const uint64_t **answers = memory_allocate(rows->trained, sizeof *answers);
	struct lrmf_data data = {rows->trained, evaluation->data->answers.questions, answers};
	struct lrmf_settings settings = {
		.rank = choice->rank, .lambda = choice->lambda, .mu = QUESTION_RIDGE, .tie = evaluation->settings->tie,
		.passes_max = PASSES_MAX,
		.tolerance = choice->tolerance, .seed = evaluation->settings->seed,
	};

	*factorisation = (struct factorisation){.lambda = choice->lambda};
	for (size_t i = 0; i < rows->trained; i++)
		answers[i] = evaluation->data->answers.answers[rows->train[i]];
	enum status status = lrmf_fit(&data, groundwork->prior, &settings, evaluation->progress, &factorisation->lrmf,
				      error);
	if (status == STATUS_OK)
		locate_targets(rows, groundwork, factorisation);
	free(answers);
	return status;
}

/* The first `count` questions of the target's own random order. */
static void draw_known(const struct evaluation *evaluation, uint32_t row, size_t count, uint32_t *questions,
		       uint8_t *answers)
{
	size_t all = evaluation->data->answers.questions;
	uint64_t random = evaluation->settings->seed + 0x5851F42Du * (row + 1u);
	uint32_t *order = memory_allocate(all, sizeof *order);

	for (size_t i = 0; i < all; i++)
		order[i] = (uint32_t)i;
	for (size_t i = 0; i < count; i++) {
		size_t j = i + random_next(&random) % (all - i);
		uint32_t swap = order[i];
		order[i] = order[j];
		order[j] = swap;
		questions[i] = order[i];
		answers[i] = solved(&evaluation->data->answers, row, order[i]);
	}
	free(order);
}

static void predict_target(const struct factorisation *factorisation, size_t target,
			   const struct lrmf_known *known, double *probabilities)
{
	size_t rank = lrmf_rank(factorisation->lrmf);
	double *factors = memory_allocate(rank, sizeof *factors);
	double *covariance = memory_allocate(rank * rank, sizeof *covariance);

	lrmf_locate(factorisation->lrmf, factorisation->mean + target * rank,
		    factorisation->variance[target] / factorisation->lambda, known, factors, covariance);
	lrmf_predict(factorisation->lrmf, factors, covariance, probabilities);
	free(factors);
	free(covariance);
}

/* Mean log likelihood of the targets' answers with 0 and with 25 known: what
 * rank and lambda are chosen by. */
static double validation_score(const struct evaluation *evaluation, const struct rows *rows,
			       const struct factorisation *factorisation)
{
	size_t questions = evaluation->data->answers.questions;
	double *probabilities = memory_allocate(questions, sizeof *probabilities), sum = 0;
	uint32_t index[25];
	uint8_t answers[25];

	for (size_t t = 0; t < rows->targets; t++)
		for (size_t count = 0; count <= 25; count += 25) {
			struct lrmf_known known = {count < questions ? count : questions, index, answers};
			draw_known(evaluation, rows->target[t], known.count, index, answers);
			predict_target(factorisation, t, &known, probabilities);
			for (size_t i = 0; i < questions; i++) {
				double p = probabilities[i];
				p = solved(&evaluation->data->answers, rows->target[t], i) ? p : 1 - p;
				sum += log(fmax(p, 1e-9));
			}
		}
	free(probabilities);
	return sum;
}

static enum status choose(const struct evaluation *evaluation, struct answer_choice *choice,
			  struct error *error)
{
	size_t stops = LENGTH(tolerance_grid), lambdas = LENGTH(lambda_grid);
	uint64_t random = evaluation->settings->seed + 7;
	double best = -HUGE_VAL;
	struct groundwork groundwork;
	struct rows rows;

	split_rows(evaluation, evaluation->rows.train, evaluation->rows.trained, VALIDATION_SHARE, &random,
		   &rows);
	enum status status = lay_groundwork(evaluation, &rows, &groundwork, error);
	for (size_t i = 0; i < LENGTH(rank_grid) * lambdas * stops && status == STATUS_OK; i++) {
		struct factorisation trial = {0};
		struct answer_choice tried = {rank_grid[i / stops / lambdas], lambda_grid[i / stops % lambdas],
					      tolerance_grid[i % stops]};
		status = factorise(evaluation, &rows, &groundwork, &tried, &trial, error);
		double score = status == STATUS_OK ? validation_score(evaluation, &rows, &trial) : -HUGE_VAL;
		if (score > best) {
			best = score;
			*choice = tried;
		}
		factorisation_free(&trial);
	}
	groundwork_free(&groundwork);
	rows_free(&rows);
	return status;
}

/* ---- baselines ------------------------------------------------------------------------------------------ */

static double logit(double p)
{
	p = fmin(fmax(p, 1e-4), 1 - 1e-4);
	return log(p / (1 - p));
}

/* Half difficulty, half the mean answer of the parents that were learned from. */
static void predict_parents(const struct evaluation *evaluation, uint32_t row, const bool *learned,
			    double *probabilities)
{
	const struct answer_data *data = evaluation->data;
	size_t count, found = 0;
	const struct lineage_parent *parents = lineage_parents(data->engine.lineage, data->model[row], &count);

	memcpy(probabilities, evaluation->difficulty, data->answers.questions * sizeof *probabilities);
	for (size_t p = 0; p < count; p++)
		found += evaluation->row_of[parents[p].node] >= 0 && learned[evaluation->row_of[parents[p].node]];
	for (size_t p = 0; p < count; p++) {
		int32_t parent = evaluation->row_of[parents[p].node];
		if (parent < 0 || !learned[parent])
			continue;
		for (size_t i = 0; i < data->answers.questions; i++)
			probabilities[i] += 0.5 / (double)found *
				((double)solved(&data->answers, (size_t)parent, i) - evaluation->difficulty[i]);
	}
}

/* The score by regression, over the training models, on their share of the
 * known questions; then all difficulties moved alike to that score. */
static void predict_sample(const struct evaluation *evaluation, const struct lrmf_known *known,
			   double *probabilities)
{
	const struct lrmf_data *answers = &evaluation->data->answers;
	const struct rows *rows = &evaluation->rows;
	size_t questions = answers->questions;
	double x = 0, y = 0, xx = 0, xy = 0, n = (double)rows->trained, own = 0, shift = 0;

	memcpy(probabilities, evaluation->difficulty, questions * sizeof *probabilities);
	if (known->count == 0)
		return;
	for (size_t i = 0; i < rows->trained; i++) {
		double sample = 0, score = share_solved(answers, rows->train[i]);
		for (size_t k = 0; k < known->count; k++)
			sample += solved(answers, rows->train[i], known->questions[k]);
		sample /= (double)known->count;
		x += sample, y += score, xx += sample * sample, xy += sample * score;
	}
	for (size_t k = 0; k < known->count; k++)
		own += known->answers[k] / (double)known->count;
	double spread = xx - x * x / n;
	double score = y / n + (spread > 1e-12 ? (xy - x * y / n) / spread * (own - x / n) : 0);
	for (int step = 0; step < 60; step++) {
		double mean = 0;
		for (size_t i = 0; i < questions; i++)
			mean += 1 / (1 + exp(-logit(evaluation->difficulty[i]) - shift)) / (double)questions;
		shift += logit(score) - logit(mean);
	}
	for (size_t i = 0; i < questions; i++)
		probabilities[i] = 1 / (1 + exp(-logit(evaluation->difficulty[i]) - shift));
}

/* ---- the network ---------------------------------------------------------------------------------- */

#define NETWORK_VISITS 600000
#define NETWORK_CELLS 400000 /* answers that it looks at, drawn */

static void tell_answers(const struct evaluation *evaluation, size_t count, uint64_t *random, struct network_cell *cells,
			 size_t *told)
{
	const struct lrmf_data *answers = &evaluation->data->answers;
	const struct rows *rows = &evaluation->rows;
	double share = NETWORK_CELLS / ((double)rows->trained * (double)answers->questions);
	uint32_t *index = memory_allocate(count + 1, sizeof *index);
	uint8_t *own = memory_allocate(count + 1, sizeof *own);

	for (size_t i = 0; i < rows->trained; i++)
		for (uint32_t q = 0; q < answers->questions; q++)
			if ((share >= 1 || random_fraction(random) < share) && *told < 2 * NETWORK_CELLS)
				cells[(*told)++] = (struct network_cell){rows->train[i], q, solved(answers, rows->train[i], q)};
	for (size_t t = 0; t < rows->targets; t++) {
		draw_known(evaluation, rows->target[t], count, index, own);
		for (size_t k = 0; k < count && *told < 4 * NETWORK_CELLS; k++)
			cells[(*told)++] = (struct network_cell){rows->target[t], index[k], own[k]};
	}
	free(index);
	free(own);
}

/* Trains on the answers of the others and `count` of each target. */
static enum status train_network(const struct evaluation *evaluation, size_t count, struct network **network,
				 struct error *error)
{
	const struct answer_data *data = evaluation->data;
	struct network_data own = {.rows = data->answers.models, .columns = data->answers.questions, .binary = true};
	float *rows = network_describe_models(&data->engine, data->model, own.rows, &own.row_features);
	struct network_cell *cells = memory_allocate(4 * NETWORK_CELLS, sizeof *cells);
	uint64_t random = evaluation->settings->seed + 31;

	tell_answers(evaluation, count, &random, cells, &own.count);
	own.row_feature = rows;
	own.cell = cells;
	enum status status = network_learn(&own, NETWORK_VISITS, evaluation->settings->seed, evaluation->progress, network,
					   error);
	free(rows);
	free(cells);
	return status;
}

static void predict_by_network(const struct network *network, uint32_t row, size_t questions, double *probabilities)
{
	struct network_cell *cells = memory_allocate(questions + 1, sizeof *cells);

	for (uint32_t q = 0; q < questions; q++)
		cells[q] = (struct network_cell){row, q, 0};
	network_predict(network, cells, questions);
	for (size_t q = 0; q < questions; q++)
		probabilities[q] = (double)cells[q].value;
	free(cells);
}

/* ---- figures ---------------------------------------------------------------------------------------------- */

/* Predicts all targets with `known` answers and fills the figures. */
static void judge(struct evaluation *evaluation, enum answer_method method,
		  const struct factorisation *factorisation, const struct network *network, size_t count,
		  struct answer_result *result)
{
	const struct lrmf_data *answers = &evaluation->data->answers;
	size_t questions = answers->questions, cells = 0, targets = evaluation->rows.targets;
	double *probabilities = memory_allocate(questions, sizeof *probabilities);
	double *score = memory_allocate(targets, sizeof *score), *guess = memory_allocate(targets, sizeof *guess);
	uint32_t *index = memory_allocate(count, sizeof *index);
	uint8_t *own = memory_allocate(count, sizeof *own);
	bool *given = memory_zero(questions, sizeof *given), *learned = memory_zero(answers->models, sizeof *learned);

	for (size_t i = 0; i < evaluation->rows.trained; i++)
		learned[evaluation->rows.train[i]] = true;
	result->score_mae = 0;
	for (size_t t = 0; t < targets; t++) {
		uint32_t row = evaluation->rows.target[t];
		struct lrmf_known known = {count, index, own};
		double open = (double)(questions - count);
		draw_known(evaluation, row, count, index, own);
		if (factorisation)
			predict_target(factorisation, t, &known, probabilities);
		else if (network)
			predict_by_network(network, row, questions, probabilities);
		else if (method == ANSWER_METHOD_PARENTS)
			predict_parents(evaluation, row, learned, probabilities);
		else if (method == ANSWER_METHOD_SAMPLE)
			predict_sample(evaluation, &known, probabilities);
		else
			memcpy(probabilities, evaluation->difficulty, questions * sizeof *probabilities);
		memset(given, 0, questions * sizeof *given);
		for (size_t k = 0; k < count; k++)
			given[index[k]] = true;
		score[t] = guess[t] = 0;
		for (size_t i = 0; i < questions; i++) {
			if (given[i])
				continue;
			evaluation->observed[cells] = solved(answers, row, i);
			evaluation->predicted[cells] = probabilities[i];
			score[t] += evaluation->observed[cells] / open;
			guess[t] += evaluation->predicted[cells++] / open;
		}
		result->score_mae += 100 * fabs(score[t] - guess[t]) / (double)targets;
	}
	result->known = count;
	result->pearson = statistics_pearson(evaluation->observed, evaluation->predicted, cells);
	result->auc = statistics_auc(evaluation->observed, evaluation->predicted, cells);
	result->score_pearson = statistics_pearson(score, guess, targets);
	free(probabilities);
	free(score);
	free(guess);
	free(index);
	free(own);
	free(given);
	free(learned);
}

/* ---- the whole ------------------------------------------------------------------------------------------------ */

static enum status run_method(struct evaluation *evaluation, enum answer_method method,
			      void (*result)(void *context, const struct answer_result *), void *context,
			      struct error *error)
{
	struct answer_result row = {.method = method, .trained = evaluation->rows.trained,
				    .held_out = evaluation->rows.targets, .lambda = NAN};
	struct factorisation factorisation = {0};
	struct groundwork groundwork = {0};
	struct answer_choice choice = {0};
	bool factors = method >= ANSWER_METHOD_NONE;
	double begin = clock_seconds();
	enum status status = STATUS_OK;

	evaluation->plain_factors = method == ANSWER_METHOD_KRIGED;
	if (method >= ANSWER_METHOD_LAPLACIAN)
		status = make_covariance(evaluation, method, error);
	if (status == STATUS_OK && factors)
		status = choose(evaluation, &choice, error);
	if (status == STATUS_OK && factors)
		status = lay_groundwork(evaluation, &evaluation->rows, &groundwork, error);
	if (status == STATUS_OK && factors)
		status = factorise(evaluation, &evaluation->rows, &groundwork, &choice, &factorisation, error);
	if (factors) {
		row.rank = choice.rank;
		row.lambda = choice.lambda;
	}
	for (size_t k = 0; k < evaluation->settings->known_count && status == STATUS_OK; k++) {
		size_t count = evaluation->settings->known[k];
		struct network *network = NULL;
		if (count >= evaluation->data->answers.questions)
			continue;
		if (method == ANSWER_METHOD_NCF)
			status = train_network(evaluation, count, &network, error);
		if (status != STATUS_OK)
			break;
		judge(evaluation, method, factors ? &factorisation : NULL, network, count, &row);
		network_free(network);
		row.seconds = clock_seconds() - begin;
		result(context, &row);
	}
	factorisation_free(&factorisation);
	groundwork_free(&groundwork);
	return status;
}

/* All models as rows to learn from, with their places. */
static void evaluation_begin(struct evaluation *evaluation, uint32_t *all)
{
	const struct answer_data *data = evaluation->data;

	evaluation->row_of = memory_allocate(data->engine.models, sizeof(int32_t));
	for (size_t i = 0; i < data->engine.models; i++)
		evaluation->row_of[i] = -1;
	for (size_t i = 0; i < data->answers.models; i++) {
		all[i] = (uint32_t)i;
		evaluation->row_of[data->model[i]] = (int32_t)i;
	}
	evaluation->twin = answer_twins(&evaluation->data->answers);
}

enum status answers_choose(const struct answer_data *data, const double *covariance, uint64_t seed,
			   struct progress *progress, struct answer_choice *choice, struct error *error)
{
	size_t models = data->answers.models;
	struct answer_settings settings = {.seed = seed};
	struct evaluation evaluation = {
		.data = data, .settings = &settings, .progress = progress,
		.covariance = memory_allocate(models * models, sizeof(double)),
		.rows = {.train = memory_allocate(models, sizeof(uint32_t)), .trained = models},
	};

	memcpy(evaluation.covariance, covariance, models * models * sizeof(double));
	evaluation_begin(&evaluation, evaluation.rows.train);
	enum status status = choose(&evaluation, choice, error);
	rows_free(&evaluation.rows);
	free(evaluation.row_of);
	free(evaluation.twin);
	free(evaluation.covariance);
	return status;
}

/* Learns from a share of the models; smaller shares are subsets of larger ones. */
static void keep_share(struct evaluation *evaluation)
{
	struct rows *rows = &evaluation->rows;
	uint64_t random = evaluation->settings->seed + 17;
	size_t kept = 0;

	if (!(evaluation->settings->share > 0))
		return;
	for (size_t i = 0; i < rows->trained; i++) {
		uint32_t row = rows->train[i];
		if (random_fraction(&random) < evaluation->settings->share)
			rows->train[kept++] = row;
		else
			evaluation->row_of[evaluation->data->model[row]] = -1;
	}
	rows->trained = kept;
}

static void measure_difficulty(struct evaluation *evaluation)
{
	const struct lrmf_data *answers = &evaluation->data->answers;

	for (size_t i = 0; i < answers->questions; i++) {
		size_t count = 0;
		for (size_t t = 0; t < evaluation->rows.trained; t++)
			count += solved(answers, evaluation->rows.train[t], i);
		evaluation->difficulty[i] = (double)count / (double)evaluation->rows.trained;
	}
}

enum status answers_evaluate(const struct answer_data *data, const struct answer_settings *settings,
			     void (*result)(void *context, const struct answer_result *), void *context,
			     struct progress *progress, struct error *error)
{
	size_t rows = data->answers.models, questions = data->answers.questions;
	uint32_t *all = memory_allocate(rows, sizeof *all);
	uint64_t random = settings->seed;
	struct evaluation evaluation = {
		.data = data, .settings = settings, .progress = progress,
		.difficulty = memory_allocate(questions, sizeof(double)),
	};
	enum status status = STATUS_OK;

	evaluation_begin(&evaluation, all);
	split_rows(&evaluation, all, rows, HELD_OUT_SHARE, &random, &evaluation.rows);
	if (evaluation.rows.targets < TARGETS_MIN)
		status = error_set(error, STATUS_DATA, "only %zu models with answers have a parent with answers",
				   evaluation.rows.targets);
	keep_share(&evaluation);
	if (status == STATUS_OK && evaluation.rows.trained < TARGETS_MIN)
		status = error_set(error, STATUS_DATA, "only %zu models with answers are left to learn from",
				   evaluation.rows.trained);
	evaluation.observed = memory_allocate(evaluation.rows.targets * questions, sizeof(double));
	evaluation.predicted = memory_allocate(evaluation.rows.targets * questions, sizeof(double));
	if (status == STATUS_OK)
		measure_difficulty(&evaluation);
	for (enum answer_method method = 0; method < ANSWER_METHOD_COUNT && status == STATUS_OK; method++)
		if (settings->methods ? settings->methods[method] : method != ANSWER_METHOD_NCF)
			status = run_method(&evaluation, method, result, context, error);
	rows_free(&evaluation.rows);
	free(evaluation.row_of);
	free(evaluation.twin);
	free(evaluation.covariance);
	free(evaluation.difficulty);
	free(evaluation.observed);
	free(evaluation.predicted);
	free(all);
	return status;
}
