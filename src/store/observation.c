/* Observations: which one of a model and benchmark is shown, and all of them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "stemma/base/memory.h"
#include "stemma/base/text.h"

/* ---- chosen scores of every model -------------------------------------------------- */

/* What the view ranked_scores orders by, in its order; larger is better. */
enum merit {
	MERIT_PREFERRED, MERIT_RUN_PREFERRED, MERIT_WHOLE, MERIT_OWN, MERIT_FULL, MERIT_RANK, MERIT_TRUSTED, MERIT_TEMPLATE,
	MERIT_BFLOAT16, MERIT_COUNT
};
struct candidate {
	struct store_score score;
	int suite;         /* of the benchmark, -1 none */
	int merit[MERIT_COUNT];
	size_t date, setup; /* places in the model's text */
};

/* The rows of one model: what the view chosen_scores chooses of them is chosen here, in
 * one pass over the tables. */
struct chooser {
	bool (*visit)(void *context, const struct store_score *);
	void *context;
	struct candidate *rows;
	size_t count, capacity;
	struct text text;
	bool several; /* a benchmark may have been measured more than once */
	bool stopped;
};

static size_t keep_text(struct chooser *chooser, const char *text)
{
	size_t place = chooser->text.length;

	if (text && text[0])
		text_append_bytes(&chooser->text, text, strlen(text) + 1);
	return text && text[0] ? place : 0;
}

static int compare_candidates(const void *left, const void *right, void *context)
{
	const struct candidate *a = left, *b = right;
	const char *texts = context;

	if (a->score.benchmark != b->score.benchmark)
		return a->score.benchmark < b->score.benchmark ? -1 : 1;
	for (int m = 0; m < MERIT_COUNT; m++)
		if (a->merit[m] != b->merit[m])
			return a->merit[m] > b->merit[m] ? -1 : 1;
	int date = strcmp(texts + b->date, texts + a->date);
	if (date)
		return date;
	if (a->score.evaluation != b->score.evaluation)
		return a->score.evaluation > b->score.evaluation ? -1 : 1;
	if (a->score.shots != b->score.shots)
		return a->score.shots > b->score.shots ? -1 : 1;
	return strcmp(texts + a->setup, texts + b->setup);
}

/* Whether the run measured three benchmarks of the suite; the rows of a run stand
 * together, by benchmark. */
static bool is_full(const struct chooser *chooser, const struct candidate *row)
{
	int64_t last = 0;
	int found = 0;

	for (size_t i = 0; i < chooser->count && row->suite >= 0 && found < 3; i++) {
		const struct candidate *other = &chooser->rows[i];
		if (other->score.evaluation != row->score.evaluation || other->suite != row->suite ||
		    (found > 0 && other->score.benchmark == last))
			continue;
		last = other->score.benchmark;
		found++;
	}
	return found >= 3;
}

static bool end_model(struct chooser *chooser)
{
	size_t count = chooser->count;

	for (size_t i = 0; i < count && chooser->several; i++)
		chooser->rows[i].merit[MERIT_FULL] = is_full(chooser, &chooser->rows[i]);
	if (chooser->several)
		qsort_r(chooser->rows, count, sizeof *chooser->rows, compare_candidates,
			(char *)(uintptr_t)text_string(&chooser->text));
	for (size_t i = 0; i < count && !chooser->stopped; i++)
		if (i == 0 || chooser->rows[i].score.benchmark != chooser->rows[i - 1].score.benchmark)
			chooser->stopped = !chooser->visit(chooser->context, &chooser->rows[i].score);
	chooser->count = 0;
	chooser->several = false;
	text_clear(&chooser->text);
	text_append_bytes(&chooser->text, "", 1);
	return !chooser->stopped;
}

static bool candidate_row(void *context, sqlite3_stmt *row)
{
	struct chooser *chooser = context;
	struct candidate candidate = {
		.score = {
			.model = sqlite3_column_int64(row, 0), .benchmark = sqlite3_column_int64(row, 1),
			.evaluation = sqlite3_column_int64(row, 2), .value = column_within(row, 3, -SCORE_SIZE_MAX, SCORE_SIZE_MAX),
			.error = column_within(row, 4, 0, SCORE_SIZE_MAX), .chat_template = (enum answer)sqlite3_column_int(row, 5),
			.shots = sqlite3_column_int(row, 6), .limited = sqlite3_column_int(row, 7) != 0,
		},
		.suite = sqlite3_column_int(row, 8),
		.merit = {
			[MERIT_PREFERRED] = sqlite3_column_int(row, 9),
			[MERIT_RUN_PREFERRED] = sqlite3_column_int(row, 10),
			[MERIT_WHOLE] = !sqlite3_column_int(row, 7),
			[MERIT_OWN] = sqlite3_column_int(row, 11) >= RANK_USER, [MERIT_RANK] = sqlite3_column_int(row, 11),
			[MERIT_TRUSTED] = !sqlite3_column_int(row, 12),
			[MERIT_TEMPLATE] = sqlite3_column_int(row, 5),
			[MERIT_BFLOAT16] = sqlite3_column_int(row, 13),
		},
	};
	if (isnan(candidate.score.value))
		return true;
	const struct candidate *last = chooser->count > 0 ? &chooser->rows[chooser->count - 1] : NULL;

	if ((!last || last->score.model != candidate.score.model) && !end_model(chooser))
		return false;
	last = chooser->count > 0 ? last : NULL;
	chooser->several |= last && (last->score.evaluation != candidate.score.evaluation ||
				     last->score.benchmark == candidate.score.benchmark);
	candidate.date = keep_text(chooser, column_text(row, 14));
	candidate.setup = keep_text(chooser, column_text(row, 15));
	chooser->rows = memory_grow(chooser->rows, chooser->count, &chooser->capacity, sizeof *chooser->rows);
	chooser->rows[chooser->count++] = candidate;
	return true;
}

