#include "read.h"

FUZZ_READER(lighteval_read, "org__m/results_2025-11-02T10.json")
