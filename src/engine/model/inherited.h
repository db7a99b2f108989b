/* Inherited: what a merge has of its parents as they are.
 *
 * A merge is made of its parents' weights, so it takes their abilities whole, what is
 * their own included, and of each score what the factors leave of it:
 *
 *     f(child)  = rho sum_p w_p f(p) + (1 - rho) T + new
 *     e_b(child) = rho sum_p w_p e_b(p) + new
 *
 * T is what facts and pedigree tell of it (factors_facts, factors_parent), w_p the shares of
 * the parents, sum 1.  How much is inherited depends on how much the parents differ:
 *
 *     rho = 1 / (1 + RATE h),   h = 1 - w' K w / sum_p w_p K_pp,   0 <= h < 1
 *
 * K is the prior covariance of the parents, mean over the factors.  As the Mendelian sampling
 * of the animal model depends on the parents' kinship (Henderson 1976), what is new of a merge
 * has the variance 1 - rho^2 of what is new of any model: none where one parent has all
 * the weight or all parents are the same, and the more the less they are kin.  A score that a
 * parent has is known, so weight 1 gives the scores of that parent, and as spread the noise of
 * measuring again.
 */
#ifndef STEMMA_ENGINE_INHERITED_H
#define STEMMA_ENGINE_INHERITED_H

#include "model/factors.h"

struct belief;

/* A parent as it is. */
struct inherited_parent {
	uint32_t model;
	double weight;               /* > 0 */
	struct factors_state known;  /* its abilities by all that is known */
	struct engine_model facts;
	enum answer evaluated;       /* with the chat template, as the child is */
	double *moved;               /* rank: what that changes in f; NULL nothing */
	const struct belief *belief; /* of the parent, its own cells known */
};

struct inherited {
	const struct factors *factors;
	size_t count;                       /* of the parents */
	uint32_t model[ENGINE_PARENTS_MAX];
	const struct inherited_parent *parent[ENGINE_PARENTS_MAX];
	double covariance[ENGINE_PARENTS_MAX * ENGINE_PARENTS_MAX]; /* K: count x count */
	double share;                       /* rho */
	const struct factors_state *told;   /* T */
};

/* rho for shares w (count, sum 1) and K (count x count). */
double inherited_share(const double *weight, const double *covariance, size_t count);
/* Of the variance of what abilities do not tell, what is not known where all parents have a score. */
double inherited_left(const double *weight, const double *covariance, size_t count);
/* Correlation of what is new in two merges, by the shares of their parents in each: `a` and `b` (count, sum 1)
 * over the same parents, K count x count.  1 where they are the same. */
double inherited_alike(const double *a, const double *b, const double *covariance, size_t count);
/* Sets rho; parents, their weights, K and T are there. */
void inherited_set(struct inherited *inherited);
/* What is new of the child: 1 - rho^2. */
double inherited_new(const struct inherited *inherited);
/* Adds the child's abilities to a state of zeros. */
void inherited_state(const struct inherited *inherited, struct factors_state *state);

/* What is known of one benchmark. */
struct inherited_part {
	double z;                        /* predicted */
	double noise;                    /* variance of what the abilities do not tell */
	bool open[ENGINE_PARENTS_MAX];   /* the parent has no score there, */
	size_t cell[ENGINE_PARENTS_MAX]; /* ... or this cell of the fit */
	double weight[ENGINE_PARENTS_MAX]; /* what it counts; of sum rho */
	double own;                      /* variance by parts that no other model shares */
	float *deviation;                /* draws: of lambda' f, without parents whose score is known; owned */
};
/* `noise` is what an unrelated model would have. */
void inherited_part(const struct inherited *inherited, uint32_t benchmark, double noise, struct inherited_part *part);
/* Covariance of lambda_b' f and lambda_c' f of two parts. */
double inherited_between(const struct inherited *inherited, uint32_t b, const struct inherited_part *of_b, uint32_t c,
			 const struct inherited_part *of_c);

#endif
