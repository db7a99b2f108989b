/* stemma predict: what would this merge score? */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "answers_report.h"
#include "caveats.h"
#include "command.h"
#include "merge_options.h"
#include "names.h"
#include "prediction.h"
#include "stemma/base/memory.h"
#include "stemma/base/read_file.h"
#include "stemma/base/text.h"

struct predict_options {
	struct merge_options merge;
	int prior;
	bool force;
	const char *why, *benchmarks;
};
static const struct predict_options defaults = {.merge = MERGE_OPTION_DEFAULTS};

#define OPTION(member) offsetof(struct predict_options, member)
static const struct option_spec specs[] = {
	MERGE_OPTION_SPECS(struct predict_options, merge),
	{"prior", 0, OPTION_CHOICE, "PRIOR", OPTION(prior), PRIOR_HELP, prior_words},
	{"benchmark", 'b', OPTION_TEXT, "KEY,...", OPTION(benchmarks), "predict these only", NULL},
	{"force", 0, OPTION_FLAG, NULL, OPTION(force), "predict even merges that no tool can make", NULL},
	{"why", 0, OPTION_TEXT, "BENCHMARK", OPTION(why), "explain this one (default the target)", NULL},
};

/* ---- the report ------------------------------------------------------------- */

static const struct column parent_columns[] = {
	{"model", "parent", COLUMN_TEXT, 0, false},
	{"weight", "weight", COLUMN_NUMBER, 3, false},
	{"share", "share", COLUMN_NUMBER, 3, false},
};

static void add_parent(struct table *table, const struct catalog *catalog, size_t model,
		       double weight, const struct engine_child *child)
{
	table_text(table, names_model(catalog, model));
	table_number(table, weight);
	table_number(table, sketch_child_share(child, model));
}

/* The parents as given, then a base outside them that keeps a share. */
static void report_parents(struct report *report, const struct catalog *catalog,
			   const struct sketch *sketch, const struct engine_child *child)
{
	struct table *table = table_new(parent_columns, 3);

	for (size_t i = 0; i < sketch->now.count; i++)
		add_parent(table, catalog, sketch->now.parents[i].model,
			   sketch->now.parents[i].weight, child);
	for (size_t i = 0; i < child->count; i++)
		if (sketch_position(sketch, child->parents[i]) < 0)
			add_parent(table, catalog, child->parents[i], NAN, child);
	report_table(report, "parents", NULL, table, TABLE_SIDE);
	table_free(table);
}

static const struct column ancestor_columns[] = {
	{"model", "nearest ancestor", COLUMN_TEXT, 0, false},
	{"kinship", "kinship", COLUMN_NUMBER, 2, false},
	{"share", "share", COLUMN_NUMBER, 3, false},
};

static void report_ancestors(struct report *report, const struct catalog *catalog,
			     const struct sketch_prediction *prediction)
{
	struct table *table = table_new(ancestor_columns, 3);

	for (size_t i = 0; i < prediction->ancestor_count; i++) {
		table_text(table, names_model(catalog, prediction->ancestors[i].model));
		table_number(table, prediction->ancestors[i].kinship);
		table_number(table, prediction->ancestors[i].share);
	}
	report_table(report, "ancestors", NULL, table, TABLE_SIDE);
	table_free(table);
}

#define NAME_SIZE 300

static const struct column reason_columns[] = {
	{"benchmark", NULL, COLUMN_TEXT, 0, false},
	{"model", "rests on", COLUMN_TEXT, 0, false},
	{"points", "points", COLUMN_SIGNED, 2, false},
	{"score", "its score", COLUMN_NUMBER, 1, false},
	{"above_prediction", "above its prediction", COLUMN_SIGNED, 1, false},
};

