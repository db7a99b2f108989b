#include "scenarios.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "../fuzz/fuzz.h"

const struct scenario scenarios[] = {
	{.name = "import of models", .words = {"--no-starter", "import", "models.csv"}},
	{.name = "import of edges", .words = {"--no-starter", "import", "edges.csv"}},
	{.name = "import of renames", .words = {"--no-starter", "import", "renames.csv"}},
	{.name = "import of a merge", .words = {"--no-starter", "import", "merge.yml"}},
	{.name = "import of metadata", .words = {"--no-starter", "import", "hub.jsonl"}},
	{.name = "import of answers", .words = {"--no-starter", "import", "answers.csv"}},
	{.name = "import of a card", .words = {"--no-starter", "import", "README.md"}},
	{.name = "import of results", .words = {"--no-starter", "import", "results.json"}},
	{.name = "import of a folder", .words = {"--no-starter", "import", "folder"}, .part = {"folder/deep/merge.yml", "folder/edges.csv"}},
	{.name = "fit", .words = {"fit", "--variances"}, .timed = true},
	{.name = "fit of the Laplacian", .words = {"fit", "--prior", "laplacian"}, .timed = true},
	{.name = "predict", .words = {"predict", "-m", "n/Oak-7B:0.3", "-m", "r/Oak-3:0.7"}},
	{.name = "predict of a file", .words = {"predict", "merge.yml", "--json"}},
	{.name = "tree", .words = {"tree", "n/Oak-7B"}},
	{.name = "show", .words = {"show", "m/Oak-ties"}},
	{.name = "residuals", .words = {"residuals", "--csv"}},
	{.name = "anomalies", .words = {"residuals", "--anomalies"}},
	{.name = "suggest", .words = {"suggest", "--limit", "3"}},
	{.name = "suggest of triples", .words = {"suggest", "--parents", "3", "--rights", "commercial", "--csv"}},
	{.name = "suggest of a front", .words = {"suggest", "--pareto", "ifeval,bbh", "--limit", "3"}},
	{.name = "plan", .words = {"plan", "m/unknown"}},
	{.name = "plan tested", .words = {"plan", "--backtest", "--json"}},
	{.name = "plan of questions", .words = {"plan", "m/unknown", "--target", "set", "--questions", "3", "-o", "out.yml"},
	 .answers = true},
	{.name = "show of answers", .words = {"show", "k/Oak-p", "--json"}, .answers = true},
	{.name = "residuals of answers", .words = {"residuals", "-b", "set", "--csv"}, .answers = true},
	{.name = "eval of answers", .words = {"eval", "-b", "set", "--observed", "0,2"}, .answers = true, .timed = true},
	{.name = "fit of answers", .words = {"fit"}, .answers = true, .timed = true},
	{.name = "parents", .words = {"parents", "m/Oak-new"}},
	{.name = "parents accepted", .words = {"parents", "m/Oak-new", "--accept", "2"}},
	{.name = "parents tested", .words = {"parents", "--test"}},
	{.name = "eval", .words = {"eval", "--protocol", "random"}, .timed = true},
	{.name = "eval of drift", .words = {"eval", "--drift"}, .timed = true},
	{.name = "export of all", .words = {"export", "--csv"}},
	{.name = "export of edges", .words = {"export", "--edges"}},
	{.name = "export as JSON", .words = {"export", "m/Oak-ties", "--json"}},
	{.name = "export of a family", .words = {"export", "m/Oak-ties", "--format", "graphml"}},
	{.name = "export as DOT", .words = {"export", "--format", "dot", "-o", "out.yml"}},
	{.name = "export of a card", .words = {"export", "m/Oak-ties", "--format", "card"}},
	{.name = "export as a configuration", .words = {"export", "m/Oak-slerp", "--format", "mergekit"}},
	{.name = "export of a merge", .words = {"export", "-m", "n/Oak-7B", "-m", "r/Oak-3", "-o", "out.yml"}},
	{.name = "choose", .words = {"choose", "m/Oak-ties", "1"}},
	{.name = "check", .words = {"check"}},
	{.name = "check of merges", .words = {"check", "--merges"}},
	{.name = "config", .words = {"config", "--config", "config.yaml", "--print"}},
	{.name = "a saved sketch", .words = {"browse", "--script", "sketch.keys"}, .screen = true},
	{.name = "a fit beside the screen", .words = {"browse", "--script", "fit.keys"}, .screen = true},
	{.name = "views", .words = {"browse", "--script", "views.keys"}, .screen = true},
	{.name = "a suggestion opened", .words = {"browse", "--script", "suggest.keys"}, .screen = true},
	{.name = "filters", .words = {"browse", "--script", "filter.keys"}, .screen = true},
	{.name = "two sketches", .words = {"browse", "--script", "versus.keys"}, .screen = true, .steps = true},
	{.name = "guesses", .words = {"browse", "--script", "guess.keys"}, .screen = true},
	{.name = "an import beside the screen", .words = {"browse", "--script", "import.keys"}, .screen = true, .steps = true},
	{.name = "a sync beside the screen", .words = {"browse", "--script", "sync.keys"}, .screen = true, .steps = true,
	 .server = "few 6"},
	{.name = "sync", .words = {"--no-starter", "sync", "--tries", "1"}, .server = "good"},
	{.name = "sync of models", .words = {"--no-starter", "sync", "--models", "--depth", "1", "--tries", "1"},
	 .server = "few 6", .steps = true},
	{.name = "sync of descendants", .words = {"--no-starter", "sync", "--descendants", "--tries", "1"},
	 .server = "few 3", .steps = true},
	{.name = "sync that tries again", .words = {"--no-starter", "sync", "--tries", "2", "--backoff", "1"}, .server = "few 6",
	 .timed = true},
};
const size_t scenario_count = sizeof scenarios / sizeof *scenarios;

