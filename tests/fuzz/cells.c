#include "read.h"

FUZZ_READER(long_read, "cells.csv")
