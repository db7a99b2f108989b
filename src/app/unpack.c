/* Unpacking: a catalog from blocks, which are not trusted.  What is checked is all
 * that could lead astray in memory or on the terminal; whether the rows say the
 * same only stemma check asks. */
#include "packed.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"
#include "stemma/base/utf8.h"

struct unpacker {
	struct store *store;
	struct catalog *catalog; /* that is being made */
	struct packed_header header;
};

/* A block of `count` entries, owned; NULL when it has not so many. */
static void *take_block(const struct unpacker *unpacker, enum packed_block block, size_t count, size_t size,
			size_t spare)
{
	if (unpacker->header.size[block] != (uint64_t)count * size)
		return NULL;
	char *bytes = memory_allocate(count * size + spare, 1);
	if (!store_get_packed(unpacker->store, block, bytes, count * size)) {
		free(bytes);
		return NULL;
	}
	memset(bytes + count * size, 0, spare);
	return bytes;
}

/* How many entries a block has; 0 also where there is a part of one. */
static size_t entries(const struct unpacker *unpacker, enum packed_block block, size_t size)
{
	uint64_t bytes = unpacker->header.size[block];

	return bytes % size == 0 ? (size_t)(bytes / size) : 0;
}

/* Whether it is of these data, and all blocks are there: no size is larger than
 * what is in the file. */
static bool take_header(struct unpacker *unpacker)
{
	struct packed_header *header = &unpacker->header;
	size_t rest = store_packed_size(unpacker->store);

	if (rest < sizeof *header ||
	    !store_get_packed(unpacker->store, PACKED_HEADER, header, sizeof *header))
		return false;
	for (size_t block = 0; block < PACKED_BLOCKS; block++) {
		if (header->size[block] > rest)
			return false;
		rest -= (size_t)header->size[block];
	}
	return rest == 0 && memcmp(header->mark, PACKED_MARK, sizeof PACKED_MARK) == 0 &&
	       header->order == PACKED_ORDER && header->format == PACKED_FORMAT &&
	       header->data_version == unpacker->catalog->data_version &&
	       header->benchmarks == unpacker->catalog->benchmarks_print;
}

/* ---- names --------------------------------------------------------------------------- */

static bool take_name_starts(struct unpacker *unpacker)
{
	struct catalog *catalog = unpacker->catalog;
	size_t end = 0;
	uint32_t *lengths = take_block(unpacker, PACKED_LENGTHS, catalog->count, sizeof *lengths, 0);
	bool sound = lengths != NULL;

	catalog->name_start = memory_allocate(catalog->count + 1, sizeof *catalog->name_start);
	catalog->name_start[0] = 0;
	for (size_t i = 0; i < catalog->count && sound; i++) {
		sound = lengths[i] >= 2;
		end += lengths[i];
		catalog->name_start[i + 1] = end;
	}
	free(lengths);
	return sound; /* whether there are so many bytes, the next block tells */
}

/* Names are read as strings: each has one 0, at its end. */
static bool names_are_ended(const struct catalog *catalog)
{
	const size_t *start = catalog->name_start;
	size_t zeros = 0;

	for (size_t i = 0; i < start[catalog->count]; i++)
		zeros += catalog->names[i] == '\0';
	for (size_t i = 0; i < catalog->count; i++)
		if (catalog->names[start[i + 1] - 1] != '\0')
			return false;
	return zeros == catalog->count;
}

/* Whether a block of names, which may have ends in it, is plain ASCII. */
static bool is_plain(const char *restrict bytes)
{
	uint8_t odd = 0;

	for (size_t i = 0; i < CATALOG_NAMES_SPARE; i++) {
		uint8_t byte = (uint8_t)bytes[i];
		odd |= (uint8_t)((uint8_t)(byte - 0x20) > 0x7E - 0x20) & (uint8_t)(byte != 0);
	}
	return odd == 0;
}

