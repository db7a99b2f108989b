#include "tree/lanes.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"

/* A lane waits for the node that its line leads to. */
struct lane {
	bool used;
	uint32_t node;
	uint8_t relation, trust;
};

struct drawing {
	const struct lineage *lineage;
	struct lane lane[LANES_MAX];
	struct lane_line *lines;
	size_t count, capacity;
};

/* What stands in a lane and behind it. */
struct cell {
	const char *sign, *behind;
};

static bool is_guess(uint8_t trust)
{
	return trust <= TRUST_INFERRED;
}

static const char *down_sign(const struct lane *lane)
{
	return !lane->used ? " " : is_guess(lane->trust) ? "┊" : "│";
}

static void cells_plain(const struct drawing *drawing, struct cell *cells)
{
	for (size_t i = 0; i < LANES_MAX; i++)
		cells[i] = (struct cell){down_sign(&drawing->lane[i]), " "};
}

static size_t last_used(const struct cell *cells)
{
	size_t last = LANES_MAX;

	while (last > 0 && strcmp(cells[last - 1].sign, " ") == 0)
		last--;
	return last;
}

static struct lane_line *add_line(struct drawing *drawing, const struct cell *cells, uint32_t node)
{
	drawing->lines = memory_grow(drawing->lines, drawing->count, &drawing->capacity, sizeof *drawing->lines);
	struct lane_line *line = &drawing->lines[drawing->count++];
	*line = (struct lane_line){.node = node};
	for (size_t i = 0; i < last_used(cells); i++) {
		strcat(line->text, cells[i].sign);
		strcat(line->text, cells[i].behind);
	}
	return line;
}

/* What a sign becomes when a horizontal line crosses it. */
static const char *crossed(const char *sign)
{
	static const struct {
		const char *sign, *crossed;
	} table[] = {
		{" ", "─"}, {"│", "┼"}, {"┊", "┼"}, {"╮", "┬"}, {"╭", "┬"}, {"╯", "┴"}, {"┤", "┼"}, {"├", "┼"},
	};

	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (strcmp(table[i].sign, sign) == 0)
			return table[i].crossed;
	return sign;
}

/* A horizontal line from lane `from` to lane `to`, crossing what goes down. */
static void connect(struct cell *cells, size_t from, size_t to, const char *end)
{
	size_t low = from < to ? from : to, high = from < to ? to : from;

	for (size_t i = low; i < high; i++) {
		cells[i].behind = "─";
		if (i > low)
			cells[i].sign = crossed(cells[i].sign);
	}
	cells[to].sign = end;
}

/* ---- nodes ------------------------------------------------------------------ */

static size_t free_lane(const struct drawing *drawing)
{
	size_t lane = 0;

	while (lane < LANES_MAX && drawing->lane[lane].used)
		lane++;
	return lane;
}

static size_t waiting_lane(const struct drawing *drawing, uint32_t node)
{
	size_t lane = 0;

	while (lane < LANES_MAX && !(drawing->lane[lane].used && drawing->lane[lane].node == node))
		lane++;
	return lane;
}

/* The node's own line; all lanes that wait for it end here, but its own.
 * Returns its lane, LANES_MAX when none leads to it. */
static size_t draw_node(struct drawing *drawing, const struct lineage_share *share)
{
	struct cell cells[LANES_MAX];
	size_t own = waiting_lane(drawing, share->node);
	struct lane edge = own < LANES_MAX ? drawing->lane[own] : (struct lane){.trust = TRUST_NONE};

	if (own == LANES_MAX && drawing->count == 0)
		own = 0; /* the child itself */
	cells_plain(drawing, cells);
	for (size_t i = own + 1; own < LANES_MAX && i < LANES_MAX; i++) {
		if (!drawing->lane[i].used || drawing->lane[i].node != share->node)
			continue;
		drawing->lane[i].used = false;
		connect(cells, own, i, "╯");
	}
	if (own < LANES_MAX) {
		cells[own].sign = "●";
		drawing->lane[own].used = false;
	}
	struct lane_line *line = add_line(drawing, cells, share->node);
	line->share = share->share;
	line->relation = edge.relation;
	line->trust = edge.trust;
	return own;
}

/* ---- parents ----------------------------------------------------------------- */

/* Gives each parent that has a share a lane, the first one the node's own; draws
 * the lines to those elsewhere.  Returns how many found none. */
static size_t draw_parents(struct drawing *drawing, uint32_t node, size_t own)
{
	struct cell cells[LANES_MAX];
	size_t count, hidden = 0;
	const struct lineage_parent *parents = lineage_parents(drawing->lineage, node, &count);
	bool linked = false;

	cells_plain(drawing, cells);
	for (size_t p = 0; p < count; p++) {
		if (parents[p].weight <= 0)
			continue;
		size_t lane = waiting_lane(drawing, parents[p].node);
		bool known = lane < LANES_MAX;
		if (!known)
			lane = own < LANES_MAX && !drawing->lane[own].used ? own : free_lane(drawing);
		if (lane == LANES_MAX) {
			hidden++;
			continue;
		}
		if (!known)
			drawing->lane[lane] = (struct lane){true, parents[p].node, parents[p].relation,
							    parents[p].trust};
		if (own == LANES_MAX || lane == own)
			continue;
		connect(cells, own, lane, lane > own ? known ? "┤" : "╮" : known ? "├" : "╭");
		linked = true;
	}
	if (linked) {
		bool goes_on = drawing->lane[own].used, left = own > 0 && strcmp(cells[own - 1].behind, "─") == 0;
		bool right = strcmp(cells[own].behind, "─") == 0;
		cells[own].sign = left && right ? (goes_on ? "┼" : "┴") : left ? (goes_on ? "┤" : "╯")
								     : goes_on ? "├" : "╰";
		add_line(drawing, cells, LANES_LINK);
	}
	return hidden;
}

struct lane_line *lanes_draw(const struct lineage *lineage, size_t model, size_t *count)
{
	struct lineage_walk *walk = lineage_walk_new(lineage);
	struct drawing drawing = {.lineage = lineage};
	size_t ancestors;
	const struct lineage_share *shares = lineage_ancestors(walk, model, &ancestors);

	/* Parents first there, children first here. */
	for (size_t i = ancestors; i-- > 0;) {
		size_t line = drawing.count, own = draw_node(&drawing, &shares[i]);
		size_t hidden = draw_parents(&drawing, shares[i].node, own);
		drawing.lines[line].hidden = hidden;
	}
	lineage_walk_free(walk);
	*count = drawing.count;
	return drawing.lines;
}
