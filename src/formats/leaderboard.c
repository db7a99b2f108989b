/* The Open LLM Leaderboard: its contents table and the scores table. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "csv.h"
#include "reading.h"
#include "stemma/base/memory.h"
#include "stemma/base/utf8.h"

/* ---- which MATH scoring ------------------------------------------------------------------------ */

/* MATH was scored anew in February 2025, and a dump does not say which scoring
 * it has.  These models' published MATH Lvl 5 values tell. */
static const struct {
	const char *model;
	double old_value, new_value;
} math_canaries[] = {
	{"nvidia/Llama-3.1-Nemotron-70B-Instruct-HF", 28.70, 42.67},
	{"meta-llama/Llama-3.3-70B-Instruct", 0.23, 48.34},
	{"Qwen/QwQ-32B-Preview", 22.89, 44.94},
	{"deepseek-ai/DeepSeek-R1-Distill-Qwen-32B", 0.00, 17.07},
	{"deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B", 0.00, 16.92},
	{"deepseek-ai/DeepSeek-R1-Distill-Qwen-7B", 0.00, 19.56},
	{"deepseek-ai/DeepSeek-R1-Distill-Llama-8B", 0.00, 21.98},
	{"google/gemma-2-9b-it", 0.23, 19.49},
	{"google/gemma-2-27b-it", 0.76, 23.87},
	{"Qwen/Qwen2-7B-Instruct", 9.44, 27.64},
	{"Qwen/Qwen2.5-1.5B-Instruct", 1.66, 22.05},
	{"Qwen/Qwen2.5-3B-Instruct", 0.00, 36.78},
	{"Qwen/Qwen2.5-7B-Instruct", 0.00, 50.00},
	{"Qwen/Qwen2.5-32B-Instruct", 0.00, 62.54},
	{"Qwen/Qwen2.5-14B-Instruct-1M", 0.68, 53.02},
	{"Qwen/Qwen1.5-MoE-A2.7B", 0.15, 9.29},
	{"mistralai/Ministral-8B-Instruct-2410", 6.50, 19.56},
	{"mistralai/Mistral-Large-Instruct-2411", 1.13, 49.55},
	{"microsoft/Phi-3.5-MoE-instruct", 22.66, 31.19},
	{"microsoft/Phi-3-small-8k-instruct", 2.84, 18.87},
	{"internlm/internlm2_5-7b-chat", 8.99, 25.30},
};
#define RESCORED "2025-02-11" /* runs submitted later have the new scoring only */

struct math_evidence {
	int old_votes, new_votes;
	char newest[11]; /* submission date; empty when the table has none */
};

static void math_vote(struct math_evidence *evidence, const char *model, double value)
{
	for (size_t i = 0; i < sizeof math_canaries / sizeof *math_canaries; i++) {
		if (utf8_compare_names(model, math_canaries[i].model) != 0)
			continue;
		evidence->old_votes += fabs(value - math_canaries[i].old_value) < 0.02;
		evidence->new_votes += fabs(value - math_canaries[i].new_value) < 0.02;
	}
}

/* Reads the table once for the evidence. */
static void math_collect(struct source *source, const char *value_column, const char *date_column,
			 struct math_evidence *evidence)
{
	struct csv csv;

	if (csv_open(&csv, source) == STATUS_OK) {
		int model = csv_column(&csv, "fullname"), value = csv_column(&csv, value_column);
		int date = date_column ? csv_column(&csv, date_column) : -1;
		csv.silent = true; /* the second reading complains */
		while (csv_next(&csv)) {
			math_vote(evidence, csv_field(&csv, model), csv_number(&csv, value, NULL));
			const char *day = csv_date(&csv, date);
			if (day && strncmp(day, evidence->newest, 10) > 0)
				memcpy(evidence->newest, day, 10);
		}
	}
	csv_close(&csv);
}

