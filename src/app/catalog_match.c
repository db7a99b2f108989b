/* From the numbers of one catalog to those of the next. */
#include <string.h>

#include "stemma/app/catalog.h"
#include "stemma/base/memory.h"

uint32_t *catalog_match(const struct catalog *before, const struct catalog *after)
{
	uint32_t *match = memory_allocate(before->count + 1, sizeof *match);

	for (size_t i = 0; i < before->count; i++) {
		const struct catalog_model *model = &before->models[i];
		/* Nearly all have kept their number in the cache, which is quickly found. */
		size_t found = catalog_find_id(after, model->id);
		if (found == CATALOG_NONE || strcmp(after->models[found].name, model->name) != 0)
			found = catalog_find(after, model->name);
		match[i] = found == CATALOG_NONE ? CATALOG_NOWHERE : (uint32_t)found;
	}
	return match;
}
