/* Store: the cache, one SQLite file.
 *
 * The schema is in src/store/schema.sql and documented in stemma-cache(5).
 * One struct store belongs to one thread; several processes and several
 * stores may have the same file open.
 */
#ifndef STEMMA_STORE_STORE_H
#define STEMMA_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stemma/base/error.h"
#include "stemma/base/facts.h"

struct store;

/* Opens `path`, creating the file (and its directory, mode 0700) when it does
 * not exist and `create` is true; *created says whether the schema was newly
 * made (NULL allowed).  WAL, foreign keys on, busy time-out 5 s, older schemas
 * migrated forward inside one transaction.  A newer schema, or a file that is
 * not a stemma cache, is STATUS_CACHE and stays untouched; a missing or empty
 * file without `create` is STATUS_NO_INPUT.  A cache that may not be written
 * opens; the first change is STATUS_IO. */
enum status store_open(const char *path, bool create, struct store **store, bool *created,
		       struct error *error);
void store_close(struct store *store); /* NULL allowed */

/* How long a change waits for another copy that is writing, instead of the 5 s. */
void store_set_patience(struct store *store, int milliseconds);

/* $XDG_DATA_HOME/stemma/stemma.db or its fallback; the caller frees.  NULL
 * when neither XDG_DATA_HOME nor HOME is set. */
char *store_default_path(void);

/* Transactions; store_begin takes the write lock at once (STATUS_BUSY when
 * another copy keeps it longer than the time-out).  A put outside of one is a
 * transaction of its own; many puts belong into one, for speed.  A put that is
 * STATUS_DATA has changed nothing that matters and the transaction may go on;
 * after any other failure roll back. */
enum status store_begin(struct store *store, struct error *error);
/* The same for very many puts of models, edges, evaluations and so on: what they refer
 * to they find themselves, and SQLite does not look for it again. */
enum status store_begin_import(struct store *store, struct error *error);
enum status store_commit(struct store *store, struct error *error);
void store_rollback(struct store *store);

/* Copies the whole cache into a new file, which must not exist. */
enum status store_copy(struct store *store, const char *path, struct error *error);

/* A snapshot: between the two, all reading sees the cache as it was at begin,
 * whatever other copies write.  Read only, and not within a transaction. */
enum status store_snapshot_begin(struct store *store, struct error *error);
void store_snapshot_end(struct store *store);

/* What a put did. */
enum change { CHANGE_NONE, CHANGE_ADDED, CHANGE_UPDATED };

/* Longer names, and more edges into one model, are STATUS_DATA. */
#define STORE_NAME_MAX 4096 /* bytes */
#define STORE_PARENTS_MAX 256

/* All text is cleaned by utf8_sanitize() before it is stored; an empty string
 * is a missing one.  `change` must not be NULL. */

/* Adds or completes a model.  Names compare without regard to ASCII case and
 * through aliases.  The model keeps the largest rank that told about it: facts
 * of that rank or a larger one overwrite, facts of a smaller rank only fill
 * what is missing; a missing fact never erases one.  The name is shown as the
 * source of the largest rank spells it. */
enum status store_put_model(struct store *store, const struct model_facts *facts,
			    enum change *change, struct error *error);

/* Adds an edge; child and parent are created when unknown.  Kept per source:
 * the same (child, parent, source) again replaces the row or changes nothing.
 * A self-parent or a negative weight is STATUS_DATA; between two names of one model there
 * is no edge, which is told and no failure. */
enum status store_put_edge(struct store *store, const struct edge_facts *facts,
			   enum change *change, struct error *error);

/* Forgets the edges into the child by this source from any other parent; unknown
 * names have none. */
enum status store_put_parents(struct store *store, const struct parents_facts *facts,
			      enum change *change, struct error *error);

/* Hears what the puts of a store find: a value that cannot be one and is left out alone,
 * and what became of a benchmark ("gsm8k: new, 0 to 1, taken as a fraction"). */
