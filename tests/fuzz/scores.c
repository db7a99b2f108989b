#include "read.h"

FUZZ_READER(scores_read, "scores.csv")
