/* Leaderboard tasks: what the Open LLM Leaderboard makes of the results of its
 * group of tasks (formats.md §4.4).  Private. */
#ifndef STEMMA_FORMATS_LEADERBOARD_TASKS_H
#define STEMMA_FORMATS_LEADERBOARD_TASKS_H

#include "harness.h"

/* Whether the leaderboard has a benchmark of that key. */
bool leaderboard_has(const char *key);
/* The mean of IFEval's two strict accuracies, a fraction; NAN when one is missing. */
double leaderboard_ifeval(const json_t *task);

/* A task of the group "leaderboard". */
struct leaderboard_task {
	bool stands_alone;     /* it is a whole benchmark, or a sum over others */
	double chance;         /* of a random guess */
	const char *benchmark; /* key of its benchmark */
	int shots;             /* as the leaderboard runs it */
};
/* False for a task of that name that the group does not have. */
bool leaderboard_task(const char *name, struct leaderboard_task *task);

/* Adds the six benchmarks, as far as their tasks are there.  Run with other
 * examples in the prompt than the leaderboard gives they are benchmarks of their
 * own. */
void leaderboard_add(struct harness *harness);

#endif
