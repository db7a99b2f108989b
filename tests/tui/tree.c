/* The rows of the tree: folding, links, runs, filter, search, and a cursor
 * that follows its model. */
#include "test.h"

#include <math.h>

#include "stemma/app/session.h"
#include "tree/marks.h"
#include "tree/tree_forest.h"

struct fixture {
	char folder[64];
	struct session *session;
	struct tree *tree;
};

static const char models[] =
	"model,kind,architecture,params_b,license,uploaded,chat_template,ifeval,bbh,math_lvl_5_2024,gpqa,musr,mmlu_pro\n"
	"lab/Root,pretrained,LlamaForCausalLM,7,mit,2024-01-01,no,10,10,10,10,10,10\n"
	"lab/Child-A,finetuned,LlamaForCausalLM,7,mit,2024-02-01,no,20,20,20,20,20,20\n"
	"lab/Child-B,finetuned,LlamaForCausalLM,7,mit,2024-03-01,no,30,30,30,30,30,30\n"
	"lab/Grand,merge,LlamaForCausalLM,7,mit,2024-04-01,yes,40,40,40,40,40,40\n"
	"lab/Second-Root,pretrained,LlamaForCausalLM,7,mit,2024-01-01,no,15,15,15,15,15,15\n"
	"lab/Guessed,finetuned,LlamaForCausalLM,7,mit,2024-05-01,no,17,17,17,17,17,17\n"
	"lab/Alone,pretrained,LlamaForCausalLM,7,mit,2024-01-01,no,5,5,5,5,5,5\n";
static const char edges[] =
	"child,parent,relation,weight,method,source\n"
	"lab/Child-A,lab/Root,finetune,,,card\n"
	"lab/Child-B,lab/Root,finetune,,,card\n"
	"lab/Grand,lab/Child-A,merge,0.7,slerp,config\n"
	"lab/Grand,lab/Child-B,merge,0.3,slerp,config\n"
	"lab/Silent-1,lab/Root,finetune,,,card\n"
	"lab/Silent-2,lab/Root,finetune,,,card\n"
	"lab/Silent-3,lab/Root,finetune,,,card\n"
	"lab/Silent-4,lab/Root,finetune,,,card\n"
	"lab/Silent-5,lab/Root,finetune,,,card\n"
	"lab/Guessed,lab/Second-Root,finetune,,,guess\n"
	"lab/Mute-Child,lab/Mute-Root,finetune,,,card\n";

static void import_written(struct fixture *fixture, const char *name, const char *content)
{
	struct import_report report = {0};
	struct error error = {0};
	char path[128];

	snprintf(path, sizeof path, "%s/%s", fixture->folder, name);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs(content, file);
	fclose(file);
	enum status status = import_file(fixture->session->store, path, NULL, &report, &error);
	if (status != STATUS_OK)
		print_message("%s\n", error.message);
	assert_int_equal(status, STATUS_OK);
	import_report_free(&report);
	unlink(path);
}

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);
	struct error error = {0};
	char path[128];

	strcpy(fixture->folder, "/tmp/stemma-tree-XXXXXX");
	assert_non_null(mkdtemp(fixture->folder));
	snprintf(path, sizeof path, "%s/cache.db", fixture->folder);
	assert_int_equal(session_open(path, true, NULL, NULL, &fixture->session, &error), STATUS_OK);
	import_written(fixture, "models.csv", models);
	import_written(fixture, "edges.csv", edges);
	assert_int_equal(session_reload(fixture->session, &error), STATUS_OK);
	const struct target_names names = session_names(fixture->session);
	fixture->tree = tree_new(fixture->session->catalog, &names);
	tree_set_values(fixture->tree, fixture->session->target_values);
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	static const char *const names[] = {"cache.db", "cache.db-wal", "cache.db-shm"};
	struct fixture *fixture = *state;
	char path[128];

	tree_free(fixture->tree);
	session_close(fixture->session);
	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof path, "%s/%s", fixture->folder, names[i]);
		unlink(path);
	}
	rmdir(fixture->folder);
	free(fixture);
	return 0;
}

static size_t named(const struct fixture *fixture, const char *name)
{
	size_t model = catalog_find(fixture->session->catalog, name);

	assert_true(model != CATALOG_NONE);
	return model;
}

