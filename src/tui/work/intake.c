/* The job that brings a new catalog, and when it is put in place. */
#include "work/intake.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "stemma/base/clock.h"
#include "stemma/base/memory.h"

#define LOOK_SECONDS 2.0 /* between two looks at whether others changed the cache */

void intake_note(struct intake *intake, bool failure, const char *format, ...)
{
	char line[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(line, sizeof line, format, arguments);
	va_end(arguments);
	intake->notes = memory_grow(intake->notes, intake->note_count, &intake->note_capacity,
				    sizeof *intake->notes);
	intake->notes[intake->note_count++] = (struct intake_note){memory_string(line), failure};
}

/* ---- the worker ------------------------------------------------------------------ */

/* Also after a failure: what came before it is in the cache. */
static void load(struct intake *intake, struct progress *progress, enum status *status, struct error *error)
{
	struct error warning = {0}, problem = {0};
	char line[1024];

	intake->loading.report = progress->report;
	intake->loading.context = progress->context;
	if (!progress_step(&intake->loading, "reading the cache", -1))
		return;
	enum status loaded = session_load_detached(intake->path, intake->before, &intake->loading,
						   &intake->catalog, &warning, &problem);
	if (warning.status != STATUS_OK) {
		error_format(&warning, line, sizeof line);
		intake_note(intake, true, "%s", line);
	}
	if (loaded != STATUS_OK && *status == STATUS_OK) {
		*status = loaded;
		*error = problem;
	}
	if (!intake->catalog)
		return;
	intake->match = catalog_match(intake->before, intake->catalog);
	intake->tree = tree_new(intake->catalog, NULL);
}

static enum status run(void *context, struct progress *progress, struct error *error)
{
	struct intake *intake = context;
	enum status status = intake->ops->change ? intake->ops->change(intake, progress, error) : STATUS_OK;

	load(intake, progress, &status, error);
	return status;
}

/* ---- its life ---------------------------------------------------------------------- */

static struct intake *intake_get(struct browser *browser)
{
	if (!browser->intake)
		browser->intake = memory_zero(1, sizeof *browser->intake);
	return browser->intake;
}

static void forget(struct intake *intake)
{
	for (size_t i = 0; i < intake->path_count; i++)
		free(intake->paths[i]);
	for (size_t i = 0; i < intake->note_count; i++)
		free(intake->notes[i].text);
	tree_free(intake->tree);
	catalog_free(intake->catalog);
	free(intake->match);
	free(intake->paths);
	free(intake->notes);
	free(intake->path);
	*intake = (struct intake){0};
}

bool intake_free_to_start(struct browser *browser)
{
	const struct intake *intake = intake_get(browser);

	if (!intake_is_busy(browser))
		return true;
	browser_message(browser, "%s is at work already: Esc stops it", intake->ops->name);
	return false;
}

void intake_start(struct browser *browser, const struct intake_ops *ops)
{
	struct intake *intake = browser->intake;

	intake->ops = ops;
	intake->path = memory_string(browser->session->path);
	intake->before = browser->session->catalog;
	browser->intake_later = true;
	intake->job = job_start(run, intake, browser->wake[1]);
}

/* The last row has what came of it, or the last note where there is no more to say. */
static void tell(struct browser *browser, const struct intake *intake, enum status status,
		 const struct error *error)
{
	for (size_t i = 0; i < intake->note_count; i++)
		browser_note(browser, intake->notes[i].text, intake->notes[i].failure);
	size_t noted = browser->message_count;
	intake->ops->told(browser, intake, status, error);
	if (browser->message_count == noted && intake->note_count > 0)
		browser_show_message(browser);
}

/* What reads the old catalog is stopped, and begun again with the new one. */
static void make_way(struct browser *browser)
{
	if (browser->job) {
		browser->fit_outdated = true;
		job_cancel(browser->job);
	}
	guess_overtake(browser);
}

void intake_poll(struct browser *browser)
{
	struct intake *intake = browser->intake;
	struct error error = {0};

	if (!intake || !intake->job || !job_done(intake->job))
		return;
	enum status status = job_finish(intake->job, &error);
	intake->job = NULL;
	tell(browser, intake, status, &error);
	if (intake->catalog)
		make_way(browser);
	else
		forget(intake);
}

bool intake_settle(struct browser *browser)
{
	struct intake *intake = browser->intake;

	if (!intake_is_busy(browser))
		return true;
	if (intake->job || browser->job || browser->guess.job)
		return false;
	renew_adopt(browser, intake);
	forget(intake);
	return true;
}

bool intake_is_busy(const struct browser *browser)
{
	return browser->intake && (browser->intake->job || browser->intake->catalog);
}

struct job *intake_job(const struct browser *browser)
{
	return browser->intake ? browser->intake->job : NULL;
}

bool intake_changes(const struct browser *browser)
{
	return intake_job(browser) && browser->intake->ops->change;
}

void intake_stop(struct browser *browser)
{
	struct intake *intake = browser->intake;

	if (intake && intake->job) {
		progress_cancel(&intake->loading);
		job_cancel(intake->job);
		job_finish(intake->job, NULL);
	}
	if (intake)
		forget(intake);
	free(intake);
	browser->intake = NULL;
}

/* ---- reading anew --------------------------------------------------------------------- */

static void told(struct browser *browser, const struct intake *intake, enum status status,
		 const struct error *error)
{
	char count[FIGURE_SIZE];

	if (status != STATUS_OK)
		browser_failure(browser, error);
	else if (intake->catalog)
		browser_message(browser, "read again: %s models", figure_count(count, intake->catalog->count));
	else
		flag_reload(browser); /* which are no part of it */
}

static const struct intake_ops reload_ops = {.name = "reading the cache", .told = told};

void intake_reload(struct browser *browser)
{
	if (intake_free_to_start(browser))
		intake_start(browser, &reload_ops);
}

bool intake_look(struct browser *browser, bool now)
{
	double time = clock_seconds();
	char key[FIGURE_SIZE];

	if (browser->prompt.ops || intake_is_busy(browser) || (!now && time - browser->looked < LOOK_SECONDS))
		return false;
	browser->looked = time;
	waiting_write(browser);
	int64_t version = store_data_version(browser->session->store);
	if (version < 0 || version == browser->session->catalog->data_version || version == browser->version_seen)
		return false;
	browser->version_seen = version;
	browser_message(browser, "another program changed the cache; %s reads it again",
			browser_key_of(browser, ACTION_RELOAD, key));
	return true;
}
