#include "settings/theme.h"

#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define B STYLE_BOLD
#define D STYLE_FAINT
#define U STYLE_UNDERLINED

/* attributes, colour of 8, of 16, of 256 */
static const struct style_info dark[STYLE_COUNT] = {
	[STYLE_TEXT] = {0, -1, -1, -1},
	[STYLE_DIM] = {D, -1, 8, 244},
	[STYLE_STRONG] = {B, -1, -1, -1},
	[STYLE_TITLE] = {B, 6, 6, 32},
	[STYLE_BORDER] = {0, 4, 8, 240},
	[STYLE_FOCUS] = {B, 6, 6, 32},
	[STYLE_KEY] = {B, 6, 6, 32},
	[STYLE_MARK] = {B, 3, 11, 172},
	[STYLE_MERGE] = {0, 5, 5, 133},
	[STYLE_KIN] = {B, 2, 2, 36},
	[STYLE_SCORE] = {0, -1, -1, -1},
	[STYLE_BAR] = {0, 6, 6, 32},
	[STYLE_POINT] = {B, 6, 14, 32},
	[STYLE_PUBLISHED] = {B, 3, 11, 172},
	[STYLE_GOOD] = {B, 2, 2, 36},
	[STYLE_BAD] = {B, 1, 9, 166},
	[STYLE_MATCH] = {U, 3, 11, 172},
	[STYLE_PROGRESS] = {B, 6, 6, 32},
};

/* Darker twins of the same hues: at least 4.5 to 1 against white. */
static const struct style_info light[STYLE_COUNT] = {
	[STYLE_TEXT] = {0, -1, -1, -1},
	[STYLE_DIM] = {D, -1, 8, 241},
	[STYLE_STRONG] = {B, -1, -1, -1},
	[STYLE_TITLE] = {B, 4, 4, 25},
	[STYLE_BORDER] = {0, 4, 8, 243},
	[STYLE_FOCUS] = {B, 4, 4, 25},
	[STYLE_KEY] = {B, 4, 4, 25},
	[STYLE_MARK] = {B, 1, 1, 94},
	[STYLE_MERGE] = {0, 5, 5, 90},
	[STYLE_KIN] = {B, 4, 4, 23},
	[STYLE_SCORE] = {0, -1, -1, -1},
	[STYLE_BAR] = {0, 4, 4, 25},
	[STYLE_POINT] = {B, 4, 4, 25},
	[STYLE_PUBLISHED] = {B, 1, 1, 94},
	[STYLE_GOOD] = {B, 4, 4, 23},
	[STYLE_BAD] = {B, 1, 1, 124},
	[STYLE_MATCH] = {U, 1, 1, 94},
	[STYLE_PROGRESS] = {B, 4, 4, 25},
};

/* The eight that every colour terminal has, on any ground: attributes do what
 * shades cannot. */
static const struct style_info eight[STYLE_COUNT] = {
	[STYLE_TEXT] = {0, -1, -1, -1},
	[STYLE_DIM] = {0, -1, -1, -1},
	[STYLE_STRONG] = {B, -1, -1, -1},
	[STYLE_TITLE] = {B, 6, 6, 6},
	[STYLE_BORDER] = {0, 4, 4, 4},
	[STYLE_FOCUS] = {B, 6, 6, 6},
	[STYLE_KEY] = {B, 6, 6, 6},
	[STYLE_MARK] = {B, 3, 3, 3},
	[STYLE_MERGE] = {0, 5, 5, 5},
	[STYLE_KIN] = {B, 2, 2, 2},
	[STYLE_SCORE] = {0, -1, -1, -1},
	[STYLE_BAR] = {0, 6, 6, 6},
	[STYLE_POINT] = {B, 6, 6, 6},
	[STYLE_PUBLISHED] = {B, 3, 3, 3},
	[STYLE_GOOD] = {B, 2, 2, 2},
	[STYLE_BAD] = {B, 1, 1, 1},
	[STYLE_MATCH] = {U, 3, 3, 3},
	[STYLE_PROGRESS] = {B, 6, 6, 6},
};

