/* Readers: what each delivers, what it refuses, and mergekit there and back. */
#include "formats.h"

#include <math.h>
#include <zlib.h>

#include "stemma/base/memory.h"
#include "stemma/formats/mergekit.h"

/* ---- tables ------------------------------------------------------------------------------------- */

static void csv_corners(void **state)
{
	(void)state;
	struct heard heard;
	enum format format;
	struct error error = {0};

	/* BOM, CRLF, quotes, a comma and a line end in a field, no final newline. */
	assert_int_equal(read_text("\xEF\xBB\xBF" "child,parent,relation,weight,method,source\r\n"
				   "a/b,\"c/d\",merge,0.25,\"ties\",card\r\n"
				   "\r\n"
				   "\"a/\nb\",c/d,merge,,,card\r\n"
				   "a/x,c/d,\"mer\"\"ge\",,,card\r\n"
				   "a/y,c/d,merge,-1,,card\r\n"
				   "a/z,a/z,merge,,,card\r\n"
				   "a/q,c/d,finetune,,,\n"
				   "a/cut-o", &heard, &format, &error), STATUS_OK);
	assert_int_equal(format, FORMAT_EDGES_CSV);
	heard_line(&heard, "edge a/b < c/d merge 0.2500 declared card-list\n");
	heard_line(&heard, "reject 4:1 \"a/\nb\" is not a model's name");
	heard_line(&heard, "edge a/x < c/d unknown nan declared card-list\n");
	heard_line(&heard, "reject 7:15 weight \"-1\" is not a number from 0 to 1,000,000\n");
	heard_line(&heard, "reject 8:5 a/z is given as its own parent\n");
	heard_line(&heard, "edge a/q < c/d finetune nan user user\n");
	heard_line(&heard, "reject 10:0 1 field where the header has 6; is the file cut off?\n");
	assert_int_equal(heard.count[RECORD_EDGE], 3);
	text_free(&heard.log);

	assert_int_equal(read_text("child,parent\na/b,\"c/d\n", &heard, &format, &error), STATUS_DATA);
	assert_int_equal(error.line, 2);
	assert_non_null(strstr(error.message, "not closed"));
	text_free(&heard.log);
}

static void edges_keep_trust(void **state)
{
	(void)state;
	struct heard heard;
	enum format format;
	struct error error = {0};

	assert_int_equal(read_text("child,parent,relation,sources,direct\n"
				   "a/b,c/d,merge,hub;registry,1\n"
				   "a/e,c/d,finetune,registry,1\n"
				   "a/f,c/d,root_gen2,lb_root,0\n"
				   "a/g,c/d,variant:size,registry,1\n"
				   "a/h,c/d,variant:training_stage,registry,1\n", &heard, &format, &error), STATUS_OK);
	heard_line(&heard, "edge a/b < c/d merge nan declared hub-list\n");
	heard_line(&heard, "edge a/e < c/d finetune nan listed registry\n");
	heard_line(&heard, "edge a/f < c/d unknown nan root lb_root\n");
	heard_line(&heard, "edge a/g < c/d size nan listed registry\n");
	heard_line(&heard, "edge a/h < c/d stage nan listed registry\n");
	text_free(&heard.log);
}

#define CONTENTS_HEADER "eval_name,Precision,Type,T,Architecture,fullname,Model sha,Hub License,Hub \u2764\uFE0F," \
	"#Params (B),MoE,Flagged,Chat Template,IFEval Raw,IFEval,BBH,MATH Lvl 5,GPQA,MUSR,MMLU-PRO," \
	"Upload To Hub Date,Submission Date,Base Model\n"

