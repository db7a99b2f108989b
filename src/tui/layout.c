/* Layout: where the panes are, their borders, the title and the last row. */
#include <string.h>

#include "browser.h"
#include "settings/config_table.h"
#include "settings/keys.h"
#include "stemma/base/clock.h"
#include "stemma/base/utf8.h"

#define ROWS_MIN 12
/* How long a picture may predict: while keys may wait, and when none does. */
#define HASTY_SECONDS 0.004
#define IDLE_SECONDS 0.020
#define COLUMNS_MIN 40
#define ALONE_ROWS_MIN 4      /* below that size one view is shown, down to this one */
#define ALONE_COLUMNS_MIN 20
#define TITLE_ROWS_MIN 8
#define TWO_PANES_FROM 60
#define THREE_PANES_FROM 100
#define ROWS_ENOUGH 16 /* of the board in the sketch, which scrolls */
#define EMPTY_ROWS 3    /* what an empty sketch says */
#define EMPTY_ROWS_FROM 20
#define WHY_ROWS 14 /* nearest ancestors and contributions beside the sketch */

/* ---- title ------------------------------------------------------------------------ */

static void title_fit_state(struct browser *browser, struct text *out)
{
	const struct session *session = browser->session;
	char when[16], count[FIGURE_SIZE];

	if (session->catalog->excluded)
		text_append_format(out, " · %s left out", figure_count(count, session->flags.suspects));

	if (browser->job)
		return;
	if (!browser->session->fit)
		text_append(out, " · not fitted");
	else if (browser->fitted && !screen_is_headless(browser->screen) &&
		 strftime(when, sizeof when, "%H:%M", localtime(&browser->fitted)) > 0)
		text_append_format(out, " · fitted %s", when);
	else
		text_append(out, " · fitted");
}

#define TWO_BARS_FROM 140
#define PROGRAM_END 9 /* columns of the program's name at the left */

/* Draws the progress of a job so that it ends before `right`; returns its width. */
static int draw_job(struct browser *browser, const struct area *area, int right, struct job *job)
{
	const char *stage = NULL;
	double fraction = -1;
	char text[64];

	job_progress(job, &stage, &fraction);
	if (fraction >= 0)
		snprintf(text, sizeof text, " %3.0f %%", 100 * (fraction > 1 ? 1 : fraction));
	else
		snprintf(text, sizeof text, " …");
	int bar = area->width >= 90 ? 20 : area->width >= COLUMNS_MIN ? 10 : 0, start = right - bar - 6;
	int filled = fraction < 0 ? 0 : (int)(fraction * bar + 0.5);
	draw_text(browser->screen, area, 0, right - 6, STYLE_PROGRESS, text);
	draw_repeat(browser->screen, area, 0, start, bar, STYLE_DIM, "░");
	draw_repeat(browser->screen, area, 0, start, filled < bar ? filled : bar, STYLE_PROGRESS, "█");
	const char *label = stage ? stage : "working";
	if (start - 1 - utf8_width(label) < PROGRAM_END)
		return right - start;
	draw_right(browser->screen, area, 0, start - 1, STYLE_PROGRESS, label);
	return right - start + 1 + utf8_width(label);
}

/* The progress of the job that Esc stops, and of another where there is room. */
static int draw_progress(struct browser *browser, const struct area *area, int right)
{
	struct job *jobs[WORK_MAX];
	size_t count = work_jobs(browser, jobs), shown = area->width >= TWO_BARS_FROM ? 2 : 1;
	int width = 0;

	for (size_t i = 0; i < count && i < shown; i++)
		width += draw_job(browser, area, right - width, jobs[i]) + (i + 1 < count ? 2 : 0);
	return width;
}

/* What a key is called where space is scarce. */
static void short_key(const char *keys, char *buffer)
{
	size_t length = strcspn(keys, " ");

	snprintf(buffer, INPUT_NAME_SIZE, "%.*s", (int)length, keys);
	if (length > 1 && buffer[0] >= 'a' && buffer[0] <= 'z' && strchr(buffer, '-') == NULL)
		buffer[0] = (char)(buffer[0] - 'a' + 'A');
}

#define TITLE_KEYS_FROM 100
#define HELP_KEY_FROM 60
#define BUSY_FROM 110 /* work beside the screen has its bar there */

static bool works_here(struct browser *browser, enum action action);

