/* stemma show: all that is known about one model. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "answers_report.h"
#include "command.h"
#include "evaluations.h"
#include "names.h"
#include "stemma/base/memory.h"
#include "stemma/base/text.h"

struct show_options {
	int prior;
};

#define OPTION(member) offsetof(struct show_options, member)
static const struct option_spec specs[] = {
	{"prior", 0, OPTION_CHOICE, "PRIOR", OPTION(prior), PRIOR_HELP, prior_words},
};

/* What the visitors of the store need. */
struct show {
	const struct session *session;
	size_t model;
	struct table *table;
	struct text *text;
};

/* ---- facts ----------------------------------------------------------------- */

static bool add_alias(void *context, const char *alias, int64_t model)
{
	struct show *show = context;

	if (model == show->session->catalog->models[show->model].id)
		text_append_format(show->text, "%s%s", show->text->length ? ", " : "", alias);
	return true;
}

/* What the user said against it, or against an ancestor. */
static void report_flag(struct report *report, const struct session *session, size_t model)
{
	const struct flag *flag = flags_find(&session->flags, session->catalog, model);
	bool own = flag && flag->model == model;

	report_text(report, "flagged", "flagged", own ? flag->reason : NULL);
	report_text(report, "flagged_ancestor", "descends from flagged",
		    flag && !own ? session->catalog->models[flag->model].name : NULL);
	report_text(report, "flagged_ancestor_reason", "flagged because",
		    flag && !own ? flag->reason : NULL);
	report_text(report, "left_out", "left out of the fit",
		    session_leaves_out(session, model) ? "yes" : NULL);
}

static enum status report_facts(struct report *report, struct show *show, struct error *error)
{
	const struct catalog_model *model = &show->session->catalog->models[show->model];
	struct text aliases = {0};
	char date[11] = "";

	show->text = &aliases;
	enum status status = store_each_alias(show->session->store, add_alias, show, error);
	if (!isnan(model->uploaded))
		date_format(model->uploaded, date);
	report_text(report, "model", "model", model->name);
	report_text(report, "aliases", "also called", aliases.length ? text_string(&aliases) : NULL);
	report_text(report, "kind", "kind", kind_name(model->kind));
	report_text(report, "architecture", "architecture", model->architecture);
	report_number(report, "params_b", "parameters (B)", model->params_b, 2);
	report_text(report, "license", "license", model->license);
	report_text(report, "uploaded", "uploaded", date[0] ? date : NULL);
	report_number(report, "likes", "likes", model->likes, 0);
	report_text(report, "precision", "precision", model->precision);
	report_text(report, "chat_template", "chat template", names_answer(model->chat_template));
	report_text(report, "source", "facts from", model->source);
	report_text(report, "score_source", "scores from", model->score_source);
	report_text(report, "suspect", "suspect", model->suspect ? "yes" : NULL);
	report_flag(report, show->session, show->model);
	text_free(&aliases);
	return status;
}

/* ---- family ---------------------------------------------------------------- */

static const struct column edge_columns[] = {
	{"parent", "parent", COLUMN_TEXT, 0, false},
	{"relation", "relation", COLUMN_TEXT, 0, false},
	{"share", "share", COLUMN_NUMBER, 3, false},
	{"stated_weight", "stated", COLUMN_NUMBER, 3, false},
	{"method", "method", COLUMN_TEXT, 0, false},
	{"trust", "trust", COLUMN_TEXT, 0, false},
	{"source", "source", COLUMN_TEXT, 0, false},
	{"score", "average", COLUMN_NUMBER, 1, false},
	{"note", "note", COLUMN_TEXT, 0, false},
};

/* The share that the lineage uses, NAN for an edge that is not in it. */
static double lineage_share(const struct catalog *catalog, size_t child, size_t parent)
{
	const struct lineage_parent *edge = lineage_find(catalog->lineage, child, parent);

	return edge ? (double)edge->weight : NAN;
}

static bool add_edge(void *context, const struct store_edge *edge, const char *name)
{
	struct show *show = context;
	const struct catalog *catalog = show->session->catalog;
	size_t parent = catalog_find_id(catalog, edge->parent);

	table_text(show->table, name);
	table_text(show->table, relation_name(edge->facts.relation));
	table_number(show->table, lineage_share(catalog, show->model, parent));
	table_number(show->table, edge->facts.weight);
	table_text(show->table, edge->facts.method);
	table_text(show->table, trust_name(edge->facts.trust));
	table_text(show->table, edge->facts.source);
	table_number(show->table, parent < catalog->count ? catalog_average(catalog, parent) : NAN);
	table_text(show->table, edge->facts.note);
	return true;
}

static enum status report_parents(struct report *report, struct show *show, struct error *error)
{
	const struct catalog *catalog = show->session->catalog;

