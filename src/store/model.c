/* Models: names, ranks and facts. */
#include "imports.h"
#include "model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/hash.h"
#include "stemma/base/memory.h"
#include "stemma/base/utf8.h"

static enum status find_by_name(struct store *store, enum statement which, const char *name,
				int64_t *id, struct error *error)
{
	sqlite3_stmt *statement = database_statement(store, which);

	bind_text(statement, 1, name);
	return database_finish_integer(store, statement, id, error);
}

enum status model_find_current(struct store *store, const char *name, int64_t *id,
			       struct error *error)
{
	return find_by_name(store, STATEMENT_FIND_MODEL, name, id, error);
}

static enum status model_find(struct store *store, const char *name, int64_t *id,
			      struct error *error)
{
	enum status status = model_find_current(store, name, id, error);

	if (status == STATUS_OK && *id == 0)
		status = find_by_name(store, STATEMENT_FIND_ALIAS, name, id, error);
	return status;
}

int64_t store_find_model(struct store *store, const char *name)
{
	int64_t id;

	return model_find(store, name, &id, NULL) == STATUS_OK ? id : -1;
}

bool text_is_missing(const char *name)
{
	if (!name || !name[0])
		return true;
	if (name[0] > ' ' && name[0] < 0x7F) /* cleaning leaves that */
		return false;
	char *clean = utf8_sanitize(name);
	bool empty = clean[strspn(clean, " ")] == '\0';
	free(clean);
	return empty;
}

static enum status check_name(const char *name, struct error *error)
{
	if (text_is_missing(name))
		return error_set(error, STATUS_DATA, "a model without a name");
	if (strlen(name) > STORE_NAME_MAX)
		return error_set(error, STATUS_DATA, "the name %.40s... has more than %d bytes", name,
				 STORE_NAME_MAX);
	return STATUS_OK;
}

static enum status model_add(struct store *store, const char *name, int64_t *id,
			     struct error *error)
{
	if (check_name(name, error) != STATUS_OK)
		return STATUS_DATA;
	sqlite3_stmt *statement = database_statement(store, STATEMENT_ADD_MODEL);
	bind_text(statement, 1, name);
	bind_import(statement, 2, store);
	enum status status = database_finish(store, statement, NULL, error);
	*id = sqlite3_last_insert_rowid(store->database);
	return status;
}

/* ---- the memo ------------------------------------------------------------------ */

/* Where a name would be; NULL when it is not to be remembered. */
static struct memo *memo_place(struct store *store, const char *name)
{
	uint64_t hash = HASH_START;
	size_t length = 0;

	if (!store->transaction || !name)
		return NULL;
	for (; name[length]; length++) {
		if (length + 1 == MEMO_BYTES)
			return NULL;
		hash = hash_byte(hash, (unsigned char)name[length]);
	}
	if (!store->memo)
		store->memo = memory_zero(MEMO_PLACES, sizeof *store->memo);
	return &store->memo[(hash ^ hash >> 32) % MEMO_PLACES];
}

static bool memo_holds(const struct store *store, const struct memo *memo, const char *name)
{
	return memo && memo->transaction == store->transactions && strcmp(memo->name, name) == 0;
}

static void memo_keep(const struct store *store, struct memo *memo, const char *name, int64_t id)
{
	if (!memo)
		return;
	memo->id = id;
	memo->transaction = store->transactions;
	memcpy(memo->name, name, strlen(name) + 1);
}

void model_forget_names(struct store *store)
{
	store->transactions++;
}

enum status model_require(struct store *store, const char *name, int64_t *id, bool *added,
			  struct error *error)
{
	struct memo *memo = memo_place(store, name);
	enum status status = STATUS_OK;

	*added = false;
	if (memo_holds(store, memo, name)) {
		*id = memo->id;
		return STATUS_OK;
	}
	status = model_find(store, name, id, error);
	if (status == STATUS_OK && *id == 0) {
		status = model_add(store, name, id, error);
		*added = status == STATUS_OK;
	}
	if (status == STATUS_OK)
		memo_keep(store, memo, name, *id);
	return status;
}

/* ---- facts -------------------------------------------------------------------- */

