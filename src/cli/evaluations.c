#include "evaluations.h"

#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "stemma/base/memory.h"

static const struct column columns[] = {
	{"number", "#", COLUMN_NUMBER, 0, false},
	{"shown", "evaluation", COLUMN_TEXT, 0, false},
	{"source", "source", COLUMN_TEXT, 0, false},
	{"precision", "precision", COLUMN_TEXT, 0, false},
	{"chat_template", "chat template", COLUMN_TEXT, 0, false},
	{"submitted", "submitted", COLUMN_TEXT, 0, false},
	{"revision", "revision", COLUMN_TEXT, 0, false},
	{"scores", "scores", COLUMN_NUMBER, 0, false},
	{"shown_scores", "of them shown", COLUMN_NUMBER, 0, false},
	{"flagged", "flagged", COLUMN_FLAG, 0, false},
};

struct listing {
	struct table *table;
	size_t number;
};

static void add_revision(struct table *table, const char *revision)
{
	char *begin = revision ? memory_string_slice(revision, strnlen(revision, 12)) : NULL;

	table_text(table, begin);
	free(begin);
}

static bool add_evaluation(void *context, const struct store_evaluation *evaluation)
{
	struct listing *listing = context;
	const struct evaluation_facts *facts = &evaluation->facts;
	struct table *table = listing->table;

	table_number(table, (double)++listing->number);
	table_text(table, evaluation->preferred ? "chosen" : evaluation->chosen_count > 0 ? "shown" : "other");
	table_text(table, facts->source);
	table_text(table, facts->precision);
	table_text(table, names_answer(facts->chat_template));
	table_text(table, facts->submitted);
	add_revision(table, facts->revision);
	table_number(table, (double)evaluation->score_count);
	table_number(table, (double)evaluation->chosen_count);
	table_number(table, facts->flagged);
	return true;
}

enum status evaluations_report(struct report *report, const struct session *session, size_t model,
			       enum table_role role, struct error *error)
{
	struct listing listing = {.table = table_new(columns, sizeof columns / sizeof *columns)};
	enum status status = store_each_evaluation(session->store,
						   session->catalog->models[model].id,
						   add_evaluation, &listing, error);

	report_table(report, "evaluations", NULL, listing.table, role);
	table_free(listing.table);
	return status;
}
