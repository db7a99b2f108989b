/* Explore: merges by what trying them may bring, not by what they promise on average.  Private.
 *
 * The expected improvement over the best score b of the models that the search may take,
 *
 *     (m - b) Phi((m - b) / s) + s phi((m - b) / s)
 *
 * (Mockus 1975; Jones, Schonlau and Welch 1998), m being shrunk for the size of the search, for each
 * billion of parameters: that is what a merge costs to make and to run. */
#ifndef STEMMA_ENGINE_EXPLORE_H
#define STEMMA_ENGINE_EXPLORE_H

#include "stemma/engine/suggest.h"

/* engine_suggest() with `explore` set: of each architecture and size among the EXPLORE_EACH merges of
 * the highest expected score. */
#define EXPLORE_EACH 40
enum status explore(const struct engine_fit *fit, const struct suggest_settings *settings,
		    struct progress *progress, struct suggest_result *result, struct error *error);

/* The expected improvement of something normal over `best`. */
double explore_improvement(double mean, double deviation, double best);

#endif
