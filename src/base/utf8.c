#include "stemma/base/utf8.h"

#include <string.h>
#include <wchar.h>

#include "stemma/base/text.h"

size_t utf8_decode(const char *text, unsigned int *code_point)
{
	const unsigned char *bytes = (const unsigned char *)text;
	unsigned int lead = bytes[0], value;
	size_t length;

	*code_point = UTF8_REPLACEMENT;
	if (lead < 0x80) {
		*code_point = lead;
		return 1;
	} else if (lead >= 0xC2 && lead <= 0xDF) {
		length = 2, value = lead & 0x1F;
	} else if (lead >= 0xE0 && lead <= 0xEF) {
		length = 3, value = lead & 0x0F;
	} else if (lead >= 0xF0 && lead <= 0xF4) {
		length = 4, value = lead & 0x07;
	} else {
		return 1;
	}
	for (size_t i = 1; i < length; i++) {
		if ((bytes[i] & 0xC0) != 0x80)
			return 1;
		value = value << 6 | (bytes[i] & 0x3Fu);
	}
	static const unsigned int smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	if (value < smallest[length] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
		return 1;
	*code_point = value;
	return length;
}

/* Code points that draw nothing themselves but change how their neighbours
 * are drawn or read: terminal controls, direction overrides, zero-width and
 * tag characters, interlinear annotations. */
bool utf8_is_hidden(unsigned int code)
{
	return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0xAD || code == 0x61C ||
	       code == 0x180E || (code >= 0x200B && code <= 0x200F) ||
	       (code >= 0x2028 && code <= 0x202E) || (code >= 0x2060 && code <= 0x206F) ||
	       code == 0xFEFF || (code >= 0xFFF9 && code <= 0xFFFB) ||
	       (code >= 0xE0000 && code <= 0xE0FFF);
}

char *utf8_sanitize(const char *text)
{
	struct text clean = {0};

	while (*text) {
		unsigned int code;
		size_t length = utf8_decode(text, &code);
		if (code == '\n' || code == '\t')
			text_append(&clean, " ");
		else if (code == UTF8_REPLACEMENT)
			text_append(&clean, UTF8_REPLACEMENT_BYTES);
		else if (!utf8_is_hidden(code))
			text_append_bytes(&clean, text, length);
		text += length;
	}
	return text_steal(&clean);
}

bool utf8_is_clean(const char *text)
{
	while (*text) {
		unsigned int code;
		if (*text >= 0x20 && *text < 0x7F) {
			text++;
			continue;
		}
		size_t length = utf8_decode(text, &code);
		if (utf8_is_hidden(code) || (code == UTF8_REPLACEMENT && length == 1))
			return false;
		text += length;
	}
	return true;
}

static int code_width(unsigned int code)
{
	if (code >= 0x20 && code < 0x7F)
		return 1;
	int width = wcwidth((wchar_t)code);
	return width < 0 ? 1 : width;
}

size_t utf8_prefix(const char *text, int columns, int *used)
{
	size_t position = 0;
	int width = 0;

	while (text[position]) {
		unsigned int code;
		size_t length = utf8_decode(text + position, &code);
		int next = code_width(code);
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
