/* Times what a user waits for, each beside a figure of the same machine that
 * it can be compared with: bench CACHE DATA-FOLDER. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cblas.h>
#include <lapacke.h>

#include "median.h"
#include "stemma/app/import.h"
#include "stemma/app/session.h"
#include "stemma/app/sketch.h"
#include "stemma/app/wishes.h"
#include "stemma/base/clock.h"
#include "stemma/base/memory.h"

#define REPEATS 21

static void fail(const struct error *error)
{
	char line[1100];

	error_format(error, line, sizeof line);
	fprintf(stderr, "bench: %s\n", line);
	exit(1);
}

static void import_all(struct session *session, const char *folder)
{
	static const char *const files[] = {
		"openllm-v2/contents.csv.gz", "openllm-v2/scores.csv", "lineage/lineage_edges.csv",
		"lineage/hub_stats_frozen.jsonl.gz",
	};
	char path[4096];

	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct import_report report = {0};
		struct error error = {0};
		snprintf(path, sizeof path, "%s/%s", folder, files[i]);
		if (access(path, R_OK) != 0)
			continue;
		double begin = clock_seconds();
		if (import_file(session->store, path, NULL, &report, &error) != STATUS_OK)
			fail(&error);
		double seconds = clock_seconds() - begin;
		size_t rows = report.models + report.edges + report.evaluations + report.aliases;
		printf("import %-34s %8.3f s  %9.0f records/s\n", files[i], seconds, (double)rows / seconds);
		import_report_free(&report);
	}
}

/* One Cholesky factorisation and one triangular solve of the fit's size, for
 * comparison. */
static void reference(size_t rows, double *factor_seconds, double *solve_seconds)
{
	double *matrix = memory_zero(rows * rows, sizeof *matrix), times[REPEATS];
	float *factor = memory_zero(rows * rows, sizeof *factor);
	float *vector = memory_zero(rows, sizeof *vector);

	for (size_t i = 0; i < rows; i++) {
		matrix[i * rows + i] = 2;
		factor[i * rows + i] = 1;
		for (size_t j = 0; j < i; j++)
			matrix[j * rows + i] = 1.0 / (double)rows;
	}
	double begin = clock_seconds();
	LAPACKE_dpotrf(LAPACK_COL_MAJOR, 'L', (int)rows, matrix, (int)rows);
	*factor_seconds = clock_seconds() - begin;
	for (size_t i = 0; i < REPEATS; i++) {
		begin = clock_seconds();
		cblas_strsv(CblasColMajor, CblasLower, CblasNoTrans, CblasNonUnit, (int)rows, factor, (int)rows,
			    vector, 1);
		times[i] = clock_seconds() - begin;
	}
	*solve_seconds = median(times, REPEATS);
	free(matrix);
	free(factor);
	free(vector);
}

/* The scored models with most relatives, for a sketch that touches much. */
static size_t busy_models(const struct catalog *catalog, size_t *models, size_t max)
{
	size_t found = 0;

	for (size_t i = 0; i < catalog->count && found < max; i++) {
		size_t parents;
		lineage_parents(catalog->lineage, i, &parents);
		if (catalog->models[i].scored && parents > 0)
			models[found++] = i;
	}
	return found;
}

static void bench_sketch(struct session *session, double solve_seconds)
{
	size_t models[SKETCH_PARENTS_MAX], count = busy_models(session->catalog, models, SKETCH_PARENTS_MAX);
	double add[SKETCH_PARENTS_MAX], weight[REPEATS];
	struct sketch_prediction prediction = {0};
	struct error error = {0};
	struct sketch sketch;

	sketch_init(&sketch);
	for (size_t i = 0; i < count; i++) {
		sketch_add(&sketch, models[i]);
		double begin = clock_seconds();
		if (sketch_predict(&sketch, session, &prediction, &error) != STATUS_OK)
			fail(&error);
		add[i] = clock_seconds() - begin;
		sketch_prediction_free(&prediction);
	}
	for (size_t i = 0; i < REPEATS; i++) {
		sketch_move_weight(&sketch, i % count, i % 2 ? 0.05 : -0.05);
		double begin = clock_seconds();
		if (sketch_predict(&sketch, session, &prediction, &error) != STATUS_OK)
			fail(&error);
		weight[i] = clock_seconds() - begin;
		sketch_prediction_free(&prediction);
	}
	sketch_free(&sketch);
	double added = median(add, count), moved = median(weight, REPEATS);
	printf("what-if after adding a parent               %8.2f ms  %6.1f x one triangular solve\n", 1e3 * added,
	       added / solve_seconds);
	printf("what-if after moving a weight (%zu parents)   %8.2f ms  %6.1f x one triangular solve\n", count,
	       1e3 * moved, moved / solve_seconds);
}

