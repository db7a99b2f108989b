/* The catalog: its loading, and what is asked of it. */
#include "catalog.h"

#include <math.h>
#include <stdlib.h>

#include "stemma/base/memory.h"

void catalog_clear(struct catalog *catalog)
{
	while (catalog->strings) {
		struct catalog_chunk *next = catalog->strings->next;
		free(catalog->strings);
		catalog->strings = next;
	}
	lineage_free(catalog->lineage);
	free(catalog->models);
	free(catalog->names);
	free(catalog->name_start);
	free(catalog->benchmarks);
	free(catalog->engine_benchmarks);
	free(catalog->cell_start);
	free(catalog->cells);
	free(catalog->asked);
	free(catalog->score_row);
	free(catalog->by_name);
	free(catalog->aliases);
	free(catalog->benchmark_aliases);
	free(catalog->shown);
	*catalog = (struct catalog){0};
}

void catalog_free(struct catalog *catalog)
{
	if (catalog)
		catalog_clear(catalog);
	free(catalog);
}

enum status catalog_load_watched(struct store *store, struct progress *progress,
				 struct catalog **catalog, struct error *error)
{
	*catalog = NULL;
	enum status status = store_snapshot_begin(store, error);
	if (status != STATUS_OK)
		return status;
	status = catalog_read(store, false, progress, catalog, error);
	store_snapshot_end(store);
	return status;
}

enum status catalog_load(struct store *store, struct catalog **catalog, struct error *error)
{
	return catalog_load_watched(store, NULL, catalog, error);
}

const struct engine_cell *catalog_cells(const struct catalog *catalog, size_t model, size_t *count)
{
	size_t row = catalog->score_row[model];

	*count = catalog->cell_start[row + 1] - catalog->cell_start[row];
	return catalog->cells + catalog->cell_start[row];
}

double catalog_score(const struct catalog *catalog, size_t model, size_t benchmark)
{
	size_t count;
	const struct engine_cell *cells = catalog_cells(catalog, model, &count);
	const struct engine_cell *cell = engine_cell_find(cells, count, benchmark);

	return cell ? cell->value : NAN;
}

double catalog_target(const struct catalog *catalog, size_t model, const struct engine_target *target)
{
	size_t count;
	const struct engine_cell *cells = catalog_cells(catalog, model, &count);

	return engine_target_value(catalog->engine_benchmarks, target, cells, count);
}

double *catalog_target_by_row(const struct catalog *catalog, const struct engine_target *target)
{
	const size_t *start = catalog->cell_start;
	double *values = memory_allocate(catalog->scored_count + 1, sizeof *values);

	for (size_t row = 0; row <= catalog->scored_count; row++)
		values[row] = engine_target_value(catalog->engine_benchmarks, target, catalog->cells + start[row],
						  start[row + 1] - start[row]);
	return values;
}

void catalog_describe_benchmarks(struct catalog *catalog)
{
	size_t cells = catalog->cell_start[catalog->scored_count + 1];

	for (size_t i = 0; i < cells; i++)
		catalog->benchmarks[catalog->cells[i].benchmark].models++;
	catalog->engine_benchmarks = memory_allocate(catalog->benchmark_count, sizeof *catalog->engine_benchmarks);
	for (size_t b = 0; b < catalog->benchmark_count; b++) {
		const struct catalog_benchmark *benchmark = &catalog->benchmarks[b];
		const struct catalog_benchmark *other =
			benchmark->other == CATALOG_NONE ? NULL : &catalog->benchmarks[benchmark->other];
		catalog->engine_benchmarks[b] = (struct engine_benchmark){
			.key = benchmark->key,
			.title = benchmark->title,
			.suite = benchmark->suite,
			.family = benchmark->family ? benchmark->family : other ? other->key : benchmark->key,
			.duplicate_of = benchmark->duplicate_of,
			.lower = benchmark->lower,
			.upper = benchmark->upper,
			.chance = benchmark->chance,
			.higher_is_better = benchmark->higher_is_better,
			.instances = benchmark->instances,
		};
	}
	engine_benchmarks_set_range(catalog->engine_benchmarks, catalog->benchmark_count, catalog->cells, cells);
}

/* Whether `a` is the better parent to be drawn under. */
static bool parent_is_better(const struct catalog *catalog, const struct lineage_parent *a,
			     const struct lineage_parent *b)
{
	double age_a = catalog->models[a->node].uploaded, age_b = catalog->models[b->node].uploaded;

	if (fabs((double)a->weight - (double)b->weight) > 1e-6)
		return a->weight > b->weight;
	if (a->trust != b->trust)
		return a->trust > b->trust;
	if (isnan(age_a) || isnan(age_b))
		return !isnan(age_a) && isnan(age_b);
	return age_a < age_b;
}

size_t catalog_primary_parent(const struct catalog *catalog, size_t model)
{
	size_t count, best = 0;
	const struct lineage_parent *parents = lineage_parents(catalog->lineage, model, &count);

	if (count == 0)
		return CATALOG_NONE;
	for (size_t i = 1; i < count; i++)
		if (parent_is_better(catalog, &parents[i], &parents[best]))
			best = i;
	return parents[best].node;
}

static struct engine_model describe_model(const void *context, size_t number)
{
	const struct catalog *catalog = context;
	const struct catalog_model *model = &catalog->models[number];

	return (struct engine_model){
		.name = model->name,
		.architecture = model->architecture,
		.params_b = model->params_b,
		.kind = model->kind,
		.chat_template = model->chat_template,
		.uploaded = model->uploaded,
		.base = model->base,
		.setting = model->setting,
		.provider = model->provider,
		.reasoning = model->reasoning,
		.open_weights = model->open_weights,
	};
}

void catalog_engine_data(const struct catalog *catalog, struct engine_data *data)
{
	*data = (struct engine_data){
		.models = catalog->count,
		.benchmarks = catalog->benchmark_count,
		.lineage = catalog->lineage,
		.benchmark = catalog->engine_benchmarks,
		.rows = catalog->scored_count + 1,
		.row = catalog->score_row,
		.cell_start = catalog->cell_start,
		.cell = catalog->cells,
		.describe = describe_model,
		.context = catalog,
	};
}
