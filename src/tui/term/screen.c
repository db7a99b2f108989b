#include <langinfo.h>
#include <limits.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "settings/config_table.h"
#include "settings/keys.h"
#include "term/screen_private.h"
#include "stemma/base/clock.h"
#include "stemma/base/memory.h"
#include "stemma/base/text.h"
#include "stemma/base/utf8.h"

/* ---- start and end ---------------------------------------------------------- */

static attr_t attributes_of(unsigned int attributes)
{
	return (attributes & STYLE_BOLD ? A_BOLD : A_NORMAL) |
	       (attributes & STYLE_FAINT ? A_DIM : A_NORMAL) |
	       (attributes & STYLE_UNDERLINED ? A_UNDERLINE : A_NORMAL) |
	       (attributes & STYLE_REVERSED ? A_REVERSE : A_NORMAL);
}

/* In the order of the option's words. */
enum color_wish { COLOR_AUTO, COLOR_NEVER, COLOR_ALWAYS };

static bool wants_color(const struct config *config)
{
	const char *no_color = getenv("NO_COLOR");
	long wish = config_number(config, CONFIG_COLOR);

	return wish == COLOR_ALWAYS || (wish == COLOR_AUTO && (!no_color || !*no_color));
}

/* The user's own word, else the theme's. */
static struct style_info wanted_style(const struct screen *screen, const struct config *config,
				      enum style style)
{
	struct style_info info;
	enum theme theme = screen->color ? (enum theme)config_number(config, CONFIG_THEME)
					 : THEME_MONO;
	const char *words = config_words(config, CONFIG_STYLES + (int)style);

	if (strcmp(words, "theme") == 0 || !style_parse(words, &info))
		info = *theme_style(theme, style);
	return info;
}

static void start_styles(struct screen *screen, const struct config *config)
{
	screen->color = wants_color(config) && has_colors() && start_color() == OK;
	if (screen->color)
		use_default_colors();
	for (int style = 0; style < STYLE_COUNT; style++) {
		struct style_info info = wanted_style(screen, config, (enum style)style);
		short color = COLORS >= 256 ? info.of256 : COLORS >= 16 ? info.of16 : info.of8;
		screen->attributes[style] = attributes_of(info.attributes);
		/* Where grey is a colour of its own, dimming it would hide it. */
		if (screen->color && color >= 8)
			screen->attributes[style] &= ~(attr_t)A_DIM;
		if (screen->color && color >= 0) {
			screen->pair[style] = (short)(style + 1);
			init_pair(screen->pair[style], color, -1);
		}
	}
}

/* The terminal's description for a run without one. */
static SCREEN *open_headless(struct screen *screen)
{
	static const char *const types[] = {"xterm-256color", "xterm", "screen", "linux", "vt100"};
	SCREEN *terminal = NULL;

	screen->in = fopen("/dev/null", "r");
	screen->out = fopen("/dev/null", "w");
	for (size_t i = 0; screen->in && screen->out && !terminal &&
			   i < sizeof types / sizeof *types; i++)
		terminal = newterm(types[i], screen->out, screen->in);
	return terminal;
}

/* The terminal as it is: exported LINES and COLUMNS may be those of another window.
 * Where TERM has no description most terminals still take an xterm's. */
static SCREEN *open_real(struct screen *screen)
{
	static const char *const types[] = {"xterm-256color", "xterm", "ansi", "vt100"};
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0) {
		unsetenv("LINES");
		unsetenv("COLUMNS");
	}
	SCREEN *terminal = newterm(NULL, stdout, stdin);
	screen->fallen_back = !terminal;
	for (size_t i = 0; !terminal && i < sizeof types / sizeof *types; i++)
		terminal = newterm(types[i], stdout, stdin);
	return terminal;
}

bool screen_fell_back(const struct screen *screen)
{
	return screen->fallen_back;
}

static enum status check_terminal(struct error *error)
{
	const char *type = getenv("TERM");

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		error_set(error, STATUS_USAGE, "the browser needs a terminal");
		return error_advise(error, "use stemma show, tree or predict for plain text");
	}
	if (!type || !*type || strcmp(type, "dumb") == 0) {
		error_set(error, STATUS_USAGE, "the browser cannot draw on a terminal of type %s",
			  type && *type ? type : "(TERM is not set)");
		return error_advise(error, "set TERM, or use stemma show, tree or predict");
	}
	return STATUS_OK;
}

