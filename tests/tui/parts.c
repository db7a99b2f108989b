/* The browser's parts that need no screen: fuzzy matching, bars, keys,
 * actions, lists. */
#include <ctype.h>
#include "test.h"

#include <math.h>

#include "settings/actions.h"
#include "board/bars.h"
#include "commands.h"
#include "stemma/base/fuzzy.h"
#include "stemma/base/utf8.h"
#include "settings/config_table.h"
#include "settings/keys.h"
#include "tree/lanes.h"
#include "view/list.h"
#include "stemma/app/sync.h"
#include "settings/words.h"

static void letters_must_occur_in_order(void **state)
{
	(void)state;
	assert_true(fuzzy_score("mistral", "mistralai/Mistral-7B") > 0);
	assert_true(fuzzy_score("ZEPHYR", "HuggingFaceH4/zephyr-7b-beta") > 0);
	assert_true(fuzzy_score("lartsim", "mistralai/Mistral-7B") <= FUZZY_NONE / 2);
	assert_true(fuzzy_score("x", "") <= FUZZY_NONE / 2);
	assert_true(fuzzy_score("", "anything") >= 0);
	assert_true(fuzzy_score("beta zephyr", "HuggingFaceH4/zephyr-7b-beta") > 0);
	assert_true(fuzzy_score("zephyr gamma", "HuggingFaceH4/zephyr-7b-beta") <= FUZZY_NONE / 2);
}

static void better_fits_score_more(void **state)
{
	(void)state;
	/* together beats apart, a word's beginning beats its middle */
	assert_true(fuzzy_score("slerp", "a/model-slerp") > fuzzy_score("slerp", "a/s-l-e-r-p"));
	assert_true(fuzzy_score("qw", "a/qwen") > fuzzy_score("qw", "a/xqwen"));
	assert_true(fuzzy_score("nh", "lab/NeuralHermes") > fuzzy_score("nh", "lab/enough"));
	/* the best of several places counts */
	assert_true(fuzzy_score("ab", "xaxb/ab") > fuzzy_score("ab", "xaxb/xx"));
	/* merely scattered letters are no fit */
	assert_true(fuzzy_score("slerp", "soolooeooroop") <= FUZZY_NONE / 2);
}

/* Whether following the letters of a word one by one says that it fits. */
static bool trail_says_yes(const char *word, const char *name)
{
	struct fuzzy_trail trail = {0};
	size_t length = strlen(name);

	for (const char *letter = word; *letter; letter++)
		if (!fuzzy_trail_follow(&trail, *letter, name, length))
			return false;
	return fuzzy_trail_fits(&trail, strlen(word), length);
}

/* What a digest says is never less than what is, and what a trail says never more. */
static void chances_bound_scores(void **state)
{
	(void)state;
	static const char names[][40] = {"mistralai/Mistral-7B-v0.1", "a/b", "lab/NeuralHermes-2.5",
					 "HuggingFaceH4/zephyr-7b-beta", "x/soolooeooroop", "Enno-Ai/Enno"};
	static const char *const words[] = {"m", "mi", "mst", "mistral", "nh25", "zb", "slerp", "eae", "ea",
					    "7b", "ab", "neural", "hzb", "xs"};
	size_t fitting = 0, sure = 0, trails = 0;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
			char folded[64] = "";
			for (size_t c = 0; names[i][c]; c++)
				folded[c] = (char)tolower((unsigned char)names[i][c]);
			struct fuzzy_digest digest = fuzzy_digest(names[i], folded, strlen(names[i]));
			struct fuzzy_chance chance = fuzzy_chance(words[k], strlen(words[k]), &digest,
								  strlen(names[i]));
			double score = fuzzy_score(words[k], names[i]);
			bool says_yes = trail_says_yes(words[k], names[i]);
			trails += says_yes;
			assert_true(!says_yes || score > FUZZY_NONE / 2);
			if (score <= FUZZY_NONE / 2) {
				sure += !chance.fits;
				continue;
			}
			fitting++;
			assert_true(chance.fits);
			assert_true(score <= chance.most + 1e-9);
			assert_true(score <= fuzzy_ceiling(strlen(words[k]), strlen(names[i])) + 1e-9);
		}
	assert_true(fitting > 15);
	assert_true(sure > 10);
	assert_true(trails > 10);
}