struct store_listener {
	void *context;
	void (*refuse)(void *context, const struct score_facts *score, const char *reason);
	void (*tell)(void *context, const char *message);
};
/* NULL: nobody listens. */
void store_listen(struct store *store, const struct store_listener *listener);

/* Describes a benchmark, which is added when unknown.  Facts overwrite and fill by rank
 * as those of a model; its bounds take the place of guessed ones, and values that were
 * put as fractions or percentages by that guess follow.  Ends that stored values cross
 * are moved to hold them.  Aliases that are guessed benchmarks of their own are joined
 * to it; one that is a described benchmark is STATUS_DATA, as is an impossible key. */
enum status store_put_benchmark(struct store *store, const struct benchmark_facts *facts,
				enum change *change, struct error *error);

/* Adds an evaluation with its scores, creating the model and benchmarks that are
 * unknown.  Two runs are the same when model, source, precision, chat template, harness
 * and version agree, and two scores when run, benchmark, shots and set-up do; then the
 * scores named replace the old ones and those not named stay, so that results that come
 * one benchmark a file gather in one run (CHANGE_NONE when all are equal).  A score
 * whose value is NAN is skipped; an evaluation with no other score is not kept
 * (STATUS_OK, CHANGE_NONE).  A value is put on the scale of its benchmark; one that is
 * infinite or further from the scale than that is wide is refused, alone, where somebody
 * listens, and else STATUS_DATA.  At the commit the bounds of benchmarks that nobody has
 * described are guessed from all their values, and nominal bounds that values cross are
 * moved. */
enum status store_put_evaluation(struct store *store, const struct evaluation_facts *facts,
				 enum change *change, struct error *error);

/* Adds the single answers of a model to a set of questions, which is made known
 * at its first use.  STATUS_DATA when the set has another number of questions.  Answers `by_id` to some of
 * the questions of a set that is known join those that the model has. */
enum status store_put_outcomes(struct store *store, const struct outcome_facts *facts,
			       enum change *change, struct error *error);
/* Visits the answers of all models to a set of questions, by model id, also those to some of
 * them; the bits are borrowed for the call. */
enum status store_each_outcome(struct store *store, const char *benchmark,
	bool (*visit)(void *context, int64_t model, const struct outcome_facts *outcomes), void *context,
	struct error *error);

/* Visits the sets that have answers to all of their questions, by key. */
enum status store_each_outcome_set(struct store *store,
	bool (*visit)(void *context, const char *benchmark, size_t models), void *context,
	struct error *error);

/* Visits the names of a set's questions by their places; none when they have none. */
enum status store_each_question(struct store *store, const char *benchmark,
	bool (*visit)(void *context, size_t question, const char *name), void *context,
	struct error *error);

/* Corrections beat what everybody else says, now and later: edges of
 * TRUST_CORRECTION count beside the others of their child, dropped ones do not
 * count.  Clearing takes back all of both kinds. */
enum status store_clear_corrections(struct store *store, struct error *error);
enum status store_put_drop(struct store *store, const struct drop_facts *facts,
			   struct error *error);

/* Makes all that an evaluation of the model measured what is shown, whatever the
 * rules say and single choices were; 0 leaves it to the rules again. */
enum status store_prefer_evaluation(struct store *store, int64_t model, int64_t evaluation,
				    struct error *error);

/* Makes `alias` another name of `current`, which is created when unknown and
 * may itself be an alias.  When both are known as separate models they become
 * one: evaluations, edges and sketches of the alias move; where both have one
 * of the same key, `current` keeps its own; an edge between the two goes.  An
 * alias of another model moves (CHANGE_UPDATED).  The reverse of a known alias
 * changes nothing. */
enum status store_put_alias(struct store *store, const struct alias_facts *facts,
			    enum change *change, struct error *error);

/* What was imported. */
struct store_import {
	int64_t id;
	const char *file, *format;
	size_t accepted, rejected;  /* records */
	size_t added, updated;
	bool noted;                 /* what it brought is known: it can be taken back */
	const char *done, *undone;  /* when, UTC; undone NULL when it was not taken back */
};
/* Notes the end of an import (id, done and the like need not be set): within a transaction
 * of store_begin_import() that of its number, and what is put after it is the next one's. */
