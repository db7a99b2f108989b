/* stemma eval: how well single scores are predicted. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "eval.h"
#include "stemma/base/facts.h"
#include "stemma/base/memory.h"

#define KEEP_DEFAULT "5,10,20"
#define KEEP_MAX 1000

static const struct column columns[] = {
	{"protocol", NULL, COLUMN_TEXT, 0, false},
	{"kept", NULL, COLUMN_NUMBER, 0, false},
	{"method", "method", COLUMN_TEXT, 0, false},
	{"scope", NULL, COLUMN_TEXT, 0, false},
	{"suite", NULL, COLUMN_TEXT, 0, false},
	{"benchmark", NULL, COLUMN_TEXT, 0, false},
	{NULL, "scores", COLUMN_TEXT, 0, false},
	{"hidden", NULL, COLUMN_NUMBER, 0, false},
	{"known", NULL, COLUMN_NUMBER, 0, false},
	{"count", "number", COLUMN_NUMBER, 0, false},
	{"benchmarks", NULL, COLUMN_NUMBER, 0, false},
	{"mae", "MAE", COLUMN_NUMBER, 2, false},
	{"pearson", "Pearson", COLUMN_NUMBER, 3, false},
	{"median_error", "MedAE", COLUMN_NUMBER, 2, false},
	{"median_relative", "MedAPE", COLUMN_PERCENT, 1, false},
	{"within3", "in 3", COLUMN_PERCENT, 1, false},
	{"within5", "in 5", COLUMN_PERCENT, 1, false},
	{"coverage50", "in 50 %", COLUMN_PERCENT, 1, false},
	{"width50", "width", COLUMN_NUMBER, 1, false},
	{"coverage90", "in 90 %", COLUMN_PERCENT, 1, false},
	{"width90", "width", COLUMN_NUMBER, 1, false},
	{"seconds", "seconds", COLUMN_NUMBER, 1, false},
	{"spearman", NULL, COLUMN_NUMBER, 3, false},
	{"part", NULL, COLUMN_TEXT, 0, false},
};
#define COLUMNS (sizeof columns / sizeof *columns)

/* The same scores under kin, without lineage and with shuffled lineage. */
static const struct column lineage_columns[] = {
	{"protocol", NULL, COLUMN_TEXT, 0, false},
	{"kept", NULL, COLUMN_NUMBER, 0, false},
	{"scope", NULL, COLUMN_TEXT, 0, false},
	{"part", NULL, COLUMN_TEXT, 0, false},
	{NULL, "scores", COLUMN_TEXT, 0, false},
	{"count", "number", COLUMN_NUMBER, 0, false},
	{"mae", "MAE", COLUMN_NUMBER, 2, false},
	{"pearson", "Pearson", COLUMN_NUMBER, 3, false},
	{"mae_unlinked", "no lineage", COLUMN_NUMBER, 2, false},
	{"pearson_unlinked", "Pearson", COLUMN_NUMBER, 3, false},
	{"mae_shuffled", "shuffled", COLUMN_NUMBER, 2, false},
	{"pearson_shuffled", "Pearson", COLUMN_NUMBER, 3, false},
	{"gain", "lineage buys", COLUMN_PERCENT, 1, false},
};

/* Rows of one method, kept until all are there to stand beside each other. */
struct compared {
	struct holdout_row *rows;
	size_t count;
};
static const enum evaluation_method compared_methods[] = {METHOD_KIN, METHOD_UNLINKED, METHOD_SHUFFLED};
enum { COMPARED = sizeof compared_methods / sizeof *compared_methods };

/* What the rows of one table are about. */
struct eval {
	const struct session *session;
	const struct eval_options *options;
	const struct holdout_settings *settings;
	struct table *table;
	bool text;
	size_t seen, hidden, judged, benchmarks;
	struct compared compared[EVAL_NUMBERS_MAX][COMPARED]; /* by number of kept scores */
};

