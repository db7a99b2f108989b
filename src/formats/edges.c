/* Edge lists and renames as CSV. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "csv.h"
#include "reading.h"
#include "stemma/base/utf8.h"

/* Words of edge lists that are not relation_parse()'s own. */
static bool edge_relation(const char *word, enum relation *relation)
{
	*relation = relation_parse(word);
	if (*relation != RELATION_COUNT)
		return true;
	*relation = RELATION_UNKNOWN;
	if (strcmp(word, "variant:training_stage") == 0)
		*relation = RELATION_FINETUNE;
	else if (strncmp(word, "variant:", 8) == 0)
		return false; /* another size or version of it, not made from it */
	return true;
}

/* How far the first, best source of an edge is to be believed. */
static enum trust edge_trust(const char *sources, bool direct)
{
	static const struct {
		const char *prefix;
		enum trust trust;
	} known[] = {
		{"user", TRUST_USER}, {"config", TRUST_CONFIGURATION}, {"hub", TRUST_DECLARED},
		{"card", TRUST_DECLARED}, {"registry", TRUST_LISTED}, {"table", TRUST_LISTED},
		{"hfnet", TRUST_LISTED}, {"lb_root", TRUST_ROOT}, {"guess", TRUST_INFERRED},
	};
	if (!direct)
		return TRUST_ROOT;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strncmp(sources, known[i].prefix, strlen(known[i].prefix)) == 0)
			return known[i].trust;
	return sources[0] ? TRUST_LISTED : TRUST_USER;
}

/* A list without a source column is the user's own. */
static void edges_row(struct source *source, const struct csv *csv)
{
	const char *child = csv_field(csv, csv_column(csv, "child"));
	const char *parent = csv_field(csv, csv_column(csv, "parent"));
	const char *word = csv_field(csv, csv_column(csv, "relation"));
	int sources_column = csv_column(csv, "sources");
	const char *sources = csv_field(csv, sources_column >= 0 ? sources_column : csv_column(csv, "source"));
	bool direct = strcmp(csv_field(csv, csv_column(csv, "direct")), "0") != 0, bad;
	double weight = csv_number(csv, csv_column(csv, "weight"), &bad);
	const char *method = csv_field(csv, csv_column(csv, "method"));
	char first[64];
	enum relation relation;

	if (!is_hub_name(child) || !is_hub_name(parent)) {
		reject(source, csv->line, 0, "\"%s\" is not a model's name (owner/name)",
		       is_hub_name(child) ? parent : child);
	} else if (utf8_compare_names(child, parent) == 0) {
		reject(source, csv->line, 0, "%s is given as its own parent", child);
	} else if (bad || weight < 0) {
		reject(source, csv->line, 0, "weight \"%s\" is not a number >= 0",
		       csv_field(csv, csv_column(csv, "weight")));
	} else if (!edge_relation(word, &relation)) {
		reject(source, csv->line, 0, "%s is a %s of %s, not made from it", child, word + 8, parent);
	} else {
		sources = sources[0] ? sources : "user";
		snprintf(first, sizeof first, "%.*s", (int)strcspn(sources, ";"), sources);
		struct record record = {.type = RECORD_EDGE, .line = csv->line, .of.edge = {
			.child = child, .parent = parent, .relation = relation, .weight = weight,
			.method = method[0] ? method : NULL, .source = first,
			.trust = edge_trust(sources, direct),
		}};
		deliver(source, &record);
	}
}

enum status edges_read(struct source *source)
{
	struct csv csv;

	if (csv_open(&csv, source) == STATUS_OK)
		while (source->status == STATUS_OK && csv_next(&csv))
			edges_row(source, &csv);
	csv_close(&csv);
	return source->status;
}

enum status renames_read(struct source *source)
{
	struct csv csv;

	if (csv_open(&csv, source) == STATUS_OK) {
		int alias = csv_column(&csv, "leaderboard_id"), current = csv_column(&csv, "current_hub_id");
		while (source->status == STATUS_OK && csv_next(&csv)) {
			struct record record = {.type = RECORD_ALIAS, .line = csv.line, .of.alias = {
				.alias = csv_field(&csv, alias), .current = csv_field(&csv, current),
				.source = "renames",
			}};
			if (is_hub_name(record.of.alias.alias) && is_hub_name(record.of.alias.current))
				deliver(source, &record);
			else
				reject(source, csv.line, 0, "\"%s\" is not a model's name (owner/name)",
				       is_hub_name(record.of.alias.alias) ? record.of.alias.current
									  : record.of.alias.alias);
		}
	}
	csv_close(&csv);
	return source->status;
}
