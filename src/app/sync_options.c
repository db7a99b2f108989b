/* What is to be fetched, as words. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/app/sync.h"
#include "stemma/base/memory.h"
#include "stemma/base/suggest.h"

#define NUMBER_MAX 1000000

const struct sync_option_info *sync_option_info(enum sync_option option)
{
	static const struct sync_option_info infos[SYNC_OPTION_COUNT] = {
#define X(member, word, kind, argument, help) {word, argument, help, offsetof(struct sync_options, member)},
		SYNC_OPTION_TABLE(X)
#undef X
	};

	return &infos[option];
}

static enum status unknown_word(const char *word, struct error *error)
{
	const char *words[SYNC_OPTION_COUNT + 1] = {NULL};

	for (int i = 0; i < SYNC_OPTION_COUNT; i++)
		words[i] = sync_option_info((enum sync_option)i)->word;
	const char *nearest = suggest_nearest(word, words);
	error_set(error, STATUS_USAGE, "sync knows no '%s'", word);
	if (nearest)
		return error_advise(error, "did you mean '%s'?", nearest);
	return error_advise(error, "as in models depth=1 descendants");
}

static enum status read_value(struct sync_options *options, const struct sync_option_info *info,
			      const char *value, struct error *error)
{
	char *target = (char *)options + info->offset, *end = NULL;

	if (!info->argument && !value) {
		*(bool *)(void *)target = true;
		return STATUS_OK;
	}
	if (!info->argument)
		return error_set(error, STATUS_USAGE, "%s takes no value", info->word);
	errno = 0;
	unsigned long long number = value ? strtoull(value, &end, 10) : 0;
	if (!value || !*value || *end || *value == '-' || errno != 0) {
		error_set(error, STATUS_USAGE, "%s takes a number", info->word);
		return error_advise(error, "as in %s=2", info->word);
	}
	*(uint64_t *)(void *)target = number;
	return STATUS_OK;
}

enum status sync_options_read(struct sync_options *options, const char *line, struct error *error)
{
	char *copy = memory_string(line), *rest = NULL;
	enum status status = STATUS_OK;

	for (char *word = strtok_r(copy, " ", &rest); word && status == STATUS_OK;
	     word = strtok_r(NULL, " ", &rest)) {
		char *equals = strchr(word, '=');
		int option = 0;
		if (equals)
			*equals++ = '\0';
		while (option < SYNC_OPTION_COUNT && strcmp(sync_option_info((enum sync_option)option)->word, word))
			option++;
		if (option == SYNC_OPTION_COUNT) {
			status = unknown_word(word, error);
			break;
		}
		const struct sync_option_info *info = sync_option_info((enum sync_option)option);
		if (info->argument && !equals)
			equals = strtok_r(NULL, " ", &rest);
		status = read_value(options, info, equals, error);
	}
	free(copy);
	return status;
}

static long at_least_one(uint64_t value)
{
	return value < 1 ? 1 : value > NUMBER_MAX ? NUMBER_MAX : (long)value;
}

struct sync_settings sync_settings(const struct sync_options *options)
{
	return (struct sync_settings){
		.models = options->models || options->depth > 0, .depth = (size_t)options->depth,
		.descendants = options->descendants, .dry_run = options->dry_run,
		.request_seconds = at_least_one(options->request_seconds),
		.total_seconds = at_least_one(options->total_seconds),
		.size_limit = (size_t)at_least_one(options->megabytes) << 20,
		.tries = (int)at_least_one(options->tries),
		.backoff = (double)options->backoff / 1000,
	};
}
