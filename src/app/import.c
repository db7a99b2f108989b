#include "stemma/app/import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"
#include "stemma/base/text.h"

/* What an import writes through. */
struct importer {
	struct store *store;
	struct import_report *report;
	struct progress *progress;
	const char *stage;  /* shown with the progress */
	bool starter;       /* facts get the starter set's source and rank */
	bool begun;         /* the transaction is open */
	long line;          /* of the record that is put; 0 between them */
	size_t note_capacity;
};

void import_report_free(struct import_report *report)
{
	for (size_t i = 0; i < report->note_count; i++)
		free(report->notes[i].text);
	free(report->notes);
	free(report->file);
	*report = (struct import_report){0};
}

/* ---- the sink -------------------------------------------------------------- */

static void importer_note(struct importer *importer, bool rejected, long line, long column,
			  const char *text)
{
	struct import_report *report = importer->report;

	*(rejected ? &report->rejected : &report->warned) += 1;
	if (report->note_count == IMPORT_NOTES_MAX)
		return;
	report->notes = memory_grow(report->notes, report->note_count, &importer->note_capacity,
				    sizeof *report->notes);
	report->notes[report->note_count++] = (struct import_note){
		.line = line, .column = column, .rejected = rejected, .text = memory_string(text),
	};
}

static void importer_reject(void *context, long line, long column, const char *reason)
{
	importer_note(context, true, line, column, reason);
}

static void importer_warn(void *context, long line, long column, const char *message)
{
	importer_note(context, false, line, column, message);
}

/* A value that the store finds to be none, at its own place or else that of the record. */
static void importer_refuse_score(void *context, const struct score_facts *score, const char *reason)
{
	struct importer *importer = context;

	importer_reject(importer, score->line ? score->line : importer->line, score->column, reason);
}

static void importer_tell(void *context, const char *message)
{
	struct importer *importer = context;

	importer_note(importer, false, importer->line, 0, message);
}

static void importer_listen(struct importer *importer)
{
	const struct store_listener listener = {importer, importer_refuse_score, importer_tell};

	store_listen(importer->store, &listener);
}

/* The starter set must give way to the real leaderboard, row by row. */
static void record_as_starter(struct record *record)
{
	if (record->type == RECORD_MODEL) {
		record->of.model.source = "starter";
		record->of.model.rank = RANK_STARTER;
	} else if (record->type == RECORD_EVALUATION) {
		record->of.evaluation.source = "starter";
		record->of.evaluation.rank = RANK_STARTER;
	}
}

static enum status importer_put(struct importer *importer, const struct record *record,
				enum change *change, struct error *error)
{
	struct import_report *report = importer->report;

	switch (record->type) {
	case RECORD_MODEL:
		report->models++;
		return store_put_model(importer->store, &record->of.model, change, error);
	case RECORD_EDGE:
		report->edges++;
		return store_put_edge(importer->store, &record->of.edge, change, error);
	case RECORD_EVALUATION:
		report->evaluations++;
		return store_put_evaluation(importer->store, &record->of.evaluation, change, error);
	case RECORD_ALIAS:
		report->aliases++;
		return store_put_alias(importer->store, &record->of.alias, change, error);
	case RECORD_PARENTS:
		return store_put_parents(importer->store, &record->of.parents, change, error);
	case RECORD_BENCHMARK:
		report->benchmarks++;
		return store_put_benchmark(importer->store, &record->of.benchmark, change, error);
	case RECORD_OUTCOMES:
		report->outcomes++;
		return store_put_outcomes(importer->store, &record->of.outcomes, change, error);
	}
	return error_set(error, STATUS_SOFTWARE, "a reader delivered an unknown record");
}

/* The transaction begins with the first record, so that a pipe that is slow to
 * begin does not keep other copies from writing. */
static enum status importer_begin(struct importer *importer, struct error *error)
{
	if (importer->begun)
		return STATUS_OK;
	enum status status = store_begin_import(importer->store, error);
	importer->begun = status == STATUS_OK;
	if (importer->begun)
		importer_listen(importer);
	return status;
}

static void importer_count(struct import_report *report, enum change change)
{
	switch (change) {
	case CHANGE_NONE:    report->unchanged++; break;
	case CHANGE_ADDED:   report->added++; break;
	case CHANGE_UPDATED: report->updated++; break;
	}
}

static enum status importer_accept(void *context, const struct record *record,
				   struct error *error)
{
	struct importer *importer = context;
	struct record own = *record;
	struct error problem = {0};
	enum change change = CHANGE_NONE;
	enum status status = importer_begin(importer, error);

