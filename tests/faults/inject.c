/* Every call that can fail, fails once: under each command, the first, the
 * second ... until the command no longer comes to it.  After each failure there
 * must be a message, the cache must be as before or as after, and sound, and
 * (with --enable-sanitizers) nothing may be left behind.
 *   STEP=4   leaves out more of the later calls: next = this + 1 + this / 4;
 *            0 leaves out none
 * Prints TAP and, as comments, how many failures there were. */
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../fuzz/world.h"
#include "failing.h"
#include "stemma/base/text.h"

int stemma_main(int argc, char **argv);
const char *__asan_default_options(void);

/* With the address sanitizer a leak has an exit status of its own. */
#define STATUS_LEAK 99
const char *__asan_default_options(void)
{
	return "exitcode=99";
}

#define WORDS_MAX 12
static const struct scenario {
	const char *name, *words[WORDS_MAX];
} scenarios[] = {
	{"import of models", {"--no-starter", "import", "models.csv"}},
	{"import of edges", {"--no-starter", "import", "edges.csv"}},
	{"import of renames", {"--no-starter", "import", "renames.csv"}},
	{"import of a merge", {"--no-starter", "import", "merge.yml"}},
	{"import of metadata", {"--no-starter", "import", "hub.jsonl"}},
	{"import of answers", {"--no-starter", "import", "answers.csv"}},
	{"fit", {"fit", "--variances"}},
	{"predict", {"predict", "-m", "n/Oak-7B:0.3", "-m", "r/Oak-3:0.7"}},
	{"predict of a file", {"predict", "merge.yml", "--json"}},
	{"tree", {"tree", "n/Oak-7B"}},
	{"show", {"show", "m/Oak-ties"}},
	{"residuals", {"residuals", "--csv"}},
	{"check", {"check"}},
	{"a saved sketch", {"browse", "--script", "sketch.keys"}},
};
#define SCENARIO_COUNT (sizeof scenarios / sizeof *scenarios)

static const struct {
	const char *name, *text;
} files[] = {
	{"models.csv", "model,kind,license,chat_template,ifeval,bbh,gpqa\n"
		       "q/New,merge,l\xe2\x80\xae,yes,40,30,10\nn/Oak-7B,chat,mit,no,24,22,6\n"},
	{"edges.csv", "child,parent,relation,weight\nq/New,n/Oak-7B,merge,1\nq/other,q/New,finetune,\n"},
	{"renames.csv", "leaderboard_id,current_hub_id\nm/unknown,q/known\nold/Oak,n/Oak-7B\n"},
	{"answers.csv", "model,set:0,set:1,set:2\nn/Oak-7B,0,1,1\nr/Oak-3,1,1,0\n"},
	{"merge.yml", "name: q/merged\nmerge_method: linear\nmodels:\n"
		      "  - {model: n/Oak-7B, parameters: {weight: 0.3}}\n"
		      "  - {model: r/Oak-3, parameters: {weight: 0.7}}\n"},
	{"hub.jsonl", "{\"id\":\"q/hub\",\"tags\":[\"license:mit\"],\"baseModels\":{\"relation\":\"finetune\","
		      "\"models\":[{\"id\":\"n/Oak-7B\"}]}}\n"},
	{"sketch.keys", "key j space j j space\nkey + +\ntype :save kept\nkey enter\ntype :write out.yml\n"
			"key enter y\nwait idle\n"},
};

/* ---- what is in a cache ------------------------------------------------------- */

/* Everything but times, and what a fit costs: they differ from run to run. */
#define WORK "-- SELECT name, method"
static const char *const contents[] = {
	"SELECT * FROM models ORDER BY id", "SELECT * FROM aliases ORDER BY alias",
	"SELECT * FROM edges ORDER BY child, parent, source", "SELECT * FROM benchmarks ORDER BY id",
	"SELECT * FROM evaluations ORDER BY id", "SELECT * FROM scores ORDER BY evaluation, benchmark",
	"SELECT * FROM outcomes ORDER BY model, benchmark",
	"SELECT name, method, base, chat_template FROM sketches ORDER BY name",
	"SELECT * FROM sketch_parents ORDER BY sketch, position", "SELECT * FROM state ORDER BY key",
	"SELECT model, reason FROM flags ORDER BY model",
};

static bool dump_query(sqlite3 *database, const char *sql, struct text *out)
{
	sqlite3_stmt *row = NULL;
	int code = sqlite3_prepare_v2(database, sql, -1, &row, NULL);

	while (code == SQLITE_OK && (code = sqlite3_step(row)) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(row); i++)
			text_append_format(out, "%s|", sqlite3_column_text(row, i)
					   ? (const char *)sqlite3_column_text(row, i) : "");
		text_append(out, "\n");
		code = SQLITE_OK;
	}
	sqlite3_finalize(row);
	return code == SQLITE_DONE;
}

