/* Edge lists and renames as CSV. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csv.h"
#include "reading.h"
#include "stemma/base/memory.h"
#include "stemma/base/utf8.h"

struct edge_columns {
	int child, parent, relation, weight, method, sources, direct, trust;
};

static struct edge_columns edge_columns(const struct csv *csv)
{
	int sources = csv_column(csv, "sources");

	return (struct edge_columns){
		.child = csv_column(csv, "child"), .parent = csv_column(csv, "parent"),
		.relation = csv_column(csv, "relation"), .weight = csv_column(csv, "weight"),
		.method = csv_column(csv, "method"), .direct = csv_column(csv, "direct"),
		.trust = csv_column(csv, "trust"),
		.sources = sources >= 0 ? sources : csv_column(csv, "source"),
	};
}

/* Words of edge lists that are not relation_parse()'s own.  A prefix that ends
 * in a colon or underscore stands for all that begin with it. */
static enum relation edge_relation(const struct csv *csv, int column)
{
	static const struct {
		const char *word;
		enum relation relation;
	} known[] = {
		{"root_gen", RELATION_UNKNOWN}, {"lora", RELATION_ADAPTER}, {"quantization", RELATION_QUANTIZED},
		{"fine-tune", RELATION_FINETUNE}, {"distillation", RELATION_DISTILL},
		{"variant:mode", RELATION_SETTING}, {"variant:tier", RELATION_VERSION},
	};
	const char *word = csv_field(csv, column);
	char *sure = memory_string_slice(word, strcspn(word, "?")); /* "finetune?" is a guess */
	enum relation relation = relation_parse(sure);

	free(sure);
	if (!word[0])
		return RELATION_UNKNOWN;
	for (size_t i = 0; i < sizeof known / sizeof *known && relation == RELATION_COUNT; i++)
		if (strncmp(word, known[i].word, strlen(known[i].word)) == 0)
			relation = known[i].relation;
	if (relation != RELATION_COUNT)
		return relation;
	csv_warn(csv, column, "relation \"%s\" is none of finetune, adapter, quantized, merge, distill;"
		 " taken as unknown", word);
	return RELATION_UNKNOWN;
}

/* How far the first, best source of an edge is to be believed, where a list
 * that "stemma export" wrote does not say it. */
static enum trust edge_trust(const char *source, const char *word, bool direct)
{
	static const struct {
		const char *prefix;
		enum trust trust;
	} known[] = {
		{"user", TRUST_USER}, {"config", TRUST_CONFIGURATION}, {"hub", TRUST_DECLARED},
		{"card", TRUST_DECLARED}, {"registry", TRUST_LISTED}, {"table", TRUST_LISTED},
		{"hfnet", TRUST_LISTED}, {"lb_root", TRUST_ROOT}, {"guess", TRUST_INFERRED},
	};
	enum trust stated = trust_parse(word);

	/* Corrections are made in their own file only. */
	if (stated != TRUST_NONE)
		return stated < TRUST_USER ? stated : TRUST_USER;
	if (!direct)
		return TRUST_ROOT;
	if (strstr(source, "inferred"))
		return TRUST_INFERRED;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strncmp(source, known[i].prefix, strlen(known[i].prefix)) == 0)
			return known[i].trust;
	return TRUST_LISTED;
}

/* Whether the row can be an edge; says why not. */
static bool edges_row_is_sound(const struct csv *csv, const struct edge_columns *columns, const char *child,
			       const char *parent)
{
	bool bad;
	double weight = csv_number(csv, columns->weight, &bad);

	if (utf8_compare_names(child, parent) == 0)
		csv_reject(csv, columns->parent, "%s is given as its own parent", child);
	else if (bad || (!isnan(weight) && !weight_is_sound(weight)))
		csv_reject(csv, columns->weight, "weight \"%s\" is not a number from 0 to 1,000,000",
			   csv_field(csv, columns->weight));
	else
		return true;
	return false;
}

/* Where an edge comes from.  A list that only repeats what an author or the Hub said,
 * perhaps long ago, must not stand in the place of their own word, whichever is
 * imported last: its edges have a source of their own.  A list without a source
 * column is the user's own. */
static void name_source(char *name, size_t size, const char *sources, bool repeated)
{
	int length = (int)strcspn(sources, ";");

	snprintf(name, size, "%.*s%s", length, sources, repeated ? "-list" : "");
}

static void edges_row(struct source *source, struct csv *csv, const struct edge_columns *columns)
{
	const char *child = csv_name(csv, columns->child);
	const char *parent = child ? csv_name(csv, columns->parent) : NULL;
	const char *sources = csv_field(csv, columns->sources), *relation = csv_field(csv, columns->relation);
	const char *word = csv_field(csv, columns->trust);
	char name[64];

	if (!child || !parent || !edges_row_is_sound(csv, columns, child, parent))
		return;
	sources = sources[0] ? sources : "user";
	enum trust trust = edge_trust(sources, word, strcmp(csv_field(csv, columns->direct), "0") != 0);
	if (relation[0] && relation[strlen(relation) - 1] == '?' && trust > TRUST_INFERRED)
		trust = TRUST_INFERRED;
	name_source(name, sizeof name, sources, !word[0] && trust >= TRUST_DECLARED && trust < TRUST_USER);
	struct record record = {.type = RECORD_EDGE, .line = csv->line, .of.edge = {
		.child = child, .parent = parent, .relation = edge_relation(csv, columns->relation),
		.weight = csv_number(csv, columns->weight, NULL),
		.method = csv_text(csv, columns->method), .source = name, .trust = trust,
	}};
	deliver(source, &record);
}

enum status edges_read(struct source *source)
{
	static const char *const required[] = {"child", "parent", NULL};
	struct csv csv;

	if (csv_open_with(&csv, source, required) == STATUS_OK) {
		struct edge_columns columns = edge_columns(&csv);
		while (csv_next(&csv))
			edges_row(source, &csv, &columns);
	}
	csv_close(&csv);
	return source->status;
}

enum status renames_read(struct source *source)
{
	static const char *const required[] = {"leaderboard_id", "current_hub_id", NULL};
	struct csv csv;

	if (csv_open_with(&csv, source, required) == STATUS_OK) {
		int alias = csv_column(&csv, "leaderboard_id"), current = csv_column(&csv, "current_hub_id");
		while (csv_next(&csv)) {
			const char *name = csv_name(&csv, alias), *now = name ? csv_name(&csv, current) : NULL;
			struct record record = {.type = RECORD_ALIAS, .line = csv.line, .of.alias = {
				.alias = name, .current = now, .source = "renames",
			}};
			if (now)
				deliver(source, &record);
		}
	}
	csv_close(&csv);
	return source->status;
}
