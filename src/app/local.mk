noinst_LIBRARIES += libapp.a
libapp_a_SOURCES = \
	include/stemma/app/starter.h src/app/starter.c \
	include/stemma/app/anomalies.h src/app/anomalies.c \
	include/stemma/app/answer_sets.h src/app/answer_sets.c \
	include/stemma/app/catalog.h src/app/catalog.h src/app/catalog.c src/app/catalog_rows.c \
	src/app/packed.h src/app/pack.c src/app/unpack.c src/app/pack_check.c src/app/names.c src/app/name_sweep.c src/app/catalog_match.c \
	src/app/benchmark_names.c \
	include/stemma/app/board.h src/app/board.c \
	include/stemma/app/corrections.h src/app/corrections.c \
	include/stemma/app/description.h src/app/description.c \
	include/stemma/app/filter.h src/app/filter.h src/app/filter.c src/app/filter_parse.c src/app/filter_text.c src/app/filter_run.c \
	include/stemma/app/flags.h src/app/flags.c \
	include/stemma/app/export.h src/app/export.c \
	include/stemma/app/export_results.h src/app/export_results.c \
	include/stemma/app/guesses.h src/app/guesses.c \
	include/stemma/app/graph.h src/app/graph.c src/app/graph_write.c \
	include/stemma/app/drift.h src/app/drift.c \
	include/stemma/app/import.h src/app/import.c src/app/folders.h src/app/folders.c \
	include/stemma/app/import_list.h src/app/import_list.c \
	include/stemma/app/job.h src/app/job.c \
	include/stemma/app/judge.h src/app/judge.c \
	src/app/kept_fit.h src/app/kept_fit.c \
	include/stemma/app/line_words.h src/app/line_words.c \
	include/stemma/app/licences.h src/app/licences.c \
	include/stemma/app/outcomes.h src/app/outcomes.c \
	include/stemma/app/session.h src/app/session.h src/app/session.c src/app/session_rows.c \
	include/stemma/app/sync.h src/app/sync.h src/app/sync.c src/app/sync_boards.c src/app/sync_models.c src/app/sync_options.c \
	include/stemma/app/target.h src/app/target.c \
	include/stemma/app/wishes.h src/app/wishes.c src/app/wishes_resolve.c \
	include/stemma/app/foretold.h src/app/foretold.c \
	include/stemma/app/chart.h src/app/chart_front.h src/app/chart_front.c src/app/chart_merges.c src/app/chart_scatter.c src/app/chart_sweep.c src/app/chart_why.c \
	include/stemma/app/prices.h src/app/prices.c include/stemma/app/budget_plan.h src/app/budget_plan.c src/app/chart_budget.c src/app/budget_command.c \
	include/stemma/app/sketch.h src/app/sketch.h src/app/sketch.c \
	include/stemma/app/sweep.h src/app/sweep.c src/app/sketch_edit.c src/app/sketch_file.c src/app/sketch_model.c src/app/sketch_shapes.c src/app/sketch_warnings.c \
	src/app/sketch_pair.c src/app/sketch_write.c src/app/sketch_renumber.c
