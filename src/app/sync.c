#include "sync.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "stemma/base/memory.h"
#include "stemma/base/read_file.h"
#include "stemma/formats/rows.h"

#define HUB "https://huggingface.co"
#define ROWS "https://datasets-server.huggingface.co"
#define CONTENTS "contents"
#define PAGE_ROWS 100
#define ANSWERS_MAX 8 /* the pages together may be this many times the size of one answer */
#define LIST_PAGES_MAX 1000 /* of 1000 models */
#define ROWS_MAX 1000000 /* of the leaderboard; it had 4,576 */

/* ---- the environment ----------------------------------------------------------- */

static bool is_true(const char *name)
{
	static const char *const words[] = {"1", "ON", "YES", "TRUE"};
	const char *value = getenv(name);

	for (size_t i = 0; value && i < sizeof words / sizeof *words; i++)
		if (strcasecmp(value, words[i]) == 0)
			return true;
	return false;
}

static enum status check_online(struct error *error)
{
	static const char *const names[] = {"HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (is_true(names[i])) {
			error_set(error, STATUS_IO, "%s says that nothing may be fetched", names[i]);
			return error_advise(error, "unset it to sync");
		}
	return STATUS_OK;
}

/* What would be in messages, and in the cache as the source of what came from there. */
static enum status check_endpoint(struct error *error)
{
	const char *own = getenv("HF_ENDPOINT"), *host = own ? strstr(own, "://") : NULL;

	host = host ? host + 3 : own;
	if (!host || !memchr(host, '@', strcspn(host, "/?#")))
		return STATUS_OK;
	error_set(error, STATUS_USAGE, "HF_ENDPOINT has a name or a password in it");
	return error_advise(error, "take them out; HF_TOKEN may hold a token");
}

/* It becomes a line of a request. */
static enum status check_token(const char *token, struct error *error)
{
	for (const char *at = token; at && *at; at++)
		if (isspace((unsigned char)*at) || iscntrl((unsigned char)*at)) {
			error_set(error, STATUS_USAGE, "HF_TOKEN has a blank or a line end in it");
			return error_advise(error, "set it to the token alone, or unset it");
		}
	return STATUS_OK;
}

static char *base_address(const char *standard)
{
	const char *own = getenv("HF_ENDPOINT");
	char *address = memory_string(own && own[0] ? own : standard);

	for (size_t length = strlen(address); length > 0 && address[length - 1] == '/';)
		address[--length] = '\0';
	return address;
}

/* Without blanks and line ends; NULL when nothing is left. */
static char *trimmed(const char *text)
{
	while (isspace((unsigned char)*text))
		text++;
	size_t length = strlen(text);
	while (length > 0 && isspace((unsigned char)text[length - 1]))
		length--;
	return length > 0 ? memory_string_slice(text, length) : NULL;
}

static char *token_file(void)
{
	const char *path = getenv("HF_TOKEN_PATH"), *folder = getenv("HF_HOME");
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	struct text name = {0};

	if (path && path[0])
		text_append(&name, path);
	else if (folder && folder[0])
		text_append_format(&name, "%s/token", folder);
	else if (cache && cache[0])
		text_append_format(&name, "%s/huggingface/token", cache);
	else if (home && home[0])
		text_append_format(&name, "%s/.cache/huggingface/token", home);
	return name.length ? text_steal(&name) : NULL;
}

/* As the Hub's own client looks for it. */
static char *find_token(void)
{
	static const char *const names[] = {"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"};
	struct text text = {0};
	char *token = NULL, *path;

	if (is_true("HF_HUB_DISABLE_IMPLICIT_TOKEN"))
		return NULL;
	for (size_t i = 0; i < sizeof names / sizeof *names && !token; i++)
		token = getenv(names[i]) ? trimmed(getenv(names[i])) : NULL;
	path = token ? NULL : token_file();
	if (path && access(path, R_OK) == 0 && read_file(path, &text, NULL) == STATUS_OK)
		token = trimmed(text_string(&text));
	text_free(&text);
	free(path);
	return token;
}

/* ---- the leaderboard ------------------------------------------------------------ */

/* The pages that are kept. */
struct pages {
	size_t count, bytes;
};

static bool count_page(void *context, const char *body)
{
	struct pages *pages = context;

	pages->count++;
	pages->bytes += strlen(body);
	return true;
}

static bool join_page(void *context, const char *body)
{
	struct text *text = context;

	text_append(text, text->length ? "," : "[");
	text_append(text, body);
	return true;
}

static enum status get_page(struct syncing *syncing, size_t page, const char *etag,
			    struct http_answer *answer, struct error *error)
{
	struct text url = {0};

	text_append_format(&url, "%s/rows?dataset=open-llm-leaderboard%%2Fcontents&config=default"
			   "&split=train&offset=%zu&length=%d", syncing->rows, page * PAGE_ROWS, PAGE_ROWS);
	enum status status = http_get(syncing->http, text_string(&url), etag, answer, error);
	if (status == STATUS_OK && answer->status != 200 && answer->status != 304) {
		error_set(error, STATUS_IO, "%s: the server answers %ld: not found or private",
			  text_string(&url), answer->status);
		status = STATUS_IO;
	}
	text_free(&url);
	return status;
}

