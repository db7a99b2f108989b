/* Importing: counts, rejects, all or nothing, and what supersedes what. */
#include "app.h"

#include <signal.h>
#include <sys/wait.h>

#include "stemma/base/memory.h"
#include "stemma/base/text.h"

struct fixture {
	struct place place;
	struct store *store;
	struct import_report report;
};

static int open_cache(void **state)
{
	struct fixture *fixture = memory_zero(1, sizeof *fixture);

	place_make(&fixture->place);
	fixture->store = place_store(&fixture->place);
	*state = fixture;
	return 0;
}

static int close_cache(void **state)
{
	struct fixture *fixture = *state;

	import_report_free(&fixture->report);
	store_close(fixture->store);
	place_remove(&fixture->place);
	free(fixture);
	return 0;
}

static enum status import_written(struct fixture *fixture, const char *name, const char *content,
			       struct error *error)
{
	import_report_free(&fixture->report);
	return import_file(fixture->store, place_write(&fixture->place, name, content), NULL,
			   &fixture->report, error);
}

static const char models_text[] =
	"model,kind,architecture,params_b,license,uploaded,chat_template,ifeval,bbh\n"
	"a/base,pretrained,LlamaForCausalLM,7.2,mit,2024-01-01,no,20.5,30.5\n"
	"a/chat,chat,LlamaForCausalLM,7.2,mit,2024-02-01,yes,60.5,31.5\n";
static const char edges_text[] =
	"child,parent,relation,weight,method,source\n"
	"a/chat,a/base,finetune,,,card\n"
	"a/merge,a/chat,merge,0.5,slerp,config\n"
	"a/merge,a/base,merge,0.5,slerp,config\n";

static size_t cached_models(struct fixture *fixture)
{
	struct catalog *catalog = load(fixture->store);
	size_t count = catalog->count;

	catalog_free(catalog);
	return count;
}

static double cached_score(struct fixture *fixture, const char *name, const char *benchmark)
{
	struct catalog *catalog = load(fixture->store);
	size_t model = catalog_find(catalog, name), place = catalog_benchmark(catalog, benchmark);
	double score = model == CATALOG_NONE || place == CATALOG_NONE
		? NAN : catalog_score(catalog, model, place);

	catalog_free(catalog);
	return score;
}

static void importing_twice_changes_nothing(void **state)
{
	struct fixture *fixture = *state;
	struct error error = {0};

	expect_ok(import_written(fixture, "models.csv", models_text, &error), &error);
	assert_int_equal(fixture->report.format, FORMAT_MODELS_CSV);
	assert_int_equal(fixture->report.models, 2);
	assert_int_equal(fixture->report.evaluations, 2);
	assert_int_equal(fixture->report.added, 4);
	assert_int_equal(fixture->report.rejected, 0);
	expect_ok(import_written(fixture, "edges.csv", edges_text, &error), &error);
	assert_int_equal(fixture->report.edges, 3);
	assert_int_equal(fixture->report.added, 3);
	assert_int_equal(cached_models(fixture), 3);

	int64_t version = store_data_version(fixture->store);
	expect_ok(import_written(fixture, "models.csv", models_text, &error), &error);
	assert_int_equal(fixture->report.unchanged, 4);
	assert_int_equal(fixture->report.added + fixture->report.updated, 0);
	expect_ok(import_written(fixture, "edges.csv", edges_text, &error), &error);
	assert_int_equal(fixture->report.unchanged, 3);
	assert_int_equal(store_data_version(fixture->store), version);
}

static void rejected_rows_are_listed_and_the_rest_is_kept(void **state)
{
	struct fixture *fixture = *state;
	struct error error = {0};

	expect_ok(import_written(fixture, "models.csv",
			      "model,ifeval,no_such_test\n"
			      "a/good,20,\n"
			      "a/unknown-test,20,30\n"
			      "a/off-scale,2000,\n"
			      "not a name,20,\n", &error), &error);
	assert_int_equal(fixture->report.rejected, 2);
	static const struct {
		long line;
		bool rejected;
		const char *part;
	} notes[] = {{4, true, "2000"}, {5, true, "not a name"}, {0, false, "ifeval: taken as that of openllm2"},
		     {0, false, "no_such_test: new"},
		     {0, false, "benchmarks describe no_such_test"}};
	assert_int_equal(fixture->report.note_count, sizeof notes / sizeof *notes);
	for (size_t i = 0; i < sizeof notes / sizeof *notes; i++) {
		assert_int_equal(fixture->report.notes[i].rejected, notes[i].rejected);
		assert_int_equal(fixture->report.notes[i].line, notes[i].line);
		assert_non_null(strstr(fixture->report.notes[i].text, notes[i].part));
	}
	assert_true(fabs(cached_score(fixture, "a/good", "ifeval") - 20) < 1e-9);
	assert_true(isnan(cached_score(fixture, "a/off-scale", "ifeval")));
	/* The new benchmark is kept, and the row beside it. */
	assert_true(fabs(cached_score(fixture, "a/unknown-test", "no_such_test") - 30) < 1e-9);
	assert_true(fabs(cached_score(fixture, "a/unknown-test", "ifeval") - 20) < 1e-9);
}

