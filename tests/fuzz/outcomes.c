#include "read.h"

FUZZ_READER(outcomes_read, "v2_mmlu_pro_math.csv")
