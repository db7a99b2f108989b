/* A sync at work, as its own files see it.  Private to the app. */
#ifndef STEMMA_APP_SYNC_PRIVATE_H
#define STEMMA_APP_SYNC_PRIVATE_H

#include "stemma/app/import.h"
#include "stemma/app/sync.h"
#include "stemma/sync/http.h"

struct syncing {
	struct store *store;
	const struct sync_settings *settings;
	struct progress *progress;
	struct sync_report *report;
	struct http *http;
	const char *endpoint, *rows; /* without a slash at the end; borrowed */
};

/* Adds what an import brought to the report, and frees its own. */
void sync_count_import(struct sync_report *report, struct import_report *import);
/* The address of the next page of a list, of what the answer before names; NULL at the end, and for an address
 * of somebody else.  The caller frees. */
char *sync_next_address(const struct syncing *syncing, const char *next);
/* Gets a page, counted from 0, of a list; STATUS_DATA past the most that a list may have. */
enum status sync_get_list_page(struct syncing *syncing, const char *url, size_t page, struct http_answer *answer,
			       struct error *error);
/* One answer makes no sense: the report names the first, and the rest goes on. */
void sync_failed(struct sync_report *report, const char *what, const struct error *error);

/* Names to ask for. */
struct sync_names {
	char **list; /* owned */
	size_t count, capacity;
};
bool sync_add_name(void *context, const char *name); /* for the store to visit with */
void sync_names_free(struct sync_names *names);
/* Notes that a resource, `what` with a name behind it, is done. */
enum status sync_note(struct syncing *syncing, const char *what, const char *name, struct error *error);

/* The Hub's metadata of the models with scores, and of their ancestors. */
enum status sync_models(struct syncing *syncing, struct error *error);
/* The official benchmarks and their leaderboards. */
enum status sync_boards(struct syncing *syncing, struct error *error);

#endif
