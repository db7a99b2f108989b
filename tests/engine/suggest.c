/* Suggestions against brute force: every merge predicted one by one. */
#include "engine_world.h"

#include <string.h>

#include "search/explore.h"
#include "search/search.h"
#include "stemma/engine/front.h"
#include "stemma/engine/plan.h"
#include "stemma/engine/suggest.h"

struct suggest_world {
	struct world world;
	struct engine_fit *fit;
	struct engine_query *query;
};

static int setup(void **state)
{
	struct suggest_world *made = memory_zero(1, sizeof *made);

	world_make(&made->world, NULL);
	/* Facts that nobody told, which predictions guess. */
	for (size_t i = 0; i < MODELS; i += 5) {
		made->world.model[i].chat_template = ANSWER_UNKNOWN;
		made->world.model[i].kind = KIND_CHAT;
	}
	made->fit = world_fit(&made->world, PRIOR_KIN, NULL, 0);
	made->query = engine_query_new(made->fit);
	*state = made;
	return 0;
}

/* The search orders by the factors alone: with nothing else its order is that of the predictions. */
static struct local_weights take_local(struct suggest_world *made)
{
	struct local_weights weights = made->fit->factors->local.weights;

	made->fit->factors->local.weights = (struct local_weights){0};
	return weights;
}

static int teardown(void **state)
{
	struct suggest_world *made = *state;

	engine_query_free(made->query);
	engine_fit_free(made->fit);
	lineage_free(made->world.lineage);
	free(made);
	return 0;
}

enum { FIRST_ONLY = 0, MEAN_OF_ALL = MEAN };

static struct suggest_settings settings_for(size_t row, size_t parents, enum suggest_order by)
{
	return (struct suggest_settings){.target = *row_target(row), .parents = parents, .by = by, .floor = 0,
					 .limit = 4, .per_model = 1};
}

/* A merge as 'stemma predict' sees it. */
static void predict(struct suggest_world *made, const struct search *search, const struct entry *entry,
		    size_t parents, struct engine_estimate *estimates)
{
	struct engine_child child;

	search_child(search, entry->member, entry->weight, parents, &child);
	assert_int_equal(predict_child_rows(made->query, &child, estimates, NULL), STATUS_OK);
}

static void numbers_are_those_of_predict(void **state)
{
	struct suggest_world *made = *state;

	for (size_t parents = 2; parents <= 3; parents++) {
		struct suggest_settings settings = settings_for(FIRST_ONLY, parents, SUGGEST_CHANCE);
		struct engine_estimate estimates[BENCHMARKS + 1];
		struct suggest_result result;
		assert_int_equal(engine_suggest(made->fit, &settings, NULL, &result, NULL), STATUS_OK);
		assert_int_equal(result.count, 4);
		for (size_t i = 0; i < result.count; i++) {
			const struct suggest_answer *answer = &result.answers[i];
			struct engine_child child = {
				.model = made->world.model[answer->parents[0]],
				.relation = RELATION_MERGE, .count = parents};
			child.model.name = NULL;
			child.model.kind = KIND_MERGE;
			for (size_t p = 0; p < parents; p++) {
				child.parents[p] = answer->parents[p];
				child.weights[p] = answer->weights[p];
				child.model.uploaded = fmax(child.model.uploaded,
					made->world.model[answer->parents[p]].uploaded);
				if (made->world.model[answer->parents[p]].chat_template != child.model.chat_template)
					child.model.chat_template = ANSWER_UNKNOWN;
			}
			assert_int_equal(predict_child_rows(made->query, &child, estimates, NULL), STATUS_OK);
			near(answer->mean, estimates[0].mean, 2e-3);
			near(answer->sd, estimates[0].sd, 2e-3);
			near(answer->best, made->world.scores[answer->best_parent * BENCHMARKS], 1e-9);
			near(answer->chance, engine_chance_above(made->query, row_target(0), answer->best), 2e-3);
			near(answer->gain, answer->mean - answer->best, 1e-9);
		}
		suggest_result_free(&result);
	}
}

