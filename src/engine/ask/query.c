#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cblas.h>

#include "answers/answer_model.h"
#include "ask/query.h"
#include "stemma/base/memory.h"

struct engine_query *engine_query_new(const struct engine_fit *fit)
{
	struct engine_query *query = memory_zero(1, sizeof *query);

	query->fit = fit;
	query->walk = lineage_walk_new(fit->data.lineage);
	query->dense = memory_zero(fit->data.models, sizeof *query->dense);
	query->cross = memory_allocate(fit->rows, sizeof *query->cross);
	query->sum = memory_allocate(fit->groups * fit->rows, sizeof *query->sum);
	query->counts = memory_allocate(fit->groups * fit->rows, sizeof *query->counts);
	return query;
}

static void column_clear(struct column *column)
{
	free(column->path);
	for (size_t g = 0; g < FIT_GROUPS_MAX; g++) {
		free(column->sums.cross[g]);
		free(column->sums.weights[g]);
	}
	*column = (struct column){0};
}

void engine_query_free(struct engine_query *query)
{
	if (!query)
		return;
	for (size_t i = 0; i < COLUMNS_MAX; i++)
		column_clear(&query->column[i]);
	lineage_walk_free(query->walk);
	free(query->dense);
	free(query->cross);
	free(query->sum);
	free(query->counts);
	free(query);
}

/* ---- columns -------------------------------------------------------------------- */

static bool term_wanted(const struct engine_fit *fit, size_t term, enum which_terms which)
{
	return which == TERMS_ALL ||
	       covariance_is_lineage(&fit->covariance, term) == (which == TERMS_LINEAGE);
}

/* Sums the wanted terms between a point and all rows, for each group with its
 * own variances, into query->sum (groups x rows). */
static void query_sum_terms(struct engine_query *query, enum which_terms which,
			    const struct covariance_point *point)
{
	const struct engine_fit *fit = query->fit;
	size_t terms = covariance_terms(&fit->covariance), rows = fit->rows;

	memset(query->sum, 0, fit->groups * rows * sizeof *query->sum);
	for (size_t k = 0; k < terms; k++) {
		if (!term_wanted(fit, k, which))
			continue;
		covariance_cross(&fit->covariance, k, point, query->dense, query->cross);
		for (size_t g = 0; g < fit->groups; g++)
			cblas_daxpy((int)rows, fit->group[g].theta[k], query->cross, 1,
				    query->sum + g * rows, 1);
	}
}

/* Fills a column: its covariances and means. */
static void query_fill_column(struct engine_query *query, struct column *column,
			      enum which_terms which, const struct covariance_point *point)
{
	const struct engine_fit *fit = query->fit;
	int rows = (int)fit->rows;

	query_sum_terms(query, which, point);
	for (size_t f = 0; f < fit->transform.factors; f++)
		column->mean[f] = cblas_ddot(rows, query->sum + fit->group_of[f] * fit->rows, 1,
					     fit->solution + f * fit->rows, 1);
	for (size_t g = 0; g < fit->groups; g++) {
		if (!column->sums.cross[g]) {
			column->sums.cross[g] = memory_allocate(fit->rows, sizeof(double));
			column->sums.weights[g] = memory_allocate(fit->rows, sizeof(float));
		}
		memcpy(column->sums.cross[g], query->sum + g * fit->rows, fit->rows * sizeof(double));
	}
	column->sums.fresh = true;
	column->valid = true;
}

/* What the columns have in common, k_i' K^-1 k_j, and their weights. */
static void query_relate_columns(struct engine_query *query)
{
	const struct engine_fit *fit = query->fit;
	struct posterior_column *column[COLUMNS_MAX];
	double product[FIT_GROUPS_MAX * COLUMNS_MAX * COLUMNS_MAX];
	size_t place[COLUMNS_MAX], count = 0;

	for (size_t i = 0; i < COLUMNS_MAX; i++) {
		if (!query->column[i].valid)
			continue;
		place[count] = i;
		column[count++] = &query->column[i].sums;
	}
	fit->posterior->relate(fit, column, count, product);
	for (size_t g = 0; g < fit->groups; g++)
		for (size_t i = 0; i < count; i++)
			for (size_t j = 0; j < count; j++)
				query->product[g][place[i]][place[j]] = product[(g * count + i) * count + j];
	for (size_t i = 0; i < count; i++)
		column[i]->fresh = false;
}

