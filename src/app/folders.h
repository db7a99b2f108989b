/* Folders: which place a path means.  Private. */
#ifndef STEMMA_APP_FOLDERS_H
#define STEMMA_APP_FOLDERS_H

/* The absolute path that a path means: "~" is the user's home; one that a file states
 * (NULL: one of this machine) and that begins nowhere is looked for beside the file and in
 * the folders above it, for tools are run there, and is the file's folder's where there is
 * none.  A path of another system stays as it is.  The caller frees. */
char *folder_identity(const char *path, const char *file);

#endif
