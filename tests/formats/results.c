/* Readers of results: lm-evaluation-harness, lighteval, the Hub's evaluation
 * results, Every Eval Ever and the index of a model card. */
#include "formats.h"

#include <math.h>

#include "stemma/formats/results_write.h"

/* ---- what is heard, more of it than the other readers' tests ask for --------------------- */

/* "score gsm8k 0.5000 fraction 5 +-0.0138 strict-match - 7" */
static void note_score(struct text *log, const struct score_facts *score)
{
	static const char *const scales[] = {"own", "fraction", "percent"};

	text_append_format(log, "score %s %.4f %s %d +-%.4f %s %s%s %ld\n", score->benchmark, score->value,
			   scales[score->scale], score->shots, score->error, or_dash(score->setup), or_dash(score->date),
			   score->limited ? " limited" : "", score->line);
}

static void note_run(struct text *log, const struct evaluation_facts *run)
{
	text_append_format(log, "run %s %s %d", run->model, or_dash(run->precision), (int)run->chat_template);
	for (size_t i = 0; i < run->score_count; i++)
		text_append_format(log, " %s=%.4f", run->scores[i].benchmark, run->scores[i].value);
	text_append(log, "\n");
	for (size_t i = 0; i < run->score_count; i++)
		note_score(log, &run->scores[i]);
	text_append_format(log, "ran %s %s %s %s %s\n", or_dash(run->harness), or_dash(run->version), or_dash(run->submitted),
			   or_dash(run->revision), run->source);
}

static void note_benchmark(struct text *log, const struct benchmark_facts *benchmark)
{
	text_append_format(log, "benchmark %s %g..%g\n", benchmark->key, benchmark->lower, benchmark->upper);
	text_append_format(log, "described %s|%s|%s|%s|%s|%g|%d\n", benchmark->key, or_dash(benchmark->title),
			   or_dash(benchmark->suite), or_dash(benchmark->metric), or_dash(benchmark->family),
			   benchmark->instances, (int)benchmark->higher_is_better);
}

static enum status note(void *context, const struct record *record, struct error *error)
{
	struct heard *heard = context;

	if (record->type != RECORD_EVALUATION && record->type != RECORD_BENCHMARK)
		return hear(context, record, error);
	heard->count[record->type]++;
	if (record->type == RECORD_EVALUATION)
		note_run(&heard->log, &record->of.evaluation);
	else
		note_benchmark(&heard->log, &record->of.benchmark);
	return STATUS_OK;
}

static enum status note_text(const char *text, const char *name, struct heard *heard, enum format *format,
			     struct error *error)
{
	struct record_sink sink = sink_of(heard);

	sink.accept = note;
	*heard = (struct heard){.log = {0}};
	*error = (struct error){0};
	return reader_read_text(text, strlen(text), name, &sink, format, error);
}

static void hear_file(const char *name, const char *text, struct heard *heard, enum format expected)
{
	enum format format;
	struct error error;

	assert_int_equal(note_text(text, name, heard, &format, &error), STATUS_OK);
	assert_int_equal(format, expected);
}

/* ---- lm-evaluation-harness ------------------------------------------------------------- */

#define TAIL "\"model_name\": \"org/m\", \"chat_template\": null, \"lm_eval_version\": \"0.4.9.2\", \"date\": 1738000000.5," \
	" \"config\": {\"model\": \"hf\", \"model_dtype\": \"torch.bfloat16\", \"model_sha\": \"abc\"}}"

static void every_task_has_its_main_metric(void **state)
{
	(void)state;
	struct heard heard;

	hear_file("results.json", "{\"results\": {\n"
		  "\"gsm8k\": {\"alias\": \"gsm8k\", \"exact_match,flexible-extract\": 0.88, \"exact_match_stderr,flexible-extract\": 0.03,\n"
		  " \"exact_match,strict-match\": 0.05, \"exact_match_stderr,strict-match\": 0.02},\n"
		  "\"hellaswag\": {\"acc,none\": 0.5, \"acc_norm,none\": 0.7, \"acc_norm_stderr,none\": \"N/A\", \"alias\": \" - hellaswag\"},\n"
		  "\"humaneval\": {\"pass@1,create_test\": 0.4, \"sample_len\": 164, \"name\": \"humaneval\"},\n"
		  "\"wikitext\": {\"byte_perplexity,none\": 1.5, \"word_perplexity,none\": 9.25, \"bits_per_byte,none\": 0.6},\n"
		  "\"cola\": {\"mcc,none\": -0.1}, \"flores\": {\"bleu,none\": 31.5, \"chrf,none\": 55},\n"
		  "\"own\": {\"my_score,none\": 7.5}, \"empty\": {\" \": \" \", \"alias\": \"x\"}},\n"
		  "\"higher_is_better\": {\"own\": {\"my_score\": false}}, \"n-shot\": {\"gsm8k\": 5, \"hellaswag\": 10},\n"
		  "\"versions\": {\"gsm8k\": 3.0}, \"n-samples\": {\"gsm8k\": {\"original\": 1319, \"effective\": 1319}}," TAIL,
		  &heard, FORMAT_RESULTS_JSON);
	heard_line(&heard, "described gsm8k|gsm8k|lm-eval|exact_match|gsm8k|1319|1\n");
	heard_line(&heard, "score gsm8k 0.0500 fraction 5 +-0.0200 strict-match, task version 3 - 3\n");
	heard_line(&heard, "described gsm8k:flexible-extract|gsm8k, flexible-extract|lm-eval|exact_match|gsm8k|1319|1\n");
	heard_line(&heard, "score gsm8k:flexible-extract 0.8800 fraction 5 +-0.0300 flexible-extract, task version 3 - 2\n");
	heard_line(&heard, "score hellaswag 0.7000 fraction 10 +-nan - - 4\n");
	heard_line(&heard, "score humaneval 0.4000 fraction -1 +-nan create_test - 5\n");
	heard_line(&heard, "benchmark wikitext 1..inf\n");
	heard_line(&heard, "described wikitext|wikitext|lm-eval|word_perplexity|wikitext|nan|0\n");
	heard_line(&heard, "score wikitext 9.2500 own");
	heard_line(&heard, "benchmark cola -1..1\n");
	heard_line(&heard, "score cola -0.1000 fraction");
	heard_line(&heard, "benchmark flores 0..100\n");
	heard_line(&heard, "score flores 31.5000 percent");
	heard_line(&heard, "benchmark own nan..nan\n");
	heard_line(&heard, "described own|own|lm-eval|my_score|own|nan|0\n");
	heard_line(&heard, "score own 7.5000 own");
	heard_no_line(&heard, "empty");
	heard_line(&heard, "ran lm-evaluation-harness 0.4.9.2 2025-01-27 abc user\n");
	assert_int_equal(heard.rejected + heard.warned, 0);
	text_free(&heard.log);
}

