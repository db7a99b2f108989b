/* State: what a fit learned as bytes, for the next start.  What is known of terms and
 * benchmarks (found again by their keys) serves any later data too; what follows from them for
 * each model, so that residuals need no solving, serves only the scores, facts and lineage
 * that it was learned from, which a fingerprint tells. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/fit.h"
#include "stemma/base/memory.h"

#define STATE_VERSION 4

struct state_header {
	char magic[8];
	uint32_t version, prior, rank, asked_rank, terms, benchmarks; /* of those with cells */
	uint64_t rows;         /* of what follows from the parameters */
	uint64_t fingerprint;
	double rho, log_likelihood;
};

struct kept {
	struct state_header header;
	const char *parameters, *benchmarks, *results; /* within bytes */
	char *bytes;
	struct scale *scale;   /* benchmarks of the data */
	size_t *place;         /* benchmarks of the data: in the state, or SIZE_MAX */
};

/* ---- the fingerprint -------------------------------------------------------------- */

/* Whole words at a time: there may be millions of edges. */
static uint64_t hash_word(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
	return hash ^ hash >> 29;
}

static uint64_t hash_number(uint64_t hash, double number)
{
	uint64_t word;

	memcpy(&word, &number, sizeof word);
	return hash_word(hash, word);
}

static uint64_t hash_text(uint64_t hash, const char *text)
{
	for (; text && *text; text++)
		hash = hash_word(hash, (unsigned char)*text);
	return hash_word(hash, 0);
}

static uint64_t hash_lineage(uint64_t hash, const struct lineage *lineage)
{
	for (size_t node = 0; node < lineage_nodes(lineage); node++) {
		size_t count;
		const struct lineage_parent *parent = lineage_parents(lineage, node, &count);
		hash = hash_word(hash, count);
		for (size_t i = 0; i < count; i++) {
			hash = hash_word(hash, (uint64_t)parent[i].node << 16 | (uint64_t)parent[i].relation << 8 |
					       parent[i].trust);
			hash = hash_number(hash, (double)parent[i].weight);
		}
	}
	return hash;
}

/* A row as it is published and described. */
static uint64_t hash_row(uint64_t hash, const struct factors *factors, size_t row)
{
	uint32_t model = factors->cells.row_model[row];
	struct engine_model facts;
	size_t count;
	const struct engine_cell *cells = engine_data_cells(&factors->data, model, &count);

	attributes_describe(&factors->data, model, &facts);
	hash = hash_text(hash_text(hash_word(hash, model), facts.name), facts.architecture);
	hash = hash_number(hash_number(hash, facts.params_b), facts.uploaded);
	for (size_t i = 0; i < count; i++) {
		hash = hash_number(hash_word(hash, cells[i].benchmark), cells[i].value);
		hash = hash_number(hash, (double)cells[i].error);
	}
	return hash;
}

static uint64_t hash_benchmark(uint64_t hash, const struct engine_benchmark *benchmark)
{
	hash = hash_text(hash_text(hash, benchmark->key), benchmark->suite);
	hash = hash_word(hash, benchmark->higher_is_better);
	return hash_number(hash_number(hash, benchmark->lower), benchmark->upper);
}

/* Of all that the results follow from: scores, facts, where the design puts each row, variances. */
static uint64_t factors_fingerprint(const struct factors *factors)
{
	const struct design *design = &factors->design;
	uint64_t hash = hash_word(factors->cells.rows, factors->seed);

	for (size_t b = 0; b < factors->cells.benchmarks; b++)
		hash = hash_benchmark(hash, &factors->data.benchmark[b]);
	for (size_t row = 0; row < design->rows; row++)
		hash = hash_row(hash, factors, row);
	for (size_t i = 0; i < design->row.start[design->rows]; i++)
		hash = hash_number(hash_word(hash, design->row.effect[i]), (double)design->row.value[i]);
	for (size_t i = 0; i < design->rows * design->terms; i++)
		hash = hash_number(hash, (double)design->own[i]);
	for (size_t i = 0; i < design->terms * factors->parameters.rank; i++)
		hash = hash_number(hash, factors->parameters.theta[i]);
	return hash_number(hash_lineage(hash, factors->data.lineage), design->rho);
}

/* ---- parts ------------------------------------------------------------------------- */