static enum status open_terminal(struct screen *screen, struct error *error)
{
	enum status status = screen->headless ? STATUS_OK : check_terminal(error);

	if (status != STATUS_OK)
		return status;
	screen->terminal = screen->headless ? open_headless(screen) : open_real(screen);
	if (!screen->terminal) {
		error_set(error, STATUS_USAGE, "no description of terminal type %s",
			  screen->headless ? "xterm" : getenv("TERM"));
		return error_advise(error, "set TERM to a type that is installed here, such as xterm or vt100");
	}
	char *address = tigetstr("cup");
	if (!address || address == (char *)-1) {
		endwin();
		error_set(error, STATUS_USAGE, "terminal type %s cannot move its cursor",
			  getenv("TERM"));
		return error_advise(error, "use stemma show, tree or predict");
	}
	return STATUS_OK;
}

/* In the order of the option's words. */
enum ascii_wish { ASCII_AUTO, ASCII_ALWAYS, ASCII_NEVER };

static bool wants_ascii(const struct config *config)
{
	long wish = config_number(config, CONFIG_ASCII);

	return wish == ASCII_ALWAYS ||
	       (wish == ASCII_AUTO && strcmp(nl_langinfo(CODESET), "UTF-8") != 0);
}

/* Presses, motion with the button held, and places beyond column 223.  Curses would
 * take a press and a release that come together for one event. */
static void report_mouse(const struct screen *screen, bool use)
{
	const char *mouse = tigetstr("kmous");

	if (screen->headless || !mouse || mouse == (const char *)-1)
		return;
	fputs(use ? "\033[?1000h\033[?1002h\033[?1006h" : "\033[?1006l\033[?1002l\033[?1000l", stdout);
	fflush(stdout);
}

void screen_use_mouse(struct screen *screen, bool use)
{
	if (screen->headless)
		return;
	screen->mouse = use;
	report_mouse(screen, use);
}

/* Asks the terminal to say where a paste begins and ends. */
static void mark_pastes(const struct screen *screen, bool use)
{
	if (screen->headless)
		return;
	fputs(use ? "\033[?2004h" : "\033[?2004l", stdout);
	fflush(stdout);
}

/* Gives the terminal back to others. */
static void leave_terminal(struct screen *screen)
{
	mark_pastes(screen, false);
	if (screen->mouse)
		report_mouse(screen, false);
	endwin();
}

enum status screen_open(const struct config *config, bool headless, int rows, int columns,
			struct screen **result, struct error *error)
{
	struct screen *screen = memory_zero(1, sizeof *screen);

	setlocale(LC_CTYPE, "");
	screen->headless = headless;
	screen->ascii = wants_ascii(config);
	screen->clipboard = (enum clipboard)config_number(config, CONFIG_CLIPBOARD);
	enum status status = open_terminal(screen, error);
	if (status != STATUS_OK) {
		screen_close(screen);
		return status;
	}
	set_escdelay((int)config_number(config, CONFIG_ESCAPE_DELAY));
	raw();
	noecho();
	nonl();
	keypad(stdscr, true);
	nodelay(stdscr, true);
	leaveok(stdscr, false);
	keyok(KEY_MOUSE, false);
	screen_use_mouse(screen, config_number(config, CONFIG_MOUSE) != 0);
	mark_pastes(screen, true);
	start_styles(screen, config);
	if (screen->headless)
		screen_resize(screen, rows, columns);
	*result = screen;
	return STATUS_OK;
}

void screen_close(struct screen *screen)
{
	if (!screen)
		return;
	if (screen->terminal) {
		if (!isendwin())
			leave_terminal(screen);
		delscreen(screen->terminal);
	}
	if (screen->in)
		fclose(screen->in);
	if (screen->out)
		fclose(screen->out);
	sequence_free(&screen->sequence);
	free(screen);
}

/* ---- size --------------------------------------------------------------------- */

bool screen_is_ascii(const struct screen *screen)
{
	return screen->ascii;
}

bool screen_is_headless(const struct screen *screen)
{
	return screen->headless;
}

