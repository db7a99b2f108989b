#include "stemma/base/facts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "stemma/base/text.h"

static const char *const relation_words[] = {
#define X(symbol, word, description) word,
	RELATION_TABLE(X)
#undef X
};

static const struct {
	const char *word, *mark;
} kind_words[] = {
#define X(symbol, word, mark) {word, mark},
	KIND_TABLE(X)
#undef X
};

const char *relation_name(enum relation relation)
{
	return relation < RELATION_COUNT ? relation_words[relation] : "unknown";
}

enum relation relation_parse(const char *word)
{
	static const char variant[] = "variant:";
	enum relation relation = 0;

	if (!word) /* as a damaged cache may have it */
		return RELATION_COUNT;
	if (strcasecmp(word, "variant:training_stage") == 0)
		return RELATION_STAGE;
	if (strncasecmp(word, variant, sizeof variant - 1) == 0)
		word += sizeof variant - 1;
	while (relation < RELATION_COUNT && strcasecmp(word, relation_words[relation]) != 0)
		relation++;
	return relation;
}

struct benchmark_facts benchmark_facts_of(const char *key)
{
	return (struct benchmark_facts){
		.key = key, .lower = NAN, .upper = NAN, .chance = NAN, .higher_is_better = ANSWER_UNKNOWN,
		.instances = NAN,
	};
}

static bool is_key_byte(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || (byte && strchr("_.:/+-", byte));
}

char *benchmark_key(const char *name)
{
	struct text key = {0};
	bool gap = false;

	for (const char *next = name; *next; next++) {
		char byte = *next >= 'A' && *next <= 'Z' ? (char)(*next - 'A' + 'a') : *next;
		if (is_key_byte(byte)) {
			text_append_format(&key, gap && key.length > 0 ? "_%c" : "%c", byte);
			gap = false;
		} else {
			gap = true;
		}
	}
	char *bytes = text_steal(&key);
	if (bytes[0] && strlen(bytes) <= BENCHMARK_KEY_MAX)
		return bytes;
	free(bytes);
	return NULL;
}

/* ---- what a name says ---- */

