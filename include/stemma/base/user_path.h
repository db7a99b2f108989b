/* User path: where the user's own files are, by the XDG specification. */
#ifndef STEMMA_BASE_USER_PATH_H
#define STEMMA_BASE_USER_PATH_H

/* "$VARIABLE/stemma/NAME", or "$HOME/FALLBACK/stemma/NAME" where the variable
 * holds no absolute path; NULL when HOME is not set either.  The caller frees. */
char *user_path(const char *variable, const char *fallback, const char *name);

#endif
