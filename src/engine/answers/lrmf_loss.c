#include "answers/lrmf_loss.h"

#include <math.h>
#include <string.h>

#include "solve/machine.h"

/* exp in single precision, for -80 <= x <= 0: 2^n 2^f with a polynomial for 2^f
 * (relative error below 3e-7), in a form that the compiler can vectorise. */
static inline float exp_fast(float x)
{
	float y = x * 1.44269504f;
	float whole = (float)(int32_t)(y - 0.5f); /* x <= 0: rounds to the nearest */
	float f = (y - whole) * 0.693147181f;
	float power = 1 + f * (1 + f * (0.5f + f * (0.166666667f + f * (0.0416666667f +
		      f * (0.00833333333f + f * 0.00138888889f)))));
	union {
		int32_t bits;
		float value;
	} scale = {.bits = ((int32_t)whole + 127) * (1 << 23)};
	return power * scale.value;
}

#define WORD 64 /* questions whose answers share a word */
#define LOGIT_MAX 60.0f
#define LANES 16 /* sums kept side by side, so that they need no order */

/* One word's logits -> residuals z - sigma(logit); returns the cross entropy.
 * The logs of 1 + exp(-|eta|), each in 0..log 2, are taken together as the log
 * of their product.  Fixed lengths and no branches, for the vectoriser. */
FOR_THIS_MACHINE
static double word_residuals(float *restrict logits, const float *restrict answer)
{
	float small[WORD], positive[WORD], sum[LANES] = {0}, product[LANES], total = 0, all = 1;

	for (int i = 0; i < WORD; i++) {
		float eta = logits[i] > LOGIT_MAX ? LOGIT_MAX : logits[i];
		logits[i] = eta < -LOGIT_MAX ? -LOGIT_MAX : eta;
	}
	for (int i = 0; i < WORD; i++) {
		small[i] = exp_fast(-fabsf(logits[i]));
		positive[i] = logits[i] > 0 ? logits[i] : 0;
	}
	for (int lane = 0; lane < LANES; lane++)
		product[lane] = 1;
	for (int first = 0; first < WORD; first += LANES)
		for (int lane = 0; lane < LANES; lane++) {
			product[lane] *= 1 + small[first + lane];
			sum[lane] += positive[first + lane] - answer[first + lane] * logits[first + lane];
		}
	for (int i = 0; i < WORD; i++) {
		/* sigma(|eta|) = 1 / (1 + small), and sigma(-x) = 1 - sigma(x) */
		float p = 0.5f + copysignf(1 / (1 + small[i]) - 0.5f, logits[i]);
		logits[i] = answer[i] - p;
	}
	for (int lane = 0; lane < LANES; lane++) {
		total += sum[lane];
		all *= product[lane];
	}
	return (double)total + log((double)all);
}

FOR_THIS_MACHINE
static void unpack_word(uint64_t word, float *restrict answer)
{
	for (int byte = 0; byte < WORD / 8; byte++)
		for (int bit = 0; bit < 8; bit++)
			answer[8 * byte + bit] = (float)((int32_t)(word >> (8 * byte)) >> bit & 1);
}

double lrmf_residuals(float *logits, const uint64_t *answers, size_t questions)
{
	size_t whole = questions / WORD * WORD;
	float answer[WORD];
	double loss = 0;

	for (size_t first = 0; first < whole; first += WORD) {
		unpack_word(answers[first / WORD], answer);
		loss += word_residuals(logits + first, answer);
	}
	if (whole < questions) {
		float last[WORD];
		/* Padding that is surely unsolved costs nothing and pulls at nothing. */
		for (size_t i = 0; i < WORD; i++)
			last[i] = whole + i < questions ? logits[whole + i] : -60;
		uint64_t mask = (1ull << (questions - whole)) - 1;
		unpack_word(answers[whole / WORD] & mask, answer);
		loss += word_residuals(last, answer);
		memcpy(logits + whole, last, (questions - whole) * sizeof *logits);
	}
	return loss;
}