int screen_rows(const struct screen *screen)
{
	(void)screen;
	return getmaxy(stdscr);
}

int screen_columns(const struct screen *screen)
{
	(void)screen;
	return getmaxx(stdscr);
}

void screen_resize(struct screen *screen, int rows, int columns)
{
	(void)screen;
	/* Half of its lines have the old size then. */
	if (resize_term(rows, columns) == ERR)
		memory_exhausted();
}

void screen_measure(struct screen *screen)
{
	struct winsize size;

	if (screen->headless || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 ||
	    size.ws_col == 0)
		return;
	if (resizeterm(size.ws_row, size.ws_col) == ERR)
		memory_exhausted();
	/* resizeterm leaves a KEY_RESIZE in the queue, which nobody needs. */
}

void screen_suspend(struct screen *screen)
{
	struct sigaction stop = {.sa_handler = SIG_DFL}, before;
	sigset_t mask, old_mask;

	if (screen->headless)
		return;
	leave_terminal(screen);
	sigemptyset(&stop.sa_mask);
	sigaction(SIGTSTP, &stop, &before);
	sigemptyset(&mask);
	sigaddset(&mask, SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &mask, &old_mask);
	kill(0, SIGTSTP);
	/* Here the process has been continued. */
	sigprocmask(SIG_SETMASK, &old_mask, NULL);
	sigaction(SIGTSTP, &before, NULL);
	screen_resume(screen);
}

void screen_resume(struct screen *screen)
{
	struct termios modes;

	if (screen->headless)
		return;
	/* Continued in the background, it stops here before it writes anything. */
	if (tcgetattr(STDIN_FILENO, &modes) == 0)
		tcsetattr(STDIN_FILENO, TCSANOW, &modes);
	if (!isendwin())
		reset_prog_mode();
	mark_pastes(screen, true);
	if (screen->mouse)
		report_mouse(screen, true);
	screen_measure(screen);
	screen_redraw(screen);
}

/* ---- frames -------------------------------------------------------------------- */

void screen_begin(struct screen *screen)
{
	erase();
	screen->selected = A_NORMAL;
	screen->cursor_row = screen->cursor_column = 0;
}

void screen_end(struct screen *screen)
{
	move(screen->cursor_row, screen->cursor_column);
	wnoutrefresh(stdscr);
	doupdate();
}

void screen_redraw(struct screen *screen)
{
	(void)screen;
	clearok(curscr, true);
}

void screen_put(struct screen *screen, int row, int column, enum style style, const char *text)
{
	attr_t attributes = screen->attributes[style] | screen->selected;
	short pair = screen->pair[style];

	/* The selected row is one block: dim or coloured text on reversed
	 * ground would make it patchy and hard to read. */
	if (screen->selected & A_REVERSE) {
		attributes &= ~(attr_t)A_DIM;
		pair = 0;
	}
	attr_set(attributes, pair, NULL);
	mvaddstr(row, column, text);
	attr_set(A_NORMAL, 0, NULL);
}

void draw_selected(struct screen *screen, bool selected, bool focus)
{
	screen->selected = !selected ? A_NORMAL : focus ? A_REVERSE : A_UNDERLINE;
}

void draw_cursor(struct screen *screen, const struct area *area, int row, int column)
{
	screen->cursor_row = area->top + row;
	screen->cursor_column = area->left + column;
}

/* ---- input ---------------------------------------------------------------------- */

/* Keys that only the terminal's description names: "kUP5" is Ctrl-Up, which counts as
 * without the modifier, and "kpADD" one of the keypad. */
static int named_key(const char *name)
{
	static const struct {
		const char *name;
		int input;
	} keys[] = {
		{"kUP", INPUT_UP}, {"kDN", INPUT_DOWN}, {"kLFT", INPUT_LEFT}, {"kRIT", INPUT_RIGHT},
		{"kHOM", INPUT_HOME}, {"kEND", INPUT_END}, {"kPRV", INPUT_PAGE_UP}, {"kNXT", INPUT_PAGE_DOWN},
		{"kDC", INPUT_DELETE}, {"kIC", INPUT_INSERT},
		{"kpADD", '+'}, {"kpSUB", '-'}, {"kpMUL", '*'}, {"kpDIV", '/'}, {"kpCMA", ','}, {"kpDOT", '.'},
		{"kpZRO", '0'},
	};

	for (size_t i = 0; name && i < sizeof keys / sizeof *keys; i++)
		if (strncmp(name, keys[i].name, strlen(keys[i].name)) == 0)
			return keys[i].input;
	return INPUT_LAST; /* a key without meaning */
}

