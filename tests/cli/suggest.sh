#!/bin/sh
# Suggestions on the starter set, held against predictions.  Prints TAP.
. "${top_srcdir:-.}/tests/cli/tap.sh"

with() { stemma --db t.db "$@"; }
starter t.db

with suggest --limit 5 --floor 0
check 'merges are suggested' exits 0
check 'the shrinking is said' says 'shrunk for the size of the search'
with suggest --limit 5 --floor 0 --csv
check 'as many as asked for' lines 6
cp out pairs
with suggest --limit 5 --floor 0 --csv
check 'the same question has the same answer' cmp -s pairs out
with suggest --limit 5 --floor 0 --json
check 'suggest prints JSON' is_json '.target == "average" and (.suggestions | length) == 5 and
	(.suggestions | all(.shown_gain <= .raw_gain and .weight1 >= .weight2)) and
	.suggestions[0].raw_gain >= .suggestions[1].raw_gain' '"shown_gain": '

check 'what came of such chances is told' is_json '.suggestions | all(.such == 0 or
	(.such_gained <= .such and .such_low <= .such_high))' '"such": '
# The first answer, predicted by its names.
first=$(sed -n 2p pairs)
predicted=$(echo "$first" | cut -d, -f4)
one=$(echo "$first" | cut -d, -f9):$(echo "$first" | cut -d, -f8)
two=$(echo "$first" | cut -d, -f11):$(echo "$first" | cut -d, -f10)
with predict -m "$one" -m "$two" --csv
average=$(grep ',average,' out | cut -d, -f3)
agree() { awk -v a="$predicted" -v b="$average" 'BEGIN {exit !(a - b < 0.01 && b - a < 0.01)}'; }
check 'predict agrees' agree

with suggest --limit 4 --floor 0 --parents 3 --order chance --target ifeval --csv
check 'triples have three parents' lines 5
complete() { awk -F, 'NR > 1 && $13 == "" {exit 1}' out; }
check 'every triple is complete' complete
name=$(sed -n 2p pairs | cut -d, -f9)
with suggest --floor 0 --exclude "$name" --limit 50 --csv
absent() { ! grep -qF "$name," out; }
check 'an excluded model is not suggested' absent
with suggest --floor 0 --include "$name" --limit 3 --csv
everywhere() { [ "$(grep -cF "$name" out)" = "$(($(wc -l <out) - 1))" ]; }
check 'an included model is in every answer' everywhere
with suggest --target ifeval=1,bbh=x
check 'a bad weight is refused' fails_with 64 'must be a number'
with suggest --max-params 0.0001
check 'nothing left is an error' fails_with 66 'loosen the constraints'
with suggest --floor 0 --rights permissive --limit 50 --json
check 'merges of permissive models are suggested' is_json '.candidates > 100 and .candidates < 700 and (.suggestions | length) > 10' '"shown_gain": '
with suggest --floor 0 --architecture gemma2* --limit 2 --csv
check 'an architecture is kept to' lines 3
with suggest --pareto ifeval,gpqa --limit 6
check 'the front is drawn' says '^GPQA by IFEval$'
check 'its shrinking is said' says 'shrunk for the size of the search'
with suggest --pareto ifeval,gpqa --limit 6 --json
check 'the front is printed as JSON' is_json '.found >= 6 and (.front | length) == 6 and (.axes | length) == 2 and
	(.front | all(.ifeval_shown <= .ifeval_predicted))' '"gpqa_shown": '
with suggest --pareto ifeval,gpqa --limit 6 --csv
check 'and as CSV' lines 7
traded() { awk -F, 'NR > 2 && ($2 >= x || $7 <= y) {exit 1} NR > 1 {x = $2; y = $7}' out; }
check 'more of one is less of the other' traded
cp out front
# A published model is its one parent, of weight 1, with the scores of that.
published() { awk -F, '$14 == "" && NR > 1 { print ($12 == 1 && $2 == $4 && $3 == 0 ? $13 : "wrong") }' "$1"; }
check 'published models stand on it' [ "$(published front | grep -c /)" -gt 0 ]
check 'with their scores' [ "$(published front | grep -c wrong)" = 0 ]
with suggest --pareto ifeval
check 'a front needs two benchmarks' fails_with 64 'two benchmarks or more'
with suggest --pareto ifeval,gpqa --order chance
check 'a front has no order' fails_with 64 'pareto excludes order'
with suggest --rights free
check 'unknown rights are refused' fails_with 64 'any, compatible, commercial, permissive'
with suggest --method passthrough
check 'a method without such shares is refused' fails_with 64 'take linear'
with plan "$name"
check 'a known target needs no plan' fails_with 64 'known already'
with plan
check 'plan needs a model' fails_with 64 'either a model'
with plan --backtest --csv
check 'plans are tested' lines 7
better() { awk -F, 'NR == 1 || $1 == 0 {next} $2 >= $3 {exit 1}' out; }
check 'plans beat a random order' better
with eval --protocol merges,random
check 'the back-test of merges runs alone' fails_with 64 'table of its own'
with eval --protocol merges --json
check 'merges are judged together where no family has enough' is_json '.accuracy[0].mae > 0 and (.chances | length) > 2' \
	'"accuracy": '
printf '%s\n' model,shiny a/one,50 a/two,60 a/both,55 >few.csv
printf '%s\n' child,parent,relation a/both,a/one,merge a/both,a/two,merge >few-edges.csv
stemma --db few.db import few.csv few-edges.csv
stemma --db few.db eval --protocol merges --target shiny
check 'merges too few to judge by are said' fails_with 65 '1 merge can be judged by this target; 15 are needed; .*--target'
with residuals --anomalies --json
check 'anomalies are listed' is_json '.anomalies > 0 and (.residuals | all(.rate <= 0.05))' '"rate": 0'
with residuals --anomalies --false-rate 90
check 'a wild rate is refused' fails_with 64 'false-rate'
with suggest --explore --limit 5 --json
check 'what is worth trying' is_json '(.suggestions | length) == 5 and (.suggestions | all(.improvement >= 0 and .known > 0)) and
	([.suggestions[] | .improvement / .size] | . == (sort | reverse)) and ([.suggestions[].known] | unique | length) == 1' '"improvement": '
with suggest --explore --order gain
check 'has an order of its own' fails_with 64 'explore excludes order'
with suggest --explore --pareto ifeval,bbh
check 'and no front' fails_with 64 'pareto excludes explore'
finish
