#include "stemma/app/import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "folders.h"
#include "stemma/base/memory.h"
#include "stemma/base/text.h"
#include "stemma/formats/naming.h"

void import_wishes_free(struct import_wishes *wishes)
{
	free(wishes->subject);
	wishes->subject = NULL;
}

/* What an import writes through. */
struct importer {
	struct store *store;
	struct import_report *report;
	struct progress *progress;
	const char *stage;  /* shown with the progress */
	bool starter;       /* facts get the starter set's source and rank */
	bool begun;         /* the transaction is open */
	struct import_wishes *wishes; /* NULL none */
	char *child;        /* the one model that the file speaks of, where the user says more of it; owned */
	struct error fault; /* of naming, where no record is put */
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

/* The starter set must give way to what is imported and fetched, row by row; a score keeps the source that
 * its row names. */
static void record_as_starter(struct record *record)
{
	if (record->type == RECORD_MODEL) {
		record->of.model.source = "starter";
		record->of.model.rank = RANK_STARTER;
	} else if (record->type == RECORD_EVALUATION) {
		if (strcmp(record->of.evaluation.source, "user") == 0)
			record->of.evaluation.source = "starter";
		record->of.evaluation.rank = RANK_STARTER;
	} else if (record->type == RECORD_BENCHMARK) {
		record->of.benchmark.source = "starter";
		record->of.benchmark.rank = RANK_STARTER;
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

/* ---- names -------------------------------------------------------------------- */

/* Two paths never become one model: the second of a name gets a number. */
static char *free_name(struct store *store, const char *path)
{
	char *wanted = naming_local(path);
	struct text name = {0};

	text_append(&name, wanted);
	for (unsigned int number = 2; store_name_is_taken(store, text_string(&name)); number++) {
		text_clear(&name);
		text_append_format(&name, "%s-%u", wanted, number);
	}
	free(wanted);
	return text_steal(&name);
}

/* The name of the model at a path, found or made; the caller frees. */
static char *name_of_path(struct importer *importer, const char *identity)
{
	char *name = store_folder_name(importer->store, identity);

	if (!name) {
		name = free_name(importer->store, identity);
		store_put_folder(importer->store, identity, name, &importer->fault);
	}
	return name;
}

static char *importer_local(void *context, const char *path)
{
	struct importer *importer = context;

	if (importer_begin(importer, &importer->fault) != STATUS_OK)
		return naming_local(path);
	char *identity = folder_identity(path, importer->report->file);
	char *name = name_of_path(importer, identity);
	free(identity);
	return name;
}

/* One name is for one model. */
static void check_subject(struct importer *importer, const char *subject)
{
	struct import_wishes *wishes = importer->wishes;

	if (subject && wishes->subject && strcmp(wishes->subject, subject) != 0) {
		error_set(&importer->fault, STATUS_DATA, "this speaks of %s, another file of %s: --name and --parent are for"
			  " one model",
			  subject, wishes->subject);
		error_locate(&importer->fault, importer->report->file, 0, 0);
	} else if (subject && !wishes->subject) {
		wishes->subject = memory_string(subject);
	}
}

/* The path is called so from now on, and what it was called before is another name. */
static void remember_name(struct importer *importer, const char *identity)
{
	const char *name = importer->wishes->name;
	char *known = store_folder_name(importer->store, identity);
	struct alias_facts alias = {.alias = known, .current = name, .source = "user"};
	enum change change;

	store_put_folder(importer->store, identity, name, &importer->fault);
	if (known && strcmp(known, name) != 0)
		store_put_alias(importer->store, &alias, &change, &importer->fault);
	free(known);
}

static bool has_wishes(const struct importer *importer)
{
	const struct import_wishes *wishes = importer->wishes;

	return wishes && (wishes->name || wishes->sketch || wishes->parent_count > 0);
}

static char *importer_subject(void *context, const char *name, const char *path, bool here)
{
	struct importer *importer = context;
	bool wished = has_wishes(importer);

	if (importer_begin(importer, &importer->fault) != STATUS_OK || (!wished && !path))
		return memory_string(name);
	char *identity = path ? folder_identity(path, here ? NULL : importer->report->file) : NULL;
	const char *given = wished && importer->wishes->name ? importer->wishes->name : name;
	char *result = given ? memory_string(given) : identity ? name_of_path(importer, identity) : NULL;
	if (wished) {
		check_subject(importer, identity ? identity : name);
		free(importer->child);
		importer->child = memory_string(result);
	}
	if (wished && identity && importer->wishes->name)
		remember_name(importer, identity);
	free(identity);
	return result;
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
	if (importer->fault.status != STATUS_OK)
		goto fault;
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
fault:
	if (error)
		*error = importer->fault;
	return importer->fault.status;
}

static enum status importer_progress(void *context, size_t done, size_t total)
{
	struct importer *importer = context;
	double fraction = total > 0 ? (double)done / (double)total : -1;

	return progress_step(importer->progress, importer->stage, fraction < 1 ? fraction : 1)
		? STATUS_OK : STATUS_CANCELLED;
}

/* ---- files ----------------------------------------------------------------- */

/* What a report has counted so far: several files may share it. */
static struct store_import counts_of(const struct import_report *report)
{
	return (struct store_import){
		.accepted = report->added + report->updated + report->unchanged, .rejected = report->rejected,
		.added = report->added, .updated = report->updated,
	};
}

/* The parents that the user names take the place of those that the user named before. */
static enum status put_wished_parents(struct importer *importer, struct error *error)
{
	const struct import_wishes *wishes = importer->wishes;
	const char **names = memory_zero(wishes->parent_count, sizeof *names);
	enum status status = STATUS_OK;

	for (size_t i = 0; i < wishes->parent_count && status == STATUS_OK; i++) {
		struct record record = {.type = RECORD_EDGE, .of.edge = wishes->parents[i]};
		struct naming naming = naming_of(wishes->parents[i].parent);
		names[i] = naming.path ? importer_local(importer, naming.path) : memory_string(naming.name);
		naming_free(&naming);
		record.of.edge.child = importer->child;
		record.of.edge.parent = names[i];
		record.of.edge.source = "user";
		record.of.edge.trust = TRUST_USER;
		if (names[i])
			status = importer_accept(importer, &record, error);
		else
			status = error_set(error, STATUS_USAGE, "\"%s\" is no model's name", wishes->parents[i].parent);
	}
	const struct record parents = {.type = RECORD_PARENTS, .of.parents = {
		.child = importer->child, .source = "user", .parents = names, .count = wishes->parent_count}};
	if (status == STATUS_OK)
		status = importer_accept(importer, &parents, error);
	for (size_t i = 0; i < wishes->parent_count; i++)
		free((char *)(uintptr_t)names[i]);
	free(names);
	return status;
}

/* Says whose results a sketch that was written out has. */
static enum status link_sketch(struct importer *importer, struct error *error)
{
	bool changed;
	enum status status = store_link_written(importer->store, importer->wishes->sketch, importer->child,
						importer->wishes->first, &changed, error);

	importer->report->updated += status == STATUS_OK && changed;
	return status;
}

/* What the user has said beside the file. */
static enum status put_wishes(struct importer *importer, const char *path, struct error *error)
{
	const struct import_wishes *wishes = importer->wishes;

	if (!has_wishes(importer))
		return STATUS_OK;
	if (importer->fault.status != STATUS_OK) {
		*error = importer->fault;
		return error->status;
	}
	if (!importer->child && counts_of(importer->report).accepted > 0) {
		error_set(error, STATUS_DATA, "the file names its models itself; --name, --parent and --sketch are for one that speaks"
			  " of one model");
		return error_locate(error, path, 0, 0);
	}
	if (!importer->child)
		return STATUS_OK;
	enum status status = wishes->sketch ? link_sketch(importer, error) : STATUS_OK;
	return status == STATUS_OK && wishes->parent_count > 0 ? put_wished_parents(importer, error) : status;
}

/* Tells of what another file of the same import had brought. */
static void tell_replaced(struct importer *importer)
{
	char *file = store_replaced_import(importer->store);
	struct text message = {0};

	if (!file)
		return;
	text_append_format(&message, "this replaces what %s, of the same import, says of the same model; two models"
			   " need two names (--name)", file);
	importer_warn(importer, 0, 0, text_string(&message));
	text_free(&message);
	free(file);
}

/* Notes the file in the log, unless it was imported before and brings nothing new. */
static enum status importer_note_file(struct importer *importer, const char *path,
				      const struct store_import *before, struct error *error)
{
	struct import_report *report = importer->report;
	struct store_import counts = counts_of(report);

	counts.accepted -= before->accepted;
	counts.rejected -= before->rejected;
	counts.added -= before->added;
	counts.updated -= before->updated;
	report->known = counts.added + counts.updated == 0 && store_same_import(importer->store, path) > 0;
	if (report->known)
		return STATUS_OK;
	tell_replaced(importer);
	/* Not where it lay when the set was made. */
	const char *file = importer->starter ? strrchr(path, '/') + 1 : path;
	return store_note_import(importer->store, file, format_name(report->format), &counts, error);
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
		.subject = importer_subject,
		.local = importer_local,
		.progress = importer_progress,
	};
	struct import_report *report = importer->report;
	struct store_import before = counts_of(report);
	struct error problem = {0};
	enum status status = text
		? reader_read_text(text_string(text), text->length, path, &sink, &report->format, &problem)
		: reader_read(path, &sink, &report->format, &problem);

	if (status == STATUS_CANCELLED)
		return error_set(error, status, "the import was stopped; the cache is as before");
	if (status == STATUS_OK)
		status = put_wishes(importer, path, &problem);
	if (status != STATUS_OK && error && error->status == STATUS_OK)
		*error = problem;
	if (status == STATUS_OK)
		status = importer_begin(importer, error);
	return status == STATUS_OK ? importer_note_file(importer, path, &before, error) : status;
}

/* Commits, or takes everything back when something failed or nothing is new. */
static enum status importer_end(struct importer *importer, enum status status,
				struct error *error)
{
	if (status == STATUS_OK && !importer->report->known)
		status = store_commit(importer->store, error);
	else if (importer->begun)
		store_rollback(importer->store);
	store_listen(importer->store, NULL);
	free(importer->child);
	return status;
}

static enum status import_any(struct store *store, const char *path, const struct text *text,
			      struct import_wishes *wishes, struct progress *progress,
			      struct import_report *report, struct error *error)
{
	struct importer importer = {
		.store = store, .report = report, .progress = progress, .stage = "importing", .wishes = wishes,
	};
	enum status status = STATUS_OK;

	*report = (struct import_report){.file = memory_string(path)};
	if (wishes && wishes->first == 0)
		status = store_next_import(store, &wishes->first, error);
	store_watch_imports(store, wishes ? wishes->first : 0);
	if (status == STATUS_OK)
		status = importer_read(&importer, path, text, error);
	return importer_end(&importer, status, error);
}

enum status import_text(struct store *store, const char *path, const struct text *text,
			struct progress *progress, struct import_report *report, struct error *error)
{
	return import_any(store, path, text, NULL, progress, report, error);
}

enum status import_file(struct store *store, const char *path, struct progress *progress,
			struct import_report *report, struct error *error)
{
	return import_any(store, path, NULL, NULL, progress, report, error);
}

enum status import_file_as(struct store *store, const char *path, struct import_wishes *wishes,
			   struct progress *progress, struct import_report *report, struct error *error)
{
	return import_any(store, path, NULL, wishes, progress, report, error);
}

/* ---- the starter set ------------------------------------------------------- */

/* Those that are there, in this order. */
static const char *const starter_files[] = {
	"models.csv.gz", "models.csv", "benchmarks.csv", "scores.csv.gz", "edges.csv.gz", "edges.csv",
};

static bool starter_has(const char *folder, const char *name)
{
	struct text path = {0};

	text_append_format(&path, "%s/starter/%s", folder, name);
	bool there = access(text_string(&path), R_OK) == 0;
	text_free(&path);
	return there;
}

static enum status starter_read(struct importer *importer, const char *folder, const char *name,
				struct error *error)
{
	struct text path = {0};

	text_append_format(&path, "%s/starter/%s", folder, name);
	enum status status = importer_read(importer, text_string(&path), NULL, error);
	text_free(&path);
	return status;
}

static enum status starter_read_all(struct importer *importer, const char *folder, struct error *error)
{
	enum status status = STATUS_OK;
	size_t read = 0;

	for (size_t i = 0; i < sizeof starter_files / sizeof *starter_files && status == STATUS_OK; i++) {
		if (!starter_has(folder, starter_files[i]))
			continue;
		status = starter_read(importer, folder, starter_files[i], error);
		read++;
	}
	if (status != STATUS_OK || read > 0)
		return status;
	error_set(error, STATUS_NO_INPUT, "there is no starter set in %s/starter", folder);
	return error_advise(error, "install stemma again, or name the folder that holds starter/ in"
			    " STEMMA_SHARE; --no-starter begins without it");
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

enum status import_starter(struct store *store, const char *data_folder, struct progress *progress,
			   struct import_report *report, struct error *error)
{
	struct importer importer = {
		.store = store, .report = report, .progress = progress,
		.stage = "loading the starter set", .starter = true,
	};

	*report = (struct import_report){.file = memory_string("the starter set")};
	enum status status = starter_read_all(&importer, data_folder, error);
	if (status == STATUS_OK)
		status = starter_check(report, error);
	return importer_end(&importer, status, error);
}
