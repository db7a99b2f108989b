/* LRMF loss: cross entropy of a model's answers, in single precision. */
#ifndef STEMMA_ENGINE_LRMF_LOSS_H
#define STEMMA_ENGINE_LRMF_LOSS_H

#include <stddef.h>
#include <stdint.h>

/* The logits of all questions of a model become residuals z - sigma(logit); returns
 * the cross entropy.  Answers as in struct lrmf_data. */
double lrmf_residuals(float *logits, const uint64_t *answers, size_t questions);

#endif
