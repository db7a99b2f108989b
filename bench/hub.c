#include "hub.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "stemma/base/clock.h"

#define BASES 8
#define BASE_SHARE 40      /* a base has one model in so many as its children */
#define CHAIN_LENGTH 75
#define CHAINS_OPEN 50     /* that grow at the same time */
#define MERGE_PARENTS_MAX 12
#define SCORED_ONE_IN 400
#define HOSTILE_ONE_IN 1000
#define NAME_BYTES STORE_NAME_MAX
#define SCORES 6

struct hub {
	struct store *store;
	struct hub_report *report;
	size_t count;
	struct {
		size_t last, length; /* length 0 = none begun */
	} chain[CHAINS_OPEN];
	char child[NAME_BYTES], parent[NAME_BYTES];
};

/* A number for each model and purpose (splitmix64). */
static uint64_t hash(uint64_t model, uint64_t purpose)
{
	uint64_t z = (model + 1) * 0x9E3779B97F4A7C15u + purpose * 0xD1B54A32D192ED03u;

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return z ^ (z >> 31);
}

/* ---- names --------------------------------------------------------------------- */

static const char *const families[] = {
	"Llama-3.1-8B", "Llama-3.2-1B", "Qwen2.5-7B", "Qwen2.5-0.5B", "Mistral-7B", "gemma-2-9b",
	"phi-3-mini", "bert-base-uncased", "distilbert-base", "whisper-small", "wav2vec2-large",
	"stable-diffusion", "flux-lora", "vit-base", "t5-small", "ppo-LunarLander",
};
static const char *const suffixes[] = {
	"Instruct", "chat", "GGUF", "AWQ", "lora", "finetuned-emotion", "v2", "sft", "dpo", "merge",
	"slerp", "4bit", "imatrix", "test", "uncensored", "base",
};
/* What a name from outside may hold; a number follows. */
static const char *const hostile[] = {
	"\033[2J\033[31mred", "\033]0;title\007bell", "bidi\xE2\x80\xAEgnp.exe", "zero\xE2\x80\x8Bwidth",
	"bad\xFF\xC0\xAFutf",
	"\xE6\xA8\xA1\xE5\x9E\x8B\xE5\xAE\xB6\xE6\x97\x8F", "e\xCC\x81\xCC\x81\xCC\x81\xCC\x81",
	"line\nbreak\ttab", "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x9A\x80", "'; DROP TABLE models; --",
	"%s%n%s", "\302\23331m",
};
#define COUNT(table) (sizeof (table) / sizeof *(table))

/* Digits by hand: a format would take as long as a put. */
static char *write_number(char *end, uint64_t number, unsigned int base, size_t width)
{
	char digits[64];
	size_t count = 0;

	do
		digits[count++] = "0123456789abcdef"[number % base];
	while ((number /= base) > 0 || count < width);
	while (count > 0)
		*end++ = digits[--count];
	*end = '\0';
	return end;
}

static char *write_hex(char *end, uint64_t number)
{
	return write_number(end, number, 16, 1);
}

static void write_hostile(char *name, size_t model, uint64_t draw)
{
	char *end = stpcpy(stpcpy(name, "evil/"), hostile[(draw >> 20) % COUNT(hostile)]);

	end = write_hex(stpcpy(end, "-"), model);
	if (draw >> 40 & 7) /* the others are very long */
		return;
	memset(end, 'x', (size_t)(name + NAME_BYTES - 100 - end));
	name[NAME_BYTES - 100] = '\0';
}

static const char *hub_name(size_t model, char *name)
{
	uint64_t draw = hash(model, 1);

	if (model >= BASES && draw % HOSTILE_ONE_IN == 0) {
		write_hostile(name, model, draw);
		return name;
	}
	/* Few owners have much, many have little. */
	uint64_t owner = (draw >> 10 & 0x3ffff) >> (draw >> 28 & 15);
	char *end = write_hex(stpcpy(name, model < BASES ? "lab" : "user"), owner);
	end = stpcpy(stpcpy(end, "/"), families[(draw >> 32) % COUNT(families)]);
	end = stpcpy(stpcpy(end, "-"), suffixes[(draw >> 40) % COUNT(suffixes)]);
	write_hex(stpcpy(end, "-"), model);
	return name;
}

static void write_date(char *date, size_t year, uint64_t draw)
{
	char *end = write_number(date, year, 10, 4);

	end = write_number(stpcpy(end, "-"), 1 + (draw >> 30 & 7), 10, 2);
	write_number(stpcpy(end, "-"), 1 + (draw >> 40 & 15), 10, 2);
}

/* ---- rows ------------------------------------------------------------------------ */

