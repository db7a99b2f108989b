/* The `:` line: each line is typed, completed and run, with a model picked. */
#include "world.h"

#include "stemma/base/text.h"

#define LINES_MAX 12

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text script = {0};
	char *text = fuzz_text(data, size), *rest = NULL;
	int lines = 0;

	text_append(&script, "key j space j j space\n");
	for (char *line = strtok_r(text, "\r\n", &rest); line && lines < LINES_MAX;
	     line = strtok_r(NULL, "\r\n", &rest), lines++)
		text_append_format(&script, "key :\ntype %s\nkey tab tab shift-tab up down\nkey esc :\n"
				   "type %s\nkey enter\nkey n esc\n", line, line);
	world_browse(text_string(&script));
	text_free(&script);
	free(text);
	return 0;
}
