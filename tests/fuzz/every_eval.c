#include "read.h"

FUZZ_READER(every_eval_read, "record.json")
