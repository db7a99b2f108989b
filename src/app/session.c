#include "session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kept_fit.h"
#include "stemma/app/corrections.h"
#include "stemma/app/starter.h"
#include "stemma/base/hash.h"
#include "stemma/base/folder.h"
#include "stemma/base/memory.h"
#include "stemma/base/number.h"
#include "stemma/base/text.h"

/* ---- opening --------------------------------------------------------------- */

static enum status session_find_path(struct session *session, const char *path,
				     struct error *error)
{
	session->path = path ? memory_string(path) : store_default_path();
	if (session->path)
		return STATUS_OK;
	error_set(error, STATUS_USAGE, "neither XDG_DATA_HOME nor HOME says where the cache is");
	error_advise(error, "name it with --db FILE");
	return STATUS_USAGE;
}

#define LEAVE_OUT_KEY "flags.left_out"

/* What the catalog says of suspect models follows the session's flags. */
static void session_spread_flags(struct session *session)
{
	session->catalog->flags = session->flags.state;
	session->catalog->excluded = session->left_out && session->flags.count > 0
		? session->flags.suspect : NULL;
}

static enum status session_load_flags(struct session *session, struct error *error)
{
	enum status status = flags_load(&session->flags, session->store, session->catalog, error);
	char *left_out = store_get_state(session->store, LEAVE_OUT_KEY);

	session->left_out = left_out && strcmp(left_out, "yes") == 0;
	free(left_out);
	session_spread_flags(session);
	return status;
}

static enum status session_correct(struct session *session, struct error *error)
{
	bool changed;
	enum status status = corrections_apply(session->store, &changed, error);

	return status == STATUS_OK && changed ? session_reload(session, error) : status;
}

/* A folder that is misspelt is not made; the default one is. */
static enum status check_folder(const char *path, struct error *error)
{
	const char *slash = path ? strrchr(path, '/') : NULL;
	char *folder = slash && slash > path ? memory_string_slice(path, (size_t)(slash - path)) : NULL;
	enum status status = STATUS_OK;

	if (folder && !folder_is(folder)) {
		status = error_set(error, STATUS_NO_INPUT, "there is no folder %s", folder);
		error_advise(error, "make it, or check --db");
		error_locate(error, path, 0, 0);
	}
	free(folder);
	return status;
}

enum status session_open(const char *path, bool bare, const char *data_folder,
			 struct progress *progress, struct session **result, struct error *error)
{
	struct session *session = memory_zero(1, sizeof *session);

	*result = NULL;
	enum status status = check_folder(path, error);
	if (status == STATUS_OK)
		status = session_find_path(session, path, error);
	const char *folder = data_folder ? data_folder : starter_folder();
	bool copied = status == STATUS_OK && !bare && starter_copy(folder, session->path);
	if (status == STATUS_OK)
		status = store_open(session->path, true, &session->store, &session->created, error);
	session->created |= copied;
	if (status == STATUS_OK)
		status = catalog_load_watched(session->store, progress, &session->catalog, error);
	if (status == STATUS_OK)
		status = session_load_flags(session, error);
	if (status == STATUS_OK)
		status = session_load_rows(session, error);
	if (status != STATUS_OK)
		goto cleanup;
	/* Not only when created: a first start that was cut short left nothing. */
	if (!bare && session->catalog->count == 0) {
		struct import_report report;
		status = starter_load(session, folder, progress, &report, error);
		import_report_free(&report);
	}
	if (status == STATUS_OK)
		status = session_correct(session, error);
cleanup:
	if (status == STATUS_OK)
		*result = session;
	else
		session_close(session);
	return status;
}

static void session_drop_fit(struct session *session)
{
	answer_sets_free(&session->answers);
	anomalies_free(&session->anomalies);
	if (session->catalog)
		session->catalog->anomalous = NULL;
	engine_query_free(session->query);
	engine_query_free(session->beside);
	engine_fit_free(session->fit);
	session->query = session->beside = NULL;
	session->fit = NULL;
}

void session_close(struct session *session)
{
	if (!session)
		return;
	session_drop_fit(session);
	session_free_rows(session);
	catalog_free(session->catalog);
	flags_free(&session->flags);
	store_close(session->store);
	free(session->path);
	free(session);
}

void session_adopt_fit(struct session *session, struct engine_fit *fit)
{
	session_drop_fit(session);
	session->fit = fit;
	session->query = fit ? engine_query_new(fit) : NULL;
}

void session_adopt_anomalies(struct session *session, struct anomalies *anomalies)
{
	anomalies_free(&session->anomalies);
	session->anomalies = *anomalies;
	*anomalies = (struct anomalies){0};
	session->catalog->anomalous = session->anomalies.of_model;
}

