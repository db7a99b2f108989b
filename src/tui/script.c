#include "script.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "settings/keys.h"
#include "term/sequence.h"
#include "stemma/base/clock.h"
#include "stemma/base/memory.h"
#include "stemma/base/utf8.h"

#define SIZE_MAX_CELLS 1000

struct script {
	char *path;
	FILE *file;
	char *line;       /* the one being run */
	size_t capacity;
	long number;
	int rows, columns;
	double *times;    /* of the `key`, `type` and `click` lines since the last `times`, seconds */
	size_t time_count, time_capacity;
};

/* Reads the next command; false at the end. */
static bool read_command(struct script *script)
{
	while (getline(&script->line, &script->capacity, script->file) >= 0) {
		script->number++;
		script->line[strcspn(script->line, "\r\n")] = '\0';
		if (script->line[strspn(script->line, " \t")] && script->line[0] != '#')
			return true;
	}
	return false;
}

enum status script_open(const char *path, struct script **result, struct error *error)
{
	FILE *file = fopen(path, "r");

	if (!file)
		return error_set(error, STATUS_NO_INPUT, "cannot read the script %s: %s", path,
				 strerror(errno));
	struct script *script = memory_zero(1, sizeof *script);
	script->path = memory_string(path);
	script->file = file;
	script->rows = 24, script->columns = 80;
	while (read_command(script))
		if (sscanf(script->line, "resize %d %d", &script->columns, &script->rows) == 2)
			break;
	rewind(file);
	script->number = 0;
	*result = script;
	return STATUS_OK;
}

void script_close(struct script *script)
{
	if (!script)
		return;
	fclose(script->file);
	free(script->path);
	free(script->line);
	free(script->times);
	free(script);
}

void script_size(const struct script *script, int *rows, int *columns)
{
	bool sane = script->rows > 0 && script->columns > 0 && script->rows <= SIZE_MAX_CELLS &&
		    script->columns <= SIZE_MAX_CELLS;

	*rows = sane ? script->rows : 24;
	*columns = sane ? script->columns : 80;
}

/* ---- commands ------------------------------------------------------------------------ */

static enum status run_key(struct script *script, struct browser *browser, char *words,
			   struct error *error)
{
	char *rest = NULL;

	(void)script;
	for (char *word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
		int input = input_parse(word);
		if (input == INPUT_NONE)
			return error_set(error, STATUS_USAGE, "no key is called %s", word);
		browser_key(browser, input, NULL);
	}
	return STATUS_OK;
}

/* As a terminal marks it; \\n stands for a line end. */
static enum status run_paste(struct script *script, struct browser *browser, char *text,
			     struct error *error)
{
	struct sequence sequence = {.state = SEQUENCE_PASTE};
	int input;

	(void)script;
	(void)error;
	while (*text) {
		unsigned int code;
		bool line_end = text[0] == '\\' && text[1] == 'n';
		text += line_end ? 2 : utf8_decode(text, &code);
		sequence_take(&sequence, line_end ? '\n' : (int)code, &input);
	}
	browser_paste(browser, sequence_paste(&sequence));
	sequence_free(&sequence);
	return STATUS_OK;
}

static enum status run_type(struct script *script, struct browser *browser, char *text,
			    struct error *error)
{
	(void)script;
	(void)error;
	while (*text) {
		unsigned int code;
		text += utf8_decode(text, &code);
		browser_key(browser, (int)code, NULL);
	}
	return STATUS_OK;
}

/* Columns and rows are counted from 1. */
static enum status run_click(struct script *script, struct browser *browser, char *place,
			    struct error *error)
{
	struct mouse mouse = {0};

	(void)script;
	if (sscanf(place, "%d %d", &mouse.column, &mouse.row) != 2)
		return error_set(error, STATUS_USAGE, "click takes a column and a row");
	mouse.column--, mouse.row--;
	browser_key(browser, INPUT_MOUSE, &mouse);
	return STATUS_OK;
}

static enum status run_resize(struct script *script, struct browser *browser, char *size,
			      struct error *error)
{
	int rows, columns;

	(void)script;
	if (sscanf(size, "%d %d", &columns, &rows) != 2 || rows < 1 || columns < 1 ||
	    rows > SIZE_MAX_CELLS || columns > SIZE_MAX_CELLS)
		return error_set(error, STATUS_USAGE, "resize takes columns and rows, 1 to %d",
				 SIZE_MAX_CELLS);
	screen_resize(browser->screen, rows, columns);
	return STATUS_OK;
}

static enum status run_wait(struct script *script, struct browser *browser, char *what,
			    struct error *error)
{
	(void)script;
	if (strcmp(what, "idle") != 0)
		return error_set(error, STATUS_USAGE, "wait takes the word idle");
	while (work_poll(browser)) {
		struct pollfd wake = {.fd = browser->wake[0], .events = POLLIN};
		char bytes[64];
		if (poll(&wake, 1, 200) > 0 && read(browser->wake[0], bytes, sizeof bytes) < 0)
			break;
	}
	while (tree_prepare(browser->tree))
		;
	intake_look(browser, true);
	return STATUS_OK;
}

