/* Records: what every reader delivers, whatever the file looks like.
 *
 * A reader streams: it calls accept() once per fact in file order and keeps no
 * more than a line (CSV, JSON lines) or one document (YAML) in memory.
 */
#ifndef STEMMA_FORMATS_RECORD_H
#define STEMMA_FORMATS_RECORD_H

#include <stdbool.h>
#include <stddef.h>

#include "stemma/base/error.h"
#include "stemma/base/facts.h"

enum record_type { RECORD_MODEL, RECORD_EDGE, RECORD_EVALUATION, RECORD_ALIAS, RECORD_OUTCOMES,
		   RECORD_PARENTS, RECORD_BENCHMARK };

struct record {
	enum record_type type;
	long line; /* 1-based line of the input where the fact stands */
	union {
		struct model_facts model;
		struct edge_facts edge;
		struct evaluation_facts evaluation;
		struct alias_facts alias;
		struct outcome_facts outcomes;
		struct parents_facts parents;
		struct benchmark_facts benchmark;
	} of;
};

/* Where a reader delivers.  All strings are borrowed for the call only. */
struct record_sink {
	void *context;
	/* A status other than STATUS_OK ends the reading with that status. */
	enum status (*accept)(void *context, const struct record *record, struct error *error);
	/* A row that cannot be used, or one value of it, the others of which are delivered.
	 * `reason` says what was expected.  Reading goes on.  column 0 = unknown. */
	void (*reject)(void *context, long line, long column, const char *reason);
	/* Something that the user should know and that loses nothing (an
	 * ignored key, an assumed weight). */
	void (*warn)(void *context, long line, long column, const char *message);
	/* Names the model that a file speaks of as a whole, of what the file calls it: a name,
	 * or NULL and a path; `here` where the path is one of this machine, of the file itself.
	 * What is returned is the reader's to free.  NULL: the name, or naming_local(). */
	char *(*subject)(void *context, const char *name, const char *path, bool here);
	/* Names another model of which a file says a path.  NULL: naming_local(). */
	char *(*local)(void *context, const char *path);
	/* Called now and then with bytes read so far and the size of the file
	 * (0 unknown); a return other than STATUS_OK (STATUS_CANCELLED) ends
	 * the reading.  May be NULL. */
	enum status (*progress)(void *context, size_t done, size_t total);
};

#endif
