#!/bin/sh
# What a new cache begins with: the set that is installed, made once with its fit.  Prints TAP.
. "${top_srcdir:-.}/tests/cli/tap.sh"
STEMMA_SHARE=$top_builddir/fitted
if [ ! -f "$STEMMA_SHARE/starter/starter.db" ]; then
	echo '1..0 # SKIP the starter set was not made'
	exit 0
fi

stemma --db t.db show Qwen/Qwen3-8B
check 'a model of 2025 is known from the first start' exits 0
# A fit that was made anew would be kept in it.
check 'the cache is the one that was made, its fit taken over' cmp -s t.db "$STEMMA_SHARE/starter/starter.db"
check 'the first board is of today' says '^today '
check 'its scores name their source' says '^euroeval  .*EuroEval leaderboards'
stemma --db t.db show Qwen/Qwen3-8B --json
check 'as JSON too' is_json '.sources | map(.source) | index("swallow") != null' '"credit": '
stemma --db t.db predict -m Qwen/Qwen3-8B -m deepseek-ai/DeepSeek-R1-0528-Qwen3-8B --csv
check 'merges of today are predicted' exits 0
# A distillation is half of what it was trained from.
stemma --db t.db tree deepseek-ai/DeepSeek-R1-Distill-Qwen-7B --csv
check 'a distillation has both parents' says 'DeepSeek-R1-Distill-Qwen-7B,Qwen/Qwen2.5-Math-7B,.*0.5'
stemma --db t.db tree google/gemma-3-12b-it --csv
check 'an instruct version hangs on its base' says 'gemma-3-12b-it,google/gemma-3-12b-pt'
bogus() { ! grep -q 'google/gemma3-12b' out; }
check 'and on no name of a family' bogus
stemma --db t.db import --starter
check 'nothing of it is new' warns 'nothing new'

# A cache with something else of one's own takes it over.
printf 'model,kind,ifeval,bbh,gpqa\nme/own,finetuned,50,40,10\n' >own.csv
stemma --db own.db --no-starter import own.csv
stemma --db own.db import --starter
check 'an older cache takes it over' exits 0
stemma --db own.db show me/own --json
check "the user's own stays" is_json '.model == "me/own"' '"model": "me/own"'
stemma --db own.db show Qwen/Qwen3-8B -b ifeval
check 'beside it' exits 0
stemma --db own.db import --starter own.csv
check 'it is imported alone' fails_with 64 'stands alone'

# Damaged or absent, it is made from the tables.
mkdir -p share/starter
cp "$top_srcdir"/tests/share/starter/*.csv share/starter/
STEMMA_SHARE=$work/share
stemma --db made.db show mistralai/Mistral-7B-v0.1
check 'without it the tables are read' exits 0
echo 'no database' >share/starter/starter.db
stemma --db broken.db show mistralai/Mistral-7B-v0.1
check 'a damaged one is told' warns 'broken.db'
finish
