#include "origin.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reading.h"
#include "stemma/base/memory.h"
#include "stemma/formats/naming.h"

const char *origin_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

bool origin_in_results(const char *path)
{
	static const char folder[] = ".eval_results";
	const char *end = strrchr(path, '/');
	size_t length = sizeof folder - 1, before = end ? (size_t)(end - path) : 0;

	return before > length && path[before - length - 1] == '/' && strncmp(end - length, folder, length) == 0;
}

char *origin_folder(const char *path)
{
	const char *end = strrchr(path, '/'), *start;

	if (end && origin_in_results(path))
		end -= strlen("/.eval_results");
	if (!end || end == path)
		return NULL;
	start = end;
	while (start > path && start[-1] != '/')
		start--;
	return memory_string_slice(start, (size_t)(end - start));
}

char *origin_suite(const char *path)
{
	char *folder = origin_folder(path);

	if (folder && folder[strspn(folder, ".")] == '\0') {
		free(folder);
		folder = NULL;
	}
	return folder;
}

char *origin_path(const char *path)
{
	const char *end = strrchr(path, '/');

	if (end && origin_in_results(path))
		end -= strlen("/.eval_results");
	if (!end)
		return memory_string(".");
	return end == path ? memory_string("/") : memory_string_slice(path, (size_t)(end - path));
}

char *origin_stem(const char *path)
{
	static const char *const suffixes[] = {".gz", ".yml", ".yaml", ".txt", ".md", ".markdown", ".json"};
	const char *name = origin_base(path);
	size_t length = strlen(name);

	for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
		size_t suffix = strlen(suffixes[i]);
		if (length > suffix && memcmp(name + length - suffix, suffixes[i], suffix) == 0)
			length -= suffix;
	}
	return memory_string_slice(name, length);
}

char *origin_model(const char *path)
{
	char *folder = origin_folder(path);
	char *name = folder ? naming_joined(folder, strlen(folder), "__") : NULL;

	free(folder);
	if (!name && strrchr(path, '/')) {
		char *folders = memory_string_slice(path, (size_t)(strrchr(path, '/') - path));
		name = naming_cached(folders, NULL);
		free(folders);
	}
	return name;
}

const char *origin_time(const char *path)
{
	const char *name = origin_base(path);

	for (const char *at = strchr(name, '_'); at; at = strchr(at + 1, '_'))
		if (strspn(at + 1, "0123456789") == 4 && at[5] && strchr("-_", at[5]))
			return at + 1;
	return NULL;
}

bool origin_date(const char *path, char date[11])
{
	const char *time = origin_time(path);

	if (!time || strlen(time) < 10)
		return false;
	memcpy(date, time, 10);
	date[10] = '\0';
	date[4] = date[7] = '-';
	return !isnan(date_days(date));
}

/* ---- what a run states ------------------------------------------------------------- */

/* lm-evaluation-harness calls the folder of a run by the model, with "__" for runs
 * of what paths are made of: for "./out" that is no owner and name. */
static bool is_folder_of(const char *path, const char *stated)
{
	char *folder = origin_folder(path);
	const char *at = folder;
	bool same = folder != NULL;

	while (same && *stated) {
		size_t odd = strspn(stated, "\"<>:/|\\?*[]");
		if (odd > 0) {
			same = strncmp(at, "__", 2) == 0;
			at += same ? 2 : 0;
			stated += odd;
		} else {
			same = *at++ == *stated++;
		}
	}
	same = same && at[strspn(at, "_")] == '\0';
	free(folder);
	return same;
}

static void fail_without_name(struct source *source, const char *what, const char *stated)
{
	struct text message = {0};

	text_append_format(&message, "%s that do not say of which model", what);
	if (stated)
		text_append_format(&message, ": \"%.200s\" is no model's name", stated);
	source_fail_at(source, STATUS_DATA, 1, 0, text_string(&message));
	error_advise(source->error, "say it with --name OWNER/NAME, or put the file into a folder OWNER__NAME%s",
		     strcmp(what, "samples") == 0 ? " or beside its results_TIME.json" : "");
	text_free(&message);
}

bool origin_name_of_run(struct source *source, const char *what, const char *stated, struct origin_name *name)
{
	struct naming said = naming_of(stated);
	bool whole = said.name && strchr(said.name, '/');
	char *folder = whole || (said.path && is_folder_of(source->name, stated)) ? NULL : origin_model(source->name);

	*name = (struct origin_name){.revision = said.revision};
	said.revision = NULL;
	if (folder || said.name)
		name->name = subject_name(source, folder ? folder : said.name, NULL, false);
	else if (said.path)
		name->name = subject_name(source, NULL, said.path, false);
	else if (source->sink && source->sink->subject)
		name->name = subject_name(source, NULL, NULL, false);
	if (!name->name)
		fail_without_name(source, what, stated);
	else if (said.path && !folder && naming_is_local(name->name))
		warn(source->sink, 0, 0, "the model is the folder %s: called %s", said.path, name->name);
	naming_free(&said);
	free(folder);
	return name->name != NULL;
}

void origin_name_free(struct origin_name *name)
{
	free(name->name);
	free(name->revision);
	*name = (struct origin_name){0};
}