static void contents_and_their_scoring(void **state)
{
	(void)state;
	struct heard heard;
	enum format format;
	struct error error = {0};
	static const char row[] = "x,bfloat16,\U0001F91D merges,\U0001F91D,LlamaForCausalLM,org/m,abc,mit,7,-1,False,True,True,"
				  "0.5,50,1,2,3,4,high,2024-05-01,2024-06-01,root/base\n";
	static const char canary_new[] = "y,float16,\U0001F4AC,\U0001F4AC,Gemma2ForCausalLM,google/gemma-2-9b-it,abc,gemma,7,9.2,"
					 "False,False,True,0.7,70,1,19.4864,3,4,5,2024-05-01,2024-06-01,Removed\n";
	static const char canary_old[] = "y,float16,\U0001F4AC,\U0001F4AC,Gemma2ForCausalLM,google/gemma-2-9b-it,abc,gemma,7,9.2,"
					 "False,False,True,0.7,70,1,0.23,3,4,5,2024-05-01,2024-06-01,google/gemma-2-9b-it\n";
	char text[4096];

	snprintf(text, sizeof text, "%s%s%s", CONTENTS_HEADER, row, canary_new);
	assert_int_equal(read_text(text, &heard, &format, &error), STATUS_OK);
	assert_int_equal(format, FORMAT_CONTENTS_CSV);
	heard_line(&heard, "model org/m LlamaForCausalLM nan mit merge 2024-05-01\n");
	heard_line(&heard, "edge org/m < root/base unknown nan root leaderboard-root\n");
	heard_line(&heard, "run org/m bfloat16 1 ifeval=50.0000 bbh=1.0000 math_lvl_5=2.0000 gpqa=3.0000 musr=4.0000 flagged\n");
	heard_line(&heard, "MMLU-PRO \"high\" is not a number");
	assert_int_equal(heard.count[RECORD_EDGE], 1);
	text_free(&heard.log);

	snprintf(text, sizeof text, "%s%s%s", CONTENTS_HEADER, row, canary_old);
	assert_int_equal(read_text(text, &heard, &format, &error), STATUS_OK);
	heard_line(&heard, "math_lvl_5_2024=2.0000");
	assert_null(strstr(text_string(&heard.log), "math_lvl_5="));
	text_free(&heard.log);

	snprintf(text, sizeof text, "%s%s", CONTENTS_HEADER, row);
	assert_int_equal(read_text(text, &heard, &format, &error), STATUS_OK);
	heard_line(&heard, "math_lvl_5_2024=2.0000");
	heard_line(&heard, "no known model tells which MATH scoring this file has");
	text_free(&heard.log);
}

static void models_with_any_benchmarks(void **state)
{
	(void)state;
	struct heard heard;
	enum format format;
	struct error error = {0};

	assert_int_equal(read_text("model,kind,params_b,chat_template,ifeval,mmlu_pro\n"
				   "me/one,chat,7.2,yes,51.5,\n"
				   "me/two,,,,high,3\n"
				   "me/three,pretrained,,,,\n", &heard, &format, &error), STATUS_OK);
	assert_int_equal(format, FORMAT_MODELS_CSV);
	heard_line(&heard, "model me/one - 7.200 - chat -\nrun me/one - 1 ifeval=51.5000\n");
	heard_line(&heard, "reject 3:11 ifeval \"high\" is not a number\nmodel me/two - nan - unknown -\nrun me/two - -1 mmlu_pro=3.0000\n");
	heard_line(&heard, "model me/three - nan - pretrained -\n");
	assert_int_equal(heard.count[RECORD_EVALUATION], 2);
	text_free(&heard.log);
}

static void single_answers(void **state)
{
	(void)state;
	struct heard heard;
	enum format format;
	struct error error = {0};
	struct text wide = {0};

	assert_int_equal(read_text("model,math:7,math:8,math:9\na/one,1,0,1\na/two,0.0,1.0,1\n"
				   "a/three,1,,0\na/four,1,0\nnot a name,1,1,1\n", &heard, &format, &error), STATUS_OK);
	assert_int_equal(format, FORMAT_OUTCOMES_CSV);
	heard_line(&heard, "answers a/one math 3 101\n");
	heard_line(&heard, "answers a/two math 3 011\n");
	heard_line(&heard, "the answer to math:8 is \"\", not 0 or 1");
	heard_line(&heard, "3 fields where the header has 4");
	assert_int_equal(heard.rejected, 3);
	text_free(&heard.log);

	/* Named by the file, and wider than a word and than a row of scores. */
	text_append(&wide, "model");
	for (int i = 0; i < 1000; i++)
		text_append_format(&wide, ",%d", i);
	text_append(&wide, "\na/one");
	for (int i = 0; i < 1000; i++)
		text_append_format(&wide, ",%d", i % 7 == 0);
	assert_int_equal(read_text(text_string(&wide), &heard, &format, &error), STATUS_OK);
	heard_line(&heard, "answers a/one test 1000 1000000100000010000001");
	text_free(&heard.log);
	text_free(&wide);
}

