/* Catalog: everything about the models that the screen and the engine read,
 * loaded once from the cache and immutable afterwards.  Index 0..count-1 is
 * the model's number everywhere above the store.  All texts are safe for a
 * terminal, also those of a cache that another program wrote. */
#ifndef STEMMA_APP_CATALOG_H
#define STEMMA_APP_CATALOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stemma/base/error.h"
#include "stemma/base/facts.h"
#include "stemma/base/progress.h"
#include "stemma/base/text.h"
#include "stemma/engine/engine.h"
#include "stemma/engine/lineage.h"
#include "stemma/store/store.h"

#define CATALOG_NONE SIZE_MAX

struct catalog_benchmark {
	int64_t id;            /* in the cache */
	char *key, *title;
	char *suite, *metric, *unit, *family; /* NULL unknown */
	char *duplicate_of;    /* key of the benchmark whose scores it shows again; NULL none */
	double lower, upper;   /* nominal ends of the scale; NAN unknown, -INFINITY / INFINITY open */
	double chance;         /* of a random guess, own scale; NAN unknown */
	bool higher_is_better;
	double instances;      /* questions; NAN unknown */
	bool hidden;           /* not listed and on no board unless asked for; learned from all the same */
	size_t models;         /* that have a shown score */
	size_t other;          /* benchmark whose other scoring it is, CATALOG_NONE */
};

struct catalog_model {
	int64_t id;            /* in the cache */
	char *name, *architecture, *license, *source, *precision; /* NULL unknown */
	char *merge_method;    /* NULL unknown, or no merge */
	double params_b;       /* NAN unknown */
	double uploaded;       /* days since 1970, NAN unknown */
	double likes;
	enum kind kind;
	enum answer chat_template; /* of most of its shown scores */
	char *provider;        /* who made or serves it, NULL unknown */
	char *base, *setting;  /* of one model in one of several settings: its name without it; NULL none */
	enum answer reasoning, open_weights;
	bool scored;           /* has at least one shown score */
	bool suspect;
	char *score_source;    /* source of the shown scores, NULL when none */
};

struct catalog {
	size_t count;
	struct catalog_model *models;
	size_t benchmark_count;
	struct catalog_benchmark *benchmarks;
	struct engine_benchmark *engine_benchmarks; /* the same benchmarks as the engine takes them */
	size_t scored_count;   /* models with a score */
	uint32_t *score_row;   /* of each model; 0 of all that have no score */
	size_t *cell_start;    /* scored_count + 2: cells of row r are cell_start[r] .. cell_start[r + 1] - 1 */
	struct engine_cell *cells; /* the shown scores, row by row, in a row by benchmark */
	struct lineage *lineage;
	int64_t data_version;
	const bool *excluded;  /* by model, borrowed from the session, which may change it: not
				* to be learned from; NULL none */
	const uint8_t *flags;  /* enum flag_state by model, borrowed; NULL none */
	const uint8_t *anomalous; /* number of anomalies by model, borrowed; NULL not known */
	bool *asked;           /* by model: of the families that catalog_ask_about() named; NULL none; owned */
	char *names;           /* one after the other, each ended by 0, in the order of models */
	size_t *name_start;    /* count + 1: where in names each begins, and their end */
	/* private: lookup by name and alias, the memory of all strings above */
	uint32_t *by_name;     /* all models in the order of their names */
	struct catalog_alias *aliases; /* by alias */
	size_t alias_count;
	struct catalog_benchmark_alias *benchmark_aliases;
	size_t benchmark_alias_count;
	bool dense;            /* the ids have no gaps */
	bool unpacked;         /* it was loaded from what catalog_pack() kept */
	uint32_t *shown;       /* benchmark_count: places among the benchmarks of the cache */
	uint64_t benchmarks_print; /* of all benchmarks of the cache, a number that tells them apart */
	struct catalog_chunk *strings;
};

/* Benchmarks without any score are not loaded, unless there are no scores at all.
 * What is read is one state of the cache, whatever other copies write. */
enum status catalog_load(struct store *store, struct catalog **catalog, struct error *error);
void catalog_free(struct catalog *catalog); /* NULL allowed */
/* The same, telling how far it is; STATUS_CANCELLED when that says to stop. */
enum status catalog_load_watched(struct store *store, struct progress *progress,
				 struct catalog **catalog, struct error *error);

