#include "answers/network.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cblas.h>

#include "data/random.h"
#include "stemma/base/memory.h"

#define EMBEDDING 8
#define FIRST 32
#define SECOND 16
#define BATCH 64
#define RATE 2e-3f
#define DECAY1 0.9f
#define DECAY2 0.999f
#define TINY 1e-8f
#define SHRINK 2e-2f   /* of embeddings, a visit */
#define UNKNOWN 0.25   /* share of visits for which a row is shown without its embedding */
#define LEFT_OUT 0.1
#define EPOCHS_MAX 40
#define PATIENCE 6     /* epochs without a better one */
#define CELLS_MIN 16
#define JUDGED_MAX 20000

/* Parameters that Adam updates. */
struct weights {
	size_t count;
	float *value, *mean, *square;
};

struct network {
	size_t width;              /* of the input */
	struct weights layers;     /* width x FIRST, FIRST, FIRST x SECOND, SECOND, SECOND, 1 */
	struct weights row, column; /* rows x EMBEDDING, columns x EMBEDDING */
	bool *seen;                /* rows: with a cell */
	float step1, step2;        /* powers of the decays */
	double centre;             /* mean of the values; logit where binary */
	float *row_feature, *column_feature;
	struct network_data own;   /* with those */
};

#define WIDTH_MAX 128

/* One batch under way. */
struct batch {
	float input[BATCH * WIDTH_MAX], first[BATCH * FIRST], second[BATCH * SECOND], output[BATCH];
	float first_slope[BATCH * FIRST], second_slope[BATCH * SECOND], input_slope[BATCH * WIDTH_MAX];
	bool unknown[BATCH];
};

static void weights_new(size_t count, double size, uint64_t *random, struct weights *weights)
{
	*weights = (struct weights){count, memory_allocate(count + 1, sizeof(float)), memory_zero(count + 1, sizeof(float)),
				    memory_zero(count + 1, sizeof(float))};
	for (size_t i = 0; i < count; i++)
		weights->value[i] = (float)size * random_normal(random);
}

static void weights_free(struct weights *weights)
{
	free(weights->value);
	free(weights->mean);
	free(weights->square);
}

static void weights_copy(struct weights *to, const struct weights *from)
{
	memcpy(to->value, from->value, from->count * sizeof(float));
}

static void adam(const struct network *network, struct weights *weights, size_t i, float slope)
{
	weights->mean[i] += (1 - DECAY1) * (slope - weights->mean[i]);
	weights->square[i] += (1 - DECAY2) * (slope * slope - weights->square[i]);
	weights->value[i] -= RATE * (weights->mean[i] / (1 - network->step1)) /
			     (sqrtf(weights->square[i] / (1 - network->step2)) + TINY);
}

/* ---- forward ---------------------------------------------------------------------------- */

struct layers {
	size_t first, first_level, second, second_level, last, last_level, count; /* where each begins */
};

static struct layers places(size_t width)
{
	struct layers at = {.first_level = width * FIRST};

	at.second = at.first_level + FIRST;
	at.second_level = at.second + FIRST * SECOND;
	at.last = at.second_level + SECOND;
	at.last_level = at.last + SECOND;
	at.count = at.last_level + 1;
	return at;
}

/* Copies, or leaves 0. */
static float *lay(float *to, const float *from, size_t count)
{
	if (from)
		memcpy(to, from, count * sizeof *to);
	else
		memset(to, 0, count * sizeof *to);
	return to + count;
}

static void lay_input(const struct network *network, const struct network_cell *cell, bool unknown, float *to)
{
	const struct network_data *data = &network->own;
	bool known = network->seen[cell->row] && !unknown;

	to = lay(to, known ? network->row.value + cell->row * EMBEDDING : NULL, EMBEDDING);
	to = lay(to, network->column.value + cell->column * EMBEDDING, EMBEDDING);
	if (data->row_features)
		to = lay(to, data->row_feature + cell->row * data->row_features, data->row_features);
	if (data->column_features)
		lay(to, data->column_feature + cell->column * data->column_features, data->column_features);
}

/* to = relu(from x matrix + level). */
static void pass_layer(const float *from, size_t count, size_t width, const float *matrix, const float *level,
		       size_t outputs, float *to)
{
	for (size_t i = 0; i < count; i++)
		memcpy(to + i * outputs, level, outputs * sizeof *to);
	cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)count, (int)outputs, (int)width, 1, from, (int)width,
		    matrix, (int)outputs, 1, to, (int)outputs);
	for (size_t i = 0; i < count * outputs; i++)
		to[i] = to[i] > 0 ? to[i] : 0;
}

