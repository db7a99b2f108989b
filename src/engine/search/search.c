/* Search: candidates, and the expected score of any merge of them. */
#include "search/search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cblas.h>

#include "stemma/base/memory.h"

/* ---- candidates --------------------------------------------------------------- */

double search_target_score(const struct search *search, size_t row)
{
	return fit_observed(search->fit, row, &search->aim);
}

double search_turned(const struct search *search, double value)
{
	return search->upwards ? value : -value;
}

static bool same_scores(const struct engine_data *data, size_t a, size_t b)
{
	size_t count, other;
	const struct engine_cell *x = engine_data_cells(data, a, &count), *y = engine_data_cells(data, b, &other);

	if (count != other)
		return false;
	for (size_t i = 0; i < count; i++)
		if (x[i].benchmark != y[i].benchmark || x[i].value < y[i].value || x[i].value > y[i].value)
			return false;
	return true;
}

static int compare_numbers(double a, double b)
{
	return (a > b) - (a < b);
}

static int compare_scores(const struct engine_data *data, size_t a, size_t b)
{
	size_t count, other;
	const struct engine_cell *x = engine_data_cells(data, a, &count), *y = engine_data_cells(data, b, &other);
	int order = 0;

	for (size_t i = 0; i < count && i < other && order == 0; i++) {
		order = (x[i].benchmark > y[i].benchmark) - (x[i].benchmark < y[i].benchmark);
		if (order == 0)
			order = compare_numbers(x[i].value, y[i].value);
	}
	return order != 0 ? order : (count > other) - (count < other);
}

static int compare_facts(const struct engine_model *a, const struct engine_model *b)
{
	int order = strcmp(a->architecture, b->architecture);

	if (order == 0)
		order = compare_numbers(round(a->params_b * 100), round(b->params_b * 100));
	if (order == 0)
		order = compare_numbers(a->params_b, b->params_b);
	return order != 0 ? order : (a->chat_template > b->chat_template) - (a->chat_template < b->chat_template);
}

static bool same_shape(const struct engine_model *a, const struct engine_model *b)
{
	return strcmp(a->architecture, b->architecture) == 0 &&
	       lround(a->params_b * 100) == lround(b->params_b * 100);
}

/* By family and, in it, by facts, scores and age: re-uploads stand together. */
static int compare_shapes(const void *left, const void *right, void *context)
{
	const struct search *search = context;
	const struct engine_data *data = &search->fit->data;
	const struct candidate *a = left, *b = right;
	int order = compare_facts(&search->described[a->row], &search->described[b->row]);

	if (order == 0)
		order = compare_scores(data, a->model, b->model);
	if (order == 0)
		order = compare_numbers(engine_data_model(data, a->model).uploaded,
					engine_data_model(data, b->model).uploaded);
	return order != 0 ? order : (a->model > b->model) - (a->model < b->model);
}

static int compare_brings(const void *left, const void *right)
{
	const struct candidate *a = left, *b = right;

	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	int order = compare_numbers(b->brings, a->brings);
	return order != 0 ? order : (a->model > b->model) - (a->model < b->model);
}

static bool is_included(const struct suggest_models *models, size_t model)
{
	for (size_t i = 0; i < models->include_count; i++)
		if (models->include[i] == model)
			return true;
	return false;
}

static void collect_candidates(struct search *search)
{
	const struct engine_fit *fit = search->fit;
	const struct suggest_models *models = &search->settings->models;

	search->candidate = memory_zero(fit->rows, sizeof *search->candidate);
	search->described = memory_zero(fit->rows, sizeof *search->described);
	for (size_t row = 0; row < fit->rows; row++) {
		size_t model = fit->row_model[row];
		const struct engine_model *facts = &search->described[row];
		attributes_describe(&fit->data, model, &search->described[row]);
		struct candidate candidate = {.model = model, .row = row,
					      .score = search_target_score(search, row),
					      .included = is_included(models, model)};
		if (models->has) {
			candidate.has = models->has[model];
			candidate.against = models->against[model];
		}
		if ((models->allowed && !models->allowed[model] && !candidate.included) ||
		    isnan(candidate.score) || !facts->architecture || !(facts->params_b > 0))
			continue;
		search->candidate[search->count++] = candidate;
	}
	qsort_r(search->candidate, search->count, sizeof *search->candidate, compare_shapes, search);
}

