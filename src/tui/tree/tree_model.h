/* Tree model: which rows the lineage tree shows, without a screen.
 *
 * The lineage is drawn as a spanning forest (each model under its primary
 * parent); its other parents show a link row.  The rows are not kept one by
 * one: unfolded siblings that stand together are one run, and under a filter a
 * row is found by counting bits, so that drawing costs only the rows on screen
 * and folding costs what is unfolded.  Children are sorted when they are first
 * shown. */
#ifndef STEMMA_TUI_TREE_MODEL_H
#define STEMMA_TUI_TREE_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stemma/app/catalog.h"
#include "stemma/app/filter.h"
#include "stemma/base/text.h"

/* X(symbol, word, help) */
#define TREE_ORDER_TABLE(X) \
	X(KIN, "descendants", "most scored descendants first") \
	X(SCORE, "score", "best score in the branch first") \
	X(NAME, "name", "by name") \
	X(DATE, "date", "newest first") \
	X(SIZE, "size", "largest first") \
	X(Z, "z", "largest residual of the score column in the branch first")
enum tree_order {
#define X(symbol, word, help) TREE_BY_##symbol,
	TREE_ORDER_TABLE(X)
#undef X
	TREE_ORDER_COUNT
};
const char *tree_order_name(enum tree_order order);

enum row_kind {
	ROW_MODEL,
	ROW_LINK,   /* a child that is drawn under another parent */
	ROW_LINKS,  /* many of those, folded; node = the parent */
	ROW_MORE,   /* children without scores, folded; node = the parent */
	ROW_GROUP   /* folded roots; node = enum root_group */
};
enum root_group { GROUP_SINGLE, GROUP_SILENT, GROUP_COUNT };

struct tree_row {
	uint64_t guides; /* bit d: a line passes at depth d */
	uint32_t node;
	uint32_t owner;  /* ROW_LINK: the parent it is listed under */
	uint32_t count;  /* folded rows: how many they stand for */
	uint16_t depth;  /* 0 = root */
	uint8_t kind;
	bool last;       /* of its siblings */
};

/* Rows of one kind that stand together: siblings of which at most the last is
 * unfolded, or one folded row.  Private to the tree model. */
struct tree_run {
	size_t first;          /* row */
	const uint32_t *nodes; /* NULL: a folded row */
	uint64_t guides;
	uint32_t owner;        /* the model or group that they hang under, TREE_NONE for roots */
	uint32_t count;        /* of nodes, or of what the folded row stands for */
	uint16_t depth;
	uint8_t kind;
	bool ends;             /* its last row is the last of the siblings */
};

/* How a model is related to the one under the cursor. */
enum tree_kin { KIN_NONE, KIN_ANCESTOR, KIN_DESCENDANT };

#define TREE_NONE UINT32_MAX

struct tree {
	const struct catalog *catalog; /* borrowed */
	struct target_names names;     /* that a filter may have */
	size_t count;
	/* by node */
	uint32_t *primary;       /* TREE_NONE for a root */
	uint8_t *flags;
	uint32_t *below, *scored_below; /* descendants in the forest */
	double *best;            /* best shown score of the branch, NAN none */
	uint8_t *kin;            /* what is known by now; see tree_kin() */
	uint8_t *fit;            /* filter: 1 fits; others may lead to one that does */
	uint32_t *rank;          /* by name */
	uint32_t *position;      /* in the order of the unfolded forest; see forest_walk() */
	/* forest */
	uint32_t *child_start, *children, *link_start, *links;
	uint32_t *roots;         /* families, then single models, then silent ones */
	size_t family_count, single_count, silent_count;
	bool group_open[GROUP_COUNT];
	bool silent_sorted;      /* the silent roots are in the present order */
	uint32_t *walk;          /* all nodes in the order of the unfolded forest */
	uint64_t *branches;      /* bits by place in it: the node has children ... */
	uint32_t *branch_ends;   /* ... and the place behind the last below it, in order */
	bool walked;             /* these and position hold for the present order */
	bool walking;            /* they hold for the first nodes of the lineage's order: */
	size_t walk_done;        /* for so many */
	size_t roots_done;       /* roots that have their places, before all others */
	uint32_t next_root;      /* the place of the next one */
	/* what is shown */
	enum tree_order order;
	const double *values;    /* of the score column, by row of scores; borrowed, NULL none */
	size_t row_count;
	struct tree_run *runs;
	size_t run_count, run_capacity;
	size_t cursor;           /* row */
	struct tree_row here;    /* the row under the cursor */
	struct tree_run *stack;  /* scratch of what is still to be laid out */
	size_t stack_count, stack_capacity;
	uint32_t *queue;         /* scratch of walks */
	size_t queue_capacity;
	uint64_t *fit_bits;      /* filter: by place in the walk, whether it is shown */
	uint32_t *fit_before;    /* rows before each word of those */
	/* filter and search */
	char *filter;            /* NULL = none */
	size_t fit_count;
	struct filter *finder;   /* NULL until first used */
	double (*predict)(void *context, size_t model, const struct engine_target *target);
	void *predict_context;   /* for filters by what is predicted; NULL none */
	const double *z;         /* of the score column, by node; borrowed, NULL unknown */
	double *best_z;          /* the largest of the branch; NULL unknown */
	char *needle;            /* NULL = none */
	uint32_t *matches;       /* in the order of the unfolded forest */
	size_t match_count;
};

