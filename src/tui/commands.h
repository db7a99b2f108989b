/* Commands: what the `:` line takes besides the names of actions.  Names, help,
 * completion and the list in stemma(1) come from this table. */
#ifndef STEMMA_TUI_COMMANDS_H
#define STEMMA_TUI_COMMANDS_H

#include "browser.h"

/* X(symbol, name, argument, need, help)
 * The argument's word also says what completes it. */
#define COMMAND_TABLE(X) \
	X(GOTO, "goto", MODEL, NOTHING, "go to a model in the tree") \
	X(FILTER, "filter", TERMS, NOTHING, "show only models that fit the terms") \
	X(SORT, "sort", ORDER, NOTHING, "sort the tree by a column") \
	X(TARGET, "target", TARGET, NOTHING, "the score column: average, a benchmark, or several with weights, as in ifeval:2,bbh") \
	X(BOARD, "board", BOARD, NOTHING, "what is drawn: the name of a board or suite, or benchmarks, as in gsm8k,humaneval") \
	X(DESCRIBE, "describe", WORDS, NOTHING, "describe a benchmark: its key, then title= suite= metric= unit= lower= upper= …") \
	X(MARK, "mark", LETTER, MODEL, "mark the model under the cursor with a letter") \
	X(FLAG, "flag", REASON, MODEL, "flag the model under the cursor as suspect") \
	X(SUGGEST, "suggest", WISHES, FIT, "merges that promise most, such as target=ifeval max-params=8") \
	X(ACCEPT, "accept", GUESSES, MODEL, "make the first guesses of the parents your corrections") \
	X(WEIGHT, "weight", PERCENT, PICKED, "set the weight of the picked model under the cursor") \
	X(METHOD, "method", METHOD, PARENT, "merge by this method") \
	X(WRITE, "write", FILE, PARENT, "write the sketch: .yml, or .md, .dot, .graphml") \
	X(OPEN, "open", FILE, NOTHING, "take a mergekit configuration as the sketch") \
	X(SAVE, "save", NAME, PARENT, "keep the sketch in the cache under a name") \
	X(LOAD, "load", NAME, NOTHING, "take up the sketch that was kept under a name") \
	X(DUPLICATE, "duplicate", NAME, PARENT, "keep the sketch under a name, put it beside, go on with a copy") \
	X(BESIDE, "beside", NAME, PARENT, "put the sketch that was kept under a name beside the open one") \
	X(FORGET, "forget", NAME, NOTHING, "drop the sketch that was kept under a name") \
	X(IMPORT, "import", FILES, NOTHING, "import files and folders into the cache, beside the screen") \
	X(SYNC, "sync", CHOICES, NOTHING, "fetch the leaderboard; more: models depth=1 descendants dry-run")
enum command {
#define X(symbol, ...) COMMAND_##symbol,
	COMMAND_TABLE(X)
#undef X
	COMMAND_COUNT
};

/* What an argument is. X(symbol) */
#define ARGUMENT_TABLE(X) \
	X(MODEL) X(TERMS) X(ORDER) X(TARGET) X(BOARD) X(PERCENT) X(METHOD) X(FILE) X(LETTER) X(REASON) X(NAME) \
	X(WISHES) X(GUESSES) X(FILES) X(CHOICES) X(WORDS)
enum argument {
#define X(symbol) ARGUMENT_##symbol,
	ARGUMENT_TABLE(X)
#undef X
	ARGUMENT_COUNT
};

struct command_info {
	const char *name, *argument_name, *help;
	enum argument argument;
	enum need need;
};
const struct command_info *command_info(enum command command);

/* Runs a line such as "goto zephyr-7b-beta", "refit" or "12" (a row).  A
 * beginning of a name that only one has is enough. */
void command_run(struct browser *browser, const char *line);
/* "goto MODEL: go to a model in the tree" into `out`, for the line so far; empty
 * when its first word is no whole name. */
void command_describe(const char *line, struct text *out);

/* Whether this is the name of a command that has no meaning without argument. */
bool command_takes_argument(const char *name);

/* complete.c: fills browser->completion for the line. */
void complete_line(struct browser *browser, const char *line);
void complete_clear(struct completion *completion);

#endif
