/* Sketch: a hypothetical child that the user is drawing, with undo. */
#ifndef STEMMA_APP_SKETCH_H
#define STEMMA_APP_SKETCH_H

#include <stdbool.h>
#include <stddef.h>

#include "stemma/app/session.h"
#include "stemma/base/error.h"
#include "stemma/formats/mergekit.h"

#define SKETCH_PARENTS_MAX ENGINE_PARENTS_MAX

struct sketch_parent {
	size_t model;
	double weight; /* 0..1; the weights of a sketch sum to 1 */
	bool locked;   /* stays as it is when others move */
};

#define SKETCH_NAME_SIZE 96

/* One state of a sketch. */
struct sketch_state {
	char name[SKETCH_NAME_SIZE]; /* that it is kept under just so; "" when it is not, or longer */
	enum merge_method method;
	size_t count;
	struct sketch_parent parents[SKETCH_PARENTS_MAX];
	size_t base;                /* model, CATALOG_NONE = chosen by rule */
	enum answer chat_template;  /* of the child's evaluation; unknown = as the parents, where they agree */
	bool finetune;              /* a training run that is planned, of one parent, and no merge */
	double strange;             /* share of the child that parents give that the cache does not know */
	char stranger[SKETCH_NAME_SIZE]; /* the heaviest of these */
	size_t strangers;
};

/* What undo returns to. */
struct sketch_step {
	struct sketch_state now, beside;
};

struct sketch {
	struct sketch_state now;
	struct sketch_state beside;      /* another to compare it with; no parents = none */
	struct sketch_step *undo, *redo; /* stacks, oldest first */
	size_t undo_count, undo_capacity, redo_count, redo_capacity;
};

void sketch_init(struct sketch *sketch);
void sketch_free(struct sketch *sketch);

/* Each edit pushes the old state on the undo stack and empties redo; false
 * when nothing changed (full, already in, nothing to undo).  The weights of a
 * sketch that has parents sum to 1 after each: what one gains or loses the
 * unlocked others give or take in proportion.  Where all others are locked a
 * weight cannot move, and a new parent gets none. */
bool sketch_add(struct sketch *sketch, size_t model);      /* takes an equal share */
bool sketch_remove(struct sketch *sketch, size_t position);
bool sketch_toggle(struct sketch *sketch, size_t model);
bool sketch_set_weight(struct sketch *sketch, size_t position, double weight);
bool sketch_set_weights(struct sketch *sketch, const double *weights); /* of all parents, summing to 1 */
bool sketch_move_weight(struct sketch *sketch, size_t position, double step);
/* Exchanges the weights of a parent and the next one (of the last with the first). */
bool sketch_swap(struct sketch *sketch, size_t position);
bool sketch_equalize(struct sketch *sketch);
bool sketch_lock(struct sketch *sketch, size_t position);  /* toggles */
bool sketch_set_method(struct sketch *sketch, enum merge_method method);
bool sketch_set_base(struct sketch *sketch, size_t model);
bool sketch_set_template(struct sketch *sketch, enum answer chat_template);
bool sketch_clear(struct sketch *sketch);
bool sketch_undo(struct sketch *sketch);
bool sketch_redo(struct sketch *sketch);
int sketch_position(const struct sketch *sketch, size_t model); /* -1 when not in it */

/* Edits too, of the sketch beside. */
bool sketch_duplicate(struct sketch *sketch); /* puts a copy of the open one beside */
bool sketch_exchange(struct sketch *sketch);  /* false when there is none beside */

/* Another catalog is in place: all models, those of undo and redo too, get the
 * numbers that catalog_match() has for them.  Parents that are gone leave their
 * weight to the others; false when the open sketch or the one beside lost one. */
bool sketch_renumber(struct sketch *sketch, const uint32_t *match);
bool sketch_state_renumber(struct sketch_state *state, const uint32_t *match); /* the same of one */

/* An edit that takes all of a mergekit recipe.  A method that stemma does not know becomes
 * linear with the recipe's shares, and so does a recipe with parents that the catalog
 * lacks: these are strangers, whose share is predicted from the others' facts and their
 * name.  More than SKETCH_PARENTS_MAX known parents are STATUS_USAGE. */
enum status sketch_from_recipe(struct sketch *sketch, const struct catalog *catalog,
			       const struct merge_recipe *recipe, struct error *error);
/* The same from a mergekit file ("-" is standard input); what the file has that a
 * sketch cannot say goes to sink->warn (the sink may be NULL). */
enum status sketch_open_file(struct sketch *sketch, const struct catalog *catalog, const char *path,
			     const struct record_sink *sink, struct error *error);
/* An edit that takes parents by name (names without owner and aliases are
 * fine); the method stays.  Weights are >= 0 and scaled to sum 1; NAN ones
 * share what the others leave of 1, or are all equal. */
enum status sketch_from_names(struct sketch *sketch, const struct catalog *catalog, size_t count,
			      const char *const *names, const double *weights,
			      struct error *error);

/* An edit that takes the parents of a merge in the catalog with the shares that
 * its lineage has: by its own method where that gives these shares, else as a
 * linear merge (*original says which).  STATUS_NO_INPUT when it has no parents. */
enum status sketch_from_model(struct sketch *sketch, const struct catalog *catalog, size_t model,
			      bool *original, struct error *error);

/* An edit that takes these parents with these weights (>= 0, summing to 1). */
bool sketch_from_shares(struct sketch *sketch, enum merge_method method, size_t count,
			const size_t *models, const double *weights);

/* Whether this many parents suit the method; else an error with what to do. */
enum status sketch_check(const struct sketch *sketch, const struct catalog *catalog,
			 struct error *error);
/* Whether the method can join these parents at all: STATUS_DATA, with the two that do not fit, where their
 * known architectures or sizes differ. */
