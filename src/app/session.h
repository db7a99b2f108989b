/* What the files of the session share.  Private to the app. */
#ifndef STEMMA_APP_SESSION_PRIVATE_H
#define STEMMA_APP_SESSION_PRIVATE_H

#include "stemma/app/session.h"

/* Boards, targets and rows of the catalog that was loaded, as they were kept. */
enum status session_load_rows(struct session *session, struct error *error);
/* Puts a catalog in the place of the session's, which is freed, and takes board and target over to it. */
void session_adopt_rows(struct session *session, struct catalog *catalog);
void session_free_rows(struct session *session);

#endif
