#include "stemma/base/folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "stemma/base/memory.h"
#include "stemma/base/text.h"

bool folder_is(const char *path)
{
	struct stat file;

	return stat(path, &file) == 0 && S_ISDIR(file.st_mode);
}

int folder_make_for(const char *path, char **failed)
{
	char *copy = memory_string(path);

	for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		struct stat folder;
		*slash = '\0';
		/* mkdir may fail for other reasons where the folder is there, as on
		 * read-only file systems, hence stat first. */
		if (stat(copy, &folder) != 0 && mkdir(copy, 0700) != 0 && errno != EEXIST) {
			*failed = copy;
			return errno;
		}
		*slash = '/';
	}
	free(copy);
	return 0;
}

static enum status list(const char *path, int depth, struct folder_files *files,
			struct error *error);

static enum status fail(const char *path, struct error *error)
{
	error_set(error, STATUS_IO, "%s", strerror(errno));
	return error_locate(error, path, 0, 0);
}

/* Kinds of errno: a file that went meanwhile, a link to nothing. */
static bool is_nothing(int number)
{
	return number == ENOENT || number == ELOOP || number == ENOTDIR;
}

static enum status add_entry(const char *folder, const char *name, int depth,
			     struct folder_files *files, struct error *error)
{
	size_t length = strlen(folder);
	struct text path = {0};
	struct stat file, linked;
	enum status status = STATUS_OK;

	text_append_format(&path, length > 0 && folder[length - 1] == '/' ? "%s%s" : "%s/%s", folder, name);
	/* Links to folders are not followed: they may lead in a circle. */
	if (lstat(text_string(&path), &file) != 0 ||
	    (S_ISLNK(file.st_mode) && stat(text_string(&path), &linked) != 0)) {
		status = is_nothing(errno) ? STATUS_OK : fail(text_string(&path), error);
	} else if (S_ISDIR(file.st_mode)) {
		status = list(text_string(&path), depth + 1, files, error);
	} else if (S_ISREG(S_ISLNK(file.st_mode) ? linked.st_mode : file.st_mode)) {
		files->paths = memory_grow(files->paths, files->count, &files->capacity,
					   sizeof *files->paths);
		files->paths[files->count++] = text_steal(&path);
	}
	text_free(&path);
	return status;
}

/* Hidden ones are left out but for the folder where the Hub keeps results. */
static int is_shown(const struct dirent *entry)
{
	return entry->d_name[0] != '.' || strcmp(entry->d_name, ".eval_results") == 0;
}

static enum status list(const char *path, int depth, struct folder_files *files,
			struct error *error)
{
	struct dirent **entries;
	enum status status = STATUS_OK;

	if (depth > FOLDER_DEPTH_MAX)
		return STATUS_OK;
	int count = scandir(path, &entries, is_shown, alphasort);
	if (count < 0)
		return fail(path, error);
	for (int i = 0; i < count; i++) {
		if (status == STATUS_OK)
			status = add_entry(path, entries[i]->d_name, depth, files, error);
		free(entries[i]);
	}
	free(entries);
	return status;
}

enum status folder_list(const char *path, struct folder_files *files, struct error *error)
{
	return list(path, 0, files, error);
}

void folder_files_free(struct folder_files *files)
{
	for (size_t i = 0; i < files->count; i++)
		free(files->paths[i]);
	free(files->paths);
	*files = (struct folder_files){0};
}