static enum status put_model(struct hub *hub, size_t model, struct error *error)
{
	static const char *const licences[] = {"apache-2.0", "mit", "llama3.1", "other"};
	static const char *const architectures[] = {"LlamaForCausalLM", "Qwen2ForCausalLM",
						    "BertForSequenceClassification", "MistralForCausalLM"};
	uint64_t draw = hash(model, 2);
	char date[16];
	struct model_facts facts = {
		.name = hub_name(model, hub->child),
		.architecture = draw & 1 ? architectures[draw >> 1 & 3] : NULL,
		.params_b = draw & 8 ? (double)(draw >> 8 & 127) / 4 + 0.5 : (double)NAN,
		.license = draw & 16 ? licences[draw >> 5 & 3] : NULL,
		.kind = model < BASES ? KIND_PRETRAINED : KIND_UNKNOWN,
		.uploaded = date, .likes = (double)(draw >> 20 & 63), .moe = ANSWER_UNKNOWN,
		.source = "hub", .rank = 30,
	};
	enum change change;

	write_date(date, 2022 + model * 4 / hub->count, draw);
	hub->report->models++;
	hub->report->hostile += strncmp(facts.name, "evil/", 5) == 0;
	return store_put_model(hub->store, &facts, &change, error);
}

static enum status put_edge(struct hub *hub, size_t parent, enum relation relation,
			    struct error *error)
{
	struct edge_facts facts = {
		.child = hub->child, .parent = hub_name(parent, hub->parent), .relation = relation,
		.weight = (double)NAN, .source = "hub", .trust = TRUST_DECLARED,
	};
	enum change change;

	hub->report->edges++;
	return store_put_edge(hub->store, &facts, &change, error);
}

static enum status put_merge(struct hub *hub, size_t model, struct error *error)
{
	/* Two parents are the most common, twelve the rarest. */
	uint64_t draw = hash(model, 3), most = 2 + (draw >> 8) % (MERGE_PARENTS_MAX - 1);
	uint64_t parents = 2 + (draw >> 16) % (most - 1);
	size_t before = SIZE_MAX;
	enum status status = STATUS_OK;

	for (uint64_t i = 0; i < parents && status == STATUS_OK; i++) {
		size_t parent = (size_t)(hash(model, 10 + i) % model);
		if (parent != before)
			status = put_edge(hub, parent, RELATION_MERGE, error);
		before = parent;
	}
	return status;
}

static enum status put_link(struct hub *hub, size_t model, uint64_t draw, struct error *error)
{
	size_t which = draw % CHAINS_OPEN, last = hub->chain[which].last;
	bool begin = hub->chain[which].length == 0;

	hub->chain[which].last = model;
	hub->chain[which].length = (hub->chain[which].length + 1) % CHAIN_LENGTH;
	return begin ? STATUS_OK : put_edge(hub, last, RELATION_FINETUNE, error);
}

static enum status put_parents(struct hub *hub, size_t model, struct error *error)
{
	uint64_t draw = hash(model, 4), percent = draw % 1000;

	draw >>= 16;
	if (model < BASES || percent < 450)
		return STATUS_OK;
	if (percent < 450 + 1000 * BASES / BASE_SHARE)
		return put_edge(hub, draw % BASES, RELATION_QUANTIZED, error);
	if (percent < 750)
		return put_link(hub, model, draw, error);
	if (percent < 780)
		return put_merge(hub, model, error);
	return put_edge(hub, (size_t)(draw % model), RELATION_FINETUNE, error);
}

static enum status put_scores(struct hub *hub, size_t model, struct error *error)
{
	static const char *const keys[SCORES] = {"ifeval", "bbh", "math_lvl_5", "gpqa", "musr", "mmlu_pro"};
	struct score_facts scores[SCORES];
	struct evaluation_facts facts = {
		.model = hub->child, .source = "leaderboard", .rank = 50, .precision = "bfloat16",
		.chat_template = ANSWER_YES, .scores = scores, .score_count = SCORES,
	};
	enum change change;

	if (model >= BASES && model % SCORED_ONE_IN != 0)
		return STATUS_OK;
	for (size_t i = 0; i < SCORES; i++)
		scores[i] = score_facts_of(keys[i],
			20 + (double)(hash(model % 1000, 5) % 4000) / 100 + (double)(hash(model, 20 + i) % 2000) / 100);
	hub->report->scored++;
	return store_put_evaluation(hub->store, &facts, &change, error);
}

enum status hub_make(struct store *store, size_t count, struct hub_report *report,
		     struct error *error)
{
	struct hub hub = {.store = store, .report = report, .count = count};
	double begin = clock_seconds();
	enum status status = store_begin_import(store, error);

	*report = (struct hub_report){0};
	for (size_t model = 0; model < count && status == STATUS_OK; model++) {
		status = put_model(&hub, model, error);
		if (status == STATUS_OK)
			status = put_parents(&hub, model, error);
		if (status == STATUS_OK)
			status = put_scores(&hub, model, error);
	}
	if (status == STATUS_OK)
		status = store_commit(store, error);
	else
		store_rollback(store);
	report->seconds = clock_seconds() - begin;
	return status;
}
