/* Query: a prediction and what its reasons need of it.  Private to query.c, which
 * predicts, and query_why.c, which explains and compares. */
#ifndef STEMMA_ENGINE_QUERY_H
#define STEMMA_ENGINE_QUERY_H

#include "model/posterior.h"

/* A child's covariance with the scored models is
 *
 *     k = sum_p w_p k_p + k_own
 *
 * where k_p comes from the lineage terms through parent p and k_own from all
 * other terms.  Each is one column.  Each k and K^-1 k is kept, and of the
 * columns the products k_i' K^-1 k_j, so a new weight costs O(parents^2), and its
 * reasons O(rows x parents). */
#define COLUMNS_MAX (ENGINE_PARENTS_MAX + 1)
#define OWN ENGINE_PARENTS_MAX /* place of the own column */
#define NORMAL_90 1.6449       /* deviations to the ends of the normal 90 % interval */

struct column {
	bool valid;
	size_t parent;                /* of which model; unused for the own column */
	struct lineage_share *path;   /* the parent's ancestors, itself included */
	size_t path_count;
	struct posterior_column sums; /* its covariance with the rows; what these count */
	double mean[FACTORS_MAX];     /* k' K^-1 z */
};

enum subject { SUBJECT_NONE, SUBJECT_CHILD, SUBJECT_NODE, SUBJECT_SCORED };

struct engine_query {
	const struct engine_fit *fit;
	struct lineage_walk *walk;
	double *dense;  /* by node, 0 between calls */
	double *cross;  /* rows */
	double *sum;    /* groups x rows */
	struct column column[COLUMNS_MAX];
	size_t parent_count;
	size_t parent[ENGINE_PARENTS_MAX];
	double weight[COLUMNS_MAX];
	double product[FIT_GROUPS_MAX][COLUMNS_MAX][COLUMNS_MAX]; /* k_i' K^-1 k_j */
	double self[FIT_GROUPS_MAX][COLUMNS_MAX][COLUMNS_MAX];    /* prior covariances */
	struct kernel_point attributes; /* of the child, without its path */
	enum relation relation;
	bool child_columns;             /* the columns are of the last child */
	enum subject subject;
	const struct spread *spread;    /* of the last prediction, by column */
	size_t model;                   /* SUBJECT_NODE and SUBJECT_SCORED */
	double mean[FACTORS_MAX], variance[FACTORS_MAX]; /* of the factors, none of its own scores known */
	bool conditioned;
	double own[FACTORS_MAX];        /* by column: what is known of the subject itself */
	double added[FACTORS_MAX];      /* the same with what engine_condition() added */
	struct belief belief;           /* of the columns, by all that is known */
	float *counts;                  /* groups x rows: query_weights() */
	bool counts_known;
};

enum which_terms { TERMS_ALL, TERMS_LINEAGE, TERMS_OTHER };

/* Prior covariance of two points by the wanted terms of a group. */
double query_self(const struct engine_query *query, size_t group, enum which_terms which,
		  const struct covariance_point *a, const struct covariance_point *b);
/* The ancestors of the subject with their shares; the caller frees. */
struct lineage_share *query_path(struct engine_query *query, size_t *count);
/* The subject of the last prediction as a point, without its innovation; its
 * path is the caller's to free. */
struct covariance_point query_point(struct engine_query *query, struct lineage_share **path);
/* The aim of the last prediction. */
void query_aim(const struct engine_query *query, const struct aim *aim, double *points, double *deviation);
/* A deviation of the normal distribution as wide as the calibrated 90 % interval. */
double query_calibrated(const struct engine_query *query, const struct aim *aim, double deviation);

#endif
