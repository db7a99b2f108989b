/* Single answers: one row a model, one column a question, 0 or 1. */
#include <stdlib.h>
#include <string.h>

#include "csv.h"
#include "reading.h"
#include "stemma/base/memory.h"

#define QUESTION_NAME_MAX 64

/* The set of questions: what stands before the colon in "task:17", else the
 * file's name without its folder, suffixes and a leading "v2_". */
static char *outcomes_benchmark(const struct csv *csv, const char *file)
{
	const char *header = csv->header[1], *colon = strchr(header, ':');

	if (colon && colon > header)
		return memory_string_slice(header, (size_t)(colon - header));
	const char *slash = strrchr(file, '/'), *name = slash ? slash + 1 : file;
	if (strncmp(name, "v2_", 3) == 0)
		name += 3;
	return memory_string_slice(name, strcspn(name, "."));
}

/* What the questions are called: what stands behind the colon, else the whole
 * header.  NULL unless all are and no name is long; the caller frees the list. */
static const char **question_names(const struct csv *csv)
{
	const char **names = memory_allocate(csv->header_count, sizeof *names);

	for (size_t i = 1; i < csv->header_count; i++) {
		const char *colon = strchr(csv->header[i], ':');
		names[i - 1] = colon ? colon + 1 : csv->header[i];
		if (*names[i - 1] == '\0' || strlen(names[i - 1]) > QUESTION_NAME_MAX) {
			free(names);
			return NULL;
		}
	}
	return names;
}

/* Packs the row's answers; 0, or the column of one that is neither 0 nor 1. */
static size_t pack_answers(const struct csv *csv, unsigned long long *bits)
{
	memset(bits, 0, (csv->header_count / 64 + 1) * sizeof *bits);
	for (size_t i = 1; i < csv->header_count; i++) {
		const char *field = csv_field(csv, (int)i);
		if ((field[0] != '0' && field[0] != '1') || (field[1] && strcmp(field + 1, ".0") != 0))
			return i;
		if (field[0] == '1')
			bits[(i - 1) / 64] |= 1ull << ((i - 1) % 64);
	}
	return 0;
}

enum status outcomes_read(struct source *source)
{
	struct csv csv;
	unsigned long long *bits = NULL;
	const char **names = NULL;
	char *benchmark = NULL;

	if (csv_open(&csv, source) == STATUS_OK && csv.header_count < 2)
		source_fail_at(source, STATUS_DATA, 1, 0, "the table has no column of answers");
	if (source->status == STATUS_OK) {
		benchmark = outcomes_benchmark(&csv, source->name);
		names = question_names(&csv);
		bits = memory_allocate(csv.header_count / 64 + 1, sizeof *bits);
	}
	while (csv_next(&csv)) {
		struct record record = {.type = RECORD_OUTCOMES, .line = csv.line, .of.outcomes = {
			.model = csv_field(&csv, 0), .benchmark = benchmark, .questions = csv.header_count - 1, .bits = bits,
			.names = names}};
		if (!csv_require_name(&csv, 0) || !csv_require_whole(&csv))
			continue;
		size_t bad = pack_answers(&csv, bits);
		if (bad)
			csv_reject(&csv, (int)bad, "the answer to %s is \"%s\", not 0 or 1", csv.header[bad],
				   csv_field(&csv, (int)bad));
		else
			deliver(source, &record);
	}
	csv_close(&csv);
	free(names);
	free(benchmark);
	free(bits);
	return source->status;
}