/* Keeps the catalog in the cache in the form that it has in memory, so that the next
 * load need not go through the rows; void as soon as the data change, and not kept when
 * they have changed already.  STATUS_CANCELLED when progress says so. */
enum status catalog_pack(const struct catalog *catalog, struct store *store, struct progress *progress,
			 struct error *error);
/* Compares a catalog that was unpacked with the rows: *finding, which the caller frees,
 * tells the first difference, NULL when there is none. */
enum status catalog_check_packed(const struct catalog *catalog, struct store *store, char **finding,
				 struct error *error);

/* Throws away what is packed of the data that the catalog has. */
enum status catalog_drop_packed(const struct catalog *catalog, struct store *store, struct error *error);

/* The same as the model's `scored`, from an array that is small: for going through all. */
static inline bool catalog_is_scored(const struct catalog *catalog, size_t model)
{
	return catalog->score_row[model] != 0;
}
/* Index of a name or alias (ASCII case ignored), CATALOG_NONE when unknown. */
size_t catalog_find(const struct catalog *catalog, const char *name);
/* Index of the model with this number in the cache, CATALOG_NONE when gone. */
size_t catalog_find_id(const struct catalog *catalog, int64_t id);
/* Where the models of an older catalog are in a newer one, by name and alias:
 * before->count numbers, CATALOG_NOWHERE for one that is gone.  The caller frees. */
#define CATALOG_NOWHERE UINT32_MAX
uint32_t *catalog_match(const struct catalog *before, const struct catalog *after);
/* A number of the older catalog in the newer one, CATALOG_NONE when gone (or none). */
static inline size_t catalog_matched(const uint32_t *match, size_t model)
{
	return model == CATALOG_NONE || match[model] == CATALOG_NOWHERE ? CATALOG_NONE : match[model];
}
/* As catalog_find(), with an error that offers the nearest names: "no model X in the
 * cache; did you mean A, B or C?".  A name without owner that fits exactly one
 * model is taken. */
enum status catalog_resolve(const struct catalog *catalog, const char *name, size_t *model,
			    struct error *error);
/* All models in the order of their names; borrowed. */
const uint32_t *catalog_by_name(const struct catalog *catalog);
/* Sets contains[model] for each name that contains `part` (ASCII case ignored), and
 * clears the others.  Goes through all names in one sweep. */
void catalog_names_with(const struct catalog *catalog, const char *part, uint8_t *contains);
/* The models that what is named next is about: the name of a family of benchmarks means the
 * member that most of their ancestors, and of all that descend from these, have a score on. */
void catalog_ask_about(struct catalog *catalog, const size_t *models, size_t count);
/* The benchmark that a word means (ASCII case ignored): an exact key wins; then an alias or
 * title; then the name of a family, of which the member is taken that most of the models asked
 * about, else most of all, have a score on, and a line that says so appended to `said` (NULL
 * allowed); then a beginning of a key or title that fits only one.  Else STATUS_USAGE with
 * the candidates. */
enum status catalog_find_benchmark(const struct catalog *catalog, const char *word, size_t *benchmark,
				   struct text *said, struct error *error);
/* Index of the benchmark of this key (ASCII case ignored) or this number in the cache, CATALOG_NONE when
 * there is none. */
size_t catalog_benchmark(const struct catalog *catalog, const char *key);
size_t catalog_benchmark_id(const struct catalog *catalog, int64_t id);
/* The shown scores of a model by benchmark; borrowed. */
const struct engine_cell *catalog_cells(const struct catalog *catalog, size_t model, size_t *count);
/* One of them, NAN missing. */
double catalog_score(const struct catalog *catalog, size_t model, size_t benchmark);
/* The value of a target where all parts are published, else NAN. */
double catalog_target(const struct catalog *catalog, size_t model, const struct engine_target *target);
/* The same of all models at once, by row of scores (scored_count + 1; [0] is NAN); the
 * caller frees. */
double *catalog_target_by_row(const struct catalog *catalog, const struct engine_target *target);
/* The parent under which the model is drawn in the tree: largest weight, then
 * declared, then oldest; CATALOG_NONE for a root. */
size_t catalog_primary_parent(const struct catalog *catalog, size_t model);
/* The engine's view; it borrows from the catalog. */
void catalog_engine_data(const struct catalog *catalog, struct engine_data *data);

#endif