static void column_set_path(struct column *column, const struct lineage_share *path, size_t count)
{
	free(column->path);
	column->path = memory_allocate(count, sizeof *path);
	memcpy(column->path, path, count * sizeof *path);
	column->path_count = count;
}

/* ---- a hypothetical child --------------------------------------------------------- */

/* The point of the child as parent `column` alone would make it. */
static struct covariance_point child_point(const struct engine_query *query,
					   const struct column *column)
{
	struct covariance_point point = {.kernel = query->attributes, .node = SIZE_MAX};

	point.kernel.path = column->path;
	point.kernel.path_count = column->path_count;
	return point;
}

double query_self(const struct engine_query *query, size_t group, enum which_terms which,
		  const struct covariance_point *a, const struct covariance_point *b)
{
	const struct engine_fit *fit = query->fit;
	size_t terms = covariance_terms(&fit->covariance);
	double sum = 0;

	for (size_t k = 0; k < terms; k++)
		if (term_wanted(fit, k, which))
			sum += fit->group[group].theta[k] *
			       covariance_value(&fit->covariance, k, a, b);
	return sum;
}

/* Prior covariances of column i with all others. */
static void query_compare_column(struct engine_query *query, size_t i)
{
	const struct engine_fit *fit = query->fit;
	struct covariance_point point = child_point(query, &query->column[i]);

	for (size_t j = 0; j < COLUMNS_MAX; j++) {
		if (!query->column[j].valid)
			continue;
		struct covariance_point other = child_point(query, &query->column[j]);
		for (size_t g = 0; g < fit->groups; g++) {
			double self = 0;
			if (i != OWN && j != OWN)
				self = query_self(query, g, TERMS_LINEAGE, &point, &other);
			else if (i == j)
				self = query_self(query, g, TERMS_OTHER, &point, &point);
			query->self[g][i][j] = query->self[g][j][i] = self;
		}
	}
}

static bool same_attributes(const struct kernel_point *a, const struct kernel_point *b)
{
	return memcmp(a->attribute, b->attribute, sizeof a->attribute) == 0 &&
	       a->size >= b->size && a->size <= b->size && a->date >= b->date && a->date <= b->date;
}

/* Keeps the columns of parents that stay, in their new places. */
static void query_keep_columns(struct engine_query *query, const struct engine_child *child,
			       bool *fresh)
{
	struct column old[COLUMNS_MAX];

	memcpy(old, query->column, sizeof old);
	memset(query->column, 0, ENGINE_PARENTS_MAX * sizeof *query->column);
	for (size_t i = 0; i < child->count; i++) {
		fresh[i] = true;
		for (size_t j = 0; j < ENGINE_PARENTS_MAX; j++) {
			if (!old[j].valid || old[j].parent != child->parents[i])
				continue;
			query->column[i] = old[j];
			old[j] = (struct column){0};
			fresh[i] = i != j; /* its covariances stand elsewhere */
			break;
		}
	}
	for (size_t j = 0; j < ENGINE_PARENTS_MAX; j++)
		column_clear(&old[j]);
}

/* The kin prior: columns that the weights combine. */
static void query_set_child(struct engine_query *query, const struct engine_child *child)
{
	struct kernel_point attributes;
	bool fresh[COLUMNS_MAX] = {false}, any = false;

	attributes_point(query->fit->attributes, &child->model, &attributes);
	if (!query->child_columns || !same_attributes(&attributes, &query->attributes))
		for (size_t i = 0; i < COLUMNS_MAX; i++)
			column_clear(&query->column[i]);
	query->attributes = attributes;
	query_keep_columns(query, child, fresh);
	query->parent_count = child->count;
	for (size_t i = 0; i < child->count; i++) {
		struct column *column = &query->column[i];
		query->parent[i] = child->parents[i];
		if (column->valid)
			continue;
		size_t count;
		const struct lineage_share *path =
			lineage_ancestors(query->walk, child->parents[i], &count);
		column->parent = child->parents[i];
		column_set_path(column, path, count);
		struct covariance_point point = child_point(query, column);
		query_fill_column(query, column, TERMS_LINEAGE, &point);
	}
	struct column *own = &query->column[OWN];
	fresh[OWN] = !own->valid;
	if (!own->valid) {
		struct covariance_point point = child_point(query, own);
		query_fill_column(query, own, TERMS_OTHER, &point);
	}
	for (size_t i = 0; i < COLUMNS_MAX; i++) {
		if (!query->column[i].valid || !fresh[i])
			continue;
		query_compare_column(query, i);
		any = true;
	}
	if (any)
		query_relate_columns(query);
}

