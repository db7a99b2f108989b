/* Cli: what every subcommand shares: the global options, the open session,
 * progress on the terminal, and how errors and warnings are said. */
#ifndef STEMMA_CLI_CLI_H
#define STEMMA_CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>

#include "options.h"
#include "report.h"
#include "stemma/app/session.h"
#include "stemma/base/error.h"
#include "stemma/base/progress.h"

struct cli_options {
	const char *db; /* NULL: the default cache */
	bool no_starter;
	bool json, csv;
	bool help, version;
	const char *board, *target; /* of commands that show values; NULL: as they were chosen last */
};
extern const struct option_spec cli_option_specs[];
extern const size_t cli_option_count;
extern const struct option_spec cli_board_spec, cli_target_spec;

struct cli {
	struct cli_options options;
	bool utf8;                /* standard output can show it */
	struct progress progress; /* cancelled by a signal */
	bool progress_shown;      /* a progress line is on the terminal */
	const char *progress_stage; /* that was last drawn; only to be compared */
	double progress_time;     /* when, seconds */
	bool rows_wait;           /* board and target are chosen when the models asked about are known */
};

/* Must not move afterwards: its progress points to it. */
void cli_init(struct cli *cli);

/* Opens the cache that the options name, with the board and the target that they name unless
 * these wait. */
enum status cli_open(struct cli *cli, struct session **session, struct error *error);
/* Chooses the board and the target that the options name, about these models:
 * catalog_ask_about(). */
enum status cli_choose_rows(struct cli *cli, struct session *session, const size_t *models, size_t count,
			    struct error *error);
/* Tells each line of what was said of the names on the command line; the text is empty then. */
void cli_note(struct cli *cli, struct text *said);
/* For the end of a command that changed the cache: see session_pack(). */
enum status cli_pack(struct cli *cli, struct session *session, struct error *error);

/* Fits the session, with the variances that the cache has unless `relearn`,
 * and says on standard error what the user should know about its scores. */
enum status cli_fit(struct cli *cli, struct session *session,
		    const struct engine_settings *settings, bool relearn, struct error *error);
/* The same, and learns the single answers that are in the cache: which takes
 * seconds, also where they were learned before. */
enum status cli_fit_all(struct cli *cli, struct session *session,
			const struct engine_settings *settings, bool relearn, struct error *error);

/* Begins a report on standard output in the format that the options say. */
void cli_report(const struct cli *cli, struct report *report);

/* "stemma: warning: …" and "stemma: …; advice" on standard error, free of
 * control characters. */
void cli_warn(struct cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));
void cli_complain(struct cli *cli, const struct error *error);

/* Removes the progress line, if there is one. */
void cli_end_progress(struct cli *cli);

/* SIGINT, SIGTERM and SIGHUP ask running work to stop; the second one ends the program. */
void cli_catch_interrupt(void);
void cli_release_interrupt(void);
bool cli_interrupted(void);
/* Of a command that ended so: 130, 143, 129 where a signal stopped it, as the shell reports these. */
int cli_exit_code(enum status status);

/* Runs the command line and returns its status.  An error without a message
 * has been reported already. */
enum status cli_run(struct cli *cli, int argc, char **argv, struct error *error);

#endif