static const struct {
	const char *name, *text;
} files[] = {
	{"models.csv", "model,kind,license,chat_template,ifeval,bbh,gpqa\n"
		       "q/New,merge,l\xe2\x80\xae,yes,40,30,10\nn/Oak-7B,chat,mit,no,24,22,6\n"},
	{"edges.csv", "child,parent,relation,weight\nq/New,n/Oak-7B,merge,1\nq/other,q/New,finetune,\n"},
	{"renames.csv", "leaderboard_id,current_hub_id\nm/unknown,q/known\nold/Oak,n/Oak-7B\n"},
	{"answers.csv", "model,set:0,set:1,set:2\nn/Oak-7B,0,1,1\nr/Oak-3,1,1,0\n"},
	{"merge.yml", "name: q/merged\nmerge_method: linear\nmodels:\n"
		      "  - {model: n/Oak-7B, parameters: {weight: 0.3}}\n"
		      "  - {model: r/Oak-3, parameters: {weight: 0.7}}\n"},
	{"hub.jsonl", "{\"id\":\"q/hub\",\"tags\":[\"license:mit\"],\"baseModels\":{\"relation\":\"finetune\","
		      "\"models\":[{\"id\":\"n/Oak-7B\"}]}}\n"},
	{"README.md", "---\nlicense: mit\nbase_model:\n- n/Oak-7B\n- r/Oak-3\ntags: [merge]\n"
		      "model-index:\n- name: q/carded\n---\n# q/carded\n"},
	{"results.json", "{\"results\":{\"leaderboard_ifeval\":{\"prompt_level_strict_acc,none\":0.4,"
			 "\"inst_level_strict_acc,none\":0.5}},\"model_name\":\"q/tested\","
			 "\"config\":{\"model\":\"hf\",\"model_args\":\"pretrained=q/tested\"}}\n"},
	{"folder/edges.csv", "child,parent,relation\nq/in,n/Oak-7B,finetune\n"},
	{"folder/deep/merge.yml", "name: q/deep\nmerge_method: linear\nmodels: [{model: n/Oak-7B,"
				  " parameters: {weight: 1}}]\n"},
	{"config.yaml", "theme: light\nmouse: no\n"},
	{"sketch.keys", "wait idle\nkey j space j j space\ntype :save kept\nkey enter\ntype :write out.yml\n"
			"key enter\ndump -\n"},
	{"fit.keys", "type :refit\nkey enter\nwait idle\nkey j j\ntype :flag odd\nkey enter\nwait idle\ndump -\n"},
	{"views.keys", "wait idle\nresize 120 40\nkey j j enter\ndump -\nkey r\ndump -\nkey esc H\ndump -\n"
		       "key esc P\ndump -\nkey esc v j v V\ndump -\nkey esc ?\ndump -\nkey esc /\ntype oak\n"
		       "key enter f\ntype ifeval > 40\nkey enter\ndump -\n"},
	{"suggest.keys", "resize 120 40\nwait idle\ntype :suggest floor=0 limit=3\nkey enter\nwait idle\ndump -\nkey f\n"
			 "wait idle\ndump -\nkey f o p\nwait idle\ndump -\nkey enter\ndump -\nkey u\n"},
	{"filter.keys", "resize 120 40\nwait idle\nkey f\ntype ifeval > 40 owner = m\nkey enter\ndump -\n"
			"type :sort name\nkey enter\ntype :column bbh\nkey enter\ndump -\n"
			"type :mark odd\nkey enter\nkey f ctrl-u enter\ntype /oak\nkey enter n\ndump -\n"},
	{"versus.keys", "resize 120 40\nwait idle\nkey j space j j space D enter + + L\ndump -\nkey E W\ndump -\n"
			"type :beside nothing\nkey enter\ndump -\n"},
	{"import.keys", "resize 120 40\nwait idle\ntype :import models.csv folder\nkey enter\nwait idle\ndump -\n"},
	{"sync.keys", "resize 120 40\nwait idle\ntype :sync models\nkey enter\nwait idle\ndump -\n"},
	{"guess.keys", "resize 120 40\nwait idle\ntype :goto m/Oak-new\nkey enter tab A\nwait idle\ndump -\n"
		       "type :accept 1\nkey enter\nwait idle\ndump -\n"},
};

