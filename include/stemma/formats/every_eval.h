/* Every Eval Ever: what stemma writes into a record besides what its schema has,
 * so that it reads back as it was.  Each is a text among additional details. */
#ifndef STEMMA_FORMATS_EVERY_EVAL_H
#define STEMMA_FORMATS_EVERY_EVAL_H

#define EVERY_EVAL_SCHEMA "0.3.0"

/* Of a metric: the benchmark's key and what else is known of it. */
#define EVERY_EVAL_KEY "benchmark_key"
#define EVERY_EVAL_TITLE "benchmark_title"
#define EVERY_EVAL_SUITE "benchmark_suite"
#define EVERY_EVAL_FAMILY "benchmark_family"
#define EVERY_EVAL_CHANCE "chance"
#define EVERY_EVAL_INSTANCES "samples_number"
/* Of a score: the value before normalisation, the set-up, that it is of a part of
 * the questions. */
#define EVERY_EVAL_RAW "raw"
#define EVERY_EVAL_SETUP "setup"
#define EVERY_EVAL_LIMITED "limited"
/* Of the model and the source. */
#define EVERY_EVAL_TEMPLATE "chat_template"
#define EVERY_EVAL_ADDRESS "address"

#endif
