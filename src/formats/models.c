/* Models with facts and scores, a column each: the starter set and users' own tables. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "origin.h"
#include "reading.h"
#include "stemma/base/memory.h"
#include "tables.h"

/* ---- what the columns are -------------------------------------------------------------------- */

enum role {
	ROLE_OPEN,      /* a name that says nothing: the values decide */
	ROLE_MODEL, ROLE_KIND, ROLE_ARCHITECTURE, ROLE_PARAMS, ROLE_LICENSE, ROLE_UPLOADED, ROLE_LIKES, ROLE_MOE,
	ROLE_TEMPLATE, ROLE_PRECISION, ROLE_SUBMITTED, ROLE_REVISION, ROLE_HARNESS, ROLE_SHOTS,
	ROLE_FACTS,     /* the last of those of which one column is read */
	ROLE_BASE,      /* the name without its setting */
	ROLE_ATTRIBUTE,
	ROLE_BENCHMARK,
	ROLE_ERROR,     /* standard errors of another column */
	ROLE_RAW,       /* another column's values before normalisation */
	ROLE_PARENT,    /* told: it belongs in a table of edges */
	ROLE_NOTHING
};

static const struct {
	const char *word; /* as csv_fold() makes it */
	enum role role;
} known_words[] = {
	{"kind", ROLE_KIND}, {"model_type", ROLE_KIND}, {"type", ROLE_KIND},
	{"architecture", ROLE_ARCHITECTURE}, {"arch", ROLE_ARCHITECTURE},
	{"params_b", ROLE_PARAMS}, {"params", ROLE_PARAMS}, {"parameters", ROLE_PARAMS},
	{"parameters_b", ROLE_PARAMS}, {"params_billions", ROLE_PARAMS}, {"num_parameters", ROLE_PARAMS},
	{"size_b", ROLE_PARAMS}, {"size", ROLE_PARAMS}, {"model_size", ROLE_PARAMS},
	{"license", ROLE_LICENSE}, {"licence", ROLE_LICENSE}, {"hub_license", ROLE_LICENSE},
	{"uploaded", ROLE_UPLOADED}, {"release_date", ROLE_UPLOADED}, {"released", ROLE_UPLOADED},
	{"upload_to_hub_date", ROLE_UPLOADED}, {"created_at", ROLE_UPLOADED}, {"date", ROLE_UPLOADED},
	{"likes", ROLE_LIKES}, {"hub_likes", ROLE_LIKES}, {"moe", ROLE_MOE},
	{"chat_template", ROLE_TEMPLATE}, {"precision", ROLE_PRECISION}, {"dtype", ROLE_PRECISION},
	{"submitted", ROLE_SUBMITTED}, {"submission_date", ROLE_SUBMITTED},
	{"revision", ROLE_REVISION}, {"model_sha", ROLE_REVISION}, {"sha", ROLE_REVISION},
	{"harness", ROLE_HARNESS}, {"shots", ROLE_SHOTS}, {"num_fewshot", ROLE_SHOTS}, {"n_shot", ROLE_SHOTS},
	{"base", ROLE_BASE},
	{"provider", ROLE_ATTRIBUTE}, {"reasoning", ROLE_ATTRIBUTE}, {"open_weights", ROLE_ATTRIBUTE},
	{"open", ROLE_ATTRIBUTE}, {"open_source", ROLE_ATTRIBUTE}, {"on_hub", ROLE_ATTRIBUTE},
	{"available_on_the_hub", ROLE_ATTRIBUTE}, {"merged", ROLE_ATTRIBUTE}, {"family", ROLE_ATTRIBUTE},
	{"variant", ROLE_ATTRIBUTE}, {"setting", ROLE_ATTRIBUTE}, {"date_from", ROLE_ATTRIBUTE},
	{"version", ROLE_ATTRIBUTE}, {"year", ROLE_ATTRIBUTE}, {"knowledge_cutoff", ROLE_ATTRIBUTE},
	{"context", ROLE_ATTRIBUTE}, {"context_length", ROLE_ATTRIBUTE}, {"context_window", ROLE_ATTRIBUTE},
	{"max_tokens", ROLE_ATTRIBUTE}, {"layers", ROLE_ATTRIBUTE}, {"hidden_size", ROLE_ATTRIBUTE},
	{"vocab_size", ROLE_ATTRIBUTE}, {"active_params_b", ROLE_ATTRIBUTE}, {"training_tokens", ROLE_ATTRIBUTE},
	{"downloads", ROLE_ATTRIBUTE}, {"price", ROLE_ATTRIBUTE}, {"cost", ROLE_ATTRIBUTE},
	{"input_price", ROLE_ATTRIBUTE}, {"output_price", ROLE_ATTRIBUTE}, {"co2_cost_kg", ROLE_ATTRIBUTE},
	{"base_model", ROLE_PARENT}, {"base_models", ROLE_PARENT}, {"relation", ROLE_PARENT},
	{"parent", ROLE_PARENT}, {"parents", ROLE_PARENT},
	/* What "stemma export" adds for its readers, and what tables number their rows with. */
	{"average", ROLE_NOTHING}, {"avg", ROLE_NOTHING}, {"mean", ROLE_NOTHING}, {"source", ROLE_NOTHING},
	{"", ROLE_NOTHING}, {"rank", ROLE_NOTHING}, {"index", ROLE_NOTHING}, {"id", ROLE_NOTHING},
	{"unnamed_0", ROLE_NOTHING},
};
/* Benchmarks even where a column has no number in it. */
static const char *const known_benchmarks[] = {"ifeval", "bbh", "math_lvl_5", "math_lvl_5_2024", "gpqa", "musr",
					       "mmlu_pro"};