enum status sketch_check_shapes(const struct sketch *sketch, const struct catalog *catalog, struct error *error);
/* Whether the sketch has the same prediction by another method: a prediction knows a method only by the shares
 * that it gives to the parents. */
bool sketch_same_by(const struct sketch *sketch, const struct catalog *catalog, enum merge_method method);
/* Warnings that do not stop a prediction ("parents differ in architecture"),
 * one a line; empty when none. */
void sketch_warnings(const struct sketch *sketch, const struct catalog *catalog, struct text *out);

/* The base that the method uses: the chosen one, else the nearest common
 * ancestor of the parents (one of the parents only where there is no other),
 * else the first parent.  For the methods that join two models (slerp …) it is
 * one of the two: the chosen one, else the heaviest.  CATALOG_NONE when the
 * method needs none. */
size_t sketch_base(const struct sketch *sketch, const struct catalog *catalog);

/* The engine's view: parents with the shares that the method implies. */
void sketch_child(const struct sketch *sketch, const struct catalog *catalog,
		  struct engine_child *child);
/* The share of the child that a model gives, 0 for one that is no parent. */
double sketch_child_share(const struct engine_child *child, size_t model);

/* The nearest ancestor that all parents have in common; one of the parents only
 * where there is no other; CATALOG_NONE when they are unrelated. */
size_t sketch_common_ancestor(const struct sketch *sketch, const struct catalog *catalog);

/* A prediction with everything that the screen and the command line show. */
#define SKETCH_ANCESTORS_MAX 8
#define SKETCH_CONTRIBUTIONS_MAX 8
struct sketch_row {
	struct engine_target target; /* this and the next: borrowed from the session's rows */
	const char *key, *title;
	struct engine_estimate estimate; /* NAN where the fit does not cover the target */
	size_t best_parent;       /* parent with the best published value, CATALOG_NONE */
	double best_score;        /* NAN when none */
	double chance;            /* P(child beats it), NAN when none */
	struct engine_contribution contributions[SKETCH_CONTRIBUTIONS_MAX];
	size_t contribution_count;
	bool made, explained;     /* the figures; the contributions */
};
struct sketch_prediction {
	size_t rows;              /* the session's: the board's benchmarks, then the target */
	struct sketch_row *row;   /* owned */
	struct engine_ancestor ancestors[SKETCH_ANCESTORS_MAX];
	size_t ancestor_count;
	struct engine_child child;
	struct answer_row *answers; /* owned; what single answers tell */
	size_t answer_count;
	double strange;                    /* share of the strangers, 0 none */
	struct engine_estimate *stranger;  /* what they would score, by row; owned, NULL none */
	/* private: what rows are made with */
	const struct session *session;
	struct engine_query *query;
	size_t parent_count, parents[SKETCH_PARENTS_MAX];
};
/* Good until the session's board, target or catalog change. */
enum status sketch_predict(const struct sketch *sketch, struct session *session,
			   struct sketch_prediction *prediction, struct error *error);
/* The same for a screen, which shows few rows of many: each is made when it is first asked for, of the
 * session's query, which nobody else may ask meanwhile. */
enum status sketch_predict_on_demand(const struct sketch *sketch, struct session *session,
				     struct sketch_prediction *prediction, struct error *error);
const struct sketch_row *sketch_prediction_row(struct sketch_prediction *prediction, size_t row);
/* With its contributions, for which it solves once a row: on large caches a while. */
const struct sketch_row *sketch_prediction_why(struct sketch_prediction *prediction, size_t row);
/* Makes all rows, without contributions. */
void sketch_prediction_complete(struct sketch_prediction *prediction);
void sketch_prediction_free(struct sketch_prediction *prediction);

/* Appends the mergekit configuration of the sketch, with the prediction (or
 * NULL) as a comment.  Read again it gives the same parents, weights, method
 * and base; passthrough only by its layer counts.  Models that only have a path are written
 * by it, where there is a store to look it up (NULL: by their names). */
void sketch_write(const struct sketch *sketch, const struct catalog *catalog, struct store *store,
		  const struct sketch_prediction *prediction, struct text *out);
/* Appends a model card for it: front matter, the scores marked as predictions
 * (none without a prediction) and the configuration. */
void sketch_write_card(const struct sketch *sketch, const struct catalog *catalog, struct store *store,
		       const struct sketch_prediction *prediction, struct text *out);

/* Kept in the cache under a name; "" = the open one.  Loading is an edit. */
enum status sketch_save(struct sketch *sketch, struct session *session, const char *name,
			struct error *error);
/* false when there is none of that name (or its models are gone). */
bool sketch_load(struct sketch *sketch, struct session *session, const char *name);
/* Gives the open sketch its name again when it is just as kept under it. */
void sketch_recognize(struct sketch *sketch, struct session *session, const char *name);
/* As sketch_load(), but put beside the open one. */
bool sketch_load_beside(struct sketch *sketch, struct session *session, const char *name);

/* The open sketch and the one beside, predicted together. */
struct sketch_comparison {
	struct sketch_prediction open, beside;
	struct engine_difference *difference; /* open - beside, as many as rows; owned, NULL on demand */
};
/* STATUS_USAGE when one cannot be predicted (the message says which) or none is
 * beside. */
enum status sketch_compare(const struct sketch *sketch, struct session *session,
			   struct sketch_comparison *comparison, struct error *error);
/* The same with rows on demand; there is no list of differences then. */
enum status sketch_compare_on_demand(const struct sketch *sketch, struct session *session,
				     struct sketch_comparison *comparison, struct error *error);
struct engine_difference sketch_comparison_difference(struct sketch_comparison *comparison, size_t row);
void sketch_comparison_free(struct sketch_comparison *comparison);

#endif