/* The best gain, or gain in deviations, of all merges, each predicted alone. */
static double best_by_force(struct suggest_world *made, struct search *search, size_t parents)
{
	struct engine_estimate estimates[BENCHMARKS + 1];
	size_t rows, target = search->settings->target.count == 1 ? 0 : MEAN;
	const double (*weights)[SUGGEST_PARENTS_MAX] = search_weights(parents, &rows);
	double best = -INFINITY;

	for (size_t i = 0; i < search->count; i++)
		for (size_t j = i + 1; j < search->count; j++)
			for (size_t k = parents == 3 ? j + 1 : j; k < (parents == 3 ? search->count : j + 1); k++) {
				const struct candidate *c = search->candidate;
				if (c[i].family != c[j].family || c[i].family != c[k].family)
					continue;
				double score = fmax(fmax(c[i].score, c[j].score), c[k].score);
				for (size_t r = 0; r < rows; r++) {
					struct entry entry = {.member = {i, j, k}};
					memcpy(entry.weight, weights[r], sizeof entry.weight);
					entry_sort(&entry, parents);
					predict(made, search, &entry, parents, estimates);
					best = fmax(best, search_value(search, estimates[target].mean, score,
								       estimates[target].sd));
				}
			}
	return best;
}

static void the_best_is_the_best_of_all(void **state)
{
	struct suggest_world *made = *state;
	struct local_weights weights = take_local(made);

	for (size_t parents = 2; parents <= 3; parents++)
		for (int by = 0; by < SUGGEST_ORDER_COUNT; by++) {
			struct suggest_settings settings =
				settings_for(MEAN_OF_ALL, parents, (enum suggest_order)by);
			struct suggest_result result;
			struct search search;
			if (parents == 3 && by == SUGGEST_CHANCE)
				settings.target = *row_target(FIRST_ONLY);
			assert_int_equal(search_new(made->fit, &settings, NULL, &search, NULL), STATUS_OK);
			assert_int_equal(engine_suggest(made->fit, &settings, NULL, &result, NULL), STATUS_OK);
			const struct suggest_answer *top = &result.answers[0];
			near(search_value(&search, top->mean, top->best, top->sd),
			     best_by_force(made, &search, parents), 2e-3);
			suggest_result_free(&result);
			search_free(&search);
		}
	made->fit->factors->local.weights = weights;
}

static void the_bound_of_triples_loses_nothing(void **state)
{
	struct suggest_world *made = *state;

	for (int by = 0; by < SUGGEST_ORDER_COUNT; by++) {
		struct suggest_settings settings = settings_for(FIRST_ONLY, 3, (enum suggest_order)by);
		struct search search;
		double searched, spread;
		size_t some, all;
		assert_int_equal(search_new(made->fit, &settings, NULL, &search, NULL), STATUS_OK);
		struct entry *bounded = search_list(&search, 3, 2, false, &some, &searched, &spread);
		struct entry *every = search_list(&search, 3, 2, true, &all, &searched, &spread);
		assert_int_equal(some, all);
		for (size_t i = 0; i < all; i++)
			near(bounded[i].bound, every[i].bound, 0);
		search_look(&search, every, all, 3);
		for (size_t i = 0; i < all; i++) {
			double score = -INFINITY;
			for (size_t p = 0; p < 3; p++)
				score = fmax(score, search.candidate[every[i].member[p]].score);
			assert_true(search_value(&search, every[i].mean, score, every[i].deviation) <=
				    every[i].bound + 1e-9);
		}
		free(bounded);
		free(every);
		search_free(&search);
	}
}

static void constraints_hold(void **state)
{
	struct suggest_world *made = *state;
	struct suggest_settings settings = settings_for(MEAN_OF_ALL, 2, SUGGEST_GAIN);
	struct suggest_result result;
	bool allowed[MODELS], used[MODELS] = {false};
	size_t include = 8;

	for (size_t i = 0; i < MODELS; i++)
		allowed[i] = i % 4 != 1;
	settings.models.allowed = allowed;
	assert_int_equal(engine_suggest(made->fit, &settings, NULL, &result, NULL), STATUS_OK);
	assert_true(result.count > 1);
	for (size_t i = 0; i < result.count; i++)
		for (size_t p = 0; p < 2; p++) {
			assert_true(allowed[result.answers[i].parents[p]]);
			assert_false(used[result.answers[i].parents[p]]);
			used[result.answers[i].parents[p]] = true;
		}
	suggest_result_free(&result);
	settings.models.include = &include;
	settings.models.include_count = 1;
	assert_int_equal(engine_suggest(made->fit, &settings, NULL, &result, NULL), STATUS_OK);
	assert_true(result.count > 1);
	for (size_t i = 0; i < result.count; i++)
		assert_true(result.answers[i].parents[0] == include || result.answers[i].parents[1] == include);
	suggest_result_free(&result);
	settings.floor = 1000;
	assert_int_equal(engine_suggest(made->fit, &settings, NULL, &result, NULL), STATUS_OK);
	assert_int_equal(result.count, 0);
	suggest_result_free(&result);
}

