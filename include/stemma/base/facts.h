/* Facts: the vocabulary that readers, cache and engine share.
 *
 * These structs are views: their strings belong to whoever fills them and are
 * valid until that call returns or as its documentation says.  A missing
 * string is NULL, a missing number NAN, a missing date or flag as noted.
 */
#ifndef STEMMA_BASE_FACTS_H
#define STEMMA_BASE_FACTS_H

#include <stdbool.h>
#include <stddef.h>

#include "stemma/base/survey.h"

/* How a child was made from its parents. X(symbol, word, description) */
#define RELATION_TABLE(X) \
	X(UNKNOWN, "unknown", "made from its parent in an unknown way") \
	X(FINETUNE, "finetune", "trained on from its parent") \
	X(ADAPTER, "adapter", "an adapter (LoRA) on its parent") \
	X(QUANTIZED, "quantized", "its parent with fewer bits") \
	X(MERGE, "merge", "merged from its parents") \
	X(DISTILL, "distill", "distilled from its parent") \
	X(SETTING, "setting", "its parent run in another setting") \
	X(SIZE, "size", "its parent in another size") \
	X(VERSION, "version", "another version of its parent") \
	X(STAGE, "stage", "its parent at another stage of its training")
enum relation {
#define X(symbol, word, description) RELATION_##symbol,
	RELATION_TABLE(X)
#undef X
	RELATION_COUNT
};
const char *relation_name(enum relation relation);
/* Any case; "variant:setting" and the like, as tables have it, too.
 * RELATION_COUNT when the word is none of them, or NULL. */
enum relation relation_parse(const char *word);

/* What kind of model it says it is. X(symbol, word, leaderboard symbol) */
#define KIND_TABLE(X) \
	X(UNKNOWN, "unknown", "?") \
	X(PRETRAINED, "pretrained", "\xF0\x9F\x9F\xA2") \
	X(CONTINUED, "continued", "\xF0\x9F\x9F\xA9") \
	X(FINETUNED, "finetuned", "\xF0\x9F\x94\xB6") \
	X(CHAT, "chat", "\xF0\x9F\x92\xAC") \
	X(MERGE, "merge", "\xF0\x9F\xA4\x9D") \
	X(MULTIMODAL, "multimodal", "\xF0\x9F\x8C\xB8") \
	X(OTHER, "other", "\xE2\x9D\x93")
enum kind {
#define X(symbol, word, mark) KIND_##symbol,
	KIND_TABLE(X)
#undef X
	KIND_COUNT
};
const char *kind_name(enum kind kind);
enum kind kind_parse(const char *word_or_symbol); /* KIND_COUNT when none */

/* How far an edge is to be believed; a larger number wins. */
enum trust {
	TRUST_NONE = 0,
	TRUST_ROOT = 10,          /* the leaderboard's base column: root of the chain */
	TRUST_INFERRED = 20,      /* guessed from names or numbers */
	TRUST_LISTED = 40,        /* a third party's table of parents */
	TRUST_DECLARED = 60,      /* the author's card or the Hub's baseModels */
	TRUST_CONFIGURATION = 80, /* the merge configuration itself */
	TRUST_USER = 100,         /* the user's own table */
	TRUST_CORRECTION = 110    /* the user's correction of all others */
};
const char *trust_name(enum trust trust); /* "root", "inferred", … */
enum trust trust_parse(const char *word); /* TRUST_NONE when it is none of them */

/* Yes, no, or nobody said. */
enum answer { ANSWER_UNKNOWN = -1, ANSWER_NO = 0, ANSWER_YES = 1 };

/* A further fact of a model that has no field of its own. */
struct attribute_facts {
	const char *key;   /* lower case: "provider", "reasoning", "open_weights", "setting", "base", … */
	const char *value; /* "OpenAI", "1", "0", "high", "Qwen/Qwen3-8B", … */
};

struct model_facts {
	const char *name;         /* owner/name as the source spells it; required */
	const char *architecture; /* e.g. MistralForCausalLM */
	double params_b;          /* billions of parameters; NAN unknown, never <= 0 */
	const char *license;
	enum kind kind;           /* KIND_UNKNOWN when not said */
	const char *uploaded;     /* ISO date YYYY-MM-DD */
	double likes;             /* NAN unknown */
	enum answer moe;
	const char *source;       /* word naming the source, e.g. "leaderboard" */
	int rank;                 /* sources with a larger rank overwrite smaller */
	const struct attribute_facts *attributes; /* what else is known; the source's rank holds for them too */
	size_t attribute_count;
};

/* The largest weight of a parent: weights count in proportion, so a larger one says nothing more, and sums of
 * such stay far from the ends of the numbers. */
#define WEIGHT_MAX 1e6
/* Whether it is a weight: 0 (a reference only) to WEIGHT_MAX.  Not of one that is unknown (NAN). */
static inline bool weight_is_sound(double weight)
{
	return weight >= 0 && weight <= WEIGHT_MAX;
}

/* Billions of parameters that a model can have: a few thousand parameters to a million billion. */
#define SIZE_MIN_B 1e-6
#define SIZE_MAX_B 1e6
static inline bool size_is_sound(double params_b)
{
	return params_b >= SIZE_MIN_B && params_b <= SIZE_MAX_B;
}

/* The largest absolute value of a score or of its standard error: past it differences of scores are lost,
 * and their squares leave the range of numbers. */
#define SCORE_SIZE_MAX 1e12
static inline bool score_is_sound(double score)
{
	return score >= -SCORE_SIZE_MAX && score <= SCORE_SIZE_MAX;
}

