/* Suggesting: what the suggest view shows and the search that makes it. */
#ifndef STEMMA_TUI_SUGGESTING_H
#define STEMMA_TUI_SUGGESTING_H

#include "browser.h"
#include "stemma/app/chart.h"
#include "stemma/app/wishes.h"

/* A search on its way, or its answers. */
struct suggestions {
	const struct engine_fit *fit;
	struct wish_search search;
	struct suggest_result best; /* one of the two, by search.front.axis_count */
	struct front_result front;
};

struct suggesting {
	struct wishes wishes;
	bool wanted;                /* the wishes have no answers yet */
	bool searching;             /* the running job is for them */
	bool stale;                 /* they changed since it began */
	struct suggestions work;    /* the job's */
	struct suggestions shown;
	bool answered;              /* shown has answers, if only none */
	struct error fault;         /* why there are none */
	struct list list;
	struct picture plot;        /* of shown; without a series it is not made yet */
	size_t plot_marks;          /* of it, without that of the cursor */
	struct text warnings;       /* of the merge under the cursor */
	size_t warned;              /* which that was */
};

/* An answer of either kind. */
struct suggestion {
	size_t count;
	const size_t *parents; /* heaviest first */
	const double *weights;
};
size_t suggestion_count(const struct suggesting *suggesting);
struct suggestion suggestion_at(const struct suggesting *suggesting, size_t index);
/* false when there is none under the cursor. */
bool suggestion_here(const struct browser *browser, struct suggestion *suggestion);
/* The words of the wished target; of a front those of the one at `axis`.  The caller frees. */
char *suggesting_word(const struct browser *browser, size_t axis);
/* Opens a suggestion as the sketch, one undoable change. */
void suggesting_take(struct sketch *sketch, const struct suggesting *suggesting,
		     const struct suggestion *suggestion);

bool suggesting_act(struct browser *browser, enum action action, int count);

#endif
