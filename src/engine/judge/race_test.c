/* The back-test of races. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/random.h"
#include "stemma/base/memory.h"
#include "stemma/engine/race.h"

#define HELD_OUT_SHARE 0.25
#define TIED 1e-9 /* targets this near are the same */

static const char *const policy_names[] = {
#define X(symbol, word, help) word,
	RACE_POLICY_TABLE(X)
#undef X
};

const char *race_policy_name(enum race_policy policy)
{
	return policy < RACE_POLICIES ? policy_names[policy] : "unknown";
}

/* Models with the same first parent. */
struct family {
	size_t count;
	uint32_t member[RACE_MAX];
};

struct race_trial {
	const struct engine_data *data;
	const struct engine_target *target;
	const struct race_test_settings *settings;
	struct progress *progress;
	struct race_figures *figures;
	struct family *families;
	size_t count;
	bool *held;               /* by family */
	struct prospect_run *runs; /* the target's benchmarks */
	uint64_t held_random, random; /* who is held out, whatever is run; the rest */
	struct engine_query *query;
};

static double truth_of(const struct race_trial *trial, size_t model)
{
	size_t count;
	const struct engine_cell *cells = engine_data_cells(trial->data, model, &count);
	double value = engine_target_value(trial->data->benchmark, trial->target, cells, count);

	return engine_target_upwards(trial->data->benchmark, trial->target) ? value : -value;
}

/* ---- families ---------------------------------------------------------------------------------- */

static bool can_race(const struct race_trial *trial, size_t parent, size_t child)
{
	size_t parents;
	const struct lineage_parent *first = lineage_parents(trial->data->lineage, child, &parents);

	return parents > 0 && first->node == parent && !(trial->data->excluded && trial->data->excluded[child]) &&
	       !isnan(truth_of(trial, child));
}

/* The children of a model that can race; of too many, some drawn at random. */
static void gather(struct race_trial *trial, size_t parent, struct family *family)
{
	size_t children, seen = 0, most = trial->settings->most;
	const uint32_t *child = lineage_children(trial->data->lineage, parent, &children);

	family->count = 0;
	for (size_t c = 0; c < children; c++) {
		if (!can_race(trial, parent, child[c]))
			continue;
		size_t place = seen++ < most ? family->count++ : random_next(&trial->random) % seen;
		if (place < most)
			family->member[place] = child[c];
	}
}

static void find_families(struct race_trial *trial)
{
	size_t capacity = 0;
	struct family family;

	for (size_t parent = 0; parent < trial->data->models; parent++) {
		gather(trial, parent, &family);
		if (family.count < trial->settings->least)
			continue;
		trial->families = memory_grow(trial->families, trial->count, &capacity, sizeof *trial->families);
		trial->families[trial->count++] = family;
	}
}

/* ---- a fit that knows nothing of them -------------------------------------------------------------- */

static void exclude_descendants(const struct lineage *lineage, bool *excluded)
{
	const uint32_t *order = lineage_order(lineage);

	for (size_t i = 0; i < lineage_nodes(lineage); i++) {
		size_t parents;
		const struct lineage_parent *parent = lineage_parents(lineage, order[i], &parents);
		for (size_t p = 0; p < parents && !excluded[order[i]]; p++)
			excluded[order[i]] = excluded[parent[p].node] && parent[p].weight > 0;
	}
}

static enum status learn_others(struct race_trial *trial, struct engine_fit **fit, struct error *error)
{
	struct engine_data data = *trial->data;
	const struct engine_settings settings = {.seed = trial->settings->seed, .prior = PRIOR_KIN};
	bool *excluded = memory_zero(data.models + 1, sizeof *excluded);

	for (size_t f = 0; f < trial->count; f++) {
		trial->held[f] = random_fraction(&trial->held_random) < HELD_OUT_SHARE;
		for (size_t i = 0; i < trial->families[f].count && trial->held[f]; i++)
			excluded[trial->families[f].member[i]] = true;
	}
	exclude_descendants(data.lineage, excluded);
	for (size_t i = 0; i < data.models && data.excluded; i++)
		excluded[i] |= data.excluded[i];
	data.excluded = excluded;
	enum status status = engine_fit_new(&data, &settings, NULL, 0, true, trial->progress, fit, error);
	if (status == STATUS_OK)
		trial->query = engine_query_new(*fit);
	free(excluded);
	return status;
}

/* ---- one family ---------------------------------------------------------------------------------------- */

static enum status race_begin(struct race_trial *trial, const struct family *family, struct race *race,
			      struct error *error)
{
	*race = (struct race){.count = family->count, .level = trial->settings->level, .whole = true,
			      .upwards = engine_target_upwards(trial->data->benchmark, trial->target)};
	for (size_t i = 0; i < family->count; i++) {
		enum status status = engine_predict_model(trial->query, family->member[i], error);
		if (status != STATUS_OK)
			return status;
		race->prospect[i] = prospect_new(trial->query, NULL, 0, trial->runs, trial->target->count, trial->target);
		if (!race->prospect[i])
			return error_set(error, STATUS_DATA, "the fit does not predict the target");
	}
	race_judge(race);
	return STATUS_OK;
}