void sync_count_import(struct sync_report *report, struct import_report *import)
{
	report->added += import->added;
	report->updated += import->updated;
	report->rejected += import->rejected;
	import_report_free(import);
}

/* All pages are there: takes the table over.  Pages that are no table of the
 * leaderboard's go, so that the next run asks anew. */
static enum status take_contents(struct syncing *syncing, const char *etag, struct error *error)
{
	struct import_report import = {0};
	struct text table = {0};
	enum status status = store_each_page(syncing->store, CONTENTS, join_page, &table, error);

	text_append(&table, "]");
	if (status == STATUS_OK)
		status = import_text(syncing->store, syncing->rows, &table, syncing->progress, &import, error);
	sync_count_import(syncing->report, &import);
	if (status == STATUS_DATA)
		store_drop_pages(syncing->store, CONTENTS, NULL);
	if (status == STATUS_OK)
		status = store_drop_pages(syncing->store, CONTENTS, error);
	if (status == STATUS_OK)
		status = store_put_sync(syncing->store, CONTENTS, NULL, etag, true, error);
	text_free(&table);
	return status;
}

/* Drops the pages that are kept when this one does not go with them: the next run begins anew. */
static enum status check_page(struct syncing *syncing, struct pages *pages, size_t rows, size_t now, size_t total,
			      struct error *error)
{
	const size_t limit = ANSWERS_MAX * syncing->settings->size_limit;
	const char *problem = NULL;

	if (pages->bytes > limit) {
		store_drop_pages(syncing->store, CONTENTS, NULL);
		error_set(error, STATUS_DATA, "%s: the pages of the table are larger than %zu bytes", syncing->rows, limit);
		return error_advise(error, "--max-size raises the limit");
	}
	if (pages->count > 0 && now != total)
		problem = "the table changed meanwhile";
	else if (rows < PAGE_ROWS && pages->count * PAGE_ROWS + rows < now)
		problem = "a page is shorter than it should be";
	if (!problem)
		return STATUS_OK;
	store_drop_pages(syncing->store, CONTENTS, NULL);
	error_set(error, STATUS_DATA, "%s: %s", syncing->rows, problem);
	return error_advise(error, "run it again: it begins anew");
}

/* Keeps a page; *total is the size of the table, which must stay the same over all pages. */
static enum status keep_page(struct syncing *syncing, struct pages *pages, size_t *total,
			     const struct http_answer *answer, const char *etag, struct error *error)
{
	size_t rows, now;
	char cursor[24];
	enum status status = rows_page(text_string(&answer->body), answer->body.length, syncing->rows,
				       &rows, &now, error);

	if (status != STATUS_OK)
		return status;
	if (now > ROWS_MAX)
		return error_set(error, STATUS_DATA, "%s: a table of %zu rows; at most %d are taken", syncing->rows, now, ROWS_MAX);
	pages->bytes += answer->body.length;
	status = check_page(syncing, pages, rows, now, *total, error);
	if (status != STATUS_OK)
		return status;
	*total = now;
	snprintf(cursor, sizeof cursor, "%zu", now);
	/* First how many there are to be: pages without that would pass for all. */
	status = store_put_sync(syncing->store, CONTENTS, cursor, etag, false, error);
	if (status == STATUS_OK)
		status = store_put_page(syncing->store, CONTENTS, pages->count, text_string(&answer->body), error);
	pages->count++;
	syncing->report->fetched += rows;
	return status;
}

static enum status sync_contents(struct syncing *syncing, struct error *error)
{
	struct store_sync known = store_get_sync(syncing->store, CONTENTS);
	struct pages pages = {0};
	size_t total = known.cursor ? strtoull(known.cursor, NULL, 10) : 0;
	char *etag = memory_string(known.done ? NULL : known.etag);
	enum status status = store_each_page(syncing->store, CONTENTS, count_page, &pages, error);

	if (total == 0)
		pages = (struct pages){0}; /* as a program that was killed may have left it once */
	while (status == STATUS_OK && !syncing->report->unchanged &&
	       (pages.count == 0 || pages.count * PAGE_ROWS < total)) {
		struct http_answer answer;
		status = get_page(syncing, pages.count, pages.count == 0 && known.done ? known.etag : NULL, &answer, error);
		syncing->report->unchanged = status == STATUS_OK && answer.status == 304;
		if (status == STATUS_OK && answer.status == 200) {
			if (pages.count == 0) {
				free(etag);
				etag = memory_string(answer.etag);
			}
			status = syncing->settings->dry_run
				? rows_page(text_string(&answer.body), answer.body.length, syncing->rows,
					    &(size_t){0}, &total, error)
				: keep_page(syncing, &pages, &total, &answer, etag, error);
			http_tell(syncing->http, "fetching the leaderboard",
				  total ? (double)(pages.count * PAGE_ROWS) / (double)total : -1);
		}
		http_answer_free(&answer);
		if (syncing->settings->dry_run)
			break;
	}
	syncing->report->rows = total;
	if (status == STATUS_OK && !syncing->report->unchanged && !syncing->settings->dry_run)
		status = take_contents(syncing, etag, error);
	free(etag);
	store_sync_free(&known);
	return status;
}

