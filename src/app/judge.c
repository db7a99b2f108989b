#include "stemma/app/judge.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "stemma/app/import.h"
#include "stemma/base/memory.h"
#include "stemma/base/text.h"
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

static enum status mark_given(void *context, const struct record *record, struct error *error)
{
	struct judge *judge = context;
	(void)error;

	if (record->type != RECORD_EVALUATION)
		return STATUS_OK;
	size_t model = catalog_find(judge->session->catalog, record->of.evaluation.model);
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
	if (status != STATUS_OK)
		judge_close(judge);
	return status;
}

void judge_close(struct judge *judge)
{
	static const char *const files[] = {"/copy.db-wal", "/copy.db-shm", "/copy.db", ""};

	session_close(judge->session);
	free(judge->given);
	for (size_t i = 0; judge->path && i < sizeof files / sizeof *files; i++) {
		struct text path = {0};
		text_append_format(&path, "%s%s", judge->path, files[i]);
		remove(text_string(&path));
		text_free(&path);
	}
	free(judge->path);
	*judge = (struct judge){0};
}
