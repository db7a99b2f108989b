/* Mergekit: merge configurations, and the weights they imply.
 *
 * The reduction of a configuration to one weight per parent follows
 * formats.md §3.3: weights >= 0 that sum to 1; the base is a parent where it
 * keeps a share, else a reference with weight 0.
 */
#ifndef STEMMA_FORMATS_MERGEKIT_H
#define STEMMA_FORMATS_MERGEKIT_H

#include <stdbool.h>
#include <stddef.h>

#include "stemma/base/error.h"
#include "stemma/base/text.h"
#include "stemma/formats/record.h"

/* How a method's weights reduce to shares of the child. */
enum merge_reduction {
	REDUCE_MEAN,        /* w / sum(w) */
	REDUCE_SLERP,       /* 1 - t on the base, t on the other */
	REDUCE_TASK,        /* lambda * w, the rest stays on the base */
	REDUCE_ELECT,       /* ties-like: w / sum(w), the base keeps nothing */
	REDUCE_EQUAL,       /* all parents alike, the base is a reference */
	REDUCE_STOCK,       /* model stock: shared share t(n), the rest on the base */
	REDUCE_NEAR,        /* most stays on the base */
	REDUCE_LAYERS       /* passthrough: by layer count */
};

/* X(symbol, word, reduction, needs base, smallest and largest number of
 * models besides the base (0 = no limit), normalize default, help) */
#define MERGE_METHOD_TABLE(X) \
	X(LINEAR, "linear", REDUCE_MEAN, false, 1, 0, true, "weighted average of the parents") \
	X(SLERP, "slerp", REDUCE_SLERP, true, 1, 1, false, "spherical interpolation between two models") \
	X(NUSLERP, "nuslerp", REDUCE_MEAN, false, 2, 2, false, "spherical interpolation with weights") \
	X(MULTISLERP, "multislerp", REDUCE_MEAN, false, 2, 0, true, "spherical average of several models") \
	X(KARCHER, "karcher", REDUCE_EQUAL, false, 2, 0, false, "Karcher mean, ignores weights") \
	X(TASK_ARITHMETIC, "task_arithmetic", REDUCE_TASK, true, 1, 0, false, "base plus weighted differences") \
	X(TIES, "ties", REDUCE_ELECT, true, 1, 0, true, "trim, elect signs, merge differences") \
	X(DARE_LINEAR, "dare_linear", REDUCE_TASK, true, 1, 0, false, "drop and rescale differences, then add") \
	X(DARE_TIES, "dare_ties", REDUCE_TASK, true, 1, 0, false, "drop and rescale differences, then elect signs") \
	X(DELLA, "della", REDUCE_ELECT, true, 1, 0, true, "drop by magnitude, then elect signs") \
	X(DELLA_LINEAR, "della_linear", REDUCE_TASK, true, 1, 0, false, "drop by magnitude, then add") \
	X(BREADCRUMBS, "breadcrumbs", REDUCE_TASK, true, 1, 0, false, "drop largest and smallest differences, add") \
	X(BREADCRUMBS_TIES, "breadcrumbs_ties", REDUCE_TASK, true, 1, 0, false, "breadcrumbs with sign election") \
	X(SCE, "sce", REDUCE_EQUAL, true, 1, 0, false, "weights by variance of the differences") \
	X(RAM, "ram", REDUCE_EQUAL, true, 1, 0, false, "keeps changes of one model, averages shared ones") \
	X(RAMPLUS_TL, "ramplus_tl", REDUCE_EQUAL, true, 1, 0, false, "ram with rescaled single changes") \
	X(MODEL_STOCK, "model_stock", REDUCE_STOCK, true, 2, 0, false, "average pulled towards the base by geometry") \
	X(NEARSWAP, "nearswap", REDUCE_NEAR, true, 1, 1, false, "interpolates where the models are close") \
	X(ARCEE_FUSION, "arcee_fusion", REDUCE_NEAR, true, 1, 1, false, "takes only salient differences") \
	X(PASSTHROUGH, "passthrough", REDUCE_LAYERS, false, 1, 0, false, "stacks layers of its sources")
enum merge_method {
#define X(symbol, ...) MERGE_##symbol,
	MERGE_METHOD_TABLE(X)
#undef X
	MERGE_METHOD_COUNT
};
struct merge_method_info {
	const char *name;
	enum merge_reduction reduction;
	bool needs_base;
	int parents_min, parents_max; /* besides the base; max 0 = no limit */
	bool normalize;
	const char *help;
};
const struct merge_method_info *merge_method_info(enum merge_method method);
enum merge_method merge_method_parse(const char *word); /* MERGE_METHOD_COUNT when unknown */

/* Shares of the child for `count` parents with raw weights (>= 0), of which
 * parent `base` (an index, or -1) is the base.  Where the base is not one of
 * the parents the share it keeps goes to *base_share, otherwise into its own
 * entry of shares.  lambda is the global scale (1 when not given).  The
 * shares and *base_share sum to 1.  Source: formats.md §3.3. */
void merge_shares(enum merge_method method, size_t count, const double *weights, int base,
		  double lambda, double *shares, double *base_share);

/* More than anybody merges: a recipe with more parents is refused. */
#define MERGE_PARENTS_MAX 256

/* One parent of a recipe after reduction. */
struct merge_parent {
	char *name;      /* without revision; A+lora kept as one name */
	char *revision;  /* NULL when none */
	double share;    /* 0..1, sums to 1 over the recipe */
	bool base;       /* it is the base_model */
	bool subtracted; /* its weight was negative */
};

struct merge_recipe {
	char *name;      /* `name:` key, NULL when none */
	char *method;    /* as written */
	enum merge_method known_method; /* MERGE_METHOD_COUNT when unknown */
	char *dtype;     /* NULL when none */
	struct merge_parent *parents;
	size_t parent_count;
	bool assumed;    /* the weights could not be read: equal ones assumed */
	char *note;      /* how the shares came about */
	long line;       /* of the document in the file */
};
void merge_recipe_free(struct merge_recipe *recipe);

/* Reads the last merge of a mergekit document (several YAML documents: the
 * others are intermediates that are substituted).  Warnings (ignored keys with
 * the nearest valid one, assumed weights, faults) go to sink->warn, which may
 * be called with a NULL sink.  STATUS_DATA with line and column when the text
 * is not YAML or not a merge. */
enum status merge_recipe_read(const char *text, size_t length, const char *file,
			      const struct record_sink *sink, struct merge_recipe *recipe,
			      struct error *error);

/* What is written to a mergekit file. */
struct merge_writing {
	enum merge_method method;
	const char *base;            /* NULL when the method needs none */
	size_t count;
	const char *const *models;   /* parents in order, without the base unless listed */
	/* Where a model is that has no name on the Hub; what it returns is freed; NULL: all
	 * are known by their names.  NULL of one: its name. */
	char *(*place)(void *context, const char *model);
	void *context;
	const double *weights;       /* as the user set them */
	const char *dtype;           /* e.g. "bfloat16" */
	const char *const *comments; /* lines for the head, without "# " */
	size_t comment_count;
};
/* Appends a configuration that mergekit-yaml accepts and that reads back to
 * the same parents and weights.  Source: formats.md §3.5. */
void merge_recipe_write(struct text *out, const struct merge_writing *writing);
/* Appends the front matter of the model card: all parents with the base, and
 * the tags by which the Hub knows a merge.  Source: formats.md §2.6. */
void merge_card_head_write(struct text *out, const struct merge_writing *writing);

#endif