/* Models of two kinds that may not be joined, and the rest. */
static void traits_keep_models_apart(void **state)
{
	struct suggest_world *made = *state;
	struct suggest_settings settings = settings_for(MEAN_OF_ALL, 2, SUGGEST_GAIN);
	uint64_t has[MODELS], against[MODELS];
	struct suggest_result result;
	struct search search;
	double fitting = 0;

	for (size_t i = 0; i < MODELS; i++) {
		has[i] = i % 3 == 0;
		against[i] = i % 3 == 1;
	}
	settings.models.has = has;
	settings.models.against = against;
	settings.limit = 50;
	settings.per_model = 50;
	for (settings.parents = 2; settings.parents <= 3; settings.parents++) {
		assert_int_equal(engine_suggest(made->fit, &settings, NULL, &result, NULL), STATUS_OK);
		assert_true(result.count > 5);
		for (size_t i = 0; i < result.count; i++) {
			size_t kinds[3] = {0};
			for (size_t p = 0; p < settings.parents; p++)
				kinds[result.answers[i].parents[p] % 3]++;
			assert_true(kinds[0] == 0 || kinds[1] == 0);
		}
		if (settings.parents == 2)
			fitting = result.searched;
		suggest_result_free(&result);
	}
	settings.parents = 2;
	assert_int_equal(search_new(made->fit, &settings, NULL, &search, NULL), STATUS_OK);
	for (size_t i = 0; i < search.count; i++)
		for (size_t j = i + 1; j < search.count; j++) {
			size_t one = search.candidate[i].model % 3, other = search.candidate[j].model % 3;
			if (search.candidate[i].family == search.candidate[j].family && one + other != 1)
				fitting--;
		}
	near(fitting, 0, 0);
	search_free(&search);
}

static void a_model_without_scores_cannot_be_included(void **state)
{
	struct suggest_world *made = *state;
	struct suggest_settings settings = settings_for(MEAN_OF_ALL, 2, SUGGEST_GAIN);
	struct suggest_result result;
	size_t include = 0;

	while (!isnan(made->world.scores[include * BENCHMARKS]))
		include++;
	settings.models.include = &include;
	settings.models.include_count = 1;
	assert_int_equal(engine_suggest(made->fit, &settings, NULL, &result, NULL), STATUS_NO_INPUT);
	assert_null(result.answers);
}

static void a_search_can_be_cancelled(void **state)
{
	struct suggest_world *made = *state;
	struct suggest_settings settings = settings_for(MEAN_OF_ALL, 2, SUGGEST_GAIN);
	const struct engine_target axes[] = {*row_target(0), *row_target(1)};
	struct front_settings front = {.axes = axes, .axis_count = 2, .limit = 5};
	struct progress progress = {0};
	struct suggest_result result;
	struct front_result points;

	progress_cancel(&progress);
	assert_int_equal(engine_suggest(made->fit, &settings, &progress, &result, NULL), STATUS_CANCELLED);
	assert_int_equal(engine_front(made->fit, &front, &progress, &points, NULL), STATUS_CANCELLED);
	assert_null(result.answers);
	assert_null(points.answers);
}

/* ---- the front against brute force ------------------------------------------------ */

struct plane {
	double (*point)[2];
	size_t count;
};

/* Every pair at all weights, each predicted alone, on two rows.  The search is that of
 * the front's first axis: of two parents with equal weights it takes the same one's facts. */
static struct plane all_points(struct suggest_world *made, const size_t rows_shown[2], const bool *allowed)
{
	struct suggest_settings settings = settings_for(rows_shown[0], 2, SUGGEST_GAIN);
	struct engine_estimate estimates[BENCHMARKS + 1];
	struct plane plane = {memory_allocate(MODELS * (MODELS * 7 + 1), sizeof *plane.point), 0};
	struct search search;
	size_t rows;
	const double (*weights)[SUGGEST_PARENTS_MAX] = search_weights(2, &rows);

