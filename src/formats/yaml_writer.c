#include "yaml_writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

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

	emit(emitter, yaml_scalar_event_initialize(&event, NULL, NULL, (const yaml_char_t *)clean, (int)strlen(clean), 1, 1, style),
	     &event);
	free(clean);
}

/* Whether a YAML 1.1 reader takes the bare text for something else. */
static bool needs_quotes(const char *text)
{
	static const char *const words[] = {"", "~", "null", "true", "false", "yes", "no", "on", "off", "y", "n"};
	static const char numbers[] = "0123456789_:.+-eExXobTtZ ";

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcasecmp(text, words[i]) == 0)
			return true;
	/* Numbers of all bases, with "_" or in sixtieths; dates and times; ".inf" and ".nan". */
	if (strchr("0123456789.+-", text[0]) &&
	    (text[strspn(text, numbers)] == '\0' || strspn(text, "0123456789abcdefABCDEFxX_+-") == strlen(text) ||
	     text[0] == '.' || strchr("+-", text[0])))
		return true;
	return strcmp(text, "=") == 0 || strcmp(text, "<<") == 0;
}

void yaml_writer_text(yaml_emitter_t *emitter, const char *text)
{
	emit_scalar(emitter, text, needs_quotes(text) ? YAML_DOUBLE_QUOTED_SCALAR_STYLE
						      : YAML_ANY_SCALAR_STYLE);
}

/* The shortest decimal that reads back as the same number. */
void yaml_writer_number(yaml_emitter_t *emitter, double number)
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

void yaml_writer_mapping(yaml_emitter_t *emitter)
{
	yaml_event_t event;

	emit(emitter, yaml_mapping_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_MAPPING_STYLE),
	     &event);
}

void yaml_writer_mapping_end(yaml_emitter_t *emitter)
{
	yaml_event_t event;

	emit(emitter, yaml_mapping_end_event_initialize(&event),
	     &event);
}

static int append(void *context, unsigned char *bytes, size_t length)
{
	text_append_bytes(context, (const char *)bytes, length);
	return 1;
}

void yaml_writer_pair(yaml_emitter_t *emitter, const char *key, const char *value)
{
	yaml_writer_text(emitter, key);
	yaml_writer_text(emitter, value);
}

void yaml_writer_sequence(yaml_emitter_t *emitter)
{
	yaml_event_t event;

	emit(emitter, yaml_sequence_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_SEQUENCE_STYLE),
	     &event);
}

void yaml_writer_sequence_end(yaml_emitter_t *emitter)
{
	yaml_event_t event;

	emit(emitter, yaml_sequence_end_event_initialize(&event),
	     &event);
}

void yaml_writer_begin(yaml_emitter_t *emitter, struct text *out)
{
	yaml_event_t event;

	if (!yaml_emitter_initialize(emitter))
		memory_exhausted();
	yaml_emitter_set_output(emitter, append, out);
	yaml_emitter_set_unicode(emitter, 1);
	yaml_emitter_set_width(emitter, -1);
	emit(emitter, yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING),
	     &event);
	emit(emitter, yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1),
	     &event);
}

void yaml_writer_end(yaml_emitter_t *emitter)
{
	yaml_event_t event;

	emit(emitter, yaml_document_end_event_initialize(&event, 1),
	     &event);
	emit(emitter, yaml_stream_end_event_initialize(&event),
	     &event);
	yaml_emitter_delete(emitter);
}
