#include "judge/method.h"

#include <string.h>

#include "data/random.h"

static const char *const words[] = {
#define X(symbol, word, models, cells, help) word,
	METHOD_TABLE(X)
#undef X
};

const char *evaluation_method_name(enum evaluation_method method)
{
	return method < METHOD_COUNT ? words[method] : "unknown";
}

enum evaluation_method evaluation_method_parse(const char *word)
{
	enum evaluation_method method = 0;

	while (method < METHOD_COUNT && strcmp(word, words[method]) != 0)
		method++;
	return method;
}

bool evaluation_method_predicts(enum evaluation_method method, bool single_cells)
{
	static const bool of_models[] = {
#define X(symbol, word, models, cells, help) models,
		METHOD_TABLE(X)
#undef X
	};
	static const bool of_cells[] = {
#define X(symbol, word, models, cells, help) cells,
		METHOD_TABLE(X)
#undef X
	};
	return method < METHOD_COUNT && (single_cells ? of_cells[method] : of_models[method]);
}

bool method_is_fit(enum evaluation_method method)
{
	return method == METHOD_NONE || method == METHOD_LAPLACIAN || method == METHOD_KIN ||
	       method == METHOD_UNLINKED || method == METHOD_SHUFFLED;
}

bool method_is_asked(enum evaluation_method method, const bool *methods, const struct engine_data *data)
{
	if (methods)
		return methods[method];
	return (method != METHOD_UNLINKED && method != METHOD_SHUFFLED) || lineage_edges(data->lineage) > 0;
}

enum status method_fit(enum evaluation_method method, const struct engine_data *data, uint64_t seed,
		       struct progress *progress, struct method_fit *fit, struct error *error)
{
	static const enum prior priors[METHOD_COUNT] = {
		[METHOD_NONE] = PRIOR_NONE, [METHOD_LAPLACIAN] = PRIOR_LAPLACIAN,
		[METHOD_KIN] = PRIOR_KIN, [METHOD_UNLINKED] = PRIOR_KIN, [METHOD_SHUFFLED] = PRIOR_KIN,
	};
	struct engine_settings settings = {.prior = priors[method], .seed = seed};

	*fit = (struct method_fit){.data = *data};
	if (method == METHOD_SHUFFLED) {
		uint64_t random = seed + 99;
		fit->data.lineage = fit->lineage = random_lineage(data->lineage, &random);
	} else if (method == METHOD_UNLINKED) {
		fit->data.lineage = fit->lineage = lineage_new(data->models);
		lineage_finish(fit->lineage);
	}
	enum status status = engine_fit_new(&fit->data, &settings, NULL, 0, true, progress, &fit->fit, error);
	if (status != STATUS_OK)
		method_fit_free(fit);
	return status;
}

void method_fit_free(struct method_fit *fit)
{
	engine_fit_free(fit->fit);
	lineage_free(fit->lineage);
	*fit = (struct method_fit){0};
}
