#include "stemma/app/import_list.h"

#include <string.h>

#include "stemma/base/folder.h"

static void sums_add(struct import_sums *sums, const struct import_report *report, enum import_end end)
{
	sums->imported += end == IMPORT_DONE;
	sums->unknown += end == IMPORT_UNKNOWN;
	sums->failed += end == IMPORT_FAILED || end == IMPORT_USELESS;
	if (end == IMPORT_UNKNOWN || end == IMPORT_FAILED)
		return;
	sums->added += report->added;
	sums->updated += report->updated;
	sums->unchanged += report->unchanged;
	sums->rejected += report->rejected;
}

/* Rows were found, and none of them could be used. */
static bool is_useless(const struct import_report *report)
{
	return report->rejected > 0 && report->added + report->updated + report->unchanged == 0;
}

/* In a folder there may be files of any kind. */
static enum status import_one(struct import_list *list, const char *path, bool named,
			      struct import_sums *sums)
{
	struct import_report report = {0};
	struct error error = {0};
	enum import_end end = IMPORT_DONE;
	enum status status = import_file_as(list->store, path, &list->wishes, list->progress, &report, &error);

	if (status == STATUS_OK && is_useless(&report)) {
		status = STATUS_DATA;
		end = IMPORT_USELESS;
	} else if (status == STATUS_OK && report.rejected > 0) {
		status = STATUS_DATA; /* the rest is kept, and it must be seen that this was not */
	} else if (status == STATUS_DATA && report.format == FORMAT_UNKNOWN && !named) {
		status = STATUS_OK;
		end = IMPORT_UNKNOWN;
	} else if (status != STATUS_OK) {
		end = IMPORT_FAILED;
	}
	sums_add(sums, &report, end);
	list->tried(list->context, &report, end, &error);
	import_report_free(&report);
	return status;
}

/* A download cache keeps the contents of its files in "blobs", where the snapshots link to,
 * and marks of its own in "refs". */
static bool is_passed_over(const char *path)
{
	const char *cache = strstr(path, "models--"), *inside = cache ? strchr(cache, '/') : NULL;

	return inside && (strncmp(inside, "/blobs/", 7) == 0 || strncmp(inside, "/refs/", 6) == 0);
}

static enum status import_folder(struct import_list *list, const char *path)
{
	struct folder_files files = {0};
	struct import_sums sums = {0};
	struct error error = {0};
	enum status first = folder_list(path, &files, &error), status = STATUS_OK;

	for (size_t i = 0; i < files.count && status != STATUS_CANCELLED; i++) {
		if (is_passed_over(files.paths[i])) {
			sums.passed++;
			continue;
		}
		status = import_one(list, files.paths[i], false, &sums);
		if (first == STATUS_OK || status == STATUS_CANCELLED)
			first = status;
	}
	if (list->listed)
		list->listed(list->context, path, &sums, &error);
	list->sums.imported += sums.imported;
	list->sums.failed += sums.failed + (error.status != STATUS_OK);
	list->sums.unknown += sums.unknown;
	list->sums.passed += sums.passed;
	list->sums.added += sums.added;
	list->sums.updated += sums.updated;
	list->sums.unchanged += sums.unchanged;
	list->sums.rejected += sums.rejected;
	folder_files_free(&files);
	return first;
}

enum status import_list_add(struct import_list *list, const char *path)
{
	return folder_is(path) ? import_folder(list, path) : import_one(list, path, true, &list->sums);
}
