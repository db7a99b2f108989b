/* Sync: the leaderboard and what the Hub knows of its models, into the cache.
 *
 * Everything that is fetched is kept at once, so that a run that was cut short
 * goes on where it stopped; the leaderboard is taken over when all its pages are
 * there, in one transaction, models of the Hub in groups.
 */
#ifndef STEMMA_APP_SYNC_H
#define STEMMA_APP_SYNC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stemma/base/error.h"
#include "stemma/base/progress.h"
#include "stemma/store/store.h"

struct sync_settings {
	bool benchmarks;      /* the Hub's official benchmarks, with their leaderboards */
	bool models;          /* Hub metadata of the models with scores */
	size_t depth;         /* and so many generations of their ancestors */
	bool descendants;     /* and what others made of the models with scores */
	bool dry_run;         /* ask only how much there is */
	long request_seconds, total_seconds;
	size_t size_limit;    /* bytes of an answer */
	int tries;
	double backoff;       /* seconds */
};

/* What is chosen by words, the same on the command line ("--depth 2") and in the
 * browser ("depth=2").  X(member, word, kind, argument, help); kind: FLAG bool,
 * NUMBER uint64_t. */
#define SYNC_OPTION_TABLE(X) \
	X(benchmarks, "benchmarks", FLAG, NULL, "also the leaderboards of the Hub's official benchmarks") \
	X(models, "models", FLAG, NULL, "also the Hub's metadata of the models with scores") \
	X(depth, "depth", NUMBER, "N", "with models: and N generations of ancestors") \
	X(descendants, "descendants", FLAG, NULL, "also what others made of the models with scores") \
	X(dry_run, "dry-run", FLAG, NULL, "only tell how much there is to fetch") \
	X(request_seconds, "request-timeout", NUMBER, "SECONDS", "for one request (default 30)") \
	X(total_seconds, "timeout", NUMBER, "SECONDS", "for all together (default 7200)") \
	X(megabytes, "max-size", NUMBER, "MB", "of one answer, unpacked (default 32)") \
	X(tries, "tries", NUMBER, "N", "of each request (default 5)") \
	X(backoff, "backoff", NUMBER, "MS", "wait before the second try, then twice as long (default 1000)")
typedef bool sync_FLAG;
typedef uint64_t sync_NUMBER;
struct sync_options {
#define X(member, word, kind, ...) sync_##kind member;
	SYNC_OPTION_TABLE(X)
#undef X
};
#define SYNC_DEFAULTS \
	{.request_seconds = 30, .total_seconds = 7200, .megabytes = 32, .tries = 5, .backoff = 1000}
enum sync_option {
#define X(member, ...) SYNC_OPTION_##member,
	SYNC_OPTION_TABLE(X)
#undef X
	SYNC_OPTION_COUNT
};
struct sync_option_info {
	const char *word, *argument, *help; /* argument NULL: a flag */
	size_t offset;                      /* in struct sync_options */
};
const struct sync_option_info *sync_option_info(enum sync_option option);
/* Reads "models depth=2 dry-run" into the options, as line_words_read() does; nothing
 * is changed when that fails. */
enum status sync_options_read(struct sync_options *options, const char *line, struct error *error);
/* What the options come to: counts of at least 1, a depth implies models. */
struct sync_settings sync_settings(const struct sync_options *options);

struct sync_report {
	size_t requests;
	bool unchanged;           /* the leaderboard is what it was */
	size_t rows, fetched;     /* of the leaderboard; fetched now */
	size_t models, missing;   /* of the Hub: asked for now, not found or private */
	size_t boards, entries;   /* leaderboards that had changed, and the entries of these */
	size_t failed;            /* answers that made no sense, of models and boards: asked for again next time */
	char first_failed[512];   /* the first of them and why, "" none */
	size_t parents;           /* whose descendants were asked for now */
	size_t left;              /* still to be asked for */
	size_t added, updated, rejected; /* records */
};

/* STATUS_IO when a server cannot be reached or the environment says offline;
 * STATUS_DATA when it answers nonsense.  The report is filled in any case. */
enum status sync_run(struct store *store, const struct sync_settings *settings,
		     struct progress *progress, struct sync_report *report, struct error *error);

#endif
