/* Session: an open cache, its catalog and the latest fit.
 *
 * A session belongs to the main thread.  Long work runs on a worker that opens
 * the cache itself and returns a new catalog or fit, which the main thread
 * then puts in place: readers never see half of anything.  A worker reads the
 * session's catalog, and a fit borrows from its catalog: call session_reload(),
 * session_adopt_catalog() and session_close() only when no job that was given
 * the catalog runs (after job_finish()), and adopt only a fit that was made of
 * session->catalog.  An import goes beside a fit: it reads the catalog that is
 * in place only to compare, and brings another, which waits for the fit's end.
 */
#ifndef STEMMA_APP_SESSION_H
#define STEMMA_APP_SESSION_H

#include "stemma/app/anomalies.h"
#include "stemma/app/answer_sets.h"
#include "stemma/app/board.h"
#include "stemma/app/catalog.h"
#include "stemma/app/flags.h"
#include "stemma/app/import.h"
#include "stemma/app/target.h"
#include "stemma/base/error.h"
#include "stemma/base/progress.h"
#include "stemma/engine/engine.h"
#include "stemma/store/store.h"

struct session {
	char *path;
	struct store *store;
	struct catalog *catalog;
	struct engine_fit *fit;      /* NULL until there is one */
	struct engine_query *query;  /* of that fit */
	struct engine_query *beside; /* another, for a second child; NULL until one is asked for */
	struct answer_sets answers;  /* of that fit; none until session_learn_answers() */
	struct anomalies anomalies;  /* of that fit; none until session_adopt_anomalies() */
	bool created;                /* the cache was made by this session */
	struct flags flags;          /* of that catalog */
	bool left_out;               /* suspect models are not learned from */
	struct boards boards;        /* of that catalog */
	struct targets targets;
	struct board board;          /* the one that is drawn */
	struct target target;        /* what stands in the tree, in sketch, suggestions, plan */
	size_t row_count;            /* board.count + 1 */
	struct engine_target *rows;  /* what is shown of a model: the board's benchmarks, then the target; borrows
	                              * from both */
	double *target_values;       /* by row of scores: catalog_target_by_row() of the target */
	bool packed;                 /* of the catalog: packed or not to be packed in this run */
};

/* Opens (and creates) the cache; path NULL = the default one.  A cache without
 * models gets the starter set unless `bare`.  data_folder NULL = $STEMMA_SHARE, else
 * the installed folder.  Does not fit. */
enum status session_open(const char *path, bool bare, const char *data_folder,
			 struct progress *progress, struct session **session, struct error *error);
void session_close(struct session *session); /* NULL allowed */

/* From how many models on a catalog is packed (catalog_pack()): so many take longer to
 * read from the rows than anybody likes to wait.  $STEMMA_PACK is another number. */
#define SESSION_PACK_MODELS 100000
/* Whether the catalog is so large, and was not packed yet. */
bool session_wants_pack(const struct session *session);
/* Packs it, reading it again where the data have changed: for the end of a job that
 * changed them.  A cache that another copy has locked, or that cannot be written, is
 * no failure. */
enum status session_pack(struct session *session, struct progress *progress, struct error *error);
/* The same for a worker, which opens `path` itself, and as it is. */
enum status session_pack_detached(const char *path, const struct catalog *catalog,
				  struct progress *progress, struct error *error);

/* The board that is drawn, and the target: copied.  With `keep` they are kept in the cache for the next
 * time.  What was made of the rows before (struct sketch_prediction) must be made again. */
enum status session_set_board(struct session *session, const struct board *board, bool keep, struct error *error);
enum status session_set_target(struct session *session, const struct target *target, bool keep, struct error *error);
/* The same by words, as board_parse() and target_parse() read them. */
enum status session_choose_board(struct session *session, const char *words, bool keep, struct text *said,
				 struct error *error);
enum status session_choose_target(struct session *session, const char *words, bool keep, struct text *said,
				  struct error *error);
/* Whether a board was kept so. */
bool session_board_chosen(const struct session *session);
/* Reads boards and targets from the cache again after one was kept or dropped. */
enum status session_reload_boards(struct session *session, struct error *error);
/* What a target may be named by. */
static inline struct target_names session_names(const struct session *session)
{
	return (struct target_names){&session->boards, &session->targets};
}
/* The key and the title of a row; the last has the target's name as both.  Borrowed. */
const char *session_row_key(const struct session *session, size_t row);
const char *session_row_title(const struct session *session, size_t row);

