/* The open sketch and the one beside it. */
#include "sketch.h"

#include <stdlib.h>

#include "stemma/base/memory.h"

static enum status predict_both(const struct sketch *sketch, struct session *session,
				struct sketch_comparison *comparison, struct error *error)
{
	const struct sketch beside = {.now = sketch->beside};
	enum status status = sketch_predict_on_demand(sketch, session, &comparison->open, error);

	if (status != STATUS_OK)
		return status;
	if (!session->beside)
		session->beside = engine_query_new(session->fit);
	status = sketch_predict_with(&beside, session, session->beside, &comparison->beside, error);
	if (status != STATUS_OK)
		error_locate(error, "the sketch beside", 0, 0);
	return status;
}

enum status sketch_compare_on_demand(const struct sketch *sketch, struct session *session,
				     struct sketch_comparison *comparison, struct error *error)
{
	*comparison = (struct sketch_comparison){0};
	if (sketch->beside.count == 0) {
		error_set(error, STATUS_USAGE, "there is no sketch beside");
		error_advise(error, "duplicate this one, or name one that is kept");
		return STATUS_USAGE;
	}
	enum status status = predict_both(sketch, session, comparison, error);
	if (status != STATUS_OK)
		sketch_comparison_free(comparison);
	return status;
}

struct engine_difference sketch_comparison_difference(struct sketch_comparison *comparison, size_t row)
{
	struct engine_difference difference = {0};

	engine_differences(comparison->open.query, comparison->beside.query,
			   &comparison->open.session->rows[row], 1, &difference);
	return difference;
}

enum status sketch_compare(const struct sketch *sketch, struct session *session,
			   struct sketch_comparison *comparison, struct error *error)
{
	enum status status = sketch_compare_on_demand(sketch, session, comparison, error);

	if (status != STATUS_OK)
		return status;
	sketch_prediction_complete(&comparison->open);
	sketch_prediction_complete(&comparison->beside);
	comparison->difference = memory_zero(comparison->open.rows, sizeof *comparison->difference);
	engine_differences(session->query, session->beside, session->rows, session->row_count, comparison->difference);
	return STATUS_OK;
}

void sketch_comparison_free(struct sketch_comparison *comparison)
{
	sketch_prediction_free(&comparison->open);
	sketch_prediction_free(&comparison->beside);
	free(comparison->difference);
	*comparison = (struct sketch_comparison){0};
}