enum status store_each_score(struct store *store,
	bool (*visit)(void *context, const struct store_score *), void *context,
	struct error *error)
{
	struct chooser chooser = {.visit = visit, .context = context};
	/* A suite is told by the first of its benchmarks; the cross joins keep the planner
	 * from starting at the scores. */
	struct query query = {.sql =
		"WITH suites AS MATERIALIZED"
		" (SELECT id, coalesce(min(id) OVER (PARTITION BY suite) * (suite IS NOT NULL), 0) - 1 AS suite"
		"  FROM benchmarks)"
		" SELECT e.model, s.benchmark, e.id, s.value, s.error, e.chat_template, s.shots, s.limited,"
		" u.suite, s.preferred, e.preferred, e.rank, e.flagged, e.precision = 'bfloat16',"
		" coalesce(s.date, e.submitted), s.setup"
		" FROM evaluations AS e CROSS JOIN scores AS s ON s.evaluation = e.id"
		" CROSS JOIN suites AS u ON u.id = s.benchmark"
		" ORDER BY e.model, e.source, e.precision, e.chat_template, e.harness, e.version, s.benchmark, s.shots, s.setup"};
	enum status status = database_each(store, query, candidate_row, &chooser, error);

	if (status == STATUS_OK && !chooser.stopped)
		end_model(&chooser);
	free(chooser.rows);
	text_free(&chooser.text);
	return status;
}

/* ---- all of one model --------------------------------------------------------------- */

struct observation_visitor {
	bool (*visit)(void *context, const struct store_observation *);
	void *context;
};

static bool observation_row(void *context, sqlite3_stmt *row)
{
	const struct observation_visitor *visitor = context;
	struct store_observation observation = {
		.model = sqlite3_column_int64(row, 0), .benchmark = sqlite3_column_int64(row, 1),
		.evaluation = sqlite3_column_int64(row, 2),
		.facts = {
			.shots = sqlite3_column_int(row, 3), .setup = column_text(row, 4),
			.value = column_within(row, 5, -SCORE_SIZE_MAX, SCORE_SIZE_MAX), .raw = column_number(row, 6),
			.error = column_within(row, 7, 0, SCORE_SIZE_MAX), .date = column_text(row, 8),
			.address = column_text(row, 9), .limited = sqlite3_column_int(row, 10) != 0,
			.benchmark = column_text(row, 12), .scale = SCALE_OWN,
		},
		.chosen = sqlite3_column_int(row, 11) == 1,
		.run = {
			.source = column_text(row, 13), .rank = sqlite3_column_int(row, 14),
			.precision = column_text(row, 15), .chat_template = (enum answer)sqlite3_column_int(row, 16),
			.harness = column_text(row, 17), .version = column_text(row, 18),
			.submitted = column_text(row, 19), .revision = column_text(row, 20),
			.address = column_text(row, 21), .flagged = sqlite3_column_int(row, 22) != 0,
		},
		.preferred = sqlite3_column_int(row, 23) != 0,
	};
	return isnan(observation.facts.value) || visitor->visit(visitor->context, &observation);
}

#define OBSERVATIONS \
	"SELECT r.model, r.benchmark, r.evaluation, r.shots, nullif(r.setup, ''), r.value, r.raw, r.error," \
	" r.date, r.address, r.limited, r.place, b.key," \
	" e.source, e.rank, nullif(e.precision, ''), e.chat_template, nullif(e.harness, '')," \
	" nullif(e.version, ''), e.submitted, e.revision, e.address, e.flagged," \
	" max(r.preferred, e.preferred)" \
	" FROM ranked_scores AS r JOIN benchmarks AS b ON b.id = r.benchmark" \
	" JOIN evaluations AS e ON e.id = r.evaluation"
#define OBSERVATION_ORDER " ORDER BY r.model, b.suite IS NULL, b.suite, b.id, r.evaluation, r.shots, r.setup"