void session_adopt_catalog(struct session *session, struct catalog *catalog)
{
	session_drop_fit(session);
	session_adopt_rows(session, catalog);
	session->packed = false;
	/* Flags that cannot be read are none; the next reading of the cache says why. */
	session_load_flags(session, NULL);
}

static enum status session_reload_watched(struct session *session, struct progress *progress,
					  struct error *error)
{
	struct catalog *catalog;
	enum status status = catalog_load_watched(session->store, progress, &catalog, error);

	if (status == STATUS_OK)
		session_adopt_catalog(session, catalog);
	return status;
}

enum status session_reload(struct session *session, struct error *error)
{
	return session_reload_watched(session, NULL, error);
}

/* ---- packing ------------------------------------------------------------------ */

static size_t pack_models(void)
{
	const char *own = getenv("STEMMA_PACK");
	uint64_t number;

	return own && number_read(own, &number) ? (size_t)number : SESSION_PACK_MODELS;
}

bool session_wants_pack(const struct session *session)
{
	const struct catalog *catalog = session->catalog;

	return !session->packed && !catalog->unpacked && catalog->count > 0 && catalog->count >= pack_models();
}

static enum status pack(const struct catalog *catalog, struct store *store, struct progress *progress,
			struct error *error)
{
	struct error problem = {0};

	return kept_status(catalog_pack(catalog, store, progress, &problem), &problem, error);
}

enum status session_pack(struct session *session, struct progress *progress, struct error *error)
{
	int64_t last = 0;
	enum status status = STATUS_OK;

	if (store_data_version(session->store) != session->catalog->data_version)
		status = store_last_model(session->store, &last, error);
	if (last > 0 && (uint64_t)last >= pack_models())
		status = session_reload_watched(session, progress, error);
	if (status == STATUS_OK && session_wants_pack(session)) {
		status = pack(session->catalog, session->store, progress, error);
		session->packed = status == STATUS_OK;
	}
	return status;
}

enum status session_pack_detached(const char *path, const struct catalog *catalog,
				  struct progress *progress, struct error *error)
{
	struct store *store;
	enum status status = store_open(path, false, &store, NULL, error);

	if (status != STATUS_OK)
		return status;
	status = pack(catalog, store, progress, error);
	store_close(store);
	return status;
}

enum status session_load_detached(const char *path, const struct catalog *before,
				  struct progress *progress, struct catalog **catalog,
				  struct error *warning, struct error *error)
{
	struct store *store;
	bool changed;

	*catalog = NULL;
	enum status status = store_open(path, false, &store, NULL, error);
	if (status != STATUS_OK)
		return status;
	corrections_apply(store, &changed, warning);
	if (store_data_version(store) != before->data_version)
		status = catalog_load_watched(store, progress, catalog, error);
	store_close(store);
	return status;
}

/* ---- flags --------------------------------------------------------------------- */

enum status session_flag(struct session *session, size_t model, const char *reason,
			 struct error *error)
{
	enum status status = flags_set(&session->flags, session->store, session->catalog, model,
				       reason, error);

	session_spread_flags(session);
	return status;
}

enum status session_leave_out(struct session *session, bool leave_out, struct error *error)
{
	enum status status =
		store_put_state(session->store, LEAVE_OUT_KEY, leave_out ? "yes" : "no", error);

	/* Also where the cache cannot be written: then for this run. */
	session->left_out = leave_out;
	session_spread_flags(session);
	return status;
}

enum status session_reload_flags(struct session *session, bool *changed, struct error *error)
{
	struct flags before = session->flags;
	bool left_out = session->left_out;

	session->flags = (struct flags){0};
	enum status status = session_load_flags(session, error);
	*changed = status == STATUS_OK && (session->left_out != left_out || !flags_equal(&before, &session->flags));
	if (status != STATUS_OK) {
		struct flags unread = session->flags;
		session->flags = before;
		before = unread;
		session->left_out = left_out;
	}
	flags_free(&before);
	session_spread_flags(session);
	return status;
}

bool session_learns(const struct session *session, size_t model)
{
	return session->catalog->models[model].scored && !session_leaves_out(session, model);
}

bool session_leaves_out(const struct session *session, size_t model)
{
	return session->catalog->excluded && session->catalog->excluded[model];
}

/* ---- fitting --------------------------------------------------------------- */

/* What is left out, as a number that is the same for the same models; 0 nothing. */
static uint64_t excluded_number(const struct catalog *catalog, const bool *excluded)
{
	uint64_t hash = HASH_START; /* over the ids */
	size_t count = 0;

	for (size_t i = 0; excluded && i < catalog->count; i++) {
		if (!excluded[i] || !catalog->models[i].scored)
			continue;
		hash = hash_integer(hash, (uint64_t)catalog->models[i].id);
		count++;
	}
	return count ? hash : 0;
}

