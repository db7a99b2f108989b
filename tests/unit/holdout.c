/* Single scores held out: what is hidden, what is a copy, and what the engine makes
 * of the rest. */
#include "sparse_world.h"

static size_t count_true(const bool *list, size_t count)
{
	size_t found = 0;

	for (size_t i = 0; i < count; i++)
		found += list[i];
	return found;
}

/* Where a model's cell on a benchmark stands. */
static size_t cell_of(const struct world *world, size_t model, size_t benchmark)
{
	size_t count;
	const struct engine_cell *cells = engine_data_cells(&world->data, model, &count);
	const struct engine_cell *cell = engine_cell_find(cells, count, benchmark);

	assert_non_null(cell);
	return (size_t)(cell - world->cells);
}

/* ---- copies -------------------------------------------------------------------------- */

static void copies_are_found(void **state)
{
	(void)state;
	struct world world;
	struct copies copies;

	world_make(&world);
	for (size_t b = 0; b < BENCHMARKS; b++)
		for (size_t i = 10; i < 20; i++)
			world.value[i][b] = 10 + (double)(i * b % 7) + (double)i / 64;
	for (size_t b = 0; b < 4; b++) {
		world.value[11][b] = world.value[10][b]; /* the whole suite: one checkpoint */
		world.value[13][b] = world.value[12][b] = 50; /* all equal: says nothing */
	}
	world.value[15][4] = world.value[14][4]; /* one of four: chance */
	world.model[17].base = world.model[16].base = "o/base";
	world.value[17][8] = world.value[16][8];
	world.benchmark[9].duplicate_of = "B5";
	world_tell(&world);
	copies_find(&world.data, &copies);

	assert_int_equal(copies.suites, SUITES);
	assert_int_equal(copies.checkpoint[11], 10);
	assert_int_equal(copies.checkpoint[13], 13);
	assert_int_equal(copies.checkpoint[15], 15);
	assert_int_equal(copies.checkpoint[17], 17); /* another setting is not the same checkpoint */
	/* A checkpoint's cells are copies on every benchmark, whatever their values. */
	assert_int_equal(copies.first[cell_of(&world, 11, 7)], cell_of(&world, 10, 7));
	assert_int_not_equal(copies.first[cell_of(&world, 11, 7)], copies.first[cell_of(&world, 10, 6)]);
	/* Two settings: where the value is the same. */
	assert_int_equal(copies.first[cell_of(&world, 17, 8)], cell_of(&world, 16, 8));
	assert_int_equal(copies.first[cell_of(&world, 17, 7)], cell_of(&world, 17, 7));
	assert_int_equal(copies.first[cell_of(&world, 15, 4)], cell_of(&world, 15, 4));
	/* What a benchmark shows again, also of the twin. */
	assert_int_equal(copies.first[cell_of(&world, 18, 9)], cell_of(&world, 18, 5));
	assert_int_equal(copies.first[cell_of(&world, 11, 9)], cell_of(&world, 10, 5));
	copies_free(&copies);
	lineage_free(world.lineage);
}

/* ---- splits ---------------------------------------------------------------------------- */

/* Whatever is hidden of a measurement is hidden of its copies, and judged once. */
static void assert_copies_hidden(const struct split *split)
{
	for (size_t c = 0; c < split->copies.cells; c++) {
		size_t judged = 0;
		for (size_t other = 0; other < split->copies.cells; other++)
			if (split->copies.first[other] == split->copies.first[c]) {
				judged += split->judged[other];
				assert_true(!split->judged[c] || split->hidden[other]);
			}
		assert_true(judged <= 1);
		assert_true(!split->judged[c] || split->hidden[c]);
	}
}

