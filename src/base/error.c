#include "stemma/base/error.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

enum status error_set(struct error *error, enum status status, const char *format, ...)
{
	if (!error)
		return status;
	if (error->status != STATUS_OK)
		return error->status;
	error->status = status;
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(error->message, sizeof error->message, format, arguments);
	va_end(arguments);
	return status;
}

enum status error_advise(struct error *error, const char *format, ...)
{
	if (!error)
		return STATUS_DATA; /* a failure, though nobody reads why */
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(error->advice, sizeof error->advice, format, arguments);
	va_end(arguments);
	return error->status;
}

enum status error_locate(struct error *error, const char *file, long line, long column)
{
	if (!error)
		return STATUS_DATA;
	snprintf(error->file, sizeof error->file, "%s", file ? file : "");
	error->line = line;
	error->column = column;
	return error->status;
}

void error_clear(struct error *error)
{
	if (error)
		memset(error, 0, sizeof *error);
}

void error_format(const struct error *error, char *buffer, unsigned long size)
{
	char place[320] = "";

	if (error->file[0] && error->line > 0 && error->column > 0)
		snprintf(place, sizeof place, "%s:%ld:%ld: ", error->file, error->line, error->column);
	else if (error->file[0] && error->line > 0)
		snprintf(place, sizeof place, "%s:%ld: ", error->file, error->line);
	else if (error->file[0])
		snprintf(place, sizeof place, "%s: ", error->file);
	snprintf(buffer, size, "%s%s%s%s", place, error->message,
		 error->advice[0] ? "; " : "", error->advice);
}

int status_exit_code(enum status status)
{
	switch (status) {
	case STATUS_OK:        return EX_OK;
	case STATUS_USAGE:     return EX_USAGE;
	case STATUS_DATA:      return EX_DATAERR;
	case STATUS_NO_INPUT:  return EX_NOINPUT;
	case STATUS_SOFTWARE:  return EX_SOFTWARE;
	case STATUS_IO:        return EX_IOERR;
	case STATUS_BUSY:      return EX_TEMPFAIL;
	case STATUS_CACHE:     return EX_DATAERR;
	case STATUS_CANCELLED: return 130; /* as the shell reports SIGINT */
	}
	return EX_SOFTWARE;
}
