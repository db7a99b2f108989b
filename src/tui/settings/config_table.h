/* The table of options.  The reader, its checks and advice, `stemma config`,
 * share/config.yaml and stemma-config(5) are all made from it; colours follow
 * from STYLE_TABLE and keys from ACTION_TABLE. */
#ifndef STEMMA_TUI_CONFIG_TABLE_H
#define STEMMA_TUI_CONFIG_TABLE_H

#include "settings/actions.h"
#include "settings/theme.h"
#include "stemma/tui/config.h"

enum config_type {
	CONFIG_BOOL,   /* yes or no */
	CONFIG_NUMBER, /* minimum to maximum */
	CONFIG_CHOICE, /* one of the words */
	CONFIG_WORDS,  /* a list of them, in this order */
	CONFIG_COLORS, /* see theme.h, or "theme" */
	CONFIG_KEYS    /* a list of keys */
};

/* X(symbol, name, type, default, minimum, maximum, words, help) */
#define CONFIG_TABLE(X) \
	X(THEME, "theme", CHOICE, "dark", 0, 0, THEME_WORDS, \
	  "colours for a dark or a light background, eight for terminals with few colours, or mono for none") \
	X(COLOR, "color", CHOICE, "auto", 0, 0, "auto never always", \
	  "auto heeds NO_COLOR; always does not") \
	X(ASCII, "ascii", CHOICE, "auto", 0, 0, "auto always never", \
	  "draw with ASCII characters only; auto does so where the locale is not UTF-8") \
	X(HINTS, "hints", BOOL, "yes", 0, 0, "", \
	  "show what keys do on the last row") \
	X(MOUSE, "mouse", BOOL, "yes", 0, 0, "", \
	  "use the mouse; without, the terminal selects text with it") \
	X(WHEEL, "wheel-rows", NUMBER, "3", 1, 50, "", \
	  "rows that a step of the mouse wheel moves") \
	X(ESCAPE_DELAY, "escape-delay", NUMBER, "25", 0, 1000, "", \
	  "milliseconds to wait after Esc for the rest of a key's code; more on slow lines") \
	X(CLIPBOARD, "clipboard", CHOICE, "auto", 0, 0, "auto plain never", \
	  "how names are copied: OSC 52, within tmux or screen handed through (auto), never so (plain), or not at all") \
	X(RESTORE, "restore", BOOL, "yes", 0, 0, "", \
	  "begin where the last run ended: cursor, folds, order, filter and panes") \
	X(QUIT, "quit", CHOICE, "twice", 0, 0, "twice ask at-once", \
	  "how q leaves the program: pressed twice, after a question, or at once") \
	X(PRIOR, "prior", CHOICE, "kin", 0, 0, "kin laplacian none", \
	  "what the fit assumes about relatives") \
	X(COLUMNS, "tree.columns", WORDS, "board", 0, 0, "size date likes below board", \
	  "further columns of the tree: parameters, date, likes, scored descendants; in panes of 100 columns or more, the board as small bars") \
	X(TREE_WIDTH, "tree.width", NUMBER, "45", 20, 80, "", \
	  "percent of the screen's width for the tree beside the model pane") \
	X(WEIGHT_STEP, "sketch.weight-step", NUMBER, "5", 1, 50, "", \
	  "percent that a key adds to a weight")

enum config_id {
#define X(symbol, ...) CONFIG_##symbol,
	CONFIG_TABLE(X)
#undef X
	CONFIG_STYLES,
	CONFIG_ACTIONS = CONFIG_STYLES + STYLE_COUNT,
	CONFIG_COUNT = CONFIG_ACTIONS + ACTION_COUNT
};

struct config_option {
	const char *name;
	enum config_type type;
	const char *standard; /* the default, as words with blanks between */
	long minimum, maximum;
	const char *words, *help;
};
const struct config_option *config_option(int id);

/* The value: a number, yes as 1, the position of a choice; else 0. */
long config_number(const struct config *config, int id);
/* The value as words with blanks between; valid until it is set anew. */
const char *config_words(const struct config *config, int id);
/* The keys of an action. */
const char *config_keys(const struct config *config, enum action action);
/* The action of a key in a view. */
enum action config_action(const struct config *config, enum view_id view, int input);

#endif