/* Priors without directed weights: one column for the whole child. */
static void query_set_plain_child(struct engine_query *query, const struct engine_child *child)
{
	size_t parents[ENGINE_PARENTS_MAX], count = 0;
	struct column *own = &query->column[OWN];

	for (size_t i = 0; i < COLUMNS_MAX; i++)
		column_clear(&query->column[i]);
	query->parent_count = child->count;
	for (size_t i = 0; i < child->count; i++) {
		query->parent[i] = child->parents[i];
		if (child->weights[i] > 0)
			parents[count++] = child->parents[i];
	}
	struct covariance_point point = {.node = SIZE_MAX, .parents = parents, .parent_count = count};
	query_fill_column(query, own, TERMS_ALL, &point);
	query_relate_columns(query);
	for (size_t g = 0; g < query->fit->groups; g++)
		query->self[g][OWN][OWN] = query_self(query, g, TERMS_ALL, &point, &point);
}

/* The child's own innovation: what its making adds that no parent has. */
static double query_innovation(const struct engine_query *query, size_t group)
{
	const struct engine_fit *fit = query->fit;

	if (fit->settings.prior != PRIOR_KIN)
		return 0;
	struct kernel_point point = query->attributes;
	point.own_origin = query->parent_count ? (int)relation_origin(query->relation) : ORIGIN_ROOT;
	point.path_count = 0;
	struct covariance_point child = {.kernel = point, .node = SIZE_MAX};
	return query_self(query, group, TERMS_LINEAGE, &child, &child);
}

/* Combines the columns with the current weights. */
static void query_combine(struct engine_query *query, double *mean, double *variance)
{
	const struct engine_fit *fit = query->fit;
	double left[FIT_GROUPS_MAX];

	for (size_t g = 0; g < fit->groups; g++) {
		left[g] = query_innovation(query, g) + fit->group[g].theta[covariance_terms(&fit->covariance)];
		for (size_t i = 0; i < COLUMNS_MAX; i++)
			for (size_t j = 0; j < COLUMNS_MAX; j++)
				if (query->column[i].valid && query->column[j].valid)
					left[g] += query->weight[i] * query->weight[j] *
						   (query->self[g][i][j] - query->product[g][i][j]);
	}
	for (size_t f = 0; f < fit->transform.factors; f++) {
		mean[f] = 0;
		for (size_t i = 0; i < COLUMNS_MAX; i++)
			if (query->column[i].valid)
				mean[f] += query->weight[i] * query->column[i].mean[f];
		variance[f] = fit->scale[f] * fmax(left[fit->group_of[f]], 1e-9);
	}
}

/* Believes what the columns are, by what is known of the subject. */
static void query_believe(struct engine_query *query)
{
	fit_believe(query->fit, query->mean, query->variance, &query->belief);
	belief_condition(&query->belief, query->added);
	query->conditioned = false;
	for (size_t c = 0; c < query->belief.count; c++)
		query->conditioned |= query->belief.known[c];
}

/* Nothing is known of the subject itself. */
static void query_finish(struct engine_query *query)
{
	query->counts_known = false;
	for (size_t c = 0; c < FACTORS_MAX; c++)
		query->own[c] = query->added[c] = NAN;
	query_believe(query);
}

void query_aim(const struct engine_query *query, const struct aim *aim, double *points, double *deviation)
{
	if (query->conditioned)
		belief_aim(&query->belief, aim, points, deviation);
	else
		fit_to_points(query->fit, aim, query->mean, query->variance, points, deviation);
}

