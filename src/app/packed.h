/* The packed catalog: the arrays of a catalog as blocks in the cache.  Private to
 * the app; pack.c writes them and unpack.c reads them. */
#ifndef STEMMA_APP_PACKED_H
#define STEMMA_APP_PACKED_H

#include "catalog.h"

/* To be raised whenever a block or what it is made from changes its meaning. */
#define PACKED_FORMAT 2
#define PACKED_ORDER 0x01020304u /* of bytes: another machine's differs */
#define PACKED_MARK "stemma"

/* What a model has: X(symbol, member of struct catalog_model) */
#define PACKED_TEXT_TABLE(X) \
	X(ARCHITECTURE, architecture) \
	X(LICENSE, license) \
	X(SOURCE, source) \
	X(PRECISION, precision) \
	X(METHOD, merge_method) \
	X(SCORE_SOURCE, score_source) \
	X(PROVIDER, provider) \
	X(BASE, base) \
	X(SETTING, setting)
enum packed_text {
#define X(symbol, member) PACKED_##symbol,
	PACKED_TEXT_TABLE(X)
#undef X
	PACKED_TEXTS
};
#define PACKED_NUMBER_TABLE(X) \
	X(PARAMS, params_b) \
	X(UPLOADED, uploaded) \
	X(LIKES, likes)

/* n = models.  Numbers are floats where these are exact, else doubles. */
enum packed_block {
	PACKED_HEADER,
	PACKED_NAMES,        /* bytes: one after the other, each ended by 0 */
	PACKED_LENGTHS,      /* n x uint32: of the names, with that 0 */
	PACKED_IDS,          /* n x int64; none when they have no gaps */
	PACKED_BY_NAME,      /* n x uint32 */
	PACKED_SHAPE_OF,     /* n x uint32 */
#define X(symbol, member) PACKED_##symbol,
	PACKED_NUMBER_TABLE(X) /* n numbers each */
#undef X
	PACKED_SHAPES,       /* struct packed_shape: what models have in common */
	PACKED_TEXTS_BYTES,  /* bytes: "" first, each ended by 0 */
	PACKED_PARENT_START, /* n + 1 x uint32 */
	PACKED_PARENTS,      /* struct lineage_parent */
	PACKED_ORDER_OF,     /* n x uint32: parents before children */
	PACKED_CUTS,         /* struct lineage_cut */
	PACKED_SCORED,       /* uint32: the models of the rows of scores */
	PACKED_ROW_LENGTHS,  /* rows x uint32: how many cells each has */
	PACKED_CELLS,        /* struct engine_cell */
	PACKED_SHOWN,        /* uint32: the benchmarks, by place among those of the cache */
	PACKED_BLOCKS
};

struct packed_header {
	char mark[8];
	uint32_t order, format;
	int64_t data_version;
	uint64_t benchmarks; /* catalog->benchmarks_print */
	int64_t first_id;
	uint64_t size[PACKED_BLOCKS]; /* bytes */
};

struct packed_shape {
	uint32_t text[PACKED_TEXTS]; /* where in the texts, 0 none */
	uint8_t kind, suspect;
	int8_t chat_template, reasoning, open_weights;
	uint8_t zero[3];
};

/* Fills a catalog, of which only data_version, benchmarks_print and strings are set,
 * with all but `benchmarks` and aliases; `benchmarks` are in the cache.  False, and
 * the catalog as before, when nothing that fits is packed. */
bool catalog_unpack(struct store *store, size_t benchmarks, struct catalog *catalog);

#endif
