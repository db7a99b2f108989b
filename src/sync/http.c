#include "config.h"

#include "stemma/sync/http.h"

#include <ctype.h>
#include <curl/curl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "stemma/base/clock.h"
#include "stemma/base/memory.h"
#include "stemma/base/utf8.h"

#define REDIRECTS_MAX 5
#define HEADERS_MAX (64 << 10) /* bytes of an answer; libcurl refuses a line beyond 100 kB itself */
#define WAIT_MAX 600.0 /* seconds: no window of a server is longer */

struct http {
	CURLSH *share; /* of connections, by all requests */
	struct http_settings settings;
	struct progress *progress;
	const char *stage; /* what is told while it works */
	double fraction;
	double begun;
	double not_before; /* when the server takes requests again */
	const char *waits; /* what is told until then */
	size_t requests;
};

/* What the callbacks fill. */
struct transfer {
	struct http *http;
	struct http_answer *answer;
	double wait;      /* that the server asks for, seconds; negative unknown */
	bool too_large;
	size_t headers;   /* bytes of headers so far */
	bool cancelled;
};

struct http *http_new(const struct http_settings *settings, struct progress *progress)
{
	struct http *http = memory_zero(1, sizeof *http);

	http->settings = *settings;
	http->progress = progress;
	http->begun = clock_seconds();
	http_tell(http, "fetching", -1);
	http->share = curl_share_init();
	if (!http->share || curl_share_setopt(http->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_CONNECT) != CURLSHE_OK ||
	    curl_share_setopt(http->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION) != CURLSHE_OK)
		memory_exhausted();
	return http;
}

void http_tell(struct http *http, const char *stage, double fraction)
{
	http->stage = stage;
	http->fraction = fraction;
}

void http_free(struct http *http)
{
	if (!http)
		return;
	curl_share_cleanup(http->share);
	free(http);
}

void http_answer_free(struct http_answer *answer)
{
	text_free(&answer->body);
	free(answer->etag);
	free(answer->next);
	*answer = (struct http_answer){0};
}

size_t http_requests(const struct http *http)
{
	return http->requests;
}

char *http_escape(const char *text)
{
	struct text escaped = {0};

	for (; *text; text++)
		text_append_format(&escaped, isalnum((unsigned char)*text) || strchr("-_.~", *text) ? "%c" : "%%%02X",
				   (unsigned int)(unsigned char)*text);
	return text_steal(&escaped);
}

/* ---- callbacks ------------------------------------------------------------------- */

static size_t take_body(char *bytes, size_t size, size_t count, void *context)
{
	struct transfer *transfer = context;
	struct text *body = &transfer->answer->body;

	transfer->too_large = body->length + size * count > transfer->http->settings.size_limit;
	if (transfer->too_large)
		return 0; /* ends the transfer */
	text_append_bytes(body, bytes, size * count);
	return size * count;
}

/* The value of a header of this name, without blanks; NULL for another one, or for a
 * value with control characters: it may be sent back.  The caller frees. */
static char *header_value(const char *line, size_t length, const char *name)
{
	size_t size = strlen(name);

	if (length <= size || strncasecmp(line, name, size) != 0 || line[size] != ':')
		return NULL;
	for (line += size + 1, length -= size + 1; length > 0 && isspace((unsigned char)*line); line++)
		length--;
	while (length > 0 && isspace((unsigned char)line[length - 1]))
		length--;
	char *value = memory_string_slice(line, length);
	if (utf8_is_clean(value))
		return value;
	free(value);
	return NULL;
}

/* The address in <...> before rel="next". */
static char *next_of(const char *link)
{
	for (const char *at = strchr(link, '<'); at; at = strchr(at + 1, '<')) {
		const char *end = strchr(at, '>'), *stop = end ? strchr(end, ',') : NULL;
		const char *rel = end ? strstr(end, "rel=\"next\"") : NULL;
		if (rel && (!stop || rel < stop))
			return memory_string_slice(at + 1, (size_t)(end - at) - 1);
	}
	return NULL;
}

/* Seconds of "Retry-After: 30" or a date. */
static double retry_after(const char *value)
{
	char *end;
	double seconds = strtod(value, &end);
	time_t when = end == value ? curl_getdate(value, NULL) : -1;

	if (end != value)
		return isnan(seconds) ? -1 : seconds;
	return when >= 0 ? difftime(when, time(NULL)) : -1;
}

