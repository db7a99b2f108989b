/* Kills a program at one of its system calls, before that is made:
 *   kill_at [-w] NUMBER COMMAND...
 * With -w only those count that change a file.  NUMBER 0 kills never, and prints
 * how many there were.  Exit status: 137 when it was killed, 126 when the system
 * does not let calls be watched, else that of the command.  Threads and children
 * count, and die, with it. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __linux__
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#endif
#if defined __GLIBC__ && defined PTRACE_GET_SYSCALL_INFO
#include <fcntl.h>
/* The system's header has the structure for all its libraries; glibc's has its own. */
#define SYSCALL_INFO struct __ptrace_syscall_info

static bool changes_file(const SYSCALL_INFO *call)
{
	static const long changing[] = {
		SYS_write, SYS_writev, SYS_pwrite64, SYS_pwritev, SYS_ftruncate, SYS_fallocate, SYS_fsync,
		SYS_fdatasync, SYS_renameat2, SYS_unlinkat, SYS_mkdirat,
#ifdef SYS_rename /* newer machines have only the calls above */
		SYS_rename, SYS_unlink, SYS_mkdir,
#endif
	};
	long number = (long)call->entry.nr;

	for (size_t i = 0; i < sizeof changing / sizeof *changing; i++)
		if (changing[i] == number)
			return true;
	return number == SYS_openat && (call->entry.args[2] & O_CREAT) != 0;
}

/* Whether the thread is about to make a call that counts. */
static bool is_counted(pid_t thread, bool writes)
{
	SYSCALL_INFO call;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, thread, (void *)sizeof call, &call) <= 0)
		return false;
	return call.op == PTRACE_SYSCALL_INFO_ENTRY && (!writes || changes_file(&call));
}

static pid_t start(char **command)
{
	pid_t child = fork();

	if (child != 0)
		return child;
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
		_exit(126);
	raise(SIGSTOP);
	execvp(command[0], command);
	_exit(127);
}

/* The signal that a stopped thread is to get: none where watching stopped it. */
static int signal_of(int status)
{
	int number = WSTOPSIG(status);
	bool watching = number == (SIGTRAP | 0x80) || number == SIGSTOP || status >> 16 != 0;

	return watching ? 0 : number;
}

/* Runs it to its end; its status as of wait(). */
static int watch(pid_t child, bool writes, long number, long *count)
{
	int status;

	for (pid_t thread; (thread = waitpid(-1, &status, __WALL)) > 0;) {
		if (!WIFSTOPPED(status)) {
			if (thread == child)
				return status;
			continue;
		}
		if (WSTOPSIG(status) == (SIGTRAP | 0x80) && is_counted(thread, writes) && ++*count == number)
			kill(child, SIGKILL);
		else
			ptrace(PTRACE_SYSCALL, thread, NULL, (void *)(long)signal_of(status));
	}
	return 126 << 8;
}

int main(int argc, char **argv)
{
	bool writes = argc > 1 && strcmp(argv[1], "-w") == 0;
	char **words = argv + 1 + writes;
	long number, count = 0;
	int status;

	if (argc < 3 + writes) {
		fputs("Usage: kill_at [-w] NUMBER COMMAND...\n", stderr);
		return 64;
	}
	number = atol(words[0]);
	pid_t child = start(words + 1);
	if (child < 0 || waitpid(child, &status, 0) != child || !WIFSTOPPED(status) ||
	    ptrace(PTRACE_SETOPTIONS, child, NULL,
		   (void *)(long)(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK |
				  PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL)) != 0 ||
	    ptrace(PTRACE_SYSCALL, child, NULL, NULL) != 0)
		return 126;
	status = watch(child, writes, number, &count);
	if (number == 0)
		printf("%ld\n", count);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
#else
int main(void)
{
	fputs("system calls cannot be watched here\n", stderr);
	return 126;
}
#endif
