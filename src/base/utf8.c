#include "stemma/base/utf8.h"

#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#include "stemma/base/memory.h"
#include "stemma/base/text.h"

#define BLANK_PATTERN 0x2800 /* Braille without a dot: it looks like nothing */

size_t utf8_decode(const char *text, unsigned int *code_point)
{
	const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *)text;
	utf8proc_int32_t code;
	size_t length = 1;

	*code_point = bytes[0];
	if (bytes[0] < 0x80)
		return 1;
	/* A cut sequence ends with the text. */
	while (length < 4 && bytes[length])
		length++;
	utf8proc_ssize_t used = utf8proc_iterate(bytes, (utf8proc_ssize_t)length, &code);
	*code_point = used > 0 ? (unsigned int)code : UTF8_REPLACEMENT;
	return used > 0 ? (size_t)used : 1;
}

bool utf8_is_hidden(unsigned int code)
{
	if (code >= 0x20 && code < 0x7F)
		return false;
	const utf8proc_property_t *property = utf8proc_get_property((utf8proc_int32_t)code);
	return property->ignorable || property->category == UTF8PROC_CATEGORY_CC || property->category == UTF8PROC_CATEGORY_ZL ||
	       property->category == UTF8PROC_CATEGORY_ZP || code == BLANK_PATTERN ||
	       (code >= 0xFFF9 && code <= 0xFFFB) ||    /* interlinear annotations */
	       (code >= 0xE0000 && code <= 0xE0FFF);    /* tags, also those that are not assigned */
}

/* Canonically composed, so that what looks the same is the same. */
static char *composed(char *text)
{
	utf8proc_uint8_t *whole = utf8proc_NFC((const utf8proc_uint8_t *)text);

	if (!whole)
		memory_exhausted();
	char *copy = memory_string((const char *)whole);
	free(whole);
	free(text);
	return copy;
}

char *utf8_sanitize(const char *text)
{
	struct text clean = {0};
	bool ascii = true;

	while (*text) {
		unsigned int code;
		size_t length = utf8_decode(text, &code);
		ascii &= code < 0x80;
		if (code == '\n' || code == '\t')
			text_append(&clean, " ");
		else if (code == UTF8_REPLACEMENT)
			text_append(&clean, UTF8_REPLACEMENT_BYTES);
		else if (!utf8_is_hidden(code))
			text_append_bytes(&clean, text, length);
		text += length;
	}
	return ascii ? text_steal(&clean) : composed(text_steal(&clean));
}

bool utf8_is_clean(const char *text)
{
	for (const char *at = text; *at; at++)
		if ((unsigned char)*at < 0x20 || (unsigned char)*at >= 0x7F) {
			char *clean = utf8_sanitize(text);
			bool same = strcmp(clean, text) == 0;
			free(clean);
			return same;
		}
	return true;
}

static int code_width(unsigned int code)
{
	if (code >= 0x20 && code < 0x7F)
		return 1;
	int width = utf8proc_charwidth((utf8proc_int32_t)code);
	utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)code);
	/* What has no width in the tables is drawn as some sign. */
	return category == UTF8PROC_CATEGORY_CN || category == UTF8PROC_CATEGORY_CO ? 1 : width;
}

/* Bytes of the cluster that a text begins with, a sign with all that is drawn on it; *columns gets its width. */
static size_t cluster(const char *text, int *columns)
{
	unsigned int code, next;
	size_t length = utf8_decode(text, &code);
	utf8proc_int32_t state = 0;

	*columns = code_width(code);
	while (code >= 0x80 || (unsigned char)text[length] >= 0x80) {
		size_t more = text[length] ? utf8_decode(text + length, &next) : 0;
		if (more == 0 || utf8proc_grapheme_break_stateful((utf8proc_int32_t)code, (utf8proc_int32_t)next, &state))
			break;
		*columns += code_width(next);
		length += more;
		code = next;
	}
	return length;
}

size_t utf8_prefix(const char *text, int columns, int *used)
{
	size_t position = 0;
	int width = 0;

	while (text[position]) {
		int next;
		size_t length = cluster(text + position, &next);
		if (width + next > columns)
			break;
		width += next;
		position += length;
	}
	if (used)
		*used = width;
	return position;
}

int utf8_width(const char *text)
{
	int width;

	utf8_prefix(text, 1 << 30, &width);
	return width;
}

int utf8_compare_names(const char *a, const char *b)
{
	for (;; a++, b++) {
		unsigned int left = (unsigned char)*a, right = (unsigned char)*b;
		left += left >= 'A' && left <= 'Z' ? 'a' - 'A' : 0;
		right += right >= 'A' && right <= 'Z' ? 'a' - 'A' : 0;
		if (left != right || left == 0)
			return (int)left - (int)right;
	}
}