/* The content as text, NULL when the cache cannot be read; the caller frees. */
static char *dump(const char *path)
{
	struct text out = {0};
	sqlite3 *database = NULL;
	bool whole = sqlite3_open(path, &database) == SQLITE_OK;

	for (size_t i = 0; i < sizeof contents / sizeof *contents; i++) {
		text_append_format(&out, "-- %s\n", contents[i]);
		whole = whole && dump_query(database, contents[i], &out);
	}
	if (!whole)
		fprintf(stderr, "%s\n", sqlite3_errmsg(database));
	sqlite3_close(database);
	if (!whole)
		text_free(&out);
	return whole ? text_steal(&out) : NULL;
}

/* ---- one run -------------------------------------------------------------------- */

struct outcome {
	int status;    /* as of wait() */
	bool happened;
	char *message; /* what was said */
	char *content; /* of the cache */
};

static void outcome_free(struct outcome *outcome)
{
	free(outcome->message);
	free(outcome->content);
}

static void redirect(const char *path, int descriptor)
{
	int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (file < 0 || dup2(file, descriptor) < 0)
		_exit(126);
	close(file);
}

/* In a process of its own: the command with its failure. */
static void run_command(const struct scenario *scenario, const char *cache, enum failing what,
			long number, bool *happened)
{
	const char *words[WORDS_MAX + 4] = {"stemma", "--db", cache};
	int count = 3;

	for (int i = 0; i < WORDS_MAX && scenario->words[i]; i++)
		words[count++] = scenario->words[i];
	redirect("out", STDOUT_FILENO);
	redirect("err", STDERR_FILENO);
	failing_set(what, number);
	int status = stemma_main(count, (char **)(uintptr_t)words);
	*happened = failing_happened();
	failing_set(what, 0);
	exit(status);
}

static void read_all(const char *path, struct text *text)
{
	char block[4096];
	ssize_t got;
	int file = open(path, O_RDONLY);

	while (file >= 0 && (got = read(file, block, sizeof block)) > 0)
		text_append_bytes(text, block, (size_t)got);
	if (file >= 0)
		close(file);
}

static struct outcome run(const struct scenario *scenario, enum failing what, long number, bool *shared)
{
	const char *cache = world_cache();
	struct outcome outcome = {0};
	struct text said = {0};

	remove("out.yml");
	*shared = false;
	fflush(stdout);
	pid_t child = fork();
	FUZZ_CHECK(child >= 0);
	if (child == 0)
		run_command(scenario, cache, what, number, shared);
	FUZZ_CHECK(waitpid(child, &outcome.status, 0) == child);
	/* Killed before it could tell: then it was by the failure. */
	outcome.happened = *shared || WIFSIGNALED(outcome.status);
	read_all("err", &said);
	read_all("out", &said);
	outcome.message = text_steal(&said);
	outcome.content = dump(cache);
	return outcome;
}

/* ---- what must be true after it ---------------------------------------------------- */

static void note_error(void *context, const char *severity, const char *message)
{
	if (strcmp(severity, "error") == 0)
		text_append_format(context, "%s; ", message);
}

/* What is wrong with the cache, "" when nothing; the caller frees. */
static char *check_cache(const char *path)
{
	struct text faults = {0};
	struct store *store = NULL;
	struct error error = {0};
	size_t count;

	text_append(&faults, "");
	if (store_open(path, false, &store, NULL, &error) != STATUS_OK ||
	    store_check(store, note_error, &faults, &count, &error) != STATUS_OK)
		text_append(&faults, error.message);
	store_close(store);
	return text_steal(&faults);
}

static bool is_said(const struct outcome *outcome, const char *words)
{
	return outcome->message && strstr(outcome->message, words);
}

static bool has_line(const char *text, const char *line, size_t length)
{
	for (const char *at = text; *at; at += strcspn(at, "\n"), at += *at == '\n')
		if (strcspn(at, "\n") == length && memcmp(at, line, length) == 0)
			return true;
	return false;
}

/* As before or as after.  What the browser keeps (behind WORK) are many small
 * things: each of them. */
static bool is_between(const char *content, const char *before, const char *after)
{
	const char *work = strstr(content, WORK);
	size_t data = (size_t)(work - content);

	if (strncmp(content, before, data) != 0 && strncmp(content, after, data) != 0)
		return false;
	for (size_t length; *work; work += length, work += *work == '\n') {
		length = strcspn(work, "\n");
		if (!has_line(before, work, length) && !has_line(after, work, length))
			return false;
	}
	return true;
}

