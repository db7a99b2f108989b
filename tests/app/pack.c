/* What is packed: the same catalog as from the rows, void when the data change,
 * and no harm whatever its bytes are. */
#include "app.h"

#include <float.h>
#include <sqlite3.h>

#include "packed.h"
#include "stemma/base/utf8.h"

static void fill(struct store *store)
{
	struct edge_facts merge = {.child = "m/merge", .parent = "b/base", .relation = RELATION_MERGE,
				   .weight = 0.25, .method = "slerp", .source = "test",
				   .trust = TRUST_CONFIGURATION};
	struct alias_facts alias = {.alias = "old/base", .current = "b/base", .source = "test"};
	struct error error = {0};
	enum change change;

	begin(store);
	put_model(store, "b/base", "2023-06-01");
	put_model(store, "z/\xe6\xa9\xa1-e\xcc\x81", NULL);
	put_model(store, "a/child", "2024-01-31");
	put_edge(store, "a/child", "b/base", NAN, TRUST_DECLARED);
	put_edge(store, "m/merge", "a/child", 0.75, TRUST_CONFIGURATION);
	expect_ok(store_put_edge(store, &merge, &change, &error), &error);
	put_edge(store, "c/one", "c/two", NAN, TRUST_DECLARED);
	put_edge(store, "c/two", "c/one", NAN, TRUST_INFERRED);
	put_score(store, "b/base", "user", "ifeval", 40.25);
	put_score(store, "a/child", "user", "bbh", 50);
	put_score(store, "c/one", "user", "math_lvl_5", 7);
	put_score(store, "c/one", "user", "math_lvl_5_2024", 8);
	put_score(store, "c/two", "user", "math_lvl_5_2024", 9);
	put_score(store, "m/merge", "user", "math_lvl_5", 9);
	expect_ok(store_put_alias(store, &alias, &change, &error), &error);
	commit(store);
}

static int setup(void **state)
{
	cache_set_up(state);
	struct cache *cache = *state;
	fill(cache->store);
	cache->catalog = load(cache->store);
	return 0;
}

static void pack(const struct cache *cache)
{
	struct error error = {0};

	expect_ok(catalog_pack(cache->catalog, cache->store, NULL, &error), &error);
}

/* What is loaded now, in place of what was. */
static void reload(struct cache *cache, bool unpacked)
{
	catalog_free(cache->catalog);
	cache->catalog = load(cache->store);
	assert_int_equal(cache->catalog->unpacked, unpacked);
}

