#include "answers/item_response.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <cblas.h>

#include "stemma/base/memory.h"

#define NODES 49
#define ABILITY_MAX 6.0
#define ROUNDS_MAX 200
#define NEWTON_STEPS 3
#define STILL 1e-3         /* no slope or level moved more: done */
#define SLOPE_PRECISION 1.0 /* a ~ N(1, 1) */
#define LEVEL_PRECISION 0.1 /* d ~ N(0, 10) */

struct item {
	double slope, level;
};

struct item_response {
	size_t questions;
	struct item *item;
	double ability[NODES], prior[NODES]; /* log prior, up to a constant */
	double *chance;                      /* questions x NODES: p */
	double *solves, *fails;              /* the same: log p and log (1 - p) */
	double expected[NODES];              /* of all questions, solved */
};

static double probability(const struct item *item, double ability)
{
	return 1 / (1 + exp(-item->slope * ability - item->level));
}

/* p at the nodes, and the logarithms of p and 1 - p, which stay finite. */
static void tabulate(struct item_response *items)
{
	memset(items->expected, 0, sizeof items->expected);
	for (size_t i = 0; i < items->questions; i++)
		for (size_t q = 0; q < NODES; q++) {
			double eta = items->item[i].slope * items->ability[q] + items->item[i].level;
			double tail = log1p(exp(-fabs(eta)));
			items->solves[i * NODES + q] = fmin(eta, 0) - tail;
			items->fails[i * NODES + q] = fmin(-eta, 0) - tail;
			items->chance[i * NODES + q] = exp(items->solves[i * NODES + q]);
			items->expected[q] += items->chance[i * NODES + q];
		}
}

/* Log weights become probabilities. */
static void normalize(double *weights)
{
	double most = weights[0], sum = 0;

	for (size_t q = 1; q < NODES; q++)
		most = fmax(most, weights[q]);
	for (size_t q = 0; q < NODES; q++)
		sum += weights[q] = exp(weights[q] - most);
	for (size_t q = 0; q < NODES; q++)
		weights[q] /= sum;
}

/* ---- learning ------------------------------------------------------------------------ */

/* models x questions, 0 or 1. */
static double *unpack(const struct lrmf_data *answers)
{
	double *solved = memory_allocate(answers->models * answers->questions, sizeof *solved);

	for (size_t u = 0; u < answers->models; u++)
		for (size_t i = 0; i < answers->questions; i++)
			solved[u * answers->questions + i] = (double)(answers->answers[u][i / 64] >> (i % 64) & 1);
	return solved;
}

/* Posteriors of the models' abilities: models x NODES. */
static void expect(const struct item_response *items, const double *solved, size_t models, double *posterior)
{
	size_t questions = items->questions;
	double *odds = memory_allocate(questions * NODES, sizeof *odds), failed[NODES] = {0};

	for (size_t i = 0; i < questions; i++)
		for (size_t q = 0; q < NODES; q++) {
			odds[i * NODES + q] = items->solves[i * NODES + q] - items->fails[i * NODES + q];
			failed[q] += items->fails[i * NODES + q];
		}
	cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)models, NODES, (int)questions, 1, solved,
		    (int)questions, odds, NODES, 0, posterior, NODES);
	for (size_t u = 0; u < models; u++) {
		for (size_t q = 0; q < NODES; q++)
			posterior[u * NODES + q] += failed[q] + items->prior[q];
		normalize(posterior + u * NODES);
	}
	free(odds);
}

/* Newton's method on the penalised logistic regression of one question, whose models are
 * expected at the nodes `count` times and solve it `right` times. */
static double maximize(const struct item_response *items, const double *count, const double *right,
		       struct item *item)
{
	const struct item before = *item;

	for (int step = 0; step < NEWTON_STEPS; step++) {
		double ga = SLOPE_PRECISION * (1 - item->slope), gd = -LEVEL_PRECISION * item->level;
		double aa = SLOPE_PRECISION, ad = 0, dd = LEVEL_PRECISION;
		for (size_t q = 0; q < NODES; q++) {
			double p = probability(item, items->ability[q]), w = count[q] * p * (1 - p);
			double left = right[q] - count[q] * p;
			ga += left * items->ability[q], gd += left;
			aa += w * items->ability[q] * items->ability[q], ad += w * items->ability[q], dd += w;
		}
		double determinant = aa * dd - ad * ad;
		item->slope += fmin(fmax((dd * ga - ad * gd) / determinant, -1), 1);
		item->level += fmin(fmax((aa * gd - ad * ga) / determinant, -1), 1);
	}
	return fmax(fabs(item->slope - before.slope), fabs(item->level - before.level));
}

