/* Backtest: would the suggestions have been right about merges that were made?
 *
 * The merges with two or more scored parents are dealt into three folds; each
 * fold, with all that descends from it, is held from a fit, and its merges are
 * predicted as if they did not exist: by their parents and weights alone, no
 * name, no owner, as 'stemma suggest' does, and again with what one decides
 * oneself told: when and with which chat template it is evaluated.  They are ranked against others of their fold and family
 * (architecture and size).
 */
#ifndef STEMMA_ENGINE_BACKTEST_H
#define STEMMA_ENGINE_BACKTEST_H

#include <stddef.h>
#include <stdint.h>

#include "stemma/base/error.h"
#include "stemma/base/progress.h"
#include "stemma/engine/engine.h"

/* X(symbol, word, help): how one would choose. */
#define BACKTEST_RULE_TABLE(X) \
	X(GAIN, "gain", "predicted gain over the best parent") \
	X(SCORE, "score", "predicted score") \
	X(TOLD_GAIN, "gain, told", "predicted gain, its chat template and date told") \
	X(TOLD_SCORE, "score, told", "predicted score, its chat template and date told") \
	X(PARENTS, "parents", "weighted mean of the scored parents") \
	X(BEST, "best", "rank of the best parent") \
	X(RANDOM, "random", "any, on average")
enum backtest_rule {
#define X(symbol, word, help) BACKTEST_##symbol,
	BACKTEST_RULE_TABLE(X)
#undef X
	BACKTEST_RULES
};
const char *backtest_rule_name(enum backtest_rule rule);

#define BACKTEST_TOPS 3
extern const size_t backtest_top[BACKTEST_TOPS]; /* 1, 5, 10 */

struct backtest_figures {
	double order;              /* share of pairs where the one ranked higher scored higher */
	double gain[BACKTEST_TOPS]; /* mean gain over the best parent of the first k, unit of the target … */
	double share[BACKTEST_TOPS]; /* … as a share of the best possible, any choice = 0 */
	double score[BACKTEST_TOPS]; /* mean score of the first k, likewise as a share */
};
/* How near the predicted scores of the merges came; NAN where a rule gives no interval. */
struct backtest_accuracy {
	double pearson, rmse, mae; /* unit of the target */
	double within50, within90; /* share inside the interval */
};
/* Of the merges that were given such a chance to beat their best parent: how many, the mean chance, and how
 * many did, with the 90 % interval of their share (Wilson 1927). */
#define BACKTEST_TENTHS 10
struct backtest_tenth {
	size_t merges, beat;
	double chance, low, high;
};
/* Regression of what merges gained on what was predicted: 1 where predictions are right on average. */
struct backtest_slope {
	double slope, error; /* standard error */
};
struct backtest_result {
	struct backtest_accuracy accuracy[BACKTEST_RULES]; /* of those that predict a score: SCORE, TOLD_SCORE,
							    * PARENTS, BEST */
	struct backtest_tenth tenth[BACKTEST_TENTHS];      /* by the prediction SCORE */
	struct backtest_slope over_best, over_mean;        /* gain over the best parent, over their weighted mean */
	size_t merges, pairs;      /* judged */
	size_t groups;             /* family and fold, of 15 merges or more */
	double best[BACKTEST_TOPS]; /* gain of the best k in hindsight, mean of the groups */
	struct backtest_figures rule[BACKTEST_RULES];
};

/* Judged by the target, over the models that have all of it.  STATUS_DATA, before anything is learned, when
 * fewer than 15 merges can be judged; what is judged in groups is NAN when there are none. */
enum status engine_backtest(const struct engine_data *data, const struct engine_target *target,
			    uint64_t seed, struct progress *progress, struct backtest_result *result,
			    struct error *error);

/* Mean of `value` over the k entries that `by` puts first. */
double backtest_mean_of_first(const double *by, const double *value, size_t count, size_t k);

#endif
