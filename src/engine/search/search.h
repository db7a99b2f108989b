/* Search: what the suggestions know about all candidates.  Private. */
#ifndef STEMMA_ENGINE_SEARCH_H
#define STEMMA_ENGINE_SEARCH_H

#include "model/fit.h"
#include "stemma/engine/suggest.h"

/* A model that may be a parent. */
struct candidate {
	size_t model, row;
	size_t family, facts, date; /* place in the search's lists */
	double brings;              /* l_p: what the lineage through it brings, points */
	double score;               /* published target, turned */
	double alone;               /* its prior variance, K_pp */
	uint64_t has, against;      /* traits */
	bool included;
};

struct search {
	const struct engine_fit *fit;
	const struct suggest_settings *settings;
	struct progress *progress;   /* may be NULL */
	struct engine_model *described; /* rows: facts, also those that nobody told */
	struct candidate *candidate; /* by family, then by `brings`, largest first */
	size_t count;
	bool upwards;                /* more of the target is better; else all values here are turned round */
	double gradient[FACTORS_RANK_MAX]; /* the target, turned, by f near to the best candidates' */
	double constant;             /* and at f = 0 */
	double left_over;            /* variance of the target that f does not tell */
	double floor;                /* least expected target of an answer */
	double least_deviation;      /* no prediction is surer than this */
	struct engine_model *facts;  /* architecture, size and template of a child */
	size_t fact_count;
	double *dates;               /* ascending; the first is unknown */
	size_t date_count;
	double *own;                 /* facts x dates: o, NAN until asked for */
	struct factors_relations *relations; /* of the candidates */
};

/* `settings` and `progress` are borrowed until search_free(), which a failed
 * search needs too. */
enum status search_new(const struct engine_fit *fit, const struct suggest_settings *settings,
		       struct progress *progress, struct search *search, struct error *error);
void search_free(struct search *search);

/* K of the members of a merge: count x count. */
void search_relate(struct search *search, const size_t *members, size_t count, double *covariance);
/* Expected target of a merge of candidates, `covariance` theirs; the first is the heaviest:
 *     rho sum w_p score_p + (1 - rho) (what facts and pedigree tell), see inherited.h */
double search_mean(struct search *search, const size_t *members, const double *weights, size_t count,
		   const double *covariance);
/* What facts and pedigree tell of it. */
double search_told(struct search *search, const size_t *members, const double *weights, size_t count);
/* The part of it that no parent brings: of a child with these facts and date. */
double search_own(struct search *search, size_t facts, size_t date);
/* The day that the child of candidates is given: of its youngest parent. */
size_t search_date(const struct search *search, const size_t *members, size_t count);
/* What engine_predict_child() gets for such a merge. */
void search_child(const struct search *search, const size_t *members, const double *weights,
		  size_t count, struct engine_child *child);
/* Whether their traits allow it and all models that must be are among them. */
bool search_may_merge(const struct search *search, const size_t *members, size_t count);
/* The published target, turned. */
double search_target_score(const struct search *search, size_t row);
/* What merges are ordered by: expected target, or its gain over `best`, or that in deviations. */
double search_value(const struct search *search, double mean, double best, double deviation);
/* A value in the unit of the target, turned or turned back. */
double search_turned(const struct search *search, double value);

/* A merge that is worth an exact look. */
struct entry {
	size_t member[SUGGEST_PARENTS_MAX]; /* candidates, heaviest first */
	double weight[SUGGEST_PARENTS_MAX];
	double bound;                       /* of its gain or of its gain in standard deviations */
	double mean, deviation;             /* exact, once looked at */
};

/* Weights of a merge of `count`, SUGGEST_PARENTS_MAX a row. */
const double (*search_weights(size_t count, size_t *rows))[SUGGEST_PARENTS_MAX];
/* Sorts the members of an entry heaviest first, equals as the candidates stand:
 * the first gives the child its facts. */
void entry_sort(struct entry *entry, size_t count);

/* The best `each` entries of every candidate by bound, no entry twice, sorted
 * by bound; how many combinations of `parents` there are (for triples at most:
 * traits are not looked at), and the standard
 * deviation of the gains looked at.  The caller frees.  Skips what its bound
 * rules out, unless `exhaustive`.  Cut short when the search is cancelled. */
struct entry *search_list(struct search *search, size_t parents, size_t each, bool exhaustive,
			  size_t *count, double *searched, double *spread);

/* Exact means and deviations of entries, at the weights that are best for the
 * search's order. */
void search_look(struct search *search, struct entry *entries, size_t count, size_t parents);

/* The scored merges of the fit with two scored parents or more, each predicted without its own scores: all that
 * the cache has, for those that a search lets pass are too few. */
struct judged_merge {
	double predicted, gained; /* gain over the best parent, turned */
	double chance;            /* of a gain */
};
struct merges {
	struct judged_merge *merge; /* owned; by chance, smallest first */
	size_t count;
};
void merges_judge(const struct search *search, struct merges *merges);
void merges_free(struct merges *merges);
/* The slope that suggest.h describes. */
double merges_slope(const struct merges *merges);
/* What came of merges that had such a chance. */
struct suggest_such merges_such(const struct merges *merges, double chance);

/* What is told of a merge in the end; `result` has the slope and how much was searched. */
void search_answer(const struct search *search, const struct entry *entry, struct engine_query *query,
		   const struct suggest_result *result, const struct merges *merges, struct suggest_answer *answer);

#endif
