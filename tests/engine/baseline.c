/* Simple predictions and figures, each against a calculation of its own. */
#include "sparse_world.h"

#include "judge/baseline.h"
#include "judge/figures.h"
#include "judge/masked.h"
#include "stemma/base/memory.h"

/* ---- baselines ------------------------------------------------------------------------------ */

static void mask(const struct world *world, struct split *split, struct masked *masked)
{
	static const struct holdout_settings settings = {.protocol = HOLDOUT_CELLS, .seed = 1, .date = NAN};

	make(world, &settings, 0, split);
	masked_make(split, 20, masked);
	assert_true(masked->count > 40);
}

/* What was hidden plays no part in any prediction. */
static void baselines_see_nothing_hidden(void **state)
{
	(void)state;
	const struct baseline_als factors = {.rank = 2, .penalty = 0.1, .rounds = 10, .starts = 2};
	struct world world;
	double values[2][7][MODELS * BENCHMARKS];

	world_make(&world);
	for (int round = 0; round < 2; round++) {
		struct split split;
		struct masked masked;
		mask(&world, &split, &masked);
		baseline_mean(&masked, values[round][0]);
		baseline_als(&masked, &factors, 1, values[round][1]);
		baseline_nearest(&masked, 15, values[round][2]);
		baseline_size(&masked, values[round][3]);
		baseline_ancestor(&masked, values[round][4], NULL);
		baseline_factor(&masked, values[round][5]);
		baseline_relatives(&masked, values[round][6]);
		for (int method = 0; method < 7 && round; method++)
			for (size_t i = 0; i < masked.count; i++)
				assert_true(fabs(values[0][method][i] - values[1][method][i]) < 1e-12);
		for (size_t i = 0; i < masked.count; i++)
			world.value[masked.cells[i].model][masked.cells[i].benchmark] = 99 * uniform();
		world_tell(&world);
		masked_free(&masked);
		split_free(&split);
	}
	lineage_free(world.lineage);
}

/* Gauss with pivoting, to check the solutions by another way: x in b. */
static void eliminate(double *a, double *b, size_t n)
{
	for (size_t k = 0; k < n; k++) {
		size_t pivot = k;
		for (size_t i = k; i < n; i++)
			if (fabs(a[i * n + k]) > fabs(a[pivot * n + k]))
				pivot = i;
		for (size_t j = 0; j < n; j++) {
			double swap = a[k * n + j];
			a[k * n + j] = a[pivot * n + j];
			a[pivot * n + j] = swap;
		}
		double swap = b[k];
		b[k] = b[pivot];
		b[pivot] = swap;
		for (size_t i = 0; i < n; i++) {
			double factor = i == k ? 0 : a[i * n + k] / a[k * n + k];
			for (size_t j = k; j < n; j++)
				a[i * n + j] -= factor * a[k * n + j];
			b[i] -= factor * b[k];
		}
	}
	for (size_t k = 0; k < n; k++)
		b[k] /= a[k * n + k];
}

/* Two effects are one ridge regression on indicators. */
static void effects_are_a_regression(void **state)
{
	(void)state;
	enum { N = MODELS + BENCHMARKS + 1 };
	const struct baseline_als effects = {.rank = 0, .penalty = 0.5, .rounds = 400, .starts = 1};
	struct world world;
	struct split split;
	struct masked masked;
	double *a = memory_zero(N * N, sizeof *a), b[N] = {0}, values[MODELS * BENCHMARKS];

	world_make(&world);
	mask(&world, &split, &masked);
	baseline_als(&masked, &effects, 1, values);
	for (size_t k = 0; k + 1 < N; k++)
		a[k * N + k] = 0.5; /* the mean is free */
	for (size_t row = 1; row <= MODELS; row++)
		for (size_t c = masked.cell_start[row]; c < masked.cell_start[row + 1]; c++) {
			size_t term[3] = {row - 1, MODELS + masked.cell[c].benchmark, N - 1};
			for (int k = 0; k < 3; k++) {
				b[term[k]] += masked.z[c];
				for (int l = 0; l < 3; l++)
					a[term[k] * N + term[l]]++;
			}
		}
	eliminate(a, b, N);
	for (size_t i = 0; i < masked.count; i++) {
		const struct masked_cell *cell = &masked.cells[i];
		double z = b[cell->model] + b[MODELS + cell->benchmark] + b[N - 1];
		assert_true(fabs(masked_value(&masked.scale[cell->benchmark], z) - values[i]) < 1e-4);
	}
	free(a);
	masked_free(&masked);
	split_free(&split);
	lineage_free(world.lineage);
}

