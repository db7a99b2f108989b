/* Design, as its own files see it: terms (design_terms.c), what models take of groups
 * (design_members.c), the building (design.c, design_laplacian.c), and where further models
 * stand (design_places.c). */
#ifndef STEMMA_ENGINE_DESIGN_PARTS_H
#define STEMMA_ENGINE_DESIGN_PARTS_H

#include "model/design.h"

/* ---- terms ------------------------------------------------------------------------- */

/* How a node of the lineage was made: its innovation's variance. */
enum making {
	MAKING_ROOT,
	MAKING_FINETUNE, /* one parent: fine-tuned, adapter, unknown */
	MAKING_MERGE,
	MAKING_QUANTIZED,
	MAKING_SETTING,  /* the same model, run otherwise */
	MAKING_STAGE,    /* base and chat model of one release */
	MAKING_SIBLING,  /* another size or version, distilled: no weights in common */
	MAKING_COUNT
};

enum comparison { NOTHING, ONE, SAME, WORDS, SIZE, DATE, LINEAR_SIZE, LINEAR_DATE, MAKING, LAPLACE };
struct comparison_of {
	enum comparison how;
	int argument;
	double length;
};
#define PRODUCT_MAX 4
struct term {
	const char *label;
	struct comparison_of product[PRODUCT_MAX];
	double start;
};

/* The terms of a prior. */
const struct term *design_prior_terms(enum prior prior, size_t *count);
/* The factor of a term's product that compares so; NULL when none does. */
const struct comparison_of *design_comparison(const struct term *term, enum comparison how);
enum making design_relation_making(enum relation relation);
enum making design_node_making(const struct lineage *lineage, size_t node);
size_t design_making_term(enum making making); /* of PRIOR_KIN */

/* ---- members of groups ---------------------------------------------------------------- */

#define KNOTS_MAX 32

/* Sizes by knots that lie two lengths apart: a size takes cos and sin of the way from one knot to
 * the next, so two sizes are as alike as the cosine of their distance, and from knot to knot not
 * at all.  That is near to a Gaussian kernel, of two numbers where its features are a dozen. */
struct knots {
	int first;
	size_t count; /* 0: no sizes */
};
/* The knots that sizes from the smallest to the largest take, at most KNOTS_MAX. */
struct knots knots_choose(double smallest, double largest, double length);

/* A row, or another model, among those that share the attributes of a term. */
struct member {
	int32_t shared[PRODUCT_MAX];
	double date, size, value; /* date in steps; value: what it takes of the effect */
	double square;            /* the variance of what it stands for: more than value^2 of a mixture */
	uint32_t row;
};
int member_compare_shared(const int32_t *a, const int32_t *b);
int member_compare(const void *left, const void *right); /* by what they share, date, row, size */

/* Rows that share attributes: where their effects stand. */
struct group {
	int32_t shared[PRODUCT_MAX];
	size_t first, dates;
	double *date;          /* in steps, ascending */
	struct knots knots;
};
/* What is kept of a process from one date to another, in steps. */
double group_date_kept(double from, double to);

/* Where the effects go that a member takes of its group. */
struct taker {
	void (*take)(void *context, size_t effect, double value);
	void *context;
};
/* Takes the members of one model in a group; returns the variance that the effects leave open. */
double members_take(const struct taker *taker, const struct term *term, const struct group *group,
		    const struct member *members, size_t count);

/* What the facts of a model may be. */
struct view {
	size_t count;
	struct possible {
		double chance;
		struct kernel_point point;
	} *possible;
};
void view_new(const struct design_index *index, const struct engine_model *facts, struct view *view);
/* The members that a model is of a term: one, or one a word, or one of each thing that it may be. */
size_t members_make(const struct design_index *index, const struct term *term, const struct engine_model *facts,
		    const struct view *view, struct member members[ATTRIBUTE_WORDS_MAX]);

/* ---- the index ------------------------------------------------------------------------- */

struct term_index {
	struct group *group; /* sorted by what they share */
	size_t count, capacity;
};

enum { NOT_NEEDED = -2, CHILDLESS = -1 }; /* of a node; or its effect >= 0 */

struct design_index {
	const struct engine_data *data;
	const struct attributes *attributes;
	struct supposed *supposed;           /* kin */
	const uint32_t *row_model;
	const int32_t *model_row;
	int64_t *node;                       /* effects of the lineage */
	double *left;                        /* Laplacian: diagonal of a node that was pruned */
	uint32_t *towards;                   /* Laplacian: the neighbour that it hangs on */
	struct term_index term[DESIGN_TERMS_MAX];
};

/* ---- building --------------------------------------------------------------------------- */

struct builder {
	struct design *design;
	struct builder_entry {
		uint32_t list, effect;
		float value;
	} *row, *prior; /* entries in any order */
	size_t row_count, row_capacity, prior_count, prior_capacity;
	size_t scale_capacity, term_capacity;
};
/* A row takes so much of an effect. */
void builder_add_row(struct builder *builder, size_t row, size_t effect, double value);
/* A new effect; returns its number. */
size_t builder_add_effect(struct builder *builder, size_t scale_term, size_t prior_term, double diagonal);
/* The last effect hangs on an earlier one. */
void builder_add_prior(struct builder *builder, size_t effect, double value);
enum status builder_add_laplacian(struct builder *builder, struct error *error);

#endif
