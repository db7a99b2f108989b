#include "names.h"

#include "stemma/base/text.h"

const char *names_benchmark(const struct catalog *catalog, size_t benchmark,
			    enum output_format format)
{
	if (benchmark >= catalog->benchmark_count)
		return "average";
	return format == OUTPUT_TEXT ? catalog->benchmarks[benchmark].title
				     : catalog->benchmarks[benchmark].key;
}

const char *names_model(const struct catalog *catalog, size_t model)
{
	return model < catalog->count ? catalog->models[model].name : NULL;
}

const char *names_answer(enum answer answer)
{
	if (answer == ANSWER_UNKNOWN)
		return NULL;
	return answer == ANSWER_YES ? "yes" : "no";
}

double names_score(const struct catalog *catalog, size_t model, size_t benchmark)
{
	if (benchmark < catalog->benchmark_count)
		return catalog_score(catalog, model, benchmark);
	return catalog->averages[model];
}

enum status names_find_benchmark(const struct catalog *catalog, const char *word,
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
