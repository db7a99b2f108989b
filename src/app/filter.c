/* The filter: which models a line of terms leaves. */
#include "filter.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "stemma/app/flags.h"
#include "stemma/base/memory.h"
#include "stemma/base/parallel.h"

#define FAMILIES_MAX 8 /* bits of struct filter's family */

/* The columns of few distinct texts. X(symbol of the field, member) */
#define TEXT_COLUMN_TABLE(X) \
	X(ARCH, architecture) \
	X(LICENSE, license)
enum text_column {
#define X(symbol, member) COLUMN_##symbol,
	TEXT_COLUMN_TABLE(X)
#undef X
	COLUMN_COUNT
};

struct filter {
	const struct catalog *catalog;
	const double *z; /* borrowed; NULL before the fit */
	struct filter_names names;
	struct filter_texts columns[COLUMN_COUNT];
	struct filter_line line;
	uint8_t *values[FILTER_TERMS_MAX]; /* by term: whether a distinct text fits */
	uint8_t *family;                   /* by model, a bit a family term; NULL none yet */
	char families[FAMILIES_MAX][FILTER_VALUE_MAX + 2]; /* what the bits stand for, "" none */
	uint32_t *candidates; /* models that have the letters of `tried` in order */
	struct fuzzy_trail *trails; /* of each: how the letters of the last word were met; worth
			       * -INFINITY where a word before does not surely fit */
	size_t candidate_count;
	char tried[FILTER_WORDS_MAX]; /* "" = all models */
	char hint[160];
};

#define X(symbol, member) \
	static const char *text_of_##symbol(const struct catalog_model *model) \
	{ \
		return model->member; \
	}
TEXT_COLUMN_TABLE(X)
#undef X

struct filter *filter_new(const struct catalog *catalog)
{
	struct filter *filter = memory_zero(1, sizeof *filter);

	filter->catalog = catalog;
	filter_names_start(&filter->names, catalog);
	filter->candidates = memory_allocate(catalog->count + 1, sizeof *filter->candidates);
	filter->trails = memory_allocate(catalog->count + 1, sizeof *filter->trails);
	return filter;
}

bool filter_prepare(struct filter *filter, size_t models)
{
	return filter_names_step(&filter->names, models);
}

/* The distinct texts of a column, looked for when a term first asks for them. */
static const struct filter_texts *column_texts(struct filter *filter, enum text_column column)
{
	static const char *(*const text_of[])(const struct catalog_model *) = {
#define X(symbol, member) text_of_##symbol,
		TEXT_COLUMN_TABLE(X)
#undef X
	};
	struct filter_texts *texts = &filter->columns[column];

	if (!texts->number)
		filter_texts_make(texts, filter->catalog, text_of[column]);
	return texts;
}

static void drop_values(struct filter *filter)
{
	for (int i = 0; i < FILTER_TERMS_MAX; i++) {
		free(filter->values[i]);
		filter->values[i] = NULL;
	}
}

void filter_free(struct filter *filter)
{
	if (!filter)
		return;
	drop_values(filter);
	filter_names_free(&filter->names);
	for (int i = 0; i < COLUMN_COUNT; i++)
		filter_texts_free(&filter->columns[i]);
	free(filter->family);
	free(filter->candidates);
	free(filter->trails);
	free(filter);
}

void filter_set_z(struct filter *filter, const double *z)
{
	filter->z = z;
}

const char *filter_hint(const struct filter *filter)
{
	return filter->hint;
}

/* ---- texts -------------------------------------------------------------------- */

/* Whether a text in lower case fits; = wants all of it. */
static bool text_fits(const struct filter_term *term, const char *text, size_t length)
{
	if (term->operator == OPERATOR_HAS)
		return memmem(text, length, term->value, term->length) != NULL;
	return length == term->length && memcmp(text, term->value, length) == 0;
}

static bool name_fits(const struct filter *filter, const struct filter_term *term, size_t model)
{
	struct filter_name name;

	filter_name_fold(filter->catalog, model, &name);
	return text_fits(term, name.letters, name.length);
}

static bool owner_fits(const struct filter *filter, const struct filter_term *term, size_t model)
{
	struct filter_name name;

	filter_name_fold(filter->catalog, model, &name);
	const char *slash = memchr(name.letters, '/', name.length);
	return slash && text_fits(term, name.letters, (size_t)(slash - name.letters));
}

