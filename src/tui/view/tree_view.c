/* The tree pane. */
#include <string.h>

#include "browser.h"

#define RIGHT_WIDTH 13 /* merge mark, pick mark, score */
#define NARROW_BELOW 34
#define COUNTS_FROM 28 /* columns that leave room for owners before and counts behind names */
#define NARROW_RIGHT_WIDTH 8 /* … without the merge mark */

struct line {
	struct browser *browser;
	const struct area *area;
	const struct tree_row *row;
	int y, x; /* where the next text goes */
};

static void line_put(struct line *line, enum style style, const char *text)
{
	line->x += draw_text(line->browser->screen, line->area, line->y, line->x, style, text);
}

/* What is right of the names. */
static int right_width(const struct line *line)
{
	if (line->area->width < NARROW_BELOW)
		return NARROW_RIGHT_WIDTH;
	return RIGHT_WIDTH + tree_columns_width(line->browser, line->area->width);
}

static void draw_gutter(struct line *line)
{
	static const char *const signs[] = {[KIN_NONE] = " ", [KIN_ANCESTOR] = "▲", [KIN_DESCENDANT] = "▼"};
	const char *sign = " ";

	if (line->row->kind <= ROW_LINK)
		sign = signs[tree_kin(line->browser->tree, line->row->node)];
	line_put(line, STYLE_KIN, sign);
}

static const char *fold_sign(const struct tree *tree, const struct tree_row *row, bool guess)
{
	if (!tree_can_open(tree, row))
		return row->depth == 0 ? " " : guess ? "╌" : "─";
	if (tree_is_open(tree, row))
		return guess ? "▿" : "▾";
	return guess ? "▹" : "▸";
}

/* Guides, fork and fold sign. */
static void draw_branch(struct line *line, bool guess)
{
	const struct tree_row *row = line->row;
	int depth = row->depth < 64 ? row->depth : 63;
	/* A deep branch keeps its right end: the first levels are cut off. */
	int room = line->area->width - right_width(line) - 24, first = 1;

	if (room < 4)
		room = 4;
	if (depth > room)
		first = depth - room;
	for (int level = first; level < depth; level++)
		line_put(line, STYLE_BORDER, row->guides >> level & 1 ? "│" : " ");
	if (depth > 0 && guess && screen_is_ascii(line->browser->screen))
		line_put(line, STYLE_BORDER, ":");
	else if (depth > 0)
		line_put(line, STYLE_BORDER, row->last ? "╰" : "├");
	line_put(line, STYLE_BORDER, fold_sign(line->browser->tree, row, guess));
	line_put(line, STYLE_TEXT, " ");
}

static void draw_marks(struct line *line)
{
	struct browser *browser = line->browser;
	const struct tree *tree = browser->tree;
	size_t node = line->row->node, parents = tree_parent_count(tree, node);
	int right = line->area->width - 1;
	char buffer[FIGURE_SIZE];

	board_draw_value(browser, line->area, line->y, right, STYLE_SCORE, node);
	if (sketch_position(&browser->sketch, node) >= 0)
		draw_text(browser->screen, line->area, line->y, right - 7, STYLE_MARK, "⊕");
	tree_columns_draw(browser, line->area, line->y, right - 12, node);
	if (marks_sign(&browser->marks, node))
		draw_format(browser->screen, line->area, line->y, right - 6, STYLE_KEY, "%c",
			    marks_sign(&browser->marks, node));
	if (line->area->width < NARROW_BELOW)
		return;
	if (compare_has(browser, node))
		draw_text(browser->screen, line->area, line->y, right - 8 - (parents > 1 ? 3 : 0), STYLE_MARK, "v");
	if (parents > 1) {
		snprintf(buffer, sizeof buffer, "⋈%zu", parents);
		draw_right(browser->screen, line->area, line->y, right - 8, STYLE_MERGE, buffer);
	}
}

/* A model that nobody can download; one that the user distrusts, or that descends from one; one
 * with scores that chance does not explain. */
static void draw_flag(struct line *line)
{
	const struct session *session = line->browser->session;
	enum flag_state state = session->flags.state[line->row->node];

	if (session->catalog->models[line->row->node].open_weights == ANSWER_NO)
		line_put(line, STYLE_MERGE, "@ ");
	if (state != FLAG_NONE)
		line_put(line, STYLE_BAD, state == FLAG_SELF ? "✗ " : "† ");
	if (session->catalog->anomalous && session->catalog->anomalous[line->row->node])
		line_put(line, STYLE_BAD, "! ");
}

