/* State: what a fit learned as bytes, for the next start.  What is known of terms and
 * benchmarks (found again by their keys) serves while nearly all models are as they were when
 * it was learned; what follows from it, the posterior and what is left out of it, so that
 * nothing needs solving, serves only the scores, facts and lineage that it was made from,
 * which a fingerprint tells. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "model/fit.h"
#include "stemma/base/memory.h"

#define STATE_VERSION 9
/* Parameters serve while no more than one in so many models differs. */
#define SERVES_SHARE 50

struct state_header {
	char magic[8];
	uint32_t version, prior, rank, asked_rank, terms, benchmarks; /* of those with cells */
	uint64_t seed;
	uint64_t learned;      /* models that the parameters were learned from */
	uint64_t rows, cells, effects, draws, exact; /* of what follows from the parameters */
	uint64_t fingerprint;  /* of the data that they follow from */
	double rho, log_likelihood;
	uint64_t checksum;     /* of all other bytes */
};

struct kept {
	struct state_header header;
	const char *parameters, *learned, *benchmarks, *results, *end; /* borrowed */
	uint64_t *models;      /* of the data: hashes of those with scores */
	size_t model_count;
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

static uint64_t hash_benchmark(uint64_t hash, const struct engine_benchmark *benchmark)
{
	hash = hash_text(hash_text(hash, benchmark->key), benchmark->suite);
	hash = hash_word(hash, benchmark->higher_is_better);
	return hash_number(hash_number(hash, benchmark->lower), benchmark->upper);
}

/* A model as it is published, described and descended; `benchmark` are hashes of benchmarks. */
static uint64_t hash_model(const struct engine_data *data, const uint64_t *benchmark, size_t model)
{
	struct engine_model facts;
	size_t count, parents;
	const struct engine_cell *cells = engine_data_cells(data, model, &count);

	attributes_describe(data, model, &facts);
	uint64_t hash = hash_text(hash_text(1, facts.name), facts.architecture);
	hash = hash_number(hash_number(hash, facts.params_b), facts.uploaded);
	const struct lineage_parent *parent = lineage_parents(data->lineage, model, &parents);
	for (size_t i = 0; i < parents; i++) {
		hash = hash_text(hash_word(hash, parent[i].relation), engine_data_model(data, parent[i].node).name);
		hash = hash_number(hash, (double)parent[i].weight);
	}
	for (size_t i = 0; i < count; i++) {
		hash = hash_number(hash_word(hash, benchmark[cells[i].benchmark]), cells[i].value);
		hash = hash_number(hash, (double)cells[i].error);
	}
	return hash;
}

/* The hashes of all models with scores, in the order of the models. */
static uint64_t *hash_models(const struct engine_data *data, size_t *count)
{
	uint64_t *list = memory_allocate(data->models + 1, sizeof *list);
	uint64_t *benchmark = memory_allocate(data->benchmarks + 1, sizeof *benchmark);

	*count = 0;
	for (size_t b = 0; b < data->benchmarks; b++)
		benchmark[b] = hash_benchmark(1, &data->benchmark[b]);
	for (size_t model = 0; model < data->models; model++) {
		size_t cells;
		engine_data_cells(data, model, &cells);
		if (cells > 0 && !(data->excluded && data->excluded[model]))
			list[(*count)++] = hash_model(data, benchmark, model);
	}
	free(benchmark);
	return list;
}

/* Of all that the results follow from: scores, facts, where the design puts each row, variances. */
static uint64_t factors_fingerprint(const struct factors *factors, const uint64_t *models, size_t count)
{
	const struct design *design = &factors->design;
	uint64_t hash = hash_word(factors->cells.rows, factors->seed);

	for (size_t b = 0; b < factors->cells.benchmarks; b++)
		hash = hash_benchmark(hash, &factors->data.benchmark[b]);
	for (size_t i = 0; i < count; i++)
		hash = hash_word(hash, models[i]);
	for (size_t row = 0; row < design->rows; row++)
		hash = hash_word(hash, factors->cells.row_model[row]);
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
	run(bytes, parameters->within, parameters->rank * parameters->rank * sizeof(double));
	run(bytes, parameters->between, parameters->rank * parameters->rank * sizeof(double));
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
	return sizeof(struct benchmark_state) + rank * 2 * sizeof(double) + (rank + 1) * (rank + 1) * sizeof(float);
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
	run(bytes, parameters->unknown + b * (rank + 1) * (rank + 1), (rank + 1) * (rank + 1) * sizeof(float));
}

/* A symmetric matrix a row, of which one half is kept. */
static void run_open(struct bytes *bytes, struct factors *factors)
{
	size_t rank = factors->parameters.rank;

	for (size_t row = 0; row < factors->cells.rows; row++) {
		float *open = factors->open + row * rank * rank;
		for (size_t k = 0; k < rank; k++)
			run(bytes, open + k * rank, (k + 1) * sizeof *open);
		for (size_t k = 0; k < rank; k++)
			for (size_t l = 0; l < k; l++)
				open[l * rank + k] = open[k * rank + l];
	}
}

static void run_results(struct bytes *bytes, struct factors *factors)
{
	size_t rank = factors->parameters.rank, lines = factors->design.effects * rank;

	run(bytes, factors->outside, factors->cells.rows * rank * sizeof(float));
	run_open(bytes, factors);
	run(bytes, factors->local.mean, factors->cells.rows * rank * sizeof(float));
	run(bytes, factors->local.residual, factors->cells.count * sizeof(float));
	run(bytes, factors->local.left_mean, factors->cells.count * sizeof(float));
	run(bytes, factors->local.left_variance, factors->cells.count * sizeof(float));
	run(bytes, factors->mean, lines * sizeof(float));
	if (factors->exact) {
		run(bytes, factors->root, lines * factors->draws * sizeof(float));
		return;
	}
	run(bytes, factors->unit, lines * sizeof(float));
	run(bytes, factors->draw, lines * factors->draws);
}

static size_t results_size(const struct state_header *header)
{
	size_t rank = header->rank, lines = header->effects * rank;
	size_t rows = header->rows * (2 * rank + rank * (rank + 1) / 2) + 3 * header->cells;

	return (rows + lines) * sizeof(float) +
	       (header->exact ? lines * header->draws * sizeof(float) : lines * (sizeof(float) + header->draws));
}

/* Whole words and a rest. */
static uint64_t hash_run(uint64_t hash, const char *from, const char *end)
{
	uint64_t word;

	for (; (size_t)(end - from) >= sizeof word; from += sizeof word) {
		memcpy(&word, from, sizeof word);
		hash = hash_word(hash, word);
	}
	for (; from < end; from++)
		hash = hash_word(hash, (unsigned char)*from);
	return hash;
}

/* Of a state. */
static uint64_t checksum_of(const char *from, const char *end)
{
	uint64_t hash = hash_run(1, from, from + offsetof(struct state_header, checksum));

	return hash_run(hash, from + sizeof(struct state_header), end);
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
	header.seed = factors->seed;
	header.learned = factors->learned_rows;
	header.rows = factors->cells.rows;
	header.cells = factors->cells.count;
	header.effects = factors->design.effects;
	header.draws = factors->draws;
	header.exact = factors->exact;
	header.rho = factors->design.rho;
	header.log_likelihood = factors->log_likelihood;
	for (size_t b = 0; b < factors->cells.benchmarks; b++)
		header.benchmarks += factors_scored(factors, (uint32_t)b) > 0;
	run(bytes, &header, sizeof header);
	run_parameters(bytes, &factors->parameters);
	run(bytes, factors->learned, factors->learned_rows * sizeof *factors->learned);
	for (size_t b = 0; b < factors->cells.benchmarks; b++)
		if (factors_scored(factors, (uint32_t)b) > 0)
			write_benchmark(bytes, factors, b);
	run_results(bytes, factors);
	if (!bytes->at)
		return;
	size_t models;
	uint64_t *model = hash_models(&factors->data, &models);
	header.fingerprint = factors_fingerprint(factors, model, models);
	memcpy(bytes->at, &header, sizeof header);
	header.checksum = checksum_of(bytes->at, bytes->at + bytes->count);
	memcpy(bytes->at, &header, sizeof header);
	free(model);
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

/* Finds the benchmarks of the data in the state by their keys. */
static void find_benchmarks(struct kept *kept, const struct engine_data *data)
{
	size_t count = kept->header.benchmarks;
	struct keyed *list = memory_allocate(count + 1, sizeof *list);

	for (size_t i = 0; i < count; i++)
		list[i] = (struct keyed){kept_benchmark(kept, i).key, i};
	qsort(list, count, sizeof *list, compare_keyed);
	kept->place = memory_allocate(data->benchmarks + 1, sizeof *kept->place);
	kept->scale = memory_zero(data->benchmarks + 1, sizeof *kept->scale);
	for (size_t b = 0; b < data->benchmarks; b++) {
		struct keyed key = {hash_text(1, data->benchmark[b].key), 0};
		const struct keyed *found = bsearch(&key, list, count, sizeof *list, compare_keyed);
		kept->place[b] = found ? found->place : SIZE_MAX;
		if (found)
			kept->scale[b] = kept_benchmark(kept, found->place).scale;
	}
	free(list);
}

static int compare_hashes(const void *left, const void *right)
{
	const uint64_t *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

/* Whether nearly all models are as they were when the parameters were learned. */
static bool kept_serves(const struct kept *kept)
{
	size_t count[2] = {kept->model_count, kept->header.learned}, common = 0;
	uint64_t *list[2] = {memory_allocate(count[0] + 1, sizeof(uint64_t)), memory_allocate(count[1] + 1, sizeof(uint64_t))};

	memcpy(list[0], kept->models, count[0] * sizeof(uint64_t));
	memcpy(list[1], kept->learned, count[1] * sizeof(uint64_t));
	for (size_t i = 0; i < 2; i++)
		if (count[i] > 0)
			qsort(list[i], count[i], sizeof(uint64_t), compare_hashes);
	for (size_t i = 0, j = 0; i < count[0] && j < count[1];) {
		common += list[0][i] == list[1][j];
		bool first = list[0][i] <= list[1][j], second = list[1][j] <= list[0][i];
		i += first;
		j += second;
	}
	free(list[0]);
	free(list[1]);
	return ((count[0] > count[1] ? count[0] : count[1]) - common) * SERVES_SHARE <= count[1];
}

static bool good_header(const struct state_header *header, size_t bytes, const struct engine_settings *settings)
{
	/* None is more than bytes, so that their products can be told. */
	return memcmp(header->magic, "stemma", 7) == 0 && header->version == STATE_VERSION &&
	       header->prior == (uint32_t)settings->prior && header->rank > 0 && header->rank <= FACTORS_RANK_MAX &&
	       header->asked_rank == (uint32_t)settings->rank && header->seed == settings->seed &&
	       header->terms == design_terms(settings->prior) && header->benchmarks <= bytes && header->rows <= bytes &&
	       header->cells <= bytes && header->learned <= bytes && header->effects <= bytes && header->draws <= bytes &&
	       (header->effects == 0 || header->draws <= bytes / header->effects);
}

struct kept *kept_read(const void *state, size_t bytes, const struct engine_data *data,
		       const struct engine_settings *settings)
{
	struct kept *kept = memory_zero(1, sizeof *kept);
	struct state_header *header = &kept->header;

	if (bytes < sizeof *header)
		goto foreign;
	memcpy(header, state, sizeof *header);
	if (!good_header(header, bytes, settings))
		goto foreign;
	size_t parameters = (header->terms + 1 + 2 * (size_t)header->rank) * header->rank * sizeof(double);
	size_t learned = header->learned * sizeof(uint64_t);
	size_t benchmarks = header->benchmarks * benchmark_size(header->rank);
	if (bytes != sizeof *header + parameters + learned + benchmarks + results_size(header))
		goto foreign;
	kept->parameters = (const char *)state + sizeof *header;
	kept->learned = kept->parameters + parameters;
	kept->benchmarks = kept->learned + learned;
	kept->results = kept->benchmarks + benchmarks;
	kept->end = (const char *)state + bytes;
	kept->models = hash_models(data, &kept->model_count);
	if (header->checksum == checksum_of(state, kept->end) && kept_serves(kept)) {
		find_benchmarks(kept, data);
		return kept;
	}
foreign:
	kept_free(kept);
	return NULL;
}

void kept_free(struct kept *kept)
{
	if (!kept)
		return;
	free(kept->models);
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
	memcpy(parameters->unknown + b * (rank + 1) * (rank + 1), from, (rank + 1) * (rank + 1) * sizeof(float));
}

size_t kept_take(const struct kept *kept, struct factors *factors)
{
	struct parameters *parameters = &factors->parameters;
	struct bytes bytes = {.from = kept->parameters, .end = kept->learned};
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
	factors->learned_rows = kept->header.learned;
	factors->learned = memory_allocate(factors->learned_rows + 1, sizeof *factors->learned);
	memcpy(factors->learned, kept->learned, factors->learned_rows * sizeof *factors->learned);
	return fresh;
}

bool kept_take_results(const struct kept *kept, struct factors *factors)
{
	const struct state_header *header = &kept->header;
	size_t lines = factors->design.effects * factors->parameters.rank;
	struct bytes bytes = {.from = kept->results, .end = kept->end};

	if (header->rows != factors->cells.rows || header->cells != factors->cells.count || header->effects != factors->design.effects ||
	    header->fingerprint != factors_fingerprint(factors, kept->models, kept->model_count))
		return false;
	factors->draws = header->draws;
	factors->exact = header->exact != 0;
	factors->mean = memory_allocate(lines + 1, sizeof *factors->mean);
	if (factors->exact) {
		factors->root = memory_allocate(lines * factors->draws + 1, sizeof *factors->root);
	} else {
		factors->unit = memory_allocate(lines + 1, sizeof *factors->unit);
		factors->draw = memory_allocate(lines * factors->draws + 1, sizeof *factors->draw);
	}
	run_results(&bytes, factors);
	evidence_set(&factors->cells, &factors->design, &factors->parameters, NULL, &factors->evidence);
	local_take(factors);
	return true;
}

void kept_note(struct factors *factors)
{
	free(factors->learned);
	factors->learned = hash_models(&factors->data, &factors->learned_rows);
}
