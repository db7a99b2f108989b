/* What keys and commands do to the sketch, the tree and flags. */
#ifndef STEMMA_TUI_EDIT_H
#define STEMMA_TUI_EDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "settings/actions.h"
#include "tree/tree_model.h"

struct browser;

/* edit.c: the sketch's actions */
bool edit_act(struct browser *browser, enum action action, int count);
/* Predicts again and puts the sketch pane right. */
void edit_refresh(struct browser *browser);

/* find.c: search, filter */
bool find_act(struct browser *browser, enum action action, int count);
/* Gives the tree the z values of the score column; `anew` after a fit. */
void find_measure(struct browser *browser, bool anew);
/* Sorts the tree by a word: an order of TREE_ORDER_TABLE, a benchmark or another target. */
void find_sort(struct browser *browser, const char *word);
void find_set_order(struct browser *browser, enum tree_order order);
/* Gives a filter what the fit tells. */
struct filter;
void find_prepare(struct browser *browser, struct filter *filter);
/* A filter may go by what a fit tells: runs it again, and the one that was due. */
void find_again(struct browser *browser);
/* Filters the tree; a wrong line is a message. */
void find_filter(struct browser *browser, const char *line);

/* edit.c: the same by name; each says itself what was wrong */
void edit_weigh(struct browser *browser, const char *percent);
void edit_method(struct browser *browser, const char *name);
void edit_write(struct browser *browser, const char *path);
void edit_save(struct browser *browser, const char *name);
void edit_load(struct browser *browser, const char *name);
void edit_forget(struct browser *browser, const char *name);
void edit_open(struct browser *browser, const char *path);

/* flagging.c: suspect models */
bool flag_act(struct browser *browser, enum action action);
/* Flags the model under the cursor; an empty reason becomes "suspect". */
void flag_model(struct browser *browser, const char *reason);
/* Undoes the last change of flags or of what is left out, unless the sketch was
 * changed after it: false then. */
bool flag_undo(struct browser *browser);
void flag_free(struct browser *browser);
/* Takes over what another program flagged, and says what came of it. */
void flag_reload(struct browser *browser);
/* Another catalog is in place. */
void flag_move(struct browser *browser, const uint32_t *match);

#endif