static void add_reasons(struct table *table, const struct report *report, const struct catalog *catalog,
			const struct sketch_row *row)
{
	int digits = target_digits(catalog, &row->target);

	for (size_t i = 0; i < row->contribution_count; i++) {
		size_t model = row->contributions[i].model;
		bool like = row->contributions[i].like;
		char name[NAME_SIZE];
		snprintf(name, sizeof name, "%s%s", like && report->format == OUTPUT_TEXT ? "like " : "",
			 names_model(catalog, model));
		table_text(table, report->format == OUTPUT_TEXT ? row->title : row->key);
		table_text(table, name);
		table_value(table, row->contributions[i].points, digits + 1);
		table_value(table, catalog_target(catalog, model, &row->target), digits);
		table_value(table, like ? row->contributions[i].above : NAN, digits);
	}
}

/* What is predicted and explained: the first `count` rows of the session, of which text explains one and
 * JSON all. */
struct wanted_rows {
	size_t count, why;
};

static void report_reasons(struct report *report, const struct catalog *catalog,
			   struct sketch_prediction *prediction, const struct wanted_rows *wanted)
{
	struct table *table = table_new(reason_columns, 5);
	char title[128];

	snprintf(title, sizeof title, "Why: %.100s", prediction->row[wanted->why].title);
	for (size_t i = 0; i < prediction->rows; i++)
		if (report->format == OUTPUT_JSON ? i < wanted->count : i == wanted->why)
			add_reasons(table, report, catalog, sketch_prediction_why(prediction, i));
	report_table(report, "why", title, table, TABLE_SIDE);
	table_free(table);
}

/* Each line of the sketch's warnings to standard error, and to JSON. */
static void report_warnings(struct cli *cli, struct report *report, const struct sketch *sketch,
			    const struct catalog *catalog)
{
	static const struct column columns[] = {{"text", NULL, COLUMN_TEXT, 0, false}};
	struct table *table = table_new(columns, 1);
	struct text lines = {0};
	char *rest;

	sketch_warnings(sketch, catalog, &lines);
	char *copy = text_steal(&lines);
	for (char *line = strtok_r(copy, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		cli_warn(cli, "%s", line);
		table_text(table, line);
	}
	if (report->format == OUTPUT_JSON)
		report_table(report, "warnings", NULL, table, TABLE_SIDE);
	table_free(table);
	free(copy);
}

/* The other methods that the prediction holds for. */
static void report_same_methods(struct report *report, const struct sketch *sketch, const struct catalog *catalog)
{
	struct text same = {0};

	for (int i = 0; i < MERGE_METHOD_COUNT && !sketch->now.finetune; i++)
		if (i != (int)sketch->now.method && sketch_same_by(sketch, catalog, (enum merge_method)i))
			text_append_format(&same, "%s%s", same.length ? ", " : "",
					   merge_method_info((enum merge_method)i)->name);
	report_text(report, "same_by", "the same by", same.length ? text_string(&same) : NULL);
	text_free(&same);
}

static void report_prediction(struct cli *cli, struct report *report, const char *name,
			      const struct sketch *sketch, const struct catalog *catalog,
			      struct sketch_prediction *prediction, const struct wanted_rows *wanted)
{
	const struct engine_model *child = &prediction->child.model;

	report_item_begin(report);
	report_text(report, "child", "configuration", name);
	report_text(report, "method", "method", merge_method_info(sketch->now.method)->name);
	report_same_methods(report, sketch, catalog);
	report_text(report, "base", "base", names_model(catalog, sketch_base(sketch, catalog)));
	report_text(report, "common_ancestor", "common ancestor",
		    names_model(catalog, sketch_common_ancestor(sketch, catalog)));
	report_text(report, "architecture", NULL, child->architecture);
	report_text(report, "chat_template", "chat template", names_answer(child->chat_template));
	report_warnings(cli, report, sketch, catalog);
	report_parents(report, catalog, sketch, &prediction->child);
	prediction_report_scores(report, catalog, name, prediction, wanted->count);
	caveats_report(report, prediction->session, prediction->query, wanted->count);
	report_answers(report, catalog, prediction->answers, prediction->answer_count);
	report_ancestors(report, catalog, prediction);
	report_reasons(report, catalog, prediction, wanted);
	report_item_end(report);
}

/* ---- the command -------------------------------------------------------------- */

/* What is to be predicted; name NULL for what the options say. */
struct child {
	const char *name;
	struct sketch sketch;
};
struct children {
	struct child *list; /* owned */
	size_t count;
	enum status failed; /* of the first file that cannot be predicted */
};

static void add_child(struct children *children, const char *name, const struct sketch *sketch)
{
	children->list[children->count++] = (struct child){.name = name, .sketch = *sketch};
}

/* What is no file may be a model: that is a parent. */
static void advise_model(const struct catalog *catalog, const char *path, struct error *problem)
{
	size_t model;

	if (problem->status == STATUS_NO_INPUT && catalog_resolve(catalog, path, &model, NULL) == STATUS_OK)
		error_advise(problem, "a model is a parent: stemma predict -m %s", catalog->models[model].name);
}

/* Reads one child; a merge that no tool can make is refused unless forced. */
static enum status read_child(struct cli *cli, struct session *session, const struct predict_options *options,
			      const char *path, struct sketch *sketch, struct error *error)
{
	enum status status = merge_options_sketch(cli, session, &options->merge, path, sketch, error);

	if (status != STATUS_OK || options->force)
		return status;
	status = sketch_check_shapes(sketch, session->catalog, error);
	if (status != STATUS_OK)
		error_advise(error, "add --force to predict it anyway");
	if (status != STATUS_OK && path)
		error_locate(error, read_file_name(path), 0, 0);
	return status;
}

/* The child that the options name, if any, then one for each file, all of them
 * before the first is predicted.  A file that cannot be used is reported, and the
 * others go on. */
static enum status read_children(struct cli *cli, struct children *children,
				 struct session *session, const struct predict_options *options,
				 size_t count, char **paths, struct error *error)
{
	struct sketch sketch;
	enum status status = STATUS_OK;

	children->list = memory_zero(count + 1, sizeof *children->list);
	if (merge_options_given(&options->merge)) {
		sketch_init(&sketch);
		status = read_child(cli, session, options, NULL, &sketch, error);
		add_child(children, options->merge.kept, &sketch);
	}
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		struct error problem = {0};
		sketch_init(&sketch);
		enum status one = read_child(cli, session, options, paths[i], &sketch, &problem);
		if (one == STATUS_OK) {
			add_child(children, read_file_name(paths[i]), &sketch);
			continue;
		}
		sketch_free(&sketch);
		advise_model(session->catalog, paths[i], &problem);
		cli_complain(cli, &problem);
		children->failed = children->failed ? children->failed : one;
	}
	return status == STATUS_OK && children->count == 0 ? children->failed : status;
}