/* "api";r=0;t=120: nothing is left for so many seconds. */
static double window_rest(const char *value)
{
	const char *left = strstr(value, "r="), *rest = strstr(value, "t=");

	return left && rest && strtod(left + 2, NULL) <= 0 ? strtod(rest + 2, NULL) + 1 : -1;
}

static size_t take_header(char *line, size_t size, size_t count, void *context)
{
	struct transfer *transfer = context;
	struct http_answer *answer = transfer->answer;
	size_t length = size * count;
	char *value;

	transfer->headers += length;
	if (transfer->headers > HEADERS_MAX)
		return 0; /* ends the transfer */
	if ((value = header_value(line, length, "ETag"))) {
		free(answer->etag);
		answer->etag = value;
	} else if ((value = header_value(line, length, "Link"))) {
		free(answer->next);
		answer->next = next_of(value);
		free(value);
	} else if ((value = header_value(line, length, "Retry-After"))) {
		transfer->wait = retry_after(value);
		free(value);
	} else if ((value = header_value(line, length, "RateLimit"))) {
		double rest = window_rest(value);
		transfer->wait = rest > transfer->wait ? rest : transfer->wait;
		free(value);
	}
	return length;
}

static bool is_stopped(struct http *http, const char *stage)
{
	return !progress_step(http->progress, stage, http->fraction);
}

static int watch(void *context, curl_off_t total, curl_off_t now, curl_off_t up_total, curl_off_t up_now)
{
	struct transfer *transfer = context;

	(void)total, (void)now, (void)up_total, (void)up_now;
	transfer->cancelled = is_stopped(transfer->http, transfer->http->stage);
	return transfer->cancelled;
}

/* ---- one try ----------------------------------------------------------------------- */

/* Scheme, host and port of an address; the caller frees. */
static char *origin_of(const char *url)
{
	CURLU *parts = curl_url();
	char *scheme = NULL, *host = NULL, *port = NULL;
	struct text origin = {0};
	CURLUcode code = parts ? curl_url_set(parts, CURLUPART_URL, url, 0) : CURLUE_OUT_OF_MEMORY;

	if (code == CURLUE_OK)
		code = curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0);
	if (code == CURLUE_OK)
		code = curl_url_get(parts, CURLUPART_HOST, &host, 0);
	if (code == CURLUE_OK)
		code = curl_url_get(parts, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT);
	if (code == CURLUE_OUT_OF_MEMORY)
		memory_exhausted();
	if (code == CURLUE_OK)
		text_append_format(&origin, "%s://%s:%s", scheme, host, port);
	curl_free(scheme);
	curl_free(host);
	curl_free(port);
	curl_url_cleanup(parts);
	return origin.length ? text_steal(&origin) : memory_string("");
}

static bool same_origin(const char *a, const char *b)
{
	char *left = origin_of(a), *right = origin_of(b);
	bool same = left[0] && strcasecmp(left, right) == 0;

	free(left);
	free(right);
	return same;
}

static struct curl_slist *request_headers(const char *etag)
{
	struct text line = {0};

	if (!etag)
		return NULL;
	text_append_format(&line, "If-None-Match: %s", etag);
	struct curl_slist *headers = curl_slist_append(NULL, text_string(&line));
	if (!headers)
		memory_exhausted();
	text_free(&line);
	return headers;
}

/* What is not set must not be sent without it: the first failure counts. */
#define SET(option, value) (code = code != CURLE_OK ? code : curl_easy_setopt(curl, option, value))
static CURLcode prepare(CURL *curl, const struct http *http, const char *url, struct transfer *transfer,
			struct curl_slist *headers)
{
	CURLcode code = CURLE_OK;
	bool secure = strncasecmp(url, "https:", 6) == 0;

