/* Descriptions: the user's own file of what benchmarks are.
 *
 *   benchmarks:
 *     legal-qa:
 *       title: Legal QA
 *       suite: own
 *       metric: accuracy
 *       unit: points
 *       lower: 0               # or open
 *       upper: 1
 *       chance: 0.25
 *       instances: 400
 *       higher_is_better: true
 *       family: legal
 *       alias: [lqa, legal_qa]
 *       hidden: false
 *     old-key:
 *       join: legal-qa         # its scores go there; nothing else beside
 *     typo:
 *       delete: true           # with all its scores; nothing else beside
 *
 * Everything may be left out.  Several documents count as one.
 */
#ifndef STEMMA_FORMATS_DESCRIPTIONS_H
#define STEMMA_FORMATS_DESCRIPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "stemma/base/error.h"
#include "stemma/base/facts.h"

struct description {
	struct benchmark_facts facts;
	const char *join;      /* key of the benchmark that it is to become, or NULL */
	bool remove;           /* it is to be deleted */
	enum answer hidden;    /* unknown: as it is */
};

struct descriptions_sink {
	void *context;
	/* Strings are borrowed for the call.  Another status than STATUS_OK ends the reading. */
	enum status (*accept)(void *context, const struct description *description, struct error *error);
};

/* STATUS_DATA with line and column at the first thing that is not as above. */
enum status descriptions_read(const char *text, size_t length, const char *file,
			      const struct descriptions_sink *sink, struct error *error);

#endif