/* Takes out re-uploads; numbers families and facts. */
static void number_candidates(struct search *search)
{
	const struct engine_data *data = &search->fit->data;
	size_t kept = 0, family = 0;

	search->facts = memory_zero(search->count, sizeof *search->facts);
	for (size_t i = 0; i < search->count; i++) {
		struct candidate candidate = search->candidate[i];
		const struct engine_model *facts = &search->described[candidate.row];
		const struct engine_model *last = kept ? &search->described[search->candidate[kept - 1].row] : NULL;
		if (last && compare_facts(last, facts) == 0 && !candidate.included &&
		    same_scores(data, search->candidate[kept - 1].model, candidate.model))
			continue;
		if (last && !same_shape(last, facts))
			family++;
		if (!last || compare_facts(last, facts) != 0)
			search->facts[search->fact_count++] = (struct engine_model){
				.architecture = facts->architecture, .params_b = facts->params_b,
				.kind = KIND_MERGE, .chat_template = facts->chat_template};
		candidate.family = family;
		candidate.facts = search->fact_count - 1;
		search->candidate[kept++] = candidate;
	}
	search->count = kept;
}

static int compare_doubles(const void *left, const void *right)
{
	return compare_numbers(*(const double *)left, *(const double *)right);
}

static void number_dates(struct search *search)
{
	const struct engine_data *data = &search->fit->data;
	double *dates = search->dates = memory_allocate(search->count + 1, sizeof *dates);
	size_t known = 0, kept = 1;

	for (size_t i = 0; i < search->count; i++)
		if (!isnan(engine_data_model(data, search->candidate[i].model).uploaded))
			dates[1 + known++] = engine_data_model(data, search->candidate[i].model).uploaded;
	dates[0] = NAN;
	qsort(dates + 1, known, sizeof *dates, compare_doubles);
	for (size_t i = 0; i < known; i++)
		if (i == 0 || dates[1 + i] > dates[kept - 1])
			dates[kept++] = dates[1 + i];
	search->date_count = kept;
	for (size_t i = 0; i < search->count; i++) {
		double date = engine_data_model(data, search->candidate[i].model).uploaded;
		size_t low = 1, high = kept;
		while (!isnan(date) && low < high) {
			size_t middle = (low + high) / 2;
			if (dates[middle] < date)
				low = middle + 1;
			else
				high = middle;
		}
		search->candidate[i].date = isnan(date) ? 0 : low;
	}
}

/* ---- what parents bring ------------------------------------------------------- */

/* The target as weights on the factors. */
static enum status learn_target(struct search *search, struct error *error)
{
	const struct engine_fit *fit = search->fit;
	const struct engine_target *target = &search->settings->target;
	const struct transform *transform = &fit->transform;

	if (!fit_aim(fit, target, &search->aim)) {
		error_set(error, STATUS_USAGE, "the fit does not predict all benchmarks of the target");
		return error_advise(error, "choose among those of the default board");
	}
	search->upwards = engine_target_upwards(fit->data.benchmark, target);
	for (size_t c = 0; c < fit->columns.count; c++)
		search->aim.coefficient[c] = search_turned(search, search->aim.coefficient[c]);
	search->aim.constant = search_turned(search, search->aim.constant);
	search->constant = fit_mean(fit, &search->aim);
	search->left_over = fit_left_over(fit, &search->aim);
	for (size_t f = 0; f < transform->factors; f++)
		search->loading[f] = fit_loading(fit, &search->aim, f);
	for (size_t g = 0; g < fit->groups; g++)
		search->weights[g] = memory_zero(fit->rows, sizeof(double));
	for (size_t f = 0; f < transform->factors; f++)
		cblas_daxpy((int)fit->rows, search->loading[f], fit->solution + f * fit->rows, 1,
			    search->weights[fit->group_of[f]], 1);
	return STATUS_OK;
}

/* What a merge adds that no parent has, and the least that stays unknown. */
static void learn_innovation(struct search *search)
{
	const struct engine_fit *fit = search->fit;
	size_t terms = covariance_terms(&fit->covariance);
	struct covariance_point child = {.node = SIZE_MAX};
	double variance = search->left_over;

	child.kernel.own_origin = (int)ORIGIN_MERGE;
	for (size_t g = 0; g < fit->groups; g++) {
		search->innovation[g] = fit->group[g].theta[terms];
		for (size_t k = 0; k < terms; k++)
			if (covariance_is_lineage(&fit->covariance, k))
				search->innovation[g] += fit->group[g].theta[k] *
					covariance_value(&fit->covariance, k, &child, &child);
	}
	for (size_t f = 0; f < fit->transform.factors; f++)
		variance += search->loading[f] * search->loading[f] * fit->scale[f] *
			    search->innovation[fit->group_of[f]];
	search->least_deviation = sqrt(variance);
}

