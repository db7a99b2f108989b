typedef int engine_is_not_empty;