static void long_names_are_safe(void **state)
{
	(void)state;
	char name[1000], pattern[300];

	memset(name, 'a', sizeof name);
	name[sizeof name - 1] = '\0';
	memset(pattern, 'a', sizeof pattern);
	pattern[sizeof pattern - 1] = '\0';
	assert_true(fuzzy_score("aaaa", name) > 0);
	assert_true(fuzzy_score(pattern, name) <= FUZZY_NONE / 2);
	assert_null(fuzzy_find("short", "much longer than it"));
	assert_string_equal(fuzzy_find("Mistral-7B", "STRAL"), "stral-7B");
}

static const struct bar_scale points = {0, 100};

static void interval_bars(void **state)
{
	(void)state;
	char cells[BAR_WIDTH_MAX + 1];

	bar_interval(cells, 21, &points, &(struct bar_values){20, 40, 60, 10, NAN});
	assert_string_equal(cells, "  x [---o---]        ");
	bar_interval(cells, 21, &points, &(struct bar_values){20, 40, 60, 40, 80});
	assert_string_equal(cells, "    [---@---]   d    ");
	bar_interval(cells, 21, &points, &(struct bar_values){20, 40, 60, NAN, 40});
	assert_string_equal(cells, "    [---*---]        ");
	bar_interval(cells, 21, &points, &(struct bar_values){40, 40, 40, NAN, NAN});
	assert_string_equal(cells, "        o            ");
	bar_interval(cells, 21, &points, &(struct bar_values){-10, 50, 150, NAN, NAN});
	assert_string_equal(cells, "[---------o---------]");
	bar_interval(cells, 21, &points, &(struct bar_values){NAN, NAN, NAN, NAN, NAN});
	assert_string_equal(cells, "                     ");
	bar_interval(cells, 1, &points, &(struct bar_values){0, 50, 100, NAN, NAN});
	assert_string_equal(cells, "o");
	/* Each on its own axis. */
	bar_interval(cells, 21, &(struct bar_scale){0, 1}, &(struct bar_values){0.2, 0.4, 0.6, 0.1, NAN});
	assert_string_equal(cells, "  x [---o---]        ");
	bar_interval(cells, 21, &(struct bar_scale){1000, 1400}, &(struct bar_values){1080, 1160, 1240, 1600, 900});
	assert_string_equal(cells, "d   [---o---]       x");
}

static void axis_takes_what_fits(void **state)
{
	(void)state;
	char cells[BAR_WIDTH_MAX + 1];

	bar_axis(cells, 41, &points);
	assert_string_equal(cells, "0        25        50        75       100");
	bar_axis(cells, 12, &points);
	assert_string_equal(cells, "0    50  100");
	bar_axis(cells, 6, &points);
	assert_string_equal(cells, "0  100");
	bar_axis(cells, 2, &points);
	assert_int_equal(strlen(cells), 2);
	bar_axis(cells, 21, &(struct bar_scale){0, 1});
	assert_string_equal(cells, "0  0.25  0.5 0.75   1");
	bar_axis(cells, 21, &(struct bar_scale){0, 10});
	assert_string_equal(cells, "0   2.5   5   7.5  10");
	bar_axis(cells, 21, &(struct bar_scale){987.5, 1402.25});
	assert_string_equal(cells, "988     1195     1402");
	bar_axis(cells, 21, &(struct bar_scale){-100, 100});
	assert_string_equal(cells, "-100      0       100");
	assert_int_equal(bar_decimals(&points), 1);
	assert_int_equal(bar_decimals(&(struct bar_scale){0, 1}), 3);
	assert_int_equal(bar_decimals(&(struct bar_scale){0, 10}), 2);
	assert_int_equal(bar_decimals(&(struct bar_scale){900, 1400}), 0);
}

static void histogram_counts_all(void **state)
{
	(void)state;
	const double values[] = {-9, -1, -1, 0, 1, 9, NAN};
	size_t bins[4];

	assert_int_equal(bar_histogram(values, 7, -2, 2, bins, 4), 2);
	assert_int_equal(bins[0], 1);
	assert_int_equal(bins[1], 2);
	assert_int_equal(bins[2], 1);
	assert_int_equal(bins[3], 2);
	assert_int_equal(bar_eighths(10, 10, 3, 4), 8);
	assert_int_equal(bar_eighths(5, 10, 1, 4), 8);
	assert_int_equal(bar_eighths(5, 10, 2, 4), 0);
	assert_int_equal(bar_eighths(1, 1000, 0, 4), 1);
	assert_int_equal(bar_eighths(0, 1000, 0, 4), 0);
	assert_int_equal(bar_eighths(0, 0, 0, 4), 0);
}