/* A matrix of rank 2 without noise comes back; its effects alone do not give it. */
static void factors_are_recovered(void **state)
{
	(void)state;
	struct world world;
	struct split split;
	struct masked masked;
	double error[2] = {0}, values[MODELS * BENCHMARKS], u[MODELS][2], v[BENCHMARKS][2];

	world_make(&world);
	for (size_t b = 0; b < BENCHMARKS; b++) {
		v[b][0] = normal(), v[b][1] = normal();
		world.benchmark[b].lower = world.benchmark[b].upper = NAN; /* a rating: no logit */
	}
	for (size_t i = 0; i < MODELS; i++)
		u[i][0] = normal(), u[i][1] = normal();
	for (size_t i = 0; i < MODELS; i++)
		for (size_t b = 0; b < BENCHMARKS; b++)
			if (!isnan(world.value[i][b]))
				world.value[i][b] = 1000 + 50 * (u[i][0] * v[b][0] + u[i][1] * v[b][1]);
	world_tell(&world);
	mask(&world, &split, &masked);
	for (size_t rank = 0; rank <= 2; rank += 2) {
		const struct baseline_als settings = {.rank = rank, .penalty = 1e-3, .rounds = 200, .starts = 1};
		baseline_als(&masked, &settings, 5, values);
		for (size_t i = 0; i < masked.count; i++)
			error[rank / 2] += fabs(values[i] - masked.cells[i].value) / (double)masked.count;
	}
	assert_true(error[0] > 15);
	assert_true(error[1] < 1);
	/* The penalty that is chosen does about as well as the one that fits. */
	const struct baseline_als chosen = {.rank = 2, .penalty = NAN, .rounds = 100, .starts = 1};
	baseline_als(&masked, &chosen, 5, values);
	error[1] = 0;
	for (size_t i = 0; i < masked.count; i++)
		error[1] += fabs(values[i] - masked.cells[i].value) / (double)masked.count;
	assert_true(error[1] < 5);
	masked_free(&masked);
	split_free(&split);
	lineage_free(world.lineage);
}

/* Known z of a model and benchmark, NAN where there is none. */
static double known_z(const struct masked *masked, size_t model, uint32_t benchmark)
{
	double value = engine_data_score(&masked->data, model, benchmark);

	return isnan(value) ? NAN : masked_z(&masked->scale[benchmark], value);
}

/* By comparing all pairs. */
static void nearest_are_the_nearest(void **state)
{
	(void)state;
	enum { NEIGHBOURS = 15 };
	struct world world;
	struct split split;
	struct masked masked;
	double values[MODELS * BENCHMARKS];

	world_make(&world);
	mask(&world, &split, &masked);
	baseline_nearest(&masked, NEIGHBOURS, values);
	for (size_t i = 0; i < masked.count; i++) {
		const struct masked_cell *cell = &masked.cells[i];
		double distance[MODELS], sum = 0, weights = 0;
		for (size_t other = 0; other < MODELS; other++) {
			double squares = 2, shared = 1;
			for (uint32_t b = 0; b < BENCHMARKS; b++) {
				double difference = known_z(&masked, cell->model, b) - known_z(&masked, other, b);
				if (!isnan(difference))
					squares += difference * difference, shared++;
			}
			distance[other] = isnan(known_z(&masked, other, cell->benchmark)) ? INFINITY
											  : squares / shared;
		}
		for (size_t k = 0; k < NEIGHBOURS; k++) {
			size_t best = 0;
			for (size_t other = 1; other < MODELS; other++)
				if (distance[other] < distance[best])
					best = other;
			double weight = 1 / (distance[best] + 0.02);
			sum += weight * known_z(&masked, best, cell->benchmark);
			weights += weight;
			distance[best] = INFINITY;
		}
		assert_true(fabs(masked_value(&masked.scale[cell->benchmark], sum / weights) - values[i]) < 1e-9);
	}
	masked_free(&masked);
	split_free(&split);
	lineage_free(world.lineage);
}

