/* Engine: learns how scores run in families, and predicts.
 *
 * What is known are cells: values of models on benchmarks, as many of each as there
 * are, most of them missing.  Shared factors explain the cells; each factor is a
 * Gaussian process over the models whose covariance comes from the prior:
 *
 *   kin        pedigree of the lineage (Henderson 1976) plus kinship effects
 *              of architecture, size, kind, owner, series and date
 *   laplacian  LRMF as published (Tamura et al. 2025): (lambda L + mu I)^-1
 *              with L the undirected, unweighted Laplacian of the lineage
 *   none       plain matrix factorisation: (mu I)^-1
 *
 * The three run through the same posterior, intervals and leave-one-out
 * formulas, so what lineage buys can be read off directly.  A fit is immutable
 * and may be read by one thread a struct engine_query.
 *
 * What is asked for is a target: a benchmark, in its own unit, or a weighted mean
 * of several, in points of their common scale.
 */
#ifndef STEMMA_ENGINE_ENGINE_H
#define STEMMA_ENGINE_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stemma/base/error.h"
#include "stemma/base/facts.h"
#include "stemma/base/progress.h"
#include "stemma/engine/lineage.h"

/* X(symbol, word, help) */
#define PRIOR_TABLE(X) \
	X(KIN, "kin", "pedigree and kinship effects") \
	X(LAPLACIAN, "laplacian", "LRMF as published: undirected lineage Laplacian") \
	X(NONE, "none", "plain matrix factorisation, no lineage")
enum prior {
#define X(symbol, word, help) PRIOR_##symbol,
	PRIOR_TABLE(X)
#undef X
	PRIOR_COUNT
};
const char *prior_name(enum prior prior);
enum prior prior_parse(const char *word); /* PRIOR_COUNT when unknown */

/* What the engine knows about a model besides its parents and scores.  All
 * strings are borrowed and must outlive the fit. */
struct engine_model {
	const char *name;          /* owner/name; NULL for a nameless child */
	const char *base;          /* of a model in one of several settings: the name without it; NULL = name */
	const char *setting;       /* "high", "thinking"; NULL none */
	const char *provider;      /* who serves it; NULL unknown */
	const char *architecture;  /* NULL unknown */
	double params_b;           /* billions; NAN unknown */
	enum kind kind;
	enum answer chat_template; /* evaluated with it? */
	double uploaded;           /* days since 1970; NAN unknown */
	enum answer reasoning;     /* thinks before it answers? */
	enum answer open_weights;
};

/* A benchmark.  Strings are borrowed and must outlive the fit. */
struct engine_benchmark {
	const char *key, *title;
	const char *suite, *family; /* NULL unknown */
	const char *duplicate_of;   /* key of the benchmark whose scores it shows again; NULL none */
	double lower, upper;        /* nominal ends of its scale; NAN unknown, -INFINITY / INFINITY open */
	double chance;              /* of a random guess, own scale; NAN unknown */
	bool higher_is_better;
	double instances;           /* questions; NAN unknown */
	double low, high;           /* finite: what is 0 and what is 100 points on the common scale where
	                             * higher is better; engine_benchmarks_set_range() */
};

/* A value that is known of a model. */
struct engine_cell {
	double value;               /* on the benchmark's own scale */
	float error;                /* its standard error, NAN unknown */
	uint32_t benchmark;
	int8_t chat_template;       /* enum answer: evaluated with it? */
};

/* All of it is borrowed and must outlive the fit. */
struct engine_data {
	size_t models;                     /* also the nodes of the lineage */
	const struct lineage *lineage;
	const struct engine_model *model;  /* models entries; NULL: asked of describe() */
	struct engine_model (*describe)(const void *context, size_t model);
	const void *context;               /* of describe() */
	const bool *excluded;              /* models entries or NULL: not to be learned from */
	size_t benchmarks;
	const struct engine_benchmark *benchmark; /* benchmarks */
	/* Cells, row by row: those of row r are cell_start[r] .. cell_start[r + 1] - 1, in the order of
	 * their benchmarks, none twice. */
	size_t rows;                       /* row 0, which is empty, among them */
	const uint32_t *row;               /* models: its row of cells, 0 for one without; NULL: row
	                                    * model + 1 is the model's */
	const size_t *cell_start;          /* rows + 1 */
	const struct engine_cell *cell;
};

