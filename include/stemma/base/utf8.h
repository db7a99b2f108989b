/* UTF-8: making foreign text safe for a terminal, and measuring it. */
#ifndef STEMMA_BASE_UTF8_H
#define STEMMA_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Copies `text` with control characters (C0, C1, DEL) and all that Unicode lets a
 * program ignore (bidirectional and zero-width controls, variation selectors, fillers)
 * dropped, each invalid byte replaced by U+FFFD, and the rest in Normalization Form C.
 * Newlines and tabs become one blank.  The caller frees. */
char *utf8_sanitize(const char *text);

/* True when utf8_sanitize would change nothing. */
bool utf8_is_clean(const char *text);

/* Whether a code point draws nothing itself but changes how its neighbours are
 * drawn or read: what utf8_sanitize() drops. */
bool utf8_is_hidden(unsigned int code);

/* Columns that `text` takes on a terminal (combining 0, wide 2), whatever the locale. */
int utf8_width(const char *text);

/* Bytes of the longest prefix of whole grapheme clusters that takes at most
 * `columns`; *used gets its width.  `used` may be NULL. */
size_t utf8_prefix(const char *text, int columns, int *used);

/* Decodes one code point at `text` (not at the terminator), stores it and
 * returns the bytes read, at least 1; invalid bytes give U+FFFD. */
size_t utf8_decode(const char *text, unsigned int *code_point);
/* What stands for bytes that are none. */
#define UTF8_REPLACEMENT 0xFFFDu
#define UTF8_REPLACEMENT_BYTES "\xEF\xBF\xBD"

/* Case-insensitive comparison as SQLite's NOCASE does it: ASCII letters only.
 * Model names on the Hub are ASCII. */
int utf8_compare_names(const char *a, const char *b);

#endif