static void cells_are_drawn_by_name(void **state)
{
	(void)state;
	struct world world;
	struct split split, other;
	struct holdout_settings settings = {.protocol = HOLDOUT_CELLS, .seed = 1, .date = NAN};

	world_make(&world);
	world.benchmark[9].duplicate_of = "b5";
	for (size_t b = 0; b < BENCHMARKS; b++)
		world.value[31][b] = world.value[30][b];
	world_tell(&world);
	make(&world, &settings, 0, &split);
	size_t cells = split.copies.cells, hidden = count_true(split.hidden, cells);
	assert_in_range(hidden, cells / 15, cells / 7);
	assert_in_range(count_true(split.judged, cells), hidden * 3 / 4, hidden - 1);
	assert_copies_hidden(&split);

	/* Another seed hides others; a cell that is gone changes nothing for the rest. */
	struct holdout_settings seeded = settings;
	seeded.seed = 2;
	make(&world, &seeded, 0, &other);
	assert_memory_not_equal(split.hidden, other.hidden, cells);
	split_free(&other);
	bool before[MODELS][BENCHMARKS] = {{false}};
	for (size_t i = 60; i < MODELS; i++)
		for (size_t b = 0; b < BENCHMARKS; b++)
			if (!isnan(world.value[i][b]))
				before[i][b] = split.hidden[cell_of(&world, i, b)];
	for (size_t b = 0; b < BENCHMARKS; b++)
		world.value[3][b] = NAN;
	world_tell(&world);
	make(&world, &settings, 0, &other);
	for (size_t i = 60; i < MODELS; i++)
		for (size_t b = 0; b < BENCHMARKS; b++)
			if (!isnan(world.value[i][b]))
				assert_int_equal(before[i][b], other.hidden[cell_of(&world, i, b)]);
	split_free(&split);
	split_free(&other);
	lineage_free(world.lineage);
}

static void blocks_are_whole(void **state)
{
	(void)state;
	struct world world;
	struct split split;
	struct holdout_settings settings = {.protocol = HOLDOUT_BLOCKS, .seed = 3, .date = NAN};
	size_t blocks = 0;

	world_make(&world);
	for (size_t b = 4; b < BENCHMARKS; b++)
		for (size_t i = 0; i < MODELS / 2; i++)
			world.value[i][b] = NAN; /* these have one suite only */
	world_tell(&world);
	make(&world, &settings, 0, &split);
	for (size_t i = 0; i < MODELS; i++)
		for (size_t suite = 0; suite < SUITES; suite++) {
			size_t known = 0, hidden = 0;
			for (size_t b = 4 * suite; b < 4 * suite + 4; b++)
				if (!isnan(world.value[i][b])) {
					known++;
					hidden += split.hidden[cell_of(&world, i, b)];
				}
			assert_true(hidden == 0 || hidden == known);
			assert_true(hidden == 0 || i >= MODELS / 2);
			blocks += hidden > 0;
		}
	assert_in_range(blocks, 3, 25); /* 180 / 16 = 11 */
	split_free(&split);
	lineage_free(world.lineage);
}

static void warm_and_cold_are_the_same_models(void **state)
{
	(void)state;
	struct world world;
	struct split warm, cold;
	struct holdout_settings settings = {.protocol = HOLDOUT_WARM, .seed = 1, .date = NAN};
	struct holdout_settings colder = {.protocol = HOLDOUT_COLD, .seed = 1, .date = NAN};
	size_t held_out = 0, shown = 0;

	world_make(&world);
	make(&world, &settings, 0, &warm);
	make(&world, &colder, 0, &cold);
	for (size_t i = 0; i < MODELS; i++) {
		size_t begin = world.cell_start[i + 1], count = world.cell_start[i + 2] - begin;
		size_t hidden = count_true(cold.hidden + begin, count), half = count_true(warm.hidden + begin, count);
		assert_true(hidden == 0 || hidden == count);
		assert_true(hidden > 0 || half == 0);
		held_out += hidden > 0;
		shown += hidden - half;
		/* A model of which nothing is shown is not judged as a warm one. */
		assert_true(half < count || count_true(warm.judged + begin, count) == 0);
	}
	assert_in_range(held_out, 8, 24); /* 120 / 8 = 15 */
	assert_in_range(shown, held_out * 2, held_out * 6); /* 8 each, half of them */
	assert_int_equal(count_true(cold.judged, cold.copies.cells), count_true(cold.hidden, cold.copies.cells));
	split_free(&warm);
	split_free(&cold);
	lineage_free(world.lineage);
}

