#include "stemma/app/board.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "stemma/base/memory.h"


void board_free(struct board *board)
{
	free(board->name);
	free(board->benchmark);
	*board = (struct board){0};
}

struct board board_copy(const struct board *board)
{
	struct board copy = *board;

	copy.name = memory_string(board->name);
	copy.benchmark = memory_allocate(board->count + 1, sizeof *copy.benchmark);
	if (board->count > 0)
		memcpy(copy.benchmark, board->benchmark, board->count * sizeof *copy.benchmark);
	return copy;
}

bool board_has(const struct board *board, size_t benchmark)
{
	for (size_t i = 0; i < board->count; i++)
		if (board->benchmark[i] == benchmark)
			return true;
	return false;
}

void board_add(struct board *board, size_t benchmark)
{
	if (board_has(board, benchmark))
		return;
	board->benchmark = memory_resize(board->benchmark, board->count + 1, sizeof *board->benchmark);
	board->benchmark[board->count++] = (uint32_t)benchmark;
}

void board_remove(struct board *board, size_t benchmark)
{
	size_t kept = 0;

	for (size_t i = 0; i < board->count; i++)
		if (board->benchmark[i] != benchmark)
			board->benchmark[kept++] = board->benchmark[i];
	board->count = kept;
}

/* ---- suites ------------------------------------------------------------------------ */

static const char *suite_of(const struct catalog_benchmark *benchmark)
{
	return benchmark->suite ? benchmark->suite : BOARD_OWN_SUITE;
}

/* Of two scorings of one test the one with more models, the plain one when they are equal. */
static bool is_drawn(const struct catalog *catalog, size_t number)
{
	const struct catalog_benchmark *benchmark = &catalog->benchmarks[number];

	if (benchmark->hidden)
		return false;
	if (benchmark->other != CATALOG_NONE)
		return benchmark->models > catalog->benchmarks[benchmark->other].models;
	for (size_t b = 0; b < catalog->benchmark_count; b++)
		if (catalog->benchmarks[b].other == number && catalog->benchmarks[b].models > benchmark->models)
			return false;
	return true;
}

struct suites {
	struct board *list;
	size_t count, *models; /* with a score on any benchmark of the suite */
};

static size_t suites_find(const struct suites *suites, const char *name)
{
	size_t i = 0;

	while (i < suites->count && strcasecmp(suites->list[i].name, name) != 0)
		i++;
	return i;
}

static void collect_suites(struct suites *suites, const struct catalog *catalog)
{
	size_t *suite = memory_allocate(catalog->benchmark_count + 1, sizeof *suite);

	suites->list = memory_zero(catalog->benchmark_count + 1, sizeof *suites->list);
	for (size_t b = 0; b < catalog->benchmark_count; b++) {
		const char *name = suite_of(&catalog->benchmarks[b]);
		suite[b] = suites_find(suites, name);
		if (suite[b] == suites->count)
			suites->list[suites->count++] = (struct board){.name = memory_string(name), .suite = true};
		if (is_drawn(catalog, b))
			board_add(&suites->list[suite[b]], b);
	}
	suites->models = memory_zero(suites->count + 1, sizeof *suites->models);
	size_t *last = memory_zero(suites->count + 1, sizeof *last);
	for (size_t row = 1; row <= catalog->scored_count; row++)
		for (size_t i = catalog->cell_start[row]; i < catalog->cell_start[row + 1]; i++) {
			size_t of = suite[catalog->cells[i].benchmark];
			suites->models[of] += last[of] != row;
			last[of] = row;
		}
	free(last);
	free(suite);
}

/* ---- the boards there are --------------------------------------------------------------- */

static void boards_append(struct boards *boards, struct board board)
{
	boards->list = memory_resize(boards->list, boards->count + 1, sizeof *boards->list);
	boards->list[boards->count++] = board;
}

struct kept_boards {
	struct boards *boards;
	const struct catalog *catalog;
};