/* "/ search  f filter", from the action table, where it is wide; help where no hints are. */
static int draw_title_keys(struct browser *browser, const struct area *area)
{
	static const enum action shown[] = {ACTION_HELP, ACTION_FILTER, ACTION_SEARCH};
	bool hints = config_number(browser->options->config, CONFIG_HINTS) != 0;
	int right = area->width - 1;
	struct job *jobs[WORK_MAX];

	if (work_jobs(browser, jobs) > 0 && area->width < BUSY_FROM)
		return right;
	for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
		const struct action_info *info = action_info(shown[i]);
		char key[INPUT_NAME_SIZE];
		bool wanted = shown[i] == ACTION_HELP ? !hints && area->width >= HELP_KEY_FROM
						      : area->width >= TITLE_KEYS_FROM;
		if (!wanted || !works_here(browser, shown[i]))
			continue;
		short_key(browser_keys(browser, shown[i]), key);
		draw_right(browser->screen, area, 0, right, STYLE_DIM, info->hint);
		right -= utf8_width(info->hint) + 1;
		draw_right(browser->screen, area, 0, right, STYLE_KEY, key);
		right -= utf8_width(key) + 2;
	}
	return right;
}

/* "1,079 models, 867 scored · board openllm2 (6 of 214 benchmarks) · fitted 14:02": with less
 * and less of it (`detail` 4 to 0). */
static void title_counts(struct browser *browser, int detail, struct text *out)
{
	const struct catalog *catalog = browser->session->catalog;
	char count[FIGURE_SIZE], drawn[FIGURE_SIZE];

	text_clear(out);
	text_append_format(out, "%s models", figure_count(count, catalog->count));
	if (detail > 3)
		text_append_format(out, ", %s scored", figure_count(count, catalog->scored_count));
	if (detail > 0)
		text_append_format(out, " · board %s", board_name(browser));
	if (detail > 1)
		text_append_format(out, " (%s of %s%s)", figure_count(drawn, browser->session->board.count),
				   figure_count(count, catalog->benchmark_count), detail < 3 ? "" : catalog->benchmark_count == 1 ? " benchmark" : " benchmarks");
	title_fit_state(browser, out);
}

static void draw_title(struct browser *browser, const struct area *area)
{
	struct text line = {0};
	int x = 3 + draw_text(browser->screen, area, 0, 1, STYLE_TITLE, "stemma");
	int right = draw_title_keys(browser, area);
	int room = right - draw_progress(browser, area, right) - x - 1, detail = 4;

	do
		title_counts(browser, detail, &line);
	while (utf8_width(text_string(&line)) > room && detail-- > 0);
	draw_fit(browser->screen, area, 0, x, room, STYLE_TEXT, text_string(&line));
	text_free(&line);
}

/* ---- last row ------------------------------------------------------------------------ */

static const char *hint_of(const struct browser *browser, enum action action)
{
	return action == ACTION_QUIT && browser->depth > 0 ? action_info(ACTION_LEAVE)->hint
							   : action_info(action)->hint;
}

/* Whether a key does it in the view that is open, and it can be done now. */
static bool works_here(struct browser *browser, enum action action)
{
	return action_info(action)->views & 1u << browser_view(browser) && *browser_keys(browser, action) &&
	       browser_needs_met(browser, action);
}

static bool is_pinned(enum action action)
{
	return action == ACTION_HELP || action == ACTION_LEAVE || action == ACTION_QUIT;
}

static bool is_sign(const char *hint)
{
	return strcmp(hint, "+") == 0;
}

static int hint_width(struct browser *browser, enum action action)
{
	char key[INPUT_NAME_SIZE];

	short_key(browser_keys(browser, action), key);
	return utf8_width(key) + 1 + utf8_width(hint_of(browser, action)) + 2;
}

/* What the hints that are always there take at the right. */
static int pinned_width(struct browser *browser)
{
	int width = 0;

	for (int i = 0; i < ACTION_COUNT; i++)
		if (is_pinned((enum action)i) && works_here(browser, (enum action)i))
			width += hint_width(browser, (enum action)i);
	return width;
}

/* Draws one at column x; returns where the next one goes. */
static int draw_hint(struct browser *browser, const struct area *area, int x, enum action action, bool joined)
{
	const char *hint = hint_of(browser, action);
	char key[INPUT_NAME_SIZE];

	short_key(browser_keys(browser, action), key);
	if (!joined)
		draw_text(browser->screen, area, 0, x - 1, STYLE_TEXT, " ");
	x += draw_text(browser->screen, area, 0, x, STYLE_KEY, key);
	if (is_sign(hint))
		return x + draw_text(browser->screen, area, 0, x, STYLE_DIM, "/");
	x += draw_text(browser->screen, area, 0, x, STYLE_TEXT, " ");
	x += draw_text(browser->screen, area, 0, x, STYLE_DIM, hint);
	return x + draw_text(browser->screen, area, 0, x, STYLE_TEXT, "  ");
}

/* "+/− weight" is two actions in one hint: the first one's hint is a single sign, which
 * joins the keys.  Help and the way out are there however narrow the screen. */
