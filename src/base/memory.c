#include "stemma/base/memory.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *memory_check(void *block, size_t count, size_t size)
{
	if (!block) {
		fprintf(stderr, "stemma: out of memory (%zu x %zu bytes)\n", count, size);
		abort();
	}
	return block;
}

void memory_exhausted(void)
{
	fputs("stemma: out of memory\n", stderr);
	abort();
}

void *memory_allocate(size_t count, size_t size)
{
	return memory_resize(NULL, count, size);
}

void *memory_zero(size_t count, size_t size)
{
	return memory_check(calloc(count ? count : 1, size ? size : 1), count, size);
}

void *memory_resize(void *block, size_t count, size_t size)
{
	/* realloc(p, 0) may free p: always ask for at least one byte. */
	if (size != 0 && count > SIZE_MAX / size)
		return memory_check(NULL, count, size);
	size_t bytes = count * size;
	return memory_check(realloc(block, bytes ? bytes : 1), count, size);
}

char *memory_string(const char *text)
{
	return text ? memory_string_slice(text, strlen(text)) : NULL;
}

char *memory_string_slice(const char *text, size_t length)
{
	char *copy = memory_allocate(length + 1, 1);
	memcpy(copy, text, length);
	copy[length] = '\0';
	return copy;
}

void *memory_grow(void *array, size_t count, size_t *capacity, size_t size)
{
	if (count < *capacity)
		return array;
	*capacity = *capacity < 8 ? 8 : *capacity * 2;
	if (*capacity <= count)
		*capacity = count + 1;
	return memory_resize(array, *capacity, size);
}