/* For OVERRIDE_MODEL and FILL_MODEL. */
static void bind_facts(sqlite3_stmt *statement, int64_t id, const struct model_facts *facts)
{
	bind_integer(statement, 1, id);
	bind_integer(statement, 2, facts->rank);
	bind_text(statement, 3, facts->name);
	bind_text(statement, 4, facts->architecture);
	/* The leaderboard has rows with 0 and -1. */
	bind_number(statement, 5, size_is_sound(facts->params_b) ? facts->params_b : (double)NAN);
	bind_text(statement, 6, facts->license);
	bind_text(statement, 7, facts->kind == KIND_UNKNOWN ? NULL : kind_name(facts->kind));
	bind_text(statement, 8, facts->uploaded);
	bind_number(statement, 9, facts->likes);
	bind_answer(statement, 10, facts->moe);
	bind_text(statement, 11, facts->source);
}

enum status model_complete(struct store *store, int64_t id, const struct model_facts *facts,
			   bool *changed, struct error *error)
{
	static const enum statement ways[] = {STATEMENT_OVERRIDE_MODEL, STATEMENT_FILL_MODEL};
	enum status status = note_model(store, id, error);
	int rows = 0;

	for (size_t i = 0; i < 2 && rows == 0 && status == STATUS_OK; i++) {
		sqlite3_stmt *statement = database_statement(store, ways[i]);
		bind_facts(statement, id, facts);
		status = database_finish(store, statement, &rows, error);
	}
	*changed = rows > 0;
	return status;
}

struct model_facts model_facts_of(sqlite3_stmt *row, int first)
{
	const char *word = column_text(row, first + 4);
	enum kind kind = word ? kind_parse(word) : KIND_UNKNOWN;

	return (struct model_facts){
		.name = column_text(row, first),
		.architecture = column_text(row, first + 1),
		.params_b = column_within(row, first + 2, SIZE_MIN_B, SIZE_MAX_B),
		.license = column_text(row, first + 3),
		.kind = kind == KIND_COUNT ? KIND_UNKNOWN : kind,
		.uploaded = column_text(row, first + 5),
		.likes = column_within(row, first + 6, 0, 1e12),
		.moe = column_answer(row, first + 7),
		.source = column_text(row, first + 8),
		.rank = sqlite3_column_int(row, first + 9),
	};
}

/* Adds a model with its facts in one step when nothing is known of its name;
 * *id is 0 when something is. */
static enum status model_add_whole(struct store *store, const struct model_facts *facts, int64_t *id,
				   struct error *error)
{
	int rows = 0;

	*id = 0;
	if (check_name(facts->name, error) != STATUS_OK)
		return STATUS_DATA;
	sqlite3_stmt *statement = database_statement(store, STATEMENT_ADD_WHOLE_MODEL);
	bind_facts(statement, 0, facts);
	bind_import(statement, 12, store);
	enum status status = database_finish(store, statement, &rows, error);
	if (status == STATUS_OK && rows > 0) {
		*id = sqlite3_last_insert_rowid(store->database);
		memo_keep(store, memo_place(store, facts->name), facts->name, *id);
		store->counted = (struct counted){.child = *id, .transaction = store->transactions};
	}
	return status;
}

static enum status put_attribute(struct store *store, int64_t id, const struct model_facts *facts,
				 const struct attribute_facts *attribute, bool *changed, struct error *error)
{
	int rows = 0;

	if (text_is_missing(attribute->key) || text_is_missing(attribute->value))
		return STATUS_OK;
	enum status status = note_attribute(store, id, attribute->key, error);
	if (status != STATUS_OK)
		return status;
	sqlite3_stmt *statement = database_statement(store, STATEMENT_PUT_ATTRIBUTE);
	bind_integer(statement, 1, id);
	bind_text(statement, 2, attribute->key);
	bind_text(statement, 3, attribute->value);
	bind_text(statement, 4, facts->source);
	bind_integer(statement, 5, facts->rank);
	bind_import(statement, 6, store);
	status = database_finish(store, statement, &rows, error);
	*changed |= rows > 0;
	return status;
}

enum status store_put_model(struct store *store, const struct model_facts *facts,
			    enum change *change, struct error *error)
{
	int64_t id = 0;
	bool own, added = false, changed = false;
	enum status status = database_put_begin(store, &own, error);

	if (status == STATUS_OK)
		status = model_add_whole(store, facts, &id, error);
	bool whole = status == STATUS_OK && id != 0;
	if (status == STATUS_OK && !whole)
		status = model_require(store, facts->name, &id, &added, error);
	if (status == STATUS_OK && !whole)
		status = model_complete(store, id, facts, &changed, error);
	for (size_t i = 0; i < facts->attribute_count && status == STATUS_OK; i++)
		status = put_attribute(store, id, facts, &facts->attributes[i], &changed, error);
	added |= whole;
	*change = added ? CHANGE_ADDED : changed ? CHANGE_UPDATED : CHANGE_NONE;
	return database_put_end(store, own, status, error);
}
