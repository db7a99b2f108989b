#include "model/belief.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cblas.h>

#include "model/factors_fit.h"
#include "solve/lapack.h"
#include "stemma/base/memory.h"

#define VARIANCE_MIN 0.1 /* of the noise: draws may leave less */
#define JITTER 1e-6

void belief_new(const struct factors *factors, struct belief *belief)
{
	memset(belief, 0, sizeof *belief);
	belief->factors = factors;
	belief->row = -1;
}

void belief_free(struct belief *belief)
{
	free(belief->benchmark);
	free(belief->height);
	free(belief->width);
	free(belief->weight);
	free(belief->pull);
	free(belief->inverse);
	*belief = (struct belief){0};
}

static void believe_cold(struct belief *belief)
{
	size_t rank = belief->factors->parameters.rank;

	belief->count = 0;
	memcpy(belief->mean, belief->cold_mean, rank * sizeof *belief->mean);
	memcpy(belief->covariance, belief->cold, rank * rank * sizeof *belief->covariance);
}

void belief_begin(struct belief *belief, const struct kin *kin, int32_t row)
{
	belief->kin = *kin;
	belief->row = row;
	belief->inherited = NULL;
	believe_cold(belief);
}

void belief_begin_merge(struct belief *belief, const struct inherited *inherited, const struct kin *kin)
{
	struct factors_state state;

	factors_state_new(belief->factors, &state);
	inherited_state(inherited, &state);
	memcpy(belief->cold_mean, state.mean, state.rank * sizeof *state.mean);
	factors_state_covariance(&state, belief->cold);
	factors_state_free(&state);
	belief_begin(belief, kin, -1);
	belief->inherited = inherited;
}

void belief_model(struct belief *belief, size_t model)
{
	const struct factors *factors = belief->factors;
	int32_t row = factors->cells.model_row[model];
	struct kin kin;

	factors_cold(factors, model, belief->cold_mean, belief->cold);
	if (row < 0)
		kin_of_model(factors, model, &kin);
	belief_begin(belief, row < 0 ? &kin : &factors->local.kin[row], row);
}

/* ---- own cells ---------------------------------------------------------------------- */

static void make_room(struct belief *belief, size_t count)
{
	size_t rank = belief->factors->parameters.rank;

	if (count <= belief->capacity)
		return;
	belief->capacity = count;
	belief->benchmark = memory_resize(belief->benchmark, count, sizeof *belief->benchmark);
	belief->height = memory_resize(belief->height, count, sizeof *belief->height);
	belief->width = memory_resize(belief->width, count, sizeof *belief->width);
	belief->weight = memory_resize(belief->weight, count, sizeof *belief->weight);
	belief->pull = memory_resize(belief->pull, count * rank, sizeof *belief->pull);
	belief->inverse = memory_resize(belief->inverse, count * count, sizeof *belief->inverse);
}

static const double *loading_of(const struct belief *belief, uint32_t benchmark)
{
	return belief->factors->parameters.loading + benchmark * belief->factors->parameters.rank;
}

static double dot(const double *a, const double *b, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += a[i] * b[i];
	return sum;
}

/* What the others tell of a benchmark, its z above the level. */
static double cold_height(const struct belief *belief, uint32_t benchmark)
{
	struct inherited_part part;

	if (!belief->inherited)
		return dot(loading_of(belief, benchmark), belief->cold_mean, belief->factors->parameters.rank);
	inherited_part(belief->inherited, benchmark, 0, &part);
	free(part.deviation);
	return part.z - belief->factors->parameters.level[benchmark];
}

/* Takes the cells, with the noise that each has as f is when they are told apart from what is
 * alike in them. */
