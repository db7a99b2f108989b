#include "model/factors_fit.h"

#include <math.h>
#include <stdlib.h>

#include "stemma/base/memory.h"

#define ROWS_MIN 8
#define ROUNDS 24
#define FIXED_ROUNDS 4      /* to place new benchmarks among known ones */
#define RHO_USUAL 3         /* of the Laplacian */
#define LEARNING_COLUMNS 8  /* 1 mean, the others draws */

/* A column that so many of the rows have is a full one. */
#define FULL_SHARE 0.5
#define FULL_COLUMNS_MAX 8

static size_t choose_rank(const struct cells *cells)
{
	size_t scored = 0, full = 0, inside = 0, most = cells->count < 500 ? 2 : cells->count < 3000 ? 3
				 : cells->count < 12000 ? 6 : cells->count < 40000 ? 8 : 12;

	for (size_t b = 0; b < cells->benchmarks; b++) {
		size_t length = cells->column_start[b + 1] - cells->column_start[b];
		scored += length > 0;
		if ((double)length >= FULL_SHARE * (double)cells->rows) {
			full++;
			inside += length;
		}
	}
	/* Nearly complete columns bear as many factors as there are columns, whatever little is beside them. */
	if (full > 0 && full <= FULL_COLUMNS_MAX && inside * 10 >= cells->rows * full * 8 &&
	    inside * 10 >= cells->count * 9 && cells->rows >= 40 * full)
		return full;
	return most < scored ? most : scored;
}

static double newest_date(const struct factors *factors)
{
	double newest = -HUGE_VAL;

	for (size_t row = 0; row < factors->cells.rows; row++)
		newest = fmax(newest, engine_data_model(&factors->data, factors->cells.row_model[row]).uploaded);
	return newest > -HUGE_VAL ? newest : HUGE_VAL;
}

bool factors_learn(struct factors *factors, bool fixed, struct progress *progress)
{
	struct solution solution;

	solution_new(LEARNING_COLUMNS, factors->seed, &solution);
	bool good = parameters_learn(&factors->cells, &factors->design, fixed ? FIXED_ROUNDS : ROUNDS, fixed, progress,
				     &factors->parameters, &factors->evidence, &solution);
	solution_free(&solution);
	return good;
}

static enum status check_rows(size_t rows, struct error *error)
{
	if (rows >= ROWS_MIN)
		return STATUS_OK;
	error_set(error, STATUS_DATA, "%zu models with scores are too few to learn from", rows);
	return error_advise(error, "import a leaderboard: at least %d are needed", ROWS_MIN);
}

/* ---- folds -------------------------------------------------------------------------------------- */

struct fold_key {
	int32_t shared[3];
	size_t row;
};

static int compare_folds(const void *left, const void *right)
{
	const struct fold_key *a = left, *b = right;

	for (size_t i = 0; i < 3; i++)
		if (a->shared[i] != b->shared[i])
			return a->shared[i] < b->shared[i] ? -1 : 1;
	return (a->row > b->row) - (a->row < b->row);
}

/* Relatives are dealt to different folds, so that leaving out a fold is near to leaving out one model. */
static void deal_folds(struct factors *factors)
{
	size_t rows = factors->cells.rows;
	struct fold_key *key = memory_allocate(rows + 1, sizeof *key);

	for (size_t row = 0; row < rows; row++) {
		const int32_t *attribute = attributes_row(factors->attributes, row)->attribute;
		key[row] = (struct fold_key){
			{attribute[ATTRIBUTE_BASE], attribute[ATTRIBUTE_FAMILY], attribute[ATTRIBUTE_SERIES]}, row};
	}
	qsort(key, rows, sizeof *key, compare_folds);
	factors->fold = memory_allocate(rows + 1, sizeof *factors->fold);
	for (size_t i = 0; i < rows; i++)
		factors->fold[key[i].row] = (uint8_t)(i % FACTORS_FOLDS);
	free(key);
}

enum status factors_new(const struct engine_data *data, const struct factors_start *start, struct factors **result,
			struct error *error)
{
	struct factors *factors = memory_zero(1, sizeof *factors);

	factors->data = *data;
	factors->prior = start->prior;
	factors->seed = start->seed;
	cells_new(data, start->scale, &factors->cells);
	size_t rows = factors->cells.rows;
	enum status status = check_rows(rows, error);
	if (status == STATUS_OK) {
		factors->attributes = attributes_new(data, factors->cells.row_model, rows);
		status = design_new(&factors->data, start->prior, start->rho > 0 ? start->rho : RHO_USUAL,
				    factors->attributes, factors->cells.row_model, factors->cells.model_row, rows,
				    &factors->design, error);
	}
	if (status != STATUS_OK) {
		factors_free(factors);
		return status;
	}
	size_t rank = start->rank ? start->rank : choose_rank(&factors->cells);
	rank = rank > FACTORS_RANK_MAX ? FACTORS_RANK_MAX : rank;
	parameters_new(data, &factors->cells, &factors->design, rank, start->seed, &factors->parameters);
	local_new(factors);
	evidence_new(rows, rank, &factors->evidence);
	factors->outside = memory_allocate(rows * rank + 1, sizeof *factors->outside);
	factors->open = memory_allocate(rows * rank * rank + 1, sizeof *factors->open);
	factors->newest_date = newest_date(factors);
	deal_folds(factors);
	*result = factors;
	return STATUS_OK;
}

void factors_free(struct factors *factors)
{
	if (!factors)
		return;
	design_free(&factors->design);
	attributes_free(factors->attributes);
	cells_free(&factors->cells);
	parameters_free(&factors->parameters);
	evidence_free(&factors->evidence);
	local_free(&factors->local);
	free(factors->mean);
	free(factors->root);
	free(factors->fold);
	free(factors->draw);
	free(factors->unit);
	free(factors->outside);
	free(factors->open);
	free(factors->placed);
	free(factors->learned);
	for (size_t kind = 0; kind < FACTORS_SPREAD_COUNT; kind++)
		free(factors->reach[kind]);
	free(factors);
}
