/* Files, streams, folders, pipes and threads. */
#include "failing_private.h"

#include <dirent.h>
#include <fcntl.h>
#include <jansson.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

/* ---- streams ----------------------------------------------------------------------- */

/* The stream that has failed: ferror() tells, until it is closed. */
static FILE *broken;

static bool stream_fails(FILE *file)
{
	/* What is said about a failure is not to fail as well. */
	if (file == stderr || !failing_now(FAILING_FILE))
		return false;
	broken = file;
	return true;
}

#define WRAP_STREAM(type, name, parameters, arguments, file, failure) \
	type __real_##name parameters; \
	type __wrap_##name parameters; \
	type __wrap_##name parameters \
	{ \
		if (stream_fails(file)) \
			return failure; \
		return __real_##name arguments; \
	}
WRAP_STREAM(size_t, fwrite, (const void *bytes, size_t size, size_t count, FILE *file),
	    (bytes, size, count, file), file, WITH(ENOSPC, (size_t)0))
WRAP_STREAM(size_t, fread, (void *bytes, size_t size, size_t count, FILE *file),
	    (bytes, size, count, file), file, WITH(EIO, (size_t)0))
WRAP_STREAM(int, fflush, (FILE *file), (file), file, WITH(ENOSPC, EOF))
WRAP_STREAM(int, fputs, (const char *text, FILE *file), (text, file), file, WITH(ENOSPC, EOF))
WRAP_STREAM(int, fputc, (int byte, FILE *file), (byte, file), file, WITH(ENOSPC, EOF))
WRAP_STREAM(ssize_t, getline, (char **line, size_t *size, FILE *file), (line, size, file), file,
	    WITH(EIO, -1))
WRAP_STREAM(ssize_t, __getdelim, (char **line, size_t *size, int end, FILE *file),
	    (line, size, end, file), file, WITH(EIO, -1))

int __wrap_fprintf(FILE *file, const char *format, ...);
int __wrap___fprintf_chk(FILE *file, int flag, const char *format, ...);
int __wrap_printf(const char *format, ...);
int __wrap___printf_chk(int flag, const char *format, ...);

#define PRINT(file) \
	{ \
		va_list arguments; \
		if (stream_fails(file)) \
			return WITH(ENOSPC, -1); \
		va_start(arguments, format); \
		int length = vfprintf(file, format, arguments); \
		va_end(arguments); \
		return length; \
	}
int __wrap_fprintf(FILE *file, const char *format, ...) PRINT(file)
int __wrap___fprintf_chk(FILE *file, int flag, const char *format, ...) { (void)flag; PRINT(file) }
int __wrap_printf(const char *format, ...) PRINT(stdout)
int __wrap___printf_chk(int flag, const char *format, ...) { (void)flag; PRINT(stdout) }

int __real_ferror(FILE *file);
int __wrap_ferror(FILE *file);
int __wrap_ferror(FILE *file)
{
	return (broken && file == broken) || __real_ferror(file);
}

/* A file is closed also where its last bytes do not fit. */
int __real_fclose(FILE *file);
int __wrap_fclose(FILE *file);
int __wrap_fclose(FILE *file)
{
	bool failing = failing_now(FAILING_FILE);

	if (file == broken)
		broken = NULL;
	int result = __real_fclose(file);
	return failing ? WITH(ENOSPC, EOF) : result;
}

WRAP(FILE, FILE *, fopen, (const char *path, const char *mode), (path, mode), WITH(EMFILE, NULL))

/* jansson opens and reads a file by itself. */
json_t *__real_json_load_file(const char *path, size_t flags, json_error_t *error);
json_t *__wrap_json_load_file(const char *path, size_t flags, json_error_t *error);
json_t *__wrap_json_load_file(const char *path, size_t flags, json_error_t *error)
{
	return failing_now(FAILING_FILE) ? WITH(EIO, NULL) : __real_json_load_file(path, flags, error);
}

/* ---- compressed files ------------------------------------------------------------------ */

WRAP(FILE, gzFile, gzopen, (const char *path, const char *mode), (path, mode), WITH(EMFILE, NULL))
WRAP(FILE, gzFile, gzdopen, (int file, const char *mode), (file, mode), WITH(ENOMEM, NULL))
WRAP(FILE, int, gzrewind, (gzFile file), (file), -1)

/* zlib keeps the failure in the file, for gzerror(). */
static gzFile gz_broken;
int __real_gzread(gzFile file, void *bytes, unsigned int count);
int __wrap_gzread(gzFile file, void *bytes, unsigned int count);
const char *__real_gzerror(gzFile file, int *code);
const char *__wrap_gzerror(gzFile file, int *code);

int __wrap_gzread(gzFile file, void *bytes, unsigned int count)
{
	if (!failing_now(FAILING_FILE))
		return __real_gzread(file, bytes, count);
	gz_broken = file;
	return WITH(EIO, -1);
}

const char *__wrap_gzerror(gzFile file, int *code)
{
	if (file != gz_broken || !gz_broken)
		return __real_gzerror(file, code);
	*code = Z_ERRNO;
	gz_broken = NULL;
	return "";
}

/* ---- names, folders, pipes, threads ------------------------------------------------------ */

WRAP(FILE, int, rename, (const char *from, const char *to), (from, to), WITH(EACCES, -1))
WRAP(FILE, int, remove, (const char *path), (path), WITH(EACCES, -1))
WRAP(FILE, int, unlink, (const char *path), (path), WITH(EACCES, -1))
WRAP(FILE, int, stat, (const char *path, struct stat *result), (path, result), WITH(EACCES, -1))
WRAP(FILE, int, lstat, (const char *path, struct stat *result), (path, result), WITH(EACCES, -1))
WRAP(FILE, int, fstat, (int file, struct stat *result), (file, result), WITH(EIO, -1))
WRAP(FILE, int, fchmod, (int file, mode_t mode), (file, mode), WITH(EPERM, -1))
WRAP(FILE, int, access, (const char *path, int mode), (path, mode), WITH(EACCES, -1))
WRAP(FILE, int, faccessat, (int folder, const char *path, int mode, int flags),
     (folder, path, mode, flags), WITH(EACCES, -1))
WRAP(FILE, int, mkdir, (const char *path, mode_t mode), (path, mode), WITH(ENOSPC, -1))
WRAP(FILE, char *, mkdtemp, (char *name), (name), WITH(ENOSPC, NULL))
WRAP(FILE, DIR *, opendir, (const char *path), (path), WITH(EACCES, NULL))
WRAP(FILE, struct dirent *, readdir, (DIR *folder), (folder), WITH(EIO, NULL))
WRAP(FILE, int, scandir, (const char *path, struct dirent ***names, int (*takes)(const struct dirent *),
     int (*order)(const struct dirent **, const struct dirent **)), (path, names, takes, order), WITH(EMFILE, -1))
WRAP(FILE, int, pipe2, (int ends[2], int flags), (ends, flags), WITH(EMFILE, -1))
WRAP(FILE, int, dup, (int file), (file), WITH(EMFILE, -1))
WRAP(FILE, int, dup2, (int from, int to), (from, to), WITH(EIO, -1))
WRAP(FILE, ssize_t, read, (int file, void *bytes, size_t count), (file, bytes, count), WITH(EIO, -1))
WRAP(FILE, ssize_t, write, (int file, const void *bytes, size_t count), (file, bytes, count), WITH(EIO, -1))
WRAP(FILE, int, pthread_create, (pthread_t *thread, const pthread_attr_t *attributes,
     void *(*run)(void *), void *argument), (thread, attributes, run, argument), EAGAIN)
