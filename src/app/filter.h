/* What the files of the filter share.  Private to the app. */
#ifndef STEMMA_APP_FILTER_PRIVATE_H
#define STEMMA_APP_FILTER_PRIVATE_H

#include "stemma/app/filter.h"
#include "stemma/base/fuzzy.h"
#include "stemma/base/text.h"

#define FILTER_TERMS_MAX 16
#define FILTER_VALUE_MAX 96
#define FILTER_WORDS_MAX 160

enum filter_type { TYPE_NUMBER, TYPE_DATE, TYPE_TEXT, TYPE_FLAG };
enum filter_type filter_type(enum filter_field field);

/* X(symbol, sign): longer signs before their beginnings */
#define FILTER_OPERATOR_TABLE(X) \
	X(AT_MOST, "<=") \
	X(AT_LEAST, ">=") \
	X(NOT, "!=") \
	X(LESS, "<") \
	X(MORE, ">") \
	X(EQUAL, "=") \
	X(HAS, ":")
enum filter_operator {
#define X(symbol, sign) OPERATOR_##symbol,
	FILTER_OPERATOR_TABLE(X)
#undef X
	OPERATOR_COUNT
};

struct filter_term {
	enum filter_field field;
	enum filter_operator operator;
	bool negated;
	uint8_t target;               /* FILTER_SCORE and FILTER_PREDICTED: place among the line's */
	double low, high;             /* numbers: what was typed stands for all between */
	char value[FILTER_VALUE_MAX]; /* texts, in lower case */
	size_t length;
	const uint8_t *values;        /* texts: by number of the text, borrowed */
	uint8_t family;               /* FILTER_FAMILY: its bit */
};

/* A line as read. */
struct filter_line {
	struct filter_term terms[FILTER_TERMS_MAX];
	size_t count;
	char words[FILTER_WORDS_MAX]; /* for the name, one blank between */
	size_t words_length;
	char last[FILTER_VALUE_MAX];  /* the last word when nothing follows it */
	struct target targets[FILTER_TERMS_MAX]; /* owned */
	size_t target_count;
};
/* What can be asked. */
struct filter_asking {
	const struct catalog *catalog;
	struct target_names names;
	bool z, predicted;
};
/* filter_line_free() after use, also where it fails. */
enum status filter_parse(const char *text, const struct filter_asking *asking, struct filter_line *line,
			 struct error *error);
void filter_line_free(struct filter_line *line);

/* The texts of a column, each distinct one once: number 0 is "not known". */
struct filter_texts {
	uint32_t *number; /* by model */
	const char **text;
	size_t count, capacity;
};
/* `text_of` gives a model's text, NULL unknown. */
void filter_texts_make(struct filter_texts *texts, const struct catalog *catalog,
		       const char *(*text_of)(const struct catalog_model *model));
void filter_texts_free(struct filter_texts *texts);

/* What of each name is kept to pass most of them over: its letters and its
 * digest.  Made bit by bit, so that no key waits for all of it. */
struct filter_names {
	const struct catalog *catalog; /* borrowed */
	size_t done;                   /* models that have theirs */
	uint64_t *letters;
	struct fuzzy_digest *digests;
};
void filter_names_start(struct filter_names *names, const struct catalog *catalog);
/* Goes on with so many models; whether more are left. */
bool filter_names_step(struct filter_names *names, size_t models);
void filter_names_free(struct filter_names *names);
/* The beginning of a name in lower case (ASCII); returns its length. */
struct filter_name {
	char letters[FUZZY_LENGTH_MAX + 8];
	size_t length;
};
void filter_name_fold(const struct catalog *catalog, size_t model, struct filter_name *name);
size_t filter_name_length(const struct catalog *catalog, size_t model);
/* The letters of a text, one bit for each kind. */
uint64_t filter_letters(const char *text, size_t length);
char filter_lower(char character);

#define FILTER_FAMILIES_MAX 8 /* bits of struct filter's family */

/* The columns of few distinct texts. X(symbol of the field, member) */
#define FILTER_COLUMN_TABLE(X) \
	X(ARCH, architecture) \
	X(LICENSE, license) \
	X(PROVIDER, provider) \
	X(SETTING, setting)
enum filter_column {
#define X(symbol, member) FILTER_COLUMN_##symbol,
	FILTER_COLUMN_TABLE(X)
#undef X
	FILTER_COLUMN_COUNT
};

struct filter {
	const struct catalog *catalog;
	struct target_names target_names;
	const double *z; /* borrowed; NULL before the fit */
	double (*predict)(void *context, size_t model, const struct engine_target *target);
	void *predict_context;
	struct filter_answers {      /* of predict(), by model: what the term of this name asked; NAN not predicted */
		char name[FILTER_VALUE_MAX];
		double *value;       /* INFINITY: not asked yet */
	} answers[FILTER_TERMS_MAX];
	struct filter_names names;
	struct filter_texts columns[FILTER_COLUMN_COUNT];
	struct filter_line line;
	uint8_t *values[FILTER_TERMS_MAX]; /* by term: whether a distinct text fits */
	uint8_t *family;                   /* by model, a bit a family term; NULL none yet */
	char families[FILTER_FAMILIES_MAX][FILTER_VALUE_MAX + 2]; /* what the bits stand for, "" none */
	uint32_t *candidates; /* models that have the letters of `tried` in order */
	struct fuzzy_trail *trails; /* of each: how the letters of the last word were met; worth
			       * -INFINITY where a word before does not surely fit */
	size_t candidate_count;
	char tried[FILTER_WORDS_MAX]; /* "" = all models */
	char hint[160];
};

/* Whether the terms of the line fit, whatever its words; not those that need predictions, which are asked of
 * one thread at the end. */
bool filter_terms_fit(const struct filter *filter, size_t model);
bool filter_asks_predictions(const struct filter *filter);
/* Whether those that need predictions fit. */
bool filter_predictions_fit(struct filter *filter, size_t model);
/* filter_run() in so many parts, 0 = as many as pay; the answer is the same. */
size_t filter_run_in_parts(struct filter *filter, size_t parts, const uint32_t *weights, uint8_t *fit,
			   size_t *best);

#endif
