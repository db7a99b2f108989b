typedef int cli_is_not_empty;
