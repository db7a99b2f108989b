/* Text: a growing byte string that is always terminated. */
#ifndef STEMMA_BASE_TEXT_H
#define STEMMA_BASE_TEXT_H

#include <stdarg.h>
#include <stddef.h>

struct text {
	char *bytes; /* owned; NULL until something is appended */
	size_t length;
	size_t capacity;
};

void text_append(struct text *text, const char *string);
void text_append_bytes(struct text *text, const char *bytes, size_t length);
void text_append_format(struct text *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* The contents, "" when empty; valid until the next change. */
const char *text_string(const struct text *text);
void text_clear(struct text *text);  /* keeps the memory */
void text_free(struct text *text);   /* frees it, leaves an empty text */
char *text_steal(struct text *text); /* the caller frees; leaves an empty text */

#endif