	settings.models.allowed = allowed;
	assert_int_equal(search_new(made->fit, &settings, NULL, &search, NULL), STATUS_OK);
	for (size_t i = 0; i < search.count; i++)
		for (size_t j = i + 1; j < search.count; j++)
			for (size_t r = 0; r < rows; r++) {
				struct entry entry = {.member = {i, j}};
				if (search.candidate[i].family != search.candidate[j].family)
					continue;
				memcpy(entry.weight, weights[r], sizeof entry.weight);
				entry_sort(&entry, 2);
				predict(made, &search, &entry, 2, estimates);
				plane.point[plane.count][0] = estimates[rows_shown[0]].mean;
				plane.point[plane.count++][1] = estimates[rows_shown[1]].mean;
			}
	search_free(&search);
	return plane;
}

static double margin(const double *by, double x, double y)
{
	return fmin(by[0] - x, by[1] - y);
}

/* Takes from every point what the search takes from merges, and adds the published models. */
static void as_shown(struct suggest_world *made, const struct front_result *result, const size_t rows_shown[2],
		     const bool *allowed, struct plane *plane)
{
	const struct engine_fit *fit = made->fit;

	for (size_t j = 0; j < plane->count; j++)
		for (size_t a = 0; a < 2; a++)
			plane->point[j][a] -= result->axis[a].overstated;
	for (size_t row = 0; row < fit->rows; row++) {
		if (!allowed[fit->row_model[row]])
			continue;
		for (size_t a = 0; a < 2; a++)
			plane->point[plane->count][a] = fit_observed(fit, row, row_target(rows_shown[a]));
		plane->count += (size_t)!isnan(plane->point[plane->count][0] + plane->point[plane->count][1]);
	}
}

/* What one answer says of itself. */
static void check_front_answer(struct suggest_world *made, const struct front_result *result,
			       const size_t rows_shown[2], const struct front_answer *answer)
{
	for (size_t a = 0; a < 2; a++) {
		const struct front_score *score = &answer->score[a];
		if (answer->count == 2) {
			near(score->shown, score->mean - result->axis[a].overstated, 1e-12);
			assert_true(score->sd > 0 && score->chance > 0 && score->chance < 1);
			continue;
		}
		size_t row = (size_t)made->fit->model_row[answer->parents[0]];
		assert_int_equal(answer->count, 1);
		near(score->shown, fit_observed(made->fit, row, row_target(rows_shown[a])), 1e-12);
		assert_true(isnan(score->chance));
	}
}

/* Checks a front of two rows against all that is allowed, and then allows only what is published on it: pairs
 * of these lie between them.  Returns the merges on the front. */
static size_t check_front(struct suggest_world *made, const size_t rows_shown[2], bool *allowed)
{
	const struct engine_target axes[] = {*row_target(rows_shown[0]), *row_target(rows_shown[1])};
	struct front_settings settings = {.axes = axes, .axis_count = 2, .limit = 1000};
	struct plane plane = all_points(made, rows_shown, allowed);
	struct front_result result;
	size_t published = 0;

	settings.models.allowed = allowed;
	assert_int_equal(engine_front(made->fit, &settings, NULL, &result, NULL), STATUS_OK);
	assert_int_equal(result.count, result.found);
	near(result.searched, (double)plane.count / 7, 0);
	as_shown(made, &result, rows_shown, allowed, &plane);
	for (size_t i = 0; i < result.count; i++) {
		const struct front_answer *answer = &result.answers[i];
		published += answer->count == 1;
		check_front_answer(made, &result, rows_shown, answer);
		for (size_t j = 0; j < plane.count; j++)
			assert_true(margin(plane.point[j], answer->score[0].shown, answer->score[1].shown) < 2e-3);
		assert_true(i == 0 || answer->score[0].shown <= answer[-1].score[0].shown);
	}
	assert_int_equal(result.published, published);
	assert_true(published > 0);
	/* And each point that nothing beats is there. */
	for (size_t j = 0; j < plane.count; j++) {
		double most = -INFINITY;
		for (size_t i = 0; i < result.count; i++) {
			const struct front_score *score = result.answers[i].score;
			most = fmax(most, margin((const double[2]){score[0].shown, score[1].shown}, plane.point[j][0],
						 plane.point[j][1]));
		}
		assert_true(most > -2e-3);
	}
	size_t merges = result.found - published;
	memset(allowed, 0, MODELS * sizeof *allowed);
	for (size_t i = 0; i < result.count; i++)
		if (result.answers[i].count == 1)
			allowed[result.answers[i].parents[0]] = true;
	free(plane.point);
	front_result_free(&result);
	return merges;
}

