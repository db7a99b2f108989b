/* Merge options: how a command line says which merge is meant. */
#ifndef STEMMA_CLI_MERGE_OPTIONS_H
#define STEMMA_CLI_MERGE_OPTIONS_H

#include "cli.h"
#include "stemma/app/sketch.h"

struct merge_options {
	struct option_list models; /* NAME or NAME:WEIGHT */
	int method, chat_template, relation;
	const char *base;
	const char *kept;          /* name of a sketch that is kept */
};

#define MERGE_METHOD_NOT_GIVEN (-1)
#define MERGE_OPTION_DEFAULTS {.method = MERGE_METHOD_NOT_GIVEN, .chat_template = ANSWER_UNKNOWN}
extern const char *const merge_answer_words[]; /* as enum answer counts */
extern const char *const merge_relation_words[];

/* Specs for a struct merge_options that is a member of a command's options. */
#define MERGE_OPTION_SPECS(type, member) \
	{"model", 'm', OPTION_LIST, "MODEL[:WEIGHT]", offsetof(type, member.models), \
	 "a parent and its weight; once for each", NULL}, \
	{"sketch", 0, OPTION_TEXT, "NAME", offsetof(type, member.kept), \
	 "the sketch that is kept as NAME", NULL}, \
	{"method", 0, OPTION_CHOICE, "METHOD", offsetof(type, member.method), \
	 "merge method (default linear, or the file's)", method_words}, \
	{"base", 0, OPTION_TEXT, "MODEL", offsetof(type, member.base), \
	 "base model of the method", NULL}, \
	{"relation", 0, OPTION_CHOICE, "merge|finetune", offsetof(type, member.relation), \
	 "of the child to its parents (default merge)", merge_relation_words}, \
	{"chat-template", 0, OPTION_CHOICE, "yes|no", offsetof(type, member.chat_template), \
	 "evaluated with it? (default: as the parents)", merge_answer_words}

/* Whether the options themselves name a merge: parents or a sketch. */
bool merge_options_given(const struct merge_options *options);

/* Takes the merge of the file `path` ("-" is standard input), or for NULL the
 * one that the options name, changes it as they say and checks it.  What a file
 * has that a sketch cannot say is a warning. */
enum status merge_options_sketch(struct cli *cli, struct session *session,
				 const struct merge_options *options, const char *path,
				 struct sketch *sketch, struct error *error);

/* Splits "owner/name:0.5" at the last colon where a number follows; a name
 * without one gets NAN.  The caller frees the name. */
enum status merge_split_weight(const char *word, char **name, double *weight, struct error *error);

#endif
