/* Measures the cache and the browser on made-up hubs of several sizes and
 * prints how each figure grows: scale FOLDER COUNT...
 * With --keys it times the browser's keys on a cache that is there, with --open
 * its opening: scale --keys CACHE */
#include <fcntl.h>
#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "hub.h"
#include "stemma/app/session.h"
#include "stemma/app/sketch.h"
#include "stemma/base/clock.h"
#include "stemma/base/memory.h"
#include "stemma/base/text.h"
#include "stemma/tui/tui.h"

#define SIZES_MAX 8
#define REPEATS 21

/* What is measured, in the order of the table; the key script's labels are
 * words of it.  X(symbol, word, title, unit, goal, grows with the hub) */
#define FIGURE_TABLE(X) \
	X(IMPORT, "import", "import", "models/s", ">= 100000", false) \
	X(FILE, "file", "size of the cache", "bytes/model", "", false) \
	X(ROWS, "rows", "catalog from the rows", "s", "", true) \
	X(PACK, "pack", "packing it", "s", "", true) \
	X(PACKED, "packed", "size of the cache, packed", "bytes/model", "", false) \
	X(CATALOG, "catalog", "catalog from the cache", "s", "", true) \
	X(OPEN, "open", "open to first picture", "s", "<= 1", true) \
	X(OPEN_CPU, "open-cpu", "the same, processor time", "s", "", true) \
	X(OPEN_MEMORY, "open-memory", "peak memory, opening", "MB", "", true) \
	X(LINEAGE, "lineage", "lineage graph", "s", "<= 3", true) \
	X(LINEAGE_BYTES, "lineage-bytes", "lineage graph", "bytes/node", "<= 64", false) \
	X(SCROLL_FIT, "scroll-fit", "scroll while fitting, 99 %", "ms", "<= 16", true) \
	X(FOLD_FIT, "fold-fit", "fold while fitting, 99 %", "ms", "<= 16", true) \
	X(JUMP_FIT, "jump-fit", "jump while fitting, 99 %", "ms", "<= 16", true) \
	X(SCROLL, "scroll", "scroll, 99 %", "ms", "<= 16", true) \
	X(FOLD, "fold", "fold, 99 %", "ms", "<= 16", true) \
	X(JUMP, "jump", "jump, 99 %", "ms", "<= 16", true) \
	X(SEARCH, "search", "search, longest key", "ms", "<= 50", true) \
	X(FILTER, "filter", "filter, longest key", "ms", "<= 50", true) \
	X(MEMORY, "memory", "peak memory, with a fit", "MB", "<= 1024", true) \
	X(PREDICT, "predict", "predict after the fit", "ms", "<= 100", true)
enum figure {
#define X(symbol, word, title, unit, goal, grows) FIGURE_##symbol,
	FIGURE_TABLE(X)
#undef X
	FIGURE_COUNT
};
static const struct {
	const char *word, *title, *unit, *goal;
	bool grows;
} figures[] = {
#define X(symbol, word, title, unit, goal, grows) {word, title, unit, goal, grows},
	FIGURE_TABLE(X)
#undef X
};

static void fail(const struct error *error)
{
	char line[1100];

	error_format(error, line, sizeof line);
	fprintf(stderr, "scale: %s\n", line);
	exit(1);
}

static void tell(enum figure figure, double value)
{
	printf("figure %s %.9g\n", figures[figure].word, value);
	fflush(stdout);
}

static double peak_megabytes(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (double)usage.ru_maxrss / 1024;
}

static double thread_seconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
	return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* ---- parts: each in a process of its own, so that memory is its own ------------- */

static struct session *open_session(const char *cache)
{
	struct session *session;
	struct error error = {0};

	if (session_open(cache, true, NULL, NULL, &session, &error) != STATUS_OK)
		fail(&error);
	return session;
}

static void tell_size(enum figure figure, const char *cache, size_t count)
{
	struct stat file;

	if (stat(cache, &file) == 0)
		tell(figure, (double)file.st_size / (double)count);
}

