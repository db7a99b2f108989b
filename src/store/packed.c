/* What is kept in the form that it has in memory: blocks of bytes of one version
 * of the data.  Each is a few rows, because memory is taken for a row at once. */
#include "inspect.h"

#include <string.h>

#define PIECE ((size_t)4 << 20)        /* bytes of a row, the last of a block has fewer */
#define PIECES_MAX ((int64_t)1 << 32)  /* of a block; the key of a row is block * this + place */

/* ---- writing ------------------------------------------------------------------------ */

static enum status put_block(struct store *store, size_t number, const struct store_block *block,
			     struct error *error)
{
	const char *bytes = block->bytes;
	enum status status = STATUS_OK;

	for (size_t at = 0, place = 0; at < block->size && status == STATUS_OK; at += PIECE, place++) {
		size_t rest = block->size - at;
		sqlite3_stmt *statement = database_statement(store, STATEMENT_PUT_PACKED);
		bind_integer(statement, 1, (int64_t)number * PIECES_MAX + (int64_t)place);
		bind_bytes(statement, 2, bytes + at, rest < PIECE ? rest : PIECE);
		status = database_finish_kept(store, statement, NULL, error);
	}
	return status;
}

static enum status put_blocks(struct store *store, size_t count,
	bool (*block)(void *context, size_t number, struct store_block *block), void *context, struct error *error)
{
	/* Many pages are written once: they need not stay in memory until the end. */
	sqlite3_exec(store->database, "PRAGMA cache_size = -" STORE_CACHE_KIB, NULL, NULL, NULL);
	enum status status = database_run(store, PACKED_SQL, error);
	if (status == STATUS_OK)
		status = database_finish_kept(store, database_statement(store, STATEMENT_DROP_PACKED), NULL,
					      error);
	for (size_t number = 0; number < count && status == STATUS_OK; number++) {
		struct store_block made;
		status = block(context, number, &made) ? put_block(store, number, &made, error)
						       : STATUS_CANCELLED;
	}
	return status;
}

enum status store_put_packed(struct store *store, int64_t data_version, size_t count,
	bool (*block)(void *context, size_t number, struct store_block *block), void *context, struct error *error)
{
	enum status status = store_begin(store, error);

	if (status != STATUS_OK)
		return status;
	if (store_data_version(store) == data_version)
		status = put_blocks(store, count, block, context, error);
	return database_put_end(store, true, status, error);
}

/* ---- reading ------------------------------------------------------------------------ */

size_t store_packed_size(struct store *store)
{
	int64_t size, file;

	/* Lengths of a damaged file may be any. */
	if (database_integer(store, "SELECT coalesce(sum(length(bytes)), 0) FROM packed", &size, NULL) !=
		    STATUS_OK ||
	    database_integer(store, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
			     &file, NULL) != STATUS_OK)
		return 0;
	return size > 0 && size <= file ? (size_t)size : 0;
}

struct filling {
	char *bytes;
	size_t size, filled;
	int64_t next; /* key */
	bool odd;
};

static bool fill_piece(void *context, sqlite3_stmt *row)
{
	struct filling *filling = context;
	size_t rest = filling->size - filling->filled, size;
	const void *bytes = column_bytes(row, 1, &size);

	filling->odd = sqlite3_column_int64(row, 0) != filling->next || !bytes ||
		       size != (rest < PIECE ? rest : PIECE);
	if (filling->odd)
		return false;
	memcpy(filling->bytes + filling->filled, bytes, size);
	filling->filled += size;
	filling->next++;
	return filling->filled < filling->size;
}

bool store_get_packed(struct store *store, size_t number, void *bytes, size_t size)
{
	struct filling filling = {.bytes = bytes, .size = size, .next = (int64_t)number * PIECES_MAX};
	struct query query = {.sql = "SELECT id, bytes FROM packed WHERE id >= ?1 ORDER BY id",
			      .id = filling.next};

	if (size == 0)
		return true;
	return database_each(store, query, fill_piece, &filling, NULL) == STATUS_OK && !filling.odd &&
	       filling.filled == size;
}
