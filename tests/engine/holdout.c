/* Single scores held out: what is hidden, what is a copy, and what the engine makes
 * of the rest. */
#include "sparse_world.h"

#include "judge/method.h"
#include "judge/relatives.h"
#include "model/fit.h"

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
	struct holdout_settings settings = {.protocol = HOLDOUT_NEW, .seed = 1, .date = NAN, .sample = 2};
	size_t met[BENCHMARKS] = {0};

	world_make(&world);
	for (size_t i = 0; i < MODELS; i++) /* alpha has most of the cells: it is not hidden as a whole */
		for (size_t b = 4; b < BENCHMARKS; b++)
			if (b < 8 ? i % 3 > 0 : b > 9)
				world.value[i][b] = NAN;
	world_tell(&world);
	split_begin(&split, &world.data, &settings);
	for (size_t place = 0; place < split.benchmark_count; place++) {
		uint32_t own = split.benchmarks[place].benchmark;
		met[own]++;
		split_show(&split, place, 5);
		for (uint32_t b = 0; b < BENCHMARKS; b++) {
			size_t known = 0, hidden = 0, judged = 0;
			for (size_t c = 0; c < split.copies.cells; c++)
				if (world.cells[c].benchmark == b)
					known++, hidden += split.hidden[c], judged += split.judged[c];
			if (b == own)
				assert_int_equal(known - hidden, 5);
			else if (b / 4 == own / 4 && own / 4 != 0)
				assert_int_equal(hidden, known); /* the rest of its suite */
			assert_int_equal(judged, b == own ? hidden : 0);
		}
	}
	assert_int_equal(met[0] + met[1] + met[2] + met[3], 2); /* two of a suite, */
	assert_int_equal(met[4] + met[5] + met[6] + met[7], 0); /* none with fewer than 60 models, */
	assert_int_equal(met[8] + met[9], 2);
	assert_int_equal(met[10] + met[11], 0);
	split_free(&split);
	lineage_free(world.lineage);
}

/* What the fold learns from has nothing of its benchmarks, nor of what asks the same elsewhere. */
static void new_benchmarks_take_their_families_along(void **state)
{
	(void)state;
	struct world world;
	struct split split;
	struct holdout_settings settings = {.protocol = HOLDOUT_NEW, .seed = 1, .date = NAN};

	world_make(&world);
	world.benchmark[1].family = "same";
	world.benchmark[6].family = "SAME";
	world_tell(&world);
	split_begin(&split, &world.data, &settings);
	assert_int_equal(split.benchmark_count, BENCHMARKS);
	for (size_t place = 0; place < split.benchmark_count; place++) {
		uint32_t own = split.benchmarks[place].benchmark;
		split_make(&split, split.benchmarks[place].fold);
		assert_int_equal(count_true(split.judged, split.copies.cells), 0);
		for (size_t c = 0; c < split.copies.cells; c++) {
			uint32_t b = world.cells[c].benchmark;
			if (b / 4 == own / 4 || (own == 1 && b == 6) || (own == 6 && b == 1))
				assert_true(split.hidden[c]);
		}
	}
	split_free(&split);
	lineage_free(world.lineage);
}

