#include "read.h"

FUZZ_READER(edges_read, "edges.csv")
