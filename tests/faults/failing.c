/* Which call fails, and from where they come. */
#include "failing_private.h"

#include <dirent.h>
#include <execinfo.h>
#include <sqlite3.h>
#include <stdatomic.h>

static const char *const names[] = {
#define X(symbol, what) what,
	FAILING_TABLE(X)
#undef X
};

const char *failing_name(enum failing what)
{
	return names[what];
}

static enum failing kind, watched;
static atomic_long left; /* until the one that fails; 0 and less none */
static atomic_bool happened;
static struct failing_sites *sites;
static _Thread_local bool busy; /* with looking: its own calls do not count */

void failing_set(enum failing what, long number)
{
	kind = what;
	left = number;
	happened = false;
}

bool failing_happened(void)
{
	return happened;
}

void failing_watch(enum failing what, struct failing_sites *result)
{
	watched = what;
	sites = result;
}

/* ---- places ---------------------------------------------------------------------- */

bool failing_in_library(enum failing what)
{
	return what == FAILING_LIBRARY || what == FAILING_SQLITE_MEMORY;
}

/* Of the linker: where the program's own code is. */
extern const char __executable_start[], etext[];

static bool is_ours(const void *caller)
{
	return (const char *)caller >= __executable_start && (const char *)caller < etext;
}

/* The callers of a call, as one number.  Within a library: up to the function of
 * stemma that called it, and OURS of that one's callers. */
#define CALLERS_MAX 64
#define OURS 3
static uint64_t chain_of_callers(enum failing what)
{
	void *caller[CALLERS_MAX];
	int count = backtrace(caller, CALLERS_MAX), ours = 0;
	uint64_t chain = 14695981039346656037u; /* FNV-1a */
	bool inside = false;

	for (int i = 0; i < count && !(failing_in_library(what) && ours > OURS); i++) {
		chain = (chain ^ (uint64_t)(uintptr_t)caller[i]) * 1099511628211u;
		inside = inside || !is_ours(caller[i]);
		ours += inside && is_ours(caller[i]);
	}
	return chain ? chain : 1;
}

static void note_call(void)
{
	uint64_t chain = chain_of_callers(watched);
	size_t at = (size_t)(chain % FAILING_SITES);

	sites->calls++;
	while (sites->site[at].chain && sites->site[at].chain != chain)
		at = (at + 1) % FAILING_SITES;
	struct failing_site *site = &sites->site[at];
	if (!site->chain) {
		if (sites->count > FAILING_SITES / 2) {
			sites->full = true;
			return;
		}
		sites->count++;
		*site = (struct failing_site){.chain = chain, .first = sites->calls};
	}
	site->last = sites->calls;
}

bool failing_now(enum failing what)
{
	static atomic_flag noting = ATOMIC_FLAG_INIT;

	if (busy)
		return false;
	if (sites && what == watched) {
		busy = true;
		while (atomic_flag_test_and_set(&noting))
			continue;
		note_call();
		atomic_flag_clear(&noting);
		busy = false;
	}
	if (what != kind || left <= 0 || atomic_fetch_sub(&left, 1) != 1)
		return false;
	happened = true;
	return true;
}

/* ---- what is left ------------------------------------------------------------------ */

static long count_files(void)
{
	DIR *folder = opendir("/proc/self/fd");
	long count = 0;

	while (folder && readdir(folder))
		count++;
	if (folder)
		closedir(folder);
	return count;
}

struct failing_left failing_left(void)
{
	return (struct failing_left){
		.blocks = failing_blocks(),
		.sqlite = (long)sqlite3_memory_used(),
		.files = count_files(),
	};
}

void failing_install(void)
{
	chain_of_callers(FAILING_MEMORY); /* which loads what it needs */
	failing_install_sqlite();
}
