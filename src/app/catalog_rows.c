/* The catalog from the rows of the cache, one by one. */
#include "catalog.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "packed.h"
#include "stemma/base/hash.h"
#include "stemma/base/memory.h"
#include "stemma/base/text.h"
#include "stemma/base/utf8.h"

#define CHUNK_BYTES 65536
#define NO_NAME UTF8_REPLACEMENT_BYTES
#define WATCHED_ROWS 4096 /* between two looks at the progress */

static char *keep_bytes(struct catalog *catalog, const char *text)
{
	size_t length = strlen(text) + 1;
	struct catalog_chunk *chunk = catalog->strings;
	if (!chunk || chunk->size - chunk->used < length) {
		size_t size = length > CHUNK_BYTES ? length : CHUNK_BYTES;
		chunk = memory_allocate(sizeof *chunk + size, 1);
		*chunk = (struct catalog_chunk){.next = catalog->strings, .size = size};
		catalog->strings = chunk;
	}
	char *copy = chunk->bytes + chunk->used;
	memcpy(copy, text, length);
	chunk->used += length;
	return copy;
}

/* NULL for a text that is missing or holds nothing to be seen. */
static char *catalog_keep(struct catalog *catalog, const char *text)
{
	if (!text || !text[0])
		return NULL;
	if (utf8_is_clean(text))
		return keep_bytes(catalog, text);
	char *clean = utf8_sanitize(text);
	char *copy = clean && clean[0] ? keep_bytes(catalog, clean) : NULL;
	free(clean);
	return copy;
}

/* The same of what must have a name, whatever a damaged cache holds. */
static char *catalog_keep_name(struct catalog *catalog, const char *text)
{
	char *name = catalog_keep(catalog, text);

	return name ? name : keep_bytes(catalog, NO_NAME);
}

/* ---- rows ------------------------------------------------------------------ */

/* A benchmark as the cache has it, shown or not. */
struct loaded_benchmark {
	int64_t id;
	struct catalog_benchmark shown;
	const char *variant_of;
	size_t scored; /* scores */
	bool absent;   /* it is not loaded */
};

struct loaded_score {
	uint32_t model;
	int64_t evaluation;
	struct engine_cell cell; /* its benchmark by place among those of the cache */
};

/* Most models share few architectures, licences and sources. */
#define SHARED_PLACES 4096

struct loaded_edge {
	size_t parent;
	enum relation relation;
	double weight;
	enum trust trust;
};

struct loader {
	struct catalog *catalog;
	struct loaded_edge *edges; /* of one child, until its last has come */
	size_t edge_child, edge_count, edge_capacity;
	char *shared[SHARED_PLACES]; /* by hash; one that finds its place taken is not shared */
	char *names;
	size_t names_length, names_capacity, start_capacity;
	size_t model_capacity, alias_capacity, named;
	bool renamed; /* a name was not clean */
	struct loaded_benchmark *benchmarks;
	size_t benchmark_count, benchmark_capacity;
	struct loaded_score *scores; /* those of a model together */
	size_t score_count, score_capacity;
	int64_t *runs;  /* of each model the run that most of its shown scores are from, 0 none */
	size_t benchmark_alias_capacity;
	size_t last;    /* the model of the last row: rows of a model come together */
	struct progress *progress;
	size_t watched; /* rows */
	int64_t last_id;
	bool cancelled;
};

/* How much of the time each part takes, roughly. */
#define MODELS_SHARE 0.6
#define NAMES_SHARE 0.1
#define EDGES_SHARE 0.3

/* To be called at each row; false when nobody waits for the rest. */
static bool loader_go_on(struct loader *loader, double begin, double share, double part, double whole)
{
	if (++loader->watched % WATCHED_ROWS == 0)
		loader->cancelled = !progress_step(loader->progress, "reading the models",
						   begin + share * fmin(part / whole, 1));
	return !loader->cancelled;
}

/* Adds a name to those of the models, which lie one after the other; they may
 * still move. */
