#include "stemma/base/read_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define LARGEST (16u << 20)

const char *read_file_name(const char *path)
{
	return strcmp(path, "-") ? path : "standard input";
}

static enum status fail(const char *path, enum status status, const char *reason,
			struct error *error)
{
	error_set(error, status, "%s", reason);
	return error_locate(error, read_file_name(path), 0, 0);
}

static enum status read_stream(FILE *stream, const char *path, struct text *text,
			       struct error *error)
{
	char block[16384];
	size_t length;

	while ((length = fread(block, 1, sizeof block, stream)) > 0) {
		text_append_bytes(text, block, length);
		if (text->length > LARGEST)
			return fail(path, STATUS_DATA, "too large for a configuration", error);
	}
	if (ferror(stream))
		return fail(path, STATUS_IO, strerror(errno), error);
	return STATUS_OK;
}

enum status read_file(const char *path, struct text *text, struct error *error)
{
	bool standard = !strcmp(path, "-");
	FILE *stream = standard ? stdin : fopen(path, "r");

	if (!stream)
		return fail(path, errno == ENOENT ? STATUS_NO_INPUT : STATUS_IO, strerror(errno),
			    error);
	enum status status = read_stream(stream, path, text, error);
	if (!standard)
		fclose(stream);
	return status;
}