static void groups_are_suites(void **state)
{
	(void)state;
	struct heard heard;

	hear_file("results.json", "{\"results\": {\"mmlu\": {\"acc,none\": 0.6, \"acc_stderr,none\": 0.004, \"alias\": \"mmlu\"},"
		  "\"mmlu_stem\": {\"acc,none\": 0.5, \"alias\": \" - stem\"}, \"mmlu_anatomy\": {\"acc,none\": 0.55, \"alias\": \"  - anatomy\"},"
		  "\"mmlu_virology\": {\"acc,none\": 0.65}}, \"group_subtasks\": {\"mmlu\": [\"mmlu_stem\", \"mmlu_virology\"],"
		  " \"mmlu_stem\": [\"mmlu_anatomy\"], \"arc_easy\": []}, \"configs\": {\"mmlu_anatomy\": {\"num_fewshot\": 5}}," TAIL,
		  &heard, FORMAT_RESULTS_JSON);
	heard_line(&heard, "described mmlu|mmlu|mmlu|acc|mmlu|nan|1\n");
	heard_line(&heard, "described mmlu_stem|stem|mmlu|acc|");
	heard_line(&heard, "described mmlu_anatomy|anatomy|mmlu|acc|");
	heard_line(&heard, "described mmlu_virology|mmlu_virology|mmlu|acc|");
	heard_line(&heard, "score mmlu 0.6000 fraction -1 +-0.0040 ");
	heard_line(&heard, "score mmlu_anatomy 0.5500 fraction 5 ");
	text_free(&heard.log);
}

static void version_0_3_is_read(void **state)
{
	(void)state;
	struct heard heard;

	hear_file("results.json", "{\"results\": {\"jsquad-1.1-0.3\": {\"exact_match\": 0.4, \"f1\": 50.25},\n"
		  " \"jnli-1.1-0.3\": {\"acc\": 0.5, \"acc_stderr\": 0.01, \"acc_norm\": 0.25, \"acc_norm_stderr\": 0.02}},\n"
		  " \"versions\": {\"jsquad-1.1-0.3\": 1.1}, \"config\": {\"model\": \"hf-causal\", \"model_args\":"
		  " \"pretrained=org/old,use_accelerate=True\", \"num_fewshot\": [2, 3], \"no_cache\": false}}", &heard, FORMAT_RESULTS_JSON);
	heard_line(&heard, "benchmark jsquad-1.1-0.3 0..1\n");
	heard_line(&heard, "score jsquad-1.1-0.3 0.4000 percent 2 +-nan task version 1.1 - 1\n");
	heard_line(&heard, "score jnli-1.1-0.3 0.2500 fraction 3 +-0.0200 - - 2\n");
	heard_line(&heard, "ran lm-evaluation-harness 0.3 - - user\n");
	heard_line(&heard, "warning 0:0 1 of 2 scores are above 1, or stand beside such: taken as per cent\n");
	text_free(&heard.log);
}

