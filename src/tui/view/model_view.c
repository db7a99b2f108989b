/* The model pane: one model, its scores, what its kin predict, its kin. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "board/bars.h"
#include "browser.h"
#include "stemma/base/clock.h"
#include "stemma/base/memory.h"
#include "stemma/base/utf8.h"

#define Z_WIDTH 9

/* Lines that scroll: text goes to `line` - `first` of the area. */
struct flow {
	struct browser *browser;
	const struct area *area;
	int line, first;
};

static int flow_row(const struct flow *flow)
{
	return flow->line - flow->first;
}

static size_t model_shown(struct browser *browser)
{
	size_t model = tree_model(browser->tree);
	const struct tree_row *row = tree_here(browser->tree);

	/* On a folded run: the model that it belongs to. */
	if (model == CATALOG_NONE && row && row->kind != ROW_GROUP)
		model = row->node;
	return model;
}

/* What is odd about its scores, and what may explain it. */
static void list_anomalies(struct browser *browser, size_t model)
{
	const struct session *session = browser->session;
	char published[FIGURE_SIZE], predicted[FIGURE_SIZE];

	text_clear(&browser->anomaly_lines);
	for (size_t i = 0; i < browser->row_count; i++) {
		const struct board_row *row = &browser->rows[i];
		const struct engine_anomaly *anomaly = row->target.count == 1
			? anomalies_score(&session->anomalies, model, row->target.benchmark[0]) : NULL;
		struct text reasons = {0};
		if (!anomaly)
			continue;
		anomalies_reasons(&session->anomalies, session->catalog, anomaly, &reasons);
		text_append_format(&browser->anomaly_lines, "! %s %s, its kin suggest %s: %s\n",
				   row->name, figure_on(published, row, anomaly->residual.observed, false),
				   figure_on(predicted, row, anomaly->residual.predicted, false),
				   reasons.length ? text_string(&reasons) : "nothing known explains it");
		text_free(&reasons);
	}
}

/* Of thousands of scored models an estimate takes longer than a picture may:
 * then the cursor goes ahead, and the figures follow when no key waits. */
#define ESTIMATE_SLOW 0.005 /* seconds, of the last one */

/* What the score column's value is explained from: from others alone where it is published. */
static struct engine_query *explain(struct browser *browser, size_t model)
{
	bool published = !isnan(tree_score(browser->tree, model));
	struct engine_query *query = published ? browser->query : browser->known;
	struct error error = {0};
	enum status status = published ? engine_predict_model(query, model, &error)
				       : engine_predict_known(query, model, &error);

	if (!published)
		browser->known_model = status == STATUS_OK ? model : CATALOG_NONE;
	if (status == STATUS_OK)
		return query;
	browser_failure(browser, &error);
	return NULL;
}

static void estimate_model(struct browser *browser, size_t model)
{
	struct engine_query *query = explain(browser, model);

	browser->estimated = model;
	browser->has_estimates = query != NULL;
	free(browser->answers);
	browser->answers = NULL;
	browser->ancestor_count = browser->contribution_count = 0;
	memset(browser->figures, 0, browser->row_count * sizeof *browser->figures);
	list_anomalies(browser, model);
	if (!query)
		return;
	browser->answers = answer_sets_predict(&browser->session->answers, query, model);
	browser->ancestor_count = engine_ancestors(query, browser->ancestors, SKETCH_ANCESTORS_MAX);
	browser->contribution_count = engine_contributions(query, &browser->rows[0].target, browser->contributions,
							   SKETCH_CONTRIBUTIONS_MAX);
}

/* Figures of the shown model, once a model and fit; those of a row when it is drawn. */
static void estimate(struct browser *browser, size_t model)
{
	if (!browser->query) {
		browser->estimated = CATALOG_NONE;
		browser->has_estimates = false;
		return;
	}
	if (browser->estimated == model)
		return;
	if (browser->in_haste && browser->estimate_seconds > ESTIMATE_SLOW) {
		browser->estimated = CATALOG_NONE;
		browser->has_estimates = false;
		browser->estimate_due = true;
		return;
	}
	double begin = clock_seconds();
	estimate_model(browser, model);
	browser->estimate_seconds = clock_seconds() - begin;
}

