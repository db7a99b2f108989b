/* Fit: what engine_fit_new() makes and queries read. Private to the engine. */
#ifndef STEMMA_ENGINE_FIT_H
#define STEMMA_ENGINE_FIT_H

#include <stdatomic.h>

#include "model/columns.h"
#include "model/covariance.h"
#include "stemma/engine/engine.h"
#include "data/transform.h"

/* Factors share their variance components in groups: the first factor (general
 * ability), the second (what chat tuning moves) and the rest. */
#define FIT_GROUPS_MAX 3

struct fit_group {
	double *theta;    /* terms + 1; the last is the noise */
	double log_likelihood;
	float *cholesky;  /* dense: rows x rows, lower, column-major */
	double *precision; /* rows: diagonal of K^-1 */
};

/* How many standard deviations reach to the ends of the 50 % and of the 90 %
 * interval. */
struct spread {
	double half, ninety;
};
/* The size of a standardised residual and what it counts. */
struct judged {
	double size, weight;
};
/* How far half and nine tenths of the residuals reach, for one more that is
 * drawn like these: the conformal quantile (Vovk 2005), with as many groups as
 * stand for themselves.  Sorts them; the normal distribution's from fewer than 40. */
struct spread spread_of(struct judged *residuals, size_t count, size_t groups);
enum spread_kind {
	SPREAD_ONE_OUT, /* a scored model, predicted from all others */
	SPREAD_FOLDS,   /* a model among contemporaries, a fifth of them unscored */
	SPREAD_NEWEST,  /* a model newer than all scored ones */
	SPREAD_FAMILY,  /* a model of a family without scores */
	SPREAD_COUNT
};

/* Predictions of rows from the rows outside their block, factors x rows. */
struct left_out {
	double *mean, *variance;
};

struct posterior;
struct sparse;
struct graph;

struct engine_fit {
	struct engine_settings settings;
	struct engine_data data;   /* borrowed pointers */
	size_t rows;
	uint32_t *row_model;       /* rows: model number */
	int32_t *model_row;        /* models: row, or -1 */
	struct columns columns;
	double *scores;            /* rows x columns, NAN missing */
	struct transform transform; /* of the columns */
	bool *learning;            /* rows: the variances are learned on it */
	double *values;            /* factors x rows: z */
	double *extra;             /* rows: noise that missing columns add, mean over the factors */
	const struct posterior *posterior;
	struct sparse *sparse;     /* of the sparse posterior */
	struct graph *graph;       /* of that of the other priors */
	bool judged;               /* what follows from K is known: solution, scale, precision, spread */
	atomic_bool factored;      /* and so is K's factor, by which the posterior solves */
	double *solution;          /* factors x rows: K^-1 z */
	double *scale;             /* factors: s_f */
	struct attributes *attributes;
	struct covariance covariance;
	uint8_t *origins;          /* by node */
	size_t groups;
	size_t group_of[FACTORS_MAX]; /* by factor */
	struct fit_group group[FIT_GROUPS_MAX];
	double rho;                /* laplacian; 0 for other priors */
	struct left_out left_out[SPREAD_COUNT]; /* while calibrating */
	struct spread *spread[SPREAD_COUNT]; /* a column each, then that of several */
	double newest_date;                  /* of the scored models */
	struct engine_component *components;
	size_t component_count;
	double seconds;
};

/* Takes the variances of a state of the same shape (false when it is of another or
 * damaged) and, when they are `current` and were learned from the same scores, facts and lineage,
 * what follows from them: then the fit is judged. */
bool fit_read_state(struct engine_fit *fit, const void *state, size_t bytes, bool current);
/* Points of any models with their ancestors, whose memory (points, paths) is the
 * caller's to free; the fit has its attributes and origins already. */
void fit_place_models(const struct engine_fit *fit, const uint32_t *models, size_t count,
		      struct kernel_space *space);
enum status fit_check_factored(const struct engine_fit *fit, struct error *error);
/* Prior covariance of any models (count x count, row-major), noise included, as
 * the first group of factors has it; with `lineage_only` without what models
 * share besides their ancestors. */
enum status fit_prior_covariance(const struct engine_fit *fit, bool lineage_only, const uint32_t *models,
				 size_t count, double *covariance, struct error *error);
/* Predicts blocks of rows from the others with L^-1 of a group (calibrate.c). */
void fit_leave_blocks_out(struct engine_fit *fit, size_t number, const double *inverse);
/* Draws rows together with their parents and children, because kinship shows
 * only in relatives; none of `avoid` (rows, or NULL) unless all fit.  Returns
 * the count, at most max. */
size_t fit_draw_rows(const struct engine_fit *fit, const bool *avoid, uint32_t *rows, size_t max);
/* Sets all spreads but of SPREAD_ONE_OUT to those of a dense fit, with the same
 * variances, of a sample of the models that these were not learned on. */
enum status fit_sample_spreads(struct engine_fit *fit, struct error *error);
/* Sets the spreads that are not set yet from what was left out. */
void fit_calibrate(struct engine_fit *fit);
/* The spreads for a model without scores. */
const struct spread *fit_spread(const struct engine_fit *fit, const struct engine_model *model);

/* Whether the fit has columns of all of the target. */
bool fit_aim(const struct engine_fit *fit, const struct engine_target *target, struct aim *aim);
/* The same of a column, and at index columns of the plain mean of all. */
struct aim fit_aim_column(const struct engine_fit *fit, size_t column);
/* Factor means and variances -> the aim, not yet kept within its bounds. */
void fit_to_points(const struct engine_fit *fit, const struct aim *aim, const double *mean,
		   const double *variance, double *points, double *deviation);
/* The same -> all columns, with their covariances. */
void fit_believe(const struct engine_fit *fit, const double *mean, const double *variance,
		 struct belief *belief);
/* With intervals within the bounds of the aim; `spread` is that of a kind. */
struct engine_estimate fit_estimate(const struct aim *aim, const struct spread *spread, double points,
				    double deviation);
/* Leave-one-out factor means and variances of a row. */
void fit_leave_one_out(const struct engine_fit *fit, size_t row, double *mean, double *variance);
/* Loading of a factor on an aim, its unit per unit of the factor. */
double fit_loading(const struct engine_fit *fit, const struct aim *aim, size_t factor);
/* Variance of what lies outside the factors. */
double fit_left_over(const struct engine_fit *fit, const struct aim *aim);
/* The aim of the average model. */
double fit_mean(const struct engine_fit *fit, const struct aim *aim);
/* Published value of a row, NAN where a part is missing. */
double fit_observed(const struct engine_fit *fit, size_t row, const struct aim *aim);

#endif