static void other_shots_are_another_benchmark(void **state)
{
	(void)state;
	struct heard heard;

	hear_file("results.json", "{\"results\": {\"leaderboard_mmlu_pro\": {\"acc,none\": 0.37, \"acc_stderr,none\": 0.009},"
		  " \"leaderboard_bbh_snarks\": {\"acc_norm,none\": 0.5}, \"leaderboard_gpqa_main\": {\"acc_norm,none\": 0.25},"
		  " \"ifeval\": {\"prompt_level_strict_acc,none\": 0.5, \"inst_level_strict_acc,none\": 0.75},"
		  " \"mmlu_pro\": {\"exact_match,custom-extract\": 0.4}},"
		  " \"n-shot\": {\"leaderboard_mmlu_pro\": 0, \"leaderboard_bbh_snarks\": 0, \"ifeval\": 0, \"leaderboard_gpqa_main\": 0}," TAIL,
		  &heard, FORMAT_RESULTS_JSON);
	heard_line(&heard, "benchmark mmlu_pro_0shot 0..100\n");
	heard_line(&heard, "described mmlu_pro_0shot|MMLU-PRO (0-shot)|lm-eval|normalised accuracy|mmlu_pro|nan|1\n");
	heard_line(&heard, "score mmlu_pro_0shot 30.0000 own 0 +-1.0000 - - 0\n");
	heard_line(&heard, "score leaderboard_bbh_snarks_0shot 0.5000 fraction 0 ");
	heard_line(&heard, "score leaderboard_gpqa_main 0.2500 fraction 0 ");
	heard_line(&heard, "score ifeval 62.5000 own 0 ");
	heard_line(&heard, "score lm_eval_mmlu_pro 0.4000 fraction -1 +-nan custom-extract ");
	heard_line(&heard, "|exact_match|mmlu_pro|");
	heard_line(&heard, "warning 0:0 MMLU-PRO was run with 0 examples in the prompt where the leaderboard gives 5: kept as mmlu_pro_0shot\n");
	heard_no_line(&heard, "score mmlu_pro ");
	text_free(&heard.log);
}

static void odd_values_lose_only_themselves(void **state)
{
	(void)state;
	struct heard heard;

	hear_file("results.json", "{\"results\": {\n \"arc_easy\": {\n  \"acc,none\": 0.5,\n  \"acc_norm,none\": NaN\n },\n \"piqa\": {\"acc,none\": 0.75},\n"
		  " \"\xE6\x97\xA5\": {\"acc,none\": 0.75}, \"list\": [],\n \"leaderboard_mmlu_pro\": {\"acc,none\":\n NaN}},"
		  "\"n-samples\": {\"piqa\": {\"original\": 1838, \"effective\": 100}}," TAIL, &heard, FORMAT_RESULTS_JSON);
	heard_line(&heard, "reject 4:20 acc_norm of arc_easy is not a number; left out\n");
	heard_line(&heard, "reject 0:0 the task \"\xE6\x97\xA5\" makes no key of a benchmark\n");
	heard_line(&heard, "reject 9:2 acc of leaderboard_mmlu_pro is not a number; left out\n");
	heard_line(&heard, "score piqa 0.7500 fraction -1 +-nan limit 100 - limited 6\n");
	heard_line(&heard, "warning 0:0 1 of 1 scores are of a part of the questions (--limit)");
	text_free(&heard.log);
}

/* What a run may call its model, and whose results they are; NULL: nobody's. */
static void what_programs_built_on_it_write(void **state)
{
	(void)state;
	struct heard heard;

	hear_file("results_2025-02-03T04-05-06.json", "{\"results\": {\n"
		  "\"arc\": {\"acc_norm,none\": null,\n\"acc,none\": 0.5},\n"
		  "\"loss_task\": {\"my_loss\": 2.5, \"remark\": \"slow\"},\n"
		  "\"piqa\": {\"acc,none\": \"0.75\"}, \"boolq\": {\"acc,none\": \"62.5%\"}, \"mmlu-pro\": {\"acc\": 0.4}},"
		  "\"higher_is_better\": {\"loss_task\": false}, \"versions\": {}, \"model_name\": \"org/m\"}",
		  &heard, FORMAT_RESULTS_JSON);
	heard_line(&heard, "reject 2:26 acc_norm of arc is not a number; left out\n");
	heard_no_line(&heard, "score arc ");
	heard_line(&heard, "described loss_task|loss_task|lm-eval|my_loss|loss_task|nan|0\n");
	heard_line(&heard, "score piqa 0.7500 fraction ");
	heard_line(&heard, "score boolq 62.5000 percent ");
	heard_line(&heard, "score lm_eval_mmlu_pro 0.4000 fraction ");
	heard_line(&heard, "ran lm-evaluation-harness - 2025-02-03 - user\n");
	text_free(&heard.log);

	hear_file("r.json", "{\"results\": {\"piqa\": {\"acc,none\": 0.5}}, \"versions\": {}, \"model_name\": \"org/m\","
		  " \"date\": \"2026-07-17T00:00:00\"}", &heard, FORMAT_RESULTS_JSON);
	heard_line(&heard, "ran lm-evaluation-harness - 2026-07-17 - user\n");
	text_free(&heard.log);
}