/* The regression of one benchmark towards that of all, by elimination. */
static void size_is_a_regression(void **state)
{
	(void)state;
	enum { TERMS = 7 };
	struct world world;
	struct split split;
	struct masked masked;
	double values[MODELS * BENCHMARKS], x[MODELS][TERMS], fact[2][MODELS];

	world_make(&world);
	for (size_t i = 0; i < MODELS; i += 10)
		world.model[i].params_b = NAN;
	mask(&world, &split, &masked);
	baseline_size(&masked, values);
	for (size_t i = 0; i < MODELS; i++) {
		fact[0][i] = log(world.model[i].params_b);
		fact[1][i] = world.model[i].uploaded;
		x[i][0] = 1;
	}
	for (size_t f = 0; f < 2; f++) {
		double mean = 0, square = 0, n = 0;
		for (size_t i = 0; i < MODELS; i++)
			if (!isnan(fact[f][i]) && world.cell_start[i + 2] > world.cell_start[i + 1])
				mean += fact[f][i], square += fact[f][i] * fact[f][i], n++;
		mean /= n;
		double sd = sqrt(square / n - mean * mean);
		for (size_t i = 0; i < MODELS; i++) {
			double z = isnan(fact[f][i]) ? 0 : (fact[f][i] - mean) / sd;
			x[i][1 + 2 * f] = z;
			x[i][2 + 2 * f] = z * z;
			x[i][5 + f] = isnan(fact[f][i]);
		}
	}
	for (uint32_t b = 0; b < BENCHMARKS; b++) {
		double a[TERMS * TERMS] = {0}, all[TERMS] = {0}, own[TERMS] = {0}, own_a[TERMS * TERMS] = {0};
		for (size_t k = 0; k < TERMS; k++)
			a[k * TERMS + k] = 1, own_a[k * TERMS + k] = 5;
		for (size_t i = 0; i < MODELS; i++)
			for (uint32_t other = 0; other < BENCHMARKS; other++) {
				double z = known_z(&masked, i, other);
				for (size_t k = 0; k < TERMS && !isnan(z); k++) {
					all[k] += x[i][k] * z;
					own[k] += other == b ? x[i][k] * z : 0;
					for (size_t l = 0; l < TERMS; l++) {
						a[k * TERMS + l] += x[i][k] * x[i][l];
						own_a[k * TERMS + l] += other == b ? x[i][k] * x[i][l] : 0;
					}
				}
			}
		eliminate(a, all, TERMS);
		for (size_t k = 0; k < TERMS; k++)
			own[k] += 5 * all[k];
		eliminate(own_a, own, TERMS);
		for (size_t i = 0; i < masked.count; i++) {
			double z = 0;
			for (size_t k = 0; k < TERMS; k++)
				z += own[k] * x[masked.cells[i].model][k];
			if (masked.cells[i].benchmark == b)
				assert_true(fabs(masked_value(&masked.scale[b], z) - values[i]) < 1e-6);
		}
	}
	masked_free(&masked);
	split_free(&split);
	lineage_free(world.lineage);
}

static void the_nearest_ancestor_counts(void **state)
{
	(void)state;
	struct world world;
	struct split split;
	struct masked masked;
	double values[MODELS * BENCHMARKS];
	bool found[MODELS * BENCHMARKS];
	size_t parents = 0, others = 0;

	world_make(&world);
	mask(&world, &split, &masked);
	baseline_ancestor(&masked, values, found);
	for (size_t i = 0; i < masked.count; i++) {
		const struct masked_cell *cell = &masked.cells[i];
		double value = NAN;
		size_t model = cell->model;
		for (int up = 0; up < 3 && model >= 4 && isnan(value); up++) {
			model /= 2;
			value = engine_data_score(&masked.data, model, cell->benchmark);
			parents += up == 0 && !isnan(value);
		}
		assert_int_equal(found[i], !isnan(value));
		if (!isnan(value))
			assert_true(fabs(values[i] - value) < 1e-12);
		others += !found[i];
	}
	assert_true(parents > 20 && others > 0);
	masked_free(&masked);
	split_free(&split);
	lineage_free(world.lineage);
}

