/* Tables: how they are split and encoded, what their columns and cells mean. */
#include "formats.h"

#include <math.h>

struct reading {
	struct heard heard;
	enum format format;
	struct error error;
};

static void read_as(struct reading *reading, enum format format, const char *text)
{
	if (read_text(text, &reading->heard, &reading->format, &reading->error) != STATUS_OK)
		fail_msg("%s", reading->error.message);
	assert_int_equal(reading->format, format);
}

static void hears(struct reading *reading, const char *line)
{
	heard_line(&reading->heard, line);
}

static void hears_all(struct reading *reading, const char *log)
{
	assert_string_equal(text_string(&reading->heard.log), log);
	text_free(&reading->heard.log);
}

/* ---- delimiters, encodings, numbers -------------------------------------------------------------- */

#define TWO_MODELS \
	"model acme/a - nan - unknown -\nrun acme/a - -1 ifeval=55.1000 bbh=40.0000\n" \
	"model acme/b - nan - unknown -\nrun acme/b - -1 ifeval=50.0000 bbh=30.5000\n"

static void delimiters(void **state)
{
	(void)state;
	static const char *const tables[] = {
		"model,ifeval,bbh\nacme/a,55.1,40\nacme/b,50,30.5\n",
		"model;ifeval;bbh\nacme/a;55,1;40,0\nacme/b;50,0;30,5\n",
		"model\tifeval\tbbh\nacme/a\t55.1\t40\nacme/b\t50\t30.5\n",
		"model\tifeval\tbbh\r\nacme/a\t55,1\t40\r\nacme/b\t50\t30,5",
		"model,ifeval,bbh\nacme/a,\"55,1\",40\nacme/b,50,\"30,5\"\n",
		"model,ifeval,bbh\racme/a,55.1,40\racme/b,50,30.5\r",
		"sep=;\r\nmodel;ifeval;bbh\r\nacme/a;55,1;40\r\nacme/b;50;30,5\r\n",
		"\xEF\xBB\xBFsep=;\nmodel;ifeval;bbh\nacme/a;55,1;40\nacme/b;50;30,5\n",
		"\xEF\xBB\xBFmodel;ifeval;bbh\nacme/a;55,1;40\nacme/b;50;30,5\n",
		"\n\n\"model\";\"ifeval\";\"bbh\"\n\"acme/a\";\"55,1\";\"40\"\n\"acme/b\";\"50\";\"30,5\"\n",
		/* a blank around, per cent, an address, fields behind the last that are empty */
		"model,ifeval,bbh\n acme/a , 55.1 ,40,,\nhttps://huggingface.co/acme/b/,50.0,30.50\n",
	};

	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
		struct reading reading;
		read_as(&reading, FORMAT_MODELS_CSV, tables[i]);
		hears_all(&reading, TWO_MODELS);
	}
}

/* A title with commas splits no header. */
static void titles_with_delimiters(void **state)
{
	(void)state;
	struct reading reading;

	read_as(&reading, FORMAT_MODELS_CSV, "model;Law, ethics, and more, in short;x\nacme/a;12,5;3\n");
	hears_all(&reading, "model acme/a - nan - unknown -\n"
		  "run acme/a - -1 Law, ethics, and more, in short=12.5000 x=3.0000\n");
	read_as(&reading, FORMAT_MODELS_CSV, "model,\"a;b;c;d\"\nacme/a,3\n");
	hears_all(&reading, "model acme/a - nan - unknown -\nrun acme/a - -1 a;b;c;d=3.0000\n");
}

/* UTF-16 of an ASCII text, with its mark; the caller frees. */
static char *utf16_of(const char *text, bool big, size_t *length)
{
	char *out = test_malloc(2 * strlen(text) + 2);

	*length = 0;
	for (const char *next = text - 1; next == text - 1 || *next; next++) {
		unsigned int unit = next < text ? 0xFEFF : (unsigned char)*next;
		out[(*length)++] = (char)(big ? unit >> 8 : unit & 0xFF);
		out[(*length)++] = (char)(big ? unit & 0xFF : unit >> 8);
	}
	return out;
}

