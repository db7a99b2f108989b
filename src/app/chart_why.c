/* Why as a picture: the reasons of a prediction by how their models are related to it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/app/chart.h"
#include "stemma/base/memory.h"

#define FAMILIES_MAX 4

/* X(symbol, label): the groups in their order, before the families. */
#define KIN_TABLE(X) \
	X(OWN, "its own scores") \
	X(PARENTS, "parents") \
	X(ANCESTORS, "further ancestors") \
	X(CHILDREN, "children") \
	X(SIBLINGS, "siblings") \
	X(LIKE, "models like it")
enum kin {
#define X(symbol, label) KIN_##symbol,
	KIN_TABLE(X)
#undef X
	KIN_COUNT,
	KIN_UNMARKED = 0xFF
};

struct group {
	size_t root, model; /* of a family, and its only model */
	size_t count;
	double points;
};
struct why {
	const struct catalog *catalog;
	uint8_t *kin;           /* by model; owned */
	struct group group[KIN_COUNT];
	struct group families[FAMILIES_MAX], others;
	size_t family_count;
	double sum;             /* of all reasons */
};

static void mark(struct why *why, size_t model, enum kin kin)
{
	if (why->kin[model] > kin)
		why->kin[model] = (uint8_t)kin;
}

static void mark_children(struct why *why, size_t model, enum kin kin)
{
	size_t count;
	const uint32_t *children = lineage_children(why->catalog->lineage, model, &count);

	for (size_t i = 0; i < count; i++)
		mark(why, children[i], kin);
}

static void mark_ancestors(struct why *why, const struct engine_child *child, size_t model)
{
	struct lineage_walk *walk = lineage_walk_new(why->catalog->lineage);
	size_t count;
	const struct lineage_share *shares = child
		? lineage_child_ancestors(walk, child->count, child->parents, child->weights, &count)
		: lineage_ancestors(walk, model, &count);

	for (size_t i = 0; i < count; i++)
		mark(why, shares[i].node, KIN_ANCESTORS);
	lineage_walk_free(walk);
}

static void mark_kin(struct why *why, const struct engine_child *child, size_t model)
{
	size_t count = child ? child->count : 0;
	const struct lineage_parent *parents = child ? NULL : lineage_parents(why->catalog->lineage, model, &count);

	memset(why->kin, KIN_UNMARKED, why->catalog->count);
	for (size_t i = 0; i < count; i++) {
		size_t parent = child ? child->parents[i] : parents[i].node;
		mark(why, parent, KIN_PARENTS);
		mark_children(why, parent, KIN_SIBLINGS);
	}
	mark_ancestors(why, child, model);
	if (child)
		return;
	mark_children(why, model, KIN_CHILDREN);
	why->kin[model] = KIN_OWN;
}

static size_t root_of(const struct catalog *catalog, size_t model)
{
	for (size_t parent; (parent = catalog_primary_parent(catalog, model)) != CATALOG_NONE;)
		model = parent;
	return model;
}

static void take(struct group *group, double points)
{
	group->count++;
	group->points += points;
}

/* Puts a family in its place among those that count most; what falls out is of the others. */
static void add_family(struct why *why, struct group family)
{
	size_t place = why->family_count;

	if (place == FAMILIES_MAX && fabs(why->families[place - 1].points) >= fabs(family.points)) {
		why->others.count += family.count;
		why->others.points += family.points;
		return;
	}
	if (place == FAMILIES_MAX) {
		const struct group last = why->families[--place];
		why->others.count += last.count;
		why->others.points += last.points;
	} else {
		why->family_count++;
	}
	for (; place > 0 && fabs(why->families[place - 1].points) < fabs(family.points); place--)
		why->families[place] = why->families[place - 1];
	why->families[place] = family;
}

/* Near kin by what it is to the subject, all else by the root of its branch. */
static void group_reasons(struct why *why, const struct engine_contribution *reasons, size_t count)
{
	struct group *branch = memory_zero(why->catalog->count + 1, sizeof *branch);

	for (size_t i = 0; i < count; i++) {
		uint8_t kin = reasons[i].like ? KIN_LIKE : why->kin[reasons[i].model];
		why->sum += reasons[i].points;
		if (kin != KIN_UNMARKED) {
			take(&why->group[kin], reasons[i].points);
			continue;
		}
		size_t root = root_of(why->catalog, reasons[i].model);
		branch[root].root = root;
		branch[root].model = reasons[i].model;
		take(&branch[root], reasons[i].points);
	}
	for (size_t root = 0; root < why->catalog->count; root++)
		if (branch[root].count > 0)
			add_family(why, branch[root]);
	free(branch);
}

/* ---- the picture ------------------------------------------------------------------------- */

/* Where the waterfall is, and how its figures are written. */
struct fall {
	struct picture *picture;
	double level;
	int digits;
};

static void add_step(struct fall *fall, const char *label, double points)
{
	char figure[48];

	snprintf(figure, sizeof figure, "%+.*f", fall->digits, points);
	picture_row(fall->picture, label, figure, fall->level, fall->level + points, points < 0 ? PICTURE_BAD : PICTURE_GOOD);
	fall->level += points;
}

/* With the number of its models; nothing of none. */
static void add_group(struct fall *fall, const char *label, const struct group *group)
{
	struct text words = {0};

	if (group->count == 0)
		return;
	text_append_format(&words, "%s (%zu)", label, group->count);
	add_step(fall, text_string(&words), group->points);
	text_free(&words);
}

static void add_total(struct fall *fall, const char *label, double value)
{
	char figure[48];

	snprintf(figure, sizeof figure, "%.*f", fall->digits, value);
	picture_row(fall->picture, label, figure, NAN, value, PICTURE_TEXT);
	fall->level = value;
}

static void add_families(struct fall *fall, const struct why *why)
{
	struct text label = {0};

	for (size_t i = 0; i < why->family_count; i++) {
		const struct group *family = &why->families[i];
		text_clear(&label);
		text_append_format(&label, "%s family", why->catalog->models[family->root].name);
		if (family->count == 1)
			add_step(fall, why->catalog->models[family->model].name, family->points);
		else
			add_group(fall, text_string(&label), family);
	}
	add_group(fall, "other models", &why->others);
	text_free(&label);
}

void chart_why(const struct session *session, struct engine_query *query, const struct engine_target *target,
	       const char *title, const struct engine_child *child, size_t model, struct picture *picture)
{
	static const char *const labels[] = {
#define X(symbol, label) label,
		KIN_TABLE(X)
#undef X
	};
	struct why why = {.catalog = session->catalog, .kin = memory_allocate(session->catalog->count + 1, 1)};
	struct fall fall = {.picture = picture, .digits = target_digits(session->catalog, target)};
	struct engine_contribution *reasons;
	struct engine_estimate estimate;
	size_t count = engine_contributions_all(query, target, &reasons);

	picture_init(picture, title);
	picture_axes(picture, PICTURE_LINEAR, NULL, PICTURE_LINEAR, NULL);
	engine_estimate(query, target, &estimate);
	mark_kin(&why, child, model);
	group_reasons(&why, reasons, count);
	if (!isnan(estimate.mean)) {
		add_total(&fall, "unknown model", estimate.mean - why.sum);
		for (int kin = 0; kin < KIN_COUNT; kin++)
			add_group(&fall, labels[kin], &why.group[kin]);
		add_families(&fall, &why);
		add_total(&fall, "predicted", estimate.mean);
	}
	picture_fit(picture);
	free(reasons);
	free(why.kin);
}
