/* Times the fit of made-up leaderboards past the dense path, each in a process of
 * its own, and prints how the figures grow: sparse COUNT...
 * With --cache it fits a cache, with --made-up so many made-up models, by both
 * paths and prints how far they agree: sparse --cache CACHE | --made-up COUNT */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "median.h"
#include "scored.h"
#include "stemma/app/session.h"
#include "stemma/base/clock.h"
#include "stemma/base/memory.h"

#define REPEATS 9
#define SIZES_MAX 8

static void fail(const struct error *error)
{
	char line[1100];

	error_format(error, line, sizeof line);
	fprintf(stderr, "sparse: %s\n", line);
	exit(1);
}

static struct engine_fit *make_fit(const struct engine_data *data, const struct engine_settings *settings,
				   const void *state, size_t bytes)
{
	struct engine_fit *fit;
	struct error error = {0};

	if (engine_fit_new(data, settings, state, bytes, state == NULL, NULL, &fit, &error) != STATUS_OK)
		fail(&error);
	return fit;
}

/* ---- growth ----------------------------------------------------------------------- */

struct figures {
	double fit, processor, refit, memory, parent, eighth, weight, pearson;
};

/* What a sketch shows: each benchmark and the mean. */
static void predict(struct engine_query *query, const struct engine_child *child)
{
	struct engine_estimate estimate;
	struct error error = {0};

	if (engine_predict_child(query, child, &error) != STATUS_OK)
		fail(&error);
	for (size_t b = 0; b < SCORED_BENCHMARKS; b++)
		engine_estimate(query, &engine_target_one(b), &estimate);
	engine_estimate(query, &scored_mean, &estimate);
}

/* Adds one parent after the other, `stride` models apart; ms each. */
static void add_parents(struct engine_query *query, struct engine_child *child, size_t stride, double *added)
{
	for (size_t i = 0; i < ENGINE_PARENTS_MAX; i++) {
		child->parents[i] = stride * (i + 1);
		child->weights[i] = 1;
		child->count = i + 1;
		double begin = clock_seconds();
		predict(query, child);
		added[i] = 1e3 * (clock_seconds() - begin);
	}
}

/* The oldest models have the most kin. */
static void time_queries(const struct engine_fit *fit, const struct engine_data *data, struct figures *figures)
{
	struct engine_query *query = engine_query_new(fit);
	struct engine_child child = {.model = data->model[data->models - 1], .relation = RELATION_MERGE};
	double added[ENGINE_PARENTS_MAX], eighth[REPEATS], moved[REPEATS];

	child.model.name = NULL;
	add_parents(query, &child, data->models / 10, added);
	figures->parent = median(added, ENGINE_PARENTS_MAX);
	for (size_t i = 0; i < REPEATS; i++) {
		add_parents(query, &child, 3 + i, added);
		eighth[i] = added[ENGINE_PARENTS_MAX - 1];
	}
	figures->eighth = median(eighth, REPEATS);
	for (size_t i = 0; i < REPEATS; i++) {
		child.weights[i % child.count] += 0.1;
		double begin = clock_seconds();
		predict(query, &child);
		moved[i] = clock_seconds() - begin;
	}
	figures->weight = 1e3 * median(moved, REPEATS);
	engine_query_free(query);
}

static void measure(size_t count, struct figures *figures)
{
	struct scored scored;
	struct engine_settings settings = {.prior = PRIOR_KIN, .seed = 1};
	struct engine_figures judged;
	struct engine_info info;
	struct rusage usage;
	size_t bytes;

	scored_make(count, &scored);
	struct engine_fit *fit = make_fit(&scored.data, &settings, NULL, 0);
	getrusage(RUSAGE_SELF, &usage);
	figures->processor = (double)usage.ru_utime.tv_sec + 1e-6 * (double)usage.ru_utime.tv_usec;
	engine_fit_info(fit, &info);
	figures->fit = info.seconds;
	time_queries(fit, &scored.data, figures);
	engine_fit_figures(fit, &scored_mean, ENGINE_LEAVE_MODEL, &judged);
	figures->pearson = judged.pearson;
	getrusage(RUSAGE_SELF, &usage);
	figures->memory = (double)usage.ru_maxrss / 1024;
	void *state = engine_fit_state(fit, &bytes);
	engine_fit_free(fit);
	fit = make_fit(&scored.data, &settings, state, bytes);
	engine_fit_info(fit, &info);
	figures->refit = info.seconds;
	engine_fit_free(fit);
	free(state);
	scored_free(&scored);
}