struct column {
	enum role role;
	int of;             /* of an error or a raw value: the benchmark's column */
	size_t numbers, texts; /* of its cells */
	struct value_survey survey;
	struct column_marks marks;
};

/* A table being read. */
struct models {
	struct source *source;
	struct csv csv;
	struct column *columns;
	int fact[ROLE_FACTS];       /* column by role, -1 = none */
	int base;                   /* column, -1 = none */
	bool *thousands;            /* by column */
	struct score_facts *scores; /* of the row */
	size_t score_count;
	struct attribute_facts *attributes;
	size_t attribute_count;
	char *suite;                /* of the folder, or NULL */
};

static enum role role_of(const char *word)
{
	for (size_t i = 0; i < sizeof known_words / sizeof *known_words; i++)
		if (strcmp(word, known_words[i].word) == 0)
			return known_words[i].role;
	for (size_t i = 0; i < sizeof known_benchmarks / sizeof *known_benchmarks; i++)
		if (strcmp(word, known_benchmarks[i]) == 0)
			return ROLE_BENCHMARK;
	return ROLE_OPEN;
}

/* The first column of a role is read; a second one says more about the model. */
static void name_columns(struct models *models)
{
	const struct csv *csv = &models->csv;

	for (size_t role = 0; role < ROLE_FACTS; role++)
		models->fact[role] = -1;
	models->base = -1;
	models->fact[ROLE_MODEL] = table_model_column(csv);
	for (size_t i = 0; i < csv->header_count; i++) {
		struct column *column = &models->columns[i];
		*column = (struct column){.role = role_of(csv->keys[i]), .of = -1, .marks.most = -INFINITY};
		if ((int)i == models->fact[ROLE_MODEL])
			column->role = ROLE_MODEL;
		else if (column->role == ROLE_BASE)
			models->base = (int)i;
		else if (column->role > ROLE_MODEL && column->role < ROLE_FACTS && models->fact[column->role] < 0)
			models->fact[column->role] = (int)i;
		else if (column->role > ROLE_MODEL && column->role < ROLE_FACTS)
			column->role = ROLE_ATTRIBUTE;
	}
}

