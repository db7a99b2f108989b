#include "stemma/base/write_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool write_all(FILE *file, const struct text *text)
{
	bool written = fwrite(text_string(text), 1, text->length, file) == text->length;

	return fclose(file) == 0 && written;
}

/* Returns an errno, 0 when written. */
static int write_as(const char *name, const char *path, const struct text *text)
{
	FILE *file = fopen(name, "wx");
	int fault = 0;

	if (!file)
		return errno;
	if (!write_all(file, text) || (name != path && rename(name, path) != 0)) {
		fault = errno ? errno : EIO;
		unlink(name);
	}
	return fault;
}

enum status write_file(const char *path, const struct text *text, bool replace,
		       struct error *error)
{
	struct text temporary = {0};

	text_append_format(&temporary, "%s.%ld.new", path, (long)getpid());
	int fault = write_as(replace ? text_string(&temporary) : path, path, text);
	text_free(&temporary);
	return fault == 0 ? STATUS_OK
			  : error_set(error, STATUS_IO, "cannot write %s: %s", path, strerror(fault));
}
