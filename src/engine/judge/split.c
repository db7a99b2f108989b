#include "judge/split.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "data/random.h"
#include "stemma/base/memory.h"

#define CELL_SHARE (1.0 / 10)
#define BLOCK_SHARE (1.0 / 16)
#define MODEL_SHARE (1.0 / 8)
#define LATE_SHARE (1.0 / 10)  /* of the dated models, where no date is given */
#define REVEALED_SHARE 0.5     /* of a held-out model's cells when it is warm */
#define STUDY_SHARE (1.0 / 5)  /* of the models with lineage */
#define NEW_MIN 60             /* models that a benchmark needs to be held out as a new one */
#define NEW_SUITE_SHARE 0.5    /* of all cells: a suite with more is not hidden as a whole, */
#define NEW_FOLD_SHARE 0.25    /* and suites with more than these are not in one fold */

/* ---- draws ------------------------------------------------------------------------------- */

/* FNV-1a, ASCII case ignored. */
static uint64_t hash_text(uint64_t hash, const char *text)
{
	for (; text && *text; text++) {
		unsigned char byte = (unsigned char)*text;
		hash ^= byte >= 'A' && byte <= 'Z' ? byte + ('a' - 'A') : byte;
		hash *= 0x100000001B3u;
	}
	return (hash ^ '|') * 0x100000001B3u;
}

/* In 0..1, the same for the same names, purpose and seed. */
static double draw(const struct split *split, const char *purpose, uint32_t model, const char *what)
{
	uint64_t hash = hash_text(0xCBF29CE484222325u, purpose);

	hash = hash_text(hash, engine_data_model(split->data, model).name);
	hash = hash_text(hash, what) ^ split->settings->seed * 0x9E3779B97F4A7C15u;
	return random_fraction(&hash);
}

static double draw_cell(const struct split *split, const char *purpose, size_t cell)
{
	size_t first = split->copies.first[cell];

	return draw(split, purpose, split->copies.model[first],
		    split->data->benchmark[split->data->cell[first].benchmark].key);
}

static double draw_model(const struct split *split, const char *purpose, uint32_t model)
{
	return draw(split, purpose, split->copies.checkpoint[model], NULL);
}

static bool is_cell(const struct split *split, size_t cell)
{
	return split->copies.model[cell] != COPIES_NOBODY;
}

static uint32_t suite_of(const struct split *split, size_t cell)
{
	return split->copies.suite[split->data->cell[cell].benchmark];
}

static void hide(struct split *split, size_t cell, bool judge)
{
	split->hidden[cell] = true;
	split->judged[cell] = judge;
}

/* ---- protocols ------------------------------------------------------------------------------ */

static void hide_cells(struct split *split)
{
	for (size_t c = 0; c < split->copies.cells; c++)
		if (is_cell(split, c) && draw_cell(split, "cell", c) < CELL_SHARE)
			hide(split, c, true);
}

static bool has_other_suite(const struct split *split, uint32_t model, uint32_t suite)
{
	size_t count;
	const struct engine_cell *cells = engine_data_cells(split->data, model, &count);

	for (size_t c = 0; c < count; c++)
		if (split->copies.suite[cells[c].benchmark] != suite)
			return true;
	return false;
}

static void hide_blocks(struct split *split)
{
	for (size_t c = 0; c < split->copies.cells; c++) {
		if (!is_cell(split, c))
			continue;
		uint32_t model = split->copies.model[c];
		const char *suite = split->data->benchmark[split->data->cell[c].benchmark].suite;
		if (draw(split, "block", split->copies.checkpoint[model], suite) < BLOCK_SHARE &&
		    has_other_suite(split, model, suite_of(split, c)))
			hide(split, c, true);
	}
}

/* Cells of the models that are held out; a share of them stays known. */
static void hide_models(struct split *split, const bool *held_out, double revealed)
{
	for (size_t c = 0; c < split->copies.cells; c++)
		if (is_cell(split, c) && held_out[split->copies.model[c]] &&
		    draw_cell(split, "reveal", c) >= revealed)
			hide(split, c, true);
}

static void hide_random_models(struct split *split, double revealed)
{
	bool *held_out = memory_zero(split->data->models + 1, sizeof *held_out);

	for (size_t c = 0; c < split->copies.cells; c++)
		if (is_cell(split, c))
			held_out[split->copies.model[c]] =
				draw_model(split, "model", split->copies.model[c]) < MODEL_SHARE;
	hide_models(split, held_out, revealed);
	free(held_out);
}

