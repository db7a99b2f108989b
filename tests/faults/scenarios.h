/* Scenarios: the commands under which calls fail, and the files they need. */
#ifndef STEMMA_TESTS_FAULTS_SCENARIOS_H
#define STEMMA_TESTS_FAULTS_SCENARIOS_H

#include <stdbool.h>
#include <stddef.h>

#define WORDS_MAX 12
struct scenario {
	const char *name, *words[WORDS_MAX]; /* of the command line */
	bool screen;  /* it prints one, and that has the messages */
	const char *server; /* what the server does, that it needs; NULL: it needs none */
	bool steps;   /* of which each is kept: the cache is only to be sound */
	bool timed;   /* it prints how long it took, or how often it asked */
	bool answers; /* it begins with the cache that has single answers */
	const char *part[2]; /* files of a folder, each of which is taken or not */
};
extern const struct scenario scenarios[];
extern const size_t scenario_count;

/* What a scenario may write besides the cache. */
#define SCENARIO_WRITTEN "out.yml"
#define SCENARIO_CORRECTIONS "corrections.yaml"

/* What is imported before all scenarios, to have enough to learn from. */
extern const char *const scenarios_more[]; /* NULL at the end */
/* And besides, before those with answers: enough models with some. */
extern const char *const scenarios_answers[];

/* In the folder where we are: the files, and a server of a leaderboard, if
 * Python is there.  The environment names both, and nothing of the user's. */
void scenarios_begin(void);
bool scenarios_served(void);
void scenarios_serve(const char *how); /* as server.py has it */
void scenarios_end(void);
/* Whether a file of this name belongs here, rather than having been left behind. */
bool scenarios_own(const char *name);

#endif
