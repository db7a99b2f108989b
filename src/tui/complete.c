/* What the line of a command could become. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "commands.h"
#include "stemma/app/description.h"
#include "stemma/app/sync.h"
#include "stemma/app/wishes.h"
#include "stemma/base/fuzzy.h"
#include "stemma/base/memory.h"
#include "stemma/base/utf8.h"
#include "settings/words.h"

#define ITEMS_MAX 60 /* more nobody walks through */

void complete_clear(struct completion *completion)
{
	for (size_t i = 0; i < completion->count; i++)
		free(completion->items[i]);
	completion->count = 0;
	completion->chosen = SIZE_MAX;
}

static void add(struct completion *completion, const char *item)
{
	if (completion->count >= ITEMS_MAX)
		return;
	for (size_t i = 0; i < completion->count; i++)
		if (strcmp(completion->items[i], item) == 0)
			return;
	completion->items = memory_grow(completion->items, completion->count, &completion->capacity,
					sizeof *completion->items);
	completion->items[completion->count++] = memory_string(item);
}

static void add_if(struct completion *completion, const char *item, const char *beginning)
{
	if (strncasecmp(item, beginning, strlen(beginning)) == 0)
		add(completion, item);
}

static void complete_names(struct completion *completion, const char *word)
{
	for (int i = 0; i < COMMAND_COUNT; i++)
		add_if(completion, command_info((enum command)i)->name, word);
	for (int i = 0; i < ACTION_COUNT; i++)
		if (i != ACTION_COMMAND)
			add_if(completion, action_info((enum action)i)->name, word);
}

/* Whether a name begins so, with or without its owner. */
static bool begins(const char *name, const char *word, size_t length)
{
	const char *slash = strchr(name, '/');

	return strncasecmp(name, word, length) == 0 ||
	       (slash && strncasecmp(slash + 1, word, length) == 0);
}

/* Puts a model among the best so far: most scored descendants first. */
static void keep_best(const struct tree *tree, uint32_t *best, size_t *count, uint32_t model)
{
	size_t place = *count;

	if (place == ITEMS_MAX && tree->scored_below[best[place - 1]] >= tree->scored_below[model])
		return;
	*count += place < ITEMS_MAX;
	place -= place == ITEMS_MAX;
	for (; place > 0 && tree->scored_below[best[place - 1]] < tree->scored_below[model]; place--)
		best[place] = best[place - 1];
	best[place] = model;
}

/* Names that begin so before those that contain it somewhere. */
static void complete_models(struct completion *completion, const struct tree *tree, const char *word)
{
	size_t length = strlen(word), count = 0;
	uint32_t best[ITEMS_MAX];

	for (size_t i = 0; i < tree->count; i++)
		if (begins(tree_name(tree, i), word, length))
			keep_best(tree, best, &count, (uint32_t)i);
	for (size_t i = 0; i < count; i++)
		add(completion, tree_name(tree, best[i]));
	for (size_t i = 0; i < tree->count && completion->count < ITEMS_MAX && length > 1; i++)
		if (fuzzy_find(tree_name(tree, i), word))
			add(completion, tree_name(tree, i));
}

static void complete_benchmarks(struct completion *completion, const struct session *session,
				const char *word)
{
	const struct catalog *catalog = session->catalog;

	/* Those of the board first. */
	for (size_t i = 0; i < session->board.count; i++)
		add_if(completion, catalog->benchmarks[session->board.benchmark[i]].key, word);
	for (size_t b = 0; b < catalog->benchmark_count; b++)
		if (!catalog->benchmarks[b].hidden)
			add_if(completion, catalog->benchmarks[b].key, word);
}

static void complete_boards(struct completion *completion, const struct session *session, const char *word)
{
	for (size_t i = 0; i < session->boards.count; i++)
		add_if(completion, session->boards.list[i].name, word);
	complete_benchmarks(completion, session, word);
}

