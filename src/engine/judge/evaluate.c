#include "stemma/engine/evaluate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "data/random.h"
#include "data/statistics.h"
#include "stemma/base/clock.h"
#include "stemma/base/memory.h"

#define HELD_OUT_SHARE 0.2
#define FAMILY_MIN 20      /* PROTOCOL_FAMILY leaves out families of at least this size */
#define FAMILIES_MAX 12    /* … and at most this many, the largest */

static const char *const protocol_words[] = {
#define X(symbol, word, help) word,
	PROTOCOL_TABLE(X)
#undef X
};
static const char *const method_words[] = {
#define X(symbol, word, help) word,
	METHOD_TABLE(X)
#undef X
};
static const char *const subset_words[] = {"all", "linked", "merges"};

const char *protocol_name(enum protocol protocol)
{
	return protocol < PROTOCOL_COUNT ? protocol_words[protocol] : "unknown";
}

enum protocol protocol_parse(const char *word)
{
	enum protocol protocol = 0;

	while (protocol < PROTOCOL_COUNT && strcmp(word, protocol_words[protocol]) != 0)
		protocol++;
	return protocol;
}

const char *evaluation_method_name(enum evaluation_method method)
{
	return method < METHOD_COUNT ? method_words[method] : "unknown";
}

const char *evaluation_subset_name(enum evaluation_subset subset)
{
	return subset < SUBSET_COUNT ? subset_words[subset] : "unknown";
}

/* ---- a split --------------------------------------------------------------------------- */

/* One evaluation under way. */
struct evaluation {
	struct engine_data data;          /* the caller's, with `unseen` as its exclusions */
	const struct evaluation_settings *settings;
	struct progress *progress;
	bool *unseen;                     /* by model: not to be learned from */
	bool *target;                     /* by model: to be predicted */
	uint8_t *scored_parents;          /* by model: in training, 2 = two or more */
	struct engine_estimate *estimates; /* models x (benchmarks + 1); NAN where not predicted */
	double *known;                    /* benchmarks, scratch */
	size_t trained, held_out;
	uint64_t random;
};

static bool is_scored(const struct evaluation *evaluation, size_t model)
{
	const struct engine_data *data = &evaluation->data;

	for (size_t b = 0; b < data->benchmarks; b++)
		if (!isnan(engine_data_scores(data, model)[b]))
			return true;
	return false;
}

/* Families are compared by architecture and size to two decimals. */
static bool same_family(struct engine_model a, struct engine_model b)
{
	return a.architecture && b.architecture && strcmp(a.architecture, b.architecture) == 0 &&
	       fabs(a.params_b - b.params_b) < 0.005;
}

/* The members of the largest families, largest first: `family` gets a number
 * for each scored model or -1. */
static int number_families(const struct evaluation *evaluation, int *family)
{
	const struct engine_data *data = &evaluation->data;
	int numbers = 0;

	for (size_t i = 0; i < data->models; i++)
		family[i] = -1;
	for (;;) {
		size_t best = 0, best_count = 0;
		for (size_t i = 0; i < data->models; i++) {
			size_t count = 0;
			if (family[i] >= 0 || !is_scored(evaluation, i) || !engine_data_model(data, i).architecture)
				continue;
			bool leader = true; /* the first of its family counts it */
			for (size_t j = 0; j < data->models; j++) {
				if (family[j] >= 0 || !is_scored(evaluation, j) ||
				    !same_family(engine_data_model(data, i), engine_data_model(data, j)))
					continue;
				leader = leader && j >= i;
				if (!leader)
					break;
				count++;
			}
			if (leader && count > best_count)
				best = i, best_count = count;
		}
		if (best_count < FAMILY_MIN || numbers == FAMILIES_MAX)
			return numbers;
		for (size_t j = 0; j < data->models; j++)
			if (family[j] < 0 && is_scored(evaluation, j) &&
			    same_family(engine_data_model(data, best), engine_data_model(data, j)))
				family[j] = numbers;
		numbers++;
	}
}

static void hold_out(struct evaluation *evaluation, size_t model)
{
	evaluation->target[model] = evaluation->unseen[model] = true;
}

