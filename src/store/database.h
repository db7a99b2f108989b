/* Database: a thin layer over SQLite for the files of the store.  Private. */
#ifndef STEMMA_STORE_DATABASE_H
#define STEMMA_STORE_DATABASE_H

#include <sqlite3.h>

#include "registry_type.h"
#include "stemma/store/store.h"

/* How a cache came to its present form: steps[i] is the SQL that brings schema
 * version i to i + 1; a new cache takes them all. */
struct schema {
	const char *const *steps;
	int version; /* the number of steps */
};
extern const struct schema store_schema;

#define STORE_CACHE_KIB "16384" /* of pages, while not writing */

/* What store_open() does, for any schema: tests make older and newer files. */
enum status database_open(const char *path, bool create, const struct schema *schema,
			  struct store **store, bool *created, struct error *error);

/* The statements of the puts: prepared at their first use, kept until close.
 * X(symbol, SQL) */
#define STATEMENT_TABLE(X) \
	X(FIND_MODEL, "SELECT id FROM models WHERE name = ?1") \
	X(FIND_ALIAS, "SELECT model FROM aliases WHERE alias = ?1") \
	X(ADD_BENCHMARK, \
	  "INSERT INTO benchmarks (key, title, higher_is_better, guessed, import)" \
	  " VALUES (?1, coalesce(?2, ?1), ?3, 1, ?4)") \
	X(SET_BOUNDS, \
	  "UPDATE benchmarks SET lower = ?2, upper = ?3, guessed = ?4" \
	  " WHERE id = ?1 AND (lower, upper, guessed) IS NOT (?2, ?3, ?4)") \
	X(RESCALE, "UPDATE scores SET value = value * ?2, error = error * ?2 WHERE benchmark = ?1") \
	X(RESCALE_BEFORE, "UPDATE before_scores SET value = value * ?2, error = error * ?2 WHERE benchmark = ?1") \
	/* A title that is only the key counts as none. */ \
	X(OVERRIDE_BENCHMARK, \
	  "UPDATE benchmarks SET title = coalesce(?3, title), suite = coalesce(?4, suite)," \
	  "  metric = coalesce(?5, metric), unit = coalesce(?6, unit), family = coalesce(?7, family)," \
	  "  duplicate_of = coalesce(?8, duplicate_of), chance = coalesce(?9, chance)," \
	  "  higher_is_better = coalesce(?10, higher_is_better), instances = coalesce(?11, instances)," \
	  "  source = CASE WHEN rank < ?2 THEN ?12 ELSE coalesce(source, ?12) END, rank = ?2" \
	  " WHERE id = ?1 AND rank <= ?2 AND" \
	  "  (title, suite, metric, unit, family, duplicate_of, chance, higher_is_better, instances, rank)" \
	  "  IS NOT (coalesce(?3, title), coalesce(?4, suite), coalesce(?5, metric), coalesce(?6, unit)," \
	  "   coalesce(?7, family), coalesce(?8, duplicate_of), coalesce(?9, chance)," \
	  "   coalesce(?10, higher_is_better), coalesce(?11, instances), ?2)") \
	X(FILL_BENCHMARK, \
	  "UPDATE benchmarks SET title = CASE title WHEN key THEN coalesce(?3, title) ELSE title END," \
	  "  suite = coalesce(suite, ?4)," \
	  "  metric = coalesce(metric, ?5), unit = coalesce(unit, ?6), family = coalesce(family, ?7)," \
	  "  duplicate_of = coalesce(duplicate_of, ?8), chance = coalesce(chance, ?9)," \
	  "  higher_is_better = coalesce(higher_is_better, ?10), instances = coalesce(instances, ?11)" \
	  " WHERE id = ?1 AND rank > ?2 AND" \
	  "  (title, suite, metric, unit, family, duplicate_of, chance, higher_is_better, instances) IS NOT" \
	  "  (CASE title WHEN key THEN coalesce(?3, title) ELSE title END, coalesce(suite, ?4)," \
	  "   coalesce(metric, ?5), coalesce(unit, ?6), coalesce(family, ?7), coalesce(duplicate_of, ?8)," \
	  "   coalesce(chance, ?9), coalesce(higher_is_better, ?10), coalesce(instances, ?11))") \
	X(ADD_BENCHMARK_ALIAS, \
	  "INSERT INTO benchmark_aliases (alias, benchmark) VALUES (?1, ?2)" \
	  " ON CONFLICT DO UPDATE SET benchmark = excluded.benchmark WHERE benchmark <> excluded.benchmark") \
	X(RENAME_BENCHMARK, "UPDATE benchmarks SET key = ?2 WHERE id = ?1") \
	X(HIDE_BENCHMARK, "UPDATE benchmarks SET hidden = ?2 WHERE id = ?1 AND hidden <> ?2") \
	X(PUT_ATTRIBUTE, \
	  "INSERT INTO model_attributes (model, key, value, source, rank, import) VALUES (?1, ?2, ?3, ?4, ?5, ?6)" \
	  " ON CONFLICT DO UPDATE SET value = excluded.value, source = excluded.source, rank = excluded.rank" \
	  " WHERE rank <= excluded.rank AND (value, rank) IS NOT (excluded.value, excluded.rank)") \
	X(DROP_BOARD, "DELETE FROM boards WHERE name = ?1") \
	X(ADD_BOARD, "INSERT INTO boards (name, position, benchmark) VALUES (?1, ?2, ?3)") \
	X(DROP_TARGET, "DELETE FROM targets WHERE name = ?1") \
	X(ADD_TARGET, "INSERT INTO targets (name, benchmark, weight) VALUES (?1, ?2, ?3)") \
	X(SET_QUESTIONS, "UPDATE benchmarks SET instances = ?2 WHERE id = ?1 AND instances IS NULL") \
	X(GET_QUESTIONS, "SELECT instances FROM benchmarks WHERE id = ?1") \
	X(HAS_NAMES, "SELECT 1 FROM questions WHERE benchmark = ?1") \
	X(ADD_NAME, "INSERT INTO questions (benchmark, place, name) VALUES (?1, ?2, ?3)") \
	X(FIND_QUESTION, "SELECT place + 1 FROM questions WHERE benchmark = ?1 AND name = ?2") \
	X(ADD_OUTCOMES, "INSERT INTO outcomes (model, benchmark, questions, bits, import, asked)" \
	  " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING") \
	X(SET_OUTCOMES, "UPDATE outcomes SET questions = ?3, bits = ?4, asked = ?6" \
	  " WHERE model = ?1 AND benchmark = ?2 AND (questions, bits, asked) IS NOT (?3, ?4, ?6)") \
	X(ADD_MODEL, "INSERT INTO models (name, import) VALUES (?1, ?2)") \
	/* The parameters are those of OVERRIDE_MODEL; a name that is an alias is no \
	 * new one, and none at all is ignored. */ \
	X(ADD_WHOLE_MODEL, \
	  "INSERT OR IGNORE INTO models" \
	  "  (name, architecture, params_b, license, kind, uploaded, likes, moe, source, rank, import)" \
	  " VALUES (iif(EXISTS (SELECT 1 FROM aliases WHERE alias = ?3), NULL, ?3)," \
	  "  ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?2, ?12)") \
	X(GET_MODEL, \
	  "SELECT name, architecture, params_b, license, kind, uploaded, likes, moe, source, rank" \
	  " FROM models WHERE id = ?1") \
	/* The facts of a source of at least the row's rank ... */ \
	X(OVERRIDE_MODEL, \
	  "UPDATE models SET" \
	  "  name = CASE WHEN rank < ?2 AND name = ?3 THEN ?3 ELSE name END," \
	  "  architecture = coalesce(?4, architecture), params_b = coalesce(?5, params_b)," \
	  "  license = coalesce(?6, license), kind = coalesce(?7, kind)," \
	  "  uploaded = coalesce(?8, uploaded), likes = coalesce(?9, likes)," \
	  "  moe = coalesce(?10, moe)," \
	  "  source = CASE WHEN rank < ?2 THEN ?11 ELSE coalesce(source, ?11) END, rank = ?2" \
	  " WHERE id = ?1 AND rank <= ?2 AND" \
	  "  (architecture, params_b, license, kind, uploaded, likes, moe, source, rank) IS NOT" \
	  "  (coalesce(?4, architecture), coalesce(?5, params_b), coalesce(?6, license)," \
	  "   coalesce(?7, kind), coalesce(?8, uploaded), coalesce(?9, likes), coalesce(?10, moe)," \
	  "   coalesce(source, ?11), ?2)") \
	/* ... and of a lesser one, which only fill; the parameters are the same. */ \
	X(FILL_MODEL, \
	  "UPDATE models SET" \
	  "  architecture = coalesce(architecture, ?4), params_b = coalesce(params_b, ?5)," \
	  "  license = coalesce(license, ?6), kind = coalesce(kind, ?7)," \
	  "  uploaded = coalesce(uploaded, ?8), likes = coalesce(likes, ?9)," \
	  "  moe = coalesce(moe, ?10)" \
	  " WHERE id = ?1 AND rank > ?2 AND" \
	  "  (architecture, params_b, license, kind, uploaded, likes, moe) IS NOT" \
	  "  (coalesce(architecture, ?4), coalesce(params_b, ?5), coalesce(license, ?6)," \
	  "   coalesce(kind, ?7), coalesce(uploaded, ?8), coalesce(likes, ?9), coalesce(moe, ?10))") \
	X(ADD_EDGE, \
	  "INSERT OR IGNORE INTO edges" \
	  "  (child, parent, source, relation, weight, method, trust, note, import)" \
	  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)") \
	X(COUNT_PARENTS, \
	  "SELECT count(*) FROM (SELECT 1 FROM edges WHERE child = ?1 LIMIT ?2)") \
	X(HAS_EDGE, \
	  "SELECT 1 FROM edges WHERE child = ?1 AND parent = ?2 AND source = ?3") \
	X(SET_EDGE, \
	  "UPDATE edges SET relation = ?4, weight = ?5, method = ?6, trust = ?7, note = ?8" \
	  " WHERE child = ?1 AND parent = ?2 AND source = ?3 AND" \
	  "  (relation, weight, method, trust, note) IS NOT (?4, ?5, ?6, ?7, ?8)") \
	X(OTHER_EDGES, \
	  "SELECT parent FROM edges WHERE child = ?1 AND source = ?2") \
	X(DROP_EDGE, "DELETE FROM edges WHERE child = ?1 AND parent = ?2 AND source = ?3") \
	X(FIND_EVALUATION, \
	  "SELECT id FROM evaluations WHERE model = ?1 AND source = ?2 AND" \
	  "  precision = coalesce(?3, '') AND chat_template = ?4 AND harness = coalesce(?5, '') AND" \
	  "  version = coalesce(?6, '')") \
	X(ADD_EVALUATION, \
	  "INSERT INTO evaluations" \
	  "  (model, rank, submitted, revision, flagged, address," \
	  "   source, precision, chat_template, harness, version, import)" \
	  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, coalesce(?8, ''), ?9, coalesce(?10, ''), coalesce(?11, ''), ?12)") \
	X(SET_EVALUATION, \
	  "UPDATE evaluations SET rank = ?2, submitted = coalesce(?3, submitted)," \
	  "  revision = coalesce(?4, revision), flagged = ?5, address = coalesce(?6, address)" \
	  " WHERE id = ?1 AND (rank, submitted, revision, flagged, address) IS NOT" \
	  "  (?2, coalesce(?3, submitted), coalesce(?4, revision), ?5, coalesce(?6, address))") \
	/* A table without raw values does not erase the raw value of the same score. */ \
	X(PUT_SCORE, \
	  "INSERT INTO scores" \
	  "  (evaluation, benchmark, shots, setup, value, raw, error, date, address, limited, import)" \
	  " VALUES (?1, ?2, ?3, coalesce(?4, ''), ?5, ?6, ?7, ?8, ?9, ?10, ?11)" \
	  " ON CONFLICT DO UPDATE SET value = excluded.value," \
	  "  raw = iif(value = excluded.value, coalesce(excluded.raw, raw), excluded.raw)," \
	  "  error = iif(value = excluded.value, coalesce(excluded.error, error), excluded.error)," \
	  "  date = coalesce(excluded.date, date), address = coalesce(excluded.address, address)," \
	  "  limited = excluded.limited" \
	  " WHERE value <> excluded.value OR (excluded.raw IS NOT NULL AND raw IS NOT excluded.raw) OR" \
	  "  (excluded.error IS NOT NULL AND error IS NOT excluded.error) OR" \
	  "  (excluded.date IS NOT NULL AND date IS NOT excluded.date) OR" \
	  "  (excluded.address IS NOT NULL AND address IS NOT excluded.address) OR" \
	  "  limited <> excluded.limited") \
	X(ADD_ALIAS, \
	  "INSERT INTO aliases (alias, model, source, import) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING") \
	X(SET_ALIAS, \
	  "UPDATE aliases SET model = ?2, source = ?3 WHERE alias = ?1 AND model <> ?2") \
	X(GET_STATE, "SELECT value FROM state WHERE key = ?1") \
	X(PUT_STATE, \
	  "INSERT INTO state (key, value) VALUES (?1, ?2)" \
	  " ON CONFLICT DO UPDATE SET value = excluded.value WHERE value <> excluded.value") \
	X(NOTE_IMPORT, \
	  "INSERT INTO imports (file, format, accepted, rejected, added, updated, id, noted, done)" \
	  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7 IS NOT NULL, strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))") \
	X(NEXT_IMPORT, "SELECT coalesce(max(id), 0) + 1 FROM imports") \
	X(SAME_IMPORT, \
	  "SELECT id FROM imports WHERE file = ?1 AND undone IS NULL AND noted = 1 ORDER BY id DESC LIMIT 1") \
	X(IMPORT_FILE, "SELECT file FROM imports WHERE id = ?1") \
	/* What an import finds of others: their rows as they were before it.  What it \
	 * brought itself needs no note. */ \
	X(NOTE_MODEL, \
	  "INSERT OR IGNORE INTO before_models" \
	  " SELECT id, ?1, architecture, params_b, license, kind, uploaded, likes, moe, source, rank, import" \
	  " FROM models WHERE id = ?2 AND import IS NOT ?1 RETURNING import") \
	X(NOTE_EDGE, \
	  "INSERT OR IGNORE INTO before_edges" \
	  " SELECT child, parent, source, ?1, relation, weight, method, trust, note, import" \
	  " FROM edges WHERE (child, parent, source) = (?2, ?3, ?4) AND import IS NOT ?1 RETURNING import") \
	X(NOTE_ATTRIBUTE, \
	  "INSERT OR IGNORE INTO before_model_attributes" \
	  " SELECT model, key, ?1, value, source, rank, import" \
	  " FROM model_attributes WHERE (model, key) = (?2, ?3) AND import IS NOT ?1 RETURNING import") \
	X(NOTE_SCORE, \
	  "INSERT OR IGNORE INTO before_scores" \
	  " SELECT evaluation, benchmark, shots, setup, ?1, value, raw, error, date, address, limited, preferred, import" \
	  " FROM scores WHERE (evaluation, benchmark, shots, setup) = (?2, ?3, ?4, coalesce(?5, ''))" \
	  " AND import IS NOT ?1 RETURNING import") \
	X(NOTE_OUTCOMES, \
	  "INSERT OR IGNORE INTO before_outcomes (model, benchmark, layer, questions, bits, asked, import)" \
	  " SELECT model, benchmark, ?1, questions, bits, asked, import FROM outcomes WHERE (model, benchmark) = (?2, ?3) AND import IS NOT ?1 RETURNING import") \
	X(FOLDER_NAME, "SELECT name FROM folders WHERE path = ?1") \
	X(FOLDER_OF, "SELECT path FROM folders WHERE name = ?1 COLLATE NOCASE ORDER BY path LIMIT 1") \
	X(FOLDER_TAKEN, \
	  "SELECT 1 WHERE EXISTS (SELECT 1 FROM folders WHERE name = ?1 COLLATE NOCASE)" \
	  " OR EXISTS (SELECT 1 FROM models WHERE name = ?1) OR EXISTS (SELECT 1 FROM aliases WHERE alias = ?1)") \
	X(PUT_FOLDER, \
	  "INSERT INTO folders (path, name, import) VALUES (?1, ?2, ?3)" \
	  " ON CONFLICT DO UPDATE SET name = excluded.name, import = excluded.import WHERE name <> excluded.name") \
	X(PUT_FIT, \
	  "INSERT OR REPLACE INTO fits (prior, data_version, created, settings, models, seconds, state)" \
	  " VALUES (?1, ?2, coalesce(?3, strftime('%Y-%m-%dT%H:%M:%SZ', 'now')), ?4, ?5, ?6, ?7)") \
	/* Replacing the row deletes its old parents. */ \
	X(PUT_SKETCH, \
	  "INSERT OR REPLACE INTO sketches (name, method, base, chat_template, changed)" \
	  " VALUES (?1, ?2, nullif(?3, 0), ?4, strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))") \
	X(ADD_SKETCH_PARENT, \
	  "INSERT INTO sketch_parents (sketch, position, model, weight, locked)" \
	  " VALUES (?1, ?2, ?3, ?4, ?5)") \
	X(DROP_SKETCH, "DELETE FROM sketches WHERE name = ?1") \
	X(PUT_FLAG, \
	  "INSERT INTO flags (model, reason, made)" \
	  " VALUES (?1, coalesce(?2, 'suspect'), strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))" \
	  " ON CONFLICT DO UPDATE SET reason = excluded.reason, made = excluded.made" \
	  " WHERE reason <> excluded.reason") \
	X(DROP_FLAG, "DELETE FROM flags WHERE model = ?1") \
	X(PUT_WRITTEN, \
	  "INSERT INTO written_sketches (name, file) VALUES (?1, ?2)" \
	  " ON CONFLICT DO UPDATE SET file = excluded.file") \
	X(LINK_WRITTEN, "UPDATE written_sketches SET model = ?2 WHERE name = ?1 AND model IS NOT ?2") \
	/* What the model had a score on before the import was not foretold. */ \
	X(DROP_KNOWN, \
	  "DELETE FROM foretold WHERE sketch = ?1 AND benchmark IN" \
	  " (SELECT s.benchmark FROM models AS m JOIN evaluations AS e ON e.model = m.id" \
	  "  JOIN scores AS s ON s.evaluation = e.id WHERE m.name = ?2 AND (s.import IS NULL OR s.import < ?3))") \
	X(PUT_FORETOLD, \
	  "INSERT OR REPLACE INTO foretold (sketch, benchmark, mean, low50, high50, low90, high90, parents, made)" \
	  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))") \
	X(ADD_DROP, \
	  "INSERT INTO dropped_edges (child, parent, note) VALUES (?1, nullif(?2, 0), ?3)" \
	  " ON CONFLICT DO NOTHING") \
	X(FORGET_SCORES, \
	  "UPDATE scores SET preferred = 0 WHERE preferred = 1 AND" \
	  " evaluation IN (SELECT id FROM evaluations WHERE model = ?1) AND ?2 IN (0, benchmark)") \
	X(PREFER_SCORE, \
	  "UPDATE scores SET preferred = 1" \
	  " WHERE (evaluation, benchmark, shots, setup) = (?1, ?2, ?3, ?4)") \
	X(PREFER_EVALUATION, \
	  "UPDATE evaluations SET preferred = (id = ?2)" \
	  " WHERE model = ?1 AND preferred <> (id = ?2)") \
	X(GET_SYNC, "SELECT cursor, etag, done FROM sync_state WHERE resource = ?1") \
	X(PUT_SYNC, \
	  "INSERT OR REPLACE INTO sync_state (resource, cursor, etag, done) VALUES" \
	  " (?1, ?2, ?3, CASE ?4 WHEN 1 THEN strftime('%Y-%m-%dT%H:%M:%SZ', 'now') END)") \
	X(PUT_PAGE, "INSERT OR REPLACE INTO sync_pages (resource, page, body) VALUES (?1, ?2, ?3)") \
	X(DROP_PAGES, "DELETE FROM sync_pages WHERE resource = ?1") \
	X(DROP_PACKED, "DELETE FROM packed") \
	X(PUT_PACKED, "INSERT INTO packed (id, bytes) VALUES (?1, ?2)") \
	X(DATA_VERSION, "SELECT version FROM data_changes") \
	X(COUNT_CHANGES, "UPDATE data_changes SET version = version + ?1")