/* Bytes in the making, or being read. */
struct bytes {
	char *at;       /* NULL: only counted */
	const char *from, *end;
	size_t count;
	bool damaged;
};

/* Writes or reads a run of numbers, whichever the bytes are for. */
static void run(struct bytes *bytes, void *numbers, size_t size)
{
	if (bytes->from) {
		if ((size_t)(bytes->end - bytes->from) < size)
			bytes->damaged = true;
		else if (size > 0)
			memcpy(numbers, bytes->from, size);
		bytes->from += bytes->damaged ? 0 : size;
		return;
	}
	if (bytes->at && size > 0)
		memcpy(bytes->at + bytes->count, numbers, size);
	bytes->count += size;
}

static void run_parameters(struct bytes *bytes, struct parameters *parameters)
{
	run(bytes, parameters->theta, parameters->terms * parameters->rank * sizeof(double));
	run(bytes, parameters->own, parameters->rank * sizeof(double));
	run(bytes, parameters->relevance, parameters->rank * sizeof(double));
}

/* A benchmark in a state. */
struct benchmark_state {
	uint64_t key;
	struct scale scale;
	double level, noise;
	struct spread reach[FACTORS_SPREAD_COUNT];
};

static size_t benchmark_size(size_t rank)
{
	return sizeof(struct benchmark_state) + rank * 2 * sizeof(double) + rank * rank * sizeof(float);
}

static void write_benchmark(struct bytes *bytes, const struct factors *factors, size_t b)
{
	const struct parameters *parameters = &factors->parameters;
	size_t rank = parameters->rank;
	struct benchmark_state kept;

	memset(&kept, 0, sizeof kept); /* padding too: the same bytes for the same fit */
	kept.key = hash_text(1, factors->data.benchmark[b].key);
	kept.scale.lower = factors->cells.scale[b].lower;
	kept.scale.upper = factors->cells.scale[b].upper;
	kept.scale.mean = factors->cells.scale[b].mean;
	kept.scale.deviation = factors->cells.scale[b].deviation;
	kept.scale.logit = factors->cells.scale[b].logit;
	kept.level = parameters->level[b];
	kept.noise = parameters->noise[b];
	for (size_t kind = 0; kind < FACTORS_SPREAD_COUNT; kind++)
		kept.reach[kind] = factors->reach[kind][b];
	run(bytes, &kept, sizeof kept);
	run(bytes, parameters->loading + b * rank, rank * sizeof(double));
	run(bytes, parameters->suite_mean + parameters->suite[b] * rank, rank * sizeof(double));
	run(bytes, parameters->loading_covariance + b * rank * rank, rank * rank * sizeof(float));
}

static void run_results(struct bytes *bytes, struct factors *factors)
{
	size_t rows = factors->cells.rows, rank = factors->parameters.rank;

	run(bytes, factors->outside, rows * rank * sizeof(float));
	run(bytes, factors->open, rows * rank * rank * sizeof(float));
}

static void write_all(struct bytes *bytes, const struct engine_fit *fit)
{
	struct factors *factors = fit->factors;
	struct state_header header;

	memset(&header, 0, sizeof header);
	memcpy(header.magic, "stemma", 7);
	header.version = STATE_VERSION;
	header.prior = (uint32_t)factors->prior;
	header.rank = (uint32_t)factors->parameters.rank;
	header.asked_rank = (uint32_t)fit->settings.rank;
	header.terms = (uint32_t)factors->design.terms;
	header.rows = factors->cells.rows;
	header.fingerprint = bytes->at ? factors_fingerprint(factors) : 0;
	header.rho = factors->design.rho;
	header.log_likelihood = factors->log_likelihood;
	for (size_t b = 0; b < factors->cells.benchmarks; b++)
		header.benchmarks += factors_scored(factors, (uint32_t)b) > 0;
	run(bytes, &header, sizeof header);
	run_parameters(bytes, &factors->parameters);
	for (size_t b = 0; b < factors->cells.benchmarks; b++)
		if (factors_scored(factors, (uint32_t)b) > 0)
			write_benchmark(bytes, factors, b);
	run_results(bytes, factors);
}

void *engine_fit_state(const struct engine_fit *fit, size_t *count)
{
	struct bytes bytes = {0};

	write_all(&bytes, fit);
	*count = bytes.count;
	bytes = (struct bytes){.at = memory_allocate(bytes.count, 1)};
	write_all(&bytes, fit);
	return bytes.at;
}

