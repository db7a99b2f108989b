#include "stemma/formats/reader.h"

#include <ctype.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "card.h"
#include "eval_results.h"
#include "reading.h"
#include "tables.h"
#include "stemma/base/memory.h"
#include "stemma/formats/mergekit.h"
#include "stemma/formats/naming.h"

static const struct {
	const char *word, *description;
} formats[] = {
#define X(symbol, word, description) {word, description},
	FORMAT_TABLE(X)
#undef X
};

const char *format_name(enum format format)
{
	return format < FORMAT_COUNT ? formats[format].word : "unknown";
}

const char *format_description(enum format format)
{
	return format < FORMAT_COUNT ? formats[format].description : formats[0].description;
}

static void *json_allocate(size_t size)
{
	return memory_allocate(size, 1);
}

void reader_prepare(void)
{
	json_set_alloc_funcs(json_allocate, free);
}

enum status deliver(struct source *source, const struct record *record)
{
	if (source->status == STATUS_OK)
		source->status = source->sink->accept(source->sink->context, record, source->error);
	return source->status;
}

void reject(struct source *source, long line, long column, const char *format, ...)
{
	char reason[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(reason, sizeof reason, format, arguments);
	va_end(arguments);
	if (source->sink->reject)
		source->sink->reject(source->sink->context, line, column, reason);
}

void warn(const struct record_sink *sink, long line, long column, const char *format, ...)
{
	char message[512];
	va_list arguments;

	if (!sink || !sink->warn)
		return;
	va_start(arguments, format);
	vsnprintf(message, sizeof message, format, arguments);
	va_end(arguments);
	sink->warn(sink->context, line, column, message);
}

char *subject_name(const struct source *source, const char *name, const char *path, bool here)
{
	const struct record_sink *sink = source->sink;

	if (sink && sink->subject)
		return sink->subject(sink->context, name, path, here);
	return name ? memory_string(name) : naming_local(path);
}

char *path_name(const struct record_sink *sink, const char *path)
{
	return sink && sink->local ? sink->local(sink->context, path) : naming_local(path);
}

/* ---- recognising ------------------------------------------------------------------------- */

static bool begins_merge_key(const char *text, size_t length)
{
	static const char *const keys[] = {"merge_method:", "experts:", "genome:", "modules:", "slices:",
					   "\"merge_method\":"};

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (length >= strlen(keys[i]) && memcmp(text, keys[i], strlen(keys[i])) == 0)
			return true;
	return false;
}

/* Whether some line begins, behind blanks, with a key that makes a merge file. */
bool looks_like_merge(const char *text, size_t length)
{
	bool begins = true;

	for (size_t i = 0; i < length; i++) {
		if (begins && begins_merge_key(text + i, length - i))
			return true;
		begins = text[i] == '\n' || text[i] == '\r' || (begins && text[i] == ' ');
	}
	return false;
}

/* ---- JSON: by the keys of the outermost object, or of the first in an array -------- */

/* Walks over a string; returns its end quote, or the end of the text. */
static size_t string_end(const char *text, size_t length, size_t at)
{
	for (at++; at < length && text[at] != '"'; at++)
		if (text[at] == '\\')
			at++;
	return at < length ? at : length;
}

static bool has_key(const char *text, size_t length, const char *wanted)
{
	size_t depth = 0, size = strlen(wanted), deepest = text[0] == '[' ? 2 : 1;

	for (size_t at = 0; at < length; at++) {
		if (text[at] == '"') {
			size_t end = string_end(text, length, at), colon = end + 1;
			while (colon < length && isspace((unsigned char)text[colon]))
				colon++;
			if (depth == deepest && end == at + 1 + size && memcmp(text + at + 1, wanted, size) == 0 &&
			    colon < length && text[colon] == ':')
				return true;
			at = end;
		} else if (text[at] == '[' || text[at] == '{') {
			depth++;
		} else if ((text[at] == ']' || text[at] == '}') && (depth == 0 || --depth == 0)) {
			return false;
		}
	}
	return false;
}

/* The Hub's answer where there is nothing (more) to list. */
static bool is_empty_list(const char *text, size_t length)
{
	size_t at = 1;

	while (at < length && isspace((unsigned char)text[at]))
		at++;
	return text[0] == '[' && at < length && text[at] == ']';
}

/* Whatever else lies in a model's folder tells nothing here. */
static enum format recognise_json(const char *text, size_t length)
{
	static const struct {
		const char *key;
		enum format format, of_array;
	} keys[] = {
		{"doc_id", FORMAT_SAMPLES_JSONL, FORMAT_UNKNOWN},
		{"evaluation_results", FORMAT_EVERY_EVAL, FORMAT_EVERY_EVAL},
		{"config_general", FORMAT_LIGHTEVAL_JSON, FORMAT_UNKNOWN},
		{"merge_method", FORMAT_MERGEKIT_YAML, FORMAT_UNKNOWN},
		{"experts", FORMAT_MERGEKIT_YAML, FORMAT_UNKNOWN},
		{"results", FORMAT_RESULTS_JSON, FORMAT_UNKNOWN},
		{"all", FORMAT_RESULTS_JSON, FORMAT_UNKNOWN},
		{"features", FORMAT_ROWS_JSON, FORMAT_ROWS_JSON},
		{"rows", FORMAT_ROWS_JSON, FORMAT_ROWS_JSON},
		{"fullname", FORMAT_ROWS_JSONL, FORMAT_ROWS_JSON},
		{"id", FORMAT_HUB_JSONL, FORMAT_HUB_JSONL},
		{"modelId", FORMAT_HUB_JSONL, FORMAT_HUB_JSONL},
		{"siblings", FORMAT_HUB_JSONL, FORMAT_HUB_JSONL},
		{"cardData", FORMAT_HUB_JSONL, FORMAT_HUB_JSONL},
		{"card_data", FORMAT_HUB_JSONL, FORMAT_HUB_JSONL},
		{"architectures", FORMAT_MODEL_CONFIG, FORMAT_UNKNOWN},
		{"base_model_name_or_path", FORMAT_MODEL_CONFIG, FORMAT_UNKNOWN},
	};

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		enum format format = text[0] == '[' ? keys[i].of_array : keys[i].format;
		if (format != FORMAT_UNKNOWN && has_key(text, length, keys[i].key))
			return format;
	}
	return is_empty_list(text, length) ? FORMAT_HUB_JSONL : FORMAT_UNKNOWN;
}