static void draw_facts(struct flow *flow, const struct catalog_model *model)
{
	struct text line = {0};
	char date[11];

	text_append(&line, model->architecture ? model->architecture : "architecture unknown");
	if (!isnan(model->params_b))
		text_append_format(&line, " · %.3gB", model->params_b);
	if (model->license)
		text_append_format(&line, " · %s", model->license);
	if (!isnan(model->uploaded)) {
		date_format(model->uploaded, date);
		text_append_format(&line, " · %s", date);
	}
	draw_fit(flow->browser->screen, flow->area, flow_row(flow), 1, flow->area->width - 2,
		 STYLE_TEXT, text_string(&line));
	flow->line++;
	text_clear(&line);
	text_append(&line, model->kind == KIND_UNKNOWN ? "kind unknown" : kind_name(model->kind));
	if (model->provider)
		text_append_format(&line, " · %s", model->provider);
	if (model->setting)
		text_append_format(&line, " · setting %s", model->setting);
	if (model->reasoning == ANSWER_YES)
		text_append(&line, " · reasons");
	if (model->open_weights == ANSWER_NO)
		text_append(&line, " · served only (@)");
	if (model->precision)
		text_append_format(&line, " · %s", model->precision);
	if (model->chat_template != ANSWER_UNKNOWN)
		text_append(&line, model->chat_template == ANSWER_YES ? " · with chat template"
								      : " · no chat template");
	if (model->suspect)
		text_append(&line, " · flagged by its source");
	draw_fit(flow->browser->screen, flow->area, flow_row(flow), 1, flow->area->width - 2,
		 STYLE_DIM, text_string(&line));
	flow->line++;
	text_free(&line);
}

/* Why the user distrusts it, or an ancestor of it. */
static void draw_flag(struct flow *flow, size_t model)
{
	const struct session *session = flow->browser->session;
	const struct flag *flag = flags_find(&session->flags, session->catalog, model);
	struct text line = {0};

	if (!flag)
		return;
	if (flag->model == model)
		text_append_format(&line, "✗ suspect: %s", flag->reason);
	else
		text_append_format(&line, "† descends from suspect %s: %s",
				   tree_name(flow->browser->tree, flag->model), flag->reason);
	if (session_leaves_out(session, model))
		text_append(&line, " · left out");
	draw_fit(flow->browser->screen, flow->area, flow_row(flow), 1, flow->area->width - 2,
		 STYLE_BAD, text_string(&line));
	flow->line++;
	text_free(&line);
}

/* Columns of a score line: name, published, predicted, bar, z. */
struct places {
	int label, published_end, predicted_end, bar, bar_width, z;
	int ends; /* columns for the ends of a bar's own axis, on each side */
};

#define ENDS_WIDTH 6 /* "1,300 " */

static struct places score_places(const struct browser *browser, const struct area *area)
{
	struct places places = {.label = board_label_width(browser, area->width)};

	places.published_end = places.label + 7;
	places.predicted_end = places.published_end + 7;
	places.bar = places.predicted_end + 2;
	places.bar_width = area->width - places.bar - Z_WIDTH - 1;
	if (!browser->one_scale && places.bar_width >= 2 * ENDS_WIDTH + 9)
		places.ends = ENDS_WIDTH;
	places.bar += places.ends;
	places.bar_width -= 2 * places.ends;
	places.bar_width = places.bar_width < 9 ? 0 : places.bar_width > 101 ? 101 : places.bar_width;
	places.z = places.bar + places.bar_width + places.ends + (places.bar_width > 0);
	return places;
}

static void draw_axis(struct flow *flow)
{
	const struct browser *browser = flow->browser;
	const struct places places = score_places(browser, flow->area);
	char cells[BAR_WIDTH_MAX + 1];
	int row = flow_row(flow);

	draw_right(browser->screen, flow->area, row, places.published_end, STYLE_DIM, "publ.");
	draw_right(browser->screen, flow->area, row, places.predicted_end, STYLE_DIM, "pred.");
	if (places.bar_width > 0 && browser->one_scale) {
		bar_axis(cells, places.bar_width, &browser->rows[0].scale);
		draw_text(browser->screen, flow->area, row, places.bar, STYLE_DIM, cells);
	}
	flow->line++;
}

