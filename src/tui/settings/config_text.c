/* The options as text: YAML with comments, and entries for the manual. */
#include <string.h>

#include "settings/config_table.h"

static bool takes_list(enum config_type type)
{
	return type == CONFIG_WORDS || type == CONFIG_KEYS;
}

/* What a value may be, for people. */
static void describe_values(const struct config_option *option, struct text *out)
{
	switch (option->type) {
	case CONFIG_BOOL: text_append(out, "yes or no"); break;
	case CONFIG_NUMBER:
		text_append_format(out, "%ld to %ld", option->minimum, option->maximum);
		break;
	case CONFIG_CHOICE: case CONFIG_WORDS:
		for (const char *word = option->words; *word; word += strspn(word, " ")) {
			size_t length = strcspn(word, " ");
			text_append(out, word == option->words ? "" : ", ");
			text_append_bytes(out, word, length);
			word += length;
		}
		break;
	case CONFIG_COLORS: text_append(out, "theme, or attributes and a colour"); break;
	case CONFIG_KEYS: text_append(out, "keys"); break;
	}
}

/* A list keeps to one line; every word is quoted, as many keys are signs that
 * mean something to YAML. */
static void append_value(struct text *out, const struct config_option *option, const char *words)
{
	bool first = true;

	if (!takes_list(option->type)) {
		text_append(out, words);
		return;
	}
	text_append(out, "[");
	for (const char *word = words; *word; word += strspn(word, " "), first = false) {
		size_t length = strcspn(word, " ");
		bool escaped = *word == '"' || *word == '\\';
		text_append_format(out, "%s\"%s%.*s\"", first ? "" : ", ", escaped ? "\\" : "",
				   (int)length, word);
		word += length;
	}
	text_append(out, "]");
}

/* Bytes of the name of the group that an option is in; 0 = none. */
static size_t group_length(const char *name)
{
	const char *dot = strchr(name, '.');

	return dot ? (size_t)(dot - name) : 0;
}

#define LINE_WIDTH 76

/* A paragraph in lines that begin so. */
static void append_lines(struct text *out, const char *beginning, const char *paragraph)
{
	size_t room = LINE_WIDTH - strlen(beginning);

	while (*paragraph) {
		size_t length = strlen(paragraph);
		if (length > room) {
			length = room;
			while (length > 1 && paragraph[length] != ' ')
				length--;
		}
		text_append_format(out, "%s%.*s\n", beginning, (int)length, paragraph);
		paragraph += length;
		paragraph += strspn(paragraph, " ");
	}
}

static void print_option(const struct config *config, int id, struct text *out)
{
	const struct config_option *option = config_option(id);
	size_t group = group_length(option->name);
	const char *before = id > 0 ? config_option(id - 1)->name : "";
	const char *indent = group ? "  " : "";
	struct text comment = {0};

	if (group && (group_length(before) != group || strncmp(before, option->name, group) != 0))
		text_append_format(out, "\n%.*s:\n", (int)group, option->name);
	if (!group)
		text_append(out, "\n");
	text_append(&comment, option->help);
	if (option->type != CONFIG_COLORS && option->type != CONFIG_KEYS) {
		text_append(&comment, " (");
		describe_values(option, &comment);
		text_append(&comment, ")");
	}
	append_lines(out, group ? "  # " : "# ", text_string(&comment));
	text_append_format(out, "%s%s: ", indent, option->name + (group ? group + 1 : 0));
	append_value(out, option, config_words(config, id));
	text_append(out, "\n");
	text_free(&comment);
}

void config_print(const struct config *config, struct text *out)
{
	text_append(out,
		    "# Configuration of stemma; stemma-config(5) explains it.  It is read from\n"
		    "# $XDG_CONFIG_HOME/stemma/config.yaml (or ~/.config/stemma/config.yaml);\n"
		    "# what is left out keeps its default.\n");
	for (int id = 0; id < CONFIG_COUNT; id++)
		print_option(config, id, out);
}

/* ---- manual ------------------------------------------------------------------------ */

/* Words for a macro line of mdoc: signs that roff would take are escaped. */
static void append_roff(struct text *out, const char *words)
{
	for (; *words; words++)
		if (*words == '\\')
			text_append(out, "\\e");
		else if (*words == '\'')
			text_append(out, "\\(aq");
		else if (*words == '"')
			text_append(out, "\\(dq");
		else
			text_append_format(out, strchr("-.[]|()!?,;:", *words) ? "\\&%c" : "%c", *words);
}

static void append_entry(struct text *out, const struct config_option *option)
{
	struct text line = {0};

	text_append_format(out, ".It Cm %s\n", option->name);
	append_roff(&line, option->help);
	text_append(&line, ".");
	append_lines(out, "", text_string(&line));
	text_clear(&line);
	if (option->type != CONFIG_COLORS && option->type != CONFIG_KEYS) {
		text_append(&line, "Values: ");
		describe_values(option, &line);
		text_append(&line, ".");
		append_lines(out, "", text_string(&line));
		text_clear(&line);
	}
	if (option->type != CONFIG_COLORS) {
		text_append(&line, "Default: ");
		append_roff(&line, *option->standard ? option->standard : "none");
		append_lines(out, "", text_string(&line));
	}
	text_free(&line);
}

void config_manual(struct text *out)
{
	for (int id = 0; id < CONFIG_COUNT; id++) {
		if (id == 0)
			text_append(out, ".Sh OPTIONS\n.Bl -tag -width Ds\n");
		else if (id == CONFIG_STYLES)
			text_append(out, ".El\n.Sh COLOURS\nEach of these takes\n.Cm theme\n"
				    "(the default: as the theme has it), or attributes and a colour.\n"
				    ".Bl -tag -width Ds\n");
		else if (id == CONFIG_ACTIONS)
			text_append(out, ".El\n.Sh KEYS\nEach of these takes a list of keys.\n"
				    ".Bl -tag -width Ds\n");
		append_entry(out, config_option(id));
	}
	text_append(out, ".El\n");
}
