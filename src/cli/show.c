/* stemma show: all that is known about one model. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "answers_report.h"
#include "caveats.h"
#include "command.h"
#include "evaluations.h"
#include "foretold_report.h"
#include "names.h"
#include "siblings.h"
#include "stemma/base/memory.h"
#include "stemma/base/text.h"

struct show_options {
	int prior;
	const char *benchmarks;
	bool all, siblings;
};

#define OPTION(member) offsetof(struct show_options, member)
static const struct option_spec specs[] = {
	{"benchmark", 'b', OPTION_TEXT, "KEY,...", OPTION(benchmarks), "show these only", NULL},
	{"all", 'a', OPTION_FLAG, NULL, OPTION(all), "all benchmarks that have or get a value, not only the board's", NULL},
	{"siblings", 0, OPTION_FLAG, NULL, OPTION(siblings), "compare it on the board with what has a parent in common with it", NULL},
	{"prior", 0, OPTION_CHOICE, "PRIOR", OPTION(prior), PRIOR_HELP, prior_words},
};

/* What the visitors of the store need. */
struct show {
	struct cli *cli;
	struct session *session;
	size_t model;
	struct table *table;
	struct text *text;
	bool all;      /* benchmarks */
	size_t rows;   /* of the session, unless all */
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
	{"score", "", COLUMN_NUMBER, 1, false}, /* the target */
	{"note", "note", COLUMN_TEXT, 0, false},
};
#define EDGE_COLUMNS (sizeof edge_columns / sizeof *edge_columns)
#define SCORE_COLUMN (EDGE_COLUMNS - 2)

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
	table_value(show->table, parent < catalog->count ? session_target_value(show->session, parent) : NAN,
		    target_digits(catalog, &show->session->target.engine));
	table_text(show->table, edge->facts.note);
	return true;
}

static enum status report_parents(struct report *report, struct show *show, struct error *error)
{
	const struct catalog *catalog = show->session->catalog;

	struct column columns[EDGE_COLUMNS];

	memcpy(columns, edge_columns, sizeof columns);
	columns[SCORE_COLUMN].title = target_full_title(catalog, &show->session->target);
	show->table = table_new(columns, EDGE_COLUMNS);
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

/* One line of the table. */
struct score_line {
	struct engine_target target;
	const char *name;
	double published;
	struct engine_estimate estimate;
};

struct score_lines {
	struct score_line *list; /* owned */
	uint32_t *benchmarks;    /* owned; what the targets of single benchmarks point to */
	size_t count;
};

static void add_line(struct score_lines *lines, const struct show *show, const struct engine_target *target,
		     const char *name)
{
	lines->list[lines->count++] = (struct score_line){
		.target = *target, .name = name,
		.published = catalog_target(show->session->catalog, show->model, target),
		.estimate = {NAN, NAN, NAN, NAN, NAN, NAN}};
}

/* The rows of the session, or all benchmarks and the target. */
static struct score_lines list_lines(const struct show *show, enum output_format format)
{
	static const double whole[] = {1};
	const struct session *session = show->session;
	const struct catalog *catalog = session->catalog;
	size_t all = show->all ? catalog->benchmark_count : 0;
	struct score_lines lines = {.list = memory_allocate(all + show->rows + 1, sizeof *lines.list),
				    .benchmarks = memory_allocate(all + 1, sizeof *lines.benchmarks)};

	for (size_t b = 0; b < all; b++) {
		lines.benchmarks[b] = (uint32_t)b;
		const struct engine_target target = {1, &lines.benchmarks[b], whole};
		if (!catalog->benchmarks[b].hidden)
			add_line(&lines, show, &target, names_benchmark(catalog, b, format));
	}
	for (size_t i = show->all ? session->board.count : 0; i < show->rows; i++)
		add_line(&lines, show, &session->rows[i], names_row(session, i, format));
	return lines;
}

/* A published value is predicted as if none of the model's were known; the others from all that is known. */
static enum status predict_lines(const struct show *show, struct score_lines *lines, struct error *error)
{
	struct session *session = show->session;
	enum status status = engine_predict_model(session->query, show->model, error);

	for (size_t i = 0; i < lines->count && status == STATUS_OK; i++)
		if (!isnan(lines->list[i].published))
			engine_estimate(session->query, &lines->list[i].target, &lines->list[i].estimate);
	if (status == STATUS_OK)
		status = engine_predict_known(session->query, show->model, error);
	for (size_t i = 0; i < lines->count && status == STATUS_OK; i++)
		if (isnan(lines->list[i].published))
			engine_estimate(session->query, &lines->list[i].target, &lines->list[i].estimate);
	return status;
}

static void add_score(struct table *table, const struct show *show, const struct score_line *line)
{
	const struct session *session = show->session;
	struct engine_residual residual = {.z = NAN};
	int digits = target_digits(session->catalog, &line->target);

	if (session->fit && !isnan(line->published))
		engine_residual(session->fit, show->model, &line->target, ENGINE_LEAVE_MODEL, &residual);
	table_text(table, line->name);
	table_value(table, line->published, digits);
	table_value(table, line->estimate.mean, digits);
	table_value(table, line->estimate.sd, digits);
	table_value(table, line->estimate.low90, digits);
	table_value(table, line->estimate.high90, digits);
	table_number(table, residual.z);
}

static enum status report_answer_rows(struct report *report, const struct show *show, struct error *error)
{
	struct session *session = show->session;
	enum status status = session->answers.count > 0 ? engine_predict_model(session->query, show->model, error)
							: STATUS_OK;

