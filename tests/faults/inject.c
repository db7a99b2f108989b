/* Every call that can fail, fails once: under each command, the first, the
 * second ... until the command no longer comes to it.  After each failure there
 * must be a message; the cache must be as before or as after, and sound; what is
 * printed must be whole or said not to be; and nothing may be left behind: no
 * memory, no open file, no half of a file.
 *   EVERY=3000   all calls where a command makes up to so many of a kind; where it
 *                makes more, the first and the last call from each place (a chain
 *                of callers).  Within libraries: the first from each place that
 *                no command before has come to.
 *   STEP=1       a sample of the calls: next = this + 1 + this / STEP (the default)
 *   PART=1/2     the second half of the commands, for two of these beside each other
 *   ONE=2:41     only the 41st call of kind 2 (failing.h, from 0), for a debugger:
 *                in this process, with its output in the files out and err
 * A word on the command line picks the scenarios that have it in their name.
 * Prints TAP and, as comments, how many failures there were. */
#include <dirent.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../fuzz/world.h"
#include "caches.h"
#include "crash.h"
#include "failing.h"
#include "scenarios.h"
#include "stemma/base/memory.h"
#include "stemma/base/text.h"

int stemma_main(int argc, char **argv);
const char *__asan_default_options(void);

#define TIME_MAX 1200 /* seconds, after which a command hangs, and the test ends */

/* With the address sanitizer a leak has an exit status of its own. */
#define STATUS_LEAK 99
const char *__asan_default_options(void)
{
	return "exitcode=99";
}

/* ---- one run -------------------------------------------------------------------- */

/* What the process of a run tells the one that judges it. */
struct shared {
	bool happened, ended;
	char crashed[CRASH_NAME]; /* in which library, "" when it did not */
	struct failing_left left;
	struct failing_sites sites;
};

struct outcome {
	int status; /* as of wait() */
	char crashed[CRASH_NAME];
	bool happened, ended, untouched;
	struct failing_left left;
	char *message; /* what was said on standard error */
	char *printed; /* and on standard output */
	char *content; /* of the cache */
	char *written; /* of other files */
	char *strange; /* a file that does not belong here, "" when there is none */
};

static void outcome_free(struct outcome *outcome)
{
	free(outcome->message);
	free(outcome->printed);
	free(outcome->content);
	free(outcome->written);
	free(outcome->strange);
}

static void redirect(const char *path, int descriptor)
{
	int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (file < 0 || dup2(file, descriptor) < 0)
		_exit(126);
	close(file);
}

/* What is to become of the calls of a kind. */
struct plan {
	enum failing what;
	long number; /* of the call that fails, 0 none */
	bool watch;  /* note where they come from */
};

/* In a process of its own: the command with its failure. */
static void run_command(const struct scenario *scenario, const char *cache, const struct plan *plan,
			struct shared *shared)
{
	const char *words[WORDS_MAX + 4] = {"stemma", "--db", cache};
	int count = 3;

	for (int i = 0; i < WORDS_MAX && scenario->words[i]; i++)
		words[count++] = scenario->words[i];
	redirect("out", STDOUT_FILENO);
	redirect("err", STDERR_FILENO);
	crash_watch(shared->crashed);
	alarm(TIME_MAX);
	const struct failing_left begin = failing_left();
	failing_watch(plan->what, plan->watch ? &shared->sites : NULL);
	failing_set(plan->what, plan->number);
	int status = stemma_main(count, (char **)(uintptr_t)words);
	shared->happened = failing_happened();
	failing_set(plan->what, 0);
	failing_watch(plan->what, NULL);
	shared->left = failing_left();
	shared->left.blocks -= begin.blocks;
	shared->left.sqlite -= begin.sqlite;
	shared->left.files -= begin.files;
	shared->ended = true;
	exit(status);
}

static char *read_all(const char *path)
{
	struct text text = {0};
	char block[4096];
	ssize_t got;
	int file = open(path, O_RDONLY);

	text_append(&text, "");
	while (file >= 0 && (got = read(file, block, sizeof block)) > 0)
		text_append_bytes(&text, block, (size_t)got);
	if (file >= 0)
		close(file);
	return text_steal(&text);
}

static char *read_written(void)
{
	char *merge = read_all(SCENARIO_WRITTEN), *corrections = read_all(SCENARIO_CORRECTIONS);
	struct text both = {0};

	text_append_format(&both, "%s\n%s", merge, corrections);
	free(merge);
	free(corrections);
	return text_steal(&both);
}

