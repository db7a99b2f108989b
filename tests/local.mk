# Every test prints TAP: unit tests through cmocka, the others by themselves.  They
# share nothing but what is built, so that any number may run at once: make -j2 check.
# `make check` is for every change; what takes long is in LONG_TESTS, all of them
# scripts, for `make check-long`.  ./bootstrap check runs both.
AM_TESTS_ENVIRONMENT = CMOCKA_MESSAGE_OUTPUT=TAP; export CMOCKA_MESSAGE_OUTPUT; \
	top_srcdir='$(abs_top_srcdir)'; export top_srcdir; \
	top_builddir='$(abs_top_builddir)'; export top_builddir; \
	STEMMA_SHARE='$(abs_top_srcdir)/tests/share'; export STEMMA_SHARE; \
	TMUX_PROGRAM='$(TMUX)'; export TMUX_PROGRAM; \
	HARDENING='$(HARDENING)'; export HARDENING; \
	FUZZ_TARGETS='$(FUZZ_TARGETS)'; export FUZZ_TARGETS; \
	OPENBLAS_NUM_THREADS=1; export OPENBLAS_NUM_THREADS;
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
LOG_COMPILER = $(SHELL) $(top_srcdir)/tests/tap.sh
EXTRA_DIST += tests/tap.sh tests/README tests/share
TEST_EXTENSIONS = .sh
SH_LOG_DRIVER = $(LOG_DRIVER)
SH_LOG_COMPILER = $(LOG_COMPILER)

# Made by the first test that asks for it (starter, in tests/cli/tap.sh).
CLEANFILES += tests/starter.db
LONG_TESTS =

UNIT_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests $(CMOCKA_CFLAGS)

dist_check_SCRIPTS = tests/layers.sh tests/lint.sh tests/hardening.sh tests/bench.sh tests/tour.sh
TESTS += tests/layers.sh tests/lint.sh tests/hardening.sh tests/bench.sh tests/tour.sh

include tests/base/local.mk
include tests/engine/local.mk
include tests/store/local.mk
include tests/formats/local.mk
include tests/app/local.mk
include tests/cli/local.mk
include tests/tui/local.mk
include tests/faults/local.mk
include tests/fuzz/local.mk

# Those of `make check` have another summary.
check-long: all
	$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(LONG_TESTS)' TEST_SUITE_LOG=test-suite-long.log
.PHONY: check-long
CLEANFILES += test-suite-long.log

# The tests that are programs, for builds that are slow, as those with sanitizers are.
check-units: all
	@units=; for test in $(TESTS); do case $$test in *.sh) ;; *) units="$$units $$test" ;; esac; done; \
	$(MAKE) $(AM_MAKEFLAGS) check TESTS="$$units"
.PHONY: check-units

# Records the README's tour anew; tests/tour.sh fails where they differ.
tour: stemma
	$(AM_TESTS_ENVIRONMENT) $(SHELL) $(top_srcdir)/tests/tour.sh --accept
.PHONY: tour