static void utf16(void **state)
{
	(void)state;
	struct text wide = {0};
	struct reading reading;
	size_t length;

	for (int big = 0; big < 2; big++) {
		char *bytes = utf16_of("model\tifeval\tbbh\r\nacme/a\t55,1\t40\r\nacme/b\t50\t30,5\r\n", big, &length);
		assert_int_equal(read_bytes(bytes, length, "x.txt", &reading.heard, &reading.format, &reading.error),
				 STATUS_OK);
		hears_all(&reading, TWO_MODELS);
		test_free(bytes);
	}
	/* Longer than what is decoded at once, and a character outside the first plane. */
	text_append(&wide, "model,ifeval,note\n");
	for (int i = 0; i < 20000; i++)
		text_append_format(&wide, "acme/m%d,%d.5,none\n", i, i % 90);
	char *bytes = utf16_of(text_string(&wide), false, &length);
	memcpy(bytes + length - 10, "\x3D\xD8\x00\xDE\x3D\xD8", 6); /* a whole pair, and half of one */
	assert_int_equal(read_bytes(bytes, length, "x.txt", &reading.heard, &reading.format, &reading.error), STATUS_OK);
	assert_int_equal(reading.heard.count[RECORD_MODEL], 20000);
	hears(&reading, "run acme/m19998 - -1 ifeval=18.5000\n");
	hears(&reading, "model acme/m19999 - nan - unknown - note=\U0001F600\uFFFDe\n");
	test_free(bytes);
	text_free(&wide);
	text_free(&reading.heard.log);
}

static void windows_1252(void **state)
{
	(void)state;
	struct reading reading;

	read_as(&reading, FORMAT_MODELS_CSV, "model;Qualit\xE9;provider\nacme/a;55,1;Soci\xE9t\xE9 \x80\nacme/b;50;\u00C9\n");
	hears_all(&reading, "warning 1:0 not UTF-8; taken as Windows-1252 (Latin-1)\n"
		  "model acme/a - nan - unknown - provider=Soci\u00E9t\u00E9 \u20AC\n"
		  "run acme/a - -1 Qualit\u00E9=55.1000\n"
		  "model acme/b - nan - unknown - provider=\u00C9\nrun acme/b - -1 Qualit\u00E9=50.0000\n");
}

static void numbers(void **state)
{
	(void)state;
	static const struct {
		const char *cell, *heard; /* heard NULL: missing */
	} cells[] = {
		{"55", "=55.0000"}, {"-3.5", "=-3.5000"}, {"1e2", "=100.0000"}, {"+7", "=7.0000"}, {".5", "=0.5000"},
		{"67.6%", "=67.6000%"}, {"67.6 %", "=67.6000%"}, {"55.1 \u00B1 0.3", "=55.1000~0.3000"},
		{"55.1+/-0.3", "=55.1000~0.3000"}, {"55.1\u00B10.3%", "=55.1000%~0.3000"},
		{"55,1", "=55.1000"}, {"1.255,5", "=1255.5000"}, {"1,255.5", "=1255.5000"},
		{"1,255,301", "=1255301.0000"}, {"0,912", "=0.9120"},
		{"", NULL}, {"N/A", NULL}, {"n/a", NULL}, {"-", NULL}, {"nan", NULL}, {"NaN", NULL}, {"\u00B7", NULL},
		{"\u2013", NULL}, {"null", NULL}, {" - ", NULL},
	};
	static const char *const broken[] = {"high", "inf", "0x10", "5 5", "1.2.3", "1,2,3", "55.1 \u00B1 x", "%", "--3"};
	struct reading reading;
	char text[256], line[64];

	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
		/* A second model keeps the column from being one of words or of fractions. */
		snprintf(text, sizeof text, "model;x;y\nacme/a;%s;1\nacme/b;20;3\n", cells[i].cell);
		read_as(&reading, FORMAT_MODELS_CSV, text);
		snprintf(line, sizeof line, "run acme/a - -1%s%s y=1.0000\n", cells[i].heard ? " x" : "",
			 cells[i].heard ? cells[i].heard : "");
		hears(&reading, line);
		assert_int_equal(reading.heard.rejected + reading.heard.warned, 0);
		text_free(&reading.heard.log);
	}
	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
		snprintf(text, sizeof text, "model;x;y\nacme/a;%s;1\nacme/b;20;3\n", broken[i]);
		read_as(&reading, FORMAT_MODELS_CSV, text);
		snprintf(line, sizeof line, "reject 2:8 x \"%s\" is not a number\n", broken[i]);
		hears(&reading, line);
		hears(&reading, "run acme/a - -1 y=1.0000\n");
		assert_int_equal(reading.heard.rejected, 1);
		text_free(&reading.heard.log);
	}
}

