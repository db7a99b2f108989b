/* stemma eval: how well models are predicted on the board. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "eval.h"
#include "stemma/base/facts.h"
#include "stemma/engine/evaluate.h"

#define DATE_DEFAULT "2024-12-20"

static const struct column columns[] = {
	{"protocol", NULL, COLUMN_TEXT, 0, false},
	{"known", NULL, COLUMN_NUMBER, 0, false},
	{"method", "method", COLUMN_TEXT, 0, false},
	{"subset", "models", COLUMN_TEXT, 0, false},
	{"benchmark", "benchmark", COLUMN_TEXT, 0, false},
	{"count", "number", COLUMN_NUMBER, 0, false},
	{"pearson", "Pearson", COLUMN_NUMBER, 3, false},
	{"spearman", "Spearman", COLUMN_NUMBER, 3, false},
	{"mae", "MAE", COLUMN_NUMBER, 2, false},
	{"rmse", "RMSE", COLUMN_NUMBER, 2, false},
	{"coverage50", "in 50 %", COLUMN_PERCENT, 1, false},
	{"coverage90", "in 90 %", COLUMN_PERCENT, 1, false},
	{"width90", "width", COLUMN_NUMBER, 1, false},
	{"order", "order", COLUMN_PERCENT, 1, false},
	{"seconds", "seconds", COLUMN_NUMBER, 1, false},
};

/* What the rows of one table are about. */
struct eval {
	const struct session *session;
	const struct evaluation_settings *settings;
	struct table *table;
	enum output_format format;
	bool benchmarks;
	size_t trained, held_out;
};

static void add_row(struct eval *eval, const struct evaluation_result *result,
		    enum evaluation_subset subset, size_t row)
{
	const struct evaluation_figures *figures =
		&result->figures[subset * (result->targets + 1) + row];
	bool text = eval->format == OUTPUT_TEXT;

	table_text(eval->table, protocol_name(eval->settings->protocol));
	table_number(eval->table, (double)eval->settings->known);
	table_text(eval->table, evaluation_method_name(result->method));
	table_text(eval->table, evaluation_subset_name(subset));
	table_text(eval->table, row == result->targets ? "mean of benchmarks"
				: text ? session_row_title(eval->session, row)
				       : session_row_key(eval->session, row));
	table_number(eval->table, (double)figures->models);
	table_number(eval->table, figures->pearson);
	table_number(eval->table, figures->spearman);
	table_number(eval->table, figures->mae);
	table_number(eval->table, figures->rmse);
	table_number(eval->table, figures->coverage50);
	table_number(eval->table, figures->coverage90);
	table_number(eval->table, figures->width90);
	table_number(eval->table, figures->order);
	table_number(eval->table, result->seconds);
}

/* Text has the mean over the benchmarks, and each of them on demand; JSON and
 * CSV have all. */
static void add_result(void *context, const struct evaluation_result *result)
{
	struct eval *eval = context;
	bool all = eval->benchmarks || eval->format != OUTPUT_TEXT;

	eval->trained = result->trained;
	eval->held_out = result->held_out;
	for (enum evaluation_subset subset = 0; subset < SUBSET_COUNT; subset++) {
		if (result->figures[subset * (result->targets + 1) + result->targets].models < 3)
			continue;
		for (size_t row = 0; all && row < result->targets; row++)
			add_row(eval, result, subset, row);
		add_row(eval, result, subset, result->targets);
	}
}

static enum status evaluate(struct cli *cli, const struct session *session, struct report *report,
			    const struct evaluation_settings *settings, bool benchmarks, struct error *error)
{
	struct engine_data data;
	struct eval eval = {
		.session = session, .settings = settings, .benchmarks = benchmarks,
		.table = table_new(columns, sizeof columns / sizeof *columns), .format = report->format,
	};
	char title[160], key[40];

	catalog_engine_data(session->catalog, &data);
	enum status status = engine_evaluate(&data, settings, add_result, &eval, &cli->progress, error);
	cli_end_progress(cli);
	if (status == STATUS_OK) {
		snprintf(title, sizeof title, "%s: %zu models held out, %zu learned from, %zu of %zu benchmarks known",
			 protocol_name(settings->protocol), eval.held_out, eval.trained, settings->known,
			 session->board.count);
		snprintf(key, sizeof key, settings->known ? "%s-%zu" : "%s", protocol_name(settings->protocol),
			 settings->known);
		report_table(report, key, title, eval.table, TABLE_MAIN);
	}
	table_free(eval.table);
	return status;
}

/* The board's benchmarks and the target, where that isn't one of them. */
static size_t judged_rows(const struct session *session)
{
	const struct engine_target *target = &session->target.engine;
	bool twice = target->count == 1 && board_has(&session->board, target->benchmark[0]);

	return session->row_count - twice;
}

enum status eval_models(struct cli *cli, const struct eval_options *options, const struct eval_plan *plan,
			const struct session *session, const bool *given, struct report *report,
			struct error *error)
{
	struct eval_numbers known;
	size_t most = session->board.count > 0 ? session->board.count - 1 : 0;
	enum status status = eval_read_numbers(options->known ? options->known : "0", "known", 0, most, &known, error);

	for (enum protocol protocol = 0; protocol < PROTOCOL_COUNT && status == STATUS_OK; protocol++)
		for (size_t i = 0; i < known.count && plan->models[protocol] && status == STATUS_OK; i++) {
			struct evaluation_settings settings = {
				.protocol = protocol, .seed = options->seed, .known = known.list[i], .given = given,
				.targets = session->rows, .target_count = judged_rows(session),
				.date = date_days(options->date ? options->date : DATE_DEFAULT),
				.methods = plan->methods,
			};
			memcpy(settings.hide, plan->hide, sizeof settings.hide);
			status = evaluate(cli, session, report, &settings, options->benchmarks, error);
		}
	return status;
}
