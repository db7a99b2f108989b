/* What the Hub knows of models: licences, dates, parents, results. */
#include "sync.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "stemma/base/memory.h"
#include "stemma/formats/hub.h"

#define GROUP_MODELS 20 /* in a transaction */

bool sync_add_name(void *context, const char *name)
{
	struct sync_names *names = context;

	names->list = memory_grow(names->list, names->count, &names->capacity, sizeof *names->list);
	names->list[names->count++] = memory_string(name);
	return true;
}

void sync_names_free(struct sync_names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->list[i]);
	free(names->list);
}

static char *model_address(const struct syncing *syncing, const char *name)
{
	static const char *const wanted[] = {"baseModels", "cardData", "config", "createdAt", "evalResults", "likes",
					     "safetensors", "tags"};
	struct text url = {0};
	const char *slash = strchr(name, '/');
	char *owner = memory_string_slice(name, (size_t)(slash - name));
	char *first = http_escape(owner), *last = http_escape(slash + 1);

	text_append_format(&url, "%s/api/models/%s/%s", syncing->endpoint, first, last);
	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
		text_append_format(&url, "%cexpand=%s", i == 0 ? '?' : '&', wanted[i]);
	free(owner);
	free(first);
	free(last);
	return text_steal(&url);
}

enum status sync_note(struct syncing *syncing, const char *what, const char *name, struct error *error)
{
	struct text resource = {0};

	text_append_format(&resource, "%s%s", what, name);
	enum status status = store_put_sync(syncing->store, text_string(&resource), NULL, NULL, true, error);
	text_free(&resource);
	return status;
}

/* ---- a group of answers ---------------------------------------------------------- */

struct fetched {
	const char *asked; /* borrowed */
	char *current;     /* what the Hub calls it, NULL: it is not there */
	struct text body;
};

struct group {
	struct fetched of[GROUP_MODELS];
	size_t count;
};

static void group_clear(struct group *group)
{
	for (size_t i = 0; i < group->count; i++) {
		free(group->of[i].current);
		text_free(&group->of[i].body);
	}
	group->count = 0;
}

/* Whether another answer has this name, which then is of one of the two at most: a proxy that answers all with
 * the same would make one model of them. */
static bool is_claimed(const struct group *group, size_t place, const struct sync_names *claims)
{
	const struct fetched *own = &group->of[place];

	for (size_t i = 0; i < group->count; i++)
		if (i != place && group->of[i].current && strcasecmp(group->of[i].current, own->current) == 0)
			return true;
	for (size_t i = 0; i < claims->count; i++)
		if (strcasecmp(claims->list[i], own->current) == 0)
			return true;
	return false;
}

/* The Hub answers under the name that a model has now. */
static enum status join_names(struct syncing *syncing, const struct fetched *fetched, struct error *error)
{
	const struct alias_facts alias = {.alias = fetched->asked, .current = fetched->current, .source = "hub"};
	enum change change;

	if (strcasecmp(fetched->asked, fetched->current) == 0)
		return STATUS_OK;
	enum status status = store_put_alias(syncing->store, &alias, &change, error);
	return status == STATUS_OK ? sync_note(syncing, "model:", fetched->current, error) : status;
}

/* Takes what makes sense of the group, first the names, which the import then finds. */
static enum status take_names(struct syncing *syncing, const struct group *group, struct sync_names *claims, bool *sound,
			      struct text *bodies, struct error *error)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < group->count; i++) {
		const struct fetched *fetched = &group->of[i];
		struct error problem = {0};
		sound[i] = !fetched->current || strcasecmp(fetched->asked, fetched->current) == 0 ||
			   !is_claimed(group, i, claims);
		if (sound[i])
			continue;
		error_set(&problem, STATUS_DATA, "the answer is about %.96s, and so is another one", fetched->current);
		sync_failed(syncing->report, fetched->asked, &problem);
	}
	for (size_t i = 0; i < group->count && status == STATUS_OK; i++) {
		const struct fetched *fetched = &group->of[i];
		if (!sound[i] || !fetched->current)
			continue;
		status = join_names(syncing, fetched, error);
		text_append(bodies, bodies->length ? "," : "[");
		text_append_bytes(bodies, text_string(&fetched->body), fetched->body.length);
	}
	for (size_t i = 0; i < group->count; i++)
		if (group->of[i].current)
			sync_add_name(claims, group->of[i].current);
	return status;
}