/* Looks closely only where there is more than ASCII, as in few names. */
static bool names_are_clean(const struct catalog *catalog)
{
	const size_t *start = catalog->name_start;
	size_t model = 0;

	for (size_t block = 0; block < start[catalog->count]; block += CATALOG_NAMES_SPARE) {
		size_t end = block + CATALOG_NAMES_SPARE;
		if (is_plain(catalog->names + block))
			continue;
		while (model < catalog->count && start[model + 1] <= block)
			model++;
		for (; model < catalog->count && start[model] < end; model++)
			if (!utf8_is_clean(catalog->names + start[model]))
				return false;
		model -= model > 0; /* it may go on in the next block */
	}
	return true;
}

static bool take_names(struct unpacker *unpacker)
{
	struct catalog *catalog = unpacker->catalog;

	if (!take_name_starts(unpacker))
		return false;
	catalog->names = take_block(unpacker, PACKED_NAMES, catalog->name_start[catalog->count], 1,
				    CATALOG_NAMES_SPARE);
	return catalog->names && names_are_ended(catalog) && names_are_clean(catalog);
}

/* Every model once. */
static bool take_by_name(struct unpacker *unpacker)
{
	struct catalog *catalog = unpacker->catalog;
	uint8_t *seen = memory_zero(catalog->count, 1);
	size_t known = 0;

	catalog->by_name = take_block(unpacker, PACKED_BY_NAME, catalog->count, sizeof *catalog->by_name, 0);
	for (; catalog->by_name && known < catalog->count; known++) {
		uint32_t model = catalog->by_name[known];
		if (model >= catalog->count || seen[model]++ != 0)
			break;
	}
	free(seen);
	return catalog->by_name && known == catalog->count;
}

/* ---- models -------------------------------------------------------------------------- */

static bool take_texts(struct unpacker *unpacker)
{
	size_t size = entries(unpacker, PACKED_TEXTS_BYTES, 1);

	if (size == 0)
		return false;
	struct catalog_chunk *chunk = memory_allocate(sizeof *chunk + size, 1);
	*chunk = (struct catalog_chunk){.used = size, .size = size};
	unpacker->catalog->strings = chunk;
	return store_get_packed(unpacker->store, PACKED_TEXTS_BYTES, chunk->bytes, size) &&
	       chunk->bytes[size - 1] == '\0';
}

/* The text at a place; NULL for none, and when it must not be shown. */
static char *text_at(const struct unpacker *unpacker, uint64_t place)
{
	struct catalog_chunk *texts = unpacker->catalog->strings;

	if (place == 0 || place >= texts->size)
		return NULL;
	char *text = texts->bytes + place;
	return text[0] && utf8_is_clean(text) ? text : NULL;
}

static bool is_answer(int8_t answer)
{
	return answer >= ANSWER_UNKNOWN && answer <= ANSWER_YES;
}

static bool make_pattern(const struct unpacker *unpacker, const struct packed_shape *shape,
			 struct catalog_model *pattern)
{
	bool sound = shape->kind < KIND_COUNT && is_answer(shape->chat_template) &&
		     is_answer(shape->reasoning) && is_answer(shape->open_weights);

	*pattern = (struct catalog_model){
#define X(symbol, member) .member = text_at(unpacker, shape->text[PACKED_##symbol]),
		PACKED_TEXT_TABLE(X)
#undef X
		.kind = (enum kind)shape->kind,
		.chat_template = (enum answer)shape->chat_template,
		.reasoning = (enum answer)shape->reasoning,
		.open_weights = (enum answer)shape->open_weights,
		.suspect = shape->suspect == 1,
	};
#define X(symbol, member) sound = sound && (shape->text[PACKED_##symbol] != 0) == (pattern->member != NULL);
	PACKED_TEXT_TABLE(X)
#undef X
	return sound;
}

/* Models as their shapes make them, *count of them; NULL when one is not sound. */
static struct catalog_model *take_patterns(const struct unpacker *unpacker, size_t *count)
{
	*count = entries(unpacker, PACKED_SHAPES, sizeof(struct packed_shape));
	struct packed_shape *shapes = take_block(unpacker, PACKED_SHAPES, *count, sizeof *shapes, 0);
	struct catalog_model *patterns = memory_allocate(*count, sizeof *patterns);
	bool sound = shapes != NULL;

	for (size_t i = 0; i < *count && sound; i++)
		sound = make_pattern(unpacker, &shapes[i], &patterns[i]);
	free(shapes);
	if (!sound) {
		free(patterns);
		patterns = NULL;
	}
	return patterns;
}