/* Merges of two scored models each, to learn what merges are made from. */
#define NAMES(X) \
	X("a", "51", "0,0,0,0") X("b", "52", "0,0,0,1") X("c", "53", "0,0,1,0") X("d", "54", "0,0,1,1") \
	X("e", "55", "0,1,0,0") X("f", "56", "0,1,0,1") X("g", "57", "0,1,1,0") X("h", "58", "0,1,1,1")
#define MODELS(name, score, answers) \
	"k/Oak-" name ",merge,OakForCausalLM,7.2,2024-03-01," score ",25,5,11,23\n" \
	"k/Elm-" name ",merge,ElmForCausalLM,8,2024-06-01," score ",28,4,9,28\n" \
	"k/Oak-two-" name ",merge,OakForCausalLM,7.2,2024-03-02," score ",24,6,12,24\n"
#define EDGES(name, score, answers) \
	"k/Oak-" name ",r/Oak-3,merge,0.5\nk/Oak-" name ",n/Oak-7B-Chat,merge,0.5\n" \
	"k/Elm-" name ",s/Elm-8B-Chat,merge,0.5\nk/Elm-" name ",s/Elm-8B-Tuned,merge,0.5\n" \
	"k/Oak-two-" name ",r/Oak-2.5,merge,0.5\nk/Oak-two-" name ",m/Oak-slerp,merge,0.5\n"
const char *const scenarios_more[] = {
	"model,kind,architecture,params_b,uploaded,ifeval,bbh,gpqa,musr,mmlu_pro\n" NAMES(MODELS),
	"child,parent,relation,weight\n" NAMES(EDGES),
	NULL,
};

/* As many again, and answers of all to a set of questions, no two models' alike. */
#define MORE_NAMES(X) \
	X("i", "45", "1,0,0,0") X("j", "46", "1,0,0,1") X("k", "47", "1,0,1,0") X("l", "48", "1,0,1,1") \
	X("m", "49", "1,1,0,0") X("n", "50", "1,1,0,1") X("o", "59", "1,1,1,0") X("p", "60", "1,1,1,1")
#define ANSWERS(name, score, answers) \
	"k/Oak-" name ",1,0,1,0,1,0,1,0,1," answers "\nk/Elm-" name ",1,1,1,0,1,1,0,1,1," answers "\n" \
	"k/Oak-two-" name ",0,1,0,0,1,0,1,0,0," answers "\n"
