#include "read.h"

FUZZ_READER(samples_read, "north__Oak-7B/samples_leaderboard_bbh_2025-01-27T00.jsonl")
