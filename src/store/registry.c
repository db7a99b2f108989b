/* Benchmarks in memory while a transaction lasts. */
#include "registry.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "imports.h"
#include "model.h"
#include "stemma/base/hash.h"
#include "stemma/base/memory.h"
#include "stemma/base/text.h"

#define NOBODY SIZE_MAX /* the entry of a title that several have */

/* What leads to a benchmark; of the same word the first kind counts. */
enum name_kind { NAME_KEY, NAME_ALIAS, NAME_TITLE };
struct registry_name {
	char *word; /* lower case; NULL: the place is free */
	size_t entry;
	enum name_kind kind;
};

/* ---- names ---------------------------------------------------------------------- */

static struct registry_name *find_place(const struct registry *registry, const char *word)
{
	uint64_t hash = hash_bytes(HASH_START, word, strlen(word));
	size_t mask = registry->name_places - 1, place = (size_t)(hash ^ hash >> 32) & mask;

	while (registry->names[place].word && strcmp(registry->names[place].word, word) != 0)
		place = (place + 1) & mask;
	return &registry->names[place];
}

static void grow_names(struct registry *registry)
{
	struct registry_name *old = registry->names;
	size_t places = registry->name_places;

	registry->name_places = places ? 2 * places : 256;
	registry->names = memory_zero(registry->name_places, sizeof *registry->names);
	for (size_t i = 0; i < places; i++)
		if (old[i].word)
			*find_place(registry, old[i].word) = old[i];
	free(old);
}

static char *lower_case(const char *text)
{
	char *lower = memory_string(text);

	for (char *next = lower; *next; next++)
		*next = (char)tolower((unsigned char)*next);
	return lower;
}

static void add_name(struct registry *registry, const char *text, size_t entry, enum name_kind kind)
{
	if (2 * (registry->name_count + 1) > registry->name_places)
		grow_names(registry);
	char *word = lower_case(text);
	struct registry_name *place = find_place(registry, word);
	if (!place->word) {
		*place = (struct registry_name){word, entry, kind};
		registry->name_count++;
		return;
	}
	free(word);
	if (kind < place->kind) {
		place->entry = entry;
		place->kind = kind;
	} else if (kind == NAME_TITLE && place->kind == NAME_TITLE && place->entry != entry) {
		place->entry = NOBODY;
	}
}

static struct registry_entry *find_word(struct registry *registry, const char *word, enum name_kind last)
{
	if (!registry->name_places)
		return NULL;
	const struct registry_name *place = find_place(registry, word);
	bool found = place->word && place->kind <= last && place->entry != NOBODY;
	return found ? &registry->entries[place->entry] : NULL;
}

struct registry_entry *registry_find_key(struct store *store, const char *key)
{
	return registry_load(store, NULL) == STATUS_OK ? find_word(&store->registry, key, NAME_ALIAS) : NULL;
}

struct registry_entry *registry_find(struct store *store, const char *name)
{
	struct registry *registry = &store->registry;

	if (!name || registry_load(store, NULL) != STATUS_OK)
		return NULL;
	char *word = lower_case(name);
	struct registry_entry *entry = find_word(registry, word, NAME_TITLE);
	free(word);
	if (entry)
		return entry;
	char *key = benchmark_key(name);
	entry = key ? find_word(registry, key, NAME_ALIAS) : NULL;
	free(key);
	return entry;
}

struct registry_entry *registry_find_id(struct store *store, int64_t id)
{
	for (size_t i = 0; i < store->registry.count; i++)
		if (store->registry.entries[i].id == id)
			return &store->registry.entries[i];
	return NULL;
}

/* ---- loading -------------------------------------------------------------------- */

void registry_forget(struct store *store)
{
	struct registry *registry = &store->registry;

	for (size_t i = 0; i < registry->count; i++) {
		free(registry->entries[i].key);
		free(registry->entries[i].suite);
	}
	for (size_t i = 0; i < registry->name_places; i++)
		free(registry->names[i].word);
	free(registry->entries);
	free(registry->names);
	*registry = (struct registry){.loaded = false};
}

static struct registry_entry *add_entry(struct registry *registry, int64_t id, const char *key,
					const char *title)
{
	registry->entries = memory_grow(registry->entries, registry->count, &registry->capacity,
					sizeof *registry->entries);
	size_t place = registry->count++;
	struct registry_entry *entry = &registry->entries[place];
	*entry = (struct registry_entry){
		.id = id, .key = memory_string(key), .lower = NAN, .upper = NAN,
		.known_low = NAN, .known_high = NAN, .low = NAN, .high = NAN,
	};
	add_name(registry, key, place, NAME_KEY);
	if (title)
		add_name(registry, title, place, NAME_TITLE);
	return entry;
}

