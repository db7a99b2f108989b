/* Design: the prior of the abilities of models as a sparse mixed model (Henderson
 * 1984).  One ability is
 *
 *     f = Z x + e,   x = scale (P^-1 D^1/2 v),   v ~ N(0, I),   e ~ N(0, own theta)
 *
 * Every term is an effect with a sparse incidence Z and a sparse triangular P:
 *
 *   shared attributes   one effect a group that shares them; independent
 *   words of the name   one effect a word, of which a model takes 1 / sqrt(words)
 *   size                one effect a knot of the log size, two of which a model takes
 *   date (exponential)  an Ornstein-Uhlenbeck process over the weeks of the group,
 *                       which is Markov: each week hangs on the one before
 *   lineage (kin)       one effect an ancestor, with the precision
 *                       (I - W)' D^-1 (I - W), D by how the ancestor was made
 *   Laplacian           of the published LRMF: precision rho L + I over the lineage
 *
 * What only one row has (a group of one, a childless model's own innovation, what the
 * features leave of a size) is no effect but part of that row's own variance.  A row whose
 * size, kind or template is not known takes the effects of each value v that it may have
 * (supposed.h) times its chance p_v, and theta (1 - sum p_v^2) more of its own: the
 * variance between the values, as the prior expects it.  All of
 * it is free of the variances theta, which enter by scales only.
 */
#ifndef STEMMA_ENGINE_DESIGN_H
#define STEMMA_ENGINE_DESIGN_H

#include <stddef.h>
#include <stdint.h>

#include "data/supposed.h"

#define DESIGN_TERMS_MAX 48

/* Lists of (effect, value): list i is at start[i] .. start[i + 1] - 1. */
struct design_lists {
	size_t count, *start;
	uint32_t *effect;
	float *value;
};

struct design_index; /* where further models stand */

struct design {
	enum prior prior;
	size_t rows, effects, terms;
	struct design_lists row;   /* Z: what each row takes of the effects */
	struct design_lists prior_list; /* P: list i begins with effect i; the others are earlier */
	uint8_t *scale_term;       /* effects: x = u sqrt theta of it; `terms` = u as it is */
	uint8_t *prior_term;       /* effects: D is theta of it; `terms` = 1 */
	float *own;                /* rows x terms: own variance, times theta */
	double rho;                /* of the Laplacian */
	struct design_index *index;
};

/* Builds it for the scored rows (their model numbers).  Linear in rows, but for
 * sorting.  `attributes` and the data are borrowed.  rho is for PRIOR_LAPLACIAN.
 * STATUS_SOFTWARE when the Laplacian cannot be factored. */
enum status design_new(const struct engine_data *data, enum prior prior, double rho,
		       const struct attributes *attributes, const uint32_t *row_model, const int32_t *model_row,
		       size_t rows, struct design *design, struct error *error);
void design_free(struct design *design);

size_t design_terms(enum prior prior);
const char *design_label(const struct design *design, size_t term);
double design_start(const struct design *design, size_t term); /* variance that learning begins with */
/* Whether children inherit the term from their parents. */
bool design_is_lineage(const struct design *design, size_t term);

/* effects = G effects, with G = scale P^-1 D P'^-1 scale the prior covariance of one factor. */
void design_covary(const struct design *design, const double *theta, double *effects);

/* Where a model stands that need not be a row: a sum of effects, of shares of rows' own and of
 * other nodes' lineage innovations, and what is new. */
struct design_entry {
	uint32_t number; /* effect, or row */
	float value;
};
struct design_place {
	struct design_entry *effect;
	size_t effects, effect_capacity;
	struct design_entry *row;     /* times the row's own innovation of row_term */
	size_t rows, row_capacity;
	struct design_entry *node;    /* times the innovation of a node that has no effect */
	size_t nodes, node_capacity;
	double own[DESIGN_TERMS_MAX]; /* new variance, times theta */
};
void design_place_clear(struct design_place *place); /* keeps the memory */
void design_place_free(struct design_place *place);
/* What the facts of a model may be, at least 1; see supposed.h. */
size_t design_suppose(const struct design *design, const struct engine_model *facts,
		      struct supposition list[SUPPOSED_MAX]);
/* Adds the effects of the facts of a model (all terms but the lineage). */
void design_place_facts(const struct design *design, const struct engine_model *facts, struct design_place *place);
/* Adds weight x what a child takes of a node: its lineage part. */
void design_place_node(const struct design *design, size_t node, double weight, struct design_place *place);
/* Adds a child's own making, of so many parents; for the Laplacian, which has no weights, the
 * caller passes each parent once with design_child_weight(). */
void design_place_making(const struct design *design, enum relation relation, size_t parents,
			 struct design_place *place);
double design_child_weight(const struct design *design, size_t parents, double weight);
/* The variance of the innovations of nodes without effects in a place, and of two in common, of theta. */
double design_nodes_in_common(const struct design *design, const double *theta, const struct design_place *a,
			      const struct design_place *b);
/* The lineage term that a row's own innovation belongs to, and its variance times theta. */
size_t design_row_origin(const struct design *design, size_t row, double *own);

#endif
