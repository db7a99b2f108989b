/* Figures: how far predictions of cells are from what was hidden.  Private to
 * the engine. */
#ifndef STEMMA_ENGINE_FIGURES_H
#define STEMMA_ENGINE_FIGURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stemma/engine/holdout.h"

/* One prediction and what came of it. */
struct verdict {
	uint32_t model, benchmark, fold;
	bool ancestor;         /* the model has one with a known score on the benchmark */
	uint32_t distance;     /* to the nearest relative with one, 0 none */
	enum holdout_made made;
	double observed, predicted; /* points, the prediction kept within 0..100 */
	double error;          /* units, absolute */
	double relative;       /* |error / value|; NAN where the value is 0 */
	bool inside50, inside90;
	double width50, width90; /* points; NAN without intervals */
};

/* The verdict on an estimate of a value of this benchmark, whose range is that of the known
 * cells. */
struct verdict verdict_make(const struct engine_benchmark *benchmark, double value,
			    const struct engine_estimate *estimate);

/* Rows of figures in the order of the scopes; the caller frees.  Reorders the verdicts. */
struct holdout_row *figures_make(const struct engine_data *data, struct verdict *verdicts, size_t count,
				 size_t folds, size_t *rows);

#endif
