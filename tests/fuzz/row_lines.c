#include "read.h"

FUZZ_READER(row_lines_read, "rows.jsonl")