static void models_have_one_name(void **state)
{
	(void)state;
	static const struct {
		const char *file, *stated, *arguments, *name;
	} cases[] = {
		{"r.json", "acme/trail-8b/", "", "acme/trail-8b"},
		{"acme__trail-8b__/r.json", "acme/trail-8b/", "", "acme/trail-8b"},
		{"r.json", "acme/x-8b@main", "", "acme/x-8b"},
		{"r.json", "https://huggingface.co/acme/x-8b", "", "acme/x-8b"},
		{"r.json", "./merges/slerp-7b/", "", "local/slerp-7b"},
		{".__merges__slerp-7b__/r.json", "./merges/slerp-7b/", "", "local/slerp-7b"},
		{"C__models__slerp-7b/r.json", "C:\\\\models\\\\slerp-7b", "", "local/slerp-7b"},
		{"r.json", "/home/u/.cache/hub/models--acme--y/snapshots/0a1b/", "", "acme/y"},
		{"acme__z/r.json", "/srv/z", "", "acme/z"},
		{"r.json", "served-8b", "", "served-8b"},
		{"acme__served/r.json", "served-8b", "", "acme/served"},
		{"r.json", NULL, "\"pretrained=acme/a,dtype=auto\"", "acme/a"},
		{"r.json", NULL, "\"pretrained=acme/a,peft=acme/lora\"", "acme/lora"},
		{"r.json", NULL, "{\"model\": \"acme/b\", \"base_url\": \"http://localhost\"}", "acme/b"},
		{"r.json", "D:/models/slerp 7b", "", "local/slerp-7b"}, {"r.json", "./output", "", "local/output"},
		{"r.json", "", "\"pretrained=acme/a\"", "acme/a"}, {"r.json", " 'acme/a' ", "", "acme/a"},
		{"r.json", "https://hf.co/acme/a/tree/main", "", "acme/a"}, {"r.json", "models--acme--y", "", "acme/y"},
		{"r.json", "acme/a--thinking", "", "acme/a--thinking"}, {"r.json", "acme/merged 8b", "", "local/merged-8b"},
		{"r.json", "acme/\xE6\xA8\xA1\xE5\x9E\x8B-8b", "", "acme/\xE6\xA8\xA1\xE5\x9E\x8B-8b"}, {"r.json", "", "", NULL},
		{"r.json", "out/checkpoint-500/", "", "local/out-checkpoint-500"},
		{"r.json", "./out/checkpoint-500/", "", "local/out-checkpoint-500"},
		{"r.json", NULL, "\"pretrained = \\\"acme/a\\\" , dtype=auto\"", "acme/a"},
		{"r.json", NULL, "\"dtype=auto,pretrained='acme/a',trust_remote_code=True\"", "acme/a"},
		{"r.json", NULL, "\"{'pretrained': 'acme/a', 'dtype': 'auto'}\"", "acme/a"},
		{"r.json", NULL, "\"{\\\"model\\\": \\\"acme/b\\\"}\"", "acme/b"},
		{"r.json", NULL, "\"max_memory={0: '1,2'},model=acme/c@v2,tokenizer=acme/t\"", "acme/c"},
		{"r.json", "acme/base", "\"pretrained=acme/base,lora_local_path=/home/u/my-lora\"", "local/my-lora"},
		{"r.json", NULL, "\"pretrained=acme__under\"", "acme/under"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct heard heard;
		struct error error;
		enum format format;
		struct text text = {0}, wanted = {0};
		text_append(&text, "{\"results\": {\"piqa\": {\"acc,none\": 0.5}}, \"versions\": {}");
		if (cases[i].stated)
			text_append_format(&text, ", \"model_name\": \"%s\"", cases[i].stated);
		if (cases[i].arguments[0])
			text_append_format(&text, ", \"config\": {\"model_args\": %s}", cases[i].arguments);
		text_append(&text, "}");
		enum status status = note_text(text_string(&text), cases[i].file, &heard, &format, &error);
		text_append_format(&wanted, "run %s - -1 piqa=0.5000\n", cases[i].name ? cases[i].name : "");
		if (cases[i].name)
			heard_line(&heard, text_string(&wanted));
		else
			assert_non_null(strstr(error.advice, "OWNER__NAME"));
		assert_int_equal(status, cases[i].name ? STATUS_OK : STATUS_DATA);
		text_free(&wanted);
		text_free(&text);
		text_free(&heard.log);
	}
}

/* ---- lighteval ------------------------------------------------------------------------------ */

static void lighteval_is_read(void **state)
{
	(void)state;
	struct heard heard;

	hear_file("results/acme/light/results_2025-11-02T10-00-00.5.json", "{\"config_general\": {\"lighteval_sha\": \"f00d\","
		  " \"max_samples\": null, \"model_name\": \"acme/light\", \"model_sha\": \"\", \"model_config\": {\"dtype\": \"bfloat16\"}},\n"
		  "\"results\": {\"leaderboard|mmlu:anatomy|5\": {\"acc\": 0.31, \"acc_stderr\": 0.04},\n"
		  "\"leaderboard|mmlu:_average|5\": {\"acc\": 0.33, \"acc_stderr\": 0.01}, \"gsm8k|0\": {\"extractive_match\": 0.5, \"em\": 0.1},\n"
		  "\"lighteval|ifeval|0\": {\"prompt_level_strict_acc\": 0.5, \"inst_level_strict_acc\": 0.6},\n"
		  "\"boolq\": {\"acc\": NaN}, \"bbh|3\": {\"em\": 0.5}, \"all\": {\"acc\": 0.31}},\n"
		  "\"versions\": {\"gsm8k|0\": 2}, \"config_tasks\": {\"gsm8k|0\": {\"original_num_docs\": 1319, \"effective_num_docs\": 1319,"
		  " \"metrics\": [{\"metric_name\": \"extractive_match\", \"higher_is_better\": true}]}}}", &heard, FORMAT_LIGHTEVAL_JSON);
	heard_line(&heard, "described mmlu_anatomy|mmlu_anatomy|mmlu|acc|mmlu_anatomy|nan|1\n");
	heard_line(&heard, "score mmlu_anatomy 0.3100 fraction 5 +-0.0400 - - 2\n");
	heard_line(&heard, "described mmlu|mmlu|mmlu|acc|");
	heard_line(&heard, "score mmlu 0.3300 fraction 5 +-0.0100 ");
	heard_line(&heard, "described gsm8k|gsm8k|lighteval|extractive_match|gsm8k|1319|1\n");
	heard_line(&heard, "score gsm8k 0.5000 fraction 0 +-nan task version 2 - 3\n");
	heard_line(&heard, "score ifeval 55.0000 own 0 ");
	heard_line(&heard, "score lighteval_bbh 0.5000 fraction 3 ");
	heard_line(&heard, "reject 5:18 acc of boolq is not a number; left out\n");
	heard_line(&heard, "run acme/light bfloat16 -1 ");
	heard_line(&heard, "ran lighteval f00d 2025-11-02 - user\n");
	heard_no_line(&heard, "score all");
	text_free(&heard.log);

	hear_file("r.json", "{\"config_general\": {\"model_name\": \"acme/light\", \"max_samples\": 10}, \"results\":"
		  " {\"harness|arc:challenge|25\": {\"acc\": 0.5, \"acc_norm\": 0.6}}}", &heard, FORMAT_LIGHTEVAL_JSON);
	heard_line(&heard, "score arc_challenge 0.6000 fraction 25 +-nan limit 10 - limited 1\n");
	text_free(&heard.log);
}

/* ---- the Hub's evaluation results ----------------------------------------------------------- */

static void eval_results_are_read(void **state)
{
	(void)state;
	struct heard heard;
	static const char text[] =
		"# results\n- dataset:\n    id: TIGER-Lab/MMLU-Pro   # a data set\n    task_id: default\n  value: 37.8\n"
		"  date: \"2026-01-15T10:00:00Z\"\n  source: {url: https://x.example/evals, name: evals}\n"
		"- dataset: {id: Idavidrein/gpqa, task_id: gpqa_diamond}\n  value: 0.412\n  notes: \"with tools\"\n"
		"- dataset: {id: cais/hle, task_id: hle}\n  value: soon\n"
		"- dataset: {task_id: x}\n  value: 1\n"
		"- dataset: {id: a/elo-arena, task_id: default}\n  value: 1255\n"
		"- dataset: {id: own_test, task_id: own_test}\n  value: 0.5\n";

	hear_file("models/acme__m/.eval_results/x.yaml", text, &heard, FORMAT_EVAL_RESULTS);
	heard_line(&heard, "run acme/m - -1 hub_mmlu_pro=37.8000 gpqa_diamond=0.4120 elo_arena=1255.0000 own_test=0.5000\n");
	heard_line(&heard, "described hub_mmlu_pro|TIGER-Lab/MMLU-Pro|hub|-|mmlu_pro|nan|1\n");
	heard_line(&heard, "score hub_mmlu_pro 37.8000 percent -1 +-nan - 2026-01-15 2\n");
	heard_line(&heard, "score gpqa_diamond 0.4120 fraction -1 +-nan with tools - 8\n");
	heard_line(&heard, "benchmark elo_arena nan..nan\n");
	heard_line(&heard, "score elo_arena 1255.0000 own ");
	heard_line(&heard, "score own_test 0.5000 own ");
	heard_line(&heard, "reject 11:0 entry 3, cais/hle: its value is not a number; left out\n");
	heard_line(&heard, "reject 13:0 entry 4 names no data set");
	heard_line(&heard, "warning 0:0 1 of 4 values are up to 1: taken as fractions");
	text_free(&heard.log);

	hear_file("merge-out/.eval_results/x.yaml", "---\n- value: 5\n  dataset: {id: a/b}\n", &heard, FORMAT_EVAL_RESULTS);
	heard_line(&heard, "run local/merge-out - -1 b=5.0000\n");
	text_free(&heard.log);

	enum format format;
	struct error error;
	assert_int_equal(note_text(text, "x.yaml", &heard, &format, &error), STATUS_OK);
	heard_line(&heard, "warning 0:0 the entries do not say of which model: called local/x; a folder OWNER__NAME/.eval_results");
	text_free(&heard.log);

	hear_file("hub.json", "{\"id\": \"acme/m\", \"tags\": [], \"evalResults\": [{\"data\": {\"dataset\": {\"id\": \"cais/hle\","
		  " \"task_id\": \"hle\"}, \"value\": 20.9}}, {\"dataset\": {\"id\": \"openai/gsm8k\", \"task_id\": \"main\"}, \"value\": 91}]}",
		  &heard, FORMAT_HUB_JSONL);
	heard_line(&heard, "run acme/m - -1 hle=20.9000 gsm8k=91.0000\n");
	text_free(&heard.log);
}

/* ---- Every Eval Ever -------------------------------------------------------------------------- */

#define RECORD(id, results) "{\"schema_version\": \"0.3.0\", \"evaluation_id\": \"my-suite/" id "/1750000000\", " \
	"\"evaluation_timestamp\": \"1750000000\", \"source_metadata\": {\"source_name\": \"My Board\", \"source_type\": \"evaluation_run\"}," \
	" \"eval_library\": {\"name\": \"inspect_ai\", \"version\": \"0.3.1\"}, \"model_info\": {\"name\": \"m\", \"id\": \"" id "\"," \
	" \"developer\": \"acme\", \"additional_details\": {\"model_availability\": \"open_weights\", \"precision\": \"float16\"," \
	" \"params_billions\": \"7.5\"}}, \"evaluation_results\": [" results "]}"
#define RESULT(name, config, score) "{\"evaluation_name\": \"" name "\", \"source_data\": {\"dataset_name\": \"d\", \"source_type\":" \
	" \"hf_dataset\", \"samples_number\": 164}, \"metric_config\": {" config "}, \"score_details\": {" score "}}"

static void every_eval_is_read(void **state)
{
	(void)state;
	struct heard heard;

	hear_file("r.json", RECORD("acme/m",
		  RESULT("HumanEval", "\"metric_name\": \"pass@1\", \"metric_unit\": \"proportion\", \"lower_is_better\": false,"
			 " \"score_type\": \"continuous\", \"min_score\": 0.0, \"max_score\": 1.0",
			 "\"score\": 0.55, \"uncertainty\": {\"standard_error\": {\"value\": 0.039}}") ","
		  RESULT("HumanEval", "\"metric_name\": \"pass@10\", \"lower_is_better\": false, \"min_score\": 0, \"max_score\": 1", "\"score\": 0.8") ","
		  RESULT("Latency (s)", "\"lower_is_better\": true, \"metric_unit\": \"seconds\", \"min_score\": 0, \"max_score\": \"Infinity\"",
			 "\"score\": 3.5, \"uncertainty\": {\"confidence_interval\": {\"lower\": 2, \"upper\": 4, \"confidence_level\": 0.95}}") ","
		  RESULT("BBH", "\"lower_is_better\": false, \"metric_unit\": \"percent\"", "\"score\": 42.5") ","
		  RESULT("broken", "\"lower_is_better\": false", "\"score\": \"high\"")), &heard, FORMAT_EVERY_EVAL);
	heard_line(&heard, "model acme/m - 7.500 - unknown - provider=acme open_weights=1\n");
	heard_line(&heard, "benchmark humaneval 0..1\n");
	heard_line(&heard, "described humaneval|HumanEval|my-suite|pass@1|-|164|1\n");
	heard_line(&heard, "score humaneval 0.5500 fraction -1 +-0.0390 - - 1\n");
	heard_line(&heard, "score humaneval:pass_10 0.8000 fraction ");
	heard_line(&heard, "benchmark latency_s 0..inf\n");
	heard_line(&heard, "|164|0\n");
	heard_line(&heard, "score latency_s 3.5000 own -1 +-0.5102 ");
	heard_line(&heard, "score my-suite_bbh 42.5000 percent ");
	heard_line(&heard, "reject 1:0 result 5, broken: its score is not a number; left out\n");
	heard_line(&heard, "run acme/m float16 -1 ");
	heard_line(&heard, "ran inspect_ai 0.3.1 2025-06-15 - my_board\n");
	text_free(&heard.log);

	/* One a line, of which a broken one loses only itself. */
	hear_file("r.jsonl", RECORD("acme/a", RESULT("x", "", "\"score\": 1")) "\n{broken\n"
		  RECORD("acme/b", RESULT("x", "", "\"score\": 2")) "\n" RECORD("acme/c", "") "\n", &heard, FORMAT_EVERY_EVAL);
	heard_line(&heard, "run acme/a float16 -1 x=1.0000\n");
	heard_line(&heard, "reject 2:");
	heard_line(&heard, "run acme/b float16 -1 x=2.0000\n");
	heard_line(&heard, "reject 4:0 the record has no result\n");
	text_free(&heard.log);
}

/* ---- the index of a card ------------------------------------------------------------------------- */

static void cards_have_any_result(void **state)
{
	(void)state;
	struct heard heard;

	hear_file("acme__m/README.md", "---\nmodel-index:\n- name: m\n  results:\n"
		  "  - dataset: {name: HumanEval, type: openai_humaneval}\n    metrics:\n    - {type: pass@1, value: '67.6%', name: pass@1}\n"
		  "    source: {url: https://x.example/a}\n"
		  "  - dataset: {name: GLUE, type: glue, config: mrpc}\n    metrics:\n    - {type: f1, value: '0,912'}\n"
		  "    - {type: accuracy, value: 0.86}\n"
		  "  - dataset: {name: Common Voice 11, type: mozilla-foundation/common_voice_11_0, config: ta}\n"
		  "    metrics: [{type: wer, value: 8.5}]\n"
		  "  - dataset: {name: Fleurs, type: google/fleurs}\n    metrics: [{type: wer, value: 0.9}]\n"
		  "  - dataset: {name: LunarLander-v2, type: LunarLander-v2}\n    metrics: [{type: mean_reward, value: 269.37 +/- 21.19}]\n"
		  "  - dataset: {name: MMLU-Pro, type: x}\n    metrics: [{type: accuracy, value: 0.4}]\n"
		  "  - dataset: {name: later, type: x}\n    metrics: [{type: accuracy, value: xx.xx}]\n---\n", &heard, FORMAT_CARD);
	heard_line(&heard, "described humaneval|HumanEval|cards|pass@1|humaneval|nan|1\n");
	heard_line(&heard, "score humaneval 67.6000 percent ");
	heard_line(&heard, "score glue_mrpc 0.8600 fraction ");
	heard_line(&heard, "score glue_mrpc:f1 0.9120 fraction ");
	heard_line(&heard, "described common_voice_11_ta|Common Voice 11|cards|wer|common_voice_11|nan|0\n");
	heard_line(&heard, "score common_voice_11_ta 8.5000 percent ");
	heard_line(&heard, "score fleurs 0.9000 percent ");
	heard_line(&heard, "benchmark lunarlander_v2 -inf..inf\n");
	heard_line(&heard, "score lunarlander_v2 269.3700 own ");
	heard_line(&heard, "score card_mmlu_pro 0.4000 fraction ");
	heard_line(&heard, "warning 1:0 1 of the card's results are no numbers or name no data set; left out\n");
	heard_line(&heard, "warning 1:0 the card does not say the scale of its results: 3 are taken as percentages, 3 as fractions\n");
	text_free(&heard.log);
}

/* ---- what is written reads back ------------------------------------------------------------------- */

static void what_is_written_reads_back(void **state)
{
	(void)state;
	const struct evaluation_facts runs[] = {
		{.source = "user", .precision = "bfloat16", .chat_template = ANSWER_YES, .submitted = "2025-06-15",
		 .revision = "abc", .harness = "lm-evaluation-harness", .version = "0.4.9", .address = "https://x.example"},
		{.source = "hub", .chat_template = ANSWER_UNKNOWN},
	};
	struct benchmark_facts benchmarks[] = {benchmark_facts_of("gsm8k"), benchmark_facts_of("hub_mmlu_pro"),
					       benchmark_facts_of("arena:elo"), benchmark_facts_of("bbh"),
					       benchmark_facts_of("hle")};
	struct score_facts scores[] = {score_facts_of("gsm8k", 0.55), score_facts_of("hub_mmlu_pro", 37.8),
				       score_facts_of("arena:elo", 1255.5), score_facts_of("bbh", 0.5),
				       score_facts_of("hle", 0.75)};
	const struct attribute_facts attributes[] = {{"provider", "Acme"}, {"open_weights", "0"}};
	const struct model_facts model = {.name = "acme/m", .params_b = 7.5, .attributes = attributes, .attribute_count = 2};
	struct result_row rows[5];
	struct text text = {0};
	struct heard heard;

	benchmarks[0].title = "GSM8K";
	benchmarks[0].suite = "math";
	benchmarks[0].metric = "exact_match";
	benchmarks[0].family = "gsm8k";
	benchmarks[0].lower = 0;
	benchmarks[0].upper = 1;
	benchmarks[0].instances = 1319;
	benchmarks[1].title = "TIGER-Lab/MMLU-Pro";
	benchmarks[4].title = "cais/hle";
	for (size_t i = 1; i < 5; i += i == 1 ? 2 : 1) {
		benchmarks[i].lower = 0;
		benchmarks[i].upper = 100;
	}
	benchmarks[2].lower = -INFINITY;
	benchmarks[2].upper = INFINITY;
	benchmarks[2].higher_is_better = ANSWER_NO;
	scores[0].error = 1.0 / 70;
	scores[0].shots = 5;
	scores[0].setup = "strict-match, \"odd\"";
	scores[0].limited = true;
	scores[1].date = "2026-01-15";
	scores[1].address = "https://x.example/evals";
	scores[3].raw = 0.35;
	for (size_t i = 0; i < 5; i++)
		rows[i] = (struct result_row){&runs[i > 2], &benchmarks[i], &scores[i]};

	every_eval_write(&model, rows, 5, 1750000000, &text);
	hear_file("r.jsonl", text_string(&text), &heard, FORMAT_EVERY_EVAL);
	heard_line(&heard, "model acme/m - 7.500 - unknown - provider=Acme open_weights=0\n");
	heard_line(&heard, "benchmark gsm8k 0..1\ndescribed gsm8k|GSM8K|math|exact_match|gsm8k|1319|1\n");
	heard_line(&heard, "benchmark arena:elo -inf..inf\ndescribed arena:elo|arena:elo|user|-|-|nan|0\n");
	heard_line(&heard, "run acme/m bfloat16 1 gsm8k=0.5500 hub_mmlu_pro=37.8000 arena:elo=1255.5000\n");
	heard_line(&heard, "score gsm8k 0.5500 fraction 5 +-0.0143 strict-match, \"odd\" - limited 1\n");
	heard_line(&heard, "score hub_mmlu_pro 37.8000 percent -1 +-nan - 2026-01-15 1\n");
	heard_line(&heard, "ran lm-evaluation-harness 0.4.9 2025-06-15 abc user\n");
	heard_line(&heard, "run acme/m - -1 bbh=0.5000 hle=0.7500\n");
	heard_line(&heard, "ran - - - - hub\n");
	heard_no_line(&heard, "described bbh"); /* the cache describes the leaderboard's */
	assert_int_equal(heard.rejected + heard.warned, 0);
	text_free(&heard.log);
	text_clear(&text);

	eval_results_write(rows, 5, &text);
	hear_file("acme__m/.eval_results/r.yaml", text_string(&text), &heard, FORMAT_EVAL_RESULTS);
	heard_line(&heard, "run acme/m - -1 gsm8k=0.5500 hub_mmlu_pro=37.8000 arena:elo=1255.5000 bbh=0.5000 hle=0.0075\n");
	heard_line(&heard, "score gsm8k 0.5500 own -1 +-nan strict-match, \"odd\" 2025-06-15 ");
	heard_line(&heard, "score hub_mmlu_pro 37.8000 percent -1 +-nan - 2026-01-15 ");
	heard_line(&heard, "score bbh 0.5000 own ");
	heard_line(&heard, "score hle 0.0075 fraction ");
	assert_int_equal(heard.rejected, 0);
	text_free(&heard.log);
	text_free(&text);
}

/* ---- the sample files ------------------------------------------------------------------------------ */

static void hear_shared(const char *name, const char *as, struct heard *heard)
{
	char path[1024], block[4096];
	struct text text = {0};
	struct error error;
	enum format format;
	size_t length;

	shared_file(path, sizeof path, name);
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	while ((length = fread(block, 1, sizeof block, file)) > 0)
		text_append_bytes(&text, block, length);
	fclose(file);
	assert_int_equal(note_text(text_string(&text), as, heard, &format, &error), STATUS_OK);
	text_free(&text);
}

static void the_sample_files_are_read(void **state)
{
	(void)state;
	struct heard heard;

	hear_shared("fixtures/reports/L02_num-fewshot-0-override.json", "r.json", &heard);
	heard_line(&heard, "run acme/zero-shot-8b bfloat16 0 ifeval=55.0000 bbh_0shot=");
	heard_line(&heard, " math_lvl_5_0shot=25.0000 gpqa=");
	heard_line(&heard, " mmlu_pro_0shot=30.0000 leaderboard_bbh_boolean_expressions_0shot=0.4000 ");
	text_free(&heard.log);

	hear_shared("fixtures/reports/L09_nan-value.json", "r.json", &heard);
	heard_line(&heard, " acc of leaderboard_mmlu_pro is not a number; left out\n");
	heard_line(&heard, "run acme/nan-8b bfloat16 0 ifeval=");
	heard_no_line(&heard, " mmlu_pro=");
	text_free(&heard.log);

	hear_shared("fixtures/reports/E01_eval-results-community.yaml", "acme__e/.eval_results/e.yaml", &heard);
	heard_line(&heard, "run acme/e - -1 hub_mmlu_pro=37.8000 gpqa_diamond=0.4120\n");
	text_free(&heard.log);

	hear_shared("fixtures/reports/E02_lighteval-results.json", "r.json", &heard);
	heard_line(&heard, "run acme/light-8b bfloat16 -1 mmlu_abstract_algebra=0.3100 ifeval=55.0000\n");
	text_free(&heard.log);

	hear_shared("fixtures/reports/S05_samples-fraction-metric/acme__s-8b/samples_truthfulqa_mc2_2025-12-01T10-00-00.000001.jsonl",
		    "acme__s-8b/samples_truthfulqa_mc2_2025-12-01T10-00-00.000001.jsonl", &heard);
	heard_line(&heard, "run acme/s-8b - -1 truthfulqa_mc2=0.3750\n");
	assert_int_equal(heard.count[RECORD_OUTCOMES], 0);
	text_free(&heard.log);

	hear_shared("fixtures/lm-eval/gpt_oss_20b_mxfp4/results_2026-05-17T13-25-31.291152.json", "r.json", &heard);
	heard_line(&heard, "run gpt_oss_20b_mxfp4 - 1 gsm8k=0.0500 gsm8k:flexible-extract=0.8800\n");
	heard_line(&heard, "strict-match, task version 3, limit 100 - limited ");
	text_free(&heard.log);

	hear_shared("fixtures/lm-eval/v0.3__llama-7b.json", "r.json", &heard);
	heard_line(&heard, "score jsquad-1.1-0.3 34.4665 percent 2 ");
	heard_line(&heard, "score jcommonsenseqa-1.1-0.3 0.2761 fraction 3 +-0.0134 ");
	text_free(&heard.log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_task_has_its_main_metric),
		cmocka_unit_test(groups_are_suites),
		cmocka_unit_test(version_0_3_is_read),
		cmocka_unit_test(other_shots_are_another_benchmark),
		cmocka_unit_test(odd_values_lose_only_themselves),
		cmocka_unit_test(what_programs_built_on_it_write),
		cmocka_unit_test(models_have_one_name),
		cmocka_unit_test(lighteval_is_read),
		cmocka_unit_test(eval_results_are_read),
		cmocka_unit_test(every_eval_is_read),
		cmocka_unit_test(cards_have_any_result),
		cmocka_unit_test(what_is_written_reads_back),
		cmocka_unit_test(the_sample_files_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
