/* JSON documents from a source, with the place of a fault.  Private. */
#ifndef STEMMA_FORMATS_JSON_READ_H
#define STEMMA_FORMATS_JSON_READ_H

#include <jansson.h>
#include <stdbool.h>

#include "source.h"

#define JSON_DOCUMENT_MAX ((size_t)256 << 20) /* bytes */

/* Reads the rest of the source as one document, which the caller releases; NULL
 * on a failure, which source->status tells.  The NaN and Infinity that Python
 * writes become empty strings. */
json_t *json_read_document(struct source *source);
/* The same, and keeps the text, whose places are those of the source. */
json_t *json_read_text(struct source *source, struct text *text);
/* Where the value at a path of keys begins ("results", "gsm8k", NULL); false, and
 * *line and *column 0, when it is not there.  *searched, 0 at first, bounds the work of all
 * searches of a text: where too many were made nothing is found any more. */
bool json_place(const struct text *text, size_t *searched, const char *const *path, long *line, long *column);

/* Visits every object: of an array, one a line, or the only one; `line` is 0 where
 * it is not known.  Lines that are none are rejected. */
enum status json_each(struct source *source, const char *what,
		      void (*visit)(struct source *source, const json_t *object, long line));

const char *json_text(const json_t *object, const char *key); /* NULL when it is none */
double json_number(const json_t *object, const char *key);    /* NAN when it is none */

/* A number, or a text that is one with a decimal comma, "%" or "+/- ERROR" behind
 * it: *percent tells of the sign.  NAN for anything else. */
double json_value_number(const json_t *value, bool *percent);

#endif
