#include "read.h"

FUZZ_READER(card_read, "org__m/README.md")
