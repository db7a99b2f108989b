#include "stemma/app/target.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "stemma/base/memory.h"

void target_free(struct target *target)
{
	free(target->name);
	free(target->title);
	free((void *)target->engine.benchmark);
	free((void *)target->engine.weight);
	*target = (struct target){0};
}

struct target target_make(const char *name, size_t count, const uint32_t *benchmarks, const double *weights)
{
	struct target target = {.name = memory_string(name)};
	uint32_t *numbers = memory_allocate(count + 1, sizeof *numbers);
	double *shares = memory_allocate(count + 1, sizeof *shares), sum = 0;
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		sum += weights[i];
	for (size_t i = 0; i < count; i++) {
		if (!(weights[i] > 0))
			continue;
		numbers[kept] = benchmarks[i];
		shares[kept++] = weights[i] / sum;
	}
	target.engine = (struct engine_target){kept, numbers, shares};
	return target;
}

struct target target_copy(const struct target *target)
{
	struct target copy = target_make(target->name, target->engine.count, target->engine.benchmark,
					 target->engine.weight);

	copy.title = target->title ? memory_string(target->title) : NULL;
	return copy;
}

/* ---- kept --------------------------------------------------------------------------- */

struct kept_targets {
	struct targets *targets;
	const struct catalog *catalog;
};

static bool take_kept(void *context, const char *name, const int64_t *benchmarks, const double *weights,
		      size_t count)
{
	struct kept_targets *kept = context;
	struct targets *targets = kept->targets;
	uint32_t *numbers = memory_allocate(count + 1, sizeof *numbers);
	bool whole = true;

	for (size_t i = 0; i < count; i++) {
		size_t benchmark = catalog_benchmark_id(kept->catalog, benchmarks[i]);
		whole = whole && benchmark != CATALOG_NONE;
		numbers[i] = (uint32_t)benchmark;
	}
	if (whole) {
		targets->list = memory_resize(targets->list, targets->count + 1, sizeof *targets->list);
		targets->list[targets->count++] = target_make(name, count, numbers, weights);
	}
	free(numbers);
	return true;
}

enum status targets_load(struct targets *targets, struct store *store, const struct catalog *catalog,
			 struct error *error)
{
	struct kept_targets kept = {targets, catalog};

	*targets = (struct targets){0};
	return store_each_target(store, take_kept, &kept, error);
}

void targets_free(struct targets *targets)
{
	for (size_t i = 0; i < targets->count; i++)
		target_free(&targets->list[i]);
	free(targets->list);
	*targets = (struct targets){0};
}

enum status target_keep(const struct target *target, struct store *store, const struct catalog *catalog,
			struct error *error)
{
	const struct engine_target *engine = &target->engine;
	int64_t *ids = memory_allocate(engine->count + 1, sizeof *ids);

	for (size_t i = 0; i < engine->count; i++)
		ids[i] = catalog->benchmarks[engine->benchmark[i]].id;
	enum status status = store_put_target(store, target->name, ids, engine->weight, engine->count, error);
	free(ids);
	return status;
}

static bool compare_name(void *context, const char *name, const int64_t *benchmarks, const double *weights,
			 size_t count)
{
	const char **wanted = context;

	(void)benchmarks, (void)weights, (void)count;
	if (strcasecmp(name, *wanted) == 0)
		*wanted = NULL;
	return *wanted != NULL;
}

enum status target_drop(const char *name, struct store *store, bool *found, struct error *error)
{
	const char *wanted = name;
	enum status status = store_each_target(store, compare_name, &wanted, error);

	*found = wanted == NULL;
	return status == STATUS_OK ? store_put_target(store, name, NULL, NULL, 0, error) : status;
}

/* ---- words -------------------------------------------------------------------------- */

struct parsing {
	const struct catalog *catalog;
	const struct target_names *names;
	double *weights; /* by benchmark */
	struct text *said;
	size_t parts;
	size_t plain;    /* the last part that is a benchmark by itself, CATALOG_NONE */
};

static void add_parts(struct parsing *parsing, const struct engine_target *target, double weight)
{
	for (size_t i = 0; i < target->count; i++)
		parsing->weights[target->benchmark[i]] += weight * target->weight[i];
}

static void add_mean(struct parsing *parsing, const struct board *board, double weight)
{
	for (size_t i = 0; i < board->count; i++)
		parsing->weights[board->benchmark[i]] += weight / (double)board->count;
}

static const struct target *find_target(const struct targets *targets, const char *name)
{
	for (size_t i = 0; targets && i < targets->count; i++)
		if (strcasecmp(targets->list[i].name, name) == 0)
			return &targets->list[i];
	return NULL;
}

static enum status add_word(struct parsing *parsing, const char *word, double weight, struct error *error)
{
	const struct target_names *names = parsing->names;
	const struct target *known = find_target(names->targets, word);
	size_t benchmark = catalog_benchmark(parsing->catalog, word);
	const struct board *board = NULL;

