/* What a user should know about a sketch that can be predicted all the same. */
#include "sketch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/app/licences.h"

/* Parameter counts further apart than this share are different sizes. */
#define SIZE_TOLERANCE 0.02

struct subject {
	const struct sketch *sketch;
	const struct catalog *catalog;
	const struct merge_method_info *info;
	size_t base;
};

static const struct catalog_model *parent_at(const struct subject *subject, size_t position)
{
	return &subject->catalog->models[subject->sketch->now.parents[position].model];
}

/* First, why no tool can make it: every other warning matters less. */
static void warn_impossible(const struct subject *subject, struct text *out)
{
	struct error reason = {0};

	if (sketch_check_shapes(subject->sketch, subject->catalog, &reason) != STATUS_OK)
		text_append_format(out, "impossible: %s\n", reason.message);
}

/* Sizes that still may be of one shape. */
static void warn_size(const struct subject *subject, struct text *out)
{
	const struct catalog_model *small, *large;

	if (sketch_sizes(subject->sketch, subject->catalog, &small, &large) &&
	    large->params_b > small->params_b * (1 + SIZE_TOLERANCE) &&
	    sketch_check_shapes(subject->sketch, subject->catalog, NULL) == STATUS_OK)
		text_append_format(out, "parents differ in size: %s has %.2f B parameters, %s %.2f B\n",
				   small->name, small->params_b, large->name, large->params_b);
}

/* Whether `ancestor` is `model` or among its ancestors. */
static bool descends_from(struct lineage_walk *walk, size_t model, size_t ancestor)
{
	size_t count;
	const struct lineage_share *share = lineage_ancestors(walk, model, &count);

	for (size_t i = 0; i < count; i++)
		if (share[i].node == ancestor)
			return true;
	return false;
}

static void warn_unrelated(const struct subject *subject, struct text *out)
{
	if (subject->sketch->now.count > 1 &&
	    sketch_common_ancestor(subject->sketch, subject->catalog) == CATALOG_NONE)
		text_append(out, "parents have no known ancestor in common\n");
}

static void warn_base(const struct subject *subject, struct text *out)
{
	const struct sketch_state *state = &subject->sketch->now;

	if (subject->base == CATALOG_NONE || subject->info->reduction == REDUCE_SLERP)
		return;
	struct lineage_walk *walk = lineage_walk_new(subject->catalog->lineage);
	for (size_t i = 0; i < state->count; i++)
		if (!descends_from(walk, state->parents[i].model, subject->base)) {
			text_append_format(out, "the base %s is no known ancestor of %s\n",
					   subject->catalog->models[subject->base].name,
					   parent_at(subject, i)->name);
			break;
		}
	lineage_walk_free(walk);
}

static void warn_no_scores(const struct subject *subject, struct text *out)
{
	for (size_t i = 0; i < subject->sketch->now.count; i++)
		if (!parent_at(subject, i)->scored)
			text_append_format(out, "%s has no published scores\n", parent_at(subject, i)->name);
}

static bool weights_are_equal(const struct sketch_state *state, int base)
{
	double first = NAN;

	for (size_t i = 0; i < state->count; i++) {
		if ((int)i == base)
			continue;
		if (isnan(first))
			first = state->parents[i].weight;
		if (fabs(state->parents[i].weight - first) > 1e-6)
			return false;
	}
	return true;
}

/* Methods whose shares are not the weights that the user sees. */
static void warn_weights(const struct subject *subject, struct text *out)
{
	static const struct {
		enum merge_reduction reduction;
		bool always; /* also when all weights are alike */
		const char *text;
	} meanings[] = {
		{REDUCE_EQUAL, false, "ignores weights: all parents count alike"},
		{REDUCE_STOCK, false, "ignores weights: it finds them from the angles between the models"},
		{REDUCE_NEAR, true, "ignores weights: most of the base stays; the shares are a rough guess"},
		{REDUCE_LAYERS, true, "counts layers: weights stand for each parent's share of them"},
	};
	const struct sketch_state *state = &subject->sketch->now;
	int base = subject->base == CATALOG_NONE ? -1 : sketch_position(subject->sketch, subject->base);

	for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
		if (meanings[i].reduction == subject->info->reduction &&
		    (meanings[i].always || !weights_are_equal(state, base)))
			text_append_format(out, "%s %s\n", subject->info->name, meanings[i].text);
}

