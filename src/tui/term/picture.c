/* Pictures on the screen. */
#include <stdlib.h>
#include <string.h>

#include "stemma/base/memory.h"
#include "term/screen.h"

/* The console of Linux has no braille. */
static enum picture_signs signs_of(const struct screen *screen)
{
	const char *terminal = getenv("TERM");

	if (screen_is_ascii(screen))
		return PICTURE_ASCII;
	return terminal && strcmp(terminal, "linux") == 0 && !screen_is_headless(screen) ? PICTURE_BLOCKS : PICTURE_BRAILLE;
}

void draw_picture(struct screen *screen, const struct area *area, const struct picture *picture)
{
	static const enum style styles[] = {
		[PICTURE_TEXT] = STYLE_TEXT,  [PICTURE_DIM] = STYLE_DIM,   [PICTURE_FRAME] = STYLE_BORDER,
		[PICTURE_POINT] = STYLE_POINT, [PICTURE_BEST] = STYLE_MARK, [PICTURE_GOOD] = STYLE_GOOD,
		[PICTURE_BAD] = STYLE_BAD,
	};

	if (area->width < 1 || area->height < 1)
		return;
	struct picture_cell *cells = memory_allocate((size_t)area->width * (size_t)area->height, sizeof *cells);
	picture_draw(picture, area->width, area->height, signs_of(screen), cells);
	for (int i = 0; i < area->width * area->height; i++)
		if (strcmp(cells[i].text, " ") != 0)
			draw_text(screen, area, i / area->width, i % area->width, styles[cells[i].look], cells[i].text);
	free(cells);
}
