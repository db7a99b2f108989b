/* Export: what the files of the command share. */
#ifndef STEMMA_CLI_EXPORT_H
#define STEMMA_CLI_EXPORT_H

#include "cli.h"
#include "report.h"
#include "stemma/app/export.h"

/* What is exported: a merge, a model with its family, or all. */
struct export_subject {
	struct session *session;
	const char *name;       /* of the merge or the model; NULL for all */
	size_t model;           /* CATALOG_NONE for a merge or all */
	bool merge;             /* `sketch` is the subject */
	struct sketch sketch;
	struct sketch_prediction prediction; /* of the merge */
	struct graph_child child;            /* the merge as a node */
	struct engine_child facts;           /* of the child */
	struct graph graph;
};

/* What a CSV table has in its rows. */
enum export_rows { EXPORT_MODELS, EXPORT_EDGES, EXPORT_CELLS };

/* Facts, scores and edges of the subject as JSON, or one of these as a CSV table that
 * "stemma import" reads again. */
enum status export_tables(const struct export_subject *subject, enum export_rows rows,
			  struct report *report, struct error *error);
/* Further facts of models, and the keys that there are, in order. */
struct export_attributes {
	struct export_attribute *all; /* by model and key */
	size_t count;
	const char **keys;
	size_t key_count;
};
/* *attributes is zero at first. */
enum status export_attributes_load(struct export_attributes *attributes, const struct session *session,
				   struct error *error);
/* The value of a model's attribute, NULL when nothing is known. */
const char *export_attribute(const struct export_attributes *attributes, size_t model, size_t key);
void export_attributes_free(struct export_attributes *attributes);

/* The whole matrix of the subject's models as CSV: a row for each value, published or predicted; the session
 * is fitted.  STATUS_CANCELLED as the progress says. */
struct export_completed {
	struct cli *cli;
	const struct export_subject *subject;
};
enum status export_completed(const struct export_completed *completed, FILE *file, struct error *error);

/* The table of cells: every observation of the subject's models. */
enum status export_cells(const struct export_subject *subject, struct report *report, enum table_role role,
			 struct error *error);

#endif