/* A base among the parents: most methods only measure from it. */
static void warn_idle(const struct subject *subject, struct text *out)
{
	double shares[SKETCH_PARENTS_MAX];

	sketch_shares(subject->sketch, subject->catalog, shares);
	for (size_t i = 0; i < subject->sketch->now.count; i++)
		if (shares[i] <= 0 && subject->sketch->now.parents[i].weight > 0)
			text_append_format(out, "%s is the base, of which %s keeps nothing: its weight has no"
					   " effect\n", parent_at(subject, i)->name, subject->info->name);
}

/* The models that give something to the sketch, and the first of each class of
 * licence among them. */
struct lineage_licences {
	const struct catalog_model *first[LICENCE_OWN_TERMS + 1];
	const struct catalog_model *other_terms; /* other than those of the first */
};

static void note_licence(struct lineage_licences *licences, const struct catalog_model *model)
{
	enum licence_class class = licence_class(model->license);
	const struct catalog_model *first = licences->first[class];

	if (!first)
		licences->first[class] = model;
	else if (class == LICENCE_OWN_TERMS && !licences->other_terms &&
		 strcmp(first->license, model->license) != 0)
		licences->other_terms = model;
}

static struct lineage_licences collect_licences(const struct subject *subject)
{
	struct lineage_licences licences = {.other_terms = NULL};
	struct lineage_walk *walk = lineage_walk_new(subject->catalog->lineage);

	for (size_t i = 0; i < subject->sketch->now.count; i++) {
		size_t count;
		const struct lineage_share *share =
			lineage_ancestors(walk, subject->sketch->now.parents[i].model, &count);
		/* The parent itself is the last; the nearer one is the better example. */
		for (size_t a = count; a-- > 0;)
			note_licence(&licences, &subject->catalog->models[share[a].node]);
	}
	lineage_walk_free(walk);
	return licences;
}

/* What the ancestry as a whole allows may be less than each parent's label says. */
static void warn_licences(const struct subject *subject, struct text *out)
{
	const struct lineage_licences licences = collect_licences(subject);
	const struct catalog_model *limited = licences.first[LICENCE_NONCOMMERCIAL];
	const struct catalog_model *alike = licences.first[LICENCE_SHARE_ALIKE];
	const struct catalog_model *own = licences.first[LICENCE_OWN_TERMS];

	if (limited && alike)
		text_append_format(out, "licences conflict: %s is %s, and %s (%s) allows no further limits\n",
				   limited->name, limited->license, alike->name, alike->license);
	else if (limited)
		text_append_format(out, "not for commercial use: %s is %s\n", limited->name, limited->license);
	if (own && licences.other_terms)
		text_append_format(out, "terms of two makers apply: %s is %s, %s is %s\n", own->name,
				   own->license, licences.other_terms->name, licences.other_terms->license);
	if (own && alike)
		text_append_format(out, "licences conflict: %s is %s, and %s (%s) allows no further limits\n",
				   own->name, own->license, alike->name, alike->license);
}

static void warn_strangers(const struct subject *subject, struct text *out)
{
	const struct sketch_state *state = &subject->sketch->now;
	const char *from = state->count > 0 ? "what the others are and from its name" : "its name alone";

	if (state->strangers == 1)
		text_append_format(out, "the cache does not know %s, %.0f %% of the child: that is predicted from %s,"
				   " with a wider interval\n", state->stranger, 100 * state->strange, from);
	else if (state->strangers > 1)
		text_append_format(out, "the cache does not know %zu of the parents, %s and others, %.0f %% of the child:"
				   " that is predicted from %s, with a wider interval\n", state->strangers, state->stranger,
				   100 * state->strange, from);
}

void sketch_warnings(const struct sketch *sketch, const struct catalog *catalog, struct text *out)
{
	static void (*const checks[])(const struct subject *, struct text *) = {
		warn_impossible, warn_strangers, warn_size, warn_unrelated, warn_base, warn_licences,
		warn_no_scores, warn_weights, warn_idle,
	};
	struct subject subject = {
		.sketch = sketch, .catalog = catalog, .base = sketch_base(sketch, catalog),
		.info = merge_method_info(sketch->now.method),
	};

	for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
		checks[i](&subject, out);
}
