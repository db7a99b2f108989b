/* One pass of the factorisation at the size of the published study, beside the
 * bare matrix products that it cannot do without: lrmf [MODELS QUESTIONS RANK]. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cblas.h>

#include "stemma/base/clock.h"
#include "stemma/base/memory.h"
#include "stemma/engine/lrmf.h"

#define BLOCK 128
#define PASSES 6
#define PASSES_MAX 300
#define TOLERANCE 1e-4 /* relative fall of the objective that ends the search */

static uint64_t state = 1;

static double uniform(void)
{
	state = state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (double)(state >> 11) / 9007199254740992.0;
}

/* A lineage of few bases with many children: each model answers as its parent
 * does but for a part of the questions, which difficulty decides. */
static uint64_t **make_answers(size_t models, size_t questions)
{
	size_t words = (questions + 63) / 64;
	uint64_t **rows = memory_allocate(models, sizeof *rows);

	for (size_t u = 0; u < models; u++) {
		size_t parent = u < 12 ? u : (size_t)(uniform() * uniform() * (double)u);
		double skill = uniform();
		rows[u] = memory_zero(words, sizeof **rows);
		if (u >= 12)
			memcpy(rows[u], rows[parent], words * sizeof **rows);
		for (size_t i = 0; i < questions; i++) {
			if (u >= 12 && uniform() > 0.15)
				continue;
			uint64_t bit = 1ull << (i % 64);
			double difficulty = (double)(i * 7919 % questions) / (double)questions;
			rows[u][i / 64] &= ~bit;
			if (uniform() < 0.5 + 0.8 * (skill - difficulty))
				rows[u][i / 64] |= bit;
		}
	}
	return rows;
}

/* Logits, the pull on the models and the pull on the questions of all models,
 * in the same blocks, without the sigmoid between them. */
static double bare_products(size_t models, size_t questions, size_t rank)
{
	int wide = (int)rank + 1;
	float *model = memory_zero(models * (size_t)wide, sizeof *model);
	float *question = memory_zero(questions * (size_t)wide, sizeof *question);
	float *pull = memory_zero(questions * (size_t)wide, sizeof *pull);
	float *logits = memory_zero(BLOCK * questions, sizeof *logits);
	double begin = clock_seconds();

	for (size_t first = 0; first + BLOCK <= models; first += BLOCK) {
		float *block = model + first * (size_t)wide;
		cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, BLOCK, (int)questions, wide, 1, block, wide,
			    question, wide, 0, logits, (int)questions);
		cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, BLOCK, wide, (int)questions, 1, logits,
			    (int)questions, question, wide, 0, block, wide);
		cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)questions, wide, BLOCK, 1, logits,
			    (int)questions, block, wide, 1, pull, wide);
	}
	double seconds = clock_seconds() - begin;
	free(model);
	free(question);
	free(pull);
	free(logits);
	return seconds;
}

int main(int argc, char **argv)
{
	size_t models = argc > 1 ? strtoul(argv[1], NULL, 10) : 2934;
	size_t questions = argc > 2 ? strtoul(argv[2], NULL, 10) : 21606;
	size_t rank = argc > 3 ? strtoul(argv[3], NULL, 10) : 32, passes;
	uint64_t **rows = make_answers(models, questions);
	struct lrmf_data data = {models, questions, (const uint64_t *const *)rows};
	struct lrmf_settings settings = {.rank = rank, .lambda = 1, .mu = 1, .passes_max = PASSES,
					 .tolerance = 0, .seed = 1};
	struct error error = {0};
	struct lrmf *lrmf = NULL;
	struct rusage usage;

	bare_products(models, questions, rank); /* warm */
	double products = bare_products(models, questions, rank), begin = clock_seconds();
	if (lrmf_fit(&data, NULL, &settings, NULL, &lrmf, &error) != STATUS_OK) {
		fprintf(stderr, "lrmf: %s\n", error.message);
		return 1;
	}
	double seconds = (clock_seconds() - begin) / PASSES;
	const double *objective;
	getrusage(RUSAGE_SELF, &usage);
	/* A pass of the search walks the answers twice: once for the models, once
	 * for the questions. */
	printf("LRMF %zu x %zu, rank %zu: pass (both sides)  %8.3f s   %6.1f x its three products (%.3f s)\n", models,
	       questions, rank, seconds, seconds / products, products);
	lrmf_free(lrmf);
	settings.passes_max = PASSES_MAX;
	settings.tolerance = TOLERANCE;
	begin = clock_seconds();
	if (lrmf_fit(&data, NULL, &settings, NULL, &lrmf, &error) != STATUS_OK) {
		fprintf(stderr, "lrmf: %s\n", error.message);
		return 1;
	}
	seconds = clock_seconds() - begin;
	objective = lrmf_objective(lrmf, &passes);
	printf("LRMF to convergence (%zu passes)            %8.3f s   %6.1f x its three products\n", passes, seconds,
	       seconds / products);
	printf("LRMF objective                              %.4g -> %.4g\n", objective[0], objective[passes - 1]);
	printf("peak memory                                 %8.0f MB\n", (double)usage.ru_maxrss / 1024);
	lrmf_free(lrmf);
	for (size_t u = 0; u < models; u++)
		free(rows[u]);
	free(rows);
	return 0;
}