/* The facts of a model. */
static inline struct engine_model engine_data_model(const struct engine_data *data, size_t model)
{
	return data->model ? data->model[model] : data->describe(data->context, model);
}
/* What is known of it, by benchmark. */
static inline const struct engine_cell *engine_data_cells(const struct engine_data *data, size_t model,
							  size_t *count)
{
	size_t row = data->row ? data->row[model] : model + 1;

	*count = data->cell_start[row + 1] - data->cell_start[row];
	return data->cell + data->cell_start[row];
}
/* The cell of a benchmark among `count` of one model; NULL when it is not known. */
const struct engine_cell *engine_cell_find(const struct engine_cell *cells, size_t count, size_t benchmark);
/* Its value, NAN when it is not known. */
double engine_data_score(const struct engine_data *data, size_t model, size_t benchmark);

/* Sets low and high of benchmarks whose other facts are there: the nominal ends; where
 * they are open or unknown, the ends of the known values and a tenth of their range
 * on each side. */
void engine_benchmarks_set_range(struct engine_benchmark *list, size_t count, const struct engine_cell *cells,
				 size_t cell_count);

/* A weighted mean of benchmarks; weights > 0 that sum to 1, no benchmark twice.  Of one
 * benchmark: in its own unit, as published.  Of several: in points 0..100 of each
 * one's range (low..high), turned round where lower is better.  Borrowed. */
struct engine_target {
	size_t count;
	const uint32_t *benchmark;
	const double *weight;
};
/* The target that one benchmark is; lives as long as the block that it stands in. */
#define engine_target_one(number) \
	((struct engine_target){1, (const uint32_t[]){(uint32_t)(number)}, (const double[]){1}})

/* A value of a benchmark in points of the common scale, not kept within 0..100. */
static inline double engine_points(const struct engine_benchmark *benchmark, double value)
{
	double share = (value - benchmark->low) / (benchmark->high - benchmark->low);

	return 100 * (benchmark->higher_is_better ? share : 1 - share);
}
/* The value of a target by what is known of one model; NAN when a part is missing. */
double engine_target_value(const struct engine_benchmark *list, const struct engine_target *target,
			   const struct engine_cell *cells, size_t count);
/* Whether more of the target is better: not of one benchmark where lower is better. */
static inline bool engine_target_upwards(const struct engine_benchmark *list, const struct engine_target *target)
{
	return target->count != 1 || list[target->benchmark[0]].higher_is_better;
}
/* The ends of its unit: what an estimate is kept within, infinite where open. */
void engine_target_bounds(const struct engine_benchmark *list, const struct engine_target *target,
			  double *lower, double *upper);

struct engine_settings {
	enum prior prior;
	size_t rank;    /* latent factors; 0 = as many as the data allow */
	uint64_t seed;
};

struct engine_fit;

/* Learns the parameters and makes the posterior.  `state` (or NULL) is that of an earlier
 * fit: of these very data it brings both, and nothing is calculated; where no more than one
 * scored model in fifty differs from those that the parameters were learned from, it brings
 * these alone; else, with `relearn`, or when it is damaged it brings nothing.  Needs at least 8 scored models.  Deterministic for a seed.
 * Little more than linear in the cells.  Checks `progress` for cancelling between steps; a cancelled fit
 * is STATUS_CANCELLED and leaves nothing. */
enum status engine_fit_new(const struct engine_data *data, const struct engine_settings *settings,
			   const void *state, size_t state_bytes, bool relearn,
			   struct progress *progress, struct engine_fit **fit, struct error *error);
void engine_fit_free(struct engine_fit *fit); /* NULL allowed */

/* What was learned and what follows from it (of a large cache mostly the draws, 2 bytes each) as
 * bytes that engine_fit_new() takes back; the caller frees.  Portable between machines of
 * one byte order; recognised by a version, so a foreign state is ignored. */
void *engine_fit_state(const struct engine_fit *fit, size_t *bytes);

