/* The browser: a lineage tree with a live merge sketch on one screen. */
#ifndef STEMMA_TUI_TUI_H
#define STEMMA_TUI_TUI_H

#include <stdbool.h>

#include "stemma/app/session.h"
#include "stemma/base/error.h"
#include "stemma/tui/config.h"

struct tui_options {
	const char *model;    /* name or alias to open at; NULL = where the last run ended */
	const char *script;   /* key script to run without a terminal; NULL = interactive */
	const struct config *config; /* required; borrowed while the browser runs */
	const struct error *fault;   /* of the configuration: shown first; NULL = none */
};

/* Runs the browser until the user leaves it.  What was open (cursor, folds,
 * sketch) is kept in the cache.  A session without a fit is fitted beside the
 * screen.  STATUS_NO_INPUT when options->model or the script does not exist;
 * STATUS_USAGE when there is no usable terminal, or for a fault in the script
 * (with file and line).  SIGTERM and SIGHUP restore the terminal and then end
 * the process as that signal would.
 *
 * A key script holds one command a line; `#` begins a comment:
 *   key NAME...       presses keys: j space enter esc ctrl-o F1 + pgdn ...
 *   type TEXT         types the rest of the line
 *   resize COLS ROWS  the first one sets the size at start (else 80 24)
 *   wait idle         until nothing is being worked on
 *   dump FILE         writes the screen as text; `dump -` to standard output
 *   times LABEL       prints how long the `key` and `type` lines since the last
 *                     `times` took, each from its key to its picture
 *   quit              ends (as does the end of the file) */
enum status tui_run(struct session *session, const struct tui_options *options,
		    struct error *error);

#endif
