#include "stemma/engine/prospect.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cblas.h>

#include "ask/query.h"
#include "stemma/base/memory.h"

#define SETTLED 1e-9      /* share of a variance: nothing is left */
#define SHARE_MARGIN 0.02 /* shares of the range are this far from its ends at least */
#define PARTLY 0.9        /* a result of fewer of the questions than this is one of a part of them */

/* Numbers of questions that a run goes up to, besides all. */
static const double sizes[] = {10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000};
#define SIZES (sizeof sizes / sizeof *sizes)

/* A benchmark that may be run, or of which the target is made. */
struct outlook {
	uint32_t benchmark;
	double questions, price;
	double z, slope;        /* as expected before any run; d value / d z there */
	double shift;           /* of z by the runs */
	double chance;          /* variance of one answer on the scale of z; NAN unknown */
	double asked;           /* questions so far; INFINITY all */
	double told;            /* z that they measured */
};

struct prospect {
	const struct engine_benchmark *benchmarks;
	const struct scale *scale;
	size_t count, runs;     /* the runs come first, then parts of the target that cannot be run */
	struct outlook *outlook;
	double *covariance;     /* count x count */
	double *worth;          /* of a unit of z to the target */
	double *gain;           /* covariance x worth */
	double variance, first; /* of the target, now and before any run; unit of the target */
	double value;           /* moved by the runs, linear */
	struct engine_estimate before;
	struct engine_target target; /* owned */
};

/* ---- making one ---------------------------------------------------------------------------- */

/* The variance of one answer; NAN where a value is no share of right answers. */
static double chance_of_answer(const struct engine_benchmark *benchmark, double value)
{
	double range = benchmark->upper - benchmark->lower, share = (value - benchmark->lower) / range;

	if (!isfinite(range) || range <= 0)
		return NAN;
	share = fmin(fmax(share, SHARE_MARGIN), 1 - SHARE_MARGIN);
	return range * range * share * (1 - share);
}

/* How many questions a result covers; INFINITY for all. */
static double questions_of(const struct engine_benchmark *benchmark, const struct engine_cell *cell, double questions)
{
	double error = (double)cell->error, count = chance_of_answer(benchmark, cell->value) / (error * error);

	return error > 0 && count < PARTLY * questions ? count : INFINITY;
}

/* Sorts out results of whole runs; sets partly[run] to how many questions each other result covers. */
static size_t take_whole(const struct prospect *prospect, const struct engine_cell *known, size_t count,
			 struct engine_cell *whole, double *partly)
{
	size_t taken = 0;

	for (size_t k = 0; k < count; k++) {
		double questions = INFINITY;
		for (size_t i = 0; i < prospect->runs; i++)
			if (prospect->outlook[i].benchmark == known[k].benchmark)
				partly[i] = questions = questions_of(&prospect->benchmarks[known[k].benchmark], &known[k],
								     prospect->outlook[i].questions);
		if (isinf(questions))
			whole[taken++] = known[k];
	}
	return taken;
}

static void add_outlook(struct prospect *prospect, uint32_t benchmark, double questions, double price)
{
	prospect->outlook[prospect->count++] =
		(struct outlook){.benchmark = benchmark, .questions = questions, .price = price};
}

/* The runs that the fit covers, then what else the target is made of. */
static void list_outlooks(struct prospect *prospect, const struct engine_fit *fit, const struct prospect_run *runs,
			  size_t count)
{
	const struct engine_target *target = &prospect->target;

	prospect->outlook = memory_zero(count + target->count + 1, sizeof *prospect->outlook);
	for (size_t i = 0; i < count; i++)
		add_outlook(prospect, runs[i].benchmark, runs[i].questions, runs[i].price);
	prospect->runs = count;
	for (size_t t = 0; t < target->count; t++) {
		bool found = false;
		for (size_t i = 0; i < count && !found; i++)
			found = runs[i].benchmark == target->benchmark[t];
		if (!found)
			add_outlook(prospect, target->benchmark[t], NAN, INFINITY);
	}
	for (size_t i = 0; i < prospect->count; i++) {
		const struct engine_target one = engine_target_one(prospect->outlook[i].benchmark);
		if (!engine_fit_covers(fit, &one))
			prospect->outlook[i].asked = INFINITY;
	}
}

