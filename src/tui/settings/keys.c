#include "settings/keys.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "stemma/base/utf8.h"

static const struct {
	int input;
	const char *name;
} named[] = {
	{' ', "space"},
	{INPUT_ENTER, "enter"},
	{INPUT_ESCAPE, "esc"},
	{INPUT_TAB, "tab"},
#define X(symbol, name) {INPUT_##symbol, name},
	INPUT_TABLE(X)
#undef X
};
#define NAMED_COUNT (sizeof named / sizeof *named)

int input_parse(const char *name)
{
	unsigned int code;

	for (size_t i = 0; i < NAMED_COUNT; i++)
		if (strcasecmp(named[i].name, name) == 0)
			return named[i].input;
	if (strncasecmp(name, "ctrl-", 5) == 0 && name[5] && !name[6])
		return name[5] & 0x1F;
	if (!*name || name[utf8_decode(name, &code)])
		return INPUT_NONE;
	return (int)code;
}

static size_t utf8_encode(unsigned int code, char *bytes)
{
	if (code < 0x80) {
		bytes[0] = (char)code;
		return 1;
	}
	size_t length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	for (size_t i = length; i-- > 1; code >>= 6)
		bytes[i] = (char)(0x80 | (code & 0x3F));
	bytes[0] = (char)((0xF00 >> length) | code);
	return length;
}

void input_name(int input, char *buffer)
{
	for (size_t i = 0; i < NAMED_COUNT; i++)
		if (named[i].input == input) {
			snprintf(buffer, INPUT_NAME_SIZE, "%s", named[i].name);
			return;
		}
	if (input >= 0 && input < ' ')
		snprintf(buffer, INPUT_NAME_SIZE, "ctrl-%c", input + 'a' - 1);
	else
		buffer[input < 0 ? 0 : utf8_encode((unsigned int)input, buffer)] = '\0';
}

bool input_in(int input, const char *keys)
{
	char name[INPUT_NAME_SIZE];

	input_name(input, name);
	size_t length = strlen(name);
	for (const char *key = keys; *key && length > 0;) {
		size_t key_length = strcspn(key, " ");
		if (key_length == length && memcmp(key, name, length) == 0)
			return true;
		key += key_length;
		key += strspn(key, " ");
	}
	return false;
}
