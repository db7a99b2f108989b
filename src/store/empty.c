typedef int store_is_not_empty;
