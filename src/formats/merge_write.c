/* Writing mergekit configurations (formats.md §3.5) through libyaml. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#include "stemma/base/memory.h"
#include "stemma/formats/mergekit.h"

struct writer {
	yaml_emitter_t emitter;
	bool failed;
};

static void emit(struct writer *writer, yaml_event_t *event)
{
	writer->failed |= !yaml_emitter_emit(&writer->emitter, event);
}

static void emit_text(struct writer *writer, const char *text)
{
	yaml_event_t event;

	yaml_scalar_event_initialize(&event, NULL, NULL, (const yaml_char_t *)text, (int)strlen(text), 1, 1,
				     YAML_ANY_SCALAR_STYLE);
	emit(writer, &event);
}

/* The shortest decimal that reads back as the same number. */
static void emit_number(struct writer *writer, double number)
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
	emit_text(writer, text);
}

static void begin_mapping(struct writer *writer)
{
	yaml_event_t event;

	yaml_mapping_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_MAPPING_STYLE);
	emit(writer, &event);
}

static void end_mapping(struct writer *writer)
{
	yaml_event_t event;

	yaml_mapping_end_event_initialize(&event);
	emit(writer, &event);
}

static int append(void *context, unsigned char *bytes, size_t length)
{
	text_append_bytes(context, (const char *)bytes, length);
	return 1;
}

static void emit_pair(struct writer *writer, const char *key, const char *value)
{
	emit_text(writer, key);
	emit_text(writer, value);
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

static void emit_models(struct writer *writer, const struct merge_writing *writing)
{
	yaml_event_t event;

	emit_text(writer, "models");
	yaml_sequence_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_SEQUENCE_STYLE);
	emit(writer, &event);
	for (size_t i = 0; i < writing->count; i++) {
		bool base = writing->base && strcmp(writing->models[i], writing->base) == 0;
		begin_mapping(writer);
		emit_pair(writer, "model", writing->models[i]);
		if (writes_weights(writing->method) &&
		    !(base && merge_method_info(writing->method)->needs_base)) {
			emit_text(writer, "parameters");
			begin_mapping(writer);
			emit_text(writer, "weight");
			emit_number(writer, writing->weights[i]);
			end_mapping(writer);
		}
		end_mapping(writer);
	}
	yaml_sequence_end_event_initialize(&event);
	emit(writer, &event);
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

static void emit_parameters(struct writer *writer, const struct merge_writing *writing)
{
	if (merge_method_info(writing->method)->reduction != REDUCE_SLERP)
		return;
	emit_text(writer, "parameters");
	begin_mapping(writer);
	emit_text(writer, "t");
	emit_number(writer, slerp_t(writing));
	end_mapping(writer);
}

void merge_recipe_write(struct text *out, const struct merge_writing *writing)
{
	struct writer writer = {.failed = false};
	yaml_event_t event;

	for (size_t i = 0; i < writing->comment_count; i++)
		text_append_format(out, "# %s\n", writing->comments[i]);
	yaml_emitter_initialize(&writer.emitter);
	yaml_emitter_set_output(&writer.emitter, append, out);
	yaml_emitter_set_unicode(&writer.emitter, 1);
	yaml_emitter_set_width(&writer.emitter, -1);
	yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING);
	emit(&writer, &event);
	yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1);
	emit(&writer, &event);
	begin_mapping(&writer);
	emit_pair(&writer, "merge_method", merge_method_info(writing->method)->name);
	if (writing->base)
		emit_pair(&writer, "base_model", writing->base);
	emit_models(&writer, writing);
	emit_parameters(&writer, writing);
	if (writing->dtype)
		emit_pair(&writer, "dtype", writing->dtype);
	end_mapping(&writer);
	yaml_document_end_event_initialize(&event, 1);
	emit(&writer, &event);
	yaml_stream_end_event_initialize(&event);
	emit(&writer, &event);
	yaml_emitter_delete(&writer.emitter);
}
