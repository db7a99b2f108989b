#include "read.h"

FUZZ_READER(eval_results_read, "org__m/.eval_results/own.yaml")