static const char cells_text[] =
	"model,benchmark,value,setup,source\n"
	"a/one,gsm8k,0.75,5-shot,lab\n"
	"a/one,elo,1255,,lab\n"
	"a/two,gsm8k,0.5,5-shot,lab\n"
	"a/two,ifeval,4000,,lab\n"
	"a/two,elo,1190,,lab\n";
static const char descriptions_text[] =
	"key,title,lower,upper,chance,higher_is_better,family\n"
	"gsm8k,Grade School Math,0,100,0,1,gsm8k\n";

/* Scores and what describes their benchmarks may come in either order. */
static void benchmarks_may_be_described_before_and_after(void **state)
{
	struct fixture *fixture = *state;
	struct error error = {0};

	expect_ok(import_written(fixture, "cells.csv", cells_text, &error), &error);
	assert_int_equal(fixture->report.rejected, 1);
	bool refused = false, told = false;
	for (size_t i = 0; i < fixture->report.note_count; i++) {
		const struct import_note *note = &fixture->report.notes[i];
		refused |= note->rejected && note->line == 5 && note->column == 14 &&
			   strcmp(note->text, "the ifeval value 4000 cannot be on its scale of 0 to 100") == 0;
		told |= !note->rejected && strcmp(note->text, "gsm8k: new, 0 to 1, taken as a fraction, higher is better") == 0;
	}
	assert_true(refused);
	assert_true(told);
	assert_true(fabs(cached_score(fixture, "a/one", "gsm8k") - 0.75) < 1e-9);
	assert_true(fabs(cached_score(fixture, "a/two", "elo") - 1190) < 1e-9);

	expect_ok(import_written(fixture, "benchmarks.csv", descriptions_text, &error), &error);
	assert_int_equal(fixture->report.benchmarks, 1);
	assert_true(fabs(cached_score(fixture, "a/one", "gsm8k") - 75) < 1e-9);
	int64_t version = store_data_version(fixture->store);
	expect_ok(import_written(fixture, "benchmarks.csv", descriptions_text, &error), &error);
	assert_int_equal(fixture->report.unchanged, 1);
	assert_true(store_data_version(fixture->store) == version);
	/* The same fractions again. */
	expect_ok(import_written(fixture, "cells.csv", cells_text, &error), &error);
	assert_true(fabs(cached_score(fixture, "a/one", "gsm8k") - 75) < 1e-9);
	assert_true(fabs(cached_score(fixture, "a/two", "gsm8k") - 50) < 1e-9);
}

static void only_so_many_notes_are_kept(void **state)
{
	struct fixture *fixture = *state;
	struct error error = {0};
	struct text content = {0};

	text_append(&content, "child,parent,source\n");
	for (int i = 0; i < IMPORT_NOTES_MAX + 50; i++)
		text_append(&content, "a/x,a/x,card\n");
	expect_ok(import_written(fixture, "edges.csv", text_string(&content), &error), &error);
	assert_int_equal(fixture->report.rejected, IMPORT_NOTES_MAX + 50);
	assert_int_equal(fixture->report.note_count, IMPORT_NOTES_MAX);
	text_free(&content);
}

static void a_broken_file_changes_nothing(void **state)
{
	static const struct {
		const char *name, *content;
		enum status status;
	} broken[] = {
		{"prose.txt", "Dear Sir or Madam,\n", STATUS_DATA},
		{"empty.csv", "", STATUS_DATA},
		/* Good rows first, then a quote that never ends. */
		{"edges.csv", "child,parent,source\na/x,a/y,card\na/z,\"a/y\n", STATUS_DATA},
		{"merge.yml", "merge_method: slerp\nmodels: [\n", STATUS_DATA},
	};
	struct fixture *fixture = *state;
	struct error error = {0};

	expect_ok(import_written(fixture, "models.csv", models_text, &error), &error);
	int64_t version = store_data_version(fixture->store);
	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
		error_clear(&error);
		enum status status = import_written(fixture, broken[i].name, broken[i].content, &error);
		if (status != broken[i].status)
			fail_msg("%s: status %d, %s", broken[i].name, (int)status, error.message);
		assert_string_not_equal(error.message, "");
		assert_int_equal(store_data_version(fixture->store), version);
		assert_int_equal(cached_models(fixture), 2);
	}
	error_clear(&error);
	import_report_free(&fixture->report);
	assert_int_equal(import_file(fixture->store, "/nonexistent/file.csv", NULL, &fixture->report,
				     &error), STATUS_NO_INPUT);
	/* The transaction is over: the next import works. */
	error_clear(&error);
	expect_ok(import_written(fixture, "edges.csv", edges_text, &error), &error);
}