struct edge_facts {
	const char *child;
	const char *parent;
	enum relation relation;
	double weight;            /* share of the child, NAN unknown; 0 = reference only */
	const char *method;       /* merge method, NULL if none or unknown */
	const char *source;       /* e.g. "hub", "card", "registry", "leaderboard-root" */
	enum trust trust;
	const char *note;         /* how the weight came about, NULL if nothing to say */
};

/* A benchmark as a source describes it. */
struct benchmark_facts {
	const char *key;     /* lower case, unique: benchmark_key() makes one of a title */
	const char *title, *suite, *metric, *unit;
	const char *family;  /* benchmarks that ask the same test have the same; related, never mixed */
	const char *duplicate_of; /* key of the benchmark whose values these are, under another name */
	double lower, upper; /* nominal ends of its scale; NAN unknown, -INFINITY and INFINITY open */
	double chance;       /* what a random guess gets, on its scale; NAN unknown */
	enum answer higher_is_better;
	double instances;    /* questions, NAN unknown */
	const char *const *aliases; /* other keys that lead to it */
	size_t alias_count;
	bool apart;          /* where another suite has its key, it is a benchmark of its own: SUITE_KEY */
	const char *source;
	int rank;            /* as of a model's facts */
};
/* One of which only the key is known. */
struct benchmark_facts benchmark_facts_of(const char *key);

/* What the words of a benchmark's name say of it: "wer" and "val_loss" that less is better,
 * "latency" and "elo" that no end of its scale is known. */
struct name_hint {
	enum answer higher_is_better; /* ANSWER_UNKNOWN when they say nothing */
	bool open;
};
struct name_hint benchmark_name_hint(const char *name);

/* The longest key of a benchmark, in bytes. */
#define BENCHMARK_KEY_MAX 100
/* Makes a key of a name in any case: lower case, and of all but letters, digits and
 * "_.:/+-" one underscore: "MMLU Pro" is "mmlu_pro".  The caller frees; NULL when
 * nothing is left, or too much. */
char *benchmark_key(const char *name);

/* What a value is to be read as. */
enum score_scale {
	SCALE_OWN,      /* on the benchmark's own scale, or as the survey says; of a new one guessed from its values */
	SCALE_FRACTION, /* 0..1 */
	SCALE_PERCENT   /* 0..100 */
};

/* One value of one evaluation run: make it with score_facts_of(), for 0 means
 * something in most fields. */
struct score_facts {
	const char *benchmark;  /* key, alias or title, any case */
	double value;           /* on `scale` */
	double raw;             /* as measured before normalisation, 0..1; NAN unknown */
	enum score_scale scale;
	double error;           /* standard error on `scale`; NAN unknown */
	int shots;              /* examples in the prompt; -1 unknown */
	const char *setup;      /* what else tells it apart: "strict-match", "tools" …; NULL */
	const char *date;       /* ISO; NULL: the run's */
	const char *address;    /* where it can be read; NULL */
	bool limited;           /* some of the questions only */
	const struct value_survey *survey; /* of a table without scale: all values of the benchmark; else NULL */
	long line, column;      /* where it stands in its file; 0 unknown, or the record's */
};
/* A value on the benchmark's own scale of which nothing else is known. */
struct score_facts score_facts_of(const char *benchmark, double value);

struct evaluation_facts {
	const char *model;
	const char *source;        /* "leaderboard", "starter", "scores", "user" … */
	int rank;                  /* which source is shown: larger first */
	const char *precision;     /* "bfloat16", "float16" …; NULL unknown */
	enum answer chat_template; /* evaluated with the chat template? */
	const char *submitted;     /* ISO date or NULL */
	const char *revision;      /* sha of the model or NULL */
	const char *harness;       /* the program that ran it, and its version; NULL unknown */
	const char *version;
	const char *address;       /* where its results can be read, or NULL */
	bool flagged;              /* the source itself distrusts it */
	const char *suite;         /* whose benchmark SUITE_KEY a KEY means before any other; NULL */
	const struct score_facts *scores;
	size_t score_count;
};

/* `alias` is another name of `current` (a rename, another case is implied). */
struct alias_facts {
	const char *alias;
	const char *current;
	const char *source;
};

/* Single answers of one model: question i is bit i % 64 of bits[i / 64]. */
struct outcome_facts {
	const char *model;
	const char *benchmark;     /* key of the set of questions, e.g. "mmlu_pro_math" */
	size_t questions;
	const unsigned long long *bits;
	const char *const *names;  /* of the questions, e.g. their doc_ids; NULL = their places */
	const unsigned long long *asked; /* of which questions the bits are, one bit each; NULL all */
	bool by_id;                /* bits and asked are by the name that a question has as a number, so far as
	                            * it was asked: there may be more */
};

/* All parents that a source names for a child: what it named before and does not
 * now is no longer true. */
struct parents_facts {
	const char *child, *source;
	const char *const *parents;
	size_t count;
};

/* An edge that the user says is wrong. */
struct drop_facts {
	const char *child;
	const char *parent;        /* NULL: all of the child's */
	const char *note;          /* why, or NULL */
};

/* Ranks of sources, for model_facts.rank and evaluation_facts.rank. */
enum source_rank {
	RANK_NAMED_ONLY = 0,   /* only its name is known */
	RANK_STARTER = 10,
	RANK_CARD = 15,
	RANK_SCORES_TABLE = 20,
	RANK_HUB = 30,
	RANK_LEADERBOARD = 40,
	RANK_USER = 90
};

/* Days since 1970-01-01 of an ISO date, NAN when it is none (or NULL). */
double date_days(const char *iso_date);
/* "YYYY-MM-DD" of days since 1970-01-01 into a buffer of 11 bytes or more. */
void date_format(double days, char buffer[11]);

#endif