/* l_p = sum over the ancestors a of p of T_pa times what the scored
 * descendants of a say about a: linear, so each ancestor is summed once. */
static void learn_brings(struct search *search)
{
	const struct engine_fit *fit = search->fit;
	const struct kernel_space *space = &fit->covariance.space;
	size_t terms = covariance_terms(&fit->covariance);
	double *value = memory_zero(space->nodes, sizeof *value), by_origin[ORIGIN_COUNT][FIT_GROUPS_MAX] = {{0}};
	size_t count;
	const struct kernel_term *table = kernel_terms(&count);

	for (size_t k = 0; k < terms; k++)
		if (covariance_is_lineage(&fit->covariance, k))
			for (size_t g = 0; g < fit->groups; g++)
				by_origin[table[k].product[0].argument][g] += fit->group[g].theta[k];
	for (size_t row = 0; row < fit->rows; row++)
		for (size_t i = 0; i < space->points[row].path_count; i++) {
			const struct lineage_share *share = &space->points[row].path[i];
			for (size_t g = 0; g < fit->groups; g++)
				value[share->node] += share->share * search->weights[g][row] *
						      by_origin[space->origins[share->node]][g];
		}
	for (size_t i = 0; i < search->count; i++) {
		const struct kernel_point *point = &space->points[search->candidate[i].row];
		for (size_t j = 0; j < point->path_count; j++)
			search->candidate[i].brings += point->path[j].share * value[point->path[j].node];
	}
	free(value);
}

/* Group effects of a child of the facts at all dates: those of the terms without
 * a date once, the others by sums over the dates. */
static void learn_own(struct search *search, size_t facts)
{
	const struct engine_fit *fit = search->fit;
	const struct kernel_space *space = &fit->covariance.space;
	struct covariance_point point = {.node = SIZE_MAX};
	double *own = search->own + facts * search->date_count, sum = 0;
	size_t terms;
	const struct kernel_term *table = kernel_terms(&terms);

	attributes_point(fit->attributes, &search->facts[facts], &point.kernel);
	memset(own, 0, search->date_count * sizeof *own);
	for (size_t k = 0; k < terms; k++) {
		if (covariance_is_lineage(&fit->covariance, k))
			continue;
		if (kernel_term_has_date(&table[k])) {
			memset(search->cross, 0, fit->rows * sizeof *search->cross);
			for (size_t g = 0; g < fit->groups; g++)
				cblas_daxpy((int)fit->rows, fit->group[g].theta[k], search->weights[g], 1,
					    search->cross, 1);
			/* The first date is unknown and stands for itself. */
			kernel_date_sums(space, &table[k], &point.kernel, search->order, search->cross,
					 search->years, 1, own);
			kernel_date_sums(space, &table[k], &point.kernel, search->order, search->cross,
					 search->years + 1, search->date_count - 1, own + 1);
			continue;
		}
		covariance_cross(&fit->covariance, k, &point, search->node, search->cross);
		for (size_t g = 0; g < fit->groups; g++)
			sum += fit->group[g].theta[k] *
			       cblas_ddot((int)fit->rows, search->cross, 1, search->weights[g], 1);
	}
	for (size_t date = 0; date < search->date_count; date++)
		own[date] += sum;
}

double search_own(struct search *search, size_t facts, size_t date)
{
	if (isnan(search->own[facts * search->date_count]))
		learn_own(search, facts);
	return search->own[facts * search->date_count + date];
}

struct dated_row {
	double date;
	uint32_t row;
};

static int compare_dated(const void *left, const void *right)
{
	const struct dated_row *a = left, *b = right;
	int order = compare_numbers(a->date, b->date);

	return order != 0 ? order : (a->row > b->row) - (a->row < b->row);
}

/* The rows by date, and the dates as the kernel counts them. */
static void order_dates(struct search *search)
{
	const struct engine_fit *fit = search->fit;
	const struct kernel_space *space = &fit->covariance.space;
	struct dated_row *rows = memory_allocate(fit->rows, sizeof *rows);
	struct kernel_point point;

	search->order = memory_allocate(fit->rows, sizeof *search->order);
	for (size_t i = 0; i < fit->rows; i++)
		rows[i] = (struct dated_row){space->points[i].date, (uint32_t)i};
	qsort(rows, fit->rows, sizeof *rows, compare_dated);
	for (size_t i = 0; i < fit->rows; i++)
		search->order[i] = rows[i].row;
	free(rows);
	search->years = memory_allocate(search->date_count, sizeof *search->years);
	for (size_t i = 0; i < search->date_count; i++) {
		struct engine_model model = {.params_b = NAN, .uploaded = search->dates[i]};
		attributes_point(fit->attributes, &model, &point);
		search->years[i] = point.date;
	}
}

