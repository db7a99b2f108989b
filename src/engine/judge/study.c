#include "stemma/engine/study.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/clock.h"
#include "stemma/base/memory.h"
#include "stemma/engine/holdout.h"

#define FEW_ANSWERS 25
#define FAMILY_MIN 30   /* models that a family needs */
#define SCORES_MIN 60   /* that a benchmark needs to be judged, so that a tenth of them is something */

const double study_shares[STUDY_SHARES] = {0.1, 0.25, 0.5, 1};

static const char *const method_words[][2] = {
#define X(symbol, word, title) {word, title},
	STUDY_METHOD_TABLE(X)
#undef X
};
static const char *const level_words[][2] = {
#define X(symbol, word, title) {word, title},
	STUDY_LEVEL_TABLE(X)
#undef X
};

const char *study_method_name(enum study_method method)
{
	return method < STUDY_METHOD_COUNT ? method_words[method][0] : "unknown";
}

const char *study_method_title(enum study_method method)
{
	return method < STUDY_METHOD_COUNT ? method_words[method][1] : "unknown";
}

const char *study_level_name(enum study_level level)
{
	return level < STUDY_LEVEL_COUNT ? level_words[level][0] : "unknown";
}

const char *study_level_title(enum study_level level)
{
	return level < STUDY_LEVEL_COUNT ? level_words[level][1] : "unknown";
}

double study_needed(const struct study_figures *figures, double error)
{
	const struct study_figures *before = NULL;

	for (size_t i = 0; i < STUDY_SHARES; i++) {
		const struct study_figures *now = &figures[i];
		if (isnan(now->mae))
			continue;
		if (now->mae <= error) {
			if (!before)
				return now->evaluations;
			double part = (before->mae - error) / (before->mae - now->mae);
			return exp(log(before->evaluations) + part * log(now->evaluations / before->evaluations));
		}
		before = now;
	}
	return NAN;
}

/* The study under way. */
struct study {
	const struct engine_data *data;
	const struct study_settings *settings;
	void (*result)(void *context, const struct study_row *);
	void *context;
	struct progress *progress;
	size_t step, steps;  /* runs of one method with one share */
	size_t reported;
};

static struct progress *next_part(struct study *study, struct progress_part *part)
{
	double steps = (double)study->steps;
	struct progress *progress = progress_begin_part(part, study->progress, (double)study->step / steps,
							(double)(study->step + 1) / steps);

	study->step++;
	return progress;
}

/* Rows of all methods, as if nothing had come of them. */
static void rows_begin(struct study_row *rows, enum study_level level, bool family, size_t known)
{
	for (size_t m = 0; m < STUDY_METHOD_COUNT; m++) {
		rows[m] = (struct study_row){.level = level, .family = family, .known = known, .method = (enum study_method)m,
					     .needed = NAN};
		for (size_t i = 0; i < STUDY_SHARES; i++)
			rows[m].at[i] = (struct study_figures){NAN, NAN, NAN};
	}
}

static void rows_report(struct study *study, struct study_row *rows)
{
	double error = rows[STUDY_LAPLACIAN].at[STUDY_SHARES - 1].mae;
	bool found = false;

	for (size_t m = 0; m < STUDY_METHOD_COUNT; m++)
		found = found || !isnan(rows[m].at[STUDY_SHARES - 1].mae);
	for (size_t m = 0; m < STUDY_METHOD_COUNT && found; m++) {
		rows[m].needed = isnan(error) ? NAN : study_needed(rows[m].at, error);
		study->result(study->context, &rows[m]);
		study->reported++;
	}
}

/* What leaves too little to learn from is missing, and no end to the rest. */
static enum status pass_over(enum status status, struct error *error)
{
	if (status != STATUS_DATA)
		return status;
	*error = (struct error){0};
	return STATUS_OK;
}

/* ---- published scores -------------------------------------------------------------------- */

static void take_scores(void *context, const struct holdout_result *result)
{
	struct study_figures *figures = context;

	for (size_t i = 0; i < result->row_count; i++)
		if (result->rows[i].scope == HOLDOUT_SCOPE_ALL)
			*figures = (struct study_figures){(double)result->seen, result->rows[i].figures.pearson,
							  result->rows[i].figures.mae};
}

