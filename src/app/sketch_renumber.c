/* A sketch whose models have other numbers now. */
#include "sketch.h"

/* The parent at a model, NULL when it is none. */
static struct sketch_parent *parent_at(struct sketch_state *state, size_t model)
{
	for (size_t i = 0; i < state->count; i++)
		if (state->parents[i].model == model)
			return &state->parents[i];
	return NULL;
}

/* Two models may have become one, which then has the weight of both. */
bool sketch_state_renumber(struct sketch_state *state, const uint32_t *match)
{
	struct sketch_state old = *state;
	bool whole = true;

	state->base = catalog_matched(match, old.base);
	whole = state->base != CATALOG_NONE || old.base == CATALOG_NONE;
	state->count = 0;
	for (size_t i = 0; i < old.count; i++) {
		size_t model = catalog_matched(match, old.parents[i].model);
		struct sketch_parent *same = parent_at(state, model);
		whole = whole && model != CATALOG_NONE && !same;
		if (same) {
			same->weight += old.parents[i].weight;
		} else if (model != CATALOG_NONE) {
			state->parents[state->count] = old.parents[i];
			state->parents[state->count++].model = model;
		}
	}
	for (size_t i = state->count; i < old.count; i++)
		state->parents[i] = (struct sketch_parent){0};
	if (whole)
		return true;
	state->name[0] = '\0';
	for (size_t i = 0; i < state->count && state->count < old.count; i++)
		state->parents[i].locked = false;
	sketch_state_balance(state, SIZE_MAX);
	return false;
}

bool sketch_renumber(struct sketch *sketch, const uint32_t *match)
{
	bool whole = sketch_state_renumber(&sketch->now, match);

	whole = sketch_state_renumber(&sketch->beside, match) && whole;
	for (size_t i = 0; i < sketch->undo_count; i++) {
		sketch_state_renumber(&sketch->undo[i].now, match);
		sketch_state_renumber(&sketch->undo[i].beside, match);
	}
	for (size_t i = 0; i < sketch->redo_count; i++) {
		sketch_state_renumber(&sketch->redo[i].now, match);
		sketch_state_renumber(&sketch->redo[i].beside, match);
	}
	return whole;
}