/* ---- figures ----------------------------------------------------------------------------------- */

/* Scores that one factor makes are predicted by it, also where few are known. */
static void one_factor_is_found(void **state)
{
	(void)state;
	struct world world;
	struct split split;
	struct masked masked;
	double values[MODELS * BENCHMARKS], off = 0, mean[MODELS * BENCHMARKS], mean_off = 0;

	world_make(&world);
	for (size_t i = 0; i < MODELS; i++)
		for (size_t b = 0; b < BENCHMARKS; b++)
			if (!isnan(world.value[i][b]))
				world.value[i][b] = 100 / (1 + exp(-(0.4 + 0.1 * (double)b) * ((double)(i * 37 % 50) / 12 - 2) + 0.1 * (double)b));
	world_tell(&world);
	mask(&world, &split, &masked);
	baseline_factor(&masked, values);
	baseline_mean(&masked, mean);
	for (size_t i = 0; i < masked.count; i++) {
		off += fabs(values[i] - masked.cells[i].value) / (double)masked.count;
		mean_off += fabs(mean[i] - masked.cells[i].value) / (double)masked.count;
	}
	assert_true(off < 0.15 * mean_off);
	masked_free(&masked);
	split_free(&split);
	lineage_free(world.lineage);
}

static void verdicts_by_hand(void **state)
{
	(void)state;
	struct engine_benchmark fraction = {.lower = 0, .upper = 1, .low = 0, .high = 1, .higher_is_better = true};
	struct engine_benchmark rating = {.lower = NAN, .upper = NAN, .low = 900, .high = 1300,
					  .higher_is_better = false};
	struct engine_estimate estimate = {.mean = 0.7, .low50 = 0.65, .high50 = 0.75, .low90 = 0.5, .high90 = 0.9};

	struct verdict verdict = verdict_make(&fraction, 0.6, &estimate);
	assert_true(fabs(verdict.observed - 60) < 1e-9 && fabs(verdict.predicted - 70) < 1e-9);
	assert_true(fabs(verdict.error - 10) < 1e-9); /* fractions in percent */
	assert_true(fabs(verdict.relative - 1.0 / 6) < 1e-9);
	assert_true(!verdict.inside50 && verdict.inside90);
	assert_true(fabs(verdict.width50 - 10) < 1e-9 && fabs(verdict.width90 - 40) < 1e-9);
	estimate.mean = 1400; /* beyond the range: kept within it */
	verdict = verdict_make(&rating, 1200, &estimate);
	assert_true(fabs(verdict.observed - 25) < 1e-9 && fabs(verdict.predicted) < 1e-9);
	assert_true(fabs(verdict.error - 100) < 1e-9);
}

