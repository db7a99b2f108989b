noinst_LIBRARIES += libtui.a
libtui_a_SOURCES = \
	include/stemma/tui/tui.h src/tui/tui.c \
	src/tui/settings/actions.h src/tui/settings/actions.c \
	src/tui/board/bars.h src/tui/board/bars.c src/tui/board/board_rows.c src/tui/board/board_figures.c \
	src/tui/board/picking.h src/tui/board/picking.c src/tui/view/picker_view.c src/tui/view/observation_view.c \
	include/stemma/tui/config.h src/tui/settings/config_table.h src/tui/settings/config.c src/tui/settings/config_text.c \
	src/tui/browser.h src/tui/prompt.h src/tui/mouse.h src/tui/message.h src/tui/command_line.h src/tui/edit.h \
	src/tui/view/view.h src/tui/board/board.h src/tui/work/work.h src/tui/views.c src/tui/dispatch.c src/tui/acts.h src/tui/acts.c src/tui/message.c src/tui/edit.c src/tui/write.c src/tui/board/figures.c \
	src/tui/find.c src/tui/work/fitting.c src/tui/flagging.c src/tui/work/guessing.c src/tui/keep.c src/tui/layout.c \
	src/tui/view/help_view.c src/tui/view/message_view.c src/tui/view/model_view.c \
	src/tui/view/residual_view.c src/tui/view/sketch_view.c src/tui/view/tree_view.c \
	src/tui/tree/lanes.h src/tui/tree/lanes.c src/tui/view/pedigree_view.c src/tui/view/compare_view.c src/tui/view/versus_view.c src/tui/view/why_view.c \
	src/tui/view/heat_view.c src/tui/view/table_view.h src/tui/view/table_view.c src/tui/view/count_view.c src/tui/view/sweep_view.c \
	src/tui/board/grid.h src/tui/board/grid.c \
	src/tui/settings/keys.h src/tui/settings/keys.c \
	src/tui/view/list.h src/tui/view/list.c src/tui/view/list_find.c \
	src/tui/tree/marks.h src/tui/tree/marks.c src/tui/view/mark_view.c \
	src/tui/prompt.c src/tui/command_line.c \
	src/tui/commands.h src/tui/commands.c src/tui/complete.c \
	src/tui/mouse.c \
	src/tui/term/screen.h src/tui/term/screen_private.h src/tui/term/screen.c src/tui/term/draw.c \
	src/tui/script.h src/tui/script.c \
	src/tui/term/sequence.h src/tui/term/sequence.c \
	src/tui/term/signals.h src/tui/term/signals.c \
	src/tui/settings/theme.h src/tui/settings/theme.c \
	src/tui/tree/tree_model.h src/tui/tree/tree_model.c src/tui/tree/tree_rows.c src/tui/tree/tree_fitting.c \
	src/tui/tree/tree_forest.h src/tui/tree/tree_forest.c src/tui/tree/tree_find.c src/tui/tree/tree_renew.c \
	src/tui/work/suggesting.h src/tui/work/suggesting.c src/tui/view/suggest_view.c \
	src/tui/view/tree_columns.c src/tui/work/working.c src/tui/work/packing.c \
	src/tui/work/intake.h src/tui/work/intake.c src/tui/work/importing.c src/tui/work/syncing.c src/tui/work/renew.c \
	src/tui/work/waiting.c src/tui/settings/words.h src/tui/settings/words.c
libtui_a_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/src/tui $(CURSES_CFLAGS)