/* What is wrong with an outcome; NULL when nothing. */
static const char *judge(const struct outcome *outcome, enum failing what, const char *before,
			 const char *after)
{
	bool killed = WIFSIGNALED(outcome->status);
	int code = WEXITSTATUS(outcome->status);

	bool memory = what == FAILING_MEMORY || what == FAILING_LIBRARY;

	if (killed && (!memory || !is_said(outcome, "out of memory")))
		return "killed by a signal";
	if (!killed && code == STATUS_LEAK)
		return "the sanitizer found something";
	if (!killed && code >= 124)
		return "an exit status that is none of ours";
	/* To `check` damage is a finding: it is on standard output. */
	if (code != 0 && !is_said(outcome, "stemma: ") && !is_said(outcome, "error  "))
		return "no message";
	if (!outcome->content)
		return "the cache cannot be read";
	if (!is_between(outcome->content, before, after))
		return "the cache is neither as before nor as after";
	return NULL;
}

struct tally {
	long failures, told, borne, faults;
};

static void complain(const struct scenario *scenario, enum failing what, long number, const char *wrong,
		     const struct outcome *outcome)
{
	printf("# %s, %s, number %ld: %s (exit %d, signal %d)\n", scenario->name, failing_name(what), number,
	       wrong, WEXITSTATUS(outcome->status), WIFSIGNALED(outcome->status) ? WTERMSIG(outcome->status) : 0);
	char *rest = NULL;
	int lines = 0;
	for (char *line = strtok_r(outcome->message, "\n", &rest); line && lines < 30;
	     line = strtok_r(NULL, "\n", &rest), lines++)
		printf("#   %s\n", line);
}

/* All failures of a kind under a command. */
static struct tally fail_each(const struct scenario *scenario, enum failing what, const char *before,
			      const char *after, long step, bool *shared)
{
	struct tally tally = {0};

	for (long number = 1;; number += 1 + (step ? number / step : 0)) {
		struct outcome outcome = run(scenario, what, number, shared);
		bool reached = outcome.happened;
		const char *wrong = judge(&outcome, what, before, after);
		char *faults = check_cache("c.db");
		if (!wrong && *faults)
			wrong = faults;
		if (wrong)
			complain(scenario, what, number, wrong, &outcome);
		tally.faults += wrong != NULL;
		tally.failures += reached;
		tally.borne += reached && outcome.status == 0;
		free(faults);
		outcome_free(&outcome);
		if (!reached || tally.faults > 5)
			return tally;
	}
}

static bool fail_all(const struct scenario *scenario, long step, bool *shared, int *test)
{
	struct outcome after = run(scenario, FAILING_MEMORY, 0, shared);
	char *before = dump(world_cache());
	bool good = true;

	FUZZ_CHECK(before && after.content);
	if (after.status != 0)
		complain(scenario, FAILING_MEMORY, 0, "it fails by itself", &after);
	for (int what = 0; what < FAILING_COUNT; what++) {
		struct tally tally = fail_each(scenario, (enum failing)what, before, after.content, step, shared);
		bool passed = tally.faults == 0 && after.status == 0;
		printf("%sok %d - %s: %ld failing %s, %ld of them borne\n", passed ? "" : "not ", ++*test,
		       scenario->name, tally.failures, failing_name((enum failing)what), tally.borne);
		fflush(stdout);
		good = good && passed;
	}
	free(before);
	outcome_free(&after);
	return good;
}

static void write_files(void)
{
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		FILE *file = fopen(files[i].name, "w");
		FUZZ_CHECK(file && fputs(files[i].text, file) >= 0 && fclose(file) == 0);
	}
}

static void remove_files(void)
{
	static const char *const left[] = {"out", "err", "out.yml"};

	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		remove(files[i].name);
	for (size_t i = 0; i < sizeof left / sizeof *left; i++)
		remove(left[i]);
}

int main(int argc, char **argv)
{
	const char *step = getenv("STEP");
	bool *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	bool good = true;
	int test = 0;

	FUZZ_CHECK(shared != MAP_FAILED);
	failing_install();
	world_cache(); /* and its folder is where we are now */
	write_files();
	for (size_t i = 0; i < SCENARIO_COUNT; i++)
		if (argc < 2 || strstr(scenarios[i].name, argv[1]))
			good = fail_all(&scenarios[i], step ? atol(step) : 2, shared, &test) && good;
	printf("1..%d\n", test);
	remove_files();
	return good ? 0 : 1;
}