/* A model in one of several settings stands under the one without: "--high" is enough. */
static const char *setting_name(const struct line *line)
{
	const struct tree *tree = line->browser->tree;
	uint32_t node = line->row->node, parent = tree->primary[node];
	const char *name = tree_name(tree, node), *above;
	size_t length;

	if (parent == TREE_NONE || line->row->kind != ROW_MODEL)
		return NULL;
	above = tree_name(tree, parent);
	length = strlen(above);
	return strncmp(name, above, length) == 0 && strncmp(name + length, "--", 2) == 0 ? name + length : NULL;
}

/* The name, with what the search found in it set off. */
static void draw_name(struct line *line, int width, enum style style)
{
	struct browser *browser = line->browser;
	const char *name = tree_name(browser->tree, line->row->node), *slash = strchr(name, '/');

	if (setting_name(line))
		name = setting_name(line);
	else if (line->area->width < COUNTS_FROM && slash)
		name = slash + 1;
	if (tree_is_match(browser->tree, line->row->node))
		style = STYLE_MATCH;
	line->x += draw_fit(browser->screen, line->area, line->y, line->x, width, style, name);
}

static void draw_model_row(struct line *line)
{
	const struct tree *tree = line->browser->tree;
	uint32_t node = line->row->node;
	bool guess = line->row->depth > 0 && tree_edge_is_guess(tree, node);
	bool faint = !tree->catalog->models[node].scored || (tree->filter && !tree->fit[node]);
	char buffer[FIGURE_SIZE], count[FIGURE_SIZE] = "";

	draw_branch(line, guess);
	draw_flag(line);
	if (tree_can_open(tree, line->row) && !tree_is_open(tree, line->row) &&
	    tree->scored_below[node] && line->area->width >= COUNTS_FROM)
		snprintf(count, sizeof count, " (%s)", figure_count(buffer, tree->scored_below[node]));
	int width = line->area->width - line->x - right_width(line) - (int)strlen(count);
	draw_name(line, width, faint ? STYLE_DIM : STYLE_TEXT);
	line_put(line, STYLE_DIM, count);
	draw_marks(line);
}

static void draw_link_row(struct line *line)
{
	struct browser *browser = line->browser;
	const struct tree *tree = browser->tree;
	uint32_t home = tree->primary[line->row->node];
	int room = line->area->width - line->x - right_width(line);

	draw_branch(line, false);
	line_put(line, STYLE_MERGE, "↪ ");
	draw_flag(line);
	room = line->area->width - line->x - right_width(line);
	draw_name(line, room, STYLE_DIM);
	room = line->area->width - line->x - right_width(line);
	if (home != TREE_NONE && room > 16) {
		line_put(line, STYLE_DIM, "  (under ");
		line->x += draw_fit(browser->screen, line->area, line->y, line->x, room - 10,
				    STYLE_DIM, tree_name(tree, home));
		line_put(line, STYLE_DIM, ")");
	}
	draw_marks(line);
}

static void draw_folded_row(struct line *line)
{
	const struct tree_row *row = line->row;
	const char *plural = row->count == 1 ? "" : "s";
	char count[FIGURE_SIZE], text[96];

	draw_branch(line, false);
	figure_count(count, row->count);
	if (row->kind == ROW_LINKS)
		snprintf(text, sizeof text, "↪ %s merge%s listed under another parent", count, plural);
	else if (row->kind == ROW_MORE)
		snprintf(text, sizeof text, "… %s more without scores", count);
	else if (row->node == GROUP_SINGLE)
		snprintf(text, sizeof text, "… %s scored model%s without known kin", count, plural);
	else
		snprintf(text, sizeof text, "… %s root%s without scores or scored kin", count, plural);
	draw_fit(line->browser->screen, line->area, line->y, line->x,
		 line->area->width - line->x - 1, STYLE_DIM, text);
}

static void draw_row(struct browser *browser, const struct area *area, int y, size_t row)
{
	struct tree_row shown = tree_row(browser->tree, row);
	struct line line = {browser, area, &shown, y, 0};
	bool selected = row == browser->tree->cursor;

	draw_selected(browser->screen, selected, browser_view(browser) == VIEW_TREE);
	if (selected)
		draw_repeat(browser->screen, area, y, 0, area->width, STYLE_TEXT, " ");
	draw_gutter(&line);
	if (line.row->kind == ROW_MODEL)
		draw_model_row(&line);
	else if (line.row->kind == ROW_LINK)
		draw_link_row(&line);
	else
		draw_folded_row(&line);
	draw_selected(browser->screen, false, false);
	if (selected && browser_view(browser) == VIEW_TREE)
		draw_cursor(browser->screen, area, y, 0);
}