/* In quotes between commas "1,255" is one thousand, "55,125" alone is not. */
static void thousands(void **state)
{
	(void)state;
	struct reading reading;

	read_as(&reading, FORMAT_MODELS_CSV, "model,elo,y\nacme/a,\"1,255\",\"55,125\"\nacme/b,990,\"40,5\"\n");
	hears_all(&reading, "model acme/a - nan - unknown -\nrun acme/a - -1 elo=1255.0000 y=55.1250\n"
		  "model acme/b - nan - unknown -\nrun acme/b - -1 elo=990.0000 y=40.5000\n");
	read_as(&reading, FORMAT_LONG_CSV, "model,benchmark,value\nacme/a,elo,\"1,255\"\nacme/b,elo,990\n");
	hears_all(&reading, "run acme/a - -1 elo=1255.0000\nrun acme/b - -1 elo=990.0000\n");
}

/* ---- columns ---------------------------------------------------------------------------------------- */

static void wide_columns(void **state)
{
	(void)state;
	struct reading reading;

	read_as(&reading, FORMAT_MODELS_CSV,
		"Rank,Model,#Params (B),Hub License,Type,Release Date,Provider,Open Weights,Team,MATH Lvl 5,"
		"gsm8k,gsm8k stderr,empty,Average,base_model\n"
		"1,acme/a,7.24,mit,instruct,2024-05-01T10:00:00Z,ACME,True,blue,12.5,70,0.5,,41,acme/base\n"
		"2,acme/b,350M,,\"chat models (RLHF, DPO, IFT, ...)\",2024-05,-,no,?,N/A,80%,,,,\n"
		"3,acme/c,many,,odd,soon,,,red,,,,,,\n");
	hears_all(&reading,
		  "warning 1:0 the column \"base_model\" is ignored; parents belong in a table of edges"
		  " (child,parent,relation)\n"
		  "warning 1:0 the column \"Team\" holds words: kept as an attribute of the models\n"
		  "model acme/a - 7.240 mit chat 2024-05-01 provider=ACME open_weights=1 team=blue\n"
		  "run acme/a - -1 MATH Lvl 5=12.5000 gsm8k=70.0000~0.5000\n"
		  "model acme/b - 0.350 - chat 2024-05-01 open_weights=0\n"
		  "run acme/b - -1 gsm8k=80.0000%\n"
		  "reject 4:10 #Params (B) \"many\" is not a number of billions\n"
		  "warning 4:20 Release Date \"soon\" is left out; expected a date YYYY-MM-DD\n"
		  "model acme/c - nan - unknown - type=odd team=red\n");
}

static void fractions_in_a_column(void **state)
{
	(void)state;
	struct reading reading;

	read_as(&reading, FORMAT_MODELS_CSV, "model,ifeval,bbh,zero\nacme/a,0.551,0.40,0\nacme/b,0.5,30.5,0\n");
	hears_all(&reading, "model acme/a - nan - unknown -\nrun acme/a - -1 ifeval=0.5510f bbh=0.4000 zero=0.0000\n"
		  "model acme/b - nan - unknown -\nrun acme/b - -1 ifeval=0.5000f bbh=30.5000 zero=0.0000\n");
	read_as(&reading, FORMAT_MODELS_CSV, "model;ifeval\nacme/a;0,551\nacme/b;\"0,5\"\n");
	hears(&reading, "run acme/a - -1 ifeval=0.5510f\n");
	hears(&reading, "run acme/b - -1 ifeval=0.5000f\n");
	text_free(&reading.heard.log);
}

