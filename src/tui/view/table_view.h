/* What the table and the count of one of its columns share. */
#ifndef STEMMA_TUI_TABLE_VIEW_H
#define STEMMA_TUI_TABLE_VIEW_H

#include "board/grid.h"
#include "browser.h"

/* The values that were counted last, the column they are of, and the list over them. */
struct grid_values *table_counted(const struct browser *browser, const char **title, struct list **list);
/* Adds terms to the table's filter. */
void table_filter_by(struct browser *browser, const char *terms);
/* Its rows, by model: 1 or 0; the caller frees. */
uint8_t *table_shown(struct browser *browser);

#endif
