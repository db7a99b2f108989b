/* Columns of the tree that the user may add, left of marks and score. */
#include <math.h>
#include <string.h>

#include "browser.h"
#include "settings/config_table.h"

#define NAME_ROOM 36 /* what the names keep of a narrow pane */

#define SPARKS 8     /* benchmarks that the column of the board has at most */

/* X(word, title, width with the blank before it, of the narrowest pane that has it) */
#define COLUMN_TABLE(X) \
	X(size, "size", 7, 0) \
	X(date, "date", 11, 0) \
	X(likes, "likes", 7, 0) \
	X(below, "below", 7, 0) \
	X(board, "board", SPARKS + 2, 100)

static void format_below(const struct browser *browser, size_t node, char *buffer)
{
	figure_count(buffer, browser->tree->scored_below[node]);
}

static void format_likes(const struct browser *browser, size_t node, char *buffer)
{
	double likes = browser->tree->catalog->models[node].likes;

	if (isnan(likes))
		strcpy(buffer, "·");
	else
		figure_count(buffer, (size_t)likes);
}

static void format_date(const struct browser *browser, size_t node, char *buffer)
{
	double days = browser->tree->catalog->models[node].uploaded;

	if (isnan(days))
		strcpy(buffer, "·");
	else
		date_format(days, buffer);
}

static void format_size(const struct browser *browser, size_t node, char *buffer)
{
	double billions = browser->tree->catalog->models[node].params_b;

	if (isnan(billions))
		strcpy(buffer, "·");
	else
		snprintf(buffer, FIGURE_SIZE, "%.*fB", billions < 100 ? 1 : 0, billions);
}

/* The first benchmarks of the board as published, each a block as high as the value is on its scale. */
static void format_board(const struct browser *browser, size_t node, char *buffer)
{
	static const char *const blocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

	*buffer = '\0';
	for (size_t i = 1; i < browser->row_count && i <= SPARKS && browser->tree->catalog->models[node].scored; i++) {
		const struct board_row *row = &browser->rows[i];
		double value = catalog_target(browser->tree->catalog, node, &row->target);
		strcat(buffer, isnan(value) ? "·" : blocks[bar_place(value, (int)(sizeof blocks / sizeof *blocks), &row->scale)]);
	}
}

static const struct column {
	const char *word, *title;
	int width, from;
	void (*format)(const struct browser *browser, size_t node, char *buffer);
} columns[] = {
#define X(word, title, width, from) {#word, title, width, from, format_##word},
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
	int room = width - NAME_ROOM;

	for (; *word && count < CHOSEN_MAX; word += strspn(word, " ")) {
		size_t length = strcspn(word, " ");
		const struct column *column = find_column(word, length);
		word += length;
		if (column && width < column->from)
			continue;
		if (!column || (room -= column->width) < 0)
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
		list[i]->format(browser, node, buffer);
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
