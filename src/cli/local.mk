noinst_LIBRARIES += libcli.a
libcli_a_SOURCES = \
	src/cli/anomalies.c src/cli/anomalies.h \
	src/cli/browse.c \
	src/cli/check.c \
	src/cli/choose.c src/cli/benchmarks.c \
	src/cli/evaluations.c src/cli/evaluations.h \
	src/cli/cli.c src/cli/cli.h \
	src/cli/command.c src/cli/command.h \
	src/cli/complete.c src/cli/config.c \
	src/cli/configuration.c src/cli/configuration.h \
	src/cli/answers_report.h src/cli/answers_report.c \
	src/cli/edit.c \
	src/cli/eval.h src/cli/eval.c src/cli/eval_answers.c src/cli/eval_drift.c src/cli/eval_merges.c \
	src/cli/eval_models.c src/cli/eval_paper.c src/cli/eval_scores.c \
	src/cli/export.c src/cli/export.h src/cli/export_tables.c src/cli/export_cells.c src/cli/export_completed.c \
	src/cli/export_attributes.c \
	src/cli/fit.c \
	src/cli/import.c src/cli/imports.c \
	src/cli/model_report.c src/cli/names.c src/cli/names.h \
	src/cli/options.c src/cli/options.h \
	src/cli/output.c src/cli/output.h \
	src/cli/parents.c \
	src/cli/plan.c src/cli/plan_questions.c src/cli/plan_questions.h \
	src/cli/plan_budget.c src/cli/plan_budget.h src/cli/plan_until.c src/cli/plan_until.h \
	src/cli/plot.c \
	src/cli/merge_options.c src/cli/merge_options.h \
	src/cli/predict.c \
	src/cli/prediction.c src/cli/prediction.h \
	src/cli/caveats.c src/cli/caveats.h \
	src/cli/report.c src/cli/report.h \
	src/cli/race.c \
	src/cli/residuals.c \
	src/cli/run.c \
	src/cli/score.c src/cli/foretold_report.h src/cli/foretold_report.c \
	src/cli/show.c src/cli/siblings.h src/cli/siblings.c \
	src/cli/suggest_explore.c src/cli/suggest_explore.h src/cli/suggest.c src/cli/sync.c \
	src/cli/table.c src/cli/table.h \
	src/cli/tree.c

bin_PROGRAMS += stemma
stemma_SOURCES = src/cli/main.c
stemma_LDADD = $(STEMMA_LIBS) $(STEMMA_EXTERNAL_LIBS)
