/* Errors: a status for the code, a sentence for the user.
 *
 * Functions that can fail return an enum status and fill a struct error that
 * the caller owns.  The first failure wins: error_set() on an error that is
 * already set changes nothing, so clean-up code may fail without hiding the
 * cause.  A NULL error is allowed everywhere and means "I only want the
 * status".
 */
#ifndef STEMMA_BASE_ERROR_H
#define STEMMA_BASE_ERROR_H

#include <stdarg.h>
#include <stdbool.h>

enum status {
	STATUS_OK = 0,
	STATUS_USAGE,     /* the command line or a key command is wrong */
	STATUS_DATA,      /* an input file does not hold what it should */
	STATUS_NO_INPUT,  /* an input file or a named model does not exist */
	STATUS_SOFTWARE,  /* a library failed where it should not */
	STATUS_IO,        /* reading or writing failed */
	STATUS_BUSY,      /* another copy holds the cache; try again */
	STATUS_CACHE,     /* the cache file is damaged or too new */
	STATUS_CANCELLED  /* the user asked to stop */
};

struct error {
	enum status status;
	char message[480]; /* what is wrong, no final full stop or newline */
	char advice[240];  /* what to do about it; may be empty */
	char file[256];    /* input file, empty when there is none */
	long line;         /* 1-based, 0 when unknown */
	long column;       /* 1-based, 0 when unknown */
};

/* Sets status and message (printf format) unless an error is already set.
 * Returns the status that the error now has; with a NULL error, `status`. */
enum status error_set(struct error *error, enum status status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Adds what the user can do about it.  Returns error->status; with a NULL error, STATUS_DATA, so that
 * `return error_advise(...)` never turns a failure into success. */
enum status error_advise(struct error *error, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Adds the place in an input file; line and column may be 0.  Returns what error_advise returns. */
enum status error_locate(struct error *error, const char *file, long line, long column);

/* Makes the error empty again. */
void error_clear(struct error *error);

/* "file:line:column: message; advice" into a buffer, always terminated. */
void error_format(const struct error *error, char *buffer, unsigned long size);

/* The exit code of sysexits.h that belongs to a status. */
int status_exit_code(enum status status);

#endif