/* Their covariance by the belief; what is wholly known has none. */
static void fill_covariance(struct prospect *prospect, const struct engine_query *query)
{
	size_t n = prospect->count;
	struct belief_part *part = memory_zero(n + 1, sizeof *part);

	prospect->covariance = memory_zero(n * n + 1, sizeof *prospect->covariance);
	for (size_t i = 0; i < n; i++) {
		struct outlook *outlook = &prospect->outlook[i];
		if (engine_cell_find(query->known, query->known_count, outlook->benchmark))
			outlook->asked = INFINITY;
		if (isinf(outlook->asked))
			continue;
		belief_part(&query->belief, outlook->benchmark, &part[i]);
		outlook->z = part[i].z;
		outlook->slope = scale_slope(&prospect->scale[outlook->benchmark], outlook->z);
		outlook->chance = chance_of_answer(&prospect->benchmarks[outlook->benchmark],
						   scale_from_z(&prospect->scale[outlook->benchmark], outlook->z)) /
				  (outlook->slope * outlook->slope);
		prospect->covariance[i * n + i] = part[i].variance;
		for (size_t j = 0; j < i; j++)
			if (!isinf(prospect->outlook[j].asked))
				prospect->covariance[i * n + j] = prospect->covariance[j * n + i] =
					belief_between(&query->belief, &part[i], &part[j]);
	}
	for (size_t i = 0; i < n; i++)
		belief_part_free(&part[i]);
	free(part);
}

static void fill_target(struct prospect *prospect, const struct engine_query *query)
{
	const struct engine_target *target = &prospect->target;
	struct belief_target joint;

	prospect->worth = memory_zero(prospect->count + 1, sizeof *prospect->worth);
	prospect->gain = memory_zero(prospect->count + 1, sizeof *prospect->gain);
	belief_target(&query->belief, target, query->known, query->known_count, &joint);
	for (size_t t = 0; t < target->count; t++)
		for (size_t i = 0; i < prospect->count; i++)
			if (prospect->outlook[i].benchmark == target->benchmark[t])
				prospect->worth[i] = joint.worth[t];
	prospect->value = joint.value;
	belief_target_free(&joint);
}

static void update_target(struct prospect *prospect)
{
	int n = (int)prospect->count;

	cblas_dgemv(CblasRowMajor, CblasNoTrans, n, n, 1, prospect->covariance, n, prospect->worth, 1, 0,
		    prospect->gain, 1);
	prospect->variance = fmax(cblas_ddot(n, prospect->worth, 1, prospect->gain, 1), 0);
}

static struct engine_target copy_target(const struct engine_target *target)
{
	uint32_t *benchmark = memory_allocate(target->count, sizeof *benchmark);
	double *weight = memory_allocate(target->count, sizeof *weight);

	memcpy(benchmark, target->benchmark, target->count * sizeof *benchmark);
	memcpy(weight, target->weight, target->count * sizeof *weight);
	return (struct engine_target){target->count, benchmark, weight};
}

struct prospect *prospect_new(struct engine_query *query, const struct engine_cell *known, size_t known_count,
			      const struct prospect_run *runs, size_t count, const struct engine_target *target)
{
	if (query->subject == SUBJECT_NONE || !engine_fit_covers(query->fit, target))
		return NULL;
	struct prospect *prospect = memory_zero(1, sizeof *prospect);
	struct engine_cell *whole = memory_allocate(known_count + 1, sizeof *whole);
	double *partly = memory_allocate(count + 1, sizeof *partly);

	prospect->benchmarks = query->fit->data.benchmark;
	prospect->scale = query->fit->factors->cells.scale;
	prospect->target = copy_target(target);
	list_outlooks(prospect, query->fit, runs, count);
	for (size_t i = 0; i < count; i++)
		partly[i] = INFINITY;
	engine_condition(query, whole, take_whole(prospect, known, known_count, whole, partly));
	fill_covariance(prospect, query);
	fill_target(prospect, query);
	engine_estimate(query, target, &prospect->before);
	update_target(prospect);
	prospect->first = prospect->variance;
	for (size_t i = 0; i < count; i++)
		if (isfinite(partly[i])) {
			const struct prospect_step step = {.run = i, .questions = partly[i]};
			prospect_take(prospect, &step, engine_cell_find(known, known_count, runs[i].benchmark)->value);
		}
	engine_condition(query, known, known_count);
	free(whole);
	free(partly);
	return prospect;
}

void prospect_free(struct prospect *prospect)
{
	if (!prospect)
		return;
	free(prospect->outlook);
	free(prospect->covariance);
	free(prospect->worth);
	free(prospect->gain);
	free((void *)(uintptr_t)prospect->target.benchmark);
	free((void *)(uintptr_t)prospect->target.weight);
	free(prospect);
}

/* ---- what it tells --------------------------------------------------------------------------- */

/* The interval's width as a share of what it was before any run. */
static double narrowing(const struct prospect *prospect)
{
	return prospect->first > 0 ? sqrt(prospect->variance / prospect->first) : 0;
}

struct engine_estimate prospect_estimate(const struct prospect *prospect)
{
	const struct engine_estimate *before = &prospect->before;
	double left = narrowing(prospect), lower, upper, shift = 0;

	for (size_t i = 0; i < prospect->count; i++)
		shift += prospect->worth[i] * prospect->outlook[i].shift;
	double mean = before->mean + shift;
	struct engine_estimate now = {
		mean, before->sd * left,
		mean - left * (before->mean - before->low50), mean + left * (before->high50 - before->mean),
		mean - left * (before->mean - before->low90), mean + left * (before->high90 - before->mean),
	};
	engine_target_bounds(prospect->benchmarks, &prospect->target, &lower, &upper);
	double *value[] = {&now.mean, &now.low50, &now.high50, &now.low90, &now.high90};
	for (size_t i = 0; i < sizeof value / sizeof *value; i++)
		*value[i] = fmin(fmax(*value[i], lower), upper);
	return now;
}

