#include "folders.h"

#include <ctype.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "stemma/base/memory.h"
#include "stemma/base/text.h"

/* The path of a file or folder that is there, without links; NULL when it is not. */
static char *real_path(const char *path)
{
	char *found = realpath(path, NULL);
	char *copy = memory_string(found);

	free(found);
	return copy;
}

/* Without "..", as far as the parts are known. */
static char *without_dots(const char *path)
{
	struct text out = {0};

	for (const char *at = path; *at;) {
		size_t length = strcspn(at, "/");
		bool up = length == 2 && strncmp(at, "..", 2) == 0;
		if (up && out.length > 0) {
			while (out.length > 0 && out.bytes[--out.length] != '/')
				;
			out.bytes[out.length] = '\0';
		} else if (length > 0 && !(length == 1 && *at == '.')) {
			text_append(&out, out.length > 0 || *path == '/' ? "/" : "");
			text_append_bytes(&out, at, length);
		}
		at += length;
		at += *at == '/';
	}
	if (out.length == 0)
		text_append(&out, "/");
	return text_steal(&out);
}

static char *joined(const char *folder, const char *path)
{
	struct text text = {0};

	text_append_format(&text, "%s/%s", folder, path);
	return text_steal(&text);
}

/* The folder of a file that is there, else where the program runs. */
static char *folder_of(const char *file)
{
	char *real = file ? real_path(file) : NULL;
	char *slash = real ? strrchr(real, '/') : NULL;
	char here[PATH_MAX];

	if (slash) {
		slash[slash == real] = '\0';
		return real;
	}
	free(real);
	return memory_string(getcwd(here, sizeof here) ? here : "/");
}

/* Beside a file, or in a folder above it; NULL when the path leads nowhere from there. */
static char *found_above(const char *folder, const char *path)
{
	char *from = memory_string(folder), *found = NULL;

	for (;;) {
		char *whole = joined(from, path);
		found = real_path(whole);
		free(whole);
		char *slash = strrchr(from, '/');
		if (found || !slash || slash == from)
			break;
		*slash = '\0';
	}
	free(from);
	return found;
}

char *folder_identity(const char *path, const char *file)
{
	const char *home = getenv("HOME");
	bool drive = isalpha((unsigned char)path[0]) && path[1] == ':';
	char *whole = NULL;

	if (path[0] == '~' && strchr("/", path[1]) && home && home[0])
		whole = joined(home, path + 1);
	else if (path[0] == '/' || path[0] == '~' || drive)
		whole = memory_string(path);
	if (!whole) {
		char *folder = folder_of(file);
		char *found = file ? found_above(folder, path) : NULL;
		whole = found ? found : joined(folder, path);
		free(folder);
	}
	char *real = drive ? NULL : real_path(whole);
	char *identity = real ? real : without_dots(whole);
	free(whole);
	return identity;
}