static void late_looks_forward_only(void **state)
{
	(void)state;
	struct world world;
	struct split split;
	struct holdout_settings settings = {.protocol = HOLDOUT_LATE_COLD, .seed = 1, .date = 19110};

	world_make(&world);
	world.model[50].uploaded = 19115; /* its children 100 and 101 seem older */
	world_tell(&world);
	make(&world, &settings, 0, &split);
	for (size_t i = 0; i < MODELS; i++) {
		size_t begin = world.cell_start[i + 1], count = world.cell_start[i + 2] - begin;
		bool late = i >= 110 || i == 50, child = i == 100 || i == 101;
		assert_int_equal(count_true(split.hidden + begin, count), late || child ? count : 0);
		assert_int_equal(count_true(split.judged + begin, count), late ? count : 0);
	}
	split_free(&split);
	/* Without a date, a tenth of the models that have one. */
	settings.date = NAN;
	world.model[50].uploaded = 19050;
	for (size_t i = 0; i < 20; i++)
		world.model[i].uploaded = NAN;
	make(&world, &settings, 0, &split);
	for (size_t i = 0; i < MODELS; i++)
		if (world.cell_start[i + 2] > world.cell_start[i + 1])
			assert_int_equal(split.judged[world.cell_start[i + 1]], i >= 110);
	split_free(&split);
	lineage_free(world.lineage);
}

static void new_benchmarks_keep_a_few(void **state)
{
	(void)state;
	struct world world;
	struct split split;
	struct holdout_settings settings = {.protocol = HOLDOUT_NEW, .seed = 1, .date = NAN, .keep = 5, .sample = 2};
	size_t met[BENCHMARKS] = {0};

	world_make(&world);
	for (size_t i = 0; i < MODELS; i++) /* alpha has most of the cells: it is not hidden as a whole */
		for (size_t b = 4; b < BENCHMARKS; b++)
			if (b < 8 ? i % 3 > 0 : b > 9)
				world.value[i][b] = NAN;
	world_tell(&world);
	split_begin(&split, &world.data, &settings);
	for (size_t fold = 0; fold < split.folds; fold++) {
		bool judges[BENCHMARKS] = {false}, suite_judged[SUITES] = {false};
		split_make(&split, fold);
		for (size_t c = 0; c < split.copies.cells; c++)
			if (split.judged[c])
				judges[world.cells[c].benchmark] = suite_judged[world.cells[c].benchmark / 4] = true;
		for (size_t b = 0; b < BENCHMARKS; b++) {
			size_t known = 0, hidden = 0;
			for (size_t c = 0; c < split.copies.cells; c++)
				if (world.cells[c].benchmark == b)
					known++, hidden += split.hidden[c];
			met[b] += judges[b];
			if (judges[b])
				assert_int_equal(known - hidden, 5);
			else
				assert_int_equal(hidden, suite_judged[b / 4] && b / 4 != 0 ? known : 0);
		}
	}
	assert_int_equal(met[0] + met[1] + met[2] + met[3], 2); /* two of a suite, */
	assert_int_equal(met[4] + met[5] + met[6] + met[7], 0); /* none with fewer than 60 models, */
	assert_int_equal(met[8] + met[9], 2);
	assert_int_equal(met[10] + met[11], 0);
	split_free(&split);
	lineage_free(world.lineage);
}

static void given_cells_are_hidden(void **state)
{
	(void)state;
	struct world world;
	struct split split;
	struct holdout_given given[2 * MODELS];
	size_t count = 0;

	world_make(&world);
	for (uint32_t i = 0; i < MODELS; i++)
		for (uint32_t b = 0; b < 2; b++)
			given[count++] = (struct holdout_given){.fold = b, .model = i, .benchmark = b};
	struct holdout_settings settings = {.protocol = HOLDOUT_GIVEN, .seed = 1, .date = NAN, .given = given,
					    .given_count = count};
	split_begin(&split, &world.data, &settings);
	assert_int_equal(split.folds, 2);
	for (size_t fold = 0; fold < 2; fold++) {
		split_make(&split, fold);
		for (size_t c = 0; c < split.copies.cells; c++)
			assert_int_equal(split.judged[c], world.cells[c].benchmark == fold);
	}
	size_t all = count_true(split.judged, split.copies.cells);
	split_free(&split);
	settings.reveal = 0.5;
	make(&world, &settings, 1, &split);
	assert_in_range(count_true(split.judged, split.copies.cells), all / 4, all * 3 / 4);
	split_free(&split);
	lineage_free(world.lineage);
}

/* ---- the whole ------------------------------------------------------------------------------------- */

struct seen {
	struct holdout_figures all[METHOD_COUNT], ancestor[METHOD_COUNT];
	size_t methods;
};