/* Marks with `bit` all that descend from the models that have it already. */
static void mark_descendants(struct filter *filter, uint8_t bit)
{
	size_t models = filter->catalog->count, filled = 0, count;
	uint32_t *queue = memory_allocate(models + 1, sizeof *queue);

	for (size_t model = 0; model < models; model++)
		if (filter->family[model] & bit)
			queue[filled++] = (uint32_t)model;
	while (filled > 0) {
		const uint32_t *children =
			lineage_children(filter->catalog->lineage, queue[--filled], &count);
		for (size_t i = 0; i < count; i++) {
			if (filter->family[children[i]] & bit)
				continue;
			filter->family[children[i]] |= bit;
			queue[filled++] = children[i];
		}
	}
	free(queue);
}

/* Marks with `bit` the models so called and all that descend from them. */
static void mark_family(struct filter *filter, const struct filter_term *term, uint8_t bit)
{
	size_t count = filter->catalog->count;
	uint8_t *contains = memory_allocate(count, 1);

	catalog_names_with(filter->catalog, term->value, contains);
	for (size_t model = 0; model < count; model++) {
		bool called = contains[model] && name_fits(filter, term, model);
		filter->family[model] = (uint8_t)((filter->family[model] & ~bit) | (called ? bit : 0));
	}
	free(contains);
	mark_descendants(filter, bit);
}

static enum status check_families(const struct filter_line *line, struct error *error)
{
	int used = 0;

	for (size_t i = 0; i < line->count; i++)
		used += line->terms[i].field == FILTER_FAMILY;
	if (used <= FAMILIES_MAX)
		return STATUS_OK;
	error_set(error, STATUS_USAGE, "too many families");
	error_advise(error, "%d are the most", FAMILIES_MAX);
	return STATUS_USAGE;
}

/* Gives each family term its bit; families that have one keep it. */
static void set_families(struct filter *filter, struct filter_line *line)
{
	int used = 0;

	for (size_t i = 0; i < line->count; i++) {
		struct filter_term *term = &line->terms[i];
		char key[FILTER_VALUE_MAX + 2];
		if (term->field != FILTER_FAMILY)
			continue;
		snprintf(key, sizeof key, "%c%s", term->operator == OPERATOR_HAS ? ':' : '=',
			 term->value);
		term->family = (uint8_t)(1u << used);
		if (!filter->family)
			filter->family = memory_zero(filter->catalog->count + 1, 1);
		if (strcmp(filter->families[used], key) != 0)
			mark_family(filter, term, term->family);
		memcpy(filter->families[used++], key, sizeof key);
	}
}

/* Tries each distinct text of a column once. */
static uint8_t *fitting_values(const struct filter_texts *texts, const struct filter_term *term)
{
	uint8_t *values = memory_zero(texts->count, 1);
	char lower[FILTER_VALUE_MAX * 2];

	for (size_t i = 1; i < texts->count; i++) {
		size_t length = 0;
		for (; texts->text[i][length] && length < sizeof lower; length++)
			lower[length] = filter_lower(texts->text[i][length]);
		values[i] = text_fits(term, lower, length);
	}
	return values;
}

