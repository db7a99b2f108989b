/* What each action does; see ACTION_TABLE. */
#ifndef STEMMA_TUI_ACTS_H
#define STEMMA_TUI_ACTS_H

#include "settings/actions.h"

struct browser;

/* NULL = nothing but what the view makes of it. */
void (*act_function(enum action action))(struct browser *browser);

#endif
