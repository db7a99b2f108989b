/* Keys, one a byte: ASCII is typed, the others are keys without a character,
 * clicks and new sizes of the screen. */
#include "world.h"

#include "../../src/tui/settings/keys.h"
#include "stemma/base/text.h"

/* Enough to get anywhere; more is only slow. */
#define KEYS_MAX 200

static void add_key(struct text *script, unsigned int byte)
{
	char name[INPUT_NAME_SIZE];
	int input = (int)byte;

	if (byte >= 0x80 && byte < 0x80 + INPUT_LAST - INPUT_FIRST)
		input = INPUT_FIRST + (int)(byte - 0x80);
	if (byte >= 0xC0) {
		text_append_format(script, "click %u %u\n", byte % 16 * 5, byte / 16 % 4 * 6 + byte % 6);
	} else if (byte >= 0xB0) {
		text_append_format(script, "resize %u %u\n", 1 + (byte - 0xB0) * 13, 1 + (byte - 0xB0) * 4);
	} else if (input >= INPUT_FIRST || byte <= ' ' || byte == 127) {
		input_name(input, name);
		text_append_format(script, "key %s\n", name);
	} else if (byte < 0x80) {
		text_append_format(script, "type %c\n", (int)byte);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text script = {0};

	for (size_t i = 0; i < size && i < KEYS_MAX; i++)
		if (data[i])
			add_key(&script, data[i]);
	world_browse(text_string(&script));
	text_free(&script);
	return 0;
}
