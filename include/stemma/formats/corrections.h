/* Corrections: the user's own file of what is wrong in the lineage.
 *
 *   add:
 *   - child: owner/merge
 *     parent: owner/model
 *     relation: merge        # finetune where nothing is said
 *     weight: 0.5            # share of the child; may be left out
 *     method: slerp
 *     note: the author said so
 *   drop:
 *   - child: owner/merge
 *     parent: owner/other    # without it all parents that others state
 *     note: it is a test
 *
 * Several documents count as one.
 */
#ifndef STEMMA_FORMATS_CORRECTIONS_H
#define STEMMA_FORMATS_CORRECTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "stemma/base/error.h"
#include "stemma/base/facts.h"
#include "stemma/base/text.h"

/* Where they go, in the order of the file; strings are borrowed for the call.
 * A status other than STATUS_OK ends the reading with that status. */
struct corrections_sink {
	void *context;
	enum status (*add)(void *context, const struct edge_facts *edge, struct error *error);
	enum status (*drop)(void *context, const struct drop_facts *drop, struct error *error);
};

/* STATUS_DATA with line and column at the first thing that is not as above:
 * half-understood corrections would be worse than none. */
enum status corrections_read(const char *text, size_t length, const char *file,
			     const struct corrections_sink *sink, struct error *error);

/* Appends to the text of such a file what adds edges: to its last list, where it
 * ends in one as this writes it, else as a document of its own. */
void corrections_write(struct text *out, const struct edge_facts *edges, size_t count);

/* What a user changes in one go. */
struct corrections_edit {
	const struct edge_facts *add;
	size_t add_count;
	const struct drop_facts *drop;
	size_t drop_count;
};
/* Appends an edit as a document of its own, under a comment that corrections_cut() knows. */
void corrections_write_edit(struct text *out, const struct corrections_edit *edit);
/* Cuts the last document off that is such an edit; false where the text ends in no edit. */
bool corrections_cut(struct text *text);

#endif