size_t search_date(const struct search *search, const size_t *members, size_t count)
{
	size_t date = 0;

	for (size_t i = 0; i < count; i++)
		if (search->candidate[members[i]].date > date)
			date = search->candidate[members[i]].date;
	return date;
}

bool search_may_merge(const struct search *search, const size_t *members, size_t count)
{
	const struct candidate *c = search->candidate;
	size_t included = 0;

	for (size_t i = 0; i < count; i++) {
		included += c[members[i]].included;
		for (size_t j = 0; j < count; j++)
			if (i != j && c[members[i]].has & c[members[j]].against)
				return false;
	}
	/* Pairs in a search for triples say how gains spread, whatever must be in. */
	return count < search->settings->parents || included >= search->settings->models.include_count;
}

double search_mean(struct search *search, const size_t *members, const double *weights, size_t count)
{
	double sum = search->constant + search_own(search, search->candidate[members[0]].facts,
						   search_date(search, members, count));

	for (size_t i = 0; i < count; i++)
		sum += weights[i] * search->candidate[members[i]].brings;
	return sum;
}

void search_child(const struct search *search, const size_t *members, const double *weights,
		  size_t count, struct engine_child *child)
{
	*child = (struct engine_child){
		.model = search->facts[search->candidate[members[0]].facts],
		.relation = RELATION_MERGE, .count = count,
	};
	child->model.uploaded = search->dates[search_date(search, members, count)];
	for (size_t i = 0; i < count; i++) {
		child->parents[i] = search->candidate[members[i]].model;
		child->weights[i] = weights[i];
	}
}

/* A merge of two bad models is expected to gain most, and of use to nobody. */
static void learn_floor(struct search *search)
{
	double *scores = memory_allocate(search->count + 1, sizeof *scores);

	for (size_t i = 0; i < search->count; i++)
		scores[i] = search->candidate[i].score;
	qsort(scores, search->count, sizeof *scores, compare_doubles);
	search->floor = search_turned(search, search->settings->floor);
	if (isnan(search->floor))
		search->floor = search->count ? scores[search->count * 9 / 10] : 0;
	free(scores);
}

/* ---- the whole ---------------------------------------------------------------- */

static enum status check_included(const struct search *search, struct error *error)
{
	const struct suggest_models *models = &search->settings->models;

	for (size_t i = 0; i < models->include_count; i++) {
		size_t c = 0;
		while (c < search->count && search->candidate[c].model != models->include[i])
			c++;
		if (c < search->count)
			continue;
		error_set(error, STATUS_NO_INPUT, "%s cannot be a parent here",
			  engine_data_model(&search->fit->data, models->include[i]).name);
		error_advise(error, "parents need a known architecture, size and score");
		return STATUS_NO_INPUT;
	}
	return STATUS_OK;
}

enum status search_new(const struct engine_fit *fit, const struct suggest_settings *settings,
		       struct progress *progress, struct search *search, struct error *error)
{
	*search = (struct search){.fit = fit, .settings = settings, .progress = progress};
	if (fit->settings.prior != PRIOR_KIN)
		return error_set(error, STATUS_USAGE, "suggestions need the prior kin");
	if (fit_check_factored(fit, error) != STATUS_OK)
		return STATUS_SOFTWARE;
	search->node = memory_zero(fit->data.models, sizeof *search->node);
	search->cross = memory_allocate(fit->rows, sizeof *search->cross);
	if (learn_target(search, error) != STATUS_OK)
		return STATUS_USAGE;
	learn_innovation(search);
	collect_candidates(search);
	number_candidates(search);
	number_dates(search);
	learn_brings(search);
	learn_floor(search);
	qsort(search->candidate, search->count, sizeof *search->candidate, compare_brings);
	order_dates(search);
	search->own = memory_allocate((search->fact_count + 1) * search->date_count, sizeof(double));
	for (size_t i = 0; i < search->fact_count * search->date_count; i++)
		search->own[i] = NAN;
	if (search->count >= settings->parents)
		return check_included(search, error);
	error_set(error, STATUS_NO_INPUT, "%zu models are left to merge", search->count);
	error_advise(error, "loosen the constraints");
	return STATUS_NO_INPUT;
}

void search_free(struct search *search)
{
	for (size_t g = 0; g < FIT_GROUPS_MAX; g++)
		free(search->weights[g]);
	free(search->described);
	free(search->candidate);
	free(search->facts);
	free(search->dates);
	free(search->order);
	free(search->years);
	free(search->own);
	free(search->node);
	free(search->cross);
}
