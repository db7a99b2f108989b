#include "stemma/base/parallel.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <unistd.h>

#define WORTH_A_THREAD 100000 /* items: about a millisecond */

size_t parallel_parts(size_t items)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	size_t parts = items / WORTH_A_THREAD + 1;

	if (processors < 1)
		processors = 1;
	if (parts > (size_t)processors)
		parts = (size_t)processors;
	return parts < PARALLEL_MAX ? parts : PARALLEL_MAX;
}

struct part {
	void (*work)(void *context, size_t part);
	void *context;
	size_t number;
	pthread_t thread;
	bool started;
};

static void *part_run(void *argument)
{
	const struct part *part = argument;

	part->work(part->context, part->number);
	return NULL;
}

void parallel_run(size_t parts, void (*work)(void *context, size_t part), void *context)
{
	struct part part[PARALLEL_MAX];
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	for (size_t i = 0; i + 1 < parts; i++) {
		part[i] = (struct part){.work = work, .context = context, .number = i};
		part[i].started = pthread_create(&part[i].thread, NULL, part_run, &part[i]) == 0;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	work(context, parts - 1);
	for (size_t i = 0; i + 1 < parts; i++) {
		if (part[i].started)
			pthread_join(part[i].thread, NULL);
		else
			work(context, i);
	}
}