enum statement {
#define X(symbol, sql) STATEMENT_##symbol,
	STATEMENT_TABLE(X)
#undef X
	STATEMENT_COUNT
};

/* Names that a transaction has met lately: a child is told of several times,
 * and its parents are mostly the same few. */
#define MEMO_PLACES 1024
#define MEMO_BYTES 104 /* longer names are not remembered */
struct memo {
	int64_t id;
	uint64_t transaction; /* the number of the one that it holds for, 0 none */
	char name[MEMO_BYTES];
};

/* How many parents a child has at most: a new model has none, and the edges to its
 * parents mostly come after it. */
struct counted {
	int64_t child, parents;
	uint64_t transaction; /* as above */
};

struct store {
	sqlite3 *database;
	char *path;
	bool transaction; /* between store_begin() and its end */
	int64_t import;   /* the number that the running import gets, 0 outside of one */
	int64_t watched;  /* the first import whose rows shall not be replaced unseen, 0 none */
	int64_t replaced; /* the import whose rows this one has replaced, 0 none */
	uint64_t transactions; /* counts them, and what makes a memo void within one */
	bool counts;           /* changes of the data within a transaction: see store_begin() */
	int64_t uncounted;     /* SQLite's count of changes at its begin, and what it keeps since */
	struct memo *memo;     /* MEMO_PLACES, NULL until first used */
	struct counted counted;
	struct registry registry; /* of the benchmarks, within a transaction */
	struct store_listener listener;
	sqlite3_stmt *statement[STATEMENT_COUNT];
};

