/* Output: JSON and CSV, appended to a text as they come. */
#ifndef STEMMA_CLI_OUTPUT_H
#define STEMMA_CLI_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "stemma/base/text.h"

/* A JSON document being written.  All zero but `out` at the start. */
struct output_json {
	struct text *out;
	int depth;
	int inline_depth; /* > 0: within a value that stays on one line */
	bool follows;     /* a value precedes at this depth */
};

enum json_layout { JSON_LINES, JSON_INLINE };

/* Opens '{' or '['; `key` is NULL in arrays and at the top. */
void output_json_begin(struct output_json *json, const char *key, char bracket, enum json_layout layout);
void output_json_end(struct output_json *json, char bracket); /* '}' or ']' */

/* Values.  A NULL string, a NAN or infinite number is null; invalid UTF-8
 * becomes U+FFFD. */
void output_json_string(struct output_json *json, const char *key, const char *value);
void output_json_number(struct output_json *json, const char *key, double value);
void output_json_bool(struct output_json *json, const char *key, bool value);

/* One CSV field (RFC 4180), quoted when it has to be, control characters
 * dropped; NULL is empty. */
void output_csv_string(struct text *out, const char *value);
void output_csv_number(struct text *out, double value);

#endif