static void settings_and_bases(void **state)
{
	(void)state;
	struct reading reading;

	read_as(&reading, FORMAT_MODELS_CSV,
		"model,base,variant,kind,family\nacme/a,acme/a,,reasoning,one\nacme/a--high,acme/a,high,,one\n"
		"acme/a--no-thinking,acme/a,fast,,\nacme/cut-o...,,,,\nacme/b--,,,,\nb--x/y,,,,\n");
	hears_all(&reading, "model acme/a - nan - chat - family=one reasoning=1\n"
		  "model acme/a--high - nan - unknown - base=acme/a setting=high family=one\n"
		  "model acme/a--no-thinking - nan - unknown - base=acme/a setting=no-thinking variant=fast\n"
		  "model acme/cut-o... - nan - unknown -\n"
		  "reject 6:1 \"acme/b--\" is not a model's name; expected owner/name\n"
		  "reject 7:1 \"b--x/y\" is not a model's name; expected owner/name\n");
}

/* The index of a data frame has no header; columns whose names promise more than is in them. */
static void odd_headers(void **state)
{
	(void)state;
	struct reading reading;

	read_as(&reading, FORMAT_MODELS_CSV, ",gsm8k,size,dataset\nacme/a,55,small,web\nacme/b,50,7B,\n");
	hears_all(&reading, "warning 1:0 the column \"dataset\" holds words: kept as an attribute of the models\n"
		  "model acme/a - nan - unknown - size=small dataset=web\nrun acme/a - -1 gsm8k=55.0000\n"
		  "model acme/b - 7.000 - unknown -\nrun acme/b - -1 gsm8k=50.0000\n");
	read_as(&reading, FORMAT_MODELS_CSV, "model,kind\nacme/a,odd\n");
	hears_all(&reading, "warning 2:8 kind \"odd\" is left out; expected pretrained, continued, finetuned, chat, merge,"
		  " multimodal or other\nmodel acme/a - nan - unknown -\n");
	assert_int_equal(read_text(",a,b\n1,2,3\n", &reading.heard, &reading.format, &reading.error), STATUS_DATA);
	text_free(&reading.heard.log);
}

static void twin_columns(void **state)
{
	static const char *const tables[] = {
		"model,x,X\nacme/a,2,3\n", "model,x,x\nacme/a,2,2\n", "model,Model,x\nacme/a,acme/b,3\n",
		"child,parent,parent\nacme/a,acme/b,acme/c\n", "model,benchmark,value,value\nacme/a,x,2,3\n",
		"benchmark,acme/a,acme/a\nx,2,3\n",
	};
	struct reading reading;

	(void)state;
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
		assert_int_equal(read_text(tables[i], &reading.heard, &reading.format, &reading.error), STATUS_DATA);
		assert_non_null(strstr(reading.error.message, "are both \""));
		assert_int_equal(reading.error.line, 1);
		assert_string_equal(text_string(&reading.heard.log), "");
		text_free(&reading.heard.log);
	}
	/* Columns that have no name are two things. */
	read_as(&reading, FORMAT_MODELS_CSV, "model,x,,\nacme/a,2,,\n");
	text_free(&reading.heard.log);
}

/* ---- long tables --------------------------------------------------------------------------------------- */

static void long_tables(void **state)
{
	(void)state;
	struct reading reading;

	read_as(&reading, FORMAT_LONG_CSV,
		"Source,Model,Benchmark,Value,Scale,Setup,Date,Reference\n"
		"v1,acme/a,arc,61.77,0..100,25-shot;bfloat16,,\n"
		"v1,acme/a,tqa,0.41,0..1,0-shot mc2;bfloat16,2024-05-01,https://x.org/1\n"
		"v1,acme/a,gsm8k,\"5,5\",0..100,\"shots=5;tools\",,\n"
		"v2,acme/a,elo,1255,Elo,,,\n"
		"v1,acme/b--high,mix,-3,-10..10,\"zero-shot, val\",,\n"
		"v1,acme/b--high,gsm8k,N/A,,,,\n"
		"v1,acme/b--high,gsm8k,high,,,,\n"
		"v1,acme/b--high,,3,,,,\n");
	hears_all(&reading,
		  "benchmark elo -inf..inf -|-|-|-|-|- nan -1 nan\n"
		  "run acme/a bfloat16 -1 arc=61.7700%@25 tqa=0.4100f@0[mc2](2024-05-01 https://x.org/1)\n"
		  "run acme/a - -1 gsm8k=5.5000%@5[tools]\n"
		  "run acme/a - -1 elo=1255.0000\n"
		  "benchmark mix -10..10 -|-|-|-|-|- nan -1 nan\n"
		  "reject 8:23 gsm8k \"high\" is not a number\n"
		  "reject 9:17 a benchmark is missing\n"
		  "model acme/b--high - nan - unknown - base=acme/b setting=high\n"
		  "run acme/b--high - -1 mix=-3.0000@0[val]\n");
}