static char *find_strange(void)
{
	struct text strange = {0};
	DIR *folder = opendir(".");

	FUZZ_CHECK(folder);
	text_append(&strange, "");
	for (struct dirent *entry; (entry = readdir(folder));)
		if (!scenarios_own(entry->d_name)) {
			text_append(&strange, entry->d_name);
			remove(entry->d_name);
		}
	closedir(folder);
	return text_steal(&strange);
}

static const char *put_before(const struct scenario *scenario)
{
	const struct cache *base = cache_before(scenario->answers);

	return world_put(base->bytes, base->size);
}

static struct outcome run(const struct scenario *scenario, const struct plan *plan, struct shared *shared)
{
	const struct cache *base = cache_before(scenario->answers);
	const char *path = put_before(scenario);
	struct outcome outcome = {0};

	remove(SCENARIO_WRITTEN);
	remove(SCENARIO_CORRECTIONS);
	shared->happened = shared->ended = false;
	shared->crashed[0] = '\0';
	if (scenario->server)
		scenarios_serve(scenario->server);
	fflush(stdout);
	pid_t child = fork();
	FUZZ_CHECK(child >= 0);
	if (child == 0)
		run_command(scenario, path, plan, shared);
	FUZZ_CHECK(waitpid(child, &outcome.status, 0) == child);
	if (WIFSIGNALED(outcome.status) && WTERMSIG(outcome.status) == SIGALRM) {
		printf("Bail out! %s does not end\n", scenario->name);
		exit(99);
	}
	outcome.ended = shared->ended;
	memcpy(outcome.crashed, shared->crashed, sizeof outcome.crashed);
	/* Ended before it could tell: then it was by the failure. */
	outcome.happened = shared->happened || !shared->ended;
	outcome.left = shared->left;
	outcome.message = read_all("err");
	outcome.printed = read_all("out");
	outcome.written = read_written();
	outcome.untouched = cache_is(path, base);
	outcome.content = outcome.untouched ? memory_string(base->content) : cache_dump(path);
	outcome.strange = find_strange();
	return outcome;
}

/* ---- what must be true after it ---------------------------------------------------- */

static bool has_line(const char *text, const char *line, size_t length)
{
	for (const char *at = text; *at; at += strcspn(at, "\n"), at += *at == '\n')
		if (strcspn(at, "\n") == length && memcmp(at, line, length) == 0)
			return true;
	return false;
}

/* As before or as after.  What the browser keeps (behind CACHE_WORK) are many small
 * things: each of them.  Where its cursor is (CACHE_STATE) depends on how far it came. */
static bool is_between(const struct scenario *scenario, const char *content, const char *before,
		       const char *after)
{
	const char *work = strstr(content, CACHE_WORK);
	size_t data = (size_t)(work - content);

	if (strncmp(content, before, data) != 0 && strncmp(content, after, data) != 0)
		return false;
	for (size_t length; *work; work += length, work += *work == '\n') {
		length = strcspn(work, "\n");
		if (scenario->screen && strncmp(work, "-- " CACHE_STATE, length) == 0)
			return true;
		if (!has_line(before, work, length) && !has_line(after, work, length))
			return false;
	}
	return true;
}

/* A command as it is when nothing fails, and the cache before it; and after each of
 * its parts alone, NULL where it has none. */
struct normal {
	char *before, *part[2];
	struct outcome after;
};

static bool is_part(const char *content, const struct normal *normal)
{
	for (size_t i = 0; i < 2; i++)
		if (normal->part[i] && strcmp(content, normal->part[i]) == 0)
			return true;
	return false;
}

/* What a run that calls itself a success did otherwise than without the failure. */
static const char *judge_success(const struct scenario *scenario, const struct outcome *outcome,
				 const struct normal *normal)
{
	bool told = strstr(outcome->message, "stemma: ") != NULL;
	bool same = scenario->timed || strcmp(outcome->printed, normal->after.printed) == 0;

	/* The last line of the screen has the message. */
	if (scenario->screen && !same)
		return NULL;
	if (!same && !told)
		return "something else is printed and nothing is said";
	if (!told && strcmp(outcome->content, normal->after.content) != 0)
		return "the cache has not changed and nothing is said";
	if (!told && strcmp(outcome->written, normal->after.written) != 0)
		return "the file is not written and nothing is said";
	return NULL;
}