/* Sets the error from the database's last result and says what to do. */
enum status database_error(struct store *store, struct error *error, const char *doing);
/* Sets the error from an errno of the file or its folder. */
enum status database_file_error(const char *path, int number, struct error *error,
				const char *doing);
/* Runs SQL without results. */
enum status database_run(struct store *store, const char *sql, struct error *error);

/* The prepared statement, ready for binding; NULL when it cannot be prepared,
 * which the functions below pass on as the error. */
sqlite3_stmt *database_statement(struct store *store, enum statement which);
/* Steps a writing statement to its end and resets it.  *rows, which may be
 * NULL, gets the number of rows that it changed. */
enum status database_finish(struct store *store, sqlite3_stmt *statement, int *rows,
			    struct error *error);
/* The same for what is kept beside the data: no fit gets old by it. */
enum status database_finish_kept(struct store *store, sqlite3_stmt *statement, int *rows,
				 struct error *error);
/* Reads one integer and resets the statement; *value is 0 without a row. */
enum status database_finish_integer(struct store *store, sqlite3_stmt *statement, int64_t *value,
				    struct error *error);

/* A put outside of a transaction is one of its own: begins one then, and ends
 * it according to the status.  Returns the status of the whole. */
enum status database_put_begin(struct store *store, bool *own, struct error *error);
/* STATUS_IO when SQLite has undone the transaction by itself: nothing is to be
 * written after that. */