static void take_cells(struct belief *belief, const struct own_cell *cells, size_t count)
{
	const struct factors *factors = belief->factors;
	size_t rank = factors->parameters.rank;

	for (size_t i = 0; i < count; i++)
		if (factors_scored(factors, cells[i].benchmark) > 0)
			factors_condition_z(factors, cells[i].benchmark, cells[i].z, cells[i].error, belief->mean,
					    belief->covariance);
	for (size_t i = 0; i < count; i++) {
		uint32_t b = cells[i].benchmark;
		size_t n = belief->count;
		if (factors_scored(factors, b) == 0)
			continue;
		belief->benchmark[n] = b;
		belief->height[n] = cells[i].z - factors->parameters.level[b];
		belief->weight[n] = belief->height[n] - cold_height(belief, b);
		belief->width[n] = sqrt(factors_left_over(factors, b, belief->mean, belief->covariance));
		belief->inverse[n] = cells[i].error; /* for now */
		for (size_t k = 0; k < rank; k++)
			belief->pull[n * rank + k] = dot(loading_of(belief, b), belief->cold + k * rank, rank);
		belief->count++;
	}
}

/* K of the own cells, and its inverse; by columns its upper triangle, so that LAPACKE needs no copy, for
 * which it might find no memory. */
static void invert(struct belief *belief)
{
	const struct local *local = &belief->factors->local;
	size_t n = belief->count, rank = belief->factors->parameters.rank;
	double *k = belief->inverse, *error = memory_allocate(n, sizeof *error);

	memcpy(error, k, n * sizeof *error);
	for (double more = JITTER;; more *= 10) {
		for (size_t i = 0; i < n; i++) {
			for (size_t j = 0; j < i; j++)
				k[i * n + j] = dot(belief->pull + i * rank, loading_of(belief, belief->benchmark[j]), rank) +
					       local_alike(local, belief->benchmark[i], belief->benchmark[j]) *
						       belief->width[i] * belief->width[j];
			k[i * n + i] = dot(belief->pull + i * rank, loading_of(belief, belief->benchmark[i]), rank) +
				       belief->width[i] * belief->width[i] + error[i];
			k[i * n + i] += more > JITTER ? more * fabs(k[i * n + i]) : 0; /* draws are noisy */
		}
		if (lapack_done(LAPACKE_dpotrf(LAPACK_COL_MAJOR, 'U', (int)n, k, (int)n)) == 0)
			break;
	}
	lapack_done(LAPACKE_dpotri(LAPACK_COL_MAJOR, 'U', (int)n, k, (int)n));
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < i; j++)
			k[j * n + i] = k[i * n + j];
	free(error);
}

void belief_condition(struct belief *belief, const struct own_cell *cells, size_t count)
{
	size_t rank = belief->factors->parameters.rank;
	double between[FACTORS_RANK_MAX];

	believe_cold(belief);
	make_room(belief, count);
	take_cells(belief, cells, count);
	size_t n = belief->count;
	if (n == 0)
		return;
	invert(belief);
	double *off = memory_allocate(n, sizeof *off);
	memcpy(off, belief->weight, n * sizeof *off);
	for (size_t i = 0; i < n; i++)
		belief->weight[i] = dot(belief->inverse + i * n, off, n);
	memcpy(belief->mean, belief->cold_mean, rank * sizeof *belief->mean);
	memcpy(belief->covariance, belief->cold, rank * rank * sizeof *belief->covariance);
	for (size_t i = 0; i < n; i++) {
		memset(between, 0, sizeof between);
		for (size_t j = 0; j < n; j++)
			for (size_t k = 0; k < rank; k++)
				between[k] += belief->inverse[i * n + j] * belief->pull[j * rank + k];
		for (size_t k = 0; k < rank; k++) {
			belief->mean[k] += belief->pull[i * rank + k] * belief->weight[i];
			for (size_t l = 0; l < rank; l++)
				belief->covariance[k * rank + l] -= belief->pull[i * rank + k] * between[l];
		}
	}
	free(off);
}

void belief_condition_published(struct belief *belief, const struct engine_cell *cells, size_t count)
{
	struct own_cell *own = memory_allocate(count + 1, sizeof *own);

	for (size_t i = 0; i < count; i++) {
		const struct scale *scale = &belief->factors->cells.scale[cells[i].benchmark];
		double z = scale_to_z(scale, cells[i].value), slope = scale_slope(scale, z), error = (double)cells[i].error;
		own[i] = (struct own_cell){cells[i].benchmark, z,
					   error > 0 && slope != 0 ? error * error / (slope * slope) : 0};
	}
	belief_condition(belief, own, count);
	free(own);
}