/* The ends of a row's own axis, where rows differ in it. */
static void draw_ends(struct flow *flow, const struct places *places, const struct board_row *row)
{
	struct board_row coarse = *row;
	char buffer[FIGURE_SIZE];

	if (places->ends == 0 || places->bar_width == 0)
		return;
	coarse.decimals = row->decimals > 1 ? 1 : 0;
	draw_right(flow->browser->screen, flow->area, flow_row(flow), places->bar - 1, STYLE_DIM,
		   figure_on(buffer, &coarse, row->scale.low, false));
	draw_text(flow->browser->screen, flow->area, flow_row(flow), places->bar + places->bar_width + 1, STYLE_DIM,
		  figure_on(buffer, &coarse, row->scale.high, false));
}

static void draw_z(struct flow *flow, int start, double z)
{
	struct screen *screen = flow->browser->screen;
	int row = flow_row(flow);
	char buffer[FIGURE_SIZE];
	bool far = fabs(z) >= 2;

	if (isnan(z))
		return;
	draw_text(screen, flow->area, row, start, STYLE_DIM, "z");
	draw_right(screen, flow->area, row, start + 7, far ? STYLE_BAD : STYLE_TEXT,
		   figure_signed(buffer, z, 1));
	draw_text(screen, flow->area, row, start + 7, STYLE_BAD, far ? "!" : " ");
}

/* Published and predicted without it; where it is not published what is predicted from all that
 * is known stands in its place, with its margin. */
static void draw_numbers(struct flow *flow, const struct places *places, const struct board_row *row,
			 const struct row_figures *figures)
{
	struct screen *screen = flow->browser->screen;
	const struct engine_estimate *estimate = &figures->estimate;
	bool published = !isnan(figures->published), estimated = !isnan(estimate->mean);
	char buffer[FIGURE_SIZE];

	draw_right(screen, flow->area, flow_row(flow), places->published_end, published ? STYLE_PUBLISHED : STYLE_DIM,
		   published ? figure_on(buffer, row, figures->published, false)
			     : figure_on(buffer, row, estimate->mean, true));
	draw_right(screen, flow->area, flow_row(flow), places->predicted_end,
		   published && estimated ? STYLE_POINT : STYLE_DIM,
		   published || !estimated ? figure_on(buffer, row, estimate->mean, false)
			     : figure_margin(buffer, screen, row, (estimate->high90 - estimate->low90) / 2));
}

/* One line of figures with both as a bar. */
static void draw_figures(struct flow *flow, const struct board_row *row, bool strong, const struct row_figures *figures)
{
	const struct places places = score_places(flow->browser, flow->area);
	const struct engine_estimate *estimate = &figures->estimate;
	struct bar_values values = {estimate->low90, estimate->mean, estimate->high90, figures->published, NAN};
	char cells[BAR_WIDTH_MAX + 1];

	draw_fit(flow->browser->screen, flow->area, flow_row(flow), 1, places.label, strong ? STYLE_STRONG : STYLE_TEXT,
		 row->name);
	draw_numbers(flow, &places, row, figures);
	if (places.bar_width > 0) {
		bar_interval(cells, places.bar_width, &row->scale, &values);
		draw_bar(flow->browser->screen, flow->area, flow_row(flow), places.bar, cells);
	}
	draw_ends(flow, &places, row);
	draw_z(flow, places.z, figures->z);
}

/* What is outside the area is not even counted. */
static void draw_score(struct flow *flow, size_t model, size_t index)
{
	struct browser *browser = flow->browser;
	struct row_figures *figures = &browser->figures[index], published;
	int row = flow_row(flow);

	if (row >= 0 && row < flow->area->height) {
		published = (struct row_figures){
			.published = catalog_target(browser->session->catalog, model, &browser->rows[index].target),
			.estimate = {NAN, NAN, NAN, NAN, NAN, NAN}, .z = NAN};
		if (browser->has_estimates && !figures->made)
			board_figures(browser, model, &browser->rows[index], figures);
		draw_figures(flow, &browser->rows[index], index == 0, browser->has_estimates ? figures : &published);
	}
	flow->line++;
}

