typedef int formats_is_not_empty;
