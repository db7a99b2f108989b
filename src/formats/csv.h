/* CSV: RFC 4180 rows, streamed.  Private. */
#ifndef STEMMA_FORMATS_CSV_H
#define STEMMA_FORMATS_CSV_H

#include "source.h"

#define CSV_FIELDS_MAX 100000
#define CSV_ROW_MAX (1 << 20) /* bytes of a row */

struct csv {
	struct source *source;
	struct text row;              /* the fields, each terminated */
	size_t *start;                /* where each field begins in `row` */
	size_t count, capacity;       /* fields of the current row */
	long line;                    /* where the current row begins */
	char **header;                /* owned copies */
	size_t header_count;
};

/* Reads the header row; STATUS_DATA when there is none. */
enum status csv_open(struct csv *csv, struct source *source);
void csv_close(struct csv *csv);
/* The next row that is not blank; false at the end or on failure (then
 * source->status). */
bool csv_next(struct csv *csv);
/* Field of the current row; "" when the row is short or column is negative. */
const char *csv_field(const struct csv *csv, int column);
/* Column whose header begins with `name` and goes on, if at all, with a byte
 * that is not ASCII (emoji get lost in copies); -1 when there is none. */
int csv_column(const struct csv *csv, const char *name);

/* A number: NAN for an empty or unreadable field (*bad tells the two apart
 * when it is not NULL). */
double csv_number(const struct csv *csv, int column, bool *bad);

#endif
