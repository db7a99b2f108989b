# What the world does: in `make check-long` a little of it, in `make check-faults`
# two hundred kills.
FAULT_TESTS = tests/faults/inject.sh tests/faults/faults.sh tests/faults/full.sh

# Every call that can fail, made to fail.
if HAVE_WRAP
check_PROGRAMS += tests/faults/inject
endif
tests_faults_inject_SOURCES = tests/faults/inject.c tests/faults/caches.c tests/faults/caches.h tests/faults/crash.c tests/faults/crash.h tests/faults/scenarios.c tests/faults/scenarios.h \
	tests/faults/failing.c tests/faults/failing.h tests/faults/failing_private.h tests/faults/failing_memory.c \
	tests/faults/failing_files.c tests/faults/failing_sqlite.c tests/faults/failing_curl.c tests/faults/failing_socket.c \
	tests/faults/program.c tests/fuzz/world.c tests/fuzz/world.h tests/fuzz/fuzz.c tests/fuzz/fuzz.h
tests_faults_inject_CPPFLAGS = $(AM_CPPFLAGS) $(SQLITE_CFLAGS) $(CURL_CFLAGS) $(JANSSON_CFLAGS)
tests_faults_inject_LDADD = @FAILING_FLAGS@ libcli.a $(TUI_TEST_LIBS)
check_PROGRAMS += tests/faults/kill_at
tests_faults_kill_at_SOURCES = tests/faults/kill_at.c
tests_faults_kill_at_LDADD =
LONG_TESTS += $(FAULT_TESTS)
dist_check_SCRIPTS += $(FAULT_TESTS)

EXTRA_DIST += tests/faults/README tests/faults/session.sh tests/faults/threads.supp

.PHONY: check-faults
check-faults: all tests/faults/inject tests/faults/kill_at
	$(AM_V_at)$(AM_TESTS_ENVIRONMENT) SEED=$$(date +%s) KILLS=200 DAMAGES=100 LARGE=yes $(SHELL) $(top_srcdir)/tests/faults/faults.sh
	$(AM_V_at)$(AM_TESTS_ENVIRONMENT) RESTS='0 4 8 16 32 40 48 64 96 128 192 256 384 512' \
		$(SHELL) $(top_srcdir)/tests/faults/full.sh
	$(AM_V_at)$(AM_TESTS_ENVIRONMENT) EVERY=3000 tests/faults/inject

# A scripted session under valgrind; the same with the thread sanitizer, for which
# the program is built once more, in threads/.
.PHONY: check-valgrind check-threads
check-valgrind: all
	$(AM_V_at)$(AM_TESTS_ENVIRONMENT) $(SHELL) $(top_srcdir)/tests/faults/session.sh memory
check-threads:
	$(AM_V_at)$(MKDIR_P) threads
	$(AM_V_at)test -f threads/Makefile || (cd threads && '$(abs_top_srcdir)/configure' -q --disable-hardening \
		CC='$(CC)' CFLAGS='-g -O1 -fsanitize=thread' LDFLAGS=-fsanitize=thread)
	$(AM_V_at)$(MAKE) -s -C threads stemma
	$(AM_V_at)$(AM_TESTS_ENVIRONMENT) top_builddir=$$PWD/threads $(SHELL) \
		$(top_srcdir)/tests/faults/session.sh threads