/* Benchmarks with enough scores of the models concerned. */
static void choose_benchmarks(const struct engine_data *data, const bool *members, bool *judged)
{
	size_t *scores = memory_zero(data->benchmarks + 1, sizeof *scores), count;

	for (size_t i = 0; i < data->models; i++) {
		const struct engine_cell *cells = engine_data_cells(data, i, &count);
		for (size_t c = 0; c < count && (!members || members[i]); c++)
			scores[cells[c].benchmark]++;
	}
	for (size_t b = 0; b < data->benchmarks; b++)
		judged[b] = scores[b] >= SCORES_MIN;
	free(scores);
}

static enum status run_scores(struct study *study, const struct holdout_settings *like, struct study_row *rows,
			      struct error *error)
{
	static const enum evaluation_method methods[STUDY_METHOD_COUNT] = {
		[STUDY_FACTORS] = METHOD_NONE, [STUDY_NETWORK] = METHOD_NCF, [STUDY_LINEAGE] = METHOD_RELATIVES,
		[STUDY_LAPLACIAN] = METHOD_LAPLACIAN, [STUDY_KIN] = METHOD_KIN,
	};
	enum status status = STATUS_OK;

	for (size_t i = 0; i < STUDY_SHARES; i++)
		for (size_t m = 0; m < STUDY_METHOD_COUNT && status == STATUS_OK; m++) {
			bool asked[METHOD_COUNT] = {false};
			struct holdout_settings settings = *like;
			struct progress_part part;
			double begin = clock_seconds();
			asked[methods[m]] = true;
			settings.methods = asked;
			settings.share = study_shares[i];
			status = pass_over(engine_holdout(study->data, &settings, take_scores, &rows[m].at[i],
							  next_part(study, &part), error), error);
			rows[m].seconds += clock_seconds() - begin;
		}
	return status;
}

static enum status study_scores(struct study *study, bool family, struct error *error)
{
	const struct engine_data *data = study->data;
	bool *members = memory_zero(data->models + 1, sizeof *members);
	bool *judged = memory_zero(data->benchmarks + 1, sizeof *judged);
	struct study_row rows[STUDY_METHOD_COUNT];
	enum status status = STATUS_OK;
	uint32_t one;

	if (!family || holdout_family(data, members, &one) >= FAMILY_MIN) {
		choose_benchmarks(data, family ? members : NULL, judged);
		for (size_t known = 0; known <= HOLDOUT_KNOWN_MAX && status == STATUS_OK; known += HOLDOUT_KNOWN_MAX) {
			struct holdout_settings settings = {.protocol = HOLDOUT_STUDY, .seed = study->settings->seed, .date = NAN,
							    .family = family, .known = known, .judged = judged, .models_min = 1};
			rows_begin(rows, STUDY_LEVEL_SCORES, family, known);
			status = run_scores(study, &settings, rows, error);
			if (status == STATUS_OK)
				rows_report(study, rows);
		}
	}
	free(members);
	free(judged);
	return status;
}

/* ---- single answers ------------------------------------------------------------------------ */

/* Of one method and share: with none and with a few answers known, of answers and of shares. */
struct answers_taken {
	struct study_figures *figures[2][2];
	double questions;
};

static void take_answers(void *context, const struct answer_result *result)
{
	const struct answers_taken *taken = context;
	struct study_figures *const *figures = taken->figures[result->known > 0];
	double evaluations = taken->questions * (double)result->trained + (double)(result->known * result->held_out);

	*figures[0] = (struct study_figures){evaluations, result->pearson, result->score_mae};
	*figures[1] = (struct study_figures){evaluations, result->score_pearson, result->score_mae};
}

/* rows: none known, few known, each answers and shares. */
static enum status run_answers(struct study *study, const struct answer_data *data, struct study_row rows[2][2][STUDY_METHOD_COUNT],
			       struct error *error)
{
	static const enum answer_method methods[STUDY_METHOD_COUNT] = {
		[STUDY_FACTORS] = ANSWER_METHOD_NONE, [STUDY_NETWORK] = ANSWER_METHOD_NCF,
		[STUDY_LINEAGE] = ANSWER_METHOD_PARENTS, [STUDY_LAPLACIAN] = ANSWER_METHOD_LAPLACIAN,
		[STUDY_KIN] = ANSWER_METHOD_KIN,
	};
	static const size_t known[] = {0, FEW_ANSWERS};
	enum status status = STATUS_OK;

