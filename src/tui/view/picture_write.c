/* Writing the picture of a view to a file. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "browser.h"
#include "settings/words.h"
#include "stemma/base/write_file.h"

#define NAME_MAX_LENGTH 60

const struct picture *picture_here(struct browser *browser)
{
	const struct view_ops *ops = view_ops(browser_view(browser));

	return ops->picture ? ops->picture(browser) : NULL;
}

static void write_picture(struct browser *browser, const char *path, bool replace)
{
	const struct picture *picture = picture_here(browser);
	struct error error = {0};
	struct text text = {0};

	if (!picture)
		return;
	picture_svg(picture, &text);
	if (write_file(path, &text, replace, &error) != STATUS_OK)
		browser_failure(browser, &error);
	else
		browser_message(browser, "written to %s", path);
	text_free(&text);
}

static void overwrite_accepted(struct browser *browser, const char *text)
{
	if (*text == 'y' || *text == 'Y')
		write_picture(browser, browser->output, true);
	else
		browser_message(browser, "%s left as it is", browser->output);
}

static const struct prompt_ops overwrite_prompt = {
	.label = "the file exists; overwrite it? (y/n) ",
	.accepted = overwrite_accepted,
	.one_key = true,
};

static void write_accepted(struct browser *browser, const char *text)
{
	struct stat status;

	if (!*text)
		return;
	free(browser->output);
	browser->output = words_expand(text);
	if (stat(browser->output, &status) != 0)
		write_picture(browser, browser->output, false);
	else if (S_ISREG(status.st_mode))
		prompt_open(browser, &overwrite_prompt, "");
	else
		browser_message(browser, "%s is not a regular file", text);
}

static const struct prompt_ops write_prompt = {
	.label = "write SVG to: ",
	.accepted = write_accepted,
};

/* "ifeval-by-size.svg": its title in the letters that every file system has. */
static void append_name(const struct picture *picture, struct text *out)
{
	for (const char *c = picture->title; *c && out->length < NAME_MAX_LENGTH; c++) {
		const char letter[2] = {(char)tolower((unsigned char)*c), '\0'};
		if (isalnum((unsigned char)*c) && (unsigned char)*c < 0x80)
			text_append(out, letter);
		else if (out->length > 0 && out->bytes[out->length - 1] != '-')
			text_append(out, "-");
	}
	while (out->length > 0 && out->bytes[out->length - 1] == '-')
		out->bytes[--out->length] = '\0';
	text_append(out, ".svg");
}

void picture_ask_write(struct browser *browser)
{
	const struct picture *picture = picture_here(browser);
	struct text name = {0};

	append_name(picture, &name);
	prompt_open(browser, &write_prompt, text_string(&name));
	text_free(&name);
}