static void draw_hints(struct browser *browser, const struct area *area)
{
	int x = 2, end = area->width - 1 - pinned_width(browser);
	bool joined = false, full = false;

	for (int i = 0; i < ACTION_COUNT; i++) {
		enum action action = (enum action)i;
		if (!action_info(action)->hint || !works_here(browser, action))
			continue;
		bool sign = is_sign(hint_of(browser, action)), pinned = is_pinned(action);
		full = full || (!pinned && !joined && x + hint_width(browser, action) + (sign ? 6 : 0) > end);
		if (full && !pinned)
			continue;
		x = draw_hint(browser, area, x, action, joined);
		joined = sign;
	}
}

static void draw_last_row(struct browser *browser, const struct area *area)
{
	const struct message *message = browser_shown_message(browser);

	if (browser->prompt.ops) {
		prompt_draw(browser, area);
		return;
	}
	draw_text(browser->screen, area, 0, 0, STYLE_BORDER, "└");
	draw_text(browser->screen, area, 0, area->width - 1, STYLE_BORDER, "┘");
	draw_repeat(browser->screen, area, 0, 1, area->width - 2, STYLE_BORDER, "─");
	if (browser->count > 0)
		draw_format(browser->screen, area, 0, 1, STYLE_KEY, " %d ", browser->count);
	else if (message) {
		int width = area->width - 4;
		int x = 1 + draw_text(browser->screen, area, 0, 1, STYLE_BAD,
				      message->failure ? " ! " : " ");
		x += draw_fit(browser->screen, area, 0, x, width - x + 2,
			      message->failure ? STYLE_BAD : STYLE_STRONG, message->text);
		draw_text(browser->screen, area, 0, x, STYLE_TEXT, " ");
	} else if (config_number(browser->options->config, CONFIG_HINTS)) {
		draw_hints(browser, area);
	}
}

/* ---- panes --------------------------------------------------------------------------- */

/* What the upper border of a pane meets: its corners, and the column of the
 * frame between two panes above it (-1 = none). */
struct joints {
	const char *left, *right;
	int junction;
};

/* The upper border of a pane with its title: drawn from left-1 to
 * left+width, corners included. */
static void draw_border(struct browser *browser, enum view_id view, const struct area *inside,
			const struct joints *joints)
{
	const struct area whole = {inside->top - 1, inside->left - 1, inside->height + 1,
				   inside->width + 2};
	bool focus = browser_view(browser) == view;
	struct text title = {0}, corner = {0};

	draw_text(browser->screen, &whole, 0, 0, STYLE_BORDER, joints->left);
	draw_repeat(browser->screen, &whole, 0, 1, inside->width, focus ? STYLE_FOCUS : STYLE_BORDER,
		    focus ? "━" : "─");
	draw_text(browser->screen, &whole, 0, inside->width + 1, STYLE_BORDER, joints->right);
	if (joints->junction >= 0) /* the title goes over it */
		draw_text(browser->screen, &whole, 0, joints->junction, STYLE_BORDER, "┴");
	for (int row = 1; row <= inside->height; row++) {
		draw_text(browser->screen, &whole, row, 0, STYLE_BORDER, "│");
		draw_text(browser->screen, &whole, row, inside->width + 1, STYLE_BORDER, "│");
	}
	if (view_ops(view)->corner)
		view_ops(view)->corner(browser, &corner);
	/* The corner goes first, unless it takes much of the row. */
	int wanted = corner.length ? utf8_width(text_string(&corner)) + 2 : 0;
	int room = inside->width - 3 - (wanted > 0 && wanted <= inside->width / 3 ? wanted + 1 : 0);
	view_ops(view)->title(browser, &title);
	draw_text(browser->screen, &whole, 0, 1, STYLE_TEXT, " ");
	int used = draw_fit(browser->screen, &whole, 0, 2, room, focus ? STYLE_FOCUS : STYLE_TEXT, text_string(&title));
	draw_text(browser->screen, &whole, 0, 2 + used, STYLE_TEXT, " ");
	if (wanted > 0 && inside->width > used + 3 + wanted) {
		int x = inside->width - wanted;
		x += draw_text(browser->screen, &whole, 0, x, STYLE_TEXT, " ");
		x += draw_text(browser->screen, &whole, 0, x, STYLE_DIM, text_string(&corner));
		draw_text(browser->screen, &whole, 0, x, STYLE_TEXT, " ");
	}
	text_free(&corner);
	text_free(&title);
}

#define ALONE ((struct joints){"┌", "┐", -1})

static void draw_pane(struct browser *browser, enum view_id view, struct area area,
		      struct joints joints)
{
	browser->panes[view] = area;
	view_ops(view)->draw(browser, &area);
	draw_border(browser, view, &area, &joints); /* it says what had no room */
}

