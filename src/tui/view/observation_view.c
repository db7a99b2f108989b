/* Observations: all that was measured of a model, run by run, and which of it is shown. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "browser.h"
#include "stemma/base/fuzzy.h"
#include "stemma/base/memory.h"
#include "stemma/base/utf8.h"

struct observation {
	size_t benchmark;      /* CATALOG_NONE for one that is not loaded */
	int64_t id, evaluation; /* of the benchmark and the run, in the cache */
	int shots;
	char *setup;           /* NULL none */
	double value, error;
	bool chosen, preferred;
	char *words;           /* of the run and its set-up */
};
struct observing {
	size_t model;
	struct observation *list;
	size_t count, capacity;
	struct list rows;
};

static void forget(struct observing *observing)
{
	for (size_t i = 0; i < observing->count; i++) {
		free(observing->list[i].setup);
		free(observing->list[i].words);
	}
	observing->count = 0;
}

static struct observing *observing_of(const struct browser *browser)
{
	return browser->state[VIEW_OBSERVATIONS];
}

static void observation_free(struct browser *browser)
{
	forget(observing_of(browser));
	free(observing_of(browser)->list);
}

/* ---- reading --------------------------------------------------------------------------- */

static size_t find_benchmark(const struct catalog *catalog, int64_t id)
{
	for (size_t b = 0; b < catalog->benchmark_count; b++)
		if (catalog->benchmarks[b].id == id)
			return b;
	return CATALOG_NONE;
}

static void add_word(struct text *words, const char *word)
{
	if (word && *word)
		text_append_format(words, "%s%s", words->length ? " · " : "", word);
}

/* "leaderboard · 5-shot · bfloat16 · with chat template · 2024-06-30". */
static char *describe(const struct store_observation *row)
{
	const char *date = row->facts.date ? row->facts.date : row->run.submitted;
	struct text words = {0};
	char shots[16] = "";

	if (row->facts.shots >= 0)
		snprintf(shots, sizeof shots, "%d-shot", row->facts.shots);
	add_word(&words, row->run.source);
	add_word(&words, row->facts.limited ? "a part of the questions" : NULL);
	add_word(&words, shots);
	add_word(&words, row->facts.setup);
	add_word(&words, row->run.precision);
	add_word(&words, row->run.chat_template == ANSWER_YES ? "with chat template"
			 : row->run.chat_template == ANSWER_NO ? "no chat template" : NULL);
	add_word(&words, row->run.harness);
	add_word(&words, row->run.version);
	add_word(&words, date);
	add_word(&words, row->run.flagged ? "flagged by its source" : NULL);
	add_word(&words, row->facts.address ? row->facts.address : row->run.address);
	char *clean = utf8_sanitize(text_string(&words));
	text_free(&words);
	return clean;
}

static bool take(void *context, const struct store_observation *row)
{
	struct browser *browser = context;
	struct observing *observing = observing_of(browser);

	observing->list = memory_grow(observing->list, observing->count, &observing->capacity, sizeof *observing->list);
	observing->list[observing->count++] = (struct observation){
		.benchmark = find_benchmark(browser->session->catalog, row->benchmark),
		.id = row->benchmark, .evaluation = row->evaluation, .shots = row->facts.shots,
		.setup = row->facts.setup ? memory_string(row->facts.setup) : NULL,
		.value = row->facts.value, .error = row->facts.error,
		.chosen = row->chosen, .preferred = row->preferred, .words = describe(row),
	};
	return true;
}

static void read_all(struct browser *browser)
{
	struct observing *observing = observing_of(browser);
	struct error error = {0};

	forget(observing);
	if (store_each_observation(browser->session->store, browser->session->catalog->models[observing->model].id, take,
				   browser, &error) != STATUS_OK)
		browser_failure(browser, &error);
}

void observation_open(struct browser *browser)
{
	observing_of(browser)->model = browser_model(browser);
	observing_of(browser)->rows = (struct list){0};
	read_all(browser);
	browser_open_view(browser, VIEW_OBSERVATIONS);
}

static void observation_start(struct browser *browser)
{
	observing_of(browser)->model = CATALOG_NONE;
}

static void observation_renumber(struct browser *browser, const uint32_t *match)
{
	struct observing *observing = observing_of(browser);

	observing->model = catalog_matched(match, observing->model);
	if (observing->model != CATALOG_NONE) {
		read_all(browser);
		return;
	}
	forget(observing);
	browser_drop_view(browser, VIEW_OBSERVATIONS);
}

/* ---- choosing ---------------------------------------------------------------------------- */

static struct observation *here(const struct browser *browser)
{
	struct observing *observing = observing_of(browser);

	return observing->rows.cursor < observing->count ? &observing->list[observing->rows.cursor] : NULL;
}