static void nothing_beats_the_front(void **state)
{
	static const size_t rows_shown[][2] = {{0, MEAN}, {0, 1}, {1, 2}, {2, 0}};
	struct suggest_world *made = *state;
	struct local_weights weights = take_local(made);
	size_t merges = 0;

	for (size_t i = 0; i < sizeof rows_shown / sizeof *rows_shown; i++) {
		bool allowed[MODELS];
		memset(allowed, 1, sizeof allowed);
		check_front(made, rows_shown[i], allowed);
		merges += check_front(made, rows_shown[i], allowed);
	}
	assert_true(merges > 0);
	made->fit->factors->local.weights = weights;
}

static void few_answers_span_the_front(void **state)
{
	struct suggest_world *made = *state;
	const struct engine_target axes[] = {*row_target(0), *row_target(1), *row_target(2)};
	struct front_settings settings = {.axes = axes, .axis_count = 3, .limit = 1000};
	struct front_result all, few;
	struct local_weights weights = take_local(made);

	assert_int_equal(engine_front(made->fit, &settings, NULL, &all, NULL), STATUS_OK);
	assert_true(all.count > 6);
	settings.limit = 5;
	assert_int_equal(engine_front(made->fit, &settings, NULL, &few, NULL), STATUS_OK);
	assert_int_equal(few.count, 5);
	assert_int_equal(few.found, all.found);
	for (size_t a = 0; a < 3; a++) {
		double most = -INFINITY, most_of_few = -INFINITY;
		for (size_t i = 0; i < all.count; i++)
			most = fmax(most, all.answers[i].score[a].shown);
		for (size_t i = 0; i < few.count; i++)
			most_of_few = fmax(most_of_few, few.answers[i].score[a].shown);
		near(most_of_few, most, 2e-3);
	}
	front_result_free(&all);
	front_result_free(&few);
	made->fit->factors->local.weights = weights;
}

/* Chances 0, 1/100 ... 99/100; those above 0.7 gained. */
static void such_are_those_of_the_nearest_chances(void **state)
{
	struct judged_merge list[100];
	struct merges merges = {list, 100};

	(void)state;
	for (size_t i = 0; i < 100; i++)
		list[i] = (struct judged_merge){.chance = (double)i / 100, .gained = i > 70 ? 1 : -1};
	struct suggest_such such = merges_such(&merges, 0);
	assert_int_equal(such.count, 40);
	assert_int_equal(such.gained, 0);
	near(such.high, 0.39, 1e-12);
	such = merges_such(&merges, 0.6);
	near(such.low, 0.4, 0.011);
	near(such.high, 0.8, 0.011);
	assert_in_range(such.gained, 8, 10);
	such = merges_such(&merges, 1);
	assert_int_equal(such.gained, 29);
	near(such.high, 0.99, 1e-12);
	merges.count = 12; /* all there are */
	assert_int_equal(merges_such(&merges, 0.5).count, 12);
	merges.count = 7;
	assert_int_equal(merges_such(&merges, 0.5).count, 0);
}

static void chances_of_judged_merges_follow_their_predictions(void **state)
{
	struct suggest_world *made = *state;
	struct suggest_settings settings = settings_for(MEAN_OF_ALL, 2, SUGGEST_GAIN);
	struct search search;
	struct merges merges;

	assert_int_equal(search_new(made->fit, &settings, NULL, &search, NULL), STATUS_OK);
	merges_judge(&search, &merges);
	assert_true(merges.count > 4);
	for (size_t i = 0; i < merges.count; i++) {
		const struct judged_merge *merge = &merges.merge[i];
		assert_true(merge->chance > 0 && merge->chance < 1);
		assert_true((merge->predicted > 0) == (merge->chance > 0.5));
		assert_true(i == 0 || merge->chance >= merge[-1].chance);
	}
	merges_free(&merges);
	search_free(&search);
}