	if (status != STATUS_OK)
		return status;
	struct answer_row *answers = answer_sets_predict(&session->answers, session->query, show->model);
	report_answers(report, session->catalog, answers, session->answers.count);
	free(answers);
	return STATUS_OK;
}

/* Without a fit only what is published. */
static enum status report_scores(struct report *report, const struct show *show, struct error *error)
{
	struct score_lines lines = list_lines(show, report->format);
	struct table *table = table_new(score_columns, sizeof score_columns / sizeof *score_columns);
	enum status status = show->session->fit ? predict_lines(show, &lines, error) : STATUS_OK;

	for (size_t i = 0; i < lines.count && status == STATUS_OK; i++) {
		const struct score_line *line = &lines.list[i];
		if (!show->all || !isnan(line->published) || !isnan(line->estimate.mean))
			add_score(table, show, line);
	}
	if (status == STATUS_OK)
		report_table(report, "scores", NULL, table, TABLE_MAIN);
	if (status == STATUS_OK && show->session->fit) /* the query's subject is the model with all that is known */
		caveats_report(report, show->session, show->session->query, show->rows);
	table_free(table);
	free(lines.list);
	free(lines.benchmarks);
	return status == STATUS_OK ? report_answer_rows(report, show, error) : status;
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
		status = foretold_report_model(&report, show->session, show->model, error);
	if (status == STATUS_OK)
		status = report_parents(&report, show, error);
	if (status == STATUS_OK)
		status = evaluations_report(&report, show->session, show->model, TABLE_SIDE, error);
	if (status == STATUS_OK)
		status = evaluations_report_sources(&report, show->session, show->model, error);
	report_end(&report);
	return status;
}

static void report_siblings(struct cli *cli, struct session *session, size_t model)
{
	struct siblings siblings;
	struct report report;

	siblings_find(session->catalog, model, &siblings);
	siblings_rank(session, &siblings);
	cli_report(cli, &report);
	report_text(&report, "model", "model", session->catalog->models[model].name);
	report_text(&report, "target", "target", target_full_title(session->catalog, &session->target));
	report_number(&report, "siblings_count", "siblings", (double)siblings.count - 1, 0);
	siblings_report(&report, session, &siblings, true);
	report_end(&report);
	siblings_free(&siblings);
}

static enum status show_run(struct cli *cli, const void *specific, size_t count, char **arguments,
			    struct error *error)
{
	const struct show_options *options = specific;
	struct engine_settings settings = {.prior = (enum prior)options->prior};
	struct session *session;
	struct error no_fit = {0};
	struct text said = {0};
	size_t model;

	(void)count;
	cli->rows_wait = true;
	enum status status = cli_open(cli, &session, error);
	if (status != STATUS_OK)
		return status;
	status = catalog_resolve(session->catalog, arguments[0], &model, error);
	if (status == STATUS_OK)
		status = cli_choose_rows(cli, session, &model, 1, error);
	if (status == STATUS_OK && options->benchmarks)
		status = session_choose_board(session, options->benchmarks, false, &said, error);
	cli_note(cli, &said);
	if (status != STATUS_OK)
		goto cleanup;
	/* Without predictions the rest is still worth showing. */
	if (cli_fit_all(cli, session, &settings, false, &no_fit) != STATUS_OK) {
		if (no_fit.status == STATUS_CANCELLED) {
			status = STATUS_CANCELLED;
			goto cleanup;
		}
		cli_warn(cli, "no predictions: %s", no_fit.message);
	}
	struct show show = {.cli = cli, .session = session, .model = model, .all = options->all, .rows = session->row_count};
	if (options->benchmarks && !cli->options.target)
		show.rows--;
	if (options->siblings)
		report_siblings(cli, session, model);
	else
		status = report_model(cli, &show, error);
cleanup:
	session_close(session);
	return status;
}

const struct command show_command = {
	.name = "show",
	.arguments = "MODEL",
	.summary = "Show one model: facts, parents, scores and what its kin predict",
	.details = "\nA published score stands beside what all other models predict for it; what is not\n"
		   "published is predicted from the model's own scores too.",
	.minimum = 1,
	.maximum = 1,
	.json = true,
	.csv = true,
	.board = true,
	.target = true,
	COMMAND_SPECS(specs),
	.options_size = sizeof(struct show_options),
	.run = show_run,
};