/* ---- what the values say: the first reading ---------------------------------------------------- */

static void survey_cell(struct column *column, const struct csv *csv, int index)
{
	struct cell_value value;
	enum cell cell = csv_value(csv, index, &value);

	if (cell == CELL_MISSING)
		return;
	bool grouped = csv_survey_marks(csv, index, &column->marks);
	bool number = cell == CELL_NUMBER || grouped;
	column->numbers += number;
	column->texts += !number;
	if (!number)
		return;
	column->survey.percents |= value.percent;
	survey_add(&column->survey, grouped ? INFINITY : value.value);
}

/* A column whose name says nothing is a benchmark's when at least half of what stands in it
 * are numbers. */
static void settle_role(struct column *column)
{
	if (column->role == ROLE_OPEN && column->numbers + column->texts == 0)
		column->role = ROLE_NOTHING;
	else if (column->role == ROLE_OPEN)
		column->role = column->numbers >= column->texts ? ROLE_BENCHMARK : ROLE_ATTRIBUTE;
}

/* The column whose key is that of `index` without `ending`; -1. */
static int owner_of(const struct models *models, size_t index, const char *ending)
{
	const char *key = models->csv.keys[index];
	size_t length = strlen(key), size = strlen(ending);

	if (length <= size || strcmp(key + length - size, ending) != 0)
		return -1;
	for (size_t i = 0; i < models->csv.header_count; i++)
		if (strlen(models->csv.keys[i]) == length - size && models->columns[i].role == ROLE_BENCHMARK &&
		    strncmp(models->csv.keys[i], key, length - size) == 0)
			return (int)i;
	return -1;
}

/* "gsm8k_stderr" belongs to "gsm8k", and so does "IFEval Raw" to "IFEval". */
static void settle_owner(struct models *models, size_t index)
{
	static const struct {
		const char *ending;
		enum role role;
	} endings[] = {{"_stderr", ROLE_ERROR}, {"_se", ROLE_ERROR}, {"_error", ROLE_ERROR}, {"_raw", ROLE_RAW}};
	struct column *column = &models->columns[index];

	for (size_t e = 0; e < sizeof endings / sizeof *endings && column->role == ROLE_BENCHMARK; e++) {
		int owner = owner_of(models, index, endings[e].ending);
		if (owner < 0 || (endings[e].role == ROLE_RAW && !survey_says_fractions(&column->survey)))
			continue;
		column->role = endings[e].role;
		column->of = owner;
	}
}

static void survey(struct models *models)
{
	struct csv *csv = &models->csv;
	size_t count = csv->header_count;

	csv->silent = true; /* the second reading complains */
	while (csv_next(csv))
		for (size_t i = 0; i < count; i++)
			if (models->columns[i].role == ROLE_OPEN || models->columns[i].role == ROLE_BENCHMARK)
				survey_cell(&models->columns[i], csv, (int)i);
	for (size_t i = 0; i < count; i++) {
		models->thousands[i] = csv_has_thousands(csv, &models->columns[i].marks);
		settle_role(&models->columns[i]);
	}
	for (size_t i = 0; i < count; i++)
		settle_owner(models, i);
}

/* ---- telling ----------------------------------------------------------------------------------- */

/* Tells once of all columns for which `wanted` holds. */
static void tell_columns(const struct models *models, bool (*wanted)(const struct models *, size_t),
			 const char *one, const char *several)
{
	struct name_list names = {.count = 0};

	for (size_t i = 0; i < models->csv.header_count; i++)
		if (wanted(models, i))
			name_list_add(&names, models->csv.header[i]);
	if (names.count > 0)
		warn(models->source->sink, 1, 0, "the column%s %s %s", names.count > 1 ? "s" : "",
		     name_list_end(&names), names.count > 1 ? several : one);
	text_free(&names.text);
}

static bool is_parent(const struct models *models, size_t index)
{
	return models->columns[index].role == ROLE_PARENT;
}

