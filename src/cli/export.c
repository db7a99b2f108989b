/* stemma export: what the cache has, and merges, as files of other programs. */
#include "export.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "merge_options.h"
#include "stemma/app/export_results.h"
#include "stemma/app/foretold.h"
#include "stemma/base/memory.h"
#include "stemma/base/read_file.h"
#include "stemma/base/write_file.h"

struct export_options {
	struct merge_options merge;
	int format, prior;
	bool edges, cells, completed;
	const char *output;
};

/* The formats of the application, then the tables, then a model's own results. */
enum { FORMAT_JSON = EXPORT_FORMAT_COUNT, FORMAT_CSV, FORMAT_OWN_YAML, FORMAT_OWN_RECORDS, FORMAT_NOT_GIVEN };
static const char *const format_words[] = {
#define X(symbol, word, ...) word,
	EXPORT_FORMAT_TABLE(X)
#undef X
	"json", "csv", "eval-results", "every-eval", NULL
};
static const struct export_options defaults = {
	.merge = MERGE_OPTION_DEFAULTS, .format = FORMAT_NOT_GIVEN
};

#define OPTION(member) offsetof(struct export_options, member)
static const struct option_spec specs[] = {
	{"format", 'f', OPTION_CHOICE, "FORMAT", OPTION(format),
	 "mergekit, card, dot, graphml, json, csv, eval-results or every-eval", format_words},
	{"output", 'o', OPTION_TEXT, "FILE", OPTION(output),
	 "write this file; the end of its name says the format", NULL},
	{"edges", 0, OPTION_FLAG, NULL, OPTION(edges), "CSV of the edges, not of the models", NULL},
	{"long", 0, OPTION_FLAG, NULL, OPTION(cells), "CSV of all observations, one a row", NULL},
	{"completed", 0, OPTION_FLAG, NULL, OPTION(completed),
	 "CSV of all values, predicted where none is published", NULL},
	MERGE_OPTION_SPECS(struct export_options, merge),
	{"prior", 0, OPTION_CHOICE, "PRIOR", OPTION(prior), PRIOR_HELP, prior_words},
};

/* ---- the format --------------------------------------------------------------- */

static int format_of(const char *path)
{
	bool json;

	if (export_is_table(path, &json))
		return json ? FORMAT_JSON : FORMAT_CSV;
	return export_format_of(path) == EXPORT_FORMAT_COUNT ? FORMAT_NOT_GIVEN
							     : (int)export_format_of(path);
}

/* What the options say, else the file's name, else what suits the subject. */
static int choose_format(const struct cli *cli, const struct export_options *options, bool merge)
{
	int format = options->format;

	if (format == FORMAT_NOT_GIVEN && cli->options.json)
		format = FORMAT_JSON;
	if (format == FORMAT_NOT_GIVEN && cli->options.csv)
		format = FORMAT_CSV;
	if (format == FORMAT_NOT_GIVEN && options->output)
		format = format_of(options->output);
	if (format == FORMAT_NOT_GIVEN && (options->edges || options->cells || options->completed))
		format = FORMAT_CSV;
	if (format == FORMAT_NOT_GIVEN)
		format = merge ? EXPORT_MERGEKIT : FORMAT_JSON;
	return format;
}

static enum status check_format(const struct cli *cli, const struct export_options *options,
				int format, struct error *error)
{
	if (options->format != FORMAT_NOT_GIVEN && (cli->options.json || cli->options.csv))
		return error_set(error, STATUS_USAGE, "--format excludes --json and --csv");
	if (options->edges + options->cells + options->completed > 1)
		return error_set(error, STATUS_USAGE, "--edges, --long and --completed exclude one another");
	if ((options->cells || options->completed) && format != FORMAT_CSV)
		return error_set(error, STATUS_USAGE, "--%s is about CSV", options->cells ? "long" : "completed");
	if (options->edges && format != FORMAT_CSV) {
		error_set(error, STATUS_USAGE, "--edges is about CSV");
		return error_advise(error, "%s has the edges anyway", format_words[format]);
	}
	return STATUS_OK;
}

static bool is_results(int format)
{
	return format == FORMAT_OWN_YAML || format == FORMAT_OWN_RECORDS;
}

static bool needs_merge(int format)
{
	return format == EXPORT_MERGEKIT || format == EXPORT_CARD;
}

/* ---- the subject -------------------------------------------------------------- */

static bool names_configuration(const char *word)
{
	return strcmp(word, "-") == 0 || export_format_of(word) == EXPORT_MERGEKIT;
}

