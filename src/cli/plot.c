/* stemma plot: pictures in the terminal, or as SVG. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "command.h"
#include "merge_options.h"
#include "names.h"
#include "stemma/app/chart.h"
#include "stemma/app/filter.h"
#include "stemma/base/memory.h"
#include "stemma/base/write_file.h"

#define WIDTH 80       /* where there is no terminal */
#define HEIGHT 22
#define WIDTH_MAX 200
#define HEIGHT_MAX 50
#define HEIGHT_MIN 8
#define ROWS_BELOW 3   /* that are left for the title and the shell */

struct plot_options {
	struct merge_options merge;
	const char *filter, *output;
	bool ascii;
};
static const struct plot_options defaults = {.merge = MERGE_OPTION_DEFAULTS};

#define OPTION(member) offsetof(struct plot_options, member)
static const struct option_spec specs[] = {
	{"output", 'o', OPTION_TEXT, "FILE.svg", OPTION(output), "write an SVG instead", NULL},
	{"filter", 'f', OPTION_TEXT, "TERMS", OPTION(filter), "scatter and time: only models that fit", NULL},
	{"ascii", 0, OPTION_FLAG, NULL, OPTION(ascii), "draw with ASCII characters only", NULL},
	MERGE_OPTION_SPECS(struct plot_options, merge),
};

/* ---- what is drawn ------------------------------------------------------------------------ */

struct plot_job {
	struct cli *cli;
	struct session *session;
	const struct plot_options *options;
	struct picture *picture;
};

static void append_to_title(struct picture *picture, const char *text)
{
	struct text title = {0};

	text_append_format(&title, "%s · %s", picture->title, text);
	free(picture->title);
	picture->title = text_steal(&title);
}

/* The models of a filter; *fit is the caller's, NULL for all. */
static enum status run_filter(const struct session *session, const char *terms, uint8_t **fit, struct error *error)
{
	struct target_names names = session_names(session);
	size_t best;

	*fit = NULL;
	if (!terms || !*terms)
		return STATUS_OK;
	struct filter *filter = filter_new(session->catalog, &names);
	enum status status = filter_set(filter, terms, error);
	if (status == STATUS_OK) {
		*fit = memory_zero(session->catalog->count + 1, 1);
		filter_run(filter, NULL, *fit, &best);
	}
	filter_free(filter);
	return status;
}

static enum status draw_scatter(const struct plot_job *job, const struct chart_measure measures[2], const char *terms,
				struct error *error)
{
	uint8_t *fit;
	enum status status = run_filter(job->session, terms, &fit, error);

	if (status != STATUS_OK)
		return status;
	size_t count = chart_scatter(job->session, measures, fit, CATALOG_NONE, job->picture, NULL);
	if (fit)
		append_to_title(job->picture, terms);
	free(fit);
	return count ? STATUS_OK : error_set(error, STATUS_NO_INPUT, "no model has both: %s", job->picture->title);
}

static enum status scatter(const struct plot_job *job, size_t count, char **words, struct error *error)
{
	struct chart_measure measures[2] = {{.fact = CHART_SIZE}, {.fact = CHART_SIZE}};
	struct text said = {0};
	enum status status = STATUS_OK;

	if (count != 2)
		return error_set(error, STATUS_USAGE, "plot scatter takes two measures: a benchmark, a target, size, date or likes");
	for (int i = 0; i < 2 && status == STATUS_OK; i++)
		status = chart_measure_parse(job->session, words[i], &measures[i], &said, error);
	cli_note(job->cli, &said);
	if (status == STATUS_OK)
		status = draw_scatter(job, measures, job->options->filter, error);
	chart_measure_free(&measures[0]);
	chart_measure_free(&measures[1]);
	return status;
}

/* Of a mean of many benchmarks nobody may have all: then the most common of them is drawn. */
static enum status draw_over_time(const struct plot_job *job, const char *terms, struct error *error)
{
	const struct session *session = job->session;
	struct chart_measure measures[2] = {{.fact = CHART_DATE}, {.fact = CHART_TARGET, .target = session->target}};
	struct error first = {0};
	enum status status = draw_scatter(job, measures, terms, &first);

	if (status != STATUS_NO_INPUT || session->target.engine.count == 1) {
		*error = first;
		return status;
	}
	picture_free(job->picture);
	measures[1].target = chart_common_part(session, &session->target.engine);
	status = draw_scatter(job, measures, terms, error);
	if (status == STATUS_OK)
		cli_warn(job->cli, "no model has all of %s; this is %s", session->target.name, measures[1].target.name);
	target_free(&measures[1].target);
	return status;
}

