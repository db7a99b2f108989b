#include "read.h"

FUZZ_READER(contents_read, "contents.csv")