/* What single answers tell: shares of sets of questions, and what they rest on. */
static void draw_answers(struct flow *flow)
{
	struct browser *browser = flow->browser;
	size_t sets = browser->session->answers.count;

	for (size_t i = 0; browser->answers && i < sets; i++) {
		const struct answer_row *row = &browser->answers[i];
		char models[FIGURE_SIZE], questions[FIGURE_SIZE];
		struct text line = {0};
		struct board_row share = {.scale = {0, 100}, .decimals = 1};
		const struct row_figures figures_of_set = {
			.published = row->observed, .estimate = row->prediction.share,
			.z = (row->observed - row->prediction.share.mean) / row->prediction.share.sd};
		snprintf(share.name, sizeof share.name, "%s", row->key);
		draw_figures(flow, &share, false, &figures_of_set);
		flow->line++;
		text_append_format(&line, "%s answers of %s models", figure_count(questions, row->questions),
				   figure_count(models, row->learned));
		for (size_t e = 0; e < row->prediction.evidence_count; e++)
			text_append_format(&line, "%s %.2f %s", e ? "," : ", most:", row->prediction.evidence[e].weight,
					   tree_name(browser->tree, row->prediction.evidence[e].model));
		draw_fit(browser->screen, flow->area, flow_row(flow), 1, flow->area->width - 2, STYLE_DIM,
			 text_string(&line));
		flow->line++;
		text_free(&line);
	}
}

static void draw_anomalies(struct flow *flow)
{
	const struct browser *browser = flow->browser;
	const char *line = browser->has_estimates ? text_string(&browser->anomaly_lines) : "";
	int width = flow->area->width - 2;

	while (*line) {
		size_t length = strcspn(line, "\n");
		char *copy = memory_string_slice(line, length);
		for (const char *rest = copy; *rest; flow->line++) {
			const char *start = rest;
			char *part = memory_string_slice(start, text_take_line(&rest, width));
			draw_text(browser->screen, flow->area, flow_row(flow), 1, STYLE_BAD, part);
			free(part);
		}
		free(copy);
		line += length + (line[length] == '\n');
	}
}

/* ---- kin ------------------------------------------------------------------------- */

/* What another model has in the score column, at the right. */
static void draw_column_value(const struct flow *flow, size_t model)
{
	int row = flow_row(flow);

	if (row >= 0 && row < flow->area->height)
		board_draw_value(flow->browser, flow->area, row, flow->area->width - 1, STYLE_SCORE, model);
}

/* "0.60 merge" or "? finetune" for a guess. */
static void draw_parent(struct flow *flow, const struct lineage_parent *parent, bool only)
{
	struct browser *browser = flow->browser;
	const struct area *area = flow->area;
	bool guess = parent->trust <= TRUST_INFERRED;
	char weight[FIGURE_SIZE] = "";
	struct text how = {0};

	if (!only)
		snprintf(weight, sizeof weight, "%s%.2f", lineage_share_assumed(parent) ? "~" : "",
			 (double)parent->weight);
	text_append_format(&how, "%s%s", guess ? "? " : "",
			   relation_name((enum relation)parent->relation));
	if (guess)
		text_append_format(&how, ", %s", trust_name((enum trust)parent->trust));
	int how_width = utf8_width(text_string(&how));
	int name_width = area->width - 12 - how_width - 9;
	draw_right(browser->screen, area, flow_row(flow), 9, STYLE_DIM, weight);
	draw_fit(browser->screen, area, flow_row(flow), 11, name_width, STYLE_TEXT,
		 tree_name(browser->tree, parent->node));
	draw_right(browser->screen, area, flow_row(flow), area->width - 8, STYLE_DIM,
		   text_string(&how));
	draw_column_value(flow, parent->node);
	flow->line++;
	text_free(&how);
}

