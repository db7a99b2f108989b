#include "stemma/base/write_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Returns an errno, 0 when all is written. */
static int write_all(FILE *file, const struct text *text)
{
	errno = 0;
	bool written = fwrite(text_string(text), 1, text->length, file) == text->length;
	int fault = written ? 0 : errno ? errno : EIO;

	if (fclose(file) != 0 && fault == 0)
		fault = errno ? errno : EIO;
	return fault;
}

/* Returns an errno, 0 when written; then `name` is there, and else not.  With `like`,
 * unless it is NULL, it has these permissions before it has the text. */
static int write_new(const char *name, const struct text *text, const struct stat *like)
{
	FILE *file = fopen(name, "wx");

	if (!file)
		return errno;
	int refused = like && fchmod(fileno(file), like->st_mode & 07777) != 0 ? errno : 0;
	int fault = write_all(file, text);
	fault = refused ? refused : fault;
	if (fault != 0)
		unlink(name);
	return fault;
}

/* Written beside it and moved there; the file that a link leads to, not the link. */
static int write_over(const char *path, const struct text *text)
{
	struct text temporary = {0};
	char *end = realpath(path, NULL);
	const char *place = end ? end : path;
	struct stat before;

	text_append_format(&temporary, "%s.%ld.new", place, (long)getpid());
	int fault = write_new(text_string(&temporary), text, stat(place, &before) == 0 ? &before : NULL);
	if (fault == 0 && rename(text_string(&temporary), place) != 0) {
		fault = errno;
		unlink(text_string(&temporary));
	}
	text_free(&temporary);
	free(end);
	return fault;
}

/* What cannot be replaced by a file: a terminal, a pipe, /dev/stdout. */
static bool is_special(const char *path)
{
	struct stat facts;

	return stat(path, &facts) == 0 && !S_ISREG(facts.st_mode) && !S_ISDIR(facts.st_mode);
}

static int write_into(const char *path, const struct text *text)
{
	FILE *file = fopen(path, "w");

	return file ? write_all(file, text) : errno;
}

enum status write_file(const char *path, const struct text *text, bool replace,
		       struct error *error)
{
	int fault = !replace ? write_new(path, text, NULL)
		: is_special(path) ? write_into(path, text) : write_over(path, text);

	return fault == 0 ? STATUS_OK
			  : error_set(error, STATUS_IO, "cannot write %s: %s", path, strerror(fault));
}