static void pass(const struct network *network, const struct network_cell *cells, size_t count, struct batch *batch)
{
	struct layers at = places(network->width);
	const float *w = network->layers.value;

	for (size_t i = 0; i < count; i++)
		lay_input(network, &cells[i], batch->unknown[i], batch->input + i * network->width);
	pass_layer(batch->input, count, network->width, w + at.first, w + at.first_level, FIRST, batch->first);
	pass_layer(batch->first, count, FIRST, w + at.second, w + at.second_level, SECOND, batch->second);
	for (size_t i = 0; i < count; i++) {
		float sum = (float)network->centre + w[at.last_level];
		for (size_t k = 0; k < SECOND; k++)
			sum += w[at.last + k] * batch->second[i * SECOND + k];
		batch->output[i] = network->own.binary ? 1 / (1 + expf(-sum)) : sum;
	}
}

void network_predict(const struct network *network, struct network_cell *cells, size_t count)
{
	struct batch *batch = memory_zero(1, sizeof *batch);

	for (size_t begin = 0; begin < count; begin += BATCH) {
		size_t some = count - begin < BATCH ? count - begin : BATCH;
		pass(network, cells + begin, some, batch);
		for (size_t i = 0; i < some; i++)
			cells[begin + i].value = batch->output[i];
	}
	free(batch);
}

/* ---- backward ---------------------------------------------------------------------------- */

/* The slopes of a layer's input, where that was above 0 if `rectified`. */
static void pass_back(const float *slope, size_t count, size_t outputs, const float *matrix, size_t width,
		      const float *from, bool rectified, float *to)
{
	cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)count, (int)width, (int)outputs, 1, slope, (int)outputs,
		    matrix, (int)outputs, 0, to, (int)width);
	for (size_t i = 0; rectified && i < count * width; i++)
		if (!(from[i] > 0))
			to[i] = 0;
}

/* Moves a layer: matrix (width x outputs) at `place`, then its levels. */
static void move_layer(struct network *network, size_t place, const float *from, const float *slope, size_t count,
		       size_t width, size_t outputs, float *scratch)
{
	cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)width, (int)outputs, (int)count, 1 / (float)count, from,
		    (int)width, slope, (int)outputs, 0, scratch, (int)outputs);
	for (size_t k = 0; k < width * outputs; k++)
		adam(network, &network->layers, place + k, scratch[k]);
	for (size_t k = 0; k < outputs; k++) {
		float sum = 0;
		for (size_t i = 0; i < count; i++)
			sum += slope[i * outputs + k] / (float)count;
		adam(network, &network->layers, place + width * outputs + k, sum);
	}
}

static void move_embedding(struct network *network, struct weights *weights, size_t number, const float *slope)
{
	for (size_t k = 0; k < EMBEDDING; k++) {
		size_t i = number * EMBEDDING + k;
		adam(network, weights, i, slope[k] + SHRINK * weights->value[i]);
	}
}

static void learn_batch(struct network *network, const struct network_cell *cells, size_t count, uint64_t *random,
			struct batch *batch, float *scratch)
{
	struct layers at = places(network->width);
	const float *w = network->layers.value;

	for (size_t i = 0; i < count; i++)
		batch->unknown[i] = random_fraction(random) < UNKNOWN;
	pass(network, cells, count, batch);
	network->step1 *= DECAY1;
	network->step2 *= DECAY2;
	for (size_t i = 0; i < count; i++) {
		/* The gradient of both losses is output less value. */
		float off = batch->output[i] - cells[i].value;
		batch->output[i] = off;
		for (size_t k = 0; k < SECOND; k++)
			batch->second_slope[i * SECOND + k] = batch->second[i * SECOND + k] > 0 ? off * w[at.last + k] : 0;
	}
	pass_back(batch->second_slope, count, SECOND, w + at.second, FIRST, batch->first, true, batch->first_slope);
	pass_back(batch->first_slope, count, FIRST, w + at.first, network->width, batch->input, false, batch->input_slope);
	move_layer(network, at.last, batch->second, batch->output, count, SECOND, 1, scratch);
	move_layer(network, at.second, batch->first, batch->second_slope, count, FIRST, SECOND, scratch);
	move_layer(network, at.first, batch->input, batch->first_slope, count, network->width, FIRST, scratch);
	for (size_t i = 0; i < count; i++) {
		const float *slope = batch->input_slope + i * network->width;
		if (!batch->unknown[i])
			move_embedding(network, &network->row, cells[i].row, slope);
		move_embedding(network, &network->column, cells[i].column, slope + EMBEDDING);
	}
}

/* ---- learning ------------------------------------------------------------------------------ */

static void shuffle(struct network_cell *cells, size_t count, uint64_t *random)
{
	for (size_t i = count; i > 1; i--) {
		size_t j = random_next(random) % i;
		struct network_cell swap = cells[i - 1];
		cells[i - 1] = cells[j];
		cells[j] = swap;
	}
}

static double loss(const struct network *network, const struct network_cell *cells, size_t count)
{
	struct network_cell *copy = memory_allocate(count + 1, sizeof *copy);
	double sum = 0;

	memcpy(copy, cells, count * sizeof *copy);
	network_predict(network, copy, count);
	for (size_t i = 0; i < count; i++) {
		double off = (double)(copy[i].value - cells[i].value);
		sum += off * off;
	}
	free(copy);
	return sum;
}

