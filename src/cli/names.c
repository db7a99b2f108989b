#include "names.h"

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
