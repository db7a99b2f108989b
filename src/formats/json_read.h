/* JSON documents from a source, with the place of a fault.  Private. */
#ifndef STEMMA_FORMATS_JSON_READ_H
#define STEMMA_FORMATS_JSON_READ_H

#include <jansson.h>

#include "source.h"

#define JSON_DOCUMENT_MAX ((size_t)256 << 20) /* bytes */

/* Reads the rest of the source as one document, which the caller releases; NULL
 * on a failure, which source->status tells.  The NaN and Infinity that Python
 * writes become empty strings. */
json_t *json_read_document(struct source *source);

const char *json_text(const json_t *object, const char *key); /* NULL when it is none */
double json_number(const json_t *object, const char *key);    /* NAN when it is none */

#endif