/* Rows that the sketch pane wants. */
static int sketch_height(const struct browser *browser, int rows, int columns)
{
	size_t count = browser->sketch.now.count;
	int most = rows / 2 - 1, per_row = columns / 38 > 4 ? 4 : columns / 38;
	int chips = per_row < 1 ? (int)count : ((int)count + per_row - 1) / per_row;
	int least = chips + (int)(browser->row_count < ROWS_ENOUGH ? browser->row_count : ROWS_ENOUGH);
	int wanted = count > 0 ? least : rows >= EMPTY_ROWS_FROM ? EMPTY_ROWS : EMPTY_ROWS - 1;

	if (count > 0 && columns >= 128)
		wanted = wanted < WHY_ROWS ? WHY_ROWS : wanted;
	if (count > 0 && browser->warnings.length > 0)
		wanted++;
	if (wanted > rows / 3 && wanted == WHY_ROWS)
		wanted = rows / 3 > least ? rows / 3 : least;
	wanted += browser->sketch_rows;
	return wanted > most ? most : wanted < 1 ? 1 : wanted;
}

static void draw_one_pane(struct browser *browser, int rows, int columns)
{
	struct area area = {2, 1, rows - 3, columns - 2};

	draw_pane(browser, browser->focus, area, ALONE);
}

static void draw_panes(struct browser *browser, int rows, int columns)
{
	int below = sketch_height(browser, rows, columns), above = rows - 4 - below;
	bool three = columns >= THREE_PANES_FROM;
	int left = three ? (columns - 3) * browser->tree_width / 100 : columns - 2;
	struct area upper = {2, 1, above, left};
	struct area lower = {3 + above, 1, below, columns - 2};

	if (three) {
		struct area model = {2, left + 2, above, columns - left - 3};
		draw_pane(browser, VIEW_MODEL, model, (struct joints){"┬", "┐", -1});
		draw_pane(browser, VIEW_TREE, upper, (struct joints){"┌", "┬", -1});
	} else {
		if (browser->focus != VIEW_SKETCH)
			browser->upper = (int)browser->focus;
		draw_pane(browser, (enum view_id)browser->upper, upper, ALONE);
	}
	bool ascii = screen_is_ascii(browser->screen);
	draw_pane(browser, VIEW_SKETCH, lower, (struct joints){
		ascii ? "+" : "├", ascii ? "+" : "┤", three ? left + 1 : -1});
}

/* One view, with the title where there is room. */
static void draw_small(struct browser *browser, const struct area *whole, const struct area *last)
{
	int above = whole->height >= TITLE_ROWS_MIN;

	if (above)
		draw_title(browser, whole);
	draw_pane(browser, browser_view(browser), (struct area){1 + above, 1, whole->height - 2 - above, whole->width - 2}, ALONE);
	draw_last_row(browser, last);
}

static void draw_too_small(struct browser *browser, const struct area *area)
{
	bool words = area->width >= 19;

	draw_text(browser->screen, area, 0, 0, STYLE_TEXT, words ? "stemma needs 20x4" : "too small");
	draw_format(browser->screen, area, 1, 0, STYLE_TEXT, words ? "here: %dx%d" : "%dx%d<20x4",
		    area->width, area->height);
	draw_text(browser->screen, area, 2, 0, STYLE_DIM, words ? "enlarge, or q quits" : "q: quit");
}

void layout_draw(struct browser *browser)
{
	struct screen *screen = browser->screen;
	int rows = screen_rows(screen), columns = screen_columns(screen);
	struct area whole = {0, 0, rows, columns}, last = {rows - 1, 0, 1, columns};

	browser->estimate_due = false;
	browser->draw_until = screen_is_headless(screen) ? 0
		: clock_seconds() + (browser->in_haste ? HASTY_SECONDS : IDLE_SECONDS);
	screen_begin(screen);
	memset(browser->panes, 0, sizeof browser->panes);
	if (rows < ROWS_MIN || columns < COLUMNS_MIN) {
		if (rows >= ALONE_ROWS_MIN && columns >= ALONE_COLUMNS_MIN)
			draw_small(browser, &whole, &last);
		else
			draw_too_small(browser, &whole);
		screen_end(screen);
		return;
	}
	draw_title(browser, &whole);
	if (browser->full != VIEW_COUNT)
		draw_pane(browser, browser->full, (struct area){2, 1, rows - 3, columns - 2}, ALONE);
	else if (columns < TWO_PANES_FROM)
		draw_one_pane(browser, rows, columns);
	else
		draw_panes(browser, rows, columns);
	draw_last_row(browser, &last);
	screen_end(screen);
}

void layout_draw_in_haste(struct browser *browser)
{
	browser->in_haste = true;
	layout_draw(browser);
	browser->in_haste = false;
}
