/* Fetching beside the screen. */
#include <string.h>

#include "work/intake.h"

static enum status change(struct intake *intake, struct progress *progress, struct error *error)
{
	struct store *store;
	enum status status = store_open(intake->path, false, &store, NULL, error);

	if (status != STATUS_OK)
		return status;
	status = sync_run(store, &intake->settings, progress, &intake->report, error);
	store_close(store);
	return status;
}

/* "leaderboard: 4,576 rows fetched; 20 models asked for, 1 missing, 300 left". */
static void describe(const struct intake *intake, struct text *out)
{
	const struct sync_report *report = &intake->report;
	bool dry = intake->settings.dry_run;
	char count[FIGURE_SIZE];

	if (report->unchanged)
		text_append(out, "leaderboard: unchanged");
	else
		text_append_format(out, "leaderboard: %s rows %s",
				   figure_count(count, dry ? report->rows : report->fetched),
				   dry ? "to fetch" : "fetched");
	if (report->models > 0)
		text_append_format(out, "; %s models asked for", figure_count(count, report->models));
	if (report->missing > 0)
		text_append_format(out, ", %s missing", figure_count(count, report->missing));
	if (report->parents > 0)
		text_append_format(out, "; descendants of %s", figure_count(count, report->parents));
	if (report->left > 0)
		text_append_format(out, "; %s still to ask for", figure_count(count, report->left));
	if (report->added + report->updated > 0) {
		text_append_format(out, ": %s added", figure_count(count, report->added));
		text_append_format(out, ", %s updated", figure_count(count, report->updated));
	}
	if (report->rejected > 0)
		text_append_format(out, ", %s rejected", figure_count(count, report->rejected));
}

/* The last row has no room for an address; the messages have the whole. */
static void tell_failure(struct browser *browser, const struct error *error)
{
	const char *reason = strncmp(error->message, "http", 4) == 0 ? strstr(error->message, ": ") : NULL;
	char line[1024], key[FIGURE_SIZE];
	struct text text = {0};

	if (!reason) {
		browser_failure(browser, error);
		return;
	}
	error_format(error, line, sizeof line);
	browser_note(browser, line, true);
	text_append_format(&text, "sync failed%s%s%s (%s tells more)", reason, error->advice[0] ? "; " : "",
			   error->advice, browser_key_of(browser, ACTION_MESSAGES, key));
	browser_tell(browser, text_string(&text), true);
	text_free(&text);
}

static void told(struct browser *browser, const struct intake *intake, enum status status,
		 const struct error *error)
{
	const struct sync_report *report = &intake->report;
	struct text line = {0};
	char count[FIGURE_SIZE];

	describe(intake, &line);
	if (status == STATUS_OK) {
		browser_tell(browser, text_string(&line), false);
		if (report->failed > 0)
			browser_message(browser, "%s; %zu left out, and asked for again the next time", report->first_failed,
					report->failed);
	} else if (status == STATUS_CANCELLED) {
		browser_message(browser, "sync stopped; what was fetched is kept, and :sync goes on from there");
	} else {
		/* What is kept of it first: the failure is what should stand on the last row. */
		if (report->fetched + report->models + report->parents > 0)
			browser_message(browser, "%s rows and %zu models were fetched and are kept; :sync goes on"
					" from there", figure_count(count, report->fetched), report->models);
		tell_failure(browser, error);
	}
	text_free(&line);
}

static const struct intake_ops sync_ops = {.name = "a sync", .change = change, .told = told};

void syncing_start(struct browser *browser, const char *line)
{
	struct sync_options options = SYNC_DEFAULTS;
	struct error error = {0};

	if (!intake_free_to_start(browser))
		return;
	if (sync_options_read(&options, line, &error) != STATUS_OK) {
		browser_failure(browser, &error);
		return;
	}
	browser->intake->settings = sync_settings(&options);
	intake_start(browser, &sync_ops);
}
