/* What is to be fetched, as words. */
#include "stemma/app/line_words.h"
#include "stemma/app/sync.h"
#include "stemma/base/number.h"

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

static bool take(void *context, size_t word, const char *value)
{
	char *target = (char *)context + sync_option_info((enum sync_option)word)->offset;

	if (value)
		return number_read(value, (uint64_t *)(void *)target);
	*(bool *)(void *)target = true;
	return true;
}

enum status sync_options_read(struct sync_options *options, const char *line, struct error *error)
{
	static const char *const words[] = {
#define X(member, word, ...) word,
		SYNC_OPTION_TABLE(X)
#undef X
		NULL
	};
	static const char *const arguments[] = {
#define X(member, word, kind, argument, help) argument,
		SYNC_OPTION_TABLE(X)
#undef X
	};
	static const struct line_words table = {
		"sync", "models depth=1 descendants", "a number", words, arguments
	};
	struct sync_options made = *options;
	enum status status = line_words_read(&table, line, take, &made, error);

	if (status == STATUS_OK)
		*options = made;
	return status;
}

static long at_least_one(uint64_t value)
{
	return value < 1 ? 1 : value > NUMBER_MAX ? NUMBER_MAX : (long)value;
}

struct sync_settings sync_settings(const struct sync_options *options)
{
	return (struct sync_settings){
		.benchmarks = options->benchmarks, .models = options->models || options->depth > 0, .depth = (size_t)options->depth,
		.descendants = options->descendants, .dry_run = options->dry_run,
		.request_seconds = at_least_one(options->request_seconds),
		.total_seconds = at_least_one(options->total_seconds),
		.size_limit = (size_t)at_least_one(options->megabytes) << 20,
		.tries = (int)at_least_one(options->tries),
		.backoff = (double)options->backoff / 1000,
	};
}
