/* A small world of models for the tests of the engine. */
#ifndef STEMMA_TESTS_ENGINE_WORLD_H
#define STEMMA_TESTS_ENGINE_WORLD_H

#include "draw.h"
#include "score_cells.h"
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
	struct engine_benchmark benchmark[BENCHMARKS]; /* from here world_data() fills */
	size_t cell_start[MODELS + 2];
	struct engine_cell cells[MODELS * BENCHMARKS];
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

/* The world as the engine takes it. */
static struct engine_data world_data(struct world *world)
{
	struct engine_data data = score_cells(world->scores, MODELS, BENCHMARKS, world->benchmark, world->cell_start,
					      world->cells);

	data.lineage = world->lineage;
	data.model = world->model;
	return data;
}

static struct engine_fit *world_fit(struct world *world, enum prior prior, const void *state, size_t bytes)
{
	struct engine_data data = world_data(world);
	struct engine_settings settings = {.prior = prior, .seed = 1};
	struct engine_fit *fit = NULL;
	struct error error = {0};

	if (engine_fit_new(&data, &settings, state, bytes, state == NULL, NULL, &fit, &error) != STATUS_OK)
		fail_msg("%s", error.message);
	return fit;
}

/* ---- rows: each benchmark, then their mean ------------------------------------------ */

enum { MEAN = BENCHMARKS, WORLD_ROWS };

static const struct engine_target *row_target(size_t row)
{
	static const uint32_t benchmarks[] = {0, 1, 2};
	static const double weights[] = {1.0 / 3, 1.0 / 3, 1.0 / 3}, whole[] = {1};
	static const struct engine_target targets[WORLD_ROWS] = {
		{1, benchmarks, whole}, {1, benchmarks + 1, whole}, {1, benchmarks + 2, whole}, {3, benchmarks, weights},
	};

	return &targets[row];
}

static void estimate_rows(const struct engine_query *query, struct engine_estimate *estimates)
{
	for (size_t row = 0; row < WORLD_ROWS; row++)
		engine_estimate(query, row_target(row), &estimates[row]);
}

static inline enum status predict_child_rows(struct engine_query *query, const struct engine_child *child,
					     struct engine_estimate *estimates, struct error *error)
{
	enum status status = engine_predict_child(query, child, error);

	estimate_rows(query, estimates);
	return status;
}

static inline enum status predict_model_rows(struct engine_query *query, size_t model,
					     struct engine_estimate *estimates, struct error *error)
{
	enum status status = engine_predict_model(query, model, error);

	estimate_rows(query, estimates);
	return status;
}

static inline bool residual_rows(const struct engine_fit *fit, size_t model, struct engine_residual *residuals)
{
	for (size_t row = 0; row < WORLD_ROWS; row++)
		if (!engine_residual(fit, model, row_target(row), ENGINE_LEAVE_MODEL, &residuals[row]))
			return false;
	return true;
}

static inline bool difference_rows(struct engine_query *a, struct engine_query *b,
				   struct engine_difference *differences)
{
	bool both = true;

	for (size_t row = 0; row < WORLD_ROWS; row++)
		both = engine_differences(a, b, row_target(row), 1, &differences[row]) && both;
	return both;
}

static inline void figure_rows(const struct engine_fit *fit, struct engine_figures *figures)
{
	for (size_t row = 0; row < WORLD_ROWS; row++)
		engine_fit_figures(fit, row_target(row), ENGINE_LEAVE_MODEL, &figures[row]);
}

static void near(double a, double b, double tolerance)
{
	if (!(fabs(a - b) <= tolerance))
		fail_msg("%.9g is not %.9g", a, b);
}

#endif