/* ---- reading ------------------------------------------------------------------------- */

struct keyed {
	uint64_t key;
	size_t place;
};

static int compare_keyed(const void *left, const void *right)
{
	const struct keyed *a = left, *b = right;

	return (a->key > b->key) - (a->key < b->key);
}

static struct benchmark_state kept_benchmark(const struct kept *kept, size_t place)
{
	struct benchmark_state benchmark;

	memcpy(&benchmark, kept->benchmarks + place * benchmark_size(kept->header.rank), sizeof benchmark);
	return benchmark;
}

static bool are_numbers(const char *from, size_t count, double above)
{
	for (size_t i = 0; i < count; i++) {
		double number;
		memcpy(&number, from + i * sizeof number, sizeof number);
		if (!(number > above) || !isfinite(number))
			return false;
	}
	return true;
}

static bool good_benchmark(const struct benchmark_state *benchmark)
{
	bool good = isfinite(benchmark->scale.mean) && isfinite(benchmark->scale.deviation) &&
		    benchmark->scale.deviation != 0 && isfinite(benchmark->level) && benchmark->noise > 0 &&
		    isfinite(benchmark->noise) &&
		    (!benchmark->scale.logit || benchmark->scale.upper > benchmark->scale.lower);

	for (size_t kind = 0; kind < FACTORS_SPREAD_COUNT; kind++)
		good = good && benchmark->reach[kind].half > 0 && benchmark->reach[kind].ninety > 0;
	return good;
}

/* Finds the benchmarks of the data in the state by their keys. */
static bool find_benchmarks(struct kept *kept, const struct engine_data *data)
{
	size_t count = kept->header.benchmarks;
	struct keyed *list = memory_allocate(count + 1, sizeof *list);
	bool good = true;

	for (size_t i = 0; i < count; i++) {
		struct benchmark_state benchmark = kept_benchmark(kept, i);
		good = good && good_benchmark(&benchmark) &&
		       are_numbers(kept->benchmarks + i * benchmark_size(kept->header.rank) + sizeof benchmark,
				   2 * kept->header.rank, -HUGE_VAL);
		list[i] = (struct keyed){benchmark.key, i};
	}
	qsort(list, count, sizeof *list, compare_keyed);
	kept->place = memory_allocate(data->benchmarks + 1, sizeof *kept->place);
	kept->scale = memory_zero(data->benchmarks + 1, sizeof *kept->scale);
	for (size_t b = 0; b < data->benchmarks && good; b++) {
		struct keyed key = {hash_text(1, data->benchmark[b].key), 0};
		const struct keyed *found = bsearch(&key, list, count, sizeof *list, compare_keyed);
		kept->place[b] = found ? found->place : SIZE_MAX;
		if (found)
			kept->scale[b] = kept_benchmark(kept, found->place).scale;
	}
	free(list);
	return good;
}

struct kept *kept_read(const void *state, size_t bytes, const struct engine_data *data,
		       const struct engine_settings *settings)
{
	struct kept *kept = memory_zero(1, sizeof *kept);
	struct state_header *header = &kept->header;

	if (bytes < sizeof *header)
		goto foreign;
	memcpy(header, state, sizeof *header);
	if (memcmp(header->magic, "stemma", 7) != 0 || header->version != STATE_VERSION ||
	    header->prior != (uint32_t)settings->prior || header->rank == 0 || header->rank > FACTORS_RANK_MAX ||
	    header->asked_rank != (uint32_t)settings->rank || header->terms != design_terms(settings->prior))
		goto foreign;
	size_t parameters = (header->terms + 2) * (size_t)header->rank * sizeof(double);
	size_t benchmarks = header->benchmarks * benchmark_size(header->rank);
	size_t results = header->rows * header->rank * (header->rank + 1) * sizeof(float);
	if (header->rows > bytes || bytes != sizeof *header + parameters + benchmarks + results)
		goto foreign;
	kept->bytes = memory_allocate(bytes, 1);
	memcpy(kept->bytes, state, bytes);
	kept->parameters = kept->bytes + sizeof *header;
	kept->benchmarks = kept->parameters + parameters;
	kept->results = kept->benchmarks + benchmarks;
	if (are_numbers(kept->parameters, parameters / sizeof(double), 0) && find_benchmarks(kept, data))
		return kept;
foreign:
	kept_free(kept);
	return NULL;
}