static void race_end(struct race *race)
{
	for (size_t i = 0; i < race->count; i++)
		prospect_free(race->prospect[i]);
}

/* Any run that is left of those that are not out. */
static bool random_next_run(struct race_trial *trial, const struct race *race, size_t *candidate,
			    struct prospect_step *step)
{
	size_t seen = 0;

	for (size_t i = 0; i < race->count; i++)
		for (size_t b = 0; b < trial->target->count && !race->out[i]; b++) {
			const struct prospect_step one = {.run = b, .questions = INFINITY, .price = trial->runs[b].price};
			if (prospect_left(race->prospect[i], &one) >= 1 || random_next(&trial->random) % ++seen > 0)
				continue;
			*candidate = i;
			*step = one;
		}
	return seen > 0;
}

/* Runs until one is the best or nothing is left to be run; what that cost. */
static double run_race(struct race_trial *trial, const struct family *family, struct race *race,
		       enum race_policy policy)
{
	double cost = 0;

	while (policy <= RACE_POLICY_RANDOM && !race_is_over(race)) {
		struct prospect_step step;
		size_t i;
		if (policy == RACE_POLICY_RACE ? !race_next(race, INFINITY, &i, &step) : !random_next_run(trial, race, &i, &step))
			break;
		prospect_take(race->prospect[i], &step,
			      engine_data_score(trial->data, family->member[i], trial->runs[step.run].benchmark));
		cost += step.price;
		race_judge(race);
	}
	return cost;
}

static enum status try_policy(struct race_trial *trial, const struct family *family, enum race_policy policy,
			      struct error *error)
{
	struct race_figures *figures = &trial->figures[policy];
	struct race race;
	double all = 0, best = -INFINITY;
	enum status status = race_begin(trial, family, &race, error);

	if (status == STATUS_OK) {
		double cost = run_race(trial, family, &race, policy);
		for (size_t b = 0; b < trial->target->count; b++)
			all += (double)family->count * trial->runs[b].price;
		for (size_t i = 0; i < family->count; i++)
			best = fmax(best, truth_of(trial, family->member[i]));
		double taken = policy == RACE_POLICY_ALL ? best : truth_of(trial, family->member[race_leader(&race)]);
		figures->families++;
		figures->candidates += family->count;
		figures->cost += policy == RACE_POLICY_ALL ? 1 : cost / all;
		figures->found += best - taken < TIED;
		figures->regret += best - taken;
	}
	race_end(&race);
	return status;
}

/* ---- the whole --------------------------------------------------------------------------------------------- */

static enum status repeat_once(struct race_trial *trial, struct error *error)
{
	struct engine_fit *fit = NULL;
	enum status status = learn_others(trial, &fit, error);

	for (size_t f = 0; f < trial->count && status == STATUS_OK; f++) {
		for (enum race_policy policy = 0; policy < RACE_POLICIES && trial->held[f] && status == STATUS_OK; policy++)
			status = try_policy(trial, &trial->families[f], policy, error);
		if (status == STATUS_OK && !progress_step(trial->progress, "racing families", (double)f / (double)trial->count))
			status = error_set(error, STATUS_CANCELLED, "back-test cancelled");
	}
	engine_query_free(trial->query);
	engine_fit_free(fit);
	trial->query = NULL;
	return status;
}

static void set_runs(struct race_trial *trial)
{
	trial->runs = memory_zero(trial->target->count + 1, sizeof *trial->runs);
	for (size_t b = 0; b < trial->target->count; b++) {
		uint32_t benchmark = trial->target->benchmark[b];
		trial->runs[b] = (struct prospect_run){benchmark, NAN, trial->settings->price[benchmark]};
	}
}

enum status race_test(const struct engine_data *data, const struct engine_target *target,
		      const struct race_test_settings *settings, struct progress *progress,
		      struct race_figures figures[RACE_POLICIES], struct error *error)
{
	struct race_trial trial = {.data = data, .target = target, .settings = settings, .progress = progress,
				   .figures = figures, .held_random = settings->seed, .random = settings->seed};
	enum status status = STATUS_OK;

	memset(figures, 0, RACE_POLICIES * sizeof *figures);
	find_families(&trial);
	trial.held = memory_zero(trial.count + 1, sizeof *trial.held);
	set_runs(&trial);
	for (size_t i = 0; i < settings->repeats && status == STATUS_OK; i++)
		status = repeat_once(&trial, error);
	if (status == STATUS_OK && figures[0].families == 0)
		status = error_set(error, STATUS_DATA, "no family of %zu models has the whole target", settings->least);
	for (size_t p = 0; p < RACE_POLICIES && figures[p].families > 0; p++) {
		figures[p].cost /= (double)figures[p].families;
		figures[p].found /= (double)figures[p].families;
		figures[p].regret /= (double)figures[p].families;
	}
	free(trial.families);
	free(trial.held);
	free(trial.runs);
	return status;
}
