/* Prediction: the scores of a merge, in reports. */
#ifndef STEMMA_CLI_PREDICTION_H
#define STEMMA_CLI_PREDICTION_H

#include "report.h"
#include "stemma/app/sketch.h"

/* The main table "scores": a row for each benchmark and the average. */
void prediction_report_scores(struct report *report, const struct catalog *catalog,
			      const char *name, const struct sketch_prediction *prediction);

#endif
