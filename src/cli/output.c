#include "output.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/utf8.h"

/* Seven digits are more than any figure here has. */
static void write_number(FILE *out, double value)
{
	if (value == trunc(value) && fabs(value) < 1e15)
		fprintf(out, "%.0f", value + 0.0); /* no -0 */
	else
		fprintf(out, "%.7g", value);
}

/* ---- JSON ------------------------------------------------------------------- */

static void write_utf8(FILE *out, unsigned int code)
{
	static const unsigned int lead[] = {0, 0x00, 0xC0, 0xE0, 0xF0};
	int bytes = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;

	fputc((int)(lead[bytes] | code >> 6 * (bytes - 1)), out);
	for (int rest = bytes - 2; rest >= 0; rest--)
		fputc((int)(0x80 | (code >> 6 * rest & 0x3F)), out);
}

/* Code points beyond 16 bits take two. */
static void write_escape(FILE *out, unsigned int code)
{
	if (code < 0x10000)
		fprintf(out, "\\u%04x", code);
	else
		fprintf(out, "\\u%04x\\u%04x", 0xD800 + ((code - 0x10000) >> 10),
			0xDC00 + ((code - 0x10000) & 0x3FF));
}

static void write_quoted(FILE *out, const char *value)
{
	fputc('"', out);
	while (*value) {
		unsigned int code;
		value += utf8_decode(value, &code);
		if (utf8_is_hidden(code)) {
			write_escape(out, code);
			continue;
		}
		if (code == '"' || code == '\\')
			fputc('\\', out);
		write_utf8(out, code);
	}
	fputc('"', out);
}

static void write_line_start(struct output_json *json)
{
	if (json->depth)
		fprintf(json->out, "\n%*s", 2 * json->depth, "");
	else
		fputc('\n', json->out);
}

/* What stands before a value: comma, new line or blank, key. */
static void lead(struct output_json *json, const char *key)
{
	if (json->follows)
		fputc(',', json->out);
	if (!json->inline_depth && json->depth)
		write_line_start(json);
	else if (json->follows)
		fputc(' ', json->out);
	json->follows = true;
	if (key) {
		write_quoted(json->out, key);
		fputs(": ", json->out);
	}
}

void output_json_begin(struct output_json *json, const char *key, char bracket, enum json_layout layout)
{
	lead(json, key);
	fputc(bracket, json->out);
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
	fputc(bracket, json->out);
	json->follows = true;
	if (!json->depth)
		fputc('\n', json->out);
}

void output_json_string(struct output_json *json, const char *key, const char *value)
{
	lead(json, key);
	if (value)
		write_quoted(json->out, value);
	else
		fputs("null", json->out);
}

void output_json_number(struct output_json *json, const char *key, double value)
{
	lead(json, key);
	if (isfinite(value))
		write_number(json->out, value);
	else
		fputs("null", json->out);
}

void output_json_bool(struct output_json *json, const char *key, bool value)
{
	lead(json, key);
	fputs(value ? "true" : "false", json->out);
}

/* ---- CSV -------------------------------------------------------------------- */

void output_csv_string(FILE *out, const char *value)
{
	if (!value)
		return;
	char *clean = utf8_sanitize(value);
	bool quoted = clean[strcspn(clean, "\",")] || clean[0] == ' ';
	if (quoted)
		fputc('"', out);
	for (const char *at = clean; *at; at++) {
		if (*at == '"')
			fputc('"', out);
		fputc(*at, out);
	}
	if (quoted)
		fputc('"', out);
	free(clean);
}

void output_csv_number(FILE *out, double value)
{
	if (isfinite(value))
		write_number(out, value);
}