static void draw_parents(struct flow *flow, size_t model)
{
	size_t count;
	const struct lineage_parent *parents =
		lineage_parents(flow->browser->session->catalog->lineage, model, &count);

	draw_text(flow->browser->screen, flow->area, flow_row(flow), 1, STYLE_TITLE, "parents");
	if (count == 0) {
		draw_text(flow->browser->screen, flow->area, flow_row(flow), 11, STYLE_DIM,
			  "none known");
		flow->line++;
	} else if (count > 1 || flow->area->width < 48) {
		flow->line++;
	}
	for (size_t i = 0; i < count; i++)
		draw_parent(flow, &parents[i], count == 1);
}

/* "? 72 % name", drawn with a broken line as all that nobody declared. */
static void draw_guess(struct flow *flow, size_t place)
{
	struct browser *browser = flow->browser;
	const struct area *area = flow->area;
	const struct parents_guess *guess = &browser->guess.list[place];

	draw_text(browser->screen, area, flow_row(flow), 1, STYLE_BORDER,
		  screen_is_ascii(browser->screen) ? ":" : "╌");
	draw_format(browser->screen, area, flow_row(flow), 3, STYLE_DIM, "?%3.0f %%", 100 * guess->probability);
	draw_fit(browser->screen, area, flow_row(flow), 11, area->width - 30, STYLE_DIM,
		 tree_name(browser->tree, guess->model));
	draw_right(browser->screen, area, flow_row(flow), area->width - 8, STYLE_DIM,
		   place < browser->guess.accepted ? "accepted" : "guess");
	draw_column_value(flow, guess->model);
	flow->line++;
}

static void draw_guesses(struct flow *flow, size_t model)
{
	struct browser *browser = flow->browser;
	char key[FIGURE_SIZE];

	if (!guesses_wanted(browser->session->catalog, model))
		return;
	if (browser->guess.model != model) {
		draw_format(browser->screen, flow->area, flow_row(flow), 1, STYLE_DIM,
			    "a merge that does not say its parents: %s guesses them",
			    browser_key_of(browser, ACTION_GUESS, key));
		flow->line++;
		return;
	}
	for (size_t i = 0; i < browser->guess.count; i++)
		draw_guess(flow, i);
}

static void draw_children(struct flow *flow, size_t model)
{
	struct browser *browser = flow->browser;
	const struct catalog *catalog = browser->session->catalog;
	char all[FIGURE_SIZE], scored_text[FIGURE_SIZE];
	size_t count, scored = 0;
	const uint32_t *children = lineage_children(catalog->lineage, model, &count);

	for (size_t i = 0; i < count; i++)
		scored += catalog->models[children[i]].scored;
	draw_text(browser->screen, flow->area, flow_row(flow), 1, STYLE_TITLE, "children");
	draw_format(browser->screen, flow->area, flow_row(flow), 11, STYLE_TEXT,
		    "%s, %s scored", figure_count(all, count), figure_count(scored_text, scored));
	flow->line++;
}

/* The scored models that the prediction rests on. */
static void draw_ancestors(struct flow *flow, size_t model)
{
	struct browser *browser = flow->browser;
	const struct area *area = flow->area;
	int row = flow_row(flow);

	if (browser->ancestor_count == 0 || !browser->has_estimates)
		return;
	flow->line++;
	row = flow_row(flow);
	draw_text(browser->screen, area, row, 1, STYLE_TITLE, "nearest ancestors");
	draw_right(browser->screen, area, row, area->width - 8, STYLE_DIM, "kinship");
	draw_right(browser->screen, area, row, area->width - 1, STYLE_DIM, "share");
	flow->line++;
	for (size_t i = 0; i < browser->ancestor_count; i++) {
		const struct engine_ancestor *ancestor = &browser->ancestors[i];
		if (ancestor->model == model)
			continue;
		row = flow_row(flow);
		draw_fit(browser->screen, area, row, 3, area->width - 20, STYLE_TEXT,
			 tree_name(browser->tree, ancestor->model));
		draw_format(browser->screen, area, row, area->width - 12, STYLE_TEXT, "%.2f",
			    ancestor->kinship);
		draw_format(browser->screen, area, row, area->width - 6, STYLE_TEXT, "%3.0f %%",
			    100 * ancestor->share);
		flow->line++;
	}
}

