/* The network, and the comparison of the published study. */
#include "sparse_world.h"

#include "answers/network.h"
#include "judge/masked.h"
#include "judge/baseline.h"
#include "stemma/engine/study.h"

/* ---- the network ----------------------------------------------------------------------- */

enum { ROWS = 200, COLUMNS = 10, FEATURES = 3 };

struct table {
	float row_feature[ROWS * FEATURES], column_feature[COLUMNS * 2];
	double truth[ROWS][COLUMNS];
	struct network_cell known[ROWS * COLUMNS];
	size_t count;
};

/* Values follow from a product of features, and from what each row and column has of its own; the last
 * 40 rows are not known at all, of the others two in three cells are. */
static void table_make(struct table *table)
{
	double own[ROWS], level[COLUMNS];

	memset(table, 0, sizeof *table);
	seed = 11;
	for (size_t i = 0; i < ROWS; i++) {
		for (size_t k = 0; k < FEATURES; k++)
			table->row_feature[i * FEATURES + k] = (float)normal();
		own[i] = 0.5 * normal();
	}
	for (size_t j = 0; j < COLUMNS; j++) {
		table->column_feature[2 * j] = (float)normal();
		table->column_feature[2 * j + 1] = j % 2 ? 1.0f : 0.0f;
		level[j] = normal();
	}
	for (uint32_t i = 0; i < ROWS; i++)
		for (uint32_t j = 0; j < COLUMNS; j++) {
			table->truth[i][j] = level[j] + own[i] + (double)table->row_feature[i * FEATURES] +
					     (double)(table->row_feature[i * FEATURES + 1] * table->column_feature[2 * j]);
			if (i < ROWS - 40 && uniform() < 0.67)
				table->known[table->count++] = (struct network_cell){
					i, j, (float)(table->truth[i][j] + 0.1 * normal())};
		}
}

static struct network *train(const struct table *table, bool features)
{
	struct network_data data = {.rows = ROWS, .columns = COLUMNS, .cell = table->known, .count = table->count};
	struct network *network;
	struct error error = {0};

	if (features) {
		data.row_features = FEATURES;
		data.column_features = 2;
		data.row_feature = table->row_feature;
		data.column_feature = table->column_feature;
	}
	if (network_learn(&data, 200000, 1, NULL, &network, &error) != STATUS_OK)
		fail_msg("%s", error.message);
	return network;
}

/* Root mean square error over all cells of some rows. */
static double rmse(const struct network *network, const struct table *table, uint32_t begin, uint32_t end)
{
	double sum = 0;

	for (uint32_t i = begin; i < end; i++) {
		struct network_cell cells[COLUMNS];
		for (uint32_t j = 0; j < COLUMNS; j++)
			cells[j] = (struct network_cell){i, j, NAN};
		network_predict(network, cells, COLUMNS);
		for (uint32_t j = 0; j < COLUMNS; j++)
			sum += pow((double)cells[j].value - table->truth[i][j], 2);
	}
	return sqrt(sum / (COLUMNS * (double)(end - begin)));
}

static double spread(const struct table *table, uint32_t begin, uint32_t end)
{
	double sum = 0;

	for (uint32_t j = 0; j < COLUMNS; j++) {
		double mean = 0;
		for (uint32_t i = begin; i < end; i++)
			mean += table->truth[i][j] / (end - begin);
		for (uint32_t i = begin; i < end; i++)
			sum += pow(table->truth[i][j] - mean, 2);
	}
	return sqrt(sum / (COLUMNS * (double)(end - begin)));
}

static void features_tell_of_rows_without_cells(void **state)
{
	(void)state;
	struct table table;

	table_make(&table);
	struct network *with = train(&table, true), *without = train(&table, false);
	/* All that can be known of a new row is off by 0.5, what it has of its own. */
	assert_true(rmse(with, &table, ROWS - 40, ROWS) < 0.6 * spread(&table, ROWS - 40, ROWS));
	assert_true(rmse(without, &table, ROWS - 40, ROWS) > 0.8 * spread(&table, ROWS - 40, ROWS));
	/* Of a row with cells, its embedding knows that, too. */
	assert_true(rmse(with, &table, 0, ROWS - 40) < 0.4 * spread(&table, 0, ROWS - 40));
	network_free(with);
	network_free(without);
}

static void training_is_deterministic(void **state)
{
	(void)state;
	struct table table;
	struct network_cell a[COLUMNS], b[COLUMNS];

	table_make(&table);
	struct network *first = train(&table, true), *second = train(&table, true);
	for (uint32_t j = 0; j < COLUMNS; j++)
		a[j] = b[j] = (struct network_cell){3, j, 0};
	network_predict(first, a, COLUMNS);
	network_predict(second, b, COLUMNS);
	assert_memory_equal(a, b, sizeof a);
	network_free(first);
	network_free(second);
}

