/* The sketch's edits: each makes a new state, and the old one can be had back. */
#include "sketch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"

/* Weights nearer than this are the same weight. */
#define WEIGHT_EPSILON 1e-12

void sketch_init(struct sketch *sketch)
{
	*sketch = (struct sketch){
		.now = {.method = MERGE_LINEAR, .base = CATALOG_NONE, .chat_template = ANSWER_UNKNOWN},
		.beside = {.base = CATALOG_NONE},
	};
}

void sketch_free(struct sketch *sketch)
{
	free(sketch->undo);
	free(sketch->redo);
	sketch_init(sketch);
}

int sketch_position(const struct sketch *sketch, size_t model)
{
	for (size_t i = 0; i < sketch->now.count; i++)
		if (sketch->now.parents[i].model == model)
			return (int)i;
	return -1;
}

/* ---- undo ------------------------------------------------------------------ */

bool sketch_state_equals(const struct sketch_state *a, const struct sketch_state *b)
{
	bool equal = a->method == b->method && a->count == b->count && a->base == b->base &&
		     a->chat_template == b->chat_template && fabs(a->strange - b->strange) < WEIGHT_EPSILON &&
		     strcmp(a->stranger, b->stranger) == 0;

	for (size_t i = 0; i < a->count && equal; i++)
		equal = a->parents[i].model == b->parents[i].model &&
			a->parents[i].locked == b->parents[i].locked &&
			fabs(a->parents[i].weight - b->parents[i].weight) < WEIGHT_EPSILON;
	return equal;
}

static void stack_push(struct sketch_step **stack, size_t *count, size_t *capacity,
		       const struct sketch *sketch)
{
	*stack = memory_grow(*stack, *count, capacity, sizeof **stack);
	(*stack)[(*count)++] = (struct sketch_step){sketch->now, sketch->beside};
}

static void take_step(struct sketch *sketch, const struct sketch_step *step)
{
	sketch->now = step->now;
	sketch->beside = step->beside;
}

bool sketch_commit_both(struct sketch *sketch, const struct sketch_state *next,
			const struct sketch_state *beside)
{
	const struct sketch_step step = {*next, *beside};

	if (sketch_state_equals(&sketch->now, next) && sketch_state_equals(&sketch->beside, beside))
		return false;
	stack_push(&sketch->undo, &sketch->undo_count, &sketch->undo_capacity, sketch);
	sketch->redo_count = 0;
	take_step(sketch, &step);
	return true;
}

bool sketch_commit(struct sketch *sketch, const struct sketch_state *next)
{
	struct sketch_state nameless = *next;

	nameless.name[0] = '\0';
	return sketch_commit_both(sketch, &nameless, &sketch->beside);
}

bool sketch_duplicate(struct sketch *sketch)
{
	return sketch_commit_both(sketch, &sketch->now, &sketch->now);
}

bool sketch_exchange(struct sketch *sketch)
{
	return sketch->beside.count > 0 && sketch_commit_both(sketch, &sketch->beside, &sketch->now);
}

bool sketch_undo(struct sketch *sketch)
{
	if (sketch->undo_count == 0)
		return false;
	stack_push(&sketch->redo, &sketch->redo_count, &sketch->redo_capacity, sketch);
	take_step(sketch, &sketch->undo[--sketch->undo_count]);
	return true;
}

bool sketch_redo(struct sketch *sketch)
{
	if (sketch->redo_count == 0)
		return false;
	stack_push(&sketch->undo, &sketch->undo_count, &sketch->undo_capacity, sketch);
	take_step(sketch, &sketch->redo[--sketch->redo_count]);
	return true;
}

/* ---- weights --------------------------------------------------------------- */

static bool is_free(const struct sketch_state *state, size_t position, size_t fixed)
{
	return position != fixed && !state->parents[position].locked;
}

/* What the locked parents and the fixed one leave. */
static double state_room(const struct sketch_state *state, size_t fixed)
{
	double room = 1;

	for (size_t i = 0; i < state->count; i++)
		if (!is_free(state, i, fixed))
			room -= state->parents[i].weight;
	return fmax(room, 0);
}

static size_t state_count_free(const struct sketch_state *state, size_t fixed)
{
	size_t count = 0;

	for (size_t i = 0; i < state->count; i++)
		count += is_free(state, i, fixed);
	return count;
}

void sketch_state_balance(struct sketch_state *state, size_t fixed)
{
	double room = state_room(state, fixed), sum = 0;
	size_t count = state_count_free(state, fixed);

	for (size_t i = 0; i < state->count; i++)
		if (is_free(state, i, fixed))
			sum += state->parents[i].weight;
	for (size_t i = 0; i < state->count; i++)
		if (is_free(state, i, fixed))
			state->parents[i].weight = sum > WEIGHT_EPSILON
				? state->parents[i].weight * (room / sum) : room / (double)count;
}

