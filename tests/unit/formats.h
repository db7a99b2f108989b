/* What the tests of src/formats share: a sink that writes down what it hears. */
#ifndef STEMMA_TESTS_UNIT_FORMATS_H
#define STEMMA_TESTS_UNIT_FORMATS_H

#include "test.h"

#include "stemma/base/text.h"
#include "stemma/formats/reader.h"

struct heard {
	size_t count[RECORD_BENCHMARK + 1], rejected, warned;
	struct text log; /* one line a record, reject or warning */
};

static inline const char *or_dash(const char *text)
{
	return text ? text : "-";
}

static inline void hear_evaluation(struct text *log, const struct evaluation_facts *run)
{
	text_append_format(log, "run %s %s %d", run->model, or_dash(run->precision), (int)run->chat_template);
	for (size_t i = 0; i < run->score_count; i++)
		text_append_format(log, " %s=%.4f", run->scores[i].benchmark, run->scores[i].value);
	text_append_format(log, "%s\n", run->flagged ? " flagged" : "");
}

static inline void hear_outcomes(struct text *log, const struct outcome_facts *answers)
{
	text_append_format(log, "answers %s %s %zu", answers->model, answers->benchmark, answers->questions);
	for (size_t i = 0; i < answers->questions; i++)
		text_append_format(log, "%s%d", i ? "" : " ", (int)(answers->bits[i / 64] >> (i % 64) & 1));
	text_append(log, "\n");
}

static inline enum status hear(void *context, const struct record *record, struct error *error)
{
	struct heard *heard = context;
	const struct model_facts *model = &record->of.model;
	const struct edge_facts *edge = &record->of.edge;
	(void)error;

	heard->count[record->type]++;
	switch (record->type) {
	case RECORD_MODEL:
		text_append_format(&heard->log, "model %s %s %.3f %s %s %s\n", model->name,
				   or_dash(model->architecture), model->params_b, or_dash(model->license),
				   kind_name(model->kind), or_dash(model->uploaded));
		break;
	case RECORD_EDGE:
		text_append_format(&heard->log, "edge %s < %s %s %.4f %s %s\n", edge->child, edge->parent,
				   relation_name(edge->relation), edge->weight, trust_name(edge->trust), edge->source);
		break;
	case RECORD_EVALUATION:
		hear_evaluation(&heard->log, &record->of.evaluation);
		break;
	case RECORD_OUTCOMES:
		hear_outcomes(&heard->log, &record->of.outcomes);
		break;
	case RECORD_PARENTS: /* follows the edges, which are in the log */
		break;
	case RECORD_BENCHMARK:
		text_append_format(&heard->log, "benchmark %s %g..%g\n", record->of.benchmark.key,
				   record->of.benchmark.lower, record->of.benchmark.upper);
		break;
	case RECORD_ALIAS:
		text_append_format(&heard->log, "alias %s = %s\n", record->of.alias.alias,
				   record->of.alias.current);
		break;
	}
	return STATUS_OK;
}

static inline void hear_reject(void *context, long line, long column, const char *reason)
{
	struct heard *heard = context;

	heard->rejected++;
	text_append_format(&heard->log, "reject %ld:%ld %s\n", line, column, reason);
}

static inline void hear_warning(void *context, long line, long column, const char *message)
{
	struct heard *heard = context;

	heard->warned++;
	text_append_format(&heard->log, "warning %ld:%ld %s\n", line, column, message);
}

static inline struct record_sink sink_of(struct heard *heard)
{
	return (struct record_sink){.context = heard, .accept = hear, .reject = hear_reject, .warn = hear_warning};
}

static inline enum status read_bytes(const char *text, size_t length, const char *name, struct heard *heard,
				     enum format *format, struct error *error)
{
	struct record_sink sink = sink_of(heard);
	/* Exactly as long as it says, so that valgrind sees a byte too many. */
	char *copy = test_malloc(length ? length : 1);

	*heard = (struct heard){.log = {0}};
	*error = (struct error){0};
	memcpy(copy, text, length);
	enum status status = reader_read_text(copy, length, name, &sink, format, error);
	test_free(copy);
	return status;
}

static inline enum status read_text(const char *text, struct heard *heard, enum format *format,
				    struct error *error)
{
	return read_bytes(text, strlen(text), "test.file", heard, format, error);
}

static inline enum status read_named(const char *text, const char *name, struct heard *heard,
				     enum format *format, struct error *error)
{
	return read_bytes(text, strlen(text), name, heard, format, error);
}

static inline void heard_line(const struct heard *heard, const char *line)
{
	if (!strstr(text_string(&heard->log), line))
		fail_msg("\"%s\" is not in:\n%s", line, text_string(&heard->log));
}

static inline void heard_no_line(const struct heard *heard, const char *line)
{
	if (strstr(text_string(&heard->log), line))
		fail_msg("\"%s\" is in:\n%s", line, text_string(&heard->log));
}

#endif
