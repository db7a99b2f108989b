#include "read.h"

FUZZ_READER(hub_read, "hub.jsonl")