static void long_tables_of_ones_own(void **state)
{
	(void)state;
	struct reading reading;

	/* Of the user's own; a column of its own for what a set-up may say, too. */
	read_as(&reading, FORMAT_LONG_CSV,
		"model;task;score;stderr;shots;precision;chat_template;harness;version;limited;flagged;metric\n"
		"acme/a;gsm8k;0,759;0,012;5;bf16;yes;lm-eval;0.4.9;;;strict\nacme/a;arc;61%;;;;;;;1;yes;\n");
	hears_all(&reading,
		  "run acme/a bf16 1 gsm8k=0.7590f~0.0120@5[strict]\nrun acme/a - -1 arc=61.0000%limited flagged\n");
	/* Which cells there are says nothing about models. */
	assert_int_equal(read_text("fold,model,benchmark\n0,acme/a,gsm8k\n", &reading.heard, &reading.format,
				   &reading.error), STATUS_DATA);
	text_free(&reading.heard.log);
}

/* ---- descriptions ---------------------------------------------------------------------------------------- */

static void descriptions(void **state)
{
	(void)state;
	struct reading reading;

	read_as(&reading, FORMAT_BENCHMARKS_CSV,
		"key,title,metric,lower,upper,chance,higher_is_better,source,instances,family,duplicate_of,alias\n"
		"arc,\"ARC, challenge\",acc_norm,0,100,25,1,openllm1,1172,arc,,\"ARC-C; arc_challenge\"\n"
		"Elo Rating,Arena,rating,,,,1,lmarena,,,elo,\n"
		"wer,Word error rate,,0,,,0,,x,,,\n"
		"bad,,,9,1,,,,,,,\n\u00B7,,,,,,,,,,,\n");
	hears_all(&reading,
		  "benchmark arc 0..100 ARC, challenge|openllm1|acc_norm|-|arc|- 25 1 1172 =ARC-C =arc_challenge\n"
		  "benchmark elo_rating -inf..inf Arena|lmarena|rating|-|-|elo nan 1 nan\n"
		  "reject 4:29 instances \"x\" is not a number\n"
		  "benchmark wer 0..inf Word error rate|-|-|-|-|- nan 0 nan\n"
		  "reject 5:7 bad goes from 9 to 1; expected a lower end below the upper one\n"
		  "reject 6:1 \"\u00B7\" makes no key of a benchmark; expected letters and digits, at most 100\n");
	read_as(&reading, FORMAT_BENCHMARKS_CSV, "key,title,percentage,suite\na,A,1,s\nb,B,0,\nc,C,,\n");
	hears_all(&reading, "benchmark a 0..100 A|s|-|-|-|- nan -1 nan\nbenchmark b -inf..inf B|-|-|-|-|- nan -1 nan\n"
		  "benchmark c nan..nan C|-|-|-|-|- nan -1 nan\n");
}

/* ---- edges, answers ---------------------------------------------------------------------------------------- */

static void edges_with_more_columns(void **state)
{
	(void)state;
	struct reading reading;

	read_as(&reading, FORMAT_EDGES_CSV,
		"child,parent,relation,source,in_shared_lineage,child_scored,parent_scored\n"
		"a/b--high,a/b,variant:setting,name,0,1,1\na/c,a/b,finetune?,inferred from names,0,1,1\n"
		"a/d,a/b,merge,registry:hub_stats,1,1,0\na/e,a/b,variant:mode,registry:tier3_inferred,1,1,0\n");
	hears_all(&reading, "edge a/b--high < a/b setting nan listed name\n"
		  "edge a/c < a/b finetune nan inferred inferred from names\n"
		  "edge a/d < a/b merge nan listed registry:hub_stats\n"
		  "edge a/e < a/b setting nan inferred registry:tier3_inferred\n");
}

