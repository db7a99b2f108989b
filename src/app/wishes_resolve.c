/* Wishes as settings of a search. */
#include "stemma/app/wishes.h"

#include <fnmatch.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/app/licences.h"
#include "stemma/app/target.h"
#include "stemma/base/memory.h"
#include "stemma/base/number.h"
#include "stemma/base/suggest.h"

#define LIMIT_STANDARD 20
#define COUNT_MAX 1000000

/* ---- values --------------------------------------------------------------------- */

static enum status bad_value(enum wish wish, const char *value, const char *expected, const char *example,
			     struct error *error)
{
	error_set(error, STATUS_USAGE, "%s '%s' is no %s", wish_info(wish)->word, value, expected);
	return error_advise(error, "as in %s", example);
}

struct range {
	double least, most;
	const char *expected, *example;
};
static const struct range billions = {1e-9, 1e9, "number of billions", "8"};
static const struct range values = {-1e12, 1e12, "value of the target", "30"};

static enum status read_number(const struct wishes *wishes, enum wish wish, double standard,
			       const struct range *range, double *value, struct error *error)
{
	const char *word = wishes_value(wishes, wish);
	char *end = NULL;

	*value = word ? strtod(word, &end) : standard;
	if (!word || (end != word && *end == '\0' && *value >= range->least && *value <= range->most))
		return STATUS_OK;
	return bad_value(wish, word, range->expected, range->example, error);
}

static enum status read_count(const struct wishes *wishes, enum wish wish, size_t standard, size_t *value,
			      struct error *error)
{
	const char *word = wishes_value(wishes, wish);
	uint64_t number = standard;

	if (word && (!number_read(word, &number) || number < 1 || number > COUNT_MAX))
		return bad_value(wish, word, number > COUNT_MAX ? "number up to 1000000" : "number from 1 up", "20",
				 error);
	*value = (size_t)number;
	return STATUS_OK;
}

static enum status read_date(const struct wishes *wishes, enum wish wish, double standard, double *value,
			     struct error *error)
{
	const char *word = wishes_value(wishes, wish);

	*value = word ? date_days(word) : standard;
	return isnan(*value) ? bad_value(wish, word, "date", "2024-06-30", error) : STATUS_OK;
}

static enum status check_choice(const struct wishes *wishes, enum wish wish, struct error *error)
{
	const char *const *choices = wish_choices(wish);
	const char *value = wishes_value(wishes, wish);

	if (!choices || !value || strcmp(choices[wishes_choice(wishes, wish)], value) == 0)
		return STATUS_OK;
	const char *nearest = strlen(value) > 2 ? suggest_nearest(value, choices) : NULL;
	struct text words = {0};
	for (size_t i = 0; choices[i]; i++)
		text_append_format(&words, "%s%s", i ? ", " : "", choices[i]);
	error_set(error, STATUS_USAGE, "%s does not take '%s'", wish_info(wish)->word, value);
	if (nearest)
		error_advise(error, "did you mean '%s'?", nearest);
	else
		error_advise(error, "it takes %s", text_string(&words));
	text_free(&words);
	return STATUS_USAGE;
}

/* ---- methods ---------------------------------------------------------------------- */

bool wish_method_fits(enum merge_method method, size_t count)
{
	const struct merge_method_info *info = merge_method_info(method);
	double weights[SUGGEST_PARENTS_MAX] = {0.5, 0.3, 0.2}, shares[SUGGEST_PARENTS_MAX], base = 0;

	if (count == 2)
		weights[0] = 0.7;
	if (info->reduction == REDUCE_LAYERS || info->reduction == REDUCE_NEAR || (info->reduction == REDUCE_SLERP && count != 2) ||
	    (info->parents_max > 1 && count > (size_t)info->parents_max))
		return false;
	merge_shares(method, count, weights, info->parents_max == 1 ? 0 : -1, 1, shares, &base);
	for (size_t i = 0; i < count; i++)
		if (base > 0 || fabs(shares[i] - weights[i]) > 1e-6)
			return false;
	return true;
}

static enum status check_method(const struct wish_search *search, struct error *error)
{
	if (wish_method_fits(search->method, search->settings.parents))
		return STATUS_OK;
	error_set(error, STATUS_USAGE, "%s does not give %zu parents the shares that suggest looks for",
		  merge_method_info(search->method)->name, search->settings.parents);
	return error_advise(error, "take linear, and try the method with 'stemma predict'");
}