/* Draws what the formula is about: true gains plus errors, the best picked. */
static void the_overstatement_is_that_of_the_best(void **state)
{
	(void)state;
	enum { SEARCHED = 200, TIMES = 4000 };
	const double slope = 0.6, spread = 2;
	double over = 0;

	seed = 5;
	for (int t = 0; t < TIMES; t++) {
		double best = -INFINITY, truth = 0;
		for (int i = 0; i < SEARCHED; i++) {
			double gain = spread * sqrt(slope) * normal();
			double predicted = gain + spread * sqrt(1 - slope) * normal();
			if (predicted > best) {
				best = predicted;
				truth = gain;
			}
		}
		over += (best - truth) / TIMES;
	}
	/* normal() is a sum of twelve uniforms: its tails are a little short. */
	near(suggest_overstatement(slope, spread, SEARCHED), over, 0.1);
	near(suggest_overstatement(1, spread, SEARCHED), 0, 0);
	assert_true(suggest_overstatement(slope, spread, 1e7) > suggest_overstatement(slope, spread, 1e3));
}

static void improvements_are_those_of_draws(void **state)
{
	(void)state;
	enum { TIMES = 200000 };

	for (double mean = 46; mean < 55; mean += 2) {
		double sum = 0;
		seed = 41;
		for (size_t t = 0; t < TIMES; t++)
			sum += fmax(mean + 3 * normal() - 50, 0) / TIMES;
		near(explore_improvement(mean, 3, 50), sum, 0.02);
	}
	near(explore_improvement(52, 0, 50), 2, 0);
	near(explore_improvement(48, 0, 50), 0, 0);
}

/* By improvement for their size, above the best of all, each model in one answer. */
static void what_is_explored_may_improve(void **state)
{
	struct suggest_world *made = *state;
	struct suggest_settings settings = settings_for(MEAN_OF_ALL, 2, SUGGEST_GAIN);
	struct suggest_result result;
	double best = -INFINITY;

	settings.explore = true;
	settings.floor = NAN;
	assert_int_equal(engine_suggest(made->fit, &settings, NULL, &result, NULL), STATUS_OK);
	assert_true(result.count > 1);
	for (size_t i = 0; i < MODELS; i++) {
		double sum = 0;
		for (size_t b = 0; b < BENCHMARKS; b++)
			sum += made->world.scores[i * BENCHMARKS + b] / BENCHMARKS;
		best = isnan(sum) ? best : fmax(best, sum);
	}
	double over = suggest_overstatement(result.slope, result.spread, result.searched);
	for (size_t i = 0; i < result.count; i++) {
		const struct suggest_answer *answer = &result.answers[i];
		near(answer->known, best, 1e-9);
		near(answer->improvement, explore_improvement(answer->mean - over, answer->sd, best), 0.05);
		if (i > 0)
			assert_true(answer->improvement / answer->size <=
				    result.answers[i - 1].improvement / result.answers[i - 1].size);
		for (size_t j = 0; j < i; j++)
			for (size_t p = 0; p < 4; p++)
				assert_int_not_equal(answer->parents[p / 2], result.answers[j].parents[p % 2]);
	}
	suggest_result_free(&result);
}

static struct engine_cell result_of(uint32_t benchmark, double value)
{
	return (struct engine_cell){.benchmark = benchmark, .value = value, .error = NAN,
				    .chat_template = ANSWER_UNKNOWN};
}

/* The first step against all others, and that values do not matter. */
static void the_plan_takes_the_surest(void **state)
{
	struct suggest_world *made = *state;
	const struct engine_target *mean = row_target(MEAN);
	const uint32_t all[BENCHMARKS] = {0, 1, 2};
	struct engine_estimate estimate, before;
	struct plan_step steps[BENCHMARKS];

	assert_int_equal(engine_predict_model(made->query, 20, NULL), STATUS_OK);
	engine_estimate(made->query, mean, &estimate);
	double alone = estimate.sd;
	assert_int_equal(engine_plan(made->query, NULL, 0, all, BENCHMARKS, mean, &before, steps), BENCHMARKS);
	near(before.sd, alone, 1e-9);
	engine_estimate(made->query, mean, &estimate);
	near(estimate.sd, alone, 1e-9); /* nothing is left of the plan */
	double least = INFINITY;
	for (uint32_t b = 0; b < BENCHMARKS; b++) { /* each result as it is expected */
		engine_condition(made->query, NULL, 0);
		engine_estimate(made->query, row_target(b), &estimate);
		struct engine_cell known = result_of(b, estimate.mean);
		engine_condition(made->query, &known, 1);
		engine_estimate(made->query, mean, &estimate);
		if (b == steps[0].benchmark)
			near(estimate.sd, steps[0].after.sd, 1e-9);
		least = fmin(least, estimate.sd);
	}
	near(steps[0].after.sd, least, 1e-9);
	assert_true(steps[1].after.sd < steps[0].after.sd && steps[0].after.sd < alone);
	const struct engine_cell known = result_of(1, 30);
	assert_int_equal(engine_plan(made->query, &known, 1, all, BENCHMARKS, row_target(1), &before, steps), 0);
	assert_int_equal(engine_plan(made->query, &known, 1, all, BENCHMARKS, mean, &before, steps), 2);
	assert_int_equal(engine_plan(made->query, &known, 1, all, 2, mean, &before, steps), 1);
}

