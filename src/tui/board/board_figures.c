/* Figures of models on what the board shows: published where they are, else predicted.
 * Each is counted when it is first drawn. */
#include <math.h>
#include <stdlib.h>

#include "browser.h"
#include "stemma/base/clock.h"
#include "stemma/base/memory.h"

/* ---- from all that is known of a model ------------------------------------------------ */

/* Makes the model the subject of browser->known. */
static bool know_model(struct browser *browser, size_t model)
{
	if (browser->known_model == model)
		return true;
	browser->known_model = CATALOG_NONE;
	if (!browser->known || !browser->query ||
	    engine_predict_known(browser->known, model, NULL) != STATUS_OK)
		return false;
	browser->known_model = model;
	return true;
}

bool board_estimate(struct browser *browser, size_t model, const struct engine_target *target,
		    struct engine_estimate *estimate)
{
	*estimate = (struct engine_estimate){NAN, NAN, NAN, NAN, NAN, NAN};
	if (!know_model(browser, model))
		return false;
	engine_estimate(browser->known, target, estimate);
	return !isnan(estimate->mean);
}

/* ---- a model on a row ------------------------------------------------------------------ */

void board_figures(struct browser *browser, size_t model, const struct board_row *row,
		   struct row_figures *figures)
{
	const struct session *session = browser->session;

	*figures = (struct row_figures){
		.made = true,
		.published = catalog_target(session->catalog, model, &row->target),
		.estimate = {NAN, NAN, NAN, NAN, NAN, NAN},
		.z = NAN,
	};
	if (isnan(figures->published)) {
		board_estimate(browser, model, &row->target, &figures->estimate);
		return;
	}
	struct engine_residual residual;
	if (!session->fit || !engine_residual(session->fit, model, &row->target, ENGINE_LEAVE_MODEL, &residual))
		return;
	figures->estimate.mean = residual.predicted;
	figures->estimate.sd = residual.sd;
	figures->estimate.low90 = residual.low90;
	figures->estimate.high90 = residual.high90;
	figures->z = residual.z;
}

/* ---- the score column -------------------------------------------------------------------- */

enum { NOT_TRIED, FOUND, NOT_FOUND };

void board_forget_values(struct browser *browser)
{
	free(browser->value_state);
	free(browser->value);
	browser->value_state = NULL;
	browser->value = NULL;
}

/* Predicts, unless the picture has taken its time: then the next one may. */
static void predict_value(struct browser *browser, size_t model)
{
	struct engine_estimate estimate;

	if (browser->draw_until > 0 && clock_seconds() > browser->draw_until) {
		browser->estimate_due = true;
		return;
	}
	bool known = board_estimate(browser, model, &browser->rows[0].target, &estimate);
	browser->value[model] = (float)estimate.mean;
	browser->value_state[model] = known ? FOUND : NOT_FOUND;
}

double board_value(struct browser *browser, size_t model, bool *predicted)
{
	double published = tree_score(browser->tree, model);

	*predicted = false;
	if (!isnan(published) || !browser->query)
		return published;
	if (!browser->value) {
		size_t count = browser->session->catalog->count;
		browser->value = memory_zero(count + 1, sizeof *browser->value);
		browser->value_state = memory_zero(count + 1, sizeof *browser->value_state);
	}
	if (browser->value_state[model] == NOT_TRIED)
		predict_value(browser, model);
	*predicted = browser->value_state[model] == FOUND;
	return *predicted ? (double)browser->value[model] : NAN;
}

void board_draw_value(struct browser *browser, const struct area *area, int y, int right, enum style style,
		      size_t model)
{
	char buffer[FIGURE_SIZE];
	bool predicted;
	double value = board_value(browser, model, &predicted);

	draw_right(browser->screen, area, y, right, predicted || isnan(value) ? STYLE_DIM : style,
		   figure_on(buffer, &browser->rows[0], value, predicted));
}
