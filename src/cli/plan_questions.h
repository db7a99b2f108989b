/* What the plans of benchmarks and of single questions share, and the latter. */
#ifndef STEMMA_CLI_PLAN_QUESTIONS_H
#define STEMMA_CLI_PLAN_QUESTIONS_H

#include "command.h"

/* Columns of a plan; the second says what is to be run or put. */
#define PLAN_COLUMNS(key, title) \
	{"step", "", COLUMN_NUMBER, 0, false}, \
	{key, title, COLUMN_TEXT, 0, false}, \
	{"sd", "sd after", COLUMN_NUMBER, 2, false}, \
	{"low50", "50 % interval", COLUMN_NUMBER, 1, false}, \
	{"high50", "", COLUMN_NUMBER, 1, true}, \
	{"low90", "90 % interval", COLUMN_NUMBER, 1, false}, \
	{"high90", "", COLUMN_NUMBER, 1, true}
void plan_add_step(struct table *table, size_t step, const char *what, const struct engine_estimate *after,
		   int digits);

struct plan_questions {
	const char *set;      /* key of the set of questions */
	const char *output;   /* file for lm-evaluation-harness, NULL none */
	const char *task;     /* its name of the set, NULL the key */
	const char *until, *level; /* --until, and how sure; NULL none */
	uint64_t budget, seed, repeats;
};

/* Which questions to put to the model; the session is fitted. */
enum status plan_questions_model(struct cli *cli, struct session *session, const char *name,
				 const struct plan_questions *options, struct error *error);
/* Planned against random questions; needs no fit. */
enum status plan_questions_test(struct cli *cli, struct session *session,
				const struct plan_questions *options, struct error *error);

#endif
