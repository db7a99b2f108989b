/* A small world with sparse scores for the tests of the evaluation. */
#ifndef STEMMA_TESTS_SPARSE_WORLD_H
#define STEMMA_TESTS_SPARSE_WORLD_H

#include "draw.h"
#include "test.h"

#include <math.h>

#include "judge/split.h"
#include "stemma/engine/holdout.h"

enum { MODELS = 120, BENCHMARKS = 12, SUITES = 3 };

/* A sparse matrix: `value` is NAN where nothing is known. */
struct world {
	struct lineage *lineage;
	struct engine_model model[MODELS];
	struct engine_benchmark benchmark[BENCHMARKS];
	char names[MODELS][24], keys[BENCHMARKS][8];
	double value[MODELS][BENCHMARKS];
	struct engine_cell cells[MODELS * BENCHMARKS];
	size_t cell_start[MODELS + 2];
	struct engine_data data;
};

/* What value[][] says, as the engine reads it. */
static void world_tell(struct world *world)
{
	size_t count = 0;

	world->cell_start[0] = 0;
	for (size_t i = 0; i < MODELS; i++) {
		world->cell_start[i + 1] = count;
		for (uint32_t b = 0; b < BENCHMARKS; b++)
			if (!isnan(world->value[i][b]))
				world->cells[count++] = (struct engine_cell){
					.value = world->value[i][b], .error = NAN, .benchmark = b};
	}
	world->cell_start[MODELS + 1] = count;
	engine_benchmarks_set_range(world->benchmark, BENCHMARKS, world->cells, count);
	world->data = (struct engine_data){
		.models = MODELS, .lineage = world->lineage, .model = world->model, .benchmarks = BENCHMARKS,
		.benchmark = world->benchmark, .rows = MODELS + 1, .cell_start = world->cell_start,
		.cell = world->cells};
}

/* Each model but the first four is made from an earlier one.  Ability is inherited; three suites
 * of four benchmarks, of which two in three cells are known. */
static void world_make(struct world *world)
{
	static const char *const suites[SUITES] = {"alpha", "beta", "gamma"};
	double ability[MODELS];

	memset(world, 0, sizeof *world);
	seed = 7;
	world->lineage = lineage_new(MODELS);
	for (size_t b = 0; b < BENCHMARKS; b++) {
		snprintf(world->keys[b], sizeof world->keys[b], "b%zu", b);
		world->benchmark[b] = (struct engine_benchmark){
			.key = world->keys[b], .title = world->keys[b], .suite = suites[b / 4], .lower = 0,
			.upper = 100, .chance = NAN, .higher_is_better = true, .instances = NAN};
	}
	for (size_t i = 0; i < MODELS; i++) {
		snprintf(world->names[i], sizeof world->names[i], "o%zu/m%zu", i % 5, i);
		world->model[i] = (struct engine_model){
			.name = world->names[i], .architecture = "LlamaForCausalLM", .params_b = 1 + (double)(i % 9),
			.kind = KIND_CHAT, .uploaded = 19000 + (double)i};
		if (i >= 4)
			lineage_add(world->lineage, i, i / 2, RELATION_FINETUNE, NAN, TRUST_DECLARED);
		ability[i] = i < 4 ? normal() : ability[i / 2] + 0.3 * normal();
		for (size_t b = 0; b < BENCHMARKS; b++)
			world->value[i][b] = uniform() < 0.67
				? 100 / (1 + exp(-ability[i] - 0.1 * (double)b - 0.2 * normal())) : NAN;
	}
	lineage_finish(world->lineage);
	world_tell(world);
}

static void make(const struct world *world, const struct holdout_settings *settings, size_t fold,
		 struct split *split)
{
	split_begin(split, &world->data, settings);
	split_make(split, fold);
}

static inline const struct holdout_figures *find_row(const struct holdout_row *rows, size_t count,
					      enum holdout_scope scope, uint32_t benchmark)
{
	for (size_t i = 0; i < count; i++)
		if (rows[i].scope == scope && (scope != HOLDOUT_SCOPE_BENCHMARK || rows[i].benchmark == benchmark))
			return &rows[i].figures;
	fail_msg("no such row");
	return NULL;
}

#endif
