#include "answers/answer_twins.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"

struct print {
	const uint64_t *answers;
	size_t words;
	uint32_t row;
};

static int compare_prints(const void *left, const void *right)
{
	const struct print *a = left, *b = right;
	int order = memcmp(a->answers, b->answers, a->words * sizeof *a->answers);

	return order ? order : a->row < b->row ? -1 : a->row > b->row;
}

uint32_t *answer_twins(const struct lrmf_data *answers)
{
	struct print *prints = memory_allocate(answers->models + 1, sizeof *prints);
	uint32_t *twin = memory_allocate(answers->models + 1, sizeof *twin);

	for (uint32_t i = 0; i < answers->models; i++)
		prints[i] = (struct print){answers->answers[i], (answers->questions + 63) / 64, i};
	if (answers->models > 0)
		qsort(prints, answers->models, sizeof *prints, compare_prints);
	for (size_t i = 0; i < answers->models; i++) {
		bool same = i > 0 && memcmp(prints[i].answers, prints[i - 1].answers,
					    prints[i].words * sizeof(uint64_t)) == 0;
		twin[prints[i].row] = same ? twin[prints[i - 1].row] : prints[i].row;
	}
	free(prints);
	return twin;
}
