/* A small world of models for the tests of the engine. */
#ifndef STEMMA_TESTS_ENGINE_WORLD_H
#define STEMMA_TESTS_ENGINE_WORLD_H

#include "draw.h"
#include "test.h"

#include <math.h>

#include "stemma/base/memory.h"
#include "stemma/engine/engine.h"

enum { MODELS = 60, BENCHMARKS = 3 };

struct world {
	struct lineage *lineage;
	struct engine_model model[MODELS];
	double scores[MODELS * BENCHMARKS];
	char names[MODELS][40];
};

/* A lineage of fine-tunes and merges whose scores follow their parents; every
 * seventh model has no scores.  `place` maps a model to its number. */
static void world_make(struct world *world, const size_t *place)
{
	static const char *const architectures[] = {"LlamaForCausalLM", "Qwen2ForCausalLM"};
	double latent[MODELS][BENCHMARKS];

	seed = 11;
	world->lineage = lineage_new(MODELS);
	for (size_t i = 0; i < MODELS; i++) {
		size_t u = place ? place[i] : i;
		int parents = i < 6 ? 0 : i % 5 == 0 ? 2 : i % 9 == 0 ? 0 : 1;
		snprintf(world->names[u], sizeof world->names[u], "owner%zu/Model-%zu", i % 7, i);
		world->model[u] = (struct engine_model){
			.name = world->names[u],
			.architecture = architectures[i % 2],
			.params_b = i % 3 ? 7.24 : 13.02,
			.kind = parents == 2 ? KIND_MERGE : parents ? KIND_CHAT : KIND_PRETRAINED,
			.chat_template = i % 2 ? ANSWER_YES : ANSWER_NO,
			.uploaded = 19500 + 10.0 * (double)i,
		};
		for (size_t b = 0; b < BENCHMARKS; b++)
			latent[i][b] = parents ? 0 : 30 + 10 * (double)b + 8 * normal();
		for (int p = 0; p < parents; p++) {
			size_t parent = (size_t)(uniform() * (double)i);
			double weight = parents == 2 ? (p ? 0.3 : 0.7) : 1;
			lineage_add(world->lineage, u, place ? place[parent] : parent,
				    parents == 2 ? RELATION_MERGE : RELATION_FINETUNE, weight,
				    TRUST_DECLARED);
			for (size_t b = 0; b < BENCHMARKS; b++)
				latent[i][b] += weight * latent[parent][b];
		}
		for (size_t b = 0; b < BENCHMARKS; b++) {
			latent[i][b] += parents ? 3 * normal() : 0;
			world->scores[u * BENCHMARKS + b] = i % 7 == 3 ? NAN : latent[i][b] + normal();
		}
	}
	lineage_finish(world->lineage);
}

static struct engine_fit *world_fit(const struct world *world, enum prior prior, const void *state,
				    size_t bytes)
{
	struct engine_data data = {.models = MODELS, .benchmarks = BENCHMARKS, .lineage = world->lineage,
				   .model = world->model, .scores = world->scores};
	struct engine_settings settings = {.prior = prior, .seed = 1};
	struct engine_fit *fit = NULL;
	struct error error = {0};

	if (engine_fit_new(&data, &settings, state, bytes, state == NULL, NULL, &fit, &error) != STATUS_OK)
		fail_msg("%s", error.message);
	return fit;
}

static void near(double a, double b, double tolerance)
{
	if (!(fabs(a - b) <= tolerance))
		fail_msg("%.9g is not %.9g", a, b);
}

#endif
