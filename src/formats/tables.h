/* Tables: which format a CSV file has, and words that several of them share.  Private. */
#ifndef STEMMA_FORMATS_TABLES_H
#define STEMMA_FORMATS_TABLES_H

#include "csv.h"
#include "stemma/formats/reader.h"

/* The format that the header of a table tells, from the text at the beginning of a
 * file; FORMAT_UNKNOWN when it is none. */
enum format table_recognise(const char *text, size_t length);

/* Lists that NULL ends, for csv_column_of(). */
extern const char *const model_words[], *const benchmark_words[], *const value_words[];
/* The column of the models' names: one of model_words, else a first one without a header,
 * as a table's index is written; -1. */
int table_model_column(const struct csv *csv);

/* A list of names for a message: the first five, and how many more there are. */
struct name_list {
	struct text text;
	size_t count;
};
void name_list_add(struct name_list *list, const char *name);
/* Ends the list; what it returns is valid until text_free(&list->text). */
const char *name_list_end(struct name_list *list);

/* Rank of a source that a table names: the user's own, a known one's, or a published table's. */
int source_word_rank(const char *word);
/* The name of a precision as stemma keeps it: "bf16" is "bfloat16"; NULL when it is none. */
const char *precision_of(const char *word);

#endif