/* The rows as one string: depth, kind sign and name or count. */
static const char *rows_text(const struct tree *tree)
{
	static char text[2048];
	static const char signs[] = {[ROW_MODEL] = '-', [ROW_LINK] = '@', [ROW_LINKS] = '&',
				     [ROW_MORE] = '+', [ROW_GROUP] = '#'};
	size_t length = 0;

	text[0] = '\0';
	for (size_t i = 0; i < tree->row_count; i++) {
		struct tree_row shown = tree_row(tree, i), *row = &shown;
		char what[64];
		if (row->kind <= ROW_LINK)
			snprintf(what, sizeof what, "%s", tree_name(tree, row->node) + 4);
		else
			snprintf(what, sizeof what, "%u", (unsigned int)row->count);
		length += (size_t)snprintf(text + length, sizeof text - length, "%s%d%c%s",
					   i ? " " : "", row->depth, signs[row->kind], what);
	}
	return text;
}

static void opens_folded(void **state)
{
	struct fixture *fixture = *state;

	/* Families by scored descendants, then the folded rest. */
	assert_string_equal(rows_text(fixture->tree), "0-Root 0-Second-Root 0#1 0#1");
	assert_int_equal(fixture->tree->cursor, 0);
}

static void unfolds_children_with_scores_first(void **state)
{
	struct fixture *fixture = *state;
	struct tree *tree = fixture->tree;

	tree_set_open(tree, 0, true);
	assert_string_equal(rows_text(tree),
			    "0-Root 1-Child-A 1-Child-B 1+5 0-Second-Root 0#1 0#1");
	tree_set_open(tree, 3, true);
	assert_string_equal(rows_text(tree), "0-Root 1-Child-A 1-Child-B 1+5 1-Silent-1 1-Silent-2 "
					     "1-Silent-3 1-Silent-4 1-Silent-5 0-Second-Root 0#1 0#1");
	assert_true(tree_row(tree, 8).last);
	assert_false(tree_row(tree, 3).last);
	tree_set_open(tree, 3, false);
	tree_set_open(tree, 0, false);
	assert_string_equal(rows_text(tree), "0-Root 0-Second-Root 0#1 0#1");
}

static void other_parents_show_links(void **state)
{
	struct fixture *fixture = *state;
	struct tree *tree = fixture->tree;

	tree_fold_all(tree, true);
	/* Child-A gave 0.7 of Grand, so it is drawn there. */
	assert_string_equal(rows_text(tree), "0-Root 1-Child-A 2-Grand 1-Child-B 2@Grand 1+5 "
					     "0-Second-Root 1-Guessed 0#1 0#1");
	assert_int_equal(tree_row(tree, 4).owner, named(fixture, "lab/Child-B"));
	/* A line passes Grand, because Child-A has siblings below. */
	assert_true(tree_row(tree, 2).guides >> 1 & 1);
	assert_int_equal(tree_parent_count(tree, named(fixture, "lab/Grand")), 2);
}

static void guesses_are_known(void **state)
{
	struct fixture *fixture = *state;

	assert_true(tree_edge_is_guess(fixture->tree, named(fixture, "lab/Guessed")));
	assert_false(tree_edge_is_guess(fixture->tree, named(fixture, "lab/Child-A")));
	assert_false(tree_edge_is_guess(fixture->tree, named(fixture, "lab/Root")));
}

static void cursor_follows_its_model(void **state)
{
	struct fixture *fixture = *state;
	struct tree *tree = fixture->tree;
	size_t grand = named(fixture, "lab/Grand"), guessed = named(fixture, "lab/Guessed");

	tree_reveal(tree, guessed);
	assert_int_equal(tree_model(tree), guessed);
	tree_set_open(tree, 0, true);
	assert_int_equal(tree_model(tree), guessed);
	tree_set_order(tree, TREE_BY_NAME);
	assert_int_equal(tree_model(tree), guessed);
	const struct engine_target ifeval = engine_target_one(0);
	double *values = catalog_target_by_row(fixture->session->catalog, &ifeval);
	tree_set_values(tree, values);
	assert_int_equal(tree_model(tree), guessed);
	assert_float_equal(tree_score(tree, guessed), 17, 1e-9);
	tree_set_values(tree, fixture->session->target_values);
	free(values);
	/* Folding over it leaves the cursor on what is shown of it. */
	tree_reveal(tree, grand);
	tree_fold_all(tree, false);
	assert_int_equal(tree_model(tree), named(fixture, "lab/Root"));
}

