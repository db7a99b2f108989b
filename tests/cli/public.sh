#!/bin/sh
# The public leaderboard and its lineage, where they are at hand.  Prints TAP.
. "${top_srcdir:-.}/tests/cli/tap.sh"

data=$top_srcdir/../shared/data
if [ ! -f "$data/openllm-v2/contents.csv.gz" ]; then
	echo '1..0 # SKIP the leaderboard data are not at hand'
	exit 0
fi
with() { stemma --db t.db "$@"; }
all() {
	with import "$data/openllm-v2/contents.csv.gz" "$data/openllm-v2/scores.csv" \
		"$data/lineage/lineage_edges.csv" "$data/lineage/hub_stats_frozen.jsonl.gz" \
		"$data/instances/v2_bbh_tracking_shuffled_five.csv.gz" --json
}

all
# Two models have an empty answer in the middle: all else is read.
check 'the public data are imported but for two rows' exits 65
check 'which are told' warns 'five.csv.gz:2470:438: the answer to 100 is ""'
check 'and no others' is_json '[.files[].rejected] | add == 2' '"rejected": 2'
check 'thousands of models are read' is_json '[.files[].models] | add > 3000' '"models": [34][0-9][0-9][0-9]'
all
check 'twice changes nothing' is_json '[.files[] | .added] | add == 0' '"added": 0'
with fit --json
check 'they are learned' exits 0
check 'leave-one-out is worth something' is_json '[.figures[] | .pearson > 0.75 and .coverage90 > 0.85] | all' '"pearson": 0.[89]'
with predict -m mistralai/Mistral-7B-Instruct-v0.2:0.5 -m HuggingFaceH4/zephyr-7b-alpha:0.5 --method slerp
check 'a merge is predicted' says '^average .*[0-9]'
check 'its nearest ancestors are its parents' says '^HuggingFaceH4/zephyr-7b-alpha  *0\.[0-9]* '
with residuals --benchmark ifeval --limit 20
check 'the residuals are listed' lines 21
# Of so many models that LAPACK's own word on the memory for eigenvectors is too small.
with residuals --benchmark bbh_tracking_shuffled_five --limit 0 --csv
check 'the answers of 2,900 models are learned' [ "$(wc -l <out)" -gt 2900 ]
with check
check 'the cache is clean' exits 0
finish
