/* Writing mergekit configurations (formats.md §3.5) through libyaml. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <yaml.h>

#include "merge.h"
#include "stemma/base/memory.h"
#include "stemma/base/utf8.h"

/* With well-formed events only memory can be missing, for one of them (then it
 * was not made) or for what is written. */
static void emit(yaml_emitter_t *emitter, int made, yaml_event_t *event)
{
	if (!made || !yaml_emitter_emit(emitter, event))
		memory_exhausted();
}

static void emit_scalar(yaml_emitter_t *emitter, const char *text, yaml_scalar_style_t style)
{
	char *clean = utf8_sanitize(text); /* libyaml takes valid UTF-8 only */
	yaml_event_t event;

	emit(emitter, yaml_scalar_event_initialize(&event, NULL, NULL, (const yaml_char_t *)clean,
						   (int)strlen(clean), 1, 1, style), &event);
	free(clean);
}

/* Whether a YAML 1.1 reader takes the bare text for something else. */
static bool needs_quotes(const char *text)
{
	static const char *const words[] = {"", "~", "null", "true", "false", "yes", "no", "on", "off", "y", "n"};
	char *end;

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcasecmp(text, words[i]) == 0)
			return true;
	strtod(text, &end);
	return end != text && *end == '\0';
}

static void emit_text(yaml_emitter_t *emitter, const char *text)
{
	emit_scalar(emitter, text, needs_quotes(text) ? YAML_DOUBLE_QUOTED_SCALAR_STYLE
						      : YAML_ANY_SCALAR_STYLE);
}

/* The shortest decimal that reads back as the same number. */
static void emit_number(yaml_emitter_t *emitter, double number)
{
	char text[40];

	for (int digits = 1; digits <= 17; digits++) {
		snprintf(text, sizeof text, "%.*g", digits, number);
		double back = strtod(text, NULL);
		if (back >= number && back <= number)
			break;
	}
	/* "1e-9" without a dot is a string in YAML 1.1. */
	if (strchr(text, 'e') && !strchr(text, '.'))
		snprintf(text, sizeof text, "%.17f", number);
	emit_scalar(emitter, text, YAML_PLAIN_SCALAR_STYLE);
}

static void begin_mapping(yaml_emitter_t *emitter)
{
	yaml_event_t event;

	emit(emitter, yaml_mapping_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_MAPPING_STYLE), &event);
}

static void end_mapping(yaml_emitter_t *emitter)
{
	yaml_event_t event;

	emit(emitter, yaml_mapping_end_event_initialize(&event), &event);
}

static int append(void *context, unsigned char *bytes, size_t length)
{
	text_append_bytes(context, (const char *)bytes, length);
	return 1;
}

static void emit_pair(yaml_emitter_t *emitter, const char *key, const char *value)
{
	emit_text(emitter, key);
	emit_text(emitter, value);
}

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

static void emit_models(yaml_emitter_t *emitter, const struct merge_writing *writing)
{
	yaml_event_t event;

	emit_text(emitter, "models");
	emit(emitter, yaml_sequence_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_SEQUENCE_STYLE), &event);
	for (size_t i = 0; i < writing->count; i++) {
		bool base = writing->base && strcmp(writing->models[i], writing->base) == 0;
		begin_mapping(emitter);
		emit_pair(emitter, "model", writing->models[i]);
		if (writes_weights(writing->method) &&
		    !(base && merge_method_info(writing->method)->needs_base)) {
			emit_text(emitter, "parameters");
			begin_mapping(emitter);
			emit_text(emitter, "weight");
			emit_number(emitter, writing->weights[i]);
			end_mapping(emitter);
		}
		end_mapping(emitter);
	}
	emit(emitter, yaml_sequence_end_event_initialize(&event), &event);
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
	emit_text(emitter, "parameters");
	begin_mapping(emitter);
	emit_text(emitter, "t");
	emit_number(emitter, slerp ? slerp_t(writing) : merge_tuning_default(writing->method));
	end_mapping(emitter);
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
	yaml_event_t event;

	write_comments(out, writing);
	if (!yaml_emitter_initialize(&emitter))
		memory_exhausted();
	yaml_emitter_set_output(&emitter, append, out);
	yaml_emitter_set_unicode(&emitter, 1);
	yaml_emitter_set_width(&emitter, -1);
	emit(&emitter, yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING), &event);
	emit(&emitter, yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1), &event);
	begin_mapping(&emitter);
	emit_pair(&emitter, "merge_method", merge_method_info(writing->method)->name);
	if (writing->base)
		emit_pair(&emitter, "base_model", writing->base);
	emit_models(&emitter, writing);
	emit_parameters(&emitter, writing);
	if (writing->dtype)
		emit_pair(&emitter, "dtype", writing->dtype);
	end_mapping(&emitter);
	emit(&emitter, yaml_document_end_event_initialize(&event, 1), &event);
	emit(&emitter, yaml_stream_end_event_initialize(&event), &event);
	yaml_emitter_delete(&emitter);
}
