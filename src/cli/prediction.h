/* Prediction: the scores of a merge, in reports. */
#ifndef STEMMA_CLI_PREDICTION_H
#define STEMMA_CLI_PREDICTION_H

#include "report.h"
#include "stemma/app/sketch.h"

/* The main table "scores": the first so many rows of the prediction. */
void prediction_report_scores(struct report *report, const struct catalog *catalog, const char *name,
			      const struct sketch_prediction *prediction, size_t rows);

#endif
