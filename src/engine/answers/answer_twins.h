/* Twins: models that answer all questions alike, as re-uploads do.  Private. */
#ifndef STEMMA_ENGINE_ANSWER_TWINS_H
#define STEMMA_ENGINE_ANSWER_TWINS_H

#include <stdint.h>

#include "stemma/engine/lrmf.h"

/* By row: the first row with the same answers.  The caller frees. */
uint32_t *answer_twins(const struct lrmf_data *answers);

#endif
