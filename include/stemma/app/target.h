/* Target: what is to be known or improved, a weighted mean of benchmarks. */
#ifndef STEMMA_APP_TARGET_H
#define STEMMA_APP_TARGET_H

#include "stemma/app/board.h"
#include "stemma/app/catalog.h"
#include "stemma/base/error.h"
#include "stemma/base/text.h"
#include "stemma/store/store.h"

#define TARGET_AVERAGE "average" /* plain mean of the default board's benchmarks */

struct target {
	char *name;                  /* as it is asked for: "average", "gsm8k", "ifeval:2,bbh", "mine" */
	char *title;                 /* of the average: with its board, "average (openllm2)"; else NULL */
	struct engine_target engine; /* owned */
};
void target_free(struct target *target);
struct target target_copy(const struct target *target);
/* Of one benchmark; of several with weights >= 0, not all 0, which are scaled to sum 1. */
struct target target_make(const char *name, size_t count, const uint32_t *benchmarks, const double *weights);

/* The user's targets, kept in the cache, by name. */
struct targets {
	size_t count;
	struct target *list;
};
/* One of which the catalog lacks a benchmark is left out. */
enum status targets_load(struct targets *targets, struct store *store, const struct catalog *catalog,
			 struct error *error);
void targets_free(struct targets *targets);
/* Keeps it in the cache under its name. */
enum status target_keep(const struct target *target, struct store *store, const struct catalog *catalog,
			struct error *error);
enum status target_drop(const char *name, struct store *store, bool *found, struct error *error);

/* What is named in a target: boards and targets of the session. */
struct target_names {
	const struct boards *boards;
	const struct targets *targets; /* NULL none */
};

/* "average" (or NULL), the name of a target or board (its plain mean), a benchmark, or several of them with
 * weights: "ifeval:2,mmlu_pro", "ifeval=2,bbh=1" (a weight that is not said is 1; a colon and no number
 * behind it belongs to the key).  What a family chose is appended to `said` (NULL allowed).
 * STATUS_USAGE, with candidates, else. */
enum status target_parse(const struct catalog *catalog, const struct target_names *names, const char *words,
			 struct target *target, struct text *said, struct error *error);

/* ---- how values are shown ------------------------------------------------------- */

/* "IFEval", of several the target's name; borrowed. */
const char *target_title(const struct catalog *catalog, const struct target *target);
/* The same, of the average with its board: where no board is named beside it. */
const char *target_full_title(const struct catalog *catalog, const struct target *target);
/* Digits behind the point that a value is written with: as its scale is wide (1 of 0..100). */
int target_digits(const struct catalog *catalog, const struct engine_target *target);
/* The ends of the axis that it is drawn on, finite. */
void target_axis(const struct catalog *catalog, const struct engine_target *target, double *low, double *high);
/* "%", "points", "Elo"; "" when it has none; borrowed. */
const char *target_unit(const struct catalog *catalog, const struct engine_target *target);
/* Whether more is better. */
static inline bool target_upwards(const struct catalog *catalog, const struct engine_target *target)
{
	return engine_target_upwards(catalog->engine_benchmarks, target);
}

#endif
