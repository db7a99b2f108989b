/* The sketch's ways out: a mergekit configuration and a model card. */
#include "config.h"

#include "sketch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "stemma/base/memory.h"
#include "stemma/formats/naming.h"

/* "stemma 0.1.0, 2026-01-31" */
static void append_program(struct text *text)
{
	char date[11];

	date_format((double)(time(NULL) / 86400), date);
	text_append_format(text, "%s %s, %s", PACKAGE_NAME, PACKAGE_VERSION, date);
}

/* ---- the configuration ------------------------------------------------------- */

struct comments {
	char **line;
	size_t count, capacity;
};

static void comments_take(struct comments *comments, struct text *line)
{
	comments->line = memory_grow(comments->line, comments->count, &comments->capacity, sizeof *comments->line);
	comments->line[comments->count++] = text_steal(line);
}

/* "45.1 (40.2 to 50.0)" */
static void append_estimate(struct text *text, const struct catalog *catalog, const struct sketch_row *row,
			    const char *format)
{
	int digits = target_digits(catalog, &row->target);

	text_append_format(text, format, digits, row->estimate.mean, digits, row->estimate.low90, digits,
			   row->estimate.high90);
}

static void comment_prediction(struct comments *comments, const struct catalog *catalog,
			       const struct sketch_prediction *prediction)
{
	struct text line = {0};

	append_program(&line);
	comments_take(comments, &line);
	if (!prediction)
		return;
	text_append(&line, "predicted score and 90 % interval:");
	comments_take(comments, &line);
	for (size_t i = 0; i < prediction->rows; i++) {
		const struct sketch_row *row = &prediction->row[i];
		if (isnan(row->estimate.mean))
			continue;
		text_append_format(&line, "  %s", row->title);
		append_estimate(&line, catalog, row, " %.*f (%.*f to %.*f)");
		comments_take(comments, &line);
	}
}

/* A local model is written by its path, and so are both halves of one with an adapter. */
static char *place_of(void *context, const char *model)
{
	struct store *store = context;
	const char *plus = strchr(model, '+');
	struct text place = {0};

	if (!plus)
		return naming_is_local(model) ? store_folder_of(store, model) : NULL;
	char *halves[] = {memory_string_slice(model, (size_t)(plus - model)), memory_string(plus + 1)};
	for (int i = 0; i < 2; i++) {
		char *path = naming_is_local(halves[i]) ? store_folder_of(store, halves[i]) : NULL;
		text_append_format(&place, "%s%s", i ? "+" : "", path ? path : halves[i]);
		free(path);
		free(halves[i]);
	}
	return text_steal(&place);
}

/* What the sketch says, as the writer takes it; the arrays are the caller's. */
static struct merge_writing writing_of(const struct sketch *sketch, const struct catalog *catalog, struct store *store,
				       const char *models[SKETCH_PARENTS_MAX],
				       double weights[SKETCH_PARENTS_MAX])
{
	const struct sketch_state *state = &sketch->now;
	size_t base = sketch_base(sketch, catalog);

	for (size_t i = 0; i < state->count; i++) {
		models[i] = catalog->models[state->parents[i].model].name;
		/* 0.6 and not 0.6000000000000001, which many small steps leave. */
		weights[i] = round(state->parents[i].weight * 1e12) / 1e12;
	}
	return (struct merge_writing){
		.method = state->method,
		.base = base == CATALOG_NONE ? NULL : catalog->models[base].name,
		.count = state->count, .models = models, .weights = weights,
		.dtype = "bfloat16", .place = store ? place_of : NULL, .context = store,
	};
}

void sketch_write(const struct sketch *sketch, const struct catalog *catalog, struct store *store,
		  const struct sketch_prediction *prediction, struct text *out)
{
	struct comments comments = {.count = 0};
	const char *models[SKETCH_PARENTS_MAX];
	double weights[SKETCH_PARENTS_MAX];
	struct merge_writing writing = writing_of(sketch, catalog, store, models, weights);

	comment_prediction(&comments, catalog, prediction);
	writing.comments = (const char *const *)comments.line;
	writing.comment_count = comments.count;
	merge_recipe_write(out, &writing);
	for (size_t i = 0; i < comments.count; i++)
		free(comments.line[i]);
	free(comments.line);
}

/* ---- the card ---------------------------------------------------------------- */

static void card_prediction(const struct catalog *catalog,
			    const struct sketch_prediction *prediction, struct text *out)
{
	text_append(out, "\n## Predicted scores\n\n> **These are predictions, not measurements** (");
	append_program(out);
	text_append(out, "). Put results in their place once the model has been evaluated.\n\n"
			 "| benchmark | predicted | 90 % interval | best parent |\n"
			 "|---|---:|---:|---:|\n");
	for (size_t i = 0; i < prediction->rows; i++) {
		const struct sketch_row *row = &prediction->row[i];
		if (isnan(row->estimate.mean))
			continue;
		text_append_format(out, "| %s ", row->title);
		append_estimate(out, catalog, row, "| %.*f | %.*f to %.*f | ");
		if (isnan(row->best_score))
			text_append(out, "unknown |\n");
		else
			text_append_format(out, "%.*f |\n", target_digits(catalog, &row->target), row->best_score);
	}
}

void sketch_write_card(const struct sketch *sketch, const struct catalog *catalog, struct store *store,
		       const struct sketch_prediction *prediction, struct text *out)
{
	const char *models[SKETCH_PARENTS_MAX];
	double weights[SKETCH_PARENTS_MAX];
	const struct merge_writing writing = writing_of(sketch, catalog, store, models, weights);

	merge_card_head_write(out, &writing);
	text_append_format(out, "\n# Merge\n\nA merge of %zu models by the method `%s` of mergekit.\n",
			   writing.count, merge_method_info(writing.method)->name);
	if (prediction)
		card_prediction(catalog, prediction, out);
	text_append(out, "\n## Configuration\n\n```yaml\n");
	merge_recipe_write(out, &writing);
	text_append(out, "```\n");
}
