/* Keys: numbers and names of what can be pressed. */
#ifndef STEMMA_TUI_KEYS_H
#define STEMMA_TUI_KEYS_H

#include <stdbool.h>
#include <stddef.h>

/* Keys that are not characters. X(symbol, name) */
#define INPUT_TABLE(X) \
	X(UP, "up") \
	X(DOWN, "down") \
	X(LEFT, "left") \
	X(RIGHT, "right") \
	X(PAGE_UP, "pgup") \
	X(PAGE_DOWN, "pgdn") \
	X(HOME, "home") \
	X(END, "end") \
	X(INSERT, "insert") \
	X(DELETE, "delete") \
	X(BACKSPACE, "backspace") \
	X(SHIFT_TAB, "shift-tab") \
	X(F1, "F1") \
	X(F2, "F2") \
	X(F3, "F3") \
	X(F4, "F4") \
	X(F5, "F5") \
	X(F6, "F6") \
	X(F7, "F7") \
	X(F8, "F8") \
	X(F9, "F9") \
	X(F10, "F10")

/* A character is its code point (Ctrl-A is 1, Enter 13); the others follow
 * after the last code point. */
enum input {
	INPUT_NONE = -1,
	INPUT_ESCAPE = 27,
	INPUT_ENTER = 13,
	INPUT_TAB = 9,
	INPUT_FIRST = 0x110000,
#define X(symbol, name) INPUT_##symbol,
	INPUT_TABLE(X)
#undef X
	INPUT_LAST
};

#define INPUT_NAME_SIZE 16

/* The key of a name ("j", "space", "ctrl-o", "F1"), INPUT_NONE when there is
 * none. */
int input_parse(const char *name);
/* Its name, in a buffer of INPUT_NAME_SIZE bytes. */
void input_name(int input, char *buffer);
/* Whether `input` is one of the keys in a list separated by blanks. */
bool input_in(int input, const char *keys);

#endif