static const char *loader_add_name(struct loader *loader, const char *text)
{
	struct catalog *catalog = loader->catalog;
	char *clean = text && utf8_is_clean(text) ? NULL : utf8_sanitize(text ? text : "");
	const char *name = clean ? clean : text;

	if (!name[0])
		name = NO_NAME;
	size_t bytes = strlen(name) + 1, end = loader->names_length + bytes;
	if (end > loader->names_capacity)
		loader->names = memory_grow(loader->names, end - 1, &loader->names_capacity, 1);
	memcpy(loader->names + loader->names_length, name, bytes);
	catalog->name_start = memory_grow(catalog->name_start, catalog->count + 1,
					  &loader->start_capacity, sizeof *catalog->name_start);
	catalog->name_start[catalog->count] = loader->names_length;
	catalog->name_start[catalog->count + 1] = end;
	loader->names_length = end;
	free(clean);
	return loader->names + catalog->name_start[catalog->count];
}

/* Once all names are there they stay where they are. */
static void loader_keep_names(struct loader *loader)
{
	struct catalog *catalog = loader->catalog;

	if (!catalog->name_start)
		catalog->name_start = memory_zero(1, sizeof *catalog->name_start);
	char *names = memory_resize(loader->names, loader->names_length + CATALOG_NAMES_SPARE, 1);
	memset(names + loader->names_length, 0, CATALOG_NAMES_SPARE);
	for (size_t model = 0; model < catalog->count; model++)
		catalog->models[model].name = names + catalog->name_start[model];
	catalog->names = names;
	loader->names = NULL;
}

static size_t loader_model(struct loader *loader, int64_t id)
{
	const struct catalog *catalog = loader->catalog;

	if (loader->last >= catalog->count || catalog->models[loader->last].id != id)
		loader->last = catalog_find_id(catalog, id);
	return loader->last;
}

static char *loader_share(struct loader *loader, const char *text)
{
	if (!text || !text[0])
		return NULL;
	uint64_t hash = hash_bytes(HASH_START, text, strlen(text));
	char **place = &loader->shared[(hash ^ hash >> 32) % SHARED_PLACES];
	if (!*place)
		*place = catalog_keep(loader->catalog, text);
	return *place && strcmp(*place, text) == 0 ? *place : catalog_keep(loader->catalog, text);
}

static bool load_benchmark(void *context, const struct store_benchmark *row)
{
	struct loader *loader = context;
	const struct benchmark_facts *facts = &row->facts;

	loader->benchmarks = memory_grow(loader->benchmarks, loader->benchmark_count,
					 &loader->benchmark_capacity, sizeof *loader->benchmarks);
	loader->benchmarks[loader->benchmark_count++] = (struct loaded_benchmark){
		.id = row->id,
		.shown = {.id = row->id,
			  .key = catalog_keep_name(loader->catalog, facts->key),
			  .title = catalog_keep_name(loader->catalog, facts->title),
			  .suite = loader_share(loader, facts->suite),
			  .metric = loader_share(loader, facts->metric),
			  .unit = loader_share(loader, facts->unit),
			  .family = loader_share(loader, facts->family),
			  .lower = facts->lower, .upper = facts->upper, .chance = facts->chance,
			  .higher_is_better = facts->higher_is_better != ANSWER_NO,
			  .instances = facts->instances, .hidden = row->hidden,
			  .duplicate_of = catalog_keep(loader->catalog, facts->duplicate_of)},
		.variant_of = catalog_keep(loader->catalog, row->variant_of),
	};
	return true;
}

static bool load_model(void *context, const struct store_model *row)
{
	struct loader *loader = context;
	struct catalog *catalog = loader->catalog;
	const struct model_facts *facts = &row->facts;

	catalog->models = memory_grow(catalog->models, catalog->count, &loader->model_capacity,
				      sizeof *catalog->models);
	struct catalog_model *model = &catalog->models[catalog->count];
	*model = (struct catalog_model){
		.id = row->id,
		.architecture = loader_share(loader, facts->architecture),
		.license = loader_share(loader, facts->license),
		.source = loader_share(loader, facts->source),
		.params_b = facts->params_b,
		.uploaded = date_days(facts->uploaded),
		.likes = facts->likes,
		.kind = facts->kind,
		.chat_template = ANSWER_UNKNOWN,
		.reasoning = ANSWER_UNKNOWN,
		.open_weights = ANSWER_UNKNOWN,
		.suspect = row->suspect,
	};
	/* The index of the cache does not know the cleaned name. */
	const char *name = loader_add_name(loader, facts->name);
	loader->renamed |= !facts->name || strcmp(name, facts->name) != 0;
	catalog->count++;
	return loader_go_on(loader, 0, MODELS_SHARE, (double)row->id, (double)loader->last_id);
}

