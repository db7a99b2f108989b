/* Values of the options: defaults, checks, files. */
#include <stdlib.h>
#include <string.h>

#include "settings/config_table.h"
#include "settings/keys.h"
#include "stemma/base/memory.h"
#include "stemma/base/read_file.h"
#include "stemma/base/user_path.h"
#include "stemma/base/suggest.h"
#include "stemma/formats/settings.h"

struct value {
	char *words; /* owned */
	long number;
	bool given;  /* by a file; then: */
	long line, column;
};

struct config {
	struct value values[CONFIG_COUNT];
};

static const struct config_option options[] = {
#define X(symbol, name, type, standard, minimum, maximum, words, help) \
	{name, CONFIG_##type, standard, minimum, maximum, words, help},
	CONFIG_TABLE(X)
#undef X
#define X(symbol, name, help) {"colors." name, CONFIG_COLORS, "theme", 0, 0, "", help},
	STYLE_TABLE(X)
#undef X
#define X(symbol, name, keys, views, need, does, hint, section, help) \
	{"keys." name, CONFIG_KEYS, keys, 0, 0, "", help},
	ACTION_TABLE(X)
#undef X
};

const struct config_option *config_option(int id)
{
	return &options[id];
}

/* ---- words ------------------------------------------------------------------------ */

/* Copies the next of several words and moves *words behind it; false at the
 * end.  A word that is too long is cut, and so is none of ours. */
static bool next_word(const char **words, char word[64])
{
	*words += strspn(*words, " ");
	size_t length = strcspn(*words, " "), kept = length < 63 ? length : 63;

	memcpy(word, *words, kept);
	word[kept] = '\0';
	*words += length;
	return length > 0;
}

/* Position of `word` in `words`, -1 when it is not there. */
static long word_position(const char *words, const char *word)
{
	char other[64];

	for (long i = 0; next_word(&words, other); i++)
		if (!strcmp(other, word))
			return i;
	return -1;
}

/* Advice: the nearest of some words, else all of them. */
static void advise_words(const char *word, const char *const *list, struct error *error)
{
	const char *nearest = suggest_nearest(word, list);
	struct text all = {0};

	for (size_t i = 0; list[i]; i++)
		text_append_format(&all, "%s%s", i ? ", " : "", list[i]);
	if (nearest)
		error_advise(error, "did you mean '%s'?", nearest);
	else
		error_advise(error, "it takes %s", text_string(&all));
	text_free(&all);
}

#define WORDS_MAX 16
static void advise_choices(const char *word, const char *words, struct error *error)
{
	char store[WORDS_MAX][64];
	const char *list[WORDS_MAX + 1] = {NULL};

	for (size_t i = 0; i < WORDS_MAX && next_word(&words, store[i]); i++)
		list[i] = store[i];
	advise_words(word, list, error);
}

/* ---- checks ------------------------------------------------------------------------ */

static enum status refuse(const struct config_option *option, const char *value,
			  struct error *error)
{
	return error_set(error, STATUS_DATA, "%s does not take '%s'", option->name, value);
}

static enum status check_bool(const struct config_option *option, const char *value,
			      long *number, struct error *error)
{
	static const char *const words[] = {"no", "yes", "false", "true", "off", "on"};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (!strcmp(words[i], value)) {
			*number = (long)(i % 2);
			return STATUS_OK;
		}
	refuse(option, value, error);
	return error_advise(error, "it takes yes or no");
}

static enum status check_number(const struct config_option *option, const char *value,
				long *number, struct error *error)
{
	char *end;

	*number = strtol(value, &end, 10);
	if (end != value && !*end && *number >= option->minimum && *number <= option->maximum)
		return STATUS_OK;
	refuse(option, value, error);
	return error_advise(error, "it takes a whole number from %ld to %ld", option->minimum,
			    option->maximum);
}

static enum status check_choice(const struct config_option *option, const char *value,
				long *number, struct error *error)
{
	*number = word_position(option->words, value);
	if (*number >= 0)
		return STATUS_OK;
	refuse(option, value, error);
	advise_choices(value, option->words, error);
	return STATUS_DATA;
}

static enum status check_words(const struct config_option *option, const char *value,
			       struct error *error)
{
	char word[64];

	while (next_word(&value, word))
		if (word_position(option->words, word) < 0) {
			refuse(option, word, error);
			advise_choices(word, option->words, error);
			return STATUS_DATA;
		}
	return STATUS_OK;
}

static enum status check_colors(const struct config_option *option, const char *value,
				struct error *error)
{
	struct style_info style;
	const char *rest = value;
	char word[64];

	if (!strcmp(value, "theme") || (*value && style_parse(value, &style)))
		return STATUS_OK;
	refuse(option, value, error);
	while (next_word(&rest, word)) {
		const char *nearest = suggest_nearest(word, style_words);
		if (!style_parse(word, &style) && nearest)
			return error_advise(error, "did you mean '%s'?", nearest);
	}
	return error_advise(error, "it takes theme, or bold, dim, underline, reverse and one colour: "
			    "a name such as blue or bright-red, or 0 to 255");
}

static enum status check_keys(const struct config_option *option, const char *value,
			      struct error *error)
{
	char word[64];
	bool any = false;

	for (; next_word(&value, word); any = true) {
		int input = input_parse(word);
		if (input == INPUT_NONE) {
			refuse(option, word, error);
			return error_advise(error, "keys are characters, ctrl-a to ctrl-z, F1 to F10 and "
					    "names such as space, enter, esc, tab, up, pgdn, delete");
		}
		if (input >= '0' && input <= '9') {
			refuse(option, word, error);
			return error_advise(error, "digits are counts");
		}
	}
	if (any || (strcmp(option->name, "keys.quit") && strcmp(option->name, "keys.leave")))
		return STATUS_OK;
	error_set(error, STATUS_DATA, "%s has no key", option->name);
	return error_advise(error, "without one there is no way out");
}

static enum status check_value(const struct config_option *option, const char *value,
			       long *number, struct error *error)
{
	*number = 0;
	switch (option->type) {
	case CONFIG_BOOL: return check_bool(option, value, number, error);
	case CONFIG_NUMBER: return check_number(option, value, number, error);
	case CONFIG_CHOICE: return check_choice(option, value, number, error);
	case CONFIG_WORDS: return check_words(option, value, error);
	case CONFIG_COLORS: return check_colors(option, value, error);
	case CONFIG_KEYS: return check_keys(option, value, error);
	}
	return STATUS_SOFTWARE;
}

/* Keys by the names that they are known by: "CTRL-N" is "ctrl-n". */
static char *canonical(const struct config_option *option, const char *value, long number)
{
	struct text out = {0};
	char word[64];

	if (option->type == CONFIG_BOOL)
		return memory_string(number ? "yes" : "no");
	while (next_word(&value, word)) {
		if (option->type == CONFIG_KEYS)
			input_name(input_parse(word), word);
		text_append_format(&out, "%s%s", out.length ? " " : "", word);
	}
	char *result = memory_string(text_string(&out));
	text_free(&out);
	return result;
}

static enum status set_value(struct config *config, int id, const char *value,
			     struct error *error)
{
	long number;
	enum status status = check_value(&options[id], value, &number, error);

	if (status != STATUS_OK)
		return status;
	free(config->values[id].words);
	config->values[id].words = canonical(&options[id], value, number);
	config->values[id].number = number;
	return STATUS_OK;
}

/* ---- keys that two actions want ---------------------------------------------------- */

/* Both have the key by default: the table says who goes first. */
static bool shared_by_default(int input, enum action a, enum action b)
{
	return input_in(input, action_info(a)->keys) && input_in(input, action_info(b)->keys);
}

/* Without these keys there is no way out: they change hands only by the user's word. */
static bool keeps_keys(enum action action)
{
	return action == ACTION_QUIT || action == ACTION_LEAVE;
}

/* Takes from `defaults`, keys of an action that has none of the user's, what the user
 * gave to another. */
static void take_keys(struct value *defaults, enum action action, const char *given, enum action other)
{
	const char *keys = defaults->words;
	struct text left = {0};
	char key[64];

	while (next_word(&keys, key)) {
		int input = input_parse(key);
		if (!input_in(input, given) || shared_by_default(input, action, other))
			text_append_format(&left, "%s%s", left.length ? " " : "", key);
	}
	free(defaults->words);
	defaults->words = memory_string(text_string(&left));
	text_free(&left);
}

/* A file for an older program, or one with fewer actions, holds: where the user gave a
 * key to one action, another of the same view has it by default no more. */
static void give_way(struct config *config)
{
	for (int a = 0; a < ACTION_COUNT; a++) {
		struct value *value = &config->values[CONFIG_ACTIONS + a];
		if (value->given || keeps_keys((enum action)a))
			continue;
		for (int b = 0; b < ACTION_COUNT; b++) {
			const struct value *other = &config->values[CONFIG_ACTIONS + b];
			if (other->given && (action_info((enum action)a)->views & action_info((enum action)b)->views))
				take_keys(value, (enum action)a, other->words, (enum action)b);
		}
	}
}

static enum status check_conflict(const struct config *config, enum action a, enum action b,
				  const char *file, struct error *error)
{
	const struct value *first = &config->values[CONFIG_ACTIONS + (int)a];
	const struct value *second = &config->values[CONFIG_ACTIONS + (int)b];
	const char *keys = first->words;
	char key[64];

	if ((!first->given && !second->given) || !(action_info(a)->views & action_info(b)->views))
		return STATUS_OK;
	while (next_word(&keys, key)) {
		int input = input_parse(key);
		if (!input_in(input, second->words) || shared_by_default(input, a, b))
			continue;
		/* The later line is at fault. */
		bool later = second->given && (!first->given || second->line > first->line);
		const struct value *fault = later ? second : first;
		error_set(error, STATUS_DATA, "the key %s is for %s already", key,
			  action_info(later ? a : b)->name);
		error_advise(error, "leave it out, or give keys.%s other keys",
			     action_info(later ? a : b)->name);
		return error_locate(error, file, fault->line, fault->column);
	}
	return STATUS_OK;
}

static enum status check_conflicts(const struct config *config, const char *file,
				   struct error *error)
{
	enum status status = STATUS_OK;

	for (int a = 0; a < ACTION_COUNT; a++)
		for (int b = a + 1; b < ACTION_COUNT && status == STATUS_OK; b++)
			status = check_conflict(config, (enum action)a, (enum action)b, file, error);
	return status;
}

/* ---- files -------------------------------------------------------------------------- */

static int find_option(const char *name)
{
	for (int id = 0; id < CONFIG_COUNT; id++)
		if (!strcmp(options[id].name, name))
			return id;
	return -1;
}

static bool is_group(const char *name)
{
	size_t length = strlen(name);

	for (int id = 0; id < CONFIG_COUNT; id++)
		if (!strncmp(options[id].name, name, length) && options[id].name[length] == '.')
			return true;
	return false;
}

static enum status unknown_option(const char *name, struct error *error)
{
	const char *names[CONFIG_COUNT + 1];

	for (int id = 0; id < CONFIG_COUNT; id++)
		names[id] = options[id].name;
	names[CONFIG_COUNT] = NULL;
	error_set(error, STATUS_DATA, "no option is called %s", name);
	const char *nearest = suggest_nearest(name, names);
	if (is_group(name))
		return error_advise(error, "further names belong below it, indented");
	if (nearest)
		return error_advise(error, "did you mean '%s'?", nearest);
	return error_advise(error, "'stemma config --print' shows all options");
}

static enum status apply_value(struct config *config, int id, const struct setting *setting,
			       struct error *error)
{
	enum config_type type = options[id].type;
	struct text value = {0};

	if (setting->list && type != CONFIG_WORDS && type != CONFIG_COLORS && type != CONFIG_KEYS)
		return error_set(error, STATUS_DATA, "%s takes no list", options[id].name);
	for (size_t i = 0; i < setting->count; i++)
		text_append_format(&value, "%s%s", i ? " " : "", setting->values[i]);
	enum status status = set_value(config, id, text_string(&value), error);
	text_free(&value);
	config->values[id].given = true;
	config->values[id].line = setting->value_line;
	config->values[id].column = setting->value_column;
	return status;
}

static enum status apply(struct config *config, const struct setting *setting, const char *file,
			 struct error *error)
{
	int id = find_option(setting->name);

	if (id < 0 && setting->count == 0 && is_group(setting->name))
		return STATUS_OK; /* a heading with all below it commented out */
	if (id < 0) {
		unknown_option(setting->name, error);
		return error_locate(error, file, setting->line, setting->column);
	}
	if (apply_value(config, id, setting, error) == STATUS_OK)
		return STATUS_OK;
	return error_locate(error, file, setting->value_line, setting->value_column);
}

static void set_defaults(struct config *config)
{
	for (int id = 0; id < CONFIG_COUNT; id++) {
		/* A test sees to it that every default is valid. */
		set_value(config, id, options[id].standard, NULL);
		config->values[id].given = false;
	}
}

enum status config_parse(struct config *config, const char *text, size_t length,
			 const char *file, struct error *error)
{
	struct settings settings;
	enum status status = settings_read(text, length, file, &settings, error);

	for (size_t i = 0; i < settings.count && status == STATUS_OK; i++)
		status = apply(config, &settings.items[i], file, error);
	if (status == STATUS_OK) {
		give_way(config);
		status = check_conflicts(config, file, error);
	}
	if (status != STATUS_OK)
		set_defaults(config);
	settings_free(&settings);
	return status;
}

enum status config_read(struct config *config, const char *path, struct error *error)
{
	struct text text = {0};
	enum status status = read_file(path, &text, error);

	if (status == STATUS_OK)
		status = config_parse(config, text_string(&text), text.length,
				      read_file_name(path), error);
	text_free(&text);
	return status;
}

char *config_default_path(void)
{
	return user_path("XDG_CONFIG_HOME", ".config", "config.yaml");
}

/* ---- use ------------------------------------------------------------------------------ */

struct config *config_new(void)
{
	struct config *config = memory_zero(1, sizeof *config);

	set_defaults(config);
	return config;
}

void config_free(struct config *config)
{
	if (!config)
		return;
	for (int id = 0; id < CONFIG_COUNT; id++)
		free(config->values[id].words);
	free(config);
}

enum status config_set(struct config *config, const char *name, const char *value,
		       struct error *error)
{
	int id = find_option(name);

	return id < 0 ? unknown_option(name, error) : set_value(config, id, value, error);
}

size_t config_changes(const struct config *config)
{
	size_t changes = 0;

	for (int id = 0; id < CONFIG_COUNT; id++)
		changes += strcmp(config->values[id].words, options[id].standard) != 0;
	return changes;
}

long config_number(const struct config *config, int id)
{
	return config->values[id].number;
}

const char *config_words(const struct config *config, int id)
{
	return config->values[id].words;
}

const char *config_keys(const struct config *config, enum action action)
{
	return config->values[CONFIG_ACTIONS + (int)action].words;
}

enum action config_action(const struct config *config, enum view_id view, int input)
{
	for (int i = 0; i < ACTION_COUNT; i++)
		if ((action_info((enum action)i)->views & 1u << view) &&
		    input_in(input, config_keys(config, (enum action)i)))
			return (enum action)i;
	return ACTION_NONE;
}
