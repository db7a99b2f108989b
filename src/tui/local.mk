noinst_LIBRARIES += libtui.a
libtui_a_SOURCES = \
	include/stemma/tui/tui.h \
	src/tui/keys.h src/tui/keys.c \
	src/tui/fuzzy.h src/tui/fuzzy.c \
	src/tui/bars.h src/tui/bars.c \
	src/tui/tree_model.h src/tui/tree_model.c \
	src/tui/tree_forest.h src/tui/tree_forest.c
libtui_a_CPPFLAGS = $(AM_CPPFLAGS) $(CURSES_CFLAGS)
