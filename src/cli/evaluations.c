#include "evaluations.h"

#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "stemma/app/starter.h"
#include "stemma/base/memory.h"
#include "stemma/base/text.h"

static const struct column columns[] = {
	{"number", "#", COLUMN_NUMBER, 0, false},
	{"shown", "evaluation", COLUMN_TEXT, 0, false},
	{"source", "source", COLUMN_TEXT, 0, false},
	{"precision", "precision", COLUMN_TEXT, 0, false},
	{"chat_template", "chat template", COLUMN_TEXT, 0, false},
	{"setup", "set-up", COLUMN_TEXT, 0, false},
	{"submitted", "date", COLUMN_TEXT, 0, false},
	{"revision", "revision", COLUMN_TEXT, 0, false},
	{"scores", "scores", COLUMN_NUMBER, 0, false},
	{"shown_scores", "of them shown", COLUMN_NUMBER, 0, false},
	{"flagged", "flagged", COLUMN_FLAG, 0, false},
};

/* What the scores of one run say themselves, as those of a table do. */
struct run_scores {
	int64_t evaluation;
	char *setup; /* owned; of all of them, "several" where they differ, "" none */
	char *date;  /* owned; the latest, NULL none */
};

struct listing {
	struct table *table;
	size_t number;
	struct run_scores *runs; /* owned */
	size_t count, capacity;
};

static struct run_scores *find_run(const struct listing *listing, int64_t evaluation)
{
	for (size_t i = 0; i < listing->count; i++)
		if (listing->runs[i].evaluation == evaluation)
			return &listing->runs[i];
	return NULL;
}

/* "5 shots, strict-match" */
static char *setup_of(const struct score_facts *facts)
{
	struct text out = {0};

	if (facts->shots >= 0)
		text_append_format(&out, "%d shot%s", facts->shots, facts->shots == 1 ? "" : "s");
	if (facts->setup && *facts->setup)
		text_append_format(&out, "%s%s", out.length > 0 ? ", " : "", facts->setup);
	char *setup = memory_string(text_string(&out));
	text_free(&out);
	return setup;
}

static void replace(char **string, char *with)
{
	free(*string);
	*string = with;
}

static bool see_score(void *context, const struct store_observation *row)
{
	struct listing *listing = context;
	struct run_scores *run = find_run(listing, row->evaluation);
	const char *date = row->facts.date;
	char *setup = setup_of(&row->facts);

	if (!run) {
		listing->runs = memory_grow(listing->runs, listing->count, &listing->capacity, sizeof *listing->runs);
		run = &listing->runs[listing->count++];
		*run = (struct run_scores){.evaluation = row->evaluation, .setup = memory_string(setup)};
	}
	if (strcmp(run->setup, setup) != 0)
		replace(&run->setup, memory_string("several"));
	if (date && (!run->date || strcmp(date, run->date) > 0))
		replace(&run->date, memory_string(date));
	free(setup);
	return true;
}

static void listing_free(struct listing *listing)
{
	for (size_t i = 0; i < listing->count; i++) {
		free(listing->runs[i].setup);
		free(listing->runs[i].date);
	}
	free(listing->runs);
	table_free(listing->table);
}

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
	const struct run_scores *run = find_run(listing, evaluation->id);
	struct table *table = listing->table;

	table_number(table, (double)++listing->number);
	table_text(table, evaluation->preferred ? "chosen" : evaluation->chosen_count > 0 ? "shown" : "other");
	table_text(table, facts->source);
	table_text(table, facts->precision);
	table_text(table, names_answer(facts->chat_template));
	table_text(table, run && *run->setup ? run->setup : NULL);
	table_text(table, facts->submitted || !run ? facts->submitted : run->date);
	add_revision(table, facts->revision);
	table_number(table, (double)evaluation->score_count);
	table_number(table, (double)evaluation->chosen_count);
	table_number(table, facts->flagged);
	return true;
}

/* ---- whence they are ---------------------------------------------------------------- */

static const struct column source_columns[] = {
	{"source", "source", COLUMN_TEXT, 0, false},
	{"credit", "licence and credit", COLUMN_TEXT, 0, false},
};

struct sources {
	struct table *table;
	char **seen;
	size_t count, capacity;
};

/* Of those that came with the program. */
static bool add_source(void *context, const struct store_evaluation *evaluation)
{
	struct sources *sources = context;
	const char *source = evaluation->facts.source;

	for (size_t i = 0; i < sources->count; i++)
		if (strcmp(sources->seen[i], source) == 0)
			return true;
	sources->seen = memory_grow(sources->seen, sources->count, &sources->capacity, sizeof *sources->seen);
	sources->seen[sources->count++] = memory_string(source);
	char *credit = starter_credit(starter_folder(), source);
	if (credit) {
		table_text(sources->table, source);
		table_text(sources->table, credit);
	}
	free(credit);
	return true;
}

enum status evaluations_report_sources(struct report *report, const struct session *session, size_t model,
				       struct error *error)
{
	struct sources sources = {.table = table_new(source_columns, sizeof source_columns / sizeof *source_columns)};
	enum status status = store_each_evaluation(session->store, session->catalog->models[model].id, add_source,
						   &sources, error);

	if (status == STATUS_OK && table_rows(sources.table) > 0)
		report_table(report, "sources", NULL, sources.table, TABLE_SIDE);
	for (size_t i = 0; i < sources.count; i++)
		free(sources.seen[i]);
	free(sources.seen);
	table_free(sources.table);
	return status;
}

enum status evaluations_report(struct report *report, const struct session *session, size_t model,
			       enum table_role role, struct error *error)
{
	struct listing listing = {.table = table_new(columns, sizeof columns / sizeof *columns)};
	int64_t id = session->catalog->models[model].id;
	enum status status = store_each_observation(session->store, id, see_score, &listing, error);

	if (status == STATUS_OK)
		status = store_each_evaluation(session->store, id, add_evaluation, &listing, error);
	report_table(report, "evaluations", NULL, listing.table, role);
	listing_free(&listing);
	return status;
}
