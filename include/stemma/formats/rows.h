/* Rows: a page of a table as the datasets server answers it. */
#ifndef STEMMA_FORMATS_ROWS_H
#define STEMMA_FORMATS_ROWS_H

#include <stddef.h>

#include "stemma/base/error.h"

/* How many rows the page has, and the whole table.  STATUS_DATA when it is no
 * page; `name` stands for it in the message. */
enum status rows_page(const char *text, size_t length, const char *name, size_t *rows, size_t *total,
		      struct error *error);

#endif
