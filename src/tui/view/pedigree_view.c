/* Pedigree: where one model comes from, all its ancestors and nothing else. */
#include <stdlib.h>

#include "browser.h"
#include "tree/lanes.h"
#include "stemma/base/utf8.h"

#define NAME_MIN 16

/* The ancestors of a model. */
struct pedigree {
	struct lane_line *lines; /* owned */
	size_t count, model;
	struct list list;
};

static struct pedigree *pedigree_of(const struct browser *browser)
{
	return browser->state[VIEW_PEDIGREE];
}

static void pedigree_free(struct browser *browser)
{
	free(pedigree_of(browser)->lines);
	pedigree_of(browser)->lines = NULL;
	pedigree_of(browser)->count = 0;
}

/* Of the catalog that is in place. */
static void trace(struct browser *browser, size_t model)
{
	struct pedigree *pedigree = pedigree_of(browser);

	pedigree_free(browser);
	pedigree->lines = lanes_draw(browser->session->catalog->lineage, model, &pedigree->count);
	pedigree->model = model;
	pedigree->list = (struct list){0};
}

void pedigree_open(struct browser *browser)
{
	trace(browser, browser_model(browser));
	browser_open_view(browser, VIEW_PEDIGREE);
}

/* "60 %  merge, declared" of the way that leads to an ancestor. */
static void describe(const struct lane_line *line, int width, struct text *out)
{
	if (line->trust == TRUST_NONE)
		return;
	text_append_format(out, "%3.0f %%", 100 * line->share);
	if (width >= 60)
		text_append_format(out, "  %s%s, %s", line->trust <= TRUST_INFERRED ? "? " : "",
				   relation_name((enum relation)line->relation),
				   trust_name((enum trust)line->trust));
	else if (line->trust <= TRUST_INFERRED)
		text_append(out, " ?");
}

static void draw_ancestor(struct browser *browser, const struct area *area, int y, size_t index)
{
	const struct lane_line *line = &pedigree_of(browser)->lines[index];
	const struct catalog *catalog = browser->session->catalog;
	bool selected = index == pedigree_of(browser)->list.cursor;
	int right = area->width - 1, x = 1;
	struct text how = {0};

	draw_selected(browser->screen, selected, true);
	if (selected)
		draw_repeat(browser->screen, area, y, 0, area->width, STYLE_TEXT, " ");
	if (utf8_width(line->text) < area->width - NAME_MIN - 8)
		x += draw_text(browser->screen, area, y, x, STYLE_BORDER, line->text);
	if (line->node != LANES_LINK) {
		describe(line, area->width, &how);
		board_draw_value(browser, area, y, right, STYLE_SCORE, line->node);
		draw_right(browser->screen, area, y, right - 7, STYLE_DIM, text_string(&how));
		int room = right - 9 - utf8_width(text_string(&how)) - x;
		x += draw_fit(browser->screen, area, y, x, room,
			      catalog->models[line->node].scored ? STYLE_TEXT : STYLE_DIM,
			      tree_name(browser->tree, line->node));
		if (line->hidden > 0 && right - 24 - x > 0)
			draw_format(browser->screen, area, y, x + 1, STYLE_DIM, "+%zu", line->hidden);
	}
	draw_selected(browser->screen, false, false);
	if (selected)
		draw_cursor(browser->screen, area, y, 0);
	text_free(&how);
}

static void pedigree_draw(struct browser *browser, const struct area *area)
{
	struct list *list = &pedigree_of(browser)->list;

	list_show(list, pedigree_of(browser)->count, area->height);
	for (int y = 0; y < area->height && list->top + (size_t)y < list->count; y++)
		draw_ancestor(browser, area, y, list->top + (size_t)y);
	if (pedigree_of(browser)->count == 1 && area->height > 2)
		draw_text(browser->screen, area, 2, 1, STYLE_DIM, "no parents known");
}

static void pedigree_title(struct browser *browser, struct text *out)
{
	text_append_format(out, "pedigree · %s", tree_name(browser->tree, pedigree_of(browser)->model));
}

static void pedigree_corner(struct browser *browser, struct text *out)
{
	text_append(out, "share · ");
	board_append_name(&browser->rows[0], CORNER_NAME, out);
}

/* Lines between two models are passed over. */
static void skip_links(struct browser *browser, bool down)
{
	struct list *list = &pedigree_of(browser)->list;

	while (list->cursor + 1 < list->count && list->cursor > 0 &&
	       pedigree_of(browser)->lines[list->cursor].node == LANES_LINK)
		list->cursor += down ? 1 : (size_t)-1;
}

static bool pedigree_act(struct browser *browser, enum action action, int count)
{
	size_t before = pedigree_of(browser)->list.cursor;

	pedigree_of(browser)->list.count = pedigree_of(browser)->count;
	if (!list_act(&pedigree_of(browser)->list, action, count))
		return false;
	skip_links(browser, pedigree_of(browser)->list.cursor >= before);
	return true;
}

static size_t pedigree_at_cursor(struct browser *browser)
{
	size_t cursor = pedigree_of(browser)->list.cursor;

	return cursor < pedigree_of(browser)->count && pedigree_of(browser)->lines[cursor].node != LANES_LINK
		? pedigree_of(browser)->lines[cursor].node : CATALOG_NONE;
}

static struct list *pedigree_view_list(struct browser *browser)
{
	return &pedigree_of(browser)->list;
}

static void pedigree_start(struct browser *browser)
{
	pedigree_of(browser)->model = CATALOG_NONE;
}

static void pedigree_renumber(struct browser *browser, const uint32_t *match)
{
	size_t model = catalog_matched(match, pedigree_of(browser)->model);

	pedigree_free(browser);
	pedigree_of(browser)->model = CATALOG_NONE;
	if (model != CATALOG_NONE)
		trace(browser, model);
	else
		browser_drop_view(browser, VIEW_PEDIGREE);
}

const struct view_ops pedigree_view = {
	.size = sizeof(struct pedigree),
	.start = pedigree_start,
	.renumber = pedigree_renumber,
	.free = pedigree_free,
	.draw = pedigree_draw,
	.title = pedigree_title,
	.corner = pedigree_corner,
	.act = pedigree_act,
	.model = pedigree_at_cursor,
	.list = pedigree_view_list,
};