/* What was made of a held-out model must not stay in training either. */
static void forget_descendants(struct evaluation *evaluation)
{
	const struct engine_data *data = &evaluation->data;
	bool *below = memory_zero(data->models, sizeof *below);

	for (size_t place = 0; place < data->models; place++) {
		size_t node = lineage_order(data->lineage)[place], count;
		const struct lineage_parent *parents = lineage_parents(data->lineage, node, &count);
		for (size_t p = 0; p < count; p++)
			below[node] = below[node] || below[parents[p].node] ||
				      evaluation->target[parents[p].node];
		if (below[node])
			evaluation->unseen[node] = true;
	}
	free(below);
}

static void split_randomly(struct evaluation *evaluation, bool linked_only)
{
	const struct engine_data *data = &evaluation->data;

	for (size_t i = 0; i < data->models; i++) {
		size_t parents;
		lineage_parents(data->lineage, i, &parents);
		if (evaluation->unseen[i] || (linked_only && parents == 0))
			continue;
		if (random_fraction(&evaluation->random) < HELD_OUT_SHARE)
			hold_out(evaluation, i);
	}
}

static void split_by_time(struct evaluation *evaluation)
{
	const struct engine_data *data = &evaluation->data;

	for (size_t i = 0; i < data->models; i++)
		if (!evaluation->unseen[i] && engine_data_model(data, i).uploaded >= evaluation->settings->date)
			hold_out(evaluation, i);
	forget_descendants(evaluation);
}

/* Begins a split: everything scored is seen, nothing is a target. */
static void split_begin(struct evaluation *evaluation)
{
	for (size_t i = 0; i < evaluation->data.models; i++) {
		evaluation->target[i] = false;
		evaluation->unseen[i] = !is_scored(evaluation, i);
	}
}

static void split_family(struct evaluation *evaluation, const int *family, int number)
{
	split_begin(evaluation);
	for (size_t i = 0; i < evaluation->data.models; i++)
		if (family[i] == number)
			hold_out(evaluation, i);
	forget_descendants(evaluation);
}

static void split_homogeneous(struct evaluation *evaluation, const int *family)
{
	for (size_t i = 0; i < evaluation->data.models; i++) {
		if (family[i] != 0)
			evaluation->unseen[i] = true;
		else if (random_fraction(&evaluation->random) < HELD_OUT_SHARE)
			hold_out(evaluation, i);
	}
}

static void count_parents(struct evaluation *evaluation)
{
	const struct engine_data *data = &evaluation->data;

	evaluation->trained = 0;
	for (size_t i = 0; i < data->models; i++) {
		size_t count, scored = 0;
		const struct lineage_parent *parents = lineage_parents(data->lineage, i, &count);
		for (size_t p = 0; p < count; p++)
			scored += parents[p].trust > TRUST_ROOT && !evaluation->unseen[parents[p].node];
		if (evaluation->target[i])
			evaluation->scored_parents[i] = (uint8_t)(scored > 2 ? 2 : scored);
		evaluation->trained += !evaluation->unseen[i];
	}
}

/* ---- baselines -------------------------------------------------------------------------- */

/* Mean of a benchmark over training models that `take` accepts; NAN when none. */
static double training_mean(const struct evaluation *evaluation, size_t benchmark,
			    const struct engine_model *like)
{
	const struct engine_data *data = &evaluation->data;
	double sum = 0;
	size_t count = 0;

	for (size_t i = 0; i < data->models; i++) {
		double score = engine_data_scores(data, i)[benchmark];
		if (evaluation->unseen[i] || isnan(score) ||
		    (like && !same_family(*like, engine_data_model(data, i))))
			continue;
		sum += score;
		count++;
	}
	return count ? sum / (double)count : NAN;
}

static double parents_mean(const struct evaluation *evaluation, size_t model, size_t benchmark)
{
	const struct engine_data *data = &evaluation->data;
	size_t count;
	const struct lineage_parent *parents = lineage_parents(data->lineage, model, &count);
	double sum = 0, weights = 0;

	for (size_t p = 0; p < count; p++) {
		double score = engine_data_scores(data, parents[p].node)[benchmark];
		if (evaluation->unseen[parents[p].node] || isnan(score))
			continue;
		sum += (double)parents[p].weight * score;
		weights += (double)parents[p].weight;
	}
	return weights > 0 ? sum / weights : NAN;
}

