/* stemma edit: a model's parents and facts, in the user's own word. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "merge_options.h"
#include "names.h"
#include "stemma/app/corrections.h"
#include "stemma/app/import.h"
#include "stemma/base/memory.h"
#include "stemma/formats/corrections.h"

struct edit_options {
	struct option_list parents, drops;
	const char *kind, *params, *architecture;
	int relation;
	bool undo;
};
static const struct edit_options defaults = {.relation = -1};

/* Of enum relation, from RELATION_FINETUNE on, and as it. */
static const char *const relation_words[] = {
	"finetune", "adapter", "quantized", "merge", "distill", "setting", "size", "version", "stage", NULL};

#define OPTION(member) offsetof(struct edit_options, member)
static const struct option_spec specs[] = {
	{"parent", 'p', OPTION_LIST, "MODEL[:WEIGHT]", OPTION(parents), "a parent, new or with another weight; may be repeated", NULL},
	{"drop", 0, OPTION_LIST, "MODEL", OPTION(drops), "no parent of it; may be repeated", NULL},
	{"relation", 0, OPTION_CHOICE, "HOW", OPTION(relation),
	 "of the parents: finetune (default of one), merge (of several), adapter, quantized, ...", relation_words},
	{"kind", 0, OPTION_TEXT, "KIND", OPTION(kind), "pretrained, continued, finetuned, chat, merge ...", NULL},
	{"params", 0, OPTION_TEXT, "B", OPTION(params), "billions of parameters", NULL},
	{"architecture", 0, OPTION_TEXT, "ARCH", OPTION(architecture), "as config.json has it", NULL},
	{"undo", 0, OPTION_FLAG, NULL, OPTION(undo), "take the last change of parents back, of whichever model", NULL},
};
static const struct option_need needs[] = {{"relation", "parent"}, {NULL, NULL}};

/* ---- parents ------------------------------------------------------------------------ */

struct changes {
	const char *child;
	struct edge_facts *edges;
	struct drop_facts *drops;
	char **names; /* of parents, owned */
	size_t edge_count, drop_count, name_count;
};

static void changes_free(struct changes *changes)
{
	for (size_t i = 0; i < changes->name_count; i++)
		free(changes->names[i]);
	free(changes->names);
	free(changes->edges);
	free(changes->drops);
}

/* The name that the cache has for it. */
static enum status resolve(const struct session *session, const char *word, const char **name, struct error *error)
{
	size_t model;
	enum status status = catalog_resolve(session->catalog, word, &model, error);

	*name = status == STATUS_OK ? session->catalog->models[model].name : NULL;
	return status;
}

static enum status read_parent(const struct session *session, const struct edit_options *options, const char *word,
			       struct changes *changes, struct error *error)
{
	struct edge_facts *edge = &changes->edges[changes->edge_count];
	char *name;
	double weight;
	enum status status = merge_split_weight(word, &name, &weight, error);

	changes->names[changes->name_count++] = name;
	*edge = (struct edge_facts){.child = changes->child, .weight = weight};
	if (status == STATUS_OK && weight > 1) {
		error_set(error, STATUS_USAGE, "the weight of %s is more than 1", name);
		status = error_advise(error, "a weight is the parent's share of the model, 0 to 1");
	}
	if (status == STATUS_OK)
		status = resolve(session, name, &edge->parent, error);
	if (status == STATUS_OK && edge->parent == changes->child)
		status = error_set(error, STATUS_USAGE, "%s cannot be its own parent", edge->parent);
	edge->relation = options->relation >= 0 ? relation_parse(relation_words[options->relation])
		: options->parents.count > 1 ? RELATION_MERGE : RELATION_FINETUNE;
	changes->edge_count++;
	return status;
}

static enum status read_changes(const struct session *session, const struct edit_options *options,
				struct changes *changes, struct error *error)
{
	enum status status = STATUS_OK;

	changes->edges = memory_zero(options->parents.count + 1, sizeof *changes->edges);
	changes->drops = memory_zero(options->drops.count + 1, sizeof *changes->drops);
	changes->names = memory_zero(options->parents.count + 1, sizeof *changes->names);
	for (size_t i = 0; i < options->parents.count && status == STATUS_OK; i++)
		status = read_parent(session, options, options->parents.values[i], changes, error);
	for (size_t i = 0; i < options->drops.count && status == STATUS_OK; i++) {
		struct drop_facts *drop = &changes->drops[changes->drop_count++];
		*drop = (struct drop_facts){.child = changes->child};
		status = resolve(session, options->drops.values[i], &drop->parent, error);
	}
	return status;
}