bool sketch_add(struct sketch *sketch, size_t model)
{
	struct sketch_state next = sketch->now;

	if (next.count == SKETCH_PARENTS_MAX || sketch_position(sketch, model) >= 0)
		return false;
	size_t place = next.count++;
	next.parents[place] = (struct sketch_parent){.model = model};
	next.parents[place].weight = state_room(&sketch->now, SIZE_MAX) /
				     (double)state_count_free(&next, SIZE_MAX);
	sketch_state_balance(&next, place);
	return sketch_commit(sketch, &next);
}

bool sketch_remove(struct sketch *sketch, size_t position)
{
	struct sketch_state next = sketch->now;

	if (position >= next.count)
		return false;
	next.count--;
	memmove(&next.parents[position], &next.parents[position + 1],
		(next.count - position) * sizeof *next.parents);
	next.parents[next.count] = (struct sketch_parent){0};
	/* Locks cannot hold when nobody else could take the weight. */
	if (state_count_free(&next, SIZE_MAX) == 0)
		for (size_t i = 0; i < next.count; i++)
			next.parents[i].locked = false;
	sketch_state_balance(&next, SIZE_MAX);
	return sketch_commit(sketch, &next);
}

bool sketch_toggle(struct sketch *sketch, size_t model)
{
	int position = sketch_position(sketch, model);

	return position >= 0 ? sketch_remove(sketch, (size_t)position) : sketch_add(sketch, model);
}

bool sketch_set_weight(struct sketch *sketch, size_t position, double weight)
{
	struct sketch_state next = sketch->now;

	if (position >= next.count || isnan(weight) || state_count_free(&next, position) == 0)
		return false;
	double others = 1 - state_room(&next, SIZE_MAX);
	if (next.parents[position].locked)
		others -= next.parents[position].weight;
	next.parents[position].weight = fmax(0, fmin(weight, 1 - others));
	sketch_state_balance(&next, position);
	return sketch_commit(sketch, &next);
}

bool sketch_set_weights(struct sketch *sketch, const double *weights)
{
	struct sketch_state next = sketch->now;

	for (size_t i = 0; i < next.count; i++)
		next.parents[i].weight = weights[i];
	return sketch_commit(sketch, &next);
}

bool sketch_move_weight(struct sketch *sketch, size_t position, double step)
{
	return position < sketch->now.count &&
	       sketch_set_weight(sketch, position, sketch->now.parents[position].weight + step);
}

bool sketch_swap(struct sketch *sketch, size_t position)
{
	struct sketch_state next = sketch->now;

	if (position >= next.count || next.count < 2)
		return false;
	struct sketch_parent *one = &next.parents[position];
	struct sketch_parent *other = &next.parents[(position + 1) % next.count];
	double weight = one->weight;
	one->weight = other->weight;
	other->weight = weight;
	return sketch_commit(sketch, &next);
}

bool sketch_equalize(struct sketch *sketch)
{
	struct sketch_state next = sketch->now;

	for (size_t i = 0; i < next.count; i++)
		if (!next.parents[i].locked)
			next.parents[i].weight = 0; /* all 0: balanced into equal parts */
	sketch_state_balance(&next, SIZE_MAX);
	return sketch_commit(sketch, &next);
}

bool sketch_lock(struct sketch *sketch, size_t position)
{
	struct sketch_state next = sketch->now;

	if (position >= next.count)
		return false;
	next.parents[position].locked = !next.parents[position].locked;
	return sketch_commit(sketch, &next);
}

/* ---- the rest -------------------------------------------------------------- */

bool sketch_set_method(struct sketch *sketch, enum merge_method method)
{
	struct sketch_state next = sketch->now;

	if (method >= MERGE_METHOD_COUNT)
		return false;
	next.method = method;
	return sketch_commit(sketch, &next);
}

bool sketch_set_base(struct sketch *sketch, size_t model)
{
	struct sketch_state next = sketch->now;

	next.base = model;
	return sketch_commit(sketch, &next);
}

bool sketch_set_template(struct sketch *sketch, enum answer chat_template)
{
	struct sketch_state next = sketch->now;

	next.chat_template = chat_template;
	return sketch_commit(sketch, &next);
}

bool sketch_clear(struct sketch *sketch)
{
	struct sketch empty;

	sketch_init(&empty);
	empty.now.method = sketch->now.method;
	return sketch_commit(sketch, &empty.now);
}
