/* Two sketches: the open one (A) and the one beside (B), their predictions on
 * one axis, what lies between them and the chance that A is the better. */
#include <math.h>
#include <string.h>

#include "board/bars.h"
#include "browser.h"
#include "stemma/base/memory.h"

#define SCORES_KEPT 7      /* rows that the recipes leave to the scores, which scroll */
#define FIGURE_WIDTH 15    /* " 55.9  ±15.8 " */
#define BETWEEN_WIDTH 23   /* " +0.2 ±14.1     62 %" */
#define DIFFERENCE_WIDTH 7 /* " −12.3 " */
#define CHANCE_WIDTH 5     /* "100 %" */
#define BESIDE_FROM 98     /* inner width from which the bars stand side by side */
#define STACKED_FROM 58    /* … from which they stand one below the other */
#define ERROR_FROM 46      /* … from which a difference has its ± */

/* ---- acting ------------------------------------------------------------------------ */

void versus_forget(struct browser *browser)
{
	sketch_comparison_free(&browser->versus.figures);
	error_clear(&browser->versus.error);
	text_free(&browser->versus.heads[0]);
	text_free(&browser->versus.heads[1]);
	text_free(&browser->versus.warnings);
	browser->versus.tried = false;
}

/* Whether a sketch is kept under this name. */
struct taken {
	const char *name;
	bool found;
};

static bool look_for_name(void *context, const char *name)
{
	struct taken *taken = context;

	taken->found = taken->found || strcmp(name, taken->name) == 0;
	return !taken->found;
}

static bool name_taken(struct browser *browser, const char *name)
{
	struct taken taken = {.name = name};

	store_each_sketch(browser->session->store, look_for_name, &taken, NULL);
	return taken.found;
}

void versus_duplicate(struct browser *browser, const char *name)
{
	struct error error = {0};
	char key[FIGURE_SIZE];

	if (!*name)
		return;
	if (name_taken(browser, name) && strcmp(name, browser->sketch.now.name) != 0) {
		browser_message(browser, "a sketch is kept as %s already; :forget %s drops it", name, name);
		return;
	}
	enum status status = sketch_save(&browser->sketch, browser->session, name, &error);
	if (status == STATUS_BUSY) {
		waiting_sketch(browser, name);
		sketch_duplicate(&browser->sketch);
	} else if (status != STATUS_OK) {
		browser_failure(browser, &error);
	} else {
		sketch_duplicate(&browser->sketch);
		browser_message(browser, "kept as %s and put beside; this is the copy, %s compares them", name,
				browser_key_of(browser, ACTION_VERSUS, key));
	}
	edit_refresh(browser);
}

void versus_load(struct browser *browser, const char *name)
{
	if (!sketch_load_beside(&browser->sketch, browser->session, name)) {
		browser_message(browser, "no sketch is kept as %s; Tab lists those that are", name);
		return;
	}
	edit_refresh(browser);
	browser_open_view(browser, VIEW_VERSUS);
}

static const struct prompt_ops duplicate_prompt = {
	.label = "keep this sketch as: ",
	.accepted = versus_duplicate,
};

/* Proposes the name it has, or a free one. */
void versus_ask_name(struct browser *browser)
{
	char name[SKETCH_NAME_SIZE];
	int number = 1;

	snprintf(name, sizeof name, "%s", browser->sketch.now.name);
	while (!browser->sketch.now.name[0]) {
		snprintf(name, sizeof name, "draft %d", number++);
		if (!name_taken(browser, name))
			break;
	}
	prompt_open(browser, &duplicate_prompt, name);
}

void versus_exchange(struct browser *browser)
{
	sketch_exchange(&browser->sketch);
	edit_refresh(browser);
}

/* ---- figures ------------------------------------------------------------------------- */

/* Predicts both, once an edit. */
static void measure(struct browser *browser)
{
	const struct sketch *sketch = &browser->sketch, beside = {.now = sketch->beside};

	if (browser->versus.tried)
		return;
	browser->versus.tried = true;
	if (sketch_compare_on_demand(sketch, browser->session, &browser->versus.figures, &browser->versus.error) != STATUS_OK)
		browser->versus.figures = (struct sketch_comparison){0};
	sketch_describe(browser, &sketch->now, browser->base, &browser->versus.heads[0]);
	sketch_describe(browser, &beside.now, sketch_base(&beside, browser->session->catalog),
			&browser->versus.heads[1]);
	sketch_warnings(&beside, browser->session->catalog, &browser->versus.warnings);
}

/* ---- recipes -------------------------------------------------------------------------- */

/* One of the two, at the left or right half. */
struct side {
	const struct sketch_state *state;
	const char *letter, *otherwise; /* what it is called without a name */
	const char *method;
	int left, width;
	bool open;
};