static void figures_by_hand(void **state)
{
	(void)state;
	struct engine_benchmark benchmark[2] = {{.key = "a", .suite = "s"}, {.key = "b"}};
	struct engine_data data = {.benchmarks = 2, .benchmark = benchmark};
	struct verdict verdicts[8];
	size_t count;

	/* Benchmark 1: 0..5 predicted in order, each 2 too high; benchmark 0: two cells, too few. */
	for (uint32_t i = 0; i < 6; i++)
		verdicts[i] = (struct verdict){
			.model = i, .benchmark = 1, .fold = i % 2, .observed = i, .predicted = i + 2.0, .error = 2,
			.relative = i ? 2.0 / i : NAN, .inside50 = i < 3, .inside90 = i < 5, .width50 = 4, .width90 = 10,
			.ancestor = i == 0, .distance = i < 2, .made = HOLDOUT_MADE_MERGE};
	for (uint32_t i = 6; i < 8; i++)
		verdicts[i] = (struct verdict){
			.model = i, .benchmark = 0, .fold = i % 2, .observed = 10, .predicted = 20, .error = i == 6 ? 4 : 10,
			.relative = 1, .width50 = NAN, .width90 = 30, .inside90 = true};
	struct holdout_row *rows = figures_make(&data, verdicts, 8, 2, &count);
	const struct holdout_figures *all = find_row(rows, count, HOLDOUT_SCOPE_ALL, 0);
	assert_int_equal(all->cells, 8);
	assert_int_equal(all->benchmarks, 2);
	assert_true(fabs(all->mae - (6 * 2 + 2 * 10) / 8.0) < 1e-12);
	assert_true(fabs(all->pearson - 1) < 1e-9); /* of benchmark 1 alone */
	assert_true(fabs(all->median - 2) < 1e-12);
	/* 2, 1, 2/3, 1/2, 2/5, 1, 1: the fourth of seven. */
	assert_true(fabs(all->relative - 1) < 1e-12);
	assert_true(fabs(all->within3 - 6 / 8.0) < 1e-12 && fabs(all->within5 - 7 / 8.0) < 1e-12);
	assert_true(isnan(all->coverage50) && fabs(all->coverage90 - 7 / 8.0) < 1e-12);
	assert_true(fabs(all->width90 - (6 * 10 + 2 * 30) / 8.0) < 1e-12);
	assert_int_equal(find_row(rows, count, HOLDOUT_SCOPE_ANCESTOR, 0)->cells, 1);
	assert_true(rows[2].scope == HOLDOUT_SCOPE_DISTANCE && rows[2].part == 1 && rows[2].figures.cells == 2);
	assert_true(rows[3].scope == HOLDOUT_SCOPE_DISTANCE && rows[3].part == 0 && rows[3].figures.cells == 6);
	assert_true(rows[4].scope == HOLDOUT_SCOPE_MADE && rows[4].part == HOLDOUT_MADE_OTHER && rows[4].figures.cells == 2);
	assert_true(rows[5].part == HOLDOUT_MADE_MERGE && fabs(rows[5].figures.mae - 2) < 1e-12);
	const struct holdout_figures *mean = find_row(rows, count, HOLDOUT_SCOPE_MEAN, 0);
	assert_true(fabs(mean->mae - 6) < 1e-12 && fabs(mean->coverage50 - 0.5) < 1e-12);
	/* Folds: errors 2, 2, 2, 4 and 2, 2, 2, 10. */
	const struct holdout_figures *folds = find_row(rows, count, HOLDOUT_SCOPE_FOLDS, 0);
	assert_true(fabs(folds->median - 2) < 1e-12 && fabs(folds->within5 - (1 + 0.75) / 2) < 1e-12);
	const struct holdout_figures *few = find_row(rows, count, HOLDOUT_SCOPE_BENCHMARK, 0);
	assert_true(few->cells == 2 && isnan(few->pearson) && fabs(few->median - 7) < 1e-12);
	/* all, ancestor, two distances, two makings, mean, folds, two suites, two benchmarks; those with more
	 * cells first */
	assert_int_equal(count, 12);
	assert_null(rows[8].suite);
	assert_string_equal(rows[9].suite, "s");
	assert_int_equal(rows[10].benchmark, 1);
	free(rows);

	/* One number for all has no correlation. */
	for (size_t i = 0; i < 8; i++)
		verdicts[i].predicted = 3;
	rows = figures_make(&data, verdicts, 8, 1, &count);
	assert_true(fabs(find_row(rows, count, HOLDOUT_SCOPE_ALL, 0)->pearson) < 1e-12);
	assert_int_equal(count, 11);
	free(rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(baselines_see_nothing_hidden),
		cmocka_unit_test(effects_are_a_regression),
		cmocka_unit_test(factors_are_recovered),
		cmocka_unit_test(nearest_are_the_nearest),
		cmocka_unit_test(size_is_a_regression),
		cmocka_unit_test(the_nearest_ancestor_counts),
		cmocka_unit_test(one_factor_is_found),
		cmocka_unit_test(verdicts_by_hand),
		cmocka_unit_test(figures_by_hand),
	};
	return cmocka_run_group_tests_name("baseline", tests, NULL, NULL);
}
