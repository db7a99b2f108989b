/* Reader: recognises a file by its content and streams its records.  The formats
 * are in the table below and in stemma-formats(7); any may be gzip-compressed.
 */
#ifndef STEMMA_FORMATS_READER_H
#define STEMMA_FORMATS_READER_H

#include "stemma/base/error.h"
#include "stemma/formats/record.h"

/* X(symbol, word, description) */
#define FORMAT_TABLE(X) \
	X(UNKNOWN, "unknown", "nothing that stemma reads") \
	X(CONTENTS_CSV, "contents", "Open LLM Leaderboard contents (CSV)") \
	X(SCORES_CSV, "scores", "scores table (CSV)") \
	X(EDGES_CSV, "edges", "lineage edges (CSV)") \
	X(RENAMES_CSV, "renames", "renamed models (CSV)") \
	X(MODELS_CSV, "models", "models with facts and scores, a column each (CSV)") \
	X(LONG_CSV, "cells", "scores, one a row (CSV)") \
	X(ACROSS_CSV, "across", "scores, a row a benchmark and a column a model (CSV)") \
	X(BENCHMARKS_CSV, "benchmarks", "descriptions of benchmarks (CSV)") \
	X(OUTCOMES_CSV, "outcomes", "single answers of models, 0 or 1 (CSV)") \
	X(SAMPLES_JSONL, "samples", "lm-evaluation-harness samples (JSON lines)") \
	X(RESULTS_JSON, "results", "lm-evaluation-harness results (JSON)") \
	X(LIGHTEVAL_JSON, "lighteval", "lighteval results (JSON)") \
	X(EVERY_EVAL, "every-eval", "Every Eval Ever records (JSON or JSON lines)") \
	X(EVAL_RESULTS, "eval-results", "evaluation results of the Hub, .eval_results (YAML)") \
	X(ROWS_JSON, "rows", "Open LLM Leaderboard contents (JSON)") \
	X(ROWS_JSONL, "row-lines", "Open LLM Leaderboard contents (JSON lines)") \
	X(HUB_JSONL, "hub", "Hub metadata (JSON or JSON lines)") \
	X(MODEL_CONFIG, "model-config", "a model's own config.json or adapter_config.json") \
	X(CARD, "card", "model card (Markdown or its front matter)") \
	X(MERGEKIT_YAML, "mergekit", "mergekit configuration (YAML)")
enum format {
#define X(symbol, word, description) FORMAT_##symbol,
	FORMAT_TABLE(X)
#undef X
	FORMAT_COUNT
};
/* Once, before any reading: without memory the libraries that read end the
 * program as all else does, rather than take a line for a broken one. */
void reader_prepare(void);

const char *format_name(enum format format);
const char *format_description(enum format format);

/* Reads `path` ("-" is standard input, which may be a pipe) and delivers its
 * records.  *format is set as soon as the file is recognised.  A file of no
 * known format is STATUS_DATA with what the first line looked like and the
 * list of what is read; a missing file is STATUS_NO_INPUT; a directory,
 * truncated gzip stream or read error is STATUS_IO.  A mergekit file describes
 * a child that it does not name: its name is taken from the `name:` key, else
 * from the file name without its suffix. */
enum status reader_read(const char *path, const struct record_sink *sink, enum format *format,
			struct error *error);

/* The same for text in memory; `name` stands for the file in messages. */
enum status reader_read_text(const char *text, size_t length, const char *name,
			     const struct record_sink *sink, enum format *format,
			     struct error *error);

#endif
