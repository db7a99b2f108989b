#!/bin/sh
# Fit, predict, show, tree, residuals and check on the starter set.  Prints TAP.
. "${top_srcdir:-.}/tests/cli/tap.sh"

zephyr=HuggingFaceH4/zephyr-7b-beta
instruct=mistralai/Mistral-7B-Instruct-v0.2
with() { stemma --db t.db "$@"; }

with fit --variances
check 'the starter set is learned' exits 0
check 'every benchmark has its figures' says '^IFEval  *[0-9]'
check 'the average has its figures' says '^average (openllm2)  *[0-9]'
check 'the variances are printed' says '^own '
with fit --json
check 'fit prints JSON' is_json '.models > 500 and (.figures | length) == 7' '"pearson": 0'

with predict -m "$instruct:0.5" -m "$zephyr:0.5" --method slerp
check 'a merge is predicted' exits 0
check 'intervals are printed' says '^IFEval .*[0-9]-[0-9]'
check 'ancestors are printed' says '^nearest ancestor'
check 'reasons are printed' says '^Why: average'
check 'so is what other methods predict the same' says '^the same by  *linear, nuslerp, .*ties'
with predict -m "$instruct:3" -m "$zephyr:1" --json
check 'a method that ignores weights is not among them' is_json '.predictions[0].same_by |
	test("slerp") and (test("karcher") | not)' '"same_by": "slerp'
check 'weights are scaled' is_json '.predictions[0].parents[0].weight == 0.75' '"weight": 0.75'
check 'JSON has it all' is_json '.predictions[0] | (.scores | length) == 7 and (.why | length) > 7 and
	(.ancestors | length) > 0 and .scores[0].low90 < .scores[0].low50 and
	.scores[0].high50 < .scores[0].high90 and .scores[6].chance >= 0' '"low90": '
with predict -m "$instruct:3" -m "$zephyr" --csv
check 'CSV has the benchmarks and the average' lines 8
cp out first
with predict -m "$instruct:3" -m "$zephyr" --csv
check 'the same question has the same answer' cmp -s first out
with predict --why math -m "$instruct" -m "$zephyr"
check 'one benchmark is explained' says '^Why: MATH'
with predict --prior laplacian -m "$instruct" -m "$zephyr" --json
check 'another prior is used' is_json '.prior == "laplacian"' '"prior": "laplacian"'

cat >merge.yml <<END
slices:
  - sources:
      - {model: $instruct, layer_range: [0, 32]}
      - {model: $zephyr, layer_range: [0, 32]}
merge_method: slerp
base_model: $instruct
parameters: {t: 0.3}
surprise: 1
END
with predict merge.yml --json
check 'a configuration is predicted' is_json '.predictions[0].method == "slerp" and
	.predictions[0].parents[1].weight == 0.3' '"method": "slerp"'
check 'an unknown key is pointed out' warns 'merge.yml:8:.*surprise'
"$program" --db t.db predict - --json <merge.yml >out 2>err
check 'standard input is a configuration, too' is_json '.predictions[0].child == "standard input"' '"standard input"'
with predict merge.yml merge.yml --csv
check 'two configurations share one head' [ "$(grep -c '^child,' out)$(wc -l <out)" = 115 ]
with predict -m nobody/Nothing -m "$zephyr"
check 'an unknown model is 66' fails_with 66 'nobody/Nothing'
with predict -m "$zephyr-x" -m "$instruct"
check 'a mistyped model is named' fails_with 66 "$zephyr"
with predict -m "$zephyr:-1" -m "$instruct"
check 'a negative weight is refused' fails_with 64 'weight'
with predict --method slerp -m "$zephyr"
check 'too few parents are refused' fails_with 64 'slerp'
with predict --why nothing -m "$zephyr"
check 'an unknown benchmark is named' fails_with 64 'there are ifeval'
with predict missing.yml
check 'a missing configuration is 66' fails_with 66 'missing.yml'
printf 'models: [a\n' >broken.yml
with predict broken.yml
check 'broken YAML is 65 with its place' fails_with 65 '^stemma: broken.yml:[0-9]*:[0-9]*: '

with show zephyr-7b-beta
check 'a model is shown by a part of its name' says "^model  *$zephyr"
check 'its parents are shown' says '^HuggingFaceH4/mistral-7b-sft-beta  *finetune'
with show "$zephyr" --json
check 'show prints JSON' is_json '.model != null and (.scores | length) == 7' '"benchmark": "bbh"'

with tree "$zephyr"
check 'the tree has ancestors' says '^Ancestors'
check 'the tree has descendants' says '^Descendants'
check 'the tree is ASCII in the C locale' [ -z "$(LC_ALL=C tr -d '\000-\177' <out)" ]
with tree "$zephyr" --json
check 'the tree is a graph in JSON' is_json '(.models | length) > 1 and (.edges | length) >= 1' '"edges": \['
with tree "$zephyr" --dot
check 'the tree is a graph in DOT' says '^digraph stemma {$'
check 'DOT is closed' says '^}$'
with tree mistralai/Mistral-7B-v0.1 --descendants --depth 1 --ascii
check 'a cut branch says how much is below' says '\.\.\. [0-9]* more'

with residuals --benchmark ifeval --limit 5 --csv
check 'as many residuals as asked for' lines 6
check 'the largest first' awk -F, 'function size(x) { return x < 0 ? -x : x }
	NR > 2 && size($NF) > last { exit 1 } NR > 1 { last = size($NF) }' out
with residuals --model "$instruct" --csv
check 'all residuals of a model' lines 8
with residuals --limit 0 --csv --sort name
check 'all residuals of the average' [ "$(wc -l <out)" -gt 500 ]