static void set_values(struct filter *filter, struct filter_line *line)
{
	drop_values(filter);
	for (size_t i = 0; i < line->count; i++) {
		struct filter_term *term = &line->terms[i];
#define X(symbol, member) \
		if (term->field == FILTER_##symbol) \
			filter->values[i] = fitting_values(column_texts(filter, COLUMN_##symbol), term);
		TEXT_COLUMN_TABLE(X)
#undef X
		term->values = filter->values[i];
	}
}

/* What a field's name at the end of the line could become. */
static void set_hint(struct filter *filter, const struct filter_line *line)
{
	const struct catalog *catalog = filter->catalog;

	filter->hint[0] = '\0';
	for (int i = 0; i < FILTER_FIELD_COUNT; i++)
		if (filter_type((enum filter_field)i) != TYPE_FLAG &&
		    strcasecmp(filter_field_info((enum filter_field)i)->word, line->last) == 0)
			snprintf(filter->hint, sizeof filter->hint, "%s: %s",
				 filter_field_info((enum filter_field)i)->example,
				 filter_field_info((enum filter_field)i)->help);
	for (size_t b = 0; b < catalog->benchmark_count; b++)
		if (strcasecmp(catalog->benchmarks[b].key, line->last) == 0)
			snprintf(filter->hint, sizeof filter->hint, "%.40s > 40: by %.60s",
				 catalog->benchmarks[b].key, catalog->benchmarks[b].title);
}

enum status filter_set(struct filter *filter, const char *text, struct error *error)
{
	struct filter_line line;
	enum status status = filter_parse(text, filter->catalog, filter->z != NULL, &line, error);

	if (status == STATUS_OK)
		status = check_families(&line, error);
	if (status != STATUS_OK)
		return status;
	set_families(filter, &line);
	set_values(filter, &line);
	set_hint(filter, &line);
	filter->line = line;
	return STATUS_OK;
}

/* ---- numbers and properties ------------------------------------------------------ */

static double number_of(const struct filter *filter, const struct filter_term *term, size_t model)
{
	const struct catalog *catalog = filter->catalog;
	size_t count = 0;

	switch (term->field) {
	case FILTER_SCORE: return catalog_score(catalog, model, term->benchmark);
	case FILTER_SIZE: return catalog->models[model].params_b;
	case FILTER_DATE: return catalog->models[model].uploaded;
	case FILTER_LIKES: return catalog->models[model].likes;
	case FILTER_Z: return filter->z ? filter->z[model] : NAN;
	case FILTER_PARENTS: lineage_parents(catalog->lineage, model, &count); return (double)count;
	case FILTER_CHILDREN: lineage_children(catalog->lineage, model, &count); return (double)count;
	default: return NAN;
	}
}

static bool number_fits(const struct filter_term *term, double number)
{
	switch (term->operator) {
	case OPERATOR_LESS: return number < term->low;
	case OPERATOR_AT_MOST: return number <= term->high;
	case OPERATOR_MORE: return number > term->high;
	case OPERATOR_AT_LEAST: return number >= term->low;
	case OPERATOR_NOT: return number < term->low || number > term->high;
	default: return number >= term->low && number <= term->high;
	}
}

static bool is_merge(const struct catalog *catalog, size_t model)
{
	size_t count;

	lineage_parents(catalog->lineage, model, &count);
	return count > 1 || catalog->models[model].kind == KIND_MERGE;
}

static bool text_field_fits(const struct filter *filter, const struct filter_term *term, size_t model)
{
	const char *kind = kind_name(filter->catalog->models[model].kind);

	switch (term->field) {
	case FILTER_FAMILY: return filter->family[model] & term->family;
	case FILTER_OWNER: return owner_fits(filter, term, model);
	case FILTER_ARCH: return term->values[filter->columns[COLUMN_ARCH].number[model]];
	case FILTER_LICENSE: return term->values[filter->columns[COLUMN_LICENSE].number[model]];
	case FILTER_KIND: return text_fits(term, kind, strlen(kind));
	case FILTER_CONTAINS: return name_fits(filter, term, model);
	default: return false;
	}
}

static bool term_fits(const struct filter *filter, const struct filter_term *term, size_t model)
{
	const struct catalog_model *facts = &filter->catalog->models[model];

	switch (term->field) {
	case FILTER_SCORED: return facts->scored;
	case FILTER_UNSCORED: return !facts->scored;
	case FILTER_MERGE: return is_merge(filter->catalog, model);
	case FILTER_FLAGGED:
		return facts->suspect || (filter->catalog->flags &&
					  filter->catalog->flags[model] == FLAG_SELF);
	case FILTER_SUSPECT:
		return facts->suspect || (filter->catalog->flags &&
					  filter->catalog->flags[model] != FLAG_NONE);
	case FILTER_ANOMALOUS: return filter->catalog->anomalous && filter->catalog->anomalous[model];
	default: break;
	}
	if (filter_type(term->field) != TYPE_TEXT)
		return number_fits(term, number_of(filter, term, model));
	return text_field_fits(filter, term, model) != (term->operator == OPERATOR_NOT);
}

static bool terms_fit(const struct filter *filter, size_t model)
{
	for (size_t i = 0; i < filter->line.count; i++)
		if (term_fits(filter, &filter->line.terms[i], model) == filter->line.terms[i].negated)
			return false;
	return true;
}

/* ---- names --------------------------------------------------------------------------- */

/* The words of the line, each in lower case. */
struct word {
	char letters[FILTER_VALUE_MAX];
	size_t length;
	uint64_t set;
};
struct words {
	struct word word[FILTER_WORDS_MAX / 2];
	size_t count;
	uint64_t set;
};

static void split_words(const char *line, struct words *words)
{
	words->count = 0;
	words->set = 0;
	while (*line) {
		struct word *word = &words->word[words->count++];
		word->length = strcspn(line, " ");
		for (size_t i = 0; i < word->length; i++)
			word->letters[i] = filter_lower(line[i]);
		word->letters[word->length] = '\0';
		word->set = filter_letters(word->letters, word->length);
		words->set |= word->set;
		line += word->length;
		line += strspn(line, " ");
	}
}

/* Where the letters that were added begin. */
struct added {
	const char *letters; /* in lower case */
	size_t word;         /* letters of their word that were there before */
};

/* Goes on with the added letters; a blank ends a word, and the next one may be
 * anywhere again. */
static bool follow(const struct filter *filter, size_t model, const struct added *added,
		   struct fuzzy_trail *trail)
{
	const struct catalog *catalog = filter->catalog;
	const char *bytes = catalog->names + catalog->name_start[model];
	struct filter_name name;
	size_t letters = added->word;

	filter_name_fold(catalog, model, &name);
	for (const char *letter = added->letters; *letter; letter++) {
		if (*letter != ' ') {
			if (!fuzzy_trail_follow(trail, *letter, bytes, name.letters, name.length))
				return false;
			letters++;
			continue;
		}
		bool sure = trail->worth > -INFINITY && fuzzy_trail_fits(trail, letters, name.length);
		*trail = (struct fuzzy_trail){.worth = sure ? 0 : -INFINITY};
		letters = 0;
	}
	return true;
}

/* Letters in order stay in order when fewer are asked for: only what had those
 * of the line before can have those of a line that goes on from it, and only
 * what was added is to be found. */
static bool line_goes_on(const struct filter *filter)
{
	size_t length = strlen(filter->tried);

	return length > 0 && strncmp(filter->line.words, filter->tried, length) == 0;
}

/* What a line asks beyond the line before, or as the first; `letters` gets them in
 * lower case. */
static struct added find_added(const struct filter *filter, char letters[FILTER_WORDS_MAX])
{
	bool goes_on = line_goes_on(filter);
	size_t length = goes_on ? strlen(filter->tried) : 0;
	const char *blank = strrchr(filter->tried, ' ');

	snprintf(letters, FILTER_WORDS_MAX, "%s", filter->line.words + length);
	for (char *letter = letters; *letter; letter++)
		*letter = filter_lower(*letter);
	return (struct added){
		.letters = letters,
		.word = !goes_on ? 0 : blank ? strlen(blank + 1) : length,
	};
}

/* ---- the run --------------------------------------------------------------------------- */

struct run {
	const uint32_t *weights;
	uint8_t mark, *fit;
	size_t count, best;
	double best_score;
};

static bool is_better(const struct run *run, size_t model, double score)
{
	return score > run->best_score + 1e-9 ||
	       (score > run->best_score - 1e-9 && run->best != CATALOG_NONE && run->weights &&
		run->weights[model] > run->weights[run->best]);
}

static void run_take(struct run *run, size_t model, double score)
{
	run->fit[model] = run->mark;
	run->count++;
	if (is_better(run, model, score)) {
		run->best = model;
		run->best_score = score;
	}
}

/* Takes a name that fits, if the terms do, and is not the best. */
static void run_count(const struct filter *filter, struct run *run, size_t model)
{
	if (!terms_fit(filter, model))
		return;
	run->fit[model] = run->mark;
	run->count++;
}

static void run_candidate(const struct filter *filter, const struct words *words, struct run *run,
			  size_t candidate)
{
	size_t model = filter->candidates[candidate];
	size_t length = filter_name_length(filter->catalog, model);
	const struct fuzzy_trail *trail = &filter->trails[candidate];
	bool sure = trail->worth > -INFINITY &&
		    fuzzy_trail_fits(trail, words->word[words->count - 1].length, length);
	double most = 0, ceiling = 0;

	/* How well a name fits counts only where it can be the best. */
	for (size_t i = 0; i < words->count; i++)
		ceiling += fuzzy_ceiling(words->word[i].length, length);
	if (sure && ceiling < run->best_score - 1e-9) {
		run_count(filter, run, model);
		return;
	}
	for (size_t i = 0; i < words->count; i++) {
		struct fuzzy_chance chance = fuzzy_chance(words->word[i].letters, words->word[i].length,
							  &filter->names.digests[model], length);
		if (!chance.fits)
			return;
		most += chance.most;
	}
	if (sure && most < run->best_score - 1e-9) {
		run_count(filter, run, model);
		return;
	}
	if (!terms_fit(filter, model))
		return;
	struct filter_name name;
	filter_name_fold(filter->catalog, model, &name);
	double score = fuzzy_score_folded(filter->line.words,
					  filter->catalog->names + filter->catalog->name_start[model],
					  name.letters, length);
	if (score > FUZZY_NONE / 2)
		run_take(run, model, score);
}

/* A run in parts: each has some of the models, or of the candidates where the line
 * goes on, and leaves those that it keeps at the beginning of its places. */
struct shared_run {
	struct filter *filter;
	const struct words *words;
	struct added added;
	bool goes_on, same; /* the line, from the one before */
	size_t items, parts;
	size_t kept[PARALLEL_MAX];
	struct run run[PARALLEL_MAX];
};

static size_t part_begin(const struct shared_run *shared, size_t part)
{
	return shared->items * part / shared->parts;
}

static size_t find_candidates(const struct shared_run *shared, size_t begin, size_t end)
{
	struct filter *filter = shared->filter;
	uint64_t set = shared->words->set;
	size_t kept = begin;

	if (shared->same)
		return end;
	for (size_t i = begin; i < end; i++) {
		uint32_t model = shared->goes_on ? filter->candidates[i] : (uint32_t)i;
		struct fuzzy_trail trail = shared->goes_on ? filter->trails[i] : (struct fuzzy_trail){0};
		if ((filter->names.letters[model] & set) != set || !follow(filter, model, &shared->added, &trail))
			continue;
		filter->trails[kept] = trail;
		filter->candidates[kept++] = model;
	}
	return kept;
}

static void run_part(void *context, size_t part)
{
	struct shared_run *shared = context;
	size_t begin = part_begin(shared, part), end = part_begin(shared, part + 1);
	struct run run = shared->run[part]; /* on this thread's stack: others write beside it */

	if (shared->words->count > 0) {
		end = find_candidates(shared, begin, end);
		for (size_t i = begin; i < end; i++)
			run_candidate(shared->filter, shared->words, &run, i);
	} else {
		for (size_t model = begin; model < end; model++)
			if (terms_fit(shared->filter, model))
				run_take(&run, model, 0);
	}
	shared->kept[part] = end - begin;
	shared->run[part] = run;
}

/* Puts the candidates of all parts one behind the other. */
static void join_candidates(const struct shared_run *shared)
{
	struct filter *filter = shared->filter;
	size_t count = 0;

	for (size_t part = 0; part < shared->parts; part++) {
		size_t begin = part_begin(shared, part), kept = shared->kept[part];
		if (begin != count && kept > 0) {
			memmove(filter->candidates + count, filter->candidates + begin, kept * sizeof *filter->candidates);
			memmove(filter->trails + count, filter->trails + begin, kept * sizeof *filter->trails);
		}
		count += kept;
	}
	filter->candidate_count = count;
	snprintf(filter->tried, sizeof filter->tried, "%s", filter->line.words);
}

/* As if one had gone through all models in their order. */
static struct run join_runs(const struct shared_run *shared)
{
	struct run all = shared->run[0];

	for (size_t part = 1; part < shared->parts; part++) {
		const struct run *run = &shared->run[part];
		all.count += run->count;
		if (run->best != CATALOG_NONE && is_better(&all, run->best, run->best_score)) {
			all.best = run->best;
			all.best_score = run->best_score;
		}
	}
	return all;
}

size_t filter_run_in_parts(struct filter *filter, size_t parts, const uint32_t *weights, uint8_t mark,
			   uint8_t *fit, size_t *best)
{
	struct words words;
	char letters[FILTER_WORDS_MAX];
	struct shared_run shared = {.filter = filter, .words = &words, .items = filter->catalog->count};

	memset(fit, 0, filter->catalog->count);
	split_words(filter->line.words, &words);
	if (words.count > 0) {
		filter_prepare(filter, filter->catalog->count);
		shared.goes_on = line_goes_on(filter);
		shared.same = shared.goes_on && strcmp(filter->line.words, filter->tried) == 0;
		shared.added = find_added(filter, letters);
		shared.items = shared.goes_on ? filter->candidate_count : shared.items;
	}
	shared.parts = parts > 0 ? parts : parallel_parts(shared.items);
	for (size_t part = 0; part < shared.parts; part++)
		shared.run[part] = (struct run){.weights = weights, .mark = mark, .fit = fit,
						.best = CATALOG_NONE, .best_score = FUZZY_NONE};
	parallel_run(shared.parts, run_part, &shared);
	if (words.count > 0)
		join_candidates(&shared);
	struct run run = join_runs(&shared);
	*best = run.best;
	return run.count;
}

size_t filter_run(struct filter *filter, const uint32_t *weights, uint8_t mark, uint8_t *fit,
		  size_t *best)
{
	return filter_run_in_parts(filter, 0, weights, mark, fit, best);
}