/* What the path and the lines of lm-evaluation-harness tell. */
static void harness_samples(void **state)
{
	(void)state;
	static const char path[] = "runs/own.er__Model-7B/samples_leaderboard_bbh_snarks_2025-01-27T10-10-36.877664.jsonl";
	struct heard heard;
	enum format format;
	struct error error = {0};

	/* Another filter is passed over, of a repeated answer the last one counts. */
	assert_int_equal(read_named("{\"doc_id\": 0, \"filter\": \"strict\", \"acc\": 0, \"acc_norm\": 1.0}\n"
				    "{\"doc_id\": 2, \"filter\": \"strict\", \"acc_norm\": true}\n"
				    "{\"doc_id\": 2, \"filter\": \"loose\", \"acc_norm\": 0}\n"
				    "{\"doc_id\": 1, \"filter\": \"strict\", \"acc_norm\": 1}\n"
				    "{\"doc_id\": 1, \"filter\": \"strict\", \"acc_norm\": 0}\n", path, &heard, &format, &error),
			 STATUS_OK);
	assert_int_equal(format, FORMAT_SAMPLES_JSONL);
	heard_line(&heard, "answers own.er/Model-7B bbh_snarks 3 101\n");
	text_free(&heard.log);

	assert_int_equal(read_named("{\"doc_id\": 0, \"metrics\": [\"math_verify\"], \"math_verify\": 1}\n"
				    "{\"doc_id\": 2, \"exact_match\": 0.5}\n{\"doc_id\": 3, \"exact_match\": 1}\n{broken\n"
				    "{\"doc_id\": \"x\", \"acc\": 1}\n{\"doc_id\": 4}\n", path, &heard, &format, &error),
			 STATUS_OK);
	heard_line(&heard, "warning 0:0 1 of 3 answers are fractions: their mean is taken as a score of bbh_snarks");
	heard_line(&heard, " bbh_snarks=0.8333f~0.1667[mean of 3 answers]limited\n");
	heard_line(&heard, "reject 4:7 not a JSON object");
	heard_line(&heard, "reject 5:0 expected a \"doc_id\"");
	heard_line(&heard, "reject 6:0 none of acc_norm");
	assert_int_equal(heard.count[RECORD_OUTCOMES], 0);
	text_free(&heard.log);

	assert_int_equal(read_named("{\"doc_id\": 0, \"acc\": 1}\n{\"doc_id\": 2, \"acc\": 0}\n{\"doc_id\": 1, \"acc\": 7}\n", path,
				    &heard, &format, &error), STATUS_OK);
	heard_line(&heard, "reject 3:0 the answer by acc is not from 0 to 1\n");
	heard_line(&heard, "answers own.er/Model-7B bbh_snarks 3 1-0\n"); /* the others are some of the questions */
	assert_int_equal(heard.count[RECORD_EVALUATION], 0);
	text_free(&heard.log);

	assert_int_equal(read_named("{\"doc_id\": 0, \"acc\": 1}\n", "here/samples_x_2025-01-27.jsonl", &heard, &format, &error),
			 STATUS_DATA);
	assert_non_null(strstr(error.message, "of which model"));
	text_free(&heard.log);
	error = (struct error){0};
	assert_int_equal(read_named("{\"doc_id\": 0, \"acc\": 1}\n", "o__n/answers.jsonl", &heard, &format, &error), STATUS_DATA);
	assert_non_null(strstr(error.message, "of which task"));
	text_free(&heard.log);
}