	for (size_t i = 0; i < STUDY_SHARES; i++)
		for (size_t m = 0; m < STUDY_METHOD_COUNT && status == STATUS_OK; m++) {
			bool asked[ANSWER_METHOD_COUNT] = {false};
			struct answer_settings settings = {.seed = study->settings->seed, .known = known, .known_count = 2,
							   .methods = asked, .share = study_shares[i]};
			struct answers_taken taken = {.questions = (double)data->answers.questions};
			struct progress_part part;
			double begin = clock_seconds();
			asked[methods[m]] = true;
			for (size_t k = 0; k < 2; k++)
				for (size_t level = 0; level < 2; level++)
					taken.figures[k][level] = &rows[k][level][m].at[i];
			status = pass_over(answers_evaluate(data, &settings, take_answers, &taken, next_part(study, &part), error),
					   error);
			for (size_t place = 0; place < 4; place++)
				rows[place / 2][place % 2][m].seconds += clock_seconds() - begin;
		}
	return status;
}

/* The answers of one family, learned of from that family alone. */
struct family_answers {
	struct answer_data data;
	bool *excluded;
	const uint64_t **answers;
	uint32_t *model;
};

static size_t take_family(const struct answer_data *all, struct family_answers *family)
{
	const struct engine_data *engine = &all->engine;
	bool *members = memory_zero(engine->models + 1, sizeof *members);
	struct engine_data answered = *engine;
	uint32_t one;

	*family = (struct family_answers){
		.data = *all, .excluded = memory_allocate(engine->models + 1, sizeof(bool)),
		.answers = memory_allocate(all->answers.models + 1, sizeof *family->answers),
		.model = memory_allocate(all->answers.models + 1, sizeof *family->model)};
	memset(family->excluded, 1, engine->models * sizeof(bool));
	for (size_t i = 0; i < all->answers.models; i++)
		family->excluded[all->model[i]] = engine->excluded && engine->excluded[all->model[i]];
	answered.excluded = family->excluded;
	size_t count = holdout_family(&answered, members, &one), found = 0;
	for (size_t i = 0; i < engine->models; i++)
		family->excluded[i] = !members[i];
	for (size_t i = 0; i < all->answers.models; i++) {
		if (!members[all->model[i]])
			continue;
		family->answers[found] = all->answers.answers[i];
		family->model[found++] = all->model[i];
	}
	family->data.engine.excluded = family->excluded;
	family->data.answers.models = found;
	family->data.answers.answers = family->answers;
	family->data.model = family->model;
	free(members);
	return count < found ? count : found;
}

static void family_free(struct family_answers *family)
{
	free(family->excluded);
	free(family->answers);
	free(family->model);
}

static enum status study_answers(struct study *study, bool family, struct error *error)
{
	struct study_row rows[2][2][STUDY_METHOD_COUNT];
	const struct answer_data *data = study->settings->answers;
	struct family_answers part = {0};
	enum status status = STATUS_OK;
	bool enough = true;

	if (family) {
		enough = take_family(data, &part) >= FAMILY_MIN;
		data = &part.data;
	}
	for (size_t k = 0; k < 2; k++)
		for (size_t level = 0; level < 2; level++)
			rows_begin(rows[k][level], level ? STUDY_LEVEL_SHARES : STUDY_LEVEL_ANSWERS, family, k ? FEW_ANSWERS : 0);
	if (enough)
		status = run_answers(study, data, rows, error);
	for (size_t place = 0; place < 4 && enough && status == STATUS_OK; place++)
		rows_report(study, rows[place % 2][place / 2]);
	family_free(&part);
	return status;
}

/* ---- the whole ------------------------------------------------------------------------------ */

enum status engine_study(const struct engine_data *data, const struct study_settings *settings,
			 void (*result)(void *context, const struct study_row *), void *context,
			 struct progress *progress, struct error *error)
{
	size_t runs = STUDY_METHOD_COUNT * STUDY_SHARES;
	struct study study = {data, settings, result, context, progress, 0, (settings->answers ? 6 : 4) * runs, 0};
	enum status status = STATUS_OK;

	for (int family = 1; family >= 0 && status == STATUS_OK && settings->answers; family--)
		status = study_answers(&study, family, error);
	for (int family = 1; family >= 0 && status == STATUS_OK; family--)
		status = study_scores(&study, family, error);
	if (status == STATUS_OK && study.reported == 0) {
		error_set(error, STATUS_DATA, "no model with lineage has enough scores or answers to compare by");
		return error_advise(error, "import a leaderboard and its lineage: benchmarks with %d scores are judged", SCORES_MIN);
	}
	return status;
}
