/* Script: drives the browser by a file instead of a keyboard. */
#ifndef STEMMA_TUI_SCRIPT_H
#define STEMMA_TUI_SCRIPT_H

#include "browser.h"

struct script;

enum status script_open(const char *path, struct script **script, struct error *error);
void script_close(struct script *script); /* NULL allowed */
/* Size of the first `resize`, else 80 x 24. */
void script_size(const struct script *script, int *rows, int *columns);
/* Runs all commands.  The first fault ends it. */
enum status script_run(struct script *script, struct browser *browser, struct error *error);

#endif