void sync_failed(struct sync_report *report, const char *what, const struct error *error)
{
	if (report->failed++ == 0)
		snprintf(report->first_failed, sizeof report->first_failed, "%.100s: %.400s", what, error->message);
}

/* ---- descendants ------------------------------------------------------------------ */

/* The next page is where the first was; a mirror may still name the Hub's own host.
 * NULL at the end, and for an address of somebody else. */
char *sync_next_address(const struct syncing *syncing, const char *next)
{
	const char *const bases[] = {syncing->endpoint, HUB};
	struct text address = {0};

	for (size_t i = 0; next && i < sizeof bases / sizeof *bases; i++) {
		size_t length = strlen(bases[i]);
		if (strncmp(next, bases[i], length) == 0 && next[length] == '/') {
			text_append_format(&address, "%s%s", syncing->endpoint, next + length);
			return text_steal(&address);
		}
	}
	return NULL;
}

enum status sync_get_list_page(struct syncing *syncing, const char *url, size_t page, struct http_answer *answer,
			       struct error *error)
{
	if (page < LIST_PAGES_MAX)
		return http_get(syncing->http, url, NULL, answer, error);
	*answer = (struct http_answer){0};
	return error_set(error, STATUS_DATA, "%s: the list has more than %d pages", url, LIST_PAGES_MAX);
}

/* The pages of the list of all models that name this one as a parent. */
static enum status get_children(struct syncing *syncing, const char *name, struct error *error)
{
	struct text first = {0};
	char *id = http_escape(name);

	text_append_format(&first, "%s/api/models?filter=base_model%%3A%s&full=true&cardData=true&limit=1000",
			   syncing->endpoint, id);
	char *url = text_steal(&first);
	enum status status = STATUS_OK;
	for (size_t pages = 0; url && status == STATUS_OK; pages++) {
		struct import_report import = {0};
		struct http_answer answer;
		status = sync_get_list_page(syncing, url, pages, &answer, error);
		free(url);
		url = NULL;
		if (status == STATUS_OK && answer.status == 200) {
			status = import_text(syncing->store, syncing->endpoint, &answer.body, NULL, &import, error);
			sync_count_import(syncing->report, &import);
			url = sync_next_address(syncing, answer.next);
		}
		http_answer_free(&answer);
	}
	free(url);
	free(id);
	return status;
}

static enum status sync_descendants(struct syncing *syncing, struct error *error)
{
	struct sync_names names = {0};
	enum status status = store_each_unfetched(syncing->store, "children:", true, sync_add_name, &names, error);

	for (size_t i = 0; i < names.count && status == STATUS_OK; i++) {
		http_tell(syncing->http, "fetching descendants", (double)i / (double)names.count);
		if (syncing->settings->dry_run) {
			syncing->report->left++;
			continue;
		}
		struct error problem = {0};
		status = get_children(syncing, names.list[i], &problem);
		if (status == STATUS_DATA) {
			sync_failed(syncing->report, names.list[i], &problem);
			status = STATUS_OK; /* asked for again in the next run */
			continue;
		}
		if (status == STATUS_OK)
			status = sync_note(syncing, "children:", names.list[i], &problem);
		if (status != STATUS_OK)
			*error = problem;
		syncing->report->parents += status == STATUS_OK;
	}
	sync_names_free(&names);
	return status;
}

/* ---- the whole ---------------------------------------------------------------------- */

enum status sync_run(struct store *store, const struct sync_settings *settings,
		     struct progress *progress, struct sync_report *report, struct error *error)
{
	char *endpoint = base_address(HUB), *rows = base_address(ROWS), *token = find_token();
	struct syncing syncing = {
		.store = store, .settings = settings, .progress = progress, .report = report,
		.endpoint = endpoint, .rows = rows,
	};
	const struct http_settings http = {
		.endpoint = endpoint, .token = token, .request_seconds = settings->request_seconds,
		.total_seconds = settings->total_seconds, .size_limit = settings->size_limit,
		.tries = settings->tries, .backoff = settings->backoff,
	};
	enum status status = check_online(error);
	if (status == STATUS_OK)
		status = check_endpoint(error);
	if (status == STATUS_OK)
		status = check_token(token, error);

	*report = (struct sync_report){0};
	syncing.http = http_new(&http, progress);
	if (status == STATUS_OK)
		status = sync_contents(&syncing, error);
	if (status == STATUS_OK && settings->benchmarks)
		status = sync_boards(&syncing, error);
	if (status == STATUS_OK && settings->models)
		status = sync_models(&syncing, error);
	if (status == STATUS_OK && settings->descendants)
		status = sync_descendants(&syncing, error);
	report->requests = http_requests(syncing.http);
	http_free(syncing.http);
	free(endpoint);
	free(rows);
	free(token);
	return status;
}
