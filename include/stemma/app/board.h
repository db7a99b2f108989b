/* Board: a named list of benchmarks, the ones that are drawn.
 *
 * Every suite is a board; the user makes others, which are kept in the cache.  The default
 * board is the suite with the most scored models.  Of two scorings of one test a suite's
 * board has the one with more models.
 */
#ifndef STEMMA_APP_BOARD_H
#define STEMMA_APP_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stemma/app/catalog.h"
#include "stemma/base/error.h"
#include "stemma/base/text.h"
#include "stemma/store/store.h"

#define BOARD_OWN_SUITE "own" /* of benchmarks that nobody put into a suite */

struct board {
	char *name;            /* NULL: nobody gave it one */
	bool suite;            /* it is a suite, not the user's */
	size_t count;
	uint32_t *benchmark;   /* in the order in which they are drawn, none twice */
};
void board_free(struct board *board);
struct board board_copy(const struct board *board);
bool board_has(const struct board *board, size_t benchmark);
void board_add(struct board *board, size_t benchmark);    /* at the end; nothing when it is there */
void board_remove(struct board *board, size_t benchmark);

/* The boards there are: the user's in the order of their names, then the suites, that of the most
 * models first.  A board of the user's with the name of a suite stands for it. */
struct boards {
	size_t count;
	struct board *list;
	size_t first;          /* which is the default */
};
/* Benchmarks of a kept board that the catalog lacks are left out. */
enum status boards_load(struct boards *boards, struct store *store, const struct catalog *catalog,
			struct error *error);
void boards_free(struct boards *boards);
const struct board *boards_find(const struct boards *boards, const char *name); /* case ignored; NULL */

/* Keeps the board in the cache under its name; without benchmarks it is dropped. */
enum status board_keep(const struct board *board, struct store *store, const struct catalog *catalog,
		       struct error *error);

/* The name of a board, or "gsm8k,humaneval,...": benchmarks and boards, whose own come in their
 * place.  What a family chose is appended to `said` (NULL allowed).  STATUS_USAGE, with
 * candidates, for what is neither; nothing is made then. */
enum status board_parse(const struct catalog *catalog, const struct boards *boards, const char *words,
			struct board *board, struct text *said, struct error *error);

#endif