/* A merge that exists, with what is predicted for it as if it did not. */
static enum status sketch_model(struct cli *cli, struct export_subject *subject,
				struct error *error)
{
	bool original;
	enum status status = sketch_from_model(&subject->sketch, subject->session->catalog,
					       subject->model, &original, error);

	if (status == STATUS_OK && !original)
		cli_warn(cli, "%s is written as a linear merge with the shares that its lineage has",
			 subject->name);
	subject->merge = status == STATUS_OK;
	return status;
}

static enum status read_subject(struct cli *cli, struct export_subject *subject,
				const struct export_options *options, const char *word,
				struct error *error)
{
	const struct catalog *catalog = subject->session->catalog;
	bool file = word && names_configuration(word);

	if (word && merge_options_given(&options->merge))
		return error_set(error, STATUS_USAGE, "--model and --sketch exclude %s", word);
	subject->merge = file || merge_options_given(&options->merge);
	subject->name = !subject->merge ? word : file ? read_file_name(word) : options->merge.kept;
	if (subject->merge)
		return merge_options_sketch(cli, subject->session, &options->merge,
					    file ? word : NULL, &subject->sketch, error);
	if (!word)
		return STATUS_OK;
	enum status status = catalog_resolve(catalog, word, &subject->model, error);
	if (status == STATUS_OK)
		subject->name = catalog->models[subject->model].name;
	return status;
}

/* NULL when there is none. */
static const struct sketch_prediction *subject_prediction(const struct export_subject *subject)
{
	return subject->prediction.rows > 0 ? &subject->prediction : NULL;
}

static enum status predict_subject(struct cli *cli, struct export_subject *subject,
				   enum prior prior, struct error *error)
{
	const struct engine_settings settings = {.prior = prior};
	enum status status = cli_fit(cli, subject->session, &settings, false, error);

	if (status == STATUS_OK)
		status = sketch_predict(&subject->sketch, subject->session, &subject->prediction, error);
	if (status == STATUS_DATA) { /* too few scores to learn from: the merge can be written */
		cli_warn(cli, "without predicted scores: %s", error->message);
		error_clear(error);
		status = STATUS_OK;
	}
	subject->child = export_child(&subject->sketch, subject->session->catalog,
				      subject_prediction(subject), &subject->facts);
	return status;
}

static void collect_graph(struct export_subject *subject)
{
	const struct catalog *catalog = subject->session->catalog;
	struct graph *graph = &subject->graph;

	if (subject->merge) {
		export_child_graph(graph, subject->session, &subject->child);
		return;
	}
	graph_init(graph, catalog, &subject->session->target);
	if (subject->model == CATALOG_NONE) {
		graph_add_all(graph);
		return;
	}
	graph_add_relatives(graph, 1, &subject->model, GRAPH_TO_PARENTS, catalog->count);
	graph_add_relatives(graph, 1, &subject->model, GRAPH_TO_CHILDREN, catalog->count);
}

/* ---- writing ------------------------------------------------------------------ */

static enum status write_tables(const struct cli *cli, struct export_subject *subject, int format,
				enum export_rows rows, struct text *out, struct error *error)
{
	struct report report;

	collect_graph(subject);
	report_begin_text(&report, out, format == FORMAT_JSON ? OUTPUT_JSON : OUTPUT_CSV, cli->utf8);
	enum status status = export_tables(subject, rows, &report, error);
	report_end(&report);
	return status;
}

static enum status write_subject(const struct cli *cli, struct export_subject *subject, int format,
				 enum export_rows rows, struct text *out, struct error *error)
{
	if (is_results(format))
		return export_results(subject->session, subject->model, format == FORMAT_OWN_YAML
				      ? RESULTS_EVAL_RESULTS : RESULTS_EVERY_EVAL, out, error);
	if (format >= (int)EXPORT_FORMAT_COUNT)
		return write_tables(cli, subject, format, rows, out, error);
	if (subject->merge) {
		export_sketch(&subject->sketch, subject->session,
			      subject_prediction(subject), (enum export_format)format, out);
		return STATUS_OK;
	}
	collect_graph(subject);
	export_graph(&subject->graph, subject->model, (enum export_format)format, out);
	return STATUS_OK;
}

/* ---- the command -------------------------------------------------------------- */

static enum status export_subject(struct cli *cli, struct export_subject *subject,
				  const struct export_options *options, const char *word,
				  struct text *out, struct error *error)
{
	enum status status = read_subject(cli, subject, options, word, error);
	int format = choose_format(cli, options, subject->merge);
	enum export_rows rows = options->cells ? EXPORT_CELLS : options->edges ? EXPORT_EDGES : EXPORT_MODELS;

