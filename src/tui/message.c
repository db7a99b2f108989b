/* Messages: what is told on the last row and kept for the view of them. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "browser.h"
#include "stemma/base/memory.h"
#include "stemma/base/utf8.h"

static void forget_passing(struct browser *browser)
{
	size_t last = browser->message_count - 1;

	if (browser->message_count == 0 || !browser->messages[last].passing)
		return;
	if (browser->message_shown == last)
		browser_hide_message(browser);
	free(browser->messages[last].text);
	browser->message_count--;
}

void browser_note(struct browser *browser, const char *text, bool failure)
{
	forget_passing(browser);
	browser->messages = memory_grow(browser->messages, browser->message_count,
					&browser->message_capacity, sizeof *browser->messages);
	browser->messages[browser->message_count++] = (struct message){
		.text = utf8_sanitize(text),
		.failure = failure,
		.when = time(NULL),
	};
}

const struct message *browser_shown_message(const struct browser *browser)
{
	return browser->message_shown == MESSAGE_NONE ? NULL : &browser->messages[browser->message_shown];
}

void browser_show_message(struct browser *browser)
{
	const struct message *shown = browser_shown_message(browser);
	size_t latest = browser->message_count - 1;

	if (!shown || !shown->failure || browser->messages[latest].failure)
		browser->message_shown = latest;
}

void browser_hide_message(struct browser *browser)
{
	browser->message_shown = MESSAGE_NONE;
}

void browser_tell(struct browser *browser, const char *text, bool failure)
{
	browser_note(browser, text, failure);
	browser_show_message(browser);
}

static void tell_words(struct browser *browser, const char *format, va_list arguments)
	__attribute__((format(printf, 2, 0)));
static void tell_words(struct browser *browser, const char *format, va_list arguments)
{
	char line[768];

	vsnprintf(line, sizeof line, format, arguments);
	browser_tell(browser, line, false);
}

void browser_message(struct browser *browser, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	tell_words(browser, format, arguments);
	va_end(arguments);
}

void browser_remark(struct browser *browser, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	tell_words(browser, format, arguments);
	va_end(arguments);
	browser->messages[browser->message_count - 1].passing = true;
}

void browser_failure(struct browser *browser, const struct error *error)
{
	char line[1024];

	error_format(error, line, sizeof line);
	browser_tell(browser, line, true);
}