static void cursor_marks_kin(void **state)
{
	struct fixture *fixture = *state;
	struct tree *tree = fixture->tree;

	tree_reveal(tree, named(fixture, "lab/Child-B"));
	assert_int_equal(tree_kin(tree, named(fixture, "lab/Root")), KIN_ANCESTOR);
	assert_int_equal(tree_kin(tree, named(fixture, "lab/Grand")), KIN_DESCENDANT);
	assert_int_equal(tree_kin(tree, named(fixture, "lab/Child-A")), KIN_NONE);
	tree_reveal(tree, named(fixture, "lab/Grand"));
	assert_int_equal(tree_kin(tree, named(fixture, "lab/Child-A")), KIN_ANCESTOR);
	assert_int_equal(tree_kin(tree, named(fixture, "lab/Child-B")), KIN_ANCESTOR);
	assert_int_equal(tree_kin(tree, named(fixture, "lab/Grand")), KIN_NONE);
}

static void orders_differ(void **state)
{
	struct fixture *fixture = *state;
	struct tree *tree = fixture->tree;

	tree_set_open(tree, 0, true);
	tree_set_order(tree, TREE_BY_DATE);
	assert_string_equal(rows_text(tree),
			    "0-Root 1-Child-B 1-Child-A 1+5 0-Second-Root 0#1 0#1");
	/* By score the branch with the best member is first: Grand's. */
	tree_set_order(tree, TREE_BY_SCORE);
	assert_string_equal(rows_text(tree),
			    "0-Root 1-Child-A 1-Child-B 1+5 0-Second-Root 0#1 0#1");
	tree_set_order(tree, TREE_BY_SIZE); /* all the same: by name */
	assert_string_equal(rows_text(tree),
			    "0-Root 1-Child-A 1-Child-B 1+5 0-Second-Root 0#1 0#1");
}

/* The branch with the largest z comes first; without z by name. */
static void order_by_z(void **state)
{
	struct fixture *fixture = *state;
	struct tree *tree = fixture->tree;
	double z[32];

	for (size_t i = 0; i < tree->count; i++)
		z[i] = NAN;
	z[named(fixture, "lab/Child-A")] = -1;
	z[named(fixture, "lab/Child-B")] = 0.5;
	z[named(fixture, "lab/Guessed")] = 3;
	tree_set_open(tree, 0, true);
	tree_set_order(tree, TREE_BY_Z);
	assert_string_equal(rows_text(tree),
			    "0-Root 1-Child-A 1-Child-B 1+5 0-Second-Root 0#1 0#1");
	tree_set_z(tree, z);
	assert_string_equal(rows_text(tree),
			    "0-Second-Root 0-Root 1-Child-B 1-Child-A 1+5 0#1 0#1");
	assert_int_equal(tree_model(tree), named(fixture, "lab/Root"));
	tree_set_z(tree, NULL);
	assert_int_equal(tree_row(tree, 0).node, named(fixture, "lab/Root"));
}

static void marks_are_kept_by_name(void **state)
{
	struct fixture *fixture = *state;
	const struct catalog *catalog = fixture->session->catalog;
	size_t root = named(fixture, "lab/Root"), grand = named(fixture, "lab/Grand");
	struct marks marks = {0}, again = {0};
	struct text saved = {0};

	marks_set(&marks, catalog, 'b', root);
	assert_true(marks_toggle(&marks, catalog, grand));
	marks_set(&marks, catalog, 'a', grand);
	assert_int_equal(marks_sign(&marks, grand), 'a');
	/* A letter has one model. */
	marks_set(&marks, catalog, 'b', grand);
	assert_int_equal(marks_model(&marks, 'b'), grand);
	assert_int_equal(marks_sign(&marks, root), 0);
	marks_save(&marks, &saved);
	assert_string_equal(text_string(&saved), "alab/Grand\nblab/Grand\n*lab/Grand\n");
	text_append(&saved, "zlab/Gone\n1lab/Root\n\nq\n");
	marks_load(&again, catalog, text_string(&saved));
	assert_int_equal(again.count, 4);
	assert_int_equal(marks_model(&again, 'a'), grand);
	assert_true(marks_model(&again, 'z') == CATALOG_NONE);
	assert_false(marks_toggle(&again, catalog, grand));
	marks_remove(&again, 0);
	assert_int_equal(again.count, 2);
	/* What is gone is not forgotten. */
	text_clear(&saved);
	marks_save(&again, &saved);
	assert_string_equal(text_string(&saved), "blab/Grand\nzlab/Gone\n");
	text_free(&saved);
	marks_free(&marks);
	marks_free(&again);
}

static void filter_shows_the_way_to_matches(void **state)
{
	struct fixture *fixture = *state;
	struct tree *tree = fixture->tree;

	tree_set_filter(tree, "grand");
	assert_string_equal(rows_text(tree), "0-Root 1-Child-A 2-Grand");
	assert_int_equal(tree_model(tree), named(fixture, "lab/Grand"));
	assert_int_equal(tree->fit_count, 1);
	tree_set_filter(tree, "mute child");
	assert_string_equal(rows_text(tree), "0-Mute-Root 1-Mute-Child");
	tree_set_filter(tree, "qqq");
	assert_int_equal(tree->row_count, 0);
	assert_null(tree_here(tree));
	assert_int_equal(tree_model(tree), CATALOG_NONE);
	tree_set_filter(tree, NULL);
	assert_true(tree->row_count > 0);
	assert_non_null(tree_here(tree));
}