static bool is_new_attribute(const struct models *models, size_t index)
{
	return models->columns[index].role == ROLE_ATTRIBUTE && role_of(models->csv.keys[index]) == ROLE_OPEN;
}

static void tell(const struct models *models)
{
	tell_columns(models, is_parent, "is ignored; parents belong in a table of edges (child,parent,relation)",
		     "are ignored; parents belong in a table of edges (child,parent,relation)");
	tell_columns(models, is_new_attribute, "holds words: kept as an attribute of the models",
		     "hold words: kept as attributes of the models");
}

/* A field that should be one of a few words or a date, and is not. */
static void warn_unread(const struct models *models, enum role role, bool read, const char *expected)
{
	int column = models->fact[role];

	if (column >= 0 && !read && csv_text(&models->csv, column))
		csv_warn(&models->csv, column, "%s \"%s\" is left out; expected %s", models->csv.header[column],
			 csv_field(&models->csv, column), expected);
}

/* ---- facts of a model ---------------------------------------------------------------------------- */

static const char *fact_text(const struct models *models, enum role role)
{
	return csv_text(&models->csv, models->fact[role]);
}

/* Words of other tables, by their beginning. */
static enum kind kind_of(const char *word)
{
	static const struct {
		const char *beginning;
		enum kind kind;
	} known[] = {
		{"chat", KIND_CHAT}, {"instruct", KIND_CHAT}, {"reasoning", KIND_CHAT}, {"fine-tuned", KIND_FINETUNED},
		{"fine tuned", KIND_FINETUNED}, {"finetune", KIND_FINETUNED}, {"post-trained", KIND_FINETUNED},
		{"continu", KIND_CONTINUED}, {"pretrained", KIND_PRETRAINED}, {"pre-trained", KIND_PRETRAINED},
		{"base merges", KIND_MERGE}, {"merge", KIND_MERGE}, {"base", KIND_PRETRAINED},
		{"multimodal", KIND_MULTIMODAL},
	};
	enum kind kind = kind_parse(word);

	for (size_t i = 0; i < sizeof known / sizeof *known && kind == KIND_COUNT; i++)
		if (strncasecmp(word, known[i].beginning, strlen(known[i].beginning)) == 0)
			kind = known[i].kind;
	return kind;
}

/* Billions of "7.2", "7.2B", "350M" or 7241732096; NAN when it is none. */
static double params_of(const struct csv *csv, int column)
{
	static const struct {
		char unit;
		double size;
	} units[] = {{'B', 1}, {'M', 1e-3}, {'K', 1e-6}, {'T', 1e3}};
	bool bad;
	double params = csv_number(csv, column, &bad);
	char *end;

	if (!bad)
		return params > 1e5 ? params / 1e9 : params;
	double number = strtod(csv_field(csv, column), &end);
	end += *end == ' ';
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (toupper((unsigned char)*end) == units[i].unit && !end[1])
			return number * units[i].size;
	return NAN;
}

/* "type" and "size" are used for much: what is no kind and no number is kept. */
static bool says_something_else(const struct models *models, size_t index)
{
	const struct csv *csv = &models->csv;
	enum role role = models->columns[index].role;
	const char *key = csv->keys[index];

	if (role == ROLE_KIND)
		return strcmp(key, "kind") != 0 && kind_of(csv_field(csv, (int)index)) == KIND_COUNT;
	return role == ROLE_PARAMS && strncmp(key, "param", 5) != 0 && isnan(params_of(csv, (int)index));
}

/* The same of the row; told when there should be a number and is none. */
static double read_params(const struct models *models)
{
	const struct csv *csv = &models->csv;
	int column = models->fact[ROLE_PARAMS];
	double params = params_of(csv, column);

	if (isnan(params) && csv_text(csv, column) && !says_something_else(models, (size_t)column))
		csv_reject(csv, column, "%s \"%s\" is not a number of billions", csv->header[column],
			   csv_field(csv, column));
	if (params > 0 && !size_is_sound(params))
		csv_reject(csv, column, "%s \"%s\" is no size of a model, %g to %g billion parameters", csv->header[column],
			   csv_field(csv, column), SIZE_MIN_B, SIZE_MAX_B);
	return size_is_sound(params) ? params : NAN; /* the leaderboard's -1 */
}

