/* Writing the sketch to a file. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "browser.h"
#include "settings/words.h"
#include "stemma/app/export.h"
#include "stemma/app/foretold.h"
#include "stemma/base/write_file.h"

/* For the day when it is measured; false when the cache could not take it. */
static bool remember(struct browser *browser, const char *path)
{
	char *name = browser->predicted ? foretold_name(&browser->sketch, path) : NULL;
	struct error error = {0};
	size_t count;
	enum status status = name ? foretold_remember(&browser->sketch, browser->session, &browser->prediction, name, path,
						      &count, &error) : STATUS_OK;

	free(name);
	return status == STATUS_OK;
}

static void write_sketch(struct browser *browser, const char *path, bool replace)
{
	struct error error = {0};
	struct text text = {0};
	enum export_format format = export_format_of(path);

	if (browser->predicted)
		sketch_prediction_complete(&browser->prediction);
	export_sketch(&browser->sketch, browser->session,
		      browser->predicted ? &browser->prediction : NULL, format, &text);
	if (write_file(path, &text, replace, &error) != STATUS_OK)
		browser_failure(browser, &error);
	else if (!remember(browser, path))
		browser_message(browser, "%s written to %s; its prediction is not remembered: the cache is being written",
				export_format_title(format == EXPORT_FORMAT_COUNT ? EXPORT_MERGEKIT : format), path);
	else if (format == EXPORT_MERGEKIT || format == EXPORT_FORMAT_COUNT)
		browser_message(browser, "written to %s: mergekit-yaml %s OUTPUT merges it", path, path);
	else
		browser_message(browser, "%s written to %s", export_format_title(format), path);
	text_free(&text);
}

static void overwrite_accepted(struct browser *browser, const char *text)
{
	if (*text == 'y' || *text == 'Y')
		write_sketch(browser, browser->output, true);
	else
		browser_message(browser, "%s left as it is", browser->output);
}

static const struct prompt_ops overwrite_prompt = {
	.label = "the file exists; overwrite it? (y/n) ",
	.accepted = overwrite_accepted,
	.one_key = true,
};

void edit_write(struct browser *browser, const char *text)
{
	struct stat status;

	if (!*text)
		return;
	if (export_is_table(text, NULL)) {
		browser_message(browser, "a sketch is written as .yml, .md, .dot or .graphml; \"stemma export\""
				" writes tables");
		return;
	}
	free(browser->output);
	browser->output = words_expand(text);
	if (stat(browser->output, &status) != 0)
		write_sketch(browser, browser->output, false);
	else if (S_ISREG(status.st_mode))
		prompt_open(browser, &overwrite_prompt, "");
	else
		browser_message(browser, "%s is not a regular file", text);
}

static const struct prompt_ops write_prompt = {
	.label = "write to (.yml, .md card, .dot, .graphml): ",
	.accepted = edit_write,
};

void write_ask(struct browser *browser)
{
	struct error error = {0};
	char name[96];

	if (sketch_check(&browser->sketch, browser->session->catalog, &error) != STATUS_OK) {
		browser_failure(browser, &error);
		return;
	}
	snprintf(name, sizeof name, "%s-merge.yml", merge_method_info(browser->sketch.now.method)->name);
	prompt_open(browser, &write_prompt, name);
}