/* In a process of its own, so that memory is its own. */
static void measure_apart(size_t count, struct figures *figures)
{
	int ends[2], status;

	fflush(NULL);
	if (pipe(ends) != 0)
		exit(1);
	pid_t child = fork();
	if (child == 0) {
		measure(count, figures);
		ssize_t written = write(ends[1], figures, sizeof *figures);
		_exit(written != (ssize_t)sizeof *figures);
	}
	close(ends[1]);
	bool good = read(ends[0], figures, sizeof *figures) == (ssize_t)sizeof *figures;
	close(ends[0]);
	if (waitpid(child, &status, 0) != child || status != 0 || !good) {
		fprintf(stderr, "sparse: the fit of %zu models failed\n", count);
		exit(1);
	}
}

static void print_growth(const char *title, const struct figures *all, const size_t *counts, size_t sizes,
			 size_t offset)
{
	double before = NAN;

	printf("%-46s", title);
	for (size_t i = 0; i < sizes; i++) {
		double value;
		memcpy(&value, (const char *)&all[i] + offset, sizeof value);
		printf(" %9.3g", value);
		if (i > 0)
			printf(" (n^%4.1f)", log(value / before) / log((double)counts[i] / (double)counts[i - 1]));
		before = value;
	}
	printf("\n");
}

static void print_growths(const size_t *counts, const struct figures *all, size_t sizes)
{
	static const struct {
		const char *title;
		size_t offset;
	} rows[] = {
		{"fit with learned variances, s", offsetof(struct figures, fit)},
		{"the same, processor s", offsetof(struct figures, processor)},
		{"fit with known variances, s", offsetof(struct figures, refit)},
		{"peak memory, MB", offsetof(struct figures, memory)},
		{"what-if after adding a parent, ms", offsetof(struct figures, parent)},
		{"after the eighth parent, all with much kin, ms", offsetof(struct figures, eighth)},
		{"what-if after moving a weight, ms", offsetof(struct figures, weight)},
		{"Pearson of the average, leave-one-out", offsetof(struct figures, pearson)},
	};

	printf("%-46s", "scored models");
	for (size_t i = 0; i < sizes; i++)
		printf(i ? " %9zu         " : " %9zu", counts[i]);
	printf("\n");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		print_growth(rows[i].title, all, counts, sizes, rows[i].offset);
}

/* ---- agreement --------------------------------------------------------------------- */

struct difference {
	double largest, squares, count;
};

static void differ(struct difference *difference, double a, double b)
{
	double distance = fabs(a - b);

	if (isnan(distance))
		return;
	difference->largest = fmax(difference->largest, distance);
	difference->squares += distance * distance;
	difference->count++;
}

static void print_difference(const char *what, const struct difference *difference)
{
	printf("  %s: RMS %.3g, most %.3g", what, sqrt(difference->squares / difference->count), difference->largest);
}

static void print_fit(const char *path, const struct engine_fit *fit, const struct engine_target *mean)
{
	struct engine_figures figures;
	struct engine_info info;

	engine_fit_info(fit, &info);
	engine_fit_figures(fit, mean, ENGINE_LEAVE_MODEL, &figures);
	printf("%zu models, known variances, %s: %.2f s, Pearson %.4f, RMSE %.4f, 90 %% interval holds %.4f\n",
	       info.models, path, info.seconds, figures.pearson, figures.rmse,
	       figures.coverage90);
}

struct agreement {
	struct difference mean[2], deviation[2], reach, reason; /* unscored, scored */
};

static void compare_estimates(struct agreement *agreement, bool scored, struct engine_query *queries[2],
			      const struct engine_target *target)
{
	struct engine_estimate one, other;

	engine_estimate(queries[0], target, &one);
	engine_estimate(queries[1], target, &other);
	differ(&agreement->mean[scored], one.mean, other.mean);
	differ(&agreement->deviation[scored], one.sd, other.sd);
	differ(&agreement->reach, one.high90 - one.low90, other.high90 - other.low90);
}

static void compare_model(struct agreement *agreement, const struct engine_data *data, size_t model, bool scored,
			  struct engine_query *queries[2], const struct engine_target *mean)
{
	struct engine_contribution reasons[2] = {0};
	struct error error = {0};

