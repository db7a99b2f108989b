/* SQLite: its memory, its calls and its files.  It has hooks for the first and
 * the last. */
#include "failing_private.h"

#include <sqlite3.h>

/* ---- SQLite's memory ----------------------------------------------------------------- */

static sqlite3_mem_methods real_memory;
static bool starved; /* while a call of SQLite is to fail */

static void *sqlite_malloc(int size)
{
	if (starved || failing_now(FAILING_SQLITE_MEMORY))
		return NULL;
	failing_pass(true);
	void *block = real_memory.xMalloc(size);
	failing_pass(false);
	return block;
}

static void *sqlite_realloc(void *block, int size)
{
	if (starved || failing_now(FAILING_SQLITE_MEMORY))
		return NULL;
	failing_pass(true);
	void *larger = real_memory.xRealloc(block, size);
	failing_pass(false);
	return larger;
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
	starved = failing_now(FAILING_SQLITE);
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
		return failing_now(FAILING_DISK) ? failure : real_methods->name arguments; \
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
WRAP_DISK(xCheckReservedLock, (sqlite3_file *file, int *result), (file, result), SQLITE_IOERR_CHECKRESERVEDLOCK)

/* Letting go of a lock cannot fail. */
static int disk_xShmLock(sqlite3_file *file, int offset, int count, int flags)
{
	if (!(flags & SQLITE_SHM_UNLOCK) && failing_now(FAILING_DISK))
		return SQLITE_IOERR_SHMLOCK;
	return real_methods->xShmLock(file, offset, count, flags);
}

static int disk_xOpen(sqlite3_vfs *disk, sqlite3_filename name, sqlite3_file *file, int flags, int *result)
{
	(void)disk;
	if (failing_now(FAILING_DISK)) {
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
		failing_methods.xShmLock = disk_xShmLock;
		failing_methods.xCheckReservedLock = disk_xCheckReservedLock;
	}
	if (file->pMethods == real_methods)
		file->pMethods = &failing_methods;
	return code;
}

static int disk_xAccess(sqlite3_vfs *disk, const char *name, int flags, int *result)
{
	(void)disk;
	return failing_now(FAILING_DISK) ? SQLITE_IOERR_ACCESS : real_disk->xAccess(real_disk, name, flags, result);
}

static int disk_xFullPathname(sqlite3_vfs *disk, const char *name, int size, char *path)
{
	(void)disk;
	return failing_now(FAILING_DISK) ? SQLITE_CANTOPEN
					 : real_disk->xFullPathname(real_disk, name, size, path);
}

static int disk_xDelete(sqlite3_vfs *disk, const char *name, int sync)
{
	(void)disk;
	return failing_now(FAILING_DISK) ? SQLITE_IOERR_DELETE : real_disk->xDelete(real_disk, name, sync);
}

void failing_install_sqlite(void)
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
	failing_disk.xAccess = disk_xAccess;
	failing_disk.xFullPathname = disk_xFullPathname;
	sqlite3_vfs_register(&failing_disk, 1);
}
