#include "scored.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "stemma/base/memory.h"

#define ARCHITECTURES 40
#define YEARS 3.0
#define FACTORS 3
#define MERGE_PARENTS_MAX 4
#define OWN_SHARE 0.7 /* of a family's models are by who makes no others */

struct family {
	size_t architecture, *members, count, capacity;
	double params_b, begin, level[FACTORS]; /* begin: share of the time */
};

struct maker {
	struct scored *scored;
	size_t count, family_count, owner_count;
	struct family *families;
	double (*latent)[FACTORS];
	double (*owners)[FACTORS];
	uint64_t state;
};

/* xorshift64* */
static double uniform(struct maker *maker)
{
	uint64_t x = maker->state;

	x ^= x >> 12, x ^= x << 25, x ^= x >> 27;
	maker->state = x;
	return (double)((x * 0x2545F4914F6CDD1Du) >> 11) / 9007199254740992.0;
}

static double normal(struct maker *maker)
{
	double radius = sqrt(-2 * log(1 - uniform(maker)));

	return radius * cos(6.283185307179586 * uniform(maker));
}

static size_t below(struct maker *maker, size_t count)
{
	return (size_t)(uniform(maker) * (double)count);
}

/* A number below count; the small ones by far the most. */
static size_t mostly_small(struct maker *maker, size_t count)
{
	double u = uniform(maker);

	return (size_t)(u * u * u * (double)count);
}

static void make_families(struct maker *maker)
{
	static const double sizes[] = {0.5, 1.1, 1.54, 2.61, 3.21, 3.82, 7.24, 7.61, 8.03, 9.24, 10.7, 14.77,
				       22.2, 32.76, 46.7, 70.55, 72.7};
	const size_t size_count = sizeof sizes / sizeof *sizes;

	for (size_t f = 0; f < maker->family_count; f++) {
		struct family *family = &maker->families[f];
		/* The common sizes, and derived ones a little off. */
		double params = sizes[below(maker, size_count)] * (f % 2 ? 1 : exp(0.3 * normal(maker)));
		*family = (struct family){
			.architecture = mostly_small(maker, ARCHITECTURES),
			.params_b = round(100 * params) / 100,
			.begin = f < 8 ? 0 : uniform(maker),
		};
		for (size_t k = 0; k < FACTORS; k++)
			family->level[k] = normal(maker) + 0.4 * log(family->params_b);
	}
}

/* A family that has begun; the young ones more often. */
static size_t choose_family(struct maker *maker, double now)
{
	for (;;) {
		size_t f = mostly_small(maker, maker->family_count);
		double age = YEARS * (now - maker->families[f].begin);
		if (age >= 0 && uniform(maker) < 0.1 + exp(-2 * age))
			return f;
	}
}

/* One of the family's own, who are more the larger it is, or anyone. */
static size_t choose_owner(struct maker *maker, size_t family)
{
	size_t of_family = mostly_small(maker, 1 + maker->families[family].count / 5);

	if (uniform(maker) < OWN_SHARE)
		return maker->owner_count + of_family * maker->family_count + family;
	return mostly_small(maker, maker->owner_count);
}

static void take_parents(struct maker *maker, size_t model, const struct family *family)
{
	struct lineage *lineage = maker->scored->lineage;
	double *latent = maker->latent[model], draw = uniform(maker);
	size_t parents = draw < 0.5 || family->count == 0 ? 0 : draw < 0.85 ? 1 : 2 + below(maker, MERGE_PARENTS_MAX - 1);

	for (size_t k = 0; k < FACTORS; k++)
		latent[k] = parents ? 0 : family->level[k] + 0.4 * normal(maker);
	for (size_t p = 0; p < parents; p++) {
		/* The family's first models, or one of the last. */
		size_t recent = family->count < 50 ? family->count : 50;
		size_t place = uniform(maker) < 0.5 ? mostly_small(maker, recent) : family->count - 1 - below(maker, recent);
		size_t parent = family->members[place];
		lineage_add(lineage, model, parent, parents > 1 ? RELATION_MERGE : RELATION_FINETUNE,
			    1 / (double)parents, TRUST_DECLARED);
		for (size_t k = 0; k < FACTORS; k++)
			latent[k] += maker->latent[parent][k] / (double)parents;
	}
	for (size_t k = 0; k < FACTORS; k++)
		latent[k] += (parents > 1 ? 0.15 : 0.3) * normal(maker);
	maker->scored->model[model].kind = parents > 1 ? KIND_MERGE : draw < 0.1 ? KIND_PRETRAINED
					 : draw < 0.7 ? KIND_FINETUNED : KIND_CHAT;
}