static void complete_targets(struct completion *completion, const struct session *session, const char *word)
{
	add_if(completion, TARGET_AVERAGE, word);
	for (size_t i = 0; i < session->targets.count; i++)
		add_if(completion, session->targets.list[i].name, word);
	complete_benchmarks(completion, session, word);
}

static void complete_orders(struct completion *completion, const struct session *session,
			    const char *word)
{
	for (int i = 0; i < TREE_ORDER_COUNT; i++)
		add_if(completion, tree_order_name((enum tree_order)i), word);
	complete_targets(completion, session, word);
}

static void complete_terms(struct completion *completion, const struct session *session,
			   const char *word)
{
	for (int i = 0; i < FILTER_FIELD_COUNT; i++)
		add_if(completion, filter_field_info((enum filter_field)i)->word, word);
	complete_targets(completion, session, word);
}

static void complete_methods(struct completion *completion, const char *word)
{
	for (int i = 0; i < MERGE_METHOD_COUNT; i++)
		add_if(completion, merge_method_info((enum merge_method)i)->name, word);
}

static int compare_items(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

/* A folder ends with a /, so that the next Tab goes into it. */
static void add_file(struct completion *completion, const char *folder, const char *name)
{
	struct text path = {0};
	struct stat status;

	text_append_format(&path, "%s%s", folder, name);
	char *file = words_expand(text_string(&path));
	if (stat(file, &status) == 0 && S_ISDIR(status.st_mode))
		text_append(&path, "/");
	free(file);
	add(completion, text_string(&path));
	text_free(&path);
}

static void complete_files(struct completion *completion, const char *word)
{
	const char *slash = strrchr(word, '/');
	const char *name = slash ? slash + 1 : word;
	char *folder = memory_string_slice(word, (size_t)(name - word));
	char *expanded = words_expand(folder);
	DIR *directory = opendir(*folder ? expanded : ".");
	const struct dirent *entry;

	while (directory && (entry = readdir(directory)) != NULL)
		if (strncmp(entry->d_name, name, strlen(name)) == 0 && utf8_is_clean(entry->d_name) &&
		    (entry->d_name[0] != '.' || *name == '.') && strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			add_file(completion, folder, entry->d_name);
	if (directory)
		closedir(directory);
	if (completion->count > 1)
		qsort(completion->items, completion->count, sizeof *completion->items, compare_items);
	free(expanded);
	free(folder);
}

/* As complete_files(), with names as words: blanks in them escaped. */
static void complete_several(struct completion *completion, const char *line)
{
	struct words words = {0};

	words_split(line, &words);
	complete_files(completion, words.count > 0 ? words.list[0] : "");
	words_free(&words);
	for (size_t i = 0; i < completion->count; i++) {
		struct text word = {0};
		words_quote(completion->items[i], &word);
		free(completion->items[i]);
		completion->items[i] = text_steal(&word);
	}
}

static void complete_choices(struct completion *completion, const char *word)
{
	for (int i = 0; i < SYNC_OPTION_COUNT; i++) {
		const struct sync_option_info *info = sync_option_info((enum sync_option)i);
		char name[32];
		snprintf(name, sizeof name, info->argument ? "%s=" : "%s", info->word);
		add_if(completion, name, word);
	}
}

struct sketch_names {
	struct completion *completion;
	const char *word;
};

static bool add_sketch(void *context, const char *name)
{
	struct sketch_names *names = context;

	add_if(names->completion, name, names->word);
	return true;
}

static void complete_sketches(struct browser *browser, const char *word)
{
	struct sketch_names names = {&browser->completion, word};
	struct error error = {0};

	if (store_each_sketch(browser->session->store, add_sketch, &names, &error) != STATUS_OK)
		browser_failure(browser, &error);
}

/* The words of the wishes, then what the value of one can be. */
static void complete_wishes(struct browser *browser, const char *word)
{
	struct completion *completion = &browser->completion;
	const char *equals = strchr(word, '='), *comma = equals ? strrchr(equals, ',') : NULL;

	for (int i = 0; i < WISH_COUNT; i++) {
		const struct wish_info *info = wish_info((enum wish)i);
		const char *const *choices = wish_choices((enum wish)i);
		char name[32];
		snprintf(name, sizeof name, info->kind == WISH_KIND_FLAG ? "%s" : "%s=", info->word);
		if (!equals) {
			add_if(completion, name, word);
			continue;
		}
		if (strncmp(name, word, (size_t)(equals + 1 - word)) != 0)
			continue;
		const char *value = comma ? comma + 1 : equals + 1;
		completion->start += (size_t)(value - word);
		if (i == WISH_TARGET || i == WISH_PARETO)
			complete_targets(completion, browser->session, value);
		else if (i == WISH_INCLUDE || i == WISH_EXCLUDE)
			complete_models(completion, browser->tree, value);
		for (size_t c = 0; choices && choices[c]; c++)
			add_if(completion, choices[c], value);
	}
}

/* The benchmark first, then the words of its description. */
static void complete_description(struct completion *completion, const struct session *session, const char *word)
{
	if (completion->first_word) {
		complete_benchmarks(completion, session, word);
		return;
	}
	for (int i = 0; i < DESCRIPTION_COUNT; i++) {
		char name[32];
		snprintf(name, sizeof name, "%s=", description_info((enum description_field)i)->word);
		add_if(completion, name, word);
	}
}

static void complete_argument(struct browser *browser, enum argument argument, const char *word)
{
	struct completion *completion = &browser->completion;
	const struct session *session = browser->session;

	switch (argument) {
	case ARGUMENT_MODEL: complete_models(completion, browser->tree, word); break;
	case ARGUMENT_TERMS: complete_terms(completion, session, word); break;
	case ARGUMENT_ORDER: complete_orders(completion, session, word); break;
	case ARGUMENT_TARGET: complete_targets(completion, session, word); break;
	case ARGUMENT_BOARD: complete_boards(completion, session, word); break;
	case ARGUMENT_METHOD: complete_methods(completion, word); break;
	case ARGUMENT_FILE: complete_files(completion, word); break;
	case ARGUMENT_NAME: complete_sketches(browser, word); break;
	case ARGUMENT_WISHES: complete_wishes(browser, word); break;
	case ARGUMENT_FILES: complete_several(completion, word); break;
	case ARGUMENT_CHOICES: complete_choices(completion, word); break;
	case ARGUMENT_WORDS: complete_description(completion, session, word); break;
	case ARGUMENT_PERCENT:
	case ARGUMENT_LETTER:
	case ARGUMENT_GUESSES:
	case ARGUMENT_REASON:
	case ARGUMENT_COUNT: break;
	}
}

void complete_line(struct browser *browser, const char *line)
{
	struct completion *completion = &browser->completion;
	size_t length = strcspn(line, " "), start = length + strspn(line + length, " ");

	complete_clear(completion);
	completion->start = 0;
	if (!line[length]) {
		complete_names(completion, line);
		return;
	}
	for (int i = 0; i < COMMAND_COUNT; i++) {
		const struct command_info *info = command_info((enum command)i);
		if (strlen(info->name) != length || strncmp(info->name, line, length) != 0)
			continue;
		/* Of several terms the last one is completed. */
		bool several = info->argument == ARGUMENT_TERMS || info->argument == ARGUMENT_WISHES ||
			       info->argument == ARGUMENT_CHOICES || info->argument == ARGUMENT_WORDS;
		const char *last = several ? strrchr(line, ' ') : NULL;
		if (info->argument == ARGUMENT_TARGET || info->argument == ARGUMENT_BOARD)
			last = strrchr(line + length, ',');
		if (last)
			start = (size_t)(last - line) + 1;
		if (info->argument == ARGUMENT_FILES)
			start += words_last(line + start);
		start += last && info->argument == ARGUMENT_TERMS && line[start] == '!';
		completion->first_word = !last || last < line + length + 1;
		completion->start = start;
		complete_argument(browser, info->argument, line + start);
	}
}