static const char *judge_left(const struct failing_left *left, const struct failing_left *normal)
{
	return left->blocks > normal->blocks ? "memory is left"
	       : left->sqlite > normal->sqlite ? "memory of SQLite is left"
	       : left->files > normal->files ? "files are left open"
					     : NULL;
}

/* Whether to end by abort() is right: there is no memory, and that is said. */
static bool may_abort(const struct outcome *outcome, enum failing what)
{
	bool other = what == FAILING_DISK || what == FAILING_FILE || what == FAILING_SOCKET;

	return !other && WTERMSIG(outcome->status) == SIGABRT && strstr(outcome->message, "out of memory");
}

/* ncurses ends the program itself, with a message, when it has no memory to begin. */
static bool may_exit(const struct outcome *outcome, enum failing what)
{
	return what == FAILING_LIBRARY && WEXITSTATUS(outcome->status) != 0 &&
	       strstr(outcome->message, "Out of memory");
}

/* ncurses 6.4 and OpenBLAS 0.3 write to NULL when they get no memory; no other
 * library may. */
static bool is_library_fault(const struct outcome *outcome, enum failing what)
{
	static const char *const faulty[] = {"libncurses", "libtinfo", "libopenblas"};

	for (size_t i = 0; what == FAILING_LIBRARY && i < sizeof faulty / sizeof *faulty; i++)
		if (strncmp(outcome->crashed, faulty[i], strlen(faulty[i])) == 0)
			return true;
	return false;
}

/* What is wrong with an outcome; NULL when nothing. */
static const char *judge(const struct scenario *scenario, const struct outcome *outcome, enum failing what,
			 const struct normal *normal)
{
	bool killed = WIFSIGNALED(outcome->status);
	int code = WEXITSTATUS(outcome->status);

	if (killed && !is_library_fault(outcome, what) && !may_abort(outcome, what))
		return "killed by a signal";
	if (!killed && code == STATUS_LEAK)
		return "the sanitizer found something";
	if (!killed && (code >= 124 || !(outcome->ended || may_exit(outcome, what))))
		return "it did not end by itself";
	/* To `check` damage is a finding: it is on standard output. */
	if (code != 0 && outcome->ended && !strstr(outcome->message, "stemma: ") && !strstr(outcome->printed, "error  "))
		return "no message";
	if (!outcome->content)
		return "the cache cannot be read";
	if (!scenario->steps && !is_between(scenario, outcome->content, normal->before, normal->after.content) &&
	    !is_part(outcome->content, normal))
		return "the cache is neither as before nor as after";
	if (!killed && *outcome->strange)
		return "a file is left behind";
	if (!outcome->ended)
		return NULL;
	const char *left = judge_left(&outcome->left, &normal->after.left);
	return left || code != 0 ? left : judge_success(scenario, outcome, normal);
}

/* ---- all of them --------------------------------------------------------------------- */

struct tally {
	long calls, failures, borne, missed, faults, known, crashed;
	size_t places;
	bool each; /* call; otherwise each place */
};

/* What is in one text and not in the other. */
static void print_lines_beyond(const char *mark, const char *text, const char *other)
{
	for (size_t length; *text; text += length, text += *text == '\n') {
		length = strcspn(text, "\n");
		if (!has_line(other, text, length))
			printf("#   %s %.*s\n", mark, (int)length, text);
	}
}

static void complain(const struct scenario *scenario, enum failing what, long number, const char *wrong,
		     const struct outcome *outcome)
{
	int lines = 0;
	char *rest = NULL;

	printf("# %s, %s, number %ld: %s (exit %d, signal %d %s, left %ld %ld %ld%s%s)\n", scenario->name,
	       failing_name(what), number, wrong, WEXITSTATUS(outcome->status),
	       WIFSIGNALED(outcome->status) ? WTERMSIG(outcome->status) : 0, outcome->crashed, outcome->left.blocks,
	       outcome->left.sqlite, outcome->left.files, *outcome->strange ? ", file " : "", outcome->strange);
	for (char *line = strtok_r(outcome->message, "\n", &rest); line && lines < 30;
	     line = strtok_r(NULL, "\n", &rest), lines++)
		printf("#   %s\n", line);
	fflush(stdout);
}