static bool load_name(void *context, int64_t id)
{
	struct loader *loader = context;
	size_t model = catalog_find_id(loader->catalog, id);

	if (model != CATALOG_NONE && loader->named < loader->catalog->count)
		loader->catalog->by_name[loader->named++] = (uint32_t)model;
	return loader_go_on(loader, MODELS_SHARE, NAMES_SHARE, (double)loader->named,
			    (double)loader->catalog->count);
}

static bool load_alias(void *context, const char *alias, int64_t id)
{
	struct loader *loader = context;
	struct catalog *catalog = loader->catalog;
	size_t model = loader_model(loader, id);

	if (model == CATALOG_NONE || !alias || !alias[0])
		return true;
	catalog->aliases = memory_grow(catalog->aliases, catalog->alias_count, &loader->alias_capacity,
				       sizeof *catalog->aliases);
	catalog->aliases[catalog->alias_count++] =
		(struct catalog_alias){.alias = catalog_keep_name(catalog, alias), .model = (uint32_t)model};
	return true;
}

/* ---- parents ------------------------------------------------------------------ */

/* A model is tuned from one other, adapts one or quantises one: several of these are other
 * spellings, or mistakes, and no shares of a merge. */
static bool is_alternative(const struct loaded_edge *edge)
{
	return edge->relation == RELATION_FINETUNE || edge->relation == RELATION_ADAPTER ||
	       edge->relation == RELATION_QUANTIZED;
}

/* How much is known of a model beside its name. */
static int facts_known(const struct catalog_model *model)
{
	return (model->architecture != NULL) + (model->params_b > 0) + !isnan(model->uploaded) + (model->source != NULL);
}

/* Larger when one alternative counts rather than another: by trust and weight, then the one of
 * which more is known, the older one, and the one that was known first. */
static int compare_alternatives(const struct catalog *catalog, const struct loaded_edge *a,
				const struct loaded_edge *b)
{
	const struct catalog_model *model_a = &catalog->models[a->parent], *model_b = &catalog->models[b->parent];
	int known_a = facts_known(model_a), known_b = facts_known(model_b);

	if (a->trust != b->trust)
		return a->trust > b->trust ? 1 : -1;
	if (a->weight > b->weight || a->weight < b->weight)
		return a->weight > b->weight ? 1 : -1;
	if (known_a != known_b)
		return known_a - known_b;
	if (model_a->uploaded < model_b->uploaded || model_a->uploaded > model_b->uploaded)
		return model_a->uploaded < model_b->uploaded ? 1 : -1;
	return a->parent < b->parent ? 1 : -1;
}

/* Puts the edges of one child into the lineage; of alternatives, where there is no merge, the
 * best one.  The others stay in the cache. */
static void loader_end_child(struct loader *loader)
{
	struct catalog *catalog = loader->catalog;
	const struct loaded_edge *best = NULL;
	bool merged = loader->edge_count > 0 && catalog->models[loader->edge_child].kind == KIND_MERGE;

	for (size_t i = 0; i < loader->edge_count; i++) {
		const struct loaded_edge *edge = &loader->edges[i];
		merged |= edge->relation == RELATION_MERGE;
		if (is_alternative(edge) && (!best || compare_alternatives(catalog, edge, best) > 0))
			best = edge;
	}
	for (size_t i = 0; i < loader->edge_count; i++) {
		const struct loaded_edge *edge = &loader->edges[i];
		if (merged || !is_alternative(edge) || edge->parent == best->parent)
			lineage_add(catalog->lineage, loader->edge_child, edge->parent, edge->relation, edge->weight,
				    edge->trust);
	}
	loader->edge_count = 0;
}