static int translate_key(wint_t key)
{
	static const struct {
		wint_t curses;
		int input;
	} keys[] = {
		{KEY_UP, INPUT_UP}, {KEY_DOWN, INPUT_DOWN}, {KEY_LEFT, INPUT_LEFT},
		{KEY_RIGHT, INPUT_RIGHT}, {KEY_PPAGE, INPUT_PAGE_UP}, {KEY_NPAGE, INPUT_PAGE_DOWN},
		{KEY_HOME, INPUT_HOME}, {KEY_END, INPUT_END}, {KEY_IC, INPUT_INSERT},
		{KEY_DC, INPUT_DELETE}, {KEY_BACKSPACE, INPUT_BACKSPACE},
		{KEY_BTAB, INPUT_SHIFT_TAB}, {KEY_ENTER, INPUT_ENTER}, {KEY_SR, INPUT_UP},
		{KEY_SF, INPUT_DOWN}, {KEY_SLEFT, INPUT_LEFT}, {KEY_SRIGHT, INPUT_RIGHT}, {KEY_SHOME, INPUT_HOME},
		{KEY_SEND, INPUT_END}, {KEY_SPREVIOUS, INPUT_PAGE_UP}, {KEY_SNEXT, INPUT_PAGE_DOWN},
		{KEY_SDC, INPUT_DELETE}, {KEY_SIC, INPUT_INSERT}, {KEY_FIND, INPUT_HOME}, {KEY_SELECT, INPUT_END},
		{KEY_A1, INPUT_HOME}, {KEY_A3, INPUT_PAGE_UP}, {KEY_C1, INPUT_END}, {KEY_C3, INPUT_PAGE_DOWN},
	};

	if (key >= KEY_F(1) && key <= KEY_F(10))
		return INPUT_F1 + (int)(key - KEY_F(1));
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (keys[i].curses == key)
			return keys[i].input;
	return named_key(keyname((int)key));
}

/* The rest of a sequence follows at once, or never. */
#define SEQUENCE_SECONDS 0.5

static bool take_character(struct screen *screen, int character, int *input)
{
	double now = clock_seconds();

	if (now - screen->sequence_time > SEQUENCE_SECONDS)
		sequence_abandon(&screen->sequence);
	screen->sequence_time = now;
	return sequence_take(&screen->sequence, character, input);
}

static int plain_key(int character)
{
	if (character == 127 || character == 8)
		return INPUT_BACKSPACE;
	return character == '\n' ? INPUT_ENTER : character;
}

int screen_input(struct screen *screen, struct mouse *mouse)
{
	int input;

	if (screen->headless)
		return INPUT_NONE;
	while (!sequence_waiting(&screen->sequence, &input)) {
		wint_t key;
		int kind = get_wch(&key);
		if (kind == ERR)
			return sequence_pause(&screen->sequence, &input) ? input : INPUT_NONE;
		if (kind == KEY_CODE_YES && screen->sequence.state == SEQUENCE_NONE)
			return translate_key(key);
		/* Within a paste, what looks like a key is none. */
		if (kind != KEY_CODE_YES && take_character(screen, (int)key, &input))
			break;
	}
	if (input == INPUT_MOUSE)
		*mouse = screen->sequence.mouse;
	return plain_key(input);
}

const char *screen_paste(const struct screen *screen)
{
	return sequence_paste(&screen->sequence);
}

/* ---- clipboard and dump ------------------------------------------------------------ */

/* "ESC ] 52 ; c ; base64 BEL" */
static void append_osc52(struct text *out, const char *text)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t length = strlen(text);

	text_append(out, "\033]52;c;");
	for (size_t i = 0; i < length; i += 3) {
		unsigned int group = 0;
		for (size_t j = 0; j < 3; j++)
			group = group << 8 | (i + j < length ? (unsigned char)text[i + j] : 0u);
		char quad[5] = {digits[group >> 18], digits[group >> 12 & 63],
				i + 1 < length ? digits[group >> 6 & 63] : '=',
				i + 2 < length ? digits[group & 63] : '=', '\0'};
		text_append(out, quad);
	}
	text_append(out, "\a");
}

