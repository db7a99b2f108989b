/* Actions: everything that a key can do.  Keys, names, help, hints and the
 * conditions under which an action makes sense all come from this table. */
#ifndef STEMMA_TUI_ACTIONS_H
#define STEMMA_TUI_ACTIONS_H

#include <stddef.h>

/* X(symbol, name, what it does): the panes first, of which the sketch is the last. */
#define VIEW_TABLE(X) \
	X(TREE, "lineage", tree_view) \
	X(MODEL, "model", model_view) \
	X(SKETCH, "sketch", sketch_view) \
	X(RESIDUALS, "residuals", residual_view) \
	X(HEAT, "heat map", heat_view) \
	X(PEDIGREE, "pedigree", pedigree_view) \
	X(COMPARE, "compare", compare_view) \
	X(VERSUS, "two sketches", versus_view) \
	X(WHY, "why", why_view) \
	X(MARKS, "marks", mark_view) \
	X(SUGGEST, "suggest", suggest_view) \
	X(PICKER, "board", picker_view) \
	X(OBSERVATIONS, "published", observation_view) \
	X(TABLE, "table", table_view) \
	X(COUNTS, "counts", count_view) \
	X(SWEEP, "sweep", sweep_view) \
	X(PLOT, "plot", plot_view) \
	X(WATERFALL, "waterfall", waterfall_view) \
	X(PLAN, "plan", plan_view) \
	X(HELP, "help", help_view) \
	X(MESSAGES, "messages", message_view)
enum view_id {
#define X(symbol, ...) VIEW_##symbol,
	VIEW_TABLE(X)
#undef X
	VIEW_COUNT
};

#define IN(view) (1u << VIEW_##view)
#define IN_ALL ((1u << VIEW_COUNT) - 1)
#define IN_PANES (IN(TREE) | IN(MODEL) | IN(SKETCH))
#define IN_FULL (IN_ALL & ~IN_PANES)
#define IN_SKETCHES (IN_PANES | IN(VERSUS) | IN(SWEEP))
#define IN_LISTS (IN(OBSERVATIONS) | IN(RESIDUALS) | IN(HEAT) | IN(PEDIGREE) | IN(WHY) | IN(MARKS) | IN(TABLE) | \
		  IN(COUNTS))
#define IN_MODELS (IN_SKETCHES | IN(RESIDUALS) | IN(HEAT) | IN(PEDIGREE) | IN(COMPARE) | IN(WHY) | \
		   IN(MARKS) | IN(SUGGEST) | IN(TABLE) | IN(PLOT))

/* What must hold. X(symbol, what to say when it does not) */
#define NEED_TABLE(X) \
	X(NOTHING, "") \
	X(MODEL, "no model under the cursor") \
	X(PARENT, "the sketch is empty: Space picks the model under the cursor") \
	X(PICKED, "the model under the cursor is not in the sketch: Space picks it") \
	X(BESIDE, "no sketch is beside: D duplicates the open one, :beside takes a kept one") \
	X(UNDO, "nothing to undo") \
	X(REDO, "nothing to redo") \
	X(FIT, "nothing is fitted yet") \
	X(SUGGESTION, "no merge under the cursor") \
	X(ROW, "nothing under the cursor") \
	X(BENCHMARK, "no benchmark under the cursor") \
	X(SEARCH, "nothing searched yet: / searches") \
	X(FLAGGED, "nothing is flagged: # flags the model under the cursor") \
	X(JUMP, "no place to go back to") \
	X(PICTURE, "nothing is drawn that could be saved") \
	X(IDLE, "something is being worked on: Esc stops it")
enum need {
#define X(symbol, message) NEED_##symbol,
	NEED_TABLE(X)
#undef X
	NEED_COUNT
};

/* X(symbol, name, keys, views, need, what does it (see dispatch.c; IN_VIEW = the view itself),
 *   hint (NULL = none), section, help)
 * A key belongs to the first line that has it and is at home in the view. */
