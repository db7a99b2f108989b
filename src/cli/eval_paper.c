/* stemma eval --paper: the comparison of the published study. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "eval.h"
#include "stemma/app/outcomes.h"
#include "stemma/base/memory.h"
#include "stemma/engine/study.h"

static const struct column columns[] = {
	{"level", "of", COLUMN_TEXT, 0, false},
	{"models", "models", COLUMN_TEXT, 0, false},
	{"known", "known", COLUMN_NUMBER, 0, false},
	{"method", NULL, COLUMN_TEXT, 0, false},
	{NULL, "method", COLUMN_TEXT, 0, false},
	{"evaluations_10", NULL, COLUMN_NUMBER, 0, false},
	{"pearson_10", "10 %: r", COLUMN_NUMBER, 3, false},
	{"mae_10", "MAE", COLUMN_NUMBER, 2, false},
	{"evaluations_25", NULL, COLUMN_NUMBER, 0, false},
	{"pearson_25", "25 %: r", COLUMN_NUMBER, 3, false},
	{"mae_25", "MAE", COLUMN_NUMBER, 2, false},
	{"evaluations_50", NULL, COLUMN_NUMBER, 0, false},
	{"pearson_50", "50 %: r", COLUMN_NUMBER, 3, false},
	{"mae_50", "MAE", COLUMN_NUMBER, 2, false},
	{"evaluations_100", NULL, COLUMN_NUMBER, 0, false},
	{"pearson_100", "all: r", COLUMN_NUMBER, 3, false},
	{"mae_100", "MAE", COLUMN_NUMBER, 2, false},
	{"needed", "needed", COLUMN_NUMBER, 0, false},
	{"seconds", "seconds", COLUMN_NUMBER, 1, false},
};

struct paper {
	struct table *table;
	bool text;
};

static void add_study_row(void *context, const struct study_row *row)
{
	struct paper *paper = context;
	struct table *table = paper->table;

	table_text(table, paper->text ? study_level_title(row->level) : study_level_name(row->level));
	table_text(table, row->family ? "one family" : "mixed");
	table_number(table, (double)row->known);
	table_text(table, study_method_name(row->method));
	table_text(table, study_method_title(row->method));
	for (size_t i = 0; i < STUDY_SHARES; i++) {
		table_number(table, row->at[i].evaluations);
		table_number(table, row->at[i].pearson);
		table_number(table, row->at[i].mae);
	}
	table_number(table, row->needed);
	table_number(table, row->seconds);
}

/* ---- the answers --------------------------------------------------------------------------- */

/* The keys of all sets of questions. */
struct sets {
	char **keys;
	size_t count, capacity;
};

static bool list_set(void *context, const char *key, size_t models)
{
	struct sets *sets = context;
	(void)models;

	sets->keys = memory_grow(sets->keys, sets->count, &sets->capacity, sizeof *sets->keys);
	sets->keys[sets->count++] = memory_string(key);
	return true;
}

/* The set with the most answers; no key where the cache has none. */
static enum status load_largest(struct session *session, char **key, struct outcomes *outcomes, struct error *error)
{
	struct sets sets = {0};
	enum status status = store_each_outcome_set(session->store, list_set, &sets, error);

	for (size_t i = 0; i < sets.count && status == STATUS_OK; i++) {
		struct outcomes other = {0};
		status = outcomes_load(session->store, session->catalog, sets.keys[i], &other, error);
		if (status == STATUS_OK && other.count * other.questions > outcomes->count * outcomes->questions) {
			struct outcomes swap = *outcomes;
			*outcomes = other;
			other = swap;
			free(*key);
			*key = memory_string(sets.keys[i]);
		}
		outcomes_free(&other);
	}
	for (size_t i = 0; i < sets.count; i++)
		free(sets.keys[i]);
	free(sets.keys);
	return status;
}

static enum status load_answers(const struct eval_options *options, struct session *session, char **key,
				struct outcomes *outcomes, struct error *error)
{
	if (!options->benchmark)
		return load_largest(session, key, outcomes, error);
	*key = memory_string(options->benchmark);
	return outcomes_load(session->store, session->catalog, *key, outcomes, error);
}

static void print_paper(struct cli *cli, const char *key, const struct table *table)
{
	struct report report;
	char title[256];

	snprintf(title, sizeof title, "the published comparison%s%s: results known of others, and how many it takes for the"
		 " error that LRMF has with all", key ? ", answers to " : "", key ? key : "");
	cli_report(cli, &report);
	report_table(&report, "paper", title, table, TABLE_MAIN);
	report_end(&report);
}

enum status eval_paper(struct cli *cli, const struct eval_options *options, struct session *session,
		       struct error *error)
{
	struct outcomes outcomes = {0};
	struct answer_data answers;
	struct engine_data data;
	struct study_settings settings = {.seed = options->seed};
	struct paper paper = {table_new(columns, sizeof columns / sizeof *columns), !cli->options.json && !cli->options.csv};
	char *key = NULL;
	enum status status = load_answers(options, session, &key, &outcomes, error);

	catalog_engine_data(session->catalog, &data);
	if (status == STATUS_OK && key) {
		answers = (struct answer_data){.engine = data, .answers = outcomes_data(&outcomes), .model = outcomes.models};
		settings.answers = &answers;
	} else if (status == STATUS_OK) {
		cli_warn(cli, "the cache has no single answers: the part of the table that is about them is missing");
	}
	if (status == STATUS_OK)
		status = engine_study(&data, &settings, add_study_row, &paper, &cli->progress, error);
	cli_end_progress(cli);
	if (status == STATUS_OK)
		print_paper(cli, key, paper.table);
	table_free(paper.table);
	outcomes_free(&outcomes);
	free(key);
	return status;
}
