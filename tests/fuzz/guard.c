/* The linker (--wrap) sends the calls of the program here.  A fuzzer that types
 * file names must not write just anywhere: what is written is lost, and nothing
 * is read but the script; nor is anything fetched (world.c).  FUZZ_ARTIFACTS is where the fuzzer itself writes. */
#include "guard.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

static bool guarded;

FILE *__real_fopen(const char *path, const char *mode);
gzFile __real_gzopen(const char *path, const char *mode);
int __real_scandir(const char *path, struct dirent ***entries, int (*filter)(const struct dirent *),
		   int (*compare)(const struct dirent **, const struct dirent **));
int __real_rename(const char *from, const char *to);
int __real_unlink(const char *path);
FILE *__wrap_fopen(const char *path, const char *mode);
gzFile __wrap_gzopen(const char *path, const char *mode);
int __wrap_scandir(const char *path, struct dirent ***entries, int (*filter)(const struct dirent *),
		   int (*compare)(const struct dirent **, const struct dirent **));
int __wrap_rename(const char *from, const char *to);
int __wrap_unlink(const char *path);

void guard_set(bool on)
{
	guarded = on;
}

static bool is_artifact(const char *path)
{
	const char *folder = getenv("FUZZ_ARTIFACTS");

	return folder && *folder && strncmp(path, folder, strlen(folder)) == 0 && !strstr(path, "..");
}

FILE *__wrap_fopen(const char *path, const char *mode)
{
	if (!guarded || is_artifact(path) || strncmp(path, "/proc/self/fd/", 14) == 0)
		return __real_fopen(path, mode);
	if (mode[0] != 'r')
		return __real_fopen("/dev/null", "w");
	if (strcmp(path, "/dev/null") == 0)
		return __real_fopen(path, mode);
	errno = ENOENT;
	return NULL;
}

/* What is imported is read through zlib; folders are not walked through. */
gzFile __wrap_gzopen(const char *path, const char *mode)
{
	if (!guarded || is_artifact(path) || strncmp(path, "/proc/self/fd/", 14) == 0 ||
	    strcmp(path, "/dev/null") == 0)
		return __real_gzopen(path, mode);
	errno = ENOENT;
	return NULL;
}

int __wrap_scandir(const char *path, struct dirent ***entries, int (*filter)(const struct dirent *),
		   int (*compare)(const struct dirent **, const struct dirent **))
{
	if (!guarded)
		return __real_scandir(path, entries, filter, compare);
	errno = ENOENT;
	return -1;
}

gzFile __wrap_gzopen(const char *path, const char *mode);
int __wrap_scandir(const char *path, struct dirent ***entries, int (*filter)(const struct dirent *),
		   int (*compare)(const struct dirent **, const struct dirent **));
int __wrap_rename(const char *from, const char *to)
{
	return guarded ? 0 : __real_rename(from, to);
}

int __wrap_unlink(const char *path)
{
	return guarded ? 0 : __real_unlink(path);
}
