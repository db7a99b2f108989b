/* Options: one table describes an option; parsing and --help read it. */
#ifndef STEMMA_CLI_OPTIONS_H
#define STEMMA_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "stemma/base/error.h"

enum option_kind {
	OPTION_FLAG,   /* target bool */
	OPTION_TEXT,   /* target const char *, borrowed from argv */
	OPTION_NUMBER, /* target uint64_t */
	OPTION_CHOICE, /* target int: index of the word in `choices` */
	OPTION_LIST    /* target struct option_list; may be repeated */
};

struct option_list {
	const char **values; /* the array is owned, the strings are argv's */
	size_t count, capacity;
};

struct option_spec {
	const char *name;           /* long name without its dashes */
	char letter;                /* short form, 0 when there is none */
	enum option_kind kind;
	const char *argument;       /* as --help shows it; NULL for a flag */
	size_t offset;              /* of the target in the options struct */
	const char *help;
	const char *const *choices; /* OPTION_CHOICE: words, NULL at the end */
};

/* An option that only changes what another of the same specs does. */
struct option_need {
	const char *option, *needs; /* long names */
};

/* Specs and the struct that they fill. */
struct option_group {
	const struct option_spec *specs;
	size_t count;
	const struct option_need *needs; /* NULL none; a NULL option at the end */
	void *target;
};

/* Parses the options of all groups out of argv (argv[0] is skipped) and moves
 * the other words to its end: *first is the index of the first of them.  An
 * unknown option or a bad value is STATUS_USAGE with the nearest valid word, and one
 * without that which it needs is STATUS_USAGE. */
enum status options_parse(const struct option_group *groups, size_t group_count, int argc,
			  char **argv, int *first, struct error *error);

/* Frees the lists of a group's target. */
void options_free(const struct option_group *group);

/* The spec that a word such as "--db", "--db=x" or "-m" names in `specs`
 * (unambiguous beginnings of long names too), NULL when there is none. */
const struct option_spec *options_find(const struct option_spec *specs, size_t count,
				       const char *word);

/* The lines of --help. */
void options_print(FILE *out, const struct option_spec *specs, size_t count);

/* The words of enum prior and enum merge_method in order, NULL at the end. */
extern const char *const prior_words[];
#define PRIOR_HELP "kin (default), laplacian or none"
extern const char *const method_words[];

#endif
