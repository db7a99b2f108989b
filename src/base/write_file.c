#include "stemma/base/write_file.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "stemma/base/memory.h"

/* Who writes, and what became of it. */
struct writing {
	enum status (*produce)(void *context, FILE *file, struct error *error);
	void *context;
	enum status status;
	struct error *error;
};

static enum status produce_text(void *context, FILE *file, struct error *error)
{
	const struct text *text = context;

	(void)error; /* the stream tells */
	fwrite(text_string(text), 1, text->length, file);
	return STATUS_OK;
}

/* Returns an errno, 0 when all is written; one that nothing says of is EIO. */
static int write_all(FILE *file, struct writing *writing)
{
	errno = 0;
	writing->status = writing->produce(writing->context, file, writing->error);
	int fault = writing->status != STATUS_OK || ferror(file) || fflush(file) != 0 ? errno ? errno : EIO : 0;

	if (fclose(file) != 0 && fault == 0)
		fault = errno ? errno : EIO;
	return fault;
}

/* Returns an errno, 0 when written; then `name` is there, and else not.  With `like`,
 * unless it is NULL, it has these permissions before it has the text. */
static int write_new(const char *name, struct writing *writing, const struct stat *like)
{
	FILE *file = fopen(name, "wx");

	if (!file)
		return errno;
	int refused = like && fchmod(fileno(file), like->st_mode & 07777) != 0 ? errno : 0;
	int fault = write_all(file, writing);
	fault = refused ? refused : fault;
	if (fault != 0)
		unlink(name);
	return fault;
}

/* Written beside it and moved there; the file that a link leads to, not the link. */
#define LINKS_MAX 40

/* Where a link leads in the end, also to what is not there yet; the caller frees. */
static char *place_of(const char *path)
{
	char *place = memory_string(path), target[PATH_MAX];

	for (int links = 0; links < LINKS_MAX; links++) {
		ssize_t length = readlink(place, target, sizeof target - 1);
		if (length < 0)
			break;
		target[length] = '\0';
		const char *slash = strrchr(place, '/');
		struct text next = {0};
		if (target[0] != '/' && slash)
			text_append_bytes(&next, place, (size_t)(slash - place) + 1);
		text_append(&next, target);
		free(place);
		place = text_steal(&next);
	}
	return place;
}

static int write_over(const char *path, struct writing *writing)
{
	struct text temporary = {0};
	char *place = place_of(path);
	struct stat before;

	text_append_format(&temporary, "%s.%ld.new", place, (long)getpid());
	int fault = write_new(text_string(&temporary), writing, stat(place, &before) == 0 ? &before : NULL);
	if (fault == 0 && rename(text_string(&temporary), place) != 0) {
		fault = errno;
		unlink(text_string(&temporary));
	}
	text_free(&temporary);
	free(place);
	return fault;
}

/* What cannot be replaced by a file: a terminal, a pipe, /dev/stdout. */
static bool is_special(const char *path)
{
	struct stat facts;

	return stat(path, &facts) == 0 && !S_ISREG(facts.st_mode) && !S_ISDIR(facts.st_mode);
}

static int write_into(const char *path, struct writing *writing)
{
	FILE *file = fopen(path, "w");

	return file ? write_all(file, writing) : errno;
}

static enum status write_by(const char *path, struct writing *writing, bool replace, struct error *error)
{
	int fault = !replace ? write_new(path, writing, NULL)
		: is_special(path) ? write_into(path, writing) : write_over(path, writing);

	if (fault == 0 || writing->status != STATUS_OK)
		return writing->status;
	return error_set(error, STATUS_IO, "cannot write %s: %s", path, strerror(fault));
}

enum status write_file(const char *path, const struct text *text, bool replace,
		       struct error *error)
{
	struct text copy = *text; /* read only */
	struct writing writing = {.produce = produce_text, .context = &copy, .error = error};

	return write_by(path, &writing, replace, error);
}

enum status write_file_by(const char *path,
			  enum status (*produce)(void *context, FILE *file, struct error *error), void *context,
			  struct error *error)
{
	struct writing writing = {.produce = produce, .context = context, .error = error};

	return write_by(path, &writing, true, error);
}
