#include "settings/actions.h"

static const struct action_info actions[] = {
#define X(symbol, name, keys, views, need, does, hint, section, help) \
	{name, keys, views, NEED_##need, hint, section, help},
	ACTION_TABLE(X)
#undef X
};

const struct action_info *action_info(enum action action)
{
	return &actions[action];
}

const char *need_message(enum need need)
{
	static const char *const messages[] = {
#define X(symbol, message) message,
		NEED_TABLE(X)
#undef X
	};
	return messages[need];
}

const char *view_name(enum view_id view)
{
	static const char *const names[] = {
#define X(symbol, name, ops) name,
		VIEW_TABLE(X)
#undef X
	};
	return view < VIEW_COUNT ? names[view] : "";
}
