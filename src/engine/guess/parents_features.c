/* What a merge and a model that could be its parent have in common. */
#include "guess/parents.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "stemma/base/memory.h"

#define SIZE_RATIO_MAX 0.7          /* of logarithms: twice the size is no parent */

/* ---- what is known of each model --------------------------------------------------- */

/* A word of a name on its way to a number. */
struct word {
	char *text;
	uint32_t model;
};
struct word_list {
	struct word *list;
	size_t count, capacity;
};

static void add_word(struct word_list *words, const char *text, size_t length, size_t model)
{
	if (length < 2)
		return;
	words->list = memory_grow(words->list, words->count, &words->capacity, sizeof *words->list);
	char *copy = memory_string_slice(text, length);
	for (char *at = copy; *at; at++)
		*at = (char)tolower((unsigned char)*at);
	words->list[words->count++] = (struct word){copy, (uint32_t)model};
}

enum sort { SORT_OTHER, SORT_LOWER, SORT_UPPER, SORT_DIGIT };

static enum sort sort_of(char c)
{
	return islower((unsigned char)c) ? SORT_LOWER : isupper((unsigned char)c) ? SORT_UPPER
		: isdigit((unsigned char)c) || c == '.' ? SORT_DIGIT : SORT_OTHER;
}

/* "NeuralBeagle14" is itself, "neural", "beagle" and "14". */
static void add_part(struct word_list *words, const char *part, size_t length, size_t model)
{
	size_t start = 0;

	add_word(words, part, length, model);
	for (size_t i = 1; i <= length; i++) {
		bool ends = i == length || (sort_of(part[i]) != sort_of(part[i - 1]) &&
			    !(sort_of(part[i]) == SORT_LOWER && sort_of(part[i - 1]) == SORT_UPPER));
		if (!ends)
			continue;
		if (i - start < length)
			add_word(words, part + start, i - start, model);
		start = i;
	}
}

static const char *own_name(const char *name)
{
	const char *slash = strchr(name, '/');

	return slash ? slash + 1 : name;
}

static int compare_words(const void *a, const void *b)
{
	const struct word *left = a, *right = b;
	int order = strcmp(left->text, right->text);

	return order ? order : left->model < right->model ? -1 : left->model > right->model;
}

static void give_number(struct parents *parents, size_t model, uint32_t number)
{
	struct words *words = &parents->words[model];

	if (words->count > 0 && words->list[words->count - 1] == number)
		return;
	words->list = memory_resize(words->list, words->count + 1, sizeof *words->list);
	words->list[words->count++] = number;
}

/* Numbers the words in their order, so that each model's are sorted. */
static void number_words(struct parents *parents, struct word_list *words)
{
	size_t numbers = 0, models = parents->data->models;

	if (words->count > 0)
		qsort(words->list, words->count, sizeof *words->list, compare_words);
	parents->rarity = memory_zero(words->count + 1, sizeof *parents->rarity);
	for (size_t i = 0; i < words->count;) {
		size_t end = i, having = 0;
		for (; end < words->count && strcmp(words->list[end].text, words->list[i].text) == 0; end++) {
			having += end == i || words->list[end].model != words->list[end - 1].model;
			give_number(parents, words->list[end].model, (uint32_t)numbers);
		}
		parents->rarity[numbers++] = log((double)models / (double)having);
		i = end;
	}
	for (size_t m = 0; m < models; m++)
		for (size_t i = 0; i < parents->words[m].count; i++)
			parents->words[m].weight += parents->rarity[parents->words[m].list[i]];
}

static void read_names(struct parents *parents)
{
	struct word_list words = {0};

	for (size_t m = 0; m < parents->data->models; m++) {
		const char *name = own_name(engine_data_model(parents->data, m).name);
		for (size_t length; *name; name += length + (name[length] != '\0')) {
			length = strcspn(name, "-_");
			add_part(&words, name, length, m);
		}
	}
	number_words(parents, &words);
	for (size_t i = 0; i < words.count; i++)
		free(words.list[i].text);
	free(words.list);
}

struct owner_name {
	const char *name;
	size_t length;
	uint32_t model;
};

static int compare_owners(const void *a, const void *b)
{
	const struct owner_name *left = a, *right = b;
	size_t length = left->length < right->length ? left->length : right->length;
	int order = strncasecmp(left->name, right->name, length);

	return order ? order : left->length < right->length ? -1 : left->length > right->length;
}

