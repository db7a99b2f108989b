#include "cli.h"

#include <langinfo.h>
#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "stemma/base/clock.h"
#include "stemma/base/text.h"
#include "stemma/base/utf8.h"

/* ---- interrupts --------------------------------------------------------- */

static volatile sig_atomic_t interrupted;

/* A signal may come between the look for it and a read that waits: wake what waits once a second. */
static void wake(int signal_number)
{
	(void)signal_number;
	alarm(1);
}

static void note_interrupt(int signal_number)
{
	interrupted = signal_number;
	alarm(1);
}

/* The user's, and those by which systems end a program. */
static const int stops[] = {SIGINT, SIGTERM, SIGHUP};
#define STOPS (sizeof stops / sizeof *stops)

void cli_catch_interrupt(void)
{
	/* No SA_RESTART: a read of the terminal has to end. */
	struct sigaction action = {.sa_handler = note_interrupt, .sa_flags = (int)SA_RESETHAND};
	struct sigaction before;

	sigemptyset(&action.sa_mask);
	const struct sigaction waking = {.sa_handler = wake};
	sigaction(SIGALRM, &waking, NULL);
	for (size_t i = 0; i < STOPS; i++) {
		sigaction(stops[i], NULL, &before);
		if (before.sa_handler != SIG_IGN) /* as in the background of a script, or under nohup */
			sigaction(stops[i], &action, NULL);
	}
}

void cli_release_interrupt(void)
{
	struct sigaction action;

	for (size_t i = 0; i < STOPS; i++) {
		sigaction(stops[i], NULL, &action);
		if (action.sa_handler == note_interrupt)
			signal(stops[i], SIG_DFL);
	}
}

bool cli_interrupted(void)
{
	return interrupted != 0;
}

int cli_exit_code(enum status status)
{
	return status == STATUS_CANCELLED && interrupted ? 128 + interrupted : status_exit_code(status);
}

/* ---- progress ----------------------------------------------------------- */

static void draw_progress(const char *stage, double fraction)
{
	if (fraction >= 0)
		fprintf(stderr, "\r%-40.40s %3.0f %%", stage, 100 * fraction);
	else
		fprintf(stderr, "\r%-40.40s      ", stage);
	fflush(stderr);
}

static void step_progress(void *context, const char *stage, double fraction)
{
	struct cli *cli = context;

	if (interrupted)
		progress_cancel(&cli->progress);
	double now = clock_seconds();
	if (!isatty(STDERR_FILENO) || (stage == cli->progress_stage && now - cli->progress_time < 0.1))
		return;
	draw_progress(stage, fraction);
	cli->progress_stage = stage;
	cli->progress_time = now;
	cli->progress_shown = true;
}

void cli_end_progress(struct cli *cli)
{
	if (cli->progress_shown)
		fprintf(stderr, "\r%46s\r", "");
	cli->progress_shown = false;
}

/* ---- session and output -------------------------------------------------- */

#define CLI_OPTION(member) offsetof(struct cli_options, member)
const struct option_spec cli_option_specs[] = {
	{"db", 0, OPTION_TEXT, "FILE", CLI_OPTION(db), "use this cache instead of the default one", NULL},
	{"no-starter", 0, OPTION_FLAG, NULL, CLI_OPTION(no_starter), "leave a new cache empty: no starter set", NULL},
	{"json", 0, OPTION_FLAG, NULL, CLI_OPTION(json), "print JSON", NULL},
	{"csv", 0, OPTION_FLAG, NULL, CLI_OPTION(csv), "print the main table as CSV", NULL},
	{"help", 'h', OPTION_FLAG, NULL, CLI_OPTION(help), "print this help, or that of a command", NULL},
	{"version", 'V', OPTION_FLAG, NULL, CLI_OPTION(version), "print the version", NULL},
};
const size_t cli_option_count = sizeof cli_option_specs / sizeof *cli_option_specs;

const struct option_spec cli_board_spec = {
	"board", 0, OPTION_TEXT, "BOARD", CLI_OPTION(board), "benchmarks to show: a board, a suite or KEY,KEY,...", NULL,
};
const struct option_spec cli_target_spec = {
	"target", 't', OPTION_TEXT, "TARGET", CLI_OPTION(target), "what counts: a benchmark or KEY:WEIGHT,...", NULL,
};