static enum status over_time(const struct plot_job *job, size_t count, char **words, struct error *error)
{
	struct text terms = {0};

	if (count > 1)
		return error_set(error, STATUS_USAGE, "plot time takes one family: part of a model's name");
	if (count == 1)
		text_append_format(&terms, "family:%s", words[0]);
	if (job->options->filter)
		text_append_format(&terms, "%s%s", terms.length ? " " : "", job->options->filter);
	enum status status = draw_over_time(job, text_string(&terms), error);
	text_free(&terms);
	return status;
}

static enum status find_sketch(const struct plot_job *job, const char *path, struct sketch *sketch, struct error *error)
{
	enum status status = merge_options_sketch(job->cli, job->session, &job->options->merge, path, sketch, error);

	if (status == STATUS_OK)
		status = cli_fit(job->cli, job->session, &(struct engine_settings){.prior = PRIOR_KIN}, false, error);
	return status;
}

static enum status fail_not_covered(const struct session *session, struct error *error)
{
	return error_set(error, STATUS_DATA, "nothing is predicted for %s",
			 target_title(session->catalog, &session->target));
}

static enum status draw_sweep(const struct plot_job *job, const struct sketch *sketch, struct error *error)
{
	const struct session *session = job->session;
	struct text title = {0};
	struct sweep sweep;

	if (sketch->now.strangers)
		return error_set(error, STATUS_DATA, "the cache does not know all parents of this merge");
	if (!sweep_begin(&sweep, &sketch->now, 0))
		return error_set(error, STATUS_USAGE, "a sweep needs two parents: -m A -m B");
	while (sweep_step(&sweep, session->catalog, session->query, &session->target.engine))
		;
	if (isnan(sweep.at[sweep.best].mean))
		return fail_not_covered(session, error);
	text_append_format(&title, "%s by the weight of %s · %s", target_full_title(session->catalog, &session->target),
			   session->catalog->models[sketch->now.parents[0].model].name,
			   merge_method_info(sketch->now.method)->name);
	chart_sweep(session, &sweep, &session->target.engine, text_string(&title), job->picture);
	text_free(&title);
	return STATUS_OK;
}

static enum status sweep_weight_of(const struct plot_job *job, size_t count, char **words, struct error *error)
{
	struct sketch sketch;

	if (count > 1)
		return error_set(error, STATUS_USAGE, "plot sweep takes one mergekit file, or -m MODEL for each parent");
	sketch_init(&sketch);
	enum status status = find_sketch(job, count ? words[0] : NULL, &sketch, error);
	if (status == STATUS_OK)
		status = draw_sweep(job, &sketch, error);
	sketch_free(&sketch);
	return status;
}

/* ---- why ---------------------------------------------------------------------------------- */

/* The subject of the session's query; `child` NULL: the model. */
static enum status draw_why(const struct plot_job *job, const struct engine_child *child, size_t model, const char *name,
			    struct error *error)
{
	const struct session *session = job->session;
	struct engine_estimate estimate;
	struct text title = {0};

	engine_estimate(session->query, &session->target.engine, &estimate);
	if (isnan(estimate.mean))
		return fail_not_covered(session, error);
	text_append_format(&title, "%s · %s · 90 %% interval %.*f to %.*f", name,
			   target_full_title(session->catalog, &session->target),
			   target_digits(session->catalog, &session->target.engine), estimate.low90,
			   target_digits(session->catalog, &session->target.engine), estimate.high90);
	chart_why(session, session->query, &session->target.engine, text_string(&title), child, model, job->picture);
	text_free(&title);
	return STATUS_OK;
}

static enum status why_sketch(const struct plot_job *job, const char *path, struct error *error)
{
	struct sketch sketch;
	struct engine_child child;

	sketch_init(&sketch);
	enum status status = find_sketch(job, path, &sketch, error);
	if (status == STATUS_OK) {
		sketch_child(&sketch, job->session->catalog, &child);
		status = engine_predict_child(job->session->query, &child, error);
	}
	if (status == STATUS_OK)
		status = draw_why(job, &child, CATALOG_NONE, path ? path : merge_method_info(sketch.now.method)->name, error);
	sketch_free(&sketch);
	return status;
}

static bool is_file(const char *word)
{
	size_t length = strlen(word);

	return (length > 4 && !strcmp(word + length - 4, ".yml")) || (length > 5 && !strcmp(word + length - 5, ".yaml"));
}

static enum status why(const struct plot_job *job, size_t count, char **words, struct error *error)
{
	struct session *session = job->session;
	size_t model;

