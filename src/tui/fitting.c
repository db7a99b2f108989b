/* Fitting beside the screen. */
#include <stdlib.h>

#include "browser.h"
#include "config_table.h"
#include "stemma/base/memory.h"

static enum status work_fit(void *context, struct progress *progress, struct error *error)
{
	struct fit_work *work = context;

	return session_fit_detached(work->path, work->catalog, work->prior, 0, 0, work->relearn,
				    progress, &work->fit, error);
}

void fitting_start(struct browser *browser, bool relearn)
{
	if (browser->job)
		return;
	browser->work = (struct fit_work){
		.path = memory_string(browser->session->path),
		.catalog = browser->session->catalog,
		.prior = (enum prior)config_number(browser->options->config, CONFIG_PRIOR),
		.relearn = relearn,
	};
	browser->job = job_start(work_fit, &browser->work, browser->wake[1]);
}

void fitting_adopted(struct browser *browser)
{
	engine_query_free(browser->query);
	browser->query = browser->session->fit ? engine_query_new(browser->session->fit) : NULL;
	browser->estimated = CATALOG_NONE;
	browser->has_estimates = false;
	residual_table_free(browser);
	edit_refresh(browser);
}

static void say_fitted(struct browser *browser)
{
	struct engine_info info;
	char count[FIGURE_SIZE];

	engine_fit_info(browser->session->fit, &info);
	browser->fitted = time(NULL);
	if (screen_is_headless(browser->screen))
		browser_message(browser, "fitted %s scored models", figure_count(count, info.models));
	else
		browser_message(browser, "fitted %s scored models in %.1f s",
				figure_count(count, info.models), info.seconds);
}

/* Takes over what a finished job made. */
static void finish(struct browser *browser)
{
	struct error error = {0};
	enum status status = job_finish(browser->job, &error);

	browser->job = NULL;
	free(browser->work.path);
	if (status == STATUS_OK && browser->work.fit) {
		/* The old fit's query goes before its fit. */
		engine_query_free(browser->query);
		browser->query = NULL;
		session_adopt_fit(browser->session, browser->work.fit);
		fitting_adopted(browser);
		say_fitted(browser);
	} else if (status == STATUS_CANCELLED) {
		browser_message(browser, "fitting stopped; F fits");
	} else {
		browser_failure(browser, &error);
	}
	browser->work = (struct fit_work){0};
}

bool fitting_poll(struct browser *browser)
{
	if (!browser->job)
		return false;
	if (job_done(browser->job))
		finish(browser);
	return true;
}

void fitting_stop(struct browser *browser)
{
	if (!browser->job)
		return;
	job_cancel(browser->job);
	job_finish(browser->job, NULL);
	engine_fit_free(browser->work.fit);
	free(browser->work.path);
	browser->job = NULL;
}