/* Everything folded, cursor on the first row, no score column.  `names` are what a filter may
 * call a target (NULL none); what they point to is borrowed. */
struct tree *tree_new(const struct catalog *catalog, const struct target_names *names);
void tree_free(struct tree *tree); /* NULL allowed */
/* Gives a new tree names, folds, order, search and cursor of one of an older catalog, whose
 * models have the numbers `match` now (see catalog_match()), and these values of the
 * score column.  Filter and z are the caller's to set again. */
void tree_renew(struct tree *tree, const struct tree *before, const uint32_t *match, const double *values);

/* The name, safe for a terminal; borrowed. */
const char *tree_name(const struct tree *tree, size_t node);
/* The value of the score column; NAN unknown. */
double tree_score(const struct tree *tree, size_t node);
/* Whether the edge to the primary parent is a guess (inferred or only a root). */
bool tree_edge_is_guess(const struct tree *tree, size_t node);
size_t tree_parent_count(const struct tree *tree, size_t node);
bool tree_is_open(const struct tree *tree, const struct tree_row *row);
bool tree_can_open(const struct tree *tree, const struct tree_row *row);

/* A row that is shown. */
struct tree_row tree_row(const struct tree *tree, size_t row);
/* The row that this one hangs under; itself for a root. */
size_t tree_row_above(const struct tree *tree, size_t row);
/* The next (step 1) or previous (-1) row of the same depth under the same row;
 * itself when there is none. */
size_t tree_row_sibling(const struct tree *tree, size_t row, int step);
/* How a model is related to the one under the cursor. */
enum tree_kin tree_kin(struct tree *tree, size_t node);

/* The row under the cursor, NULL in an empty tree. */
const struct tree_row *tree_here(const struct tree *tree);
/* Its model; CATALOG_NONE on a folded run. */
size_t tree_model(const struct tree *tree);

/* All below keep the cursor on its model, or on the nearest shown ancestor. */
void tree_set_open(struct tree *tree, size_t row, bool open);
void tree_fold_all(struct tree *tree, bool open);
void tree_set_order(struct tree *tree, enum tree_order order);
/* The values of the score column, by row of scores (see catalog_target_by_row()); borrowed until the
 * next call. */
void tree_set_values(struct tree *tree, const double *values);
/* The residuals of the score column, one a node (NAN none), borrowed until the
 * next call; NULL when there are none. */
void tree_set_z(struct tree *tree, const double *z);
/* What a filter by predictions asks, as in filter_set_predict(); NULL: nothing is fitted. */
void tree_set_predict(struct tree *tree, double (*predict)(void *, size_t, const struct engine_target *), void *context);
/* NULL or "" shows everything again.  Puts the cursor on the best match.  A line
 * that is wrong (see filter.h) changes nothing. */
enum status tree_filter(struct tree *tree, const char *line, struct error *error);
void tree_set_filter(struct tree *tree, const char *filter);
/* What the last word of the filter could become; "" when nothing. */
const char *tree_filter_hint(const struct tree *tree);

void tree_move(struct tree *tree, size_t row); /* clamped */
/* Unfolds what hides a model and puts the cursor on it; leaves the filter
 * when that hides it. */
void tree_reveal(struct tree *tree, size_t node);
/* Row of a model, SIZE_MAX when it is not shown. */
size_t tree_row_of(const struct tree *tree, size_t node);

/* Does a part of what the first search and the first filter would have to do, a
 * few milliseconds long; whether more is left.  For when nobody waits. */
bool tree_prepare(struct tree *tree);

/* Finds all names that contain `needle`; NULL forgets the search. */
void tree_search(struct tree *tree, const char *needle);
/* The match that follows (step 1) or precedes (-1) the model at the cursor,
 * around the end; with `here` a match at the cursor counts.  CATALOG_NONE when
 * there is none.  *number gets its place, from 1. */
size_t tree_match(const struct tree *tree, int step, bool here, size_t *number);
bool tree_is_match(const struct tree *tree, size_t node);

/* Folds as text (a name a line), to be kept between runs or to go back to. */
void tree_save_folds(const struct tree *tree, struct text *out);
void tree_load_folds(struct tree *tree, const char *saved);

#endif