void cli_init(struct cli *cli)
{
	*cli = (struct cli){.utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8")};
	cli->progress.report = step_progress;
	cli->progress.context = cli;
}

static void print_message(struct cli *cli, const char *prefix, const char *message)
{
	char *clean = utf8_sanitize(message);

	cli_end_progress(cli);
	fflush(stdout); /* in the order of events where both go to one place */
	fprintf(stderr, "stemma: %s%s\n", prefix, clean);
	free(clean);
}

enum status cli_open(struct cli *cli, struct session **session, struct error *error)
{
	const struct cli_options *options = &cli->options;
	enum status status = session_open(options->db, options->no_starter, NULL, &cli->progress, session, error);

	cli_end_progress(cli);
	if (status == STATUS_OK && !cli->rows_wait)
		status = cli_choose_rows(cli, *session, NULL, 0, error);
	if (status != STATUS_OK) {
		session_close(*session);
		*session = NULL;
	}
	return status;
}

enum status cli_choose_rows(struct cli *cli, struct session *session, const size_t *models, size_t count,
			    struct error *error)
{
	const struct cli_options *options = &cli->options;
	struct text said = {0};
	enum status status = STATUS_OK;

	catalog_ask_about(session->catalog, models, count);
	if (options->board)
		status = session_choose_board(session, options->board, false, &said, error);
	if (status == STATUS_OK && options->target)
		status = session_choose_target(session, options->target, false, &said, error);
	cli_note(cli, &said);
	return status;
}

void cli_note(struct cli *cli, struct text *said)
{
	char *lines = text_steal(said), *rest = NULL;

	for (char *line = strtok_r(lines, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		print_message(cli, "note: ", line);
	free(lines);
}

enum status cli_pack(struct cli *cli, struct session *session, struct error *error)
{
	struct error problem = {0};
	enum status status = session_pack(session, &cli->progress, &problem);

	cli_end_progress(cli);
	/* The work is done and kept: to be told to stop is no failure now. */
	if (status == STATUS_CANCELLED)
		return STATUS_OK;
	if (status != STATUS_OK)
		*error = problem;
	return status;
}

static enum output_format output_format(const struct cli_options *options)
{
	if (options->json)
		return OUTPUT_JSON;
	return options->csv ? OUTPUT_CSV : OUTPUT_TEXT;
}

void cli_report(const struct cli *cli, struct report *report)
{
	report_begin(report, stdout, output_format(&cli->options), cli->utf8);
}

/* ---- messages ------------------------------------------------------------- */

void cli_warn(struct cli *cli, const char *format, ...)
{
	char message[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(message, sizeof message, format, arguments);
	va_end(arguments);
	print_message(cli, "warning: ", message);
}

void cli_complain(struct cli *cli, const struct error *error)
{
	char message[sizeof(struct error) + 64];

	error_format(error, message, sizeof message);
	print_message(cli, "", message);
}

/* ---- fit -------------------------------------------------------------------- */

static void note_left_out(struct cli *cli, const struct session *session)
{
	struct text note = {0};

	text_append_format(&note, "%zu scored models that are flagged, or descend from one that is, are"
			   " left out; & in the browser takes them in", session->flags.suspects);
	print_message(cli, "note: ", text_string(&note));
	text_free(&note);
}

static enum status end_fit(struct cli *cli, const struct session *session, enum status status)
{
	cli_end_progress(cli);
	if (status == STATUS_OK && session->catalog->excluded)
		note_left_out(cli, session);
	return status;
}

enum status cli_fit(struct cli *cli, struct session *session,
		    const struct engine_settings *settings, bool relearn, struct error *error)
{
	return end_fit(cli, session, session_fit(session, settings, relearn, &cli->progress, error));
}

enum status cli_fit_all(struct cli *cli, struct session *session,
			const struct engine_settings *settings, bool relearn, struct error *error)
{
	enum status status = session_fit(session, settings, relearn, &cli->progress, error);

	if (status == STATUS_OK)
		status = session_learn_answers(session, settings->seed, &cli->progress, error);
	return end_fit(cli, session, status);
}