/* Whether the scoring is the one of 2025; warns when that had to be assumed. */
static bool math_judge(const struct math_evidence *evidence, const struct record_sink *sink)
{
	int old_votes = evidence->old_votes, new_votes = evidence->new_votes;
	bool recent = strcmp(evidence->newest, RESCORED) >= 0;

	if (old_votes > 0 && new_votes > 0)
		warn(sink, 0, 0, "%d known models have the MATH scoring of 2024 and %d that of 2025; all are taken"
		     " as of %s", old_votes, new_votes, new_votes > old_votes ? "2025" : "2024");
	if (old_votes != new_votes)
		return new_votes > old_votes;
	if (!evidence->newest[0]) /* the table that is still to be had is the final one */
		warn(sink, 0, 0, "no known model tells which MATH scoring this file has; that of 2025 is assumed");
	else
		warn(sink, 0, 0, "no known model tells which MATH scoring this file has; by its newest submission,"
		     " %s, that of %s is assumed", evidence->newest, recent ? "2025" : "2024");
	return recent || !evidence->newest[0];
}

/* The key of the benchmark that the MATH column of this table holds; goes back
 * to the beginning of the table. */
static enum status math_scoring(struct source *source, const char *value_column,
				const char *date_column, const char **key)
{
	struct math_evidence evidence = {0};

	math_collect(source, value_column, date_column, &evidence);
	if (source->status == STATUS_OK) {
		*key = math_judge(&evidence, source->sink) ? "math_lvl_5" : "math_lvl_5_2024";
		source_rewind(source);
	}
	return source->status;
}

/* ---- contents ------------------------------------------------------------------------------------- */

struct contents_columns {
	int name, precision, type, symbol, architecture, sha, license, likes, params, moe, flagged, template,
		merged, uploaded, submitted, base;
	int score[6], raw[6];
};

static const char *const score_titles[6] = {"IFEval", "BBH", "MATH Lvl 5", "GPQA", "MUSR", "MMLU-PRO"};
static const char *const score_raw_titles[6] = {"IFEval Raw", "BBH Raw", "MATH Lvl 5 Raw", "GPQA Raw",
						"MUSR Raw", "MMLU-PRO Raw"};
static const char *const score_keys[6] = {"ifeval", "bbh", NULL /* by scoring */, "gpqa", "musr", "mmlu_pro"};
#define MATH 2

static struct contents_columns contents_columns(const struct csv *csv)
{
	struct contents_columns columns = {
		.name = csv_column(csv, "fullname"), .precision = csv_column(csv, "Precision"),
		.type = csv_column(csv, "Type"), .symbol = csv_column(csv, "T"),
		.architecture = csv_column(csv, "Architecture"), .sha = csv_column(csv, "Model sha"),
		.license = csv_column(csv, "Hub License"), .likes = csv_column(csv, "Hub"),
		.params = csv_column(csv, "#Params (B)"), .moe = csv_column(csv, "MoE"),
		.flagged = csv_column(csv, "Flagged"), .template = csv_column(csv, "Chat Template"),
		.uploaded = csv_column(csv, "Upload To Hub Date"),
		.submitted = csv_column(csv, "Submission Date"), .base = csv_column(csv, "Base Model"),
	};
	for (size_t i = 0; i < 6; i++) {
		columns.score[i] = csv_column(csv, score_titles[i]);
		columns.raw[i] = csv_column(csv, score_raw_titles[i]);
	}
	return columns;
}

static enum kind contents_kind(const struct csv *csv, const struct contents_columns *columns)
{
	enum kind kind = kind_parse(csv_field(csv, columns->symbol));

	if (kind == KIND_COUNT || kind == KIND_UNKNOWN)
		kind = kind_parse(csv_field(csv, columns->type));
	return kind == KIND_COUNT ? KIND_UNKNOWN : kind;
}

