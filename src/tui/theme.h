/* Theme: what each kind of text looks like at 0, 8, 16 and 256 colours.
 *
 * The colours are from the palette of Okabe and Ito (2008), which people with
 * any common colour vision tell apart; all are readable on light and on dark
 * ground.  Nothing is told by colour alone. */
#ifndef STEMMA_TUI_THEME_H
#define STEMMA_TUI_THEME_H

/* Attributes, one letter each: b bold, d dim, u underlined, r reversed.
 * X(symbol, attributes without colour, with 8 colours, colour of 8, of 16, of 256)
 * -1 = the terminal's own. */
#define STYLE_TABLE(X) \
	X(TEXT, "", "", -1, -1, -1) \
	X(DIM, "d", "d", -1, 8, 244) \
	X(STRONG, "b", "b", -1, -1, -1) \
	X(TITLE, "b", "b", 6, 6, 32) \
	X(BORDER, "d", "", 4, 8, 240) \
	X(FOCUS, "b", "b", 6, 6, 32) \
	X(KEY, "b", "b", 6, 6, 32) \
	X(MARK, "b", "b", 3, 11, 172) \
	X(MERGE, "", "", 5, 5, 133) \
	X(KIN, "b", "b", 2, 2, 36) \
	X(SCORE, "", "", -1, -1, -1) \
	X(BAR, "", "", 6, 6, 32) \
	X(POINT, "b", "b", 6, 14, 32) \
	X(PUBLISHED, "b", "b", 3, 11, 172) \
	X(GOOD, "b", "b", 2, 2, 36) \
	X(BAD, "b", "b", 1, 9, 166) \
	X(MATCH, "u", "u", 3, 11, 172) \
	X(PROGRESS, "b", "b", 6, 6, 32)
enum style {
#define X(symbol, ...) STYLE_##symbol,
	STYLE_TABLE(X)
#undef X
	STYLE_COUNT
};

struct style_info {
	const char *mono, *attributes;
	short of8, of16, of256;
};
const struct style_info *style_info(enum style style);

#endif
