/* Plans of benchmarks for a price, and until a question is decided. */
#ifndef STEMMA_CLI_PLAN_BUDGET_H
#define STEMMA_CLI_PLAN_BUDGET_H

#include "command.h"
#include "stemma/app/budget_plan.h"

struct plan_budget {
	const char *model;              /* NULL where `until` names two */
	const char *budget, *until, *level, *prices, *svg; /* as on the command line; NULL none */
	bool whole, curve;
};

/* The session is open and not fitted yet. */
enum status plan_budget_run(struct cli *cli, struct session *session, const char *target,
			    const struct plan_budget *options, struct error *error);

/* What plan and race share: a budget as it is said (NULL: INFINITY questions), and which prices are guessed. */
enum status plan_read_budget(const char *words, double *most, enum price_unit *unit, struct error *error);
void plan_warn_prices(struct cli *cli, const struct budget_runs *runs);

#endif
