#include "stemma/app/flags.h"

#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"

static void flags_clear(struct flags *flags)
{
	for (size_t i = 0; i < flags->count; i++)
		free(flags->flag[i].reason);
	flags->count = 0;
}

void flags_free(struct flags *flags)
{
	flags_clear(flags);
	free(flags->flag);
	free(flags->state);
	free(flags->suspect);
	*flags = (struct flags){0};
}

bool flags_equal(const struct flags *left, const struct flags *right)
{
	bool equal = left->count == right->count;

	for (size_t i = 0; i < left->count && equal; i++)
		equal = left->flag[i].model == right->flag[i].model &&
			strcmp(left->flag[i].reason, right->flag[i].reason) == 0;
	return equal;
}

/* Marks all that descends from a model and is not marked yet. */
static void mark_below(struct flags *flags, const struct catalog *catalog, uint32_t *queue, size_t model)
{
	size_t head = 0, tail = 0, count;

	queue[tail++] = (uint32_t)model;
	while (head < tail) {
		const uint32_t *children = lineage_children(catalog->lineage, queue[head++], &count);
		for (size_t i = 0; i < count; i++)
			if (flags->state[children[i]] == FLAG_NONE) {
				flags->state[children[i]] = FLAG_DESCENDANT;
				queue[tail++] = children[i];
			}
	}
}

static void flags_spread(struct flags *flags, const struct catalog *catalog)
{
	uint32_t *queue = memory_allocate(catalog->count + 1, sizeof *queue);

	memset(flags->state, FLAG_NONE, catalog->count);
	for (size_t i = 0; i < flags->count; i++)
		flags->state[flags->flag[i].model] = FLAG_SELF;
	for (size_t i = 0; i < flags->count; i++)
		mark_below(flags, catalog, queue, flags->flag[i].model);
	flags->suspects = 0;
	for (size_t i = 0; i < catalog->count; i++) {
		flags->suspect[i] = flags->state[i] != FLAG_NONE;
		flags->suspects += flags->suspect[i] && catalog->models[i].scored;
	}
	free(queue);
}

struct loading {
	struct flags *flags;
	const struct catalog *catalog;
};

/* Puts a flag in its place; flags come by model. */
static void flags_insert(struct flags *flags, size_t model, const char *reason)
{
	size_t place = flags->count;

	flags->flag = memory_grow(flags->flag, flags->count, &flags->capacity, sizeof *flags->flag);
	for (; place > 0 && flags->flag[place - 1].model > model; place--)
		flags->flag[place] = flags->flag[place - 1];
	flags->flag[place] = (struct flag){model, memory_string(reason)};
	flags->count++;
}

static bool load_flag(void *context, const struct store_flag *row)
{
	struct loading *loading = context;
	size_t model = catalog_find_id(loading->catalog, row->model);

	/* A model added since the catalog was read comes with the next one. */
	if (model != CATALOG_NONE)
		flags_insert(loading->flags, model, row->reason ? row->reason : "suspect");
	return true;
}

enum status flags_load(struct flags *flags, struct store *store, const struct catalog *catalog,
		       struct error *error)
{
	struct loading loading = {flags, catalog};

	flags_free(flags);
	flags->state = memory_zero(catalog->count + 1, sizeof *flags->state);
	flags->suspect = memory_zero(catalog->count + 1, sizeof *flags->suspect);
	enum status status = store_each_flag(store, load_flag, &loading, error);
	flags_spread(flags, catalog);
	return status;
}

static void flags_remove(struct flags *flags, size_t model)
{
	for (size_t i = 0; i < flags->count; i++)
		if (flags->flag[i].model == model) {
			free(flags->flag[i].reason);
			memmove(&flags->flag[i], &flags->flag[i + 1],
				(--flags->count - i) * sizeof *flags->flag);
			return;
		}
}

enum status flags_set(struct flags *flags, struct store *store, const struct catalog *catalog,
		      size_t model, const char *reason, struct error *error)
{
	int64_t id = catalog->models[model].id;
	enum status status = reason ? store_put_flag(store, id, reason, error)
				    : store_drop_flag(store, id, error);

	if (status != STATUS_OK)
		return status;
	flags_remove(flags, model);
	if (reason)
		flags_insert(flags, model, reason);
	flags_spread(flags, catalog);
	return STATUS_OK;
}

static const struct flag *flag_of(const struct flags *flags, size_t model)
{
	for (size_t i = 0; i < flags->count; i++)
		if (flags->flag[i].model == model)
			return &flags->flag[i];
	return NULL;
}

/* Up through suspect parents, breadth first; the ancestors of one model. */
const struct flag *flags_find(const struct flags *flags, const struct catalog *catalog, size_t model)
{
	size_t head = 0, tail = 0, capacity = 0, count;
	uint32_t *queue = NULL;
	const struct flag *found = NULL;

	if (flags->state[model] == FLAG_NONE)
		return NULL;
	queue = memory_grow(queue, tail, &capacity, sizeof *queue);
	queue[tail++] = (uint32_t)model;
	while (head < tail && !(found = flag_of(flags, queue[head]))) {
		const struct lineage_parent *parents =
			lineage_parents(catalog->lineage, queue[head++], &count);
		for (size_t i = 0; i < count; i++) {
			bool seen = flags->state[parents[i].node] == FLAG_NONE;
			for (size_t k = 0; k < tail && !seen; k++)
				seen = queue[k] == parents[i].node;
			if (seen)
				continue;
			queue = memory_grow(queue, tail, &capacity, sizeof *queue);
			queue[tail++] = parents[i].node;
		}
	}
	free(queue);
	return found;
}
