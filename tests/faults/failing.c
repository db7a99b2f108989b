/* The linker (--wrap) sends the program's calls here; SQLite has
 * hooks of its own, and libyaml's allocator is found here first. */
#include "failing.h"

#include <dirent.h>
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

static const char *const names[] = {
#define X(symbol, what) what,
	FAILING_TABLE(X)
#undef X
};

const char *failing_name(enum failing what)
{
	return names[what];
}

/* ---- counting down ------------------------------------------------------------ */

static enum failing kind;
static long left; /* 0 = nothing fails */
static bool happened;

void failing_set(enum failing what, long number)
{
	kind = what;
	left = number;
	happened = false;
}

bool failing_happened(void)
{
	return happened;
}

static bool fails(enum failing what)
{
	if (what != kind || left == 0 || --left > 0)
		return false;
	happened = true;
	return true;
}

/* ---- memory and files ----------------------------------------------------------- */

/* WRAP(kind, result, function, (parameters), (arguments), what it returns failing) */
#define WRAP(what, type, name, parameters, arguments, failure) \
	type __real_##name parameters; \
	type __wrap_##name parameters; \
	type __wrap_##name parameters \
	{ \
		if (fails(FAILING_##what)) \
			return failure; \
		return __real_##name arguments; \
	}
/* What a call leaves in errno, and returns. */
#define WITH(number, result) (errno = (number), (result))

WRAP(MEMORY, void *, malloc, (size_t size), (size), WITH(ENOMEM, NULL))
WRAP(MEMORY, void *, calloc, (size_t count, size_t size), (count, size), WITH(ENOMEM, NULL))
WRAP(MEMORY, void *, realloc, (void *block, size_t size), (block, size), WITH(ENOMEM, NULL))
WRAP(FILE, FILE *, fopen, (const char *path, const char *mode), (path, mode), WITH(EMFILE, NULL))
WRAP(FILE, size_t, fwrite, (const void *bytes, size_t size, size_t count, FILE *file),
     (bytes, size, count, file), WITH(ENOSPC, (size_t)0))
WRAP(FILE, size_t, fread, (void *bytes, size_t size, size_t count, FILE *file),
     (bytes, size, count, file), WITH(EIO, (size_t)0))
WRAP(FILE, int, fflush, (FILE *file), (file), WITH(ENOSPC, EOF))
WRAP(FILE, int, rename, (const char *from, const char *to), (from, to), WITH(EACCES, -1))
WRAP(FILE, int, stat, (const char *path, struct stat *result), (path, result), WITH(EACCES, -1))
WRAP(FILE, int, mkdir, (const char *path, mode_t mode), (path, mode), WITH(ENOSPC, -1))
WRAP(FILE, int, pipe2, (int ends[2], int flags), (ends, flags), WITH(EMFILE, -1))
WRAP(FILE, DIR *, opendir, (const char *path), (path), WITH(EACCES, NULL))
WRAP(FILE, gzFile, gzopen, (const char *path, const char *mode), (path, mode), WITH(EMFILE, NULL))
WRAP(FILE, int, gzrewind, (gzFile file), (file), -1)

/* A file is closed also where its last bytes do not fit. */
int __real_fclose(FILE *file);
int __wrap_fclose(FILE *file);
int __wrap_fclose(FILE *file)
{
	bool failing = fails(FAILING_FILE);
	int result = __real_fclose(file);

	return failing ? WITH(ENOSPC, EOF) : result;
}

/* zlib keeps the failure in the file, for gzerror(). */
static gzFile broken;
int __real_gzread(gzFile file, void *bytes, unsigned int count);
int __wrap_gzread(gzFile file, void *bytes, unsigned int count);
const char *__real_gzerror(gzFile file, int *code);
const char *__wrap_gzerror(gzFile file, int *code);

int __wrap_gzread(gzFile file, void *bytes, unsigned int count)
{
	if (!fails(FAILING_FILE))
		return __real_gzread(file, bytes, count);
	broken = file;
	return WITH(EIO, -1);
}

const char *__wrap_gzerror(gzFile file, int *code)
{
	if (file != broken || !broken)
		return __real_gzerror(file, code);
	*code = Z_ERRNO;
	broken = NULL;
	return "";
}

/* ---- libraries -------------------------------------------------------------------- */

void *yaml_malloc(size_t size);
void *yaml_realloc(void *block, size_t size);
void *__real_malloc(size_t size);
void *__real_realloc(void *block, size_t size);

void *yaml_malloc(size_t size)
{
	return fails(FAILING_LIBRARY) ? NULL : __real_malloc(size ? size : 1);
}

void *yaml_realloc(void *block, size_t size)
{
	return fails(FAILING_LIBRARY) ? NULL : __real_realloc(block, size ? size : 1);
}

/* ---- SQLite's memory ----------------------------------------------------------------- */

static sqlite3_mem_methods real_memory;
static bool starved; /* while a call of SQLite is to fail */

static void *sqlite_malloc(int size)
{
	return starved || fails(FAILING_SQLITE_MEMORY) ? NULL : real_memory.xMalloc(size);
}

static void *sqlite_realloc(void *block, int size)
{
	return starved || fails(FAILING_SQLITE_MEMORY) ? NULL : real_memory.xRealloc(block, size);
}

/* ---- SQLite's calls ------------------------------------------------------------------- */

static int stop(void *context)
{
	(void)context;
	return 1;
}

/* A failure that SQLite itself makes, so that its messages are true: the call
 * gets no memory, and is interrupted at its first step. */
static bool starve(sqlite3 *database)
{
	starved = fails(FAILING_SQLITE);
	if (starved && database)
		sqlite3_progress_handler(database, 1, stop, NULL);
	return starved;
}

static void feed(sqlite3 *database)
{
	if (starved && database)
		sqlite3_progress_handler(database, 0, NULL, NULL);
	starved = false;
}

#define WRAP_SQLITE(name, parameters, arguments, database) \
	int __real_##name parameters; \
	int __wrap_##name parameters; \
	int __wrap_##name parameters \
	{ \
		sqlite3 *connection = database; \
		starve(connection); \
		int code = __real_##name arguments; \
		feed(connection); \
		return code; \
	}
WRAP_SQLITE(sqlite3_exec, (sqlite3 *handle, const char *sql, int (*row)(void *, int, char **, char **),
	    void *context, char **message), (handle, sql, row, context, message), handle)
WRAP_SQLITE(sqlite3_prepare_v2, (sqlite3 *handle, const char *sql, int length, sqlite3_stmt **statement,
	    const char **rest), (handle, sql, length, statement, rest), handle)
WRAP_SQLITE(sqlite3_prepare_v3, (sqlite3 *handle, const char *sql, int length, unsigned int flags,
	    sqlite3_stmt **statement, const char **rest), (handle, sql, length, flags, statement, rest), handle)
WRAP_SQLITE(sqlite3_step, (sqlite3_stmt *statement), (statement), sqlite3_db_handle(statement))
WRAP_SQLITE(sqlite3_bind_text, (sqlite3_stmt *statement, int place, const char *text, int length,
	    void (*destroy)(void *)), (statement, place, text, length, destroy), sqlite3_db_handle(statement))
WRAP_SQLITE(sqlite3_bind_blob64, (sqlite3_stmt *statement, int place, const void *bytes,
	    sqlite3_uint64 length, void (*destroy)(void *)), (statement, place, bytes, length, destroy),
	    sqlite3_db_handle(statement))

int __real_sqlite3_open_v2(const char *path, sqlite3 **database, int flags, const char *disk);
int __wrap_sqlite3_open_v2(const char *path, sqlite3 **database, int flags, const char *disk);
int __wrap_sqlite3_open_v2(const char *path, sqlite3 **database, int flags, const char *disk)
{
	starve(NULL);
	int code = __real_sqlite3_open_v2(path, database, flags, disk);
	feed(NULL);
	return code;
}

/* ---- SQLite's files ------------------------------------------------------------------- */

static sqlite3_vfs failing_disk, *real_disk;
static const sqlite3_io_methods *real_methods;
static sqlite3_io_methods failing_methods;

#define WRAP_DISK(name, parameters, arguments, failure) \
	static int disk_##name parameters \
	{ \
		return fails(FAILING_DISK) ? failure : real_methods->name arguments; \
	}
WRAP_DISK(xRead, (sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset),
	  (file, bytes, count, offset), SQLITE_IOERR_READ)
WRAP_DISK(xWrite, (sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset),
	  (file, bytes, count, offset), SQLITE_FULL)
WRAP_DISK(xTruncate, (sqlite3_file *file, sqlite3_int64 size), (file, size), SQLITE_IOERR_TRUNCATE)
WRAP_DISK(xSync, (sqlite3_file *file, int flags), (file, flags), SQLITE_IOERR_FSYNC)
WRAP_DISK(xFileSize, (sqlite3_file *file, sqlite3_int64 *size), (file, size), SQLITE_IOERR_FSTAT)
WRAP_DISK(xLock, (sqlite3_file *file, int level), (file, level), SQLITE_IOERR_LOCK)
WRAP_DISK(xShmMap, (sqlite3_file *file, int page, int size, int extend, void volatile **map),
	  (file, page, size, extend, map), SQLITE_IOERR_SHMMAP)

static int disk_xOpen(sqlite3_vfs *disk, sqlite3_filename name, sqlite3_file *file, int flags, int *result)
{
	(void)disk;
	if (fails(FAILING_DISK)) {
		file->pMethods = NULL;
		return SQLITE_CANTOPEN;
	}
	int code = real_disk->xOpen(real_disk, name, file, flags, result);
	/* Only files with locks: the database and its logs. */
	if (code != SQLITE_OK || file->pMethods->iVersion < 3)
		return code;
	if (!real_methods) {
		real_methods = file->pMethods;
		failing_methods = *real_methods;
		failing_methods.xRead = disk_xRead;
		failing_methods.xWrite = disk_xWrite;
		failing_methods.xTruncate = disk_xTruncate;
		failing_methods.xSync = disk_xSync;
		failing_methods.xFileSize = disk_xFileSize;
		failing_methods.xLock = disk_xLock;
		failing_methods.xShmMap = disk_xShmMap;
	}
	if (file->pMethods == real_methods)
		file->pMethods = &failing_methods;
	return code;
}

static int disk_xDelete(sqlite3_vfs *disk, const char *name, int sync)
{
	(void)disk;
	return fails(FAILING_DISK) ? SQLITE_IOERR_DELETE : real_disk->xDelete(real_disk, name, sync);
}

void failing_install(void)
{
	sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real_memory);
	sqlite3_mem_methods memory = real_memory;
	memory.xMalloc = sqlite_malloc;
	memory.xRealloc = sqlite_realloc;
	sqlite3_config(SQLITE_CONFIG_MALLOC, &memory);
	sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0); /* small blocks too */
	real_disk = sqlite3_vfs_find(NULL);
	failing_disk = *real_disk;
	failing_disk.zName = "failing";
	failing_disk.xOpen = disk_xOpen;
	failing_disk.xDelete = disk_xDelete;
	sqlite3_vfs_register(&failing_disk, 1);
}
