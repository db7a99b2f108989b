/* Foretold: what was predicted of sketches when they were written out, beside what was measured since: the
 * record of the program's own predictions of the user's merges. */
#ifndef STEMMA_APP_FORETOLD_H
#define STEMMA_APP_FORETOLD_H

#include "stemma/app/session.h"
#include "stemma/app/sketch.h"

/* One benchmark of one sketch. */
struct foretold {
	char *sketch, *made;      /* owned; the date */
	size_t model, benchmark;  /* of the catalog; whose results they are, CATALOG_NONE: nobody's yet */
	double mean, low50, high50, low90, high90; /* unit of the benchmark */
	double parents;           /* weighted mean of the parents' scores then, NAN where one had none */
	double measured;          /* NAN: not yet */
};
struct foretold_list {
	struct foretold *list;    /* owned; by sketch */
	size_t count, capacity;
};

/* The name that a sketch is remembered by: that which it is kept as, else the file's without its ending.  NULL
 * when it has neither (standard output).  The caller frees. */
char *foretold_name(const struct sketch *sketch, const char *path);
/* Remembers what is predicted of all benchmarks of the fit (of the board, where a parent is unknown), but for
 * those that its model has a score on by now; *count of them.  One transaction. */
enum status foretold_remember(const struct sketch *sketch, const struct session *session,
			      struct sketch_prediction *prediction, const char *name, const char *path, size_t *count,
			      struct error *error);
/* STATUS_NO_INPUT, with the names that there are, when no sketch of this name was written out. */
enum status foretold_known(struct store *store, const char *name, struct error *error);

/* All of them.  A sketch's model is the one that an import said it is, else the only one of its name in any
 * owner's hands. */
enum status foretold_read(const struct session *session, struct foretold_list *list, struct error *error);
void foretold_free(struct foretold_list *list);

/* Of those that were measured.  Errors are in points: hundredths of the benchmark's range, over those that have
 * known ends. */
struct foretold_figures {
	size_t sketches, scores;
	double within50, within90;     /* shares of the scores */
	size_t bounded;                /* scores with known ends: */
	double mae, bias;              /* bias: measured less predicted, turned where less is better */
	size_t compared;               /* of these, scores whose parents all had theirs: */
	double mae_there, mae_parents; /* of the prediction, and of the weighted mean of the parents */
};
void foretold_judge(const struct foretold_list *list, const struct catalog *catalog, struct foretold_figures *figures);

#endif
