#include "json_read.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reading.h"

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

/* A value takes some 200 bytes in memory, however few it has in the file.  Counted are what opens one and what
 * stands between two, strings left out. */
#define JSON_VALUES_MAX 4000000

static size_t count_values(const char *text)
{
	size_t count = 1;

	for (; *text; text++) {
		if (*text == '"') {
			for (text++; *text && *text != '"'; text++)
				text += text[0] == '\\' && text[1];
			if (!*text)
				break;
		}
		count += *text == ',' || *text == '{' || *text == '[';
	}
	return count;
}

json_t *json_read_text(struct source *source, struct text *text)
{
	json_t *document = NULL;
	json_error_t fault;

	if (source_rest(source, text, JSON_DOCUMENT_MAX) != STATUS_OK)
		return NULL;
	text_append(text, "");
	if (text->bytes)
		blank_words(text->bytes);
	if (text->bytes && count_values(text->bytes) > JSON_VALUES_MAX) {
		source_fail_at(source, STATUS_DATA, 0, 0, "more than 4,000,000 values in one JSON document; split it");
		return NULL;
	}
	document = json_loadb(text_string(text), text->length, 0, &fault);
	if (!document) {
		char message[JSON_ERROR_TEXT_LENGTH + 16];
		snprintf(message, sizeof message, "not JSON: %s", fault.text);
		source_fail_at(source, STATUS_DATA, fault.line, fault.column, message);
	}
	return document;
}

json_t *json_read_document(struct source *source)
{
	struct text text = {0};
	json_t *document = json_read_text(source, &text);

	text_free(&text);
	return document;
}

/* ---- places -------------------------------------------------------------------- */

#define SEARCHED_MAX ((size_t)64 << 20) /* bytes in all searches of a document; then no more places are told */

/* How far the walk has come: `matched` keys of the path lead to where it is. */
struct walk {
	const char *at;
	size_t depth, matched;
};

/* Takes a string; whether it was the path's next key. */
static bool walk_string(struct walk *walk, const char *wanted)
{
	const char *begin = ++walk->at;

	while (*walk->at && *walk->at != '"')
		walk->at += walk->at[0] == '\\' && walk->at[1] ? 2 : 1;
	size_t length = (size_t)(walk->at - begin);
	if (!*walk->at)
		return false;
	const char *behind = walk->at + 1 + strspn(walk->at + 1, " \t\r\n");
	if (walk->depth != walk->matched + 1 || *behind != ':' || length != strlen(wanted) ||
	    memcmp(begin, wanted, length) != 0)
		return false;
	walk->at = behind;
	return true;
}

static const char *find_value(const char *text, const char *const *path)
{
	struct walk walk = {.at = text};

	for (; *walk.at; walk.at++) {
		if (*walk.at == '"' && walk_string(&walk, path[walk.matched])) {
			if (!path[++walk.matched])
				return walk.at + 1 + strspn(walk.at + 1, " \t\r\n");
		} else if (*walk.at == '{' || *walk.at == '[') {
			walk.depth++;
		} else if (*walk.at == '}' || *walk.at == ']' || *walk.at == ',') {
			walk.depth -= *walk.at != ',' && walk.depth > 0;
			if (walk.matched > 0 && walk.depth <= walk.matched)
				walk.matched = walk.depth > 0 ? walk.depth - 1 : 0;
		}
		if (!*walk.at)
			break;
	}
	return NULL;
}

bool json_place(const struct text *text, size_t *searched, const char *const *path, long *line, long *column)
{
	const char *at = *searched <= SEARCHED_MAX ? find_value(text_string(text), path) : NULL;

	*searched += text->length;

	*line = *column = at ? 1 : 0;
	for (const char *before = text_string(text); at && before < at; before++) {
		if (*before == '\n') {
			++*line;
			*column = 1;
		} else {
			*column += ((unsigned char)*before & 0xC0) != 0x80;
		}
	}
	return at != NULL;
}

/* ---- many objects ---------------------------------------------------------------- */

#define LINE_MAX_BYTES ((size_t)64 << 20)

/* A document that takes more than one line: an array, or one object. */
static void each_of_document(struct source *source, void (*visit)(struct source *, const json_t *, long))
{
	json_t *document = json_read_document(source), *entry;
	size_t index;

	if (json_is_array(document)) {
		json_array_foreach(document, index, entry)
			if (source->status == STATUS_OK)
				visit(source, entry, 0);
	} else if (document) {
		visit(source, document, 1);
	}
	json_decref(document);
}

/* Whether it is one object a line: the first line is a whole object, or (when
 * it is broken) the second begins a new one.  Goes back to the beginning. */
static bool is_lines(struct source *source)
{
	struct text line = {0};
	bool lines = false;

	if (source_line(source, &line, LINE_MAX_BYTES)) {
		text_append(&line, "");
		blank_words(line.bytes);
		json_t *first = json_loadb(text_string(&line), line.length, 0, NULL);
		lines = json_is_object(first) || source_byte(source) == '{';
		json_decref(first);
	}
	text_free(&line);
	source_rewind(source);
	return lines;
}

enum status json_each(struct source *source, const char *what,
		      void (*visit)(struct source *source, const json_t *object, long line))
{
	struct text line = {0};
	json_error_t fault;
	long number = 1;

	if (!is_lines(source)) {
		if (source->status == STATUS_OK)
			each_of_document(source, visit);
		return source->status;
	}
	while (source->status == STATUS_OK && source_line(source, &line, LINE_MAX_BYTES)) {
		if (strspn(text_string(&line), " \t") < line.length) {
			blank_words(line.bytes);
			json_t *object = json_loadb(text_string(&line), line.length, 0, &fault);
			if (object)
				visit(source, object, number);
			else
				reject(source, number, fault.column, "not JSON%s: %s", what, fault.text);
			json_decref(object);
		}
		text_clear(&line);
		number = source->line;
	}
	text_free(&line);
	return source->status;
}

/* ---- values ------------------------------------------------------------------------ */

/* "67.6%", "0,912", "269.37 +/- 21.19". */
static double text_number(const char *text, bool *percent)
{
	char copy[48], *end;
	size_t length = strlen(text);

	if (length >= sizeof copy || strspn(text, " \t") == length)
		return NAN;
	memcpy(copy, text, length + 1);
	char *comma = strchr(copy, ',');
	if (comma && !strchr(copy, '.') && !strchr(comma + 1, ','))
		*comma = '.';
	double value = strtod(copy, &end);
	if (end == copy || strpbrk(copy, "xXnN"))
		return NAN;
	end += strspn(end, " \t");
	if (*end == '%') {
		*percent = true;
		end++;
		end += strspn(end, " \t");
	}
	bool spread = strncmp(end, "+/-", 3) == 0 || strncmp(end, "\xC2\xB1", 2) == 0;
	return *end == '\0' || spread ? value : NAN;
}

double json_value_number(const json_t *value, bool *percent)
{
	*percent = false;
	if (json_is_number(value))
		return json_number_value(value);
	return json_is_string(value) ? text_number(json_string_value(value), percent) : NAN;
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