/* As the command does, which packs the catalog at its end. */
static void part_import(const char *cache, size_t count)
{
	struct store *store;
	struct hub_report report;
	struct error error = {0};
	bool created;

	if (store_open(cache, true, &store, &created, &error) != STATUS_OK ||
	    hub_make(store, count, &report, &error) != STATUS_OK)
		fail(&error);
	store_close(store);
	tell(FIGURE_IMPORT, (double)report.models / report.seconds);
	tell_size(FIGURE_FILE, cache, count);
	double begin = clock_seconds();
	struct session *session = open_session(cache);
	tell(FIGURE_ROWS, clock_seconds() - begin);
	begin = clock_seconds();
	if (session_pack(session, NULL, &error) != STATUS_OK)
		fail(&error);
	if (count >= SESSION_PACK_MODELS)
		tell(FIGURE_PACK, clock_seconds() - begin);
	session_close(session);
	if (count >= SESSION_PACK_MODELS)
		tell_size(FIGURE_PACKED, cache, count);
	fprintf(stderr, "%zu models, %zu edges, %zu scored, %zu hostile names\n", report.models, report.edges,
		report.scored, report.hostile);
}

/* Builds the lineage of the catalog once more. */
static void part_lineage(const char *cache, size_t count)
{
	struct session *session = open_session(cache);
	const struct lineage *lineage = session->catalog->lineage;
	struct mallinfo2 before = mallinfo2();
	double begin = clock_seconds();
	struct lineage *again = lineage_new(count);

	for (size_t node = 0; node < count; node++) {
		size_t parents;
		const struct lineage_parent *parent = lineage_parents(lineage, node, &parents);
		for (size_t i = 0; i < parents; i++)
			lineage_add(again, node, parent[i].node, (enum relation)parent[i].relation,
				    parent[i].known_weight ? (double)parent[i].weight : (double)NAN,
				    (enum trust)parent[i].trust);
	}
	lineage_finish(again);
	tell(FIGURE_LINEAGE, clock_seconds() - begin);
	struct mallinfo2 after = mallinfo2();
	tell(FIGURE_LINEAGE_BYTES, (double)(after.uordblks + after.hblkhd - before.uordblks - before.hblkhd) /
					   (double)count);
	lineage_free(again);
	session_close(session);
}

static double wall_seconds(const struct timespec *time)
{
	return (double)time->tv_sec + 1e-9 * (double)time->tv_nsec;
}

static void run_script(struct session *session, const char *path)
{
	struct config *config = config_new();
	struct tui_options options = {.config = config, .script = path};
	struct error error = {0};

	if (tui_run(session, &options, &error) != STATUS_OK)
		fail(&error);
	config_free(config);
}

/* The time of the first picture is that of the file it is written to. */
static void part_open(const char *cache, size_t count)
{
	struct text picture = {0}, script = {0};
	struct timespec begin;
	struct stat file;

	(void)count;
	text_append_format(&picture, "%s.picture", cache);
	text_append_format(&script, "%s.keys", cache);
	FILE *out = fopen(text_string(&script), "w");
	fprintf(out, "resize 120 40\ndump %s\nquit\n", text_string(&picture));
	fclose(out);
	clock_gettime(CLOCK_REALTIME, &begin);
	double start = clock_seconds(), before = thread_seconds();
	struct session *session = open_session(cache);
	tell(FIGURE_CATALOG, clock_seconds() - start);
	run_script(session, text_string(&script));
	if (stat(text_string(&picture), &file) == 0)
		tell(FIGURE_OPEN, wall_seconds(&file.st_mtim) - wall_seconds(&begin));
	tell(FIGURE_OPEN_CPU, thread_seconds() - before);
	tell(FIGURE_OPEN_MEMORY, peak_megabytes());
	session_close(session);
	unlink(text_string(&picture));
	unlink(text_string(&script));
	text_free(&picture);
	text_free(&script);
}

static void repeat(FILE *out, int times, const char *lines)
{
	while (times-- > 0)
		fputs(lines, out);
}