/* Text has what is told of all scores together, and suites and benchmarks on demand. */
static bool is_shown(const struct eval *eval, const struct holdout_row *row, size_t folds)
{
	switch (row->scope) {
	case HOLDOUT_SCOPE_ANCESTOR:
		return !eval->text || eval->settings->protocol != HOLDOUT_NEW;
	case HOLDOUT_SCOPE_DISTANCE:
	case HOLDOUT_SCOPE_MADE:
		return !eval->text;
	case HOLDOUT_SCOPE_MEAN:
		return !eval->text || eval->settings->protocol == HOLDOUT_NEW;
	case HOLDOUT_SCOPE_FOLDS:
		return !eval->text || (eval->settings->protocol == HOLDOUT_GIVEN && folds > 1);
	case HOLDOUT_SCOPE_SUITE:
		return !eval->text || eval->options->suites;
	case HOLDOUT_SCOPE_BENCHMARK:
		return !eval->text || eval->options->benchmarks;
	default:
		return true;
	}
}

/* What a row is called in text. */
static const char *title_of(const struct eval *eval, const struct holdout_row *row)
{
	switch (row->scope) {
	case HOLDOUT_SCOPE_ANCESTOR:
		return "with a scored ancestor";
	case HOLDOUT_SCOPE_SUITE:
		return row->suite ? row->suite : "no suite";
	case HOLDOUT_SCOPE_BENCHMARK:
		return eval->session->catalog->benchmarks[row->benchmark].title;
	case HOLDOUT_SCOPE_DISTANCE:
	case HOLDOUT_SCOPE_MADE:
		return holdout_part_title(row->scope, row->part);
	default:
		return holdout_scope_name(row->scope);
	}
}

static void add_row(struct eval *eval, const struct holdout_result *result, const struct holdout_row *row)
{
	const struct holdout_figures *figures = &row->figures;
	struct table *table = eval->table;
	bool single = row->scope == HOLDOUT_SCOPE_BENCHMARK;

	table_text(table, holdout_protocol_name(eval->settings->protocol));
	table_number(table, eval->settings->protocol == HOLDOUT_NEW ? (double)result->keep : NAN);
	table_text(table, evaluation_method_name(result->method));
	table_text(table, holdout_scope_name(row->scope));
	table_text(table, row->suite);
	table_text(table, single ? eval->session->catalog->benchmarks[row->benchmark].key : NULL);
	table_text(table, title_of(eval, row));
	table_number(table, (double)result->hidden);
	table_number(table, (double)result->seen);
	table_number(table, (double)figures->cells);
	table_number(table, (double)figures->benchmarks);
	table_number(table, figures->mae);
	table_number(table, figures->pearson);
	table_number(table, figures->median);
	table_number(table, figures->relative);
	table_number(table, figures->within3);
	table_number(table, figures->within5);
	table_number(table, figures->coverage50);
	table_number(table, figures->width50);
	table_number(table, figures->coverage90);
	table_number(table, figures->width90);
	table_number(table, result->seconds);
	table_number(table, figures->spearman);
	table_text(table, holdout_part_name(row->scope, row->part));
}

/* ---- what lineage buys ------------------------------------------------------------------------- */

static size_t keep_number(const struct holdout_settings *settings, size_t keep)
{
	for (size_t i = 0; i < settings->keep_count; i++)
		if (settings->keep[i] == keep)
			return i;
	return 0;
}

static void keep_rows(struct eval *eval, const struct holdout_result *result)
{
	struct compared *compared = eval->compared[keep_number(eval->settings, result->keep)];

	for (size_t m = 0; m < COMPARED; m++) {
		if (compared_methods[m] != result->method)
			continue;
		compared[m].count = result->row_count;
		compared[m].rows = memory_allocate(result->row_count + 1, sizeof *compared[m].rows);
		memcpy(compared[m].rows, result->rows, result->row_count * sizeof *compared[m].rows);
	}
}

static const struct holdout_row *find_row(const struct compared *compared, const struct holdout_row *like)
{
	for (size_t i = 0; i < compared->count; i++) {
		const struct holdout_row *row = &compared->rows[i];
		if (row->scope == like->scope && row->part == like->part && row->suite == like->suite &&
		    row->benchmark == like->benchmark)
			return row;
	}
	return NULL;
}

static bool is_compared(const struct eval *eval, const struct holdout_row *row)
{
	return row->scope == HOLDOUT_SCOPE_DISTANCE || row->scope == HOLDOUT_SCOPE_MADE || is_shown(eval, row, 1);
}