struct engine_info {
	enum prior prior;
	size_t models;       /* scored models in the fit */
	size_t benchmarks;   /* that it predicts */
	size_t cells;        /* that it has learned from */
	size_t factors;
	double seconds;      /* wall time of engine_fit_new() */
	double log_likelihood; /* of the scores, standardised, each as all others predict it */
	bool sparse;         /* variances are drawn, not exact: too many effects for a dense factor */
	bool kept;           /* all of it was in the state, which it would keep again as it is */
};
void engine_fit_info(const struct engine_fit *fit, struct engine_info *info);
/* Whether the fit predicts all benchmarks of the target; estimates of one that it does
 * not are NAN. */
bool engine_fit_covers(const struct engine_fit *fit, const struct engine_target *target);

/* One variance component of one factor, for the "what was learned" table. */
struct engine_component {
	const char *label;   /* "lineage: finetune", "family x kind", … "noise" */
	size_t factor;
	double variance;     /* share of the factor's total variance at a typical model */
};
const struct engine_component *engine_fit_components(const struct engine_fit *fit, size_t *count);

/* A predicted value, in the unit of the target. */
struct engine_estimate {
	double mean;
	double sd;
	double low50, high50; /* central 50 % interval */
	double low90, high90; /* central 90 % interval */
};

/* A hypothetical child. */
#define ENGINE_PARENTS_MAX 8
struct engine_child {
	struct engine_model model; /* its own facts: architecture, kind, template, date … */
	enum relation relation;
	size_t count;
	size_t parents[ENGINE_PARENTS_MAX];
	double weights[ENGINE_PARENTS_MAX]; /* >= 0; scaled to sum 1 */
};

/* A query keeps what belongs to one child so that moving a weight costs
 * O(parents^2) and adding a parent one triangular solve a factor. */
struct engine_query;
struct engine_query *engine_query_new(const struct engine_fit *fit);
void engine_query_free(struct engine_query *query); /* NULL allowed */

/* The subject: a prediction sets it, and what follows is asked of the last one.  What
 * is predicted for it comes from the others, ... */

/* ... a hypothetical child; */
enum status engine_predict_child(struct engine_query *query, const struct engine_child *child,
				 struct error *error);
/* ... a model of the data, as if none of its own scores were known (closed form
 * leave-one-out); */
enum status engine_predict_model(struct engine_query *query, size_t model, struct error *error);
/* ... a model of the data from all that is known, its own scores included: what
 * stands in an empty cell.  A known cell is as published, with sd 0. */
enum status engine_predict_known(struct engine_query *query, size_t model, struct error *error);

/* Adds to what is known of the subject some of its own scores (cells by benchmark, none
 * of which it has): normal conditioning on the joint posterior of all benchmarks.
 * Replaces what an earlier call added; a count of 0 takes that back.  The cells are
 * copied.  Known benchmarks are at their value, with sd 0; cells of benchmarks that
 * the fit does not cover tell nothing. */
void engine_condition(struct engine_query *query, const struct engine_cell *known, size_t count);

/* The estimate of a target; all NAN without a subject or where the fit does not cover it. */
void engine_estimate(const struct engine_query *query, const struct engine_target *target,
		     struct engine_estimate *estimate);
/* Probability that it is above `threshold`, NAN likewise. */
double engine_chance_above(const struct engine_query *query, const struct engine_target *target,
			   double threshold);

/* Whether the last subject is of a kind that the fit knows nothing of; its intervals are as wide as those of
 * such models had to be.  X(symbol, word, what is said beside a prediction) */
#define ENGINE_NOVELTY_TABLE(X) \
	X(NONE, "none", NULL) \
	X(NEWEST, "newer", "newer than all scored models") \
	X(FAMILY, "new-family", "of a family without scores")
enum engine_novelty {
#define X(symbol, word, text) ENGINE_NOVELTY_##symbol,
	ENGINE_NOVELTY_TABLE(X)
#undef X
	ENGINE_NOVELTY_COUNT
};
const char *engine_novelty_name(enum engine_novelty novelty);
const char *engine_novelty_text(enum engine_novelty novelty); /* NULL of NONE */
enum engine_novelty engine_novelty(const struct engine_query *query);

