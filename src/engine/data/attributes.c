#include "data/attributes.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"
#include "stemma/base/text.h"

/* The values of one attribute, sorted; the number of a value is its place. */
struct dictionary {
	char **words;
	size_t count;
};

struct attributes {
	struct dictionary dictionary[ATTRIBUTE_COUNT];
	struct dictionary words[ATTRIBUTE_WORDS_COUNT];
	double mean_size, mean_date;
	struct kernel_point *row;
};

/* ---- facts that are not told -------------------------------------------------- */

static bool has_shape(const struct engine_model *facts)
{
	return facts->architecture && facts->params_b > 0;
}

/* Goes up from the model until both are known. */
static void inherit_shape(const struct engine_data *data, size_t model, struct engine_model *facts)
{
	for (size_t count = 1; !has_shape(facts) && count > 0;) {
		struct engine_model own = engine_data_model(data, model);
		if (!facts->architecture)
			facts->architecture = own.architecture;
		if (!(facts->params_b > 0))
			facts->params_b = own.params_b;
		const struct lineage_parent *parents = lineage_parents(data->lineage, model, &count);
		if (count > 0 && (enum relation)parents[0].relation == RELATION_DISTILL)
			count = 0;
		if (count > 0)
			model = parents[0].node;
	}
}

void attributes_describe(const struct engine_data *data, size_t model, struct engine_model *facts)
{
	*facts = engine_data_model(data, model);
	inherit_shape(data, model, facts);
}

/* Whether the parents with a weight were evaluated with the chat template; unknown where they differ. */
static enum answer template_of_parents(const struct engine_data *data, const struct engine_child *child)
{
	enum answer all = ANSWER_UNKNOWN;
	struct engine_model parent;
	bool first = true;

	for (size_t i = 0; i < child->count; i++) {
		if (!(child->weights[i] > 0))
			continue;
		attributes_describe(data, child->parents[i], &parent);
		if (!first && parent.chat_template != all)
			return ANSWER_UNKNOWN;
		all = parent.chat_template;
		first = false;
	}
	return all;
}

void attributes_describe_child(const struct engine_data *data, const struct engine_child *child,
			       struct engine_model *facts)
{
	struct engine_model parent;
	size_t heaviest = 0;

	*facts = child->model;
	for (size_t i = 1; i < child->count; i++)
		if (child->weights[i] > child->weights[heaviest])
			heaviest = i;
	if (child->count == 0 || child->relation == RELATION_DISTILL)
		return;
	attributes_describe(data, child->parents[heaviest], &parent);
	if (!facts->architecture)
		facts->architecture = parent.architecture;
	if (!(facts->params_b > 0))
		facts->params_b = parent.params_b;
	if (facts->chat_template == ANSWER_UNKNOWN)
		facts->chat_template = template_of_parents(data, child);
}

/* ---- words -------------------------------------------------------------------- */

static void append_lower(struct text *text, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		char lower = (char)tolower((unsigned char)bytes[i]);
		text_append_bytes(text, &lower, 1);
	}
}

/* What the name is without its setting ("--high"). */
static size_t base_length(const struct engine_model *model)
{
	const char *setting = strstr(model->name, "--");

	if (model->base)
		return strlen(model->base);
	return setting && setting > model->name ? (size_t)(setting - model->name) : strlen(model->name);
}

/* "owner/First-Second" of "owner/First-Second-Third"; words end at - or _. */
static size_t series_length(const char *name, int words)
{
	const char *slash = strchr(name, '/');
	size_t position = slash ? (size_t)(slash - name) + 1 : 0;

	for (int word = 0; word < words; word++) {
		position += strcspn(name + position, "-_");
		if (word == 0 && name[position])
			position++;
	}
	return position;
}