/* Shows this one whatever the rules say; again: leaves the benchmark to the rules. */
static void choose(struct browser *browser)
{
	const struct observation *row = here(browser);
	struct session *session = browser->session;
	int64_t model = session->catalog->models[observing_of(browser)->model].id;
	struct error error = {0};

	if (!row)
		return;
	bool back = row->preferred;
	if (store_prefer_score(session->store, model, row->id, back ? 0 : row->evaluation, row->shots, row->setup,
			       &error) != STATUS_OK) {
		browser_failure(browser, &error);
		return;
	}
	read_all(browser);
	browser_message(browser, back ? "left to the rules again" : "this one is shown from now on; again leaves it to the rules");
	intake_reload(browser);
}

/* ---- drawing ------------------------------------------------------------------------------- */

#define NORMAL_90 1.6449 /* half the width of its central 90 % interval, in standard deviations */

static struct board_row row_of(const struct browser *browser, const struct observation *observation)
{
	struct board_row row = {.scale = {0, 100}, .decimals = 1, .name = "not loaded"};

	if (observation->benchmark != CATALOG_NONE)
		board_describe_benchmark(browser, (uint32_t)observation->benchmark, &row);
	return row;
}

static void draw_row(struct browser *browser, const struct area *area, int y, size_t index)
{
	const struct observing *observing = observing_of(browser);
	const struct observation *observation = &observing->list[index];
	const struct board_row row = row_of(browser, observation);
	bool selected = index == observing->rows.cursor;
	bool first = index == observing->rows.top || observing->list[index - 1].id != observation->id;
	int label = area->width / 4 < 12 ? 12 : area->width / 4 > 26 ? 26 : area->width / 4;
	char buffer[FIGURE_SIZE];

	draw_selected(browser->screen, selected, true);
	if (selected)
		draw_repeat(browser->screen, area, y, 0, area->width, STYLE_TEXT, " ");
	draw_text(browser->screen, area, y, 1, observation->chosen ? STYLE_MARK : STYLE_DIM, observation->chosen ? "◉" : "○");
	draw_text(browser->screen, area, y, 2, STYLE_KEY, observation->preferred ? "!" : " ");
	if (first)
		draw_fit(browser->screen, area, y, 4, label, STYLE_TEXT, row.name);
	int x = 4 + label + 8;
	draw_right(browser->screen, area, y, x, observation->chosen ? STYLE_PUBLISHED : STYLE_DIM,
		   figure_on(buffer, &row, observation->value, false));
	if (!isnan(observation->error))
		draw_text(browser->screen, area, y, x + 1, STYLE_DIM,
			  figure_margin(buffer, browser->screen, &row, NORMAL_90 * observation->error));
	draw_fit(browser->screen, area, y, x + 8, area->width - x - 9, observation->chosen ? STYLE_TEXT : STYLE_DIM,
		 observation->words);
	draw_selected(browser->screen, false, false);
	if (selected)
		draw_cursor(browser->screen, area, y, 0);
}

static void observation_draw(struct browser *browser, const struct area *area)
{
	struct observing *observing = observing_of(browser);

	if (observing->model == CATALOG_NONE) {
		browser_close_view(browser);
		return;
	}
	list_show(&observing->rows, observing->count, area->height);
	for (int y = 0; y < area->height && observing->rows.top + (size_t)y < observing->count; y++)
		draw_row(browser, area, y, observing->rows.top + (size_t)y);
	if (observing->count > 0)
		return;
	draw_text(browser->screen, area, 0, 1, STYLE_DIM, "nothing is published of this model");
	draw_cursor(browser->screen, area, 0, 0);
}

static void observation_title(struct browser *browser, struct text *out)
{
	if (observing_of(browser)->model != CATALOG_NONE)
		text_append_format(out, "published of %s · %zu", tree_name(browser->tree, observing_of(browser)->model),
				   observing_of(browser)->count);
}

static void observation_corner(struct browser *browser, struct text *out)
{
	if (observing_of(browser)->model != CATALOG_NONE)
		board_outside(&observing_of(browser)->rows, out);
}

static bool observation_act(struct browser *browser, enum action action, int count)
{
	struct observing *observing = observing_of(browser);

	observing->rows.count = observing->count;
	if (action == ACTION_PICK_OBSERVATION) {
		choose(browser);
		return true;
	}
	return list_act(&observing->rows, action, count);
}

static size_t observation_model(struct browser *browser)
{
	return observing_of(browser)->model;
}

/* Search goes by what stands in the row. */
static bool observation_contains(struct browser *browser, const char *needle)
{
	const struct observation *row = here(browser);

	return row && (fuzzy_find(row->words, needle) || fuzzy_find(row_of(browser, row).name, needle));
}

static struct list *observation_list(struct browser *browser)
{
	return &observing_of(browser)->rows;
}

const struct view_ops observation_view = {
	.size = sizeof(struct observing),
	.start = observation_start,
	.renumber = observation_renumber,
	.free = observation_free,
	.draw = observation_draw,
	.title = observation_title,
	.corner = observation_corner,
	.act = observation_act,
	.model = observation_model,
	.contains = observation_contains,
	.list = observation_list,
};
