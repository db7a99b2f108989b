#include "read.h"

FUZZ_READER(mergekit_read, "merge.yml")
