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
	char newest[11]; /* submission date */
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

/* Reads the table once for the evidence and goes back to its beginning. */
static enum status math_scoring(struct source *source, const char *value_column,
				const char *date_column, const char **key)
{
	struct math_evidence evidence = {0};
	struct csv csv;

	if (csv_open(&csv, source) == STATUS_OK) {
		int model = csv_column(&csv, "fullname"), value = csv_column(&csv, value_column);
		int date = date_column ? csv_column(&csv, date_column) : -1;
		while (csv_next(&csv)) {
			math_vote(&evidence, csv_field(&csv, model), csv_number(&csv, value, NULL));
			if (strlen(csv_field(&csv, date)) == 10 && strcmp(csv_field(&csv, date), evidence.newest) > 0)
				memcpy(evidence.newest, csv_field(&csv, date), 11);
		}
	}
	csv_close(&csv);
	if (source->status != STATUS_OK)
		return source->status;
	bool recent = evidence.new_votes > evidence.old_votes;
	if (evidence.new_votes == evidence.old_votes) {
		recent = !evidence.newest[0] || strcmp(evidence.newest, RESCORED) >= 0;
		warn(source->sink, 0, 0, "no known model tells which MATH scoring this file has; taken as the %s"
		     " one by its dates", recent ? "2025" : "2024");
	}
	*key = recent ? "math_lvl_5" : "math_lvl_5_2024";
	return source_rewind(source);
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

static const char *text_or_null(const char *text)
{
	return text[0] && strcmp(text, "?") != 0 ? text : NULL;
}

static enum answer read_answer(const char *text)
{
	if (strcmp(text, "True") == 0 || strcmp(text, "true") == 0 || strcmp(text, "yes") == 0)
		return ANSWER_YES;
	if (strcmp(text, "False") == 0 || strcmp(text, "false") == 0 || strcmp(text, "no") == 0)
		return ANSWER_NO;
	return ANSWER_UNKNOWN;
}

static const char *date_or_null(const char *text)
{
	return isnan(date_days(text)) ? NULL : text;
}

static enum kind contents_kind(const struct csv *csv, const struct contents_columns *columns)
{
	enum kind kind = kind_parse(csv_field(csv, columns->symbol));

	if (kind == KIND_COUNT || kind == KIND_UNKNOWN)
		kind = kind_parse(csv_field(csv, columns->type));
	return kind == KIND_COUNT ? KIND_UNKNOWN : kind;
}

static enum status contents_model(struct source *source, const struct csv *csv,
				  const struct contents_columns *columns, const char *name)
{
	double params = csv_number(csv, columns->params, NULL);
	struct record record = {.type = RECORD_MODEL, .line = csv->line, .of.model = {
		.name = name,
		.architecture = text_or_null(csv_field(csv, columns->architecture)),
		.params_b = params > 0 ? params : NAN,
		.license = text_or_null(csv_field(csv, columns->license)),
		.kind = contents_kind(csv, columns),
		.uploaded = date_or_null(csv_field(csv, columns->uploaded)),
		.likes = csv_number(csv, columns->likes, NULL),
		.moe = read_answer(csv_field(csv, columns->moe)),
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

static enum status contents_evaluation(struct source *source, const struct csv *csv,
				       const struct contents_columns *columns, const char *name,
				       const char *math_key)
{
	struct score_facts scores[6];
	size_t count = 0;

	for (size_t i = 0; i < 6; i++) {
		bool bad;
		double value = csv_number(csv, columns->score[i], &bad);
		if (bad)
			warn(source->sink, csv->line, 0, "the %s score \"%s\" is not a number; left out",
			     score_titles[i], csv_field(csv, columns->score[i]));
		if (!isnan(value))
			scores[count++] = (struct score_facts){
				.benchmark = i == MATH ? math_key : score_keys[i], .value = value,
				.raw = csv_number(csv, columns->raw[i], NULL)};
	}
	if (count == 0)
		return source->status;
	struct record record = {.type = RECORD_EVALUATION, .line = csv->line, .of.evaluation = {
		.model = name, .source = "leaderboard", .rank = RANK_LEADERBOARD,
		.precision = text_or_null(csv_field(csv, columns->precision)),
		.chat_template = read_answer(csv_field(csv, columns->template)),
		.submitted = date_or_null(csv_field(csv, columns->submitted)),
		.revision = text_or_null(csv_field(csv, columns->sha)),
		.flagged = read_answer(csv_field(csv, columns->flagged)) == ANSWER_YES,
		.scores = scores, .score_count = count,
	}};
	return deliver(source, &record);
}

enum status contents_read(struct source *source)
{
	const char *math_key = NULL;
	struct csv csv;

	if (math_scoring(source, "MATH Lvl 5", "Submission Date", &math_key) != STATUS_OK)
		return source->status;
	if (csv_open(&csv, source) == STATUS_OK) {
		struct contents_columns columns = contents_columns(&csv);
		while (source->status == STATUS_OK && csv_next(&csv)) {
			const char *name = csv_field(&csv, columns.name);
			if (!is_hub_name(name)) {
				reject(source, csv.line, 0, "fullname \"%s\" is not a model's name (owner/name)", name);
				continue;
			}
			if (csv.count != csv.header_count) {
				reject(source, csv.line, 0, "%zu fields where the header has %zu", csv.count,
				       csv.header_count);
				continue;
			}
			if (contents_model(source, &csv, &columns, name) == STATUS_OK &&
			    contents_base(source, &csv, &columns, name) == STATUS_OK)
				contents_evaluation(source, &csv, &columns, name, math_key);
		}
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
} scores_columns[6] = {
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

static enum status scores_row(struct source *source, const struct csv *csv, const char *name,
			      const char *math_key)
{
	struct score_facts scores[6];
	size_t count = 0;

	for (size_t i = 0; i < 6; i++) {
		double raw = csv_number(csv, csv_column(csv, scores_columns[i].raw), NULL);
		double normalised = csv_number(csv, csv_column(csv, scores_columns[i].normalised), NULL);
		double value = scores_value(raw, normalised, scores_columns[i].chance);
		if (!isnan(value))
			scores[count++] = (struct score_facts){
				.benchmark = i == MATH ? math_key : score_keys[i], .value = value, .raw = raw};
	}
	double params = csv_number(csv, csv_column(csv, "params_b"), NULL);
	struct record model = {.type = RECORD_MODEL, .line = csv->line, .of.model = {
		.name = name, .params_b = params > 0 ? params : NAN, .likes = NAN, .moe = ANSWER_UNKNOWN,
		.architecture = text_or_null(csv_field(csv, csv_column(csv, "architecture"))),
		.source = "scores", .rank = RANK_SCORES_TABLE,
	}};
	struct record evaluation = {.type = RECORD_EVALUATION, .line = csv->line, .of.evaluation = {
		.model = name, .source = "scores", .rank = RANK_SCORES_TABLE,
		.precision = text_or_null(csv_field(csv, csv_column(csv, "precision"))),
		.chat_template = ANSWER_UNKNOWN, .scores = scores, .score_count = count,
	}};
	if (deliver(source, &model) == STATUS_OK && count > 0)
		deliver(source, &evaluation);
	return source->status;
}

enum status scores_read(struct source *source)
{
	const char *math_key = NULL;
	struct csv csv;

	if (math_scoring(source, "math_lvl5_norm", NULL, &math_key) != STATUS_OK)
		return source->status;
	if (csv_open(&csv, source) == STATUS_OK) {
		int name = csv_column(&csv, "fullname");
		while (source->status == STATUS_OK && csv_next(&csv)) {
			if (is_hub_name(csv_field(&csv, name)))
				scores_row(source, &csv, csv_field(&csv, name), math_key);
			else
				reject(source, csv.line, 0, "fullname \"%s\" is not a model's name (owner/name)",
				       csv_field(&csv, name));
		}
	}
	csv_close(&csv);
	return source->status;
}

/* ---- models, as in the starter set ---------------------------------------------------------------------- */

/* Columns of a models CSV that are not benchmarks. */
static bool is_fact_column(const char *header)
{
	static const char *const facts[] = {"model", "kind", "architecture", "params_b", "license",
					    "uploaded", "chat_template", "precision"};

	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
		if (strcmp(header, facts[i]) == 0)
			return true;
	return false;
}

/* The row's scores into `scores` (header_count entries); false when one of
 * them is no number. */
static bool models_scores(struct source *source, const struct csv *csv, struct score_facts *scores,
			  size_t *count)
{
	*count = 0;
	for (size_t i = 0; i < csv->header_count; i++) {
		bool bad;
		if (is_fact_column(csv->header[i]))
			continue;
		double value = csv_number(csv, (int)i, &bad);
		if (bad) {
			reject(source, csv->line, 0, "%s \"%s\" is not a number", csv->header[i],
			       csv_field(csv, (int)i));
			return false;
		}
		if (!isnan(value))
			scores[(*count)++] = (struct score_facts){
				.benchmark = csv->header[i], .value = value, .raw = NAN};
	}
	return true;
}

static enum status models_row(struct source *source, const struct csv *csv, const char *name)
{
	struct score_facts *scores = memory_allocate(csv->header_count, sizeof *scores);
	size_t count;
	double params = csv_number(csv, csv_column(csv, "params_b"), NULL);
	enum kind kind = kind_parse(csv_field(csv, csv_column(csv, "kind")));

	if (!models_scores(source, csv, scores, &count))
		goto cleanup;
	struct record model = {.type = RECORD_MODEL, .line = csv->line, .of.model = {
		.name = name, .params_b = params > 0 ? params : NAN, .likes = NAN, .moe = ANSWER_UNKNOWN,
		.architecture = text_or_null(csv_field(csv, csv_column(csv, "architecture"))),
		.license = text_or_null(csv_field(csv, csv_column(csv, "license"))),
		.kind = kind == KIND_COUNT ? KIND_UNKNOWN : kind,
		.uploaded = date_or_null(csv_field(csv, csv_column(csv, "uploaded"))),
		.source = "user", .rank = RANK_USER,
	}};
	struct record evaluation = {.type = RECORD_EVALUATION, .line = csv->line, .of.evaluation = {
		.model = name, .source = "user", .rank = RANK_USER,
		.precision = text_or_null(csv_field(csv, csv_column(csv, "precision"))),
		.chat_template = read_answer(csv_field(csv, csv_column(csv, "chat_template"))),
		.scores = scores, .score_count = count,
	}};
	if (deliver(source, &model) == STATUS_OK && count > 0)
		deliver(source, &evaluation);
cleanup:
	free(scores);
	return source->status;
}

enum status models_read(struct source *source)
{
	struct csv csv;

	if (csv_open(&csv, source) == STATUS_OK) {
		int name = csv_column(&csv, "model");
		while (source->status == STATUS_OK && csv_next(&csv)) {
			if (is_hub_name(csv_field(&csv, name)))
				models_row(source, &csv, csv_field(&csv, name));
			else
				reject(source, csv.line, 0, "model \"%s\" is not a model's name (owner/name)",
				       csv_field(&csv, name));
		}
	}
	csv_close(&csv);
	return source->status;
}
