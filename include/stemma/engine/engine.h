/* Engine: learns how scores run in families, and predicts.
 *
 * The scores y (models x benchmarks, 0..100) are rotated to canonical factors;
 * each factor is a Gaussian process over the scored models whose covariance
 * comes from the prior:
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
	const char *architecture;  /* NULL unknown */
	double params_b;           /* billions; NAN unknown */
	enum kind kind;
	enum answer chat_template; /* evaluated with it? */
	double uploaded;           /* days since 1970; NAN unknown */
};

struct engine_data {
	size_t models;                     /* also the nodes of the lineage */
	size_t benchmarks;
	const struct lineage *lineage;     /* borrowed */
	const struct engine_model *model;  /* models entries, borrowed; NULL: asked of describe() */
	const double *scores;              /* rows x benchmarks, row-major, NAN = missing */
	const bool *excluded;              /* models entries or NULL: not to be learned from */
	const uint32_t *score_row;         /* of each model its row of scores, which may be shared;
	                                    * NULL: one row a model, in their order */
	struct engine_model (*describe)(const void *context, size_t model);
	const void *context;               /* of describe(), borrowed */
};

/* The facts of a model, and its scores, one a benchmark. */
static inline struct engine_model engine_data_model(const struct engine_data *data, size_t model)
{
	return data->model ? data->model[model] : data->describe(data->context, model);
}
static inline const double *engine_data_scores(const struct engine_data *data, size_t model)
{
	return data->scores + (data->score_row ? data->score_row[model] : model) * data->benchmarks;
}

struct engine_settings {
	enum prior prior;
	size_t rank;    /* latent factors; 0 = one a benchmark */
	uint64_t seed;
	size_t dense_rows; /* more scored models than this take the sparse path; 0 = 10,000 */
	bool without_factor; /* do not factor where the state has what follows from it */
};

struct engine_fit;

/* Learns the variances (unless `state` brings them from an earlier fit and
 * `relearn` is false) and factors the covariance.  `state` may be NULL; that of a
 * fit of these very data also brings what follows from the covariance, which then
 * need not be calculated again, and with settings->without_factor not even
 * factored.  Needs at least 8 scored models.  Deterministic for a seed.
 * O(n^3) in the scored models n, past settings->dense_rows little more than O(n);
 * without a factor O(n).  Checks `progress` for cancelling between steps; a cancelled fit
 * is STATUS_CANCELLED and leaves nothing. */
enum status engine_fit_new(const struct engine_data *data, const struct engine_settings *settings,
			   const void *state, size_t state_bytes, bool relearn,
			   struct progress *progress, struct engine_fit **fit, struct error *error);
void engine_fit_free(struct engine_fit *fit); /* NULL allowed */

/* Without a factor a fit tells residuals, figures, components and anomalies and
 * predicts scored models; hypothetical children, models without scores, reasons
 * and the searches need it.  engine_fit_factor() makes it where it is not there, on
 * a worker if one likes: meanwhile others may read of the fit what needs none.  When
 * it fails the fit stays as it was. */
bool engine_fit_factored(const struct engine_fit *fit);
enum status engine_fit_factor(struct engine_fit *fit, struct progress *progress, struct error *error);

/* The learned variances and what follows from them (8 bytes a scored model, factor
 * and group of factors) as bytes that engine_fit_new() takes back; the caller
 * frees.  Portable between machines of one byte order; recognised by a
 * version, so a foreign state is ignored. */
void *engine_fit_state(const struct engine_fit *fit, size_t *bytes);

struct engine_info {
	enum prior prior;
	size_t models;       /* scored models in the fit */
	size_t benchmarks, factors;
	double seconds;      /* wall time of engine_fit_new() */
	double log_likelihood; /* restricted, summed over factors */
	bool sparse;         /* took the sparse path */
};
void engine_fit_info(const struct engine_fit *fit, struct engine_info *info);

/* One variance component of one factor, for the "what was learned" table. */
struct engine_component {
	const char *label;   /* "lineage: finetune", "family x kind", … "noise" */
	size_t factor;
	double variance;     /* share of the factor's total variance at a typical model */
};
const struct engine_component *engine_fit_components(const struct engine_fit *fit, size_t *count);

/* A predicted score in points 0..100.  The last entry of a row of estimates
 * (index `benchmarks`) is the plain average of the benchmarks. */
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

/* Predicts a child: estimates has benchmarks + 1 entries. */
enum status engine_predict_child(struct engine_query *query, const struct engine_child *child,
				 struct engine_estimate *estimates, struct error *error);

/* Predicts a model of the data as if its own scores were not known (closed
 * form leave-one-out for scored models).  benchmarks + 1 estimates. */
enum status engine_predict_model(struct engine_query *query, size_t model,
				 struct engine_estimate *estimates, struct error *error);

/* What the last prediction becomes when some of the subject's own scores are
 * known: `known` has one value a benchmark, NAN where unknown.  Normal
 * conditioning on the joint posterior of all benchmarks; estimates gets
 * benchmarks + 1 entries, the known ones at their value with sd 0. */
void engine_condition(const struct engine_query *query, const double *known,
		      struct engine_estimate *estimates);

/* Probability that the last predicted child scores above `threshold` on
 * `benchmark` (index `benchmarks` = the average). */
double engine_chance_above(const struct engine_query *query, size_t benchmark, double threshold);

/* What the last predictions of two queries of one fit tell about a - b, both
 * hypothetical children: from their joint posterior, in which what both take
 * from the same relatives cancels.  The innovation and noise of each are its
 * own, also when both are the same merge: it is made and measured twice. */
struct engine_difference {
	double mean;        /* a - b, points */
	double half90;      /* half the width of the central 90 % interval, points */
	double correlation; /* of the two predictions */
	double chance;      /* that a scores above b */
};
/* differences has benchmarks + 1 entries; false unless both are children. */
bool engine_differences(struct engine_query *a, struct engine_query *b,
			struct engine_difference *differences);

/* Why: the scored models that the last prediction rests on.  share_points is
 * the model's signed contribution in points to this benchmark (weight x (its
 * score - its expectation)); largest magnitude first.  On the sparse path the
 * weights are those of the models that correlate the most, without the others. */
struct engine_contribution {
	size_t model;
	double points;
};
size_t engine_contributions(struct engine_query *query, size_t benchmark,
			    struct engine_contribution *contributions, size_t max);

/* The nearest ancestors of the last predicted child or model: correlation of
 * the prior covariance (0..1, averaged over factors by their variance) and the
 * share that comes from the ancestor by the path weights; nearest first. */
struct engine_ancestor {
	size_t model;
	double kinship;
	double share;
};
size_t engine_ancestors(struct engine_query *query, struct engine_ancestor *ancestors, size_t max);

/* Leave-one-out residual of a scored model. */
struct engine_residual {
	double observed;  /* published score, points; NAN when missing */
	double predicted; /* from everyone else, points */
	double sd;        /* of the prediction, points */
	double z;         /* standardised residual, in the scale of the model */
	double low90, high90;
};
/* residuals has benchmarks + 1 entries (the last is the average); false when
 * the model has no scores in the fit. */
bool engine_residuals(const struct engine_fit *fit, size_t model, struct engine_residual *residuals);

/* Leave-one-out figures over all scored models. */
struct engine_figures {
	size_t models;
	double pearson, rmse, mae;
	double coverage50, coverage90; /* share of scores inside the interval */
};
/* figures has benchmarks + 1 entries. */
void engine_fit_figures(const struct engine_fit *fit, struct engine_figures *figures);

#endif
