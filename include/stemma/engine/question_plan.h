/* Question plan: which questions of a set to put to a model so that the share
 * of the set that it solves is known best.
 *
 * The relatives give the model's factors a normal prior (answer_model.h).  Draws
 * from it give each question a vector of probabilities; their covariances say how
 * much an answer tells of the share (Bayes linear design; Goldstein and Wooff 2007).
 * Each step takes the question that leaves the share the least variance.  To first
 * order that does not depend on the answers, so the plan is made before any
 * question is put.
 */
#ifndef STEMMA_ENGINE_QUESTION_PLAN_H
#define STEMMA_ENGINE_QUESTION_PLAN_H

#include "stemma/base/progress.h"
#include "stemma/engine/answer_model.h"
#include "stemma/engine/answers.h"
#include "stemma/engine/engine.h"
#include "stemma/engine/lrmf.h"

/* Widths of the intervals by the number of answers, learned once for several plans. */
struct question_widths;

/* Puts planned questions to models of `answers` (numbers in the fit's data) that
 * the answer model has learned, each predicted from all others, and takes from the
 * errors how wide intervals must be after up to `budget` answers.  A second for a
 * thousand questions.  STATUS_CANCELLED as progress says. */
enum status question_widths_new(const struct answer_model *model, const struct lrmf_data *answers,
				const uint32_t *models, size_t budget, struct progress *progress,
				struct question_widths **widths, struct error *error);
void question_widths_free(struct question_widths *widths); /* NULL allowed */

struct question_plan {
	size_t count;
	uint32_t *questions;           /* by place in the set, first to be put first */
	struct engine_estimate *after; /* count + 1: of the share in points, with 0 .. count
					* answers as expected; [0] is what is known now */
};
/* Plans for the subject of the query's last prediction, a learned model as if its
 * answers were not known; `known` has its answers so far (count 0: none).  At most
 * `budget` questions.  question_plan_free() frees what is inside. */
void question_plan_make(const struct answer_model *model, const struct question_widths *widths,
			struct engine_query *query, const struct lrmf_known *known, size_t budget,
			struct question_plan *plan);
void question_plan_free(struct question_plan *plan);

/* Back-test: a quarter of the models with answers is held out, with the copies of each, nothing of
 * theirs is learned from, and planned and random questions are put to them. */
struct question_settings {
	uint64_t seed;
	size_t repeats;         /* other quarters, one seed after the other */
	const size_t *budgets;  /* ascending */
	size_t budget_count;
};
struct question_figures {
	size_t budget, models;  /* models: held out, over all repeats */
	/* mean absolute errors of the share, points */
	double planned, random;
	double sampled;         /* of the plain share of the random questions; NAN at 0 */
	double means;           /* of the mean of each question that is not asked, over the learned models */
	double items_planned, items_random; /* of a two-parameter logistic model, which chooses by Fisher
	                                     * information, one answer after the other, and is told no lineage */
	double planned_width, random_width; /* mean widths of the 90 % intervals, points */
	double planned_inside, random_inside; /* shares of models inside of them */
};
/* Of which models: all, and those with a parent, a child or a sibling among the learned ones. */
enum question_group { QUESTION_ALL, QUESTION_KIN, QUESTION_GROUPS };
/* `data` as for answers_evaluate(); of each group figures has budget_count entries, those of all first. */
enum status question_plan_test(const struct answer_data *data, const struct question_settings *settings,
			       struct progress *progress, struct question_figures *figures,
			       struct error *error);

#endif
