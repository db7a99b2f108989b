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
void edit_pick(struct browser *browser);
void edit_heavier(struct browser *browser);
void edit_lighter(struct browser *browser);
void edit_set_weight(struct browser *browser);
void edit_equalize(struct browser *browser);
void edit_swap(struct browser *browser);
void edit_lock(struct browser *browser);
void edit_next_method(struct browser *browser);
void edit_previous_method(struct browser *browser);
void edit_template(struct browser *browser);
void edit_base(struct browser *browser);
void edit_remove(struct browser *browser);
void edit_clear(struct browser *browser);
void edit_undo(struct browser *browser);
void edit_redo(struct browser *browser);
/* Predicts again and puts the sketch pane right. */
void edit_refresh(struct browser *browser);

/* find.c: search and filter, of a list that is open or else of the tree; jumps */
void find_search(struct browser *browser);
void find_next(struct browser *browser);
void find_previous(struct browser *browser);
void find_ask_filter(struct browser *browser);
void find_jump(struct browser *browser);
void find_go_back(struct browser *browser);
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
void edit_save(struct browser *browser, const char *name);
void edit_load(struct browser *browser, const char *name);
void edit_forget(struct browser *browser, const char *name);
void edit_open(struct browser *browser, const char *path);

/* write.c */
void write_ask(struct browser *browser);
void edit_write(struct browser *browser, const char *path);

/* flagging.c: suspect models */
void flag_ask(struct browser *browser);
void flag_leave_out(struct browser *browser);
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