static struct text many_edges(void)
{
	struct text content = {0};

	text_append(&content, "child,parent,relation,source\n");
	for (int i = 0; i < 20000; i++)
		text_append_format(&content, "owner/child-%d,owner/parent-%d,finetune,card\n", i, i % 100);
	return content;
}

static void stop_halfway(void *context, const char *stage, double fraction)
{
	(void)stage;
	if (fraction > 0.3)
		progress_cancel(context);
}

static void a_cancelled_import_changes_nothing(void **state)
{
	struct fixture *fixture = *state;
	struct progress progress = {.report = stop_halfway, .context = &progress};
	struct error error = {0};
	struct text content = many_edges();
	const char *path = place_write(&fixture->place, "edges.csv", text_string(&content));

	assert_int_equal(import_file(fixture->store, path, &progress, &fixture->report, &error),
			 STATUS_CANCELLED);
	assert_true(fixture->report.added > 0);
	assert_non_null(strstr(error.message, "as before"));
	assert_int_equal(cached_models(fixture), 0);
	text_free(&content);
}

static void wait_halfway(void *context, const char *stage, double fraction)
{
	(void)stage;
	if (fraction > 0.3 && write(*(int *)context, "", 1) == 1)
		pause();
}

/* Imports in a process of its own, which tells `pipe_end` when it is halfway
 * and waits there. */
static void import_halfway(struct fixture *fixture, const char *path, int pipe_end)
{
	struct progress progress = {.report = wait_halfway, .context = &pipe_end};
	struct import_report report = {0};
	struct store *store;
	bool created;

	if (store_open(fixture->place.cache, true, &store, &created, NULL) == STATUS_OK)
		import_file(store, path, &progress, &report, NULL);
	_exit(0);
}

static void killing_an_import_changes_nothing(void **state)
{
	struct fixture *fixture = *state;
	struct error error = {0};
	struct text content = many_edges();
	char path[160], byte;
	int result, ends[2];

	expect_ok(import_written(fixture, "models.csv", models_text, &error), &error);
	snprintf(path, sizeof path, "%s",
		 place_write(&fixture->place, "edges.csv", text_string(&content)));
	text_free(&content);
	assert_int_equal(pipe(ends), 0);
	/* SQLite's connections must not cross a fork. */
	store_close(fixture->store);
	pid_t child = fork();
	if (child == 0)
		import_halfway(fixture, path, ends[1]);
	close(ends[1]);
	bool halfway = child > 0 && read(ends[0], &byte, 1) == 1;
	if (halfway)
		kill(child, SIGKILL);
	close(ends[0]);
	assert_int_equal(waitpid(child, &result, 0), child);
	fixture->store = place_store(&fixture->place);
	assert_true(halfway);
	assert_int_equal(cached_models(fixture), 2);
	expect_ok(import_written(fixture, "edges.csv", edges_text, &error), &error);
	assert_int_equal(cached_models(fixture), 3);
}

/* ---- the starter set ------------------------------------------------------- */

static const char *share_folder(void)
{
	static char folder[512];
	const char *top = getenv("top_srcdir");

	snprintf(folder, sizeof folder, "%s/tests/share", top ? top : ".");
	return folder;
}

static void the_starter_set_loads_once(void **state)
{
	struct fixture *fixture = *state;
	struct error error = {0};

	struct import_report report;
	expect_ok(import_starter(fixture->store, share_folder(), NULL, &report, &error), &error);
	import_report_free(&report);
	struct catalog *catalog = load(fixture->store);
	assert_true(catalog->count > 900);
	assert_true(catalog->scored_count > 800);
	assert_int_equal(catalog->benchmark_count, 6);
	assert_true(catalog_benchmark(catalog, "math_lvl_5_2024") != CATALOG_NONE);
	assert_true(lineage_edges(catalog->lineage) > 1000);
	size_t zephyr = catalog_find(catalog, "HuggingFaceH4/zephyr-7b-beta");
	assert_true(zephyr != CATALOG_NONE);
	assert_string_equal(catalog->models[zephyr].source, "starter");
	assert_string_equal(catalog->models[zephyr].score_source, "starter");
	catalog_free(catalog);
	int64_t version = store_data_version(fixture->store);
	expect_ok(import_starter(fixture->store, share_folder(), NULL, &report, &error), &error);
	assert_int_equal(report.added + report.updated, 0);
	import_report_free(&report);
	assert_int_equal(store_data_version(fixture->store), version);
}