/* Lets one call fail; false when the command did not come to it. */
static bool fail_one(const struct scenario *scenario, enum failing what, long number,
		     const struct normal *normal, struct shared *shared, struct tally *tally)
{
	const struct plan plan = {.what = what, .number = number};
	struct outcome outcome = run(scenario, &plan, shared);
	const char *wrong = outcome.happened ? judge(scenario, &outcome, what, normal) : NULL;
	char *faults = outcome.untouched ? memory_string("") : cache_faults("c.db");
	bool reached = outcome.happened;

	if (!wrong && *faults)
		wrong = faults;
	tally->failures += reached;
	tally->borne += reached && outcome.status == 0;
	tally->crashed += WIFSIGNALED(outcome.status) && is_library_fault(&outcome, what);
	tally->missed += !reached;
	tally->faults += wrong != NULL;
	if (wrong) {
		complain(scenario, what, number, wrong, &outcome);
		if (outcome.content) {
			print_lines_beyond("cache+", outcome.content, normal->after.content);
			print_lines_beyond("cache-", normal->after.content, outcome.content);
		}
	}
	free(faults);
	outcome_free(&outcome);
	return reached;
}

/* How many calls there are, and from where. */
static void find_sites(const struct scenario *scenario, enum failing what, struct shared *shared,
		       struct tally *tally)
{
	const struct plan plan = {.what = what, .watch = true};

	memset(&shared->sites, 0, sizeof shared->sites);
	struct outcome outcome = run(scenario, &plan, shared);
	tally->calls = shared->sites.calls;
	tally->places = shared->sites.count;
	outcome_free(&outcome);
}

#define FAULTS_MAX 5 /* of a kind: then it is clear */

/* Places in libraries that have failed under a command before this one. */
static bool is_known(uint64_t chain)
{
	static uint64_t known[4 * FAILING_SITES];
	size_t size = sizeof known / sizeof *known, at = (size_t)(chain % size);

	while (known[at] && known[at] != chain)
		at = (at + 1) % size;
	bool found = known[at] == chain;
	known[at] = chain;
	return found;
}

static void fail_places(const struct scenario *scenario, enum failing what, const struct normal *normal,
			struct shared *shared, struct tally *tally)
{
	/* The runs that follow see other places of none of them: this is a copy. */
	struct failing_site *site = malloc(sizeof shared->sites.site);

	FUZZ_CHECK(site && !shared->sites.full);
	memcpy(site, shared->sites.site, sizeof shared->sites.site);
	for (size_t i = 0; i < FAILING_SITES && tally->faults < FAULTS_MAX; i++) {
		if (!site[i].chain)
			continue;
		if (failing_in_library(what) && is_known(site[i].chain)) {
			tally->known++;
			continue;
		}
		fail_one(scenario, what, site[i].first, normal, shared, tally);
		if (site[i].last != site[i].first && !failing_in_library(what))
			fail_one(scenario, what, site[i].last, normal, shared, tally);
	}
	free(site);
}

/* All failures of a kind under a command. */
static struct tally fail_each(const struct scenario *scenario, enum failing what, const struct normal *normal,
			      long every, long step, struct shared *shared)
{
	struct tally tally = {.each = true};

	if (every > 0)
		find_sites(scenario, what, shared, &tally);
	if (tally.calls > every || (every > 0 && failing_in_library(what))) {
		tally.each = false;
		fail_places(scenario, what, normal, shared, &tally);
		return tally;
	}
	for (long number = 1; tally.faults < FAULTS_MAX; number += 1 + (every ? 0 : number / step))
		if (!fail_one(scenario, what, number, normal, shared, &tally))
			break;
	tally.missed = 0; /* the one behind the last */
	return tally;
}

static void tell(const struct scenario *scenario, enum failing what, const struct tally *tally, bool passed,
		 int test)
{
	printf("%sok %d - %s: %ld failing %s", passed ? "" : "not ", test, scenario->name, tally->failures,
	       failing_name(what));
	if (!tally->each)
		printf(" (%ld calls from %zu places, %ld of them known)", tally->calls, tally->places, tally->known);
	printf(", %ld of them borne\n", tally->borne);
	if (tally->crashed)
		printf("# %ld of them end in the library\n", tally->crashed);
	if (tally->missed)
		printf("# %ld of them were not reached again\n", tally->missed);
	fflush(stdout);
}

