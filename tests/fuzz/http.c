/* A server that answers anything, and what is read of that: the status, what comes
 * next, when to try again, redirects.  The input is its answers, each as it goes
 * over the wire, one a request; a byte 0x1E stands between them. */
#include "fuzz.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "stemma/base/utf8.h"
#include "stemma/sync/http.h"

#define BETWEEN 0x1E
#define TOKEN "hf_never-shown"
#define BODY_MAX 2000
#define REQUESTS_MAX 6 /* the first and five redirects */

/* ---- the server ----------------------------------------------------------------------- */

static struct {
	int listener, stop[2], port;
	const char *rest; /* of the answers */
	size_t length;
	pthread_t thread;
} server;

/* What a request may have; anything else was put there by an answer. */
static void check_request(char *request)
{
	static const char *const heads[] = {
		"GET /", "Host: 127.0.0.1:", "User-Agent: stemma/", "Accept: */*", "Accept-Encoding: ",
		"If-None-Match: ", ("Authorization: Bearer " TOKEN),
	};
	char *rest = NULL;

	for (char *line = strtok_r(request, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		size_t length = strlen(line), known = *line == '\r';
		FUZZ_CHECK(length > 0 && line[length - 1] == '\r' && strcspn(line, "\r") == length - 1);
		for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
			known += strncmp(line, heads[i], strlen(heads[i])) == 0;
		FUZZ_CHECK(known == 1);
	}
}

static void read_request(int connection)
{
	char request[16384];
	size_t length = 0;
	ssize_t got = 1;

	request[0] = '\0';
	while (!strstr(request, "\r\n\r\n") && length + 1 < sizeof request && got > 0) {
		got = read(connection, request + length, sizeof request - length - 1);
		length += got > 0 ? (size_t)got : 0;
		request[length] = '\0';
	}
	if (got > 0)
		check_request(request);
}

static void send_answer(int connection)
{
	const char *end = server.length > 0 ? memchr(server.rest, BETWEEN, server.length) : NULL;
	size_t length = end ? (size_t)(end - server.rest) : server.length;
	ssize_t sent = length > 0 ? send(connection, server.rest, length, MSG_NOSIGNAL) : 0;

	(void)sent; /* who asked may have seen enough */
	server.length -= length + (end != NULL);
	server.rest += length + (end != NULL);
}

/* The other side closes first, so that no port stays taken. */
static void serve(int connection)
{
	char byte[256];

	read_request(connection);
	send_answer(connection);
	shutdown(connection, SHUT_WR);
	while (read(connection, byte, sizeof byte) > 0)
		continue;
	close(connection);
}

static void *run_server(void *context)
{
	struct pollfd wake[] = {{.fd = server.listener, .events = POLLIN}, {.fd = server.stop[0], .events = POLLIN}};
	char byte;

	while (poll(wake, 2, -1) > 0 && !(wake[1].revents && !wake[0].revents)) {
		int connection = accept(server.listener, NULL, NULL);
		if (connection >= 0)
			serve(connection);
	}
	FUZZ_CHECK(read(server.stop[0], &byte, 1) == 1);
	return context;
}

static void open_server(void)
{
	static const char *const foreign[] = {"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"};
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
	socklen_t size = sizeof address;

	for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
		unsetenv(foreign[i]);
	signal(SIGPIPE, SIG_IGN);
	server.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	FUZZ_CHECK(server.listener >= 0 && pipe(server.stop) == 0);
	FUZZ_CHECK(bind(server.listener, (struct sockaddr *)&address, size) == 0 && listen(server.listener, 16) == 0);
	FUZZ_CHECK(getsockname(server.listener, (struct sockaddr *)&address, &size) == 0);
	server.port = ntohs(address.sin_port);
}

/* ---- what is read -------------------------------------------------------------------------- */

static void check_header(const char *value)
{
	for (; value && *value; value++)
		FUZZ_CHECK((unsigned char)*value >= ' ' && *value != 127);
}

static void check_answer(const struct http_answer *answer)
{
	static const long known[] = {200, 304, 401, 403, 404};
	size_t i = 0;

	while (i < sizeof known / sizeof *known && known[i] != answer->status)
		i++;
	FUZZ_CHECK(i < sizeof known / sizeof *known);
	FUZZ_CHECK(answer->body.length <= BODY_MAX && (answer->status != 200 || answer->body.length > 0));
	check_header(answer->etag);
	check_header(answer->next);
}

/* Asks once; the caller frees the tag that is to be shown next time. */
static char *ask(const char *etag, bool secret)
{
	char address[64];
	struct http_settings settings = {
		.endpoint = address, .token = TOKEN, .request_seconds = 5, .total_seconds = 5, .size_limit = BODY_MAX,
		.tries = 1,
	};
	struct http_answer answer;
	struct error error = {0};

	snprintf(address, sizeof address, "http://127.0.0.1:%d", server.port);
	struct http *http = http_new(&settings, NULL);
	enum status status = http_get(http, address, etag, &answer, &error);
	fuzz_check_failure(status, &error);
	FUZZ_CHECK(!secret || !strstr(error.message, TOKEN));
	if (status == STATUS_OK)
		check_answer(&answer);
	else
		FUZZ_CHECK(!answer.etag && !answer.next && answer.body.length == 0);
	FUZZ_CHECK(http_requests(http) <= REQUESTS_MAX);
	char *tag = answer.etag;
	answer.etag = NULL;
	http_answer_free(&answer);
	http_free(http);
	return tag;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = fuzz_copy(data, size), *text = fuzz_text(data, size), *tag = NULL;
	bool secret = !strstr(text, TOKEN);

	if (server.port == 0)
		open_server();
	server.rest = copy;
	server.length = size;
	FUZZ_CHECK(pthread_create(&server.thread, NULL, run_server, NULL) == 0);
	for (int i = 0; i < 2; i++) {
		char *before = tag;
		tag = ask(before, secret);
		free(before);
	}
	FUZZ_CHECK(write(server.stop[1], "x", 1) == 1 && pthread_join(server.thread, NULL) == 0);
	free(tag);
	free(text);
	free(copy);
	return 0;
}