static void fractional_answers(void **state)
{
	(void)state;
	struct reading reading;

	read_as(&reading, FORMAT_OUTCOMES_CSV, "model,repair:1873_A,repair:1873_B,repair:x\n"
		"acme/a,0.8,0.3,1\nacme/b,0,1.0,\nacme/c,1,1,high\n");
	hears_all(&reading, "warning 1:0 answers to repair lie between 0 and 1: their mean is kept for each model, single"
		  " answers are not\n"
		  "benchmark repair 0..1 -|-|-|-|-|- nan 1 3\n"
		  "run acme/a - -1 repair=0.7000f~0.2082\n"
		  "run acme/b - -1 repair=0.5000f~0.5000limited\n"
		  "reject 4:12 the answer to repair:x is \"high\", not from 0 to 1\n"
		  "run acme/c - -1 repair=1.0000f~0.0000limited\n");
	/* Keys of one suite are no questions. */
	read_as(&reading, FORMAT_MODELS_CSV, "model,own:law,own:tax\nacme/a,55,40\n");
	hears(&reading, "run acme/a - -1 own:law=55.0000 own:tax=40.0000\n");
	text_free(&reading.heard.log);
	read_as(&reading, FORMAT_OUTCOMES_CSV, "model,own:law,own:tax\nacme/a,1,0\n");
	hears(&reading, "answers acme/a own 2 10\n");
	text_free(&reading.heard.log);
}

/* ---- the reference data ------------------------------------------------------------------------------------ */

static void real_tables(void **state)
{
	(void)state;
	static const struct {
		const char *file;
		enum format format;
		size_t models, edges, runs, benchmarks, warned;
	} files[] = {
		{"data/manybench/scores.csv.gz", FORMAT_LONG_CSV, 176, 0, 10489, 72, 0},
		{"data/manybench/models.csv.gz", FORMAT_MODELS_CSV, 13760, 0, 0, 0, 0},
		{"data/manybench/benchmarks.csv", FORMAT_BENCHMARKS_CSV, 0, 0, 0, 1165, 0},
		{"data/manybench/edges.csv.gz", FORMAT_EDGES_CSV, 0, 4589, 0, 0, 0},
		{"data/benchpress/scores.csv", FORMAT_LONG_CSV, 0, 0, 84, 0, 0},
		{"data/benchpress/models.csv", FORMAT_MODELS_CSV, 84, 0, 0, 0, 1},
		{"data/benchpress/benchmarks.csv", FORMAT_BENCHMARKS_CSV, 0, 0, 0, 133, 0},
		{"data/instances/lcb_repair.csv.gz", FORMAT_OUTCOMES_CSV, 0, 0, 15, 1, 1},
	};
	char path[1024];

	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct reading reading = {.heard = {.log = {0}}};
		struct record_sink sink = sink_of(&reading.heard);
		shared_file(path, sizeof path, files[i].file);
		assert_int_equal(reader_read(path, &sink, &reading.format, &reading.error), STATUS_OK);
		assert_int_equal(reading.format, files[i].format);
		assert_int_equal(reading.heard.count[RECORD_MODEL], files[i].models);
		assert_int_equal(reading.heard.count[RECORD_EDGE], files[i].edges);
		assert_int_equal(reading.heard.count[RECORD_EVALUATION], files[i].runs);
		assert_int_equal(reading.heard.count[RECORD_BENCHMARK], files[i].benchmarks);
		assert_int_equal(reading.heard.warned, files[i].warned);
		assert_int_equal(reading.heard.rejected, 0);
		text_free(&reading.heard.log);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(delimiters),
		cmocka_unit_test(titles_with_delimiters),
		cmocka_unit_test(utf16),
		cmocka_unit_test(windows_1252),
		cmocka_unit_test(numbers),
		cmocka_unit_test(thousands),
		cmocka_unit_test(wide_columns),
		cmocka_unit_test(fractions_in_a_column),
		cmocka_unit_test(settings_and_bases),
		cmocka_unit_test(odd_headers),
		cmocka_unit_test(twin_columns),
		cmocka_unit_test(long_tables),
		cmocka_unit_test(long_tables_of_ones_own),
		cmocka_unit_test(descriptions),
		cmocka_unit_test(edges_with_more_columns),
		cmocka_unit_test(fractional_answers),
		cmocka_unit_test(real_tables),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