static void add_attribute(struct models *models, const char *key, const char *value)
{
	enum answer answer;

	if (!value || !value[0])
		return;
	answer = csv_answer_of(value);
	if (answer != ANSWER_UNKNOWN)
		value = answer == ANSWER_YES ? "1" : "0";
	models->attributes[models->attribute_count++] = (struct attribute_facts){key, value};
}

/* The model that this one is in a setting, and the setting. */
static void add_setting(struct models *models, const char *name, char **base)
{
	const char *setting, *stated = csv_text(&models->csv, models->base);

	*base = setting_base(name, &setting);
	if (stated && strcasecmp(stated, name) != 0)
		add_attribute(models, "base", stated);
	else if (!stated)
		add_attribute(models, "base", *base);
	add_attribute(models, "setting", setting);
}

static void read_attributes(struct models *models, const char *name, char **base)
{
	const struct csv *csv = &models->csv;
	const char *setting = strstr(name, "--");

	models->attribute_count = 0;
	add_setting(models, name, base);
	for (size_t i = 0; i < csv->header_count; i++) {
		const char *key = csv->keys[i], *value = csv_text(csv, (int)i);
		/* What the name says already. */
		bool said = setting && value && strcmp(value, setting + 2) == 0 &&
			    (strcmp(key, "variant") == 0 || strcmp(key, "setting") == 0);
		bool wanted = models->columns[i].role == ROLE_ATTRIBUTE || says_something_else(models, i);
		if (wanted && key[0] && !said)
			add_attribute(models, key, value);
	}
}

static enum status deliver_model(struct models *models, const char *name)
{
	struct csv *csv = &models->csv;
	const char *word = csv_field(csv, models->fact[ROLE_KIND]);
	enum kind kind = kind_of(word);
	char *base;

	read_attributes(models, name, &base);
	if (strncasecmp(word, "reasoning", 9) == 0)
		add_attribute(models, "reasoning", "1");
	struct record record = {.type = RECORD_MODEL, .line = csv->line, .of.model = {
		.name = name, .params_b = read_params(models), .architecture = fact_text(models, ROLE_ARCHITECTURE),
		.license = fact_text(models, ROLE_LICENSE), .kind = kind == KIND_COUNT ? KIND_UNKNOWN : kind,
		.uploaded = csv_date(csv, models->fact[ROLE_UPLOADED]),
		.likes = csv_number(csv, models->fact[ROLE_LIKES], NULL),
		.moe = csv_answer(csv, models->fact[ROLE_MOE]), .source = "user", .rank = RANK_USER,
		.attributes = models->attributes, .attribute_count = models->attribute_count,
	}};
	bool other = models->fact[ROLE_KIND] >= 0 && says_something_else(models, (size_t)models->fact[ROLE_KIND]);

	warn_unread(models, ROLE_KIND, kind != KIND_COUNT || other,
		    "pretrained, continued, finetuned, chat, merge, multimodal or other");
	warn_unread(models, ROLE_UPLOADED, record.of.model.uploaded, "a date YYYY-MM-DD");
	enum status status = deliver(models->source, &record);
	free(base);
	return status;
}

/* ---- scores of a model ---------------------------------------------------------------------------- */

static void add_score(struct models *models, size_t index, int shots)
{
	const struct csv *csv = &models->csv;
	struct cell_value value;
	enum cell cell = csv_value(csv, (int)index, &value);

	if (cell == CELL_BAD)
		csv_refuse(csv, (int)index);
	if (cell != CELL_NUMBER)
		return;
	struct score_facts *score = &models->scores[models->score_count++];
	*score = score_facts_of(csv->header[index], value.value);
	score->error = value.error;
	score->shots = shots;
	score->scale = value.percent ? SCALE_PERCENT : SCALE_OWN;
	score->survey = &models->columns[index].survey;
	score->line = csv->fields[index].line;
	score->column = csv->fields[index].column;
}

