/* Setting marks, jumping to them, and the view that lists them. */
#include "browser.h"
#include "stemma/base/utf8.h"

/* ---- setting and jumping -------------------------------------------------------- */

void mark_set(struct browser *browser, const char *letter)
{
	size_t model = browser_model(browser);

	if (model == CATALOG_NONE)
		browser_message(browser, "%s", need_message(NEED_MODEL));
	else if (!marks_allow(letter[0]) || letter[1])
		browser_message(browser, "a mark is a letter, a to z or A to Z");
	else {
		marks_set(&browser->marks, browser->session->catalog, letter[0], model);
		browser_message(browser, "mark %c: %s; '%c comes back", letter[0],
				tree_name(browser->tree, model), letter[0]);
	}
}

/* As in vi: '' is where the last jump began. */
static void jump_accepted(struct browser *browser, const char *letter)
{
	size_t model = marks_model(&browser->marks, letter[0]);

	if (letter[0] == '\'' || letter[0] == '`') {
		if (browser->jump_count > 0)
			browser_jump(browser, browser->jumps[browser->jump_count - 1].model);
		else
			browser_message(browser, "%s", need_message(NEED_JUMP));
	} else if (!marks_allow(letter[0])) {
		browser_message(browser, "a mark is a letter, a to z or A to Z");
	} else if (model == CATALOG_NONE) {
		browser_message(browser, "no mark %c; \"%c sets it", letter[0], letter[0]);
	} else {
		browser_jump(browser, model);
	}
}

static const struct prompt_ops mark_prompt = {
	.label = "mark this model with the letter ",
	.accepted = mark_set,
	.one_key = true,
};
static const struct prompt_ops jump_prompt = {
	.label = "go to the mark with the letter ",
	.accepted = jump_accepted,
	.one_key = true,
};

void mark_ask(struct browser *browser)
{
	prompt_open(browser, &mark_prompt, "");
}

void mark_ask_jump(struct browser *browser)
{
	prompt_open(browser, &jump_prompt, "");
}

void mark_bookmark(struct browser *browser)
{
	size_t model = browser_model(browser);
	bool now = marks_toggle(&browser->marks, browser->session->catalog, model);

	browser_message(browser, now ? "bookmark: %s" : "no bookmark any more: %s",
			tree_name(browser->tree, model));
}

/* ---- the list ------------------------------------------------------------------------ */

static struct list *mark_list_of(const struct browser *browser)
{
	return browser->state[VIEW_MARKS];
}

static void draw_mark(struct browser *browser, const struct area *area, int y, size_t index)
{
	const struct mark *mark = &browser->marks.mark[index];
	const struct catalog *catalog = browser->session->catalog;
	bool selected = index == mark_list_of(browser)->cursor, gone = mark->model == CATALOG_NONE;
	int right = area->width - 1;
	char date[11] = "";

	draw_selected(browser->screen, selected, true);
	if (selected)
		draw_repeat(browser->screen, area, y, 0, area->width, STYLE_TEXT, " ");
	draw_format(browser->screen, area, y, 1, STYLE_KEY, "%c", mark->sign);
	if (!gone) {
		board_draw_value(browser, area, y, right, STYLE_SCORE, mark->model);
		date_format(catalog->models[mark->model].uploaded, date);
	}
	if (area->width >= 60)
		draw_right(browser->screen, area, y, right - 8, STYLE_DIM, date);
	draw_fit(browser->screen, area, y, 4, area->width - (area->width >= 60 ? 26 : 14),
		 gone ? STYLE_DIM : STYLE_TEXT,
		 gone ? mark->name : tree_name(browser->tree, mark->model));
	if (gone)
		draw_right(browser->screen, area, y, right, STYLE_DIM, "gone");
	draw_selected(browser->screen, false, false);
	if (selected)
		draw_cursor(browser->screen, area, y, 0);
}

static void mark_draw(struct browser *browser, const struct area *area)
{
	struct list *list = mark_list_of(browser);

	list_show(list, browser->marks.count, area->height);
	for (int y = 0; y < area->height && list->top + (size_t)y < list->count; y++)
		draw_mark(browser, area, y, list->top + (size_t)y);
	if (list->count > 0)
		return;
	draw_text(browser->screen, area, 0, 1, STYLE_DIM, "no marks yet");
	draw_text(browser->screen, area, 1, 1, STYLE_DIM, "\"a marks a model, 'a goes to it");
	draw_text(browser->screen, area, 2, 1, STYLE_DIM, "* makes it a bookmark");
	draw_cursor(browser->screen, area, 0, 0);
}

static void mark_title(struct browser *browser, struct text *out)
{
	text_append_format(out, "marks · %zu", browser->marks.count);
}

static void mark_corner(struct browser *browser, struct text *out)
{
	board_append_name(&browser->rows[0], CORNER_NAME, out);
}

static bool mark_view_act(struct browser *browser, enum action action, int count)
{
	struct list *list = mark_list_of(browser);

	list->count = browser->marks.count;
	if (action == ACTION_MARK_REMOVE) {
		if (list->cursor < list->count)
			marks_remove(&browser->marks, list->cursor);
		return true;
	}
	return list_act(list, action, count);
}

static size_t mark_view_model(struct browser *browser)
{
	size_t cursor = mark_list_of(browser)->cursor;

	return cursor < browser->marks.count ? browser->marks.mark[cursor].model : CATALOG_NONE;
}

static struct list *mark_view_list(struct browser *browser)
{
	return mark_list_of(browser);
}

const struct view_ops mark_view = {
	.size = sizeof(struct list),
	.draw = mark_draw,
	.title = mark_title,
	.corner = mark_corner,
	.act = mark_view_act,
	.model = mark_view_model,
	.list = mark_view_list,
};
