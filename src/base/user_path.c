#include "stemma/base/user_path.h"

#include <stdlib.h>

#include "stemma/base/text.h"

char *user_path(const char *variable, const char *fallback, const char *name)
{
	const char *folder = getenv(variable), *home = getenv("HOME");
	struct text path = {0};

	/* The XDG specification: a relative path is as none. */
	if (folder && folder[0] == '/')
		text_append_format(&path, "%s/stemma/%s", folder, name);
	else if (home && home[0])
		text_append_format(&path, "%s/%s/stemma/%s", home, fallback, name);
	else
		return NULL;
	return text_steal(&path);
}