/* Puts what stands in the columns beside a benchmark's into its score. */
static void add_companion(struct models *models, size_t index)
{
	const struct column *column = &models->columns[index];
	const char *owner = models->csv.header[column->of];
	bool bad;
	double value = csv_number(&models->csv, (int)index, &bad);

	if (bad)
		csv_refuse(&models->csv, (int)index);
	for (size_t i = 0; i < models->score_count && !isnan(value); i++)
		if (models->scores[i].benchmark == owner)
			*(column->role == ROLE_ERROR ? &models->scores[i].error : &models->scores[i].raw) = value;
}

static void read_scores(struct models *models)
{
	double shots = csv_number(&models->csv, models->fact[ROLE_SHOTS], NULL);

	models->score_count = 0;
	for (size_t i = 0; i < models->csv.header_count; i++)
		if (models->columns[i].role == ROLE_BENCHMARK)
			add_score(models, i, shots >= 0 && shots < 1000 ? (int)shots : -1);
	for (size_t i = 0; i < models->csv.header_count; i++)
		if (models->columns[i].of >= 0)
			add_companion(models, i);
}

static enum status deliver_run(struct models *models, const char *name)
{
	struct csv *csv = &models->csv;
	struct record record = {.type = RECORD_EVALUATION, .line = csv->line, .of.evaluation = {
		.model = name, .source = "user", .rank = RANK_USER, .precision = fact_text(models, ROLE_PRECISION),
		.chat_template = csv_answer(csv, models->fact[ROLE_TEMPLATE]),
		.submitted = csv_date(csv, models->fact[ROLE_SUBMITTED]),
		.revision = fact_text(models, ROLE_REVISION), .harness = fact_text(models, ROLE_HARNESS),
		.suite = models->suite, .scores = models->scores, .score_count = models->score_count,
	}};

	warn_unread(models, ROLE_TEMPLATE, record.of.evaluation.chat_template != ANSWER_UNKNOWN, "yes or no");
	return models->score_count > 0 ? deliver(models->source, &record) : models->source->status;
}

static void read_row(struct models *models)
{
	const char *name = csv_name(&models->csv, models->fact[ROLE_MODEL]);

	if (!name)
		return;
	read_scores(models);
	if (deliver_model(models, name) == STATUS_OK)
		deliver_run(models, name);
}

/* ---- the table -------------------------------------------------------------------------------------- */

static void models_allocate(struct models *models)
{
	size_t count = models->csv.header_count;

	models->columns = memory_zero(count, sizeof *models->columns);
	models->thousands = memory_zero(count, sizeof *models->thousands);
	models->scores = memory_allocate(count, sizeof *models->scores);
	models->attributes = memory_allocate(count + 3, sizeof *models->attributes);
}

static void models_free(struct models *models)
{
	csv_close(&models->csv);
	free(models->columns);
	free(models->thousands);
	free(models->scores);
	free(models->attributes);
}

enum status models_read(struct source *source)
{
	struct models models = {.source = source, .suite = origin_suite(source->name)};

	if (csv_open(&models.csv, source) == STATUS_OK) {
		models_allocate(&models);
		name_columns(&models);
		survey(&models);
		csv_close(&models.csv);
		models.csv = (struct csv){0};
	}
	if (source->status == STATUS_OK && source_rewind(source) == STATUS_OK &&
	    csv_open(&models.csv, source) == STATUS_OK) {
		models.csv.thousands = models.thousands;
		tell(&models);
		while (csv_next(&models.csv))
			read_row(&models);
	}
	free(models.suite);
	models_free(&models);
	return source->status;
}