enum status store_note_import(struct store *store, const char *file, const char *format,
			      const struct store_import *counts, struct error *error);
/* The number that the next import gets. */
enum status store_next_import(struct store *store, int64_t *import, struct error *error);
/* The last import of this file that was not taken back, 0 when there is none. */
int64_t store_same_import(struct store *store, const char *file);
/* Watches that the imports from `first` on, 0 for none, do not replace each other's rows
 * unseen. */
void store_watch_imports(struct store *store, int64_t first);
/* The file of a watched import whose rows the running one has replaced; NULL when it has
 * not.  The caller frees. */
char *store_replaced_import(struct store *store);
/* Visits the imports in their order. */
enum status store_each_import(struct store *store, bool (*visit)(void *context, const struct store_import *),
			      void *context, struct error *error);
/* Takes back what this import alone has brought, in a transaction of its own: rows that
 * others speak of, too, become what they are by these, and models and benchmarks go where
 * nothing is left that refers to them.  What it has told of benchmarks that stay, and that
 * two names are one model, stays. */
enum status store_undo_import(struct store *store, int64_t import, struct error *error);

/* Models that only have a folder: the name that belongs to a path, and back; NULL when
 * there is none.  The caller frees. */
char *store_folder_name(struct store *store, const char *path);
char *store_folder_of(struct store *store, const char *name);
enum status store_put_folder(struct store *store, const char *path, const char *name, struct error *error);
/* Whether a model, an alias or a folder has this name. */
bool store_name_is_taken(struct store *store, const char *name);

/* The id of a name or alias, 0 when unknown, -1 on a database error. */
int64_t store_find_model(struct store *store, const char *name);

/* ---- reading all of it: what the session keeps in memory ---------------- */

/* facts: aliases are not filled in; title is the key where none is known. */
struct store_benchmark {
	int64_t id;
	struct benchmark_facts facts;
	const char *variant_of; /* key of the benchmark whose other scoring this is, or NULL */
	bool guessed;           /* nobody has told the bounds */
	bool hidden;            /* the user does not want to see it */
};
struct store_model {
	int64_t id;
	struct model_facts facts; /* source = source of the facts */
	bool suspect;             /* flagged by the source of a run, or by the user */
};
/* An effective edge: none that a correction dropped; of each child those of its
 * best class only, which are
 *   the user's (TRUST_USER) > the merge configuration's > declared and listed
 *   ones together > inferred ones > the root of the chain,
 * beside corrections, which count always and as declared ones against others;
 * and one per (child, parent): the most trusted row, then one with a weight,
 * then the alphabetically first source. */
struct store_edge {
	int64_t child, parent;
	struct edge_facts facts; /* child and parent names NULL */
};
/* A chosen score: of all observations of a model on a benchmark the first by
 *   being preferred by the user, or of a run that is,
 *   all questions asked,
 *   the user's own before others',
 *   a run of three benchmarks of the suite or more before a shorter one (so that a
 *   suite's values stand together),
 *   the larger rank of its source, not flagged, with chat template, bfloat16,
 *   the later date, the later added, more shots. */
struct store_score {
	int64_t model, benchmark, evaluation;
	double value, error;       /* on the benchmark's scale; error NAN unknown */
	enum answer chat_template;
	int shots;                 /* -1 unknown */
	bool limited;
};
/* One observation with all that is known of it. */
struct store_observation {
	int64_t model, benchmark, evaluation;
	struct evaluation_facts run; /* scores NULL; model NULL */
	struct score_facts facts;    /* benchmark: its key; scale: its own */
	bool chosen;                 /* it is the one that is shown */
	bool preferred;              /* because the user wants it, or its run */
};
struct store_evaluation {
	int64_t id, model;
	struct evaluation_facts facts; /* scores NULL; model NULL */
	size_t chosen_count;           /* of its scores those that are shown; 0 in a visit of all models */
	bool preferred;                /* because the user wants it */
	size_t score_count;
};
/* Ids of all models in the order of their names (NOCASE), names not read. */
enum status store_each_name(struct store *store, bool (*visit)(void *context, int64_t model),
			    void *context, struct error *error);