/* What moves the prediction of the score column. */
static void draw_contributions(struct flow *flow)
{
	struct browser *browser = flow->browser;
	const struct area *area = flow->area;
	char buffer[FIGURE_SIZE], reason[REASON_SIZE];

	if (browser->contribution_count == 0 || !browser->has_estimates)
		return;
	flow->line++;
	draw_format(browser->screen, area, flow_row(flow), 1, STYLE_TITLE, "why this %s", browser->rows[0].name);
	draw_right(browser->screen, area, flow_row(flow), area->width - 1, STYLE_DIM, "points");
	flow->line++;
	for (size_t i = 0; i < browser->contribution_count; i++, flow->line++) {
		const struct engine_contribution *part = &browser->contributions[i];
		draw_fit(browser->screen, area, flow_row(flow), 3, area->width - 14, STYLE_TEXT,
			 figure_reason(reason, browser, part));
		draw_right(browser->screen, area, flow_row(flow), area->width - 1, STYLE_TEXT,
			   figure_signed(buffer, part->points, browser->rows[0].decimals + 1));
	}
}

static void draw_legend(struct flow *flow)
{
	struct browser *browser = flow->browser;

	flow->line++;
	if (!browser->has_estimates && !browser->estimate_due)
		draw_text(browser->screen, flow->area, flow_row(flow), 1, STYLE_DIM,
			  browser->job ? "predictions follow when the fit is ready" : "not fitted");
	else
		draw_text(browser->screen, flow->area, flow_row(flow), 1, STYLE_DIM,
			  "× published  ● predicted without it, or ~ from all that is known  ├─┤ 90 %");
	flow->line++;
}

static void model_draw(struct browser *browser, const struct area *area)
{
	const struct catalog *catalog = browser->session->catalog;
	size_t model = model_shown(browser);

	if (browser->model_scrolled != model)
		browser->model_list = (struct list){0};
	browser->model_scrolled = model;
	struct flow flow = {browser, area, 0, (int)browser->model_list.top};
	if (model == CATALOG_NONE) {
		draw_text(browser->screen, area, 0, 1, STYLE_DIM, "no model under the cursor");
		return;
	}
	estimate(browser, model);
	draw_facts(&flow, &catalog->models[model]);
	draw_flag(&flow, model);
	draw_axis(&flow);
	for (size_t i = 0; i < browser->row_count; i++)
		draw_score(&flow, model, i);
	draw_anomalies(&flow);
	draw_answers(&flow);
	if ((size_t)area->height > browser->row_count + 8)
		flow.line++;
	draw_parents(&flow, model);
	draw_guesses(&flow, model);
	draw_children(&flow, model);
	draw_ancestors(&flow, model);
	draw_contributions(&flow);
	draw_legend(&flow);
	list_scroll(&browser->model_list, (size_t)flow.line, area->height);
	if (browser_view(browser) == VIEW_MODEL)
		draw_cursor(browser->screen, area, 0, 0);
}

static void model_title(struct browser *browser, struct text *out)
{
	size_t model = model_shown(browser);

	text_append(out, model == CATALOG_NONE ? "model" : tree_name(browser->tree, model));
}

/* How much of it is outside the pane. */
static void model_corner(struct browser *browser, struct text *out)
{
	board_outside(&browser->model_list, out);
}

static bool model_act(struct browser *browser, enum action action, int count)
{
	if (action == ACTION_ENTER) {
		browser->focus = VIEW_TREE;
		return true;
	}
	return list_scroll_act(&browser->model_list, action, count);
}

static struct list *model_view_list(struct browser *browser)
{
	return &browser->model_list;
}

const struct view_ops model_view = {
	.draw = model_draw,
	.title = model_title,
	.corner = model_corner,
	.act = model_act,
	.model = model_shown,
	.list = model_view_list,
};
