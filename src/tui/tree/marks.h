/* Marks: models that a letter stands for, and bookmarks. */
#ifndef STEMMA_TUI_MARKS_H
#define STEMMA_TUI_MARKS_H

#include <stdbool.h>
#include <stddef.h>

#include "stemma/app/catalog.h"
#include "stemma/base/text.h"

#define MARK_BOOKMARK '*'

struct mark {
	char sign;    /* a letter, or MARK_BOOKMARK */
	char *name;
	size_t model; /* CATALOG_NONE while the cache has none of that name */
};

/* Letters in the order of the alphabet, then bookmarks in the order they were
 * made. */
struct marks {
	struct mark *mark;
	size_t count, capacity;
};

void marks_free(struct marks *marks);
/* Whether a letter can be a mark: a to z, A to Z. */
bool marks_allow(char letter);
/* Gives the model the letter, which no other has then. */
void marks_set(struct marks *marks, const struct catalog *catalog, char letter, size_t model);
/* Makes the model a bookmark, or not one; true when it is one now. */
bool marks_toggle(struct marks *marks, const struct catalog *catalog, size_t model);
void marks_remove(struct marks *marks, size_t index);
/* CATALOG_NONE when the letter is free or its model gone. */
size_t marks_model(const struct marks *marks, char letter);
/* The sign of a model, letters first; 0 when it has none. */
char marks_sign(const struct marks *marks, size_t model);

/* Looks for all of them again, in another catalog. */
void marks_find(struct marks *marks, const struct catalog *catalog);

/* A mark a line, to be kept between runs. */
void marks_save(const struct marks *marks, struct text *out);
void marks_load(struct marks *marks, const struct catalog *catalog, const char *saved);

#endif