static void add_compared(const struct eval *eval, struct table *table, size_t number, const struct holdout_row *row)
{
	bool anew = eval->settings->protocol == HOLDOUT_NEW;
	double least = INFINITY;

	table_text(table, holdout_protocol_name(eval->settings->protocol));
	table_number(table, anew ? (double)eval->settings->keep[number] : NAN);
	table_text(table, holdout_scope_name(row->scope));
	table_text(table, row->scope == HOLDOUT_SCOPE_BENCHMARK ? eval->session->catalog->benchmarks[row->benchmark].key
			  : row->scope == HOLDOUT_SCOPE_SUITE ? row->suite : holdout_part_name(row->scope, row->part));
	table_text(table, title_of(eval, row));
	table_number(table, (double)row->figures.cells);
	for (size_t m = 0; m < COMPARED; m++) {
		const struct holdout_row *other = find_row(&eval->compared[number][m], row);
		table_number(table, other ? other->figures.mae : NAN);
		table_number(table, other ? other->figures.pearson : NAN);
		if (m > 0 && other)
			least = fmin(least, other->figures.mae);
	}
	/* What the better control is off by more. */
	table_number(table, isfinite(least) && least > 0 ? 1 - row->figures.mae / least : NAN);
}

static void print_lineage(struct eval *eval, struct report *report)
{
	const struct holdout_settings *settings = eval->settings;
	const char *protocol = holdout_protocol_name(settings->protocol);
	bool anew = settings->protocol == HOLDOUT_NEW;
	char key[64], title[160];

	for (size_t number = 0; number < (anew ? settings->keep_count : 1); number++) {
		const struct compared *kin = &eval->compared[number][0];
		struct table *table = table_new(lineage_columns, sizeof lineage_columns / sizeof *lineage_columns);
		for (size_t i = 0; i < kin->count; i++)
			if (is_compared(eval, &kin->rows[i]))
				add_compared(eval, table, number, &kin->rows[i]);
		if (anew) {
			snprintf(key, sizeof key, "%s-%zu", protocol, settings->keep[number]);
			snprintf(title, sizeof title, "%s, %zu scores known: what lineage buys", protocol, settings->keep[number]);
		} else {
			snprintf(key, sizeof key, "%s", protocol);
			snprintf(title, sizeof title, "%s: what lineage buys", protocol);
		}
		report_table(report, key, title, table, TABLE_MAIN);
		table_free(table);
	}
}

/* ---- one protocol -------------------------------------------------------------------------------- */

static void add_result(void *context, const struct holdout_result *result)
{
	struct eval *eval = context;

	eval->seen = result->seen;
	eval->hidden = result->hidden;
	eval->judged = result->rows[0].figures.cells;
	eval->benchmarks = result->rows[0].figures.benchmarks;
	if (eval->options->lineage)
		keep_rows(eval, result);
	for (size_t i = 0; i < result->row_count; i++)
		if (is_shown(eval, &result->rows[i], result->folds))
			add_row(eval, result, &result->rows[i]);
}

static void print_table(struct eval *eval, struct report *report)
{
	const char *protocol = holdout_protocol_name(eval->settings->protocol);
	char title[200];

	snprintf(title, sizeof title, "%s: %zu scores hidden, %zu known, %zu judged on %zu benchmarks", protocol,
		 eval->hidden, eval->seen, eval->judged, eval->benchmarks);
	report_table(report, protocol, title, eval->table, TABLE_MAIN);
}

/* The columns; of new benchmarks text also shows how many scores are known, and the order. */
static void choose_columns(const struct holdout_settings *settings, struct column *list)
{
	memcpy(list, columns, sizeof columns);
	for (size_t i = 0; i < COLUMNS && settings->protocol == HOLDOUT_NEW; i++) {
		if (strcmp(list[i].key ? list[i].key : "", "kept") == 0)
			list[i].title = "known";
		if (strcmp(list[i].key ? list[i].key : "", "spearman") == 0)
			list[i].title = "Spearman";
	}
}

