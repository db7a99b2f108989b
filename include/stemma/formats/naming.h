/* Naming: which model a text means, by one rule for all formats.
 *
 * Files call a model by its name on the Hub, by an address, by a folder of a download
 * cache, by a folder that is named after it, or by a path of the machine that they were
 * written on.  A path is no name, but what it leads to is a model: a local one.
 */
#ifndef STEMMA_FORMATS_NAMING_H
#define STEMMA_FORMATS_NAMING_H

#include <stdbool.h>

/* What stands for the owner of a model that only has a folder. */
#define LOCAL_OWNER "local"

/* What a text says; all NULL when it names no model. */
struct naming {
	char *name;     /* "owner/name", or a name without owner; owned */
	char *path;     /* what has no name: a path, with "/" between its parts; owned */
	char *revision; /* NULL when none is told, or it is "main"; owned */
};

/* Reads owner/name, also with "/" or "@REVISION" or ":TAG" behind it, in quotes, or as an
 * address of the Hub or of a mirror; OWNER__NAME, alone or as the last part of a path; a
 * path through models--OWNER--NAME; any other path, of Windows too. */
struct naming naming_of(const char *text);
/* The same of a text in which "@", ":" and "+" are letters like others. */
struct naming naming_of_literal(const char *text);
void naming_free(struct naming *naming);

/* Whether a text can be nothing but a path. */
bool naming_is_path(const char *text);

/* A name for the model at a path: "local/" and its last part, with those before it where
 * that is what many folders are called ("final", "checkpoint-500").  The caller frees. */
char *naming_local(const char *path);
/* Whether a name is such a one. */
bool naming_is_local(const char *name);

#endif
