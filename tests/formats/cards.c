/* Readers of model cards, harness results and rows as JSON. */
#include "formats.h"

#include <math.h>

static void hear_text(const char *name, const char *text, struct heard *heard, enum format expected)
{
	enum format format;
	struct error error;

	assert_int_equal(read_bytes(text, strlen(text), name, heard, &format, &error), STATUS_OK);
	assert_int_equal(format, expected);
}

static void expect(const struct heard *heard, const char *line)
{
	if (!strstr(text_string(&heard->log), line))
		fail_msg("not heard: %s\nbut:\n%s", line, text_string(&heard->log));
}

/* ---- cards ------------------------------------------------------------------------ */

static void front_matter_names_parents(void **state)
{
	(void)state;
	struct heard heard;

	hear_text("x/org__child/README.md", "\xEF\xBB\xBF\r\n--- \r\nlicense: mit\r\ntags:\r\n- merge\r\nbase_model:\r\n- a/one\r\n"
		  "- a/two\r\n- A/One\r\n---\r\n# Text\r\n", &heard, FORMAT_CARD);
	expect(&heard, "model org/child - nan mit merge -\n");
	expect(&heard, "edge org/child < a/one merge nan declared card\n");
	expect(&heard, "edge org/child < a/two merge nan declared card\n");
	assert_int_equal(heard.count[RECORD_EDGE], 2);
	text_free(&heard.log);

	hear_text("models--org--child/snapshots/abc/README.md", "---\nbase_model: a/one\nquantized_by: me\n---\n", &heard, FORMAT_CARD);
	expect(&heard, "edge org/child < a/one quantized nan declared card\n");
	text_free(&heard.log);

	hear_text("org__c.yml", "license: mit\nbase_model: a/one\nbase_model_relation: adapter\n", &heard, FORMAT_CARD);
	expect(&heard, "edge org/c < a/one adapter nan declared card\n");
	text_free(&heard.log);
}

static void odd_cards_are_survived(void **state)
{
	(void)state;
	struct heard heard;
	static const struct {
		const char *text, *heard;
	} cards[] = {
		{"---\na: [\n---\n", "the front matter is not YAML"},
		{"---\n- a\n---\n", "warning 2:0 the front matter is no mapping"},
		{"---\nprose, and nothing closes it\n", "reject 1:0 neither front matter nor a merge"},
		{"# Title\n", "reject 1:0 neither front matter nor a merge"},
		{"---\nbase_model: onlyname\n---\n", "parent \"onlyname\" is not a model's name"},
		{"---\nbase_model: org/m\n---\n", "given as its own parent"},
		{"---\nbase_model: [a/b]\nbase_model: a/c\n---\n", "edge org/m < a/c"},
		{"---\nlanguage: no\nbase_model:\n---\n", "model org/m"},
	};

	for (size_t i = 0; i < sizeof cards / sizeof *cards; i++) {
		hear_text("org__m/README.md", cards[i].text, &heard, FORMAT_CARD);
		expect(&heard, cards[i].heard);
		text_free(&heard.log);
	}
}

static void a_card_of_nowhere_is_refused(void **state)
{
	(void)state;
	struct heard heard;
	enum format format;
	struct error error;
	static const char card[] = "---\nbase_model: a/one\n---\n";

	assert_int_equal(read_bytes(card, strlen(card), "README.md", &heard, &format, &error), STATUS_DATA);
	assert_non_null(strstr(error.advice, "OWNER__NAME/README.md"));
	assert_int_equal(heard.count[RECORD_MODEL], 0);
	text_free(&heard.log);
	hear_text("some/where/README.md", card, &heard, FORMAT_CARD);
	expect(&heard, "edge local/where < a/one");
	text_free(&heard.log);
}

