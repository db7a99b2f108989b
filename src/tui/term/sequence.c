#include "term/sequence.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "settings/keys.h"
#include "stemma/base/utf8.h"

#define ESCAPE 27
#define BELL 7
#define CANCEL 0x18
#define SUBSTITUTE 0x1A
#define PASTE_END "[201~"
#define OLD_MOUSE_LENGTH 3 /* characters after ESC [ M */

/* ---- what they mean ------------------------------------------------------------------ */

static const struct {
	char final;
	int input;
} letters[] = {
	{'A', INPUT_UP}, {'B', INPUT_DOWN}, {'C', INPUT_RIGHT}, {'D', INPUT_LEFT}, {'H', INPUT_HOME},
	{'F', INPUT_END}, {'Z', INPUT_SHIFT_TAB},
};
static const struct {
	int number, input;
} numbers[] = { /* ESC [ number ~ */
	{1, INPUT_HOME}, {7, INPUT_HOME}, {4, INPUT_END}, {8, INPUT_END}, {2, INPUT_INSERT}, {3, INPUT_DELETE},
	{5, INPUT_PAGE_UP}, {6, INPUT_PAGE_DOWN}, {11, INPUT_F1}, {12, INPUT_F2}, {13, INPUT_F3}, {14, INPUT_F4},
	{15, INPUT_F5}, {17, INPUT_F6}, {18, INPUT_F7}, {19, INPUT_F8}, {20, INPUT_F9}, {21, INPUT_F10},
};
/* ESC O and a letter: the keypad's other mode. */
static const struct {
	char final;
	int input;
} keypad[] = {
	{'M', INPUT_ENTER}, {'I', INPUT_TAB}, {' ', ' '}, {'P', INPUT_F1}, {'Q', INPUT_F2}, {'R', INPUT_F3},
	{'S', INPUT_F4}, {'X', '='}, {'j', '*'}, {'k', '+'}, {'l', ','}, {'m', '-'}, {'n', '.'}, {'o', '/'},
};

static int letter_key(char final)
{
	for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
		if (letters[i].final == final)
			return letters[i].input;
	return INPUT_NONE;
}

static int keypad_key(char final)
{
	if (final >= 'p' && final <= 'y')
		return '0' + final - 'p';
	for (size_t i = 0; i < sizeof keypad / sizeof *keypad; i++)
		if (keypad[i].final == final)
			return keypad[i].input;
	return letter_key(final);
}

static int number_key(int number)
{
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		if (numbers[i].number == number)
			return numbers[i].input;
	return INPUT_NONE;
}

#define MOUSE_MOTION 32
#define MOUSE_WHEEL 64

/* "<0;10;7M" of mode 1006; buttons other than the first and the wheel mean nothing. */
static int read_mouse(struct sequence *sequence)
{
	const char final = sequence->bytes[sequence->count - 1];
	int button, column, row;

	if ((final != 'M' && final != 'm') || sscanf(sequence->bytes, "[<%d;%d;%d", &button, &column, &row) != 3)
		return INPUT_NONE;
	int number = button & 3, modifiers = 4 | 8 | 16;
	button &= ~modifiers;
	if (button >= 2 * MOUSE_WHEEL || number > (button & MOUSE_WHEEL ? 1 : 0) || row < 1 || column < 1)
		return INPUT_NONE;
	sequence->mouse = (struct mouse){
		.row = row - 1,
		.column = column - 1,
		.wheel = !(button & MOUSE_WHEEL) ? 0 : number == 0 ? -1 : 1,
		.motion = (button & MOUSE_MOTION) != 0,
		.release = final == 'm',
	};
	return INPUT_MOUSE;
}

/* Of ESC [ with its parameters; modifiers, as in ESC [ 1 ; 5 A, are passed over. */
static int csi_key(struct sequence *sequence)
{
	const char *parameters = sequence->bytes + 1;
	char final = sequence->bytes[sequence->count - 1];

	if (*parameters == '<')
		return read_mouse(sequence);
	if (*parameters >= '<' && *parameters <= '?')
		return INPUT_NONE;
	if (final == '~')
		return number_key(atoi(parameters));
	if (sequence->count == 2 && final >= 'P' && final <= 'S')
		return INPUT_F1 + (final - 'P');
	return letter_key(final);
}

/* ---- reading them ------------------------------------------------------------------------ */

static void enter(struct sequence *sequence, enum sequence_state state)
{
	sequence->state = state;
	sequence->count = 0;
}

static void keep(struct sequence *sequence, int character)
{
	if (sequence->count == SEQUENCE_MAX)
		sequence->count--; /* the final one counts */
	sequence->bytes[sequence->count++] = character > 0 && character < 0x7F ? (char)character : '?';
	sequence->bytes[sequence->count] = '\0';
}

/* Ends with a key, or with none. */
static bool end_with(struct sequence *sequence, int key, int *input)
{
	enter(sequence, SEQUENCE_NONE);
	*input = key;
	return key != INPUT_NONE;
}

static bool take_first(struct sequence *sequence, int character, int *input)
{
	if (character != ESCAPE) {
		*input = character;
		return true;
	}
	enter(sequence, SEQUENCE_ESCAPE);
	return false;
}

