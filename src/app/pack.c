/* Packing: a catalog into blocks. */
#include "packed.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/hash.h"
#include "stemma/base/memory.h"
#include "stemma/base/text.h"

/* ---- what models have in common ------------------------------------------------- */

/* Byte strings, each kept once; told by where it begins. */
struct interner {
	struct text bytes;
	uint32_t *places; /* by hash: where a string begins, + 1; 0 free */
	size_t capacity, count;
};

/* Its place among the places: that of these bytes, or a free one. */
static size_t find_place(const struct interner *interner, const char *bytes, size_t size)
{
	uint64_t hash = hash_bytes(HASH_START, bytes, size);
	size_t mask = interner->capacity - 1, at = (hash ^ hash >> 32) & mask;

	for (; interner->places[at] != 0; at = (at + 1) & mask) {
		size_t begin = interner->places[at] - 1;
		if (size <= interner->bytes.length - begin &&
		    memcmp(interner->bytes.bytes + begin, bytes, size) == 0)
			break;
	}
	return at;
}

/* All strings of a fixed `size`, or each ended by its only 0. */
static void enlarge(struct interner *interner, size_t size)
{
	size_t capacity = interner->capacity ? interner->capacity * 2 : 1024;

	free(interner->places);
	interner->places = memory_zero(capacity, sizeof *interner->places);
	interner->capacity = capacity;
	for (size_t begin = 0; begin < interner->bytes.length;) {
		const char *string = interner->bytes.bytes + begin;
		size_t length = size ? size : strlen(string) + 1;
		interner->places[find_place(interner, string, length)] = (uint32_t)begin + 1;
		begin += length;
	}
}

static uint32_t intern(struct interner *interner, const void *bytes, size_t size, bool fixed)
{
	if (interner->count * 2 >= interner->capacity)
		enlarge(interner, fixed ? size : 0);
	size_t at = find_place(interner, bytes, size);
	if (interner->places[at] == 0) {
		interner->places[at] = (uint32_t)interner->bytes.length + 1;
		text_append_bytes(&interner->bytes, bytes, size);
		interner->count++;
	}
	return interner->places[at] - 1;
}

static void interner_free(struct interner *interner)
{
	text_free(&interner->bytes);
	free(interner->places);
}

/* ---- the blocks ------------------------------------------------------------------- */

struct packer {
	const struct catalog *catalog;
	struct progress *progress;
	struct lineage_parts lineage;
	struct packed_header header;
	struct interner texts, shapes;
	uint32_t *shape_of;
	void *made; /* the block at hand, where it is not an array of the catalog */
};

static uint32_t intern_text(struct packer *packer, const char *text)
{
	return text ? intern(&packer->texts, text, strlen(text) + 1, false) : 0;
}

static void pack_shapes(struct packer *packer)
{
	const struct catalog *catalog = packer->catalog;

	packer->shape_of = memory_allocate(catalog->count, sizeof *packer->shape_of);
	for (size_t i = 0; i < catalog->count; i++) {
		const struct catalog_model *model = &catalog->models[i];
		struct packed_shape shape = {
			.kind = (uint8_t)model->kind, .suspect = model->suspect,
			.chat_template = (int8_t)model->chat_template,
			.reasoning = (int8_t)model->reasoning,
			.open_weights = (int8_t)model->open_weights,
			.text = {
#define X(symbol, member) intern_text(packer, model->member),
				PACKED_TEXT_TABLE(X)
#undef X
			},
		};
		packer->shape_of[i] = intern(&packer->shapes, &shape, sizeof shape, true) / (uint32_t)sizeof shape;
	}
}

#define X(symbol, member) \
	static double number_of_##symbol(const struct catalog_model *model) \
	{ \
		return model->member; \
	}
PACKED_NUMBER_TABLE(X)
#undef X

static double (*const number_of[])(const struct catalog_model *) = {
#define X(symbol, member) number_of_##symbol,
	PACKED_NUMBER_TABLE(X)
#undef X
};

/* Whether floats say the same. */
static bool floats_are_exact(const struct catalog *catalog, double (*number)(const struct catalog_model *))
{
	for (size_t i = 0; i < catalog->count; i++) {
		double exact = number(&catalog->models[i]);
		if (!isnan(exact) && (fabs(exact) > 1e30 || (double)(float)exact < exact || (double)(float)exact > exact))
			return false;
	}
	return true;
}

static void *pack_numbers(const struct packer *packer, enum packed_block block)
{
	const struct catalog *catalog = packer->catalog;
	double (*number)(const struct catalog_model *) = number_of[block - PACKED_PARAMS];
	bool small = packer->header.size[block] == catalog->count * sizeof(float);
	void *made = memory_allocate(catalog->count, small ? sizeof(float) : sizeof(double));

	for (size_t i = 0; i < catalog->count; i++) {
		double exact = number(&catalog->models[i]);
		if (small)
			((float *)made)[i] = (float)exact;
		else
			((double *)made)[i] = exact;
	}
	return made;
}

static void *pack_lengths(const struct catalog *catalog)
{
	uint32_t *lengths = memory_allocate(catalog->count, sizeof *lengths);

	for (size_t i = 0; i < catalog->count; i++)
		lengths[i] = (uint32_t)(catalog->name_start[i + 1] - catalog->name_start[i]);
	return lengths;
}

static void *pack_ids(const struct catalog *catalog)
{
	int64_t *ids = memory_allocate(catalog->count, sizeof *ids);

	for (size_t i = 0; i < catalog->count; i++)
		ids[i] = catalog->models[i].id;
	return ids;
}

