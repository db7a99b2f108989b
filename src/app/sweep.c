#include "stemma/app/sweep.h"

#include <math.h>

#include "stemma/app/target.h"

/* The state with another weight of one parent. */
static struct sketch_state moved(const struct sketch_state *state, size_t position, double weight)
{
	struct sketch trial = {.now = *state};

	sketch_set_weight(&trial, position, weight);
	struct sketch_state result = trial.now;
	sketch_free(&trial);
	return result;
}

static bool estimate(const struct sketch_state *state, const struct catalog *catalog, struct engine_query *query,
		     const struct engine_target *target, struct engine_estimate *result)
{
	const struct sketch sketch = {.now = *state};
	struct engine_child child;

	*result = (struct engine_estimate){NAN, NAN, NAN, NAN, NAN, NAN};
	sketch_child(&sketch, catalog, &child);
	if (engine_predict_child(query, &child, NULL) != STATUS_OK)
		return false;
	engine_estimate(query, target, result);
	return !isnan(result->mean);
}

static bool is_better(const struct catalog *catalog, const struct engine_target *target, double value, double than)
{
	if (isnan(value) || isnan(than))
		return !isnan(value);
	return target_upwards(catalog, target) ? value > than : value < than;
}

bool sweep_begin(struct sweep *sweep, const struct sketch_state *state, size_t position)
{
	*sweep = (struct sweep){.state = *state, .position = position};
	if (position >= state->count)
		return false;
	sweep->most = moved(state, position, 1).parents[position].weight;
	return moved(state, position, 0).parents[position].weight < sweep->most;
}

double sweep_weight(const struct sweep *sweep, size_t point)
{
	return sweep->most * (double)point / (SWEEP_POINTS - 1);
}

bool sweep_step(struct sweep *sweep, const struct catalog *catalog, struct engine_query *query,
		const struct engine_target *target)
{
	size_t point = sweep->made;

	if (point == SWEEP_POINTS)
		return false;
	struct sketch_state state = moved(&sweep->state, sweep->position, sweep_weight(sweep, point));
	estimate(&state, catalog, query, target, &sweep->at[point]);
	if (point == 0 || is_better(catalog, target, sweep->at[point].mean, sweep->at[sweep->best].mean))
		sweep->best = point;
	sweep->made++;
	return true;
}

/* ---- best weights ------------------------------------------------------------------------ */

#define ROUNDS_MAX 8
#define GAIN_LEAST 1e-6 /* of a round that is worth another, in the target's unit */

/* What the weights of a search are tried on. */
struct search {
	const struct catalog *catalog;
	struct engine_query *query;
	const struct engine_target *target;
	struct sketch_state best;
	double value; /* of the best */
};

/* Tries weights of one parent, from and to in percent; whether one is better. */
static bool try_weights(struct search *search, size_t position, int from, int to, int step)
{
	const struct sketch_state start = search->best;
	struct engine_estimate at;
	bool found = false;

	for (int percent = from < 0 ? 0 : from; percent <= to && percent <= 100; percent += step) {
		struct sketch_state trial = moved(&start, position, percent / 100.0);
		if (!estimate(&trial, search->catalog, search->query, search->target, &at) ||
		    !is_better(search->catalog, search->target, at.mean, search->value) ||
		    fabs(at.mean - search->value) < GAIN_LEAST)
			continue;
		search->best = trial;
		search->value = at.mean;
		found = true;
	}
	return found;
}

/* In steps of five percent, then of one about the best. */
static bool improve(struct search *search, size_t position)
{
	bool coarse = try_weights(search, position, 0, 100, 5);
	int here = (int)lround(100 * search->best.parents[position].weight);

	return try_weights(search, position, here - 4, here + 4, 1) || coarse;
}

/* Whole percents that sum to 1: the heaviest unlocked one takes what rounding leaves. */
static void round_weights(struct sketch_state *state)
{
	size_t heaviest = SIZE_MAX;
	double sum = 0;

	for (size_t i = 0; i < state->count; i++) {
		struct sketch_parent *parent = &state->parents[i];
		if (!parent->locked)
			parent->weight = round(100 * parent->weight) / 100;
		if (!parent->locked && (heaviest == SIZE_MAX || parent->weight > state->parents[heaviest].weight))
			heaviest = i;
		sum += parent->weight;
	}
	if (heaviest != SIZE_MAX)
		state->parents[heaviest].weight += 1 - sum;
}

bool sweep_best_weights(struct sketch_state *state, const struct catalog *catalog, struct engine_query *query,
			const struct engine_target *target)
{
	struct engine_estimate start;
	struct sweep sweep;
	bool free_weights = false, again = true;

	for (size_t i = 0; i < state->count; i++)
		free_weights = free_weights || (!state->parents[i].locked && sweep_begin(&sweep, state, i));
	if (!free_weights || !estimate(state, catalog, query, target, &start))
		return false;
	struct search search = {catalog, query, target, *state, start.mean};
	for (int round = 0; round < ROUNDS_MAX && again; round++) {
		again = false;
		for (size_t i = 0; i < state->count; i++)
			if (!state->parents[i].locked && improve(&search, i))
				again = true;
	}
	*state = search.best;
	round_weights(state);
	return true;
}
