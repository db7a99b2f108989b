/* stemma: terminal browser for language-model lineage. */
#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"
#include "stemma/formats/reader.h"

/* The only way in which writing to a pipe fails is that its reader has left. */
static bool output_is_pipe(void)
{
	struct stat output;

	return !fstat(STDOUT_FILENO, &output) &&
	       (S_ISFIFO(output.st_mode) || S_ISSOCK(output.st_mode));
}

/* What is written may fail as late as here (a full disk, a closed pipe). */
static enum status finish_output(struct error *error)
{
	bool failed = ferror(stdout) != 0;

	errno = 0;
	if (fflush(stdout) == 0 && !failed)
		return STATUS_OK;
	if (output_is_pipe())
		return STATUS_IO; /* who reads has seen enough: nothing to say */
	return error_set(error, STATUS_IO, "cannot write the output%s%s", errno ? ": " : "",
			 errno ? strerror(errno) : "");
}

/* What the user stopped ends in many ways; it has one name. */
static void name_interrupt(struct error *error)
{
	error_clear(error);
	error_set(error, STATUS_CANCELLED, "stopped; what was not finished is not in the cache");
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
	reader_prepare();
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
	return cli_exit_code(status);
}
