/* stemma eval --benchmark: how well single answers are predicted. */
#include <math.h>
#include <stdlib.h>

#include "eval.h"
#include "stemma/app/outcomes.h"
#include "stemma/engine/answers.h"

#define OBSERVED_DEFAULT "0,5,10,25,50,100"
#define OBSERVED_MAX 1000000

static const struct column answer_columns[] = {
	{"method", "method", COLUMN_TEXT, 0, false},
	{"observed", "known", COLUMN_NUMBER, 0, false},
	{"pearson", "answers: Pearson", COLUMN_NUMBER, 3, false},
	{"auc", "AUC", COLUMN_NUMBER, 3, false},
	{"score_pearson", "scores: Pearson", COLUMN_NUMBER, 3, false},
	{"score_mae", "MAE", COLUMN_NUMBER, 2, false},
	{"rank", "rank", COLUMN_NUMBER, 0, false},
	{"lambda", "lambda", COLUMN_NUMBER, 0, false},
	{"seconds", "seconds", COLUMN_NUMBER, 1, false},
};

struct eval {
	struct table *table;
	size_t trained, held_out;
};

static void add_answer_result(void *context, const struct answer_result *result)
{
	struct eval *eval = context;

	eval->trained = result->trained;
	eval->held_out = result->held_out;
	table_text(eval->table, answer_method_name(result->method));
	table_number(eval->table, (double)result->known);
	table_number(eval->table, result->pearson);
	table_number(eval->table, result->auc);
	table_number(eval->table, result->score_pearson);
	table_number(eval->table, result->score_mae);
	table_number(eval->table, result->rank ? (double)result->rank : NAN);
	table_number(eval->table, result->lambda);
	table_number(eval->table, result->seconds);
}

enum status eval_answers(struct cli *cli, const struct eval_options *options, struct session *session,
			 struct error *error)
{
	struct eval_numbers observed;
	struct outcomes outcomes = {0};
	struct eval eval = {0};
	enum status status = eval_read_numbers(options->observed ? options->observed : OBSERVED_DEFAULT, "observed", 0,
					       OBSERVED_MAX, &observed, error);

	if (status == STATUS_OK)
		status = outcomes_load(session->store, session->catalog, options->benchmark, &outcomes, error);
	if (status != STATUS_OK)
		return status;
	struct answer_data data = {.answers = outcomes_data(&outcomes), .model = outcomes.models};
	struct answer_settings settings = {.seed = options->seed, .known = observed.list,
					   .known_count = observed.count, .tie = (double)options->tie};
	catalog_engine_data(session->catalog, &data.engine);
	eval.table = table_new(answer_columns, sizeof answer_columns / sizeof *answer_columns);
	status = answers_evaluate(&data, &settings, add_answer_result, &eval, &cli->progress, error);
	cli_end_progress(cli);
	if (status == STATUS_OK) {
		struct report report;
		char title[256];
		snprintf(title, sizeof title, "%s: %zu questions, %zu models held out, %zu learned from",
			 options->benchmark, outcomes.questions, eval.held_out, eval.trained);
		cli_report(cli, &report);
		report_table(&report, "answers", title, eval.table, TABLE_MAIN);
		report_end(&report);
	}
	table_free(eval.table);
	outcomes_free(&outcomes);
	return status;
}