static void draw_parent(struct browser *browser, const struct area *area, const struct side *side, int row,
			size_t position)
{
	const struct sketch_parent *parent = &side->state->parents[position];
	bool selected = side->open && position == browser->sketch_list.cursor;

	draw_selected(browser->screen, selected, true);
	if (selected)
		draw_repeat(browser->screen, area, row, side->left, side->width - 1, STYLE_TEXT, " ");
	int x = side->left + draw_text(browser->screen, area, row, side->left, STYLE_MARK, "●");
	x += draw_format(browser->screen, area, row, x, STYLE_STRONG, "%.2f%s", shown_weight(parent->weight),
			 parent->locked ? "=" : " ");
	draw_fit(browser->screen, area, row, x, side->left + side->width - 2 - x, STYLE_TEXT,
		 tree_name(browser->tree, parent->model));
	draw_selected(browser->screen, false, false);
	if (selected)
		draw_cursor(browser->screen, area, row, side->left);
}

static void draw_side(struct browser *browser, const struct area *area, const struct side *side, int rows)
{
	size_t top = browser->sketch_list.top;
	struct text head = {0};

	text_append_format(&head, "%s · %s", *side->state->name ? side->state->name : side->otherwise,
			   side->method);
	draw_text(browser->screen, area, 0, side->left, STYLE_TITLE, side->letter);
	draw_fit(browser->screen, area, 0, side->left + 2, side->width - 3, STYLE_STRONG, text_string(&head));
	text_free(&head);
	for (int row = 0; row < rows && top + (size_t)row < side->state->count; row++)
		draw_parent(browser, area, side, row + 1, top + (size_t)row);
}

/* Both recipes; returns the rows used. */
static int draw_sides(struct browser *browser, const struct area *area)
{
	const struct sketch *sketch = &browser->sketch;
	size_t most = sketch->now.count > sketch->beside.count ? sketch->now.count : sketch->beside.count;
	int half = area->width / 2;
	int scores = browser->row_count < SCORES_KEPT ? (int)browser->row_count : SCORES_KEPT;
	int room = area->height - 2 - scores;
	int rows = room < 1 ? 1 : room < (int)most ? room : (int)most;
	const struct side open = {&sketch->now, "A", "the open one", text_string(&browser->versus.heads[0]),
				  1, half - 1, true};
	const struct side beside = {&sketch->beside, "B", "the other one",
				    text_string(&browser->versus.heads[1]), half, area->width - half, false};

	list_show(&browser->sketch_list, sketch->now.count, rows);
	draw_side(browser, area, &open, rows);
	draw_side(browser, area, &beside, rows);
	if (sketch->now.count == 0)
		draw_cursor(browser->screen, area, 0, 0);
	return rows + 1;
}

/* ---- scores ---------------------------------------------------------------------------- */

/* Where things stand: A at column x[0], B at x[1] and `below` rows further
 * down, each with a bar of that width (0 = none). */
struct places {
	int label, x[2], below, bar, right;
	bool errors, difference, chance; /* there is room for */
};

static struct places place(const struct browser *browser, const struct area *area, int rows_left, int benchmarks)
{
	int label = board_label_width(browser, area->width) + 2;
	struct places places = {.label = label - 2, .x = {label, label + 7}, .right = area->width - 1,
				.errors = area->width >= ERROR_FROM};
	int side = (area->width - label - BETWEEN_WIDTH) / 2;

	if (area->width >= BESIDE_FROM) {
		places.bar = side - FIGURE_WIDTH - 2;
		places.x[1] = label + side;
	} else if (area->width >= STACKED_FROM && rows_left >= 2 * benchmarks) {
		places.below = 1;
		places.x[0] = places.x[1] = label + 2;
		places.bar = area->width - label - 2 - FIGURE_WIDTH - BETWEEN_WIDTH;
	}
	if (places.bar > 101)
		places.bar = 101;
	int room = places.right - (places.x[1] + 5);
	places.chance = room >= CHANCE_WIDTH;
	places.difference = room >= CHANCE_WIDTH + DIFFERENCE_WIDTH;
	return places;
}

static void draw_estimate(struct browser *browser, const struct area *area, const struct places *places, int row,
			  int side, const struct board_row *on, const struct sketch_row *figures)
{
	const struct engine_estimate *estimate = &figures->estimate;
	struct bar_values values = {estimate->low90, estimate->mean, estimate->high90, NAN, figures->best_score};
	char buffer[FIGURE_SIZE], cells[BAR_WIDTH_MAX + 1];
	int x = places->x[side];

	row += side * places->below;
	if (places->below)
		draw_text(browser->screen, area, row, x - 2, STYLE_DIM, side ? "B" : "A");
	draw_right(browser->screen, area, row, x + 5, STYLE_POINT, figure_on(buffer, on, estimate->mean, false));
	if (places->bar < 8)
		return;
	if (isnan(estimate->mean))
		return;
	draw_right(browser->screen, area, row, x + 12, STYLE_DIM,
		   figure_margin(buffer, browser->screen, on, (estimate->high90 - estimate->low90) / 2));
	bar_interval(cells, places->bar, &on->scale, &values);
	draw_bar(browser->screen, area, row, x + FIGURE_WIDTH, cells);
}

