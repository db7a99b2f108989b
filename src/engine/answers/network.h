/* Network: neural collaborative filtering (He et al. 2017) with features.  A row and a column of a sparse
 * matrix each have a learned embedding beside what is known of them; two hidden layers make a cell's
 * value of both.  Learned by Adam (Kingma and Ba 2015); the epoch that predicts a tenth of the cells best,
 * which are left out for it, is kept.  Private to the engine. */
#ifndef STEMMA_ENGINE_NETWORK_H
#define STEMMA_ENGINE_NETWORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stemma/base/error.h"
#include "stemma/base/progress.h"
#include "stemma/engine/engine.h"

struct network_cell {
	uint32_t row, column;
	float value;
};

/* Features are rows x row_features and columns x column_features, row-major, near to -1..1; borrowed. */
struct network_data {
	size_t rows, columns, row_features, column_features;
	const float *row_feature, *column_feature;
	const struct network_cell *cell;
	size_t count;
	bool binary; /* values are 0 and 1, predictions probabilities; else squares are least */
};

struct network;

/* Looks at `visits` cells, in several rounds or in a part of one.  Rows that have no cell are predicted by
 * their features alone.  Deterministic for a seed.  STATUS_DATA for fewer than 16 cells. */
enum status network_learn(const struct network_data *data, size_t visits, uint64_t seed, struct progress *progress,
			  struct network **network, struct error *error);
void network_free(struct network *network); /* NULL allowed */
/* Sets the values of cells. */
void network_predict(const struct network *network, struct network_cell *cells, size_t count);

/* What is known of models: size, date, kind, template, reasoning, open weights, and the architectures that are
 * most frequent among them.  count x *features; the caller frees. */
float *network_describe_models(const struct engine_data *data, const uint32_t *models, size_t count, size_t *features);
/* The same of all benchmarks: ends of the scale, direction, chance, questions, and the largest suites. */
float *network_describe_benchmarks(const struct engine_data *data, size_t *features);

#endif
