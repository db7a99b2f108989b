#include "output.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/utf8.h"

static void append_byte(struct text *out, char byte)
{
	text_append_bytes(out, &byte, 1);
}

/* Seven digits are more than any figure here has. */
static void write_number(struct text *out, double value)
{
	if (value == trunc(value) && fabs(value) < 1e15)
		text_append_format(out, "%.0f", value + 0.0); /* no -0 */
	else
		text_append_format(out, "%.7g", value);
}

/* ---- JSON ------------------------------------------------------------------- */

/* Code points beyond 16 bits take two. */
static void write_escape(struct text *out, unsigned int code)
{
	if (code < 0x10000)
		text_append_format(out, "\\u%04x", code);
	else
		text_append_format(out, "\\u%04x\\u%04x", 0xD800 + ((code - 0x10000) >> 10),
				   0xDC00 + ((code - 0x10000) & 0x3FF));
}

static void write_quoted(struct text *out, const char *value)
{
	append_byte(out, '"');
	while (*value) {
		unsigned int code;
		size_t length = utf8_decode(value, &code);
		if (code == '"' || code == '\\')
			append_byte(out, '\\');
		if (utf8_is_hidden(code))
			write_escape(out, code);
		else if (code == UTF8_REPLACEMENT)
			text_append(out, UTF8_REPLACEMENT_BYTES);
		else
			text_append_bytes(out, value, length);
		value += length;
	}
	append_byte(out, '"');
}

static void write_line_start(struct output_json *json)
{
	if (json->depth)
		text_append_format(json->out, "\n%*s", 2 * json->depth, "");
	else
		append_byte(json->out, '\n');
}

/* What stands before a value: comma, new line or blank, key. */
static void lead(struct output_json *json, const char *key)
{
	if (json->follows)
		append_byte(json->out, ',');
	if (!json->inline_depth && json->depth)
		write_line_start(json);
	else if (json->follows)
		append_byte(json->out, ' ');
	json->follows = true;
	if (key) {
		write_quoted(json->out, key);
		text_append(json->out, ": ");
	}
}

void output_json_begin(struct output_json *json, const char *key, char bracket, enum json_layout layout)
{
	lead(json, key);
	append_byte(json->out, bracket);
	json->depth++;
	json->follows = false;
	if (json->inline_depth || layout == JSON_INLINE)
		json->inline_depth++;
}

void output_json_end(struct output_json *json, char bracket)
{
	json->depth--;
	if (json->inline_depth)
		json->inline_depth--;
	else if (json->follows)
		write_line_start(json);
	append_byte(json->out, bracket);
	json->follows = true;
	if (!json->depth)
		append_byte(json->out, '\n');
}

void output_json_string(struct output_json *json, const char *key, const char *value)
{
	lead(json, key);
	if (value)
		write_quoted(json->out, value);
	else
		text_append(json->out, "null");
}

void output_json_number(struct output_json *json, const char *key, double value)
{
	lead(json, key);
	if (isfinite(value))
		write_number(json->out, value);
	else
		text_append(json->out, "null");
}

void output_json_bool(struct output_json *json, const char *key, bool value)
{
	lead(json, key);
	text_append(json->out, value ? "true" : "false");
}

/* ---- CSV -------------------------------------------------------------------- */

void output_csv_string(struct text *out, const char *value)
{
	if (!value)
		return;
	char *clean = utf8_sanitize(value);
	bool quoted = clean[strcspn(clean, "\",")] || clean[0] == ' ';
	if (quoted)
		append_byte(out, '"');
	for (const char *at = clean; *at; at++) {
		if (*at == '"')
			append_byte(out, '"');
		append_byte(out, *at);
	}
	if (quoted)
		append_byte(out, '"');
	free(clean);
}

void output_csv_number(struct text *out, double value)
{
	if (isfinite(value))
		write_number(out, value);
}
