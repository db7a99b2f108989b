/* Importing files beside the screen. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "work/intake.h"
#include "stemma/app/import_list.h"
#include "stemma/base/memory.h"
#include "settings/words.h"

#define NOTES_TOLD 20 /* rows of a file, as the command lists */

/* ---- the worker -------------------------------------------------------------------- */

/* "file:line:column: reason" of each row, as the command prints them. */
static void note_rows(struct intake *intake, const struct import_report *report)
{
	size_t total = report->rejected + report->warned;
	size_t listed = report->note_count < NOTES_TOLD ? report->note_count : NOTES_TOLD;

	for (size_t i = 0; i < listed; i++) {
		const struct import_note *note = &report->notes[i];
		char place[64] = "";
		if (note->column > 0)
			snprintf(place, sizeof place, "%ld:%ld:", note->line, note->column);
		else if (note->line > 0)
			snprintf(place, sizeof place, "%ld:", note->line);
		intake_note(intake, note->rejected, "%s:%s %s%s", report->file, place,
			    note->rejected ? "" : "warning: ", note->text);
	}
	if (listed < total)
		intake_note(intake, false, "%s: ... %zu more", report->file, total - listed);
}

static void tried(void *context, const struct import_report *report, enum import_end end,
		  const struct error *error)
{
	struct intake *intake = context;
	char line[1024];

	note_rows(intake, report);
	if (end != IMPORT_FAILED || error->status == STATUS_CANCELLED)
		return;
	error_format(error, line, sizeof line);
	intake_note(intake, true, "%s", line);
}

static void listed(void *context, const char *folder, const struct import_sums *sums,
		   const struct error *error)
{
	struct intake *intake = context;
	char line[1024];

	if (error->status != STATUS_OK) {
		error_format(error, line, sizeof line);
		intake_note(intake, true, "%s", line);
	}
	intake_note(intake, false, "%s: %zu imported, %zu failed, %zu of no known format", folder,
		    sums->imported, sums->failed, sums->unknown);
}

/* All that fails is noted; only the end of it all is returned. */
static enum status change(struct intake *intake, struct progress *progress, struct error *error)
{
	struct store *store;
	enum status status = store_open(intake->path, false, &store, NULL, error);

	if (status != STATUS_OK)
		return status;
	intake->list = (struct import_list){
		.store = store, .progress = progress, .tried = tried, .listed = listed, .context = intake,
	};
	for (size_t i = 0; i < intake->path_count && status != STATUS_CANCELLED; i++)
		status = import_list_add(&intake->list, intake->paths[i]);
	store_close(store);
	return status == STATUS_CANCELLED ? status : STATUS_OK;
}

/* ---- what came of it ----------------------------------------------------------------- */

static void count_records(const struct import_sums *sums, struct text *out)
{
	const struct {
		size_t count;
		const char *word;
	} parts[] = {{sums->added, "added"}, {sums->updated, "updated"}, {sums->unchanged, "unchanged"},
		     {sums->rejected, "rejected"}};
	char count[FIGURE_SIZE];
	bool first = true;

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		if (parts[i].count == 0)
			continue;
		text_append_format(out, "%s%s %s", first ? "" : ", ", figure_count(count, parts[i].count),
				   parts[i].word);
		first = false;
	}
	if (first)
		text_append(out, "nothing in it");
}

/* "models.csv: 12 added, 3 rejected" or "3 files, 1 failed: 12 added". */
static void describe(const struct intake *intake, struct text *out)
{
	const struct import_sums *sums = &intake->list.sums;
	size_t files = sums->imported + sums->failed;

	if (intake->path_count == 1 && files == 1 && sums->unknown == 0) {
		const char *slash = strrchr(intake->paths[0], '/');
		text_append_format(out, "%s: ", slash && slash[1] ? slash + 1 : intake->paths[0]);
	} else {
		text_append_format(out, "%zu file%s imported", sums->imported, sums->imported == 1 ? "" : "s");
		if (sums->failed)
			text_append_format(out, ", %zu failed", sums->failed);
		if (sums->imported == 0 && sums->rejected == 0)
			return;
		text_append(out, ": ");
	}
	count_records(sums, out);
}

static void told(struct browser *browser, const struct intake *intake, enum status status,
		 const struct error *error)
{
	const struct import_sums *sums = &intake->list.sums;
	struct text line = {0};
	char key[FIGURE_SIZE];

	if (status == STATUS_CANCELLED) {
		text_append(&line, "import stopped");
		if (sums->imported > 0)
			text_append_format(&line, "; %zu file%s before it stay%s", sums->imported,
					   sums->imported == 1 ? "" : "s", sums->imported == 1 ? "s" : "");
		else
			text_append(&line, "; the cache is as before");
	} else if (status != STATUS_OK) {
		browser_failure(browser, error);
	} else if (sums->imported == 0 && sums->failed == 1 && sums->rejected == 0) {
		; /* its failure stands there already */
	} else {
		describe(intake, &line);
		if (sums->rejected + sums->failed > 0 || intake->note_count > 0)
			text_append_format(&line, " (%s tells more)",
					   browser_key_of(browser, ACTION_MESSAGES, key));
	}
	if (line.length > 0)
		browser_tell(browser, text_string(&line), status == STATUS_OK && sums->failed > 0);
	text_free(&line);
}

static const struct intake_ops import_ops = {.name = "an import", .change = change, .told = told};

/* ---- what to import -------------------------------------------------------------------- */

/* A pipe or a device could keep the worker for ever. */
static bool is_fit(struct browser *browser, const char *path)
{
	struct stat status;

	struct error error = {0};

	if (strcmp(path, "-") == 0)
		error_set(&error, STATUS_USAGE, "standard input is the keyboard here: name a file or a folder");
	else if (stat(path, &status) != 0)
		error_set(&error, STATUS_NO_INPUT, "%s: %s", path, strerror(errno));
	else if (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode))
		error_set(&error, STATUS_NO_INPUT, "%s is neither a file nor a folder", path);
	else
		return true;
	browser_failure(browser, &error);
	return false;
}

void importing_start(struct browser *browser, const char *line)
{
	struct words words = {0};

	if (!intake_free_to_start(browser))
		return;
	words_split(line, &words);
	bool fit = words.count > 0;
	for (size_t i = 0; i < words.count && fit; i++)
		fit = is_fit(browser, words.list[i]);
	if (!fit) {
		words_free(&words);
		return;
	}
	browser->intake->paths = words.list;
	browser->intake->path_count = words.count;
	intake_start(browser, &import_ops);
}
