/* Views: what each is, their stack, and what one offers to others. */
#ifndef STEMMA_TUI_VIEW_H
#define STEMMA_TUI_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "settings/actions.h"
#include "stemma/app/sketch.h"
#include "stemma/base/text.h"
#include "term/screen.h"
#include "view/list.h"

struct browser;

/* What a view does.  All functions but draw may be NULL. */
struct view_ops {
	/* Draws the inside of its area. */
	void (*draw)(struct browser *browser, const struct area *area);
	/* What stands in its upper border. */
	void (*title)(struct browser *browser, struct text *out);
	/* What stands at the right end of that border. */
	void (*corner)(struct browser *browser, struct text *out);
	/* false when the action is not its own. */
	bool (*act)(struct browser *browser, enum action action, int count);
	/* The model that actions are about; CATALOG_NONE when there is none. */
	size_t (*model)(struct browser *browser);
	/* Whether the row under the cursor has what is searched for, where that is more
	 * than the name of its model. */
	bool (*contains)(struct browser *browser, const char *needle);
	/* The list that the mouse clicks and scrolls in. */
	struct list *(*list)(struct browser *browser);
	/* What was last searched for in it; NULL for the search that lists share. */
	const char *(*needle)(const struct browser *browser);

	/* What it draws as a picture; NULL when there is none. */
	const struct picture *(*picture)(struct browser *browser);

	/* Its own state, browser->state[VIEW]: so many bytes, zero before start(). */
	size_t size;
	void (*start)(struct browser *browser);
	/* What was counted for the board, the fit or the catalog goes. */
	void (*forget)(struct browser *browser);
	/* Before another catalog is put in place; and when it is, with its numbers. */
	void (*overtake)(struct browser *browser);
	void (*renumber)(struct browser *browser, const uint32_t *match);
	void (*free)(struct browser *browser);
};
#define X(symbol, name, ops) extern const struct view_ops ops;
VIEW_TABLE(X)
#undef X
const struct view_ops *view_ops(enum view_id view);

/* views.c: their states, and the stack of those that are open.  The panes are one
 * of them: at the bottom, and on top of the view that a jump into the tree left. */
void views_start(struct browser *browser);
void views_forget(struct browser *browser);
void views_overtake(struct browser *browser);
void views_renumber(struct browser *browser, const uint32_t *match);
void views_free(struct browser *browser);
/* Puts a view on top, or with VIEW_COUNT the panes. */
void browser_open_view(struct browser *browser, enum view_id view);
/* Puts the panes on top, with the focus on one of them. */
void browser_show_panes(struct browser *browser, enum view_id pane);
/* Goes back to the one before; false when there is none. */
bool browser_close_view(struct browser *browser);
/* Takes it out, with its prompt when it is on top: it has nothing to show. */
void browser_drop_view(struct browser *browser, enum view_id view);
bool browser_view_is_open(const struct browser *browser, enum view_id view);

/* sweep_view.c: takes the best weights for the target */
void sweep_take_best(struct browser *browser);

/* plot_view.c, waterfall_view.c */
void plot_open(struct browser *browser);
void waterfall_open(struct browser *browser);
/* plan_view.c */
void plan_open(struct browser *browser);
void plan_ask_budget(struct browser *browser);
void plan_copy(struct browser *browser);
/* picture_write.c: the picture of the view that keys go to, NULL when there is none; asks where to
 * write it */
const struct picture *picture_here(struct browser *browser);
void picture_ask_write(struct browser *browser);

/* table_view.c */
void table_open(struct browser *browser);

/* heat_view.c */
void heat_open(struct browser *browser);

/* picker_view.c */
void picker_open(struct browser *browser);
/* "gsm8k title=GSM8K lower=0 upper=1": the user's word on a benchmark. */
void picker_describe(struct browser *browser, const char *line);
/* Whether there is a row under its cursor, of a benchmark. */
bool picker_on(struct browser *browser, bool benchmark);

/* observation_view.c */
void observation_open(struct browser *browser);

/* pedigree_view.c */
void pedigree_open(struct browser *browser);

/* compare_view.c */
/* Chooses the model under the cursor, or no longer. */
void compare_choose(struct browser *browser);
bool compare_has(const struct browser *browser, size_t model);

/* versus_view.c: the open sketch and the one beside */
struct versus {
	struct sketch_comparison figures; /* no rows = not known */
	struct error error;               /* why not */
	bool tried;                       /* since the last edit */
	struct text heads[2];             /* "linear", "slerp · t=0.40" */
	struct text warnings;             /* of the one beside */
};
void versus_ask_name(struct browser *browser);
void versus_exchange(struct browser *browser);
/* Keeps the open sketch under a name and puts it beside. */
void versus_duplicate(struct browser *browser, const char *name);
/* Puts a kept sketch beside, and shows both. */
void versus_load(struct browser *browser, const char *name);
void versus_forget(struct browser *browser); /* what was predicted */

/* sketch_view.c: moving over the parents of the open sketch, and the one there */
/* A weight, ready for two decimals. */
double shown_weight(double weight);
bool sketch_act(struct browser *browser, enum action action, int count);
size_t sketch_model(struct browser *browser);
/* "linear", "slerp · t=0.40 · base a/b". */
void sketch_describe(const struct browser *browser, const struct sketch_state *state, size_t base,
		     struct text *out);

/* list_find.c: search in a view with a list, unless it has a search of its own */
void list_search(struct browser *browser);
void list_search_again(struct browser *browser, int step, int count);

/* why_view.c: within an area beside the sketch */
void why_draw_beside(struct browser *browser, const struct area *area);

/* mark_view.c */
void mark_ask(struct browser *browser);
void mark_ask_jump(struct browser *browser);
void mark_bookmark(struct browser *browser);
/* Marks the model under the cursor with a letter. */
void mark_set(struct browser *browser, const char *letter);

/* tree_columns.c: the columns that the user added, as many as fit a width */
int tree_columns_width(const struct browser *browser, int width);
void tree_columns_draw(struct browser *browser, const struct area *area, int row, int right,
		       size_t node);
void tree_columns_title(const struct browser *browser, struct text *out);

#endif
