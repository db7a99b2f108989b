/* Reading: one input being read, and what every reader does with it.  Private. */
#ifndef STEMMA_FORMATS_READING_H
#define STEMMA_FORMATS_READING_H

#include <stdbool.h>

#include "source.h"
#include "stemma/formats/reader.h"

/* Each reads one format from the beginning of the source to its end. */
enum status contents_read(struct source *source);
enum status scores_read(struct source *source);
enum status edges_read(struct source *source);
enum status renames_read(struct source *source);
enum status models_read(struct source *source);
enum status long_read(struct source *source);
enum status across_read(struct source *source);
enum status benchmarks_read(struct source *source);
enum status outcomes_read(struct source *source);
enum status samples_read(struct source *source);
enum status harness_read(struct source *source);
enum status lighteval_read(struct source *source);
enum status every_eval_read(struct source *source);
enum status eval_results_read(struct source *source);
enum status rows_read(struct source *source);
enum status row_lines_read(struct source *source);
enum status model_config_read(struct source *source);
enum status card_read(struct source *source);
enum status hub_read(struct source *source);
enum status mergekit_read(struct source *source);

/* Hands a record over; a status other than STATUS_OK ends the reading. */
enum status deliver(struct source *source, const struct record *record);
/* Tells of a row or value that cannot be used, or of something the user should know. */
void reject(struct source *source, long line, long column, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
void warn(const struct record_sink *sink, long line, long column, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Whether some line begins, behind blanks, with a key that makes a merge file. */
bool looks_like_merge(const char *text, size_t length);

struct merge_recipe;
/* Delivers a merge: the child and its edges, of a configuration. */
void deliver_recipe(struct source *source, const struct merge_recipe *recipe, const char *child);

/* The name of the model that a file speaks of as a whole: what the sink makes of the name
 * that is stated, or of the path of what has none; `here` where that is the file's own
 * folder on this machine rather than what stands in it.  The caller frees. */
char *subject_name(const struct source *source, const char *name, const char *path, bool here);
/* The name of another model of which the file says a path.  The caller frees. */
char *path_name(const struct record_sink *sink, const char *path);

/* "owner/name" of "owner" SEPARATOR "name"; NULL when that is no name.  The caller frees. */
char *naming_joined(const char *text, size_t length, const char *separator);
/* The model whose folder in a download cache the path leads through: models--OWNER--NAME;
 * *revision, which may be NULL, gets that of the snapshot.  The caller frees both. */
char *naming_cached(const char *path, char **revision);

/* Whether a name can be a repository of a hub: owner/name or an old name without owner,
 * at most 96 bytes of letters, digits and ".", "_", "-" each part, no "--" or ".."
 * (formats.md §1.5). */
bool is_hub_name(const char *name);
/* Whether it can be a model in a table: one of the Hub, or one of these in a setting,
 * "owner/name--thinking", or cut short, "owner/na...". */
bool is_model_name(const char *name);
/* The name without its setting; NULL when it has none.  *setting gets what stands
 * behind "--".  The caller frees. */
char *setting_base(const char *name, const char **setting);

#endif