/* ---- which models may take part ------------------------------------------------------ */

struct limits {
	double least, most, since, until;
	enum rights rights;
};

static bool matches(const struct wishes *wishes, enum wish wish, const char *word)
{
	const struct wish_values *given = &wishes->given[wish];

	for (size_t i = 0; word && i < given->count; i++)
		if (fnmatch(given->values[i], word, FNM_CASEFOLD) == 0)
			return true;
	return false;
}

static bool is_owned(const struct wishes *wishes, const char *name)
{
	if (!wishes_has(wishes, WISH_OWNER) && !wishes_has(wishes, WISH_NOT_OWNER))
		return true;
	const char *slash = strchr(name, '/');
	char *owner = memory_string_slice(name, slash ? (size_t)(slash - name) : 0);
	bool owned = (!wishes_has(wishes, WISH_OWNER) || matches(wishes, WISH_OWNER, owner)) &&
		     !matches(wishes, WISH_NOT_OWNER, owner);

	free(owner);
	return owned;
}

/* Unknown sizes, dates and licences pass only where nothing is asked of them. */
static bool is_allowed(const struct catalog_model *model, const struct wishes *wishes,
		       const struct limits *limits)
{
	if ((model->suspect && !wishes_has(wishes, WISH_SUSPECTS)) || !is_owned(wishes, model->name))
		return false;
	if ((wishes_has(wishes, WISH_LICENSE) && !matches(wishes, WISH_LICENSE, model->license)) ||
	    matches(wishes, WISH_NO_LICENSE, model->license))
		return false;
	if (wishes_has(wishes, WISH_ARCHITECTURE) && !matches(wishes, WISH_ARCHITECTURE, model->architecture))
		return false;
	if (model->params_b < limits->least || model->params_b > limits->most)
		return false;
	if (!wishes_has(wishes, WISH_SINCE) && !wishes_has(wishes, WISH_UNTIL))
		return true;
	return model->uploaded >= limits->since && model->uploaded <= limits->until;
}

/* The classes of a model's licence and of those of all its ancestors. */
static unsigned inherited_classes(const struct catalog *catalog, struct lineage_walk *walk, size_t model)
{
	size_t count;
	const struct lineage_share *share = lineage_ancestors(walk, model, &count);
	unsigned classes = 0;

	for (size_t i = 0; i < count; i++)
		classes |= 1u << licence_class(catalog->models[share[i].node].license);
	return classes;
}

static bool rights_allow(enum rights rights, unsigned classes, enum licence_class own)
{
	if (classes & licence_conflicts(classes))
		return false;
	if (rights == RIGHTS_COMMERCIAL)
		return !(classes & LICENCE_BIT(NONCOMMERCIAL));
	if (rights == RIGHTS_PERMISSIVE)
		return own == LICENCE_PERMISSIVE && !(classes & ~(LICENCE_BIT(PERMISSIVE) | LICENCE_BIT(UNKNOWN)));
	return true;
}

/* What may not be joined is said to the engine as sets of classes. */
static void demand_rights(const struct catalog *catalog, enum rights rights, struct wish_search *search)
{
	struct lineage_walk *walk = lineage_walk_new(catalog->lineage);

	search->has = memory_zero(catalog->count + 1, sizeof *search->has);
	search->against = memory_zero(catalog->count + 1, sizeof *search->against);
	for (size_t i = 0; i < catalog->count; i++) {
		if (!search->allowed[i] || !catalog->models[i].scored)
			continue;
		unsigned classes = inherited_classes(catalog, walk, i);
		search->allowed[i] = rights_allow(rights, classes, licence_class(catalog->models[i].license));
		search->has[i] = classes;
		search->against[i] = licence_conflicts(classes);
	}
	lineage_walk_free(walk);
}

/* An 8B model has 8.03 billion parameters, a 7B one up to 7.7. */
#define NAMED_SIZE 1.1

static enum status read_limits(const struct wishes *wishes, struct limits *limits, struct error *error)
{
	enum status status = read_number(wishes, WISH_MIN_PARAMS, 0, &billions, &limits->least, error);