static bool in_target(const struct engine_target *target, uint32_t benchmark)
{
	for (size_t i = 0; i < target->count; i++)
		if (target->benchmark[i] == benchmark)
			return true;
	return false;
}

bool belief_left_out(struct belief *belief, size_t model, const struct engine_target *target, enum engine_leave leave)
{
	const struct cells *cells = &belief->factors->cells;
	int32_t row = cells->model_row[model];
	size_t count = 0;

	if (row < 0)
		return false;
	belief_model(belief, model);
	if (leave == ENGINE_LEAVE_MODEL)
		return true;
	size_t first = cells->row_start[row], last = cells->row_start[row + 1];
	struct own_cell *own = memory_allocate(last - first, sizeof *own);
	for (size_t i = first; i < last; i++)
		if (!in_target(target, cells->benchmark[i]))
			own[count++] = (struct own_cell){cells->benchmark[i], (double)cells->z[i], (double)cells->error[i]};
	belief_condition(belief, own, count);
	free(own);
	return true;
}

/* ---- one benchmark -------------------------------------------------------------------- */

/* Where a parent of a merge has no score, what its own cells and models like it tell of that score beyond its
 * abilities: `z` and the variance that they take away. */
static void parent_tells(const struct inherited_parent *parent, uint32_t benchmark, double *z, double *variance)
{
	const struct belief *belief = parent->belief;
	size_t rank = belief->factors->parameters.rank;
	const double *loading = loading_of(belief, benchmark);
	double known[FACTORS_RANK_MAX * FACTORS_RANK_MAX];
	struct belief_part part;

	belief_part(belief, benchmark, &part);
	factors_state_covariance(&parent->known, known);
	*z = part.z - belief->factors->parameters.level[benchmark] - dot(loading, parent->known.mean, rank);
	*variance = part.variance - quadratic(loading, known, rank) -
		    factors_left_over(belief->factors, benchmark, belief->mean, belief->covariance);
	belief_part_free(&part);
}

static void add_what_parents_tell(const struct inherited *inherited, struct belief_part *part)
{
	double z, variance, taken = 0;

	for (size_t p = 0; p < inherited->count; p++) {
		if (!part->inherited.open[p])
			continue;
		double weight = part->inherited.weight[p];
		parent_tells(inherited->parent[p], part->benchmark, &z, &variance);
		part->inherited.z += weight * z;
		taken += weight * weight * variance;
	}
	part->inherited.noise = fmax(part->inherited.noise + taken, VARIANCE_MIN * part->inherited.noise);
}

/* As the others tell it, before the own cells and what is alike are looked at. */
static void part_cold(const struct belief *belief, uint32_t benchmark, struct belief_part *part)
{
	const struct factors *factors = belief->factors;
	const double *loading = loading_of(belief, benchmark);
	double noise = factors_left_over(factors, benchmark, belief->mean, belief->covariance);

	*part = (struct belief_part){.benchmark = benchmark, .width = sqrt(noise)};
	part->z = factors->parameters.level[benchmark] + dot(loading, belief->cold_mean, factors->parameters.rank);
	part->variance = quadratic(loading, belief->cold, factors->parameters.rank) + noise;
	if (!belief->inherited)
		return;
	inherited_part(belief->inherited, benchmark, noise, &part->inherited);
	add_what_parents_tell(belief->inherited, part);
	part->z = part->inherited.z;
	part->width = sqrt(part->inherited.noise);
	/* Own cells are conditioned on as if all of the parents' abilities were as uncertain as they are. */
	if (belief->count == 0)
		part->variance = part->inherited.noise +
				 inherited_between(belief->inherited, benchmark, &part->inherited, benchmark, &part->inherited);
}

