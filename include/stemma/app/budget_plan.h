/* Budget plan: the runs that tell most of a model's target, or of which of two models is better, for
 * their price. */
#ifndef STEMMA_APP_BUDGET_PLAN_H
#define STEMMA_APP_BUDGET_PLAN_H

#include "stemma/app/prices.h"
#include "stemma/app/session.h"
#include "stemma/base/picture.h"
#include "stemma/engine/decision.h"
#include "stemma/engine/prospect.h"

#define BUDGET_MODELS_MAX 2
#define BUDGET_STEPS_MAX 200

/* Benchmarks that may be run: the board's and those of the target. */
struct budget_runs {
	size_t count, untold;      /* those whose price is not known but guessed */
	struct prospect_run *run;
	enum price_origin *origin; /* of its price, by run */
};
/* `prices` is the table, NULL the user's own. */
enum status budget_runs_list(const struct session *session, const struct engine_target *target, const char *prices,
			     enum price_unit unit, struct budget_runs *runs, struct error *error);
void budget_runs_free(struct budget_runs *runs);
/* What runs of the query's subject would tell of the target; STATUS_DATA where it is not predicted. */
enum status budget_prospect(struct engine_query *query, const struct engine_target *target,
			    const struct budget_runs *runs, const struct engine_cell *known, size_t known_count,
			    struct prospect **prospect, struct error *error);

/* What is asked for. */
struct budget_wish {
	size_t count, model[BUDGET_MODELS_MAX]; /* one, or two whose targets are compared: the first less the second */
	const struct engine_target *target; /* borrowed, as long as the plan */
	const char *title;         /* of it; the same */
	const char *prices;        /* table of prices, NULL the user's own */
	enum price_unit unit;
	double most;               /* to spend, INFINITY: no matter */
	bool whole;                /* no runs of some questions */
	bool has_question;         /* the plan ends when it is decided, by results as expected */
	struct decision question;
};

struct budget_step {
	size_t model;              /* by place in the wish */
	struct prospect_step step;
	double spent;              /* up to it */
	struct engine_estimate after; /* of that model */
	double deviation;          /* of the value that is asked about, calibrated */
};

struct budget_plan {
	struct budget_wish wish;
	struct budget_runs runs;
	bool known;                /* nothing was left to be run before */
	struct decision_state now; /* of the value that is asked about: the target, or the difference */
	size_t count;
	struct budget_step steps[BUDGET_STEPS_MAX + 1]; /* the first is what is known now, then `count` */
};

/* Asks `query`, of the session's fit; the board's benchmarks and those of the target may be run.  What two models
 * have in common would make their difference surer: it is not counted.  STATUS_DATA where the target is not
 * predicted.  budget_plan_free() frees it, also after an error. */
enum status budget_plan_make(const struct session *session, struct engine_query *query, const struct budget_wish *wish,
			     struct budget_plan **plan, struct error *error);
void budget_plan_free(struct budget_plan *plan); /* NULL allowed */

/* What a plan runs in all, a benchmark a row; at most BUDGET_STEPS_MAX.  Returns how many. */
struct budget_total {
	size_t model, run;         /* by place */
	double more, questions;    /* how many it adds, and how many are asked then; NAN unknown */
	double price;
};
size_t budget_plan_totals(const struct budget_plan *plan, struct budget_total *totals);
/* Appends the command of lm-evaluation-harness that runs it, a line a model; benchmarks are called by their
 * keys, which must be its tasks.  Some questions are some of a random order that is always the same. */
void budget_plan_command(const struct session *session, const struct budget_plan *plan, struct text *out);

/* The width of the 90 % interval by what is spent.  The picture is to be freed. */
void budget_plan_chart(const struct session *session, const struct budget_plan *plan, struct picture *picture);

#endif
