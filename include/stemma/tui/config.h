/* Config: the options that the user can set, from one table: their values,
 * the reader of configuration files, `stemma config --print`, the installed
 * defaults and the manual. */
#ifndef STEMMA_TUI_CONFIG_H
#define STEMMA_TUI_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "stemma/base/error.h"
#include "stemma/base/text.h"

struct config;

/* The compiled-in defaults. */
struct config *config_new(void);
void config_free(struct config *config); /* NULL allowed */

/* $XDG_CONFIG_HOME/stemma/config.yaml, else below ~/.config; NULL when neither
 * variable says where.  The caller frees. */
char *config_default_path(void);

/* Reads a file over what is in force.  STATUS_NO_INPUT when there is none;
 * STATUS_DATA with line and column when something in it is wrong: then
 * everything is at its default again. */
enum status config_read(struct config *config, const char *path, struct error *error);
/* The same for a text; `file` is for messages. */
enum status config_parse(struct config *config, const char *text, size_t length,
			 const char *file, struct error *error);

/* Sets an option as the file would, for switches on the command line. */
enum status config_set(struct config *config, const char *name, const char *value,
		       struct error *error);

/* How many options differ from their defaults. */
size_t config_changes(const struct config *config);
/* What is in force as YAML with comments, which config_read() takes again. */
void config_print(const struct config *config, struct text *out);
/* The options as entries of an mdoc(7) list, for stemma-config(5). */
void config_manual(struct text *out);

#endif
