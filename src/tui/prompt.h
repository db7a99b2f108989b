/* Prompt: one line of input on the last row. */
#ifndef STEMMA_TUI_PROMPT_H
#define STEMMA_TUI_PROMPT_H

#include <stdbool.h>
#include <stddef.h>

#include "stemma/base/text.h"
#include "term/screen.h"

struct browser;

/* One line of input on the last row. */
struct prompt_ops {
	const char *label;
	void (*changed)(struct browser *browser, const char *text);  /* may be NULL */
	void (*accepted)(struct browser *browser, const char *text);
	void (*cancelled)(struct browser *browser);                  /* may be NULL */
	/* Before anything else; true when it was its own (may be NULL). */
	bool (*key)(struct browser *browser, int input);
	void (*draw)(struct browser *browser, const struct area *last_row); /* may be NULL */
	bool one_key;                                                /* y or n */
};
struct prompt {
	const struct prompt_ops *ops; /* NULL = none is open */
	struct text text;
	size_t place; /* byte under the cursor */
	struct text note; /* beside the text: what it means so far, or what is wrong with it */
	bool note_bad;
	int note_rows;    /* that it took above the prompt */
};

void prompt_open(struct browser *browser, const struct prompt_ops *ops, const char *text);
void prompt_key(struct browser *browser, int input);
/* Takes what was pasted, a line. */
void prompt_paste(struct browser *browser, const char *text);
/* Replaces the text; the cursor goes to its end. */
void prompt_set(struct browser *browser, const char *text);
void prompt_draw(struct browser *browser, const struct area *area);
/* Until the next key. */
void prompt_note(struct browser *browser, bool bad, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
