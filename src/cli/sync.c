/* stemma sync: fetch the leaderboard and the Hub's metadata. */
#include "command.h"
#include "stemma/app/sync.h"

static const struct sync_options defaults = SYNC_DEFAULTS;

static const struct option_spec specs[] = {
#define X(member, word, kind, argument, help) \
	{word, 0, OPTION_##kind, argument, offsetof(struct sync_options, member), help, NULL},
	SYNC_OPTION_TABLE(X)
#undef X
};

static void print_report(const struct cli *cli, const struct sync_report *result, bool dry_run)
{
	struct report report;

	cli_report(cli, &report);
	report_text(&report, "leaderboard", "leaderboard",
		    result->unchanged ? "unchanged" : dry_run ? "to be fetched" : "fetched");
	if (!result->unchanged)
		report_number(&report, "rows", "rows", (double)result->rows, 0);
	report_number(&report, "fetched", "fetched now", (double)result->fetched, 0);
	report_number(&report, "boards", "benchmarks that changed", (double)result->boards, 0);
	report_number(&report, "entries", "with entries", (double)result->entries, 0);
	report_number(&report, "failed", "answers without sense", (double)result->failed, 0);
	report_text(&report, "first_failed", "  the first", result->first_failed[0] ? result->first_failed : NULL);
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
	const struct sync_settings settings = sync_settings(options);
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
	if (result.failed > 0)
		cli_warn(cli, "%s; %zu answer%s left out, and asked for again the next time", result.first_failed, result.failed,
			 result.failed == 1 ? " is" : "s are");
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