static void filter_keeps_the_model_found(void **state)
{
	struct fixture *fixture = *state;
	struct tree *tree = fixture->tree;

	tree_set_filter(tree, "silent-4");
	tree_set_filter(tree, NULL);
	assert_int_equal(tree_model(tree), named(fixture, "lab/Silent-4"));
}

static void search_goes_round(void **state)
{
	struct fixture *fixture = *state;
	struct tree *tree = fixture->tree;
	size_t number;

	tree_search(tree, "CHILD");
	assert_int_equal(tree->match_count, 3);
	size_t first = tree_match(tree, 1, true, &number);
	assert_int_equal(first, named(fixture, "lab/Child-A"));
	assert_int_equal(number, 1);
	tree_reveal(tree, first);
	assert_int_equal(tree_match(tree, 1, false, &number), named(fixture, "lab/Child-B"));
	assert_int_equal(tree_match(tree, 1, true, &number), first);
	assert_int_equal(tree_match(tree, -1, false, &number), named(fixture, "lab/Mute-Child"));
	assert_int_equal(number, 3);
	tree_search(tree, "nothing like it");
	assert_int_equal(tree_match(tree, 1, true, &number), CATALOG_NONE);
	tree_search(tree, NULL);
	assert_false(tree_is_match(tree, first));
}

/* The walk node by node, begun anew by a change of order in its middle, is that
 * of the tree in one go. */
static void a_walk_can_rest(void **state)
{
	struct fixture *fixture = *state;
	struct tree *tree = fixture->tree, *other = tree_new(fixture->session->catalog, NULL);
	size_t steps = 0;

	tree_set_values(other, fixture->session->target_values);
	assert_true(forest_walk_step(tree, 2));
	tree_set_order(tree, TREE_BY_NAME);
	tree_set_order(other, TREE_BY_NAME);
	while (forest_walk_step(tree, 1))
		steps++;
	/* First the roots, then all nodes. */
	size_t roots = tree->family_count + tree->single_count + tree->silent_count;
	assert_int_equal(steps, roots + tree->count - 1);
	forest_walk(other);
	assert_memory_equal(tree->walk, other->walk, tree->count * sizeof *tree->walk);
	for (size_t place = 0; place < tree->count; place++)
		assert_int_equal(tree->position[tree->walk[place]], place);
	tree_free(other);
}

static void folds_are_kept(void **state)
{
	struct fixture *fixture = *state;
	struct tree *tree = fixture->tree;
	struct text saved = {0};

	tree_set_open(tree, 0, true);
	tree_set_open(tree, 3, true);
	tree_save_folds(tree, &saved);
	char *before = strdup(rows_text(tree));
	tree_fold_all(tree, false);
	tree_load_folds(tree, text_string(&saved));
	assert_string_equal(rows_text(tree), before);
	/* What another version or a damaged cache may hold. */
	tree_load_folds(tree, "#9\n+no/such-model\n\n?x\n#");
	assert_string_equal(rows_text(tree), "0-Root 0-Second-Root 0#1 0#1");
	free(before);
	text_free(&saved);
}

static void an_empty_cache_has_no_rows(void **state)
{
	(void)state;
	struct session *session;
	struct error error = {0};
	char folder[] = "/tmp/stemma-tree-XXXXXX", path[64];

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/c.db", folder);
	assert_int_equal(session_open(path, true, NULL, NULL, &session, &error), STATUS_OK);
	struct tree *tree = tree_new(session->catalog, NULL);
	assert_int_equal(tree->row_count, 0);
	tree_set_filter(tree, "a");
	tree_set_filter(tree, "");
	tree_search(tree, "a");
	tree_fold_all(tree, true);
	tree_move(tree, 7);
	assert_null(tree_here(tree));
	tree_free(tree);
	session_close(session);
	unlink(path);
	rmdir(folder);
}

