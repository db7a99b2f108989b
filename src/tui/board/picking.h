/* Picking: what the picker lists, without a screen: boards, and benchmarks by suite. */
#ifndef STEMMA_TUI_PICKING_H
#define STEMMA_TUI_PICKING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stemma/app/board.h"
#include "stemma/app/catalog.h"

/* X(symbol, word) */
#define PICK_ORDER_TABLE(X) \
	X(SUITE, "suite") \
	X(NAME, "alphabet") \
	X(MODELS, "coverage")
enum pick_order {
#define X(symbol, word) PICK_BY_##symbol,
	PICK_ORDER_TABLE(X)
#undef X
	PICK_ORDER_COUNT
};
const char *pick_order_name(enum pick_order order);

enum pick_kind { PICK_BOARD, PICK_SUITE, PICK_BENCHMARK };
struct pick_row {
	enum pick_kind kind;
	size_t number; /* of the board, the suite or the benchmark */
};

struct pick_suite {
	const char *name;         /* of the catalog; BOARD_OWN_SUITE where benchmarks have none */
	size_t count;             /* benchmarks */
	size_t models;            /* of the one that has the most */
	double newest;            /* as below, the latest of all */
	bool open;
};

struct picking {
	const struct catalog *catalog; /* borrowed */
	const struct boards *boards;   /* borrowed */
	struct pick_suite *suites;     /* that of the most models first */
	size_t suite_count;
	uint32_t *suite;               /* by benchmark */
	double *newest;                /* by benchmark: date of the newest model that has it, days; NAN unknown */
	uint32_t *benchmarks;          /* all that are not hidden, in the present order */
	size_t benchmark_count;
	enum pick_order order;
	struct pick_row *rows;         /* that are shown */
	size_t count;
};

/* Suites that have a benchmark of `board` are open, and all where there are few. */
struct picking *picking_new(const struct catalog *catalog, const struct boards *boards, const struct board *board);
void picking_free(struct picking *picking); /* NULL allowed */

void picking_set_order(struct picking *picking, enum pick_order order);
void picking_set_open(struct picking *picking, size_t suite, bool open);
/* Which suites are open, one a suite; the caller frees.  And all as they were. */
bool *picking_folds(const struct picking *picking);
void picking_set_folds(struct picking *picking, const bool *open);
/* After the boards have changed. */
void picking_refresh(struct picking *picking);
/* Whether a benchmark has this in its key, title, metric or suite (ASCII case ignored). */
bool picking_contains(const struct picking *picking, size_t benchmark, const char *needle);
/* The next benchmark after (step 1) or before (-1) `row` that contains the needle, also in folded
 * suites, which are opened; with `here` one at the row counts.  Its row, SIZE_MAX when there is none. */
size_t picking_find(struct picking *picking, const char *needle, size_t row, int step, bool here);
/* The row of a benchmark or, kind and number being others, of one of these; SIZE_MAX when it is not shown. */
size_t picking_row_of(const struct picking *picking, enum pick_kind kind, size_t number);

#endif
