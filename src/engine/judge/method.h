/* Method: fits of the engine that an evaluation compares.  Private to the engine. */
#ifndef STEMMA_ENGINE_METHOD_H
#define STEMMA_ENGINE_METHOD_H

#include "stemma/engine/evaluate.h"

struct method_fit {
	struct engine_data data;
	struct lineage *lineage; /* its own: of METHOD_SHUFFLED and METHOD_UNLINKED, else NULL */
	struct engine_fit *fit;
};

/* Whether the method is a fit of the engine, and so has intervals. */
bool method_is_fit(enum evaluation_method method);
/* Whether it is run: of METHOD_COUNT `methods` those asked for, and of NULL all; without lineage not the
 * controls, which would only repeat kin. */
bool method_is_asked(enum evaluation_method method, const bool *methods, const struct engine_data *data);
/* Learns from the data with what the method takes for its prior. */
enum status method_fit(enum evaluation_method method, const struct engine_data *data, uint64_t seed,
		       struct progress *progress, struct method_fit *fit, struct error *error);
void method_fit_free(struct method_fit *fit);

#endif
