#include "json_read.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Bare words outside of strings that Python writes for numbers; replaced by
 * strings of the same length, so that places stay right. */
static void blank_words(char *text)
{
	static const char *const words[] = {"-Infinity", "Infinity", "NaN"};

	for (char *at = text; *at; at++) {
		if (*at == '"') {
			for (at++; *at && *at != '"'; at++)
				if (*at == '\\' && at[1])
					at++;
			if (!*at)
				return;
			continue;
		}
		for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
			size_t length = strlen(words[i]);
			if (strncmp(at, words[i], length) == 0) {
				memset(at, ' ', length);
				at[0] = at[1] = '"';
				at += length - 1;
				break;
			}
		}
	}
}

json_t *json_read_document(struct source *source)
{
	struct text text = {0};
	json_t *document = NULL;
	json_error_t fault;

	if (source_rest(source, &text, JSON_DOCUMENT_MAX) == STATUS_OK) {
		text_append(&text, "");
		if (text.bytes)
			blank_words(text.bytes);
		document = json_loadb(text_string(&text), text.length, 0, &fault);
		if (!document) {
			char message[JSON_ERROR_TEXT_LENGTH + 16];
			snprintf(message, sizeof message, "not JSON: %s", fault.text);
			source_fail_at(source, STATUS_DATA, fault.line, fault.column, message);
		}
	}
	text_free(&text);
	return document;
}

const char *json_text(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

double json_number(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	return json_is_number(value) ? json_number_value(value) : NAN;
}