/* Each visits every row with strings borrowed for the call; visit() returns
 * false to stop, and must not change the cache.  In order of id; edges by child
 * and parent, scores by model and benchmark, aliases by name. */
enum status store_each_benchmark(struct store *store,
	bool (*visit)(void *context, const struct store_benchmark *), void *context,
	struct error *error);
enum status store_each_model(struct store *store,
	bool (*visit)(void *context, const struct store_model *), void *context,
	struct error *error);
/* The largest id of a model, 0 when there are none. */
enum status store_last_model(struct store *store, int64_t *id, struct error *error);
enum status store_each_edge(struct store *store,
	bool (*visit)(void *context, const struct store_edge *), void *context,
	struct error *error);
enum status store_each_score(struct store *store,
	bool (*visit)(void *context, const struct store_score *), void *context,
	struct error *error);
/* All observations of a model, by suite, benchmark, run, shots and set-up: a choice does
 * not change their order; of all models by id. */
enum status store_each_observation(struct store *store, int64_t model /* 0 = all */,
	bool (*visit)(void *context, const struct store_observation *), void *context,
	struct error *error);
/* Makes an observation the one that is shown for its model and benchmark; what tells it
 * apart are evaluation, shots and set-up (NULL none).  An evaluation of 0 leaves the
 * benchmark, and a benchmark of 0 too all of the model's, to the rules again.  What is
 * not there is STATUS_DATA. */
enum status store_prefer_score(struct store *store, int64_t model, int64_t benchmark, int64_t evaluation,
			       int shots, const char *setup, struct error *error);
/* What else is known of models, by model and key. */
enum status store_each_attribute(struct store *store,
	bool (*visit)(void *context, int64_t model, const struct attribute_facts *), void *context,
	struct error *error);
/* Other keys of benchmarks, by alias. */
enum status store_each_benchmark_alias(struct store *store,
	bool (*visit)(void *context, const char *alias, int64_t benchmark), void *context, struct error *error);
/* The scores of a benchmark. */
struct store_coverage {
	int64_t benchmark;
	size_t models;          /* with a score */
	const char *newest;     /* ISO date of the newest score, NULL unknown; borrowed for the visit */
	bool newest_is_release; /* of a score without a date: the release date of its model stands in */
};
/* Visits each benchmark that has a score, by benchmark. */
enum status store_each_coverage(struct store *store,
	bool (*visit)(void *context, const struct store_coverage *), void *context, struct error *error);
enum status store_each_evaluation(struct store *store, int64_t model /* 0 = all */,
	bool (*visit)(void *context, const struct store_evaluation *), void *context,
	struct error *error);
/* Every source's edge into `child`, best first (also the ones not chosen). */
enum status store_each_source_edge(struct store *store, int64_t child,
	bool (*visit)(void *context, const struct store_edge *, const char *parent), void *context,
	struct error *error);
/* What becomes of an edge that a source states, and why. */
enum edge_verdict {
	VERDICT_COUNTS,
	VERDICT_DROPPED,   /* the user says it is wrong */
	VERDICT_REPEATED,  /* a better source states the same edge */
	VERDICT_OUTRANKED  /* better sources state other parents */
};
struct store_decision {
	int64_t child, parent;
	const char *source;
	enum trust trust;
	enum edge_verdict verdict;
	const char *note;  /* of the correction that drops it, or NULL */
};
/* Visits every source's edge into `child` (0 = of all) with the verdict on it. */
enum status store_each_decision(struct store *store, int64_t child,
	bool (*visit)(void *context, const struct store_decision *), void *context,
	struct error *error);
enum status store_each_alias(struct store *store,
	bool (*visit)(void *context, const char *alias, int64_t model), void *context,
	struct error *error);

/* ---- benchmarks, boards, targets ------------------------------------------- */

