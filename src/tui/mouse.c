/* The mouse: wheel, clicks, and dragging weights in the sketch. */
#include "browser.h"
#include "settings/config_table.h"

/* Columns that stand for the whole of a weight. */
#define DRAG_COLUMNS 20

static bool inside(const struct area *area, const struct mouse *mouse)
{
	/* The title row belongs to its pane. */
	return area->height > 0 && mouse->row >= area->top - 1 &&
	       mouse->row < area->top + area->height && mouse->column >= area->left &&
	       mouse->column < area->left + area->width;
}

/* ---- weights ----------------------------------------------------------------- */

/* Pressing a parent selects it; on its bar it also sets the weight. */
static void press_parent(struct browser *browser, const struct mouse *mouse)
{
	struct drag *drag = &browser->drag;
	int parent = sketch_parent_at(browser, mouse->row, mouse->column, &drag->bar);

	drag->active = parent >= 0;
	if (!drag->active)
		return;
	browser->sketch_list.cursor = drag->parent = (size_t)parent;
	drag->column = mouse->column;
	drag->weight = browser->sketch.now.parents[parent].weight;
	drag->moved = false;
}

/* All of a drag is one change for undo. */
static void drag_weight(struct browser *browser, double weight)
{
	struct drag *drag = &browser->drag;

	if (drag->parent >= browser->sketch.now.count)
		return;
	weight = weight < 0 ? 0 : weight > 1 ? 1 : weight;
	if (drag->moved)
		sketch_undo(&browser->sketch);
	drag->moved = sketch_set_weight(&browser->sketch, drag->parent, weight);
	edit_refresh(browser);
}

static void move_parent(struct browser *browser, const struct mouse *mouse)
{
	const struct drag *drag = &browser->drag;
	int steps = mouse->column - drag->column;

	if (steps != 0 || drag->moved)
		drag_weight(browser, drag->weight + (double)steps / DRAG_COLUMNS);
}

/* Let go where it was pressed: a click, which on the bar sets the weight. */
static void release_parent(struct browser *browser, const struct mouse *mouse)
{
	struct drag *drag = &browser->drag;

	if (!drag->moved && mouse->column == drag->column && drag->bar >= 0)
		drag_weight(browser, (double)(mouse->column - drag->bar + 1) / DRAG_COLUMNS);
	else
		move_parent(browser, mouse);
	drag->active = false;
}

/* ---- clicks ------------------------------------------------------------------- */

/* A click on the row under the cursor: folds or unfolds what can be, follows a
 * link, and elsewhere goes to the model. */
static void click_again(struct browser *browser, enum view_id view)
{
	const struct tree *tree = browser->tree;
	const struct tree_row *row = tree_here(tree);

	if (view != VIEW_TREE && browser_model(browser) != CATALOG_NONE)
		browser_act(browser, ACTION_JUMP, 0);
	else if (view == VIEW_TREE && row && tree_can_open(tree, row))
		tree_set_open(browser->tree, tree->cursor, !tree_is_open(tree, row));
	else if (view == VIEW_TREE && row && row->kind == ROW_LINK)
		browser_act(browser, ACTION_ENTER, 0);
}

/* A click on a row of a list selects it; a second one does what Enter would. */
static void click(struct browser *browser, enum view_id view, const struct mouse *mouse)
{
	const struct area *area = &browser->panes[view];
	if (!view_ops(view)->list)
		return;
	struct list *list = view_ops(view)->list(browser);
	int row = mouse->row - area->top - (area->height - list->height - list->below);

	if (row < 0 || list->top + (size_t)row >= list->count)
		return;
	size_t target = list->top + (size_t)row;
	list->clicked = true;
	if (target == (view == VIEW_TREE ? browser->tree->cursor : list->cursor))
		click_again(browser, view);
	else if (view == VIEW_TREE)
		tree_move(browser->tree, target);
	else
		list->cursor = target;
}

void mouse_use(struct browser *browser, const struct mouse *mouse)
{
	if (browser->drag.active && (mouse->motion || mouse->release)) {
		if (mouse->release)
			release_parent(browser, mouse);
		else
			move_parent(browser, mouse);
		return;
	}
	browser->drag.active = false;
	if (mouse->motion || mouse->release)
		return;
	for (int view = 0; view < VIEW_COUNT; view++) {
		if (!inside(&browser->panes[view], mouse))
			continue;
		if (browser->full == VIEW_COUNT)
			browser->focus = (enum view_id)view;
		if (mouse->wheel)
			browser_act(browser, mouse->wheel > 0 ? ACTION_DOWN : ACTION_UP,
				    (int)config_number(browser->options->config, CONFIG_WHEEL));
		else if (view == VIEW_SKETCH)
			press_parent(browser, mouse);
		else
			click(browser, (enum view_id)view, mouse);
		return;
	}
}