static struct network *network_new(const struct network_data *data, uint64_t *random)
{
	struct network *network = memory_zero(1, sizeof *network);
	double sum = 0;

	network->own = *data;
	network->own.row_feature = network->row_feature =
		memory_allocate(data->rows * data->row_features + 1, sizeof(float));
	network->own.column_feature = network->column_feature =
		memory_allocate(data->columns * data->column_features + 1, sizeof(float));
	if (data->row_features)
		memcpy(network->row_feature, data->row_feature, data->rows * data->row_features * sizeof(float));
	if (data->column_features)
		memcpy(network->column_feature, data->column_feature, data->columns * data->column_features * sizeof(float));
	network->own.cell = NULL;
	network->width = 2 * EMBEDDING + data->row_features + data->column_features;
	struct layers at = places(network->width);
	weights_new(at.count, 1, random, &network->layers);
	for (size_t i = 0; i < at.count; i++) {
		double inputs = i < at.first_level ? (double)network->width : i < at.second_level ? FIRST : SECOND;
		bool level = (i >= at.first_level && i < at.second) || (i >= at.second_level && i < at.last) || i == at.last_level;
		network->layers.value[i] *= level ? 0 : (float)sqrt(2 / inputs);
	}
	weights_new(data->rows * EMBEDDING, 0.1, random, &network->row);
	weights_new(data->columns * EMBEDDING, 0.1, random, &network->column);
	network->seen = memory_zero(data->rows + 1, sizeof *network->seen);
	for (size_t i = 0; i < data->count; i++) {
		network->seen[data->cell[i].row] = true;
		sum += (double)data->cell[i].value / (double)data->count;
	}
	network->centre = data->binary ? log((sum + 1e-3) / (1 - sum + 1e-3)) : sum;
	network->step1 = network->step2 = 1;
	return network;
}

void network_free(struct network *network)
{
	if (!network)
		return;
	weights_free(&network->layers);
	weights_free(&network->row);
	weights_free(&network->column);
	free(network->seen);
	free(network->row_feature);
	free(network->column_feature);
	free(network);
}

static void take_weights(struct network *to, const struct network *from)
{
	weights_copy(&to->layers, &from->layers);
	weights_copy(&to->row, &from->row);
	weights_copy(&to->column, &from->column);
}

/* cells[0 .. judged - 1] are left out; keeps the best epoch in `best`. */
static bool run_epochs(struct network *network, struct network *best, struct network_cell *cells, size_t count,
		       size_t judged, size_t visits, uint64_t *random, struct progress *progress)
{
	struct batch *batch = memory_zero(1, sizeof *batch);
	float *scratch = memory_allocate(network->width * FIRST + FIRST * SECOND, sizeof *scratch);
	size_t learned = count - judged, left = visits < EPOCHS_MAX * learned ? visits : EPOCHS_MAX * learned, all = left;
	size_t some = learned < visits / 8 ? learned : visits / 8, stale = 0; /* of an epoch */
	double least = INFINITY;
	bool good = true;

	while (left > 0 && stale < PATIENCE && good) {
		size_t epoch = left < some ? left : some;
		shuffle(cells + judged, learned, random);
		for (size_t begin = 0; begin < epoch && good; begin += BATCH) {
			learn_batch(network, cells + judged + begin, epoch - begin < BATCH ? epoch - begin : BATCH, random,
				    batch, scratch);
			if (begin / BATCH % 64 == 0)
				good = progress_step(progress, "training the network",
						     1 - (double)(left - begin) / (double)all);
		}
		left -= epoch;
		double now = loss(network, cells, judged);
		stale++;
		if (now < least) {
			least = now;
			stale = 0;
			take_weights(best, network);
		}
	}
	free(batch);
	free(scratch);
	return good;
}

enum status network_learn(const struct network_data *data, size_t visits, uint64_t seed, struct progress *progress,
			  struct network **result, struct error *error)
{
	uint64_t random = seed * 2 + 1, other = random;
	size_t judged = (size_t)(LEFT_OUT * (double)data->count);

	if (data->count < CELLS_MIN)
		return error_set(error, STATUS_DATA, "%zu values are too few to train a network on", data->count);
	if (2 * EMBEDDING + data->row_features + data->column_features > WIDTH_MAX)
		return error_set(error, STATUS_SOFTWARE, "too many features");
	struct network_cell *cells = memory_allocate(data->count, sizeof *cells);
	memcpy(cells, data->cell, data->count * sizeof *cells);
	struct network *network = network_new(data, &random), *best = network_new(data, &other);
	shuffle(cells, data->count, &random);
	bool good = run_epochs(network, best, cells, data->count, judged < JUDGED_MAX ? judged : JUDGED_MAX,
			       visits > 8 * CELLS_MIN ? visits : 8 * CELLS_MIN, &random, progress);
	free(cells);
	network_free(network);
	if (!good) {
		network_free(best);
		return error_set(error, STATUS_CANCELLED, "training cancelled");
	}
	*result = best;
	return STATUS_OK;
}