static void predict_baseline(struct evaluation *evaluation, enum evaluation_method method)
{
	const struct engine_data *data = &evaluation->data;
	size_t stride = data->benchmarks + 1;

	for (size_t b = 0; b < data->benchmarks; b++) {
		double all = training_mean(evaluation, b, NULL);
		for (size_t i = 0; i < data->models; i++) {
			if (!evaluation->target[i])
				continue;
			double value = method == METHOD_PARENTS ? parents_mean(evaluation, i, b) : NAN;
			struct engine_model own = engine_data_model(data, i);
			if (isnan(value) && method != METHOD_MEAN)
				value = training_mean(evaluation, b, &own);
			evaluation->estimates[i * stride + b] = (struct engine_estimate){
				.mean = isnan(value) ? all : value, .low50 = NAN, .high50 = NAN, .low90 = NAN,
				.high90 = NAN};
		}
	}
	for (size_t i = 0; i < data->models; i++) {
		double sum = 0;
		for (size_t b = 0; b < data->benchmarks; b++)
			sum += evaluation->estimates[i * stride + b].mean;
		evaluation->estimates[i * stride + data->benchmarks] = (struct engine_estimate){
			.mean = sum / (double)data->benchmarks, .low50 = NAN, .high50 = NAN, .low90 = NAN,
			.high90 = NAN};
	}
}

/* ---- the engine's own methods -------------------------------------------------------------- */

/* Which of a target's benchmarks are known: `known` of them, drawn for each
 * model alike for every method. */
static bool draw_known(const struct evaluation *evaluation, size_t model, double *known)
{
	const struct engine_data *data = &evaluation->data;
	uint64_t random = evaluation->settings->seed + 0x1234567u * (model + 1);
	size_t left = evaluation->settings->known, rest = data->benchmarks;

	for (size_t b = 0; b < data->benchmarks; b++, rest--) {
		known[b] = NAN;
		if (random_next(&random) % rest >= left)
			continue;
		known[b] = engine_data_scores(data, model)[b];
		left--;
	}
	return evaluation->settings->known > 0;
}

static enum status predict_targets(struct evaluation *evaluation, const struct engine_fit *fit,
				   struct error *error)
{
	const struct engine_data *data = &evaluation->data;
	struct engine_query *query = engine_query_new(fit);
	enum status status = STATUS_OK;

	for (size_t i = 0; i < data->models && status == STATUS_OK; i++) {
		struct engine_estimate *estimates = evaluation->estimates + i * (data->benchmarks + 1);
		if (!evaluation->target[i])
			continue;
		if (!progress_step(evaluation->progress, "predicting", (double)i / (double)data->models))
			status = error_set(error, STATUS_CANCELLED, "evaluation cancelled");
		else
			status = engine_predict_model(query, i, estimates, error);
		if (status == STATUS_OK && draw_known(evaluation, i, evaluation->known))
			engine_condition(query, evaluation->known, estimates);
	}
	engine_query_free(query);
	return status;
}

static enum status predict_by_engine(struct evaluation *evaluation, enum evaluation_method method,
				     struct error *error)
{
	static const enum prior priors[METHOD_COUNT] = {
		[METHOD_NONE] = PRIOR_NONE, [METHOD_LAPLACIAN] = PRIOR_LAPLACIAN,
		[METHOD_KIN] = PRIOR_KIN, [METHOD_SHUFFLED] = PRIOR_KIN,
	};
	struct engine_settings settings = {.prior = priors[method], .seed = evaluation->settings->seed};
	struct engine_data data = evaluation->data;
	struct lineage *shuffled = NULL;
	struct engine_fit *fit = NULL;

	data.excluded = evaluation->unseen;
	if (method == METHOD_SHUFFLED) {
		uint64_t random = evaluation->settings->seed + 99;
		data.lineage = shuffled = random_lineage(data.lineage, &random);
	}
	enum status status = engine_fit_new(&data, &settings, NULL, 0, true, evaluation->progress, &fit, error);
	if (status == STATUS_OK)
		status = predict_targets(evaluation, fit, error);
	engine_fit_free(fit);
	lineage_free(shuffled);
	return status;
}

/* ---- figures ------------------------------------------------------------------------------------ */

/* The pairs of one benchmark (or the average) in one subset. */
struct pairs {
	double *observed, *predicted;
	size_t count, inside50, inside90;
	double width90;
};