/* "7b" of "owner/Llama-7B-chat": digits, with a point or an x among them, and b or m. */
static void size_word(const char *name, struct text *word)
{
	const char *slash = strrchr(name, '/');

	for (const char *at = slash ? slash + 1 : name; *at; at += strspn(at, "-_ ")) {
		size_t length = strcspn(at, "-_ "), digits = strspn(at, "0123456789.xX");
		if (digits > 0 && digits + 1 == length && isdigit((unsigned char)*at) && strchr("bBmM", at[digits])) {
			append_lower(word, at, length);
			return;
		}
		at += length;
	}
	text_append(word, "-");
}

/* Writes the attribute as a word; leaves it empty when it is unknown. */
static void attribute_word(const struct engine_model *model, enum attribute attribute,
			   struct text *word)
{
	const char *slash = model->name ? strchr(model->name, '/') : NULL;

	text_clear(word);
	switch (attribute) {
	case ATTRIBUTE_ARCHITECTURE:
		if (model->architecture)
			text_append(word, model->architecture);
		break;
	case ATTRIBUTE_FAMILY:
		if (model->architecture && model->params_b > 0)
			text_append_format(word, "%s %.2f", model->architecture, model->params_b);
		break;
	case ATTRIBUTE_KIND:
		text_append(word, kind_name(model->kind));
		break;
	case ATTRIBUTE_TEMPLATE:
		text_append_format(word, "%d", (int)model->chat_template);
		break;
	case ATTRIBUTE_OWNER:
		if (slash)
			append_lower(word, model->name, (size_t)(slash - model->name));
		break;
	case ATTRIBUTE_SERIES:
		if (slash)
			append_lower(word, model->name, series_length(model->name, 2));
		break;
	case ATTRIBUTE_MAKER:
		if (slash)
			append_lower(word, model->name, series_length(model->name, 1));
		break;
	case ATTRIBUTE_LINE:
		if (slash)
			append_lower(word, slash + 1, series_length(model->name, 2) - (size_t)(slash + 1 - model->name));
		break;
	case ATTRIBUTE_BASE:
		if (model->name)
			append_lower(word, model->base ? model->base : model->name, base_length(model));
		break;
	case ATTRIBUTE_PROVIDER:
		if (model->provider)
			append_lower(word, model->provider, strlen(model->provider));
		break;
	case ATTRIBUTE_REASONING:
		if (model->reasoning != ANSWER_UNKNOWN)
			text_append_format(word, "%d", (int)model->reasoning);
		break;
	case ATTRIBUTE_MONTHS:
		if (!isnan(model->uploaded))
			text_append_format(word, "%.0f", floor(model->uploaded / 60.875));
		break;
	case ATTRIBUTE_SIZE_WORD:
		if (model->name)
			size_word(model->name, word);
		break;
	case ATTRIBUTE_COUNT:
		break;
	}
}

/* ---- words of a name ------------------------------------------------------------- */

/* Splits "Qwen2.5-7B" into qwen2p5 and 7b: what lies between points is one word
 * where both are digits.  Appends the words to `text`, each ended by 0. */
static size_t split_name(const char *name, size_t length, const char *before, struct text *text)
{
	size_t words = 0, used = 0;

	for (size_t i = 0; i <= length; i++) {
		unsigned char c = i < length ? (unsigned char)name[i] : '-';
		bool decimal = c == '.' && i > 0 && i + 1 < length && isdigit((unsigned char)name[i - 1]) &&
			       isdigit((unsigned char)name[i + 1]);
		if (!decimal && (c == '-' || c == '_' || c == ' ' || c == '.' || c == '+')) {
			if (used > 0) {
				text_append_bytes(text, "", 1);
				words++;
			}
			used = 0;
			continue;
		}
		if (used++ == 0)
			text_append(text, before);
		char lower = decimal ? 'p' : (char)tolower(c);
		text_append_bytes(text, &lower, 1);
	}
	return words;
}

