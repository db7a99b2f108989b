/* What the cache keeps so that it need not be made again: of a fit, its state.  It
 * saves time and nothing else.  Private to the app. */
#ifndef STEMMA_APP_KEPT_FIT_H
#define STEMMA_APP_KEPT_FIT_H

#include "stemma/store/store.h"

struct kept_fit {
	char *settings; /* NULL when there is none; owned, as the state */
	int64_t data_version;
	void *state;
	size_t state_bytes;
};

/* The fit of this prior, all zero when there is none. */
enum status kept_fit_get(struct store *store, const char *prior, struct kept_fit *kept,
			 struct error *error);
void kept_fit_free(struct kept_fit *kept);
/* Whether it is of these data and settings. */
bool kept_fit_is_of(const struct kept_fit *kept, int64_t data_version, const char *settings);
/* Keeps a fit with settings, unless it is what is kept already.  The status is that of
 * kept_status(). */
enum status kept_fit_put(struct store *store, const struct kept_fit *kept, const struct store_fit *fit,
			 struct error *error);

/* How keeping ended: a cache that another copy has locked, or that cannot be written,
 * is no failure.  Other problems go to *error, which may be NULL. */
enum status kept_status(enum status status, const struct error *problem, struct error *error);

#endif
