typedef int tui_is_not_empty;
