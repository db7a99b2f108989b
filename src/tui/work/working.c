/* Work beside the screen: of what reads the catalog one job at a time. */
#include "browser.h"

void work_start(struct browser *browser, const struct work_ops *ops, void *context)
{
	browser->work_ops = ops;
	browser->intake_later = false;
	browser->job = job_start(ops->run, context, browser->wake[1]);
}

size_t work_jobs(const struct browser *browser, struct job *jobs[WORK_MAX])
{
	struct job *intake = intake_job(browser), *job = browser->job;
	struct job *const all[WORK_MAX] = {browser->intake_later ? intake : job, browser->guess.job,
					   browser->intake_later ? job : intake};
	size_t count = 0;

	for (size_t i = 0; i < WORK_MAX; i++)
		if (all[i])
			jobs[count++] = all[i];
	return count;
}

static void poll_job(struct browser *browser)
{
	struct error error = {0};

	if (!browser->job || !job_done(browser->job))
		return;
	enum status status = job_finish(browser->job, &error);
	browser->job = NULL;
	browser->work_ops->finished(browser, status, &error);
}

bool work_poll(struct browser *browser)
{
	struct job *jobs[WORK_MAX];

	intake_poll(browser);
	poll_job(browser);
	guess_poll(browser);
	/* What had to wait: data before a fit, and that before what rests on it. */
	if (intake_settle(browser))
		waiting_write(browser);
	fitting_continue(browser);
	suggesting_continue(browser);
	if (!intake_is_busy(browser)) /* which would be in vain */
		packing_continue(browser);
	return work_jobs(browser, jobs) > 0;
}

void work_stop(struct browser *browser)
{
	intake_stop(browser);
	if (!browser->job)
		return;
	job_cancel(browser->job);
	job_finish(browser->job, NULL);
	browser->job = NULL;
	browser->work_ops->dropped(browser);
}
