/* Write file: a whole output file, or nothing of it. */
#ifndef STEMMA_BASE_WRITE_FILE_H
#define STEMMA_BASE_WRITE_FILE_H

#include <stdbool.h>
#include <stdio.h>

#include "stemma/base/error.h"
#include "stemma/base/text.h"

/* Writes `path`: with `replace` in the place of what is there, at once when all
 * is written (a link stays and its file is replaced, permissions stay; a device or a
 * pipe is written to); else only when there is nothing of that name.  STATUS_IO when it cannot be
 * written; then what was there is as before. */
enum status write_file(const char *path, const struct text *text, bool replace,
		       struct error *error);

/* The same, with `replace`, of what produce() writes, which may be long.  When it fails its status is
 * that of the whole; whether all could be written is not its to look at. */
enum status write_file_by(const char *path,
			  enum status (*produce)(void *context, FILE *file, struct error *error), void *context,
			  struct error *error);

#endif