static bool load_edge(void *context, const struct store_edge *row)
{
	struct loader *loader = context;
	size_t child = loader_model(loader, row->child);
	size_t parent = catalog_find_id(loader->catalog, row->parent);

	bool go_on = loader_go_on(loader, MODELS_SHARE + NAMES_SHARE, EDGES_SHARE, (double)row->child,
				  (double)loader->last_id);

	if (child == CATALOG_NONE || parent == CATALOG_NONE)
		return go_on;
	if (child != loader->edge_child)
		loader_end_child(loader);
	loader->edge_child = child;
	loader->edges = memory_grow(loader->edges, loader->edge_count, &loader->edge_capacity, sizeof *loader->edges);
	loader->edges[loader->edge_count++] = (struct loaded_edge){parent, row->facts.relation, row->facts.weight,
								    row->facts.trust};
	struct catalog_model *model = &loader->catalog->models[child];
	if (!model->merge_method && row->facts.relation == RELATION_MERGE)
		model->merge_method = loader_share(loader, row->facts.method);
	return go_on;
}

static int compare_ids(const void *key, const void *entry)
{
	int64_t id = *(const int64_t *)key;
	const struct loaded_benchmark *benchmark = entry;

	return (id > benchmark->id) - (id < benchmark->id);
}

static bool load_score(void *context, const struct store_score *row)
{
	struct loader *loader = context;
	size_t model = loader_model(loader, row->model);
	struct loaded_benchmark *benchmark = loader->benchmark_count == 0 ? NULL :
		bsearch(&row->benchmark, loader->benchmarks, loader->benchmark_count, sizeof *benchmark, compare_ids);

	if (!benchmark || model == CATALOG_NONE || !isfinite(row->value))
		return true;
	benchmark->scored++;
	loader->scores = memory_grow(loader->scores, loader->score_count, &loader->score_capacity,
				     sizeof *loader->scores);
	loader->scores[loader->score_count++] = (struct loaded_score){
		.model = (uint32_t)model,
		.evaluation = row->evaluation,
		.cell = {.benchmark = (uint32_t)(benchmark - loader->benchmarks), .value = row->value,
			 .error = isfinite(row->error) ? (float)row->error : NAN,
			 .chat_template = (int8_t)row->chat_template}};
	return true;
}

static enum answer answer_of(const char *value)
{
	static const char *const yes[] = {"1", "yes", "true"}, *const no[] = {"0", "no", "false"};

	for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
		if (strcasecmp(value, yes[i]) == 0)
			return ANSWER_YES;
		if (strcasecmp(value, no[i]) == 0)
			return ANSWER_NO;
	}
	return ANSWER_UNKNOWN;
}

/* X(key, member of struct catalog_model): what the catalog knows by it. */
#define TEXT_ATTRIBUTES(X) X("provider", provider) X("base", base) X("setting", setting)
#define ANSWER_ATTRIBUTES(X) X("reasoning", reasoning) X("open_weights", open_weights) \
	X("open", open_weights) X("open_source", open_weights)
/* The same where nothing else has told it; they stand before those above. */
#define WEAK_ATTRIBUTES(X) X("available_on_the_hub", open_weights) X("on_hub", open_weights)

static bool load_attribute(void *context, int64_t id, const struct attribute_facts *attribute)
{
	struct loader *loader = context;
	size_t index = loader_model(loader, id);

	if (index == CATALOG_NONE || !attribute->value)
		return true;
	struct catalog_model *model = &loader->catalog->models[index];
#define X(word, member) \
	if (strcmp(attribute->key, word) == 0) \
		model->member = loader_share(loader, attribute->value);
	TEXT_ATTRIBUTES(X)
#undef X
#define X(word, member) \
	if (strcmp(attribute->key, word) == 0) \
		model->member = answer_of(attribute->value);
	ANSWER_ATTRIBUTES(X)
#undef X
#define X(word, member) \
	if (strcmp(attribute->key, word) == 0 && model->member == ANSWER_UNKNOWN) \
		model->member = answer_of(attribute->value);
	WEAK_ATTRIBUTES(X)
#undef X
	return true;
}

/* ---- weights ----------------------------------------------------------------- */

static bool is_of_hub(const char *source)
{
	static const char *const known[] = {"hub", "leaderboard", "starter", "card"};

	for (size_t i = 0; source && i < sizeof known / sizeof *known; i++)
		if (strcmp(source, known[i]) == 0)
			return true;
	return false;
}

/* Whether a model was made from the weights of this one. */
static bool has_offspring(const struct catalog *catalog, size_t model)
{
	size_t count;
	const uint32_t *children = lineage_children(catalog->lineage, model, &count);

	for (size_t i = 0; i < count; i++) {
		enum relation relation = (enum relation)lineage_find(catalog->lineage, children[i], model)->relation;
		if (relation == RELATION_FINETUNE || relation == RELATION_ADAPTER || relation == RELATION_QUANTIZED ||
		    relation == RELATION_MERGE)
			return true;
	}
	return false;
}

