#include "stemma/base/parallel.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <unistd.h>

#define WORTH_A_THREAD 100000 /* items: about a millisecond */

size_t parallel_width(void)
{
	long online = sysconf(_SC_NPROCESSORS_ONLN);

	return online < 1 ? 1 : online > PARALLEL_MAX ? PARALLEL_MAX : (size_t)online;
}

size_t parallel_parts(size_t items)
{
	size_t parts = items / WORTH_A_THREAD + 1, width = parallel_width();

	return parts < width ? parts : width;
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

struct crew {
	void (*work)(void *context, size_t item);
	void *context;
	size_t count;
	atomic_size_t next;
};

static void crew_run(void *context, size_t part)
{
	struct crew *crew = context;
	size_t item;

	(void)part;
	while ((item = atomic_fetch_add(&crew->next, 1)) < crew->count)
		crew->work(crew->context, item);
}

void parallel_for(size_t count, void (*work)(void *context, size_t item), void *context)
{
	struct crew crew = {.work = work, .context = context, .count = count};
	size_t width = parallel_width();

	if (count > 0)
		parallel_run(count < width ? count : width, crew_run, &crew);
}
