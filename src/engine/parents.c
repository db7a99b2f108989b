#include "stemma/engine/parents.h"

#include <ctype.h>
#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "random.h"
#include "stemma/base/memory.h"

enum feature {
	NAME_OF_PARENT, NAME_OF_CHILD, NAME_RAREST, OWNER_SAME,
	USES, USES_OWN, USED_OWN_NEAR, USED_NEAR, USES_NEAR,
	DATE_UNKNOWN, DATE_GAP, DATE_NEAR,
	SCORE_DISTANCE, SCORE_NEAR, SCORE_UNKNOWN, SCORE_SQUARE, SCORE_LEAD,
	KIND_IS_MERGE, KIND_IS_PRETRAINED, ARCHITECTURE_UNKNOWN, SIZE_RATIO, SIZE_SAME,
	OWNER_AND_DAYS, CONSTANT,
	FEATURES
};

#define FOLDS 5
#define MERGES_MIN 20
#define PAIRS_MAX ((size_t)1500000) /* more merges than give so many are not learned from */
#define SIZE_RATIO_MAX 0.7          /* of logarithms: twice the size is no parent */
#define RIDGE 1.0                   /* on standardised features */
#define STEPS_MAX 30

/* ---- what is known of each model --------------------------------------------------- */

struct words {
	uint32_t *list; /* sorted; owned */
	size_t count;
	double weight;  /* sum of the rarities */
};

struct parents {
	const struct engine_data *data;
	struct words *words;    /* by model */
	double *rarity;         /* by word: log of models over models with it */
	uint32_t *owner;        /* by model: number of the owner, 0 none */
	double *scale;          /* by benchmark: standard deviation */
	double weights[FEATURES], mean[FEATURES], sd[FEATURES];
};

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
		const char *name = own_name(parents->data->model[m].name);
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
		const char *name = parents->data->model[m].name, *slash = strchr(name, '/');
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

	for (size_t b = 0; b < data->benchmarks; b++) {
		double sum = 0, squares = 0, count = 0;
		for (size_t m = 0; m < data->models; m++) {
			double score = data->scores[m * data->benchmarks + b];
			if (isnan(score))
				continue;
			sum += score;
			squares += score * score;
			count++;
		}
		double variance = count > 1 ? squares / count - sum / count * (sum / count) : 0;
		parents->scale[b] = variance > 1e-6 ? sqrt(variance) : 1;
	}
}

static struct parents *prepare(const struct engine_data *data)
{
	struct parents *parents = memory_zero(1, sizeof *parents);

	parents->data = data;
	parents->words = memory_zero(data->models + 1, sizeof *parents->words);
	parents->owner = memory_zero(data->models + 1, sizeof *parents->owner);
	parents->scale = memory_zero(data->benchmarks + 1, sizeof *parents->scale);
	read_names(parents);
	number_owners(parents);
	scale_scores(parents);
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
	free(parents);
}

/* ---- candidates ---------------------------------------------------------------------- */

/* How `child` was made from `parent`; RELATION_COUNT when the lineage does not
 * have that edge or it is a mere reference. */
static enum relation edge_relation(const struct engine_data *data, size_t child, size_t parent)
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

	if (data->model[model].architecture)
		return data->model[model].architecture;
	for (size_t i = 0; i < children; i++)
		if (child_list[i] != child && data->model[child_list[i]].architecture)
			return data->model[child_list[i]].architecture;
	for (size_t i = 0; i < parents; i++)
		if (data->model[parent_list[i].node].architecture)
			return data->model[parent_list[i].node].architecture;
	return NULL;
}

/* Marks the model and all that descends from it, and nothing else. */
static void mark_descendants(const struct engine_data *data, size_t model, bool *marked)
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

