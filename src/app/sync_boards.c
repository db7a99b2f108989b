/* The Hub's official benchmarks: data sets whose leaderboard gathers what models publish of themselves. */
#include "sync.h"

#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"
#include "stemma/formats/hub.h"

struct datasets {
	char **list; /* owned */
	size_t count, capacity;
};

static void add_dataset(void *context, const char *id)
{
	struct datasets *datasets = context;

	datasets->list = memory_grow(datasets->list, datasets->count, &datasets->capacity, sizeof *datasets->list);
	datasets->list[datasets->count++] = memory_string(id);
}

/* "OWNER/NAME" as a part of an address, its slash kept. */
static char *escaped(const char *id)
{
	const char *slash = strchr(id, '/');
	char *owner = memory_string_slice(id, slash ? (size_t)(slash - id) : 0);
	char *first = http_escape(owner), *last = http_escape(slash ? slash + 1 : id);
	struct text path = {0};

	text_append_format(&path, "%s%s%s", first, slash ? "/" : "", last);
	free(owner);
	free(first);
	free(last);
	return text_steal(&path);
}

static enum status list_datasets(struct syncing *syncing, struct datasets *datasets, struct error *error)
{
	struct text first = {0};

	text_append_format(&first, "%s/api/datasets?filter=benchmark%%3Aofficial&limit=1000", syncing->endpoint);
	char *url = text_steal(&first);
	enum status status = STATUS_OK;
	for (size_t pages = 0; url && status == STATUS_OK; pages++) {
		struct http_answer answer;
		status = sync_get_list_page(syncing, url, pages, &answer, error);
		if (status == STATUS_OK && answer.status != 200)
			status = error_set(error, STATUS_IO, "%s: the server answers %ld", url, answer.status);
		if (status == STATUS_OK && hub_each_dataset(text_string(&answer.body), answer.body.length, add_dataset, datasets,
							    error) != STATUS_OK)
			status = error_locate(error, url, 0, 0);
		free(url);
		url = status == STATUS_OK ? sync_next_address(syncing, answer.next) : NULL;
		http_answer_free(&answer);
	}
	free(url);
	return status;
}

/* The task that the leaderboard is of, which its data set says in a file; NULL where that cannot be had: the
 * scores are the data set's then. */
static enum status get_task(struct syncing *syncing, const char *path, char **task, struct error *error)
{
	struct error problem = {0};
	struct http_answer answer;
	struct text url = {0};

	*task = NULL;
	text_append_format(&url, "%s/datasets/%s/resolve/main/eval.yaml", syncing->endpoint, path);
	enum status status = http_get(syncing->http, text_string(&url), NULL, &answer, &problem);
	if (status == STATUS_OK && answer.status == 200)
		*task = hub_first_task(text_string(&answer.body), answer.body.length);
	http_answer_free(&answer);
	text_free(&url);
	return status == STATUS_CANCELLED ? error_set(error, status, "%s", problem.message) : STATUS_OK;
}

static enum status take_board(struct syncing *syncing, const char *id, const char *task, const struct http_answer *answer,
			      struct error *error)
{
	struct import_report import = {0};
	struct error problem = {0};
	struct text models = {0};
	size_t entries;
	enum status status = hub_board(text_string(&answer->body), answer->body.length, id, task, &models, &entries, &problem);

	if (status == STATUS_OK && entries > 0) {
		status = import_text(syncing->store, syncing->endpoint, &models, NULL, &import, &problem);
		sync_count_import(syncing->report, &import);
	}
	text_free(&models);
	if (status == STATUS_DATA) {
		sync_failed(syncing->report, id, &problem);
		return status;
	}
	if (status != STATUS_OK) {
		*error = problem;
		return status;
	}
	syncing->report->boards++;
	syncing->report->entries += entries;
	return STATUS_OK;
}

/* One that has not changed costs a request, one that makes no sense nothing else. */
static enum status sync_board(struct syncing *syncing, const char *id, struct error *error)
{
	struct text resource = {0}, url = {0};
	struct error problem = {0};
	struct http_answer answer;
	char *path = escaped(id), *task = NULL;

	text_append_format(&resource, "board:%s", id);
	text_append_format(&url, "%s/api/datasets/%s/leaderboard", syncing->endpoint, path);
	struct store_sync known = store_get_sync(syncing->store, text_string(&resource));
	enum status status = http_get(syncing->http, text_string(&url), known.etag, &answer, &problem);
	bool changed = status == STATUS_OK && answer.status == 200;
	syncing->report->missing += status == STATUS_OK && answer.status != 200 && answer.status != 304;
	if (changed)
		status = get_task(syncing, path, &task, error);
	if (changed && status == STATUS_OK) {
		status = take_board(syncing, id, task, &answer, error);
		if (status == STATUS_OK)
			status = store_put_sync(syncing->store, text_string(&resource), NULL, answer.etag, true, error);
		else if (status == STATUS_DATA)
			status = STATUS_OK; /* told, and asked for again */
	}
	if (problem.status == STATUS_DATA) {
		sync_failed(syncing->report, id, &problem);
		status = STATUS_OK;
	} else if (problem.status != STATUS_OK)
		*error = problem;
	store_sync_free(&known);
	http_answer_free(&answer);
	text_free(&resource);
	text_free(&url);
	free(path);
	free(task);
	return status;
}

enum status sync_boards(struct syncing *syncing, struct error *error)
{
	struct datasets datasets = {0};
	enum status status = list_datasets(syncing, &datasets, error);

	for (size_t i = 0; i < datasets.count && status == STATUS_OK; i++) {
		http_tell(syncing->http, "fetching benchmarks", (double)i / (double)datasets.count);
		if (syncing->settings->dry_run)
			syncing->report->left++;
		else
			status = sync_board(syncing, datasets.list[i], error);
	}
	for (size_t i = 0; i < datasets.count; i++)
		free(datasets.list[i]);
	free(datasets.list);
	return status;
}