static void answers_are_probabilities(void **state)
{
	(void)state;
	struct table table;
	struct network *network;
	struct error error = {0};
	double right = 0, wrong = 0, rights = 0;

	table_make(&table);
	for (size_t i = 0; i < table.count; i++)
		table.known[i].value = table.known[i].value > 0;
	struct network_data data = {.rows = ROWS, .columns = COLUMNS, .cell = table.known, .count = table.count,
				    .binary = true};
	assert_int_equal(network_learn(&data, 200000, 1, NULL, &network, &error), STATUS_OK);
	for (uint32_t i = 0; i < ROWS - 40; i++) {
		struct network_cell cells[COLUMNS];
		for (uint32_t j = 0; j < COLUMNS; j++)
			cells[j] = (struct network_cell){i, j, 0};
		network_predict(network, cells, COLUMNS);
		for (uint32_t j = 0; j < COLUMNS; j++) {
			assert_true(cells[j].value > 0 && cells[j].value < 1);
			bool solved = table.truth[i][j] > 0;
			rights += solved;
			*(solved ? &right : &wrong) += (double)cells[j].value;
		}
	}
	assert_true(right / rights > wrong / ((ROWS - 40) * COLUMNS - rights) + 0.3);
	network_free(network);
	data.count = 10;
	assert_int_equal(network_learn(&data, 1000, 1, NULL, &network, &error), STATUS_DATA);
}

static void training_is_cancelled(void **state)
{
	(void)state;
	struct table table;
	struct network *network = NULL;
	struct progress progress = {0};
	struct error error = {0};

	table_make(&table);
	struct network_data data = {.rows = ROWS, .columns = COLUMNS, .cell = table.known, .count = table.count};
	progress_cancel(&progress);
	assert_int_equal(network_learn(&data, 200000, 1, &progress, &network, &error), STATUS_CANCELLED);
	assert_null(network);
}

/* Of models that nothing is known of, size and architecture tell. */
static void the_network_beats_the_mean(void **state)
{
	(void)state;
	static const struct holdout_settings settings = {.protocol = HOLDOUT_COLD, .seed = 1, .date = NAN};
	struct world world;
	struct split split;
	struct masked masked;
	struct error error = {0};
	double values[MODELS * BENCHMARKS], mean[MODELS * BENCHMARKS], off = 0, mean_off = 0;

	world_make(&world);
	for (size_t i = 0; i < MODELS; i++) {
		world.model[i].architecture = i % 2 ? "LlamaForCausalLM" : "Qwen2ForCausalLM";
		for (size_t b = 0; b < BENCHMARKS; b++)
			if (!isnan(world.value[i][b]))
				world.value[i][b] = 20 + 3 * world.model[i].params_b + 15 * (double)(i % 2) + (double)b + normal();
	}
	world_tell(&world);
	make(&world, &settings, 0, &split);
	masked_make(&split, 20, &masked);
	assert_int_equal(baseline_network(&masked, 1, NULL, values, &error), STATUS_OK);
	baseline_mean(&masked, mean);
	for (size_t i = 0; i < masked.count; i++) {
		off += fabs(values[i] - masked.cells[i].value);
		mean_off += fabs(mean[i] - masked.cells[i].value);
	}
	assert_true(masked.count > 50);
	assert_true(off < 0.5 * mean_off);
	masked_free(&masked);
	split_free(&split);
	lineage_free(world.lineage);
}

/* ---- the split --------------------------------------------------------------------------- */

/* What is judged is the same whatever is known, and a smaller share is a part of a larger one. */
static void shares_are_nested(void **state)
{
	(void)state;
	struct world world;
	struct split some, most, few;
	struct holdout_settings settings = {.protocol = HOLDOUT_STUDY, .seed = 1, .date = NAN, .share = 0.25};
	struct holdout_settings larger = settings, knowing = settings;
	size_t judged = 0, shown = 0, known = 0, more = 0;

	larger.share = 0.5;
	knowing.known = HOLDOUT_KNOWN_MAX;
	world_make(&world);
	make(&world, &settings, 0, &some);
	make(&world, &larger, 0, &most);
	make(&world, &knowing, 0, &few);
	for (size_t c = 0; c < some.copies.cells; c++) {
		uint32_t model = some.copies.model[c];
		assert_true(some.hidden[c] || !most.hidden[c]);
		assert_true(some.judged[c] == most.judged[c] && some.judged[c] == few.judged[c]);
		assert_true(!some.judged[c] || model >= 4); /* those with a parent */
		judged += some.judged[c];
		known += !some.hidden[c];
		more += !most.hidden[c];
		shown += some.hidden[c] && !few.hidden[c];
	}
	assert_in_range(judged, 80, 250);                 /* a fifth of 116 models with eight scores, less two each */
	assert_in_range(known, more * 4 / 10, more * 6 / 10);
	assert_in_range(shown, 20, 80);                   /* two each */
	split_free(&some);
	split_free(&most);
	split_free(&few);

	/* Within one family nothing else is known. */
	for (size_t i = 0; i < MODELS; i++)
		world.model[i].params_b = i % 3 ? 7.241 : 13;
	bool members[MODELS];
	uint32_t one;
	assert_int_equal(holdout_family(&world.data, members, &one), 80);
	assert_true(members[one] && !members[0] && members[1]);
	settings.family = true;
	settings.share = 1;
	make(&world, &settings, 0, &some);
	for (size_t c = 0; c < some.copies.cells; c++) {
		assert_true(some.copies.model[c] % 3 || (some.hidden[c] && !some.judged[c]));
		assert_true(some.copies.model[c] % 3 == 0 || some.hidden[c] >= some.judged[c]);
	}
	split_free(&some);
	lineage_free(world.lineage);
}

