/* How lm-evaluation-harness is told to run a plan. */
#include <math.h>
#include <stdlib.h>

#include "stemma/app/budget_plan.h"
#include "stemma/base/memory.h"
#include "stemma/formats/naming.h"

size_t budget_plan_totals(const struct budget_plan *plan, struct budget_total *totals)
{
	size_t count = 0;

	for (size_t k = 1; k <= plan->count; k++) {
		const struct budget_step *step = &plan->steps[k];
		size_t i = 0;
		while (i < count && (totals[i].model != step->model || totals[i].run != step->step.run))
			i++;
		if (i == count)
			totals[count++] = (struct budget_total){.model = step->model, .run = step->step.run};
		totals[i].more += step->step.more;
		totals[i].price += step->step.price;
		totals[i].questions = step->step.questions;
	}
	return count;
}

/* ---- which questions ----------------------------------------------------------------------- */

/* splitmix64's finaliser (Steele, Lea, Flood 2014): a rank for each number, like random. */
static uint64_t scramble(uint64_t number)
{
	number += UINT64_C(0x9e3779b97f4a7c15);
	number = (number ^ number >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	number = (number ^ number >> 27) * UINT64_C(0x94d049bb133111eb);
	return number ^ number >> 31;
}

struct drawn {
	uint64_t rank;
	uint32_t question;
};

static int compare_ranks(const void *left, const void *right)
{
	const struct drawn *a = left, *b = right;

	return (a->rank > b->rank) - (a->rank < b->rank);
}

static int compare_questions(const void *left, const void *right)
{
	const struct drawn *a = left, *b = right;

	return (a->question > b->question) - (a->question < b->question);
}

/* Ascending numbers of the questions of a run: all are in one random order, of which it takes the next ones, so that
 * a later run does not repeat an earlier one.  The harness mislabels answers of any other order. */
static void append_questions(struct text *out, size_t all, size_t first, size_t last)
{
	struct drawn *drawn = memory_allocate(all + 1, sizeof *drawn);

	for (size_t i = 0; i < all; i++)
		drawn[i] = (struct drawn){scramble(i), (uint32_t)i};
	qsort(drawn, all, sizeof *drawn, compare_ranks);
	qsort(drawn + first, last - first, sizeof *drawn, compare_questions);
	for (size_t i = first; i < last; i++)
		text_append_format(out, "%s%u", i > first ? "," : "", (unsigned)drawn[i].question);
	free(drawn);
}

/* How many questions the benchmark of a partial run has; 0 for a whole run. */
static size_t partial_of(const struct budget_plan *plan, const struct budget_total *total)
{
	double all = plan->runs.run[total->run].questions;

	return all >= 1 && all < 1e6 && total->more < all ? (size_t)all : 0;
}

static void append_samples(struct text *out, const struct catalog *catalog, const struct budget_plan *plan,
			   const struct budget_total *total)
{
	size_t all = partial_of(plan, total), last = (size_t)lround(fmin(total->questions, (double)all));
	size_t more = (size_t)lround(total->more);

	text_append_format(out, "\"%s\":[", catalog->benchmarks[plan->runs.run[total->run].benchmark].key);
	append_questions(out, all, last > more ? last - more : 0, last);
	text_append(out, "]");
}

/* ---- the command ------------------------------------------------------------------------------ */

/* In single quotes, for a shell. */
static void append_quoted(struct text *out, const char *word)
{
	text_append(out, "'");
	for (; *word; word++)
		text_append_bytes(out, *word == '\'' ? "'\\''" : word, *word == '\'' ? 4 : 1);
	text_append(out, "'");
}

static void append_model(struct text *out, const struct session *session, const char *name)
{
	char *folder = naming_is_local(name) ? store_folder_of(session->store, name) : NULL;
	struct text argument = {0};

	text_append_format(&argument, "pretrained=%s", folder ? folder : name);
	append_quoted(out, text_string(&argument));
	text_free(&argument);
	free(folder);
}

static void append_tasks(struct text *out, const struct catalog *catalog, const struct budget_plan *plan, size_t model,
			 const struct budget_total *totals, size_t count)
{
	struct text samples = {0};

	for (size_t i = 0, used = 0; i < count; i++) {
		if (totals[i].model != model)
			continue;
		text_append_format(out, "%s%s", used++ ? "," : "", catalog->benchmarks[plan->runs.run[totals[i].run].benchmark].key);
		if (!partial_of(plan, &totals[i]))
			continue;
		text_append(&samples, samples.length ? "," : "");
		append_samples(&samples, catalog, plan, &totals[i]);
	}
	if (samples.length)
		text_append_format(out, " --samples '{%s}'", text_string(&samples));
	text_free(&samples);
}

void budget_plan_command(const struct session *session, const struct budget_plan *plan, struct text *out)
{
	struct budget_total totals[BUDGET_STEPS_MAX];
	size_t count = budget_plan_totals(plan, totals);

	for (size_t m = 0; m < plan->wish.count; m++) {
		size_t used = 0;
		for (size_t i = 0; i < count; i++)
			used += totals[i].model == m;
		if (used == 0)
			continue;
		text_append(out, out->length ? "\nlm_eval --model hf --model_args " : "lm_eval --model hf --model_args ");
		append_model(out, session, session->catalog->models[plan->wish.model[m]].name);
		text_append(out, " --tasks ");
		append_tasks(out, session->catalog, plan, m, totals, count);
		text_append(out, " --log_samples --output_path results");
	}
}
