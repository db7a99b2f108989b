#include "names.h"

static bool for_people(enum output_format format)
{
	return format == OUTPUT_TEXT || format == OUTPUT_MARKDOWN;
}

const char *names_benchmark(const struct catalog *catalog, size_t benchmark,
			    enum output_format format)
{
	return for_people(format) ? catalog->benchmarks[benchmark].title : catalog->benchmarks[benchmark].key;
}

const char *names_target(const struct catalog *catalog, const struct target *target, enum output_format format)
{
	return for_people(format) ? target_full_title(catalog, target) : target->name;
}

const char *names_row(const struct session *session, size_t row, enum output_format format)
{
	if (row >= session->board.count)
		return names_target(session->catalog, &session->target, format);
	return for_people(format) ? session_row_title(session, row) : session_row_key(session, row);
}

struct column names_target_column(const struct session *session)
{
	return (struct column){session->target.name, target_full_title(session->catalog, &session->target), COLUMN_NUMBER,
			       target_digits(session->catalog, &session->target.engine), false};
}

void names_add_target(struct table *table, const struct session *session, size_t model)
{
	table_number(table, session_target_value(session, model));
}

const char *names_model(const struct catalog *catalog, size_t model)
{
	return model < catalog->count ? catalog->models[model].name : NULL;
}

const char *names_answer(enum answer answer)
{
	if (answer == ANSWER_UNKNOWN)
		return NULL;
	return answer == ANSWER_YES ? "yes" : "no";
}