/* As another program would. */
static void run_sql(const struct cache *cache, const char *sql)
{
	sqlite3 *database;

	assert_int_equal(sqlite3_open(cache->place.cache, &database), SQLITE_OK);
	assert_int_equal(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(database);
}

static char *difference(const struct cache *cache)
{
	struct error error = {0};
	char *finding;

	expect_ok(catalog_check_packed(cache->catalog, cache->store, &finding, &error), &error);
	return finding;
}

static void it_is_the_same_catalog(void **state)
{
	struct cache *cache = *state;
	struct catalog *rows = cache->catalog;
	size_t count, base = catalog_find(rows, "b/base"), merge = catalog_find(rows, "m/merge");

	assert_false(rows->unpacked);
	pack(cache);
	cache->catalog = NULL;
	reload(cache, true);
	const struct catalog *catalog = cache->catalog;
	assert_null(difference(cache));
	assert_int_equal(catalog->count, 6);
	assert_int_equal(catalog_find(catalog, "OLD/base"), base);
	assert_int_equal(catalog_find_id(catalog, rows->models[merge].id), merge);
	for (size_t i = 0; i < catalog->count; i++) {
		assert_string_equal(catalog->models[i].name, rows->models[i].name);
		assert_int_equal(catalog->by_name[i], rows->by_name[i]);
		assert_int_equal(catalog->name_start[i], rows->name_start[i]);
		assert_int_equal(lineage_order(catalog->lineage)[i], lineage_order(rows->lineage)[i]);
	}
	assert_string_equal(catalog->models[base].architecture, "LlamaForCausalLM");
	assert_string_equal(catalog->models[merge].merge_method, "slerp");
	assert_null(catalog->models[merge].architecture);
	assert_true(catalog->models[base].params_b >= 7.24 && catalog->models[base].params_b <= 7.24);
	assert_true(isnan(catalog->models[base].likes));
	assert_int_equal(catalog->benchmark_count, rows->benchmark_count);
	size_t ifeval = catalog_benchmark(catalog, "ifeval");
	assert_true(fabs(catalog_score(catalog, base, ifeval) - 40.25) < 1e-12);
	assert_true(isnan(catalog_score(catalog, merge, ifeval)));
	const struct lineage_parent *parents = lineage_parents(catalog->lineage, merge, &count);
	assert_int_equal(count, 2);
	assert_int_equal(parents[1].node, base);
	assert_true(fabs((double)parents[1].weight - 0.25) < 1e-7);
	lineage_children(catalog->lineage, base, &count);
	assert_int_equal(count, 2);
	lineage_cuts(catalog->lineage, &count);
	assert_int_equal(count, 1);
	catalog_free(rows);
}

static void gaps_in_the_numbers_are_kept(void **state)
{
	struct cache *cache = *state;

	run_sql(cache, "DELETE FROM models WHERE name = 'a/child'; UPDATE models SET likes = 16777217,"
			 " params_b = 7.2 WHERE name = 'b/base'");
	reload(cache, false);
	assert_false(cache->catalog->dense);
	pack(cache);
	reload(cache, true);
	assert_null(difference(cache));
	assert_int_equal(cache->catalog->count, 5);
}

/* Packing changes no data: what was learned of them stays good. */
static void it_holds_for_one_version(void **state)
{
	struct cache *cache = *state;
	int64_t version = store_data_version(cache->store);

	pack(cache);
	assert_true(store_data_version(cache->store) == version);
	reload(cache, true);
	run_sql(cache, "UPDATE models SET license = 'mit' WHERE name = 'b/base'");
	pack(cache); /* of the old version: not kept */
	reload(cache, false);
	assert_string_equal(cache->catalog->models[catalog_find(cache->catalog, "b/base")].license, "mit");
	pack(cache);
	reload(cache, true);
	begin(cache->store);
	put_score(cache->store, "m/merge", "user", "ifeval", 60);
	commit(cache->store);
	reload(cache, false);
}

/* They change without the version of the data. */
static void aliases_and_benchmarks_are_read_anew(void **state)
{
	struct cache *cache = *state;

	pack(cache);
	run_sql(cache, "INSERT INTO aliases (alias, model, source) SELECT 'new/name', id, 'x' FROM models"
			 " WHERE name = 'a/child'");
	reload(cache, true);
	assert_int_equal(catalog_find(cache->catalog, "new/name"), catalog_find(cache->catalog, "a/child"));
	/* A benchmark is part of what is learned from. */
	run_sql(cache, "UPDATE benchmarks SET title = 'Renamed' WHERE key = 'ifeval'");
	reload(cache, false);
	assert_string_equal(cache->catalog->benchmarks[catalog_benchmark(cache->catalog, "ifeval")].title, "Renamed");
	run_sql(cache, "INSERT INTO benchmarks (id, key, title) VALUES (99, 'new', 'New')");
	reload(cache, false);
}

static void check_a_difference(struct cache *cache, const char *sql, const char *said)
{
	pack(cache);
	run_sql(cache, sql);
	reload(cache, true);
	char *finding = difference(cache);
	assert_non_null(finding);
	assert_non_null(strstr(finding, said));
	free(finding);
	struct error error = {0};
	expect_ok(catalog_drop_packed(cache->catalog, cache->store, &error), &error);
	reload(cache, false);
}

/* The triggers count changes by hand; without them only the check can tell. */
static void the_check_finds_what_differs(void **state)
{
	struct cache *cache = *state;

	run_sql(cache, "DROP TRIGGER models_changed; DROP TRIGGER scores_changed; DROP TRIGGER edges_changed;"
			 "DROP TRIGGER models_added; DROP TRIGGER edges_removed");
	check_a_difference(cache, "UPDATE models SET license = 'mit' WHERE name = 'b/base'", "facts, at b/base");
	check_a_difference(cache, "UPDATE scores SET value = 41 WHERE value = 40.25", "scores, at b/base");
	check_a_difference(cache, "UPDATE edges SET relation = 'quantized' WHERE relation = 'finetune'", "parents");
	check_a_difference(cache, "INSERT INTO models (name) VALUES ('n/new')", "has 6 models, the rows have 7");
	check_a_difference(cache, "DELETE FROM edges WHERE trust = 20", "cycles");
}

static void report_stop(void *context, const char *stage, double fraction)
{
	(void)stage;
	if (fraction > 0.1)
		progress_cancel(context);
}

static void a_stop_leaves_what_was(void **state)
{
	struct cache *cache = *state;
	struct progress progress = {.report = report_stop};
	struct error error = {0};

	progress.context = &progress;
	pack(cache);
	assert_int_equal(catalog_pack(cache->catalog, cache->store, &progress, &error), STATUS_CANCELLED);
	reload(cache, true);
	assert_null(difference(cache));
	begin(cache->store); /* no transaction was left open */
	commit(cache->store);
}

/* ---- bytes of any kind --------------------------------------------------------------- */

/* Scores and their rows, each of one model. */
static void use_scores(const struct catalog *catalog)
{
	size_t scored = 0;

	for (size_t i = 0; i < catalog->count; i++) {
		assert_true(catalog->score_row[i] <= catalog->scored_count);
		assert_true((catalog->score_row[i] > 0) == catalog->models[i].scored);
		scored += catalog->models[i].scored;
	}
	assert_int_equal(scored, catalog->scored_count);
	assert_int_equal(catalog->cell_start[0], 0);
	assert_int_equal(catalog->cell_start[1], 0);
	for (size_t row = 1; row <= catalog->scored_count; row++)
		for (size_t i = catalog->cell_start[row]; i < catalog->cell_start[row + 1]; i++) {
			const struct engine_cell *cell = &catalog->cells[i];
			assert_true(fabs(cell->value) <= DBL_MAX && cell->benchmark < catalog->benchmark_count);
			assert_true(i == catalog->cell_start[row] || cell[-1].benchmark < cell->benchmark);
		}
}

/* Uses what could lead astray. */
static void use(const struct catalog *catalog)
{
	struct engine_data data;
	uint8_t seen[8] = {0};
	size_t count, total = 0;

	assert_true(catalog->count < sizeof seen);
	use_scores(catalog);
	catalog_engine_data(catalog, &data);
	for (size_t i = 0; i < catalog->count; i++) {
		const struct catalog_model *model = &catalog->models[i];
		const char *texts[] = {model->name, model->architecture, model->license, model->source,
				       model->precision, model->merge_method, model->score_source,
				       model->provider, model->base, model->setting};
		for (size_t t = 0; t < sizeof texts / sizeof *texts; t++)
			assert_true(!texts[t] || utf8_is_clean(texts[t]));
		assert_true(catalog->by_name[i] < catalog->count && seen[catalog->by_name[i]]++ == 0);
		assert_true(model->kind < KIND_COUNT && kind_name(model->kind) != NULL);
		assert_true(model->chat_template >= ANSWER_UNKNOWN && model->chat_template <= ANSWER_YES);
		assert_true(model->id > (i ? catalog->models[i - 1].id : 0));
		assert_true(model->name[0] != '\0');
		const struct lineage_parent *parents = lineage_parents(catalog->lineage, i, &count);
		for (size_t p = 0; p < count; p++)
			assert_true(parents[p].node < catalog->count && parents[p].weight >= 0);
		const uint32_t *children = lineage_children(catalog->lineage, i, &count);
		for (size_t c = 0; c < count; c++)
			total += children[c];
		assert_true(strlen(model->name) + 1 == catalog->name_start[i + 1] - catalog->name_start[i]);
		total += isnan(engine_data_score(&data, i, 0)) ? 1 : 0;
	}
	struct lineage_walk *walk = lineage_walk_new(catalog->lineage);
	for (size_t i = 0; i < catalog->count; i++)
		lineage_ancestors(walk, i, &count);
	lineage_walk_free(walk);
	assert_true(total < 1000);
	catalog_find(catalog, "a/child");
}

struct piece {
	sqlite3_int64 id;
	int size;
	unsigned char bytes[4096];
};

static size_t read_pieces(sqlite3 *database, struct piece *pieces, size_t most)
{
	sqlite3_stmt *rows;
	size_t count = 0;

	assert_int_equal(sqlite3_prepare_v2(database, "SELECT id, bytes FROM packed", -1, &rows, NULL), SQLITE_OK);
	for (; sqlite3_step(rows) == SQLITE_ROW; count++) {
		assert_true(count < most);
		pieces[count].id = sqlite3_column_int64(rows, 0);
		pieces[count].size = sqlite3_column_bytes(rows, 1);
		assert_true((size_t)pieces[count].size < sizeof pieces->bytes);
		memcpy(pieces[count].bytes, sqlite3_column_blob(rows, 1), (size_t)pieces[count].size);
	}
	sqlite3_finalize(rows);
	return count;
}

static void write_piece(sqlite3 *database, const struct piece *piece)
{
	sqlite3_stmt *put;

	assert_int_equal(sqlite3_prepare_v2(database, "UPDATE packed SET bytes = ?2 WHERE id = ?1", -1, &put, NULL),
			 SQLITE_OK);
	sqlite3_bind_int64(put, 1, piece->id);
	sqlite3_bind_blob(put, 2, piece->bytes, piece->size, SQLITE_STATIC);
	assert_int_equal(sqlite3_step(put), SQLITE_DONE);
	sqlite3_finalize(put);
}

/* Loads with a damaged piece; whether it was taken all the same. */
static bool try_piece(struct cache *cache, sqlite3 *database, const struct piece *piece)
{
	write_piece(database, piece);
	struct catalog *catalog = load(cache->store);
	use(catalog);
	bool taken = catalog->unpacked;
	if (!taken)
		assert_int_equal(catalog->count, cache->catalog->count);
	catalog_free(catalog);
	return taken;
}

static enum packed_block block_of(const struct piece *piece)
{
	return (enum packed_block)(piece->id >> 32);
}

/* Bytes that must be as they are: of the header all but the end of the mark, the first
 * id, and the end of the last text. */
static bool is_vital(const struct piece *piece, size_t byte)
{
	if (block_of(piece) == PACKED_HEADER)
		return byte != sizeof PACKED_MARK && (byte < offsetof(struct packed_header, first_id) ||
						      byte >= offsetof(struct packed_header, size));
	return block_of(piece) == PACKED_TEXTS_BYTES && byte + 1 == (size_t)piece->size;
}

struct tries {
	size_t tried, taken;
};

static void try_bytes(struct cache *cache, sqlite3 *database, const struct piece *piece, struct tries *tries)
{
	static const unsigned char masks[] = {0x01, 0x80, 0xFF, 0x10};
	struct piece changed = *piece;

	for (size_t i = 0; i < (size_t)changed.size; i++)
		for (int way = 0; way < 3; way++) {
			unsigned char was = piece->bytes[i];
			changed.bytes[i] = way == 0 ? was ^ masks[i % sizeof masks] : way == 1 ? 0 : 0x7F;
			if (changed.bytes[i] == was)
				continue;
			bool taken = try_piece(cache, database, &changed);
			assert_false(taken && is_vital(piece, i));
			tries->taken += taken;
			tries->tried++;
			changed.bytes[i] = was;
		}
	changed.size = piece->size - 1;
	assert_false(try_piece(cache, database, &changed));
	changed.size = piece->size + 1;
	assert_false(try_piece(cache, database, &changed));
	write_piece(database, piece);
}

/* Sizes whose sum is right only because it is too large for its 64 bits. */
static void try_sizes(struct cache *cache, sqlite3 *database, const struct piece *header)
{
	const enum packed_block blocks[] = {PACKED_TEXTS_BYTES, PACKED_CELLS, PACKED_PARENTS, PACKED_CUTS};
	struct piece changed = *header;

	for (size_t i = 1; i < sizeof blocks / sizeof *blocks; i++) {
		struct packed_header sizes;
		memcpy(&sizes, header->bytes, sizeof sizes);
		sizes.size[blocks[i - 1]] += UINT64_C(1) << 63;
		sizes.size[blocks[i]] += UINT64_C(1) << 63;
		memcpy(changed.bytes, &sizes, sizeof sizes);
		assert_false(try_piece(cache, database, &changed));
	}
	write_piece(database, header);
}

/* Changes that make up for each other. */
static void try_pairs(struct cache *cache, sqlite3 *database, const struct piece *names,
		      const struct piece *lengths, const struct piece *scores)
{
	struct piece changed = *names, other = *lengths;
	uint32_t length[2];
	double endless = INFINITY;

	/* An end that is not where the lengths say. */
	memcpy(length, lengths->bytes, sizeof length);
	length[0]--;
	length[1]++;
	memcpy(other.bytes, length, sizeof length);
	assert_false(try_piece(cache, database, &other));
	/* A name without letters. */
	length[1] += length[0] - 1;
	length[0] = 1;
	memcpy(other.bytes, length, sizeof length);
	size_t first = strlen((const char *)names->bytes);
	changed.bytes[0] = '\0';
	memcpy(changed.bytes + 1, names->bytes, first);
	write_piece(database, &other);
	assert_false(try_piece(cache, database, &changed));
	write_piece(database, lengths);
	write_piece(database, names);
	changed = *scores;
	memcpy(changed.bytes + offsetof(struct engine_cell, value), &endless, sizeof endless);
	assert_false(try_piece(cache, database, &changed));
	write_piece(database, scores);
}

static void try_all(struct cache *cache, struct tries *tries)
{
	struct piece *pieces = calloc(32, sizeof *pieces);
	sqlite3 *database;

	pack(cache);
	assert_int_equal(sqlite3_open(cache->place.cache, &database), SQLITE_OK);
	sqlite3_exec(database, "PRAGMA synchronous = OFF", NULL, NULL, NULL);
	size_t count = read_pieces(database, pieces, 32);
	assert_true(count > 10 && block_of(&pieces[0]) == PACKED_HEADER);
	try_sizes(cache, database, &pieces[0]);
	const struct piece *of[PACKED_BLOCKS] = {NULL};
	for (size_t p = 0; p < count; p++)
		of[block_of(&pieces[p])] = &pieces[p];
	try_pairs(cache, database, of[PACKED_NAMES], of[PACKED_LENGTHS], of[PACKED_CELLS]);
	for (size_t p = 0; p < count; p++)
		try_bytes(cache, database, &pieces[p], tries);
	reload(cache, true);
	sqlite3_close(database);
	free(pieces);
}

static void no_bytes_do_harm(void **state)
{
	struct cache *cache = *state;
	struct tries tries = {0};

	try_all(cache, &tries);
	run_sql(cache, "DELETE FROM models WHERE name = 'a/child'"); /* now there are ids */
	reload(cache, false);
	try_all(cache, &tries);
	/* A letter of a name is as good as another, and a score as another. */
	print_message("# %zu bytes of what is packed changed, %zu taken\n", tries.tried, tries.taken);
	assert_true(tries.tried > 500 && tries.taken < tries.tried / 2);
}

/* ---- the session ---------------------------------------------------------------------- */

static void a_session_packs_what_is_large(void **state)
{
	struct cache *cache = *state;
	struct session *session;
	struct error error = {0};

	expect_ok(session_open(cache->place.cache, true, NULL, NULL, &session, &error), &error);
	assert_false(session_wants_pack(session)); /* six models are few */
	setenv("STEMMA_PACK", "6", 1);
	assert_true(session_wants_pack(session));
	put_model(session->store, "y/young", "2025-01-01");
	expect_ok(session_pack(session, NULL, &error), &error); /* reads it again first */
	assert_int_equal(session->catalog->count, 7);
	assert_false(session_wants_pack(session));
	session_close(session);
	expect_ok(session_open(cache->place.cache, true, NULL, NULL, &session, &error), &error);
	assert_true(session->catalog->unpacked);
	assert_false(session_wants_pack(session));
	session_close(session);
	unsetenv("STEMMA_PACK");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, cache_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(it_is_the_same_catalog),
		TEST(gaps_in_the_numbers_are_kept),
		TEST(it_holds_for_one_version),
		TEST(aliases_and_benchmarks_are_read_anew),
		TEST(the_check_finds_what_differs),
		TEST(a_stop_leaves_what_was),
		TEST(no_bytes_do_harm),
		TEST(a_session_packs_what_is_large),
	};
	return cmocka_run_group_tests_name("tests/app/pack", tests, NULL, NULL);
}
