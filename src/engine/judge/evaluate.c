#include "stemma/engine/evaluate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "data/random.h"
#include "data/statistics.h"
#include "judge/copies.h"
#include "judge/method.h"
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
static const char *const hide_words[] = {
#define X(symbol, word, help) word,
	EVALUATION_HIDE_TABLE(X)
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

enum evaluation_hide evaluation_hide_parse(const char *word)
{
	enum evaluation_hide fact = 0;

	while (fact < EVALUATION_HIDE_COUNT && strcmp(word, hide_words[fact]) != 0)
		fact++;
	return fact;
}

const char *evaluation_subset_name(enum evaluation_subset subset)
{
	return subset < SUBSET_COUNT ? subset_words[subset] : "unknown";
}

/* ---- a split --------------------------------------------------------------------------- */

/* One evaluation under way. */
struct evaluation {
	const struct engine_data *told;   /* the caller's */
	struct engine_data data;          /* the same without hidden facts, with `unseen` as its exclusions */
	const struct evaluation_settings *settings;
	struct progress *progress;
	double *observed;                 /* models x targets; NAN where a part is not published */
	bool *judged;                     /* by model: some target is published */
	bool *unseen;                     /* by model: not to be learned from */
	bool *target;                     /* by model: to be predicted */
	uint8_t *scored_parents;          /* by model: in training, 2 = two or more */
	struct engine_estimate *estimates; /* models x targets; NAN where not predicted */
	bool *known;                      /* targets, scratch */
	const uint32_t *checkpoint;       /* by model: the first of those that are one checkpoint */
	size_t trained, held_out;
	uint64_t random;
};

static bool is_scored(const struct evaluation *evaluation, size_t model)
{
	size_t count;

	engine_data_cells(&evaluation->data, model, &count);
	return count > 0;
}

static void observe(struct evaluation *evaluation)
{
	const struct engine_data *data = &evaluation->data;
	size_t targets = evaluation->settings->target_count, count;

	for (size_t i = 0; i < data->models; i++) {
		const struct engine_cell *cells = engine_data_cells(data, i, &count);
		for (size_t t = 0; t < targets; t++) {
			double value = engine_target_value(data->benchmark, &evaluation->settings->targets[t],
							   cells, count);
			evaluation->observed[i * targets + t] = value;
			evaluation->judged[i] = evaluation->judged[i] || !isnan(value);
		}
	}
}

/* What the methods may know of a model: a held-out one without the facts that are hidden. */
static struct engine_model describe(const void *context, size_t model)
{
	const struct evaluation *evaluation = context;
	const bool *hide = evaluation->settings->hide;
	struct engine_model facts = engine_data_model(evaluation->told, model);

	if (!evaluation->target[model])
		return facts;
	if (hide[EVALUATION_HIDE_TEMPLATE])
		facts.chat_template = ANSWER_UNKNOWN;
	if (hide[EVALUATION_HIDE_KIND])
		facts.kind = KIND_UNKNOWN;
	if (hide[EVALUATION_HIDE_SIZE])
		facts.params_b = NAN;
	return facts;
}

/* Families are compared by architecture and size to two decimals. */
static bool same_family(struct engine_model a, struct engine_model b)
{
	return a.architecture && b.architecture && strcmp(a.architecture, b.architecture) == 0 &&
	       fabs(a.params_b - b.params_b) < 0.005;
}

/* The members of the largest families, largest first: `family` gets a number
 * for each judged model or -1. */
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
			if (family[i] >= 0 || !evaluation->judged[i] || !engine_data_model(data, i).architecture)
				continue;
			bool leader = true; /* the first of its family counts it */
			for (size_t j = 0; j < data->models; j++) {
				if (family[j] >= 0 || !evaluation->judged[j] ||
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
			if (family[j] < 0 && evaluation->judged[j] &&
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
		if (!evaluation->judged[i] || (linked_only && parents == 0))
			continue;
		if (random_fraction(&evaluation->random) < HELD_OUT_SHARE)
			hold_out(evaluation, i);
	}
}

/* A checkpoint is as old as its first upload. */
static void split_by_time(struct evaluation *evaluation)
{
	const struct engine_data *data = &evaluation->data;
	double *first = memory_allocate(data->models + 1, sizeof *first);

	for (size_t i = 0; i < data->models; i++)
		first[i] = NAN;
	for (size_t i = 0; i < data->models; i++)
		if (is_scored(evaluation, i)) {
			double *date = &first[evaluation->checkpoint[i]];
			*date = fmin(*date, engine_data_model(data, i).uploaded);
		}
	for (size_t i = 0; i < data->models; i++)
		if (evaluation->judged[i] && first[evaluation->checkpoint[i]] >= evaluation->settings->date)
			hold_out(evaluation, i);
	free(first);
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

/* Nothing of a held-out checkpoint is learned from under another name, and it is judged once. */
static void hide_twins(struct evaluation *evaluation)
{
	size_t models = evaluation->data.models;
	bool *held_out = memory_zero(models + 1, sizeof *held_out), *met = memory_zero(models + 1, sizeof *met);

	for (size_t i = 0; i < models; i++)
		if (evaluation->target[i])
			held_out[evaluation->checkpoint[i]] = true;
	for (size_t i = 0; i < models; i++) {
		uint32_t first = evaluation->checkpoint[i];
		if (!held_out[first])
			continue;
		evaluation->unseen[i] = true;
		evaluation->target[i] = evaluation->target[i] && !met[first];
		met[first] = met[first] || evaluation->target[i];
	}
	free(held_out);
	free(met);
}

static void count_parents(struct evaluation *evaluation)
{
	const struct engine_data *data = &evaluation->data;

	evaluation->trained = 0;
	for (size_t i = 0; i < data->models; i++) {
		size_t count, scored = 0;
		const struct lineage_parent *parents = lineage_parents(data->lineage, i, &count);
		for (size_t p = 0; p < count; p++)
			scored += parents[p].trust > TRUST_ROOT && evaluation->judged[parents[p].node] &&
				  !evaluation->unseen[parents[p].node];
		if (evaluation->target[i])
			evaluation->scored_parents[i] = (uint8_t)(scored > 2 ? 2 : scored);
		evaluation->trained += !evaluation->unseen[i];
	}
}

/* ---- baselines -------------------------------------------------------------------------- */

/* Mean of a target over training models that are `like` (NULL: any); NAN when none. */
static double training_mean(const struct evaluation *evaluation, size_t target,
			    const struct engine_model *like)
{
	size_t targets = evaluation->settings->target_count, count = 0;
	double sum = 0;

	for (size_t i = 0; i < evaluation->data.models; i++) {
		double score = evaluation->observed[i * targets + target];
		if (evaluation->unseen[i] || isnan(score) ||
		    (like && !same_family(*like, engine_data_model(&evaluation->data, i))))
			continue;
		sum += score;
		count++;
	}
	return count ? sum / (double)count : NAN;
}

static double parents_mean(const struct evaluation *evaluation, size_t model, size_t target)
{
	size_t targets = evaluation->settings->target_count, count;
	const struct lineage_parent *parents = lineage_parents(evaluation->data.lineage, model, &count);
	double sum = 0, weights = 0;

	for (size_t p = 0; p < count; p++) {
		double score = evaluation->observed[parents[p].node * targets + target];
		if (evaluation->unseen[parents[p].node] || isnan(score))
			continue;
		sum += (double)parents[p].weight * score;
		weights += (double)parents[p].weight;
	}
	return weights > 0 ? sum / weights : NAN;
}

static void predict_baseline(struct evaluation *evaluation, enum evaluation_method method)
{
	size_t targets = evaluation->settings->target_count;

	for (size_t t = 0; t < targets; t++) {
		double all = training_mean(evaluation, t, NULL);
		for (size_t i = 0; i < evaluation->data.models; i++) {
			if (!evaluation->target[i])
				continue;
			double value = method == METHOD_PARENTS ? parents_mean(evaluation, i, t) : NAN;
			struct engine_model own = engine_data_model(&evaluation->data, i);
			if (isnan(value) && method != METHOD_MEAN)
				value = training_mean(evaluation, t, &own);
			evaluation->estimates[i * targets + t] = (struct engine_estimate){
				.mean = isnan(value) ? all : value, .low50 = NAN, .high50 = NAN, .low90 = NAN,
				.high90 = NAN};
		}
	}
}

/* ---- the engine's own methods -------------------------------------------------------------- */

/* Which of the judged benchmarks are known of a model: settings->known of those
 * that are targets, drawn for each model alike for every method. */
static bool draw_known(struct evaluation *evaluation, size_t model)
{
	const struct evaluation_settings *settings = evaluation->settings;
	uint64_t random = settings->seed + 0x1234567u * (model + 1);
	size_t left = settings->known, rest = 0;

	for (size_t t = 0; t < settings->target_count; t++)
		rest += settings->targets[t].count == 1;
	for (size_t t = 0; t < settings->target_count; t++) {
		evaluation->known[t] = false;
		if (settings->targets[t].count != 1)
			continue;
		evaluation->known[t] = random_next(&random) % rest-- < left;
		left -= evaluation->known[t];
	}
	return settings->known > 0;
}

/* Tells the query the cells of the benchmarks that are known of its subject. */
static void condition(struct evaluation *evaluation, struct engine_query *query, size_t model)
{
	const struct evaluation_settings *settings = evaluation->settings;
	size_t count, known = 0;
	const struct engine_cell *cells = engine_data_cells(&evaluation->data, model, &count);
	struct engine_cell *list = memory_allocate(count + 1, sizeof *list);

	for (size_t c = 0; c < count; c++)
		for (size_t t = 0; t < settings->target_count; t++)
			if (evaluation->known[t] && settings->targets[t].benchmark[0] == cells[c].benchmark)
				list[known++] = cells[c];
	engine_condition(query, list, known);
	free(list);
}

static enum status predict_target(struct evaluation *evaluation, struct engine_query *query, size_t model,
				  struct error *error)
{
	const struct evaluation_settings *settings = evaluation->settings;
	enum status status = engine_predict_model(query, model, error);

	if (status != STATUS_OK)
		return status;
	if (draw_known(evaluation, model))
		condition(evaluation, query, model);
	for (size_t t = 0; t < settings->target_count; t++)
		engine_estimate(query, &settings->targets[t],
				&evaluation->estimates[model * settings->target_count + t]);
	return STATUS_OK;
}

static enum status predict_targets(struct evaluation *evaluation, const struct engine_fit *fit,
				   struct error *error)
{
	size_t models = evaluation->data.models;
	struct engine_query *query = engine_query_new(fit);
	enum status status = STATUS_OK;

	for (size_t i = 0; i < models && status == STATUS_OK; i++) {
		if (!evaluation->target[i])
			continue;
		if (!progress_step(evaluation->progress, "predicting", (double)i / (double)models))
			status = error_set(error, STATUS_CANCELLED, "evaluation cancelled");
		else
			status = predict_target(evaluation, query, i, error);
	}
	engine_query_free(query);
	return status;
}

static enum status predict_by_engine(struct evaluation *evaluation, enum evaluation_method method,
				     struct error *error)
{
	struct engine_data data = evaluation->data;
	struct method_fit fit;

	data.excluded = evaluation->unseen;
	enum status status = method_fit(method, &data, evaluation->settings->seed, evaluation->progress, &fit, error);
	if (status == STATUS_OK)
		status = predict_targets(evaluation, fit.fit, error);
	method_fit_free(&fit);
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

static void collect_pairs(struct evaluation *evaluation, enum evaluation_subset subset, size_t target,
			  struct pairs *pairs)
{
	size_t targets = evaluation->settings->target_count;

	*pairs = (struct pairs){.observed = pairs->observed, .predicted = pairs->predicted};
	for (size_t i = 0; i < evaluation->data.models; i++) {
		const struct engine_estimate *estimate = &evaluation->estimates[i * targets + target];
		double observed = evaluation->observed[i * targets + target];
		if (isnan(estimate->mean) || isnan(observed) ||
		    evaluation->scored_parents[i] < (uint8_t)subset)
			continue;
		if (draw_known(evaluation, i) && evaluation->known[target])
			continue; /* it was given */
		pairs->observed[pairs->count] = observed;
		pairs->predicted[pairs->count++] = estimate->mean;
		pairs->inside50 += observed >= estimate->low50 && observed <= estimate->high50;
		pairs->inside90 += observed >= estimate->low90 && observed <= estimate->high90;
		pairs->width90 += estimate->high90 - estimate->low90;
	}
}

/* Means over the targets that are one benchmark, as the literature reports them. */
static struct evaluation_figures figures_mean(const struct evaluation_figures *figures,
					      const struct engine_target *targets, size_t count)
{
	struct evaluation_figures mean = {.models = 0};
	double share = 0;

	for (size_t t = 0; t < count; t++)
		share += targets[t].count == 1;
	share = 1 / share;
	for (size_t t = 0; t < count; t++) {
		if (targets[t].count != 1)
			continue;
		mean.pearson += share * figures[t].pearson;
		mean.spearman += share * figures[t].spearman;
		mean.mae += share * figures[t].mae;
		mean.rmse += share * figures[t].rmse;
		mean.coverage50 += share * figures[t].coverage50;
		mean.coverage90 += share * figures[t].coverage90;
		mean.width90 += share * figures[t].width90;
		mean.order += share * figures[t].order;
		if (figures[t].models > mean.models)
			mean.models = figures[t].models;
	}
	return mean;
}

static void make_figures(struct evaluation *evaluation, bool intervals, struct evaluation_figures *figures)
{
	const struct evaluation_settings *settings = evaluation->settings;
	size_t targets = settings->target_count;
	struct pairs pairs = {
		.observed = memory_allocate(evaluation->data.models, sizeof(double)),
		.predicted = memory_allocate(evaluation->data.models, sizeof(double)),
	};

	for (enum evaluation_subset subset = 0; subset < SUBSET_COUNT; subset++) {
		struct evaluation_figures *row = figures + subset * (targets + 1);
		for (size_t t = 0; t < targets; t++) {
			collect_pairs(evaluation, subset, t, &pairs);
			row[t] = pairs_figures(&pairs, intervals);
		}
		row[targets] = figures_mean(row, settings->targets, targets);
	}
	free(pairs.observed);
	free(pairs.predicted);
}

/* ---- the whole --------------------------------------------------------------------------------------- */

static enum status predict_split(struct evaluation *evaluation, enum evaluation_method method,
				 struct error *error)
{
	hide_twins(evaluation);
	count_parents(evaluation);
	for (size_t i = 0; i < evaluation->data.models; i++)
		evaluation->held_out += evaluation->target[i];
	if (!method_is_fit(method)) {
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
			if (evaluation->settings->given[i] && evaluation->judged[i])
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
	size_t cells = evaluation->data.models * evaluation->settings->target_count;
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
	size_t targets = settings->target_count;
	struct evaluation evaluation = {
		.told = data, .data = *data, .settings = settings, .progress = progress,
		.observed = memory_allocate(data->models * targets + 1, sizeof(double)),
		.judged = memory_zero(data->models, sizeof(bool)),
		.unseen = memory_zero(data->models, sizeof(bool)),
		.target = memory_zero(data->models, sizeof(bool)),
		.scored_parents = memory_zero(data->models, sizeof(uint8_t)),
		.estimates = memory_zero(data->models * targets + 1, sizeof(struct engine_estimate)),
		.known = memory_zero(targets + 1, sizeof(bool)),
	};
	struct copies copies;
	struct evaluation_figures *figures = memory_zero(SUBSET_COUNT * (targets + 1), sizeof *figures);
	int *family = memory_allocate(data->models, sizeof *family), families = 0;
	enum status status = STATUS_OK;

	evaluation.data.model = NULL;
	evaluation.data.describe = describe;
	evaluation.data.context = &evaluation;
	copies_find(data, &copies);
	evaluation.checkpoint = copies.checkpoint;
	observe(&evaluation);
	if (settings->protocol == PROTOCOL_FAMILY || settings->protocol == PROTOCOL_HOMOGENEOUS)
		families = number_families(&evaluation, family);
	for (enum evaluation_method method = 0; method < METHOD_COUNT && status == STATUS_OK; method++) {
		double begin = clock_seconds();
		if (!evaluation_method_predicts(method, false) || !method_is_asked(method, settings->methods, data))
			continue;
		status = run_method(&evaluation, method, family, families, error);
		if (status == STATUS_OK && evaluation.held_out == 0)
			status = error_set(error, STATUS_DATA, "the %s protocol holds out no scored model here",
					   protocol_name(settings->protocol));
		if (status != STATUS_OK)
			break;
		make_figures(&evaluation, method_is_fit(method), figures);
		struct evaluation_result row = {
			.method = method, .trained = evaluation.trained, .held_out = evaluation.held_out,
			.seconds = clock_seconds() - begin, .targets = targets, .figures = figures,
		};
		result(context, &row);
	}
	copies_free(&copies);
	free(evaluation.observed);
	free(evaluation.judged);
	free(evaluation.unseen);
	free(evaluation.target);
	free(evaluation.scored_parents);
	free(evaluation.estimates);
	free(evaluation.known);
	free(figures);
	free(family);
	return status;
}