static enum status dump_to(struct browser *browser, const char *path,
			   void (*dump)(struct screen *screen, FILE *file), struct error *error)
{
	bool standard = strcmp(path, "-") == 0;
	FILE *file = standard ? stdout : fopen(path, "w");

	if (!file)
		return error_set(error, STATUS_IO, "cannot write %s: %s", path, strerror(errno));
	layout_draw(browser);
	dump(browser->screen, file);
	bool whole = !ferror(file);
	whole = (standard ? fflush(file) : fclose(file)) == 0 && whole;
	if (!whole)
		return error_set(error, STATUS_IO, "cannot write %s: %s", path, strerror(errno));
	return STATUS_OK;
}

static enum status run_dump(struct script *script, struct browser *browser, char *path,
			    struct error *error)
{
	(void)script;
	return dump_to(browser, path, screen_dump, error);
}

static enum status run_looks(struct script *script, struct browser *browser, char *path,
			     struct error *error)
{
	(void)script;
	return dump_to(browser, path, screen_dump_looks, error);
}

static int time_compare(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return a < b ? -1 : a > b;
}

/* From a key or a typed text to its picture. */
static enum status run_times(struct script *script, struct browser *browser, char *label,
			     struct error *error)
{
	size_t count = script->time_count;
	double *times = script->times;

	(void)browser;
	if (count == 0)
		return error_set(error, STATUS_USAGE, "times tells of the keys before it, and there are none");
	qsort(times, count, sizeof *times, time_compare);
	printf("%s: %zu keys, median %.2f ms, 99th percentile %.2f ms, longest %.2f ms\n", label, count,
	       1e3 * times[count / 2], 1e3 * times[(count - 1) * 99 / 100], 1e3 * times[count - 1]);
	script->time_count = 0;
	return fflush(stdout) == 0 ? STATUS_OK
		: error_set(error, STATUS_IO, "cannot write: %s", strerror(errno));
}

static enum status run_quit(struct script *script, struct browser *browser, char *rest,
			    struct error *error)
{
	(void)script;
	(void)rest;
	(void)error;
	browser->quit = true;
	return STATUS_OK;
}

static const struct command {
	const char *word;
	enum status (*run)(struct script *script, struct browser *browser, char *rest,
			   struct error *error);
	bool timed;
} commands[] = {
	{"key", run_key, true},    {"type", run_type, true},  {"resize", run_resize, false},
	{"wait", run_wait, false}, {"dump", run_dump, false}, {"looks", run_looks, false}, {"times", run_times, false},
	{"quit", run_quit, false}, {"click", run_click, true}, {"paste", run_paste, true},
};

static const struct command *find_command(const char *line, size_t length)
{
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		if (strncmp(line, commands[i].word, length) == 0 && !commands[i].word[length])
			return &commands[i];
	return NULL;
}

static enum status run_command(struct script *script, const struct command *command, char *rest,
			       struct browser *browser, struct error *error)
{
	double begin = clock_seconds();
	enum status status = command->run(script, browser, rest, error);

	if (status != STATUS_OK)
		return error_locate(error, script->path, script->number, 0);
	work_poll(browser);
	/* Drawn after each command as a person would see it: scrolling
	 * depends on it. */
	if (!command->timed) {
		layout_draw(browser);
		return STATUS_OK;
	}
	layout_draw_in_haste(browser);
	script->times = memory_grow(script->times, script->time_count, &script->time_capacity,
				    sizeof *script->times);
	script->times[script->time_count++] = clock_seconds() - begin;
	if (browser->estimate_due)
		layout_draw(browser);
	return STATUS_OK;
}

enum status script_run(struct script *script, struct browser *browser, struct error *error)
{
	enum status status = STATUS_OK;

	while (status == STATUS_OK && !browser->quit && read_command(script)) {
		size_t length = strcspn(script->line, " ");
		char *rest = script->line + length + (script->line[length] == ' ');
		const struct command *command = find_command(script->line, length);
		if (command) {
			status = run_command(script, command, rest, browser, error);
			continue;
		}
		error_set(error, STATUS_USAGE, "no command is called %.*s", (int)length, script->line);
		error_advise(error, "commands are key, type, paste, click, resize, wait, dump, looks, times and quit");
		status = error_locate(error, script->path, script->number, 0);
	}
	if (status == STATUS_OK && !browser->quit && !feof(script->file)) {
		error_set(error, STATUS_IO, "cannot read the script: %s", strerror(errno));
		status = error_locate(error, script->path, script->number, 0);
	}
	return status;
}
