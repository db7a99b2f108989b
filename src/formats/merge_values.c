/* Values of a merge configuration: keys, references, parameters (formats.md
 * §3.1 and §3.2). */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "merge.h"
#include "reading.h"
#include "stemma/base/memory.h"
#include "stemma/base/text.h"
#include "stemma/formats/naming.h"

long node_line(const yaml_node_t *node)
{
	return node ? (long)node->start_mark.line + 1 : 0;
}

long node_column(const yaml_node_t *node)
{
	return node ? (long)node->start_mark.column + 1 : 0;
}

/* ---- keys ------------------------------------------------------------------ */

const char *const merge_top_keys[] = {"merge_method", "models", "slices", "modules", "base_model",
	"parameters", "dtype", "out_dtype", "tokenizer_source", "tokenizer", "chat_template", "name",
	"experts", "gate_mode", "experts_per_token", "shared_experts", "architecture", "genome", "tasks",
	"limit", "num_fewshot", NULL};
const char *const merge_model_keys[] = {"model", "parameters", NULL};
const char *const merge_slice_keys[] = {"sources", "base_model", "residual_weight", "parameters", NULL};
const char *const merge_source_keys[] = {"model", "layer_range", "parameters", NULL};
const char *const merge_expert_keys[] = {"source_model", "positive_prompts", "negative_prompts",
	"noise_scale", "residual_scale", NULL};
const char *const merge_parameter_keys[] = {"weight", "density", "gamma", "epsilon", "scale", "t",
	"normalize", "lambda", "rescale", "int8_mask", "select_topk", "filter_wise", "nuslerp_row_wise",
	"nuslerp_flatten", "normalize_weights", "max_iter", "tol", "r", "alpha", NULL};

static size_t edit_distance(const char *a, const char *b)
{
	size_t row[64], n = strlen(b);

	if (n >= 63)
		return 99;
	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			size_t change = diagonal + (a[i - 1] != b[j - 1]), least = row[j - 1] + 1;
			diagonal = row[j];
			if (row[j] + 1 < least)
				least = row[j] + 1;
			row[j] = change < least ? change : least;
		}
	}
	return row[n];
}

static bool is_key(const char *name, const char *const *keys)
{
	while (*keys && strcmp(name, *keys) != 0)
		keys++;
	return *keys != NULL;
}

/* The key that differs in no more than a third of the letters, NULL if none. */
static const char *nearest_key(const char *name, const char *const *keys)
{
	size_t best = strlen(name) / 3 + 1;
	const char *nearest = NULL;

	for (; *keys; keys++) {
		size_t distance = edit_distance(name, *keys);
		if (distance < best) {
			best = distance;
			nearest = *keys;
		}
	}
	return nearest;
}

void warn_unknown_keys(const struct stage *stage, yaml_node_t *node, const char *const *known)
{
	const char *method = stage->recipe.method;

	if (!node || node->type != YAML_MAPPING_NODE)
		return;
	/* A method that is not in the release may have keys of its own. */
	if (method && stage->recipe.known_method == MERGE_METHOD_COUNT && strcmp(method, "moe") != 0)
		return;
	for (yaml_node_pair_t *pair = node->data.mapping.pairs.start; pair < node->data.mapping.pairs.top;
	     pair++) {
		yaml_node_t *key = yaml_document_get_node(stage->document, pair->key);
		const char *name = yaml_text(key), *nearest = name ? nearest_key(name, known) : NULL;
		long line = node_line(key), column = node_column(key);
		if (!name || is_key(name, known) || yaml_is_merge_key(key) || yaml_is_shared(stage->document, pair->value))
			continue; /* what aliases lead to need not be known */
		if (is_key(name, merge_parameter_keys))
			warn(stage->sink, line, column, "mergekit ignores the key \"%s\" here; it belongs under"
			     " \"parameters\"", name);
		else if (nearest)
			warn(stage->sink, line, column, "mergekit ignores the key \"%s\"; is \"%s\" meant?", name,
			     nearest);
		else
			warn(stage->sink, line, column, "mergekit ignores the key \"%s\" here", name);
	}
}

/* ---- references to models -------------------------------------------------- */

/* Whether a document of the file is called so: then the name means that merge. */
static bool is_stage_name(const struct stage *stage, const char *name)
{
	for (size_t i = 0; stage->tree && i < stage->tree->count; i++) {
		yaml_document_t *document = &stage->tree->documents[i];
		const char *own = yaml_text(yaml_get(document, yaml_document_get_root_node(document), "name"));
		if (own && strcmp(own, name) == 0)
			return true;
	}
	return false;
}

/* Appends the model's name; what is neither a name nor a path stays as it is. */
static void append_model(const struct stage *stage, struct text *name, const char *reference, size_t length,
			 bool literal, char **revision)
{
	static const char intermediates[] = "./intermediates/";
	char *text = memory_string_slice(reference, length);
	bool stage_folder = strncmp(text, intermediates, sizeof intermediates - 1) == 0;
	struct naming naming = {0};

	if (stage_folder)
		text_append(name, text + sizeof intermediates - 1);
	else if (is_stage_name(stage, text))
		text_append(name, text);
	else
		naming = literal ? naming_of_literal(text) : naming_of(text);
	char *local = naming.path ? path_name(stage->sink, naming.path) : NULL;
	if (naming.name || local)
		text_append(name, local ? local : naming.name);
	else if (name->length == 0 || name->bytes[name->length - 1] == '+')
		text_append(name, text);
	if (revision && !*revision) {
		*revision = naming.revision;
		naming.revision = NULL;
	}
	naming_free(&naming);
	free(local);
	free(text);
}

