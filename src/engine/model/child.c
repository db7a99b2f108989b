#include "model/child.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/attributes.h"
#include "model/factors_fit.h"
#include "stemma/base/memory.h"

void child_new(const struct factors *factors, struct child *child)
{
	*child = (struct child){.factors = factors};
}

static void forget_parent(struct child_parent *parent)
{
	factors_state_free(&parent->state);
	factors_state_free(&parent->as_it_is.known);
	free(parent->as_it_is.moved);
	belief_free(&parent->belief);
	*parent = (struct child_parent){0};
}

void child_free(struct child *child)
{
	for (size_t i = 0; i < ENGINE_PARENTS_MAX; i++)
		forget_parent(&child->parent[i]);
	factors_state_free(&child->facts);
	factors_state_free(&child->told);
}

/* ---- parents ----------------------------------------------------------------------- */

static void put_parent(struct engine_child *child, size_t parent, double weight)
{
	size_t place = 0, after;

	while (place < child->count && child->parents[place] < parent)
		place++;
	if (place < child->count && child->parents[place] == parent) {
		child->weights[place] += weight;
		return;
	}
	after = child->count - place;
	memmove(child->parents + place + 1, child->parents + place, after * sizeof *child->parents);
	memmove(child->weights + place + 1, child->weights + place, after * sizeof *child->weights);
	child->parents[place] = parent;
	child->weights[place] = weight;
	child->count++;
}

static struct engine_child in_order(const struct engine_child *child, double total)
{
	struct engine_child ordered = *child;

	ordered.count = 0;
	for (size_t i = 0; i < child->count; i++)
		if (child->weights[i] > 0)
			put_parent(&ordered, child->parents[i], child->weights[i] / total);
	return ordered;
}

/* Keeps the states of parents that stay, in their new places, and finds those of new ones. */
static void set_parents(struct child *child, const struct engine_child *described)
{
	struct child_parent old[ENGINE_PARENTS_MAX];

	memcpy(old, child->parent, sizeof old);
	memset(child->parent, 0, sizeof child->parent);
	for (size_t i = 0; i < described->count; i++)
		for (size_t j = 0; j < ENGINE_PARENTS_MAX; j++)
			if (old[j].valid && old[j].parent == described->parents[i]) {
				child->parent[i] = old[j];
				old[j] = (struct child_parent){0};
			}
	for (size_t j = 0; j < ENGINE_PARENTS_MAX; j++)
		forget_parent(&old[j]);
	for (size_t i = 0; i < described->count; i++) {
		struct child_parent *parent = &child->parent[i];
		if (parent->valid)
			continue;
		*parent = (struct child_parent){.valid = true, .parent = described->parents[i]};
		factors_state_new(child->factors, &parent->state);
		factors_parent(child->factors, parent->parent, &parent->state);
	}
}

/* ---- facts ------------------------------------------------------------------------- */