static void the_body_gives_weights(void **state)
{
	(void)state;
	struct heard heard;

	hear_text("org__m/README.md", "---\nbase_model: a/one\n---\nText\n\n  ```yaml\n  models:\n  - model: a/one\n"
		  "    parameters: {weight: 0.75}\n  - model: a/two\n    parameters: {weight: 0.25}\n  merge_method: linear\n"
		  "  ```\n\n```python\nmerge_method: no\n```\n", &heard, FORMAT_CARD);
	expect(&heard, "edge org/m < a/one merge 0.7500 configuration config\n");
	expect(&heard, "edge org/m < a/two merge 0.2500 configuration config\n");
	text_free(&heard.log);

	/* A fault is told at its line of the card, and loses only the configuration. */
	hear_text("org__m/README.md", "---\nbase_model: a/one\n---\n```yaml\nmerge_method: linear\nmodels: [\n```\n", &heard, FORMAT_CARD);
	expect(&heard, "warning 8:1 the configuration in the card is left out");
	expect(&heard, "edge org/m < a/one finetune");
	text_free(&heard.log);

	/* Two stages, of which the second uses the first. */
	hear_text("org__m/README.md", "```yaml\nname: stage\nmerge_method: linear\nmodels:\n- model: a/one\n  parameters: {weight: 1}\n"
		  "- model: a/two\n  parameters: {weight: 1}\n```\nthen\n```yml\nmerge_method: linear\nmodels:\n- model: stage\n"
		  "  parameters: {weight: 1}\n- model: a/three\n  parameters: {weight: 1}\n```\n", &heard, FORMAT_CARD);
	expect(&heard, "edge org/m < a/three merge 0.5000");
	expect(&heard, "edge org/m < a/two merge 0.2500");
	text_free(&heard.log);
}

#define RESULT(title, value) "  - dataset: {name: " title "}\n    metrics: [{value: " value "}]\n" \
	"    source: {url: https://huggingface.co/spaces/open-llm-leaderboard/open_llm_leaderboard}\n"

static void the_leaderboards_results_are_taken(void **state)
{
	(void)state;
	struct heard heard;

	hear_text("org__m/README.md", "---\nmodel-index:\n- name: m\n  results:\n"
		  RESULT("IFEval (0-Shot)", "40.5") RESULT("MATH Lvl 5 (4-Shot)", "2.0") RESULT("BBH (3-Shot)", "xx.xx")
		  RESULT("AI2 Reasoning Challenge (25-Shot)", "60") "---\n", &heard, FORMAT_CARD);
	expect(&heard, "run org/m - -1 ifeval=40.5000% math_lvl_5_2024=2.0000% v1_arc=60.0000%\n");
	text_free(&heard.log);
}

/* ---- harness results -------------------------------------------------------------- */

#define TAIL ", \"configs\": {}, \"model_name\": \"org/m\", \"chat_template\": null, \"date\": 1738000000.5, " \
	"\"config\": {\"model_dtype\": \"torch.bfloat16\", \"model_num_parameters\": 2000000000}"

static void results_are_normalised(void **state)
{
	(void)state;
	struct heard heard;

	/* GPQA is pooled over 198, 546 and 448 questions; MuSR is a mean of subtasks. */
	hear_text("results.json", "{\"results\": {\"leaderboard_ifeval\": {\"alias\": \"x\", \"inst_level_strict_acc,none\": 0.5,"
		  " \"prompt_level_strict_acc,none\": 0.25, \"prompt_level_strict_acc_stderr,none\": NaN},"
		  "\"leaderboard_mmlu_pro\": {\"acc,none\": 0.19},"
		  "\"leaderboard_gpqa_diamond\": {\"acc_norm,none\": 1}, \"leaderboard_gpqa_extended\": {\"acc_norm,none\": 0.25},"
		  "\"leaderboard_gpqa_main\": {\"acc_norm,none\": 0.25},"
		  "\"leaderboard_musr_murder_mysteries\": {\"acc_norm,none\": 0.75}, \"leaderboard_musr_object_placements\":"
		  " {\"acc_norm,none\": 0.1}, \"leaderboard_musr_team_allocation\": {\"acc_norm,none\": 1},"
		  "\"leaderboard_bbh_snarks\": {\"acc_norm,none\": 1}}" TAIL "}", &heard, FORMAT_RESULTS_JSON);
	expect(&heard, "model org/m - 2.000");
	expect(&heard, "run org/m bfloat16 0 ifeval=37.5000 gpqa=16.6107 musr=50.0000 mmlu_pro=10.0000 leaderboard_gpqa_diamond=1.0000f ");
	expect(&heard, "benchmark leaderboard_bbh_snarks 0..1 leaderboard_bbh_snarks|leaderboard|acc_norm|");
	expect(&heard, "warning 0:0 BBH: 1 of 24 subtasks are there; its score is left out\n");
	text_free(&heard.log);
}