/* ---- the whole ------------------------------------------------------------------------------ */

static void needed_by_hand(void **state)
{
	(void)state;
	struct study_figures figures[STUDY_SHARES] = {{100, 0, 8}, {250, 0, NAN}, {400, 0, 6}, {1600, 0, 4}};

	assert_true(fabs(study_needed(figures, 6) - 400) < 1e-9);
	assert_true(fabs(study_needed(figures, 7) - 200) < 1e-9);  /* half way from 100 to 400, by their logarithms */
	assert_true(fabs(study_needed(figures, 5) - 800) < 1e-9);
	assert_true(fabs(study_needed(figures, 9) - 100) < 1e-9);
	assert_true(isnan(study_needed(figures, 3)));
}

struct seen {
	struct study_row row[2][2][STUDY_METHOD_COUNT]; /* mixed or one family; none or some known */
	size_t rows;
};

static void see(void *context, const struct study_row *row)
{
	struct seen *seen = context;

	assert_int_equal(row->level, STUDY_LEVEL_SCORES);
	seen->row[row->family][row->known > 0][row->method] = *row;
	seen->row[row->family][row->known > 0][row->method].seconds = 0;
	seen->rows++;
}

static void evaluate(const struct world *world, struct seen *seen)
{
	struct study_settings settings = {.seed = 1};
	struct error error = {0};

	memset(seen, 0, sizeof *seen);
	if (engine_study(&world->data, &settings, see, seen, NULL, &error) != STATUS_OK)
		fail_msg("%s", error.message);
}

static double error_of(const struct seen *seen, bool family, bool known, enum study_method method, size_t share)
{
	return seen->row[family][known][method].at[share].mae;
}

static void lineage_needs_fewer_evaluations(void **state)
{
	(void)state;
	struct world world;
	struct seen seen, again;
	const size_t all = STUDY_SHARES - 1;

	world_make(&world);
	for (size_t i = 0; i < MODELS; i++)
		world.model[i].params_b = 7;
	world_tell(&world);
	evaluate(&world, &seen);
	assert_int_equal(seen.rows, 4 * STUDY_METHOD_COUNT);
	/* Without results of its own plain factorisation knows nothing of a model, its lineage does. */
	assert_true(error_of(&seen, false, false, STUDY_KIN, all) < 0.8 * error_of(&seen, false, false, STUDY_FACTORS, all));
	assert_true(error_of(&seen, false, false, STUDY_LAPLACIAN, all) < error_of(&seen, false, false, STUDY_FACTORS, all));
	assert_true(error_of(&seen, false, false, STUDY_LINEAGE, all) < error_of(&seen, false, false, STUDY_FACTORS, all));
	assert_true(error_of(&seen, false, true, STUDY_FACTORS, all) < 0.8 * error_of(&seen, false, false, STUDY_FACTORS, all));
	assert_true(error_of(&seen, false, false, STUDY_KIN, all) < error_of(&seen, false, false, STUDY_KIN, 0));
	const struct study_row *kin = seen.row[0][0];
	assert_true(kin[STUDY_KIN].needed < kin[STUDY_LAPLACIAN].needed);
	assert_true(isnan(kin[STUDY_FACTORS].needed));
	assert_true(kin[STUDY_KIN].at[0].evaluations < 0.15 * kin[STUDY_KIN].at[all].evaluations);
	evaluate(&world, &again);
	assert_memory_equal(&seen, &again, sizeof seen);
	lineage_free(world.lineage);
}

static void too_little_is_told(void **state)
{
	(void)state;
	struct world world;
	struct seen seen = {0};
	struct study_settings settings = {.seed = 1};
	struct error error = {0};

	world_make(&world);
	for (size_t i = 40; i < MODELS; i++)
		for (size_t b = 0; b < BENCHMARKS; b++)
			world.value[i][b] = NAN;
	world_tell(&world);
	assert_int_equal(engine_study(&world.data, &settings, see, &seen, NULL, &error), STATUS_DATA);
	assert_int_equal(seen.rows, 0);
	lineage_free(world.lineage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(features_tell_of_rows_without_cells),
		cmocka_unit_test(training_is_deterministic),
		cmocka_unit_test(answers_are_probabilities),
		cmocka_unit_test(training_is_cancelled),
		cmocka_unit_test(the_network_beats_the_mean),
		cmocka_unit_test(shares_are_nested),
		cmocka_unit_test(needed_by_hand),
		cmocka_unit_test(lineage_needs_fewer_evaluations),
		cmocka_unit_test(too_little_is_told),
	};
	return cmocka_run_group_tests_name("study", tests, NULL, NULL);
}
