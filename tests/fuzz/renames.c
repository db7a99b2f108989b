#include "read.h"

FUZZ_READER(renames_read, "renames.csv")
