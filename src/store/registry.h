/* Registry: the benchmarks of the cache in memory, for as long as a transaction,
 * and what it has put for each of them.  Private. */
#ifndef STEMMA_STORE_REGISTRY_H
#define STEMMA_STORE_REGISTRY_H

#include "database.h"

/* Whatever it was is to be read again. */
void registry_forget(struct store *store);
enum status registry_load(struct store *store, struct error *error);
/* Fills in the ranges of the values that the cache holds, once. */
enum status registry_ranges(struct store *store, struct error *error);
/* The entry of a key, alias or title in any case; NULL when none, or after a failure. */
struct registry_entry *registry_find(struct store *store, const char *name);
/* The entry of a key or alias. */
struct registry_entry *registry_find_key(struct store *store, const char *key);
/* Adds a benchmark of this name; STATUS_DATA when no key can be made of it. */
enum status registry_add(struct store *store, const char *name, struct registry_entry **entry,
			 struct error *error);
/* The one that a suite (NULL: none) has under this key, where another suite has it too; NULL. */
struct registry_entry *registry_find_apart(struct store *store, const char *suite, const char *name);
/* The key that it has then; the caller frees, NULL when none can be made. */
char *registry_key_apart(const char *suite, const char *name);
/* That of the suite, or of a key, alias or title, added where it is unknown, with a guess to be
 * made of its scale. */
enum status registry_require(struct store *store, const char *suite, const char *name,
			     struct registry_entry **entry, struct error *error);
struct registry_entry *registry_find_id(struct store *store, int64_t id);
/* Makes the bounds agree with the values that this transaction has put, where they
 * are guessed or crossed, and tells of it; to be called before it is committed. */
enum status registry_settle(struct store *store, struct error *error);
/* Multiplies all values of a benchmark. */
enum status registry_rescale(struct store *store, struct registry_entry *entry, double factor,
			     struct error *error);
/* What a scale of these ends must be multiplied by to become the other; 1 when they
 * are not fractions on one side and percentages on the other. */
double bounds_factor(double lower, double upper, double new_lower, double new_upper);
/* Moves the ends of a scale so that it holds the values from low to high, NAN for none,
 * outwards to a round number; false when it holds them already. */
bool bounds_widen(double low, double high, double *lower, double *upper);
/* Writes the bounds. */
enum status registry_write_bounds(struct store *store, struct registry_entry *entry, struct error *error);
/* Passes a message on to whoever listens. */
void registry_tell(struct store *store, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