static bool same_words(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_number(double a, double b)
{
	return (a >= b && a <= b) || (isnan(a) && isnan(b));
}

static bool same_facts(const struct engine_model *a, const struct engine_model *b)
{
	return same_words(a->name, b->name) && same_words(a->base, b->base) && same_words(a->setting, b->setting) &&
	       same_words(a->provider, b->provider) && same_words(a->architecture, b->architecture) &&
	       same_number(a->params_b, b->params_b) && a->kind == b->kind && a->chat_template == b->chat_template &&
	       same_number(a->uploaded, b->uploaded) && a->reasoning == b->reasoning;
}

/* Kept while only weights move.  Strings are borrowed, so a child with a name is placed anew. */
static void set_facts(struct child *child, const struct engine_child *described)
{
	const struct factors *factors = child->factors;
	const struct engine_child *before = &child->described;

	if (child->facts_valid && before->count == described->count && before->relation == described->relation &&
	    !described->model.name && same_facts(&described->model, &before->model))
		return;
	factors_state_free(&child->facts);
	factors_state_new(factors, &child->facts);
	factors_facts(factors, &described->model, described->relation, described->count, &child->facts);
	child->facts_valid = true;
}

/* What facts and pedigree tell: the facts' effects + sum of weight x what each parent gives. */
static void set_told(struct child *child)
{
	const struct factors *factors = child->factors;
	const struct engine_child *described = &child->described;

	factors_state_free(&child->told);
	factors_state_new(factors, &child->told);
	factors_state_add(&child->told, 1, &child->facts);
	for (size_t i = 0; i < described->count; i++)
		factors_state_add(&child->told, factors_child_weight(factors, described->count, described->weights[i]),
				  &child->parent[i].state);
}

/* ---- what is inherited ------------------------------------------------------------------ */

/* A parent gives what it would have, evaluated with the chat template or without as the child is. */
static void move_parent(const struct child *child, struct inherited_parent *parent)
{
	const struct factors *factors = child->factors;
	struct engine_model facts;
	double before[FACTORS_RANK_MAX];

	free(parent->moved);
	parent->moved = NULL;
	parent->evaluated = child->evaluated;
	attributes_describe(&factors->data, parent->model, &parent->facts);
	facts = parent->facts;
	if (child->evaluated == ANSWER_UNKNOWN || facts.chat_template == ANSWER_UNKNOWN ||
	    facts.chat_template == child->evaluated)
		return;
	parent->moved = memory_allocate(FACTORS_RANK_MAX, sizeof *parent->moved);
	factors_facts_mean(factors, &facts, before);
	facts.chat_template = child->evaluated;
	factors_facts_mean(factors, &facts, parent->moved);
	for (size_t k = 0; k < factors_rank(factors); k++)
		parent->moved[k] -= before[k];
}

static void believe_parent(const struct child *child, struct child_parent *parent)
{
	const struct factors *factors = child->factors;
	size_t count;
	const struct engine_cell *cells = engine_data_cells(&factors->data, parent->parent, &count);

	parent->as_it_is.model = (uint32_t)parent->parent;
	factors_state_new(factors, &parent->as_it_is.known);
	belief_new(factors, &parent->belief);
	factors_known(factors, parent->parent, &parent->as_it_is.known);
	belief_model(&parent->belief, parent->parent);
	if (factors_model_row(factors, parent->parent) >= 0)
		belief_condition_published(&parent->belief, cells, count);
}

static void set_parent_as_it_is(const struct child *child, struct child_parent *parent, double weight)
{
	struct inherited_parent *as_it_is = &parent->as_it_is;

	if (!as_it_is->known.mean)
		believe_parent(child, parent);
	as_it_is->belief = &parent->belief; /* parents move to other places */
	as_it_is->weight = weight;
	move_parent(child, as_it_is);
}

/* K is kept while the parents stay. */
static void set_inherited(struct child *child)
{
	struct inherited *inherited = &child->inherited;
	const struct engine_child *described = &child->described;
	uint32_t models[ENGINE_PARENTS_MAX];
	size_t count = described->count;

	for (size_t i = 0; i < count; i++) {
		set_parent_as_it_is(child, &child->parent[i], described->weights[i]);
		inherited->parent[i] = &child->parent[i].as_it_is;
		models[i] = (uint32_t)described->parents[i];
	}
	if (count != inherited->count || memcmp(models, inherited->model, count * sizeof *models) != 0)
		factors_prior_covariance(child->factors, false, models, count, inherited->covariance);
	memcpy(inherited->model, models, count * sizeof *models);
	inherited->factors = child->factors;
	inherited->told = &child->told;
	inherited->count = count;
	inherited_set(inherited);
}

/* ---- the whole ------------------------------------------------------------------------- */

static void begin_belief(struct child *child, struct belief *belief)
{
	struct kin kin;

	kin_of_child(child->factors, &child->described, &kin);
	if (child->described.relation == RELATION_MERGE && child->described.count > 0 &&
	    child->factors->prior == PRIOR_KIN) {
		set_inherited(child);
		belief_begin_merge(belief, &child->inherited, &kin);
		return;
	}
	child->inherited.count = 0;
	memcpy(belief->cold_mean, child->told.mean, child->told.rank * sizeof *child->told.mean);
	factors_state_covariance(&child->told, belief->cold);
	belief_begin(belief, &kin, -1);
}

void child_describe(struct child *child, const struct engine_child *as, double total, struct belief *belief)
{
	struct engine_child described = in_order(as, total);

	child->evaluated = as->model.chat_template;
	attributes_describe_child(&child->factors->data, &described, &described.model);
	set_parents(child, &described);
	set_facts(child, &described);
	child->described = described;
	set_told(child);
	begin_belief(child, belief);
}

bool child_of_lineage(const struct engine_data *data, size_t model, struct engine_child *as)
{
	size_t count;
	const struct lineage_parent *parents = lineage_parents(data->lineage, model, &count);
	struct engine_model facts;

	*as = (struct engine_child){.relation = RELATION_MERGE};
	for (size_t p = 0; p < count && as->count < ENGINE_PARENTS_MAX; p++) {
		if (!(parents[p].weight > 0))
			continue;
		attributes_describe(data, parents[p].node, &facts);
		if (as->count == 0)
			as->model = (struct engine_model){.architecture = facts.architecture, .params_b = facts.params_b,
							  .kind = KIND_MERGE, .uploaded = NAN};
		as->model.uploaded = fmax(as->model.uploaded, facts.uploaded);
		as->parents[as->count] = parents[p].node;
		as->weights[as->count++] = (double)parents[p].weight;
	}
	return as->model.architecture && as->model.params_b > 0;
}