/* Where nobody says it, the weights of what is on the Hub, and of what others were made from,
 * can be had. */
static void settle_weights(struct catalog *catalog)
{
	for (size_t i = 0; i < catalog->count; i++) {
		struct catalog_model *model = &catalog->models[i];
		if (model->open_weights == ANSWER_UNKNOWN &&
		    (is_of_hub(model->source) || is_of_hub(model->score_source) || has_offspring(catalog, i)))
			model->open_weights = ANSWER_YES;
	}
}

static bool load_benchmark_alias(void *context, const char *alias, int64_t id)
{
	struct loader *loader = context;
	struct catalog *catalog = loader->catalog;
	size_t benchmark = catalog_benchmark_id(catalog, id);

	if (benchmark == CATALOG_NONE || !alias || !alias[0])
		return true;
	catalog->benchmark_aliases = memory_grow(catalog->benchmark_aliases, catalog->benchmark_alias_count,
						 &loader->benchmark_alias_capacity, sizeof *catalog->benchmark_aliases);
	catalog->benchmark_aliases[catalog->benchmark_alias_count++] = (struct catalog_benchmark_alias){
		.alias = catalog_keep_name(catalog, alias), .benchmark = (uint32_t)benchmark};
	return true;
}

/* The set-up of the run that most of the scores shown are from. */
static bool load_evaluation(void *context, const struct store_evaluation *row)
{
	struct loader *loader = context;
	struct catalog *catalog = loader->catalog;
	size_t index = loader_model(loader, row->model);

	if (index == CATALOG_NONE || loader->runs[index] != row->id)
		return true;
	struct catalog_model *model = &catalog->models[index];
	model->precision = loader_share(loader, row->facts.precision);
	model->chat_template = row->facts.chat_template;
	model->suspect = model->suspect || row->facts.flagged;
	if (model->scored)
		model->score_source = loader_share(loader, row->facts.source);
	return true;
}

/* ---- cells ----------------------------------------------------------------- */

/* A benchmark without any score teaches nothing; without scores at all the plain ones
 * stand. */
static void loader_choose_benchmarks(struct loader *loader)
{
	struct catalog *catalog = loader->catalog;

	catalog->shown = memory_allocate(loader->benchmark_count, sizeof *catalog->shown);
	for (size_t b = 0; b < loader->benchmark_count; b++) {
		struct loaded_benchmark *benchmark = &loader->benchmarks[b];
		benchmark->absent = loader->score_count > 0 ? benchmark->scored == 0 : benchmark->variant_of != NULL;
		if (!benchmark->absent)
			catalog->shown[catalog->benchmark_count++] = (uint32_t)b;
	}
}

static size_t count_of_run(const struct loader *loader, size_t begin, size_t end, int64_t run)
{
	size_t count = 0;

	for (size_t i = begin; i < end; i++)
		count += loader->scores[i].evaluation == run;
	return count;
}

/* The run that most scores of a model are from, of equal ones the first. */
static void loader_choose_runs(struct loader *loader)
{
	const struct loaded_score *scores = loader->scores;

	loader->runs = memory_zero(loader->catalog->count + 1, sizeof *loader->runs);
	for (size_t begin = 0, end; begin < loader->score_count; begin = end) {
		size_t most = 0;
		for (end = begin; end < loader->score_count && scores[end].model == scores[begin].model;)
			end++;
		for (size_t i = begin; i < end && most <= (end - begin) / 2; i++) {
			size_t count = count_of_run(loader, begin, end, scores[i].evaluation);
			if (count <= most)
				continue;
			most = count;
			loader->runs[scores[begin].model] = scores[i].evaluation;
		}
	}
}

/* Most models of a hub have no scores: only the others get a row of their own. */
static void loader_number_rows(struct loader *loader)
{
	struct catalog *catalog = loader->catalog;

	catalog->score_row = memory_zero(catalog->count, sizeof *catalog->score_row);
	for (size_t i = 0; i < loader->score_count; i++) {
		const struct loaded_score *score = &loader->scores[i];
		uint32_t *row = &catalog->score_row[score->model];
		if (*row != 0)
			continue;
		*row = (uint32_t)++catalog->scored_count;
		catalog->models[score->model].scored = true;
	}
}