enum status store_each_observation(struct store *store, int64_t model,
	bool (*visit)(void *context, const struct store_observation *), void *context,
	struct error *error)
{
	struct observation_visitor visitor = {.visit = visit, .context = context};
	struct query query = {.id = model, .sql = model
		? OBSERVATIONS " WHERE r.model = ?1" OBSERVATION_ORDER : OBSERVATIONS OBSERVATION_ORDER};

	return database_each(store, query, observation_row, &visitor, error);
}

/* ---- runs ----------------------------------------------------------------------------- */

struct evaluation_visitor {
	bool (*visit)(void *context, const struct store_evaluation *);
	void *context;
};

static bool evaluation_row(void *context, sqlite3_stmt *row)
{
	const struct evaluation_visitor *visitor = context;
	struct store_evaluation evaluation = {
		.id = sqlite3_column_int64(row, 0), .model = sqlite3_column_int64(row, 1),
		.facts = {
			.source = column_text(row, 2), .rank = sqlite3_column_int(row, 3),
			.precision = column_text(row, 4),
			.chat_template = (enum answer)sqlite3_column_int(row, 5),
			.submitted = column_text(row, 6), .revision = column_text(row, 7),
			.flagged = sqlite3_column_int(row, 8) != 0,
			.harness = column_text(row, 9), .version = column_text(row, 10),
			.address = column_text(row, 11),
		},
		.preferred = sqlite3_column_int(row, 12) != 0,
		.score_count = (size_t)sqlite3_column_int64(row, 13),
		.chosen_count = (size_t)sqlite3_column_int64(row, 14),
	};
	return visitor->visit(visitor->context, &evaluation);
}

#define EVALUATIONS \
	"SELECT e.id, e.model, source, rank, nullif(precision, ''), chat_template, submitted, revision," \
	" flagged, nullif(harness, ''), nullif(version, ''), address, preferred," \
	" (SELECT count(*) FROM scores AS s WHERE s.evaluation = e.id)"

enum status store_each_evaluation(struct store *store, int64_t model,
	bool (*visit)(void *context, const struct store_evaluation *), void *context,
	struct error *error)
{
	struct evaluation_visitor visitor = {.visit = visit, .context = context};
	struct query all = {.sql = EVALUATIONS ", 0 FROM evaluations AS e ORDER BY e.id"};
	struct query of_model = {.id = model, .sql =
		"WITH shown AS MATERIALIZED (SELECT evaluation FROM chosen_scores WHERE model = ?1) "
		EVALUATIONS ", (SELECT count(*) FROM shown WHERE evaluation = e.id)"
		" FROM evaluations AS e WHERE e.model = ?1 ORDER BY e.id"};

	return database_each(store, model ? of_model : all, evaluation_row, &visitor, error);
}

/* ---- the user's choice ---------------------------------------------------------------- */

static enum status forget_scores(struct store *store, int64_t model, int64_t benchmark, struct error *error)
{
	sqlite3_stmt *statement = database_statement(store, STATEMENT_FORGET_SCORES);

	bind_integer(statement, 1, model);
	bind_integer(statement, 2, benchmark);
	return database_finish(store, statement, NULL, error);
}

static enum status prefer_run(struct store *store, int64_t model, int64_t evaluation, struct error *error)
{
	sqlite3_stmt *statement = database_statement(store, STATEMENT_PREFER_EVALUATION);

	bind_integer(statement, 1, model);
	bind_integer(statement, 2, evaluation);
	return database_finish(store, statement, NULL, error);
}

enum status store_prefer_evaluation(struct store *store, int64_t model, int64_t evaluation,
				    struct error *error)
{
	bool own;
	enum status status = database_put_begin(store, &own, error);

	if (status == STATUS_OK)
		status = forget_scores(store, model, 0, error);
	if (status == STATUS_OK)
		status = prefer_run(store, model, evaluation, error);
	return database_put_end(store, own, status, error);
}

static enum status prefer_score(struct store *store, int64_t benchmark, int64_t evaluation, int shots,
				const char *setup, struct error *error)
{
	sqlite3_stmt *statement = database_statement(store, STATEMENT_PREFER_SCORE);
	int rows = 0;

	bind_integer(statement, 1, evaluation);
	bind_integer(statement, 2, benchmark);
	bind_integer(statement, 3, shots);
	bind_exact(statement, 4, setup ? setup : "");
	enum status status = database_finish(store, statement, &rows, error);
	if (status == STATUS_OK && rows == 0)
		status = error_set(error, STATUS_DATA, "there is no such observation");
	return status;
}

enum status store_prefer_score(struct store *store, int64_t model, int64_t benchmark, int64_t evaluation,
			       int shots, const char *setup, struct error *error)
{
	bool own;
	enum status status = database_put_begin(store, &own, error);

	if (status == STATUS_OK)
		status = forget_scores(store, model, benchmark, error);
	if (status == STATUS_OK && benchmark == 0)
		status = prefer_run(store, model, 0, error);
	if (status == STATUS_OK && benchmark != 0 && evaluation != 0)
		status = prefer_score(store, benchmark, evaluation, shots, setup, error);
	return database_put_end(store, own, status, error);
}
