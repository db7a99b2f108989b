/* What the browser keeps for its next run, as anybody may have written it: a line is
 * a key, a blank and its value, in which \n is a new line. */
#include "world.h"

#define LINES_MAX 64

static void unescape(char *value)
{
	char *to = value;

	for (const char *at = value; *at; at++) {
		bool line = at[0] == '\\' && at[1] == 'n';
		*to++ = line ? '\n' : *at;
		at += line;
	}
	*to = '\0';
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), *rest = NULL;
	const char *path = world_cache();
	struct session *session;
	struct error error = {0};
	int count = 0;

	FUZZ_CHECK(session_open(path, true, NULL, NULL, &session, &error) == STATUS_OK);
	for (char *key = strtok_r(text, "\n", &rest); key && count < LINES_MAX; key = strtok_r(NULL, "\n", &rest), count++) {
		char *value = key + strcspn(key, " ");
		if (*value)
			*value++ = '\0';
		unescape(value);
		fuzz_check_failure(store_put_state(session->store, key, value, &error), &error);
		error_clear(&error);
	}
	session_close(session);
	world_use(path);
	free(text);
	return 0;
}
