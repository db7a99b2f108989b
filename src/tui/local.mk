noinst_LIBRARIES += libtui.a
libtui_a_SOURCES = \
	include/stemma/tui/tui.h src/tui/tui.c \
	src/tui/actions.h src/tui/actions.c \
	src/tui/bars.h src/tui/bars.c src/tui/board_rows.c src/tui/board_figures.c \
	src/tui/picking.h src/tui/picking.c src/tui/picker_view.c src/tui/observation_view.c \
	include/stemma/tui/config.h src/tui/config_table.h src/tui/config.c src/tui/config_text.c \
	src/tui/browser.h src/tui/dispatch.c src/tui/edit.c src/tui/figures.c \
	src/tui/find.c src/tui/fitting.c src/tui/flagging.c src/tui/guessing.c src/tui/keep.c src/tui/layout.c \
	src/tui/help_view.c src/tui/message_view.c src/tui/model_view.c \
	src/tui/residual_view.c src/tui/sketch_view.c src/tui/tree_view.c \
	src/tui/lanes.h src/tui/lanes.c src/tui/pedigree_view.c src/tui/compare_view.c src/tui/versus_view.c src/tui/why_view.c \
	src/tui/heat_view.c \
	src/tui/keys.h src/tui/keys.c \
	src/tui/list.h src/tui/list.c src/tui/list_find.c \
	src/tui/marks.h src/tui/marks.c src/tui/mark_view.c \
	src/tui/prompt.c src/tui/command_line.c \
	src/tui/commands.h src/tui/commands.c src/tui/complete.c \
	src/tui/mouse.c \
	src/tui/screen.h src/tui/screen_private.h src/tui/screen.c src/tui/draw.c \
	src/tui/script.h src/tui/script.c \
	src/tui/signals.h src/tui/signals.c \
	src/tui/theme.h src/tui/theme.c \
	src/tui/tree_model.h src/tui/tree_model.c src/tui/tree_rows.c src/tui/tree_fitting.c \
	src/tui/tree_forest.h src/tui/tree_forest.c src/tui/tree_find.c src/tui/tree_renew.c \
	src/tui/suggesting.h src/tui/suggesting.c src/tui/suggest_view.c \
	src/tui/tree_columns.c src/tui/working.c src/tui/packing.c \
	src/tui/intake.h src/tui/intake.c src/tui/importing.c src/tui/syncing.c src/tui/renew.c \
	src/tui/waiting.c src/tui/words.h src/tui/words.c
libtui_a_CPPFLAGS = $(AM_CPPFLAGS) $(CURSES_CFLAGS)
