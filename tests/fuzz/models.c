#include "read.h"

FUZZ_READER(models_read, "models.csv")