bool screen_copy(struct screen *screen, const char *text)
{
	struct text out = {0};
	const char *type = getenv("TERM");
	bool within = screen->clipboard == CLIPBOARD_AUTO;

	if (screen->clipboard == CLIPBOARD_NEVER)
		return false;
	if (screen->headless)
		return true;
	append_osc52(&out, text);
	fwrite(out.bytes, 1, out.length, stdout);
	/* A multiplexer that does not take it for itself hands it through when it
	 * is wrapped: tmux with its own escape and every ESC doubled (here only
	 * the first byte is one), screen as it is. */
	if (within && getenv("TMUX"))
		printf("\033Ptmux;\033%s\033\\", text_string(&out));
	else if (within && type && strncmp(type, "screen", 6) == 0)
		printf("\033P%s\033\\", text_string(&out));
	fflush(stdout);
	text_free(&out);
	return true;
}

/* One line into `line`; a wide character fills two cells but is read once. */
static void read_line(int row, struct text *line)
{
	int columns = getmaxx(stdscr);

	for (int column = 0; column < columns; column++) {
		cchar_t cell;
		wchar_t signs[CCHARW_MAX + 1] = {0};
		attr_t attributes;
		short pair;
		if (mvin_wch(row, column, &cell) == ERR ||
		    getcchar(&cell, signs, &attributes, &pair, NULL) == ERR)
			continue;
		for (int i = 0; signs[i]; i++) {
			char bytes[MB_LEN_MAX + 1] = {0};
			if (wctomb(bytes, signs[i]) > 0)
				text_append(line, bytes);
			column += i == 0 && utf8_width(bytes) == 2;
		}
	}
	while (line->length > 0 && line->bytes[line->length - 1] == ' ')
		line->bytes[--line->length] = '\0';
}

void screen_dump(struct screen *screen, FILE *file)
{
	struct text line = {0};

	(void)screen;
	for (int row = 0; row < getmaxy(stdscr); row++) {
		text_clear(&line);
		read_line(row, &line);
		fprintf(file, "%s\n", text_string(&line));
	}
	text_free(&line);
}

#define LOOKS_MAX 64
#define LOOK_SIZE 48

/* "bold 32" of a cell; empty for plain text. */
static void name_look(attr_t attributes, short pair, char *look)
{
	short color = -1, ground;

	if (pair > 0)
		pair_content(pair, &color, &ground);
	snprintf(look, LOOK_SIZE, "%s%s%s%s", attributes & A_BOLD ? "bold " : "", attributes & A_DIM ? "dim " : "",
		 attributes & A_UNDERLINE ? "underline " : "", attributes & A_REVERSE ? "reverse " : "");
	size_t length = strlen(look);
	if (color >= 0)
		snprintf(look + length, LOOK_SIZE - length, "%d", color);
	else if (length > 0)
		look[length - 1] = '\0';
}

static int compare_looks(const void *left, const void *right)
{
	return strcmp(left, right);
}

void screen_dump_looks(struct screen *screen, FILE *file)
{
	(void)screen;
	for (int row = 0; row < getmaxy(stdscr); row++) {
		char looks[LOOKS_MAX][LOOK_SIZE];
		size_t count = 0;
		for (int column = 0; column < getmaxx(stdscr) && count < LOOKS_MAX; column++) {
			cchar_t cell;
			wchar_t signs[CCHARW_MAX + 1] = {0};
			attr_t attributes;
			short pair;
			size_t i = 0;
			if (mvin_wch(row, column, &cell) == ERR ||
			    getcchar(&cell, signs, &attributes, &pair, NULL) == ERR)
				continue;
			name_look(attributes, pair, looks[count]);
			while (i < count && strcmp(looks[i], looks[count]) != 0)
				i++;
			count += i == count && looks[count][0];
		}
		qsort(looks, count, LOOK_SIZE, compare_looks);
		for (size_t i = 0; i < count; i++)
			fprintf(file, "%s%s", i ? ", " : "", looks[i]);
		fputc('\n', file);
	}
}
