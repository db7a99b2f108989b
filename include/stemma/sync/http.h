/* Http: getting small documents over HTTPS from servers that may misbehave.
 *
 * One request at a time.  Certificates are verified; plain HTTP is used only
 * where the caller's own address has it.  Proxies are those of the environment.
 * The token goes to the host of `endpoint` alone, never past a redirect to
 * another host (which is refused) and never into an error.
 */
#ifndef STEMMA_SYNC_HTTP_H
#define STEMMA_SYNC_HTTP_H

#include <stddef.h>

#include "stemma/base/error.h"
#include "stemma/base/progress.h"
#include "stemma/base/text.h"

struct http_settings {
	const char *endpoint;  /* the address whose host gets the token; borrowed */
	const char *token;     /* NULL for none; borrowed */
	long request_seconds;  /* of one request, connecting included */
	long total_seconds;    /* of all, waiting included */
	size_t size_limit;     /* bytes of an answer, unpacked */
	int tries;             /* of one request, the first included */
	double backoff;        /* seconds before the second try; twice as many each time */
};

struct http;
/* `progress` (NULL allowed) is asked between and during requests whether to stop. */
struct http *http_new(const struct http_settings *settings, struct progress *progress);
void http_free(struct http *http); /* NULL allowed */
/* What `progress` is told from now on; the stage is a string constant. */
void http_tell(struct http *http, const char *stage, double fraction);

struct http_answer {
	long status;      /* 200, 304, 401, 403 or 404 */
	struct text body;
	char *etag;       /* NULL none; owned */
	char *next;       /* the address of the next page of a list, NULL none; owned */
};
void http_answer_free(struct http_answer *answer);

/* Gets `url`; with `etag` (NULL allowed) only if it has changed, else 304.  Tries
 * again, after the time that the server asks for, on 408, 429, 500, 502, 503, 504
 * and connections that break.  STATUS_IO with the address when that does not help,
 * STATUS_DATA for too large an answer, STATUS_CANCELLED. */
enum status http_get(struct http *http, const char *url, const char *etag,
		     struct http_answer *answer, struct error *error);

/* Text as a part of an address; the caller frees. */
char *http_escape(const char *text);

/* How many requests were made, tries included. */
size_t http_requests(const struct http *http);

#endif