static bool take_second(struct sequence *sequence, int character, int *input)
{
	keep(sequence, character);
	switch (character) {
	case '[': sequence->state = SEQUENCE_CSI; return false;
	case 'O': sequence->state = SEQUENCE_SS3; return false;
	case ']': case 'P': case '_': case '^': case 'X': sequence->state = SEQUENCE_STRING; return false;
	case ESCAPE: enter(sequence, SEQUENCE_ESCAPE); break; /* the first was a key */
	default:
		sequence->waiting[sequence->waiting_count++] = character;
		enter(sequence, SEQUENCE_NONE);
	}
	*input = ESCAPE;
	return true;
}

static bool take_csi(struct sequence *sequence, int character, int *input)
{
	keep(sequence, character);
	if (character == ESCAPE) {
		enter(sequence, SEQUENCE_ESCAPE);
		return false;
	}
	if (character == '[' && sequence->count == 2) { /* a function key of linux */
		enter(sequence, SEQUENCE_SKIP);
		sequence->skip = 1;
		return false;
	}
	if (character == 'M' && sequence->count == 2) {
		enter(sequence, SEQUENCE_SKIP);
		sequence->skip = OLD_MOUSE_LENGTH;
		return false;
	}
	if (character >= 0x20 && character < 0x40)
		return false;
	if (character == '~' && strcmp(sequence->bytes, "[200~") == 0) {
		enter(sequence, SEQUENCE_PASTE);
		text_clear(&sequence->paste);
		return false;
	}
	return end_with(sequence, csi_key(sequence), input);
}

/* A string ends with BEL or ESC \; what gives it up ends it, too. */
static void take_string(struct sequence *sequence, int character)
{
	if (sequence->state == SEQUENCE_STRING_ESCAPE && character == '\\')
		enter(sequence, SEQUENCE_NONE);
	else if (character == ESCAPE)
		sequence->state = SEQUENCE_STRING_ESCAPE;
	else if (character == BELL || character == CANCEL || character == SUBSTITUTE)
		enter(sequence, SEQUENCE_NONE);
	else
		sequence->state = SEQUENCE_STRING, keep(sequence, character);
}

/* Blanks for line ends and tabs, one for several. */
static void keep_pasted(struct text *paste, int character)
{
	char bytes[INPUT_NAME_SIZE];
	bool blank = character == ' ' || character == '\n' || character == '\r' || character == '\t';

	if (paste->length + sizeof bytes > PASTE_MAX)
		return;
	if (blank) {
		if (paste->length > 0 && paste->bytes[paste->length - 1] != ' ')
			text_append(paste, " ");
		return;
	}
	if (character < ' ' || character == 0x7F)
		return;
	input_name(character, bytes);
	if (utf8_is_clean(bytes))
		text_append(paste, bytes);
}

static bool take_pasted(struct sequence *sequence, int character, int *input)
{
	if (character == ESCAPE) {
		enter(sequence, SEQUENCE_PASTE_ESCAPE);
		return false;
	}
	if (sequence->state == SEQUENCE_PASTE) {
		keep_pasted(&sequence->paste, character);
		return false;
	}
	keep(sequence, character);
	if (strcmp(sequence->bytes, PASTE_END) == 0)
		return end_with(sequence, INPUT_PASTE, input);
	if (strncmp(sequence->bytes, PASTE_END, sequence->count) != 0) {
		for (size_t i = 0; i < sequence->count; i++)
			keep_pasted(&sequence->paste, sequence->bytes[i]);
		enter(sequence, SEQUENCE_PASTE);
	}
	return false;
}

bool sequence_take(struct sequence *sequence, int character, int *input)
{
	switch (sequence->state) {
	case SEQUENCE_NONE: return take_first(sequence, character, input);
	case SEQUENCE_ESCAPE: return take_second(sequence, character, input);
	case SEQUENCE_CSI: return take_csi(sequence, character, input);
	case SEQUENCE_SS3:
		if (character >= '0' && character <= '9') /* modifiers */
			return false;
		return end_with(sequence, character < 0x7F ? keypad_key((char)character) : INPUT_NONE, input);
	case SEQUENCE_STRING:
	case SEQUENCE_STRING_ESCAPE: take_string(sequence, character); return false;
	case SEQUENCE_SKIP:
		if (--sequence->skip == 0)
			enter(sequence, SEQUENCE_NONE);
		return false;
	default: return take_pasted(sequence, character, input);
	}
}

bool sequence_waiting(struct sequence *sequence, int *input)
{
	if (sequence->waiting_count == 0)
		return false;
	*input = sequence->waiting[0];
	sequence->waiting[0] = sequence->waiting[1];
	sequence->waiting_count--;
	return true;
}

bool sequence_pause(struct sequence *sequence, int *input)
{
	bool introduced = sequence->count == 1 && sequence->state != SEQUENCE_PASTE_ESCAPE;

	if (sequence->state != SEQUENCE_ESCAPE && !introduced)
		return false;
	if (introduced)
		sequence->waiting[sequence->waiting_count++] = sequence->bytes[0];
	return end_with(sequence, ESCAPE, input);
}

void sequence_abandon(struct sequence *sequence)
{
	enter(sequence, SEQUENCE_NONE);
}

const char *sequence_paste(const struct sequence *sequence)
{
	return text_string(&sequence->paste);
}

void sequence_free(struct sequence *sequence)
{
	text_free(&sequence->paste);
}
