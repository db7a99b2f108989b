#include "stemma/app/foretold.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "stemma/base/memory.h"
#include "stemma/base/text.h"

/* ---- names --------------------------------------------------------------------- */

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

char *foretold_name(const struct sketch *sketch, const char *path)
{
	if (*sketch->now.name)
		return memory_string(sketch->now.name);
	if (!path || strcmp(path, "-") == 0)
		return NULL;
	const char *name = last_part(path), *ending = strrchr(name, '.');
	return memory_string_slice(name, ending && ending > name ? (size_t)(ending - name) : strlen(name));
}

/* The only model of this name, whoever its owner is. */
static size_t find_model(const struct catalog *catalog, const char *name)
{
	size_t found = catalog_find(catalog, name);

	if (found != CATALOG_NONE || strchr(name, '/'))
		return found;
	for (size_t i = 0; i < catalog->count; i++) {
		if (strcasecmp(last_part(catalog->models[i].name), name) != 0)
			continue;
		if (found != CATALOG_NONE)
			return CATALOG_NONE;
		found = i;
	}
	return found;
}

/* ---- remembering ----------------------------------------------------------------- */

/* The weighted mean of the parents' scores, NAN where one has none. */
static double parents_mean(const struct catalog *catalog, const struct engine_child *child, size_t benchmark)
{
	double sum = 0;

	for (size_t i = 0; i < child->count; i++)
		if (child->weights[i] > 0)
			sum += child->weights[i] * catalog_score(catalog, child->parents[i], benchmark);
	return child->count > 0 ? sum : NAN;
}

struct remembering {
	const struct session *session;
	const struct engine_child *child;
	const char *name;
	size_t model; /* of that name, CATALOG_NONE none */
	size_t count;
};

static enum status remember_one(struct remembering *remembering, size_t benchmark,
				const struct engine_estimate *estimate, struct error *error)
{
	const struct catalog *catalog = remembering->session->catalog;
	size_t model = remembering->model;

	if (!isfinite(estimate->mean) || (model != CATALOG_NONE && !isnan(catalog_score(catalog, model, benchmark))))
		return STATUS_OK;
	struct store_foretold foretold = {
		.sketch = remembering->name, .benchmark = catalog->benchmarks[benchmark].id, .mean = estimate->mean,
		.low50 = estimate->low50, .high50 = estimate->high50, .low90 = estimate->low90, .high90 = estimate->high90,
		.parents = parents_mean(catalog, remembering->child, benchmark),
	};
	remembering->count++;
	return store_put_foretold(remembering->session->store, &foretold, error);
}

static enum status remember_all(struct remembering *remembering, struct sketch_prediction *prediction,
				struct error *error)
{
	const struct session *session = remembering->session;
	enum status status = STATUS_OK;

	/* The query holds one child only: with an unknown parent a prediction is put together of two. */
	for (size_t i = 0; prediction->stranger && i < prediction->rows && status == STATUS_OK; i++) {
		const struct sketch_row *row = sketch_prediction_row(prediction, i);
		if (row->target.count == 1)
			status = remember_one(remembering, row->target.benchmark[0], &row->estimate, error);
	}
	for (size_t b = 0; !prediction->stranger && b < session->catalog->benchmark_count && status == STATUS_OK; b++) {
		const struct engine_target one = engine_target_one(b);
		struct engine_estimate estimate;
		if (!engine_fit_covers(session->fit, &one))
			continue;
		engine_estimate(prediction->query, &one, &estimate);
		status = remember_one(remembering, b, &estimate, error);
	}
	return status;
}

enum status foretold_remember(const struct sketch *sketch, const struct session *session,
			      struct sketch_prediction *prediction, const char *name, const char *path, size_t *count,
			      struct error *error)
{
	struct engine_child child;
	struct remembering remembering = {session, &child, name, find_model(session->catalog, name), 0};

	sketch_child(sketch, session->catalog, &child);
	enum status status = store_begin(session->store, error);
	if (status != STATUS_OK)
		return status;
	status = store_put_written(session->store, name, path, error);
	if (status == STATUS_OK)
		status = remember_all(&remembering, prediction, error);
	if (status == STATUS_OK)
		status = store_commit(session->store, error);
	if (status != STATUS_OK)
		store_rollback(session->store);
	*count = remembering.count;
	return status;
}

/* ---- reading ----------------------------------------------------------------------- */

struct reading {
	const struct session *session;
	struct foretold_list *list;
};