/* Imports a group of answers and notes which models it was of. */
static enum status take_group(struct syncing *syncing, struct group *group, struct sync_names *claims,
			      struct error *error)
{
	struct import_report import = {0};
	struct text bodies = {0};
	bool sound[GROUP_MODELS];
	enum status status = take_names(syncing, group, claims, sound, &bodies, error);

	if (status == STATUS_OK && bodies.length > 0) {
		text_append(&bodies, "]");
		status = import_text(syncing->store, syncing->endpoint, &bodies, NULL, &import, error);
		sync_count_import(syncing->report, &import);
	}
	if (status == STATUS_OK)
		status = store_begin(syncing->store, error);
	for (size_t i = 0; i < group->count && status == STATUS_OK; i++)
		if (sound[i])
			status = sync_note(syncing, "model:", group->of[i].asked, error);
	if (status == STATUS_OK)
		status = store_commit(syncing->store, error);
	else
		store_rollback(syncing->store);
	text_free(&bodies);
	group_clear(group);
	return status;
}

/* ---- fetching ---------------------------------------------------------------------- */

/* Adds the answer to the group; one that makes no sense is told, and asked for again in the next run. */
static enum status get_model(struct syncing *syncing, const char *name, struct group *group, struct error *error)
{
	struct error problem = {0};
	struct fetched fetched = {.asked = name};
	struct http_answer answer;
	char *url = model_address(syncing, name);
	enum status status = http_get(syncing->http, url, NULL, &answer, &problem);
	bool found = status == STATUS_OK && answer.status == 200, missing = status == STATUS_OK && !found;

	if (found)
		fetched.current = hub_model_name(text_string(&answer.body), answer.body.length);
	if (found && !fetched.current)
		error_set(&problem, STATUS_DATA, "the answer is about no model");
	if (problem.status == STATUS_DATA) {
		sync_failed(syncing->report, name, &problem);
		status = STATUS_OK;
	} else if (status != STATUS_OK)
		*error = problem;
	syncing->report->missing += missing;
	if (fetched.current)
		text_append_bytes(&fetched.body, text_string(&answer.body), answer.body.length);
	if (fetched.current || missing)
		group->of[group->count++] = fetched;
	syncing->report->models += status == STATUS_OK;
	http_answer_free(&answer);
	free(url);
	return status;
}

/* What was fetched before a failure is kept too. */
static enum status get_models(struct syncing *syncing, const struct sync_names *names, struct sync_names *claims,
			      struct error *error)
{
	struct group group = {.count = 0};
	size_t i = 0;
	enum status status = STATUS_OK, kept = STATUS_OK;

	for (; i < names->count && status == STATUS_OK && kept == STATUS_OK; i++) {
		http_tell(syncing->http, "fetching models", (double)i / (double)names->count);
		status = get_model(syncing, names->list[i], &group, error);
		if (status != STATUS_OK)
			break;
		if (group.count == GROUP_MODELS || i + 1 == names->count)
			kept = take_group(syncing, &group, claims, error);
	}
	if (status != STATUS_OK && group.count > 0)
		take_group(syncing, &group, claims, NULL);
	group_clear(&group);
	syncing->report->left = names->count - i;
	return status != STATUS_OK ? status : kept;
}

enum status sync_models(struct syncing *syncing, struct error *error)
{
	struct sync_names claims = {0};
	enum status status = STATUS_OK;

	for (size_t round = 0; round <= syncing->settings->depth && status == STATUS_OK; round++) {
		struct sync_names names = {0};
		status = store_each_unfetched(syncing->store, "model:", round == 0, sync_add_name, &names, error);
		if (status == STATUS_OK && syncing->settings->dry_run)
			syncing->report->left += names.count;
		else if (status == STATUS_OK)
			status = get_models(syncing, &names, &claims, error);
		sync_names_free(&names);
	}
	sync_names_free(&claims);
	return status;
}