static void *pack_scored(const struct catalog *catalog)
{
	uint32_t *models = memory_allocate(catalog->scored_count, sizeof *models);

	for (size_t i = 0; i < catalog->count; i++)
		if (catalog->score_row[i] > 0)
			models[catalog->score_row[i] - 1] = (uint32_t)i;
	return models;
}

static void *pack_row_lengths(const struct catalog *catalog)
{
	uint32_t *lengths = memory_allocate(catalog->scored_count, sizeof *lengths);

	for (size_t row = 0; row < catalog->scored_count; row++)
		lengths[row] = (uint32_t)(catalog->cell_start[row + 2] - catalog->cell_start[row + 1]);
	return lengths;
}

static void pack_header(struct packer *packer)
{
	const struct catalog *catalog = packer->catalog;
	size_t count = catalog->count;
	struct packed_header *header = &packer->header;

	*header = (struct packed_header){
		.mark = PACKED_MARK, .order = PACKED_ORDER, .format = PACKED_FORMAT,
		.data_version = catalog->data_version, .benchmarks = catalog->benchmarks_print,
		.first_id = count ? catalog->models[0].id : 0,
		.size = {
			[PACKED_HEADER] = sizeof *header,
			[PACKED_NAMES] = catalog->name_start[count],
			[PACKED_LENGTHS] = count * sizeof(uint32_t),
			[PACKED_IDS] = catalog->dense ? 0 : count * sizeof(int64_t),
			[PACKED_BY_NAME] = count * sizeof(uint32_t),
			[PACKED_SHAPE_OF] = count * sizeof(uint32_t),
			[PACKED_SHAPES] = packer->shapes.bytes.length,
			[PACKED_PARENT_START] = (count + 1) * sizeof(uint32_t),
			[PACKED_PARENTS] = packer->lineage.edges * sizeof(struct lineage_parent),
			[PACKED_ORDER_OF] = count * sizeof(uint32_t),
			[PACKED_CUTS] = packer->lineage.cut_count * sizeof(struct lineage_cut),
			[PACKED_SCORED] = catalog->scored_count * sizeof(uint32_t),
			[PACKED_ROW_LENGTHS] = catalog->scored_count * sizeof(uint32_t),
			[PACKED_CELLS] = catalog->cell_start[catalog->scored_count + 1] * sizeof(struct engine_cell),
			[PACKED_SHOWN] = catalog->benchmark_count * sizeof(uint32_t),
		},
	};
	header->size[PACKED_TEXTS_BYTES] = packer->texts.bytes.length;
	for (enum packed_block block = PACKED_PARAMS; block <= PACKED_LIKES; block++)
		header->size[block] = count * (floats_are_exact(catalog, number_of[block - PACKED_PARAMS])
					       ? sizeof(float) : sizeof(double));
}

/* The bytes of a block: an array of the catalog, or made for the moment. */
static const void *pack_bytes(struct packer *packer, enum packed_block block)
{
	const struct catalog *catalog = packer->catalog;

	switch (block) {
	case PACKED_HEADER: return &packer->header;
	case PACKED_NAMES: return catalog->names;
	case PACKED_LENGTHS: return packer->made = pack_lengths(catalog);
	case PACKED_IDS: return packer->made = pack_ids(catalog);
	case PACKED_BY_NAME: return catalog->by_name;
	case PACKED_SHAPE_OF: return packer->shape_of;
	case PACKED_PARAMS:
	case PACKED_UPLOADED:
	case PACKED_LIKES: return packer->made = pack_numbers(packer, block);
	case PACKED_SHAPES: return packer->shapes.bytes.bytes;
	case PACKED_TEXTS_BYTES: return packer->texts.bytes.bytes;
	case PACKED_PARENT_START: return packer->lineage.parent_start;
	case PACKED_PARENTS: return packer->lineage.parents;
	case PACKED_ORDER_OF: return packer->lineage.order;
	case PACKED_CUTS: return packer->lineage.cuts;
	case PACKED_SCORED: return packer->made = pack_scored(catalog);
	case PACKED_ROW_LENGTHS: return packer->made = pack_row_lengths(catalog);
	case PACKED_CELLS: return catalog->cells;
	case PACKED_SHOWN: return catalog->shown;
	case PACKED_BLOCKS: break;
	}
	return NULL;
}

static bool pack_block(void *context, size_t number, struct store_block *block)
{
	struct packer *packer = context;

	free(packer->made);
	packer->made = NULL;
	if (!progress_step(packer->progress, "keeping the catalog", (double)number / PACKED_BLOCKS))
		return false;
	*block = (struct store_block){pack_bytes(packer, (enum packed_block)number),
				      packer->header.size[number]};
	return true;
}

enum status catalog_pack(const struct catalog *catalog, struct store *store, struct progress *progress,
			 struct error *error)
{
	struct packer packer = {.catalog = catalog, .progress = progress};

	lineage_parts(catalog->lineage, &packer.lineage);
	intern_text(&packer, ""); /* at 0, which stands for none */
	pack_shapes(&packer);
	pack_header(&packer);
	enum status status = store_put_packed(store, catalog->data_version, PACKED_BLOCKS, pack_block,
					      &packer, error);
	interner_free(&packer.texts);
	interner_free(&packer.shapes);
	free(packer.shape_of);
	free(packer.made);
	return status;
}