static void key_names_go_both_ways(void **state)
{
	(void)state;
	static const char *const names[] = {"j", "space", "enter", "esc", "tab", "shift-tab", "ctrl-o",
					    "F1", "F10", "pgdn", "+", "-", "é", "⊕"};
	char name[INPUT_NAME_SIZE];

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		int input = input_parse(names[i]);
		assert_true(input != INPUT_NONE);
		input_name(input, name);
		assert_string_equal(name, names[i]);
	}
	assert_int_equal(input_parse("no-such-key"), INPUT_NONE);
	assert_int_equal(input_parse(""), INPUT_NONE);
	assert_true(input_in('j', "j down"));
	assert_false(input_in('d', "j down"));
	assert_true(input_in(' ', "x space"));
}

static void every_key_of_the_table_exists(void **state)
{
	(void)state;
	for (int i = 0; i < ACTION_COUNT; i++) {
		char keys[64], *rest = NULL;
		snprintf(keys, sizeof keys, "%s", action_info((enum action)i)->keys);
		for (char *key = strtok_r(keys, " ", &rest); key; key = strtok_r(NULL, " ", &rest))
			assert_int_not_equal(input_parse(key), INPUT_NONE);
		assert_true(action_info((enum action)i)->views != 0);
	}
}

/* An action that no key reaches in one of its views is a slip in the table. */
static void every_action_can_be_reached(void **state)
{
	(void)state;
	struct config *config = config_new();

	for (int i = 0; i < ACTION_COUNT; i++) {
		const struct action_info *info = action_info((enum action)i);
		for (int view = 0; view < VIEW_COUNT; view++) {
			bool reached = !(info->views & 1u << view);
			char keys[64], *rest = NULL;
			snprintf(keys, sizeof keys, "%s", info->keys);
			for (char *key = strtok_r(keys, " ", &rest); key;
			     key = strtok_r(NULL, " ", &rest))
				reached |= config_action(config, (enum view_id)view, input_parse(key)) ==
					   (enum action)i;
			if (!reached)
				print_message("%s is out of reach in %s\n", info->name,
					      view_name((enum view_id)view));
			assert_true(reached);
		}
	}
	config_free(config);
}

/* The manual names each command with its argument, and no other. */
static void manual_lists_the_commands(void **state)
{
	(void)state;
	const char *top = getenv("top_srcdir");
	char path[4096], line[512], wanted[64];
	size_t found = 0;

	snprintf(path, sizeof path, "%s/man/stemma.1", top ? top : ".");
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	while (fgets(line, sizeof line, file)) {
		if (strncmp(line, ".It Ic :", 8) != 0 || line[8] == ' ')
			continue;
		bool known = false;
		for (int i = 0; i < COMMAND_COUNT; i++) {
			const struct command_info *info = command_info((enum command)i);
			snprintf(wanted, sizeof wanted, ".It Ic :%s Ar %s\n", info->name,
				 info->argument_name);
			known = known || strcmp(wanted, line) == 0;
		}
		if (!known)
			fail_msg("the manual lists %s", line);
		found++;
	}
	fclose(file);
	assert_int_equal(found, COMMAND_COUNT);
}

static void lists_scroll(void **state)
{
	(void)state;
	struct list list = {0};

	list_show(&list, 100, 10);
	assert_true(list_act(&list, ACTION_DOWN, 12));
	list_show(&list, 100, 10);
	assert_int_equal(list.cursor, 12);
	assert_true(list.top <= 12 && list.top + 10 > 12);
	list_act(&list, ACTION_LAST, 0);
	list_show(&list, 100, 10);
	assert_int_equal(list.cursor, 99);
	assert_int_equal(list.top, 90);
	list_act(&list, ACTION_LAST, 5);
	list_show(&list, 100, 10);
	assert_int_equal(list.cursor, 4);
	list_show(&list, 2, 10);
	assert_int_equal(list.cursor, 1);
	assert_int_equal(list.top, 0);
	list_show(&list, 0, 10);
	assert_int_equal(list.cursor, 0);
	list_act(&list, ACTION_DOWN, 3);
	assert_int_equal(list.cursor, 0);
	assert_false(list_act(&list, ACTION_QUIT, 0));
}

/* On random graphs with more parents than lanes: every ancestor once, children
 * before parents, and no line wider than its lanes. */