	if (count > 1 || (count == 0 && !merge_options_given(&job->options->merge)))
		return error_set(error, STATUS_USAGE, "plot why takes a model, a mergekit file, or -m MODEL for each parent");
	if (count == 0 || is_file(words[0]))
		return why_sketch(job, count ? words[0] : NULL, error);
	enum status status = catalog_resolve(session->catalog, words[0], &model, error);
	if (status == STATUS_OK)
		status = cli_fit(job->cli, session, &(struct engine_settings){.prior = PRIOR_KIN}, false, error);
	if (status == STATUS_OK)
		status = engine_predict_model(session->query, model, error);
	return status == STATUS_OK ? draw_why(job, NULL, model, session->catalog->models[model].name, error) : status;
}

static const struct plot_kind {
	const char *name;
	enum status (*draw)(const struct plot_job *job, size_t count, char **words, struct error *error);
	bool filter, merge; /* it takes these options */
} kinds[] = {
	{"scatter", scatter, true, false},
	{"time", over_time, true, false},
	{"sweep", sweep_weight_of, false, true},
	{"why", why, false, true},
};
#define KINDS (sizeof kinds / sizeof *kinds)

static const char *kind_word(size_t i)
{
	return i < KINDS ? kinds[i].name : NULL;
}

/* ---- where it goes --------------------------------------------------------------------------- */

static void print_picture(const struct cli *cli, const struct plot_options *options, const struct picture *picture)
{
	const char *terminal = getenv("TERM");
	struct text text = {0};
	struct winsize size;
	int width = WIDTH, height = HEIGHT;
	/* The console of Linux has no braille. */
	enum picture_signs signs = options->ascii || !cli->utf8 ? PICTURE_ASCII
		: terminal && !strcmp(terminal, "linux") ? PICTURE_BLOCKS : PICTURE_BRAILLE;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
		width = size.ws_col < WIDTH_MAX ? size.ws_col : WIDTH_MAX;
		height = size.ws_row - ROWS_BELOW < HEIGHT_MAX ? size.ws_row - ROWS_BELOW : HEIGHT_MAX;
		height = height < HEIGHT_MIN ? HEIGHT_MIN : height;
	}
	picture_print(picture, width, height, signs, &text);
	fputs(text_string(&text), stdout);
	text_free(&text);
}

static enum status write_picture(const struct plot_options *options, const struct picture *picture, struct error *error)
{
	struct text text = {0};

	picture_svg(picture, &text);
	enum status status = write_file(options->output, &text, true, error);
	text_free(&text);
	return status;
}

static enum status check_options(const struct plot_kind *kind, const struct plot_options *options, struct error *error)
{
	if (options->filter && !kind->filter)
		return error_set(error, STATUS_USAGE, "plot %s takes no --filter", kind->name);
	if (!kind->merge && (merge_options_given(&options->merge) || options->merge.base ||
			     options->merge.method != MERGE_METHOD_NOT_GIVEN))
		return error_set(error, STATUS_USAGE, "plot %s takes no merge", kind->name);
	return STATUS_OK;
}

static enum status plot_run(struct cli *cli, const void *specific, size_t count, char **arguments, struct error *error)
{
	const struct plot_options *options = specific;
	struct picture picture = {0};
	struct plot_job job = {.cli = cli, .options = options, .picture = &picture};
	size_t kind = 0;

	while (kind < KINDS && strcmp(arguments[0], kinds[kind].name) != 0)
		kind++;
	if (kind == KINDS)
		return error_set(error, STATUS_USAGE, "no plot '%s': scatter, time, sweep or why", arguments[0]);
	enum status status = check_options(&kinds[kind], options, error);
	if (status == STATUS_OK)
		status = cli_open(cli, &job.session, error);
	if (status != STATUS_OK)
		return status;
	status = kinds[kind].draw(&job, count - 1, arguments + 1, error);
	if (status == STATUS_OK && options->output)
		status = write_picture(options, &picture, error);
	else if (status == STATUS_OK)
		print_picture(cli, options, &picture);
	picture_free(&picture);
	session_close(job.session);
	return status;
}

const struct command plot_command = {
	.name = "plot",
	.arguments = "scatter|time|sweep|why [WORD]...",
	.summary = "Draw scores in the terminal or as SVG",
	.details = "\n  scatter X Y     models by two measures: a benchmark, a target, size, date or likes\n"
		   "  time [FAMILY]   the target by date, of a family\n"
		   "  sweep [FILE]    the target by the weight of a merge's first parent\n"
		   "  why MODEL|FILE  what a prediction rests on, as a waterfall",
	.minimum = 1,
	.maximum = 3,
	.action = kind_word,
	.board = true,
	.target = true,
	COMMAND_SPECS(specs),
	.options_size = sizeof(struct plot_options),
	.defaults = &defaults,
	.run = plot_run,
};