/* What is known of an empty cell, and what of one that is published. */
static void known_scores_count(void **state)
{
	struct suggest_world *made = *state;
	const size_t model = 20;
	struct engine_estimate known, conditioned;
	struct engine_residual residual;

	assert_int_equal(engine_predict_known(made->query, model, NULL), STATUS_OK);
	for (size_t b = 0; b < BENCHMARKS; b++) {
		engine_estimate(made->query, row_target(b), &known);
		near(known.mean, made->world.scores[model * BENCHMARKS + b], 1e-9);
		near(known.sd, 0, 0);
	}
	assert_int_equal(engine_predict_model(made->query, model, NULL), STATUS_OK);
	struct engine_cell others[] = {result_of(1, made->world.scores[model * BENCHMARKS + 1]),
				       result_of(2, made->world.scores[model * BENCHMARKS + 2])};
	engine_condition(made->query, others, 2);
	engine_estimate(made->query, row_target(0), &conditioned);
	assert_true(engine_residual(made->fit, model, row_target(0), ENGINE_LEAVE_CELL, &residual));
	/* All cells are left out in turn by one inverse, with the noise that they tell of together. */
	near(residual.predicted, conditioned.mean, 0.02);
	near(residual.sd, conditioned.sd, 0.02);
	engine_condition(made->query, NULL, 0);
	assert_true(engine_residual(made->fit, model, row_target(0), ENGINE_LEAVE_MODEL, &residual));
	engine_estimate(made->query, row_target(0), &conditioned);
	near(residual.predicted, conditioned.mean, 1e-9);
}

/* With all but nothing left to learn no order can differ. */
static void plans_are_tested_on_models_with_all_results(void **state)
{
	struct suggest_world *made = *state;
	struct engine_data data = world_data(&made->world);
	struct plan_figures figures[BENCHMARKS];
	size_t complete = 0;

	for (size_t i = 0; i < MODELS; i++)
		complete += i % 7 != 3;
	assert_int_equal(engine_plan_test(&data, made->query, row_target(MEAN), 1, NULL, figures, NULL), STATUS_OK);
	assert_int_equal(figures[0].models, complete);
	near(figures[0].planned, figures[0].random, 1e-12);
	assert_true(figures[2].planned < figures[0].planned && figures[2].deviation < figures[0].deviation);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_those_of_predict),
		cmocka_unit_test(the_best_is_the_best_of_all),
		cmocka_unit_test(the_bound_of_triples_loses_nothing),
		cmocka_unit_test(constraints_hold),
		cmocka_unit_test(traits_keep_models_apart),
		cmocka_unit_test(a_model_without_scores_cannot_be_included),
		cmocka_unit_test(a_search_can_be_cancelled),
		cmocka_unit_test(nothing_beats_the_front),
		cmocka_unit_test(such_are_those_of_the_nearest_chances),
		cmocka_unit_test(chances_of_judged_merges_follow_their_predictions),
		cmocka_unit_test(few_answers_span_the_front),
		cmocka_unit_test(improvements_are_those_of_draws),
		cmocka_unit_test(what_is_explored_may_improve),
		cmocka_unit_test(the_plan_takes_the_surest),
		cmocka_unit_test(known_scores_count),
		cmocka_unit_test(plans_are_tested_on_models_with_all_results),
		cmocka_unit_test(the_overstatement_is_that_of_the_best),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
