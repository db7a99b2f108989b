#include "source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "stemma/base/memory.h"

/* Standard input is kept in memory up to this size. */
#define SPOOL_MAX ((size_t)1 << 30)

static enum status source_fail(struct source *source, enum status status, const char *what)
{
	if (source->status == STATUS_OK) {
		source->status = error_set(source->error, status, "%s", what);
		error_locate(source->error, source->name, 0, 0);
	}
	return source->status;
}

/* Fills the buffer; false at the end or on failure. */
static bool source_fill(struct source *source)
{
	if (!source->file || source->status != STATUS_OK)
		return false;
	if (source->sink && source->sink->progress) {
		long offset = (long)gzoffset(source->file);
		source->status = source->sink->progress(source->sink->context,
							offset > 0 ? (size_t)offset : 0, source->total);
		if (source->status != STATUS_OK) {
			error_set(source->error, source->status, "cancelled");
			return false;
		}
	}
	int got = gzread(source->file, source->buffer, SOURCE_BUFFER);
	int code = Z_OK;
	const char *message = gzerror(source->file, &code);
	if (got < 0 || (code != Z_OK && code != Z_STREAM_END)) {
		if (code == Z_ERRNO)
			message = strerror(errno);
		else if (code == Z_BUF_ERROR)
			message = "the compressed file ends too early; fetch it again";
		source_fail(source, STATUS_IO, message);
		return false;
	}
	source->length = (size_t)got;
	source->position = 0;
	return got > 0;
}

/* Reads standard input to its end into memory. */
static enum status source_spool(struct source *source)
{
	struct text spool = {0};

	while (source_fill(source)) {
		text_append_bytes(&spool, source->buffer, source->length);
		if (spool.length > SPOOL_MAX)
			source_fail(source, STATUS_DATA, "standard input is larger than 1 GiB; give it as a file");
	}
	gzclose(source->file);
	source->file = NULL;
	source->memory_length = spool.length;
	source->memory = source->spool = text_steal(&spool);
	source->length = source->position = 0;
	return source->status;
}

enum status source_open(struct source *source, const char *path, const struct record_sink *sink,
			struct error *error)
{
	bool standard_input = strcmp(path, "-") == 0;
	struct stat file;

	*source = (struct source){
		.name = standard_input ? "standard input" : path, .line = 1, .sink = sink, .error = error,
		.buffer = memory_allocate(SOURCE_BUFFER, 1),
	};
	if (!standard_input && stat(path, &file) != 0)
		return source_fail(source, errno == ENOENT ? STATUS_NO_INPUT : STATUS_IO, strerror(errno));
	if (!standard_input && S_ISDIR(file.st_mode))
		return source_fail(source, STATUS_IO, "is a folder; name the files in it");
	source->total = !standard_input && S_ISREG(file.st_mode) ? (size_t)file.st_size : 0;
	source->file = standard_input ? gzdopen(dup(STDIN_FILENO), "rb") : gzopen(path, "rb");
	if (!source->file)
		return source_fail(source, STATUS_IO, strerror(errno));
	gzbuffer(source->file, SOURCE_BUFFER);
	/* What cannot be read twice is kept. */
	return standard_input || source->total == 0 ? source_spool(source) : STATUS_OK;
}

void source_open_memory(struct source *source, const char *text, size_t length, const char *name,
			const struct record_sink *sink, struct error *error)
{
	*source = (struct source){
		.name = name, .line = 1, .sink = sink, .error = error,
		.memory = text, .memory_length = length,
	};
}

void source_close(struct source *source)
{
	if (source->file)
		gzclose(source->file);
	free(source->spool);
	free(source->buffer);
	source->file = NULL;
	source->spool = source->buffer = NULL;
}

enum status source_rewind(struct source *source)
{
	source->line = 1;
	source->begun = false;
	source->length = source->position = source->memory_position = 0;
	if (source->file && gzrewind(source->file) != 0)
		return source_fail(source, STATUS_IO, "cannot be read a second time");
	return source->status;
}

const char *source_peek(struct source *source, size_t *length)
{
	if (!source->file) {
		*length = source->memory_length < SOURCE_BUFFER ? source->memory_length : SOURCE_BUFFER;
		return source->memory;
	}
	if (source->length == 0)
		source_fill(source);
	*length = source->length;
	return source->buffer;
}

static int raw_byte(struct source *source)
{
	if (!source->file)
		return source->memory_position < source->memory_length
			? (unsigned char)source->memory[source->memory_position++] : -1;
	if (source->position == source->length && !source_fill(source))
		return -1;
	return (unsigned char)source->buffer[source->position++];
}

static void unread_byte(struct source *source)
{
	if (source->file)
		source->position--;
	else
		source->memory_position--;
}

/* After 0xEF at the very beginning: the byte behind a whole byte order mark. */
static int skip_mark(struct source *source)
{
	raw_byte(source);
	raw_byte(source);
	return raw_byte(source);
}

int source_byte(struct source *source)
{
	int byte = raw_byte(source);

	if (byte == 0xEF && !source->begun)
		byte = skip_mark(source);
	source->begun = true;
	if (byte == '\r') {
		int next = raw_byte(source);
		if (next >= 0 && next != '\n')
			unread_byte(source);
		byte = '\n';
	}
	if (byte == '\n')
		source->line++;
	return byte;
}

bool source_line(struct source *source, struct text *line, size_t limit)
{
	bool any = false;

	for (int byte = source_byte(source); byte >= 0; byte = source_byte(source)) {
		if (byte == '\n')
			return true;
		char character = (char)byte;
		text_append_bytes(line, &character, 1);
		any = true;
		if (line->length > limit) {
			source_fail(source, STATUS_DATA, "a line is too long to be read");
			error_locate(source->error, source->name, source->line, 0);
			return false;
		}
	}
	return any && source->status == STATUS_OK;
}

enum status source_rest(struct source *source, struct text *text, size_t limit)
{
	for (int byte = source_byte(source); byte >= 0; byte = source_byte(source)) {
		char character = (char)byte;
		text_append_bytes(text, &character, 1);
		if (text->length > limit)
			return source_fail(source, STATUS_DATA, "the file is too large for its format");
	}
	return source->status;
}