static bool take_kept(void *context, const char *name, const int64_t *benchmarks, size_t count)
{
	struct kept_boards *kept = context;
	struct board board = {.name = memory_string(name)};

	for (size_t i = 0; i < count; i++) {
		size_t benchmark = catalog_benchmark_id(kept->catalog, benchmarks[i]);
		if (benchmark != CATALOG_NONE)
			board_add(&board, benchmark);
	}
	if (board.count > 0)
		boards_append(kept->boards, board);
	else
		board_free(&board);
	return true;
}

enum status boards_load(struct boards *boards, struct store *store, const struct catalog *catalog,
			struct error *error)
{
	struct suites suites = {0};
	struct kept_boards kept = {boards, catalog};

	*boards = (struct boards){0};
	enum status status = store_each_board(store, take_kept, &kept, error);
	collect_suites(&suites, catalog);
	for (bool first = true;; first = false) {
		size_t best = suites.count;
		for (size_t i = 0; i < suites.count; i++)
			if (suites.list[i].count > 0 && (best == suites.count || suites.models[i] > suites.models[best]))
				best = i;
		if (best == suites.count)
			break;
		const struct board *own = boards_find(boards, suites.list[best].name);
		if (first)
			boards->first = own ? (size_t)(own - boards->list) : boards->count;
		if (own)
			board_free(&suites.list[best]);
		else
			boards_append(boards, suites.list[best]);
		suites.list[best] = (struct board){0};
	}
	for (size_t i = 0; i < suites.count; i++)
		board_free(&suites.list[i]);
	free(suites.list);
	free(suites.models);
	return status;
}

void boards_free(struct boards *boards)
{
	for (size_t i = 0; i < boards->count; i++)
		board_free(&boards->list[i]);
	free(boards->list);
	*boards = (struct boards){0};
}

const struct board *boards_find(const struct boards *boards, const char *name)
{
	for (size_t i = 0; i < boards->count; i++)
		if (strcasecmp(boards->list[i].name, name) == 0)
			return &boards->list[i];
	return NULL;
}

enum status board_keep(const struct board *board, struct store *store, const struct catalog *catalog,
		       struct error *error)
{
	int64_t *ids = memory_allocate(board->count + 1, sizeof *ids);

	for (size_t i = 0; i < board->count; i++)
		ids[i] = catalog->benchmarks[board->benchmark[i]].id;
	enum status status = store_put_board(store, board->name, ids, board->count, error);
	free(ids);
	return status;
}

/* ---- words ------------------------------------------------------------------------------ */

static enum status add_word(const struct catalog *catalog, const struct boards *boards, const char *word,
			    struct board *board, struct text *said, struct error *error)
{
	size_t benchmark = catalog_benchmark(catalog, word);
	const struct board *other = benchmark == CATALOG_NONE ? boards_find(boards, word) : NULL;

	for (size_t i = 0; other && i < other->count; i++)
		board_add(board, other->benchmark[i]);
	if (other)
		return STATUS_OK;
	enum status status = catalog_find_benchmark(catalog, word, &benchmark, said, error);
	if (status == STATUS_OK)
		board_add(board, benchmark);
	return status;
}

enum status board_parse(const struct catalog *catalog, const struct boards *boards, const char *words,
			struct board *board, struct text *said, struct error *error)
{
	const struct board *known = boards_find(boards, words);
	char *copy = memory_string(words), *rest = NULL;
	enum status status = STATUS_OK;

	*board = known ? board_copy(known) : (struct board){0};
	for (char *word = known ? NULL : strtok_r(copy, ", ", &rest); word && status == STATUS_OK;
	     word = strtok_r(NULL, ", ", &rest))
		status = add_word(catalog, boards, word, board, said, error);
	if (status == STATUS_OK && board->count == 0)
		status = error_set(error, STATUS_USAGE, "the board has no benchmarks");
	if (status != STATUS_OK)
		board_free(board);
	free(copy);
	return status;
}
