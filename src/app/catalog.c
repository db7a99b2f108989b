/* The catalog: its loading, and what is asked of it. */
#include "catalog.h"

#include <math.h>
#include <stdlib.h>

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
	free(catalog->scores);
	free(catalog->averages);
	free(catalog->score_row);
	free(catalog->by_name);
	free(catalog->aliases);
	free(catalog->notice);
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

const double *catalog_scores(const struct catalog *catalog, size_t model)
{
	return catalog->scores + catalog->score_row[model] * catalog->benchmark_count;
}

double catalog_average(const struct catalog *catalog, size_t model)
{
	return catalog->averages[catalog->score_row[model]];
}

double catalog_score(const struct catalog *catalog, size_t model, size_t benchmark)
{
	return benchmark == catalog->benchmark_count ? catalog_average(catalog, model)
						     : catalog_scores(catalog, model)[benchmark];
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
	};
}

void catalog_engine_data(const struct catalog *catalog, struct engine_data *data)
{
	*data = (struct engine_data){
		.models = catalog->count,
		.benchmarks = catalog->benchmark_count,
		.lineage = catalog->lineage,
		.scores = catalog->scores,
		.score_row = catalog->score_row,
		.describe = describe_model,
		.context = catalog,
	};
}