/* Where nobody tells whether the last subject is evaluated with the chat template, its prediction is over
 * both.  Sets what the target would be with it and without, in its unit; false where that is known,
 * or matters little (less than 0.3 standard deviations), or the value is published. */
bool engine_if_template(const struct engine_query *query, const struct engine_target *target, double *with,
			double *without);

/* What the last predictions of two queries of one fit tell about a - b, both
 * hypothetical children: from their joint posterior, in which what both take
 * from the same relatives cancels.  The innovation and noise of each are its
 * own, also when both are the same merge: it is made and measured twice. */
struct engine_difference {
	double mean;        /* a - b, unit of the target */
	double half90;      /* half the width of the central 90 % interval */
	double correlation; /* of the two predictions */
	double chance;      /* that a is better than b */
};
/* `differences` has an entry a target; false unless both are children. */
bool engine_differences(struct engine_query *a, struct engine_query *b, const struct engine_target *targets,
			size_t count, struct engine_difference *differences);

/* Why: what the last prediction rests on.  `points` is the signed contribution to the
 * target, in its unit; largest magnitude first.  All of them sum to what the target,
 * linear around the prediction, is above a model without any facts (of a merge but for what its
 * parents' other scores tell of a score that they have not, beyond their abilities).  Each is of a model's
 * own scores (weight x (score - level of the benchmark)); or `like`: what the
 * subject has of a model that is like it and scored more, or less, than is
 * predicted for it. */
struct engine_contribution {
	size_t model;
	uint32_t benchmark;  /* where it is that of one cell, else ENGINE_ALL */
	bool like;
	double points;
	double above;        /* like: by how much it scored more on the target, its unit */
};
#define ENGINE_ALL UINT32_MAX
size_t engine_contributions(struct engine_query *query, const struct engine_target *target,
			    struct engine_contribution *contributions, size_t max);
/* All of them in no order, in an array that the caller frees. */
size_t engine_contributions_all(struct engine_query *query, const struct engine_target *target,
				struct engine_contribution **contributions);

/* The nearest ancestors of the last predicted child or model: correlation of
 * the prior covariance (0..1, averaged over factors by their variance) and the
 * share that comes from the ancestor by the path weights; nearest first. */
struct engine_ancestor {
	size_t model;
	double kinship;
	double share;
};
size_t engine_ancestors(struct engine_query *query, struct engine_ancestor *ancestors, size_t max);

/* What is left out to predict a score that is known: the parts of the target alone,
 * with what else the model has known, or all that the model has.
 * X(symbol, word, help) */
#define ENGINE_LEAVE_TABLE(X) \
	X(MODEL, "model", "from other models alone, none of its own scores known") \
	X(CELL, "cell", "from everything but the score itself")
enum engine_leave {
#define X(symbol, word, help) ENGINE_LEAVE_##symbol,
	ENGINE_LEAVE_TABLE(X)
#undef X
	ENGINE_LEAVE_COUNT
};
const char *engine_leave_name(enum engine_leave leave);
enum engine_leave engine_leave_parse(const char *word); /* ENGINE_LEAVE_COUNT when unknown */

/* Leave-one-out residual of a scored model, unit of the target. */
struct engine_residual {
	double observed;  /* published; NAN when a part is not */
	double predicted;
	double sd;        /* of the prediction */
	double z;         /* standardised residual, in the scale of the model; NAN where observed is */
	double low50, high50, low90, high90;
};
/* False when the model has no scores in the fit or it does not cover the target. */
bool engine_residual(const struct engine_fit *fit, size_t model, const struct engine_target *target,
		     enum engine_leave leave, struct engine_residual *residual);

/* Leave-one-out figures over all models that have all of the target. */
struct engine_figures {
	size_t models;
	double pearson, rmse, mae;     /* NAN without models */
	double coverage50, coverage90; /* share of scores inside the interval */
};
void engine_fit_figures(const struct engine_fit *fit, const struct engine_target *target,
			enum engine_leave leave, struct engine_figures *figures);

#endif