static int compare_doubles(const void *left, const void *right)
{
	const double *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

/* By model with cells: the date of its checkpoint, which is that of the first upload; NAN for the others. */
static double *dates_of(const struct split *split)
{
	double *dates = memory_allocate(split->data->models + 1, sizeof *dates);
	double *first = memory_allocate(split->data->models + 1, sizeof *first);

	for (size_t i = 0; i < split->data->models; i++)
		dates[i] = first[i] = NAN;
	for (size_t c = 0; c < split->copies.cells; c++)
		if (is_cell(split, c)) {
			double *date = &first[split->copies.checkpoint[split->copies.model[c]]];
			*date = fmin(*date, engine_data_model(split->data, split->copies.model[c]).uploaded);
		}
	for (size_t c = 0; c < split->copies.cells; c++)
		if (is_cell(split, c))
			dates[split->copies.model[c]] = first[split->copies.checkpoint[split->copies.model[c]]];
	free(first);
	return dates;
}

/* The date from which on the newest tenth is. */
static double late_date(const double *dates, size_t models)
{
	double *sorted = memory_allocate(models + 1, sizeof *sorted);
	size_t count = 0;

	for (size_t i = 0; i < models; i++)
		if (!isnan(dates[i]))
			sorted[count++] = dates[i];
	if (count > 0)
		qsort(sorted, count, sizeof *sorted, compare_doubles);
	double date = count ? sorted[count - 1 - (size_t)(LATE_SHARE * (double)(count - 1))] : NAN;
	free(sorted);
	return date;
}

/* What was made of a held-out model must not be known either, whatever its date. */
static void hide_descendants(struct split *split, const bool *held_out)
{
	const struct lineage *lineage = split->data->lineage;
	bool *below = memory_zero(split->data->models + 1, sizeof *below);

	for (size_t place = 0; place < split->data->models; place++) {
		size_t node = lineage_order(lineage)[place], count;
		const struct lineage_parent *parents = lineage_parents(lineage, node, &count);
		for (size_t p = 0; p < count; p++)
			below[node] = below[node] || below[parents[p].node] || held_out[parents[p].node];
	}
	for (size_t c = 0; c < split->copies.cells; c++)
		if (is_cell(split, c) && below[split->copies.model[c]] && !held_out[split->copies.model[c]])
			hide(split, c, false);
	free(below);
}

static void hide_late_models(struct split *split, double revealed)
{
	bool *held_out = memory_zero(split->data->models + 1, sizeof *held_out);
	double *dates = dates_of(split), date = split->settings->date;

	if (isnan(date))
		date = late_date(dates, split->data->models);
	for (size_t i = 0; i < split->data->models; i++)
		held_out[i] = dates[i] >= date;
	hide_models(split, held_out, revealed);
	hide_descendants(split, held_out);
	free(held_out);
	free(dates);
}

/* ---- the published study -------------------------------------------------------------------- */

struct relative_of { /* a model's family: architecture, and size to two decimals */
	const char *architecture;
	long size;
	uint32_t model;
};

static int compare_families(const void *left, const void *right)
{
	const struct relative_of *a = left, *b = right;
	int order = strcmp(a->architecture, b->architecture);

	if (order)
		return order;
	if (a->size != b->size)
		return a->size < b->size ? -1 : 1;
	return a->model < b->model ? -1 : a->model > b->model;
}

size_t holdout_family(const struct engine_data *data, bool *members, uint32_t *one)
{
	struct relative_of *list = memory_allocate(data->models + 1, sizeof *list);
	size_t count = 0, best = 0, most = 0, cells;

	for (uint32_t i = 0; i < data->models; i++) {
		engine_data_cells(data, i, &cells);
		if (cells == 0 || (data->excluded && data->excluded[i]))
			continue;
		struct engine_model model = engine_data_model(data, i);
		if (model.architecture && model.params_b > 0)
			list[count++] = (struct relative_of){model.architecture, lround(100 * model.params_b), i};
	}
	if (count > 0)
		qsort(list, count, sizeof *list, compare_families);
	for (size_t begin = 0, end; begin < count; begin = end) {
		for (end = begin; end < count && list[end].size == list[begin].size &&
				  strcmp(list[end].architecture, list[begin].architecture) == 0; end++)
			;
		if (end - begin > most)
			best = begin, most = end - begin;
	}
	for (size_t i = 0; members && i < data->models; i++)
		members[i] = false;
	for (size_t i = best; members && i < best + most; i++)
		members[list[i].model] = true;
	if (most > 0)
		*one = list[best].model;
	free(list);
	return most;
}

/* By a held-out model's cell: how many of its others become known before. */
static size_t turn_of(const struct split *split, size_t cell)
{
	size_t count, before = 0;
	const struct engine_cell *cells = engine_data_cells(split->data, split->copies.model[cell], &count);
	size_t first = (size_t)(cells - split->data->cell);
	double own = draw_cell(split, "reveal", cell);

	for (size_t c = first; c < first + count; c++) {
		double other = draw_cell(split, "reveal", c);
		before += other < own || (!(other > own) && c < cell);
	}
	return before;
}

/* Models with parents, by checkpoint, are held out. */
static void hide_for_study(struct split *split)
{
	const struct holdout_settings *settings = split->settings;
	bool *members = memory_allocate(split->data->models + 1, sizeof *members);
	uint32_t one;

	if (settings->family)
		holdout_family(split->data, members, &one);
	for (size_t c = 0; c < split->copies.cells; c++) {
		if (!is_cell(split, c))
			continue;
		uint32_t model = split->copies.model[c];
		size_t parents;
		lineage_parents(split->data->lineage, split->copies.checkpoint[model], &parents);
		if (settings->family && !members[model]) {
			hide(split, c, false);
		} else if (parents > 0 && draw_model(split, "study", model) < STUDY_SHARE) {
			size_t turn = turn_of(split, c);
			if (turn >= settings->known)
				hide(split, c, turn >= HOLDOUT_KNOWN_MAX);
		} else if (draw_cell(split, "share", c) >= settings->share) {
			hide(split, c, false);
		}
	}
	free(members);
}

static void hide_given(struct split *split, size_t fold)
{
	for (size_t g = 0; g < split->settings->given_count; g++) {
		const struct holdout_given *given = &split->settings->given[g];
		size_t count;
		const struct engine_cell *cells = engine_data_cells(split->data, given->model, &count);
		const struct engine_cell *cell = engine_cell_find(cells, count, given->benchmark);
		if (given->fold != fold || !cell)
			continue;
		size_t c = (size_t)(cell - split->data->cell);
		if (is_cell(split, c) && draw_cell(split, "reveal", c) >= split->settings->reveal)
			hide(split, c, true);
	}
}

/* ---- new benchmarks --------------------------------------------------------------------------- */

struct candidate {
	uint32_t benchmark, suite;
	size_t place;  /* in its suite */
	double draw;
};

static int compare_candidates(const void *left, const void *right)
{
	const struct candidate *a = left, *b = right;

	if (a->suite != b->suite)
		return a->suite < b->suite ? -1 : 1;
	return (a->draw > b->draw) - (a->draw < b->draw);
}

static int compare_places(const void *left, const void *right)
{
	const struct candidate *a = left, *b = right;

	if (a->place != b->place)
		return a->place < b->place ? -1 : 1;
	return (a->draw > b->draw) - (a->draw < b->draw);
}

/* Benchmarks that could be new ones, those that come first in their suites first. */
static size_t list_candidates(const struct split *split, const size_t *cells, struct candidate *list)
{
	const struct holdout_settings *settings = split->settings;
	size_t count = 0, kept = 0;

	for (uint32_t b = 0; b < split->data->benchmarks; b++) {
		uint64_t hash = hash_text(0xCBF29CE484222325u, split->data->benchmark[b].key) ^
				settings->seed * 0x9E3779B97F4A7C15u;
		if (cells[b] >= NEW_MIN && (!settings->judged || settings->judged[b]))
			list[count++] = (struct candidate){b, split->copies.suite[b], 0, random_fraction(&hash)};
	}
	if (count > 0)
		qsort(list, count, sizeof *list, compare_candidates);
	for (size_t i = 0; i < count; i++) {
		list[i].place = i > 0 && list[i - 1].suite == list[i].suite ? list[i - 1].place + 1 : 0;
	}
	for (size_t i = 0; i < count; i++)
		if (settings->sample == 0 || list[i].place < settings->sample)
			list[kept++] = list[i];
	if (kept > 0)
		qsort(list, kept, sizeof *list, compare_places);
	return kept;
}

/* How many cells there are: in all, by benchmark and by suite. */
struct counts {
	size_t all, *benchmark, *suite;
};

static void count_cells(const struct split *split, struct counts *counts)
{
	counts->benchmark = memory_zero(split->data->benchmarks + 1, sizeof *counts->benchmark);
	counts->suite = memory_zero(split->copies.suites + 1, sizeof *counts->suite);
	counts->all = 0;
	for (size_t c = 0; c < split->copies.cells; c++)
		if (is_cell(split, c)) {
			counts->benchmark[split->data->cell[c].benchmark]++;
			counts->suite[suite_of(split, c)]++;
			counts->all++;
		}
}

/* Whether a benchmark's whole suite can be hidden. */
static bool hides_suite(const struct split *split, const struct counts *counts, uint32_t benchmark)
{
	return split->data->benchmark[benchmark].suite &&
	       (double)counts->suite[split->copies.suite[benchmark]] <= NEW_SUITE_SHARE * (double)counts->all;
}

/* Puts the candidates into folds, each the first that has room.  Suites that are hidden as a whole are in
 * one; of others, one benchmark a fold. */
static void plan_benchmarks(struct split *split)
{
	struct candidate *list = memory_allocate(split->data->benchmarks + 1, sizeof *list);
	size_t *next = memory_zero(split->copies.suites + 1, sizeof *next); /* by suite: its fold, or the first it may have */
	bool *placed = memory_zero(split->copies.suites + 1, sizeof *placed);
	double *load;
	struct counts counts;

	count_cells(split, &counts);
	size_t count = list_candidates(split, counts.benchmark, list);
	load = memory_zero(count + 1, sizeof *load);
	split->benchmarks = memory_allocate(count + 1, sizeof *split->benchmarks);
	for (size_t i = 0; i < count; i++) {
		uint32_t suite = list[i].suite;
		bool whole = hides_suite(split, &counts, list[i].benchmark);
		double share = (double)(whole ? counts.suite[suite] : counts.benchmark[list[i].benchmark]) / (double)counts.all;
		size_t fold = next[suite];
		while (!placed[suite] && load[fold] > 0 && load[fold] + share > NEW_FOLD_SHARE)
			fold++;
		load[fold] += placed[suite] ? 0 : share;
		placed[suite] = whole;
		next[suite] = whole ? fold : fold + 1;
		split->benchmarks[split->benchmark_count++] = (struct split_benchmark){list[i].benchmark, fold, whole};
		if (fold + 1 > split->folds)
			split->folds = fold + 1;
	}
	free(counts.benchmark);
	free(counts.suite);
	free(list);
	free(next);
	free(placed);
	free(load);
}

/* A cell of a new benchmark in the order in which it would become known. */
struct turn {
	double draw;
	size_t first, cell;
};

static int compare_turns(const void *left, const void *right)
{
	const struct turn *a = left, *b = right;

	if (a->draw > b->draw || a->draw < b->draw)
		return a->draw < b->draw ? -1 : 1;
	return a->first < b->first ? -1 : a->first > b->first;
}

static bool sees_others(const struct split *split, uint32_t model)
{
	size_t count;
	const struct engine_cell *cells = engine_data_cells(split->data, model, &count);

	for (size_t c = 0; c < count; c++)
		if (!split->hidden[(size_t)(cells - split->data->cell) + c])
			return true;
	return false;
}

/* All is hidden: some become known, the others are judged, where the model has
 * scores elsewhere. */
static void show_some(struct split *split, uint32_t benchmark, size_t keep)
{
	struct turn *turns = memory_allocate(split->copies.cells + 1, sizeof *turns);
	size_t count = 0, shown = 0, end;

	for (size_t c = 0; c < split->copies.cells; c++)
		if (split->data->cell[c].benchmark == benchmark && is_cell(split, c) &&
		    sees_others(split, split->copies.model[c]))
			turns[count++] = (struct turn){draw_cell(split, "new", c), split->copies.first[c], c};
	if (count > 0)
		qsort(turns, count, sizeof *turns, compare_turns);
	for (size_t i = 0; i < count; i = end) {
		for (end = i; end < count && turns[end].first == turns[i].first; end++) {
			split->hidden[turns[end].cell] = shown >= keep;
			split->judged[turns[end].cell] = shown >= keep;
		}
		shown++;
	}
	free(turns);
}

static bool same_family(const struct engine_benchmark *a, const struct engine_benchmark *b)
{
	return a->family && b->family && strcasecmp(a->family, b->family) == 0;
}

/* Marks what goes with a new benchmark: it, its suite, and its family wherever that is. */
static void mark_relatives(const struct split *split, const struct split_benchmark *new, bool *marked)
{
	const struct engine_data *data = split->data;

	for (size_t b = 0; b < data->benchmarks; b++)
		marked[b] = marked[b] || b == new->benchmark ||
			    (new->suite && split->copies.suite[b] == split->copies.suite[new->benchmark]) ||
			    same_family(&data->benchmark[b], &data->benchmark[new->benchmark]);
}

static void hide_benchmarks(struct split *split, size_t fold)
{
	bool *marked = memory_zero(split->data->benchmarks + 1, sizeof *marked);

	for (size_t i = 0; i < split->benchmark_count; i++)
		if (split->benchmarks[i].fold == fold)
			mark_relatives(split, &split->benchmarks[i], marked);
	for (size_t c = 0; c < split->copies.cells; c++)
		if (is_cell(split, c) && marked[split->data->cell[c].benchmark])
			hide(split, c, false);
	free(marked);
}

/* ---- the whole ----------------------------------------------------------------------------------- */

/* Hides the copies of what is judged, and judges each measurement once. */
static void hide_copies(struct split *split)
{
	const size_t *first = split->copies.first;
	/* By first copy: 1 some are judged, 2 one has been met. */
	uint8_t *met = memory_zero(split->copies.cells + 1, sizeof *met);

	for (size_t c = 0; c < split->copies.cells; c++)
		if (split->judged[c])
			met[first[c]] = 1;
	for (size_t c = 0; c < split->copies.cells; c++) {
		if (met[first[c]] == 0)
			continue;
		split->hidden[c] = true;
		if (!split->judged[c])
			continue;
		split->judged[c] = met[first[c]] == 1;
		met[first[c]] = 2;
	}
	free(met);
}

/* Judges only models of which something is known. */
static void judge_known(struct split *split)
{
	for (size_t c = 0; c < split->copies.cells; c++)
		split->judged[c] = split->judged[c] && sees_others(split, split->copies.model[c]);
}

void split_begin(struct split *split, const struct engine_data *data, const struct holdout_settings *settings)
{
	*split = (struct split){.data = data, .settings = settings, .folds = 1};
	copies_find(data, &split->copies);
	split->hidden = memory_zero(split->copies.cells + 1, sizeof *split->hidden);
	split->judged = memory_zero(split->copies.cells + 1, sizeof *split->judged);
	if (settings->protocol == HOLDOUT_NEW)
		plan_benchmarks(split);
	for (size_t g = 0; settings->protocol == HOLDOUT_GIVEN && g < settings->given_count; g++)
		if (settings->given[g].fold >= split->folds)
			split->folds = settings->given[g].fold + (size_t)1;
}

static void clear(struct split *split)
{
	memset(split->hidden, 0, split->copies.cells * sizeof *split->hidden);
	memset(split->judged, 0, split->copies.cells * sizeof *split->judged);
}

void split_make(struct split *split, size_t fold)
{
	enum holdout_protocol protocol = split->settings->protocol;

	clear(split);
	switch (protocol) {
	case HOLDOUT_CELLS:
		hide_cells(split);
		break;
	case HOLDOUT_BLOCKS:
		hide_blocks(split);
		break;
	case HOLDOUT_WARM:
	case HOLDOUT_COLD:
		hide_random_models(split, protocol == HOLDOUT_WARM ? REVEALED_SHARE : 0);
		break;
	case HOLDOUT_LATE_WARM:
	case HOLDOUT_LATE_COLD:
		hide_late_models(split, protocol == HOLDOUT_LATE_WARM ? REVEALED_SHARE : 0);
		break;
	case HOLDOUT_NEW:
		hide_benchmarks(split, fold);
		break;
	case HOLDOUT_STUDY:
		hide_for_study(split);
		break;
	default:
		hide_given(split, fold);
	}
	hide_copies(split);
	if (protocol != HOLDOUT_COLD && protocol != HOLDOUT_LATE_COLD && protocol != HOLDOUT_GIVEN &&
	    protocol != HOLDOUT_STUDY)
		judge_known(split);
}

void split_show(struct split *split, size_t place, size_t keep)
{
	clear(split);
	hide_benchmarks(split, split->benchmarks[place].fold);
	show_some(split, split->benchmarks[place].benchmark, keep);
	hide_copies(split);
	judge_known(split);
}

void split_free(struct split *split)
{
	copies_free(&split->copies);
	free(split->benchmarks);
	free(split->hidden);
	free(split->judged);
	*split = (struct split){0};
}
