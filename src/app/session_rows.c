/* What a session shows of models: its board, its target, and their values. */
#include "session.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"
#include "stemma/base/text.h"

#define BOARD_KEY "board"
#define TARGET_KEY "target"

/* ---- rows -------------------------------------------------------------------------- */

static void session_make_rows(struct session *session)
{
	static const double whole[] = {1};
	size_t count = session->board.count;

	session->rows = memory_resize(session->rows, count + 1, sizeof *session->rows);
	for (size_t i = 0; i < count; i++)
		session->rows[i] = (struct engine_target){1, &session->board.benchmark[i], whole};
	session->rows[count] = session->target.engine;
	session->row_count = count + 1;
}

static void session_take_target(struct session *session)
{
	session_make_rows(session);
	free(session->target_values);
	session->target_values = catalog_target_by_row(session->catalog, &session->target.engine);
}

const char *session_row_key(const struct session *session, size_t row)
{
	return row < session->board.count ? session->catalog->benchmarks[session->board.benchmark[row]].key
					  : session->target.name;
}

const char *session_row_title(const struct session *session, size_t row)
{
	return row < session->board.count ? session->catalog->benchmarks[session->board.benchmark[row]].title
					  : target_title(session->catalog, &session->target);
}

/* ---- choosing ------------------------------------------------------------------------ */

/* "gsm8k,humaneval" */
static void append_keys(struct text *text, const struct catalog *catalog, const struct board *board)
{
	for (size_t i = 0; i < board->count; i++)
		text_append_format(text, "%s%s", i ? "," : "", catalog->benchmarks[board->benchmark[i]].key);
}

enum status session_set_board(struct session *session, const struct board *board, bool keep, struct error *error)
{
	struct text words = {0};
	struct board copy = board_copy(board);

	board_free(&session->board);
	session->board = copy;
	session_make_rows(session);
	if (!keep)
		return STATUS_OK;
	if (copy.name)
		text_append(&words, copy.name);
	else
		append_keys(&words, session->catalog, &copy);
	enum status status = store_put_state(session->store, BOARD_KEY, text_string(&words), error);
	text_free(&words);
	return status;
}

enum status session_set_target(struct session *session, const struct target *target, bool keep, struct error *error)
{
	struct target copy = target_copy(target);

	target_free(&session->target);
	session->target = copy;
	session_take_target(session);
	return keep ? store_put_state(session->store, TARGET_KEY, copy.name, error) : STATUS_OK;
}

enum status session_choose_board(struct session *session, const char *words, bool keep, struct text *said,
				 struct error *error)
{
	struct board board;
	enum status status = board_parse(session->catalog, &session->boards, words, &board, said, error);

	if (status == STATUS_OK)
		status = session_set_board(session, &board, keep, error);
	board_free(&board);
	return status;
}

enum status session_choose_target(struct session *session, const char *words, bool keep, struct text *said,
				  struct error *error)
{
	struct target_names names = session_names(session);
	struct target target;
	enum status status = target_parse(session->catalog, &names, words, &target, said, error);

	if (status == STATUS_OK)
		status = session_set_target(session, &target, keep, error);
	target_free(&target);
	return status;
}

/* ---- with a catalog --------------------------------------------------------------------- */

/* The board and the target by words that another catalog understands. */
struct kept_rows {
	char *board, *target;
};

static struct kept_rows describe_rows(const struct session *session)
{
	struct kept_rows kept = {0};
	struct text words = {0};

	if (session->board.name)
		text_append(&words, session->board.name);
	else
		append_keys(&words, session->catalog, &session->board);
	kept.board = text_steal(&words);
	kept.target = memory_string(session->target.name);
	return kept;
}

/* What the words say, else the default ones. */
static void choose_rows(struct session *session, const struct kept_rows *kept)
{
	struct board none = {0};

	if ((!kept->board || session_choose_board(session, kept->board, false, NULL, NULL) != STATUS_OK))
		session_set_board(session, session->boards.count > 0 ? &session->boards.list[session->boards.first] : &none,
				  false, NULL);
	if ((!kept->target || session_choose_target(session, kept->target, false, NULL, NULL) != STATUS_OK) &&
	    session_choose_target(session, TARGET_AVERAGE, false, NULL, NULL) != STATUS_OK) {
		struct target nothing = target_make(TARGET_AVERAGE, 0, NULL, NULL);
		session_set_target(session, &nothing, false, NULL);
		target_free(&nothing);
	}
}

static enum status load_names(struct session *session, struct error *error)
{
	boards_free(&session->boards);
	targets_free(&session->targets);
	enum status status = boards_load(&session->boards, session->store, session->catalog, error);
	return status == STATUS_OK ? targets_load(&session->targets, session->store, session->catalog, error) : status;
}

enum status session_load_rows(struct session *session, struct error *error)
{
	struct kept_rows kept = {store_get_state(session->store, BOARD_KEY), store_get_state(session->store, TARGET_KEY)};
	enum status status = load_names(session, error);

	choose_rows(session, &kept);
	free(kept.board);
	free(kept.target);
	return status;
}

void session_adopt_rows(struct session *session, struct catalog *catalog)
{
	struct kept_rows kept = describe_rows(session);

	catalog_free(session->catalog);
	session->catalog = catalog;
	load_names(session, NULL); /* what cannot be read is not there; the next reading of the cache says why */
	choose_rows(session, &kept);
	free(kept.board);
	free(kept.target);
}

bool session_board_chosen(const struct session *session)
{
	char *words = store_get_state(session->store, BOARD_KEY);
	bool chosen = words != NULL;

	free(words);
	return chosen;
}

enum status session_reload_boards(struct session *session, struct error *error)
{
	return load_names(session, error);
}

void session_free_rows(struct session *session)
{
	boards_free(&session->boards);
	targets_free(&session->targets);
	board_free(&session->board);
	target_free(&session->target);
	free(session->rows);
	free(session->target_values);
}

/* ---- values --------------------------------------------------------------------------- */

static enum value_kind kind_of(const struct catalog *catalog, size_t model, const struct engine_target *target)
{
	size_t published = 0;

	for (size_t i = 0; i < target->count; i++)
		published += isnan(catalog_score(catalog, model, target->benchmark[i])) ? 0 : 1;
	return target->count == 0 ? VALUE_NONE : published == target->count ? VALUE_PUBLISHED
		: published > 0 ? VALUE_PARTLY : VALUE_PREDICTED;
}

void session_values(struct session *session, size_t model, const struct engine_target *targets, size_t count,
		    struct value *values)
{
	bool asked = false, predicted = false;

	for (size_t i = 0; i < count; i++) {
		struct engine_estimate *estimate = &values[i].estimate;
		values[i].kind = kind_of(session->catalog, model, &targets[i]);
		*estimate = (struct engine_estimate){NAN, NAN, NAN, NAN, NAN, NAN};
		if (values[i].kind == VALUE_PUBLISHED) {
			double value = catalog_target(session->catalog, model, &targets[i]);
			*estimate = (struct engine_estimate){value, 0, value, value, value, value};
			continue;
		}
		if (!asked && session->query)
			predicted = engine_predict_known(session->query, model, NULL) == STATUS_OK;
		asked = true;
		if (predicted)
			engine_estimate(session->query, &targets[i], estimate);
		if (isnan(estimate->mean))
			values[i].kind = VALUE_NONE;
	}
}

struct value session_value(struct session *session, size_t model, const struct engine_target *target)
{
	struct value value;

	session_values(session, model, target, 1, &value);
	return value;
}
