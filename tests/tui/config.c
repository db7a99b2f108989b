/* The options: the table, and what a file does to the keys. */
#include "test.h"

#include <string.h>

#include "settings/config_table.h"
#include "settings/keys.h"

static enum status parse(struct config *config, const char *text, struct error *error)
{
	*error = (struct error){0};
	return config_parse(config, text, strlen(text), "test.yaml", error);
}

/* Whatever the table says must be a value that it takes itself. */
static void every_default_is_valid(void **state)
{
	(void)state;
	struct config *config = config_new();

	for (int id = 0; id < CONFIG_COUNT; id++) {
		const struct config_option *option = config_option(id);
		struct error error = {0};
		assert_int_equal(config_set(config, option->name, option->standard, &error), STATUS_OK);
		assert_string_equal(config_words(config, id), option->standard);
		assert_true(*option->help != 0);
	}
	assert_int_equal(config_changes(config), 0);
	config_free(config);
}

static void what_is_printed_is_read_again(void **state)
{
	(void)state;
	struct config *config = config_new(), *other = config_new();
	struct text first = {0}, second = {0};
	struct error error;

	assert_int_equal(parse(config, "wheel-rows: 7\nascii: always\nkeys: {down: ['\\', j, '|', '~']}\n"
			       "colors: {text: reverse 17}\n", &error), STATUS_OK);
	config_print(config, &first);
	assert_int_equal(parse(other, text_string(&first), &error), STATUS_OK);
	config_print(other, &second);
	assert_string_equal(text_string(&first), text_string(&second));
	assert_int_equal(config_changes(other), 4);
	assert_int_equal(config_number(other, CONFIG_WHEEL), 7);
	assert_string_equal(config_keys(other, ACTION_DOWN), "\\ j | ~");
	text_free(&first);
	text_free(&second);
	config_free(config);
	config_free(other);
}

static void keys_are_bound_anew(void **state)
{
	(void)state;
	struct config *config = config_new();
	struct error error;

	assert_int_equal(config_action(config, VIEW_TREE, 'j'), ACTION_DOWN);
	assert_int_equal(parse(config, "keys:\n  down: [CTRL-N, a, PgDn]\n  page-down: []\n", &error),
			 STATUS_OK);
	assert_int_equal(config_action(config, VIEW_TREE, 'a'), ACTION_DOWN);
	assert_int_equal(config_action(config, VIEW_TREE, 14), ACTION_DOWN);
	assert_int_equal(config_action(config, VIEW_TREE, INPUT_PAGE_DOWN), ACTION_DOWN);
	assert_int_equal(config_action(config, VIEW_TREE, 'j'), ACTION_NONE);
	/* twice in views that do not meet */
	assert_int_equal(parse(config, "keys: {fold: [h, U], remove: [x, U]}\n", &error), STATUS_OK);
	assert_int_equal(config_action(config, VIEW_TREE, 'U'), ACTION_FOLD);
	assert_int_equal(config_action(config, VIEW_SKETCH, 'U'), ACTION_REMOVE);
	config_free(config);
}

/* Whoever had a key before an action came that has it by default has it still. */
static void what_the_user_gives_goes_first(void **state)
{
	(void)state;
	struct config *config = config_new();
	struct error error;

	assert_int_equal(config_action(config, VIEW_TREE, 'R'), ACTION_RELOAD);
	assert_int_equal(parse(config, "keys: {fold: [h, R, I], residuals: [S], down: [j, F3]}\n", &error), STATUS_OK);
	assert_int_equal(config_action(config, VIEW_TREE, 'R'), ACTION_FOLD);
	assert_int_equal(config_action(config, VIEW_TREE, 'I'), ACTION_FOLD);
	assert_int_equal(config_action(config, VIEW_MODEL, 'S'), ACTION_RESIDUALS);
	assert_string_equal(config_keys(config, ACTION_RELOAD), "");
	assert_string_equal(config_keys(config, ACTION_SEARCH), "/ ctrl-s");
	/* by default both have it */
	assert_string_equal(config_keys(config, ACTION_LIGHTER_HERE), "h left");
	/* in no view of fold */
	assert_string_equal(config_keys(config, ACTION_SUGGEST_INCLUDE), "i");
	assert_int_equal(parse(config, "keys: {up: [k, F10]}\n", &error), STATUS_DATA);
	config_free(config);
}

static void a_fault_leaves_the_defaults(void **state)
{
	(void)state;
	struct config *config = config_new();
	struct error error;

	assert_int_equal(parse(config, "wheel-rows: 9\nkeys:\n  down: [j, q]\n", &error), STATUS_DATA);
	assert_string_equal(error.file, "test.yaml");
	assert_int_equal(error.line, 3);
	assert_int_equal(error.column, 9);
	assert_int_equal(config_changes(config), 0);
	assert_int_equal(config_action(config, VIEW_TREE, 'j'), ACTION_DOWN);
	config_free(config);
}

static void colours_come_down_to_the_terminal(void **state)
{
	(void)state;
	struct style_info style;

	assert_true(style_parse("bold underline 196", &style));
	assert_int_equal(style.attributes, STYLE_BOLD | STYLE_UNDERLINED);
	assert_int_equal(style.of256, 196);
	assert_int_equal(style.of16, 9);
	assert_int_equal(style.of8, 1);
	assert_true(style_parse("bright-blue", &style));
	assert_int_equal(style.of256, 12);
	assert_int_equal(style.of8, 4);
	assert_true(style_parse("default", &style));
	assert_int_equal(style.of256, -1);
	assert_false(style_parse("red green", &style));
	assert_false(style_parse("256", &style));
	assert_false(style_parse("-1", &style));
}

/* A theme that leaves the eight, or a mono one with colours, is a slip. */
static void themes_keep_their_word(void **state)
{
	(void)state;
	for (int style = 0; style < STYLE_COUNT; style++) {
		for (int theme = THEME_DARK; theme <= THEME_MONO; theme++) {
			const struct style_info *info = theme_style((enum theme)theme, (enum style)style);
			assert_in_range(info->of8 + 1, 0, theme == THEME_MONO ? 0 : 8);
			assert_in_range(info->of16 + 1, 0, theme == THEME_MONO ? 0 : 16);
			assert_in_range(info->of256 + 1, 0, theme == THEME_MONO ? 0
							  : theme == THEME_EIGHT ? 8 : 256);
		}
	}
	/* Without colours these must not look like plain text. */
	assert_int_not_equal(theme_style(THEME_MONO, STYLE_MATCH)->attributes, 0);
	assert_int_not_equal(theme_style(THEME_MONO, STYLE_BAD)->attributes, 0);
	assert_int_not_equal(theme_style(THEME_MONO, STYLE_FOCUS)->attributes, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_default_is_valid),
		cmocka_unit_test(what_is_printed_is_read_again),
		cmocka_unit_test(keys_are_bound_anew),
		cmocka_unit_test(what_the_user_gives_goes_first),
		cmocka_unit_test(a_fault_leaves_the_defaults),
		cmocka_unit_test(colours_come_down_to_the_terminal),
		cmocka_unit_test(themes_keep_their_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
