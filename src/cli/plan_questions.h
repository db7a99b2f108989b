/* Plans of single questions, for stemma plan. */
#ifndef STEMMA_CLI_PLAN_QUESTIONS_H
#define STEMMA_CLI_PLAN_QUESTIONS_H

#include "command.h"

struct plan_questions {
	const char *set;      /* key of the set of questions */
	const char *output;   /* file for lm-evaluation-harness, NULL none */
	const char *task;     /* its name of the set, NULL the key */
	uint64_t budget, seed, repeats;
};

/* Which questions to put to the model; the session is fitted. */
enum status plan_questions_model(struct cli *cli, struct session *session, const char *name,
				 const struct plan_questions *options, struct error *error);
/* Planned against random questions; needs no fit. */
enum status plan_questions_test(struct cli *cli, struct session *session,
				const struct plan_questions *options, struct error *error);

#endif