static void number_owners(struct parents *parents)
{
	size_t models = parents->data->models, count = 0;
	struct owner_name *owners = memory_allocate(models + 1, sizeof *owners);
	uint32_t number = 0;

	for (size_t m = 0; m < models; m++) {
		const char *name = engine_data_model(parents->data, m).name, *slash = strchr(name, '/');
		if (slash)
			owners[count++] = (struct owner_name){name, (size_t)(slash - name), (uint32_t)m};
	}
	if (count > 0)
		qsort(owners, count, sizeof *owners, compare_owners);
	for (size_t i = 0; i < count; i++) {
		number += i == 0 || compare_owners(&owners[i - 1], &owners[i]) != 0;
		parents->owner[owners[i].model] = number;
	}
	free(owners);
}

static void scale_scores(struct parents *parents)
{
	const struct engine_data *data = parents->data;

	struct sums {
		double sum, squares, count;
	} *sums = memory_zero(data->benchmarks + 1, sizeof *sums);

	for (size_t m = 0; m < data->models; m++) {
		size_t count;
		const struct engine_cell *cells = engine_data_cells(data, m, &count);
		for (size_t i = 0; i < count; i++) {
			struct sums *of = &sums[cells[i].benchmark];
			of->sum += cells[i].value;
			of->squares += cells[i].value * cells[i].value;
			of->count++;
		}
	}
	for (size_t b = 0; b < data->benchmarks; b++) {
		double count = sums[b].count, mean = sums[b].sum / count;
		double variance = count > 1 ? sums[b].squares / count - mean * mean : 0;
		parents->scale[b] = variance > 1e-6 ? sqrt(variance) : 1;
	}
	free(sums);
}

struct parents *parents_prepare(const struct engine_data *data, const struct parents_answers *sets,
				size_t set_count)
{
	struct parents *parents = memory_zero(1, sizeof *parents);

	parents->data = data;
	parents->words = memory_zero(data->models + 1, sizeof *parents->words);
	parents->owner = memory_zero(data->models + 1, sizeof *parents->owner);
	parents->scale = memory_zero(data->benchmarks + 1, sizeof *parents->scale);
	read_names(parents);
	number_owners(parents);
	scale_scores(parents);
	parents_read_answers(parents, sets, set_count);
	return parents;
}

void parents_free(struct parents *parents)
{
	if (!parents)
		return;
	for (size_t m = 0; m < parents->data->models; m++)
		free(parents->words[m].list);
	free(parents->words);
	free(parents->rarity);
	free(parents->owner);
	free(parents->scale);
	parents_forget_answers(parents);
	free(parents);
}

/* ---- candidates ---------------------------------------------------------------------- */

enum relation parents_relation(const struct engine_data *data, size_t child, size_t parent)
{
	const struct lineage_parent *edge = lineage_find(data->lineage, child, parent);

	return edge && edge->weight > 0 ? (enum relation)edge->relation : RELATION_COUNT;
}

/* Its own, else that of a relative other than `child`. */
static const char *architecture_of(const struct engine_data *data, size_t model, size_t child)
{
	size_t children, parents;
	const uint32_t *child_list = lineage_children(data->lineage, model, &children);
	const struct lineage_parent *parent_list = lineage_parents(data->lineage, model, &parents);

	const char *architecture = engine_data_model(data, model).architecture;

	for (size_t i = 0; i < children && !architecture; i++)
		if (child_list[i] != child)
			architecture = engine_data_model(data, child_list[i]).architecture;
	for (size_t i = 0; i < parents && !architecture; i++)
		architecture = engine_data_model(data, parent_list[i].node).architecture;
	return architecture;
}

void parents_mark_descendants(const struct engine_data *data, size_t model, bool *marked)
{
	const uint32_t *order = lineage_order(data->lineage);

	memset(marked, 0, data->models * sizeof *marked);
	marked[model] = true;
	for (size_t i = 0; i < data->models; i++) {
		size_t count;
		const struct lineage_parent *edges = lineage_parents(data->lineage, order[i], &count);
		for (size_t e = 0; e < count; e++)
			marked[order[i]] |= marked[edges[e].node];
	}
}

bool parents_possible(const struct engine_data *data, size_t child, size_t parent)
{
	struct engine_model c = engine_data_model(data, child), p = engine_data_model(data, parent);
	const char *architecture = architecture_of(data, parent, child);

	if (!architecture || strcmp(architecture, c.architecture) != 0 || p.uploaded > c.uploaded + 1)
		return false;
	return !(p.params_b > 0 && c.params_b > 0) ||
	       fabs(log(p.params_b / c.params_b)) <= SIZE_RATIO_MAX;
}

/* ---- features --------------------------------------------------------------------------- */

static void compare_names(const struct parents *parents, size_t child, size_t parent, double *x)
{
	const struct words *a = &parents->words[child], *b = &parents->words[parent];
	double shared = 0, rarest = 0;

	for (size_t i = 0, j = 0; i < a->count && j < b->count;) {
		if (a->list[i] == b->list[j]) {
			shared += parents->rarity[a->list[i]];
			rarest = fmax(rarest, parents->rarity[a->list[i]]);
		}
		uint32_t left = a->list[i], right = b->list[j];
		i += left <= right;
		j += right <= left;
	}
	x[NAME_OF_PARENT] = b->weight > 0 ? shared / b->weight : 0;
	x[NAME_OF_CHILD] = a->weight > 0 ? shared / a->weight : 0;
	x[NAME_RAREST] = rarest / 8;
}