static bool could_be_parent(const struct engine_data *data, size_t child, size_t parent)
{
	const struct engine_model *c = &data->model[child], *p = &data->model[parent];
	const char *architecture = architecture_of(data, parent, child);

	if (!architecture || strcmp(architecture, c->architecture) != 0 || p->uploaded > c->uploaded + 1)
		return false;
	return !(p->params_b > 0 && c->params_b > 0) ||
	       fabs(log(p->params_b / c->params_b)) <= SIZE_RATIO_MAX;
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
		if (other == child || edge_relation(data, other, parent) != RELATION_MERGE)
			continue;
		double days = fabs(data->model[other].uploaded - data->model[child].uploaded);
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

	for (size_t b = 0; b < data->benchmarks; b++) {
		double lead = (data->scores[child * data->benchmarks + b] -
			       data->scores[parent * data->benchmarks + b]) / parents->scale[b];
		if (isnan(lead))
			continue;
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

static void pair_features(const struct parents *parents, size_t child, size_t parent, double *x)
{
	const struct engine_model *c = &parents->data->model[child], *p = &parents->data->model[parent];
	double gap = c->uploaded - p->uploaded, ratio = fabs(log(p->params_b / c->params_b));

	memset(x, 0, FEATURES * sizeof *x);
	compare_names(parents, child, parent, x);
	count_uses(parents, child, parent, x);
	compare_scores(parents, child, parent, x);
	x[OWNER_SAME] = parents->owner[child] == parents->owner[parent] && parents->owner[child] > 0;
	x[DATE_UNKNOWN] = isnan(gap);
	if (!isnan(gap)) {
		x[DATE_GAP] = log1p(fmax(gap, 0));
		x[DATE_NEAR] = exp(-fmax(gap, 0) / 10);
		x[OWNER_AND_DAYS] = x[OWNER_SAME] > 0 && gap >= 0 && gap < 5;
	}
	x[KIND_IS_MERGE] = p->kind == KIND_MERGE;
	x[KIND_IS_PRETRAINED] = p->kind == KIND_PRETRAINED;
	x[ARCHITECTURE_UNKNOWN] = !p->architecture;
	if (p->params_b > 0 && c->params_b > 0) {
		x[SIZE_RATIO] = fmin(ratio, 2);
		x[SIZE_SAME] = ratio < 0.05;
	}
	x[CONSTANT] = 1;
}

/* ---- the pairs to learn from --------------------------------------------------------------- */

struct pair {
	uint32_t child, parent;
	bool is_parent;
	float x[FEATURES];
};
struct pairs {
	struct pair *list;
	size_t count, capacity;
	uint32_t *merges;  /* children in the order of the list */
	size_t merge_count;
	size_t hidden;     /* parents that are no candidates */
};

static bool is_known_merge(const struct engine_data *data, size_t model)
{
	size_t count;
	const struct lineage_parent *edges = lineage_parents(data->lineage, model, &count);

	for (size_t i = 0; data->model[model].architecture && i < count; i++)
		if (edges[i].relation == RELATION_MERGE && edges[i].weight > 0)
			return true;
	return false;
}

/* A model that is only known as this child's parent would give itself away. */
static bool is_known_otherwise(const struct engine_data *data, size_t parent, size_t child)
{
	const struct engine_model *p = &data->model[parent];
	size_t children, parents;
	const uint32_t *list = lineage_children(data->lineage, parent, &children);

	lineage_parents(data->lineage, parent, &parents);
	return p->architecture || !isnan(p->uploaded) || parents > 0 || children > 1 ||
	       (children == 1 && list[0] != child);
}

static void add_merge(const struct parents *parents, struct pairs *pairs, size_t child, bool *marked)
{
	const struct engine_data *data = parents->data;
	double x[FEATURES];

	mark_descendants(data, child, marked);
	pairs->merges[pairs->merge_count++] = (uint32_t)child;
	for (size_t p = 0; p < data->models; p++) {
		bool is_parent = edge_relation(data, child, p) != RELATION_COUNT;
		if (marked[p] || !could_be_parent(data, child, p) || !is_known_otherwise(data, p, child)) {
			pairs->hidden += is_parent;
			continue;
		}
		pairs->list = memory_grow(pairs->list, pairs->count, &pairs->capacity, sizeof *pairs->list);
		struct pair *pair = &pairs->list[pairs->count++];
		*pair = (struct pair){.child = (uint32_t)child, .parent = (uint32_t)p, .is_parent = is_parent};
		pair_features(parents, child, p, x);
		for (size_t f = 0; f < FEATURES; f++)
			pair->x[f] = (float)x[f];
	}
}

static enum status collect_pairs(const struct parents *parents, struct pairs *pairs,
				 struct progress *progress, struct error *error)
{
	const struct engine_data *data = parents->data;
	bool *marked = memory_allocate(data->models + 1, sizeof *marked);
	enum status status = STATUS_OK;

	*pairs = (struct pairs){.merges = memory_allocate(data->models + 1, sizeof *pairs->merges)};
	for (size_t m = 0; m < data->models && pairs->count < PAIRS_MAX && status == STATUS_OK; m++) {
		if (is_known_merge(data, m))
			add_merge(parents, pairs, m, marked);
		if (!progress_step(progress, "comparing models", (double)m / (double)data->models))
			status = error_set(error, STATUS_CANCELLED, "stopped");
	}
	if (status == STATUS_OK && pairs->merge_count < MERGES_MIN) {
		error_set(error, STATUS_DATA, "%zu merges with known parents are too few to learn from",
			  pairs->merge_count);
		status = error_advise(error, "import lineage; %d are needed", MERGES_MIN);
	}
	free(marked);
	return status;
}

static void pairs_free(struct pairs *pairs)
{
	free(pairs->list);
	free(pairs->merges);
}

/* ---- the regression --------------------------------------------------------------------------- */

static void standardise(struct parents *parents, const struct pairs *pairs)
{
	for (size_t f = 0; f < FEATURES; f++) {
		double sum = 0, squares = 0, count = (double)pairs->count;
		for (size_t i = 0; i < pairs->count; i++) {
			sum += (double)pairs->list[i].x[f];
			squares += (double)pairs->list[i].x[f] * (double)pairs->list[i].x[f];
		}
		double mean = sum / count, variance = squares / count - mean * mean;
		bool constant = f == CONSTANT || !(variance > 1e-12);
		parents->mean[f] = constant ? 0 : mean;
		parents->sd[f] = constant ? 1 : sqrt(variance);
	}
}

static double score_pair(const struct parents *parents, const float *x, double *z)
{
	double sum = 0;

	for (size_t f = 0; f < FEATURES; f++) {
		z[f] = ((double)x[f] - parents->mean[f]) / parents->sd[f];
		sum += parents->weights[f] * z[f];
	}
	return sum;
}

static double log1p_exp(double x)
{
	return x > 0 ? x + log1p(exp(-x)) : log1p(exp(x));
}

/* The penalised log likelihood, its gradient and (minus) its curvature; pairs of
 * the fold `left_out` (-1 none) do not count. */
static double evaluate(const struct parents *parents, const struct pairs *pairs, const int *fold,
		       int left_out, double *gradient, double *curvature)
{
	double likelihood = 0, z[FEATURES];

	memset(gradient, 0, FEATURES * sizeof *gradient);
	memset(curvature, 0, FEATURES * FEATURES * sizeof *curvature);
	for (size_t i = 0; i < pairs->count; i++) {
		const struct pair *pair = &pairs->list[i];
		if (left_out >= 0 && fold[pair->child] == left_out)
			continue;
		double score = score_pair(parents, pair->x, z), p = 1 / (1 + exp(-score));
		double error = (pair->is_parent ? 1 : 0) - p, weight = p * (1 - p);
		likelihood += (pair->is_parent ? score : 0) - log1p_exp(score);
		for (size_t f = 0; f < FEATURES; f++) {
			gradient[f] += error * z[f];
			for (size_t g = 0; g <= f; g++)
				curvature[f * FEATURES + g] += weight * z[f] * z[g];
		}
	}
	for (size_t f = 0; f < CONSTANT; f++) {
		likelihood -= RIDGE / 2 * parents->weights[f] * parents->weights[f];
		gradient[f] -= RIDGE * parents->weights[f];
		curvature[f * FEATURES + f] += RIDGE;
	}
	curvature[CONSTANT * FEATURES + CONSTANT] += 1e-9;
	return likelihood;
}

/* Newton's method with halved steps; starts where nothing is known but how rare
 * parents are. */
static void learn(struct parents *parents, const struct pairs *pairs, const int *fold, int left_out)
{
	double gradient[FEATURES], curvature[FEATURES * FEATURES], old[FEATURES], step[FEATURES];
	double true_pairs = 0.5;

	for (size_t i = 0; i < pairs->count; i++)
		true_pairs += pairs->list[i].is_parent;
	memset(parents->weights, 0, sizeof parents->weights);
	parents->weights[CONSTANT] = log(true_pairs / ((double)pairs->count - true_pairs + 1));
	double value = evaluate(parents, pairs, fold, left_out, gradient, curvature);
	for (int i = 0; i < STEPS_MAX; i++) {
		memcpy(old, parents->weights, sizeof old);
		memcpy(step, gradient, sizeof step);
		if (LAPACKE_dposv(LAPACK_ROW_MAJOR, 'L', FEATURES, 1, curvature, FEATURES, step, 1) != 0)
			return;
		double size = 1, next = -INFINITY;
		for (; size > 1e-4 && !(next > value); size /= 2) {
			for (size_t f = 0; f < FEATURES; f++)
				parents->weights[f] = old[f] + size * step[f];
			next = evaluate(parents, pairs, fold, left_out, gradient, curvature);
		}
		if (!(next > value)) {
			memcpy(parents->weights, old, sizeof old);
			return;
		}
		if (next - value < 1e-4)
			return;
		value = next;
	}
}

enum status parents_new(const struct engine_data *data, struct progress *progress,
			struct parents **result, struct error *error)
{
	struct parents *parents = prepare(data);
	struct pairs pairs;
	enum status status = collect_pairs(parents, &pairs, progress, error);

	if (status == STATUS_OK) {
		standardise(parents, &pairs);
		learn(parents, &pairs, NULL, -1);
	}
	pairs_free(&pairs);
	if (status != STATUS_OK) {
		parents_free(parents);
		parents = NULL;
	}
	*result = parents;
	return status;
}

/* ---- guessing ------------------------------------------------------------------------------------ */

static void insert_guess(struct parents_guess *guesses, size_t *count, size_t room, size_t model,
			 double probability)
{
	size_t place = *count;

	while (place > 0 && guesses[place - 1].probability < probability)
		place--;
	if (place == room)
		return;
	*count += *count < room;
	memmove(guesses + place + 1, guesses + place, (*count - place - 1) * sizeof *guesses);
	guesses[place] = (struct parents_guess){model, probability};
}

size_t parents_guess(const struct parents *parents, size_t child, struct parents_guess *guesses,
		     size_t room)
{
	const struct engine_data *data = parents->data;
	bool *marked = memory_allocate(data->models + 1, sizeof *marked);
	double x[FEATURES], z[FEATURES];
	float pair[FEATURES];
	size_t count = 0;

	mark_descendants(data, child, marked);
	for (size_t p = 0; data->model[child].architecture && p < data->models; p++) {
		if (marked[p] || !could_be_parent(data, child, p))
			continue;
		pair_features(parents, child, p, x);
		for (size_t f = 0; f < FEATURES; f++)
			pair[f] = (float)x[f];
		insert_guess(guesses, &count, room, p, 1 / (1 + exp(-score_pair(parents, pair, z))));
	}
	free(marked);
	return count;
}

/* ---- the test -------------------------------------------------------------------------------------- */

#define TOP 5

/* The first five of a merge's candidates by a rule. */
struct ranking {
	struct parents_guess top[TOP];
	size_t count;
};

enum rule { RULE_LEARNED, RULE_POPULAR, RULE_OWNER, RULES };

static double rule_value(const struct parents *parents, const struct pair *pair, enum rule rule)
{
	double z[FEATURES];

	switch (rule) {
	case RULE_POPULAR: return (double)pair->x[USES];
	case RULE_OWNER: return (double)pair->x[USES_OWN];
	default: return 1 / (1 + exp(-score_pair(parents, pair->x, z)));
	}
}

/* Sums over merges; shares at the end. */
struct sums {
	double first[RULES], five, parents, claims, claimed, held;
};

static void judge_merge(const struct parents *parents, const struct pair *pairs, size_t count,
			struct sums *sums)
{
	for (enum rule rule = 0; rule < RULES; rule++) {
		struct ranking ranking = {.count = 0};
		for (size_t i = 0; i < count; i++)
			insert_guess(ranking.top, &ranking.count, TOP, i, rule_value(parents, &pairs[i], rule));
		if (ranking.count > 0)
			sums->first[rule] += pairs[ranking.top[0].model].is_parent;
		for (size_t i = 0; i < ranking.count && rule == RULE_LEARNED; i++) {
			bool is_parent = pairs[ranking.top[i].model].is_parent;
			sums->five += is_parent;
			if (ranking.top[i].probability < 0.5)
				continue;
			sums->claims++;
			sums->claimed += ranking.top[i].probability;
			sums->held += is_parent;
		}
	}
	for (size_t i = 0; i < count; i++)
		sums->parents += pairs[i].is_parent;
}

static void judge_fold(const struct parents *parents, const struct pairs *pairs, const int *fold,
		       int which, struct sums *sums)
{
	for (size_t begin = 0, end; begin < pairs->count; begin = end) {
		uint32_t child = pairs->list[begin].child;
		for (end = begin; end < pairs->count && pairs->list[end].child == child;)
			end++;
		if (fold[child] == which)
			judge_merge(parents, pairs->list + begin, end - begin, sums);
	}
}

enum status parents_test(const struct engine_data *data, uint64_t seed, struct progress *progress,
			 struct parents_figures *figures, struct error *error)
{
	struct parents *parents = prepare(data);
	struct sums sums = {0};
	struct pairs pairs;
	enum status status = collect_pairs(parents, &pairs, progress, error);
	int *fold = memory_zero(data->models + 1, sizeof *fold);

	for (size_t i = 0; i < pairs.merge_count; i++)
		fold[pairs.merges[i]] = (int)(random_next(&seed) % FOLDS);
	if (status == STATUS_OK)
		standardise(parents, &pairs);
	for (int which = 0; which < FOLDS && status == STATUS_OK; which++) {
		learn(parents, &pairs, fold, which);
		judge_fold(parents, &pairs, fold, which, &sums);
		if (!progress_step(progress, "testing", (double)(which + 1) / FOLDS))
			status = error_set(error, STATUS_CANCELLED, "stopped");
	}
	double merges = (double)pairs.merge_count;
	*figures = (struct parents_figures){
		.merges = pairs.merge_count, .first = sums.first[RULE_LEARNED] / merges,
		.five = sums.five / TOP / merges, .found = sums.five / (sums.parents + (double)pairs.hidden),
		.popular = sums.first[RULE_POPULAR] / merges, .owner = sums.first[RULE_OWNER] / merges,
		.claimed = sums.claimed / sums.claims, .true_share = sums.held / sums.claims,
	};
	free(fold);
	pairs_free(&pairs);
	parents_free(parents);
	return status;
}