	for (size_t i = 0; i < 2; i++)
		if (engine_predict_model(queries[i], model, &error) != STATUS_OK)
			fail(&error);
	for (size_t b = 0; b < data->benchmarks; b++)
		compare_estimates(agreement, scored, queries, &engine_target_one(b));
	compare_estimates(agreement, scored, queries, mean);
	if (model % 16 != 0)
		return;
	for (size_t i = 0; i < 2; i++)
		engine_contributions(queries[i], mean, &reasons[i], 1);
	differ(&agreement->reason, reasons[0].points, reasons[1].points);
}

/* Scored and unscored models by both; of these one in ten will do. */
static void print_agreement(const struct engine_data *data, const struct engine_target *mean,
			    const struct engine_fit *dense, const struct engine_fit *sparse)
{
	struct engine_query *queries[2] = {engine_query_new(dense), engine_query_new(sparse)};
	struct agreement agreement = {0};
	struct engine_residual residual;
	size_t unscored = 0;

	for (size_t model = 0; model < data->models; model++) {
		bool scored = engine_residual(dense, model, mean, ENGINE_LEAVE_MODEL, &residual);
		if (scored || unscored++ % 10 == 0)
			compare_model(&agreement, data, model, scored, queries, mean);
	}
	for (size_t scored = 2; scored-- > 0;) {
		print_difference(scored ? "scored: mean" : "unscored: mean", &agreement.mean[scored]);
		print_difference("sd", &agreement.deviation[scored]);
		printf("\n");
	}
	print_difference("width of the 90 % interval", &agreement.reach);
	print_difference("largest reason", &agreement.reason);
	printf(" (points)\n");
	for (size_t i = 0; i < 2; i++)
		engine_query_free(queries[i]);
}

static void compare_paths(const struct engine_data *data, const struct engine_target *mean)
{
	struct engine_settings settings = {.prior = PRIOR_KIN, .seed = 1, .dense_rows = SIZE_MAX};
	size_t bytes;
	struct engine_fit *learned = make_fit(data, &settings, NULL, 0);
	void *state = engine_fit_state(learned, &bytes);

	engine_fit_free(learned);
	struct engine_fit *dense = make_fit(data, &settings, state, bytes);
	print_fit("dense", dense, mean);
	settings.dense_rows = 1;
	struct engine_fit *sparse = make_fit(data, &settings, state, bytes);
	print_fit("sparse", sparse, mean);
	print_agreement(data, mean, dense, sparse);
	engine_fit_free(sparse);
	engine_fit_free(dense);
	free(state);
}

static void compare_cache(const char *cache)
{
	struct session *session;
	struct error error = {0};
	struct engine_data data;

	if (session_open(cache, true, NULL, NULL, &session, &error) != STATUS_OK)
		fail(&error);
	catalog_engine_data(session->catalog, &data);
	compare_paths(&data, &session->target.engine);
	session_close(session);
}

/* One in ten is left to predict. */
static void compare_made_up(size_t count)
{
	struct scored scored;
	bool *excluded = memory_allocate(count, sizeof *excluded);

	scored_make(count, &scored);
	for (size_t i = 0; i < count; i++)
		excluded[i] = i % 10 == 7;
	scored.data.excluded = excluded;
	compare_paths(&scored.data, &scored_mean);
	scored_free(&scored);
	free(excluded);
}

int main(int argc, char **argv)
{
	struct figures figures[SIZES_MAX] = {{0}};
	size_t counts[SIZES_MAX], sizes = 0;

	if (argc == 3 && strcmp(argv[1], "--cache") == 0) {
		compare_cache(argv[2]);
		return 0;
	}
	if (argc == 3 && strcmp(argv[1], "--made-up") == 0) {
		compare_made_up(strtoul(argv[2], NULL, 10));
		return 0;
	}
	if (argc < 2 || argc - 1 > SIZES_MAX) {
		fprintf(stderr, "usage: sparse COUNT... | sparse --cache CACHE | sparse --made-up COUNT\n");
		return 64;
	}
	for (; sizes + 1 < (size_t)argc; sizes++) {
		counts[sizes] = strtoul(argv[sizes + 1], NULL, 10);
		measure_apart(counts[sizes], &figures[sizes]);
	}
	print_growths(counts, figures, sizes);
	return 0;
}
