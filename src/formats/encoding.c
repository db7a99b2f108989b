#include "encoding.h"

#include <string.h>

#include "stemma/base/utf8.h"

static size_t put_utf8(char *out, unsigned int code)
{
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xC0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3F));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (char)(0xE0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 0x3F));
		out[2] = (char)(0x80 | (code & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | code >> 18);
	out[1] = (char)(0x80 | (code >> 12 & 0x3F));
	out[2] = (char)(0x80 | (code >> 6 & 0x3F));
	out[3] = (char)(0x80 | (code & 0x3F));
	return 4;
}

/* ---- UTF-16 ---------------------------------------------------------------- */

bool utf16_recognise(struct utf16 *decoder, const char *text, size_t length)
{
	bool big = length >= 2 && memcmp(text, "\xFE\xFF", 2) == 0;
	bool little = length >= 2 && memcmp(text, "\xFF\xFE", 2) == 0;

	*decoder = (struct utf16){.known = big || little, .big = big};
	return decoder->known;
}

/* Takes one unit; returns the bytes written, at most 3 and 4 for a pair. */
static size_t take_unit(struct utf16 *decoder, unsigned int unit, char *out)
{
	unsigned int high = decoder->high;
	size_t used = 0;

	decoder->high = 0;
	if (high && unit >= 0xDC00 && unit <= 0xDFFF)
		return put_utf8(out, 0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00));
	if (high)
		used = put_utf8(out, UTF8_REPLACEMENT);
	if (unit >= 0xD800 && unit <= 0xDBFF)
		decoder->high = unit;
	else if (unit >= 0xDC00 && unit <= 0xDFFF)
		used += put_utf8(out + used, UTF8_REPLACEMENT);
	else if (unit != 0xFEFF) /* the mark */
		used += put_utf8(out + used, unit);
	return used;
}

size_t utf16_decode(struct utf16 *decoder, const char *in, size_t length, char *out)
{
	size_t used = 0;

	for (size_t i = 0; i < length; i++) {
		unsigned char byte = (unsigned char)in[i];
		if (!decoder->half) {
			decoder->byte = byte;
			decoder->half = true;
			continue;
		}
		unsigned int first = decoder->byte, second = byte;
		decoder->half = false;
		used += take_unit(decoder, decoder->big ? first << 8 | second : second << 8 | first, out + used);
	}
	return used;
}

/* ---- eight bits ------------------------------------------------------------- */

bool is_utf8(const char *text)
{
	while (*text) {
		unsigned int code;
		size_t length = utf8_decode(text, &code);
		if (code == UTF8_REPLACEMENT && length == 1)
			return false;
		text += length;
	}
	return true;
}

void append_windows_1252(struct text *out, const char *text)
{
	/* 0x80..0x9F; what it leaves free is the replacement character. */
	static const unsigned short upper[32] = {
		0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
		0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
		0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178,
	};

	for (; *text; text++) {
		unsigned int code = (unsigned char)*text;
		char bytes[4];
		if (code >= 0x80 && code < 0xA0)
			code = upper[code - 0x80];
		text_append_bytes(out, bytes, put_utf8(bytes, code));
	}
}
