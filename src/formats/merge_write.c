/* Writing mergekit configurations (formats.md §3.5) and the heads of their cards. */
#include <stdlib.h>
#include <string.h>

#include "merge.h"
#include "stemma/base/memory.h"
#include "stemma/base/utf8.h"
#include "yaml_writer.h"

static bool writes_weights(enum merge_method method)
{
	switch (merge_method_info(method)->reduction) {
	case REDUCE_MEAN:
	case REDUCE_TASK:
	case REDUCE_ELECT:
		return true;
	default:
		return false;
	}
}

/* In a plain text "+" adds an adapter and "@" a revision: a path that has them is written as
 * a mapping, where they are letters. */
static void emit_model(yaml_emitter_t *emitter, const struct merge_writing *writing, const char *key,
		       const char *model)
{
	char *place = writing->place ? writing->place(writing->context, model) : NULL;

	yaml_writer_text(emitter, key);
	if (place && !strchr(model, '+') && strpbrk(place, "+@")) {
		yaml_writer_mapping(emitter);
		yaml_writer_text(emitter, "model");
		yaml_writer_mapping(emitter);
		yaml_writer_pair(emitter, "path", place);
		yaml_writer_mapping_end(emitter);
		yaml_writer_mapping_end(emitter);
	} else {
		yaml_writer_text(emitter, place ? place : model);
	}
	free(place);
}

static void emit_models(yaml_emitter_t *emitter, const struct merge_writing *writing)
{
	yaml_writer_text(emitter, "models");
	yaml_writer_sequence(emitter);
	for (size_t i = 0; i < writing->count; i++) {
		bool base = writing->base && strcmp(writing->models[i], writing->base) == 0;
		yaml_writer_mapping(emitter);
		emit_model(emitter, writing, "model", writing->models[i]);
		if (writes_weights(writing->method) &&
		    !(base && merge_method_info(writing->method)->needs_base)) {
			yaml_writer_text(emitter, "parameters");
			yaml_writer_mapping(emitter);
			yaml_writer_text(emitter, "weight");
			yaml_writer_number(emitter, writing->weights[i]);
			yaml_writer_mapping_end(emitter);
		}
		yaml_writer_mapping_end(emitter);
	}
	yaml_writer_sequence_end(emitter);
}

/* t of a slerp: the weight of the model that is not the base. */
static double slerp_t(const struct merge_writing *writing)
{
	double t = 0.5, sum = 0;

	for (size_t i = 0; i < writing->count; i++) {
		sum += writing->weights[i];
		if (!writing->base || strcmp(writing->models[i], writing->base) != 0)
			t = writing->weights[i];
	}
	return sum > 0 ? t / sum : t;
}

/* slerp says with t what other methods say with weights; nearswap needs a t. */
static void emit_parameters(yaml_emitter_t *emitter, const struct merge_writing *writing)
{
	bool slerp = merge_method_info(writing->method)->reduction == REDUCE_SLERP;

	if (!slerp && writing->method != MERGE_NEARSWAP)
		return;
	yaml_writer_text(emitter, "parameters");
	yaml_writer_mapping(emitter);
	yaml_writer_text(emitter, "t");
	yaml_writer_number(emitter, slerp ? slerp_t(writing) : merge_tuning_default(writing->method));
	yaml_writer_mapping_end(emitter);
}

static void write_comments(struct text *out, const struct merge_writing *writing)
{
	for (size_t i = 0; i < writing->comment_count; i++) {
		char *clean = utf8_sanitize(writing->comments[i]); /* a line end would leave the comment */
		text_append_format(out, "# %s\n", clean);
		free(clean);
	}
}

void merge_recipe_write(struct text *out, const struct merge_writing *writing)
{
	yaml_emitter_t emitter;

	write_comments(out, writing);
	yaml_writer_begin(&emitter, out);
	yaml_writer_mapping(&emitter);
	yaml_writer_pair(&emitter, "merge_method", merge_method_info(writing->method)->name);
	if (writing->base)
		emit_model(&emitter, writing, "base_model", writing->base);
	emit_models(&emitter, writing);
	emit_parameters(&emitter, writing);
	if (writing->dtype)
		yaml_writer_pair(&emitter, "dtype", writing->dtype);
	yaml_writer_mapping_end(&emitter);
	yaml_writer_end(&emitter);
}

static void emit_list(yaml_emitter_t *emitter, const char *key, size_t count,
		      const char *const *items)
{
	yaml_writer_text(emitter, key);
	yaml_writer_sequence(emitter);
	for (size_t i = 0; i < count; i++)
		yaml_writer_text(emitter, items[i]);
	yaml_writer_sequence_end(emitter);
}

static bool lists_base(const struct merge_writing *writing)
{
	for (size_t i = 0; i < writing->count; i++)
		if (strcmp(writing->models[i], writing->base) == 0)
			return true;
	return false;
}

void merge_card_head_write(struct text *out, const struct merge_writing *writing)
{
	static const char *const tags[] = {"mergekit", "merge"};
	const char **parents = memory_allocate(writing->count + 1, sizeof *parents);
	size_t count = 0;
	yaml_emitter_t emitter;

	if (writing->base && !lists_base(writing))
		parents[count++] = writing->base;
	for (size_t i = 0; i < writing->count; i++)
		parents[count++] = writing->models[i];
	text_append(out, "---\n");
	yaml_writer_begin(&emitter, out);
	yaml_writer_mapping(&emitter);
	emit_list(&emitter, "base_model", count, parents);
	yaml_writer_pair(&emitter, "base_model_relation", "merge");
	emit_list(&emitter, "tags", sizeof tags / sizeof *tags, tags);
	yaml_writer_mapping_end(&emitter);
	yaml_writer_end(&emitter);
	text_append(out, "---\n");
	free(parents);
}
