#include "read.h"

FUZZ_READER(benchmarks_read, "benchmarks.csv")
