/* Read file: a whole small input file. */
#ifndef STEMMA_BASE_READ_FILE_H
#define STEMMA_BASE_READ_FILE_H

#include "stemma/base/error.h"
#include "stemma/base/text.h"

/* Appends the contents of `path` ("-" is standard input).  STATUS_NO_INPUT
 * when it does not exist, STATUS_IO when it cannot be read, STATUS_DATA when
 * it is larger than a configuration can be (16 MB). */
enum status read_file(const char *path, struct text *text, struct error *error);

/* How messages call it: "standard input" for "-". */
const char *read_file_name(const char *path);

#endif