/* ---- Hub metadata ----------------------------------------------------------------------------------- */

static void hub_parents(void **state)
{
	(void)state;
	struct heard heard;
	enum format format;
	struct error error = {0};

	assert_int_equal(read_text(
		"{\"id\":\"o/merged\",\"tags\":[\"merge\"],\"createdAt\":\"2024-03-01T05:57:44.000Z\",\"params\":7241732096,"
		"\"baseModels\":{\"relation\":\"merge\",\"models\":[\"p/a\",{\"id\":\"p/b\"}]},"
		"\"card\":{\"license\":\"mit\",\"base_model\":[\"P/A\",\"p/c\",\"merge\",\"o/merged\",\"p/c\"]}}\n"
		"{\"id\":\"o/tuned\",\"baseModels\":{\"relation\":\"finetune\",\"models\":[\"p/new\"]},"
		"\"card\":{\"base_model\":\"p/old\"}}\n"
		"{broken\n"
		"{\"id\":\"not a name\"}\n", &heard, &format, &error), STATUS_OK);
	assert_int_equal(format, FORMAT_HUB_JSONL);
	heard_line(&heard, "model o/merged - 7.242 mit merge 2024-03-01\n");
	heard_line(&heard, "edge o/merged < p/a merge nan declared hub\n");
	heard_line(&heard, "edge o/merged < p/b merge nan declared hub\n");
	heard_line(&heard, "edge o/merged < p/c merge nan declared hubcard\n");
	heard_line(&heard, "parent \"merge\" is not a model's name");
	heard_line(&heard, "alias p/old = p/new\nedge o/tuned < p/new finetune nan declared hub\n");
	heard_line(&heard, "reject 3:");
	heard_line(&heard, "reject 4:0 id \"not a name\"");
	assert_int_equal(heard.count[RECORD_EDGE], 4);
	text_free(&heard.log);
}

/* ---- mergekit ---------------------------------------------------------------------------------------- */

static void recipe_of(const char *text, struct merge_recipe *recipe, struct heard *heard)
{
	struct record_sink sink = sink_of(heard);
	struct error error = {0};

	*heard = (struct heard){0};
	if (merge_recipe_read(text, strlen(text), "m.yml", &sink, recipe, &error) != STATUS_OK)
		fail_msg("%s", error.message);
}

static void share_is(const struct merge_recipe *recipe, const char *name, double share)
{
	for (size_t i = 0; i < recipe->parent_count; i++)
		if (strcmp(recipe->parents[i].name, name) == 0) {
			if (fabs(recipe->parents[i].share - share) > 5e-5)
				fail_msg("%s has %.6f, not %.6f", name, recipe->parents[i].share, share);
			return;
		}
	fail_msg("%s is no parent", name);
}

