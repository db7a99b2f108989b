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

/* "=" and the value, then what is known beside: "%" or "f" for its scale, or "f" by its survey, "~" its error, "@" its
 * shots, and words in brackets. */
static inline void hear_score(struct text *log, const struct score_facts *score)
{
	static const char *const scales[] = {"", "f", "%"};

	bool fraction = score->scale == SCALE_OWN && score->survey && survey_says_fractions(score->survey);
	text_append_format(log, " %s=%.4f%s", score->benchmark, score->value, scales[fraction ? SCALE_FRACTION : score->scale]);
	if (score->error >= 0)
		text_append_format(log, "~%.4f", score->error);
	if (score->shots >= 0)
		text_append_format(log, "@%d", score->shots);
	if (score->setup)
		text_append_format(log, "[%s]", score->setup);
	if (score->date || score->address)
		text_append_format(log, "(%s %s)", or_dash(score->date), or_dash(score->address));
	text_append(log, score->limited ? "limited" : "");
}

static inline void hear_evaluation(struct text *log, const struct evaluation_facts *run)
{
	text_append_format(log, "run %s %s %d", run->model, or_dash(run->precision), (int)run->chat_template);
	for (size_t i = 0; i < run->score_count; i++)
		hear_score(log, &run->scores[i]);
	text_append_format(log, "%s\n", run->flagged ? " flagged" : "");
}

static inline void hear_benchmark(struct text *log, const struct benchmark_facts *facts)
{
	text_append_format(log, "benchmark %s %g..%g", facts->key, facts->lower, facts->upper);
	text_append_format(log, " %s|%s|%s|%s|%s|%s %g %d %g", or_dash(facts->title), or_dash(facts->suite),
			   or_dash(facts->metric), or_dash(facts->unit), or_dash(facts->family),
			   or_dash(facts->duplicate_of), facts->chance, (int)facts->higher_is_better, facts->instances);
	for (size_t i = 0; i < facts->alias_count; i++)
		text_append_format(log, " =%s", facts->aliases[i]);
	text_append(log, "\n");
}

static inline void hear_model(struct text *log, const struct model_facts *model)
{
	text_append_format(log, "model %s %s %.3f %s %s %s", model->name, or_dash(model->architecture),
			   model->params_b, or_dash(model->license), kind_name(model->kind),
			   or_dash(model->uploaded));
	for (size_t i = 0; i < model->attribute_count; i++)
		text_append_format(log, " %s=%s", model->attributes[i].key, model->attributes[i].value);
	text_append(log, "\n");
}

static inline void hear_outcomes(struct text *log, const struct outcome_facts *answers)
{
	text_append_format(log, "answers %s %s %zu", answers->model, answers->benchmark, answers->questions);
	for (size_t i = 0; i < answers->questions; i++)
		text_append_format(log, "%s%c", i ? "" : " ", answers->asked && !(answers->asked[i / 64] >> (i % 64) & 1)
			? '-' : answers->bits[i / 64] >> (i % 64) & 1 ? '1' : '0');
	text_append(log, "\n");
}

static inline enum status hear(void *context, const struct record *record, struct error *error)
{
	struct heard *heard = context;
	const struct edge_facts *edge = &record->of.edge;
	(void)error;

	heard->count[record->type]++;
	switch (record->type) {
	case RECORD_MODEL:
		hear_model(&heard->log, &record->of.model);
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
		hear_benchmark(&heard->log, &record->of.benchmark);
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
