/* A merge that can be read has parents whose shares sum to 1. */
#include "fuzz.h"

#include <math.h>

#include "stemma/formats/mergekit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct error error = {0};
	struct merge_recipe recipe;
	char *text = fuzz_copy(data, size);
	double sum = 0;
	enum status status = merge_recipe_read(text, size, "merge.yml", NULL, &recipe, &error);

	fuzz_check_failure(status, &error);
	for (size_t i = 0; i < recipe.parent_count; i++) {
		FUZZ_CHECK(recipe.parents[i].name && recipe.parents[i].name[0]);
		FUZZ_CHECK(recipe.parents[i].share >= 0);
		sum += recipe.parents[i].share;
	}
	FUZZ_CHECK(status != STATUS_OK || (recipe.parent_count > 0 && fabs(sum - 1) < 1e-6));
	merge_recipe_free(&recipe);
	free(text);
	return 0;
}