static void see(void *context, const struct holdout_result *result)
{
	struct seen *seen = context;

	seen->methods++;
	seen->all[result->method] = *find_row(result->rows, result->row_count, HOLDOUT_SCOPE_ALL, 0);
	for (size_t i = 0; i < result->row_count; i++)
		if (result->rows[i].scope == HOLDOUT_SCOPE_ANCESTOR)
			seen->ancestor[result->method] = result->rows[i].figures;
}

static void evaluate(const struct world *world, const struct holdout_settings *settings, struct seen *seen)
{
	struct error error = {0};

	memset(seen, 0, sizeof *seen);
	if (engine_holdout(&world->data, settings, see, seen, NULL, &error) != STATUS_OK)
		fail_msg("%s", error.message);
}

static void lineage_helps_cold_models(void **state)
{
	(void)state;
	struct world world;
	struct seen seen, again;
	struct holdout_settings settings = {.protocol = HOLDOUT_COLD, .seed = 1, .date = NAN, .models_min = 20};

	world_make(&world);
	evaluate(&world, &settings, &seen);
	assert_int_equal(seen.methods, METHOD_COUNT - 2); /* all but those of models */
	assert_true(seen.all[METHOD_KIN].mae < 0.8 * seen.all[METHOD_SHUFFLED].mae);
	assert_true(seen.all[METHOD_KIN].mae < 0.8 * seen.all[METHOD_NONE].mae);
	assert_true(seen.all[METHOD_KIN].mae < seen.all[METHOD_ANCESTOR].mae);
	assert_true(seen.all[METHOD_LAPLACIAN].mae < seen.all[METHOD_NONE].mae);
	assert_true(seen.ancestor[METHOD_KIN].cells > 20);
	/* Of a cold model nobody scores alike. */
	assert_true(fabs(seen.all[METHOD_NEAREST].mae - seen.all[METHOD_MEAN].mae) < 1e-9);
	assert_true(isnan(seen.all[METHOD_MEAN].coverage90) && !isnan(seen.all[METHOD_KIN].coverage90));
	evaluate(&world, &settings, &again);
	assert_memory_equal(&seen, &again, sizeof seen);
	lineage_free(world.lineage);
}

/* What else is known of a model counts; asked for, single methods alone run. */
static void known_scores_help(void **state)
{
	(void)state;
	bool methods[METHOD_COUNT] = {[METHOD_KIN] = true, [METHOD_MEAN] = true, [METHOD_NONE] = true};
	struct world world;
	struct seen warm, cold;
	struct holdout_settings settings = {.protocol = HOLDOUT_WARM, .seed = 1, .date = NAN, .models_min = 20,
					    .methods = methods};

	world_make(&world);
	evaluate(&world, &settings, &warm);
	settings.protocol = HOLDOUT_COLD;
	evaluate(&world, &settings, &cold);
	assert_int_equal(warm.methods, 3);
	assert_true(warm.all[METHOD_NONE].mae < 0.6 * cold.all[METHOD_NONE].mae);
	assert_true(warm.all[METHOD_KIN].mae < cold.all[METHOD_KIN].mae);
	assert_true(warm.all[METHOD_KIN].pearson > 0.8);
	lineage_free(world.lineage);
}

static void nothing_to_judge_is_an_error(void **state)
{
	(void)state;
	struct world world;
	struct seen seen = {0};
	struct error error = {0};
	struct holdout_settings settings = {.protocol = HOLDOUT_CELLS, .seed = 1, .date = NAN, .models_min = 5000};

	world_make(&world);
	assert_int_equal(engine_holdout(&world.data, &settings, see, &seen, NULL, &error), STATUS_DATA);
	assert_non_null(strstr(error.message, "cells"));
	lineage_free(world.lineage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(copies_are_found),
		cmocka_unit_test(cells_are_drawn_by_name),
		cmocka_unit_test(blocks_are_whole),
		cmocka_unit_test(warm_and_cold_are_the_same_models),
		cmocka_unit_test(late_looks_forward_only),
		cmocka_unit_test(new_benchmarks_keep_a_few),
		cmocka_unit_test(given_cells_are_hidden),
		cmocka_unit_test(lineage_helps_cold_models),
		cmocka_unit_test(known_scores_help),
		cmocka_unit_test(nothing_to_judge_is_an_error),
	};
	return cmocka_run_group_tests_name("holdout", tests, NULL, NULL);
}
