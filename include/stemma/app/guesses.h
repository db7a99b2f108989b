/* Guesses: probable parents of the models of a catalog, learned from all that
 * the cache knows, and their acceptance as the user's own corrections. */
#ifndef STEMMA_APP_GUESSES_H
#define STEMMA_APP_GUESSES_H

#include "stemma/app/catalog.h"
#include "stemma/engine/parents.h"
#include "stemma/store/store.h"

struct guesses;

/* Learns; borrows the catalog.  STATUS_DATA when too few merges have known parents.
 * A few seconds for the whole leaderboard. */
enum status guesses_learn(struct store *store, const struct catalog *catalog,
			  struct progress *progress, struct guesses **guesses, struct error *error);
void guesses_free(struct guesses *guesses); /* NULL allowed */

/* As parents_guess(). */
size_t guesses_make(const struct guesses *guesses, size_t child, struct parents_guess *list, size_t room);

/* As parents_test(), with the single answers of the cache. */
enum status guesses_test(struct store *store, const struct catalog *catalog, uint64_t seed,
			 struct progress *progress, struct parents_figures *figures, struct error *error);

/* Appends them to the user's corrections, as parents of a merge, with a note of
 * their probability.  The cache takes them in when it is opened next. */
enum status guesses_accept(const struct catalog *catalog, size_t child, const struct parents_guess *list,
			   size_t count, struct error *error);

/* A merge, or what may be one, of which nobody says a parent that counts: one of
 * known architecture with no edge better than a guess. */
bool guesses_wanted(const struct catalog *catalog, size_t model);

#endif