/* All words of a model's name, each ended by 0; the last *settings of them are of its setting. */
static size_t name_words(const struct engine_model *model, struct text *text, size_t *settings)
{
	size_t length, first = 0;

	*settings = 0;
	text_clear(text);
	if (!model->name)
		return 0;
	length = base_length(model);
	const char *name = model->base ? model->base : model->name;
	for (size_t i = 0; i < length; i++)
		if (name[i] == '/')
			first = i + 1;
	size_t words = split_name(name + first, length - first, "", text);
	const char *setting = model->setting ? model->setting : strstr(model->name, "--");
	if (setting)
		*settings = split_name(setting, strlen(setting), "s:", text);
	return words + *settings;
}

/* Calls visit for each word, or each pair of neighbours. */
static void visit_words(const struct engine_model *model, enum attribute_words which,
			void (*visit)(void *context, const char *word), void *context)
{
	struct text text = {0}, pair = {0};
	size_t settings, count = name_words(model, &text, &settings);
	const char *word = text_string(&text), *before = NULL;

	for (size_t i = 0; i < count; i++, word += strlen(word) + 1) {
		if (which == ATTRIBUTE_WORDS) {
			visit(context, word);
		} else if (before && i < count - settings) {
			text_clear(&pair);
			text_append_format(&pair, "%s+%s", before, word);
			visit(context, text_string(&pair));
		}
		before = word;
	}
	text_free(&text);
	text_free(&pair);
}

