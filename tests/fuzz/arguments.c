/* The command line: one word a line, as the shell would pass them. */
#include "world.h"

#include "../../src/cli/command.h"
#include "guard.h"

#define WORDS_MAX 24

/* Another cache could be any file; the small one is given. */
static bool is_allowed(const char *word)
{
	return strncmp(word, "--db", 4) != 0 && strcmp(word, "--d") != 0 && strncmp(word, "--d=", 4) != 0;
}

static void begin(void)
{
	static bool begun;

	if (begun)
		return;
	setenv("HF_HUB_OFFLINE", "1", 1); /* nothing is fetched */
	setenv("HOME", "home", 1);
	FUZZ_CHECK(freopen("/dev/null", "w", stdout) && freopen("/dev/null", "r", stdin));
	begun = true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), *rest = NULL;
	const char *words[WORDS_MAX + 4] = {"stemma", "--db", world_cache()};
	int count = 3;
	struct error error = {0};
	struct cli cli;

	begin();
	for (char *word = strtok_r(text, "\n", &rest); word && count < WORDS_MAX; word = strtok_r(NULL, "\n", &rest))
		if (is_allowed(word))
			words[count++] = word;
	cli_init(&cli);
	guard_set(true);
	enum status status = cli_run(&cli, count, (char **)(uintptr_t)words, &error);
	/* Files are complained of one by one; then there is no error at the end. */
	if (error.message[0])
		fuzz_check_failure(status, &error);
	guard_set(false);
	free(text);
	return 0;
}
