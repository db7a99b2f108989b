#include "term/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

static const int caught[] = {SIGWINCH, SIGTSTP, SIGCONT, SIGTERM, SIGHUP, SIGINT, SIGQUIT};
#define CAUGHT_COUNT (sizeof caught / sizeof *caught)

/* A handler can reach nothing else. */
static int signal_pipe[2] = {-1, -1};
static struct sigaction before[CAUGHT_COUNT];

static void handle(int number)
{
	int saved = errno;
	unsigned char byte = (unsigned char)number;

	if (write(signal_pipe[1], &byte, 1) < 0) {
		/* The pipe is full: there is enough to do already. */
	}
	errno = saved;
}

/* What whoever started the program ignores, as nohup does, stays ignored. */
static void catch_signal(int number, const struct sigaction *action, struct sigaction *old)
{
	sigaction(number, NULL, old);
	if (old->sa_handler != SIG_IGN)
		sigaction(number, action, NULL);
}

int signals_catch(void)
{
	struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART};

	if (pipe2(signal_pipe, O_NONBLOCK | O_CLOEXEC) != 0)
		return -1;
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < CAUGHT_COUNT; i++)
		catch_signal(caught[i], &action, &before[i]);
	return signal_pipe[0];
}

int signals_next(void)
{
	unsigned char byte;

	return signal_pipe[0] >= 0 && read(signal_pipe[0], &byte, 1) == 1 ? byte : 0;
}

void signals_release(void)
{
	if (signal_pipe[0] < 0)
		return;
	for (size_t i = 0; i < CAUGHT_COUNT; i++)
		sigaction(caught[i], &before[i], NULL);
	close(signal_pipe[0]);
	close(signal_pipe[1]);
	signal_pipe[0] = signal_pipe[1] = -1;
}