static enum status evaluate(struct cli *cli, const struct eval_options *options, const struct session *session,
			    const struct holdout_settings *settings, struct report *report, struct error *error)
{
	struct column list[COLUMNS];
	struct engine_data data;
	struct eval eval = {
		.session = session, .options = options, .settings = settings,
		.table = table_new(list, COLUMNS), .text = report->format == OUTPUT_TEXT,
	};

	choose_columns(settings, list);
	catalog_engine_data(session->catalog, &data);
	enum status status = engine_holdout(&data, settings, add_result, &eval, &cli->progress, error);
	cli_end_progress(cli);
	if (status == STATUS_OK)
		(options->lineage ? print_lineage : print_table)(&eval, report);
	table_free(eval.table);
	for (size_t i = 0; i < EVAL_NUMBERS_MAX; i++)
		for (size_t m = 0; m < COMPARED; m++)
			free(eval.compared[i][m].rows);
	return status;
}

/* NULL where all are judged. */
static enum status read_judged(const struct eval_options *options, const struct catalog *catalog, bool **judged,
			       struct error *error)
{
	enum status status = STATUS_OK;

	*judged = NULL;
	if (!options->judge && !options->not)
		return STATUS_OK;
	*judged = memory_allocate(catalog->benchmark_count + 1, sizeof **judged);
	for (size_t b = 0; b < catalog->benchmark_count; b++)
		(*judged)[b] = !options->judge;
	if (options->judge)
		status = judge_mark_benchmarks(catalog, options->judge, true, *judged, error);
	if (status == STATUS_OK && options->not)
		status = judge_mark_benchmarks(catalog, options->not, false, *judged, error);
	if (status == STATUS_OK)
		return status;
	free(*judged);
	*judged = NULL;
	return status;
}

static enum status read_reveal(const char *word, double *share, struct error *error)
{
	char *end;

	*share = word ? strtod(word, &end) : 0;
	if (word && (end == word || *end || !(*share >= 0 && *share < 1)))
		return error_set(error, STATUS_USAGE, "--reveal takes a share from 0 to less than 1, not \"%s\"", word);
	return STATUS_OK;
}

/* A protocol that nobody asked for by name may have nothing to hide. */
static enum status run_protocol(struct cli *cli, const struct eval_options *options, const struct eval_plan *plan,
				const struct session *session, const struct holdout_settings *settings,
				struct report *report, size_t *run, struct error *error)
{
	enum status status = evaluate(cli, options, session, settings, report, error);

	*run += status == STATUS_OK;
	if (status != STATUS_DATA || plan->chosen)
		return status;
	cli_warn(cli, "%s", error->message);
	return STATUS_OK;
}

enum status eval_scores(struct cli *cli, const struct eval_options *options, const struct eval_plan *plan,
			const struct session *session, const struct judge_cells *given, struct report *report,
			struct error *error)
{
	struct eval_numbers keep;
	struct holdout_settings settings = {
		.seed = options->seed, .date = options->date ? date_days(options->date) : NAN,
		.sample = options->sample, .methods = plan->methods, .keep = keep.list,
		.given = given->list, .given_count = given->count,
		.models_min = options->models ? options->models : given->count ? 1 : EVAL_MODELS_MIN,
	};
	bool *judged;
	size_t asked = 0, run = 0;
	enum status status = read_judged(options, session->catalog, &judged, error);

	settings.judged = judged;
	if (status == STATUS_OK)
		status = read_reveal(options->reveal, &settings.reveal, error);
	if (status == STATUS_OK)
		status = eval_read_numbers(options->keep ? options->keep : KEEP_DEFAULT, "keep", 1, KEEP_MAX, &keep,
					   error);
	for (size_t p = 0; p < HOLDOUT_PROTOCOL_COUNT && status == STATUS_OK; p++) {
		settings.protocol = (enum holdout_protocol)p;
		settings.keep_count = keep.count;
		asked += plan->scores[p];
		if (plan->scores[p])
			status = run_protocol(cli, options, plan, session, &settings, report, &run, error);
	}
	free(judged);
	if (status == STATUS_OK && asked > 0 && run == 0)
		return error_set(error, STATUS_DATA, "no protocol finds a score here that can be judged");
	return status;
}
