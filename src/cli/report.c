#include "report.h"

#include <math.h>
#include <stdlib.h>

#include "stemma/base/utf8.h"

#define TITLE_WIDTH 16

/* What is there goes out. */
static void send(struct report *report)
{
	if (!report->file || report->own.length == 0)
		return;
	fwrite(text_string(&report->own), 1, report->own.length, report->file);
	text_clear(&report->own);
}

void report_begin_text(struct report *report, struct text *out, enum output_format format, bool utf8)
{
	*report = (struct report){.out = out, .format = format, .utf8 = utf8, .json = {.out = out}};
	if (format == OUTPUT_JSON)
		output_json_begin(&report->json, NULL, '{', JSON_LINES);
}

void report_begin(struct report *report, FILE *file, enum output_format format, bool utf8)
{
	report_begin_text(report, &report->own, format, utf8);
	report->file = file;
}

void report_end(struct report *report)
{
	if (report->format == OUTPUT_JSON)
		output_json_end(&report->json, '}');
	send(report);
	text_free(&report->own);
}

static void print_fact(struct report *report, const char *title, const char *value)
{
	char *clean = utf8_sanitize(value);
	int blanks = TITLE_WIDTH - utf8_width(title);

	if (report->format == OUTPUT_MARKDOWN)
		text_append_format(report->out, "- %s: %s\n", title, clean);
	else
		text_append_format(report->out, "%s%*s%s\n", title, blanks > 1 ? blanks : 1, "", clean);
	report->printed = true;
	free(clean);
}

static bool is_prose(const struct report *report)
{
	return report->format == OUTPUT_TEXT || report->format == OUTPUT_MARKDOWN;
}

void report_text(struct report *report, const char *key, const char *title, const char *value)
{
	if (report->format == OUTPUT_JSON)
		output_json_string(&report->json, key, value);
	else if (is_prose(report) && title && value)
		print_fact(report, title, value);
}

void report_number(struct report *report, const char *key, const char *title, double value,
		   int decimals)
{
	char shown[64];

	if (report->format == OUTPUT_JSON) {
		output_json_number(&report->json, key, value);
	} else if (is_prose(report) && title && isfinite(value)) {
		snprintf(shown, sizeof shown, "%.*f", decimals, value);
		print_fact(report, title, shown);
	}
}

void report_table(struct report *report, const char *key, const char *title,
		  const struct table *table, enum table_role role)
{
	if (report->format == OUTPUT_JSON) {
		table_write_json(table, &report->json, key);
	} else if (report->format == OUTPUT_CSV && role == TABLE_MAIN) {
		table_print_csv(table, report->out, !report->csv_head);
		report->csv_head = true;
	} else if (report->format == OUTPUT_TEXT && table_rows(table)) {
		if (report->printed)
			text_append(report->out, "\n");
		if (title)
			text_append_format(report->out, "%s\n", title);
		table_print(table, report->out, report->utf8);
		report->printed = true;
	}
	if (report->format == OUTPUT_MARKDOWN && table_rows(table)) {
		text_append_format(report->out, "%s## %s\n\n", report->printed ? "\n" : "", title ? title : key);
		table_print_markdown(table, report->out);
		report->printed = true;
	}
	send(report);
}

void report_list_begin(struct report *report, const char *key)
{
	if (report->format == OUTPUT_JSON)
		output_json_begin(&report->json, key, '[', JSON_LINES);
}

void report_item_begin(struct report *report)
{
	if (report->format == OUTPUT_JSON)
		output_json_begin(&report->json, NULL, '{', JSON_LINES);
	else if (report->format == OUTPUT_TEXT && report->printed)
		text_append(report->out, "\n");
}

void report_item_end(struct report *report)
{
	if (report->format == OUTPUT_JSON)
		output_json_end(&report->json, '}');
}

void report_list_end(struct report *report)
{
	if (report->format == OUTPUT_JSON)
		output_json_end(&report->json, ']');
}
