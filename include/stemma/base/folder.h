/* Folder: the files in it. */
#ifndef STEMMA_BASE_FOLDER_H
#define STEMMA_BASE_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include "stemma/base/error.h"

/* Deeper folders are not looked into. */
#define FOLDER_DEPTH_MAX 32

struct folder_files {
	char **paths; /* owned, sorted */
	size_t count, capacity;
};

bool folder_is(const char *path);

/* Makes the missing folders of a file's path, each mode 0700.  Returns 0, or an
 * errno and in *failed the folder that could not be made, which the caller frees. */
int folder_make_for(const char *path, char **failed);

/* Appends all files below a folder, in the order of their names; hidden ones and
 * what links lead to in other folders are left out.  STATUS_IO when a folder
 * cannot be read. */
enum status folder_list(const char *path, struct folder_files *files, struct error *error);
void folder_files_free(struct folder_files *files);

#endif