	if (status == STATUS_OK)
		status = read_number(wishes, WISH_MAX_PARAMS, INFINITY, &billions, &limits->most, error);
	limits->most *= NAMED_SIZE;
	if (status == STATUS_OK)
		status = read_date(wishes, WISH_SINCE, -INFINITY, &limits->since, error);
	if (status == STATUS_OK)
		status = read_date(wishes, WISH_UNTIL, INFINITY, &limits->until, error);
	limits->rights = (enum rights)wishes_choice(wishes, WISH_RIGHTS);
	return status;
}

static enum status exclude(const struct wishes *wishes, const struct catalog *catalog, bool *allowed,
			   struct error *error)
{
	const struct wish_values *given = &wishes->given[WISH_EXCLUDE];
	enum status status = STATUS_OK;
	size_t model;

	for (size_t i = 0; i < given->count && status == STATUS_OK; i++) {
		status = catalog_resolve(catalog, given->values[i], &model, error);
		if (status == STATUS_OK)
			allowed[model] = false;
	}
	return status;
}

static enum status find_allowed(const struct wishes *wishes, const struct catalog *catalog,
				struct wish_search *search, struct error *error)
{
	struct limits limits;
	enum status status = read_limits(wishes, &limits, error);

	search->allowed = memory_zero(catalog->count + 1, sizeof *search->allowed);
	for (size_t i = 0; i < catalog->count && status == STATUS_OK; i++)
		search->allowed[i] = is_allowed(&catalog->models[i], wishes, &limits) &&
				     !(catalog->excluded && catalog->excluded[i]);
	if (status == STATUS_OK)
		status = exclude(wishes, catalog, search->allowed, error);
	if (status == STATUS_OK && limits.rights != RIGHTS_ANY)
		demand_rights(catalog, limits.rights, search);
	return status;
}

static enum status find_included(const struct wishes *wishes, const struct catalog *catalog,
				 struct wish_search *search, struct error *error)
{
	const struct wish_values *given = &wishes->given[WISH_INCLUDE];
	enum status status = STATUS_OK;

	if (given->count > search->settings.parents)
		return error_set(error, STATUS_USAGE, "include names more models than a merge of %zu has",
				 search->settings.parents);
	search->include = memory_zero(given->count + 1, sizeof *search->include);
	search->settings.models.include_count = given->count;
	for (size_t i = 0; i < given->count && status == STATUS_OK; i++)
		status = catalog_resolve(catalog, given->values[i], &search->include[i], error);
	return status;
}

/* ---- what is to be found -------------------------------------------------------------- */

static bool same_target(const struct engine_target *a, const struct engine_target *b)
{
	bool same = a->count == b->count;

	for (size_t i = 0; i < a->count && same; i++)
		same = a->benchmark[i] == b->benchmark[i] && fabs(a->weight[i] - b->weight[i]) < 1e-12;
	return same;
}

static enum status add_axis(const struct session *session, const char *word, struct wish_search *search,
			    struct text *said, struct error *error)
{
	struct target_names names = session_names(session);
	struct target axis;
	size_t count = search->front.axis_count;
	enum status status = target_parse(session->catalog, &names, word, &axis, said, error);

	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		if (same_target(&search->targets[i], &axis.engine))
			status = error_set(error, STATUS_USAGE, "pareto names %s twice", word);
	if (status == STATUS_OK && count == FRONT_AXES_MAX)
		status = error_set(error, STATUS_USAGE, "pareto takes at most %d benchmarks", FRONT_AXES_MAX);
	if (status != STATUS_OK) {
		target_free(&axis);
		return status;
	}
	search->axes[count] = axis;
	search->targets[count] = axis.engine;
	search->front.axis_count++;
	return STATUS_OK;
}

/* "ifeval,math" */
static enum status find_axes(const struct wishes *wishes, const struct session *session,
			     struct wish_search *search, struct text *said, struct error *error)
{
	const char *list = wishes_value(wishes, WISH_PARETO);
	char *copy = memory_string(list ? list : ""), *rest = NULL;
	enum status status = STATUS_OK;

	search->axes = memory_zero(FRONT_AXES_MAX, sizeof *search->axes);
	search->targets = memory_zero(FRONT_AXES_MAX, sizeof *search->targets);
	for (char *word = strtok_r(copy, ",", &rest); word && status == STATUS_OK;
	     word = strtok_r(NULL, ",", &rest))
		status = add_axis(session, word, search, said, error);
	free(copy);
	if (status == STATUS_OK && list && search->front.axis_count < 2) {
		error_set(error, STATUS_USAGE, "pareto takes two benchmarks or more");
		return error_advise(error, "as in ifeval,math");
	}
	return status;
}