/* Puts a cell in its place in a row, of which `end` is the end; false when it is there already. */
static bool row_insert(struct engine_cell *cells, size_t begin, size_t end, const struct engine_cell *cell)
{
	size_t place = end;

	for (; place > begin && cells[place - 1].benchmark >= cell->benchmark; place--)
		if (cells[place - 1].benchmark == cell->benchmark)
			return false;
	memmove(cells + place + 1, cells + place, (end - place) * sizeof *cells);
	cells[place] = *cell;
	return true;
}

/* Rows one after the other; a damaged cache may have two scores where there is to be one. */
static void loader_keep_scores(struct loader *loader)
{
	struct catalog *catalog = loader->catalog;
	uint32_t *place = memory_zero(loader->benchmark_count + 1, sizeof *place);

	loader_choose_benchmarks(loader);
	loader_number_rows(loader);
	for (size_t b = 0; b < catalog->benchmark_count; b++)
		place[catalog->shown[b]] = (uint32_t)b;
	size_t rows = catalog->scored_count + 1, used = 0;
	size_t *start = catalog->cell_start = memory_zero(rows + 1, sizeof *start);
	size_t *end = memory_allocate(rows, sizeof *end);
	for (size_t i = 0; i < loader->score_count; i++)
		start[catalog->score_row[loader->scores[i].model] + 1]++;
	for (size_t row = 0; row < rows; row++)
		start[row + 1] += start[row];
	catalog->cells = memory_zero(loader->score_count + 1, sizeof *catalog->cells);
	for (size_t row = 0; row < rows; row++)
		end[row] = start[row];
	for (size_t i = 0; i < loader->score_count; i++) {
		size_t row = catalog->score_row[loader->scores[i].model];
		struct engine_cell cell = loader->scores[i].cell;
		cell.benchmark = place[cell.benchmark];
		end[row] += row_insert(catalog->cells, start[row], end[row], &cell);
	}
	for (size_t row = 0; row < rows; row++) { /* closes the gaps of what was there twice */
		size_t count = end[row] - start[row];
		memmove(catalog->cells + used, catalog->cells + start[row], count * sizeof *catalog->cells);
		start[row] = used;
		used += count;
	}
	start[rows] = used;
	free(end);
	free(place);
}

/* ---- the whole ------------------------------------------------------------- */

static enum status loader_read_scores(struct loader *loader, struct store *store,
				      struct error *error)
{
	enum status status = store_each_score(store, load_score, loader, error);
	if (status != STATUS_OK)
		return status;
	loader_keep_scores(loader);
	loader_choose_runs(loader);
	status = store_each_evaluation(store, 0, load_evaluation, loader, error);
	return status == STATUS_OK ? store_each_attribute(store, load_attribute, loader, error) : status;
}

static enum status loader_read_lineage(struct loader *loader, struct store *store,
				       struct error *error)
{
	struct catalog *catalog = loader->catalog;

	catalog->lineage = lineage_new(catalog->count);
	enum status status = store_each_edge(store, load_edge, loader, error);
	loader_end_child(loader);
	free(loader->edges);
	lineage_finish(catalog->lineage);
	return status;
}

static int compare_names(const void *left, const void *right, void *context)
{
	const struct catalog *catalog = context;
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
	int order = utf8_compare_names(catalog->models[a].name, catalog->models[b].name);

	return order ? order : a < b ? -1 : a > b;
}

static enum status loader_read_models(struct loader *loader, struct store *store,
				      struct error *error)
{
	struct catalog *catalog = loader->catalog;
	enum status status = store_each_model(store, load_model, loader, error);

	loader_keep_names(loader);
	if (status != STATUS_OK)
		return status;
	catalog->dense = catalog->count > 0 &&
		catalog->models[catalog->count - 1].id - catalog->models[0].id == (int64_t)catalog->count - 1;
	catalog->by_name = memory_zero(catalog->count, sizeof *catalog->by_name);
	status = store_each_name(store, load_name, loader, error);
	if (status == STATUS_OK && loader->named != catalog->count)
		status = error_set(error, STATUS_CACHE, "the index of names is damaged; stemma check tells more");
	if (status == STATUS_OK && loader->renamed)
		qsort_r(catalog->by_name, catalog->count, sizeof *catalog->by_name, compare_names, catalog);
	return status;
}