static void partial_runs_are_marked(void **state)
{
	(void)state;
	struct heard heard;
	enum format format;
	struct error error;

	hear_text("results.json", "{\"results\": {\"leaderboard_mmlu_pro\": {\"acc,none\": 0.19}}, \"n-samples\":"
		  " {\"leaderboard_mmlu_pro\": {\"original\": 12032, \"effective\": 10}}" TAIL "}", &heard, FORMAT_RESULTS_JSON);
	expect(&heard, "warning 0:0 1 of 1 scores are of a part of the questions (--limit)");
	expect(&heard, " mmlu_pro=10.0000limited\n");
	text_free(&heard.log);

	hear_text("results.json", "{\"results\": {\"gsm8k\": {\"alias\": \"gsm8k\"}}" TAIL "}", &heard, FORMAT_RESULTS_JSON);
	expect(&heard, "reject 1:0 none of the tasks has a result");
	text_free(&heard.log);

	static const char nameless[] = "{\"results\": {\"leaderboard_mmlu_pro\": {\"acc,none\": 0.19}}}";
	assert_int_equal(read_bytes(nameless, strlen(nameless), "results.json", &heard, &format, &error), STATUS_DATA);
	assert_non_null(strstr(error.advice, "OWNER__NAME"));
	text_free(&heard.log);
}

static void the_reference_run_to_the_last_digit(void **state)
{
	(void)state;
	struct heard heard = {0};
	char path[1024];
	struct error error = {0};
	struct text text = {0};
	char block[4096];
	size_t length;
	enum format format;

	shared_file(path, sizeof path, "fixtures/lm-eval/leaderboard-v2-details-card__pythia-1b.json");
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	while ((length = fread(block, 1, sizeof block, file)) > 0)
		text_append_bytes(&text, block, length);
	fclose(file);
	assert_int_equal(read_bytes(text_string(&text), text.length, "EleutherAI__pythia-1b/results.json", &heard,
				    &format, &error), STATUS_OK);
	static const char *const values[] = {
		"run EleutherAI/pythia-1b - -1 ifeval=22.0794 bbh=2.2940~", " math_lvl_5_2024=0.3021~", " gpqa=0.8949~",
		" musr=2.7344~", " mmlu_pro=1.5126~",
	};
	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		expect(&heard, values[i]);
	text_free(&text);
	text_free(&heard.log);
}

/* ---- rows ------------------------------------------------------------------------- */

#define ROW(name) "{\"eval_name\": \"x\", \"fullname\": \"" name "\", \"Precision\": \"bfloat16\", \"IFEval\": 40.5, \"BBH\": 1," \
	" \"MATH Lvl 5\": 2, \"GPQA\": 3, \"MUSR\": 4, \"MMLU-PRO\": 5, \"Chat Template\": true," \
	" \"Submission Date\": \"2025-01-02\", \"Architecture\": \"a \\\"b\\\", c\"}"

static void rows_are_the_table(void **state)
{
	(void)state;
	struct heard heard;
	static const char run[] = "run org/a bfloat16 1 ifeval=40.5000 bbh=1.0000";

	hear_text("rows.json", "{\"features\": [{\"feature_idx\": 0, \"name\": \"fullname\"}], \"rows\": [{\"row_idx\": 0, \"row\": "
		  ROW("org/a") ", \"truncated_cells\": []}, {\"row_idx\": 1, \"row\": " ROW("org/b")
		  ", \"truncated_cells\": [\"IFEval\"]}], \"num_rows_total\": 2}", &heard, FORMAT_ROWS_JSON);
	expect(&heard, run);
	expect(&heard, "model org/a a \"b\", c ");
	expect(&heard, "run org/b bfloat16 1 bbh=1.0000");
	text_free(&heard.log);

	hear_text("rows.json", "[" ROW("org/a") "]", &heard, FORMAT_ROWS_JSON);
	expect(&heard, run);
	text_free(&heard.log);

	hear_text("rows.jsonl", ROW("org/a") "\nno JSON\n" ROW("org/b") "\n", &heard, FORMAT_ROWS_JSONL);
	expect(&heard, run);
	expect(&heard, "run org/b");
	expect(&heard, "reject 2:2 not a row as a JSON object");
	text_free(&heard.log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(front_matter_names_parents),
		cmocka_unit_test(odd_cards_are_survived),
		cmocka_unit_test(a_card_of_nowhere_is_refused),
		cmocka_unit_test(the_body_gives_weights),
		cmocka_unit_test(the_leaderboards_results_are_taken),
		cmocka_unit_test(results_are_normalised),
		cmocka_unit_test(partial_runs_are_marked),
		cmocka_unit_test(the_reference_run_to_the_last_digit),
		cmocka_unit_test(rows_are_the_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
