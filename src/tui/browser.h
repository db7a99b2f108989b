/* Browser: the state that the views share. */
#ifndef STEMMA_TUI_BROWSER_H
#define STEMMA_TUI_BROWSER_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "settings/actions.h"
#include "board/bars.h"
#include "tree/lanes.h"
#include "view/list.h"
#include "tree/marks.h"
#include "term/screen.h"
#include "tree/tree_model.h"
#include "stemma/app/guesses.h"
#include "stemma/app/job.h"
#include "stemma/app/session.h"
#include "stemma/app/sketch.h"
#include "stemma/tui/tui.h"

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
extern const struct view_ops tree_view, model_view, sketch_view, residual_view, help_view,
	message_view, mark_view, pedigree_view, compare_view, heat_view, versus_view, why_view, suggest_view, picker_view,
	observation_view, table_view, count_view, sweep_view;
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

#define FIGURE_SIZE 32
#define ROW_NAME_SIZE 80
#define CORNER_NAME 24 /* columns that a name gets in the border of a view */

/* What is drawn a line each: the target, then the benchmarks of the board. */
struct board_row {
	struct engine_target target; /* borrowed from the session, or of what follows */
	uint32_t benchmark;          /* of one */
	double weight;
	size_t place;                /* among the session's rows */
	char name[ROW_NAME_SIZE];
	struct bar_scale scale;      /* that its bars stand on, in its own unit */
	int decimals;                /* of its figures */
};
/* Of a model on such a row. */
struct row_figures {
	bool made;
	double published;                /* NAN where it is not, or not all of it */
	struct engine_estimate estimate; /* without its own scores; where not published, with them */
	double z;                        /* NAN where not published */
};

/* One line of input on the last row. */
struct prompt_ops {
	const char *label;
	void (*changed)(struct browser *browser, const char *text);  /* may be NULL */
	void (*accepted)(struct browser *browser, const char *text);
	void (*cancelled)(struct browser *browser);                  /* may be NULL */
	/* Before anything else; true when it was its own (may be NULL). */
	bool (*key)(struct browser *browser, int input);
	void (*draw)(struct browser *browser, const struct area *last_row); /* may be NULL */
	bool one_key;                                                /* y or n */
};
struct prompt {
	const struct prompt_ops *ops; /* NULL = none is open */
	struct text text;
	size_t place; /* byte under the cursor */
	struct text note; /* beside the text: what it means so far, or what is wrong with it */
	bool note_bad;
	int note_rows;    /* that it took above the prompt */
};
/* A parent of the sketch that the mouse holds. */
struct drag {
	bool active, moved;
	size_t parent;
	int column, bar;  /* where it was pressed; where its bar begins, -1 = none */
	double weight;    /* that it had then */
};
void mouse_use(struct browser *browser, const struct mouse *mouse);
/* The parent drawn at a place of the screen, -1 when none is; *bar gets the
 * column where the bar at that place begins, -1 beside it. */
int sketch_parent_at(const struct browser *browser, int row, int column, int *bar);