/* A front has no order of its own and is of pairs. */
static enum status check_front(const struct wishes *wishes, struct error *error)
{
	static const enum wish others[] = {WISH_TARGET, WISH_ORDER, WISH_EXPLORE, WISH_FLOOR, WISH_PER_MODEL};

	if (!wishes_has(wishes, WISH_PARETO))
		return STATUS_OK;
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (wishes_has(wishes, others[i]))
			return error_set(error, STATUS_USAGE, "pareto excludes %s", wish_info(others[i])->word);
	if (wishes_choice(wishes, WISH_PARENTS) != 0)
		return error_set(error, STATUS_USAGE, "pareto is of pairs only");
	return STATUS_OK;
}

static enum status read_target(const struct wishes *wishes, const struct session *session,
			       struct wish_search *search, struct text *said, struct error *error)
{
	struct target_names names = session_names(session);

	if (!wishes_has(wishes, WISH_TARGET)) {
		search->target = target_copy(&session->target);
		return STATUS_OK;
	}
	return target_parse(session->catalog, &names, wishes_value(wishes, WISH_TARGET), &search->target, said,
			    error);
}

static enum status read_settings(const struct wishes *wishes, const struct session *session,
				 struct wish_search *search, struct text *said, struct error *error)
{
	struct suggest_settings *settings = &search->settings;
	enum status status = STATUS_OK;

	for (int i = 0; i < WISH_COUNT && status == STATUS_OK; i++)
		status = check_choice(wishes, (enum wish)i, error);
	if (status == STATUS_OK)
		status = check_front(wishes, error);
	settings->explore = wishes_has(wishes, WISH_EXPLORE);
	if (status == STATUS_OK && settings->explore && wishes_has(wishes, WISH_ORDER))
		status = error_set(error, STATUS_USAGE, "explore excludes order");
	settings->by = (enum suggest_order)wishes_choice(wishes, WISH_ORDER);
	settings->parents = 2 + wishes_choice(wishes, WISH_PARENTS);
	search->method = (enum merge_method)wishes_choice(wishes, WISH_METHOD);
	if (status == STATUS_OK)
		status = check_method(search, error);
	if (status == STATUS_OK)
		status = read_number(wishes, WISH_FLOOR, NAN, &values, &settings->floor, error);
	if (status == STATUS_OK)
		status = read_count(wishes, WISH_LIMIT, LIMIT_STANDARD, &settings->limit, error);
	if (status == STATUS_OK)
		status = read_count(wishes, WISH_PER_MODEL, 1, &settings->per_model, error);
	if (status == STATUS_OK)
		status = read_target(wishes, session, search, said, error);
	return status;
}

enum status wishes_resolve(const struct wishes *wishes, const struct session *session,
			   struct wish_search *search, struct text *said, struct error *error)
{
	const struct catalog *catalog = session->catalog;

	*search = (struct wish_search){0};
	enum status status = read_settings(wishes, session, search, said, error);
	if (status == STATUS_OK)
		status = find_axes(wishes, session, search, said, error);
	if (status == STATUS_OK)
		status = find_included(wishes, catalog, search, error);
	if (status == STATUS_OK)
		status = find_allowed(wishes, catalog, search, error);
	if (status != STATUS_OK) {
		wish_search_free(search);
		return status;
	}
	struct suggest_settings *settings = &search->settings;
	settings->models = (struct suggest_models){
		.allowed = search->allowed, .has = search->has, .against = search->against,
		.include = search->include, .include_count = settings->models.include_count,
	};
	settings->target = search->target.engine;
	search->front.models = settings->models;
	search->front.axes = search->targets;
	search->front.limit = settings->limit;
	return STATUS_OK;
}

void wish_search_free(struct wish_search *search)
{
	free(search->allowed);
	free(search->has);
	free(search->against);
	target_free(&search->target);
	free(search->include);
	for (size_t i = 0; i < search->front.axis_count; i++)
		target_free(&search->axes[i]);
	free(search->axes);
	free(search->targets);
	*search = (struct wish_search){0};
}