static bool load_entry(void *context, sqlite3_stmt *row)
{
	const char *key = column_text(row, 1), *suite = column_text(row, 3);
	struct registry_entry *entry = add_entry(context, sqlite3_column_int64(row, 0), key ? key : "",
						 column_text(row, 2));

	entry->suite = suite ? memory_string(suite) : NULL;
	entry->lower = column_end(row, 4);
	entry->upper = column_end(row, 5);
	entry->guessed = sqlite3_column_int(row, 6) != 0;
	entry->rank = sqlite3_column_int(row, 7);
	return true;
}

static bool load_alias(void *context, sqlite3_stmt *row)
{
	struct store *store = context;
	const struct registry_entry *entry = registry_find_id(store, sqlite3_column_int64(row, 1));
	const char *alias = column_text(row, 0);

	if (entry && alias)
		add_name(&store->registry, alias, (size_t)(entry - store->registry.entries), NAME_ALIAS);
	return true;
}

enum status registry_load(struct store *store, struct error *error)
{
	struct query entries = {.sql = "SELECT id, key, title, suite, lower, upper, guessed, rank"
				       " FROM benchmarks ORDER BY id"};
	struct query aliases = {.sql = "SELECT alias, benchmark FROM benchmark_aliases"};

	if (store->registry.loaded)
		return STATUS_OK;
	registry_forget(store);
	enum status status = database_each(store, entries, load_entry, &store->registry, error);
	if (status == STATUS_OK)
		status = database_each(store, aliases, load_alias, store, error);
	store->registry.loaded = status == STATUS_OK;
	return status;
}

static bool load_range(void *context, sqlite3_stmt *row)
{
	struct registry_entry *entry = registry_find_id(context, sqlite3_column_int64(row, 0));

	if (entry) {
		entry->known_low = column_number(row, 1);
		entry->known_high = column_number(row, 2);
		entry->known_count = (size_t)sqlite3_column_int64(row, 3);
	}
	return true;
}

enum status registry_ranges(struct store *store, struct error *error)
{
	struct query query = {.sql = "SELECT benchmark, min(value), max(value), count(*) FROM scores GROUP BY benchmark"};

	if (store->registry.ranged)
		return STATUS_OK;
	enum status status = database_each(store, query, load_range, store, error);
	store->registry.ranged = status == STATUS_OK;
	return status;
}

/* ---- new ones ------------------------------------------------------------------- */

enum status registry_add(struct store *store, const char *name, struct registry_entry **entry,
			 struct error *error)
{
	char *key = name ? benchmark_key(name) : NULL;
	struct name_hint hint = benchmark_name_hint(name ? name : "");

	if (!key)
		return error_set(error, STATUS_DATA, "no benchmark can be called \"%.80s\"; a name has letters or"
				 " digits, and at most %d bytes", name ? name : "", BENCHMARK_KEY_MAX);
	sqlite3_stmt *statement = database_statement(store, STATEMENT_ADD_BENCHMARK);
	bind_exact(statement, 1, key);
	bind_text(statement, 2, name);
	bind_answer(statement, 3, hint.higher_is_better);
	bind_import(statement, 4, store);
	enum status status = database_finish(store, statement, NULL, error);
	if (status == STATUS_OK) {
		*entry = add_entry(&store->registry, sqlite3_last_insert_rowid(store->database), key, name);
		(*entry)->added = (*entry)->guessed = true;
		(*entry)->lower_is_better = hint.higher_is_better == ANSWER_NO;
		(*entry)->lower = hint.open ? -INFINITY : (double)NAN;
		(*entry)->upper = hint.open ? INFINITY : (double)NAN;
	}
	free(key);
	return status;
}

char *registry_key_apart(const char *suite, const char *name)
{
	struct text joined = {0};

	text_append_format(&joined, "%s_%s", suite, name);
	char *key = benchmark_key(text_string(&joined));
	text_free(&joined);
	return key;
}

struct registry_entry *registry_find_apart(struct store *store, const char *suite, const char *name)
{
	char *key = suite && name ? registry_key_apart(suite, name) : NULL;
	struct registry_entry *entry = key ? registry_find_key(store, key) : NULL;

	free(key);
	return entry && entry->suite && strcasecmp(entry->suite, suite) == 0 ? entry : NULL;
}

enum status registry_require(struct store *store, const char *suite, const char *name,
			     struct registry_entry **entry, struct error *error)
{
	enum status status = registry_load(store, error);