/* Also what a terminal without colours shows. */
static const struct style_info mono[STYLE_COUNT] = {
	[STYLE_TEXT] = {0, -1, -1, -1},
	[STYLE_DIM] = {D, -1, -1, -1},
	[STYLE_STRONG] = {B, -1, -1, -1},
	[STYLE_TITLE] = {B, -1, -1, -1},
	[STYLE_BORDER] = {D, -1, -1, -1},
	[STYLE_FOCUS] = {B, -1, -1, -1},
	[STYLE_KEY] = {B, -1, -1, -1},
	[STYLE_MARK] = {B, -1, -1, -1},
	[STYLE_MERGE] = {0, -1, -1, -1},
	[STYLE_KIN] = {B, -1, -1, -1},
	[STYLE_SCORE] = {0, -1, -1, -1},
	[STYLE_BAR] = {0, -1, -1, -1},
	[STYLE_POINT] = {B, -1, -1, -1},
	[STYLE_PUBLISHED] = {B, -1, -1, -1},
	[STYLE_GOOD] = {B, -1, -1, -1},
	[STYLE_BAD] = {B, -1, -1, -1},
	[STYLE_MATCH] = {U, -1, -1, -1},
	[STYLE_PROGRESS] = {B, -1, -1, -1},
};

const struct style_info *theme_style(enum theme theme, enum style style)
{
	static const struct style_info *const themes[] = {
		[THEME_DARK] = dark,
		[THEME_LIGHT] = light,
		[THEME_EIGHT] = eight,
		[THEME_MONO] = mono,
	};

	return &themes[theme][style];
}

/* ---- colours in words ---------------------------------------------------------- */

/* Attributes, then "default", then the colours 0 to 15. */
const char *const style_words[] = {
	"bold", "dim", "underline", "reverse", "default",
	"black", "red", "green", "yellow", "blue", "magenta", "cyan", "white",
	"bright-black", "bright-red", "bright-green", "bright-yellow", "bright-blue",
	"bright-magenta", "bright-cyan", "bright-white", NULL
};
#define ATTRIBUTE_WORDS 4
#define DEFAULT_WORD 4

/* Red, green and blue of one of 256 colours as xterm has them. */
static void color_mixture(int color, int mixture[3])
{
	static const int steps[] = {0, 95, 135, 175, 215, 255};

	for (int i = 0; i < 3; i++) {
		int bit = color >> i & 1;
		if (color == 7 || color == 8)
			mixture[i] = color == 7 ? 229 : 127;
		else if (color < 16)
			mixture[i] = bit * (color < 8 ? 205 : 255);
		else if (color < 232)
			mixture[i] = steps[(color - 16) / (i == 0 ? 36 : i == 1 ? 6 : 1) % 6];
		else
			mixture[i] = 8 + 10 * (color - 232);
	}
}

static short nearest_color(int color, int count)
{
	int wanted[3], other[3], least = INT_MAX;
	short found = 0;

	if (color < count)
		return (short)color;
	color_mixture(color, wanted);
	for (int i = 0; i < count; i++) {
		int distance = 0;
		color_mixture(i, other);
		for (int j = 0; j < 3; j++)
			distance += (wanted[j] - other[j]) * (wanted[j] - other[j]);
		if (distance < least) {
			least = distance;
			found = (short)i;
		}
	}
	return found;
}

/* 0 to 255, -1 for the default, -2 when the word is no colour. */
static int color_parse(const char *word)
{
	char *end;
	long number = strtol(word, &end, 10);

	for (int i = DEFAULT_WORD; style_words[i]; i++)
		if (!strcmp(style_words[i], word))
			return i - DEFAULT_WORD - 1;
	return *word < '0' || *word > '9' || *end || number > 255 ? -2 : (int)number;
}

static bool parse_word(const char *word, struct style_info *style, bool *colored)
{
	for (int i = 0; i < ATTRIBUTE_WORDS; i++)
		if (!strcmp(style_words[i], word)) {
			style->attributes |= 1u << i;
			return true;
		}
	int color = color_parse(word);
	if (color < -1 || *colored)
		return false;
	*colored = true;
	style->of256 = (short)color;
	style->of16 = color < 0 ? -1 : nearest_color(color, 16);
	style->of8 = color < 0 ? -1 : nearest_color(color, 8);
	return true;
}

bool style_parse(const char *words, struct style_info *style)
{
	bool colored = false;

	*style = (struct style_info){0, -1, -1, -1};
	for (words += strspn(words, " "); *words; words += strspn(words, " ")) {
		char word[24];
		size_t length = strcspn(words, " ");
		if (length >= sizeof word)
			return false;
		memcpy(word, words, length);
		word[length] = '\0';
		if (!parse_word(word, style, &colored))
			return false;
		words += length;
	}
	return true;
}