void kept_free(struct kept *kept)
{
	if (!kept)
		return;
	free(kept->bytes);
	free(kept->scale);
	free(kept->place);
	free(kept);
}

size_t kept_rank(const struct kept *kept)
{
	return kept->header.rank;
}

double kept_rho(const struct kept *kept)
{
	return kept->header.rho;
}

const struct scale *kept_scales(const struct kept *kept)
{
	return kept->scale;
}

static void take_benchmark(const struct kept *kept, struct factors *factors, size_t b)
{
	struct parameters *parameters = &factors->parameters;
	size_t rank = parameters->rank;
	const char *from = kept->benchmarks + kept->place[b] * benchmark_size(rank);
	struct benchmark_state benchmark = kept_benchmark(kept, kept->place[b]);

	parameters->level[b] = benchmark.level;
	parameters->noise[b] = benchmark.noise;
	for (size_t kind = 0; kind < FACTORS_SPREAD_COUNT; kind++)
		factors->reach[kind][b] = benchmark.reach[kind];
	from += sizeof benchmark;
	memcpy(parameters->loading + b * rank, from, rank * sizeof(double));
	from += rank * sizeof(double);
	memcpy(parameters->suite_mean + parameters->suite[b] * rank, from, rank * sizeof(double));
	from += rank * sizeof(double);
	memcpy(parameters->loading_covariance + b * rank * rank, from, rank * rank * sizeof(float));
}

size_t kept_take(const struct kept *kept, struct factors *factors)
{
	struct parameters *parameters = &factors->parameters;
	struct bytes bytes = {.from = kept->parameters, .end = kept->benchmarks};
	size_t fresh = 0;
	double usual[FACTORS_SPREAD_COUNT][2] = {{0}};

	run_parameters(&bytes, parameters);
	for (size_t kind = 0; kind < FACTORS_SPREAD_COUNT; kind++) {
		free(factors->reach[kind]);
		factors->reach[kind] = memory_zero(factors->cells.benchmarks + 1, sizeof(struct spread));
	}
	for (size_t i = 0; i < kept->header.benchmarks; i++)
		for (size_t kind = 0; kind < FACTORS_SPREAD_COUNT; kind++) {
			struct benchmark_state benchmark = kept_benchmark(kept, i);
			usual[kind][0] += benchmark.reach[kind].half / (double)kept->header.benchmarks;
			usual[kind][1] += benchmark.reach[kind].ninety / (double)kept->header.benchmarks;
		}
	for (size_t b = 0; b < factors->cells.benchmarks; b++) {
		for (size_t kind = 0; kind < FACTORS_SPREAD_COUNT; kind++)
			factors->reach[kind][b] = (struct spread){usual[kind][0], usual[kind][1]};
		if (kept->place[b] != SIZE_MAX)
			take_benchmark(kept, factors, b);
		else
			fresh += factors_scored(factors, (uint32_t)b) > 0;
	}
	factors->log_likelihood = kept->header.log_likelihood;
	return fresh;
}

/* Means are numbers, and what is open of them is positive. */
static bool good_results(const struct factors *factors)
{
	size_t rank = factors->parameters.rank;

	for (size_t i = 0; i < factors->cells.rows * rank; i++)
		if (!isfinite(factors->outside[i]) || !(factors->open[i * rank + i % rank] > 0))
			return false;
	for (size_t i = 0; i < factors->cells.rows * rank * rank; i++)
		if (!isfinite(factors->open[i]))
			return false;
	return true;
}

bool kept_take_results(const struct kept *kept, struct factors *factors)
{
	struct bytes bytes = {.from = kept->results, .end = kept->results + kept->header.rows * kept->header.rank *
						   (kept->header.rank + 1) * sizeof(float)};

	if (kept->header.rows != factors->cells.rows || kept->header.fingerprint != factors_fingerprint(factors))
		return false;
	run_results(&bytes, factors);
	if (bytes.damaged || !good_results(factors))
		return false;
	evidence_set(&factors->cells, &factors->design, &factors->parameters, NULL, &factors->evidence);
	factors->judged = true;
	return true;
}