	if (status != STATUS_OK)
		return status;
	*entry = registry_find_apart(store, suite, name);
	if (!*entry)
		*entry = registry_find(store, name);
	return *entry ? STATUS_OK : registry_add(store, name, entry, error);
}

/* ---- scales --------------------------------------------------------------------- */

double bounds_factor(double lower, double upper, double new_lower, double new_upper)
{
	bool from_zero = lower <= 0 && new_lower <= 0 && isfinite(lower) && isfinite(new_lower);

	if (from_zero && upper == 1 && new_upper == 100)
		return 100;
	return from_zero && upper == 100 && new_upper == 1 ? 0.01 : 1;
}

bool bounds_widen(double low, double high, double *lower, double *upper)
{
	double width = *upper - *lower, step = isfinite(width) && width > 0 ? width / 20 : 1;
	bool below = low < *lower, above = high > *upper;

	if (below)
		*lower = floor(low / step) * step;
	if (above)
		*upper = ceil(high / step) * step;
	return below || above;
}

/* What the values of a benchmark say of its scale. */
#define AS_FRACTION "taken as a fraction"
#define AS_PERCENTAGES "taken as percentages"
#define AS_OPEN "taken as a scale without ends"
struct guess {
	double lower, upper;
	const char *words;
};
static struct guess guess_scale(double low, double high)
{
	static const struct {
		double lower, upper;
		const char *words;
	} scales[] = {
		{0, 1, AS_FRACTION}, {-1, 1, AS_FRACTION},
		{0, 100, AS_PERCENTAGES}, {-100, 100, AS_PERCENTAGES},
	};

	for (size_t i = 0; i < sizeof scales / sizeof *scales; i++)
		if (low >= scales[i].lower && high <= scales[i].upper)
			return (struct guess){scales[i].lower, scales[i].upper, scales[i].words};
	return (struct guess){-INFINITY, INFINITY, AS_OPEN};
}

enum status registry_write_bounds(struct store *store, struct registry_entry *entry, struct error *error)
{
	sqlite3_stmt *statement = database_statement(store, STATEMENT_SET_BOUNDS);

	bind_integer(statement, 1, entry->id);
	bind_number(statement, 2, entry->lower);
	bind_number(statement, 3, entry->upper);
	bind_integer(statement, 4, entry->guessed);
	return database_finish(store, statement, NULL, error);
}

void registry_tell(struct store *store, const char *format, ...)
{
	char line[512];
	va_list arguments;

	if (!store->listener.tell)
		return;
	va_start(arguments, format);
	vsnprintf(line, sizeof line, format, arguments);
	va_end(arguments);
	store->listener.tell(store->listener.context, line);
}

/* ---- the end of a transaction ------------------------------------------------------ */

enum status registry_rescale(struct store *store, struct registry_entry *entry, double factor,
			     struct error *error)
{
	sqlite3_stmt *statement = database_statement(store, STATEMENT_RESCALE);

	bind_integer(statement, 1, entry->id);
	bind_number(statement, 2, factor);
	enum status status = database_finish(store, statement, NULL, error);
	statement = database_statement(store, STATEMENT_RESCALE_BEFORE);
	bind_integer(statement, 1, entry->id);
	bind_number(statement, 2, factor);
	if (status == STATUS_OK)
		status = database_finish_kept(store, statement, NULL, error);
	entry->known_low *= factor;
	entry->known_high *= factor;
	entry->low *= factor;
	entry->high *= factor;
	return status;
}

/* Tells of a new benchmark, or of another guess of an older one; of a thousand of them,
 * in short. */
#define NEWS_MAX 8
static void tell_scale(struct store *store, const struct registry_entry *entry, const char *words)
{
	bool closed = isfinite(entry->lower) && isfinite(entry->upper);
	double low = closed ? entry->lower : fmin(entry->low, entry->known_low);
	double high = closed ? entry->upper : fmax(entry->high, entry->known_high);

	if (++store->registry.news > NEWS_MAX)
		return;
	registry_tell(store, "%s: %s, %g to %g, %s%s", entry->key, entry->added ? "new" : "now", low, high, words,
		      !entry->added ? "" : entry->lower_is_better ? ", lower is better" : ", higher is better");
}

static enum status settle_guess(struct store *store, struct registry_entry *entry, struct error *error)
{
	enum status status = entry->added ? STATUS_OK : registry_ranges(store, error);
	double low = fmin(entry->low, entry->known_low), high = fmax(entry->high, entry->known_high);
	struct guess guess = guess_scale(low, high);