static enum status contents_model(struct source *source, struct csv *csv,
				  const struct contents_columns *columns, const char *name)
{
	double params = csv_number(csv, columns->params, NULL);
	struct record record = {.type = RECORD_MODEL, .line = csv->line, .of.model = {
		.name = name,
		.architecture = csv_text(csv, columns->architecture),
		.params_b = params > 0 ? params : NAN,
		.license = csv_text(csv, columns->license),
		.kind = contents_kind(csv, columns),
		.uploaded = csv_date(csv, columns->uploaded),
		.likes = csv_number(csv, columns->likes, NULL),
		.moe = csv_answer(csv, columns->moe),
		.source = "leaderboard", .rank = RANK_LEADERBOARD,
	}};
	return deliver(source, &record);
}

/* The column names the root of the chain, the model itself, or nothing. */
static enum status contents_base(struct source *source, const struct csv *csv,
				 const struct contents_columns *columns, const char *name)
{
	const char *base = csv_field(csv, columns->base);

	if (!strchr(base, '/') || !is_hub_name(base) || utf8_compare_names(base, name) == 0)
		return source->status;
	struct record record = {.type = RECORD_EDGE, .line = csv->line, .of.edge = {
		.child = name, .parent = base, .relation = RELATION_UNKNOWN, .weight = NAN,
		.source = "leaderboard-root", .trust = TRUST_ROOT,
		.note = "the leaderboard's base column: the root of the chain",
	}};
	return deliver(source, &record);
}

static enum status contents_evaluation(struct source *source, struct csv *csv,
				       const struct contents_columns *columns, const char *name,
				       const char *math_key)
{
	struct score_facts scores[6];
	size_t count = 0;

	for (size_t i = 0; i < 6; i++) {
		bool bad;
		double value = csv_number(csv, columns->score[i], &bad);
		if (bad)
			csv_refuse(csv, columns->score[i]);
		if (isnan(value))
			continue;
		scores[count] = score_facts_of(i == MATH ? math_key : score_keys[i], value);
		scores[count++].raw = csv_number(csv, columns->raw[i], NULL);
	}
	if (count == 0)
		return source->status;
	struct record record = {.type = RECORD_EVALUATION, .line = csv->line, .of.evaluation = {
		.model = name, .source = "leaderboard", .rank = RANK_LEADERBOARD,
		.precision = csv_text(csv, columns->precision),
		.chat_template = csv_answer(csv, columns->template),
		.submitted = csv_date(csv, columns->submitted),
		.revision = csv_text(csv, columns->sha),
		.flagged = csv_answer(csv, columns->flagged) == ANSWER_YES,
		.scores = scores, .score_count = count,
	}};
	return deliver(source, &record);
}

static void contents_row(struct source *source, struct csv *csv, const struct contents_columns *columns,
			 const char *math_key)
{
	const char *name = csv_name(csv, columns->name);

	if (!name)
		return;
	if (contents_model(source, csv, columns, name) == STATUS_OK &&
	    contents_base(source, csv, columns, name) == STATUS_OK)
		contents_evaluation(source, csv, columns, name, math_key);
}

enum status contents_read(struct source *source)
{
	static const char *const required[] = {"fullname", "IFEval", "BBH", "MATH Lvl 5", "GPQA", "MUSR",
					       "MMLU-PRO", NULL};
	const char *math_key = NULL;
	struct csv csv;

	if (math_scoring(source, "MATH Lvl 5", "Submission Date", &math_key) != STATUS_OK)
		return source->status;
	if (csv_open_with(&csv, source, required) == STATUS_OK) {
		struct contents_columns columns = contents_columns(&csv);
		while (csv_next(&csv))
			contents_row(source, &csv, &columns, math_key);
	}
	csv_close(&csv);
	return source->status;
}

/* ---- scores ------------------------------------------------------------------------------------------ */

/* The table rounds its normalised scores; where they are a plain function of
 * the raw ones (formats.md §4.4) the full precision is won back. */