/* Splits PATH[@REVISION][+LORA[@REVISION]]; puts the model's revision aside. */
static char *reference_split(const struct stage *stage, const char *reference, char **revision)
{
	const char *plus = strchr(reference, '+');
	struct text name = {0};

	append_model(stage, &name, reference, plus ? (size_t)(plus - reference) : strlen(reference), false, revision);
	if (plus && name.length > 0) {
		text_append(&name, "+");
		append_model(stage, &name, plus + 1, strlen(plus + 1), false, NULL);
	}
	return text_steal(&name);
}

/* In a mapping "+" and "@" are letters of the path. */
static char *reference_join(const struct stage *stage, yaml_node_t *node, char **revision)
{
	const char *plain = yaml_text(node);

	if (plain)
		return reference_split(stage, plain, revision);
	yaml_node_t *model = yaml_get(stage->document, node, "model");
	const char *path = yaml_text(yaml_get(stage->document, model ? model : node, "path"));
	if (!path)
		path = yaml_text(model);
	if (!path)
		return NULL;
	struct text name = {0};
	*revision = memory_string(yaml_text(yaml_get(stage->document, model ? model : node, "revision")));
	append_model(stage, &name, path, strlen(path), true, revision);
	yaml_node_t *lora = yaml_get(stage->document, node, "lora");
	const char *adapter = yaml_text(lora) ? yaml_text(lora)
					      : yaml_text(yaml_get(stage->document, lora, "path"));
	if (adapter) {
		text_append(&name, "+");
		append_model(stage, &name, adapter, strlen(adapter), true, NULL);
	}
	return text_steal(&name);
}

char *reference_read(const struct stage *stage, yaml_node_t *node, char **revision)
{
	*revision = NULL;
	char *name = reference_join(stage, node, revision);
	/* A revision or an adapter of nothing. */
	if (!name || (name[0] && name[0] != '+'))
		return name;
	free(name);
	free(*revision);
	*revision = NULL;
	return NULL;
}

/* ---- parameters ------------------------------------------------------------ */

/* Tensors of a layer and their share of its parameters: attention a third,
 * the feed-forward part two thirds. */
static const struct {
	const char *name;
	double share;
} tensors[] = {
	{"self_attn.q_proj.weight", 1.0 / 12}, {"self_attn.k_proj.weight", 1.0 / 12},
	{"self_attn.v_proj.weight", 1.0 / 12}, {"self_attn.o_proj.weight", 1.0 / 12},
	{"mlp.gate_proj.weight", 2.0 / 9}, {"mlp.up_proj.weight", 2.0 / 9}, {"mlp.down_proj.weight", 2.0 / 9},
};

/* What mergekit reads as a number; it refuses a file with anything else in its place. */
static double number_of(struct stage *stage, yaml_node_t *node)
{
	double number = yaml_number(node);
	const char *text = yaml_text(node);

	if (!isnan(number) || !text || stage->odd == node)
		return number;
	stage->odd = node;
	if (strcasecmp(text, ".nan") == 0 || strcasecmp(text, "nan") == 0)
		warn(stage->sink, node_line(node), node_column(node), "%s is not a number; mergekit would merge with it", text);
	else
		warn(stage->sink, node_line(node), node_column(node), "\"%s\" is no number: mergekit refuses this configuration",
		     text);
	return number;
}

/* Mean over the layers of values interpolated between the knots. */
static double gradient_mean(struct stage *stage, yaml_node_t *node, int layers)
{
	size_t knots = yaml_length(node);
	double sum = 0;

	for (int layer = 0; layer < layers; layer++) {
		double t = layers > 1 ? (double)layer / (layers - 1) : 1;
		double place = t * (double)(knots - 1);
		size_t left = (size_t)place;
		size_t right = left + 1 < knots ? left + 1 : left;
		double a = number_of(stage, yaml_item(stage->document, node, left));
		double b = number_of(stage, yaml_item(stage->document, node, right));
		sum += a + (b - a) * (place - (double)left);
	}
	return sum / layers;
}

static double plain_value(struct stage *stage, yaml_node_t *node, int layers)
{
	return yaml_length(node) ? gradient_mean(stage, node, layers) : number_of(stage, node);
}

/* The value for one tensor: of a list of conditions the first whose filter is
 * part of the tensor's name; NAN when none is. */
static double tensor_value(struct stage *stage, yaml_node_t *node, const char *tensor, int layers)
{
	yaml_node_t *entry = yaml_item(stage->document, node, 0);

	if (!entry || entry->type != YAML_MAPPING_NODE)
		return plain_value(stage, node, layers);
	for (size_t i = 0; (entry = yaml_item(stage->document, node, i)); i++) {
		const char *filter = yaml_text(yaml_get(stage->document, entry, "filter"));
		if (!filter || strcmp(filter, "*") == 0 || strstr(tensor, filter))
			return plain_value(stage, yaml_get(stage->document, entry, "value"), layers);
	}
	return NAN;
}

double merge_parameter(struct stage *stage, yaml_node_t *own, const char *name, int layers)
{
	yaml_node_t *places[4] = {
		yaml_get(stage->document, yaml_get(stage->document, own, "parameters"), name),
		yaml_get(stage->document, stage->scope[0], name),
		yaml_get(stage->document, stage->scope[1], name),
		yaml_get(stage->document, stage->scope[2], name),
	};
	double mean = 0;

	for (size_t i = 0; i < sizeof tensors / sizeof *tensors; i++) {
		double value = NAN;
		for (size_t p = 0; p < 4 && isnan(value); p++)
			value = places[p] ? tensor_value(stage, places[p], tensors[i].name, layers) : NAN;
		if (i == 0 && isnan(value))
			return NAN; /* the usual case: not set anywhere */
		mean += tensors[i].share * value;
	}
	return mean;
}