enum status database_check_transaction(struct store *store, struct error *error);
enum status database_put_end(struct store *store, bool own, enum status status,
			     struct error *error);

/* A bind to a NULL statement does nothing. */
void bind_text(sqlite3_stmt *statement, int place, const char *text); /* cleaned; "" binds NULL */
void bind_exact(sqlite3_stmt *statement, int place, const char *text); /* our own: as it is */
void bind_bytes(sqlite3_stmt *statement, int place, const void *bytes, size_t count); /* not copied */
void bind_number(sqlite3_stmt *statement, int place, double number); /* NAN binds NULL */
void bind_answer(sqlite3_stmt *statement, int place, enum answer answer); /* unknown binds NULL */
void bind_integer(sqlite3_stmt *statement, int place, int64_t integer);
const char *column_text(sqlite3_stmt *statement, int column); /* NULL for NULL */
const void *column_bytes(sqlite3_stmt *statement, int column, size_t *count); /* NULL when there are none */
/* Numbers are NAN for NULL.  Other programs can write any: those that are not finite, or not within the
 * bounds, are read as unknown, and `stemma check` names them. */
double column_number(sqlite3_stmt *statement, int column);
double column_within(sqlite3_stmt *statement, int column, double low, double high);
double column_end(sqlite3_stmt *statement, int column); /* of a scale: may be infinite */
enum answer column_answer(sqlite3_stmt *statement, int column); /* unknown for NULL */

/* A query used once; its ?1, if it has one, is `text` or else `id`. */
struct query {
	const char *sql;
	const char *text;
	int64_t id;
};
/* Calls row() for each row until it returns false. */
enum status database_each(struct store *store, struct query query,
			  bool (*row)(void *context, sqlite3_stmt *statement), void *context,
			  struct error *error);
/* The single integer of a query, 0 without a row. */
enum status database_integer(struct store *store, const char *sql, int64_t *value,
			     struct error *error);

#endif
