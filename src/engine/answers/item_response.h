/* Item response: the two-parameter logistic model, which knows no lineage.  Private.
 *
 *     P(u solves i) = sigma(a_i theta_u + d_i),   theta_u ~ N(0, 1)
 *
 * (Birnbaum 1968).  What the plans of questions are measured by.
 */
#ifndef STEMMA_ENGINE_ITEM_RESPONSE_H
#define STEMMA_ENGINE_ITEM_RESPONSE_H

#include <stddef.h>
#include <stdint.h>

#include "stemma/engine/lrmf.h"

struct item_response;

/* Marginal maximum likelihood by expectation and maximisation over a grid of abilities
 * (Bock and Aitkin 1981), with weak normal priors on a and d.  Needs models and
 * questions. */
struct item_response *item_response_new(const struct lrmf_data *answers);
void item_response_free(struct item_response *items); /* NULL allowed */

/* a and d of a question. */
void item_response_question(const struct item_response *items, size_t question, double *slope, double *level);

/* The share of all questions that a model with these answers solves, in points: what was
 * answered, and of the others their probabilities over the posterior of its ability. */
double item_response_share(const struct item_response *items, const struct lrmf_known *known);

/* Puts `budget` questions to a model whose answers are these bits, each the one with the most
 * Fisher information, a^2 p (1 - p), at the mean of its ability by the answers so far.
 * Returns how many there were. */
size_t item_response_ask(const struct item_response *items, const uint64_t *answers, size_t budget,
			 uint32_t *asked, uint8_t *own);

#endif