/* What another import changes, and the tree of it in the place of the old one. */
static void renew(struct fixture *fixture, const char *name, const char *content)
{
	struct error error = {0}, warning = {0};
	struct catalog *catalog;
	char path[128];

	import_written(fixture, name, content);
	snprintf(path, sizeof path, "%s/cache.db", fixture->folder);
	assert_int_equal(session_load_detached(path, fixture->session->catalog, NULL, &catalog, &warning, &error),
			 STATUS_OK);
	assert_non_null(catalog);
	uint32_t *match = catalog_match(fixture->session->catalog, catalog);
	struct tree *tree = tree_new(catalog, NULL);
	session_adopt_catalog(fixture->session, catalog);
	tree_renew(tree, fixture->tree, match, fixture->session->target_values);
	tree_free(fixture->tree);
	free(match);
	fixture->tree = tree;
}

static void a_new_catalog_keeps_the_place(void **state)
{
	struct fixture *fixture = *state;

	tree_reveal(fixture->tree, named(fixture, "lab/Guessed"));
	tree_set_order(fixture->tree, TREE_BY_NAME);
	tree_search(fixture->tree, "root");
	assert_string_equal(rows_text(fixture->tree), "0-Root 0-Second-Root 1-Guessed 0#1 0#1");
	renew(fixture, "more.csv", "model,ifeval\nlab/Another,50\nlab/Zero,60\n");
	struct tree *tree = fixture->tree;
	assert_int_equal(tree_model(tree), named(fixture, "lab/Guessed"));
	assert_string_equal(rows_text(tree), "0-Root 0-Second-Root 1-Guessed 0#3 0#1");
	assert_int_equal(tree->order, TREE_BY_NAME);
	assert_float_equal(tree_score(tree, named(fixture, "lab/Guessed")), 17, 1e-9);
	assert_int_equal(tree->match_count, 3);
	tree_set_open(tree, 3, true);
	assert_string_equal(rows_text(tree),
			    "0-Root 0-Second-Root 1-Guessed 0#3 1-Alone 1-Another 1-Zero 0#1");
	/* On a folded run. */
	tree_set_open(tree, 0, true);
	tree_move(tree, 3);
	assert_int_equal(tree_here(tree)->kind, ROW_MORE);
	renew(fixture, "silent.csv", "child,parent,relation,source\nlab/Silent-0,lab/Root,finetune,card\n");
	assert_int_equal(tree_here(fixture->tree)->kind, ROW_MORE);
	assert_int_equal(tree_here(fixture->tree)->count, 6);
	/* On a group. */
	tree_move(fixture->tree, 6);
	assert_int_equal(tree_here(fixture->tree)->kind, ROW_GROUP);
	renew(fixture, "one.csv", "model,ifeval\nlab/First,50\n");
	assert_int_equal(tree_here(fixture->tree)->kind, ROW_GROUP);
	assert_int_equal(tree_here(fixture->tree)->count, 4);
}

static void a_cursor_follows_its_model_into_another(void **state)
{
	struct fixture *fixture = *state;

	/* A link is followed to the same link. */
	tree_fold_all(fixture->tree, true);
	tree_move(fixture->tree, 4);
	assert_int_equal(tree_here(fixture->tree)->kind, ROW_LINK);
	renew(fixture, "one.csv", "model,ifeval\nlab/First,50\n");
	assert_int_equal(tree_here(fixture->tree)->kind, ROW_LINK);
	assert_int_equal(tree_here(fixture->tree)->owner, named(fixture, "lab/Child-B"));
	assert_int_equal(tree_model(fixture->tree), named(fixture, "lab/Grand"));
	/* A model that has another name now. */
	tree_reveal(fixture->tree, named(fixture, "lab/Child-B"));
	renew(fixture, "renames.csv", "leaderboard_id,current_hub_id\nlab/Child-B,lab/Renamed\n");
	assert_int_equal(tree_model(fixture->tree), named(fixture, "lab/Renamed"));
	assert_string_equal(tree_name(fixture->tree, tree_model(fixture->tree)), "lab/Renamed");
}

#define WITH_TREE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_TREE(opens_folded),
		WITH_TREE(unfolds_children_with_scores_first),
		WITH_TREE(other_parents_show_links),
		WITH_TREE(guesses_are_known),
		WITH_TREE(cursor_follows_its_model),
		WITH_TREE(cursor_marks_kin),
		WITH_TREE(orders_differ),
		WITH_TREE(order_by_z),
		WITH_TREE(marks_are_kept_by_name),
		WITH_TREE(filter_shows_the_way_to_matches),
		WITH_TREE(filter_keeps_the_model_found),
		WITH_TREE(search_goes_round),
		WITH_TREE(a_walk_can_rest),
		WITH_TREE(folds_are_kept),
		WITH_TREE(a_new_catalog_keeps_the_place),
		WITH_TREE(a_cursor_follows_its_model_into_another),
		cmocka_unit_test(an_empty_cache_has_no_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
