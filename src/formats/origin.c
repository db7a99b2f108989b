#include "origin.h"

#include <stdlib.h>
#include <string.h>

#include "reading.h"
#include "stemma/base/memory.h"

const char *origin_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

char *origin_folder(const char *path)
{
	const char *end = strrchr(path, '/'), *start = end;

	if (!end || end == path)
		return NULL;
	while (start > path && start[-1] != '/')
		start--;
	return memory_string_slice(start, (size_t)(end - start));
}

char *origin_stem(const char *path)
{
	static const char *const suffixes[] = {".gz", ".yml", ".yaml", ".txt", ".md", ".markdown", ".json"};
	const char *name = origin_base(path);
	size_t length = strlen(name);

	for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
		size_t suffix = strlen(suffixes[i]);
		if (length > suffix && memcmp(name + length - suffix, suffixes[i], suffix) == 0)
			length -= suffix;
	}
	return memory_string_slice(name, length);
}

/* "owner/name" of "owner" SEPARATOR "name"; NULL when that is no name. */
static char *joined_name(const char *text, size_t length, const char *separator)
{
	char *name = memory_string_slice(text, length);
	char *bar = strstr(name, separator);

	if (bar && bar > name) {
		*bar = '/';
		memmove(bar + 1, bar + 2, strlen(bar + 2) + 1);
		if (is_hub_name(name))
			return name;
	}
	free(name);
	return NULL;
}

/* The folder of a download cache. */
static char *cached_model(const char *path)
{
	const char *folder = strstr(path, "models--");

	if (!folder || (folder > path && folder[-1] != '/') || !strchr(folder, '/'))
		return NULL;
	folder += strlen("models--");
	return joined_name(folder, strcspn(folder, "/"), "--");
}

char *origin_model(const char *path)
{
	char *folder = origin_folder(path);
	char *name = folder ? joined_name(folder, strlen(folder), "__") : NULL;

	free(folder);
	return name ? name : cached_model(path);
}
