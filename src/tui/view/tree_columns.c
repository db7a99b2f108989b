/* Columns of the tree that the user may add, left of marks and score. */
#include <math.h>
#include <string.h>

#include "browser.h"
#include "settings/config_table.h"

#define NAME_ROOM 36 /* what the names keep of a narrow pane */

/* X(word, title, width with the blank before it) */
#define COLUMN_TABLE(X) \
	X(size, "size", 7) \
	X(date, "date", 11) \
	X(likes, "likes", 7) \
	X(below, "below", 7)

static void format_below(const struct tree *tree, size_t node, char *buffer)
{
	figure_count(buffer, tree->scored_below[node]);
}

static void format_likes(const struct tree *tree, size_t node, char *buffer)
{
	double likes = tree->catalog->models[node].likes;

	if (isnan(likes))
		strcpy(buffer, "·");
	else
		figure_count(buffer, (size_t)likes);
}

static void format_date(const struct tree *tree, size_t node, char *buffer)
{
	double days = tree->catalog->models[node].uploaded;

	if (isnan(days))
		strcpy(buffer, "·");
	else
		date_format(days, buffer);
}

static void format_size(const struct tree *tree, size_t node, char *buffer)
{
	double billions = tree->catalog->models[node].params_b;

	if (isnan(billions))
		strcpy(buffer, "·");
	else
		snprintf(buffer, FIGURE_SIZE, "%.*fB", billions < 100 ? 1 : 0, billions);
}

static const struct column {
	const char *word, *title;
	int width;
	void (*format)(const struct tree *tree, size_t node, char *buffer);
} columns[] = {
#define X(word, title, width) {#word, title, width, format_##word},
	COLUMN_TABLE(X)
#undef X
};
#define COLUMN_COUNT (sizeof columns / sizeof *columns)

static const struct column *find_column(const char *word, size_t length)
{
	for (size_t i = 0; i < COLUMN_COUNT; i++)
		if (strlen(columns[i].word) == length && !memcmp(columns[i].word, word, length))
			return &columns[i];
	return NULL;
}

/* The chosen columns that fit into a pane, in order; returns how many. */
#define CHOSEN_MAX 8
static size_t chosen(const struct browser *browser, int width,
		     const struct column *list[CHOSEN_MAX])
{
	const char *word = config_words(browser->options->config, CONFIG_COLUMNS);
	size_t count = 0;

	for (width -= NAME_ROOM; *word && count < CHOSEN_MAX; word += strspn(word, " ")) {
		size_t length = strcspn(word, " ");
		const struct column *column = find_column(word, length);
		word += length;
		if (!column || (width -= column->width) < 0)
			break;
		list[count++] = column;
	}
	return count;
}

int tree_columns_width(const struct browser *browser, int width)
{
	const struct column *list[CHOSEN_MAX];
	size_t count = chosen(browser, width, list);
	int total = 0;

	for (size_t i = 0; i < count; i++)
		total += list[i]->width;
	return total;
}

void tree_columns_draw(struct browser *browser, const struct area *area, int row, int right,
		       size_t node)
{
	const struct column *list[CHOSEN_MAX];
	char buffer[FIGURE_SIZE];

	for (size_t i = chosen(browser, area->width, list); i-- > 0; right -= list[i]->width) {
		list[i]->format(browser->tree, node, buffer);
		draw_right(browser->screen, area, row, right, STYLE_DIM, buffer);
	}
}

void tree_columns_title(const struct browser *browser, struct text *out)
{
	const struct column *list[CHOSEN_MAX];
	size_t count = chosen(browser, browser->panes[VIEW_TREE].width, list);

	for (size_t i = 0; i < count; i++)
		text_append_format(out, "%s · ", list[i]->title);
}