static bool add(void *context, const struct store_foretold *kept)
{
	struct reading *reading = context;
	const struct catalog *catalog = reading->session->catalog;
	struct foretold_list *list = reading->list;
	size_t benchmark = catalog_benchmark_id(catalog, kept->benchmark);

	if (benchmark == CATALOG_NONE)
		return true;
	list->list = memory_grow(list->list, list->count, &list->capacity, sizeof *list->list);
	struct foretold *last = list->count > 0 ? &list->list[list->count - 1] : NULL;
	struct foretold *next = &list->list[list->count++];
	*next = (struct foretold){
		.sketch = memory_string(kept->sketch), .made = memory_string_slice(kept->made, strcspn(kept->made, "T")),
		.benchmark = benchmark, .mean = kept->mean, .low50 = kept->low50, .high50 = kept->high50,
		.low90 = kept->low90, .high90 = kept->high90, .parents = kept->parents, .measured = NAN,
	};
	next->model = last && strcmp(last->sketch, kept->sketch) == 0 ? last->model
		: kept->model ? catalog_find(catalog, kept->model) : find_model(catalog, kept->sketch);
	if (next->model != CATALOG_NONE)
		next->measured = catalog_score(catalog, next->model, benchmark);
	return true;
}

enum status foretold_read(const struct session *session, struct foretold_list *list, struct error *error)
{
	struct reading reading = {session, list};

	*list = (struct foretold_list){0};
	return store_each_foretold(session->store, add, &reading, error);
}

void foretold_free(struct foretold_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->list[i].sketch);
		free(list->list[i].made);
	}
	free(list->list);
	*list = (struct foretold_list){0};
}

/* ---- whether there is one ----------------------------------------------------------------------- */

struct naming_all {
	const char *wanted;
	bool found;
	struct text *names;
	char last[SKETCH_NAME_SIZE];
};

static bool add_name(void *context, const struct store_foretold *kept)
{
	struct naming_all *all = context;

	if (strcmp(all->last, kept->sketch) != 0)
		text_append_format(all->names, "%s%s", all->names->length ? ", " : "", kept->sketch);
	all->found |= strcasecmp(all->wanted, kept->sketch) == 0;
	snprintf(all->last, sizeof all->last, "%s", kept->sketch);
	return true;
}

enum status foretold_known(struct store *store, const char *name, struct error *error)
{
	struct text names = {0};
	struct naming_all all = {.wanted = name, .names = &names};
	enum status status = store_each_foretold(store, add_name, &all, error);

	if (status == STATUS_OK && !all.found) {
		status = error_set(error, STATUS_NO_INPUT, "no sketch was written out as %s", name);
		if (names.length > 0)
			error_advise(error, "there are %s", text_string(&names));
		else
			error_advise(error, "\"stemma export\" with a file, or w in the browser, writes one out");
	}
	text_free(&names);
	return status;
}

/* ---- judging ------------------------------------------------------------------------ */

void foretold_judge(const struct foretold_list *list, const struct catalog *catalog, struct foretold_figures *figures)
{
	const char *last = "";

	*figures = (struct foretold_figures){0};
	for (size_t i = 0; i < list->count; i++) {
		const struct foretold *one = &list->list[i];
		const struct catalog_benchmark *benchmark = &catalog->benchmarks[one->benchmark];
		double range = benchmark->upper - benchmark->lower;
		if (isnan(one->measured))
			continue;
		figures->sketches += strcmp(last, one->sketch) != 0;
		last = one->sketch;
		figures->scores++;
		figures->within50 += one->measured >= one->low50 && one->measured <= one->high50;
		figures->within90 += one->measured >= one->low90 && one->measured <= one->high90;
		if (!(range > 0) || isinf(range))
			continue;
		double off = 100 / range * (one->measured - one->mean);
		figures->bounded++;
		figures->mae += fabs(off);
		figures->bias += benchmark->higher_is_better ? off : -off;
		if (isnan(one->parents))
			continue;
		figures->compared++;
		figures->mae_there += fabs(off);
		figures->mae_parents += fabs(100 / range * (one->measured - one->parents));
	}
	figures->within50 /= (double)figures->scores;
	figures->within90 /= (double)figures->scores;
	figures->mae /= (double)figures->bounded;
	figures->bias /= (double)figures->bounded;
	figures->mae_there /= (double)figures->compared;
	figures->mae_parents /= (double)figures->compared;
}
