#include "stemma/app/target.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"
#include "stemma/base/text.h"

enum status target_find_benchmark(const struct catalog *catalog, const char *word,
				  size_t *benchmark, struct error *error)
{
	struct text keys = {0};

	*benchmark = catalog_benchmark(catalog, word);
	if (*benchmark != CATALOG_NONE)
		return STATUS_OK;
	for (size_t i = 0; i < catalog->benchmark_count; i++)
		text_append_format(&keys, "%s, ", catalog->benchmarks[i].key);
	error_set(error, STATUS_USAGE, "no benchmark '%s' in the cache", word);
	error_advise(error, "there are %saverage", text_string(&keys));
	text_free(&keys);
	return STATUS_USAGE;
}

static enum status target_part(const struct catalog *catalog, char *part, double *weights,
			       struct error *error)
{
	char *equals = strrchr(part, '='), *end = NULL;
	double weight = equals ? strtod(equals + 1, &end) : 1;
	size_t benchmark;

	if (equals && (end == equals + 1 || *end || !isfinite(weight) || weight < 0)) {
		error_set(error, STATUS_USAGE, "the weight in %s must be a number from 0 up", part);
		return error_advise(error, "as in ifeval=2,bbh=1");
	}
	if (equals)
		*equals = '\0';
	enum status status = target_find_benchmark(catalog, part, &benchmark, error);
	for (size_t b = 0; b < catalog->benchmark_count && status == STATUS_OK; b++)
		if (benchmark == b || benchmark == catalog->benchmark_count)
			weights[b] += benchmark == b ? weight : weight / (double)catalog->benchmark_count;
	return status;
}

enum status target_parse(const struct catalog *catalog, const char *word, double *weights,
			 struct error *error)
{
	char *copy = memory_string(word ? word : "average"), *rest = NULL;
	enum status status = STATUS_OK;
	double sum = 0;

	for (char *part = strtok_r(copy, ",", &rest); part && status == STATUS_OK;
	     part = strtok_r(NULL, ",", &rest))
		status = target_part(catalog, part, weights, error);
	free(copy);
	for (size_t b = 0; b < catalog->benchmark_count; b++)
		sum += weights[b];
	if (status == STATUS_OK && sum <= 0)
		status = error_set(error, STATUS_USAGE, "the target has no weights above 0");
	for (size_t b = 0; b < catalog->benchmark_count && status == STATUS_OK; b++)
		weights[b] /= sum;
	return status;
}
