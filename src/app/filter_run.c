/* The run of the filter: which names have the letters of the line, and which of
 * them is the best. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "filter.h"
#include "stemma/base/parallel.h"

/* ---- words ----------------------------------------------------------------------------- */

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
static bool follow(const struct added *added, const char *name, size_t length, struct fuzzy_trail *trail)
{
	size_t letters = added->word;

	for (const char *letter = added->letters; *letter; letter++) {
		if (*letter != ' ') {
			if (!fuzzy_trail_follow(trail, *letter, name, length))
				return false;
			letters++;
			continue;
		}
		bool sure = trail->worth > -INFINITY && fuzzy_trail_fits(trail, letters, length);
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

/* ---- the best -------------------------------------------------------------------------- */

struct run {
	const uint32_t *weights;
	uint8_t *fit;
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
	run->fit[model] = 1;
	run->count++;
	if (is_better(run, model, score)) {
		run->best = model;
		run->best_score = score;
	}
}

/* ---- the run --------------------------------------------------------------------------- */

/* A run in parts: each has some of the models, or of the candidates where the line
 * goes on, and leaves those that it keeps at the beginning of its places. */
struct shared_run {
	struct filter *filter;
	const struct words *words;
	struct added added;
	bool goes_on; /* the line, from the one before */
	double ceiling[FUZZY_LENGTH_MAX + 1]; /* no name of this length scores more */
	size_t items, parts;
	size_t kept[PARALLEL_MAX];
	struct run run[PARALLEL_MAX];
};

static void set_ceilings(struct shared_run *shared)
{
	for (size_t length = 0; length <= FUZZY_LENGTH_MAX; length++)
		for (size_t i = 0; i < shared->words->count; i++)
			shared->ceiling[length] += fuzzy_ceiling(shared->words->word[i].length, length);
}

/* The most that the words score by the digest of the name, FUZZY_NONE when one cannot
 * fit. */
static double most_by_digest(const struct words *words, const struct fuzzy_digest *digest, size_t length)
{
	double most = 0;

	for (size_t i = 0; i < words->count; i++) {
		struct fuzzy_chance chance =
			fuzzy_chance(words->word[i].letters, words->word[i].length, digest, length);
		if (!chance.fits)
			return FUZZY_NONE;
		most += chance.most;
	}
	return most;
}

static double name_score(const struct filter *filter, size_t model, size_t length)
{
	const struct catalog *catalog = filter->catalog;
	struct filter_name name;

	filter_name_fold(catalog, model, &name);
	return fuzzy_score_folded(filter->line.words, catalog->names + catalog->name_start[model], name.letters,
				  length);
}

/* Judges a model that has the letters in order.  How well a name fits counts only
 * where it can be the best. */
static void run_candidate(const struct shared_run *shared, struct run *run, size_t model, size_t length,
			  const struct fuzzy_trail *trail)
{
	const struct filter *filter = shared->filter;
	const struct words *words = shared->words;
	double least = run->best_score - 1e-9;
	bool sure = trail->worth > -INFINITY &&
		    fuzzy_trail_fits(trail, words->word[words->count - 1].length, length);
	bool passed = sure && shared->ceiling[length] < least;

	if (!passed) {
		double most = most_by_digest(words, &filter->names.digests[model], length);
		if (most <= FUZZY_NONE)
			return;
		passed = sure && most < least;
	}
	if (filter->line.count > 0 && !filter_terms_fit(filter, model))
		return;
	if (passed) {
		run->fit[model] = 1;
		run->count++;
		return;
	}
	double score = name_score(filter, model, length);
	if (score > FUZZY_NONE / 2)
		run_take(run, model, score);
}

static size_t part_begin(const struct shared_run *shared, size_t part)
{
	return parallel_begin(shared->items, part, shared->parts);
}

/* Goes through models or candidates; returns behind which place none is kept. */
static size_t run_names(const struct shared_run *shared, struct run *run, size_t begin, size_t end)
{
	const struct filter *filter = shared->filter;
	const struct catalog *catalog = filter->catalog;
	uint64_t set = shared->words->set;
	size_t kept = begin;

	for (size_t i = begin; i < end; i++) {
		uint32_t model = shared->goes_on ? filter->candidates[i] : (uint32_t)i;
		struct fuzzy_trail trail = shared->goes_on ? filter->trails[i] : (struct fuzzy_trail){0};
		if ((filter->names.letters[model] & set) != set)
			continue;
		size_t length = filter_name_length(catalog, model);
		if (!follow(&shared->added, catalog->names + catalog->name_start[model], length, &trail))
			continue;
		filter->trails[kept] = trail;
		filter->candidates[kept++] = model;
		run_candidate(shared, run, model, length, &trail);
	}
	return kept;
}

static void run_part(void *context, size_t part)
{
	struct shared_run *shared = context;
	size_t begin = part_begin(shared, part), end = part_begin(shared, part + 1);
	struct run run = shared->run[part]; /* on this thread's stack: others write beside it */

	if (shared->words->count > 0) {
		end = run_names(shared, &run, begin, end);
	} else {
		for (size_t model = begin; model < end; model++)
			if (filter_terms_fit(shared->filter, model))
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

/* Of the models that fit otherwise those whose predictions fit too. */
static struct run run_predictions(struct filter *filter, const struct run *before)
{
	struct run run = {.weights = before->weights, .fit = before->fit, .best = CATALOG_NONE,
			  .best_score = FUZZY_NONE};

	for (size_t model = 0; model < filter->catalog->count; model++) {
		if (!run.fit[model])
			continue;
		run.fit[model] = 0;
		if (!filter_predictions_fit(filter, model))
			continue;
		run_take(&run, model, filter->line.words_length == 0 ? 0
			 : name_score(filter, model, filter_name_length(filter->catalog, model)));
	}
	return run;
}

size_t filter_run_in_parts(struct filter *filter, size_t parts, const uint32_t *weights, uint8_t *fit,
			   size_t *best)
{
	struct words words;
	char letters[FILTER_WORDS_MAX];
	struct shared_run shared = {.filter = filter, .words = &words, .items = filter->catalog->count};

	memset(fit, 0, filter->catalog->count);
	split_words(filter->line.words, &words);
	if (words.count > 0) {
		filter_prepare(filter, filter->catalog->count);
		shared.goes_on = line_goes_on(filter);
		shared.added = find_added(filter, letters);
		shared.items = shared.goes_on ? filter->candidate_count : shared.items;
		set_ceilings(&shared);
	}
	shared.parts = parts > 0 ? parts : parallel_parts(shared.items);
	for (size_t part = 0; part < shared.parts; part++)
		shared.run[part] = (struct run){.weights = weights, .fit = fit,
						.best = CATALOG_NONE, .best_score = FUZZY_NONE};
	parallel_run(shared.parts, run_part, &shared);
	if (words.count > 0)
		join_candidates(&shared);
	struct run run = join_runs(&shared);
	if (filter_asks_predictions(filter))
		run = run_predictions(filter, &run);
	*best = run.best;
	return run.count;
}

size_t filter_run(struct filter *filter, const uint32_t *weights, uint8_t *fit, size_t *best)
{
	return filter_run_in_parts(filter, 0, weights, fit, best);
}
