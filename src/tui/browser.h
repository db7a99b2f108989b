/* Browser: the state that the views share. */
#ifndef STEMMA_TUI_BROWSER_H
#define STEMMA_TUI_BROWSER_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "board/board.h"
#include "command_line.h"
#include "edit.h"
#include "message.h"
#include "mouse.h"
#include "prompt.h"
#include "settings/actions.h"
#include "stemma/app/session.h"
#include "stemma/app/sketch.h"
#include "stemma/tui/tui.h"
#include "term/screen.h"
#include "tree/marks.h"
#include "tree/tree_model.h"
#include "view/list.h"
#include "view/view.h"
#include "work/work.h"

struct browser;

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
	bool zoomed;                /* see board_zoom() */
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
	int repeat;           /* that of the action being done; 0 = none */
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

/* layout.c */
void layout_draw(struct browser *browser);
/* The same without estimates that take long: estimate_due says that they are left
 * to the next layout_draw(). */
void layout_draw_in_haste(struct browser *browser);

/* keep.c: state kept between runs */
void keep_load(struct browser *browser);
void keep_save(struct browser *browser);

#endif
