/* Network: what is known of models and benchmarks, as numbers. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "answers/network.h"
#include "stemma/base/memory.h"

#define WORDS_MAX 12 /* architectures, suites */

/* ---- frequent words ------------------------------------------------------------------- */

struct word {
	const char *text;
	size_t count;
};

static int compare_texts(const void *left, const void *right)
{
	const char *const *a = left, *const *b = right;

	return strcasecmp(*a, *b);
}

static int compare_words(const void *left, const void *right)
{
	const struct word *a = left, *b = right;

	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return strcasecmp(a->text, b->text);
}

/* The most frequent of some texts (NULL are none); at most WORDS_MAX.  Reorders them. */
static size_t frequent_words(const char **texts, size_t count, struct word *words)
{
	struct word *all = memory_allocate(count + 1, sizeof *all);
	size_t some = 0, found = 0;

	for (size_t i = 0; i < count; i++)
		if (texts[i])
			texts[some++] = texts[i];
	if (some > 0)
		qsort(texts, some, sizeof *texts, compare_texts);
	for (size_t i = 0; i < some; i++) {
		if (found == 0 || strcasecmp(all[found - 1].text, texts[i]) != 0)
			all[found++] = (struct word){texts[i], 0};
		all[found - 1].count++;
	}
	if (found > 0)
		qsort(all, found, sizeof *all, compare_words);
	found = found < WORDS_MAX ? found : WORDS_MAX;
	memcpy(words, all, found * sizeof *words);
	free(all);
	return found;
}

static float *tell_word(float *to, const char *text, const struct word *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		*to++ = text && strcasecmp(text, words[i].text) == 0;
	return to;
}

/* ---- numbers -------------------------------------------------------------------------- */

/* Makes mean 0 and deviation 1 of a column; what is not known becomes 0. */
static void standardise(float *table, size_t count, size_t width, size_t column)
{
	double sum = 0, squares = 0, n = 0;

	for (size_t i = 0; i < count; i++)
		if (!isnan(table[i * width + column]))
			sum += (double)table[i * width + column], n++;
	for (size_t i = 0; i < count; i++)
		if (!isnan(table[i * width + column]))
			squares += pow((double)table[i * width + column] - sum / n, 2);
	double scale = squares > 0 ? sqrt(squares / n) : 1;
	for (size_t i = 0; i < count; i++) {
		float *value = &table[i * width + column];
		*value = isnan(*value) ? 0 : (float)(((double)*value - sum / n) / scale);
	}
}

/* A number and whether it is known. */
static float *tell_number(float *to, double value)
{
	*to++ = isfinite(value) ? (float)value : NAN;
	*to++ = isfinite(value) ? 1 : 0;
	return to;
}

static float *tell_answer(float *to, enum answer answer)
{
	*to++ = answer == ANSWER_YES ? 1 : answer == ANSWER_NO ? -1 : 0;
	return to;
}

/* ---- the whole -------------------------------------------------------------------------- */

float *network_describe_models(const struct engine_data *data, const uint32_t *models, size_t count, size_t *features)
{
	struct word words[WORDS_MAX];
	const char **texts = memory_allocate(count + 1, sizeof *texts);

	for (size_t i = 0; i < count; i++)
		texts[i] = models[i] == UINT32_MAX ? NULL : engine_data_model(data, models[i]).architecture;
	size_t known = frequent_words(texts, count, words), width = 4 + KIND_COUNT + 3 + known;
	float *table = memory_zero(count * width + 1, sizeof *table);
	for (size_t i = 0; i < count; i++) {
		float *to = table + i * width;
		struct engine_model model = {.params_b = NAN, .uploaded = NAN};
		if (models[i] != UINT32_MAX)
			model = engine_data_model(data, models[i]);
		to = tell_number(to, model.params_b > 0 ? log(model.params_b) : NAN);
		to = tell_number(to, model.uploaded);
		for (size_t k = 0; k < KIND_COUNT; k++)
			*to++ = model.kind == (enum kind)k;
		to = tell_answer(to, model.chat_template);
		to = tell_answer(to, model.reasoning);
		to = tell_answer(to, model.open_weights);
		tell_word(to, model.architecture, words, known);
	}
	standardise(table, count, width, 0);
	standardise(table, count, width, 2);
	free(texts);
	*features = width;
	return table;
}

float *network_describe_benchmarks(const struct engine_data *data, size_t *features)
{
	struct word words[WORDS_MAX];
	const char **texts = memory_allocate(data->benchmarks + 1, sizeof *texts);

	for (size_t b = 0; b < data->benchmarks; b++)
		texts[b] = data->benchmark[b].suite;
	size_t known = frequent_words(texts, data->benchmarks, words), width = 6 + known;
	float *table = memory_zero(data->benchmarks * width + 1, sizeof *table);
	for (size_t b = 0; b < data->benchmarks; b++) {
		const struct engine_benchmark *benchmark = &data->benchmark[b];
		float *to = table + b * width;
		to = tell_number(to, benchmark->instances > 0 ? log(benchmark->instances) : NAN);
		to = tell_number(to, (benchmark->chance - benchmark->low) / (benchmark->high - benchmark->low));
		*to++ = benchmark->higher_is_better ? 1 : -1;
		*to++ = isfinite(benchmark->lower) && isfinite(benchmark->upper);
		tell_word(to, benchmark->suite, words, known);
	}
	standardise(table, data->benchmarks, width, 0);
	standardise(table, data->benchmarks, width, 2);
	free(texts);
	*features = width;
	return table;
}