static void free_children(struct children *children)
{
	for (size_t i = 0; i < children->count; i++)
		sketch_free(&children->list[i].sketch);
	free(children->list);
}

static enum status predict_child(struct cli *cli, struct session *session,
				 const struct child *child, const struct wanted_rows *wanted, struct report *report,
				 struct error *error)
{
	struct sketch_prediction prediction = {0};
	enum status status = sketch_predict(&child->sketch, session, &prediction, error);

	if (status == STATUS_OK)
		report_prediction(cli, report, child->name, &child->sketch, session->catalog,
				  &prediction, wanted);
	sketch_prediction_free(&prediction);
	return status;
}

static enum status predict_children(struct cli *cli, struct session *session,
				    const struct children *children, const char *prior,
				    const struct wanted_rows *wanted, struct error *error)
{
	enum status status = STATUS_OK;
	struct report report;

	cli_report(cli, &report);
	report_text(&report, "prior", NULL, prior);
	report_list_begin(&report, "predictions");
	for (size_t i = 0; i < children->count && status == STATUS_OK; i++)
		status = predict_child(cli, session, &children->list[i], wanted, &report, error);
	report_list_end(&report);
	report_end(&report);
	return status;
}

/* The row whose benchmark or target the words name, session->row_count when none does. */
static size_t find_row(const struct session *session, const char *words, struct text *said, struct error *error)
{
	struct target_names names = session_names(session);
	struct target target;
	size_t row = 0;

	if (target_parse(session->catalog, &names, words, &target, said, error) != STATUS_OK)
		return session->row_count;
	while (row < session->row_count && strcmp(session_row_key(session, row), target.name) != 0)
		row++;
	target_free(&target);
	return row;
}