static void a_missing_starter_set_says_what_to_do(void **state)
{
	struct fixture *fixture = *state;
	struct error error = {0};

	struct import_report report;
	assert_int_equal(import_starter(fixture->store, fixture->place.folder, NULL, &report, &error),
			 STATUS_NO_INPUT);
	import_report_free(&report);
	assert_non_null(strstr(error.advice, "STEMMA_SHARE"));
	assert_int_equal(cached_models(fixture), 0);
}

static enum status put_starter(struct fixture *fixture, struct error *error)
{
	struct import_report report;
	enum status status = import_starter(fixture->store, fixture->place.folder, NULL, &report, error);

	import_report_free(&report);
	return status;
}

/* A starter set of two models in the test's folder. */
static void import_small_starter(struct fixture *fixture)
{
	struct error error = {0};
	char folder[100];

	snprintf(folder, sizeof folder, "%s/starter", fixture->place.folder);
	assert_int_equal(mkdir(folder, 0700), 0);
	place_write(&fixture->place, "starter/models.csv", models_text);
	place_write(&fixture->place, "starter/edges.csv", edges_text);
	expect_ok(put_starter(fixture, &error), &error);
}

static void a_leaderboard_supersedes_the_starter_row_by_row(void **state)
{
	static const char leaderboard[] =
		"eval_name,Precision,Type,T,fullname,IFEval,BBH,MATH Lvl 5,GPQA,MUSR,MMLU-PRO,Hub License,"
		"#Params (B),Architecture,Chat Template,Submission Date,Base Model\n"
		"x,bfloat16,chat,,a/chat,55.25,33.25,,,,,apache-2.0,7.3,LlamaForCausalLM,True,2025-03-01,\n";
	struct fixture *fixture = *state;
	struct error error = {0};

	import_small_starter(fixture);
	assert_true(fabs(cached_score(fixture, "a/chat", "ifeval") - 60.5) < 1e-9);
	expect_ok(import_written(fixture, "contents.csv", leaderboard, &error), &error);
	assert_int_equal(fixture->report.format, FORMAT_CONTENTS_CSV);
	assert_true(fabs(cached_score(fixture, "a/chat", "ifeval") - 55.25) < 1e-9);
	assert_true(fabs(cached_score(fixture, "a/base", "ifeval") - 20.5) < 1e-9);
	struct catalog *catalog = load(fixture->store);
	const struct catalog_model *chat = &catalog->models[catalog_find(catalog, "a/chat")];
	assert_string_equal(chat->license, "apache-2.0");
	assert_string_equal(chat->score_source, "leaderboard");
	assert_string_equal(catalog->models[catalog_find(catalog, "a/base")].score_source, "starter");
	catalog_free(catalog);
	/* The starter set again does not win back anything. */
	expect_ok(put_starter(fixture, &error), &error);
	assert_true(fabs(cached_score(fixture, "a/chat", "ifeval") - 55.25) < 1e-9);
}

static void a_damaged_starter_set_is_refused(void **state)
{
	struct fixture *fixture = *state;
	struct error error = {0};
	char folder[100];

	snprintf(folder, sizeof folder, "%s/starter", fixture->place.folder);
	assert_int_equal(mkdir(folder, 0700), 0);
	place_write(&fixture->place, "starter/models.csv", models_text);
	place_write(&fixture->place, "starter/edges.csv", "child,parent,source\na/chat,a/chat,card\n");
	assert_int_equal(put_starter(fixture, &error),
			 STATUS_DATA);
	assert_non_null(strstr(error.message, "line 2"));
	assert_int_equal(cached_models(fixture), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_cache, close_cache)
		TEST(importing_twice_changes_nothing),
		TEST(rejected_rows_are_listed_and_the_rest_is_kept),
		TEST(benchmarks_may_be_described_before_and_after),
		TEST(only_so_many_notes_are_kept),
		TEST(a_broken_file_changes_nothing),
		TEST(a_cancelled_import_changes_nothing),
		TEST(killing_an_import_changes_nothing),
		TEST(the_starter_set_loads_once),
		TEST(a_missing_starter_set_says_what_to_do),
		TEST(a_leaderboard_supersedes_the_starter_row_by_row),
		TEST(a_damaged_starter_set_is_refused),
	};
	return cmocka_run_group_tests_name("app: import", tests, NULL, NULL);
}