/* What models that are alike tell; of a merge only so far as it is not its parents' already. */
static void part_near(const struct belief *belief, struct belief_part *part)
{
	double counts = belief->inherited ? 1 - belief->inherited->share : 1;

	local_look(belief->factors, part->benchmark, belief->mean, &belief->kin, belief->row, belief->hidden, &part->near);
	for (size_t i = 0; i < part->near.count; i++)
		part->near.weight[i] *= counts;
	part->near.shift *= counts;
	part->near.left = 1 - counts * counts * (1 - part->near.left);
	part->deviation = sqrt(fmin(part->width * part->width, part->variance));
	part->z += part->deviation * part->near.shift;
	part->variance -= part->deviation * part->deviation * (1 - part->near.left);
}

void belief_part(const struct belief *belief, uint32_t benchmark, struct belief_part *part)
{
	const struct factors *factors = belief->factors;
	const double *loading = loading_of(belief, benchmark);
	size_t rank = factors->parameters.rank, n = belief->count;

	part_cold(belief, benchmark, part);
	part->cross = memory_allocate(n + 1, sizeof *part->cross);
	part->share = memory_allocate(n + 1, sizeof *part->share);
	for (size_t i = 0; i < n; i++)
		part->cross[i] = dot(belief->pull + i * rank, loading, rank) +
				 local_alike(&factors->local, benchmark, belief->benchmark[i]) * part->width * belief->width[i];
	for (size_t i = 0; i < n; i++) {
		part->share[i] = dot(belief->inverse + i * n, part->cross, n);
		part->z += part->cross[i] * belief->weight[i];
		part->variance -= part->cross[i] * part->share[i];
	}
	part->variance = fmax(part->variance, VARIANCE_MIN * part->width * part->width);
	part_near(belief, part);
}

void belief_part_free(struct belief_part *part)
{
	free(part->cross);
	free(part->share);
	free(part->inherited.deviation);
	*part = (struct belief_part){0};
}

double belief_between(const struct belief *belief, const struct belief_part *a, const struct belief_part *b)
{
	size_t rank = belief->factors->parameters.rank;
	double sum = local_alike(&belief->factors->local, a->benchmark, b->benchmark) * a->width * b->width *
		     sqrt(a->near.left * b->near.left);

	if (belief->inherited && belief->count == 0)
		return sum + inherited_between(belief->inherited, a->benchmark, &a->inherited, b->benchmark, &b->inherited);
	for (size_t k = 0; k < rank; k++)
		sum += loading_of(belief, a->benchmark)[k] *
		       dot(belief->cold + k * rank, loading_of(belief, b->benchmark), rank);
	return sum - dot(a->cross, b->share, belief->count);
}

/* ---- targets ------------------------------------------------------------------------------ */

void belief_target(const struct belief *belief, const struct engine_target *target, const struct engine_cell *known,
		   size_t known_count, struct belief_target *result)
{
	const struct factors *factors = belief->factors;

	*result = (struct belief_target){
		.count = target->count,
		.part = memory_zero(target->count + 1, sizeof *result->part),
		.worth = memory_zero(target->count + 1, sizeof *result->worth),
	};
	for (size_t i = 0; i < target->count; i++) {
		struct belief_part *part = &result->part[i];
		const struct engine_cell *cell = engine_cell_find(known, known_count, target->benchmark[i]);
		part->benchmark = UINT32_MAX;
		if (cell) {
			result->value += factors_unit_value(factors, target, i, cell->value);
			continue;
		}
		belief_part(belief, target->benchmark[i], part);
		result->value += factors_part_value(factors, target, i, part->z, &result->worth[i]);
		result->variance += result->worth[i] * result->worth[i] * part->variance;
		for (size_t j = 0; j < i; j++)
			if (result->part[j].benchmark != UINT32_MAX)
				result->variance += 2 * result->worth[i] * result->worth[j] *
						    belief_between(belief, part, &result->part[j]);
	}
	result->variance = fmax(result->variance, 0);
}

void belief_target_free(struct belief_target *result)
{
	for (size_t i = 0; i < result->count; i++)
		belief_part_free(&result->part[i]);
	free(result->part);
	free(result->worth);
	*result = (struct belief_target){0};
}