/* The parents of all that is to be predicted are what board and target are about. */
static enum status ask_about_parents(struct cli *cli, struct session *session, const struct children *children,
				     struct error *error)
{
	size_t *models = memory_allocate(children->count * SKETCH_PARENTS_MAX + 1, sizeof *models), count = 0;

	for (size_t i = 0; i < children->count; i++)
		for (size_t p = 0; p < children->list[i].sketch.now.count; p++)
			models[count++] = children->list[i].sketch.now.parents[p].model;
	enum status status = cli_choose_rows(cli, session, models, count, error);
	free(models);
	return status;
}

/* What -b and --why say.  What is to be explained and not shown becomes the target. */
static enum status choose_rows(struct cli *cli, struct session *session, const struct predict_options *options,
			       struct wanted_rows *wanted, struct error *error)
{
	struct text said = {0};
	enum status status = STATUS_OK;

	if (options->benchmarks)
		status = session_choose_board(session, options->benchmarks, false, &said, error);
	wanted->count = session->row_count;
	if (options->benchmarks && !cli->options.target)
		wanted->count--;
	wanted->why = wanted->count - 1;
	if (status == STATUS_OK && options->why) {
		wanted->why = find_row(session, options->why, &said, error);
		if (wanted->why == session->row_count) {
			status = session_choose_target(session, options->why, false, NULL, error);
			wanted->why = session->row_count - 1;
		}
	}
	cli_note(cli, &said);
	return status;
}

static void warn_uncovered(struct cli *cli, const struct session *session, const struct wanted_rows *wanted)
{
	struct text list = {0};

	for (size_t i = 0; i < wanted->count; i++)
		if (!engine_fit_covers(session->fit, &session->rows[i]))
			text_append_format(&list, "%s%s", list.length ? ", " : "", session_row_key(session, i));
	if (list.length)
		cli_warn(cli, "not predicted: %s", text_string(&list));
	text_free(&list);
}

static enum status predict_run(struct cli *cli, const void *specific, size_t count,
			       char **arguments, struct error *error)
{
	const struct predict_options *options = specific;
	const struct engine_settings settings = {.prior = (enum prior)options->prior};
	struct children children = {0};
	struct session *session;
	struct wanted_rows wanted;

	if (!count && !merge_options_given(&options->merge)) {
		error_set(error, STATUS_USAGE, "predict needs a configuration or parents");
		return error_advise(error, "as in 'stemma predict -m A:0.6 -m B:0.4'");
	}
	cli->rows_wait = true;
	enum status status = cli_open(cli, &session, error);
	if (status != STATUS_OK)
		return status;
	status = read_children(cli, &children, session, options, count, arguments, error);
	if (status == STATUS_OK)
		status = ask_about_parents(cli, session, &children, error);
	if (status == STATUS_OK)
		status = choose_rows(cli, session, options, &wanted, error);
	if (status == STATUS_OK)
		status = cli_fit_all(cli, session, &settings, false, error);
	if (status == STATUS_OK) {
		warn_uncovered(cli, session, &wanted);
		status = predict_children(cli, session, &children, prior_words[options->prior], &wanted, error);
	}
	if (status == STATUS_OK)
		status = children.failed;
	free_children(&children);
	session_close(session);
	return status;
}

const struct command predict_command = {
	.name = "predict",
	.arguments = "[CONFIG.yml]...",
	.summary = "Predict what a merge scores, with intervals, and say why",
	.details = "\nThe merge is a mergekit configuration ('-' is standard input) or given by -m or\n"
		   "--sketch.\n"
		   "Weights are scaled to sum 1; parents without one share what is left.",
	.maximum = COMMAND_MANY,
	.json = true,
	.csv = true,
	.board = true,
	.target = true,
	COMMAND_SPECS(specs),
	.options_size = sizeof(struct predict_options),
	.defaults = &defaults,
	.run = predict_run,
};