static bool take_shapes(struct unpacker *unpacker)
{
	struct catalog *catalog = unpacker->catalog;
	size_t count;
	struct catalog_model *patterns = take_patterns(unpacker, &count);
	uint32_t *shape_of = take_block(unpacker, PACKED_SHAPE_OF, catalog->count, sizeof *shape_of, 0);
	bool sound = patterns && shape_of;

	catalog->models = memory_allocate(catalog->count, sizeof *catalog->models);
	for (size_t i = 0; i < catalog->count && sound; i++) {
		sound = shape_of[i] < count;
		if (!sound)
			break;
		catalog->models[i] = patterns[shape_of[i]];
		catalog->models[i].name = catalog->names + catalog->name_start[i];
	}
	free(patterns);
	free(shape_of);
	return sound;
}

#define X(symbol, member) \
	static void set_##symbol(struct catalog_model *model, double number) \
	{ \
		model->member = number; \
	}
PACKED_NUMBER_TABLE(X)
#undef X

static bool take_numbers(struct unpacker *unpacker, enum packed_block block,
			 void (*set)(struct catalog_model *, double))
{
	struct catalog *catalog = unpacker->catalog;
	bool small = unpacker->header.size[block] == catalog->count * sizeof(float);
	void *numbers = take_block(unpacker, block, catalog->count, small ? sizeof(float) : sizeof(double), 0);

	for (size_t i = 0; i < catalog->count && numbers; i++)
		set(&catalog->models[i], small ? (double)((float *)numbers)[i] : ((double *)numbers)[i]);
	free(numbers);
	return numbers || catalog->count == 0;
}

/* They grow from above 0. */
static bool take_ids(struct unpacker *unpacker)
{
	struct catalog *catalog = unpacker->catalog;
	int64_t first = unpacker->header.first_id, *ids;

	if (unpacker->header.size[PACKED_IDS] == 0) {
		catalog->dense = true;
		for (size_t i = 0; i < catalog->count; i++)
			catalog->models[i].id = first + (int64_t)i;
		return first > 0 && first < INT64_MAX - (int64_t)UINT32_MAX;
	}
	ids = take_block(unpacker, PACKED_IDS, catalog->count, sizeof *ids, 0);
	bool sound = ids != NULL;
	for (size_t i = 0; i < catalog->count && sound; i++) {
		sound = ids[i] > (i > 0 ? ids[i - 1] : 0);
		catalog->models[i].id = ids[i];
	}
	free(ids);
	return sound;
}

static bool take_models(struct unpacker *unpacker)
{
	return take_names(unpacker) && take_by_name(unpacker) && take_texts(unpacker) &&
	       take_shapes(unpacker) && take_ids(unpacker)
#define X(symbol, member) && take_numbers(unpacker, PACKED_##symbol, set_##symbol)
	PACKED_NUMBER_TABLE(X)
#undef X
	;
}

/* ---- lineage and scores -------------------------------------------------------------- */

static bool take_lineage(struct unpacker *unpacker)
{
	struct catalog *catalog = unpacker->catalog;
	struct lineage_parts parts = {
		.nodes = catalog->count,
		.edges = entries(unpacker, PACKED_PARENTS, sizeof *parts.parents),
		.cut_count = entries(unpacker, PACKED_CUTS, sizeof *parts.cuts),
	};

	parts.parent_start = take_block(unpacker, PACKED_PARENT_START, parts.nodes + 1, sizeof *parts.parent_start, 0);
	parts.parents = take_block(unpacker, PACKED_PARENTS, parts.edges, sizeof *parts.parents, 0);
	parts.order = take_block(unpacker, PACKED_ORDER_OF, parts.nodes, sizeof *parts.order, 0);
	parts.cuts = take_block(unpacker, PACKED_CUTS, parts.cut_count, sizeof *parts.cuts, 0);
	if (parts.parent_start && parts.parents && parts.order && parts.cuts) {
		catalog->lineage = lineage_restore(&parts);
		return catalog->lineage != NULL;
	}
	free((void *)parts.parent_start);
	free((void *)parts.parents);
	free((void *)parts.order);
	free((void *)parts.cuts);
	return false;
}

