#include "fuzz.h"

#include <math.h>
#include <sys/mman.h>
#include <unistd.h>

#include "stemma/base/utf8.h"

char *fuzz_copy(const uint8_t *data, size_t size)
{
	char *copy = malloc(size ? size : 1);

	FUZZ_CHECK(copy);
	if (size > 0)
		memcpy(copy, data, size);
	return copy;
}

char *fuzz_text(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	size_t length = 0;

	FUZZ_CHECK(text);
	for (size_t i = 0; i < size; i++)
		if (data[i])
			text[length++] = (char)data[i];
	text[length] = '\0';
	return text;
}

char *fuzz_edit(const void *bytes, size_t whole, const uint8_t *data, size_t size)
{
	char *copy = fuzz_copy(bytes, whole);
	size_t at = 0;

	while (at + 4 < size && whole > 0) {
		size_t place = ((size_t)data[at] << 16 | (size_t)data[at + 1] << 8 | data[at + 2]) % whole;
		size_t length = data[at + 3];
		for (at += 4; length > 0 && at < size && place < whole; length--)
			copy[place++] = (char)data[at++];
	}
	return copy;
}

/* ---- records ------------------------------------------------------------------ */

/* Reads it to its end: the sanitizers see a string that has none. */
static void read_text(const char *text)
{
	if (text)
		FUZZ_CHECK(strlen(text) < (size_t)1 << 30);
}

static void check_name(const char *name)
{
	FUZZ_CHECK(name && name[0]);
	read_text(name);
}

static void check_model(const struct model_facts *model)
{
	check_name(model->name);
	read_text(model->architecture);
	read_text(model->license);
	read_text(model->uploaded);
	read_text(model->source);
	FUZZ_CHECK(isnan(model->params_b) || isfinite(model->params_b));
	FUZZ_CHECK(model->kind >= 0 && model->kind < KIND_COUNT);
}

static void check_edge(const struct edge_facts *edge)
{
	check_name(edge->child);
	check_name(edge->parent);
	read_text(edge->method);
	read_text(edge->source);
	read_text(edge->note);
	FUZZ_CHECK(isnan(edge->weight) || (isfinite(edge->weight) && edge->weight >= 0));
	FUZZ_CHECK(edge->relation >= 0 && edge->relation < RELATION_COUNT);
}

static void check_run(const struct evaluation_facts *run)
{
	check_name(run->model);
	read_text(run->source);
	read_text(run->precision);
	read_text(run->submitted);
	read_text(run->revision);
	for (size_t i = 0; i < run->score_count; i++) {
		check_name(run->scores[i].benchmark);
		FUZZ_CHECK(!isinf(run->scores[i].value));
	}
}

static void check_outcomes(const struct outcome_facts *outcomes)
{
	unsigned long long sum = 0;

	check_name(outcomes->model);
	check_name(outcomes->benchmark);
	FUZZ_CHECK(outcomes->questions > 0);
	for (size_t i = 0; i < (outcomes->questions + 63) / 64; i++)
		sum += outcomes->bits[i];
	FUZZ_CHECK(sum + 1 != sum);
}

static void check_benchmark(const struct benchmark_facts *benchmark)
{
	check_name(benchmark->key);
	read_text(benchmark->title);
	read_text(benchmark->suite);
	read_text(benchmark->metric);
	read_text(benchmark->unit);
	read_text(benchmark->family);
	read_text(benchmark->duplicate_of);
	for (size_t i = 0; i < benchmark->alias_count; i++)
		check_name(benchmark->aliases[i]);
	FUZZ_CHECK(isnan(benchmark->chance) || isfinite(benchmark->chance));
}

static enum status accept(void *context, const struct record *record, struct error *error)
{
	(void)context;
	(void)error;
	switch (record->type) {
	case RECORD_MODEL: check_model(&record->of.model); break;
	case RECORD_EDGE: check_edge(&record->of.edge); break;
	case RECORD_EVALUATION: check_run(&record->of.evaluation); break;
	case RECORD_PARENTS: break;
	case RECORD_OUTCOMES: check_outcomes(&record->of.outcomes); break;
	case RECORD_BENCHMARK: check_benchmark(&record->of.benchmark); break;
	case RECORD_ALIAS:
		check_name(record->of.alias.alias);
		check_name(record->of.alias.current);
		break;
	}
	return STATUS_OK;
}

static void hear(void *context, long line, long column, const char *message)
{
	(void)context;
	FUZZ_CHECK(line >= 0 && column >= 0);
	check_name(message);
}

const struct record_sink fuzz_sink = {.accept = accept, .reject = hear, .warn = hear};

void fuzz_check_failure(enum status status, const struct error *error)
{
	if (status == STATUS_OK)
		return;
	FUZZ_CHECK(error->status == status);
	check_name(error->message);
	FUZZ_CHECK(error->line >= 0 && error->column >= 0);
}

/* ---- files -------------------------------------------------------------------- */

int fuzz_file(const void *data, size_t size, char path[FUZZ_PATH])
{
	int file = memfd_create("fuzz", MFD_CLOEXEC);

	FUZZ_CHECK(file >= 0);
	FUZZ_CHECK(size == 0 || write(file, data, size) == (ssize_t)size);
	snprintf(path, FUZZ_PATH, "/proc/self/fd/%d", file);
	return file;
}