static void make_model(struct maker *maker, size_t model)
{
	static const double loadings[SCORED_BENCHMARKS][FACTORS] = {
		{6, 12, 0}, {9, 1, 3}, {7, 2, 4}, {2, 0, 2}, {2, 1, 2}, {9, 1, -2},
	};
	static char architectures[ARCHITECTURES][24];
	double now = (double)model / (double)maker->count;
	size_t number = choose_family(maker, now), owner = choose_owner(maker, number);
	struct family *family = &maker->families[number];
	struct engine_model *facts = &maker->scored->model[model];

	snprintf(architectures[family->architecture], sizeof *architectures, "Arch%zuForCausalLM", family->architecture);
	snprintf(maker->scored->names[model], sizeof *maker->scored->names, "user%zu/Line%zu-%c-%zu", owner,
		 below(maker, 5), (char)('a' + model % 3), model);
	*facts = (struct engine_model){
		.name = maker->scored->names[model], .architecture = architectures[family->architecture],
		.params_b = family->params_b, .chat_template = uniform(maker) < 0.5 ? ANSWER_YES : ANSWER_NO,
		.uploaded = floor(19500 + 365.25 * YEARS * now),
	};
	take_parents(maker, model, family);
	family->members = memory_grow(family->members, family->count, &family->capacity, sizeof *family->members);
	family->members[family->count++] = model;
	for (size_t b = 0; b < SCORED_BENCHMARKS; b++) {
		double sum = 35 + (facts->chat_template == ANSWER_YES && b == 0 ? 10 : 0) + normal(maker);
		for (size_t k = 0; k < FACTORS; k++)
			sum += loadings[b][k] * 0.5 * (maker->latent[model][k] + maker->owners[owner % maker->owner_count][k]);
		maker->scored->cells[model * SCORED_BENCHMARKS + b] = (struct engine_cell){
			.value = fmin(fmax(sum, 0), 100), .error = NAN, .benchmark = (uint32_t)b,
			.chat_template = (int8_t)facts->chat_template};
	}
}

static const char *const keys[SCORED_BENCHMARKS] = {"one", "two", "three", "four", "five", "six"};
const struct engine_target scored_mean = {
	SCORED_BENCHMARKS, (const uint32_t[]){0, 1, 2, 3, 4, 5},
	(const double[]){1.0 / 6, 1.0 / 6, 1.0 / 6, 1.0 / 6, 1.0 / 6, 1.0 / 6},
};

void scored_make(size_t count, struct scored *scored)
{
	struct maker maker = {.scored = scored, .count = count, .family_count = 100 + count / 100,
			      .owner_count = 50 + count / 10, .state = 88172645463325252u};

	*scored = (struct scored){
		.lineage = lineage_new(count),
		.model = memory_allocate(count, sizeof *scored->model),
		.benchmark = memory_allocate(SCORED_BENCHMARKS, sizeof *scored->benchmark),
		.cell_start = memory_zero(count + 2, sizeof *scored->cell_start),
		.cells = memory_zero(count * SCORED_BENCHMARKS, sizeof *scored->cells),
		.names = memory_allocate(count, sizeof *scored->names),
	};
	maker.families = memory_allocate(maker.family_count, sizeof *maker.families);
	maker.latent = memory_allocate(count, sizeof *maker.latent);
	maker.owners = memory_allocate(maker.owner_count, sizeof *maker.owners);
	make_families(&maker);
	for (size_t i = 0; i < maker.owner_count; i++)
		for (size_t k = 0; k < FACTORS; k++)
			maker.owners[i][k] = 0.3 * normal(&maker);
	for (size_t model = 0; model < count; model++)
		make_model(&maker, model);
	lineage_finish(scored->lineage);
	for (size_t f = 0; f < maker.family_count; f++)
		free(maker.families[f].members);
	free(maker.families);
	free(maker.latent);
	free(maker.owners);
	for (size_t b = 0; b < SCORED_BENCHMARKS; b++)
		scored->benchmark[b] = (struct engine_benchmark){
			.key = keys[b], .title = keys[b], .suite = "made-up", .upper = 100, .chance = NAN,
			.higher_is_better = true, .instances = NAN, .high = 100};
	for (size_t row = 1; row <= count; row++)
		scored->cell_start[row + 1] = row * SCORED_BENCHMARKS;
	scored->data = (struct engine_data){
		.models = count, .lineage = scored->lineage, .model = scored->model,
		.benchmarks = SCORED_BENCHMARKS, .benchmark = scored->benchmark, .rows = count + 1,
		.cell_start = scored->cell_start, .cell = scored->cells};
}

void scored_free(struct scored *scored)
{
	lineage_free(scored->lineage);
	free(scored->model);
	free(scored->benchmark);
	free(scored->cell_start);
	free(scored->cells);
	free(scored->names);
}
