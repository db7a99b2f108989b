/* Front: which merges of two and which published models nothing is expected to
 * beat on all of several benchmarks at once (the Pareto front).  A merge counts
 * by its expected scores less what the search overstates them by, a published
 * model by its scores.
 *
 * All pairs are looked at, at all weights of engine_suggest(): the expected
 * scores are linear in the weights, so a pair is skipped where not even its
 * largest score on each benchmark would be on the front.  Kin prior only.
 */
#ifndef STEMMA_ENGINE_FRONT_H
#define STEMMA_ENGINE_FRONT_H

#include "stemma/engine/suggest.h"

#define FRONT_AXES_MAX 8

struct front_settings {
	struct suggest_models models; /* those without a score on each axis never take part */
	const struct engine_target *axes; /* covered by the fit */
	size_t axis_count;     /* 2..FRONT_AXES_MAX */
	size_t limit;          /* answers */
};

/* A merge on one axis; a published model has its score as `mean`, `best` and `shown`,
 * sd 0, and NAN as `chance`. */
struct front_score {
	double mean, sd;       /* as engine_estimate() has them, unit of the axis */
	double best;           /* published score of the better parent */
	double shown;          /* mean less what the search overstates it by */
	double chance;         /* to beat that parent */
};
struct front_answer {
	size_t count;          /* of parents; 1: the published model itself */
	size_t parents[2];     /* heaviest first */
	double weights[2];
	struct front_score score[FRONT_AXES_MAX]; /* by axis */
};
/* As in struct suggest_result, of an axis. */
struct front_axis {
	double spread, slope, overstated;
	size_t slope_merges;
};
struct front_result {
	struct front_answer *answers; /* owned; the best on the first axis first */
	size_t count;
	size_t found, published; /* answers there would be without a limit, and the published models among
				  * them: of more than the limit the ends of each axis and those farthest
				  * from one another are answers */
	size_t beaten;         /* merges that no merge beats and a published model does */
	size_t candidates;
	double searched;       /* pairs */
	struct front_axis axis[FRONT_AXES_MAX];
};

/* STATUS_NO_INPUT when fewer than two models are left, or an included one has
 * no score on an axis. */
enum status engine_front(const struct engine_fit *fit, const struct front_settings *settings,
			 struct progress *progress, struct front_result *result, struct error *error);
void front_result_free(struct front_result *result);

#endif