static struct evaluation_figures pairs_figures(const struct pairs *pairs, bool intervals)
{
	double n = (double)pairs->count, absolute = 0, squares = 0;

	for (size_t i = 0; i < pairs->count; i++) {
		double error = pairs->observed[i] - pairs->predicted[i];
		absolute += fabs(error);
		squares += error * error;
	}
	return (struct evaluation_figures){
		.models = pairs->count,
		.pearson = statistics_pearson(pairs->observed, pairs->predicted, pairs->count),
		.spearman = statistics_spearman(pairs->observed, pairs->predicted, pairs->count),
		.mae = absolute / n,
		.rmse = sqrt(squares / n),
		.coverage50 = intervals ? (double)pairs->inside50 / n : NAN,
		.coverage90 = intervals ? (double)pairs->inside90 / n : NAN,
		.width90 = intervals ? pairs->width90 / n : NAN,
		.order = statistics_order(pairs->observed, pairs->predicted, pairs->count),
	};
}

static double observed_score(const struct evaluation *evaluation, size_t model, size_t benchmark)
{
	const struct engine_data *data = &evaluation->data;
	double sum = 0;

	if (benchmark < data->benchmarks)
		return engine_data_scores(data, model)[benchmark];
	for (size_t b = 0; b < data->benchmarks; b++)
		sum += engine_data_scores(data, model)[b];
	return sum / (double)data->benchmarks;
}

static void collect_pairs(const struct evaluation *evaluation, enum evaluation_subset subset,
			  size_t benchmark, struct pairs *pairs)
{
	const struct engine_data *data = &evaluation->data;

	*pairs = (struct pairs){.observed = pairs->observed, .predicted = pairs->predicted};
	for (size_t i = 0; i < data->models; i++) {
		const struct engine_estimate *estimate =
			&evaluation->estimates[i * (data->benchmarks + 1) + benchmark];
		double observed = observed_score(evaluation, i, benchmark);
		if (isnan(estimate->mean) || isnan(observed) ||
		    evaluation->scored_parents[i] < (uint8_t)subset)
			continue;
		if (benchmark < data->benchmarks && draw_known(evaluation, i, evaluation->known) &&
		    !isnan(evaluation->known[benchmark]))
			continue; /* it was given */
		pairs->observed[pairs->count] = observed;
		pairs->predicted[pairs->count++] = estimate->mean;
		pairs->inside50 += observed >= estimate->low50 && observed <= estimate->high50;
		pairs->inside90 += observed >= estimate->low90 && observed <= estimate->high90;
		pairs->width90 += estimate->high90 - estimate->low90;
	}
}

/* Means over the benchmarks, as the literature reports them. */
static struct evaluation_figures figures_mean(const struct evaluation_figures *figures, size_t count)
{
	struct evaluation_figures mean = {.models = figures[0].models};
	double share = 1 / (double)count;

	for (size_t b = 0; b < count; b++) {
		mean.pearson += share * figures[b].pearson;
		mean.spearman += share * figures[b].spearman;
		mean.mae += share * figures[b].mae;
		mean.rmse += share * figures[b].rmse;
		mean.coverage50 += share * figures[b].coverage50;
		mean.coverage90 += share * figures[b].coverage90;
		mean.width90 += share * figures[b].width90;
		mean.order += share * figures[b].order;
		if (figures[b].models > mean.models)
			mean.models = figures[b].models;
	}
	return mean;
}

static void make_figures(const struct evaluation *evaluation, bool intervals,
			 struct evaluation_figures *figures)
{
	const struct engine_data *data = &evaluation->data;
	size_t stride = data->benchmarks + 2;
	struct pairs pairs = {
		.observed = memory_allocate(data->models, sizeof(double)),
		.predicted = memory_allocate(data->models, sizeof(double)),
	};

	for (enum evaluation_subset subset = 0; subset < SUBSET_COUNT; subset++) {
		struct evaluation_figures *row = figures + subset * stride;
		for (size_t b = 0; b <= data->benchmarks; b++) {
			collect_pairs(evaluation, subset, b, &pairs);
			row[b] = pairs_figures(&pairs, intervals);
		}
		row[data->benchmarks + 1] = figures_mean(row, data->benchmarks);
	}
	free(pairs.observed);
	free(pairs.predicted);
}