static void learn(struct item_response *items, const double *solved, size_t models)
{
	size_t questions = items->questions;
	double *posterior = memory_allocate(models * NODES, sizeof *posterior);
	double *right = memory_allocate(questions * NODES, sizeof *right), moved = INFINITY;

	for (int round = 0; round < ROUNDS_MAX && moved > STILL; round++) {
		double count[NODES] = {0};
		expect(items, solved, models, posterior);
		for (size_t u = 0; u < models; u++)
			cblas_daxpy(NODES, 1, posterior + u * NODES, 1, count, 1);
		cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)questions, NODES, (int)models, 1, solved,
			    (int)questions, posterior, NODES, 0, right, NODES);
		moved = 0;
		for (size_t i = 0; i < questions; i++)
			moved = fmax(moved, maximize(items, count, right + i * NODES, &items->item[i]));
		tabulate(items);
	}
	free(posterior);
	free(right);
}

struct item_response *item_response_new(const struct lrmf_data *answers)
{
	struct item_response *items = memory_zero(1, sizeof *items);
	double *solved = unpack(answers);

	*items = (struct item_response){
		.questions = answers->questions, .item = memory_zero(answers->questions, sizeof *items->item),
		.chance = memory_allocate(answers->questions * NODES, sizeof(double)),
		.solves = memory_allocate(answers->questions * NODES, sizeof(double)),
		.fails = memory_allocate(answers->questions * NODES, sizeof(double)),
	};
	for (size_t q = 0; q < NODES; q++) {
		items->ability[q] = ABILITY_MAX * (2.0 * (double)q / (NODES - 1) - 1);
		items->prior[q] = -0.5 * items->ability[q] * items->ability[q];
	}
	for (size_t i = 0; i < answers->questions; i++) {
		double right = 0.5;
		for (size_t u = 0; u < answers->models; u++)
			right += solved[u * answers->questions + i];
		items->item[i] = (struct item){1, log(right / ((double)answers->models + 1 - right))};
	}
	tabulate(items);
	learn(items, solved, answers->models);
	free(solved);
	return items;
}

void item_response_free(struct item_response *items)
{
	if (!items)
		return;
	free(items->item);
	free(items->chance);
	free(items->solves);
	free(items->fails);
	free(items);
}

void item_response_question(const struct item_response *items, size_t question, double *slope, double *level)
{
	*slope = items->item[question].slope;
	*level = items->item[question].level;
}

/* ---- one model --------------------------------------------------------------------------- */

/* Adds what an answer tells to the log posterior. */
static void take_answer(const struct item_response *items, size_t question, bool solved, double *posterior)
{
	const double *told = (solved ? items->solves : items->fails) + question * NODES;

	for (size_t q = 0; q < NODES; q++)
		posterior[q] += told[q];
}

double item_response_share(const struct item_response *items, const struct lrmf_known *known)
{
	double posterior[NODES], open[NODES], solved = 0;

	memcpy(posterior, items->prior, sizeof posterior);
	memcpy(open, items->expected, sizeof open);
	for (size_t k = 0; k < known->count; k++) {
		take_answer(items, known->questions[k], known->answers[k], posterior);
		cblas_daxpy(NODES, -1, items->chance + known->questions[k] * NODES, 1, open, 1);
		solved += known->answers[k];
	}
	normalize(posterior);
	return 100 * (solved + cblas_ddot(NODES, posterior, 1, open, 1)) / (double)items->questions;
}

/* The question not yet asked that tells most of an ability. */
static size_t most_telling(const struct item_response *items, double ability, const bool *is_asked)
{
	size_t best = items->questions;
	double most = -INFINITY;

	for (size_t i = 0; i < items->questions; i++) {
		double p = probability(&items->item[i], ability);
		double information = items->item[i].slope * items->item[i].slope * p * (1 - p);
		if (is_asked[i] || information <= most)
			continue;
		most = information;
		best = i;
	}
	return best;
}

size_t item_response_ask(const struct item_response *items, const uint64_t *answers, size_t budget,
			 uint32_t *asked, uint8_t *own)
{
	bool *is_asked = memory_zero(items->questions, sizeof *is_asked);
	double told[NODES];
	size_t count = 0;

	memcpy(told, items->prior, sizeof told);
	for (; count < budget && count < items->questions; count++) {
		double posterior[NODES], ability = 0;
		memcpy(posterior, told, sizeof posterior);
		normalize(posterior);
		for (size_t q = 0; q < NODES; q++)
			ability += posterior[q] * items->ability[q];
		size_t question = most_telling(items, ability, is_asked);
		is_asked[question] = true;
		asked[count] = (uint32_t)question;
		own[count] = answers[question / 64] >> (question % 64) & 1;
		take_answer(items, question, own[count], told);
	}
	free(is_asked);
	return count;
}
