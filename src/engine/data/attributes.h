/* Attributes: what kinship compares about two models.
 *
 * Every attribute is a small number: two models share the attribute when the
 * numbers are equal and not negative.  The numbers are given out from the
 * scored models; what no scored model has, or is not known, is negative and
 * shares nothing.
 */
#ifndef STEMMA_ENGINE_ATTRIBUTES_H
#define STEMMA_ENGINE_ATTRIBUTES_H

#include "stemma/engine/engine.h"

enum attribute {
	ATTRIBUTE_ARCHITECTURE,
	ATTRIBUTE_FAMILY,   /* architecture and parameter count to two decimals */
	ATTRIBUTE_KIND,
	ATTRIBUTE_TEMPLATE, /* evaluated with the chat template? */
	ATTRIBUTE_OWNER,
	ATTRIBUTE_SERIES,   /* owner and the first two words of the name */
	ATTRIBUTE_MAKER,    /* owner and the first word */
	ATTRIBUTE_LINE,     /* the first two words, whoever made it */
	ATTRIBUTE_BASE,     /* the name without its setting */
	ATTRIBUTE_PROVIDER,
	ATTRIBUTE_REASONING,
	ATTRIBUTE_MONTHS,   /* two months of upload */
	ATTRIBUTE_SIZE_WORD, /* the size in the name ("7b", "8x7b"), "-" without one */
	ATTRIBUTE_COUNT
};

enum { ATTRIBUTE_UNKNOWN = -1, ATTRIBUTE_NEW = -2 };

/* Words of a name: numbers of those that a scored model has, each once. */
#define ATTRIBUTE_WORDS_MAX 24
enum attribute_words {
	ATTRIBUTE_WORDS, /* single ones, and those of the setting */
	ATTRIBUTE_PAIRS, /* two that stand side by side */
	ATTRIBUTE_WORDS_COUNT
};
struct attribute_words_list {
	int32_t number[ATTRIBUTE_WORDS_MAX]; /* < 0: no scored model has it */
	size_t count;
};

/* What the innovation of a node belongs to: how it was made from its parents. */
enum origin {
	ORIGIN_ROOT,      /* no known parent */
	ORIGIN_FINETUNE,  /* one parent: fine-tuned, distilled, adapter, unknown */
	ORIGIN_MERGE,
	ORIGIN_QUANTIZED,
	ORIGIN_COUNT
};

struct kernel_point {
	int32_t attribute[ATTRIBUTE_COUNT];
	double size;   /* log of billions of parameters, centred; 0 when unknown */
	double date;   /* years, centred; 0 when unknown */
	bool size_known, date_known;
};

struct attributes;

/* Gives out attribute numbers for the rows (model numbers of scored models). */
struct attributes *attributes_new(const struct engine_data *data, const uint32_t *rows, size_t count);
void attributes_free(struct attributes *attributes);

/* The facts of a model of the data.  Where its architecture or parameter count
 * is not known, they are its heaviest parent's, or that one's parent's: all
 * relations but distillation keep them.  What else is not known stays so; supposed.h tells
 * what it may be. */
void attributes_describe(const struct engine_data *data, size_t model, struct engine_model *facts);
/* The same of a hypothetical child, whose template is its heaviest parent's
 * where it is not known. */
void attributes_describe_child(const struct engine_data *data, const struct engine_child *child,
			       struct engine_model *facts);

/* From facts as they are. */
void attributes_point(const struct attributes *attributes, const struct engine_model *model,
		      struct kernel_point *point);
/* That of a row as described: known since attributes_new(). */
const struct kernel_point *attributes_row(const struct attributes *attributes, size_t row);

/* The words of its name. */
void attributes_words(const struct attributes *attributes, const struct engine_model *model,
		      enum attribute_words which, struct attribute_words_list *list);

/* How a node of the lineage was made. */
enum origin lineage_origin(const struct lineage *lineage, size_t node);
enum origin relation_origin(enum relation relation);

#endif