static enum status child_check(const struct engine_fit *fit, const struct engine_child *child,
			       double *total, struct error *error)
{
	*total = 0;
	if (child->count > ENGINE_PARENTS_MAX)
		return error_set(error, STATUS_USAGE, "%zu parents; at most %d", child->count,
				 ENGINE_PARENTS_MAX);
	for (size_t i = 0; i < child->count; i++) {
		if (child->parents[i] >= fit->data.models)
			return error_set(error, STATUS_USAGE, "parent %zu is not a model", i + 1);
		if (!(child->weights[i] >= 0) || isinf(child->weights[i]))
			return error_set(error, STATUS_USAGE, "weight %zu is not a number >= 0", i + 1);
		*total += child->weights[i];
	}
	if (child->count > 0 && *total <= 0)
		return error_set(error, STATUS_USAGE, "all weights are 0");
	return STATUS_OK;
}

enum status engine_predict_child(struct engine_query *query, const struct engine_child *child,
				 struct error *error)
{
	double total;
	struct engine_child described = *child;
	enum status status = child_check(query->fit, child, &total, error);

	if (status == STATUS_OK)
		status = fit_check_factored(query->fit, error);
	if (status != STATUS_OK)
		return status;
	attributes_describe_child(&query->fit->data, child, &described.model);
	if (query->fit->settings.prior == PRIOR_KIN)
		query_set_child(query, &described);
	else
		query_set_plain_child(query, &described);
	query->subject = SUBJECT_CHILD;
	query->child_columns = true;
	query->relation = child->relation;
	memset(query->weight, 0, sizeof query->weight);
	query->weight[OWN] = 1;
	for (size_t i = 0; i < child->count; i++)
		query->weight[i] = child->weights[i] / total;
	query->spread = fit_spread(query->fit, &described.model);
	query_combine(query, query->mean, query->variance);
	query_finish(query);
	return STATUS_OK;
}

/* ---- a model of the data ------------------------------------------------------------ */

/* A model without scores: one column with all terms. */
static void query_set_node(struct engine_query *query, size_t model)
{
	const struct engine_fit *fit = query->fit;
	struct column *own = &query->column[OWN];
	size_t count;

	for (size_t i = 0; i < COLUMNS_MAX; i++)
		column_clear(&query->column[i]);
	attributes_point_of(fit->attributes, &fit->data, model, &query->attributes);
	const struct lineage_share *path = lineage_ancestors(query->walk, model, &count);
	column_set_path(own, path, count);
	struct covariance_point point = child_point(query, own);
	point.node = model;
	query_fill_column(query, own, TERMS_ALL, &point);
	memset(query->weight, 0, sizeof query->weight);
	query->weight[OWN] = 1;
	query_relate_columns(query);
	for (size_t g = 0; g < fit->groups; g++)
		query->self[g][OWN][OWN] = query_self(query, g, TERMS_ALL, &point, &point);
}

/* The factor means and variances of a node: like query_combine(), but the
 * node's innovation is in its own path already. */
static void query_node_posterior(const struct engine_query *query, double *mean, double *variance)
{
	const struct engine_fit *fit = query->fit;
	size_t noise = covariance_terms(&fit->covariance);

	for (size_t f = 0; f < fit->transform.factors; f++) {
		size_t g = fit->group_of[f];
		mean[f] = query->column[OWN].mean[f];
		variance[f] = fit->scale[f] * fmax(query->self[g][OWN][OWN] - query->product[g][OWN][OWN] +
						   fit->group[g].theta[noise], 1e-9);
	}
}

enum status engine_predict_model(struct engine_query *query, size_t model, struct error *error)
{
	const struct engine_fit *fit = query->fit;

	if (model >= fit->data.models)
		return error_set(error, STATUS_USAGE, "no such model");
	if (fit->model_row[model] < 0 && fit_check_factored(fit, error) != STATUS_OK)
		return STATUS_SOFTWARE;
	query->model = model;
	if (fit->model_row[model] >= 0) {
		query->subject = SUBJECT_SCORED;
		query->spread = fit->spread[SPREAD_ONE_OUT];
		fit_leave_one_out(fit, (size_t)fit->model_row[model], query->mean, query->variance);
	} else {
		query->subject = SUBJECT_NODE;
		struct engine_model facts;
		attributes_describe(&fit->data, model, &facts);
		query->spread = fit_spread(fit, &facts);
		query->child_columns = false;
		query_set_node(query, model);
		query_node_posterior(query, query->mean, query->variance);
	}
	query_finish(query);
	return STATUS_OK;
}