/* Gives the models that have scores their rows, each one. */
static bool number_rows(struct catalog *catalog, const uint32_t *scored)
{
	catalog->score_row = memory_zero(catalog->count, sizeof *catalog->score_row);
	for (size_t row = 0; row < catalog->scored_count; row++) {
		if (scored[row] >= catalog->count || catalog->score_row[scored[row]] != 0)
			return false;
		catalog->score_row[scored[row]] = (uint32_t)row + 1;
		catalog->models[scored[row]].scored = true;
	}
	return true;
}

static bool take_benchmarks(struct unpacker *unpacker, size_t benchmarks)
{
	struct catalog *catalog = unpacker->catalog;
	size_t count = entries(unpacker, PACKED_SHOWN, sizeof *catalog->shown);

	catalog->shown = take_block(unpacker, PACKED_SHOWN, count, sizeof *catalog->shown, 0);
	for (; catalog->shown && catalog->benchmark_count < count; catalog->benchmark_count++)
		if (catalog->shown[catalog->benchmark_count] >= benchmarks)
			return false;
	return catalog->shown && count <= benchmarks;
}

/* Where the rows begin, by their lengths. */
static bool take_row_starts(struct unpacker *unpacker)
{
	struct catalog *catalog = unpacker->catalog;
	size_t rows = catalog->scored_count, end = 0;
	uint32_t *lengths = take_block(unpacker, PACKED_ROW_LENGTHS, rows, sizeof *lengths, 0);

	catalog->cell_start = memory_zero(rows + 2, sizeof *catalog->cell_start);
	for (size_t row = 0; row < rows && lengths; row++)
		catalog->cell_start[row + 2] = end += lengths[row];
	free(lengths);
	return lengths != NULL && end == entries(unpacker, PACKED_CELLS, sizeof *catalog->cells);
}

static bool is_cell(const struct engine_cell *cell, size_t benchmarks)
{
	return cell->benchmark < benchmarks && isfinite(cell->value) && !isinf(cell->error) &&
	       is_answer(cell->chat_template);
}

/* Each row in the order of its benchmarks, none twice. */
static bool take_cells(struct unpacker *unpacker)
{
	struct catalog *catalog = unpacker->catalog;
	const size_t *start = catalog->cell_start;
	size_t count = start[catalog->scored_count + 1];

	catalog->cells = take_block(unpacker, PACKED_CELLS, count, sizeof *catalog->cells, sizeof *catalog->cells);
	bool sound = catalog->cells != NULL;
	for (size_t row = 1; row <= catalog->scored_count && sound; row++)
		for (size_t i = start[row]; i < start[row + 1] && sound; i++)
			sound = is_cell(&catalog->cells[i], catalog->benchmark_count) &&
				(i == start[row] || catalog->cells[i - 1].benchmark < catalog->cells[i].benchmark);
	return sound;
}

static bool take_scores(struct unpacker *unpacker)
{
	struct catalog *catalog = unpacker->catalog;
	size_t rows = catalog->scored_count = entries(unpacker, PACKED_SCORED, sizeof(uint32_t));
	uint32_t *scored = take_block(unpacker, PACKED_SCORED, rows, sizeof *scored, 0);
	bool sound = scored && number_rows(catalog, scored);

	free(scored);
	return sound && take_row_starts(unpacker) && take_cells(unpacker);
}

/* ---- the whole ------------------------------------------------------------------------- */

bool catalog_unpack(struct store *store, size_t benchmarks, struct catalog *catalog)
{
	struct catalog made = {.data_version = catalog->data_version,
			       .benchmarks_print = catalog->benchmarks_print, .unpacked = true};
	struct unpacker unpacker = {.store = store, .catalog = &made};

	bool sound = take_header(&unpacker);
	made.count = sound ? entries(&unpacker, PACKED_LENGTHS, sizeof(uint32_t)) : 0;
	sound = sound && made.count > 0 && made.count < UINT32_MAX - 1 && take_models(&unpacker) &&
		take_lineage(&unpacker) && take_benchmarks(&unpacker, benchmarks) && take_scores(&unpacker);
	if (!sound) {
		catalog_clear(&made);
		return false;
	}
	made.strings->next = catalog->strings;
	*catalog = made;
	return true;
}