/* Scrolling, folding and jumping. */
static void write_moves(FILE *out, const char *suffix)
{
	fputs("key z\nkey g\nkey l\nkey l\nkey l\n", out);
	repeat(out, 150, "key j\n");
	repeat(out, 50, "key pgdn\n");
	repeat(out, 20, "key G\nkey g\nkey pgdn\n");
	fprintf(out, "times scroll%s\n", suffix);
	fputs("key z\nkey g\n", out);
	repeat(out, 40, "key l\nkey h\nkey j\n");
	repeat(out, 10, "key J\nkey l\nkey l\nkey h\nkey h\n");
	/* The last rows are the roots without scored kin: half of the hub. */
	repeat(out, 5, "key G\nkey l\nkey j\nkey pgdn\nkey h\nkey h\n");
	fputs("key Z\nkey G\nkey z\n", out);
	fprintf(out, "times fold%s\n", suffix);
	repeat(out, 10, "key p\nkey ctrl-o\nkey G\nkey p\nkey g\nkey ctrl-o\n");
	fprintf(out, "times jump%s\n", suffix);
}

static void write_search(FILE *out, const char *opening, const char *word)
{
	fprintf(out, "key %s\n", opening);
	for (; *word; word++)
		fprintf(out, "type %c\n", *word);
}

static void write_keys(const char *path)
{
	FILE *out = fopen(path, "w");

	fputs("resize 120 40\n", out);
	write_moves(out, "-fit");
	fputs("wait idle\n", out);
	write_moves(out, "");
	write_search(out, "/", "llama-3.1");
	fputs("key enter\nkey n\nkey n\nkey N\n", out);
	write_search(out, "/", "slerp-4");
	fputs("key esc\ntimes search\n", out);
	write_search(out, "f", "qwinstr v2");
	repeat(out, 4, "key backspace\n");
	fputs("key esc\n", out);
	write_search(out, "f", "user1 gguf");
	fputs("key enter\nkey j\nkey esc\ntimes filter\nquit\n", out);
	fclose(out);
}

static void part_keys(const char *cache, size_t count)
{
	struct text script = {0};
	struct session *session = open_session(cache);

	(void)count;
	text_append_format(&script, "%s.keys", cache);
	write_keys(text_string(&script));
	run_script(session, text_string(&script));
	tell(FIGURE_MEMORY, peak_megabytes());
	session_close(session);
	unlink(text_string(&script));
	text_free(&script);
}

static int compare(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return a < b ? -1 : a > b;
}

static void part_predict(const char *cache, size_t count)
{
	struct session *session = open_session(cache);
	struct sketch_prediction prediction = {0};
	struct error error = {0};
	struct sketch sketch;
	double times[REPEATS];

	if (session_fit(session, &(const struct engine_settings){.prior = PRIOR_KIN}, false, NULL, &error) != STATUS_OK)
		fail(&error);
	sketch_init(&sketch);
	for (size_t i = 0; i < 4; i++)
		sketch_add(&sketch, count / 5 * (i + 1) / 400 * 400);
	for (size_t i = 0; i < REPEATS; i++) {
		sketch_move_weight(&sketch, i % 4, i % 2 ? 0.05 : -0.05);
		double begin = clock_seconds();
		if (sketch_predict(&sketch, session, &prediction, &error) != STATUS_OK)
			fail(&error);
		times[i] = clock_seconds() - begin;
		sketch_prediction_free(&prediction);
	}
	qsort(times, REPEATS, sizeof *times, compare);
	tell(FIGURE_PREDICT, 1e3 * times[REPEATS / 2]);
	sketch_free(&sketch);
	session_close(session);
}

/* ---- the table --------------------------------------------------------------------- */

/* A line of a part: "figure WORD VALUE", or what the key script's `times` says:
 * of searches every key counts, of the others 99 of 100. */
static void take_line(const char *line, double *values)
{
	char word[32];
	double value, percentile, longest;

	bool plain = sscanf(line, "figure %31s %lf", word, &value) == 2;
	if (!plain && sscanf(line, "%31[^:]: %*u keys, median %*f ms, 99th percentile %lf ms, longest %lf ms",
			     word, &percentile, &longest) != 3)
		return;
	for (size_t i = 0; i < FIGURE_COUNT; i++)
		if (strcmp(word, figures[i].word) == 0)
			values[i] = plain ? value : i == FIGURE_SEARCH || i == FIGURE_FILTER ? longest : percentile;
}