static const struct {
	const char *raw, *normalised;
	double chance; /* -1: a mean over subtasks, not a function of the raw value */
} scores_titles[6] = {
	{"ifeval_raw", "ifeval_norm", 0}, {"bbh_raw", "bbh_norm", -1}, {"math_lvl5_raw", "math_lvl5_norm", 0},
	{"gpqa_raw", "gpqa_norm", 0.25}, {"musr_raw", "musr_norm", -1}, {"mmlu_pro_raw", "mmlu_pro_norm", 0.1},
};

static double scores_value(double raw, double normalised, double chance)
{
	if (chance < 0 || isnan(raw))
		return normalised;
	double exact = 100 * fmax(0, (raw - chance) / (1 - chance));
	return isnan(normalised) || fabs(exact - normalised) < 0.011 ? exact : normalised;
}

struct scores_columns {
	int name, precision, architecture, params;
	int raw[6], normalised[6];
};

static struct scores_columns scores_columns(const struct csv *csv)
{
	struct scores_columns columns = {
		.name = csv_column(csv, "fullname"), .precision = csv_column(csv, "precision"),
		.architecture = csv_column(csv, "architecture"), .params = csv_column(csv, "params_b"),
	};
	for (size_t i = 0; i < 6; i++) {
		columns.raw[i] = csv_column(csv, scores_titles[i].raw);
		columns.normalised[i] = csv_column(csv, scores_titles[i].normalised);
	}
	return columns;
}

static enum status scores_model(struct source *source, const struct csv *csv,
				const struct scores_columns *columns, const char *name)
{
	double params = csv_number(csv, columns->params, NULL);
	struct record record = {.type = RECORD_MODEL, .line = csv->line, .of.model = {
		.name = name,
		.architecture = csv_text(csv, columns->architecture),
		.params_b = params > 0 ? params : NAN, .likes = NAN, .moe = ANSWER_UNKNOWN,
		.source = "scores", .rank = RANK_SCORES_TABLE,
	}};
	return deliver(source, &record);
}

static enum status scores_evaluation(struct source *source, const struct csv *csv,
				     const struct scores_columns *columns, const char *name,
				     const char *math_key)
{
	struct score_facts scores[6];
	size_t count = 0;

	for (size_t i = 0; i < 6; i++) {
		double raw = csv_number(csv, columns->raw[i], NULL);
		double value = scores_value(raw, csv_number(csv, columns->normalised[i], NULL),
					    scores_titles[i].chance);
		if (isnan(value))
			continue;
		scores[count] = score_facts_of(i == MATH ? math_key : score_keys[i], value);
		scores[count++].raw = raw;
	}
	if (count == 0)
		return source->status;
	struct record record = {.type = RECORD_EVALUATION, .line = csv->line, .of.evaluation = {
		.model = name, .source = "scores", .rank = RANK_SCORES_TABLE,
		.precision = csv_text(csv, columns->precision),
		.chat_template = ANSWER_UNKNOWN, .scores = scores, .score_count = count,
	}};
	return deliver(source, &record);
}

enum status scores_read(struct source *source)
{
	static const char *const required[] = {"fullname", "ifeval_norm", "bbh_norm", "math_lvl5_norm",
					       "gpqa_norm", "musr_norm", "mmlu_pro_norm", NULL};
	const char *math_key = NULL;
	struct csv csv;

	if (math_scoring(source, "math_lvl5_norm", NULL, &math_key) != STATUS_OK)
		return source->status;
	if (csv_open_with(&csv, source, required) == STATUS_OK) {
		struct scores_columns columns = scores_columns(&csv);
		while (csv_next(&csv)) {
			const char *name = csv_name(&csv, columns.name);
			if (name && scores_model(source, &csv, &columns, name) == STATUS_OK)
				scores_evaluation(source, &csv, &columns, name, math_key);
		}
	}
	csv_close(&csv);
	return source->status;
}
