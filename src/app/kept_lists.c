/* One state of the cache a kind: a line for each list, its name, a tab, and what it lists. */
#include "kept_lists.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "stemma/base/memory.h"
#include "stemma/base/text.h"

void kept_list_each(struct store *store, const char *kind,
		    void (*take)(void *context, const char *name, char *list), void *context)
{
	char *all = store_get_state(store, kind), *rest = NULL;

	for (char *line = all ? strtok_r(all, "\n", &rest) : NULL; line; line = strtok_r(NULL, "\n", &rest)) {
		char *tab = strchr(line, '\t');
		if (!tab || tab == line)
			continue;
		*tab = '\0';
		take(context, line, tab + 1);
	}
	free(all);
}

struct putting {
	struct text text;
	const char *name, *list;
	bool put, found;
};

static void put_line(struct putting *putting, const char *name, const char *list)
{
	if (list[0])
		text_append_format(&putting->text, "%s\t%s\n", name, list);
}

static void pass_line(void *context, const char *name, char *list)
{
	struct putting *putting = context;
	int order = strcasecmp(name, putting->name);

	if (order >= 0 && !putting->put) {
		put_line(putting, putting->name, putting->list);
		putting->put = true;
	}
	putting->found |= order == 0;
	if (order != 0)
		put_line(putting, name, list);
}

enum status kept_list_put(struct store *store, const char *kind, const char *name, const char *list,
			  bool *found, struct error *error)
{
	struct putting putting = {.name = name, .list = list};

	if (!name || !name[0] || strpbrk(name, "\t\n"))
		return error_set(error, STATUS_USAGE, "it needs a name without tabs");
	kept_list_each(store, kind, pass_line, &putting);
	if (!putting.put)
		put_line(&putting, name, list);
	if (found)
		*found = putting.found;
	enum status status = store_put_state(store, kind, text_string(&putting.text), error);
	text_free(&putting.text);
	return status;
}
