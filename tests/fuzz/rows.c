#include "read.h"

FUZZ_READER(rows_read, "rows.json")
