# Every test prints TAP: unit tests through cmocka, the others by themselves.
AM_TESTS_ENVIRONMENT = CMOCKA_MESSAGE_OUTPUT=TAP; export CMOCKA_MESSAGE_OUTPUT; \
	top_srcdir='$(abs_top_srcdir)'; export top_srcdir; \
	top_builddir='$(abs_top_builddir)'; export top_builddir; \
	STEMMA_SHARE='$(abs_top_srcdir)/share'; export STEMMA_SHARE; \
	TMUX_PROGRAM='$(TMUX)'; export TMUX_PROGRAM; \
	HARDENING='$(HARDENING)'; export HARDENING; \
	FUZZ_TARGETS='$(FUZZ_TARGETS)'; export FUZZ_TARGETS;
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
LOG_COMPILER = $(SHELL) $(top_srcdir)/tests/tap.sh
EXTRA_DIST += tests/tap.sh
TEST_EXTENSIONS = .sh
SH_LOG_DRIVER = $(LOG_DRIVER)
SH_LOG_COMPILER = $(SHELL)

UNIT_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)

dist_check_SCRIPTS = tests/layers.sh tests/hardening.sh tests/bench.sh tests/tour.sh
TESTS += tests/layers.sh tests/hardening.sh tests/bench.sh tests/tour.sh

include tests/base.mk
include tests/engine.mk
include tests/store.mk
include tests/formats.mk
include tests/app.mk
include tests/cli.mk
include tests/tui.mk
include tests/faults.mk
include tests/fuzz.mk

# Records the README's tour anew; tests/tour.sh fails where they differ.
tour: stemma
	$(AM_TESTS_ENVIRONMENT) $(SHELL) $(top_srcdir)/tests/tour.sh --accept
.PHONY: tour