	SET(CURLOPT_SHARE, http->share);
	SET(CURLOPT_URL, url);
	SET(CURLOPT_PROTOCOLS_STR, secure ? "https" : "http");
	SET(CURLOPT_USERAGENT, PACKAGE_NAME "/" PACKAGE_VERSION);
	SET(CURLOPT_ACCEPT_ENCODING, "");
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_TIMEOUT, http->settings.request_seconds);
	SET(CURLOPT_CONNECTTIMEOUT, http->settings.request_seconds);
	SET(CURLOPT_HTTPHEADER, headers);
	SET(CURLOPT_WRITEFUNCTION, take_body);
	SET(CURLOPT_WRITEDATA, transfer);
	SET(CURLOPT_HEADERFUNCTION, take_header);
	SET(CURLOPT_HEADERDATA, transfer);
	SET(CURLOPT_NOPROGRESS, 0L);
	SET(CURLOPT_XFERINFOFUNCTION, watch);
	SET(CURLOPT_XFERINFODATA, transfer);
	if (http->settings.token && same_origin(url, http->settings.endpoint)) {
		SET(CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
		SET(CURLOPT_XOAUTH2_BEARER, http->settings.token);
	}
	return code;
}

/* What became of one try. */
enum outcome { OUTCOME_DONE, OUTCOME_AGAIN, OUTCOME_FAILED };

/* Whether libcurl refused a header line; before 8.6 it calls that a lack of memory. */
static bool is_line_too_large(CURLcode code)
{
#if LIBCURL_VERSION_NUM >= 0x080600
	return code == CURLE_TOO_LARGE;
#else
	return code == CURLE_OUT_OF_MEMORY;
#endif
}

static enum outcome judge_failure(const struct transfer *transfer, CURLcode code, const char *url,
				  struct error *error)
{
	if (transfer->cancelled) {
		error_set(error, STATUS_CANCELLED, "stopped; what was fetched is kept");
		return OUTCOME_FAILED;
	}
	if (transfer->too_large) {
		error_set(error, STATUS_DATA, "%s: the answer is larger than %zu bytes", url,
			  transfer->http->settings.size_limit);
		return OUTCOME_FAILED;
	}
	if (transfer->headers > HEADERS_MAX || is_line_too_large(code)) {
		error_set(error, STATUS_DATA, "%s: the headers of the answer are larger than %d bytes", url, HEADERS_MAX);
		return OUTCOME_FAILED;
	}
	error_set(error, STATUS_IO, "%s: %s", url, curl_easy_strerror(code));
	switch (code) {
	case CURLE_COULDNT_RESOLVE_HOST: case CURLE_COULDNT_RESOLVE_PROXY:
		error_advise(error, "is the network there? The cache is as before");
		return OUTCOME_FAILED;
	case CURLE_COULDNT_CONNECT:
		error_advise(error, "is the network there?");
		return OUTCOME_AGAIN;
	case CURLE_RECV_ERROR: case CURLE_SEND_ERROR: case CURLE_GOT_NOTHING:
	case CURLE_PARTIAL_FILE: case CURLE_OPERATION_TIMEDOUT: case CURLE_HTTP2: case CURLE_HTTP2_STREAM:
	case CURLE_WEIRD_SERVER_REPLY: case CURLE_BAD_CONTENT_ENCODING: case CURLE_WRITE_ERROR:
		return OUTCOME_AGAIN;
	default:
		return OUTCOME_FAILED;
	}
}

static enum outcome judge_answer(const struct http_answer *answer, const char *url,
				 struct error *error)
{
	long status = answer->status;

	switch (status) {
	case 200:
		if (answer->body.length > 0)
			return OUTCOME_DONE;
		error_set(error, STATUS_IO, "%s: the answer is empty", url);
		return OUTCOME_AGAIN;
	case 304: case 401: case 403: case 404:
		return OUTCOME_DONE;
	case 408: case 429: case 500: case 502: case 503: case 504:
		error_set(error, STATUS_IO, "%s: the server answers %ld", url, status);
		error_advise(error, status == 429 ? "it asks for fewer requests; try again later, or set HF_TOKEN"
						  : "try again later; what was fetched is kept");
		return OUTCOME_AGAIN;
	default:
		error_set(error, STATUS_IO, "%s: the server answers %ld", url, status);
		return OUTCOME_FAILED;
	}
}

/* Where a redirect leads, if it may be followed; the caller frees. */
static char *redirect_of(CURL *curl, const char *url, long status, struct error *error)
{
	char *target = NULL;

	if (status < 300 || status >= 400 || status == 304)
		return NULL;
	curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &target);
	if (target && same_origin(url, target))
		return memory_string(target);
	error_set(error, STATUS_IO, "%s: the server redirects to another host, which is not followed", url);
	return NULL;
}

/* One request.  *target is where a redirect leads, if it may be followed, NULL
 * without one; the caller frees.  Each has a handle of its own: that of another one,
 * before libcurl 8.1.1, is where an answer that begins with a blank writes to memory
 * that is no longer there (curl/curl#11103). */