/* Letters and digits in lower case between single underscores, one at each end. */
static char *name_words(const char *name)
{
	struct text words = {0};

	text_append(&words, "_");
	for (; *name; name++) {
		char byte = *name >= 'A' && *name <= 'Z' ? (char)(*name - 'A' + 'a') : *name;
		bool is_word = (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
		if (is_word || words.bytes[words.length - 1] != '_')
			text_append_bytes(&words, is_word ? &byte : "_", 1);
	}
	if (words.bytes[words.length - 1] != '_')
		text_append(&words, "_");
	return text_steal(&words);
}

/* Whether the words stand there, and no "non" before them: "non-hallucination rate". */
static bool has_words(const char *name, const char *words, bool at_end)
{
	static const char not[] = "_non";
	size_t length = strlen(words);

	for (const char *at = strstr(name, words); at; at = strstr(at + 1, words)) {
		bool negated = (size_t)(at - name) >= sizeof not - 1 &&
			       strncmp(at - (sizeof not - 1), not, sizeof not - 1) == 0;
		if (!negated && (!at_end || !at[length]))
			return true;
	}
	return false;
}

struct name_hint benchmark_name_hint(const char *name)
{
	static const struct {
		const char *words;
		bool at_end; /* elsewhere it may say what is tested, as in "error correction" */
		struct name_hint hint;
	} hints[] = {
		{"_perplexity_", false, {ANSWER_NO, true}}, {"_ppl_", false, {ANSWER_NO, true}},
		{"_loss_", true, {ANSWER_NO, true}}, {"_nll_", false, {ANSWER_NO, true}},
		{"_bits_per_byte_", false, {ANSWER_NO, true}}, {"_bpb_", false, {ANSWER_NO, true}},
		{"_mae_", true, {ANSWER_NO, true}}, {"_mse_", true, {ANSWER_NO, true}},
		{"_rmse_", true, {ANSWER_NO, true}}, {"_latency_", false, {ANSWER_NO, true}},
		{"_ttft_", false, {ANSWER_NO, true}}, {"_edit_distance_", false, {ANSWER_NO, false}},
		{"_wer_", false, {ANSWER_NO, false}}, {"_cer_", true, {ANSWER_NO, false}},
		{"_error_rate_", false, {ANSWER_NO, false}}, {"_error_", true, {ANSWER_NO, false}},
		{"_err_rate_", false, {ANSWER_NO, false}}, {"_err_", true, {ANSWER_NO, false}},
		{"_errors_", true, {ANSWER_NO, false}}, {"_failure_rate_", false, {ANSWER_NO, false}},
		{"_hallucination_rate_", false, {ANSWER_NO, false}}, {"_hallucination_", true, {ANSWER_NO, false}},
		{"_hallucinations_", true, {ANSWER_NO, false}}, {"_brier_", false, {ANSWER_NO, false}},
		{"_ece_", true, {ANSWER_NO, false}}, {"_attack_success_rate_", false, {ANSWER_NO, false}},
		{"_lower_is_better_", false, {ANSWER_NO, false}}, {"_less_is_better_", false, {ANSWER_NO, false}},
		{"_elo_", false, {ANSWER_YES, true}}, {"_rating_", false, {ANSWER_YES, true}},
		{"_tokens_per_second_", false, {ANSWER_YES, true}}, {"_throughput_", false, {ANSWER_YES, true}},
	};
	struct name_hint hint = {ANSWER_UNKNOWN, false};
	char *words = name_words(name);

	for (size_t i = 0; i < sizeof hints / sizeof *hints && hint.higher_is_better == ANSWER_UNKNOWN; i++)
		if (has_words(words, hints[i].words, hints[i].at_end))
			hint = hints[i].hint;
	free(words);
	return hint;
}

struct score_facts score_facts_of(const char *benchmark, double value)
{
	return (struct score_facts){
		.benchmark = benchmark, .value = value, .raw = NAN, .scale = SCALE_OWN, .error = NAN, .shots = -1,
	};
}

const char *kind_name(enum kind kind)
{
	return kind < KIND_COUNT ? kind_words[kind].word : "unknown";
}

enum kind kind_parse(const char *word_or_symbol)
{
	enum kind kind = 0;

	if (!word_or_symbol)
		return KIND_COUNT;
	while (kind < KIND_COUNT && strcasecmp(word_or_symbol, kind_words[kind].word) != 0 &&
	       strncmp(word_or_symbol, kind_words[kind].mark, strlen(kind_words[kind].mark)) != 0)
		kind++;
	return kind;
}

const char *trust_name(enum trust trust)
{
	switch (trust) {
	case TRUST_NONE:          return "none";
	case TRUST_ROOT:          return "root";
	case TRUST_INFERRED:      return "inferred";
	case TRUST_LISTED:        return "listed";
	case TRUST_DECLARED:      return "declared";
	case TRUST_CONFIGURATION: return "configuration";
	case TRUST_USER:          return "user";
	case TRUST_CORRECTION:    return "correction";
	}
	return "none";
}

enum trust trust_parse(const char *word)
{
	static const enum trust all[] = {TRUST_ROOT, TRUST_INFERRED, TRUST_LISTED, TRUST_DECLARED,
					 TRUST_CONFIGURATION, TRUST_USER, TRUST_CORRECTION};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (strcmp(word, trust_name(all[i])) == 0)
			return all[i];
	return TRUST_NONE;
}

/* Civil date <-> days: the proleptic Gregorian calendar counted in years that
 * begin on 1 March, so that the leap day comes last. */
/* `count` digits as a number, -1 when they are not all digits. */
static int read_digits(const char *text, int count)
{
	int number = 0;

	for (; count > 0; count--, text++) {
		if (*text < '0' || *text > '9')
			return -1;
		number = number * 10 + (*text - '0');
	}
	return number;
}

/* The plain form by hand: a cache holds millions, and sscanf() is slow. */
static bool read_date(const char *text, int *year, int *month, int *day)
{
	*year = read_digits(text, 4);
	if (*year >= 0 && text[4] == '-' && (*month = read_digits(text + 5, 2)) >= 0 &&
	    text[7] == '-' && (*day = read_digits(text + 8, 2)) >= 0)
		return true;
	return sscanf(text, "%4d-%2d-%2d", year, month, day) == 3;
}

double date_days(const char *iso_date)
{
	int year, month, day;

	if (!iso_date || !read_date(iso_date, &year, &month, &day) || month < 1 ||
	    month > 12 || day < 1 || day > 31 || year < 1000)
		return NAN;
	int march_year = month <= 2 ? year - 1 : year;
	int march_month = (month + 9) % 12;
	int days = march_year * 365 + march_year / 4 - march_year / 100 + march_year / 400 +
		   (march_month * 306 + 5) / 10 + day - 1;
	return days - 719468;
}

void date_format(double days, char buffer[11])
{
	if (!(days > -300000 && days < 2900000)) {
		strcpy(buffer, "");
		return;
	}
	long count = (long)floor(days) + 719468;
	long year = (10000 * count + 14780) / 3652425;
	long rest = count - (365 * year + year / 4 - year / 100 + year / 400);
	if (rest < 0) {
		year--;
		rest = count - (365 * year + year / 4 - year / 100 + year / 400);
	}
	long march_month = (100 * rest + 52) / 3060;
	long month = (march_month + 2) % 12 + 1;
	long day = rest - (march_month * 306 + 5) / 10 + 1;
	year += march_month >= 10;
	char text[40];
	snprintf(text, sizeof text, "%04ld-%02ld-%02ld", year, month, day);
	memcpy(buffer, text, 10);
	buffer[10] = '\0';
}
