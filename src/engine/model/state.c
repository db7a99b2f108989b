/* State: what a fit learned as bytes, for the next start.  The variances serve any
 * later data too; what follows from them (so that residuals need no covariance)
 * serves only the scores, facts and lineage that it was learned from, which a
 * fingerprint tells. */
#include "model/fit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/posterior.h"
#include "stemma/base/memory.h"

#define STATE_VERSION 2

struct state_header {
	char magic[8];
	uint32_t version, prior, groups, terms, factors, benchmarks;
	uint64_t rows;         /* of what follows from the variances; 0 when it is not there */
	uint64_t fingerprint;
	double rho;
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

static uint64_t hash_numbers(uint64_t hash, const double *numbers, size_t count)
{
	for (size_t i = 0; i < count; i++)
		hash = hash_number(hash, numbers[i]);
	return hash;
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

/* Of all that the solution, the precision and the spreads follow from. */
static uint64_t fit_fingerprint(const struct engine_fit *fit)
{
	const struct kernel_space *space = &fit->covariance.space;
	uint64_t hash = hash_word(fit->rows, fit->settings.seed);

	hash = hash_word(hash, fit->posterior == &posterior_dense);
	hash = hash_numbers(hash, fit->values, fit->transform.factors * fit->rows);
	hash = hash_numbers(hash, fit->extra, fit->rows);
	hash = hash_numbers(hash, fit->transform.mean, fit->transform.benchmarks);
	hash = hash_numbers(hash, fit->transform.deviation, fit->transform.benchmarks);
	hash = hash_numbers(hash, fit->transform.rotation, fit->transform.benchmarks * fit->transform.factors);
	for (size_t row = 0; row < fit->rows; row++) {
		const struct kernel_point *point = &space->points[row];
		hash = hash_word(hash, fit->row_model[row]);
		for (size_t i = 0; i < ATTRIBUTE_COUNT; i++)
			hash = hash_word(hash, (uint64_t)point->attribute[i]);
		hash = hash_number(hash_number(hash, point->size), point->date);
	}
	hash = hash_lineage(hash, fit->data.lineage);
	for (size_t g = 0; g < fit->groups; g++)
		hash = hash_numbers(hash, fit->group[g].theta, covariance_terms(&fit->covariance) + 1);
	return hash_number(hash, fit->rho);
}

/* ---- parts ------------------------------------------------------------------------- */

/* A run of numbers that is kept. */
struct part {
	void *numbers;
	size_t count;
	bool positive;
};
#define PARTS_MAX (2 + FIT_GROUPS_MAX + SPREAD_COUNT)

static size_t list_variances(const struct engine_fit *fit, struct part *parts)
{
	for (size_t g = 0; g < fit->groups; g++)
		parts[g] = (struct part){fit->group[g].theta, covariance_terms(&fit->covariance) + 1, true};
	return fit->groups;
}

static size_t list_results(const struct engine_fit *fit, struct part *parts)
{
	size_t count = 0, factors = fit->transform.factors;

	parts[count++] = (struct part){fit->solution, factors * fit->rows, false};
	parts[count++] = (struct part){fit->scale, factors, true};
	for (size_t g = 0; g < fit->groups; g++)
		parts[count++] = (struct part){fit->group[g].precision, fit->rows, true};
	for (size_t kind = 0; kind < SPREAD_COUNT; kind++)
		parts[count++] = (struct part){fit->spread[kind], 2 * (fit->columns.count + 1), true};
	return count;
}

static size_t parts_bytes(const struct part *parts, size_t count)
{
	size_t numbers = 0;

	for (size_t i = 0; i < count; i++)
		numbers += parts[i].count;
	return numbers * sizeof(double);
}

static char *parts_write(const struct part *parts, size_t count, char *to)
{
	for (size_t i = 0; i < count; i++) {
		memcpy(to, parts[i].numbers, parts[i].count * sizeof(double));
		to += parts[i].count * sizeof(double);
	}
	return to;
}

static const char *parts_read(const struct part *parts, size_t count, const char *from)
{
	for (size_t i = 0; i < count; i++) {
		memcpy(parts[i].numbers, from, parts[i].count * sizeof(double));
		from += parts[i].count * sizeof(double);
	}
	return from;
}

/* Whether the numbers can be what they are said to be. */
static bool parts_hold(const struct part *parts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < parts[i].count; k++) {
			double number = ((const double *)parts[i].numbers)[k];
			if (!isfinite(number) || (parts[i].positive && number <= 0))
				return false;
		}
	return true;
}

/* ---- the whole --------------------------------------------------------------------- */

static struct state_header state_header_of(const struct engine_fit *fit)
{
	return (struct state_header){
		.magic = "stemma",
		.version = STATE_VERSION,
		.prior = (uint32_t)fit->settings.prior,
		.groups = (uint32_t)fit->groups,
		.terms = (uint32_t)covariance_terms(&fit->covariance),
		.factors = (uint32_t)fit->transform.factors,
		.benchmarks = (uint32_t)fit->transform.benchmarks,
		.rho = fit->rho,
	};
}

void *engine_fit_state(const struct engine_fit *fit, size_t *bytes)
{
	struct state_header header = state_header_of(fit);
	struct part parts[PARTS_MAX + FIT_GROUPS_MAX];
	size_t count = list_variances(fit, parts);

	if (fit->judged) {
		count += list_results(fit, parts + count);
		header.rows = fit->rows;
		header.fingerprint = fit_fingerprint(fit);
	}
	*bytes = sizeof header + parts_bytes(parts, count);
	char *state = memory_allocate(*bytes, 1);
	memcpy(state, &header, sizeof header);
	parts_write(parts, count, state + sizeof header);
	return state;
}

static void forget_spreads(struct engine_fit *fit)
{
	for (size_t kind = 0; kind < SPREAD_COUNT; kind++) {
		free(fit->spread[kind]);
		fit->spread[kind] = NULL;
	}
}

static void fit_read_results(struct engine_fit *fit, const struct state_header *header, const char *from,
			     size_t bytes)
{
	struct part parts[PARTS_MAX];

	if (header->rows != fit->rows || header->fingerprint != fit_fingerprint(fit))
		return;
	for (size_t kind = 0; kind < SPREAD_COUNT; kind++)
		fit->spread[kind] = memory_zero(fit->transform.benchmarks + 1, sizeof(struct spread));
	size_t count = list_results(fit, parts);
	if (bytes == parts_bytes(parts, count)) {
		parts_read(parts, count, from);
		fit->judged = parts_hold(parts, count);
	}
	if (!fit->judged)
		forget_spreads(fit);
}

bool fit_read_state(struct engine_fit *fit, const void *state, size_t bytes, bool current)
{
	struct state_header header, own = state_header_of(fit);
	struct part parts[FIT_GROUPS_MAX];
	size_t count = list_variances(fit, parts), variances = parts_bytes(parts, count);

	if (!state || bytes < sizeof header + variances)
		return false;
	memcpy(&header, state, sizeof header);
	if (strncmp(header.magic, own.magic, sizeof own.magic) != 0 || header.version != own.version ||
	    header.prior != own.prior || header.groups != own.groups || header.terms != own.terms ||
	    header.factors != own.factors || header.benchmarks != own.benchmarks ||
	    (header.rows == 0 && bytes != sizeof header + variances))
		return false;
	const char *rest = parts_read(parts, count, (const char *)state + sizeof header);
	if (!parts_hold(parts, count) || !isfinite(header.rho) || header.rho < 0) {
		for (size_t i = 0; i < count; i++) /* or learning would begin with them */
			memset(parts[i].numbers, 0, parts[i].count * sizeof(double));
		return false;
	}
	fit->rho = header.rho;
	if (current)
		fit_read_results(fit, &header, rest, bytes - sizeof header - variances);
	return true;
}