/* The id of a key, alias or title in any case, 0 when unknown, -1 on a database error. */
int64_t store_find_benchmark(struct store *store, const char *name);
/* Gives a benchmark another key; the old one goes on leading to it.  STATUS_DATA when
 * the key is another benchmark's, or none. */
enum status store_rename_benchmark(struct store *store, int64_t benchmark, const char *key,
				   struct error *error);
/* Makes one benchmark of two: observations, answers, boards and targets of `from` move,
 * and its names lead to `into`, which keeps its own where both have the same. */
enum status store_join_benchmarks(struct store *store, int64_t from, int64_t into, struct error *error);
enum status store_hide_benchmark(struct store *store, int64_t benchmark, bool hidden, struct error *error);
/* Deletes it with all that was measured on it. */
enum status store_drop_benchmark(struct store *store, int64_t benchmark, struct error *error);

/* Boards, named lists of benchmarks, and targets, named weighted means of them.  A put
 * replaces the one of that name, and drops it when count is 0.  Visits go by name, with
 * the ids of the benchmarks in their order; the weights are > 0. */
enum status store_put_board(struct store *store, const char *name, const int64_t *benchmarks, size_t count,
			    struct error *error);
enum status store_each_board(struct store *store,
	bool (*visit)(void *context, const char *name, const int64_t *benchmarks, size_t count), void *context,
	struct error *error);
enum status store_put_target(struct store *store, const char *name, const int64_t *benchmarks,
			     const double *weights, size_t count, struct error *error);
enum status store_each_target(struct store *store,
	bool (*visit)(void *context, const char *name, const int64_t *benchmarks, const double *weights,
		      size_t count), void *context, struct error *error);

/* ---- fits, sketches ------------------------------------------------------ */

/* A number that grows with every change of models and their attributes, edges,
 * evaluations, scores or benchmarks by anybody, and is kept in the file: equal numbers, equal data.  -1 when the
 * cache cannot be read. */
int64_t store_data_version(struct store *store);

struct store_fit {
	const char *prior;      /* "kin", "laplacian", "none"; "answers SET" */
	int64_t data_version;   /* what it was fitted on */
	const char *created;    /* ISO date and time, UTC; NULL in a put: now */
	const char *settings;   /* JSON: rank, seed */
	const void *state;      /* the engine's own bytes */
	size_t state_bytes;
	int64_t models;         /* scored models in the fit */
	double seconds;
};
/* Keeps one fit per prior: the latest. */
enum status store_put_fit(struct store *store, const struct store_fit *fit, struct error *error);
/* Calls visit once with the fit of `prior`, not at all when there is none. */
enum status store_get_fit(struct store *store, const char *prior,
	void (*visit)(void *context, const struct store_fit *), void *context,
	struct error *error);

/* What the app made of one version of the data, in blocks of bytes that are its own
 * affair: kept so that it need not be made again.  Anybody may have written it. */
struct store_block {
	const void *bytes;
	size_t size;
};
/* Replaces all that is packed by the blocks 0..count - 1, unless the data have another
 * version by now.  block() is asked for one after the other; the bytes are borrowed
 * until its next call; false is STATUS_CANCELLED, and all is as before. */
enum status store_put_packed(struct store *store, int64_t data_version, size_t count,
	bool (*block)(void *context, size_t number, struct store_block *block), void *context, struct error *error);
/* Bytes of all blocks together, 0 when there are none or they cannot be. */
size_t store_packed_size(struct store *store);
/* Fills `bytes` with a block; false when there is none of this size, or it cannot be read. */
bool store_get_packed(struct store *store, size_t number, void *bytes, size_t size);

struct store_sketch_parent {
	int64_t model;
	double weight;
	bool locked;
};
/* A named sketch; "" is the one that was open last.  Replaces it. */
enum status store_put_sketch(struct store *store, const char *name, const char *method,
	int64_t base /* 0 none */, int chat_template, const struct store_sketch_parent *parents,
	size_t count, struct error *error);
struct store_sketch {
	const char *name, *method;
	int64_t base;
	int chat_template;
	const struct store_sketch_parent *parents;
	size_t count;
};
enum status store_get_sketch(struct store *store, const char *name,
	void (*visit)(void *context, const struct store_sketch *), void *context,
	struct error *error);

