/* Work beside the screen: one job at a time, as the session demands. */
#include "browser.h"

void work_start(struct browser *browser, const struct work_ops *ops, void *context)
{
	browser->work_ops = ops;
	browser->job = job_start(ops->run, context, browser->wake[1]);
}

bool work_poll(struct browser *browser)
{
	struct error error = {0};

	if (!browser->job)
		return false;
	if (!job_done(browser->job))
		return true;
	enum status status = job_finish(browser->job, &error);
	browser->job = NULL;
	browser->work_ops->finished(browser, status, &error);
	/* What had to wait: a fit before what rests on it. */
	fitting_continue(browser);
	suggesting_continue(browser);
	packing_continue(browser);
	return true;
}

void work_stop(struct browser *browser)
{
	if (!browser->job)
		return;
	job_cancel(browser->job);
	job_finish(browser->job, NULL);
	browser->job = NULL;
	browser->work_ops->dropped(browser);
}