static int word_compare(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

static void dictionary_build(struct dictionary *dictionary, const struct engine_model *facts, size_t count,
			     enum attribute attribute)
{
	struct text word = {0};
	size_t kept = 0;

	dictionary->words = memory_allocate(count, sizeof *dictionary->words);
	for (size_t i = 0; i < count; i++) {
		attribute_word(&facts[i], attribute, &word);
		dictionary->words[i] = memory_string(text_string(&word));
	}
	qsort(dictionary->words, count, sizeof *dictionary->words, word_compare);
	for (size_t i = 0; i < count; i++) {
		if (kept > 0 && strcmp(dictionary->words[kept - 1], dictionary->words[i]) == 0)
			free(dictionary->words[i]);
		else
			dictionary->words[kept++] = dictionary->words[i];
	}
	dictionary->count = kept;
	text_free(&word);
}

static int32_t dictionary_find(const struct dictionary *dictionary, const char *word)
{
	char *const *found = word[0] ? bsearch(&word, dictionary->words, dictionary->count,
					       sizeof *dictionary->words, word_compare)
				     : NULL;
	if (found)
		return (int32_t)(found - dictionary->words);
	return word[0] ? ATTRIBUTE_NEW : ATTRIBUTE_UNKNOWN;
}

/* ---- dictionaries of words ----------------------------------------------------------- */

struct word_collector {
	char **words;
	size_t count, capacity;
};

static void collect_word(void *context, const char *word)
{
	struct word_collector *collector = context;

	collector->words = memory_grow(collector->words, collector->count, &collector->capacity,
				       sizeof *collector->words);
	collector->words[collector->count++] = memory_string(word);
}

static void dictionary_build_words(struct dictionary *dictionary, const struct engine_model *facts, size_t count,
				   enum attribute_words which)
{
	struct word_collector collector = {0};
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		visit_words(&facts[i], which, collect_word, &collector);
	if (collector.count > 0)
		qsort(collector.words, collector.count, sizeof *collector.words, word_compare);
	for (size_t i = 0; i < collector.count; i++) {
		if (kept > 0 && strcmp(collector.words[kept - 1], collector.words[i]) == 0)
			free(collector.words[i]);
		else
			collector.words[kept++] = collector.words[i];
	}
	*dictionary = (struct dictionary){collector.words, kept};
}

struct word_finder {
	const struct dictionary *dictionary;
	struct attribute_words_list *list;
};

static void find_word(void *context, const char *word)
{
	struct word_finder *finder = context;
	struct attribute_words_list *list = finder->list;
	int32_t number = dictionary_find(finder->dictionary, word);

	for (size_t i = 0; i < list->count; i++)
		if (number != ATTRIBUTE_NEW && list->number[i] == number)
			return;
	if (list->count < ATTRIBUTE_WORDS_MAX)
		list->number[list->count++] = number;
}

void attributes_words(const struct attributes *attributes, const struct engine_model *model,
		      enum attribute_words which, struct attribute_words_list *list)
{
	struct word_finder finder = {&attributes->words[which], list};

	list->count = 0;
	visit_words(model, which, find_word, &finder);
}

static double model_size(const struct engine_model *model)
{
	return model->params_b > 0 ? log(model->params_b) : NAN;
}

static double model_date(const struct engine_model *model)
{
	return model->uploaded / 365.25;
}

static double known_mean(const struct engine_model *facts, size_t count, double (*value)(const struct engine_model *))
{
	double sum = 0;
	size_t known = 0;

	for (size_t i = 0; i < count; i++) {
		double x = value(&facts[i]);
		if (!isnan(x)) {
			sum += x;
			known++;
		}
	}
	return known ? sum / (double)known : 0;
}

struct attributes *attributes_new(const struct engine_data *data, const uint32_t *rows, size_t count)
{
	struct attributes *attributes = memory_zero(1, sizeof *attributes);
	struct engine_model *facts = memory_allocate(count + 1, sizeof *facts);

	for (size_t i = 0; i < count; i++)
		attributes_describe(data, rows[i], &facts[i]);
	for (enum attribute a = 0; a < ATTRIBUTE_COUNT; a++)
		dictionary_build(&attributes->dictionary[a], facts, count, a);
	for (enum attribute_words w = 0; w < ATTRIBUTE_WORDS_COUNT; w++)
		dictionary_build_words(&attributes->words[w], facts, count, w);
	attributes->mean_size = known_mean(facts, count, model_size);
	attributes->mean_date = known_mean(facts, count, model_date);
	attributes->row = memory_allocate(count + 1, sizeof *attributes->row);
	for (size_t i = 0; i < count; i++)
		attributes_point(attributes, &facts[i], &attributes->row[i]);
	free(facts);
	return attributes;
}

static void dictionary_free(struct dictionary *dictionary)
{
	for (size_t i = 0; i < dictionary->count; i++)
		free(dictionary->words[i]);
	free(dictionary->words);
}

void attributes_free(struct attributes *attributes)
{
	if (!attributes)
		return;
	for (enum attribute a = 0; a < ATTRIBUTE_COUNT; a++)
		dictionary_free(&attributes->dictionary[a]);
	for (enum attribute_words w = 0; w < ATTRIBUTE_WORDS_COUNT; w++)
		dictionary_free(&attributes->words[w]);
	free(attributes->row);
	free(attributes);
}

void attributes_point(const struct attributes *attributes, const struct engine_model *model,
		      struct kernel_point *point)
{
	struct text word = {0};

	*point = (struct kernel_point){0};
	for (enum attribute a = 0; a < ATTRIBUTE_COUNT; a++) {
		attribute_word(model, a, &word);
		point->attribute[a] = dictionary_find(&attributes->dictionary[a], text_string(&word));
	}
	text_free(&word);
	double size = model_size(model), date = model_date(model);
	point->size = isnan(size) ? 0 : size - attributes->mean_size;
	point->date = isnan(date) ? 0 : date - attributes->mean_date;
	point->size_known = !isnan(size);
	point->date_known = !isnan(date);
}

const struct kernel_point *attributes_row(const struct attributes *attributes, size_t row)
{
	return &attributes->row[row];
}

enum origin relation_origin(enum relation relation)
{
	switch (relation) {
	case RELATION_MERGE:
		return ORIGIN_MERGE;
	case RELATION_QUANTIZED:
		return ORIGIN_QUANTIZED;
	default:
		return ORIGIN_FINETUNE;
	}
}

enum origin lineage_origin(const struct lineage *lineage, size_t node)
{
	size_t count;
	const struct lineage_parent *parents = lineage_parents(lineage, node, &count);

	return count == 0 ? ORIGIN_ROOT : relation_origin((enum relation)parents[0].relation);
}