/* Shares worked out by hand from formats.md §3. */
static void shares_by_hand(void **state)
{
	(void)state;
	static const struct {
		const char *yaml;
		struct { const char *name; double share; } parents[4];
	} cases[] = {
		{"merge_method: linear\nmodels:\n- model: a/a\n  parameters: {weight: 1}\n- model: a/b\n  parameters: {weight: 3}\n",
		 {{"a/a", 0.25}, {"a/b", 0.75}}},
		{"merge_method: slerp\nbase_model: a/a\nmodels: [{model: a/a}, {model: a/b}]\nparameters: {t: 0.3}\n",
		 {{"a/a", 0.7}, {"a/b", 0.3}}},
		/* gradient over two layers: t = 0 and 1 */
		{"merge_method: slerp\nbase_model: a/a\nslices:\n- sources:\n  - {model: a/a, layer_range: [0, 2]}\n"
		 "  - {model: a/b, layer_range: [0, 2]}\nparameters:\n  t: [0, 1]\n", {{"a/a", 0.5}, {"a/b", 0.5}}},
		/* conditions: attention (a third) at 0, the rest at 0.6 */
		{"merge_method: slerp\nbase_model: a/a\nmodels: [{model: a/a}, {model: a/b}]\nparameters:\n  t:\n"
		 "  - {filter: self_attn, value: 0}\n  - value: 0.6\n", {{"a/a", 0.6}, {"a/b", 0.4}}},
		{"merge_method: task_arithmetic\nbase_model: a/base\nmodels:\n- {model: a/a, parameters: {weight: 0.4}}\n"
		 "- {model: a/b, parameters: {weight: 0.2}}\n", {{"a/a", 0.4}, {"a/b", 0.2}, {"a/base", 0.4}}},
		/* more than the whole difference: normalised, nothing left for the base */
		{"merge_method: dare_ties\nbase_model: a/base\nmodels:\n- {model: a/a, parameters: {weight: 1.5}}\n"
		 "- {model: a/b, parameters: {weight: 0.5}}\n", {{"a/a", 0.75}, {"a/b", 0.25}, {"a/base", 0}}},
		{"merge_method: ties\nbase_model: a/base\nmodels:\n- {model: a/a, parameters: {weight: 0.3}}\n"
		 "- {model: a/b, parameters: {weight: 0.1}}\n", {{"a/a", 0.75}, {"a/b", 0.25}, {"a/base", 0}}},
		/* model_stock of two: 2*0.3/1.3 shared */
		{"merge_method: model_stock\nbase_model: a/base\nmodels: [{model: a/a}, {model: a/b}]\n",
		 {{"a/a", 0.230769}, {"a/b", 0.230769}, {"a/base", 0.538462}}},
		/* passthrough: 24 + 8 layers */
		{"merge_method: passthrough\nslices:\n- sources: [{model: a/a, layer_range: [0, 24]}]\n"
		 "- sources: [{model: a/b, layer_range: [16, 24]}]\n", {{"a/a", 0.75}, {"a/b", 0.25}}},
		/* a negative weight counts by its size */
		{"merge_method: task_arithmetic\nbase_model: a/base\nmodels:\n- {model: a/a, parameters: {weight: 0.5}}\n"
		 "- {model: a/b, parameters: {weight: -0.25}}\n", {{"a/a", 0.5}, {"a/b", 0.25}, {"a/base", 0.25}}},
		/* references with revision and adapter */
		{"merge_method: linear\nparameters: {weight: 1}\nmodels: [{model: a/a@main}, {model: a/b+x/lora}]\n",
		 {{"a/a", 0.5}, {"a/b+x/lora", 0.5}}},
		/* stages: a quarter of each of two, half of the third */
		{"name: first\nmerge_method: linear\nparameters: {weight: 1}\nmodels: [{model: a/a}, {model: a/b}]\n---\n"
		 "merge_method: linear\nparameters: {weight: 1}\nmodels: [{model: ./intermediates/first}, {model: a/c}]\n",
		 {{"a/a", 0.25}, {"a/b", 0.25}, {"a/c", 0.5}}},
		/* experts share two thirds */
		{"base_model: a/base\ngate_mode: hidden\nexperts:\n- source_model: a/a\n- source_model: a/b\n",
		 {{"a/base", 1.0 / 3}, {"a/a", 1.0 / 3}, {"a/b", 1.0 / 3}}},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct merge_recipe recipe;
		struct heard heard;
		double sum = 0;
		recipe_of(cases[i].yaml, &recipe, &heard);
		for (size_t p = 0; p < 4 && cases[i].parents[p].name; p++)
			share_is(&recipe, cases[i].parents[p].name, cases[i].parents[p].share);
		for (size_t p = 0; p < recipe.parent_count; p++)
			sum += recipe.parents[p].share;
		assert_true(fabs(sum - 1) < 1e-9);
		merge_recipe_free(&recipe);
		text_free(&heard.log);
	}
}

