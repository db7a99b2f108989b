/* Which answers tell most of the share of a set of questions that is solved.
 *
 * An answer is z_i = p_i + e_i: p varies with the draws, P_i being its row, and e
 * is chance of variance d_i.  The share's open part is b'theta + sum e_i / n over
 * the questions not asked.  Asking question i takes its own p_i and e_i out of that
 * part and conditions theta on z_i: C -> C - C P_i P_i'C / (d_i + P_i'C P_i).
 */
#include "answers/question_choice.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <cblas.h>

#include "solve/lapack.h"
#include "data/random.h"
#include "stemma/base/memory.h"

#define DRAWS 128 /* half of them mirrored: their mean is the mean */
#define SEED 20071

/* ---- draws ------------------------------------------------------------------------- */

/* factors + L z and factors - L z with L L' = covariance: draws x rank. */
static double *draw_factors(size_t rank, const double *factors, const double *covariance)
{
	double *root = memory_allocate(rank * rank, sizeof *root);
	double *drawn = memory_allocate(DRAWS * rank, sizeof *drawn), *z = memory_allocate(rank, sizeof *z);
	uint64_t random = SEED;

	memcpy(root, covariance, rank * rank * sizeof *root);
	if (lapack_done(LAPACKE_dpotrf(LAPACK_ROW_MAJOR, 'L', (int)rank, root, (int)rank)) != 0)
		memset(root, 0, rank * rank * sizeof *root);
	for (size_t k = 0; k < DRAWS; k += 2) {
		for (size_t j = 0; j < rank; j++)
			z[j] = (double)random_normal(&random);
		cblas_dtrmv(CblasRowMajor, CblasLower, CblasNoTrans, CblasNonUnit, (int)rank, root, (int)rank, z, 1);
		for (size_t j = 0; j < rank; j++) {
			drawn[k * rank + j] = factors[j] + z[j];
			drawn[(k + 1) * rank + j] = factors[j] - z[j];
		}
	}
	free(root);
	free(z);
	return drawn;
}

void question_draws_make(const struct lrmf *lrmf, const double *factors, const double *covariance,
			 struct question_draws *draws)
{
	size_t rank = lrmf_rank(lrmf), questions = lrmf_question_count(lrmf);
	double *drawn = draw_factors(rank, factors, covariance), *x = memory_allocate(rank, sizeof *x);

	*draws = (struct question_draws){
		.questions = questions, .draws = DRAWS,
		.deviations = memory_allocate(questions * DRAWS, sizeof(double)),
		.noise = memory_zero(questions, sizeof(double)),
	};
	for (size_t i = 0; i < questions; i++) {
		const float *question = lrmf_questions(lrmf) + i * (rank + 1);
		double *row = draws->deviations + i * DRAWS, mean = 0;
		for (size_t j = 0; j < rank; j++)
			x[j] = (double)question[j];
		cblas_dgemv(CblasRowMajor, CblasNoTrans, DRAWS, (int)rank, 1, drawn, (int)rank, x, 1, 0, row, 1);
		for (size_t k = 0; k < DRAWS; k++) {
			row[k] = 1 / (1 + exp(-row[k] - (double)question[rank]));
			mean += row[k] / DRAWS;
			draws->noise[i] += row[k] * (1 - row[k]) / DRAWS;
		}
		for (size_t k = 0; k < DRAWS; k++)
			row[k] = (row[k] - mean) / sqrt(DRAWS);
	}
	free(drawn);
	free(x);
}

void question_draws_free(struct question_draws *draws)
{
	free(draws->deviations);
	free(draws->noise);
}

/* ---- choosing ------------------------------------------------------------------------ */

struct choice {
	const struct question_draws *draws;
	bool *asked;
	double *c;           /* draws x draws: C */
	double *b, *cb;      /* draws: the weights of the open part, and C b */
	double *t, *s;       /* questions: P_i'C b, P_i'C P_i */
	double *gain, *along; /* draws: C P_i; questions: P_j'C P_i */
	double noise;        /* sum of d_i / n^2 over the open questions */
};

static const double *row_of(const struct choice *choice, size_t question)
{
	return choice->draws->deviations + question * choice->draws->draws;
}

/* Takes a question out of the open part. */
static void close_question(struct choice *choice, size_t question)
{
	double n = (double)choice->draws->questions;

	choice->asked[question] = true;
	choice->noise -= choice->draws->noise[question] / (n * n);
	cblas_daxpy((int)choice->draws->draws, -1 / n, row_of(choice, question), 1, choice->b, 1);
}

