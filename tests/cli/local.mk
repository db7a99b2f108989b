# tests of src/cli
CLI_TESTS = tests/cli/options.sh tests/cli/complete.sh tests/cli/config.sh tests/cli/import.sh tests/cli/import_tables.sh \
	tests/cli/predict.sh \
	tests/cli/benchmarks.sh tests/cli/bounds.sh tests/cli/corrections.sh tests/cli/eval.sh tests/cli/export.sh \
	tests/cli/fixtures.sh tests/cli/flags.sh tests/cli/pack.sh tests/cli/hostile.sh \
	tests/cli/intake.sh tests/cli/kept.sh tests/cli/output.sh tests/cli/parents.sh tests/cli/plan.sh tests/cli/plan_budget.sh tests/cli/race.sh tests/cli/suggest.sh \
	tests/cli/sync.sh tests/cli/targets.sh tests/cli/own.sh tests/cli/reports.sh tests/cli/starter.sh tests/cli/edit.sh tests/cli/report.sh tests/cli/plot.sh tests/cli/score.sh
TESTS += $(CLI_TESTS)
LONG_TESTS += tests/cli/public.sh
dist_check_SCRIPTS += $(CLI_TESTS) tests/cli/public.sh
EXTRA_DIST += tests/reports tests/sync/server.py tests/cli/tap.sh tests/cli/server.sh tests/cli/fixtures.txt