/* *found says whether there was one of that name. */
enum status store_drop_sketch(struct store *store, const char *name, bool *found,
			      struct error *error);

/* ---- fetching ------------------------------------------------------------ */

/* What is known of an address; all NULL when nothing is.  Owned. */
struct store_sync {
	char *cursor; /* the fetcher's own */
	char *etag;   /* the version that was fetched */
	char *done;   /* ISO date and time, UTC; NULL while it is not complete */
};
void store_sync_free(struct store_sync *sync);
struct store_sync store_get_sync(struct store *store, const char *resource);
enum status store_put_sync(struct store *store, const char *resource, const char *cursor,
			   const char *etag, bool done, struct error *error);

/* Pages of something that is taken over when all of them are there. */
enum status store_put_page(struct store *store, const char *resource, size_t page, const char *body,
			   struct error *error);
enum status store_drop_pages(struct store *store, const char *resource, struct error *error);
enum status store_each_page(struct store *store, const char *resource,
	bool (*visit)(void *context, const char *body), void *context, struct error *error);

/* Names of models whose resource `what` with their name behind it was not done in
 * the last 30 days: with `scored` those that have an evaluation, else those that
 * are a parent. */
enum status store_each_unfetched(struct store *store, const char *what, bool scored,
	bool (*visit)(void *context, const char *name), void *context, struct error *error);

/* Models that the user distrusts.  A put replaces the reason; one that is empty
 * becomes "suspect". */
struct store_flag {
	int64_t model;
	const char *reason, *made; /* ISO date and time, UTC */
};
enum status store_put_flag(struct store *store, int64_t model, const char *reason,
			   struct error *error);
enum status store_drop_flag(struct store *store, int64_t model, struct error *error);
/* By model. */
enum status store_each_flag(struct store *store,
	bool (*visit)(void *context, const struct store_flag *), void *context,
	struct error *error);

/* What was predicted of a sketch when it was written out, of one benchmark, in its unit. */
struct store_foretold {
	const char *sketch;
	const char *model;    /* whose results are the sketch's; NULL: nobody said */
	const char *made;     /* ISO date and time; set by the put */
	int64_t benchmark;    /* id */
	double mean, low50, high50, low90, high90;
	double parents;       /* weighted mean of the parents' scores, NAN where one has none */
};
/* Notes that a sketch was written to a file; what is told of it follows.  One of the same name takes the
 * file, and keeps what is not told again. */
enum status store_put_written(struct store *store, const char *name, const char *file, struct error *error);
enum status store_put_foretold(struct store *store, const struct store_foretold *foretold, struct error *error);
/* Says whose results are the sketch's, and forgets what was predicted of benchmarks that the model had scores on
 * before the import `first`.  *changed is false when the model is known, or no such sketch was written. */
enum status store_link_written(struct store *store, const char *name, const char *model, int64_t first, bool *changed,
			       struct error *error);
/* By sketch, then by benchmark. */
enum status store_each_foretold(struct store *store,
	bool (*visit)(void *context, const struct store_foretold *), void *context, struct error *error);

/* Visits the names of the sketches that are kept, but not "". */
enum status store_each_sketch(struct store *store, bool (*visit)(void *context, const char *name),
	void *context, struct error *error);

/* Small values kept between runs ("tree.cursor", "tree.folds"). NULL when
 * absent; the caller frees. */
char *store_get_state(struct store *store, const char *key);
enum status store_put_state(struct store *store, const char *key, const char *value,
			    struct error *error);

/* ---- integrity ----------------------------------------------------------- */

/* Runs integrity_check, foreign_key_check and the cache's own rules (no
 * self-parents, weights of a configuration sum to 1, scores within their scales, ...),
 * calling `report` for each finding (severity "error" or "note").  *faults
 * counts the errors.  A damaged file is a finding, not a failure. */
enum status store_check(struct store *store,
	void (*report)(void *context, const char *severity, const char *message), void *context,
	size_t *faults, struct error *error);

#endif
