#!/bin/sh
# Evaluation.  Prints TAP.
. "${top_srcdir:-.}/tests/cli/tap.sh"

# Two owners' merges of models with known scores: the means are done by hand.
{
	echo 'model,kind,architecture,params_b,uploaded,ifeval,bbh'
	for i in 0 1 2 3 4 5 6 7 8 9; do
		echo "a/m$i,pretrained,LlamaForCausalLM,7.0,2024-01-1$i,$((20 + i)),$((50 - 3 * i))"
	done
	echo 'b/x,merge,LlamaForCausalLM,7.0,2024-03-01,26,40'
	echo 'c/y,merge,LlamaForCausalLM,7.0,2024-03-02,24,40'
	echo 'c/z,merge,LlamaForCausalLM,7.0,2024-03-03,30,40'
} >models.csv
{
	echo 'child,parent,relation,weight,method'
	echo 'b/x,a/m0,merge,0.5,ties'          # mean of ifeval: 22, +4
	echo 'b/x,a/m4,merge,0.5,ties'
	echo 'c/y,a/m0,merge,0.25,ties'         # 21.5 and 45.5: +2.5, -5.5
	echo 'c/y,a/m2,merge,0.75,ties'
	echo 'c/z,a/m9,merge,0.5,slerp'
	echo 'c/z,a/m1,merge,0.5,slerp'
} >edges.csv
stemma --db few.db --no-starter import models.csv edges.csv
check 'models and merges are imported' exits 0
stemma --db few.db eval --drift --csv
check 'merges are compared with their parents' says '^ties,ifeval,2,3\.25,0\.75,'
check 'with the error between owners' says '^ties,bbh,2,-4\.75,0\.75,'
check 'each method has its own' says '^slerp,ifeval,1,5,,'
stemma --db few.db eval --drift --json
check 'as JSON too' is_json '.drift[0].method == "ties" and .drift[0].merges == 2' '"method": "ties"'
stemma --db few.db eval --drift --protocol all
check 'what does not go together is refused' fails_with 64 '--drift excludes'

stemma --db t.db eval --protocol random --seed 3 --json
check 'held-out models are predicted' exits 0
check 'kin beats the mean of the parents' is_json '[.random[] | select(.subset == "all" and
	.benchmark == "mean of benchmarks")] | (map(select(.method == "kin"))[0].rmse) <
	(map(select(.method == "parents"))[0].rmse)' '"method": "kin"'
sed 's/"seconds": [0-9.]*//' out >first
stemma --db t.db eval --protocol random --seed 3 --json
sed 's/"seconds": [0-9.]*//' out >second
check 'the same seed gives the same figures' cmp -s first second
stemma --db t.db eval --protocol later
check 'an unknown protocol is named' fails_with 64 'there is no protocol "later"'
stemma --db t.db eval --known 6
check 'not all benchmarks can be known' fails_with 64 'numbers from 0 to 5'
stemma --db t.db eval --benchmark mmlu_pro_math --known 1
check 'what such a set does not have is refused' fails_with 64 '--benchmark excludes'
stemma --db t.db eval --observed 5
check 'answers need a set of questions' fails_with 64 '--observed needs --benchmark'
finish
