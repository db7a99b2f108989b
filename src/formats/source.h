/* Source: the bytes of an input, decompressed, one after the other.  Private. */
#ifndef STEMMA_FORMATS_SOURCE_H
#define STEMMA_FORMATS_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <zlib.h>

#include "encoding.h"
#include "stemma/base/error.h"
#include "stemma/base/text.h"
#include "stemma/formats/record.h"

#define SOURCE_BUFFER 65536

struct source {
	const char *name;      /* for messages; borrowed */
	gzFile file;           /* NULL: all is in memory */
	const char *memory;    /* borrowed, or `spool` */
	size_t memory_length, memory_position;
	char *spool;           /* owned */
	char *buffer;          /* SOURCE_BUFFER bytes of a file; owned */
	struct utf16 utf16;    /* of a text in UTF-16 */
	char *decoded;         /* what it became; NULL until there is any; owned */
	const char *window;    /* what is being read: `buffer`, `decoded` or a part of `memory` */
	size_t length, position;
	bool filled, begun;    /* the window has been filled, a byte has been read */
	long line, column;     /* of the next byte, 1-based; columns count characters */
	size_t total;          /* size of the input, 0 unknown */
	enum status status;    /* of the reading so far */
	struct error *error;   /* where a failure goes; borrowed */
	const struct record_sink *sink;
};

/* Opens a file (gzip or plain), or standard input for "-".  What cannot be read
 * twice (standard input, a pipe) is read to its end at once. */
enum status source_open(struct source *source, const char *path, const struct record_sink *sink,
			struct error *error);
void source_open_memory(struct source *source, const char *text, size_t length, const char *name,
			const struct record_sink *sink, struct error *error);
void source_close(struct source *source);
/* Goes back to the first byte. */
enum status source_rewind(struct source *source);
/* Fails the reading at a place of the input; the first failure wins. */
enum status source_fail_at(struct source *source, enum status status, long line, long column,
			   const char *what);

/* The bytes at the beginning, up to SOURCE_BUFFER of them; only before
 * anything is read. */
const char *source_peek(struct source *source, size_t *length);

/* The next byte, or -1 at the end or on failure (then source->status). CR LF,
 * CR CR LF and lone CR are delivered as LF; a byte order mark at the beginning
 * is skipped, and what has one of UTF-16 is delivered as UTF-8. */
int source_byte(struct source *source);
/* Plain bytes that stand ready: the longest run without a control character, a
 * quote or `stop`, of ASCII only and perhaps empty.  They count as read. */
const char *source_run(struct source *source, char stop, size_t *length);
/* Appends the next line without its end; false at the end or on failure.  A
 * line of more than `limit` bytes is a failure. */
bool source_line(struct source *source, struct text *line, size_t limit);
/* Appends the rest; more than `limit` bytes is a failure. */
enum status source_rest(struct source *source, struct text *text, size_t limit);

#endif