	if (status != STATUS_OK)
		return status;
	if (importer->starter)
		record_as_starter(&own);
	importer->line = record->line;
	status = importer_put(importer, &own, &change, &problem);
	importer->line = 0;
	if (status == STATUS_OK) {
		if (record->type != RECORD_PARENTS || change != CHANGE_NONE)
			importer_count(importer->report, change);
		return STATUS_OK;
	}
	/* One row that cannot be stored is no reason to refuse the others. */
	if (status == STATUS_DATA) {
		importer_reject(importer, record->line, 0, problem.message);
		return STATUS_OK;
	}
	if (error && error->status == STATUS_OK)
		*error = problem;
	return status;
}

static enum status importer_progress(void *context, size_t done, size_t total)
{
	struct importer *importer = context;
	double fraction = total > 0 ? (double)done / (double)total : -1;

	return progress_step(importer->progress, importer->stage, fraction < 1 ? fraction : 1)
		? STATUS_OK : STATUS_CANCELLED;
}

/* ---- files ----------------------------------------------------------------- */

static size_t importer_accepted(const struct importer *importer)
{
	const struct import_report *report = importer->report;

	return report->added + report->updated + report->unchanged;
}

/* Reads one file, or a text in its place, into the open transaction and notes it in the log. */
static enum status importer_read(struct importer *importer, const char *path, const struct text *text,
				 struct error *error)
{
	struct record_sink sink = {
		.context = importer,
		.accept = importer_accept,
		.reject = importer_reject,
		.warn = importer_warn,
		.progress = importer_progress,
	};
	struct import_report *report = importer->report;
	size_t accepted = importer_accepted(importer), rejected = report->rejected;
	struct error problem = {0};
	enum status status = text
		? reader_read_text(text_string(text), text->length, path, &sink, &report->format, &problem)
		: reader_read(path, &sink, &report->format, &problem);

	if (status == STATUS_CANCELLED)
		return error_set(error, status, "the import was stopped; the cache is as before");
	if (status != STATUS_OK && error && error->status == STATUS_OK)
		*error = problem;
	if (status == STATUS_OK)
		status = importer_begin(importer, error);
	if (status != STATUS_OK)
		return status;
	return store_note_import(importer->store, path, format_name(report->format),
				 importer_accepted(importer) - accepted, report->rejected - rejected,
				 error);
}

/* Commits, or takes everything back when something failed. */
static enum status importer_end(struct importer *importer, enum status status,
				struct error *error)
{
	if (status == STATUS_OK)
		status = store_commit(importer->store, error);
	else if (importer->begun)
		store_rollback(importer->store);
	store_listen(importer->store, NULL);
	return status;
}

enum status import_text(struct store *store, const char *path, const struct text *text,
			struct progress *progress, struct import_report *report, struct error *error)
{
	struct importer importer = {
		.store = store, .report = report, .progress = progress, .stage = "importing",
	};

	*report = (struct import_report){.file = memory_string(path)};
	enum status status = importer_read(&importer, path, text, error);
	return importer_end(&importer, status, error);
}

enum status import_file(struct store *store, const char *path, struct progress *progress,
			struct import_report *report, struct error *error)
{
	return import_text(store, path, NULL, progress, report, error);
}

/* ---- the starter set ------------------------------------------------------- */

static enum status starter_read(struct importer *importer, const char *folder, const char *name,
				struct error *error)
{
	struct text path = {0};

	text_append_format(&path, "%s/starter/%s", folder, name);
	enum status status = importer_read(importer, text_string(&path), NULL, error);
	if (status == STATUS_NO_INPUT)
		error_advise(error, "install stemma again, or name the folder that holds starter/ in"
			     " STEMMA_SHARE; --no-starter begins without it");
	text_free(&path);
	return status;
}

/* Rows that the program itself brought must all fit. */
static enum status starter_check(const struct import_report *report, struct error *error)
{
	if (report->rejected == 0)
		return STATUS_OK;
	error_set(error, STATUS_DATA, "the starter set is damaged: line %ld: %s",
		  report->note_count > 0 ? report->notes[0].line : 0,
		  report->note_count > 0 ? report->notes[0].text : "unusable");
	error_advise(error, "install stemma again");
	return STATUS_DATA;
}

enum status import_starter(struct store *store, const char *data_folder,
			   struct progress *progress, struct error *error)
{
	struct import_report report = {0};
	struct importer importer = {
		.store = store, .report = &report, .progress = progress,
		.stage = "loading the starter set", .starter = true,
	};
	enum status status = starter_read(&importer, data_folder, "models.csv", error);

	if (status == STATUS_OK)
		status = starter_read(&importer, data_folder, "edges.csv", error);
	if (status == STATUS_OK)
		status = starter_check(&report, error);
	status = importer_end(&importer, status, error);
	import_report_free(&report);
	return status;
}
