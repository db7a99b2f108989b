/* Theme: what each kind of text looks like at 0, 8, 16 and 256 colours.
 *
 * The colours of dark and light are near the palette of Okabe and Ito (2008),
 * which people with any common colour vision tell apart.  Nothing is told by
 * colour alone. */
#ifndef STEMMA_TUI_THEME_H
#define STEMMA_TUI_THEME_H

#include <stdbool.h>

/* X(symbol, name, what it is for) */
#define STYLE_TABLE(X) \
	X(TEXT, "text", "most of the text") \
	X(DIM, "dim", "what matters less") \
	X(STRONG, "strong", "messages, names set off") \
	X(TITLE, "title", "headings") \
	X(BORDER, "border", "frames and branches") \
	X(FOCUS, "focus", "frame and title of the pane that keys go to") \
	X(KEY, "key", "keys in hints and help") \
	X(MARK, "mark", "pick marks, best parents") \
	X(MERGE, "merge", "marks of merges and links") \
	X(KIN, "kin", "marks of ancestors and descendants") \
	X(SCORE, "score", "scores in the tree") \
	X(BAR, "bar", "interval bars") \
	X(POINT, "point", "predicted scores in bars") \
	X(PUBLISHED, "published", "published scores in bars") \
	X(GOOD, "good", "better than the best parent") \
	X(BAD, "bad", "failures, warnings and what does not fit") \
	X(MATCH, "match", "what a search found") \
	X(PROGRESS, "progress", "progress of work beside the screen")
enum style {
#define X(symbol, ...) STYLE_##symbol,
	STYLE_TABLE(X)
#undef X
	STYLE_COUNT
};

enum style_attribute {
	STYLE_BOLD = 1,
	STYLE_FAINT = 2,
	STYLE_UNDERLINED = 4,
	STYLE_REVERSED = 8
};

struct style_info {
	unsigned int attributes;
	short of8, of16, of256; /* -1 = the terminal's own */
};

/* In the order of enum theme. */
#define THEME_WORDS "dark light eight mono"
enum theme { THEME_DARK, THEME_LIGHT, THEME_EIGHT, THEME_MONO };

const struct style_info *theme_style(enum theme theme, enum style style);

/* The words for attributes and colours, NULL at the end. */
extern const char *const style_words[];
/* Reads words such as "bold red" or "underline 172"; false when a word is
 * none, or a second colour.  A colour of 256 is also brought to the nearest of
 * 16 and of 8. */
bool style_parse(const char *words, struct style_info *style);

#endif