static void measure(struct choice *choice)
{
	int count = (int)choice->draws->draws, questions = (int)choice->draws->questions;

	cblas_dsymv(CblasRowMajor, CblasLower, count, 1, choice->c, count, choice->b, 1, 0, choice->cb, 1);
	cblas_dgemv(CblasRowMajor, CblasNoTrans, questions, count, 1, choice->draws->deviations, count,
		    choice->cb, 1, 0, choice->t, 1);
}

static void choice_begin(const struct question_draws *draws, const struct lrmf_known *known,
			 struct choice *choice)
{
	size_t count = draws->draws, questions = draws->questions;
	double n = (double)questions;

	*choice = (struct choice){
		.draws = draws, .asked = memory_zero(questions, sizeof(bool)),
		.c = memory_zero(count * count, sizeof(double)), .b = memory_zero(count, sizeof(double)),
		.cb = memory_zero(count, sizeof(double)), .t = memory_zero(questions, sizeof(double)),
		.s = memory_zero(questions, sizeof(double)), .gain = memory_zero(count, sizeof(double)),
		.along = memory_zero(questions, sizeof(double)),
	};
	for (size_t k = 0; k < count; k++)
		choice->c[k * count + k] = 1;
	for (size_t i = 0; i < questions; i++) {
		const double *row = row_of(choice, i);
		cblas_daxpy((int)count, 1 / n, row, 1, choice->b, 1);
		choice->s[i] = cblas_ddot((int)count, row, 1, row, 1);
		choice->noise += draws->noise[i] / (n * n);
	}
	for (size_t k = 0; k < known->count; k++)
		close_question(choice, known->questions[k]);
	measure(choice);
}

static void choice_end(struct choice *choice)
{
	free(choice->asked);
	free(choice->c);
	free(choice->b);
	free(choice->cb);
	free(choice->t);
	free(choice->s);
	free(choice->gain);
	free(choice->along);
}

static double open_variance(const struct choice *choice)
{
	double variance = cblas_ddot((int)choice->draws->draws, choice->b, 1, choice->cb, 1) + choice->noise;

	return fmax(variance, 0);
}

/* The question after which the variance of the open part is least. */
static size_t best_question(const struct choice *choice)
{
	size_t questions = choice->draws->questions, best = questions;
	double n = (double)questions, least = INFINITY;

	for (size_t i = 0; i < questions; i++) {
		double d = fmax(choice->draws->noise[i], 1e-9), t = choice->t[i] - choice->s[i] / n;
		if (choice->asked[i])
			continue;
		double change = (choice->s[i] / n - 2 * choice->t[i]) / n - t * t / (d + choice->s[i]) - d / (n * n);
		if (change < least) {
			least = change;
			best = i;
		}
	}
	return best;
}

/* Conditions on the answer to the question and takes it out. */
static void ask(struct choice *choice, size_t question)
{
	const struct question_draws *draws = choice->draws;
	int count = (int)draws->draws;
	double spread = fmax(draws->noise[question], 1e-9) + choice->s[question];

	cblas_dsymv(CblasRowMajor, CblasLower, count, 1, choice->c, count, row_of(choice, question), 1, 0,
		    choice->gain, 1);
	cblas_dgemv(CblasRowMajor, CblasNoTrans, (int)draws->questions, count, 1, draws->deviations, count,
		    choice->gain, 1, 0, choice->along, 1);
	cblas_dsyr(CblasRowMajor, CblasLower, count, -1 / spread, choice->gain, 1, choice->c, count);
	for (size_t i = 0; i < draws->questions; i++)
		choice->s[i] = fmax(choice->s[i] - choice->along[i] * choice->along[i] / spread, 0);
	close_question(choice, question);
	measure(choice);
}

size_t question_choose(const struct question_draws *draws, const struct lrmf_known *known, size_t budget,
		       uint32_t *chosen, double *deviation)
{
	struct choice choice;
	size_t count = 0;

	choice_begin(draws, known, &choice);
	deviation[0] = sqrt(open_variance(&choice));
	while (count < budget) {
		size_t question = best_question(&choice);
		if (question == draws->questions)
			break;
		ask(&choice, question);
		chosen[count++] = (uint32_t)question;
		deviation[count] = sqrt(open_variance(&choice));
	}
	choice_end(&choice);
	return count;
}

double question_share(size_t questions, const double *probabilities, const struct lrmf_known *known)
{
	double sum = 0;

	for (size_t i = 0; i < questions; i++)
		sum += probabilities[i];
	for (size_t k = 0; k < known->count; k++)
		sum += (double)known->answers[k] - probabilities[known->questions[k]];
	return sum / (double)questions;
}