static enum outcome request(struct transfer *transfer, const char *url, const char *etag, bool follow,
			    char **target, struct error *error)
{
	struct http *http = transfer->http;
	struct http_answer *answer = transfer->answer;
	struct curl_slist *headers = request_headers(etag);
	CURL *curl = curl_easy_init();

	if (!curl)
		memory_exhausted();
	CURLcode code = prepare(curl, http, url, transfer, headers);
	if (code == CURLE_OK)
		code = curl_easy_perform(curl);
	http->requests++;
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer->status);
	*target = code == CURLE_OK && follow ? redirect_of(curl, url, answer->status, error) : NULL;
	curl_easy_cleanup(curl);
	curl_slist_free_all(headers);
	if (*target)
		return OUTCOME_AGAIN;
	if (error->status != STATUS_OK)
		return OUTCOME_FAILED;
	if (code == CURLE_OK && answer->status == 304 && !etag) {
		error_set(error, STATUS_DATA, "%s: the server answers 304, unasked", url);
		return OUTCOME_FAILED;
	}
	return code != CURLE_OK ? judge_failure(transfer, code, url, error) : judge_answer(answer, url, error);
}

static enum outcome try_once(struct http *http, const char *url, const char *etag,
			     struct http_answer *answer, double *wait, struct error *error)
{
	struct transfer transfer = {.http = http, .answer = answer};
	char *current = memory_string(url), *target;
	enum outcome outcome = OUTCOME_FAILED;

	for (int redirects = 0; current; redirects++) {
		http_answer_free(answer);
		transfer.wait = -1;
		transfer.headers = 0;
		outcome = request(&transfer, current, etag, redirects < REDIRECTS_MAX, &target, error);
		free(current);
		current = target;
	}
	*wait = transfer.wait;
	return outcome;
}

/* ---- trying again -------------------------------------------------------------------- */

/* Until requests may be made again; false when the user stops it. */
static bool wait_patiently(struct http *http)
{
	const struct timespec step = {.tv_nsec = 50000000};

	while (clock_seconds() < http->not_before) {
		if (is_stopped(http, http->waits))
			return false;
		nanosleep(&step, NULL);
	}
	return !is_stopped(http, http->stage);
}

/* After a try: the server may ask for time, also after an answer, when the window of
 * requests is used up. */
static void set_wait(struct http *http, double asked, double backoff, bool again)
{
	double wait = asked >= 0 ? asked : again ? backoff : 0;

	http->not_before = clock_seconds() + fmin(wait, WAIT_MAX);
	http->waits = asked >= 0 ? "waiting as the server asks" : "it failed, trying again";
}

/* Waits until the next request may be made, if there is time for that. */
static enum status wait_turn(struct http *http, struct error *error)
{
	if (fmax(clock_seconds(), http->not_before) - http->begun > (double)http->settings.total_seconds) {
		error_set(error, STATUS_IO, "no more time: all together may take %ld s",
			  http->settings.total_seconds);
		return error_advise(error, "run it again: it goes on where it stopped");
	}
	if (!wait_patiently(http))
		return error_set(error, STATUS_CANCELLED, "stopped; what was fetched is kept");
	return STATUS_OK;
}

enum status http_get(struct http *http, const char *url, const char *etag,
		     struct http_answer *answer, struct error *error)
{
	double backoff = http->settings.backoff, wait;
	struct error problem = {0};
	enum outcome outcome = OUTCOME_AGAIN;

	*answer = (struct http_answer){0};
	for (int i = 0; i < http->settings.tries && outcome == OUTCOME_AGAIN; i++, backoff *= 2) {
		struct error turn = {0};
		if (wait_turn(http, &turn) != STATUS_OK) {
			/* What the server said last tells more than that time is over. */
			if (problem.status == STATUS_OK || turn.status == STATUS_CANCELLED)
				problem = turn;
			break;
		}
		error_clear(&problem);
		outcome = try_once(http, url, etag, answer, &wait, &problem);
		set_wait(http, wait, backoff, outcome == OUTCOME_AGAIN);
	}
	if (outcome == OUTCOME_DONE)
		return STATUS_OK;
	http_answer_free(answer);
	if (error && error->status == STATUS_OK)
		*error = problem;
	return problem.status;
}