static void ignored_keys_are_told(void **state)
{
	(void)state;
	struct merge_recipe recipe;
	struct heard heard;

	recipe_of("merge_method: linear\ndype: bfloat16\nmodels:\n- model: a/a\n  parameters: {wieght: 1}\n"
		  "- model: a/b\n  revision: x\nparameters: {nomalize: true}\n", &recipe, &heard);
	heard_line(&heard, "warning 2:1 mergekit ignores the key \"dype\"; is \"dtype\" meant?");
	heard_line(&heard, "warning 5:16 mergekit ignores the key \"wieght\"; is \"weight\" meant?");
	heard_line(&heard, "warning 7:3 mergekit ignores the key \"revision\" here");
	heard_line(&heard, "mergekit ignores the key \"nomalize\"; is \"normalize\" meant?");
	assert_true(recipe.assumed);
	merge_recipe_free(&recipe);
	text_free(&heard.log);
}

static void what_is_written_reads_back(void **state)
{
	(void)state;
	static const char *const models[] = {"own-er/Model_1.5", "b/b", "c/true"};
	static const double weights[] = {0.1234567890123, 0.5, 0.3765432109877};
	static const char *const comments[] = {"stemma: a test"};

	for (enum merge_method method = 0; method < MERGE_METHOD_COUNT; method++) {
		const struct merge_method_info *info = merge_method_info(method);
		struct text text = {0};
		struct heard heard;
		struct merge_recipe recipe;
		double shares[3], base_share;
		if (info->reduction == REDUCE_LAYERS)
			continue; /* layers, not models */
		size_t count = info->parents_max == 1 ? 2 : info->parents_max == 2 ? 2 : 3;
		bool inside = info->parents_max == 1; /* the base is one of the two */
		struct merge_writing writing = {
			.method = method, .count = count, .models = models, .weights = weights,
			.base = !info->needs_base ? NULL : inside ? models[0] : "base/base",
			.dtype = "bfloat16", .comments = comments, .comment_count = 1,
		};
		merge_recipe_write(&text, &writing);
		assert_int_equal(strncmp(text_string(&text), "# stemma: a test\n", 17), 0);
		recipe_of(text_string(&text), &recipe, &heard);
		assert_int_equal(heard.warned, 0);
		assert_int_equal(recipe.known_method, method);
		assert_string_equal(recipe.dtype, "bfloat16");
		double scaled[3] = {weights[0], weights[1], weights[2]};
		if (info->reduction == REDUCE_SLERP)
			scaled[1] = weights[1] / (weights[0] + weights[1]);
		merge_shares(method, count, scaled, inside ? 0 : -1, 1, shares, &base_share);
		for (size_t i = 0; i < count; i++)
			share_is(&recipe, models[i], shares[i]);
		if (info->needs_base && !inside)
			share_is(&recipe, "base/base", base_share);
		merge_recipe_free(&recipe);
		text_free(&heard.log);
		text_free(&text);
	}
}

/* ---- what must be refused --------------------------------------------------------------------------------- */

static void refused_with_a_place(void **state)
{
	(void)state;
	static const struct {
		const char *text, *message;
		long line;
	} cases[] = {
		{"", "the file is empty", 0},
		{"hello world\n", "not recognised; it begins with \"hello world\"", 1},
		{"merge_method: ties\nmodels:\n\t- a\n", "not YAML", 3},
		{"merge_method: ties\n", "the merge names no models", 1},
		{"models: [{model: a/a}]\nmerge_method:\n", "the key merge_method is missing", 1},
		{"name: a\nmerge_method: linear\nmodels: [{model: b}]\n---\nname: b\nmerge_method: linear\nmodels: [{model: a}]\n"
		 "---\nmerge_method: linear\nmodels: [{model: a}]\n", "in a circle", 9},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct heard heard;
		enum format format;
		struct error error = {0};
		assert_int_equal(read_text(cases[i].text, &heard, &format, &error), STATUS_DATA);
		if (!strstr(error.message, cases[i].message))
			fail_msg("\"%s\" lacks \"%s\"", error.message, cases[i].message);
		assert_int_equal(error.line, cases[i].line);
		text_free(&heard.log);
	}
}