/* A benchmark placed afterwards is near to what learning with its scores makes of it. */
static void placing_is_near_to_learning(void **state)
{
	(void)state;
	struct world world, all;
	struct method_fit without, with;
	struct error error = {0};
	double apart = 0, spread = 0, values = 0;
	uint32_t models[MODELS];
	struct engine_cell cells[MODELS];
	size_t count = 0, judged = 0;

	world_make(&world);
	for (uint32_t i = 0; i < MODELS; i++) {
		if (!isnan(world.value[i][2]) && count < 20) {
			models[count] = i;
			cells[count++] = (struct engine_cell){.value = world.value[i][2], .error = NAN, .benchmark = 2};
		} else {
			world.value[i][2] = NAN;
		}
	}
	memcpy(&all, &world, sizeof all);
	world_tell(&all);
	for (size_t i = 0; i < MODELS; i++)
		world.value[i][2] = NAN;
	world_tell(&world);
	assert_int_equal(method_fit(METHOD_KIN, &all.data, 1, NULL, &with, &error), STATUS_OK);
	assert_int_equal(method_fit(METHOD_KIN, &world.data, 1, NULL, &without, &error), STATUS_OK);
	struct engine_query *by_all = engine_query_new(with.fit), *by_place = engine_query_new(without.fit);
	for (size_t i = 0; i < MODELS; i++) {
		struct engine_estimate a, b;
		engine_predict_known(by_place, i, &error);
		if (i == 0) {
			engine_estimate(by_place, &engine_target_one(2), &b);
			assert_true(isnan(b.mean)); /* nothing is known of it yet */
			factors_place(without.fit->factors, 2, models, cells, count);
		}
		engine_predict_known(by_all, i, &error);
		engine_predict_known(by_place, i, &error);
		engine_estimate(by_all, &engine_target_one(2), &a);
		engine_estimate(by_place, &engine_target_one(2), &b);
		if (!isnan(all.value[i][2]))
			continue;
		apart += fabs(a.mean - b.mean);
		spread += fabs(a.mean - 50);
		values += b.high90 - b.low90;
		judged++;
	}
	assert_true(judged > 60);
	assert_true(apart < 0.15 * spread);
	assert_true(values / (double)judged > 5 && values / (double)judged < 80);
	engine_query_free(by_all);
	engine_query_free(by_place);
	method_fit_free(&with);
	method_fit_free(&without);
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
	struct holdout_figures all[METHOD_COUNT], ancestor[METHOD_COUNT], kept[METHOD_COUNT];
	size_t methods;
};

