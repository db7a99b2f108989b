#!/bin/sh
# What is written for other programs, and read again.  Prints TAP.
. "${top_srcdir:-.}/tests/cli/tap.sh"

cat >models.csv <<'EOF'
model,kind,architecture,params_b,license,ifeval,bbh
a/base,pretrained,MistralForCausalLM,7,apache-2.0,20,15
a/one,chat,MistralForCausalLM,7,apache-2.0,50,20
a/two,finetuned,MistralForCausalLM,7,apache-2.0,40,25
a/three,finetuned,R&D,7,apache-2.0,30,22
c/other,pretrained,LlamaForCausalLM,1,mit,10,5
EOF
for i in 1 2 3 4 5; do echo "d/more$i,finetuned,MistralForCausalLM,7,mit,3$i,2$i"; done >"more"

cat >edges.csv <<'EOF'
child,parent,relation,weight,method
a/one,a/base,finetune,1,
a/two,a/base,finetune,1,
b/merge,a/one,merge,0.7,linear
b/merge,a/two,merge,0.3,linear
a/three,a/base,finetune,1,
EOF
with() { stemma --db t.db --no-starter "$@"; }
with import models.csv edges.csv
check 'the tables are imported' exits 0
with export -m a/one:0.6 -m a/two:0.4
check 'a merge can be written without a prediction' says '^merge_method: linear$'
check 'which is said' warns 'without predicted scores: 5 models'
cat more >>models.csv
with import models.csv

with export --csv
check 'all models as a table' lines 11
check 'scores and average are in it' says '^a/one,chat,MistralForCausalLM,7,apache-2.0,.*,50,20,35$'
cp out models.out
with export --edges
check 'all edges as a table' lines 6
cp out edges.out
"$program" --db again.db --no-starter import models.out edges.out >/dev/null 2>err
check 'both are read again without a word' quiet
stemma --db again.db export --csv
check 'the same models' cmp -s models.out out
stemma --db again.db export --edges
sort edges.out >sorted
check 'the same edges' cmp -s sorted - <<EOF
$(sort out)
EOF

with export a/one --json
check 'a family as JSON' is_json '.model == "a/one" and (.models | map(.model) | sort) ==
	["a/base", "a/one", "b/merge"] and (.edges | length) == 2' '"a/base"'
with export a/base -f dot
check 'a family as a graph' says 'label="a/base ('
with export -o all.graphml
check 'a file by the end of its name' grep -q '<graphml' all.graphml
check 'names are quoted' grep -q 'R&amp;D' all.graphml

with export -m a/one:0.6 -m a/two:0.4
check 'a merge is a configuration' says '^merge_method: linear$'
check 'its prediction is a comment' says '^#   average '
cp out merge.yml
with export merge.yml
same() { tail -n +5 merge.yml | cmp -s - "$1"; }
tail -n +5 out >"tail"
check 'it reads back the same' same tail
with export merge.yml -o card.md
check 'a card names the parents' grep -qx -e '- a/two' card.md
check 'its scores are predictions' grep -q 'predictions, not measurements' card.md
with export merge.yml --json
check 'a merge as JSON' is_json '.method == "linear" and (.scores | length) == 3 and
	(.edges | map(select(.child == "merge.yml" or .child == "merge")) | length) == 2' '"scores": '
with export merge.yml -f dot
check 'a merge is dashed' says 'child .label="merge (predicted'
with export b/merge -f mergekit
check 'a merge that exists' says 'weight: 0.7'
check 'by its own method' quiet

# A model's own results, there and back.
cat >results.json <<'EOF'
{"results": {"gsm8k": {"exact_match,strict-match": 0.1, "exact_match_stderr,strict-match": 0.03,
 "exact_match,flexible-extract": 0.875}, "wikitext": {"word_perplexity,none": 9.25},
 "leaderboard_mmlu_pro": {"acc,none": 0.37}}, "n-shot": {"gsm8k": 5, "leaderboard_mmlu_pro": 5},
 "n-samples": {"gsm8k": {"original": 1319, "effective": 100}}, "chat_template": null, "lm_eval_version": "0.4.9",
 "model_name": "own/m", "date": 1738000000.5, "config": {"model_dtype": "torch.bfloat16", "model_sha": "abc"}}
EOF
stemma --db r.db --no-starter import results.json
check 'results of four benchmarks' exits 0
stemma --db r.db export own/m -f every-eval -o own.jsonl
check 'are written as a record' quiet
stemma --db back.db --no-starter import own.jsonl
check 'which is read' quiet
stemma --db r.db export --long
cp out there.csv
stemma --db back.db export --long
check 'and has every observation' cmp -s out there.csv
lines() { [ "$(wc -l <"$1")" -eq "$2" ]; }
check 'that is four' lines there.csv 5
mkdir -p own__m/.eval_results
stemma --db r.db export own/m -f eval-results -o own__m/.eval_results/own.yaml
check 'what is shown is written for the Hub' grep -q 'value: 0.875' own__m/.eval_results/own.yaml
stemma --db r.db import --csv own__m
check 'which is read' says '^own__m/.eval_results/own.yaml,eval-results,1,0,1,'
stemma --db r.db export --long
same_values() { [ "$(sed 1d out | cut -d, -f2,3 | sort | uniq -c | grep -c ' 2 ')" -eq 4 ]; }
check 'with the same four values' same_values
stemma --db r.db export --json
check 'JSON has them all' is_json '(.cells | length) == 8 and (.cells | map(select(.limited == 1 and .benchmark == "gsm8k")) | length) == 1' '"cells": '
stemma --db r.db export -f every-eval
check 'results are of one model' fails_with 64 'has the results of one model'

with export a/base -f card
check 'no parents, no card' fails_with 66 'knows no parents'
with export -f mergekit
check 'all models are no merge' fails_with 64 'describes one merge'
with export --edges -f dot
check 'edges are a table' fails_with 64 'is about CSV'
with export --edges -o all.dot
check 'also where the name of the file says so' fails_with 64 'is about CSV'
absent() { [ ! -e "$1" ]; }
check 'which is not written' absent all.dot
with export --sketch none
check 'a sketch that is not kept' fails_with 66 'no sketch is kept as "none"'
with export a/nothing
check 'an unknown model' fails_with 66 'no model a/nothing'
echo precious >kept.csv
with export -o /nonexistent/x.csv
check 'a file that cannot be written' fails_with 74 'cannot write /nonexistent/x.csv'
with export a/nothing -o kept.csv
check 'a failure leaves the old file' grep -q precious kept.csv
finish
