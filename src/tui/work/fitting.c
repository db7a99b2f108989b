/* Fitting beside the screen. */
#include <stdlib.h>
#include <string.h>

#include "browser.h"
#include "settings/config_table.h"
#include "stemma/base/clock.h"
#include "stemma/base/memory.h"

static enum status work_fit(void *context, struct progress *progress, struct error *error)
{
	struct fit_work *work = context;
	const struct engine_settings settings = {.prior = work->prior};

	enum status status = session_fit_detached(work->path, work->catalog, work->excluded, &settings,
						  work->relearn, progress, &work->fit, error);
	if (status == STATUS_OK)
		status = session_answers_detached(work->path, work->catalog, work->fit, 0, progress,
						  &work->answers, error);
	return status;
}

static void finished(struct browser *browser, enum status status, const struct error *error);
static void dropped(struct browser *browser);
static const struct work_ops fit_ops = {.run = work_fit, .finished = finished, .dropped = dropped};

void fitting_start(struct browser *browser, bool relearn)
{
	const struct catalog *catalog = browser->session->catalog;

	if (browser->job)
		return;
	browser->fit_quiet = false;
	browser->fit_began = clock_seconds();
	browser->work = (struct fit_work){
		.path = memory_string(browser->session->path),
		.catalog = browser->session->catalog,
		.prior = (enum prior)config_number(browser->options->config, CONFIG_PRIOR),
		.relearn = relearn,
	};
	if (catalog->excluded) {
		browser->work.excluded = memory_allocate(catalog->count + 1, sizeof(bool));
		memcpy(browser->work.excluded, catalog->excluded, catalog->count * sizeof(bool));
	}
	work_start(browser, &fit_ops, &browser->work);
}

void fitting_relearn(struct browser *browser)
{
	fitting_start(browser, true);
}

void fitting_start_quietly(struct browser *browser)
{
	if (browser->session->catalog->scored_count == 0)
		return;
	fitting_start(browser, false);
	browser->fit_quiet = true;
}

void fitting_restart(struct browser *browser)
{
	if (browser->job) {
		job_cancel(browser->job);
		browser->fit_outdated = true;
	} else {
		fitting_start(browser, false);
	}
}

void fitting_adopted(struct browser *browser)
{
	board_forget(browser);
	if (browser->session->fit) {
		browser->query = engine_query_new(browser->session->fit);
		browser->known = engine_query_new(browser->session->fit);
	}
	browser->has_estimates = false;
	free(browser->answers);
	browser->answers = NULL;
	views_forget(browser);
	find_measure(browser, true);
	find_again(browser);
	edit_refresh(browser);
	suggesting_outdate(browser);
}

/* ---- odd scores -------------------------------------------------------------------- */

/* Seconds on a large cache: the screen does not wait for the marks. */
static enum status work_oddities(void *context, struct progress *progress, struct error *error)
{
	struct oddity_work *work = context;

	progress_step(progress, "looking for odd scores", -1);
	anomalies_find(work->fit, work->catalog, ENGINE_LEAVE_MODEL, ANOMALIES_RATE, progress, &work->found);
	return progress_cancelled(progress) ? error_set(error, STATUS_CANCELLED, "stopped") : STATUS_OK;
}

static void oddities_dropped(struct browser *browser)
{
	anomalies_free(&browser->oddities.found);
}

static void oddities_finished(struct browser *browser, enum status status, const struct error *error)
{
	(void)error;
	if (status != STATUS_OK || browser->fit_outdated || browser->session->fit != browser->oddities.fit) {
		oddities_dropped(browser);
		return;
	}
	session_adopt_anomalies(browser->session, &browser->oddities.found);
	views_forget(browser);
	find_again(browser);
}

static const struct work_ops oddity_ops = {
	.run = work_oddities, .finished = oddities_finished, .dropped = oddities_dropped};

static void find_oddities(struct browser *browser)
{
	browser->oddities = (struct oddity_work){.fit = browser->session->fit, .catalog = browser->session->catalog};
	work_start(browser, &oddity_ops, &browser->oddities);
}

/* ---- the fit's end ------------------------------------------------------------------- */

static void say_fitted(struct browser *browser)
{
	struct engine_info info;
	char count[FIGURE_SIZE];

	engine_fit_info(browser->session->fit, &info);
	browser->fitted = time(NULL);
	if (browser->fit_quiet)
		return;
	if (screen_is_headless(browser->screen))
		browser_message(browser, "fitted %s scored models", figure_count(count, info.models));
	else
		browser_message(browser, "fitted %s scored models in %.1f s",
				figure_count(count, info.models), clock_seconds() - browser->fit_began);
}

static void say_failed(struct browser *browser, enum status status, const struct error *error)
{
	char key[FIGURE_SIZE];

	if (status == STATUS_CANCELLED)
		browser_message(browser, "fitting stopped; %s fits", browser_key_of(browser, ACTION_REFIT, key));
	else
		browser_failure(browser, error);
}

static void forget_inputs(struct browser *browser)
{
	free(browser->work.path);
	free(browser->work.excluded);
}

static void dropped(struct browser *browser)
{
	answer_sets_free(&browser->work.answers);
	engine_fit_free(browser->work.fit);
	forget_inputs(browser);
}

static void finished(struct browser *browser, enum status status, const struct error *error)
{
	if (browser->fit_outdated) {
		dropped(browser);
		return;
	}
	forget_inputs(browser);
	if (status == STATUS_OK && browser->work.fit) {
		board_forget(browser); /* the queries go before their fit */
		session_adopt_fit(browser->session, browser->work.fit);
		session_adopt_answers(browser->session, &browser->work.answers);
		fitting_adopted(browser);
		say_fitted(browser);
		find_oddities(browser);
	} else {
		engine_fit_free(browser->work.fit); /* without its answers */
		say_failed(browser, status, error);
	}
	browser->work = (struct fit_work){0};
}

void fitting_continue(struct browser *browser)
{
	if (!browser->fit_outdated || browser->job)
		return;
	browser->fit_outdated = false;
	fitting_start(browser, false);
}
