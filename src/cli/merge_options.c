#include "merge_options.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"
#include "stemma/base/read_file.h"

const char *const merge_answer_words[] = {"no", "yes", NULL};
const char *const merge_relation_words[] = {"merge", "finetune", NULL};

bool merge_options_given(const struct merge_options *options)
{
	return options->models.count > 0 || options->kept;
}

enum status merge_split_weight(const char *word, char **name, double *weight,
			       struct error *error)
{
	const char *colon = strrchr(word, ':');
	char *end = NULL;

	*weight = colon ? strtod(colon + 1, &end) : NAN;
	if (!colon || end == colon + 1 || *end) {
		*name = memory_string(word);
		*weight = NAN;
		return STATUS_OK;
	}
	*name = memory_string_slice(word, (size_t)(colon - word));
	if (weight_is_sound(*weight))
		return STATUS_OK;
	error_set(error, STATUS_USAGE, "the weight of %s must be a number from 0 to 1,000,000", *name);
	return error_advise(error, "weights are scaled to sum 1");
}

static enum status sketch_words(struct sketch *sketch, const struct catalog *catalog,
				const struct option_list *words, struct error *error)
{
	char **names = memory_zero(words->count, sizeof *names);
	double *weights = memory_zero(words->count, sizeof *weights);
	enum status status = STATUS_OK;

	for (size_t i = 0; i < words->count && status == STATUS_OK; i++)
		status = merge_split_weight(words->values[i], &names[i], &weights[i], error);
	if (status == STATUS_OK)
		status = sketch_from_names(sketch, catalog, words->count,
					   (const char *const *)names, weights, error);
	for (size_t i = 0; i < words->count; i++)
		free(names[i]);
	free(names);
	free(weights);
	return status;
}

struct warning_place {
	struct cli *cli;
	const char *file;
};

static void warn_recipe(void *context, long line, long column, const char *message)
{
	const struct warning_place *place = context;

	if (column > 0)
		cli_warn(place->cli, "%s:%ld:%ld: %s", place->file, line, column, message);
	else
		cli_warn(place->cli, "%s:%ld: %s", place->file, line, message);
}

static enum status sketch_configuration(struct cli *cli, struct sketch *sketch,
					const struct catalog *catalog, const char *path,
					struct error *error)
{
	struct warning_place place = {cli, read_file_name(path)};
	const struct record_sink sink = {.context = &place, .warn = warn_recipe};

	return sketch_open_file(sketch, catalog, path, &sink, error);
}

/* What the options say about every sketch. */
static enum status sketch_options(struct sketch *sketch, const struct catalog *catalog,
				  const struct merge_options *options, struct error *error)
{
	size_t base;

	if (options->method != MERGE_METHOD_NOT_GIVEN)
		sketch_set_method(sketch, (enum merge_method)options->method);
	if (options->chat_template != ANSWER_UNKNOWN)
		sketch_set_template(sketch, (enum answer)options->chat_template);
	sketch->now.finetune = options->relation > 0;
	if (options->base) {
		enum status status = catalog_resolve(catalog, options->base, &base, error);
		if (status != STATUS_OK)
			return status;
		sketch_set_base(sketch, base);
		if (sketch_base(sketch, catalog) != base) {
			const struct merge_method_info *info = merge_method_info(sketch->now.method);
			size_t other = sketch_base(sketch, catalog);
			if (other == CATALOG_NONE)
				error_set(error, STATUS_USAGE, "%s has no base", info->name);
			else
				error_set(error, STATUS_USAGE, "the base of %s is one of its two models, not %s", info->name,
					  catalog->models[base].name);
			return error_advise(error, "leave --base out, or name another --method");
		}
	}
	return sketch_check(sketch, catalog, error);
}

static enum status sketch_kept(struct session *session, const char *name, struct sketch *sketch,
			       struct error *error)
{
	if (sketch_load(sketch, session, name))
		return STATUS_OK;
	error_set(error, STATUS_NO_INPUT, "no sketch is kept as \"%s\"", name);
	return error_advise(error, "the browser keeps one with \":save NAME\"");
}

static enum status sketch_own(struct session *session, const struct merge_options *options,
			      struct sketch *sketch, struct error *error)
{
	if (options->kept && options->models.count > 0)
		return error_set(error, STATUS_USAGE, "--sketch excludes --model");
	return options->kept ? sketch_kept(session, options->kept, sketch, error)
			     : sketch_words(sketch, session->catalog, &options->models, error);
}

enum status merge_options_sketch(struct cli *cli, struct session *session,
				 const struct merge_options *options, const char *path,
				 struct sketch *sketch, struct error *error)
{
	enum status status = path ? sketch_configuration(cli, sketch, session->catalog, path, error)
				  : sketch_own(session, options, sketch, error);

	if (status == STATUS_OK)
		status = sketch_options(sketch, session->catalog, options, error);
	if (status != STATUS_OK && path && !error->file[0])
		error_locate(error, read_file_name(path), 0, 0);
	return status;
}