enum status engine_predict_known(struct engine_query *query, size_t model, struct error *error)
{
	enum status status = engine_predict_model(query, model, error);

	if (status == STATUS_OK && columns_read(&query->fit->columns, &query->fit->data, model, query->own)) {
		memcpy(query->added, query->own, sizeof query->added);
		query_believe(query);
	}
	return status;
}

struct lineage_share *query_path(struct engine_query *query, size_t *count)
{
	const struct lineage_share *path;

	if (query->subject == SUBJECT_CHILD)
		path = lineage_child_ancestors(query->walk, query->parent_count, query->parent,
					       query->weight, count);
	else
		path = lineage_ancestors(query->walk, query->model, count);
	struct lineage_share *copy = memory_allocate(*count, sizeof *copy);
	if (*count > 0)
		memcpy(copy, path, *count * sizeof *copy);
	return copy;
}

/* ---- for other columns than scores -------------------------------------------------- */

size_t query_model(const struct engine_query *query)
{
	return query->subject == SUBJECT_CHILD ? SIZE_MAX : query->model;
}

struct covariance_point query_point(struct engine_query *query, struct lineage_share **path)
{
	const struct engine_fit *fit = query->fit;
	struct covariance_point point = {.node = query_model(query), .parents = query->parent,
					 .parent_count = query->parent_count};
	size_t path_count;

	*path = query_path(query, &path_count);
	if (query->subject == SUBJECT_CHILD)
		point.kernel = query->attributes;
	else
		attributes_point_of(fit->attributes, &fit->data, query->model, &point.kernel);
	point.kernel.path = *path;
	point.kernel.path_count = path_count;
	return point;
}

void query_prior_cross(struct engine_query *query, const uint32_t *rows, size_t count, double *cross,
		       double *self)
{
	const struct engine_fit *fit = query->fit;
	struct lineage_share *path;
	struct covariance_point point = query_point(query, &path);

	query_sum_terms(query, TERMS_ALL, &point);
	for (size_t i = 0; i < count; i++)
		cross[i] = query->sum[rows[i]];
	*self = query_self(query, 0, TERMS_ALL, &point, &point) +
		fit->group[0].theta[covariance_terms(&fit->covariance)];
	if (query->subject == SUBJECT_CHILD)
		*self += query_innovation(query, 0);
	free(path);
}

/* ---- estimates ----------------------------------------------------------------------- */

void engine_condition(struct engine_query *query, const struct engine_cell *known, size_t count)
{
	if (query->subject == SUBJECT_NONE)
		return;
	memcpy(query->added, query->own, sizeof query->added);
	for (size_t i = 0; i < count; i++) {
		size_t column = columns_find(&query->fit->columns, known[i].benchmark);
		if (column != SIZE_MAX)
			query->added[column] = known[i].value;
	}
	query_believe(query);
}

void engine_estimate(const struct engine_query *query, const struct engine_target *target,
		     struct engine_estimate *estimate)
{
	struct aim aim;
	double points, deviation;

	*estimate = (struct engine_estimate){NAN, NAN, NAN, NAN, NAN, NAN};
	if (query->subject == SUBJECT_NONE || !fit_aim(query->fit, target, &aim))
		return;
	query_aim(query, &aim, &points, &deviation);
	*estimate = fit_estimate(&aim, query->spread, points, deviation);
}

double query_calibrated(const struct engine_query *query, const struct aim *aim, double deviation)
{
	return deviation * query->spread[aim->spread].ninety / NORMAL_90;
}

double engine_chance_above(const struct engine_query *query, const struct engine_target *target, double threshold)
{
	struct aim aim;
	double points, deviation;

	if (query->subject == SUBJECT_NONE || !fit_aim(query->fit, target, &aim))
		return NAN;
	query_aim(query, &aim, &points, &deviation);
	if (!(deviation > 0))
		return points > threshold;
	return 0.5 * erfc((threshold - points) / (query_calibrated(query, &aim, deviation) * sqrt(2)));
}
