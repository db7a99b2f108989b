/* What a user does with a cache. */
#include "world.h"

#include <unistd.h>

#include "guard.h"
#include "stemma/tui/tui.h"

static void browse(struct session *session, const char *script)
{
	struct config *config = config_new();
	struct error error = {0};
	char path[FUZZ_PATH];
	int file = fuzz_file(script, strlen(script), path);
	struct tui_options options = {.script = path, .config = config};

	guard_set(true);
	fuzz_check_failure(tui_run(session, &options, &error), &error);
	guard_set(false);
	config_free(config);
	close(file);
}

void world_browse(const char *script)
{
	struct session *session;
	struct error error = {0};

	FUZZ_CHECK(session_open(world_cache(), true, NULL, NULL, &session, &error) == STATUS_OK);
	FUZZ_CHECK(session_fit(session, &(const struct engine_settings){.prior = PRIOR_KIN}, false, NULL,
			       &error) == STATUS_OK);
	browse(session, script);
	session_close(session);
}

static void count_finding(void *context, const char *severity, const char *message)
{
	size_t *count = context;

	FUZZ_CHECK(*severity && *message);
	++*count;
}

void world_use(const char *path)
{
	struct session *session = NULL;
	struct error error = {0};
	size_t findings = 0, faults;
	char *difference;
	enum status status = session_open(path, true, NULL, NULL, &session, &error);

	fuzz_check_failure(status, &error);
	if (status != STATUS_OK)
		return;
	fuzz_check_failure(store_check(session->store, count_finding, &findings, &faults, &error), &error);
	error_clear(&error);
	fuzz_check_failure(catalog_check_packed(session->catalog, session->store, &difference, &error), &error);
	free(difference);
	error_clear(&error);
	fuzz_check_failure(session_fit(session, &(const struct engine_settings){.prior = PRIOR_KIN}, false, NULL,
				       &error), &error);
	browse(session, "key j j space j space enter r z H z P z v z ?\nwait idle\n");
	session_close(session);
}