# The same z of the same score in every table, with the same prediction.
with residuals --anomalies --limit 1 --csv
odd=$(sed -n 2p out | cut -d, -f1)
benchmark=$(sed -n 2p out | cut -d, -f2)
# cell MODEL BENCHMARK PREDICTED Z: "predicted z" by the numbers of the columns, in the table that was printed.
cell() { awk -F, -v m="$odd" -v b="$benchmark" -v model="$1" -v key="$2" -v p="$3" -v z="$4" \
	'(model == 0 || $model == m) && $key == b { printf "%.3f %.3f\n", $p, $z; exit }' out; }
column() { head -1 out | tr , '\n' | grep -nx "$1" | cut -d: -f1; }
same() { cell "${1:-0}" "$(column benchmark)" "$(column predicted)" "$(column z)"; }
z=$(same 1)
check 'an anomaly has a z' [ -n "$z" ]
with residuals --model "$odd" --limit 0 --csv
check 'residuals agree with anomalies' [ "$(same 1)" = "$z" ]
with show "$odd" --csv
check 'show agrees' [ "$(same)" = "$z" ]
with report "$odd" --json
check 'report agrees' is_json "[.scores[] | select(.benchmark == \"$benchmark\")] | length == 1 and
	all((.z - ${z#* } | fabs) < 0.002 and (.predicted - ${z% *} | fabs) < 0.002)" "\"benchmark\": \"$benchmark\""

with check
check 'the starter set is clean' exits 0
with check --json
check 'check prints JSON' is_json '.faults == 0' '"faults": 0'

"$program" --db t.db residuals --limit 0 2>err | head -n 1 >out
check 'a reader that leaves is no message' [ -z "$(grep -v 'note:' err)" ]
# Parents that no tool can merge.
printf '%s\n' model,architecture,params_b o/seven,X,7.2 o/eight,X,8.0 o/large,X,14 o/other,Y,7.2 >shapes.csv
stemma --db o.db import shapes.csv
of() { stemma --db o.db predict "$@"; }
of -m o/seven -m o/other
check 'parents of two architectures are refused' fails_with 65 \
	'linear needs parents of one architecture: o/seven is X, o/other is Y; add --force to predict it anyway'
of -m o/seven -m o/large --method slerp
check 'and of two sizes' fails_with 65 'slerp needs parents of one size: o/seven is 7.2 B, o/large is 14 B'
of -m o/seven -m o/other:0
check 'unless nothing of one is read' exits 0
of -m o/seven -m o/eight
check 'a size a little off is a warning' warns 'differ in size'
of -m o/seven -m o/other --force
check 'who insists has a prediction' exits 0
check 'and is warned before all else' [ "$(sed 1q err | grep -c 'impossible: linear needs')" = 1 ]
printf 'merge_method: linear\nmodels:\n- model: o/seven\n- model: o/other\n' >shapes.yml
of shapes.yml
check 'a configuration is refused by its name' fails_with 65 '^stemma: shapes.yml: linear needs parents of one arch'
# Licences: what the ancestry as a whole allows.
cat >licences.csv <<'EOF'
model,architecture,license
l/free,X,apache-2.0
l/open,X,mit
l/limited,X,cc-by-nc-4.0
l/alike,X,gpl-3.0
l/llama,X,llama3
l/gemma,X,gemma
l/child,X,apache-2.0
EOF
printf 'child,parent\nl/child,l/limited\n' >licence-edges.csv
stemma --db l.db import licences.csv licence-edges.csv
# told PARENT PARENT: what is said of their licences.
told() {
	stemma --db l.db predict -m "$1" -m "$2"
	grep -i -e licen -e commercial -e 'terms of' err
}
silent_on() { ! told "$1" "$2"; }
tells() { told "$1" "$2" | grep -q -e "$3"; }
check 'free licences go together' silent_on l/free l/open
check 'a limit of an ancestor is told' tells l/child l/free 'not for commercial use: l/limited is cc-by-nc-4.0'
check 'limits and share-alike conflict' tells l/limited l/alike 'licences conflict: l/limited is cc-by-nc-4.0, and l/alike (gpl-3.0)'
check 'terms of two makers' tells l/llama l/gemma 'terms of two makers apply'
check 'own terms and share-alike' tells l/gemma l/alike 'licences conflict'
stemma --db l.db predict -m l/child -m l/limited
check 'the common ancestor is told' says '^common ancestor  *l/limited$'
# Parents that the cache does not know.
printf 'merge_method: ties\nbase_model: mistralai/Mistral-7B-v0.1\nmodels:\n' >strange.yml
printf -- '- model: %s\n  parameters: {weight: %s}\n' teknium/OpenHermes-2.5-Mistral-7B 0.75 me/strange-7B 0.25 >>strange.yml
printf 'merge_method: linear\nmodels:\n' >known.yml
printf -- '- model: %s\n  parameters: {weight: %s}\n' teknium/OpenHermes-2.5-Mistral-7B 1 >>known.yml
sd() { awk -F, '$2 == "average" { print $4 }' "$work/out"; }
stemma --db t.db predict known.yml --csv
known=$(sd)
stemma --db t.db predict strange.yml --csv
check 'an unknown parent does not refuse a prediction' exits 0
check 'and is told with its share' warns 'does not know me/strange-7B, 25 % of the child'
check 'the interval is wider' [ "$(echo "$(sd) $known" | awk '{ print ($1 > $2) }')" = 1 ]
sed 's#teknium/OpenHermes-2.5-Mistral-7B#me/other-7B#' strange.yml >strangers.yml
stemma --db t.db predict strangers.yml --csv
check 'nor does it where none is known' exits 0
check 'which is told, too' warns 'does not know 2 of the parents, me/other-7B and others, 100 %'
finish