static void lanes_show_every_ancestor_once(void **state)
{
	(void)state;
	enum { NODES = 60 };
	uint64_t random = 9;

	for (int graph = 0; graph < 40; graph++) {
		struct lineage *lineage = lineage_new(NODES);
		for (size_t child = 1; child < NODES; child++)
			for (int p = 0; p < graph % 8; p++) {
				random = random * 6364136223846793005ULL + 1442695040888963407ULL;
				lineage_add(lineage, child, (size_t)(random >> 33) % child, RELATION_MERGE, 1,
					    p % 2 ? TRUST_INFERRED : TRUST_DECLARED);
			}
		lineage_finish(lineage);
		struct lineage_walk *walk = lineage_walk_new(lineage);
		size_t ancestors, count, nodes = 0, place[NODES] = {0};
		lineage_ancestors(walk, NODES - 1, &ancestors);
		struct lane_line *lines = lanes_draw(lineage, NODES - 1, &count);
		assert_int_equal(lines[0].node, NODES - 1);
		for (size_t i = 0; i < count; i++) {
			assert_true(utf8_width(lines[i].text) <= 2 * LANES_MAX);
			if (lines[i].node == LANES_LINK)
				continue;
			assert_int_equal(place[lines[i].node], 0);
			place[lines[i].node] = ++nodes;
		}
		assert_int_equal(nodes, ancestors);
		for (size_t child = 0; child < NODES; child++) {
			size_t parents;
			const struct lineage_parent *parent = lineage_parents(lineage, child, &parents);
			for (size_t p = 0; p < parents && place[child]; p++)
				assert_true(place[parent[p].node] > place[child]);
		}
		free(lines);
		lineage_walk_free(walk);
		lineage_free(lineage);
	}
}

static void a_line_is_split_into_names(void **state)
{
	(void)state;
	struct words words = {0};
	struct text quoted = {0};

	setenv("HOME", "/home/me", 1);
	words_split("  a.csv b\\ c.csv \"d e\".yml ~/f \\\"g ~x", &words);
	static const char *const names[] = {"a.csv", "b c.csv", "d e.yml", "/home/me/f", "\"g", "~x"};
	assert_int_equal(words.count, sizeof names / sizeof *names);
	for (size_t i = 0; i < words.count; i++)
		assert_string_equal(words.list[i], names[i]);
	words_free(&words);
	assert_int_equal(words_last("a b\\ c"), 2);
	assert_int_equal(words_last("a \"b c"), 2);
	assert_int_equal(words_last("a "), 2);
	assert_int_equal(words_last(""), 0);
	/* There and back. */
	words_quote("x \"y\" \\z", &quoted);
	words_split(text_string(&quoted), &words);
	assert_int_equal(words.count, 1);
	assert_string_equal(words.list[0], "x \"y\" \\z");
	words_free(&words);
	text_free(&quoted);
}

static void what_is_synced_is_chosen_by_words(void **state)
{
	(void)state;
	struct sync_options options = SYNC_DEFAULTS;
	struct error error = {0};

	assert_int_equal(sync_options_read(&options, "", &error), STATUS_OK);
	assert_false(sync_settings(&options).models);
	assert_int_equal(sync_settings(&options).tries, 5);
	assert_int_equal(sync_options_read(&options, "depth 2 descendants backoff=10 tries=0", &error), STATUS_OK);
	struct sync_settings settings = sync_settings(&options);
	assert_true(settings.models && settings.descendants && !settings.dry_run);
	assert_int_equal(settings.depth, 2);
	assert_int_equal(settings.tries, 1);
	assert_float_equal(settings.backoff, 0.01, 1e-12);
	static const char *const wrong[][2] = {
		{"modles", "sync knows no 'modles'"}, {"depth", "depth takes a number"},
		{"depth=x", "depth takes a number"}, {"depth=-1", "depth takes a number"},
		{"models=1", "models takes no value"},
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		error = (struct error){0};
		assert_int_equal(sync_options_read(&options, wrong[i][0], &error), STATUS_USAGE);
		assert_string_equal(error.message, wrong[i][1]);
	}
	error = (struct error){0};
	assert_int_equal(sync_options_read(&options, "tries=9 modles", &error), STATUS_USAGE);
	assert_int_equal(sync_settings(&options).tries, 1); /* all or nothing */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(letters_must_occur_in_order),
		cmocka_unit_test(better_fits_score_more),
		cmocka_unit_test(chances_bound_scores),
		cmocka_unit_test(long_names_are_safe),
		cmocka_unit_test(interval_bars),
		cmocka_unit_test(axis_takes_what_fits),
		cmocka_unit_test(histogram_counts_all),
		cmocka_unit_test(key_names_go_both_ways),
		cmocka_unit_test(every_key_of_the_table_exists),
		cmocka_unit_test(every_action_can_be_reached),
		cmocka_unit_test(manual_lists_the_commands),
		cmocka_unit_test(lists_scroll),
		cmocka_unit_test(a_line_is_split_into_names),
		cmocka_unit_test(what_is_synced_is_chosen_by_words),
		cmocka_unit_test(lanes_show_every_ancestor_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