void prompt_open(struct browser *browser, const struct prompt_ops *ops, const char *text);
void prompt_key(struct browser *browser, int input);
/* Takes what was pasted, a line. */
void prompt_paste(struct browser *browser, const char *text);
/* Replaces the text; the cursor goes to its end. */
void prompt_set(struct browser *browser, const char *text);
void prompt_draw(struct browser *browser, const struct area *area);
/* Until the next key. */
void prompt_note(struct browser *browser, bool bad, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#define MESSAGE_NONE SIZE_MAX
struct message {
	char *text;
	bool failure;
	bool passing; /* of the moment: the next message takes its place */
	time_t when;
};

/* What the command being typed could become. */
struct completion {
	char **items;      /* each the text that would replace what follows `start` */
	size_t count, capacity;
	size_t chosen;     /* SIZE_MAX = none yet */
	bool first_word;   /* of an argument of several */
	size_t start;      /* byte of the prompt's text */
	struct text typed; /* the text before the first Tab */
};

/* Work beside the screen: one piece at a time (working.c). */
struct work_ops {
	/* On another thread. */
	enum status (*run)(void *context, struct progress *progress, struct error *error);
	/* It has ended: takes over what it made.  browser->job is NULL by then. */
	void (*finished)(struct browser *browser, enum status status, const struct error *error);
	/* The browser ends: throws away what it made. */
	void (*dropped)(struct browser *browser);
};

/* A fit on its way. */
struct fit_work {
	char *path;
	const struct catalog *catalog;
	enum prior prior;
	bool relearn;
	bool *excluded;         /* owned copy; NULL = nothing is left out */
	struct engine_fit *fit; /* the result */
	struct answer_sets answers; /* of that fit */
};

/* Odd scores of the fit, which are looked for once it is in place. */
struct oddity_work {
	const struct engine_fit *fit; /* borrowed of the session, like the catalog */
	const struct catalog *catalog;
	struct anomalies found;
};

/* Guesses on their way. */
struct guess_work {
	char *path;
	const struct catalog *catalog;
	size_t model;            /* that they are wanted for */
	struct guesses *guesses; /* the result */
};
#define GUESSES_SHOWN 5
struct guessing {
	struct guesses *known;  /* NULL until somebody wants to know */
	struct job *job;
	struct guess_work work; /* of that job */
	size_t model;           /* of the list, CATALOG_NONE */
	struct parents_guess list[GUESSES_SHOWN];
	size_t count, accepted;
	size_t again;           /* model to begin again for with a new catalog, CATALOG_NONE */
};

/* Models that are chosen to stand side by side. */
#define COMPARED_MAX 8
/* The open sketch and the one beside it. */
struct versus {
	struct sketch_comparison figures; /* no rows = not known */
	struct error error;               /* why not */
	bool tried;                       /* since the last edit */
	struct text heads[2];             /* "linear", "slerp · t=0.40" */
	struct text warnings;             /* of the one beside */
};

#define JUMPS_MAX 64

struct browser {
	struct session *session;
	const struct tui_options *options;
	struct screen *screen;

	struct tree *tree;
	struct list tree_list;
	struct jump {
		size_t model;
		enum view_id from; /* the view that the jump left, VIEW_COUNT = the panes */
	} jumps[JUMPS_MAX];      /* models to return to, latest last */
	size_t jump_count;
	struct text folds_before; /* of a search, to go back when it is given up */
	size_t model_before;
	double *z;                  /* of the score column, by model; NULL not counted yet */

	/* what is drawn: see struct board_row */
	struct board_row *rows;     /* the first is the tree's score column */
	size_t row_count;           /* 1 at least */
	struct target home;         /* the target that the benchmarks of the board are walked from, and back to */
	bool one_scale;             /* all rows have the same scale */
	int label_width;            /* that the names want */
	float *value;               /* predicted, of the score column, by model; made when drawn */
	uint8_t *value_state;
	struct engine_query *known; /* what is known of a model, and follows for the rest */
	size_t known_model;         /* its subject */
	double draw_until;          /* when the picture stops predicting; 0 = never */
	char *filter_due;           /* that cannot be run before there is a fit; owned */

	enum view_id focus;   /* a pane */
	enum view_id full;    /* a view over the whole screen, or VIEW_COUNT: the top of the stack */
	enum view_id stack[VIEW_COUNT + 1]; /* those above the panes at the bottom, each once */
	size_t depth;
	void *state[VIEW_COUNT];
	int upper;            /* narrow screens: VIEW_TREE or VIEW_MODEL above */
	struct area panes[VIEW_COUNT]; /* insides, height 0 = not on screen */
	int count;            /* typed before a key */
	int tree_width;       /* percent of the screen */
	int sketch_rows;      /* more (or fewer) than the sketch pane wants */
	bool mouse;           /* in use */
	struct drag drag;

	/* model pane */
	struct engine_query *query; /* for models as if they had no scores; the sketch has its own */
	size_t estimated;           /* model of the figures below */
	bool has_estimates;
	bool in_haste;              /* the picture is drawn for a key, and more may wait */
	bool estimate_due;          /* the last picture went without, see layout_draw_in_haste() */
	double estimate_seconds;    /* what the last estimate took */
	struct row_figures *figures;        /* a row of the board each */
	struct engine_ancestor ancestors[SKETCH_ANCESTORS_MAX];
	size_t ancestor_count;
	struct engine_contribution contributions[SKETCH_CONTRIBUTIONS_MAX];
	size_t contribution_count;  /* to the score column */
	size_t estimated_column;
	struct answer_row *answers; /* one a set of session->answers; owned */
	struct text anomaly_lines;  /* of the shown model, a line an anomaly */
	struct list model_list;     /* top = lines scrolled */
	size_t model_scrolled;      /* the model that it was scrolled for */

	struct guessing guess;

	/* sketch pane */
	struct sketch sketch;
	struct sketch_prediction prediction;
	bool predicted;
	struct error prediction_error;
	struct text warnings;
	size_t common_ancestor; /* of the parents, CATALOG_NONE */
	size_t base;            /* that the method uses, CATALOG_NONE */
	char *list_needle;       /* searched in a list of models; owned */
	size_t list_before;      /* row where that search began */
	struct list sketch_list; /* over the parents */
	struct list board_list;  /* over what stands below the target's row, in the sketch and beside it */
	struct list why_list;    /* over what the prediction rests on */
	struct versus versus;

	struct suggesting *suggesting; /* NULL until first wanted */

	struct marks marks;

	struct flag_change *flag_changes; /* to undo, latest last */
	size_t flag_change_count, flag_change_capacity;

	struct prompt prompt;
	struct completion completion;
	char **history;       /* of commands, oldest first */
	size_t history_count, history_capacity;
	size_t history_place; /* the one shown; the count = none */
	struct message *messages;
	size_t message_count, message_capacity;
	size_t message_shown; /* the one on the last row; MESSAGE_NONE = none */

	struct job *job;
	const struct work_ops *work_ops; /* of that job */
	struct fit_work work;
	struct oddity_work oddities;
	bool fit_outdated;    /* the job's data have changed: start again when it ends */
	bool fit_quiet;       /* it follows from something that was told already */
	struct intake *intake; /* NULL until first wanted */
	bool intake_later;     /* it began after the job */
	struct waiting *waiting; /* to be written, oldest first */
	size_t waiting_count, waiting_capacity;
	int64_t version_seen; /* data of the cache that others wrote, as was told */
	double looked;        /* when it was looked for that */
	int wake[2];          /* pipe: a job has news */
	double fit_began;     /* clock_seconds() of the latest */
	time_t fitted;        /* 0 = before this run */
	char *output;         /* file that waits for leave to overwrite */
	bool quit;
	bool quit_asked;      /* by the key before: another one quits */
};

/* dispatch.c */
void browser_message(struct browser *browser, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void browser_failure(struct browser *browser, const struct error *error);
void browser_tell(struct browser *browser, const char *text, bool failure);
/* A message of the moment, as each key of a search has one: only the last of a row of
 * them is kept, and that only until there is another. */
void browser_remark(struct browser *browser, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* The same for the messages view alone: details of what will be told. */
void browser_note(struct browser *browser, const char *text, bool failure);
/* Puts the latest message on the last row, where a failure stays until the next key
 * or another failure: what runs beside the screen may have something to say, too. */
void browser_show_message(struct browser *browser);
void browser_hide_message(struct browser *browser);
/* The message on the last row; NULL = none. */
const struct message *browser_shown_message(const struct browser *browser);
/* Whether a need of the action table is met. */
bool browser_has(struct browser *browser, enum need need);
/* The view that keys go to. */
enum view_id browser_view(const struct browser *browser);
/* What was pasted: only prompts take it. */
void browser_paste(struct browser *browser, const char *text);
void browser_key(struct browser *browser, int input, const struct mouse *mouse);
void browser_act(struct browser *browser, enum action action, int count);
/* The keys of an action, as configured. */
const char *browser_keys(const struct browser *browser, enum action action);
/* The first of them, or ":reload" where there is none, in `buffer`. */
const char *browser_key_of(const struct browser *browser, enum action action, char *buffer);
bool browser_needs_met(struct browser *browser, enum action action);
/* The model that actions are about, CATALOG_NONE when there is none. */
size_t browser_model(struct browser *browser);
/* Goes to a model in the tree and remembers where it was, and in which view. */
void browser_jump(struct browser *browser, size_t model);
/* Goes there without remembering; what was out of sight comes to the middle. */
void browser_reveal(struct browser *browser, size_t model);
void browser_push_jump(struct browser *browser, size_t model);

/* edit.c: the sketch's actions */
bool edit_act(struct browser *browser, enum action action, int count);
/* Predicts again and puts the sketch pane right. */
void edit_refresh(struct browser *browser);

/* fitting.c */
void fitting_start(struct browser *browser, bool relearn);
/* The same without a message at the end, for other data. */
void fitting_start_quietly(struct browser *browser);
/* The same when the data to learn from have changed: a fit that runs is given up,
 * and the new one begins when it has ended. */
void fitting_restart(struct browser *browser);
/* After other work: begins the fit that was put off. */
void fitting_continue(struct browser *browser);
void fitting_adopted(struct browser *browser);

/* waiting.c: the user's own that is to be kept while the cache is being written, as
 * by an import.  Each says so and takes copies. */
void waiting_sketch(struct browser *browser, const char *name); /* the open one */
void waiting_forget(struct browser *browser, const char *name);
void waiting_flag(struct browser *browser, size_t model, const char *reason);
void waiting_leave_out(struct browser *browser);
void waiting_begin(struct browser *browser); /* from now on no key waits for the cache */
void waiting_write(struct browser *browser); /* what can be written by now */
void waiting_end(struct browser *browser);   /* all of it; a failure is told */
bool waiting_has(const struct browser *browser, const char *sketch);
void waiting_move(struct browser *browser, const uint32_t *match); /* in another catalog */

/* working.c; work_start() needs browser->job to be NULL, and the context to live
 * until the work is finished or dropped. */
void work_start(struct browser *browser, const struct work_ops *ops, void *context);
/* Looks at all jobs and begins what waited for their end; true while one runs. */
bool work_poll(struct browser *browser);
void work_stop(struct browser *browser); /* waits for all */
/* The jobs that run, first the one that Esc stops, which was begun last; returns how
 * many. */
#define WORK_MAX 3
size_t work_jobs(const struct browser *browser, struct job *jobs[WORK_MAX]);

/* importing.c, syncing.c, intake.c: work that changes the cache, or reads what
 * others changed.  It goes beside the job, as it does not need the catalog. */
void importing_start(struct browser *browser, const char *paths);
void syncing_start(struct browser *browser, const char *choices);
void intake_reload(struct browser *browser);
void intake_poll(struct browser *browser);
/* Puts a catalog that has come in place, once nobody reads the old one; false while
 * one is still to come. */
bool intake_settle(struct browser *browser);
bool intake_is_busy(const struct browser *browser);    /* or a catalog waits for its place */
struct job *intake_job(const struct browser *browser); /* NULL: none */
bool intake_changes(const struct browser *browser);    /* it does not only read */
void intake_stop(struct browser *browser);             /* waits */
/* Whether another program has changed the cache: then it says so, once.  Looks
 * only now and then, unless `now`. */
bool intake_look(struct browser *browser, bool now);

/* packing.c: keeps a large catalog packed, when nothing else is to be done. */
void packing_continue(struct browser *browser);

/* suggesting.c */
void suggesting_open(struct browser *browser);
/* The same with a line of wishes in place of all before. */
void suggesting_wish(struct browser *browser, const char *line);
/* Begins the search that waits for other work to end. */
void suggesting_continue(struct browser *browser);
/* What is shown rests on a fit that is no more. */
void suggesting_outdate(struct browser *browser);
void suggesting_free(struct browser *browser);
/* The wishes as a line, to be kept between runs, and back. */
void suggesting_save(const struct browser *browser, struct text *out);
void suggesting_load(struct browser *browser, const char *line);

/* layout.c */
void layout_draw(struct browser *browser);
/* The same without estimates that take long: estimate_due says that they are left
 * to the next layout_draw(). */
void layout_draw_in_haste(struct browser *browser);

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

/* command_line.c */
void command_line_open(struct browser *browser, const char *line);
void command_line_free(struct browser *browser);
/* The history as text, a command a line, and back. */
void command_line_save(const struct browser *browser, struct text *out);
void command_line_load(struct browser *browser, const char *saved);

/* sweep_view.c: takes the best weights for the target */
void sweep_take_best(struct browser *browser);

/* table_view.c */
void table_open(struct browser *browser);

/* heat_view.c */
void heat_open(struct browser *browser, size_t model);

/* picker_view.c */
void picker_open(struct browser *browser);
/* "gsm8k title=GSM8K lower=0 upper=1": the user's word on a benchmark. */
void picker_describe(struct browser *browser, const char *line);
/* Whether there is a row under its cursor, of a benchmark. */
bool picker_on(struct browser *browser, bool benchmark);

/* observation_view.c */
void observation_open(struct browser *browser, size_t model);

/* pedigree_view.c */
void pedigree_open(struct browser *browser, size_t model);

/* compare_view.c */
bool compare_act(struct browser *browser, enum action action);
bool compare_has(const struct browser *browser, size_t model);

/* versus_view.c: the open sketch and the one beside */
bool versus_act(struct browser *browser, enum action action);
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

/* list_find.c: search in a view that lists models */
bool list_find_act(struct browser *browser, enum action action, int count);

/* why_view.c: within an area beside the sketch */
void why_draw_beside(struct browser *browser, const struct area *area);

/* mark_view.c */
bool mark_act(struct browser *browser, enum action action);
/* Marks the model under the cursor with a letter. */
void mark_set(struct browser *browser, const char *letter);

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

/* guessing.c: the parents of merges that do not say them */
void guess_model(struct browser *browser, size_t model);
void guess_poll(struct browser *browser);
/* Another catalog has come: stops, and begins again when it is in place. */
void guess_overtake(struct browser *browser);
void guess_begin_again(struct browser *browser, const uint32_t *match);
void guess_stop(struct browser *browser); /* waits, and forgets all */
/* Makes the first `number` guesses the user's corrections. */
void guess_accept(struct browser *browser, const char *number);

/* tree_columns.c: the columns that the user added, as many as fit a width */
int tree_columns_width(const struct browser *browser, int width);
void tree_columns_draw(struct browser *browser, const struct area *area, int row, int right,
		       size_t node);
void tree_columns_title(const struct browser *browser, struct text *out);

/* keep.c: state kept between runs */
void keep_load(struct browser *browser);
void keep_save(struct browser *browser);

/* board_rows.c: makes the rows anew after the board, the target or the catalog has
 * changed; what was counted for the old ones is the caller's to forget. */
void board_rows_make(struct browser *browser);
void board_rows_free(struct browser *browser);
/* How a target is drawn; the row borrows from it. */
void board_describe(const struct browser *browser, const struct target *target, struct board_row *row);
void board_describe_benchmark(const struct browser *browser, uint32_t benchmark, struct board_row *row);
/* Width of the name column in an area of this width. */
int board_label_width(const struct browser *browser, int width);

/* The queries and all that they said go: for another fit or catalog. */
void board_forget(struct browser *browser);
/* The session has another board: what was made of the rows before goes. */
void board_changed(struct browser *browser);
/* Another board or target by words, as in board_parse() and target_parse(); each says itself
 * what came of it. */
void board_choose(struct browser *browser, const char *words);
bool board_choose_target(struct browser *browser, const char *words);
const char *board_name(const struct browser *browser);
/* The next target (step 1) or the one before (-1): home, then the benchmarks of the board. */
void board_walk_targets(struct browser *browser, int step);
/* Another catalog is in place. */
void board_move_home(struct browser *browser);
/* The name of a row, its end cut off where it is wider. */
void board_append_name(const struct board_row *row, int width, struct text *out);
/* "3 above, 12 below": rows of a list that have no room; nothing when all have. */
void board_outside(const struct list *list, struct text *out);

/* board_figures.c: figures of models, counted when they are wanted */
void board_figures(struct browser *browser, size_t model, const struct board_row *row,
		   struct row_figures *figures);
/* From all that is known of a model; false, and NAN, where nothing can be said. */
bool board_estimate(struct browser *browser, size_t model, const struct engine_target *target,
		    struct engine_estimate *estimate);
/* What a model has in the score column: published, predicted, or NAN.  A picture in haste predicts only
 * some; estimate_due says that there are more. */
double board_value(struct browser *browser, size_t model, bool *predicted);
void board_draw_value(struct browser *browser, const struct area *area, int y, int right, enum style style,
		      size_t model);
void board_forget_values(struct browser *browser);

/* A number with one decimal, or a dot when it is not known, in `buffer`. */
const char *figure(char *buffer, double value);
/* A value on a row, in its unit; with "~" before it what is predicted. */
const char *figure_on(char *buffer, const struct board_row *row, double value, bool predicted);
/* "±2.1" */
const char *figure_margin(char *buffer, const struct screen *screen, const struct board_row *row, double half);
/* With sign: "+0.4" or "−0.4". */
const char *figure_signed(char *buffer, double value, int decimals);
/* What a reason is: a model, or "like MODEL (+2.1)", which scored so much above its prediction;
 * the buffer has REASON_SIZE bytes. */
#define REASON_SIZE 300
const char *figure_reason(char *buffer, const struct browser *browser, const struct engine_contribution *part);
/* A count with thousands apart. */
const char *figure_count(char *buffer, size_t value);
/* Bytes of `text` for a line of `width` columns, broken at a blank if it can. */
size_t text_break(const char *text, int width);
/* The same of *text, which goes to what is left for the next line. */
size_t text_take_line(const char **text, int width);

#endif
