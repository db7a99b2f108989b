/* Zoom: bars that span the published scores instead of the whole scale. */
#include <math.h>
#include <stdlib.h>

#include "browser.h"
#include "stemma/base/memory.h"

/* Takes a value into an extent. */
static void include(struct bar_scale *extent, double value)
{
	if (isnan(value))
		return;
	extent->low = isnan(extent->low) ? value : fmin(extent->low, value);
	extent->high = isnan(extent->high) ? value : fmax(extent->high, value);
}

/* By benchmark; the caller frees. */
static struct bar_scale *extents(const struct catalog *catalog)
{
	struct bar_scale *list = memory_allocate(catalog->benchmark_count + 1, sizeof *list);

	for (size_t b = 0; b < catalog->benchmark_count; b++)
		list[b] = (struct bar_scale){NAN, NAN};
	for (size_t i = catalog->cell_start[1]; i < catalog->cell_start[catalog->scored_count + 1]; i++)
		include(&list[catalog->cells[i].benchmark], catalog->cells[i].value);
	return list;
}

/* Widened to multiples of a twentieth to a half of its width. */
static struct bar_scale rounded(struct bar_scale extent)
{
	double step = pow(10, floor(log10(extent.high - extent.low))) / 2;

	return (struct bar_scale){step * floor(extent.low / step + 1e-9), step * ceil(extent.high / step - 1e-9)};
}

void board_scale_rows(struct browser *browser)
{
	const struct session *session = browser->session;
	const struct catalog *catalog = session->catalog;
	struct bar_scale *by_benchmark = browser->zoomed ? extents(catalog) : NULL;

	for (size_t i = 0; i < browser->row_count; i++) {
		struct board_row *row = &browser->rows[i];
		if (row->target.count == 0)
			continue;
		target_axis(catalog, &row->target, &row->scale.low, &row->scale.high);
		if (!browser->zoomed)
			continue;
		struct bar_scale extent = {NAN, NAN};
		if (row->target.count == 1)
			extent = by_benchmark[row->target.benchmark[0]];
		else
			for (size_t r = 1; r <= catalog->scored_count; r++)
				include(&extent, session->target_values[r]);
		if (extent.high > extent.low)
			row->scale = rounded(extent);
	}
	free(by_benchmark);
}
