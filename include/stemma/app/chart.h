/* Chart: pictures of what a session knows, for the screen, plain text and SVG. */
#ifndef STEMMA_APP_CHART_H
#define STEMMA_APP_CHART_H

#include <stddef.h>
#include <stdint.h>

#include "stemma/app/session.h"
#include "stemma/app/sweep.h"
#include "stemma/app/wishes.h"
#include "stemma/base/picture.h"

/* What models are placed by: a target as published, or a fact.
 * X(symbol, word, title, scale, whether more of it is better) */
#define CHART_MEASURE_TABLE(X) \
	X(SIZE, "size", "billions of parameters", PICTURE_LOG, false) \
	X(DATE, "date", "date", PICTURE_DAYS, false) \
	X(LIKES, "likes", "likes on the Hub", PICTURE_LOG, true)
enum chart_fact {
#define X(symbol, ...) CHART_##symbol,
	CHART_MEASURE_TABLE(X)
#undef X
	CHART_TARGET
};
struct chart_measure {
	enum chart_fact fact;
	struct target target; /* owned; of CHART_TARGET */
};
/* "size", "date", "likes", or a target as target_parse() reads it. */
enum status chart_measure_parse(const struct session *session, const char *word, struct chart_measure *measure,
				struct text *said, struct error *error);
void chart_measure_free(struct chart_measure *measure);
/* The part of a target that most models have a score on: what to draw where nobody has all. */
struct target chart_common_part(const struct session *session, const struct engine_target *target);

/* The models that no other beats, from left to right. */
struct chart_front {
	size_t count;
	struct chart_place {
		double x, y;
		size_t model;
	} *places; /* owned */
};

/* The models that have both measures (0 across, 1 up) as points, among those of `fit` (by
 * model; NULL all), with a line of steps through those that no other beats: fewer
 * parameters and an earlier date are better.  These are also put into `front`, unless it is NULL.  `model` is set off where it is among them
 * (CATALOG_NONE: none).  Returns how many have both.  The picture is to be freed. */
size_t chart_scatter(const struct session *session, const struct chart_measure measures[2], const uint8_t *fit,
		     size_t model, struct picture *picture, struct chart_front *front);

/* A complete sweep: the estimate and its 50 % interval by the weight, what it is now and where
 * it is best. */
void chart_sweep(const struct session *session, const struct sweep *sweep, const struct engine_target *target,
		 const char *title, struct picture *picture);

/* What a query's last prediction rests on, as a waterfall from an unknown
 * model: own scores, parents, ancestors, siblings, families.  The subject is
 * `child`, or where that is NULL `model`. */
void chart_why(const struct session *session, struct engine_query *query, const struct engine_target *target,
	       const char *title, const struct engine_child *child, size_t model, struct picture *picture);

/* The merges of a front on its first two axes, as the search shows them, among the published
 * scores of the models that it could take.  All merges, and the models that no other
 * beats, are within the plane, of the others those that happen to be. */
void chart_merges(const struct catalog *catalog, const struct wish_search *search, const struct front_result *result,
		  struct picture *picture);
/* What an answer is called there: a merge 1 to 9, then a to w, y and z, then +; a published model
 * CHART_PUBLISHED. */
#define CHART_PUBLISHED 'x'
char chart_label(const struct front_result *result, size_t answer);

#endif
