/* Encoding: text that is not UTF-8, made UTF-8.  Private. */
#ifndef STEMMA_FORMATS_ENCODING_H
#define STEMMA_FORMATS_ENCODING_H

#include <stdbool.h>
#include <stddef.h>

#include "stemma/base/text.h"

/* UTF-16, a piece at a time; what a piece cuts through waits for the next. */
struct utf16 {
	bool known, big; /* whether it is UTF-16, and its order of bytes */
	bool half;       /* `byte` is the first half of a unit */
	unsigned char byte;
	unsigned int high; /* the first of two surrogates; 0 = none */
};
/* Bytes that `length` bytes can become. */
#define UTF16_ROOM(length) (3 * ((length) / 2 + 2))

/* Whether a text begins with the byte order mark of UTF-16, of either order. */
bool utf16_recognise(struct utf16 *decoder, const char *text, size_t length);
/* Decodes a piece into `out`, UTF16_ROOM(length) bytes; returns the bytes written.
 * Surrogates without their other half become U+FFFD. */
size_t utf16_decode(struct utf16 *decoder, const char *in, size_t length, char *out);

/* Whether `text` is UTF-8. */
bool is_utf8(const char *text);
/* Appends text of Windows-1252, of which Latin-1 is a part. */
void append_windows_1252(struct text *out, const char *text);

#endif