	if (status == STATUS_OK)
		status = check_format(cli, options, format, error);
	if (status == STATUS_OK && is_results(format) && subject->model == CATALOG_NONE) {
		error_set(error, STATUS_USAGE, "%s has the results of one model", format_words[format]);
		return error_advise(error, "name a model");
	}
	if (status == STATUS_OK && needs_merge(format) && !subject->merge) {
		if (subject->model == CATALOG_NONE) {
			error_set(error, STATUS_USAGE, "%s describes one merge", format_words[format]);
			return error_advise(error, "name a model, a configuration, --sketch or parents with -m");
		}
		status = sketch_model(cli, subject, error);
	}
	if (status == STATUS_OK && subject->merge)
		status = predict_subject(cli, subject, (enum prior)options->prior, error);
	return status == STATUS_OK
		? write_subject(cli, subject, format, rows, out, error) : status;
}

static enum status write_completed(void *context, FILE *file, struct error *error)
{
	return export_completed(context, file, error);
}

/* Straight to the file: it may be long. */
static enum status export_matrix(struct cli *cli, struct export_subject *subject,
				 const struct export_options *options, const char *word, struct error *error)
{
	const struct engine_settings settings = {.prior = (enum prior)options->prior};
	struct export_completed completed = {cli, subject};
	const char *path = options->output;
	enum status status = read_subject(cli, subject, options, word, error);

	if (status == STATUS_OK)
		status = check_format(cli, options, choose_format(cli, options, subject->merge), error);
	if (status == STATUS_OK && subject->merge)
		status = error_set(error, STATUS_USAGE, "--completed is about models that exist; predict is about merges");
	if (status == STATUS_OK)
		status = cli_fit(cli, subject->session, &settings, false, error);
	if (status != STATUS_OK)
		return status;
	collect_graph(subject);
	return path && strcmp(path, "-") != 0 ? write_file_by(path, write_completed, &completed, error)
					      : export_completed(&completed, stdout, error);
}

static enum status put_out(const char *path, const struct text *text, struct error *error)
{
	if (path && strcmp(path, "-") != 0)
		return write_file(path, text, true, error);
	fwrite(text_string(text), 1, text->length, stdout);
	return STATUS_OK;
}

/* What is predicted of a merge that has a file, for the day when it is measured.  The file is written: what
 * fails here is told, no more. */
static void remember(struct cli *cli, struct export_subject *subject, const char *path)
{
	char *name = subject->merge && subject->model == CATALOG_NONE && subject->prediction.rows > 0
		? foretold_name(&subject->sketch, path) : NULL;
	struct error error = {0};
	size_t count;

	if (!name)
		return;
	if (foretold_remember(&subject->sketch, subject->session, &subject->prediction, name, path ? path : "-", &count,
			      &error) != STATUS_OK)
		cli_warn(cli, "its prediction is not remembered: %s", error.message);
	else
		fprintf(stderr, "stemma: remembered as %s: \"stemma score\" compares it with results that you import"
			" as %s, or with --sketch %s\n", name, name, name);
	free(name);
}

static enum status export_run(struct cli *cli, const void *specific, size_t count,
			      char **arguments, struct error *error)
{
	const struct export_options *options = specific;
	struct export_subject subject = {.model = CATALOG_NONE};
	struct text text = {0};
	enum status status = cli_open(cli, &subject.session, error);

	if (status != STATUS_OK)
		return status;
	sketch_init(&subject.sketch);
	if (options->completed) {
		status = export_matrix(cli, &subject, options, count ? arguments[0] : NULL, error);
	} else {
		status = export_subject(cli, &subject, options, count ? arguments[0] : NULL, &text, error);
		if (status == STATUS_OK)
			status = put_out(options->output, &text, error);
		if (status == STATUS_OK)
			remember(cli, &subject, options->output);
	}
	text_free(&text);
	graph_free(&subject.graph);
	sketch_prediction_free(&subject.prediction);
	sketch_free(&subject.sketch);
	session_close(subject.session);
	return status;
}

const struct command export_command = {
	.name = "export",
	.arguments = "[MODEL|FILE.yml]",
	.summary = "Write models or a merge as files of other programs",
	.details = "\nWithout an argument all models are written, with MODEL it and its ancestors and\n"
		   "descendants.  A merge is FILE.yml ('-' is standard input), --sketch or -m, or a\n"
		   "MODEL that has parents; it comes with its predicted scores.",
	.maximum = 1,
	.json = true,
	.csv = true,
	.board = true,
	.target = true,
	COMMAND_SPECS(specs),
	.options_size = sizeof(struct export_options),
	.defaults = &defaults,
	.run = export_run,
};
