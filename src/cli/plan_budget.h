/* Plans of benchmarks for a price, and until a question is decided. */
#ifndef STEMMA_CLI_PLAN_BUDGET_H
#define STEMMA_CLI_PLAN_BUDGET_H

#include "command.h"

struct plan_budget {
	const char *model;              /* NULL where `until` names two */
	const char *budget, *until, *level, *prices, *svg; /* as on the command line; NULL none */
	bool whole, curve;
};

/* The session is open and not fitted yet. */
enum status plan_budget_run(struct cli *cli, struct session *session, const char *target,
			    const struct plan_budget *options, struct error *error);

#endif
