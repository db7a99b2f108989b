/* Harness: the results of a run of tasks, by lm-evaluation-harness or lighteval.
 * Private. */
#ifndef STEMMA_FORMATS_HARNESS_H
#define STEMMA_FORMATS_HARNESS_H

#include <jansson.h>

#include "results.h"

struct harness {
	struct source *source;
	const struct text *text; /* of the document, for places */
	size_t *searched;        /* of it, see json_place() */
	const json_t *document, *tasks;
	struct results results;
	size_t limited;          /* scores of a part of the questions */
	size_t percents;         /* scores that were written in per cent */
};

/* "METRIC" or "METRIC,FILTER" of a task, NAN when there is none. */
double harness_metric(const json_t *task, const char *metric);
/* Its standard error. */
double harness_error(const json_t *task, const char *metric);
/* Examples in the prompts of a task, -1 unknown. */
int harness_shots(const struct harness *harness, const char *task);
/* Questions of a task, and those asked; NAN unknown. */
double harness_questions(const struct harness *harness, const char *task, double *asked);

/* What a task scored, all but the values. */
struct harness_task {
	const char *name;      /* in the document */
	const char *key, *title, *suite, *family;
	int rank;              /* of the description */
	double chance, instances;
	int shots;
	const char *version;   /* of the task */
	const char *date;
	double asked;          /* questions; NAN unknown, or all of them */
	bool limited;
};
/* Adds the main metric of a task, by the order of metrics.c, and of its other
 * filters each as a benchmark KEY:FILTER; `better` may tell directions: {METRIC:
 * true}, or true of all.  False when it has no result. */
bool harness_add(struct harness *harness, const struct harness_task *task, const json_t *values,
		 const json_t *better);

/* Tells of scores that are not what they may seem. */
void harness_tell(const struct harness *harness);
/* What a document of results calls its model, as it spells it: of an adapter on a base the
 * adapter.  NULL when it does not say; the caller frees. */
char *harness_stated_model(const json_t *document);

#endif