static void broken_files(void **state)
{
	(void)state;
	char path[] = "/tmp/stemma-test-XXXXXX";
	struct heard heard = {0};
	struct record_sink sink = sink_of(&heard);
	struct error error = {0};
	enum format format;
	unsigned char bytes[4096];
	int file = mkstemp(path);

	assert_true(file >= 0);
	close(file);
	gzFile zipped = gzopen(path, "wb");
	gzputs(zipped, "child,parent,relation\n");
	for (int i = 0; i < 20000; i++)
		gzprintf(zipped, "a/m%d,b/m%d,merge\n", i, i * 7919 % 20011);
	gzclose(zipped);
	assert_int_equal(reader_read(path, &sink, &format, &error), STATUS_OK);
	assert_int_equal(heard.count[RECORD_EDGE], 20000);
	FILE *whole = fopen(path, "rb");
	size_t length = fread(bytes, 1, sizeof bytes, whole);
	fclose(whole);
	FILE *part = fopen(path, "wb");
	fwrite(bytes, 1, length / 2, part);
	fclose(part);
	assert_int_equal(reader_read(path, &sink, &format, &error), STATUS_IO);
	assert_non_null(strstr(error.message, "ends too early"));
	error_clear(&error);
	unlink(path);
	assert_int_equal(reader_read(path, &sink, &format, &error), STATUS_NO_INPUT);
	assert_string_equal(error.file, path);
	error_clear(&error);
	assert_int_equal(reader_read("/", &sink, &format, &error), STATUS_IO);
	text_free(&heard.log);
}

/* ---- the reference data ------------------------------------------------------------------------------------ */

static void real_files(void **state)
{
	(void)state;
	static const struct {
		const char *file;
		enum format format;
		size_t models, edges, runs, aliases, rejected;
	} files[] = {
		{"data/openllm-v2/contents.csv.gz", FORMAT_CONTENTS_CSV, 3388, 539, 3388, 0, 0},
		{"data/openllm-v2/scores.csv", FORMAT_SCORES_CSV, 3387, 0, 3387, 0, 0},
		{"data/lineage/lineage_edges.csv", FORMAT_EDGES_CSV, 0, 6653, 0, 0, 0},
		{"data/lineage/hub_stats_frozen.jsonl.gz", FORMAT_HUB_JSONL, 4167, 5584, 0, 51, 0},
		{"data/lineage/hub_renames.csv", FORMAT_RENAMES_CSV, 0, 0, 0, 279, 0},
	};
	char path[1024];

	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct heard heard = {0};
		struct record_sink sink = sink_of(&heard);
		struct error error = {0};
		enum format format;
		shared_file(path, sizeof path, files[i].file);
		assert_int_equal(reader_read(path, &sink, &format, &error), STATUS_OK);
		assert_int_equal(format, files[i].format);
		assert_int_equal(heard.count[RECORD_MODEL], files[i].models);
		assert_int_equal(heard.count[RECORD_EDGE], files[i].edges);
		assert_int_equal(heard.count[RECORD_EVALUATION], files[i].runs);
		assert_int_equal(heard.count[RECORD_ALIAS], files[i].aliases);
		assert_int_equal(heard.rejected, files[i].rejected);
		/* Known models tell that this is the new scoring, without a guess. */
		assert_null(strstr(text_string(&heard.log), "math_lvl_5_2024"));
		assert_null(strstr(text_string(&heard.log), "MATH scoring"));
		text_free(&heard.log);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(csv_corners),
		cmocka_unit_test(edges_keep_trust),
		cmocka_unit_test(contents_and_their_scoring),
		cmocka_unit_test(models_with_any_benchmarks),
		cmocka_unit_test(single_answers),
		cmocka_unit_test(harness_samples),
		cmocka_unit_test(hub_parents),
		cmocka_unit_test(shares_by_hand),
		cmocka_unit_test(ignored_keys_are_told),
		cmocka_unit_test(what_is_written_reads_back),
		cmocka_unit_test(refused_with_a_place),
		cmocka_unit_test(broken_files),
		cmocka_unit_test(real_files),
	};
	return cmocka_run_group_tests_name("formats", tests, NULL, NULL);
}