static void draw_difference(struct browser *browser, const struct area *area, const struct places *places,
			    int row, const struct board_row *on, const struct engine_difference *difference)
{
	char buffer[FIGURE_SIZE];
	int end = places->right - (places->errors ? 15 : 7);

	if (places->difference)
		draw_right(browser->screen, area, row, end, difference->chance >= 0.5 ? STYLE_GOOD : STYLE_TEXT,
			   figure_signed(buffer, difference->mean, on->decimals));
	if (places->errors)
		draw_right(browser->screen, area, row, end + 7, STYLE_DIM,
			   figure_margin(buffer, browser->screen, on, difference->half90));
	if (!places->chance)
		return;
	snprintf(buffer, sizeof buffer, "%.0f %%", 100 * difference->chance);
	draw_right(browser->screen, area, row, places->right, difference->chance >= 0.5 ? STYLE_GOOD : STYLE_TEXT,
		   buffer);
}

static void draw_heads(struct browser *browser, const struct area *area, const struct places *places, int row)
{
	if (!places->below) {
		draw_right(browser->screen, area, row, places->x[0] + 5, STYLE_DIM, "A");
		draw_right(browser->screen, area, row, places->x[1] + 5, STYLE_DIM, "B");
	}
	if (places->difference)
		draw_right(browser->screen, area, row, places->right - (places->errors ? 15 : 7), STYLE_DIM, "A−B");
	if (places->chance)
		draw_right(browser->screen, area, row, places->right, STYLE_DIM,
			   places->errors ? "A better" : "A>B");
}

static void draw_score(struct browser *browser, const struct area *area, const struct places *places, int y,
		       size_t index)
{
	struct sketch_comparison *versus = &browser->versus.figures;
	const struct board_row *row = &browser->rows[index];
	const struct engine_difference difference = sketch_comparison_difference(versus, row->place);

	draw_fit(browser->screen, area, y, 1, places->label, index ? STYLE_TEXT : STYLE_STRONG, row->name);
	draw_estimate(browser, area, places, y, 0, row, sketch_prediction_row(&versus->open, row->place));
	draw_estimate(browser, area, places, y, 1, row, sketch_prediction_row(&versus->beside, row->place));
	draw_difference(browser, area, places, y, row, &difference);
}

/* The target first: it is there however small the screen.  The benchmarks scroll. */
static int draw_scores(struct browser *browser, const struct area *area, int y)
{
	struct list *list = &browser->board_list;
	int left = area->height - y - 1;
	struct places places = place(browser, area, left, (int)browser->row_count);
	int each = 1 + places.below;

	draw_heads(browser, area, &places, y++);
	draw_score(browser, area, &places, y, 0);
	list_scroll(list, browser->row_count - 1, left / each - 1);
	for (size_t i = list->top; i < list->count && (y += each) < area->height; i++)
		draw_score(browser, area, &places, y, i + 1);
	return y + each;
}

/* What to beware of in one of the two, a line each. */
static int draw_warnings(struct browser *browser, const struct area *area, int row, const char *letter,
			 const char *warning)
{
	while (*warning && row < area->height) {
		size_t length = strcspn(warning, "\n");
		draw_format(browser->screen, area, row++, 1, STYLE_BAD, "! %s: %.*s", letter, (int)length, warning);
		warning += length + (warning[length] == '\n');
	}
	return row;
}

static void draw_failure(struct browser *browser, const struct area *area, int row)
{
	char reason[512], key[FIGURE_SIZE], advice[FIGURE_SIZE + 32];

	error_format(&browser->versus.error, reason, sizeof reason);
	snprintf(advice, sizeof advice, "nothing is fitted: %s fits", browser_key_of(browser, ACTION_REFIT, key));
	draw_fit(browser->screen, area, row, 1, area->width - 2, STYLE_DIM,
		 browser->query ? reason
		 : browser->job ? "scores follow when the fit is ready" : advice);
}

static void versus_draw(struct browser *browser, const struct area *area)
{
	if (browser->sketch.beside.count == 0) {
		draw_fit(browser->screen, area, 0, 1, area->width - 2, STYLE_DIM, need_message(NEED_BESIDE));
		draw_cursor(browser->screen, area, 0, 0);
		return;
	}
	measure(browser);
	int row = draw_sides(browser, area);
	if (browser->versus.figures.open.rows == 0) {
		draw_failure(browser, area, row);
		return;
	}
	row = draw_scores(browser, area, row);
	row = draw_warnings(browser, area, row, "A", text_string(&browser->warnings));
	row = draw_warnings(browser, area, row, "B", text_string(&browser->versus.warnings));
	if (row + 1 < area->height)
		draw_fit(browser->screen, area, row + 1, 1, area->width - 2, STYLE_DIM,
			 "what both owe to the same kin cancels in A−B");
}

static void versus_title(struct browser *browser, struct text *out)
{
	(void)browser;
	text_append(out, "two sketches");
}

static void versus_corner(struct browser *browser, struct text *out)
{
	if (browser->versus.figures.open.rows > 0)
		board_outside(&browser->board_list, out);
}

const struct view_ops versus_view = {
	.draw = versus_draw,
	.title = versus_title,
	.corner = versus_corner,
	.act = sketch_act,
	.model = sketch_model,
};
