/* Search: candidates, and the expected score of any merge of them. */
#include "search/search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/inherited.h"
#include "stemma/base/memory.h"

/* The target is made linear at the candidates whose score is above this share of them. */
#define REFERENCE_SHARE 0.8

/* ---- candidates --------------------------------------------------------------- */

double search_target_score(const struct search *search, size_t row)
{
	return search_turned(search, fit_observed(search->fit, row, &search->settings->target));
}

double search_value(const struct search *search, double mean, double best, double deviation)
{
	switch (search->settings->by) {
	case SUGGEST_SCORE:  return mean;
	case SUGGEST_CHANCE: return (mean - best) / deviation;
	case SUGGEST_GAIN:
	case SUGGEST_ORDER_COUNT: break;
	}
	return mean - best;
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

static double gradient_dot(const struct search *search, const double *mean)
{
	double sum = 0;

	for (size_t k = 0; k < factors_rank(search->fit->factors); k++)
		sum += search->gradient[k] * mean[k];
	return sum;
}

/* The published target that so much of the candidates is below. */
static double score_quantile(const struct search *search, double share)
{
	double *scores = memory_allocate(search->count + 1, sizeof *scores);

	for (size_t i = 0; i < search->count; i++)
		scores[i] = search->candidate[i].score;
	qsort(scores, search->count, sizeof *scores, compare_doubles);
	double score = search->count ? scores[(size_t)(share * (double)search->count)] : 0;
	free(scores);
	return score;
}

/* Where the target is made linear: the mean f of the better candidates, without their own scores. */
static void mean_ability(const struct search *search, double *mean)
{
	const struct factors *factors = search->fit->factors;
	size_t rank = factors_rank(factors), count = 0;
	double least = score_quantile(search, REFERENCE_SHARE), own[FACTORS_RANK_MAX];
	double *covariance = memory_allocate(rank * rank, sizeof *covariance);

	memset(mean, 0, rank * sizeof *mean);
	for (size_t i = 0; i < search->count; i++) {
		if (search->candidate[i].score < least)
			continue;
		factors_cold(factors, search->candidate[i].model, own, covariance);
		count++;
		for (size_t k = 0; k < rank; k++)
			mean[k] += own[k];
	}
	for (size_t k = 0; k < rank && count > 0; k++)
		mean[k] /= (double)count;
	free(covariance);
}

/* The target as weights on the factors, and the least that stays unknown of a merge. */
static void learn_target(struct search *search)
{
	const struct factors *factors = search->fit->factors;
	const struct engine_target *target = &search->settings->target;
	const struct engine_model nothing = {.params_b = NAN, .uploaded = NAN};
	size_t rank = factors_rank(factors);
	double mean[FACTORS_RANK_MAX];
	struct factors_state merge;

	mean_ability(search, mean);
	double value = search_turned(search, factors_gradient(factors, target, mean, search->gradient));
	for (size_t k = 0; k < rank; k++)
		search->gradient[k] = search_turned(search, search->gradient[k]);
	search->constant = value - gradient_dot(search, mean);
	search->left_over = factors_noise(factors, target, mean);
	factors_state_new(factors, &merge);
	factors_facts(factors, &nothing, RELATION_MERGE, 2, &merge);
	search->least_deviation = sqrt(search->left_over + quadratic(search->gradient, merge.own, rank));
	factors_state_free(&merge);
}

static void learn_brings(struct search *search)
{
	double mean[FACTORS_RANK_MAX];

	for (size_t i = 0; i < search->count; i++) {
		factors_parent_mean(search->fit->factors, search->candidate[i].model, mean);
		search->candidate[i].brings = gradient_dot(search, mean);
	}
}

/* Effects of a child's facts at all dates. */
static void learn_own(struct search *search, size_t facts)
{
	double *own = search->own + facts * search->date_count, mean[FACTORS_RANK_MAX];
	struct engine_model model = search->facts[facts];

	for (size_t date = 0; date < search->date_count; date++) {
		model.uploaded = search->dates[date];
		factors_facts_mean(search->fit->factors, &model, mean);
		own[date] = gradient_dot(search, mean);
	}
}

double search_own(struct search *search, size_t facts, size_t date)
{
	if (isnan(search->own[facts * search->date_count]))
		learn_own(search, facts);
	return search->own[facts * search->date_count + date];
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

double search_told(struct search *search, const size_t *members, const double *weights, size_t count)
{
	double sum = search->constant + search_own(search, search->candidate[members[0]].facts,
						   search_date(search, members, count));

	for (size_t i = 0; i < count; i++)
		sum += weights[i] * search->candidate[members[i]].brings;
	return sum;
}

void search_relate(struct search *search, const size_t *members, size_t count, double *covariance)
{
	for (size_t i = 0; i < count; i++) {
		covariance[i * count + i] = search->candidate[members[i]].alone;
		for (size_t j = 0; j < i; j++) {
			/* The row of the smaller number is the one that stays in a search. */
			size_t a = members[i] < members[j] ? members[i] : members[j], b = members[i] + members[j] - a;
			covariance[i * count + j] = covariance[j * count + i] = factors_relation(search->relations, a, b);
		}
	}
}

double search_mean(struct search *search, const size_t *members, const double *weights, size_t count,
		   const double *covariance)
{
	double rho = inherited_share(weights, covariance, count), published = 0;

	for (size_t i = 0; i < count; i++)
		published += weights[i] * search->candidate[members[i]].score;
	return rho * published + (1 - rho) * search_told(search, members, weights, count);
}

static enum answer template_of(const struct search *search, const size_t *members, size_t count)
{
	enum answer first = search->facts[search->candidate[members[0]].facts].chat_template;

	for (size_t i = 1; i < count; i++)
		if (search->facts[search->candidate[members[i]].facts].chat_template != first)
			return ANSWER_UNKNOWN;
	return first;
}

void search_child(const struct search *search, const size_t *members, const double *weights,
		  size_t count, struct engine_child *child)
{
	*child = (struct engine_child){
		.model = search->facts[search->candidate[members[0]].facts],
		.relation = RELATION_MERGE, .count = count,
	};
	child->model.uploaded = search->dates[search_date(search, members, count)];
	child->model.chat_template = template_of(search, members, count);
	for (size_t i = 0; i < count; i++) {
		child->parents[i] = search->candidate[members[i]].model;
		child->weights[i] = weights[i];
	}
}

static void learn_relations(struct search *search)
{
	uint32_t *models = memory_allocate(search->count + 1, sizeof *models);

	for (size_t i = 0; i < search->count; i++)
		models[i] = (uint32_t)search->candidate[i].model;
	search->relations = factors_relations_new(search->fit->factors, false, models, search->count);
	for (size_t i = 0; i < search->count; i++)
		search->candidate[i].alone = factors_relation(search->relations, i, i);
	free(models);
}

/* A merge of two bad models is expected to gain most, and of use to nobody. */
static void learn_floor(struct search *search)
{
	search->floor = search_turned(search, search->settings->floor);
	if (isnan(search->floor))
		search->floor = score_quantile(search, 0.9);
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
	if (!engine_fit_covers(fit, &settings->target)) {
		error_set(error, STATUS_USAGE, "the fit does not predict all benchmarks of the target");
		return error_advise(error, "choose among those that scored models have");
	}
	search->upwards = engine_target_upwards(fit->data.benchmark, &settings->target);
	collect_candidates(search);
	number_candidates(search);
	number_dates(search);
	learn_target(search);
	learn_brings(search);
	learn_floor(search);
	qsort(search->candidate, search->count, sizeof *search->candidate, compare_brings);
	learn_relations(search);
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
	free(search->described);
	free(search->candidate);
	free(search->facts);
	free(search->dates);
	free(search->own);
	factors_relations_free(search->relations);
}