	show->table = table_new(edge_columns, sizeof edge_columns / sizeof *edge_columns);
	enum status status = store_each_source_edge(show->session->store,
						    catalog->models[show->model].id, add_edge,
						    show, error);
	report_table(report, "parents", NULL, show->table, TABLE_SIDE);
	table_free(show->table);
	return status;
}

static void report_children(struct report *report, const struct show *show)
{
	const struct catalog *catalog = show->session->catalog;
	size_t count, scored = 0;
	const uint32_t *children = lineage_children(catalog->lineage, show->model, &count);

	for (size_t i = 0; i < count; i++)
		scored += catalog->models[children[i]].scored;
	report_number(report, "children", "children", (double)count, 0);
	report_number(report, "scored_children", "with scores", (double)scored, 0);
}

/* ---- scores ---------------------------------------------------------------- */

static const struct column score_columns[] = {
	{"benchmark", "benchmark", COLUMN_TEXT, 0, false},
	{"published", "published", COLUMN_NUMBER, 1, false},
	{"predicted", "predicted", COLUMN_NUMBER, 1, false},
	{"sd", "sd", COLUMN_NUMBER, 1, false},
	{"low90", "90 % interval", COLUMN_NUMBER, 1, false},
	{"high90", "", COLUMN_NUMBER, 1, true},
	{"z", "z", COLUMN_SIGNED, 2, false},
};

/* Without a fit only what is published; the prediction never knows it. */
static enum status report_scores(struct report *report, const struct show *show,
				 struct error *error)
{
	const struct session *session = show->session;
	size_t rows = session->catalog->benchmark_count + 1;
	struct engine_estimate *estimates = memory_zero(rows, sizeof *estimates);
	struct engine_residual *residuals = memory_zero(rows, sizeof *residuals);
	bool in_fit = session->fit && engine_residuals(session->fit, show->model, residuals);
	enum status status = STATUS_OK;

	if (session->fit)
		status = engine_predict_model(session->query, show->model, estimates, error);
	struct table *table = table_new(score_columns, sizeof score_columns / sizeof *score_columns);
	for (size_t i = 0; i < rows && status == STATUS_OK; i++) {
		bool known = session->fit;
		table_text(table, names_benchmark(session->catalog, i, report->format));
		table_number(table, catalog_score(session->catalog, show->model, i));
		table_number(table, known ? estimates[i].mean : NAN);
		table_number(table, known ? estimates[i].sd : NAN);
		table_number(table, known ? estimates[i].low90 : NAN);
		table_number(table, known ? estimates[i].high90 : NAN);
		table_number(table, in_fit ? residuals[i].z : NAN);
	}
	report_table(report, "scores", NULL, table, TABLE_MAIN);
	table_free(table);
	if (status == STATUS_OK) {
		struct answer_row *answers = answer_sets_predict(&session->answers, session->query, show->model);
		report_answers(report, session->catalog, answers, session->answers.count);
		free(answers);
	}
	free(estimates);
	free(residuals);
	return status;
}

/* ---- the command ------------------------------------------------------------- */

static enum status report_model(struct cli *cli, struct show *show, struct error *error)
{
	struct report report;

	cli_report(cli, &report);
	enum status status = report_facts(&report, show, error);
	report_children(&report, show);
	if (status == STATUS_OK)
		status = report_scores(&report, show, error);
	if (status == STATUS_OK)
		status = report_parents(&report, show, error);
	if (status == STATUS_OK)
		status = evaluations_report(&report, show->session, show->model, TABLE_SIDE, error);
	report_end(&report);
	return status;
}

static enum status show_run(struct cli *cli, const void *specific, size_t count, char **arguments,
			    struct error *error)
{
	const struct show_options *options = specific;
	struct engine_settings settings = {.prior = (enum prior)options->prior};
	struct session *session;
	struct error no_fit = {0};
	size_t model;
	enum status status = cli_open(cli, &session, error);

	(void)count;
	if (status != STATUS_OK)
		return status;
	status = catalog_resolve(session->catalog, arguments[0], &model, error);
	if (status != STATUS_OK)
		goto cleanup;
	settings.without_factor = session_learns(session, model);
	/* Without predictions the rest is still worth showing. */
	if (cli_fit_all(cli, session, &settings, false, &no_fit) != STATUS_OK) {
		if (no_fit.status == STATUS_CANCELLED) {
			status = STATUS_CANCELLED;
			goto cleanup;
		}
		cli_warn(cli, "no predictions: %s", no_fit.message);
	}
	struct show show = {.session = session, .model = model};
	status = report_model(cli, &show, error);
cleanup:
	session_close(session);
	return status;
}

const struct command show_command = {
	.name = "show",
	.arguments = "MODEL",
	.summary = "Show one model: facts, parents, scores and what its kin predict",
	.minimum = 1,
	.maximum = 1,
	.json = true,
	.csv = true,
	COMMAND_SPECS(specs),
	.options_size = sizeof(struct show_options),
	.run = show_run,
};