	if (names->boards && strcasecmp(word, TARGET_AVERAGE) == 0 && names->boards->count > 0)
		board = &names->boards->list[names->boards->first];
	else if (names->boards)
		board = boards_find(names->boards, word);
	if (known) {
		add_parts(parsing, &known->engine, weight);
		return STATUS_OK;
	}
	if (benchmark == CATALOG_NONE && board) {
		add_mean(parsing, board, weight);
		return STATUS_OK;
	}
	enum status status = catalog_find_benchmark(parsing->catalog, word, &benchmark, parsing->said, error);
	if (status != STATUS_OK)
		return status;
	parsing->weights[benchmark] += weight;
	parsing->plain = benchmark;
	return STATUS_OK;
}

/* Cuts the weight off a part; false when it is none. */
static bool take_weight(const struct catalog *catalog, char *part, double *weight)
{
	char *mark = strrchr(part, '='), *end;
	bool equals = mark != NULL;

	*weight = 1;
	if (!mark)
		mark = strrchr(part, ':');
	if (!mark || (!equals && catalog_benchmark(catalog, part) != CATALOG_NONE))
		return true;
	double number = strtod(mark + 1, &end);
	bool is_number = end > mark + 1 && !*end;
	if (!is_number && !equals)
		return true; /* the colon belongs to the key */
	if (!is_number || !isfinite(number) || number < 0)
		return false;
	*weight = number;
	*mark = '\0';
	return true;
}

static enum status add_part(struct parsing *parsing, char *part, struct error *error)
{
	double weight;

	parsing->parts++;
	if (!take_weight(parsing->catalog, part, &weight)) {
		error_set(error, STATUS_USAGE, "the weight in %s must be a number from 0 up", part);
		error_advise(error, "as in ifeval:2,bbh:1");
		return STATUS_USAGE;
	}
	return add_word(parsing, part, weight, error);
}

/* "average (openllm2)", NULL without a board of a name. */
static char *average_title(const struct boards *boards)
{
	struct text title = {0};

	if (!boards || boards->count == 0 || !boards->list[boards->first].name)
		return NULL;
	text_append_format(&title, "%s (%s)", TARGET_AVERAGE, boards->list[boards->first].name);
	return text_steal(&title);
}

enum status target_parse(const struct catalog *catalog, const struct target_names *names, const char *words,
			 struct target *target, struct text *said, struct error *error)
{
	char *copy = memory_string(words ? words : TARGET_AVERAGE), *rest = NULL;
	size_t count = catalog->benchmark_count;
	struct parsing parsing = {catalog, names, memory_zero(count + 1, sizeof(double)), said, 0, CATALOG_NONE};
	uint32_t *numbers = memory_allocate(count + 1, sizeof *numbers);
	enum status status = STATUS_OK;

	*target = (struct target){0};
	for (char *part = strtok_r(copy, ",", &rest); part && status == STATUS_OK; part = strtok_r(NULL, ",", &rest))
		status = add_part(&parsing, part, error);
	for (size_t b = 0; b < count; b++)
		numbers[b] = (uint32_t)b;
	if (status == STATUS_OK) {
		*target = target_make(words ? words : TARGET_AVERAGE, count, numbers, parsing.weights);
		if (target->engine.count == 0)
			status = error_set(error, STATUS_USAGE, "the target has no weights above 0");
	}
	if (status == STATUS_OK && parsing.parts == 1 && parsing.plain != CATALOG_NONE) {
		free(target->name);
		target->name = memory_string(catalog->benchmarks[parsing.plain].key);
	}
	if (status == STATUS_OK && strcasecmp(target->name, TARGET_AVERAGE) == 0 &&
	    !find_target(names->targets, TARGET_AVERAGE))
		target->title = average_title(names->boards);
	if (status != STATUS_OK)
		target_free(target);
	free(parsing.weights);
	free(numbers);
	free(copy);
	return status;
}

/* ---- how values are shown ------------------------------------------------------------- */

const char *target_title(const struct catalog *catalog, const struct target *target)
{
	return target->engine.count == 1 ? catalog->benchmarks[target->engine.benchmark[0]].title : target->name;
}

const char *target_full_title(const struct catalog *catalog, const struct target *target)
{
	return target->title ? target->title : target_title(catalog, target);
}

void target_axis(const struct catalog *catalog, const struct engine_target *target, double *low, double *high)
{
	*low = 0;
	*high = 100;
	if (target->count != 1)
		return;
	*low = catalog->engine_benchmarks[target->benchmark[0]].low;
	*high = catalog->engine_benchmarks[target->benchmark[0]].high;
}

int target_digits(const struct catalog *catalog, const struct engine_target *target)
{
	double low, high;

	target_axis(catalog, target, &low, &high);
	return high - low >= 300 ? 0 : high - low >= 20 ? 1 : high - low >= 2 ? 2 : 3;
}

const char *target_unit(const struct catalog *catalog, const struct engine_target *target)
{
	if (target->count != 1)
		return "points";
	const char *unit = catalog->benchmarks[target->benchmark[0]].unit;
	return unit ? unit : "";
}
