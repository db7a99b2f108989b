/* Starter: what a new cache begins with, from the program's data folder: tables, boards, and, where it was
 * installed, a cache made of both with its fit. */
#ifndef STEMMA_APP_STARTER_H
#define STEMMA_APP_STARTER_H

#include "stemma/app/session.h"

/* $STEMMA_SHARE, else the installed folder. */
const char *starter_folder(void);

/* Copies the cache that was made of the starter set to where nothing is yet; false when there is none, or
 * when something is.  Whole or not at all. */
bool starter_copy(const char *data_folder, const char *path);

/* Loads tables and boards into a session; boards that the cache has stay, and so does the board that is
 * drawn if the user chose it. */
enum status starter_load(struct session *session, const char *data_folder, struct progress *progress,
			 struct import_report *report, struct error *error);

/* Licence and credit of a source of scores ("MIT; EuroEval"), which the caller frees; NULL unknown. */
char *starter_credit(const char *data_folder, const char *source);

#endif
