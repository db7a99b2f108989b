/* Signals: turned into bytes of a pipe that the loop polls. */
#ifndef STEMMA_TUI_SIGNALS_H
#define STEMMA_TUI_SIGNALS_H

/* Catches SIGWINCH, SIGTSTP, SIGCONT, SIGTERM, SIGHUP and SIGINT; the pipe's
 * end to read, -1 when there can be none. */
int signals_catch(void);
/* The number of the next signal that came, 0 when there is none. */
int signals_next(void);
/* As before signals_catch(). */
void signals_release(void);

#endif