double prospect_deviation(const struct prospect *prospect)
{
	const struct engine_estimate *before = &prospect->before;

	return narrowing(prospect) * (before->high90 - before->low90) / (2 * NORMAL_90);
}

bool prospect_known(const struct prospect *prospect)
{
	return !(prospect->variance > SETTLED * prospect->first);
}

/* ---- runs -------------------------------------------------------------------------------------- */

/* The variance, on the scale of z, that is left in a value measured on so many questions. */
static double noise_of(const struct outlook *outlook, double questions)
{
	return questions < outlook->questions ? outlook->chance * (1 / questions - 1 / outlook->questions) : 0;
}

/* The same for the added questions alone. */
static double noise_of_more(const struct outlook *outlook, double questions)
{
	double after = noise_of(outlook, questions);

	return outlook->asked > 0 && after > 0 ? 1 / (1 / after - 1 / noise_of(outlook, outlook->asked)) : after;
}

static double taken_by(const struct prospect *prospect, size_t run, double questions)
{
	double own = prospect->covariance[run * prospect->count + run], gain = prospect->gain[run];

	return own > 0 ? gain * gain / (own + noise_of_more(&prospect->outlook[run], questions)) : 0;
}

double prospect_left(const struct prospect *prospect, const struct prospect_step *step)
{
	return prospect->variance > 0 ? 1 - taken_by(prospect, step->run, step->questions) / prospect->variance : 1;
}

static struct prospect_step step_to(const struct prospect *prospect, size_t run, double questions)
{
	const struct outlook *outlook = &prospect->outlook[run];
	bool whole = isinf(questions) || !(questions < outlook->questions);
	double more = (whole ? outlook->questions : questions) - outlook->asked;

	return (struct prospect_step){
		.run = run, .questions = whole ? outlook->questions : questions, .more = more,
		.price = isnan(more) ? outlook->price : outlook->price * more / outlook->questions,
	};
}

bool prospect_best(const struct prospect *prospect, double most, bool whole, struct prospect_step *best)
{
	double rate = 0;

	for (size_t i = 0; i < prospect->runs; i++) {
		const struct outlook *outlook = &prospect->outlook[i];
		size_t first = whole || isnan(outlook->chance) || isnan(outlook->questions) ? SIZES : 0;
		if (isinf(outlook->asked))
			continue;
		for (size_t s = first; s <= SIZES; s++) {
			double questions = s < SIZES ? sizes[s] : INFINITY;
			if (s < SIZES && (questions <= outlook->asked || questions >= outlook->questions))
				continue;
			struct prospect_step step = step_to(prospect, i, questions);
			double taken = taken_by(prospect, i, questions);
			if (step.price > most || taken <= SETTLED * prospect->first || !(taken / step.price > rate))
				continue;
			rate = taken / step.price;
			*best = step;
		}
	}
	return rate > 0;
}

/* What the added questions measured, given that all so far measured `value` (NAN: as expected). */
static double told_by_more(const struct prospect *prospect, struct outlook *outlook, double questions, double value)
{
	double expected = outlook->z + outlook->shift, after = noise_of(outlook, questions);
	double z = isnan(value) ? expected : scale_to_z(&prospect->scale[outlook->benchmark], value);

	if (!(outlook->asked > 0 && after > 0)) {
		outlook->told = z;
		return z;
	}
	double before = outlook->told / noise_of(outlook, outlook->asked), more = noise_of_more(outlook, questions);
	if (isnan(value))
		z = after * (before + expected / more);
	outlook->told = z;
	return more * (z / after - before);
}

void prospect_take(struct prospect *prospect, const struct prospect_step *step, double value)
{
	size_t n = prospect->count, run = step->run;
	struct outlook *outlook = &prospect->outlook[run];
	double noise = noise_of_more(outlook, step->questions);
	double *row = memory_allocate(n + 1, sizeof *row), own = prospect->covariance[run * n + run] + noise;
	double off = told_by_more(prospect, outlook, step->questions, value) - outlook->z - outlook->shift;

	memcpy(row, prospect->covariance + run * n, n * sizeof *row);
	for (size_t i = 0; i < n && own > 0; i++)
		prospect->outlook[i].shift += row[i] * off / own;
	if (own > 0)
		cblas_dger(CblasRowMajor, (int)n, (int)n, -1 / own, row, 1, row, 1, prospect->covariance, (int)n);
	for (size_t i = 0; i < n && noise == 0; i++)
		prospect->covariance[run * n + i] = prospect->covariance[i * n + run] = 0;
	outlook->asked = noise > 0 ? step->questions : INFINITY;
	free(row);
	update_target(prospect);
}