static void run_part(void (*part)(const char *cache, size_t count), const char *cache, size_t count,
		     double *values)
{
	int ends[2], status;
	char line[512];

	fflush(NULL);
	if (pipe(ends) != 0)
		exit(1);
	pid_t child = fork();
	if (child == 0) {
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		part(cache, count);
		fflush(NULL);
		_exit(0);
	}
	close(ends[1]);
	FILE *in = fdopen(ends[0], "r");
	while (fgets(line, sizeof line, in)) {
		take_line(line, values);
		if (strncmp(line, "figure", 6) != 0)
			fprintf(stderr, "  %s", line);
	}
	fclose(in);
	if (waitpid(child, &status, 0) != child || status != 0) {
		fprintf(stderr, "scale: a part failed\n");
		exit(1);
	}
}

static void measure(const char *folder, size_t count, double *values)
{
	static void (*const parts[])(const char *cache, size_t count) = {
		part_import, part_open, part_lineage, part_keys, part_predict,
	};
	static const char *const endings[] = {"", "-wal", "-shm"};
	struct text cache = {0};

	text_append_format(&cache, "%s/%zu.db", folder, count);
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		struct text path = {0};
		text_append_format(&path, "%s%s", text_string(&cache), endings[i]);
		unlink(text_string(&path));
		text_free(&path);
	}
	for (size_t i = 0; i < FIGURE_COUNT; i++)
		values[i] = (double)NAN;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		run_part(parts[i], text_string(&cache), count, values);
	text_free(&cache);
}

/* Beside each figure that grows: how many times the figure of the size before,
 * divided by how many times its size. */
static void print_table(size_t sizes, const size_t *counts, double values[][FIGURE_COUNT])
{
	printf("%-28s %-11s", "models", "");
	for (size_t s = 0; s < sizes; s++)
		printf(" %18zu", counts[s]);
	printf("  goal\n");
	for (size_t f = 0; f < FIGURE_COUNT; f++) {
		printf("%-28s %-11s", figures[f].title, figures[f].unit);
		for (size_t s = 0; s < sizes; s++) {
			double growth = s == 0 ? (double)NAN : values[s][f] / values[s - 1][f] *
					(double)counts[s - 1] / (double)counts[s];
			if (isnan(values[s][f]))
				printf(" %10s", "-");
			else
				printf(values[s][f] >= 1000 ? " %10.0f" : " %10.3g", values[s][f]);
			if (figures[f].grows && !isnan(growth))
				printf(" (%4.2f)", growth);
			else
				printf("       ");
		}
		printf("  %s\n", figures[f].goal);
	}
	printf("(1.00 = grows as the hub does)\n");
}

/* One part on a cache that is there, with what it tells. */
static int run_alone(void (*part)(const char *cache, size_t count), const char *cache)
{
	double values[FIGURE_COUNT];

	for (size_t i = 0; i < FIGURE_COUNT; i++)
		values[i] = (double)NAN;
	run_part(part, cache, 0, values);
	for (size_t i = 0; i < FIGURE_COUNT; i++)
		if (!isnan(values[i]))
			printf("%-28s %-11s %10.3g\n", figures[i].title, figures[i].unit, values[i]);
	return 0;
}

int main(int argc, char **argv)
{
	double values[SIZES_MAX][FIGURE_COUNT];
	size_t counts[SIZES_MAX], sizes = 0;

	if (argc == 3 && strcmp(argv[1], "--keys") == 0)
		return run_alone(part_keys, argv[2]);
	if (argc == 3 && strcmp(argv[1], "--open") == 0)
		return run_alone(part_open, argv[2]);
	if (argc < 3 || argc - 2 > SIZES_MAX) {
		fprintf(stderr, "usage: scale FOLDER COUNT... | scale --keys CACHE | scale --open CACHE\n");
		return 64;
	}
	for (; sizes + 2 < (size_t)argc; sizes++) {
		counts[sizes] = strtoul(argv[sizes + 2], NULL, 10);
		measure(argv[1], counts[sizes], values[sizes]);
	}
	print_table(sizes, counts, values);
	return 0;
}