/* Which other merges were made from the model, by whom and when. */
static void count_uses(const struct parents *parents, size_t child, size_t parent, double *x)
{
	const struct engine_data *data = parents->data;
	double uses = 0, own = 0, near = 0, nearest = INFINITY, nearest_own = INFINITY;
	size_t count;
	const uint32_t *children = lineage_children(data->lineage, parent, &count);

	for (size_t i = 0; i < count; i++) {
		size_t other = children[i];
		if (other == child || parents_relation(data, other, parent) != RELATION_MERGE)
			continue;
		double days = fabs(engine_data_model(data, other).uploaded -
				   engine_data_model(data, child).uploaded);
		bool same = parents->owner[other] == parents->owner[child] && parents->owner[child] > 0;
		uses++;
		own += same;
		if (isnan(days))
			continue;
		near += exp(-days / 30);
		nearest = fmin(nearest, days);
		nearest_own = same ? fmin(nearest_own, days) : nearest_own;
	}
	x[USES] = log1p(uses);
	x[USES_OWN] = log1p(own);
	x[USED_OWN_NEAR] = exp(-nearest_own / 15);
	x[USED_NEAR] = exp(-nearest / 30);
	x[USES_NEAR] = log1p(near);
}

static void compare_scores(const struct parents *parents, size_t child, size_t parent, double *x)
{
	const struct engine_data *data = parents->data;
	double sum = 0, squares = 0, count = 0;
	size_t own_count, other_count;
	const struct engine_cell *own = engine_data_cells(data, child, &own_count);
	const struct engine_cell *other = engine_data_cells(data, parent, &other_count);

	for (size_t i = 0, j = 0; i < own_count && j < other_count;) {
		if (own[i].benchmark != other[j].benchmark) {
			if (own[i].benchmark < other[j].benchmark)
				i++;
			else
				j++;
			continue;
		}
		double lead = (own[i].value - other[j].value) / parents->scale[own[i].benchmark];
		i++;
		j++;
		sum += lead;
		squares += lead * lead;
		count++;
	}
	x[SCORE_UNKNOWN] = count > 0 ? 0 : 1;
	if (count == 0)
		return;
	x[SCORE_DISTANCE] = sqrt(squares / count);
	x[SCORE_SQUARE] = squares / count;
	x[SCORE_NEAR] = exp(-4 * x[SCORE_DISTANCE]);
	x[SCORE_LEAD] = sum / count;
}

static void compare_answers(const struct parents *parents, size_t child, size_t parent, double closest,
			    double *x)
{
	double agreement = parents_agreement(parents, child, parent);

	x[AGREEMENT_UNKNOWN] = isnan(agreement);
	if (isnan(agreement))
		return;
	x[AGREEMENT] = agreement;
	x[AGREEMENT_BEHIND] = closest - agreement;
	x[AGREEMENT_NEAR] = exp(-30 * (closest - agreement));
}

void parents_compare(const struct parents *parents, size_t child, size_t parent, double closest, double *x)
{
	struct engine_model c = engine_data_model(parents->data, child);
	struct engine_model p = engine_data_model(parents->data, parent);
	double gap = c.uploaded - p.uploaded, ratio = fabs(log(p.params_b / c.params_b));

	memset(x, 0, FEATURES * sizeof *x);
	compare_names(parents, child, parent, x);
	count_uses(parents, child, parent, x);
	compare_scores(parents, child, parent, x);
	compare_answers(parents, child, parent, closest, x);
	x[OWNER_SAME] = parents->owner[child] == parents->owner[parent] && parents->owner[child] > 0;
	x[DATE_UNKNOWN] = isnan(gap);
	if (!isnan(gap)) {
		x[DATE_GAP] = log1p(fmax(gap, 0));
		x[DATE_NEAR] = exp(-fmax(gap, 0) / 10);
		x[OWNER_AND_DAYS] = x[OWNER_SAME] > 0 && gap >= 0 && gap < 5;
	}
	x[KIND_IS_MERGE] = p.kind == KIND_MERGE;
	x[KIND_IS_PRETRAINED] = p.kind == KIND_PRETRAINED;
	x[ARCHITECTURE_UNKNOWN] = !p.architecture;
	if (p.params_b > 0 && c.params_b > 0) {
		x[SIZE_RATIO] = fmin(ratio, 2);
		x[SIZE_SAME] = ratio < 0.05;
	}
	x[CONSTANT] = 1;
}
