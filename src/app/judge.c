#include "stemma/app/judge.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "stemma/app/import.h"
#include "stemma/base/memory.h"
#include "stemma/base/text.h"
#include "stemma/formats/folds.h"
#include "stemma/formats/reader.h"

/* A new folder of our own: the copy and SQLite's files beside it. */
static char *temporary_folder(struct error *error)
{
	const char *folder = getenv("TMPDIR");
	struct text path = {0};

	text_append_format(&path, "%s/stemma-XXXXXX", folder && folder[0] ? folder : "/tmp");
	char *name = text_steal(&path);
	if (mkdtemp(name))
		return name;
	error_set(error, STATUS_IO, "no temporary folder can be made: %s", strerror(errno));
	error_locate(error, name, 0, 0);
	error_advise(error, "set TMPDIR to a folder that may be written to");
	free(name);
	return NULL;
}

/* ---- cells ----------------------------------------------------------------------------- */

void judge_cells_free(struct judge_cells *cells)
{
	free(cells->list);
	*cells = (struct judge_cells){0};
}

/* A key or alias; what only the name of a family would mean is none. */
static size_t find_benchmark(const struct catalog *catalog, const char *word)
{
	size_t benchmark = catalog_benchmark(catalog, word);
	struct text said = {0};
	struct error error = {0};

	if (benchmark != CATALOG_NONE)
		return benchmark;
	if (catalog_find_benchmark(catalog, word, &benchmark, &said, &error) != STATUS_OK || said.length > 0)
		benchmark = CATALOG_NONE;
	text_free(&said);
	return benchmark;
}

static void add_cell(const struct catalog *catalog, struct judge_cells *cells, size_t fold, size_t model,
		     const char *word)
{
	size_t benchmark = model == CATALOG_NONE ? CATALOG_NONE : find_benchmark(catalog, word);

	if (benchmark == CATALOG_NONE || isnan(catalog_score(catalog, model, benchmark))) {
		cells->missing++;
		return;
	}
	cells->list = memory_grow(cells->list, cells->count, &cells->capacity, sizeof *cells->list);
	cells->list[cells->count++] =
		(struct holdout_given){(uint32_t)fold, (uint32_t)model, (uint32_t)benchmark};
}

struct folds {
	const struct catalog *catalog;
	struct judge_cells *cells;
};

static void add_fold_row(void *context, const struct fold_row *row)
{
	struct folds *folds = context;

	add_cell(folds->catalog, folds->cells, row->fold, catalog_find(folds->catalog, row->model), row->benchmark);
}

enum status judge_read_folds(const struct catalog *catalog, const char *file, struct judge_cells *cells,
			     struct error *error)
{
	struct folds folds = {catalog, cells};

	*cells = (struct judge_cells){0};
	enum status status = folds_read(file, add_fold_row, &folds, error);
	if (status == STATUS_OK && cells->count == 0) {
		status = error_set(error, STATUS_DATA, "the cache has none of the scores that the folds name");
		error_locate(error, file, 0, 0);
	}
	if (status != STATUS_OK)
		judge_cells_free(cells);
	return status;
}

static bool mark_suite(const struct catalog *catalog, const char *word, bool flag, bool *marked)
{
	bool found = false;

	for (size_t b = 0; b < catalog->benchmark_count; b++)
		if (catalog->benchmarks[b].suite && strcasecmp(catalog->benchmarks[b].suite, word) == 0)
			marked[b] = flag, found = true;
	return found;
}

enum status judge_mark_benchmarks(const struct catalog *catalog, const char *words, bool flag, bool *marked,
				  struct error *error)
{
	enum status status = STATUS_OK;

	while (*words && status == STATUS_OK) {
		size_t length = strcspn(words, ","), benchmark;
		char *word = memory_string_slice(words, length);
		if (!mark_suite(catalog, word, flag, marked)) {
			status = catalog_find_benchmark(catalog, word, &benchmark, NULL, error);
			if (status == STATUS_OK)
				marked[benchmark] = flag;
		}
		free(word);
		words += length + (words[length] == ',');
	}
	return status;
}

/* ---- scores of a file --------------------------------------------------------------------- */

static enum status mark_given(void *context, const struct record *record, struct error *error)
{
	struct judge *judge = context;
	const struct catalog *catalog = judge->session->catalog;
	(void)error;

	if (record->type != RECORD_EVALUATION)
		return STATUS_OK;
	size_t model = catalog_find(catalog, record->of.evaluation.model);
	for (size_t i = 0; i < record->of.evaluation.score_count; i++)
		add_cell(catalog, &judge->cells, 0, model, record->of.evaluation.scores[i].benchmark);
	if (model != CATALOG_NONE && !judge->given[model]) {
		judge->given[model] = true;
		judge->given_count++;
	}
	return STATUS_OK;
}

static enum status judge_mark(struct judge *judge, const char *file, struct error *error)
{
	struct record_sink sink = {.context = judge, .accept = mark_given};
	enum format format;

	judge->given = memory_zero(judge->session->catalog->count, sizeof *judge->given);
	enum status status = reader_read(file, &sink, &format, error);
	if (status != STATUS_OK || judge->given_count > 0)
		return status;
	error_set(error, STATUS_DATA, "the file has no scores to judge by");
	return error_locate(error, file, 0, 0);
}

/* Benchmarks may have other numbers in the copy. */
static bool has_scores_of(const struct catalog *catalog, const struct judge *judge)
{
	const struct catalog *copy = judge->session->catalog;
	bool found = false;

	for (size_t i = 0; i < judge->cells.count && !found; i++) {
		size_t own = catalog_benchmark(catalog, copy->benchmarks[judge->cells.list[i].benchmark].key);
		found = own != CATALOG_NONE && catalog->benchmarks[own].models > 0;
	}
	return found;
}

enum status judge_open(struct session *session, const char *file, struct progress *progress,
		       struct judge *judge, struct error *error)
{
	struct import_report report = {0};

	*judge = (struct judge){.path = temporary_folder(error)};
	if (!judge->path)
		return STATUS_IO;
	struct text copy = {0};
	text_append_format(&copy, "%s/copy.db", judge->path);
	enum status status = store_copy(session->store, text_string(&copy), error);
	if (status == STATUS_OK)
		status = session_open(text_string(&copy), true, NULL, progress, &judge->session, error);
	text_free(&copy);
	if (status == STATUS_OK)
		status = import_file(judge->session->store, file, progress, &report, error);
	import_report_free(&report);
	if (status == STATUS_OK)
		status = session_reload(judge->session, error);
	if (status == STATUS_OK)
		status = judge_mark(judge, file, error);
	if (status == STATUS_OK)
		judge->learnable = has_scores_of(session->catalog, judge);
	if (status != STATUS_OK)
		judge_close(judge);
	return status;
}

void judge_close(struct judge *judge)
{
	static const char *const files[] = {"/copy.db-wal", "/copy.db-shm", "/copy.db", ""};

	session_close(judge->session);
	free(judge->given);
	judge_cells_free(&judge->cells);
	for (size_t i = 0; judge->path && i < sizeof files / sizeof *files; i++) {
		struct text path = {0};
		text_append_format(&path, "%s%s", judge->path, files[i]);
		remove(text_string(&path));
		text_free(&path);
	}
	free(judge->path);
	*judge = (struct judge){0};
}
