/* stemma sync: fetch the leaderboard and the Hub's metadata. */
#include "command.h"
#include "stemma/app/sync.h"

struct sync_options {
	bool models, descendants, dry_run;
	uint64_t depth, request_seconds, total_seconds, megabytes, tries, backoff;
};
static const struct sync_options defaults = {
	.request_seconds = 30, .total_seconds = 7200, .megabytes = 32, .tries = 5, .backoff = 1000,
};

#define OPTION(member) offsetof(struct sync_options, member)
static const struct option_spec specs[] = {
	{"models", 0, OPTION_FLAG, NULL, OPTION(models), "also the Hub's metadata of the models with scores", NULL},
	{"depth", 0, OPTION_NUMBER, "N", OPTION(depth), "with --models: and N generations of ancestors", NULL},
	{"descendants", 0, OPTION_FLAG, NULL, OPTION(descendants), "also what others made of the models with scores", NULL},
	{"dry-run", 0, OPTION_FLAG, NULL, OPTION(dry_run), "only tell how much there is to fetch", NULL},
	{"request-timeout", 0, OPTION_NUMBER, "SECONDS", OPTION(request_seconds), "for one request (default 30)", NULL},
	{"timeout", 0, OPTION_NUMBER, "SECONDS", OPTION(total_seconds), "for all together (default 7200)", NULL},
	{"max-size", 0, OPTION_NUMBER, "MB", OPTION(megabytes), "of one answer, unpacked (default 32)", NULL},
	{"tries", 0, OPTION_NUMBER, "N", OPTION(tries), "of each request (default 5)", NULL},
	{"backoff", 0, OPTION_NUMBER, "MS", OPTION(backoff), "wait before the second try, then twice as long (default 1000)", NULL},
};

static long at_least_one(uint64_t value)
{
	return value < 1 ? 1 : value > 1000000 ? 1000000 : (long)value;
}

static void print_report(const struct cli *cli, const struct sync_report *result, bool dry_run)
{
	struct report report;

	cli_report(cli, &report);
	report_text(&report, "leaderboard", "leaderboard",
		    result->unchanged ? "unchanged" : dry_run ? "to be fetched" : "fetched");
	if (!result->unchanged)
		report_number(&report, "rows", "rows", (double)result->rows, 0);
	report_number(&report, "fetched", "fetched now", (double)result->fetched, 0);
	report_number(&report, "models", "models asked for", (double)result->models, 0);
	report_number(&report, "missing", "of them missing", (double)result->missing, 0);
	report_number(&report, "parents", "descendants of", (double)result->parents, 0);
	report_number(&report, "left", "still to ask for", (double)result->left, 0);
	report_number(&report, "added", "records added", (double)result->added, 0);
	report_number(&report, "updated", "updated", (double)result->updated, 0);
	report_number(&report, "rejected", "rejected", (double)result->rejected, 0);
	report_number(&report, "requests", "requests", (double)result->requests, 0);
	report_end(&report);
}

static enum status sync_command_run(struct cli *cli, const void *specific, size_t count,
				    char **arguments, struct error *error)
{
	const struct sync_options *options = specific;
	const struct sync_settings settings = {
		.models = options->models || options->depth > 0, .depth = (size_t)options->depth,
		.descendants = options->descendants, .dry_run = options->dry_run,
		.request_seconds = at_least_one(options->request_seconds),
		.total_seconds = at_least_one(options->total_seconds),
		.size_limit = (size_t)at_least_one(options->megabytes) << 20,
		.tries = (int)at_least_one(options->tries),
		.backoff = (double)options->backoff / 1000,
	};
	struct sync_report result = {0};
	struct session *session;
	enum status status = cli_open(cli, &session, error);

	(void)count, (void)arguments;
	if (status != STATUS_OK)
		return status;
	status = sync_run(session->store, &settings, &cli->progress, &result, error);
	cli_end_progress(cli);
	if (status == STATUS_OK)
		print_report(cli, &result, options->dry_run);
	if (status == STATUS_OK && !options->dry_run)
		status = cli_pack(cli, session, error);
	session_close(session);
	return status;
}

const struct command sync_command = {
	.name = "sync",
	.arguments = "",
	.summary = "Fetch the leaderboard, and lineage from the Hub",
	.details = "\nWhat was fetched before a failure is kept: run it again, and it goes on.  The\n"
		   "environment is that of the Hub's own client: HF_ENDPOINT, HF_TOKEN,\n"
		   "HF_HUB_OFFLINE, HTTPS_PROXY and so on.",
	.json = true,
	COMMAND_SPECS(specs),
	.options_size = sizeof(struct sync_options),
	.defaults = &defaults,
	.run = sync_command_run,
};
