/* The whole matrix: what is published, and what is predicted where nothing is.  Long, so it
 * goes out as it comes. */
#include "export.h"

#include <math.h>
#include <stdlib.h>

#include "stemma/base/memory.h"

#define CHUNK_BYTES 65536 /* written at once */

static const char head[] = "model,benchmark,value,sd,low90,high90,published\n";

/* The benchmarks of the board that the command line names, else all that are not hidden. */
static struct board choose_benchmarks(const struct cli *cli, const struct session *session)
{
	struct board board = {0};

	if (cli->options.board)
		return board_copy(&session->board);
	for (size_t b = 0; b < session->catalog->benchmark_count; b++)
		if (!session->catalog->benchmarks[b].hidden)
			board_add(&board, b);
	return board;
}

static void add_value(struct text *out, const struct session *session, size_t model, size_t benchmark,
		      const struct value *value)
{
	const struct engine_estimate *estimate = &value->estimate;
	bool published = value->kind == VALUE_PUBLISHED;
	const double numbers[] = {estimate->mean, published ? NAN : estimate->sd, published ? NAN : estimate->low90,
				  published ? NAN : estimate->high90};

	output_csv_string(out, session->catalog->models[model].name);
	text_append(out, ",");
	output_csv_string(out, session->catalog->benchmarks[benchmark].key);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		text_append(out, ",");
		output_csv_number(out, numbers[i]);
	}
	text_append(out, published ? ",yes\n" : ",no\n");
}

static void put_chunk(struct text *out, FILE *file)
{
	fwrite(text_string(out), 1, out->length, file);
	text_clear(out);
}

enum status export_completed(const struct export_completed *completed, FILE *file, struct error *error)
{
	struct session *session = completed->subject->session;
	const struct graph *graph = &completed->subject->graph;
	struct board board = choose_benchmarks(completed->cli, session);
	struct engine_target *targets = memory_allocate(board.count + 1, sizeof *targets);
	struct value *values = memory_allocate(board.count + 1, sizeof *values);
	const double whole[] = {1};
	struct text out = {0};
	enum status status = STATUS_OK;

	for (size_t i = 0; i < board.count; i++)
		targets[i] = (struct engine_target){1, &board.benchmark[i], whole};
	text_append(&out, head);
	for (size_t i = 0; i < graph->count && status == STATUS_OK; i++) {
		session_values(session, graph->nodes[i], targets, board.count, values);
		for (size_t b = 0; b < board.count; b++)
			if (values[b].kind != VALUE_NONE)
				add_value(&out, session, graph->nodes[i], board.benchmark[b], &values[b]);
		if (out.length >= CHUNK_BYTES)
			put_chunk(&out, file);
		if (!progress_step(&completed->cli->progress, "predicting", (double)i / (double)graph->count))
			status = error_set(error, STATUS_CANCELLED, "export cancelled");
	}
	put_chunk(&out, file);
	cli_end_progress(completed->cli);
	text_free(&out);
	free(targets);
	free(values);
	board_free(&board);
	return status;
}