static char *fit_settings_text(const struct engine_settings *settings, uint64_t excluded)
{
	struct text json = {0};

	text_append_format(&json, "{\"rank\": %zu, \"seed\": %llu", settings->rank,
			   (unsigned long long)settings->seed);
	if (excluded)
		text_append_format(&json, ", \"left_out\": \"%016llx\"", (unsigned long long)excluded);
	text_append(&json, "}");
	return text_steal(&json);
}

/* Keeps what was learned for the next start, unless the cache has newer data by now:
 * that is no failure, the fit is good, and the next start learns again. */
static enum status fit_store(struct store *store, const struct catalog *catalog,
			     const struct engine_fit *fit, const char *settings, struct error *error)
{
	struct engine_info info;
	struct error problem = {0};
	size_t bytes;

	if (store_data_version(store) != catalog->data_version)
		return STATUS_OK;
	engine_fit_info(fit, &info);
	void *state = engine_fit_state(fit, &bytes);
	struct store_fit row = {
		.prior = prior_name(info.prior), .data_version = catalog->data_version,
		.settings = settings, .state = state, .state_bytes = bytes,
		.models = (int64_t)info.models, .seconds = info.seconds,
	};
	enum status status = kept_status(store_put_fit(store, &row, &problem), &problem, error);
	free(state);
	return status;
}

/* Fits `catalog`, for which the cache may have a fit of these settings: the engine takes what
 * still serves; with `relearn` nothing of the past counts. */
static enum status fit_make(struct store *store, const struct catalog *catalog,
			    const bool *excluded, const struct engine_settings *settings, bool relearn,
			    struct progress *progress, struct engine_fit **fit,
			    struct error *error)
{
	struct engine_data data;
	struct engine_info info;
	struct kept_fit kept = {0};
	char *text = fit_settings_text(settings, excluded_number(catalog, excluded));
	enum status status = STATUS_OK;

	*fit = NULL;
	catalog_engine_data(catalog, &data);
	data.excluded = excluded;
	if (!relearn)
		status = kept_fit_get(store, prior_name(settings->prior), &kept, error);
	if (status != STATUS_OK)
		goto cleanup;
	bool same = kept.settings && strcmp(kept.settings, text) == 0;
	status = engine_fit_new(&data, settings, kept.state, kept.state_bytes, !same, progress, fit, error);
	if (status == STATUS_OK)
		engine_fit_info(*fit, &info);
	if (status == STATUS_OK && !info.kept)
		status = fit_store(store, catalog, *fit, text, error);
	if (status != STATUS_OK) {
		engine_fit_free(*fit);
		*fit = NULL;
	}
cleanup:
	kept_fit_free(&kept);
	free(text);
	return status;
}

enum status session_fit(struct session *session, const struct engine_settings *settings,
			bool relearn, struct progress *progress, struct error *error)
{
	struct engine_fit *fit;
	enum status status = fit_make(session->store, session->catalog, session->catalog->excluded,
				      settings, relearn, progress, &fit, error);

	if (status == STATUS_OK)
		session_adopt_fit(session, fit);
	return status;
}

enum status session_learn_answers(struct session *session, uint64_t seed, struct progress *progress,
				  struct error *error)
{
	answer_sets_free(&session->answers);
	if (!session->fit)
		return STATUS_OK;
	return answer_sets_learn(session->store, session->catalog, session->fit, seed, progress,
				 &session->answers, error);
}

enum status session_fit_detached(const char *path, const struct catalog *catalog,
				 const bool *excluded, const struct engine_settings *settings,
				 bool relearn, struct progress *progress, struct engine_fit **fit,
				 struct error *error)
{
	struct store *store;

	*fit = NULL;
	enum status status = store_open(path, false, &store, NULL, error);
	if (status != STATUS_OK)
		return status;
	status = fit_make(store, catalog, excluded, settings, relearn, progress, fit, error);
	store_close(store);
	return status;
}

enum status session_answers_detached(const char *path, const struct catalog *catalog,
				     const struct engine_fit *fit, uint64_t seed,
				     struct progress *progress, struct answer_sets *sets,
				     struct error *error)
{
	struct store *store;

	*sets = (struct answer_sets){0};
	enum status status = store_open(path, false, &store, NULL, error);
	if (status != STATUS_OK)
		return status;
	status = answer_sets_learn(store, catalog, fit, seed, progress, sets, error);
	store_close(store);
	return status;
}

void session_adopt_answers(struct session *session, struct answer_sets *sets)
{
	answer_sets_free(&session->answers);
	session->answers = *sets;
	*sets = (struct answer_sets){0};
}
