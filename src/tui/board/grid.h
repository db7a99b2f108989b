/* Grid: the models that a filter leaves, in the order of a column, and the values of a
 * column with how often each occurs; without a screen. */
#ifndef STEMMA_TUI_GRID_H
#define STEMMA_TUI_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stemma/app/catalog.h"

/* X(symbol, title, columns on the screen, field of the filter for its values) */
#define GRID_COLUMN_TABLE(X) \
	X(NAME, "model", 0, "owner") \
	X(SIZE, "size", 7, "size") \
	X(DATE, "date", 9, "date") \
	X(SCORE, "", 8, "") \
	X(KIND, "kind", 12, "kind") \
	X(LICENSE, "licence", 14, "license") \
	X(ARCHITECTURE, "architecture", 16, "arch")
enum grid_kind {
#define X(symbol, title, width, field) GRID_##symbol,
	GRID_COLUMN_TABLE(X)
#undef X
	GRID_KIND_COUNT
};
struct grid_kind_info {
	const char *title;
	int width;
	const char *field;
};
const struct grid_kind_info *grid_kind_info(enum grid_kind kind);

struct grid_column {
	enum grid_kind kind;
	const struct engine_target *target; /* of GRID_SCORE; borrowed */
};

struct grid {
	const struct catalog *catalog; /* borrowed */
	uint32_t *models;              /* owned */
	size_t count;
};

/* Takes the models that fit (NULL: all), in the order of their names. */
void grid_fill(struct grid *grid, const struct catalog *catalog, const uint8_t *fit);
/* Orders by a column: the best, largest and newest first, texts by the alphabet; `reversed` the
 * other way round.  What is not known comes last in any case; equals stay in the order of names. */
void grid_sort(struct grid *grid, const struct grid_column *column, bool reversed);
/* Where a model is; SIZE_MAX when it is not shown. */
size_t grid_place(const struct grid *grid, size_t model);
void grid_free(struct grid *grid);

/* The text of a column of texts: NULL unknown.  Of a name it is the owner, which need not end
 * where it does: *length says. */
const char *grid_text(const struct catalog *catalog, enum grid_kind kind, size_t model, size_t *length);

struct grid_value {
	char *text;    /* "apache-2.0", "7 to 13"; owned */
	char *filter;  /* terms that leave just these; NULL: unknown ones */
	size_t count;
};
struct grid_values {
	struct grid_value *list;
	size_t count, most; /* the largest count of all */
};
/* Counts the values of a column: texts with the most frequent first, numbers in classes (scores in ten of
 * low..high, whose filter has `key` before the comparison), those that are not known last. */
void grid_count(const struct grid *grid, const struct grid_column *column, const char *key, double low,
		 double high, struct grid_values *values);
void grid_values_free(struct grid_values *values);

#endif