#define ACTION_TABLE(X) \
	X(NEXT_PANE, "next-pane", "tab", IN_PANES, NOTHING, pane_next, "pane", "Panes", \
	  "next pane") \
	X(PREVIOUS_PANE, "previous-pane", "shift-tab", IN_PANES, NOTHING, pane_previous, NULL, "Panes", \
	  "previous pane") \
	X(TREE_WIDER, "tree-wider", ">", IN_PANES, NOTHING, pane_widen_tree, NULL, "Panes", \
	  "wider tree, narrower model pane") \
	X(TREE_NARROWER, "tree-narrower", "<", IN_PANES, NOTHING, pane_narrow_tree, NULL, "Panes", \
	  "narrower tree") \
	X(SKETCH_TALLER, "sketch-taller", ")", IN_PANES, NOTHING, pane_heighten_sketch, NULL, "Panes", \
	  "taller sketch pane (3) = three rows)") \
	X(SKETCH_SHORTER, "sketch-shorter", "(", IN_PANES, NOTHING, pane_lower_sketch, NULL, "Panes", \
	  "shorter sketch pane") \
	X(PICK, "pick", "space", IN_MODELS, MODEL, edit_pick, "pick", "Sketch", \
	  "add the model under the cursor as a parent, or take it out") \
	X(HEAVIER, "heavier", "+ =", IN_MODELS, PICKED, edit_heavier, "+", "Sketch", \
	  "more weight for the picked model under the cursor (5+ = five steps)") \
	X(LIGHTER, "lighter", "- _", IN_MODELS, PICKED, edit_lighter, "weight", "Sketch", \
	  "less weight") \
	X(HEAVIER_HERE, "heavier-parent", "l right", IN(SKETCH) | IN(VERSUS) | IN(SWEEP), PARENT, edit_heavier, NULL, "Sketch", \
	  "in the sketch: more weight for the parent under the cursor") \
	X(LIGHTER_HERE, "lighter-parent", "h left", IN(SKETCH) | IN(VERSUS) | IN(SWEEP), PARENT, edit_lighter, NULL, "Sketch", \
	  "in the sketch: less weight") \
	X(WEIGHT, "weight", "%", IN_MODELS, PICKED, edit_set_weight, NULL, "Sketch", \
	  "set the weight in percent (60% sets 0.60, % alone asks)") \
	X(EQUALIZE, "equalize", "e", IN_SKETCHES, PARENT, edit_equalize, NULL, "Sketch", \
	  "equal weights") \
	X(SWAP, "swap", "X", IN(SKETCH) | IN(VERSUS), PARENT, edit_swap, NULL, "Sketch", \
	  "in the sketch: exchange the weights of this parent and the next") \
	X(LOCK, "lock", "L", IN_SKETCHES, PICKED, edit_lock, NULL, "Sketch", \
	  "keep this weight while others change, or let it go") \
	X(METHOD, "method", "m", IN_SKETCHES, PARENT, edit_next_method, "method", "Sketch", \
	  "next merge method that suits the parents") \
	X(METHOD_BACK, "method-back", "M", IN_SKETCHES, PARENT, edit_previous_method, NULL, "Sketch", \
	  "the method before") \
	X(TEMPLATE, "template", "T", IN_SKETCHES, PARENT, edit_template, NULL, "Sketch", \
	  "chat template of the merge's evaluation: as its parents, yes, no") \
	X(BASE, "base", "B", IN_SKETCHES, MODEL, edit_base, NULL, "Sketch", \
	  "make the model under the cursor the base of the merge, or leave it to the rule") \
	X(SWEEP, "sweep", "z", IN(SKETCH), PARENT, sweep_open, "sweep", "Sketch", \
	  "in the sketch: the target against the weight of the parent under the cursor, as a curve") \
	X(BEST_WEIGHTS, "best-weights", "Z", IN(SKETCH) | IN(SWEEP), PARENT, sweep_take_best, "best", "Sketch", \
	  "in the sketch: the weights of these parents that promise the most for the target; locked ones stay") \
	X(REMOVE, "remove", "x delete", IN(SKETCH) | IN(VERSUS), PARENT, edit_remove, "remove", "Sketch", \
	  "in the sketch: take this parent out") \
	X(CLEAR, "clear", "c", IN_SKETCHES, PARENT, edit_clear, NULL, "Sketch", \
	  "empty the sketch") \
	X(WHY, "why", "W", IN_SKETCHES, PARENT, why_open, "why", "Sketch", \
	  "what the prediction rests on: nearest ancestors, and points that scored models add") \
	X(DUPLICATE, "duplicate", "D", IN_SKETCHES, PARENT, versus_ask_name, NULL, "Sketch", \
	  "keep the sketch under a name, put it beside, and go on with a copy") \
	X(VERSUS, "two-sketches", "C", IN_PANES, BESIDE, versus_open, "two sketches", "Sketch", \
	  "the open sketch and the one beside: scores, difference, chance to be better") \
	X(EXCHANGE, "exchange", "E", IN_SKETCHES, BESIDE, versus_exchange, "exchange", "Sketch", \
	  "go on with the sketch beside, and put this one there") \
	X(WRITE, "write", "w", IN_SKETCHES, PARENT, write_ask, "write", "Sketch", \
	  "write the sketch: a mergekit configuration, a model card or a graph") \
	X(UNDO, "undo", "u", IN_MODELS, UNDO, edit_undo, "undo", "Sketch", \
	  "undo the last change of the sketch, or of flags") \
	X(REDO, "redo", "ctrl-r", IN_MODELS, REDO, edit_redo, NULL, "Sketch", \
	  "do it again") \
	X(SEARCH, "search", "/ ctrl-s F3", IN_PANES | IN_LISTS | IN(SUGGEST) | IN(PICKER) | IN(HELP), NOTHING, find_search, "search", "Finding", \
	  "search while you type: names, also in what is folded; in lists and the help, here") \
	X(SEARCH_NEXT, "search-next", "n", IN_PANES | IN_LISTS | IN(SUGGEST) | IN(PICKER) | IN(HELP), SEARCH, find_next, NULL, "Finding", \
	  "next match") \
	X(SEARCH_PREVIOUS, "search-previous", "N", IN_PANES | IN_LISTS | IN(SUGGEST) | IN(PICKER) | IN(HELP), SEARCH, find_previous, NULL, "Finding", \
	  "match before") \
	X(FILTER, "filter", "f F4", IN_PANES | IN(TABLE) | IN(HELP), NOTHING, find_ask_filter, "filter", "Finding", \
	  "show only models that fit what is typed (see below), or of this help the lines; Esc: all again") \
	X(RESIDUALS, "residuals", "r", IN_PANES, FIT, residual_open, "residuals", "Finding", \
	  "models that score far from what their kin predict") \
	X(PLOT, "plot", ".", IN_PANES | IN(TABLE), NOTHING, plot_open, NULL, "Pictures", \
	  "the score column against size, date, likes or another benchmark: one point per model, and a line through those that none beats") \
	X(WATERFALL, "waterfall", ",", IN_PANES | IN(WHY) | IN(PLOT), FIT, waterfall_open, NULL, "Pictures", \
	  "explain a prediction step by step: that of the model under the cursor, or in the sketch pane the sketch's") \
	X(PLOT_ACROSS, "plot-across", "l right >", IN(PLOT), NOTHING, IN_VIEW, "across", "Pictures", \
	  "in the plot: next measure across: size, date, likes or a benchmark of the board") \
	X(PLOT_ACROSS_BACK, "plot-across-back", "h left <", IN(PLOT), NOTHING, IN_VIEW, NULL, "Pictures", \
	  "in the plot: measure before") \
	X(PLOT_FAMILY, "plot-family", "f", IN(PLOT), NOTHING, IN_VIEW, "family", "Pictures", \
	  "in the plot: only the family of the model it was opened on, or all models") \
	X(PLAN, "plan", "$", IN_PANES | IN(TABLE), FIT, plan_open, NULL, "Pictures", \
	  "which benchmarks to run on the model under the cursor, or some of their questions, and what that buys") \
	X(PLAN_BUDGET, "budget", "b", IN(PLAN), NOTHING, plan_ask_budget, "budget", "Pictures", \
	  "in the plan: what may be spent, as 500 (questions), 2M tokens or 90 min") \
	X(PLAN_COPY, "copy-command", "y", IN(PLAN), NOTHING, plan_copy, "copy lm_eval", "Pictures", \
	  "in the plan: copy the command of lm-evaluation-harness that runs it (OSC 52)") \
	X(TABLE, "table", "t", IN_PANES, NOTHING, table_open, "table", "Table", \
	  "all models as rows, facts and the benchmarks of the board as columns") \
	X(TABLE_SORT, "sort-column", "s", IN(TABLE), NOTHING, IN_VIEW, "sort", "Table", \
	  "sort by the column under the cursor, the best, largest and newest first; again: last; by what is published") \
	X(TABLE_COUNT, "count-column", "F", IN(TABLE), NOTHING, IN_VIEW, "count", "Table", \
	  "how often each value of the column occurs (of names: each owner)") \
	X(TABLE_RIGHT, "column-right", "l right >", IN(TABLE), NOTHING, IN_VIEW, "column", "Table", \
	  "next column (5l = five)") \
	X(TABLE_LEFT, "column-left", "h left <", IN(TABLE), NOTHING, IN_VIEW, NULL, "Table", \
	  "column before") \
	X(TABLE_HIDE, "hide-column", "x delete", IN(TABLE), NOTHING, IN_VIEW, NULL, "Table", \
	  "hide the column under the cursor") \
	X(TABLE_SHOW, "show-columns", "X", IN(TABLE), NOTHING, IN_VIEW, NULL, "Table", \
	  "show all columns again") \
	X(COUNT_ENTER, "filter-by", "enter", IN(COUNTS), NOTHING, IN_VIEW, "filter by it", "Table", \
	  "in the count of a column: show only models with this value") \
	X(SUGGEST, "suggest", "s", IN_PANES, FIT, suggesting_open, "suggest", "Suggestions", \
	  "which merges promise most") \
	X(SUGGEST_OPEN, "open-suggestion", "enter", IN(SUGGEST), SUGGESTION, IN_VIEW, "as a sketch", "Suggestions", \
	  "take this merge as the sketch") \
	X(SUGGEST_PARENTS, "pairs-triples", "p", IN(SUGGEST), NOTHING, IN_VIEW, "pairs or triples", "Suggestions", \
	  "merges of two models, or of three") \
	X(SUGGEST_FRONT, "front", "f", IN(SUGGEST), NOTHING, IN_VIEW, "front", "Suggestions", \
	  "the Pareto front of two benchmarks with its plot, or the best for one target") \
	X(SUGGEST_RIGHTS, "rights", "c", IN(SUGGEST), NOTHING, IN_VIEW, "licences", "Suggestions", \
	  "what licences must allow, of all ancestors too: any, compatible, commercial, permissive") \
	X(SUGGEST_INCLUDE, "include", "i", IN(SUGGEST), NOTHING, IN_VIEW, "include", "Suggestions", \
	  "only merges of the picked parents, or else of the model under the tree's cursor; again: of any") \
	X(SUGGEST_EXCLUDE, "exclude", "x delete", IN(SUGGEST), SUGGESTION, IN_VIEW, NULL, "Suggestions", \
	  "no more merges of the first parent of this one") \
	X(SUGGEST_EDIT, "wishes", "e", IN(SUGGEST), NOTHING, IN_VIEW, "edit", "Suggestions", \
	  "all that is wished as a line to change (Tab completes)") \
	X(SUGGEST_DROP, "no-wishes", "C", IN(SUGGEST), NOTHING, IN_VIEW, NULL, "Suggestions", \
	  "drop all wishes: pairs of any models for the average") \
	X(BOARD, "board", "b", IN_MODELS, NOTHING, picker_open, "board", "Board", \
	  "benchmarks and boards: what is drawn, how well it is predicted, what it weighs in the target") \
	X(ZOOM, "zoom", "a", IN_PANES | IN(COMPARE) | IN(VERSUS), NOTHING, board_zoom, NULL, "Board", \
	  "stretch the bars over each benchmark's published scores, or over its whole scale") \
	X(OBSERVATIONS, "published", "i", IN_SKETCHES | IN(RESIDUALS) | IN(HEAT) | IN(PEDIGREE) | IN(COMPARE) | IN(WHY) | IN(MARKS) | IN(TABLE), \
	  MODEL, observation_open, NULL, "Board", "all that is published of the model under the cursor, run by run, and which of it is shown") \
	X(PICK_OBSERVATION, "show-this", "space enter", IN(OBSERVATIONS), NOTHING, IN_VIEW, "show this one", "Board", \
	  "show this score of the model whatever the rules say, or leave it to them again") \
	X(PICK_BENCHMARK, "choose-benchmark", "space", IN(PICKER), ROW, IN_VIEW, "choose", "Board", \
	  "draw this benchmark, or not; of a suite all; of a board just these") \
	X(PICK_ENTER, "take", "enter", IN(PICKER), ROW, IN_VIEW, NULL, "Board", \
	  "draw this board or suite; a benchmark becomes the score column") \
	X(PICK_WEIGHT, "target-weight", "w", IN(PICKER), BENCHMARK, IN_VIEW, "weight", "Board", \
	  "what the benchmark weighs in the target; 0 takes it out") \
	X(PICK_DESCRIBE, "describe", "d", IN(PICKER), BENCHMARK, IN_VIEW, "describe", "Board", \
	  "its title, suite, scale and so on as a line to change") \
	X(PICK_SAVE, "save-board", "B", IN(PICKER), NOTHING, IN_VIEW, "save", "Board", \
	  "keep the board under a name") \
	X(PICK_DROP, "drop-board", "x delete", IN(PICKER), ROW, IN_VIEW, NULL, "Board", \
	  "keep this board no more") \
	X(PICK_ORDER, "pick-order", "tab o", IN(PICKER), NOTHING, IN_VIEW, "order", "Board", \
	  "by suite, by alphabet, or those with most models first") \
	X(PICK_UNFOLD, "unfold-suite", "l right", IN(PICKER), ROW, IN_VIEW, NULL, "Board", \
	  "unfold a suite") \
	X(PICK_FOLD, "fold-suite", "h left", IN(PICKER), ROW, IN_VIEW, NULL, "Board", \
	  "fold it") \
	X(MARK, "mark", "\"", IN_MODELS, MODEL, mark_ask, NULL, "Finding", \
	  "mark the model under the cursor with the letter that follows") \
	X(MARK_JUMP, "mark-jump", "' `", IN_MODELS, NOTHING, mark_ask_jump, NULL, "Finding", \
	  "go to the model marked with the letter that follows ('' where the last jump began)") \
	X(BOOKMARK, "bookmark", "*", IN_MODELS, MODEL, mark_bookmark, NULL, "Finding", \
	  "make the model under the cursor a bookmark, or not") \
	X(MARKS, "marks", ";", IN_PANES | IN(RESIDUALS), NOTHING, mark_open, NULL, "Finding", \
	  "marks and bookmarks as a list") \
	X(MARK_REMOVE, "remove-mark", "x delete", IN(MARKS), NOTHING, IN_VIEW, "remove", "Finding", \
	  "in the list of marks: take this one out") \
	X(FLAG, "flag", "#", IN_MODELS, MODEL, flag_ask, NULL, "Finding", \
	  "flag the model under the cursor as suspect, with a reason, or trust it again") \
	X(LEAVE_OUT, "leave-out", "&", IN_MODELS, FLAGGED, flag_leave_out, NULL, "Finding", \
	  "leave suspect models and what descends from them out of the fit, or take them in again") \
	X(HEAT, "heat-map", "H", IN_MODELS, FIT, heat_open, NULL, "Finding", \
	  "residuals of the whole family of the model under the cursor, on all benchmarks") \
	X(PEDIGREE, "pedigree", "P", IN_MODELS, MODEL, pedigree_open, NULL, "Finding", \
	  "all ancestors of the model under the cursor, with what each gave") \
	X(GUESS, "guess", "A", IN_MODELS, MODEL, guess_here, NULL, "Finding", \
	  "guess the parents of a merge that does not say them; :accept 2 takes two guesses over") \
	X(CHOOSE, "choose", "v", IN_MODELS, MODEL, compare_choose, NULL, "Finding", \
	  "choose the model under the cursor to be compared, or not") \
	X(COMPARE, "compare", "V", IN_MODELS, NOTHING, compare_open, NULL, "Finding", \
	  "the chosen models side by side") \
	X(JUMP, "jump", "enter", IN(SKETCH) | IN(RESIDUALS) | IN(HEAT) | IN(PEDIGREE) | IN(COMPARE) | IN(VERSUS) | IN(WHY) | IN(MARKS) | IN(TABLE) | IN(PLOT), MODEL, find_jump, "to the model", "Finding", \
	  "go to this model in the tree") \
	X(ENTER, "enter", "enter", IN(TREE) | IN(MODEL), NOTHING, IN_VIEW, NULL, "Finding", \
	  "on a link: go to the model; on a folded run: unfold it; else its details") \
	X(BACK, "back", "ctrl-o backspace", IN_PANES, JUMP, find_go_back, NULL, "Finding", \
	  "return to where the last jump or search began: the view, its cursor and the model") \
	X(UNFOLD, "unfold", "l right", IN(TREE), NOTHING, IN_VIEW, NULL, "Tree", \
	  "unfold, then go to the first child") \
	X(FOLD, "fold", "h left", IN(TREE), NOTHING, IN_VIEW, NULL, "Tree", \
	  "fold, then go to the parent") \
	X(FOLD_ALL, "fold-all", "z", IN(TREE), NOTHING, IN_VIEW, NULL, "Tree", \
	  "fold everything") \
	X(UNFOLD_ALL, "unfold-all", "Z", IN(TREE), NOTHING, IN_VIEW, NULL, "Tree", \
	  "unfold every branch with scores") \
	X(PARENT, "parent", "p", IN(TREE), MODEL, IN_VIEW, NULL, "Tree", \
	  "go to the parent") \
	X(SCROLL_RIGHT, "scroll-right", "> l right", IN(HEAT), NOTHING, IN_VIEW, NULL, "Tree", \
	  "in the heat map: columns further right (5> = five)") \
	X(SCROLL_LEFT, "scroll-left", "< h left", IN(HEAT), NOTHING, IN_VIEW, NULL, "Tree", \
	  "in the heat map: columns further left") \
	X(SIBLING_NEXT, "next-sibling", "J }", IN(TREE), NOTHING, IN_VIEW, NULL, "Tree", \
	  "next row of the same depth") \
	X(SIBLING_PREVIOUS, "previous-sibling", "K {", IN(TREE), NOTHING, IN_VIEW, NULL, "Tree", \
	  "row of the same depth before") \
	X(ORDER, "order", "o", IN(TREE) | IN(RESIDUALS) | IN(SUGGEST), NOTHING, IN_VIEW, NULL, "Tree", \
	  "next order: descendants, score (of any benchmark: ]), name, date, size, z; " \
	  "in residuals |z|, z, score, name; in suggestions gain, chance") \
	X(ORDER_BACK, "order-back", "O", IN(TREE), NOTHING, IN_VIEW, NULL, "Tree", \
	  "the order before") \
	X(COLUMN_RIGHT, "next-benchmark", "l right", IN(RESIDUALS) | IN(COMPARE) | IN(WHY) | IN(SUGGEST), NOTHING, IN_VIEW, NULL, "Tree", \
	  "in residuals, why and suggestions: next benchmark (of a front, the one up); in a comparison: next model") \
	X(COLUMN_LEFT, "previous-benchmark", "h left", IN(RESIDUALS) | IN(COMPARE) | IN(WHY) | IN(SUGGEST), NOTHING, IN_VIEW, NULL, "Tree", \
	  "in residuals, why and suggestions: benchmark before; in a comparison: model before") \
	X(COLUMN_NEXT, "column", "]", IN_PANES | IN(RESIDUALS) | IN(HEAT) | IN(WHY) | IN(SUGGEST) | IN(SWEEP) | IN(PLOT) | IN(WATERFALL) | IN(PLAN), NOTHING, board_next_target, \
	  "benchmark", "Tree", \
	  "score column: the target, then the benchmarks of the board (of a front, the one across)") \
	X(COLUMN_PREVIOUS, "column-back", "[", IN_PANES | IN(RESIDUALS) | IN(HEAT) | IN(WHY) | IN(SUGGEST) | IN(SWEEP) | IN(PLOT) | IN(WATERFALL) | IN(PLAN), NOTHING, board_previous_target, NULL, \
	  "Tree", "score column: benchmark before") \
	X(COPY, "copy", "y", IN_MODELS, MODEL, copy_name, NULL, "Tree", \
	  "copy the model's name to the clipboard (OSC 52)") \
	X(PLOT_WRITE, "write-picture", "s", IN(PLOT) | IN(WATERFALL) | IN(SWEEP) | IN(PLAN) | IN(RESIDUALS) | IN(SUGGEST), PICTURE, picture_ask_write, "save", "Pictures", \
	  "save the picture as SVG") \
	X(DOWN, "down", "j down ctrl-n ctrl-e", IN_ALL, NOTHING, IN_VIEW, NULL, "Moving", \
	  "down (5j = five rows)") \
	X(UP, "up", "k up ctrl-p ctrl-y", IN_ALL, NOTHING, IN_VIEW, NULL, "Moving", \
	  "up") \
	X(PAGE_DOWN, "page-down", "pgdn ctrl-f ctrl-v", IN_ALL, NOTHING, IN_VIEW, NULL, "Moving", \
	  "a page down") \
	X(PAGE_UP, "page-up", "pgup ctrl-b", IN_ALL, NOTHING, IN_VIEW, NULL, "Moving", \
	  "a page up") \
	X(HALF_DOWN, "half-page-down", "ctrl-d", IN_ALL, NOTHING, IN_VIEW, NULL, "Moving", \
	  "half a page down") \
	X(HALF_UP, "half-page-up", "ctrl-u", IN_ALL, NOTHING, IN_VIEW, NULL, "Moving", \
	  "half a page up") \
	X(FIRST, "first", "g home", IN_ALL, NOTHING, IN_VIEW, NULL, "Moving", \
	  "first row") \
	X(LAST, "last", "G end", IN_ALL, NOTHING, IN_VIEW, NULL, "Moving", \
	  "last row (5G = row 5)") \
	X(COMMAND, "command", ":", IN_ALL, NOTHING, command_line_ask, NULL, "Program", \
	  "a command by its name; Tab completes, Up and Down recall") \
	X(HELP, "help", "? F1", IN_ALL & ~IN(HELP), NOTHING, help_open, "help", "Program", \
	  "this help") \
	X(MESSAGES, "messages", "!", IN_ALL & ~IN(MESSAGES), NOTHING, message_open, NULL, "Program", \
	  "what happened so far") \
	X(IMPORT, "import", "I", IN_PANES, NOTHING, command_line_import, NULL, "Program", \
	  "import files or folders, beside the screen (Tab completes)") \
	X(FETCH, "fetch", "S", IN_PANES, NOTHING, command_line_sync, NULL, "Program", \
	  "fetch the leaderboard, or more of the Hub, beside the screen (Enter begins)") \
	X(RELOAD, "reload", "R", IN_MODELS, NOTHING, intake_reload, NULL, "Program", \
	  "read the cache again after others changed it, and the corrections") \
	X(REFIT, "refit", "F", IN_MODELS & ~IN(TABLE), IDLE, fitting_relearn, NULL, "Program", \
	  "learn the variances again, beside the screen") \
	X(MOUSE, "mouse", "F9", IN_ALL, NOTHING, toggle_mouse, NULL, "Program", \
	  "leave the mouse to the terminal, to select text, or use it again") \
	X(REDRAW, "redraw", "ctrl-l", IN_ALL, NOTHING, redraw, NULL, "Program", \
	  "draw the screen anew") \
	X(SUSPEND, "suspend", "ctrl-z", IN_ALL, NOTHING, suspend, NULL, "Program", \
	  "stop; the shell's fg comes back") \
	X(LEAVE, "leave", "q esc ctrl-g F10", IN_FULL, NOTHING, leave_view, "back", "Program", \
	  "leave this view for the one before") \
	X(CANCEL, "cancel", "esc ctrl-c ctrl-g", IN_ALL, NOTHING, cancel, NULL, "Program", \
	  "leave the filter, or stop what is being worked on") \
	X(QUIT, "quit", "q F10", IN_PANES, NOTHING, quit, "quit", "Program", \
	  "go back to the view that a jump left, else quit (twice; see quit in the configuration): "\
	  "cursor, folds, marks and sketch are kept")
enum action {
#define X(symbol, ...) ACTION_##symbol,
	ACTION_TABLE(X)
#undef X
	ACTION_COUNT,
	ACTION_NONE = ACTION_COUNT
};

struct action_info {
	const char *name, *keys;
	unsigned int views; /* bits 1 << enum view_id */
	enum need need;
	const char *hint, *section, *help;
};
const struct action_info *action_info(enum action action);
const char *need_message(enum need need);
const char *view_name(enum view_id view);

#endif
