#include "stemma/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"

static void text_reserve(struct text *text, size_t more)
{
	size_t need = text->length + more + 1;

	if (need <= text->capacity)
		return;
	size_t capacity = text->capacity < 32 ? 64 : text->capacity * 2;
	text->capacity = capacity > need ? capacity : need;
	text->bytes = memory_resize(text->bytes, text->capacity, 1);
}

void text_append_bytes(struct text *text, const char *bytes, size_t length)
{
	text_reserve(text, length);
	memcpy(text->bytes + text->length, bytes, length);
	text->length += length;
	text->bytes[text->length] = '\0';
}

void text_append(struct text *text, const char *string)
{
	text_append_bytes(text, string, strlen(string));
}

void text_append_format(struct text *text, const char *format, ...)
{
	va_list arguments, again;

	va_start(arguments, format);
	va_copy(again, arguments);
	int length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (length > 0)
		text_reserve(text, (size_t)length);
	/* It takes memory for long numbers, and only says that it had none. */
	if (length < 0 || (length > 0 && vsnprintf(text->bytes + text->length, (size_t)length + 1, format, again) < 0))
		memory_exhausted();
	text->length += (size_t)length;
	va_end(again);
}

const char *text_string(const struct text *text)
{
	return text->bytes ? text->bytes : "";
}

void text_clear(struct text *text)
{
	text->length = 0;
	if (text->bytes)
		text->bytes[0] = '\0';
}

void text_free(struct text *text)
{
	free(text->bytes);
	*text = (struct text){0};
}

char *text_steal(struct text *text)
{
	char *bytes = text->bytes ? text->bytes : memory_string("");
	*text = (struct text){0};
	return bytes;
}
