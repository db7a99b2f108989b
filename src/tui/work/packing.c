/* Packing a large catalog beside the screen, so that it opens at once the next time. */
#include "browser.h"

static enum status work_pack(void *context, struct progress *progress, struct error *error)
{
	const struct session *session = context;

	return session_pack_detached(session->path, session->catalog, progress, error);
}

/* What failed is not tried again in this run, unless it had to make room for a fit. */
static void finished(struct browser *browser, enum status status, const struct error *error)
{
	browser->session->packed = status != STATUS_CANCELLED || !browser->fit_outdated;
	if (status != STATUS_OK && status != STATUS_CANCELLED)
		browser_failure(browser, error);
}

static void dropped(struct browser *browser)
{
	(void)browser;
}

static const struct work_ops pack_ops = {.run = work_pack, .finished = finished, .dropped = dropped};

void packing_continue(struct browser *browser)
{
	if (!browser->job && session_wants_pack(browser->session))
		work_start(browser, &pack_ops, browser->session);
}