/* Where a value comes from. */
enum value_kind {
	VALUE_NONE,      /* not published, and no fit that predicts it */
	VALUE_PUBLISHED, /* all parts are */
	VALUE_PARTLY,    /* some parts are published, the others predicted */
	VALUE_PREDICTED  /* no part is published */
};
struct value {
	enum value_kind kind;
	struct engine_estimate estimate; /* of a published one with sd 0; of VALUE_NONE all NAN */
};
/* Of a target and a model; asks the session's query where a part is missing, so that its subject changes. */
struct value session_value(struct session *session, size_t model, const struct engine_target *target);
/* Of several targets, for which the model is predicted once. */
void session_values(struct session *session, size_t model, const struct engine_target *targets, size_t count,
		    struct value *values);
/* The session's target of a model as published, NAN when a part is not. */
static inline double session_target_value(const struct session *session, size_t model)
{
	return session->target_values[session->catalog->score_row[model]];
}

/* Reads the catalog again and drops the fit (its numbers are of the old one). */
enum status session_reload(struct session *session, struct error *error);

/* Makes session->fit: of these data from what the cache has kept of this prior, these
 * settings and what is left out, at once; where the data have changed since, makes it
 * and keeps it, with what was learned of them while they have changed but little
 * (engine_fit_new()); with `relearn` nothing that was kept counts.  A cache that cannot
 * be written is no failure. */
enum status session_fit(struct session *session, const struct engine_settings *settings,
			bool relearn, struct progress *progress, struct error *error);

/* The same for a worker: opens `path` itself, hands over a fit that belongs to
 * `catalog`, and stores the variances.  What is left out is `excluded` (by
 * model, NULL nothing), whatever the session says of it meanwhile. */
enum status session_fit_detached(const char *path, const struct catalog *catalog,
				 const bool *excluded, const struct engine_settings *settings,
				 bool relearn, struct progress *progress, struct engine_fit **fit,
				 struct error *error);
/* Flags a model (reason NULL: takes the flag away), and says whether fits leave
 * out what is flagged and all that descends from it; both are kept in the cache.
 * The fit stays as it is until the next one. */
enum status session_flag(struct session *session, size_t model, const char *reason,
			 struct error *error);
enum status session_leave_out(struct session *session, bool leave_out, struct error *error);
/* Reads both from the cache again, where another program may have changed them;
 * *changed says so.  After an error they are as before. */
enum status session_reload_flags(struct session *session, bool *changed, struct error *error);
/* Whether fits learn from the model: it has scores and is not left out. */
bool session_learns(const struct session *session, size_t model);
/* Whether the model is left out of fits, kin and suggestions now. */
bool session_leaves_out(const struct session *session, size_t model);

/* Makes session->answers for the fit; a session without a fit has none. */
enum status session_learn_answers(struct session *session, uint64_t seed, struct progress *progress,
				  struct error *error);
/* The same for a worker and a fit of `catalog`; the sets are the caller's. */
enum status session_answers_detached(const char *path, const struct catalog *catalog,
				     const struct engine_fit *fit, uint64_t seed,
				     struct progress *progress, struct answer_sets *sets,
				     struct error *error);
/* Puts anomalies of session->fit in place (takes them over), and lets the catalog know which models have
 * some. */
void session_adopt_anomalies(struct session *session, struct anomalies *anomalies);
/* For a worker that has changed the cache, or wants to know what others have:
 * brings it in line with the user's corrections and reads a new catalog.  *catalog
 * is NULL where the cache has the data of `before` still.  A fault in the
 * corrections goes to `*warning`, and the catalog is read all the same. */
enum status session_load_detached(const char *path, const struct catalog *before,
				  struct progress *progress, struct catalog **catalog,
				  struct error *warning, struct error *error);

/* Puts answers of session->fit in place (takes them over). */
void session_adopt_answers(struct session *session, struct answer_sets *sets);
/* Puts a fit in place (takes it over) with a query of its own; the answers of
 * the old fit go. */
void session_adopt_fit(struct session *session, struct engine_fit *fit);
/* Puts a catalog in place (takes it over); drops the old fit.  Board and target go on by the keys of their
 * benchmarks; of those that are gone they become the default ones. */
void session_adopt_catalog(struct session *session, struct catalog *catalog);

#endif
