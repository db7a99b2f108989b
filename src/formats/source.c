#include "source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "stemma/base/memory.h"

/* Standard input is kept in memory up to this size. */
#define SPOOL_MAX ((size_t)1 << 30)

/* ---- failures -------------------------------------------------------------- */

enum status source_fail_at(struct source *source, enum status status, long line, long column,
			   const char *what)
{
	if (source->status == STATUS_OK) {
		source->status = error_set(source->error, status, "%s", what);
		error_locate(source->error, source->name, line, column);
	}
	return source->status;
}

static enum status source_fail(struct source *source, enum status status, const char *what,
			       const char *advice)
{
	source_fail_at(source, status, 0, 0, what);
	if (advice)
		error_advise(source->error, "%s", advice);
	return source->status;
}

static enum status source_fail_errno(struct source *source)
{
	static const struct {
		int number;
		enum status status;
		const char *advice;
	} known[] = {
		{ENOENT, STATUS_NO_INPUT, "check the path"},
		{ENOTDIR, STATUS_NO_INPUT, "check the path"},
		{EACCES, STATUS_IO, "check the permissions of the file and of its folders"},
		{EISDIR, STATUS_IO, "name the files in it"},
	};
	int number = errno;

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (known[i].number == number)
			return source_fail(source, known[i].status, strerror(number), known[i].advice);
	return source_fail(source, STATUS_IO, strerror(number), NULL);
}

/* What zlib says when a read fails, as a sentence of ours. */
static void source_fail_read(struct source *source, int code)
{
	const char *again = "fetch or compress it again";

	if (code == Z_ERRNO)
		source_fail_errno(source);
	else if (code == Z_BUF_ERROR)
		source_fail(source, STATUS_IO, "the compressed file ends too early", again);
	else
		source_fail(source, STATUS_IO, "the compressed file is damaged", again);
	error_locate(source->error, source->name, source->line, 0);
}

/* ---- filling --------------------------------------------------------------- */

static bool source_report(struct source *source, size_t done)
{
	if (!source->sink || !source->sink->progress)
		return true;
	source->status = source->sink->progress(source->sink->context, done, source->total);
	if (source->status != STATUS_OK)
		error_set(source->error, source->status, "cancelled");
	return source->status == STATUS_OK;
}

static bool fill_from_file(struct source *source)
{
	long offset = (long)gzoffset(source->file);

	if (!source_report(source, offset > 0 ? (size_t)offset : 0))
		return false;
	int got = gzread(source->file, source->buffer, SOURCE_BUFFER), code = Z_OK;
	gzerror(source->file, &code);
	if (got < 0 || (code != Z_OK && code != Z_STREAM_END)) {
		source_fail_read(source, code);
		return false;
	}
	source->window = source->buffer;
	source->length = (size_t)got;
	return got > 0;
}

static bool fill_from_memory(struct source *source)
{
	size_t rest = source->memory_length - source->memory_position;

	if (rest == 0 || !source_report(source, source->memory_position))
		return false;
	source->window = source->memory + source->memory_position;
	source->length = rest < SOURCE_BUFFER ? rest : SOURCE_BUFFER;
	source->memory_position += source->length;
	return true;
}

static bool fill_raw(struct source *source)
{
	if (source->status != STATUS_OK)
		return false;
	source->length = source->position = 0;
	return source->file ? fill_from_file(source) : fill_from_memory(source);
}

/* Puts the window's text in the place of its UTF-16. */
static void decode_window(struct source *source)
{
	if (!source->decoded)
		source->decoded = memory_allocate(UTF16_ROOM(SOURCE_BUFFER), 1);
	source->length = utf16_decode(&source->utf16, source->window, source->length, source->decoded);
	source->window = source->decoded;
}

/* Fills the window; false at the end or on failure. */
static bool source_fill(struct source *source)
{
	while (fill_raw(source)) {
		if (!source->filled)
			utf16_recognise(&source->utf16, source->window, source->length);
		source->filled = true;
		if (!source->utf16.known)
			return true;
		decode_window(source);
		if (source->length > 0) /* else a mark alone, or half a character */
			return true;
	}
	return false;
}

/* Reads what cannot be read twice to its end into memory. */
static enum status source_spool(struct source *source)
{
	struct text spool = {0};

