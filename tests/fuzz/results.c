#include "read.h"

FUZZ_READER(harness_read, "org__m/results.json")