static double bench_fit(struct session *session, bool relearn, const char *what, double factor_seconds)
{
	struct error error = {0};
	struct engine_info info;

	if (session_fit(session, &(const struct engine_settings){.prior = PRIOR_KIN}, relearn, NULL, &error) != STATUS_OK)
		fail(&error);
	engine_fit_info(session->fit, &info);
	if (factor_seconds > 0)
		printf("%-43s %8.2f s   %6.1f x one dpotrf (%zu models)\n", what, info.seconds,
		       info.seconds / factor_seconds, info.models);
	return info.seconds;
}

/* What is wished, as in the browser. */
static void bench_wishes(struct session *session, const char *what, const char *line)
{
	struct wishes wishes = {0};
	struct wish_search search;
	struct suggest_result best = {0};
	struct front_result front = {0};
	struct error error = {0};

	if (wishes_read(&wishes, line, &error) != STATUS_OK ||
	    wishes_resolve(&wishes, session, &search, NULL, &error) != STATUS_OK)
		fail(&error);
	double begin = clock_seconds();
	enum status status = search.front.axis_count > 0
		? engine_front(session->fit, &search.front, NULL, &front, &error)
		: engine_suggest(session->fit, &search.settings, NULL, &best, &error);
	double seconds = clock_seconds() - begin;
	if (status != STATUS_OK)
		fail(&error);
	printf("%-43s %8.2f s   %.0f merges of %zu models\n", what, seconds, best.searched + front.searched,
	       best.candidates + front.candidates);
	suggest_result_free(&best);
	front_result_free(&front);
	wish_search_free(&search);
	wishes_free(&wishes);
}

static void bench_suggest(struct session *session)
{
	bench_wishes(session, "suggest: all pairs", "");
	bench_wishes(session, "suggest: all pairs by chance", "by=chance");
	bench_wishes(session, "suggest: triples", "parents=3");
	bench_wishes(session, "suggest: front of two benchmarks", "pareto=ifeval,bbh");
}

int main(int argc, char **argv)
{
	struct session *session = NULL;
	struct error error = {0};
	struct rusage usage;
	double factor_seconds, solve_seconds, begin = clock_seconds();

	if (argc != 3) {
		fprintf(stderr, "usage: bench CACHE DATA-FOLDER\n");
		return 64;
	}
	if (session_open(argv[1], false, NULL, NULL, &session, &error) != STATUS_OK)
		fail(&error);
	printf("new cache with the starter set              %8.3f s\n", clock_seconds() - begin);
	import_all(session, argv[2]);
	begin = clock_seconds();
	if (session_reload(session, &error) != STATUS_OK)
		fail(&error);
	printf("catalog of %6zu models                     %8.3f s\n", session->catalog->count, clock_seconds() - begin);
	reference(session->catalog->scored_count, &factor_seconds, &solve_seconds);
	bench_fit(session, true, "fit with learned variances", factor_seconds);
	bench_sketch(session, solve_seconds);
	bench_suggest(session);
	session_close(session);
	begin = clock_seconds();
	if (session_open(argv[1], false, NULL, NULL, &session, &error) != STATUS_OK)
		fail(&error);
	printf("opening the cache again                     %8.3f s\n", clock_seconds() - begin);
	bench_fit(session, false, "fit with known variances", factor_seconds);
	session_close(session);
	getrusage(RUSAGE_SELF, &usage);
	printf("peak memory                                 %8.0f MB\n", (double)usage.ru_maxrss / 1024);
	return 0;
}
