# Fuzz targets.  A new one is a name here, tests/fuzz/NAME.c and inputs in
# tests/fuzz/corpus/NAME (tests/fuzz/README).
FUZZ_TARGETS = \
	tests/fuzz/contents \
	tests/fuzz/scores \
	tests/fuzz/edges \
	tests/fuzz/renames \
	tests/fuzz/models \
	tests/fuzz/cells \
	tests/fuzz/benchmarks \
	tests/fuzz/outcomes \
	tests/fuzz/samples \
	tests/fuzz/hub \
	tests/fuzz/mergekit \
	tests/fuzz/card \
	tests/fuzz/results \
	tests/fuzz/lighteval \
	tests/fuzz/every_eval \
	tests/fuzz/eval_results \
	tests/fuzz/rows \
	tests/fuzz/row_lines \
	tests/fuzz/corrections \
	tests/fuzz/file \
	tests/fuzz/recipe \
	tests/fuzz/import \
	tests/fuzz/config \
	tests/fuzz/filter \
	tests/fuzz/words \
	tests/fuzz/script \
	tests/fuzz/keys \
	tests/fuzz/command \
	tests/fuzz/arguments \
	tests/fuzz/http \
	tests/fuzz/pages \
	tests/fuzz/statements \
	tests/fuzz/learned \
	tests/fuzz/learned_answers \
	tests/fuzz/wishes \
	tests/fuzz/state

# What all of them have: their own file, and this.  With --enable-fuzzing the
# compiler's fuzzer takes the place of the replay.
EXTRA_LIBRARIES = tests/fuzz/libfuzz.a tests/fuzz/libreplay.a
tests_fuzz_libfuzz_a_SOURCES = tests/fuzz/fuzz.c tests/fuzz/fuzz.h tests/fuzz/world.c tests/fuzz/world.h \
	tests/fuzz/use.c tests/fuzz/guard.c tests/fuzz/guard.h tests/fuzz/read.h
tests_fuzz_libreplay_a_SOURCES = tests/fuzz/replay.c
if FUZZING
FUZZ_MAIN =
else
FUZZ_MAIN = tests/fuzz/libreplay.a
endif
LDADD = @FUZZ_FLAGS@ $(FUZZ_MAIN) tests/fuzz/libfuzz.a $(TUI_TEST_LIBS) tests/fuzz/libfuzz.a libbase.a $(ZLIB_LIBS)

# The whole command line.
tests_fuzz_arguments_LDADD = @FUZZ_FLAGS@ $(FUZZ_MAIN) tests/fuzz/libfuzz.a libcli.a $(TUI_TEST_LIBS) \
	tests/fuzz/libfuzz.a libbase.a $(ZLIB_LIBS)

if HAVE_WRAP
check_PROGRAMS += $(FUZZ_TARGETS)
check_LIBRARIES = tests/fuzz/libfuzz.a tests/fuzz/libreplay.a
TESTS += tests/fuzz/replay.sh
endif
dist_check_SCRIPTS += tests/fuzz/replay.sh tests/fuzz/run.sh
EXTRA_DIST += tests/fuzz/README tests/fuzz/corpus

# make fuzz TARGETS="edges hub" SECONDS=600
TARGETS = $(FUZZ_TARGETS:tests/fuzz/%=%)
SECONDS = 60
.PHONY: fuzz
fuzz: $(check_LIBRARIES) $(FUZZ_TARGETS)
	$(AM_V_at)$(AM_TESTS_ENVIRONMENT) $(SHELL) $(top_srcdir)/tests/fuzz/run.sh $(SECONDS) $(TARGETS)
