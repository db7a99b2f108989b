/* Further facts of models as columns of their table. */
#include "export.h"

#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"

struct export_attribute {
	size_t model;
	char *key, *value; /* owned */
};

struct loading {
	struct export_attributes *attributes;
	const struct catalog *catalog;
	size_t capacity;
};

static bool keep_attribute(void *context, int64_t id, const struct attribute_facts *facts)
{
	struct loading *loading = context;
	struct export_attributes *attributes = loading->attributes;
	size_t model = catalog_find_id(loading->catalog, id);

	if (model == CATALOG_NONE)
		return true;
	attributes->all = memory_grow(attributes->all, attributes->count, &loading->capacity,
				      sizeof *attributes->all);
	attributes->all[attributes->count++] = (struct export_attribute){
		model, memory_string(facts->key), memory_string(facts->value)};
	return true;
}

static int compare_attributes(const void *a, const void *b)
{
	const struct export_attribute *left = a, *right = b;

	if (left->model != right->model)
		return left->model < right->model ? -1 : 1;
	return strcmp(left->key, right->key);
}

static int compare_keys(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The keys of all of them, each once. */
static void list_keys(struct export_attributes *attributes)
{
	size_t used = 0;

	attributes->keys = memory_allocate(attributes->count + 1, sizeof *attributes->keys);
	for (size_t i = 0; i < attributes->count; i++)
		attributes->keys[i] = attributes->all[i].key;
	if (attributes->count > 0)
		qsort(attributes->keys, attributes->count, sizeof *attributes->keys, compare_keys);
	for (size_t i = 0; i < attributes->count; i++)
		if (used == 0 || strcmp(attributes->keys[used - 1], attributes->keys[i]) != 0)
			attributes->keys[used++] = attributes->keys[i];
	attributes->key_count = used;
}

enum status export_attributes_load(struct export_attributes *attributes, const struct session *session,
				   struct error *error)
{
	struct loading loading = {.attributes = attributes, .catalog = session->catalog};
	enum status status = store_each_attribute(session->store, keep_attribute, &loading, error);

	if (attributes->count > 0)
		qsort(attributes->all, attributes->count, sizeof *attributes->all, compare_attributes);
	list_keys(attributes);
	return status;
}

const char *export_attribute(const struct export_attributes *attributes, size_t model, size_t key)
{
	const struct export_attribute wanted = {.model = model, .key = (char *)attributes->keys[key]};
	const struct export_attribute *found = bsearch(&wanted, attributes->all, attributes->count,
						       sizeof *attributes->all, compare_attributes);

	return found ? found->value : NULL;
}

void export_attributes_free(struct export_attributes *attributes)
{
	for (size_t i = 0; i < attributes->count; i++) {
		free(attributes->all[i].key);
		free(attributes->all[i].value);
	}
	free(attributes->all);
	free(attributes->keys);
}