/* ---- YAML and Markdown ---------------------------------------------------------------- */

static bool ends_with(const char *name, const char *ending)
{
	size_t length = strlen(name), size = strlen(ending);

	return length >= size && strcmp(name + length - size, ending) == 0;
}

static bool is_markdown_name(const char *name)
{
	return ends_with(name, ".md") || ends_with(name, ".md.gz") || ends_with(name, ".markdown");
}

/* Both a card and several merges in one file begin with a rule: what tells them
 * apart is whether the first document is a merge. */
static enum format recognise_yaml(const char *text, size_t length, const char *name)
{
	char *copy = memory_string_slice(text, length);
	const char *begin, *end;
	enum format format = FORMAT_UNKNOWN;

	for (char *at = copy; *at; at++) /* line ends of other systems */
		*at = *at == '\r' ? '\n' : *at;
	if (is_markdown_name(name))
		format = FORMAT_CARD;
	else if (card_front_matter(copy, &begin, &end))
		format = looks_like_merge(begin, (size_t)(end - begin)) ? FORMAT_MERGEKIT_YAML : FORMAT_CARD;
	if (format == FORMAT_UNKNOWN && eval_results_is(copy))
		format = FORMAT_EVAL_RESULTS;
	if (format == FORMAT_UNKNOWN && looks_like_merge(copy, length))
		format = FORMAT_MERGEKIT_YAML;
	if (format == FORMAT_UNKNOWN && card_is_bare(copy))
		format = FORMAT_CARD;
	free(copy);
	return format;
}

static enum format recognise(const char *text, size_t length, const char *name)
{
	size_t start = 0;

	if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
		start = 3;
	while (start < length && isspace((unsigned char)text[start]))
		start++;
	if (start == length)
		return FORMAT_UNKNOWN;
	if (text[start] == '{' || text[start] == '[')
		return recognise_json(text + start, length - start);
	enum format format = table_recognise(text + start, length - start);
	return format != FORMAT_UNKNOWN ? format : recognise_yaml(text + start, length - start, name);
}

static enum status unrecognised(struct source *source, const char *text, size_t length)
{
	char start[48];
	size_t used = 0;

	for (size_t i = 0; i < length && used + 1 < sizeof start && text[i] != '\n'; i++)
		start[used++] = (char)(isprint((unsigned char)text[i]) ? text[i] : '?');
	start[used] = '\0';
	if (length == 0)
		error_set(source->error, STATUS_DATA, "the file is empty");
	else
		error_set(source->error, STATUS_DATA, "not recognised; it begins with \"%s\"", start);
	error_locate(source->error, source->name, length ? 1 : 0, 0);
	error_advise(source->error, "stemma-formats(7) has the formats that are read");
	return STATUS_DATA;
}

static enum status source_read(struct source *source, enum format *format)
{
	static enum status (*const readers[FORMAT_COUNT])(struct source *) = {
		[FORMAT_CONTENTS_CSV] = contents_read, [FORMAT_SCORES_CSV] = scores_read,
		[FORMAT_EDGES_CSV] = edges_read, [FORMAT_RENAMES_CSV] = renames_read,
		[FORMAT_MODELS_CSV] = models_read, [FORMAT_LONG_CSV] = long_read, [FORMAT_ACROSS_CSV] = across_read,
		[FORMAT_BENCHMARKS_CSV] = benchmarks_read, [FORMAT_OUTCOMES_CSV] = outcomes_read,
		[FORMAT_SAMPLES_JSONL] = samples_read, [FORMAT_RESULTS_JSON] = harness_read,
		[FORMAT_ROWS_JSON] = rows_read, [FORMAT_ROWS_JSONL] = row_lines_read, [FORMAT_CARD] = card_read,
		[FORMAT_MODEL_CONFIG] = model_config_read,
		[FORMAT_HUB_JSONL] = hub_read, [FORMAT_LIGHTEVAL_JSON] = lighteval_read,
		[FORMAT_EVERY_EVAL] = every_eval_read, [FORMAT_EVAL_RESULTS] = eval_results_read,
		[FORMAT_MERGEKIT_YAML] = mergekit_read,
	};
	size_t length;
	const char *text = source_peek(source, &length);

	if (source->status != STATUS_OK)
		return source->status;
	*format = recognise(text, length, source->name);
	if (*format == FORMAT_UNKNOWN)
		return unrecognised(source, text, length);
	readers[*format](source);
	return source->status;
}

enum status reader_read(const char *path, const struct record_sink *sink, enum format *format,
			struct error *error)
{
	struct source source;
	enum status status = source_open(&source, path, sink, error);

	*format = FORMAT_UNKNOWN;
	if (status == STATUS_OK)
		status = source_read(&source, format);
	source_close(&source);
	return status;
}

enum status reader_read_text(const char *text, size_t length, const char *name,
			     const struct record_sink *sink, enum format *format,
			     struct error *error)
{
	struct source source;

	*format = FORMAT_UNKNOWN;
	source_open_memory(&source, text, length, name, sink, error);
	enum status status = source_read(&source, format);
	source_close(&source);
	return status;
}