/* ---- the whole: from the rows, or from what is packed of them --------------------- */

static uint64_t print_text(uint64_t print, const char *text)
{
	return hash_byte(text ? hash_bytes(print, text, strlen(text)) : print, 0xFF);
}

/* A number that tells apart what is packed of other benchmarks, which change without
 * the version of the data, or with other kinds and relations. */
static uint64_t loader_benchmarks_print(const struct loader *loader)
{
	uint64_t print = hash_integer(HASH_START, KIND_COUNT << 8 | RELATION_COUNT);

	for (size_t b = 0; b < loader->benchmark_count; b++) {
		const struct loaded_benchmark *benchmark = &loader->benchmarks[b];
		print = hash_integer(print, (uint64_t)benchmark->id);
		print = print_text(print, benchmark->shown.key);
		print = print_text(print, benchmark->variant_of);
	}
	return print;
}

static enum status loader_read_rows(struct loader *loader, struct store *store, struct error *error)
{
	enum status status = store_last_model(store, &loader->last_id, error);

	if (status == STATUS_OK)
		status = loader_read_models(loader, store, error);
	if (status == STATUS_OK && !loader->cancelled)
		status = loader_read_lineage(loader, store, error);
	if (status == STATUS_OK && !loader->cancelled)
		status = loader_read_scores(loader, store, error);
	if (status == STATUS_OK)
		settle_weights(loader->catalog);
	return status == STATUS_OK && loader->cancelled ? STATUS_CANCELLED : status;
}

/* The benchmark whose other scoring one is, if that is loaded. */
static size_t other_scoring(const struct loader *loader, const struct loaded_benchmark *benchmark)
{
	const struct catalog *catalog = loader->catalog;

	for (size_t b = 0; b < catalog->benchmark_count && benchmark->variant_of; b++)
		if (strcmp(loader->benchmarks[catalog->shown[b]].shown.key, benchmark->variant_of) == 0)
			return b;
	return CATALOG_NONE;
}

static void loader_show_benchmarks(struct loader *loader)
{
	struct catalog *catalog = loader->catalog;

	catalog->benchmarks = memory_allocate(catalog->benchmark_count, sizeof *catalog->benchmarks);
	for (size_t b = 0; b < catalog->benchmark_count; b++) {
		const struct loaded_benchmark *benchmark = &loader->benchmarks[catalog->shown[b]];
		catalog->benchmarks[b] = benchmark->shown;
		catalog->benchmarks[b].other = other_scoring(loader, benchmark);
	}
	catalog_describe_benchmarks(catalog);
}

static enum status loader_read(struct loader *loader, struct store *store, bool rows, struct error *error)
{
	struct catalog *catalog = loader->catalog;

	catalog->data_version = store_data_version(store);
	/* Without it what was learned before would be learned again, a little otherwise. */
	enum status status = catalog->data_version >= 0 ? STATUS_OK
		: error_set(error, STATUS_IO, "the version of the cache's data cannot be read; try again");
	if (status == STATUS_OK)
		status = store_each_benchmark(store, load_benchmark, loader, error);
	if (status != STATUS_OK)
		return status;
	catalog->benchmarks_print = loader_benchmarks_print(loader);
	if (rows || !catalog_unpack(store, loader->benchmark_count, catalog))
		status = loader_read_rows(loader, store, error);
	if (status == STATUS_OK) {
		loader_show_benchmarks(loader);
		status = store_each_alias(store, load_alias, loader, error);
	}
	if (status == STATUS_OK)
		status = store_each_benchmark_alias(store, load_benchmark_alias, loader, error);
	return status;
}

enum status catalog_read(struct store *store, bool rows, struct progress *progress,
			 struct catalog **catalog, struct error *error)
{
	struct loader loader = {.catalog = memory_zero(1, sizeof *loader.catalog), .progress = progress};
	enum status status = loader_read(&loader, store, rows, error);

	free(loader.benchmarks);
	free(loader.scores);
	free(loader.runs);
	if (status != STATUS_OK) {
		catalog_free(loader.catalog);
		loader.catalog = NULL;
	}
	*catalog = loader.catalog;
	return status;
}
