#include "metrics.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#define SHARE(name) {name, METRIC_SHARE, 0, 1, ANSWER_YES}
#define POINTS(name) {name, METRIC_POINTS, 0, 100, ANSWER_YES}
#define SIGNED(name) {name, METRIC_SIGNED, -1, 1, ANSWER_YES}
#define LESS(name, lower, upper) {name, METRIC_OPEN, lower, upper, ANSWER_NO}
#define LOSS_SHARE(name) {name, METRIC_SHARE, 0, 1, ANSWER_NO}

/* In order of preference, and a name before the pattern that it fits too. */
static const struct metric metrics[] = {
	SHARE("acc_norm"), SHARE("acc_norm*"), SHARE("mc2"), SHARE("truthfulqa_mc2"), SHARE("acc"),
	SHARE("accuracy"), SHARE("accuracy*"), SHARE("acc_*"), SHARE("balanced_accuracy"), SHARE("math_verify"),
	SHARE("extractive_match"), SHARE("exact_match"), SHARE("quasi_exact_match"), SHARE("prefix_exact_match"),
	SHARE("pass@1"), SHARE("pass_at_1"), SHARE("pass@k:k=1"), SHARE("pass@*"), SHARE("pass_at_*"),
	SHARE("*pass@*"), SHARE("pass_rate"), SHARE("resolved"), SHARE("avg@*"), SHARE("maj@*"),
	SHARE("f1"), SHARE("f1_*"), SHARE("*_f1"), SHARE("f1*"), SHARE("em"), SHARE("em_*"), SHARE("exact"),
	SIGNED("mcc"), SIGNED("matthews_correlation"), SIGNED("spearman*"), SIGNED("pearson*"),
	SIGNED("cos_sim_*"), SHARE("prompt_level_strict_acc"), SHARE("inst_level_strict_acc"),
	SHARE("prompt_level_loose_acc"), SHARE("inst_level_loose_acc"), SHARE("mc1"), SHARE("truthfulqa_mc1"),
	SHARE("bleu_acc"), SHARE("rouge1_acc"), POINTS("bleu"), POINTS("bleu_max"), POINTS("bleu_*"), POINTS("sacrebleu"),
	POINTS("chrf"), POINTS("chrf++"), SHARE("rougel"), SHARE("rougelsum"), SHARE("rouge1"), SHARE("rouge2"),
	SHARE("rouge*"), SHARE("bert_score*"), SHARE("bertscore*"), SHARE("precision"), SHARE("recall"),
	SHARE("map"), SHARE("map_*"), SHARE("mrr"), SHARE("ndcg*"), SHARE("auc"), SHARE("auroc"), SHARE("win_rate"),
	POINTS("eqbench"), {"elo", METRIC_OPEN, -INFINITY, INFINITY, ANSWER_YES},
	{"rating", METRIC_OPEN, -INFINITY, INFINITY, ANSWER_YES},
	{"bleurt", METRIC_OPEN, -INFINITY, INFINITY, ANSWER_YES},
	{"mean_reward", METRIC_OPEN, -INFINITY, INFINITY, ANSWER_YES},
	LESS("word_perplexity", 1, INFINITY), LESS("perplexity", 1, INFINITY), LESS("ppl", 1, INFINITY),
	LESS("byte_perplexity", 1, INFINITY), LESS("bits_per_byte", 0, INFINITY), LOSS_SHARE("wer"),
	LOSS_SHARE("cer"), LOSS_SHARE("word_error_rate"), LESS("ter", 0, INFINITY), LESS("loss", -INFINITY, INFINITY),
	LESS("mse", 0, INFINITY), LESS("rmse", 0, INFINITY), LESS("mae", 0, INFINITY),
	LESS("edit_distance", 0, INFINITY), LESS("brier_score", 0, 2), SHARE("score_norm"),
};
#define METRICS (sizeof metrics / sizeof *metrics)

static bool ends_in(const char *name, const char *ending, size_t size)
{
	size_t length = strlen(name);

	return length >= size && strncasecmp(name + length - size, ending, size) == 0;
}

/* "acc_*" fits a beginning, "*_f1" an ending, "*pass@*" what is within. */
static bool fits(const char *pattern, const char *name)
{
	size_t size = strlen(pattern);
	bool open = size > 0 && pattern[size - 1] == '*';

	if (pattern[0] != '*')
		return open ? strncasecmp(pattern, name, size - 1) == 0 : strcasecmp(pattern, name) == 0;
	if (!open)
		return ends_in(name, pattern + 1, size - 1);
	for (const char *at = name; *at; at++)
		if (strncasecmp(at, pattern + 1, size - 2) == 0)
			return true;
	return false;
}

size_t metric_rank(const char *name)
{
	for (size_t i = 0; i < METRICS; i++)
		if (fits(metrics[i].name, name))
			return i;
	return METRIC_UNRANKED;
}

const struct metric *metric_find(const char *name)
{
	static const struct metric unknown = {"", METRIC_OPEN, NAN, NAN, ANSWER_UNKNOWN};
	size_t rank = metric_rank(name);

	return rank == METRIC_UNRANKED ? &unknown : &metrics[rank];
}

void metric_describe(struct benchmark_facts *benchmark, const char *name)
{
	const struct metric *metric = metric_find(name);

	if (!benchmark->metric)
		benchmark->metric = name;
	if (benchmark->higher_is_better == ANSWER_UNKNOWN)
		benchmark->higher_is_better = metric->higher_is_better;
	if (isnan(benchmark->lower) && isnan(benchmark->upper)) {
		benchmark->lower = metric->lower;
		benchmark->upper = metric->upper;
	}
}

enum score_scale metric_scale(const struct metric *metric, bool percent)
{
	switch (metric->kind) {
	case METRIC_SHARE:  return percent ? SCALE_PERCENT : SCALE_FRACTION;
	case METRIC_POINTS: return SCALE_PERCENT;
	case METRIC_SIGNED: return percent ? SCALE_PERCENT : SCALE_FRACTION;
	case METRIC_OPEN:   break;
	}
	return SCALE_OWN;
}

bool metric_is_percent(const struct metric *metric, double value)
{
	return (metric->kind == METRIC_SHARE || metric->kind == METRIC_SIGNED) && fabs(value) > 1.001;
}
