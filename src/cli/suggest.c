/* stemma suggest: what should be merged? */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "names.h"
#include "suggest_explore.h"
#include "stemma/app/chart.h"
#include "stemma/app/wishes.h"
#include "stemma/base/memory.h"
#include "stemma/base/text.h"

/* By wish; which of the three is used, its kind says. */
struct suggest_options {
	const char *text[WISH_COUNT];
	struct option_list list[WISH_COUNT];
	bool flag[WISH_COUNT];
};

#define PLACE_TEXT(wish) offsetof(struct suggest_options, text) + (wish) * sizeof(const char *)
#define PLACE_LIST(wish) offsetof(struct suggest_options, list) + (wish) * sizeof(struct option_list)
#define PLACE_FLAG(wish) offsetof(struct suggest_options, flag) + (wish) * sizeof(bool)
static const struct option_spec specs[] = {
#define X(symbol, word, letter, kind, argument, help) \
	{word, letter, OPTION_##kind, argument, PLACE_##kind(WISH_##symbol), help, NULL},
	WISH_TABLE(X)
#undef X
};

static void take_wishes(const struct suggest_options *options, struct wishes *wishes)
{
	for (int i = 0; i < WISH_COUNT; i++) {
		enum wish wish = (enum wish)i;
		if (options->text[i])
			wishes_add(wishes, wish, options->text[i]);
		for (size_t v = 0; v < options->list[i].count; v++)
			wishes_add(wishes, wish, options->list[i].values[v]);
		if (options->flag[i])
			wishes_add(wishes, wish, NULL);
	}
}

/* ---- the best ---------------------------------------------------------------- */

#define PARENT_COLUMN 8 /* the first; each has two */
static const struct column columns[] = {
	{"rank", "", COLUMN_NUMBER, 0, false},
	{"shown_gain", "gain", COLUMN_SIGNED, 1, false},
	{"chance", "chance", COLUMN_PERCENT, 0, false},
	{NULL, "such gained", COLUMN_TEXT, 0, false},
	{"predicted", "predicted", COLUMN_NUMBER, 1, false},
	{"sd", "sd", COLUMN_NUMBER, 1, false},
	{"best_score", "best", COLUMN_NUMBER, 1, false},
	{"raw_gain", "unshrunk", COLUMN_SIGNED, 1, false},
	{"weight1", "", COLUMN_NUMBER, 2, false},
	{"parent1", "parents", COLUMN_TEXT, 0, false},
	{"weight2", "", COLUMN_NUMBER, 2, false},
	{"parent2", "", COLUMN_TEXT, 0, false},
	{"weight3", "", COLUMN_NUMBER, 2, false},
	{"parent3", "", COLUMN_TEXT, 0, false},
	{"such", NULL, COLUMN_NUMBER, 0, false},
	{"such_gained", NULL, COLUMN_NUMBER, 0, false},
	{"such_low", NULL, COLUMN_PERCENT, 0, false},
	{"such_high", NULL, COLUMN_PERCENT, 0, false},
};
#define COLUMN_COUNT (sizeof columns / sizeof *columns)

static void add_such_data(struct table *table, const struct suggest_such *such)
{
	table_number(table, (double)such->count);
	table_number(table, such->count > 0 ? (double)such->gained : NAN);
	table_number(table, such->low);
	table_number(table, such->high);
}

static void report_answers(struct report *report, const struct catalog *catalog, size_t parents, int digits,
			   const struct suggest_result *result)
{
	bool all = report->format != OUTPUT_TEXT;
	size_t shown = all ? SUGGEST_PARENTS_MAX : parents;
	struct table *table = table_new(columns, all ? COLUMN_COUNT : PARENT_COLUMN + 2 * shown);

	for (size_t i = 0; i < result->count; i++) {
		const struct suggest_answer *answer = &result->answers[i];
		char such[48];
		table_number(table, (double)i + 1);
		table_value(table, answer->shown, digits);
		table_number(table, answer->chance);
		snprintf(such, sizeof such, "%zu of %zu", answer->such.gained, answer->such.count);
		table_text(table, answer->such.count > 0 ? such : NULL);
		table_value(table, answer->mean, digits);
		table_value(table, answer->sd, digits);
		table_value(table, answer->best, digits);
		table_value(table, answer->gain, digits);
		for (size_t p = 0; p < shown; p++) {
			table_number(table, p < parents ? answer->weights[p] : NAN);
			table_text(table, p < parents ? names_model(catalog, answer->parents[p]) : NULL);
		}
		if (all)
			add_such_data(table, &answer->such);
	}
	report_table(report, "suggestions", NULL, table, TABLE_MAIN);
	table_free(table);
}

static void report_note(const struct report *report, const struct catalog *catalog,
			const struct engine_target *target, const struct suggest_result *result)
{
	int digits = target_digits(catalog, target);
	const char *unit = target_unit(catalog, target);

	if (report->format != OUTPUT_TEXT)
		return;
	if (result->count == 0) {
		text_append_format(report->out, "\nNo merge of the %zu models fits; those that do are predicted below %.*f.\n",
			result->candidates, digits, result->floor);
		return;
	}
	text_append_format(report->out,
		"\nBest of %.0f merges of %zu models that are predicted to reach %.*f.  gain is over the\n"
		"best parent's published score, shrunk for the size of the search: up to %.2f of the\n"
		"spread of predicted gains (%.*f%s%s) is error, by %zu merges with known scores, and\n"
		"the best of so many have the luckiest errors.  chance does not know of the search.\n",
		result->searched, result->candidates, digits, result->floor, 1 - result->slope,
		digits, result->spread, unit[0] ? " " : "", unit, result->slope_merges);
}

/* What the column of merges with such a chance tells. */
static void report_such_note(const struct report *report, const struct suggest_result *result)
{
	const struct suggest_such *such = &result->answers[0].such;

	if (report->format != OUTPUT_TEXT || result->count == 0)
		return;
	if (such->count == 0) {
		text_append_format(report->out, "The cache has too few scored merges (%zu) to tell what came of such chances.\n",
				   result->slope_merges);
		return;
	}
	text_append_format(report->out, "such gained: of the %zu scored merges with the nearest chances, each predicted\n"
			   "without its scores, how many beat their best parent; for the first those of %.0f to %.0f %%.\n",
			   such->count, 100 * such->low, 100 * such->high);
}

/* The other methods that the prediction holds for. */
static void report_methods(struct report *report, const struct wish_search *search)
{
	struct text others = {0};

	report_text(report, "method", "method", merge_method_info(search->method)->name);
	for (int i = 0; i < MERGE_METHOD_COUNT; i++)
		if (i != (int)search->method && wish_method_fits((enum merge_method)i, search->settings.parents))
			text_append_format(&others, "%s%s", others.length ? ", " : "",
					   merge_method_info((enum merge_method)i)->name);
	report_text(report, "also_by", "also by", text_string(&others));
	text_free(&others);
}

static void report_best(struct report *report, const struct catalog *catalog,
			const struct wish_search *search, const struct suggest_result *result)
{
	int digits = target_digits(catalog, &search->target.engine);

	report_text(report, "target", "target", search->target.name);
	report_text(report, "order", NULL, wish_choices(WISH_ORDER)[search->settings.by]);
	report_methods(report, search);
	if (report->format != OUTPUT_TEXT) {
		report_number(report, "floor", NULL, result->floor, 2);
		report_number(report, "candidates", NULL, (double)result->candidates, 0);
		report_number(report, "searched", NULL, result->searched, 0);
		report_number(report, "spread", NULL, result->spread, 3);
		report_number(report, "slope", NULL, result->slope, 3);
		report_number(report, "slope_merges", NULL, (double)result->slope_merges, 0);
	}
	report_answers(report, catalog, search->settings.parents, digits, result);
	report_note(report, catalog, &search->target.engine, result);
	report_such_note(report, result);
}

/* ---- the front ---------------------------------------------------------------- */

/* Columns of an axis; their keys begin with the benchmark's.  What text leaves
 * out has no title. */
enum axis_column { AXIS_SHOWN, AXIS_SD, AXIS_BEST, AXIS_CHANCE, AXIS_RAW, AXIS_COLUMNS };
static const struct column axis_columns[AXIS_COLUMNS] = {
	{"shown", "", COLUMN_NUMBER, 1, false},     {"sd", "sd", COLUMN_NUMBER, 1, false},
	{"best", "best", COLUMN_NUMBER, 1, false},  {"chance", "chance", COLUMN_PERCENT, 0, false},
	{"predicted", NULL, COLUMN_NUMBER, 1, false},
};
#define FRONT_COLUMNS_MAX (2 + FRONT_AXES_MAX * AXIS_COLUMNS + 4)

struct front_columns {
	struct column column[FRONT_COLUMNS_MAX];
	char *keys[FRONT_AXES_MAX * AXIS_COLUMNS];
	size_t count, key_count;
};

static void front_columns_make(struct front_columns *made, const struct catalog *catalog,
			       const struct wish_search *search)
{
	*made = (struct front_columns){0};
	made->column[made->count++] = (struct column){"rank", NULL, COLUMN_NUMBER, 0, false};
	made->column[made->count++] = (struct column){NULL, "", COLUMN_TEXT, 0, false}; /* in the plot */
	for (size_t a = 0; a < search->front.axis_count; a++)
		for (int i = 0; i < AXIS_COLUMNS; i++) {
			struct column *column = &made->column[made->count++];
			struct text key = {0};
			text_append_format(&key, "%s_%s", names_target(catalog, &search->axes[a], OUTPUT_CSV),
					   axis_columns[i].key);
			made->keys[made->key_count] = text_steal(&key);
			*column = axis_columns[i];
			column->key = made->keys[made->key_count++];
			if (i == AXIS_SHOWN)
				column->title = names_target(catalog, &search->axes[a], OUTPUT_TEXT);
		}
	for (size_t i = PARENT_COLUMN; i < PARENT_COLUMN + 4; i++)
		made->column[made->count++] = columns[i];
}

static void report_points(struct report *report, const struct catalog *catalog,
			  const struct wish_search *search, const struct front_result *result)
{
	struct front_columns made;

	front_columns_make(&made, catalog, search);
	struct table *table = table_new(made.column, made.count);
	for (size_t i = 0; i < result->count; i++) {
		const struct front_answer *answer = &result->answers[i];
		const char label[2] = {chart_label(result, i)};
		table_number(table, (double)i + 1);
		table_text(table, *label == CHART_PUBLISHED && report->utf8 ? "×" : label);
		for (size_t a = 0; a < search->front.axis_count; a++) {
			const struct front_score *score = &answer->score[a];
			const double values[AXIS_COLUMNS] = {score->shown, score->sd, score->best, score->chance,
							     score->mean};
			int digits = target_digits(catalog, &search->targets[a]);
			for (int v = 0; v < AXIS_COLUMNS; v++)
				table_value(table, values[v], v == AXIS_CHANCE ? -1 : digits);
		}
		for (size_t p = 0; p < 2; p++) {
			table_number(table, p < answer->count ? answer->weights[p] : NAN);
			table_text(table, p < answer->count ? names_model(catalog, answer->parents[p]) : NULL);
		}
	}
	report_table(report, "front", NULL, table, TABLE_MAIN);
	table_free(table);
	for (size_t i = 0; i < made.key_count; i++)
		free(made.keys[i]);
}

#define PLOT_WIDTH 78
#define PLOT_HEIGHT 22

static void report_plot(const struct report *report, const struct catalog *catalog,
			const struct wish_search *search, const struct front_result *result)
{
	struct picture picture;

	chart_merges(catalog, search, result, &picture);
	text_append(report->out, "\n");
	picture_print(&picture, PLOT_WIDTH, PLOT_HEIGHT, report->utf8 ? PICTURE_BRAILLE : PICTURE_ASCII, report->out);
	text_append(report->out, "\n");
	picture_free(&picture);
}

static void report_front_note(const struct report *report, const struct catalog *catalog,
			      const struct wish_search *search, const struct front_result *result)
{
	size_t merges = result->found - result->published;

	if (result->count == 0) {
		text_append_format(report->out, "\nNo merge of the %zu models fits.\n", result->candidates);
		return;
	}
	report_plot(report, catalog, search, result);
	if (merges == 0)
		text_append(report->out, "No merge is on the front: published models beat them all.\n");
	text_append_format(report->out,
		"Of the merges of %.0f pairs of %zu models no other merge beats %zu, of which no published\n"
		"model beats %zu.  Scores of merges are shrunk for the size of the search, because the best of so\n"
		"many predictions have the luckiest errors:", result->searched, result->candidates,
		merges + result->beaten, merges);
	for (size_t a = 0; a < search->front.axis_count; a++)
		text_append_format(report->out, "%s %s by %.*f", a ? "," : "",
			names_target(catalog, &search->axes[a], OUTPUT_TEXT),
			target_digits(catalog, &search->targets[a]), result->axis[a].overstated);
	text_append(report->out, ".  sd and chance do\nnot know of it.\n");
}

static const struct column shrink_columns[] = {
	{"benchmark", "", COLUMN_TEXT, 0, false},
	{"overstated", "", COLUMN_NUMBER, 1, false},
	{"spread", "", COLUMN_NUMBER, 1, false},
	{"slope", "", COLUMN_NUMBER, 2, false},
	{"slope_merges", "", COLUMN_NUMBER, 0, false},
};

/* In JSON, what the note says of each axis. */
static void report_axes(struct report *report, const struct catalog *catalog, const struct wish_search *search,
			const struct front_result *result)
{
	struct table *table = table_new(shrink_columns, sizeof shrink_columns / sizeof *shrink_columns);

	for (size_t a = 0; a < search->front.axis_count; a++) {
		const struct front_axis *axis = &result->axis[a];
		table_text(table, names_target(catalog, &search->axes[a], report->format));
		table_value(table, axis->overstated, target_digits(catalog, &search->targets[a]));
		table_value(table, axis->spread, target_digits(catalog, &search->targets[a]));
		table_number(table, axis->slope);
		table_number(table, (double)axis->slope_merges);
	}
	report_table(report, "axes", NULL, table, TABLE_SIDE);
	table_free(table);
}

static void report_front(struct report *report, const struct catalog *catalog, const struct wishes *wishes,
			 const struct wish_search *search, const struct front_result *result)
{
	bool text = report->format == OUTPUT_TEXT;

	report_text(report, "pareto", "pareto", wishes_value(wishes, WISH_PARETO));
	report_methods(report, search);
	if (!text) {
		report_number(report, "candidates", NULL, (double)result->candidates, 0);
		report_number(report, "searched", NULL, result->searched, 0);
		report_number(report, "found", NULL, (double)result->found, 0);
		report_number(report, "published", NULL, (double)result->published, 0);
		report_number(report, "beaten", NULL, (double)result->beaten, 0);
		report_axes(report, catalog, search, result);
	}
	report_points(report, catalog, search, result);
	if (text)
		report_front_note(report, catalog, search, result);
}

/* ---- the command --------------------------------------------------------------- */

static enum status search_and_report(struct cli *cli, struct session *session, const struct wishes *wishes,
				     const struct wish_search *search, struct error *error)
{
	bool front = search->front.axis_count > 0;
	struct suggest_result result = {0};
	struct front_result points = {0};
	struct report report;
	enum status status = front
		? engine_front(session->fit, &search->front, &cli->progress, &points, error)
		: engine_suggest(session->fit, &search->settings, &cli->progress, &result, error);

	cli_end_progress(cli);
	if (status == STATUS_OK) {
		cli_report(cli, &report);
		if (front)
			report_front(&report, session->catalog, wishes, search, &points);
		else if (search->settings.explore)
			suggest_report_explored(&report, session->catalog, search, &result);
		else
			report_best(&report, session->catalog, search, &result);
		report_end(&report);
	}
	suggest_result_free(&result);
	front_result_free(&points);
	return status;
}

static enum status suggest_run(struct cli *cli, const void *specific, size_t count, char **arguments,
			       struct error *error)
{
	const struct engine_settings engine = {.prior = PRIOR_KIN};
	struct wishes wishes = {0};
	struct wish_search search = {0};
	struct text said = {0};
	struct session *session;
	enum status status = cli_open(cli, &session, error);

	(void)count, (void)arguments;
	if (status != STATUS_OK)
		return status;
	take_wishes(specific, &wishes);
	status = wishes_resolve(&wishes, session, &search, &said, error);
	cli_note(cli, &said);
	if (status == STATUS_OK)
		status = cli_fit(cli, session, &engine, false, error);
	if (status == STATUS_OK)
		status = search_and_report(cli, session, &wishes, &search, error);
	wish_search_free(&search);
	wishes_free(&wishes);
	session_close(session);
	return status;
}

const struct command suggest_command = {
	.name = "suggest",
	.arguments = "",
	.summary = "Suggest merges that promise most",
	.details = "\nParents are scored models of one architecture and size.  The expected score is\n"
		   "linear in the weights, so the best by gain lie at the ends of 0.2 to 0.8.\n"
		   "Licences count with those of all ancestors.  compatible: none forbids what another\n"
		   "demands; commercial: nor forbids commercial use; permissive: all are.",
	.json = true,
	.csv = true,
	COMMAND_SPECS(specs),
	.options_size = sizeof(struct suggest_options),
	.run = suggest_run,
};