static enum status edit_parents(const struct session *session, const struct edit_options *options,
				const char *child, struct error *error)
{
	struct changes changes = {.child = child};
	enum status status = read_changes(session, options, &changes, error);

	if (status == STATUS_OK)
		status = corrections_edit(&(struct corrections_edit){changes.edges, changes.edge_count, changes.drops,
								      changes.drop_count}, error);
	changes_free(&changes);
	return status;
}

/* ---- facts --------------------------------------------------------------------------- */

static enum status check_facts(const struct edit_options *options, struct error *error)
{
	char *end;

	if (options->kind && kind_parse(options->kind) == KIND_COUNT) {
		error_set(error, STATUS_USAGE, "\"%s\" is no kind of model", options->kind);
		return error_advise(error, "it is one of pretrained, continued, finetuned, chat, merge, multimodal, other");
	}
	if (options->params && (!(strtod(options->params, &end) > 0) || *end))
		return error_set(error, STATUS_USAGE, "\"%s\" is no number of billions", options->params);
	if (options->architecture && strpbrk(options->architecture, ",\"\n"))
		return error_set(error, STATUS_USAGE, "\"%s\" is no architecture", options->architecture);
	return STATUS_OK;
}

/* A table of one row, imported like the user's own: "stemma imports" has it, and takes it back. */
static enum status edit_facts(struct session *session, const struct edit_options *options, const char *model,
			      struct error *error)
{
	struct import_report report;
	struct text table = {0};

	text_append_format(&table, "model,kind,params_b,architecture\n\"%s\",%s,%s,%s\n", model,
			   options->kind ? options->kind : "", options->params ? options->params : "",
			   options->architecture ? options->architecture : "");
	enum status status = import_text(session->store, "stemma edit", &table, NULL, &report, error);
	import_report_free(&report);
	text_free(&table);
	return status;
}

/* ---- the command ---------------------------------------------------------------------- */

static enum status edit_model(struct cli *cli, struct session *session, const struct edit_options *options,
			      const char *word, struct error *error)
{
	bool facts = options->kind || options->params || options->architecture;
	bool parents = options->parents.count > 0 || options->drops.count > 0;
	const char *name;
	enum status status = resolve(session, word, &name, error);

	(void)cli;
	if (status == STATUS_OK && !facts && !parents) {
		error_set(error, STATUS_USAGE, "nothing is to be changed");
		status = error_advise(error, "\"stemma edit --help\" has what can be");
	}
	if (status == STATUS_OK)
		status = check_facts(options, error);
	if (status == STATUS_OK && parents)
		status = edit_parents(session, options, name, error);
	if (status == STATUS_OK && facts)
		status = edit_facts(session, options, name, error);
	return status;
}

static enum status edit_run(struct cli *cli, const void *specific, size_t count, char **arguments,
			    struct error *error)
{
	const struct edit_options *options = specific;
	struct session *session;
	bool changed;

	if (options->undo != (count == 0))
		return options->undo ? error_set(error, STATUS_USAGE, "--undo stands alone")
				     : error_set(error, STATUS_USAGE, "edit needs MODEL");
	if (options->undo && (options->parents.count || options->drops.count || options->kind || options->params ||
			      options->architecture))
		return error_set(error, STATUS_USAGE, "--undo stands alone");
	enum status status = cli_open(cli, &session, error);
	if (status != STATUS_OK)
		return status;
	status = options->undo ? corrections_undo(error) : edit_model(cli, session, options, arguments[0], error);
	if (status == STATUS_OK)
		status = corrections_apply(session->store, &changed, error);
	session_close(session);
	return status;
}

const struct command edit_command = {
	.name = "edit",
	.arguments = "[MODEL]",
	.summary = "Change a model's parents and facts",
	.details = "\nParents are kept in corrections.yaml, which every cache follows; \"stemma check MODEL\"\n"
		   "says what becomes of them.  Facts are kept as an import of your own: \"stemma imports\"\n"
		   "lists it and takes it back.",
	.maximum = 1,
	COMMAND_SPECS(specs),
	.needs = needs,
	.options_size = sizeof(struct edit_options),
	.defaults = &defaults,
	.run = edit_run,
};
