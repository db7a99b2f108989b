#include "origin.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reading.h"
#include "stemma/base/memory.h"

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

/* "owner/name" of "owner" SEPARATOR "name"; NULL when that is no name. */
static char *joined_name(const char *text, size_t length, const char *separator)
{
	char *name = memory_string_slice(text, length);
	char *bar = strstr(name, separator);

	if (bar && bar > name) {
		*bar = '/';
		memmove(bar + 1, bar + 2, strlen(bar + 2) + 1);
		if (is_hub_name(name))
			return name;
	}
	free(name);
	return NULL;
}

/* The folder of a download cache. */
static char *cached_model(const char *path)
{
	const char *folder = strstr(path, "models--");

	if (!folder || (folder > path && folder[-1] != '/') || !strchr(folder, '/'))
		return NULL;
	folder += strlen("models--");
	return joined_name(folder, strcspn(folder, "/"), "--");
}

char *origin_model(const char *path)
{
	char *folder = origin_folder(path);
	char *name = folder ? joined_name(folder, strlen(folder), "__") : NULL;

	free(folder);
	return name ? name : cached_model(path);
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

/* A path of the machine that ran it, or what cannot be a name of the Hub. */
static bool is_path(const char *stated)
{
	const char *slash = strchr(stated, '/');

	return strchr("/.~", stated[0]) || strchr(stated, '\\') || (isalpha((unsigned char)stated[0]) && stated[1] == ':') ||
	       (slash && strchr(slash + 1, '/'));
}

/* Of "owner/name/tree/main" the first two parts. */
static size_t page_length(const char *page)
{
	const char *slash = strchr(page, '/'), *end = slash ? strchr(slash + 1, '/') : NULL;

	return end ? (size_t)(end - page) : strlen(page);
}

/* Without blanks or quotes around it, an address before it or "/" behind it. */
static char *trimmed(const char *stated)
{
	static const char *const hosts[] = {"https://huggingface.co/", "http://huggingface.co/", "huggingface.co/",
					    "https://hf.co/", "hf.co/"};
	size_t length;

	stated += strspn(stated, " \t'\"");
	length = strlen(stated);
	for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++)
		if (strncmp(stated, hosts[i], strlen(hosts[i])) == 0) {
			stated += strlen(hosts[i]);
			length = page_length(stated);
			break;
		}
	while (length > 1 && strchr(" \t'\"/\\", stated[length - 1]))
		length--;
	return memory_string_slice(stated, length);
}

/* A model of the Hub, in a setting or not. */
static bool is_stated_name(const char *name)
{
	const char *setting;
	char *base = setting_base(name, &setting);
	bool sound = base ? is_model_name(name) : is_hub_name(name);

	free(base);
	return sound;
}

/* Takes "@REVISION" off, where what is before it is a name. */
static void split_revision(char *stated, struct origin_name *name)
{
	char *at = strchr(stated, '@');

	if (!at)
		return;
	*at = '\0';
	if (is_stated_name(stated) && at[1])
		name->revision = memory_string(at + 1);
	else
		*at = '@';
}

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

/* The last part of a path, with "-" for blanks, unless it is what every model's
 * folder may be called. */
static char *local_name(const char *path)
{
	static const char *const common[] = {"model", "models", "output", "outputs", "out", "results", "checkpoint",
					     "checkpoints", "final", "merged", "main", "latest", "tmp", "hf", "snapshots"};
	const char *last = path + strlen(path);

	while (last > path && !strchr("/\\", last[-1]))
		last--;
	for (size_t i = 0; i < sizeof common / sizeof *common; i++)
		if (strcmp(last, common[i]) == 0)
			return NULL;
	if (strncmp(last, "checkpoint-", 11) == 0 || strspn(last, "0123456789abcdef") == strlen(last))
		return NULL;
	char *name = memory_string(last);
	for (char *at = name; *at; at++)
		*at = *at == ' ' ? '-' : *at;
	if (is_stated_name(name))
		return name;
	free(name);
	return NULL;
}

/* The model that a folder of a download cache, or one in it, is a copy of. */
static char *cached_folder(const char *folder)
{
	struct text path = {0};

	text_append_format(&path, "%s/", folder);
	char *name = cached_model(text_string(&path));
	text_free(&path);
	return name;
}

static void fail_without_name(struct source *source, const char *what, const char *stated)
{
	struct text message = {0};

	text_append_format(&message, "%s that do not say of which model", what);
	if (stated)
		text_append_format(&message, ": \"%.200s\" is no model's name", stated);
	source_fail_at(source, STATUS_DATA, 1, 0, text_string(&message));
	error_advise(source->error, "put the file into a folder OWNER__NAME%s",
		     strcmp(what, "samples") == 0 ? " or beside its results_TIME.json" : "");
	text_free(&message);
}

bool origin_name_of_run(struct source *source, const char *what, const char *stated, struct origin_name *name)
{
	char *given = stated ? trimmed(stated) : NULL;
	bool path = given && is_path(given);

	*name = (struct origin_name){0};
	if (given)
		split_revision(given, name);
	if (given && !path && strchr(given, '/') && is_stated_name(given))
		name->name = memory_string(given);
	if (!name->name && given)
		name->name = cached_folder(given);
	if (!name->name && !(path && is_folder_of(source->name, stated)))
		name->name = origin_model(source->name);
	if (!name->name && given && !path && is_stated_name(given))
		name->name = memory_string(given);
	if (!name->name && path) {
		name->name = local_name(given);
		if (name->name)
			warn(source->sink, 0, 0, "the model is the folder %s of the machine that ran it: called %s", given,
			     name->name);
	}
	if (!name->name)
		fail_without_name(source, what, stated);
	free(given);
	return name->name != NULL;
}

void origin_name_free(struct origin_name *name)
{
	free(name->name);
	free(name->revision);
	*name = (struct origin_name){0};
}