static void tree_draw(struct browser *browser, const struct area *area)
{
	struct tree *tree = browser->tree;
	struct list *list = &browser->tree_list;

	list->cursor = tree->cursor;
	list_show(list, tree->row_count, area->height);
	for (int y = 0; y < area->height && list->top + (size_t)y < tree->row_count; y++)
		draw_row(browser, area, y, list->top + (size_t)y);
	if (tree->row_count > 0)
		return;
	draw_text(browser->screen, area, 1, 2, STYLE_DIM,
		  tree->filter ? "no name fits the filter; Esc shows all models"
			       : "the cache is empty");
	if (!tree->filter)
		draw_text(browser->screen, area, 2, 2, STYLE_DIM,
			  "I imports files, S fetches the public leaderboard");
}

static void tree_title(struct browser *browser, struct text *out)
{
	const struct tree *tree = browser->tree;

	text_append(out, "lineage");
	if (tree->filter)
		text_append_format(out, " · filter %s: %zu", tree->filter, tree->fit_count);
	if (tree->order != TREE_BY_KIN)
		text_append_format(out, " · by %s", tree_order_name(tree->order));
}

static void tree_corner(struct browser *browser, struct text *out)
{
	tree_columns_title(browser, out);
	board_append_name(&browser->rows[0], CORNER_NAME, out);
}

static size_t tree_view_model(struct browser *browser)
{
	return tree_model(browser->tree);
}

static struct list *tree_view_list(struct browser *browser)
{
	return &browser->tree_list;
}

/* ---- actions ------------------------------------------------------------------- */

/* Scrolls so that what was unfolded at the lower end comes into view. */
static void show_children(struct browser *browser)
{
	struct list *list = &browser->tree_list;
	size_t cursor = browser->tree->cursor, rows = (size_t)list->height;

	if (cursor > list->top + rows * 2 / 3)
		list->top = cursor - rows / 3;
}

static void unfold(struct browser *browser)
{
	struct tree *tree = browser->tree;
	const struct tree_row *row = tree_here(tree);

	if (!row || !tree_can_open(tree, row))
		return;
	if (!tree_is_open(tree, row)) {
		tree_set_open(tree, tree->cursor, true);
		show_children(browser);
	} else if (tree->cursor + 1 < tree->row_count)
		tree_move(tree, tree->cursor + 1);
}

static void fold(struct browser *browser)
{
	struct tree *tree = browser->tree;
	const struct tree_row *row = tree_here(tree);

	if (!row)
		return;
	if (tree_can_open(tree, row) && tree_is_open(tree, row) && !tree->filter)
		tree_set_open(tree, tree->cursor, false);
	else if (row->depth > 0)
		tree_move(tree, tree_row_above(tree, tree->cursor));
}

static void go_sibling(struct tree *tree, int step)
{
	if (tree_here(tree))
		tree_move(tree, tree_row_sibling(tree, tree->cursor, step));
}

static void enter(struct browser *browser)
{
	struct tree *tree = browser->tree;
	const struct tree_row *row = tree_here(tree);

	if (!row)
		return;
	if (row->kind == ROW_LINK)
		browser_jump(browser, row->node);
	else if (row->kind == ROW_MODEL)
		browser->focus = VIEW_MODEL;
	else
		tree_set_open(tree, tree->cursor, !tree_is_open(tree, row));
}

static void go_parent(struct browser *browser)
{
	size_t model = tree_model(browser->tree);
	uint32_t parent = browser->tree->primary[model];

	if (parent == TREE_NONE)
		browser_message(browser, "a root: no parent is known");
	else
		browser_jump(browser, parent);
}

static bool tree_act(struct browser *browser, enum action action, int count)
{
	struct tree *tree = browser->tree;

	browser->tree_list.cursor = tree->cursor;
	browser->tree_list.count = tree->row_count;
	if (list_act(&browser->tree_list, action, count)) {
		tree_move(tree, browser->tree_list.cursor);
		return true;
	}
	switch (action) {
	case ACTION_UNFOLD: unfold(browser); return true;
	case ACTION_FOLD: fold(browser); return true;
	case ACTION_FOLD_ALL: tree_fold_all(tree, false); return true;
	case ACTION_UNFOLD_ALL: tree_fold_all(tree, true); return true;
	case ACTION_PARENT: go_parent(browser); return true;
	case ACTION_SIBLING_NEXT: go_sibling(tree, 1); return true;
	case ACTION_SIBLING_PREVIOUS: go_sibling(tree, -1); return true;
	case ACTION_ENTER: enter(browser); return true;
	case ACTION_ORDER: find_set_order(browser, (tree->order + 1) % TREE_ORDER_COUNT); return true;
	case ACTION_ORDER_BACK:
		find_set_order(browser, (tree->order + TREE_ORDER_COUNT - 1) % TREE_ORDER_COUNT);
		return true;
	default: return false;
	}
}

const struct view_ops tree_view = {
	.draw = tree_draw,
	.title = tree_title,
	.corner = tree_corner,
	.act = tree_act,
	.model = tree_view_model,
	.list = tree_view_list,
};