static bool run_normally(const struct scenario *scenario, struct normal *normal, struct shared *shared)
{
	const struct plan none = {.what = FAILING_MEMORY};

	normal->after = run(scenario, &none, shared);
	normal->before = memory_string(cache_before(scenario->answers)->content);
	FUZZ_CHECK(normal->before && normal->after.content);
	if (normal->after.status != 0)
		complain(scenario, FAILING_MEMORY, 0, "it fails by itself", &normal->after);
	for (size_t i = 0; i < 2 && scenario->part[i]; i++) {
		const struct scenario part = {.words = {"--no-starter", "import", scenario->part[i]}};
		struct outcome outcome = run(&part, &none, shared);
		normal->part[i] = outcome.content;
		outcome.content = NULL;
		outcome_free(&outcome);
	}
	return normal->after.status == 0;
}

/* TAP's numbers, and the sums. */
struct total {
	int tests;
	long failures, places, faults;
};

static void fail_all(const struct scenario *scenario, long every, long step, struct shared *shared,
		     struct total *total)
{
	struct normal normal = {0};
	bool well = run_normally(scenario, &normal, shared);

	for (int what = 0; what < FAILING_COUNT; what++) {
		struct tally tally = fail_each(scenario, (enum failing)what, &normal, every, step, shared);
		if (tally.failures == 0 && tally.known == 0 && well)
			continue; /* it makes no such calls */
		tell(scenario, (enum failing)what, &tally, well && tally.faults == 0, ++total->tests);
		total->failures += tally.failures;
		total->places += (long)tally.places - tally.known;
		total->faults += tally.faults + !well;
	}
	free(normal.before);
	free(normal.part[0]);
	free(normal.part[1]);
	outcome_free(&normal.after);
}

static long number_of(const char *name, long otherwise)
{
	const char *value = getenv(name);

	return value ? atol(value) : otherwise;
}

/* ONE=KIND:NUMBER, with the first scenario of that name; does not return. */
static void run_one(const char *one, const char *name, struct shared *shared)
{
	struct plan plan = {0};
	int kind;

	FUZZ_CHECK(sscanf(one, "%d:%ld", &kind, &plan.number) == 2 && kind >= 0 && kind < FAILING_COUNT);
	plan.what = (enum failing)kind;
	for (size_t i = 0; i < scenario_count; i++)
		if (strstr(scenarios[i].name, name))
			run_command(&scenarios[i], put_before(&scenarios[i]), &plan, shared);
	exit(64);
}

/* OpenBLAS begins its threads before main(), ends them at each fork() and hangs when
 * it cannot begin them again. */
static void forbid_threads(char **argv)
{
	if (getenv("OPENBLAS_NUM_THREADS"))
		return;
	setenv("OPENBLAS_NUM_THREADS", "1", 1);
	execv("/proc/self/exe", argv); /* else as it is */
}

int main(int argc, char **argv)
{
	forbid_threads(argv);
	struct shared *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	long every = number_of("EVERY", 0), step = number_of("STEP", 1);
	struct total total = {0};
	size_t part = 0, parts = 1;

	FUZZ_CHECK(shared != MAP_FAILED && step > 0);
	FUZZ_CHECK(!getenv("PART") || (sscanf(getenv("PART"), "%zu/%zu", &part, &parts) == 2 && part < parts));
	failing_install();
	/* Once for all: where it cannot be had for want of memory, ASCII is printed. */
	setlocale(LC_ALL, "");
	caches_make(); /* and their folder is where we are now */
	scenarios_begin();
	if (getenv("ONE"))
		run_one(getenv("ONE"), argc > 1 ? argv[1] : "", shared);
	for (size_t i = part; i < scenario_count; i += parts) {
		const struct scenario *scenario = &scenarios[i];
		if (argc > 1 && !strstr(scenario->name, argv[1]))
			continue;
		if (!scenario->server || scenarios_served())
			fail_all(scenario, every, step, shared, &total);
		else
			printf("ok %d - %s # SKIP no Python for the server\n", ++total.tests, scenario->name);
	}
	printf("# %ld failures in %zu commands", total.failures, scenario_count);
	if (every)
		printf(", from %ld places", total.places);
	printf(": %ld not as they should be\n1..%d\n", total.faults, total.tests);
	scenarios_end();
	return total.faults > 0;
}
