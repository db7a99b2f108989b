noinst_LIBRARIES += libformats.a
libformats_a_SOURCES = \
	include/stemma/formats/record.h include/stemma/formats/naming.h src/formats/naming.c \
	include/stemma/formats/reader.h src/formats/reading.h src/formats/reader.c \
	include/stemma/formats/mergekit.h src/formats/merge.h src/formats/merge_read.c \
	src/formats/merge_records.c src/formats/merge_shares.c src/formats/merge_slice.c \
	src/formats/merge_values.c src/formats/merge_write.c \
	include/stemma/formats/corrections.h src/formats/corrections.c \
	include/stemma/formats/descriptions.h src/formats/descriptions.c \
	src/formats/yaml_check.h src/formats/yaml_check.c \
	src/formats/csv.h src/formats/csv.c include/stemma/formats/prices.h src/formats/prices.c include/stemma/formats/folds.h src/formats/folds.c \
	src/formats/card.h src/formats/card.c \
	include/stemma/formats/every_eval.h src/formats/every_eval.c src/formats/lighteval.c \
	src/formats/eval_results.h src/formats/eval_results.c src/formats/model_index.h src/formats/model_index.c \
	src/formats/yaml_json.h src/formats/yaml_json.c \
	include/stemma/formats/results_write.h src/formats/results_write.c \
	src/formats/harness.h src/formats/harness.c \
	src/formats/leaderboard_tasks.h src/formats/leaderboard_tasks.c \
	src/formats/metrics.h src/formats/metrics.c src/formats/results.h src/formats/results.c \
	src/formats/json_read.h src/formats/json_read.c \
	src/formats/origin.h src/formats/origin.c include/stemma/formats/rows.h src/formats/rows.c \
	src/formats/encoding.h src/formats/encoding.c \
	src/formats/edges.c include/stemma/formats/hub.h src/formats/hub.h src/formats/hub.c src/formats/hub_boards.c src/formats/leaderboard.c \
	src/formats/tables.h src/formats/tables.c src/formats/models.c src/formats/long.c src/formats/across.c \
	src/formats/benchmarks.c src/formats/outcomes.c src/formats/samples.c src/formats/model_config.c \
	include/stemma/formats/settings.h src/formats/settings.c \
	src/formats/source.h src/formats/source.c \
	src/formats/yaml_tree.h src/formats/yaml_tree.c \
	src/formats/yaml_writer.h src/formats/yaml_writer.c
libformats_a_CPPFLAGS = $(AM_CPPFLAGS) $(YAML_CFLAGS) $(JANSSON_CFLAGS) $(ZLIB_CFLAGS)
