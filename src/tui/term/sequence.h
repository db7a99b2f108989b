/* Sequences: what terminals send that is more than a character.  Curses knows the keys
 * of the terminal's description; what it leaves comes here character by character, and
 * becomes a key, a paste, or nothing: answers and reports never act as keys. */
#ifndef STEMMA_TUI_SEQUENCE_H
#define STEMMA_TUI_SEQUENCE_H

#include <stdbool.h>
#include <stddef.h>

#include "stemma/base/text.h"

/* The mouse: wheel -1 up, 1 down, 0 the button; motion comes while it is held. */
#define INPUT_MOUSE 0x200000
struct mouse {
	int row, column, wheel;
	bool motion, release; /* else, without wheel: pressed */
};
/* Not a key: sequence_paste() has what was pasted. */
#define INPUT_PASTE 0x200001
/* Bytes of a paste that are kept; a name or a path is shorter. */
#define PASTE_MAX 4096
#define SEQUENCE_MAX 64 /* characters of one that means anything */

enum sequence_state {
	SEQUENCE_NONE, SEQUENCE_ESCAPE, SEQUENCE_CSI, SEQUENCE_SS3, SEQUENCE_STRING,
	SEQUENCE_STRING_ESCAPE, SEQUENCE_SKIP, SEQUENCE_PASTE, SEQUENCE_PASTE_ESCAPE
};
struct sequence {
	enum sequence_state state;
	char bytes[SEQUENCE_MAX + 1]; /* after the Esc; ends of longer ones are dropped */
	size_t count;
	size_t skip;                  /* characters still to drop */
	int waiting[2];               /* keys to hand out, first first */
	size_t waiting_count;
	struct mouse mouse;
	struct text paste;
};

/* Takes a character; true when *input is a key, INPUT_MOUSE or INPUT_PASTE, false when there is none
 * yet, or it meant nothing. */
bool sequence_take(struct sequence *sequence, int character, int *input);
/* Keys that were typed after all, such as Esc and the one after it. */
bool sequence_waiting(struct sequence *sequence, int *input);
/* Nothing follows for now: a lone Esc, or Esc and [, were keys. */
bool sequence_pause(struct sequence *sequence, int *input);
/* The rest never came: forgets what was begun. */
void sequence_abandon(struct sequence *sequence);
/* Valid until the next character: one line, without control characters. */
const char *sequence_paste(const struct sequence *sequence);
void sequence_free(struct sequence *sequence);

#endif
