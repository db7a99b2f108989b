/* Jobs: progress, wake-ups, cancelling, signals. */
#include "test.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

#include "stemma/app/job.h"

static enum status work_well(void *context, struct progress *progress, struct error *error)
{
	(void)error;
	for (int i = 0; i < 1000; i++)
		if (!progress_step(progress, "counting", i / 1000.0))
			return STATUS_CANCELLED;
	*(int *)context = 42;
	return STATUS_OK;
}

static enum status work_badly(void *context, struct progress *progress, struct error *error)
{
	(void)context;
	(void)progress;
	return error_set(error, STATUS_IO, "the disk is gone");
}

static enum status work_until_cancelled(void *context, struct progress *progress,
					struct error *error)
{
	(void)context;
	while (progress_step(progress, "waiting", -1))
		usleep(1000);
	return error_set(error, STATUS_CANCELLED, "stopped");
}

static enum status read_signals(void *context, struct progress *progress, struct error *error)
{
	(void)progress;
	(void)error;
	pthread_sigmask(SIG_SETMASK, NULL, context);
	return STATUS_OK;
}

static void a_job_delivers_its_result(void **state)
{
	(void)state;
	int result = 0;
	struct error error = {0};
	struct job *job = job_start(work_well, &result, -1);

	assert_int_equal(job_finish(job, &error), STATUS_OK);
	assert_int_equal(result, 42);
	assert_int_equal(error.status, STATUS_OK);
}

static void a_job_delivers_its_error(void **state)
{
	(void)state;
	struct error error = {0};

	assert_int_equal(job_finish(job_start(work_badly, NULL, -1), &error), STATUS_IO);
	assert_string_equal(error.message, "the disk is gone");
	assert_int_equal(job_finish(job_start(work_badly, NULL, -1), NULL), STATUS_IO);
	struct error earlier = {0};
	error_set(&earlier, STATUS_DATA, "an earlier failure");
	assert_int_equal(job_finish(job_start(work_badly, NULL, -1), &earlier), STATUS_IO);
	assert_string_equal(earlier.message, "an earlier failure");
}

static bool wait_for_byte(int fd)
{
	struct pollfd poller = {.fd = fd, .events = POLLIN};
	char byte;

	return poll(&poller, 1, 10000) == 1 && read(fd, &byte, 1) == 1;
}

static void progress_and_end_wake_the_owner(void **state)
{
	(void)state;
	int ends[2], bytes = 0;
	const char *stage;
	double fraction;

	assert_int_equal(pipe(ends), 0);
	struct job *job = job_start(work_until_cancelled, NULL, ends[1]);
	assert_true(wait_for_byte(ends[0]));
	job_progress(job, &stage, &fraction);
	assert_string_equal(stage, "waiting");
	assert_true(fraction < 0);
	assert_false(job_done(job));
	job_cancel(job);
	while (!job_done(job))
		assert_true(wait_for_byte(ends[0]));
	assert_int_equal(job_finish(job, NULL), STATUS_CANCELLED);
	/* Nothing piles up while nobody listens. */
	int result;
	job = job_start(work_well, &result, ends[1]);
	assert_int_equal(job_finish(job, NULL), STATUS_OK);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	for (char byte; read(ends[0], &byte, 1) == 1;)
		bytes++;
	assert_in_range(bytes, 1, 4);
	close(ends[0]);
	close(ends[1]);
}

static void a_full_or_closed_pipe_does_no_harm(void **state)
{
	(void)state;
	int ends[2], result = 0;
	char block[4096] = {0};

	assert_int_equal(pipe(ends), 0);
	fcntl(ends[1], F_SETFL, O_NONBLOCK);
	while (write(ends[1], block, sizeof block) > 0)
		;
	assert_int_equal(job_finish(job_start(work_well, &result, ends[1]), NULL), STATUS_OK);
	close(ends[0]); /* now a write would raise SIGPIPE */
	assert_int_equal(job_finish(job_start(work_well, &result, ends[1]), NULL), STATUS_OK);
	close(ends[1]);
}

static void signals_stay_with_the_main_thread(void **state)
{
	(void)state;
	sigset_t worker, before, after;

	pthread_sigmask(SIG_SETMASK, NULL, &before);
	assert_int_equal(job_finish(job_start(read_signals, &worker, -1), NULL), STATUS_OK);
	pthread_sigmask(SIG_SETMASK, NULL, &after);
	static const int signals[] = {SIGINT, SIGTERM, SIGTSTP, SIGCONT, SIGWINCH, SIGHUP, SIGPIPE};
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
		assert_int_equal(sigismember(&worker, signals[i]), 1);
		assert_int_equal(sigismember(&after, signals[i]), sigismember(&before, signals[i]));
	}
	assert_int_equal(sigismember(&worker, SIGSEGV), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_job_delivers_its_result),
		cmocka_unit_test(a_job_delivers_its_error),
		cmocka_unit_test(progress_and_end_wake_the_owner),
		cmocka_unit_test(a_full_or_closed_pipe_does_no_harm),
		cmocka_unit_test(signals_stay_with_the_main_thread),
	};
	return cmocka_run_group_tests_name("app: job", tests, NULL, NULL);
}