	while (fill_raw(source)) {
		text_append_bytes(&spool, source->window, source->length);
		if (spool.length > SPOOL_MAX)
			source_fail(source, STATUS_DATA, "standard input is larger than 1 GiB",
				    "give it as a file");
	}
	gzclose(source->file);
	source->file = NULL;
	source->total = source->memory_length = spool.length;
	source->memory = source->spool = text_steal(&spool);
	source->length = source->position = 0;
	return source->status;
}

/* ---- opening --------------------------------------------------------------- */

enum status source_open(struct source *source, const char *path, const struct record_sink *sink,
			struct error *error)
{
	bool standard_input = strcmp(path, "-") == 0;
	struct stat file = {.st_mode = S_IFIFO};

	*source = (struct source){
		.name = standard_input ? "standard input" : path, .line = 1, .column = 1, .sink = sink,
		.error = error, .buffer = memory_allocate(SOURCE_BUFFER, 1),
	};
	if (!standard_input && stat(path, &file) != 0)
		return source_fail_errno(source);
	if (S_ISDIR(file.st_mode))
		return source_fail(source, STATUS_IO, "is a folder", "name the files in it");
	int descriptor = standard_input ? dup(STDIN_FILENO) : -1;
	source->total = S_ISREG(file.st_mode) ? (size_t)file.st_size : 0;
	errno = 0;
	source->file = standard_input ? gzdopen(descriptor, "rb") : gzopen(path, "rb");
	if (!source->file && descriptor >= 0)
		close(descriptor);
	if (!source->file)
		return source_fail_errno(source);
	gzbuffer(source->file, SOURCE_BUFFER);
	return source->total == 0 ? source_spool(source) : STATUS_OK;
}

void source_open_memory(struct source *source, const char *text, size_t length, const char *name,
			const struct record_sink *sink, struct error *error)
{
	*source = (struct source){
		.name = name, .line = 1, .column = 1, .sink = sink, .error = error,
		.memory = text, .memory_length = length, .total = length,
	};
}

void source_close(struct source *source)
{
	if (source->file)
		gzclose(source->file);
	free(source->spool);
	free(source->buffer);
	free(source->decoded);
	source->file = NULL;
	source->spool = source->buffer = source->decoded = NULL;
}

enum status source_rewind(struct source *source)
{
	source->line = source->column = 1;
	source->filled = source->begun = false;
	source->length = source->position = source->memory_position = 0;
	if (source->status == STATUS_OK && source->file && gzrewind(source->file) != 0)
		return source_fail(source, STATUS_IO, "cannot be read a second time", NULL);
	return source->status;
}

/* ---- reading --------------------------------------------------------------- */

const char *source_peek(struct source *source, size_t *length)
{
	if (source->length == 0)
		source_fill(source);
	*length = source->length;
	return source->window;
}

static inline int raw_byte(struct source *source)
{
	if (source->position == source->length && !source_fill(source))
		return -1;
	return (unsigned char)source->window[source->position++];
}

/* After 0xEF at the very beginning: the byte behind a whole byte order mark. */
static int skip_mark(struct source *source)
{
	if (source->length - source->position < 2 || source->window[source->position] != '\xBB' ||
	    source->window[source->position + 1] != '\xBF')
		return 0xEF;
	source->position += 2;
	return raw_byte(source);
}

/* After CR: takes the other CR and the LF that belong to the same line end. */
static void skip_line_end(struct source *source)
{
	int next = raw_byte(source);

	while (next == '\r')
		next = raw_byte(source);
	if (next >= 0 && next != '\n')
		source->position--;
}

int source_byte(struct source *source)
{
	int byte = raw_byte(source);

	if (byte == 0xEF && !source->begun)
		byte = skip_mark(source);
	source->begun = true;
	if (byte == '\r') {
		skip_line_end(source);
		byte = '\n';
	}
	if (byte == '\n') {
		source->line++;
		source->column = 1;
	} else {
		source->column += (byte & 0xC0) != 0x80;
	}
	return byte;
}

const char *source_run(struct source *source, char stop, size_t *length)
{
	const char *start = source->window + source->position;
	size_t rest = source->length - source->position, run = 0;

	for (; run < rest; run++) {
		unsigned char byte = (unsigned char)start[run];
		if (byte < ' ' || byte >= 0x80 || byte == '"' || start[run] == stop)
			break;
	}
	source->position += run;
	source->column += (long)run;
	source->begun = source->begun || run > 0;
	*length = run;
	return start;
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
			source_fail_at(source, STATUS_DATA, source->line, 0, "a line is too long to be read");
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
			return source_fail(source, STATUS_DATA, "the file is too large for its format", NULL);
	}
	return source->status;
}