	/* One end that a source has told stays. */
	if (!isnan(entry->upper) && isnan(entry->lower))
		guess = (struct guess){low >= 0 ? 0 : -INFINITY, fmax(entry->upper, high), "as far as is known"};
	else if (!isnan(entry->lower) && isnan(entry->upper))
		guess = (struct guess){fmin(entry->lower, low), INFINITY, "open above"};
	if (status != STATUS_OK)
		return status;
	entry->lower = guess.lower;
	entry->upper = guess.upper;
	tell_scale(store, entry, guess.words);
	return registry_write_bounds(store, entry, error);
}

static enum status settle_entry(struct store *store, struct registry_entry *entry, struct error *error)
{
	double lower = entry->lower, upper = entry->upper;
	bool crossed = bounds_widen(entry->low, entry->high, &lower, &upper);

	if (entry->guessed && (crossed || isnan(lower) || isnan(upper)))
		return settle_guess(store, entry, error);
	if (entry->added && entry->guessed)
		tell_scale(store, entry, upper == 1 ? AS_FRACTION : isfinite(upper) ? AS_PERCENTAGES : AS_OPEN);
	if (!crossed)
		return entry->added && entry->guessed ? registry_write_bounds(store, entry, error) : STATUS_OK;
	registry_tell(store, "%s: values from %g to %g cross the ends of its scale, which is %g to %g now",
		      entry->key, entry->low, entry->high, lower, upper);
	entry->lower = lower;
	entry->upper = upper;
	return registry_write_bounds(store, entry, error);
}

/* Tells, once for all benchmarks, that values were put on a scale that their table does not
 * name; of a new one its own message says so. */
#define LISTED_MAX 5
static void tell_taken(struct store *store, enum score_scale scale, const char *words)
{
	struct text keys = {0};
	size_t count = 0;

	for (size_t i = 0; i < store->registry.count; i++) {
		const struct registry_entry *entry = &store->registry.entries[i];
		if (entry->taken == scale && !entry->added && ++count <= LISTED_MAX)
			text_append_format(&keys, "%s%s", count > 1 ? ", " : "", entry->key);
	}
	if (count > LISTED_MAX)
		text_append_format(&keys, " and %zu more", count - LISTED_MAX);
	if (count > 0)
		registry_tell(store, "%s: %s", text_string(&keys), words);
	text_free(&keys);
}

/* One or two benchmarks of a suite beside new ones may be meant as another set-up of these. */
static void tell_lone(struct store *store)
{
	const struct registry_entry *lone[2] = {NULL};
	size_t known = 0, added = 0;

	for (size_t i = 0; i < store->registry.count; i++) {
		const struct registry_entry *entry = &store->registry.entries[i];
		if (isnan(entry->low))
			continue;
		added += entry->added && entry->guessed;
		if (!entry->added && !entry->guessed && entry->suite && known++ < 2)
			lone[known - 1] = entry;
	}
	for (size_t i = 0; i < known && known <= 2 && added > 0; i++)
		registry_tell(store, "%s: taken as that of %s; if it was measured otherwise, give it a name of its own",
			      lone[i]->key, lone[i]->suite);
}

static void tell_news(struct store *store, const struct registry_entry *first)
{
	struct registry *registry = &store->registry;

	if (registry->news > NEWS_MAX)
		registry_tell(store, "%zu more benchmarks are new, or have another scale; \"stemma benchmarks\" lists them",
			      registry->news - NEWS_MAX);
	if (first)
		registry_tell(store, "scale and direction are guessed from values and names; where they are wrong, say for"
			      " example \"stemma benchmarks describe %s --lower 0 --upper 100 --higher-is-better no\"",
			      first->key);
	registry->news = 0;
}

enum status registry_settle(struct store *store, struct error *error)
{
	const struct registry_entry *first = NULL;
	enum status status = STATUS_OK;

	tell_taken(store, SCALE_FRACTION, "values from 0 to 1 only: taken as fractions of the scale, not as its points");
	tell_taken(store, SCALE_PERCENT, "values above 1 on a scale of 0 to 1: taken as percentages");
	tell_lone(store);
	for (size_t i = 0; i < store->registry.count && status == STATUS_OK; i++) {
		struct registry_entry *entry = &store->registry.entries[i];
		bool told = entry->added && entry->guessed && !isnan(entry->low);
		if (!isnan(entry->low))
			status = settle_entry(store, entry, error);
		first = first || !told ? first : entry;
		entry->low = entry->high = NAN;
		entry->added = false;
		entry->taken = SCALE_OWN;
	}
	tell_news(store, first);
	return status;
}