/* ---- the whole --------------------------------------------------------------------------------------- */

static enum status predict_split(struct evaluation *evaluation, enum evaluation_method method,
				 struct error *error)
{
	count_parents(evaluation);
	for (size_t i = 0; i < evaluation->data.models; i++)
		evaluation->held_out += evaluation->target[i];
	if (method == METHOD_MEAN || method == METHOD_PARENTS || method == METHOD_FAMILY) {
		predict_baseline(evaluation, method);
		return STATUS_OK;
	}
	return predict_by_engine(evaluation, method, error);
}

static void make_split(struct evaluation *evaluation, const int *family)
{
	split_begin(evaluation);
	switch (evaluation->settings->protocol) {
	case PROTOCOL_TIME:
		split_by_time(evaluation);
		break;
	case PROTOCOL_HOMOGENEOUS:
		split_homogeneous(evaluation, family);
		break;
	case PROTOCOL_GIVEN:
		for (size_t i = 0; i < evaluation->data.models; i++)
			if (evaluation->settings->given[i] && !evaluation->unseen[i])
				hold_out(evaluation, i);
		break;
	default:
		split_randomly(evaluation, evaluation->settings->protocol == PROTOCOL_RANDOM);
	}
}

/* One method on all splits of the protocol (one, or one a family). */
static enum status run_method(struct evaluation *evaluation, enum evaluation_method method,
			      const int *family, int families, struct error *error)
{
	size_t cells = evaluation->data.models * (evaluation->data.benchmarks + 1);
	enum status status = STATUS_OK;

	evaluation->random = evaluation->settings->seed;
	evaluation->held_out = 0;
	memset(evaluation->scored_parents, 0, evaluation->data.models);
	for (size_t i = 0; i < cells; i++)
		evaluation->estimates[i] = (struct engine_estimate){.mean = NAN};
	if (evaluation->settings->protocol != PROTOCOL_FAMILY) {
		make_split(evaluation, family);
		return predict_split(evaluation, method, error);
	}
	for (int number = 0; number < families && status == STATUS_OK; number++) {
		split_family(evaluation, family, number);
		status = predict_split(evaluation, method, error);
	}
	return status;
}

enum status engine_evaluate(const struct engine_data *data, const struct evaluation_settings *settings,
			    void (*result)(void *context, const struct evaluation_result *),
			    void *context, struct progress *progress, struct error *error)
{
	size_t figures_count = SUBSET_COUNT * (data->benchmarks + 2);
	struct evaluation evaluation = {
		.data = *data, .settings = settings, .progress = progress,
		.unseen = memory_zero(data->models, sizeof(bool)),
		.target = memory_zero(data->models, sizeof(bool)),
		.scored_parents = memory_zero(data->models, sizeof(uint8_t)),
		.estimates = memory_zero(data->models * (data->benchmarks + 1), sizeof(struct engine_estimate)),
		.known = memory_zero(data->benchmarks, sizeof(double)),
	};
	struct evaluation_figures *figures = memory_zero(figures_count, sizeof *figures);
	int *family = memory_allocate(data->models, sizeof *family), families = 0;
	enum status status = STATUS_OK;

	if (settings->protocol == PROTOCOL_FAMILY || settings->protocol == PROTOCOL_HOMOGENEOUS)
		families = number_families(&evaluation, family);
	for (enum evaluation_method method = 0; method < METHOD_COUNT && status == STATUS_OK; method++) {
		double begin = clock_seconds();
		status = run_method(&evaluation, method, family, families, error);
		if (status == STATUS_OK && evaluation.held_out == 0)
			status = error_set(error, STATUS_DATA, "the %s protocol holds out no scored model here",
					   protocol_name(settings->protocol));
		if (status != STATUS_OK)
			break;
		make_figures(&evaluation, method >= METHOD_NONE, figures);
		struct evaluation_result row = {
			.method = method, .trained = evaluation.trained, .held_out = evaluation.held_out,
			.seconds = clock_seconds() - begin, .benchmarks = data->benchmarks, .figures = figures,
		};
		result(context, &row);
	}
	free(evaluation.unseen);
	free(evaluation.target);
	free(evaluation.scored_parents);
	free(evaluation.estimates);
	free(evaluation.known);
	free(figures);
	free(family);
	return status;
}
