/* Origin: what the name of a file tells about what is in it.  Private. */
#ifndef STEMMA_FORMATS_ORIGIN_H
#define STEMMA_FORMATS_ORIGIN_H

/* The last part of a path; borrowed. */
const char *origin_base(const char *path);
/* The name of the folder that the file lies in, without its own folders; NULL when
 * the path has none.  The caller frees. */
char *origin_folder(const char *path);
/* The last part without its suffixes (.yml, .md, .json, .gz ...); the caller
 * frees. */
char *origin_stem(const char *path);
/* The model whose folder the file lies in: "owner/name" of ".../owner__name/FILE"
 * or of a download cache's ".../models--owner--name/snapshots/SHA/FILE"; NULL for
 * another folder.  The caller frees. */
char *origin_model(const char *path);

#endif
