/* Database: a thin layer over SQLite for the files of the store.  Private. */
#ifndef STEMMA_STORE_DATABASE_H
#define STEMMA_STORE_DATABASE_H

#include <sqlite3.h>

#include "stemma/store/store.h"

/* Every statement of the store; prepared at its first use, kept until close. */
enum statement {
	STATEMENT_FIND, STATEMENT_FIND_ALIAS, STATEMENT_NAME,
	STATEMENT_MODEL_GET, STATEMENT_MODEL_ADD, STATEMENT_MODEL_SET,
	STATEMENT_EDGE_GET, STATEMENT_EDGE_PUT,
	STATEMENT_BENCHMARK, STATEMENT_EVALUATION_GET, STATEMENT_EVALUATION_ADD,
	STATEMENT_EVALUATION_SET, STATEMENT_SCORE_GET, STATEMENT_SCORE_PUT, STATEMENT_SCORE_COUNT,
	STATEMENT_SCORE_CLEAR,
	STATEMENT_ALIAS_PUT, STATEMENT_STATE_GET, STATEMENT_STATE_PUT,
	STATEMENT_COUNT
};

struct store {
	sqlite3 *database;
	char *path;
	bool changed; /* models, edges or scores, since store_begin() */
	sqlite3_stmt *statement[STATEMENT_COUNT];
};

/* Sets the error from the database's last result and says what to do. */
enum status database_error(struct store *store, struct error *error, const char *doing);
/* Runs SQL without results. */
enum status database_run(struct store *store, const char *sql, struct error *error);
/* The prepared statement, reset; NULL when it cannot be prepared (then the
 * database holds the error). */
sqlite3_stmt *database_statement(struct store *store, enum statement which);
/* Binds text, cleaned of what must not reach a terminal; NULL binds NULL. */
void bind_text(sqlite3_stmt *statement, int place, const char *text);
void bind_number(sqlite3_stmt *statement, int place, double number); /* NAN binds NULL */
const char *column_text(sqlite3_stmt *statement, int column); /* NULL for NULL */
double column_number(sqlite3_stmt *statement, int column);    /* NAN for NULL */

/* Runs a query of its own and calls row() for each row until it returns
 * false. */
enum status database_each(struct store *store, const char *sql, int64_t argument,
			  bool (*row)(void *context, sqlite3_stmt *statement), void *context,
			  struct error *error);

#endif
