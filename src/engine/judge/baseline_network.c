/* Baseline: neural collaborative filtering. */
#include <math.h>
#include <stdlib.h>

#include "answers/network.h"
#include "judge/baseline.h"
#include "stemma/base/memory.h"

#define VISITS_MAX 3000000
#define Z_MAX 4.0

static struct network_cell *list_known(const struct masked *masked)
{
	struct network_cell *list = memory_allocate(masked->known + 1, sizeof *list);

	for (uint32_t r = 0; r < masked->data.rows; r++)
		for (size_t c = masked->cell_start[r]; c < masked->cell_start[r + 1]; c++)
			list[c] = (struct network_cell){r, masked->cell[c].benchmark,
							(float)fmax(fmin(masked->z[c], Z_MAX), -Z_MAX)};
	return list;
}

enum status baseline_network(const struct masked *masked, uint64_t seed, struct progress *progress, double *values,
			     struct error *error)
{
	struct network_data data = {.rows = masked->data.rows, .columns = masked->data.benchmarks, .count = masked->known};
	float *rows = network_describe_models(&masked->data, masked->model, data.rows, &data.row_features);
	float *columns = network_describe_benchmarks(&masked->data, &data.column_features);
	struct network_cell *known = list_known(masked), *asked = memory_allocate(masked->count + 1, sizeof *asked);
	struct network *network = NULL;

	data.row_feature = rows;
	data.column_feature = columns;
	data.cell = known;
	enum status status = network_learn(&data, VISITS_MAX, seed, progress, &network, error);
	for (size_t i = 0; i < masked->count; i++)
		asked[i] = (struct network_cell){(uint32_t)masked->cells[i].row, masked->cells[i].benchmark, 0};
	if (status == STATUS_OK)
		network_predict(network, asked, masked->count);
	for (size_t i = 0; i < masked->count && status == STATUS_OK; i++)
		values[i] = masked_value(&masked->scale[asked[i].column], (double)asked[i].value);
	network_free(network);
	free(rows);
	free(columns);
	free(known);
	free(asked);
	return status;
}
