/* Merge: a merge configuration on its way to a recipe.  Private.
 *
 * merge_read.c takes the documents of a file apart, merge_slice.c reduces one
 * slice of sources to shares, merge_values.c reads parameter values, references
 * and keys, merge_shares.c knows what the methods do with weights. */
#ifndef STEMMA_FORMATS_MERGE_H
#define STEMMA_FORMATS_MERGE_H

#include "stemma/formats/mergekit.h"
#include "yaml_tree.h"

#define MERGE_MODEL_LAYERS 32 /* of a `models` merge: its length is not in the file */

/* What has been warned of: once a document, not once a slice. */
enum merge_fault { FAULT_WEIGHT, FAULT_T, FAULT_COUNT, FAULT_LINEAR, FAULT_KINDS };

/* One document. */
struct stage {
	yaml_document_t *document;
	yaml_node_t *root;
	const struct record_sink *sink;
	struct yaml_tree *tree; /* all documents of the file */
	struct merge_recipe recipe;
	char *base;             /* reference without revision; NULL none */
	char *base_revision;
	yaml_node_t *scope[3];  /* `parameters` of slice, module, global: inner first */
	bool told[FAULT_KINDS];
	const yaml_node_t *odd; /* the last value that is told to be no number */
	bool crowded;           /* more parents than are read */
	bool extrapolates;      /* weights that sum to more than the whole */
};

/* One model of a slice, or what is to be added to a recipe. */
struct slice_source {
	char *name, *revision; /* owned where slice_sources made them */
	double weight;
	bool subtracted;
};

long node_line(const yaml_node_t *node);
long node_column(const yaml_node_t *node);

/* ---- merge_values.c ---- */

/* Keys of each kind of mapping, lists that NULL ends. */
extern const char *const merge_top_keys[], *const merge_model_keys[], *const merge_slice_keys[],
	*const merge_source_keys[], *const merge_expert_keys[], *const merge_parameter_keys[];
/* mergekit ignores keys that it does not know without a word: says so. */
void warn_unknown_keys(const struct stage *stage, yaml_node_t *node, const char *const *known);

/* A reference PATH[@REVISION][+LORA[@REVISION]], or a mapping {model: {path,
 * revision}, lora: {path}}, as PATH or PATH+LORA; NULL when it is none.  The
 * caller frees both. */
char *reference_read(const struct stage *stage, yaml_node_t *node, char **revision);

/* Looks a parameter up in the parameters of `own` (NULL allowed) and then from
 * the inner scope out, and averages it over the layers (formats.md §3.2); NAN
 * when nobody sets it. */
double merge_parameter(struct stage *stage, yaml_node_t *own, const char *name, int layers);

/* ---- merge_slice.c ---- */

/* Adds a share to the parent of that name, a new one if there is none yet. */
void recipe_add(struct merge_recipe *recipe, const struct slice_source *source, double share, bool base);
/* Reduces the sources of a slice (or the models) and adds them to the recipe,
 * `part` of it in all. */
void slice_reduce(struct stage *stage, yaml_node_t *list, const char *const *keys, int layers, double part);

/* ---- merge_shares.c ---- */

/* The parameter besides weights that moves a method's shares, NULL if none, and
 * the value it has where nobody sets it. */
const char *merge_tuning_name(enum merge_method method);
double merge_tuning_default(enum merge_method method);
/* merge_shares() with that parameter; NAN for its default. */
void merge_shares_tuned(enum merge_method method, size_t count, const double *weights, int base,
			double lambda, double tuning, double *shares, double *base_share);

#endif