const char *const scenarios_answers[] = {
	"model,kind,architecture,params_b,uploaded,ifeval,bbh,gpqa,musr,mmlu_pro\n" MORE_NAMES(MODELS),
	"child,parent,relation,weight\n" MORE_NAMES(EDGES),
	"model,set:0,set:1,set:2,set:3,set:4,set:5,set:6,set:7,set:8,set:9,set:10,set:11,set:12\n"
	NAMES(ANSWERS) MORE_NAMES(ANSWERS)
	"n/Oak-7B,0,0,1,0,0,0,1,0,0,0,1,1,0\ns/Elm-8B-Chat,1,1,1,1,1,1,1,1,0,0,1,1,0\n"
	"s/Elm-8B-Tuned,1,0,1,1,1,1,0,1,0,0,1,1,0\n"
	"r/Oak-3,1,0,1,0,1,0,1,0,1,0,1,1,0\nn/Oak-7B-Chat,0,0,1,0,1,0,1,0,0,0,1,1,0\n"
	"r/Oak-2.5,1,0,0,0,1,0,1,0,0,0,1,1,0\n",
	NULL,
};

bool scenarios_own(const char *name)
{
	static const char *const more[] = {".", "..", "folder", "c.db", "c.db-wal", "c.db-shm", "out", "err", "port",
					   "log", "mode", "home", SCENARIO_WRITTEN, SCENARIO_CORRECTIONS};

	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		if (strcmp(name, files[i].name) == 0)
			return true;
	for (size_t i = 0; i < sizeof more / sizeof *more; i++)
		if (strcmp(name, more[i]) == 0)
			return true;
	return false;
}

static void put_file(const char *name, const char *text)
{
	FILE *file = fopen(name, "w");

	FUZZ_CHECK(file && fputs(text, file) >= 0 && fclose(file) == 0);
}

void scenarios_serve(const char *how)
{
	put_file("mode", how);
}

/* ---- the environment and the server ------------------------------------------------ */

static pid_t server;

static void set_environment(void)
{
	static const char *const foreign[] = {
		"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_HOME",
		"HF_TOKEN_PATH", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "XDG_CONFIG_HOME",
		"XDG_DATA_HOME", "XDG_CACHE_HOME",
	};

	for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
		unsetenv(foreign[i]);
	setenv("HOME", "home", 1);
	setenv("STEMMA_PACK", "1", 1); /* as a large hub */
	setenv("STEMMA_CORRECTIONS", SCENARIO_CORRECTIONS, 1);
}

static void serve(const char *program)
{
	int nothing = open("/dev/null", O_RDWR);

#ifdef __linux__
	prctl(PR_SET_PDEATHSIG, SIGTERM); /* it is not to outlive a test that is killed */
#endif
	if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || dup2(nothing, STDOUT_FILENO) < 0 ||
	    dup2(nothing, STDERR_FILENO) < 0)
		_exit(126);
	execlp("python3", "python3", program, ".", (char *)NULL);
	_exit(127);
}

/* Reads the port when it is there; 0 when the server has ended. */
static int wait_for_port(void)
{
	const struct timespec moment = {.tv_nsec = 10000000};
	int port = 0;

	while (port == 0 && waitpid(server, NULL, WNOHANG) == 0) {
		FILE *file = fopen("port", "r");
		if (!file || fscanf(file, "%d", &port) != 1)
			nanosleep(&moment, NULL);
		if (file)
			fclose(file);
	}
	return port;
}

static void start_server(void)
{
	const char *source = getenv("top_srcdir");
	char program[512], address[64];

	snprintf(program, sizeof program, "%s/tests/sync/server.py", source ? source : ".");
	scenarios_serve("good");
	server = fork();
	FUZZ_CHECK(server >= 0);
	if (server == 0)
		serve(program);
	int port = wait_for_port();
	if (port == 0)
		server = 0;
	snprintf(address, sizeof address, "http://127.0.0.1:%d", port);
	setenv("HF_ENDPOINT", address, 1);
}

bool scenarios_served(void)
{
	return server > 0;
}

void scenarios_begin(void)
{
	FUZZ_CHECK(mkdir("folder", 0700) == 0 && mkdir("folder/deep", 0700) == 0);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		put_file(files[i].name, files[i].text);
	set_environment();
	start_server();
}

void scenarios_end(void)
{
	static const char *const left[] = {"out", "err", "port", "log", "mode", SCENARIO_WRITTEN,
					   SCENARIO_CORRECTIONS};

	if (server > 0) {
		kill(server, SIGTERM);
		waitpid(server, NULL, 0);
	}
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		remove(files[i].name);
	for (size_t i = 0; i < sizeof left / sizeof *left; i++)
		remove(left[i]);
	remove("folder/deep");
	remove("folder");
}
