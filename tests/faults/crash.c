#include "crash.h"

#include <dlfcn.h>
#include <execinfo.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CALLERS_MAX 64
static char *result;

/* Where it is noticed, not where it comes from. */
static bool is_language(const char *name)
{
	static const char *const own[] = {"libc.", "libc-", "libstdc++", "libgcc", "libm.", "libpthread"};

	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		if (strncmp(name, own[i], strlen(own[i])) == 0)
			return true;
	return false;
}

/* The first caller is this file itself. */
static void note(int number)
{
	void *caller[CALLERS_MAX];
	int count = backtrace(caller, CALLERS_MAX);

	for (int i = 1; i < count; i++) {
		Dl_info place;
		if (!dladdr(caller[i], &place) || !place.dli_fname)
			continue;
		const char *slash = strrchr(place.dli_fname, '/'), *name = slash ? slash + 1 : place.dli_fname;
		if (is_language(name))
			continue;
		snprintf(result, CRASH_NAME, "%s", name);
		break;
	}
	signal(number, SIG_DFL);
	raise(number);
}

void crash_watch(char *name)
{
	static char stack[65536]; /* it may be the stack that is at its end */
	static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
	const stack_t other = {.ss_sp = stack, .ss_size = sizeof stack};
	struct sigaction action = {.sa_handler = note, .sa_flags = SA_ONSTACK}, before;

	result = name;
	sigaltstack(&other, NULL);
	/* A sanitizer tells more. */
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		if (sigaction(signals[i], NULL, &before) == 0 && before.sa_handler == SIG_DFL)
			sigaction(signals[i], &action, NULL);
}
