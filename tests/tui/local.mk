# tests of src/tui
TUI_TEST_LIBS = libtui.a libapp.a libengine.a libstore.a libformats.a libsync.a libbase.a \
	$(STEMMA_EXTERNAL_LIBS)

if HAVE_CMOCKA
TUI_TESTS = tests/tui/config tests/tui/parts tests/tui/tree tests/tui/picking \
	tests/tui/sequence tests/tui/grid
check_PROGRAMS += $(TUI_TESTS)
TESTS += $(TUI_TESTS)
tests_tui_config_SOURCES = tests/tui/config.c tests/test.h
tests_tui_config_CPPFLAGS = $(UNIT_CPPFLAGS) -I$(top_srcdir)/src/tui
tests_tui_config_LDADD = $(TUI_TEST_LIBS) $(CMOCKA_LIBS)
tests_tui_parts_SOURCES = tests/tui/parts.c tests/test.h
tests_tui_parts_CPPFLAGS = $(UNIT_CPPFLAGS) -I$(top_srcdir)/src/tui
tests_tui_parts_LDADD = $(TUI_TEST_LIBS) $(CMOCKA_LIBS)
tests_tui_tree_SOURCES = tests/tui/tree.c tests/test.h
tests_tui_tree_CPPFLAGS = $(UNIT_CPPFLAGS) -I$(top_srcdir)/src/tui
tests_tui_tree_LDADD = $(TUI_TEST_LIBS) $(CMOCKA_LIBS)
tests_tui_picking_SOURCES = tests/tui/picking.c tests/test.h
tests_tui_picking_CPPFLAGS = $(UNIT_CPPFLAGS) -I$(top_srcdir)/src/tui
tests_tui_picking_LDADD = $(TUI_TEST_LIBS) $(CMOCKA_LIBS)
tests_tui_sequence_SOURCES = tests/tui/sequence.c tests/test.h
tests_tui_sequence_CPPFLAGS = $(UNIT_CPPFLAGS) -I$(top_srcdir)/src/tui
tests_tui_sequence_LDADD = $(TUI_TEST_LIBS) $(CMOCKA_LIBS)
tests_tui_grid_SOURCES = tests/tui/grid.c tests/test.h
tests_tui_grid_CPPFLAGS = $(UNIT_CPPFLAGS) -I$(top_srcdir)/src/tui
tests_tui_grid_LDADD = $(TUI_TEST_LIBS) $(CMOCKA_LIBS)
endif

# Makes caches for the screens without the starter set.
check_PROGRAMS += tests/screens/cache
tests_screens_cache_SOURCES = tests/screens/cache.c
tests_screens_cache_CPPFLAGS = $(AM_CPPFLAGS) $(SQLITE_CFLAGS)
tests_screens_cache_LDADD = $(TUI_TEST_LIBS)

SCREEN_TESTS = tests/screens/screens.sh tests/screens/help_lists.sh tests/screens/random.sh tests/terminal/live.sh tests/terminal/stop.sh \
	tests/terminal/color.sh tests/terminal/mouse.sh tests/terminal/types.sh tests/terminal/keys.sh tests/terminal/end.sh tests/terminal/sequences.sh tests/terminal/intake.sh \
	tests/terminal/completion.sh
TESTS += $(SCREEN_TESTS)
dist_check_SCRIPTS += $(SCREEN_TESTS)
EXTRA_DIST += tests/terminal/terminal.sh tests/screens/expected \
	tests/screens/family-models.csv tests/screens/family-edges.csv \
	tests/screens/odd.keys tests/screens/odd-ascii.keys \
	tests/screens/odd-models.csv tests/screens/odd-edges.csv \
	tests/screens/few-models.csv tests/screens/few-edges.csv \
	tests/screens/ascii.keys tests/screens/command.keys tests/screens/command-ascii.keys \
	tests/screens/fields.keys tests/screens/find.keys tests/screens/flag.keys \
	tests/screens/flag-ascii.keys tests/screens/first.keys tests/screens/help.keys \
	tests/screens/marks.keys tests/screens/mouse.keys tests/screens/plain.keys \
	tests/screens/residuals.keys tests/screens/sketch.keys tests/screens/small.keys tests/screens/write.keys \
	tests/screens/hostile.keys tests/screens/hostile-models.csv tests/screens/hostile-edges.csv \
	tests/screens/hostile-names.txt \
	tests/screens/pedigree.keys tests/screens/pedigree-ascii.keys \
	tests/screens/compare.keys tests/screens/compare-ascii.keys \
	tests/screens/heat.keys tests/screens/heat-ascii.keys tests/screens/named.keys \
	tests/screens/suggest.keys tests/screens/suggest-ascii.keys tests/screens/front.keys \
	tests/screens/versus.keys tests/screens/versus-ascii.keys tests/screens/why.keys tests/screens/why-ascii.keys tests/screens/views.keys \
	tests/screens/views-ascii.keys tests/screens/looks.keys tests/screens/looks-plain.keys \
	tests/screens/many.keys tests/screens/passing.keys tests/screens/intake.keys tests/screens/intake-ascii.keys \
	tests/screens/table.keys tests/screens/table-ascii.keys \
	tests/screens/zoom.keys tests/screens/zoom-ascii.keys tests/screens/spark.keys tests/screens/spark-ascii.keys tests/screens/plot.keys tests/screens/plot-ascii.keys tests/screens/waterfall.keys tests/screens/waterfall-ascii.keys \
	tests/screens/sweep.keys tests/screens/sweep-ascii.keys tests/screens/plan.keys tests/screens/plan-ascii.keys \
	tests/screens/one.keys tests/screens/one-models.csv tests/screens/one-edges.csv \
	tests/screens/picker.keys tests/screens/picker-ascii.keys \
	tests/screens/forty.keys tests/screens/forty-ascii.keys \
	tests/screens/thousand.keys tests/screens/thousand-ascii.keys \
	tests/screens/files

# Random keys and sizes of a thousand scripts; most telling in a build that was configured
# with --enable-sanitizers.
check-random: stemma tests/screens/cache
	$(AM_TESTS_ENVIRONMENT) $(SHELL) $(top_srcdir)/tests/screens/random.sh 1000
.PHONY: check-random
