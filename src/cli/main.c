/* stemma: terminal browser for language-model lineage. */
#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

/* What is written may fail as late as here (a full disk, a closed pipe). */
static enum status finish_output(struct error *error)
{
	errno = 0;
	bool failed = fflush(stdout) != 0;
	int reason = errno;

	if (!failed && !ferror(stdout))
		return STATUS_OK;
	if (reason == EPIPE || (!reason && !isatty(STDOUT_FILENO)))
		return STATUS_IO; /* the reader has seen enough: nothing to say */
	return error_set(error, STATUS_IO, "cannot write the output: %s",
			 reason ? strerror(reason) : "unknown error");
}

/* What the user stopped ends in many ways; it has one name. */
static void name_interrupt(struct error *error)
{
	error_clear(error);
	error_set(error, STATUS_CANCELLED, "stopped; the cache is as it was before");
}

int main(int argc, char **argv)
{
	struct cli cli;
	struct error error = {0};

	setlocale(LC_ALL, "");
	setlocale(LC_NUMERIC, "C");
	signal(SIGPIPE, SIG_IGN);
	cli_catch_interrupt();
	cli_init(&cli);
	enum status status = cli_run(&cli, argc, argv, &error);
	cli_end_progress(&cli);
	if (status != STATUS_OK && cli_interrupted()) {
		name_interrupt(&error);
		status = STATUS_CANCELLED;
	}
	enum status written = finish_output(&error);
	if (status == STATUS_OK)
		status = written;
	if (error.message[0])
		cli_complain(&cli, &error);
	return status_exit_code(status);
}