static void see(void *context, const struct holdout_result *result)
{
	struct seen *seen = context;

	seen->methods++;
	seen->all[result->method] = *find_row(result->rows, result->row_count, HOLDOUT_SCOPE_ALL, 0);
	if (result->keep == 5)
		seen->kept[result->method] = seen->all[result->method];
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
	assert_int_equal(seen.methods, METHOD_COUNT - 3); /* all but those of models, and ncf */
	assert_true(seen.all[METHOD_KIN].mae < 0.8 * seen.all[METHOD_SHUFFLED].mae);
	assert_true(seen.all[METHOD_KIN].mae < 0.8 * seen.all[METHOD_UNLINKED].mae);
	assert_true(seen.all[METHOD_KIN].mae < 0.8 * seen.all[METHOD_NONE].mae);
	assert_true(seen.all[METHOD_RELATIVES].mae < seen.all[METHOD_MEAN].mae);
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

/* A few scores of a benchmark and what else is known of the models tell the rest of it. */
static void new_benchmarks_are_placed(void **state)
{
	(void)state;
	struct world world;
	struct seen seen, again;
	size_t keep[] = {5, 20};
	bool methods[METHOD_COUNT] = {[METHOD_KIN] = true, [METHOD_MEAN] = true, [METHOD_FACTOR] = true};
	struct holdout_settings settings = {.protocol = HOLDOUT_NEW, .seed = 1, .date = NAN, .keep = keep, .keep_count = 2,
					    .methods = methods};

	world_make(&world);
	evaluate(&world, &settings, &seen);
	assert_int_equal(seen.methods, 6); /* a result each number of scores */
	assert_true(seen.kept[METHOD_KIN].cells > seen.all[METHOD_KIN].cells + 100);
	assert_true(seen.all[METHOD_KIN].mae < 0.6 * seen.all[METHOD_MEAN].mae);
	assert_true(seen.kept[METHOD_KIN].mae < 0.7 * seen.kept[METHOD_MEAN].mae);
	assert_true(seen.all[METHOD_KIN].mae < seen.kept[METHOD_KIN].mae);
	assert_true(seen.all[METHOD_KIN].spearman > 0.8);
	evaluate(&world, &settings, &again);
	assert_memory_equal(&seen, &again, sizeof seen);
	lineage_free(world.lineage);
}

/* ---- relatives ------------------------------------------------------------------------------ */

static void relatives_are_counted_in_steps(void **state)
{
	(void)state;
	struct world world;
	struct split split;
	struct masked masked;
	struct holdout_given given[] = {{0, 20, 0}};
	struct holdout_settings settings = {.protocol = HOLDOUT_GIVEN, .seed = 1, .date = NAN, .given = given,
					    .given_count = 1};
	/* 20 is made from 10, which made 21, from 5; its children are 40 and 41. */
	const struct {
		size_t scored[2];
		uint32_t distance;
		double mean;
	} cases[] = {
		{{10, 41}, 1, 51}, {{5, 21}, 2, 26}, {{42, 2}, 3, 44}, {{119, 3}, 0, NAN},
	};

	world_make(&world);
	for (size_t n = 0; n < sizeof cases / sizeof *cases; n++) {
		struct relatives relatives;
		for (size_t i = 0; i < MODELS; i++)
			world.value[i][0] = i == 20 ? 70 : i == cases[n].scored[0] || i == cases[n].scored[1]
				? (double)(i == 10 || i == 41 ? i + (i == 10 ? 41 : 10) : i == 5 || i == 21 ? 2 * i : i + 2) : NAN;
		world_tell(&world);
		make(&world, &settings, 0, &split);
		masked_make(&split, 1, &masked);
		assert_int_equal(masked.count, 1);
		relatives_find(&masked, &relatives);
		assert_int_equal(relatives.distance, cases[n].distance);
		assert_true(cases[n].distance == 0 ? isnan(relatives.mean) : relatives.distance > 0);
		if (n == 0)
			assert_true(fabs(relatives.mean - 51) < 1e-9);
		if (n == 1)
			assert_true(fabs(relatives.mean - 26) < 1e-9);
		masked_free(&masked);
		split_free(&split);
	}
	world.model[20].setting = "high";
	world.model[21].kind = KIND_MERGE;
	assert_int_equal(relatives_made(&world.data, 20), HOLDOUT_MADE_SETTING);
	assert_int_equal(relatives_made(&world.data, 21), HOLDOUT_MADE_MERGE);
	assert_int_equal(relatives_made(&world.data, 22), HOLDOUT_MADE_FINETUNE);
	assert_int_equal(relatives_made(&world.data, 1), HOLDOUT_MADE_OTHER);
	lineage_free(world.lineage);
}

/* The late re-upload of an old model is not new, and neither is judged by the other. */
static void a_twin_uploaded_late_is_old(void **state)
{
	(void)state;
	struct world world;
	struct split split;
	struct holdout_settings settings = {.protocol = HOLDOUT_LATE_COLD, .seed = 1, .date = 19110};

	world_make(&world);
	for (size_t b = 0; b < BENCHMARKS; b++) {
		world.value[115][b] = world.value[3][b] = 10 + (double)b; /* old and late */
		world.value[117][b] = world.value[116][b] = 60 + (double)b; /* both late */
	}
	world_tell(&world);
	make(&world, &settings, 0, &split);
	for (size_t b = 0; b < BENCHMARKS; b++) {
		assert_false(split.hidden[cell_of(&world, 115, b)] || split.hidden[cell_of(&world, 3, b)]);
		assert_true(split.judged[cell_of(&world, 116, b)] && split.hidden[cell_of(&world, 117, b)]);
		assert_false(split.judged[cell_of(&world, 117, b)]);
	}
	split_free(&split);
	lineage_free(world.lineage);
}

static void count_models(void *context, const struct evaluation_result *result)
{
	size_t *counts = context;

	counts[0] = result->trained;
	counts[1] = result->held_out;
}

/* The same where whole models are held out on a board. */
static void twins_are_held_out_together(void **state)
{
	(void)state;
	struct world world;
	bool methods[METHOD_COUNT] = {[METHOD_MEAN] = true};
	const struct engine_target target = engine_target_one(0);
	size_t before[2], after[2];
	struct error error = {0};
	struct evaluation_settings settings = {.protocol = PROTOCOL_TIME, .seed = 1, .date = 19100, .targets = &target,
					       .target_count = 1, .methods = methods};

	world_make(&world);
	for (size_t i = 0; i < MODELS; i++)
		world.value[i][0] = 20 + (double)(i * 7 % 50) + (double)i / 256;
	world_tell(&world);
	assert_int_equal(engine_evaluate(&world.data, &settings, count_models, before, NULL, &error), STATUS_OK);
	for (size_t b = 0; b < 4; b++) {
		world.value[115][b] = world.value[7][b] = 10 + (double)b;   /* old and late */
		world.value[117][b] = world.value[116][b] = 60 + (double)b; /* both late */
	}
	world_tell(&world);
	assert_int_equal(engine_evaluate(&world.data, &settings, count_models, after, NULL, &error), STATUS_OK);
	assert_int_equal(before[1], 20);
	assert_int_equal(after[1], before[1] - 2);
	assert_int_equal(after[0], before[0] + 1); /* 115 is learned from as 7 is, 117 is not */
	lineage_free(world.lineage);
}

/* Scores of a file, of one of two names: the other's are hidden with them, whatever stays revealed. */
static void a_twin_of_what_is_given_is_hidden(void **state)
{
	(void)state;
	struct world world;
	struct split split;
	struct holdout_given given[BENCHMARKS];
	struct holdout_settings settings = {.protocol = HOLDOUT_GIVEN, .seed = 1, .date = NAN, .given = given,
					    .given_count = BENCHMARKS, .reveal = 0.5};

	world_make(&world);
	for (uint32_t b = 0; b < BENCHMARKS; b++) {
		world.value[115][b] = world.value[3][b] = 10 + (double)b;
		given[b] = (struct holdout_given){0, 115, b};
	}
	world_tell(&world);
	make(&world, &settings, 0, &split);
	size_t judged = 0;
	for (size_t b = 0; b < BENCHMARKS; b++) {
		judged += split.judged[cell_of(&world, 115, b)];
		assert_int_equal(split.hidden[cell_of(&world, 3, b)], split.judged[cell_of(&world, 115, b)]);
		assert_false(split.judged[cell_of(&world, 3, b)]);
	}
	assert_in_range(judged, 1, BENCHMARKS - 1);
	settings.protocol = HOLDOUT_WARM;
	split_free(&split);
	for (settings.seed = 1; settings.seed < 20; settings.seed++) {
		make(&world, &settings, 0, &split);
		for (size_t b = 0; b < BENCHMARKS; b++)
			assert_int_equal(split.hidden[cell_of(&world, 3, b)], split.hidden[cell_of(&world, 115, b)]);
		split_free(&split);
	}
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
		cmocka_unit_test(new_benchmarks_take_their_families_along),
		cmocka_unit_test(placing_is_near_to_learning),
		cmocka_unit_test(new_benchmarks_are_placed),
		cmocka_unit_test(relatives_are_counted_in_steps),
		cmocka_unit_test(a_twin_uploaded_late_is_old),
		cmocka_unit_test(twins_are_held_out_together),
		cmocka_unit_test(a_twin_of_what_is_given_is_hidden),
		cmocka_unit_test(given_cells_are_hidden),
		cmocka_unit_test(lineage_helps_cold_models),
		cmocka_unit_test(known_scores_help),
		cmocka_unit_test(nothing_to_judge_is_an_error),
	};
	return cmocka_run_group_tests_name("holdout", tests, NULL, NULL);
}
