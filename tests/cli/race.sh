#!/bin/sh
# Which of several is the best.  Prints TAP.
. "${top_srcdir:-.}/tests/cli/tap.sh"

with() { stemma --db t.db "$@"; }
starter t.db
cat >models.csv <<'END'
model,kind,architecture,params_b,uploaded,ifeval,bbh
me/new-7B,chat,MistralForCausalLM,7.24,2024-05-01,,
me/old-7B,pretrained,MistralForCausalLM,7.24,2023-05-01,,
me/best-7B,chat,MistralForCausalLM,7.24,2024-05-01,90,90
END
with import models.csv
for weight in 1 5; do
	cat >$weight.yml <<END
merge_method: linear
models:
  - model: mistralai/Mistral-7B-v0.1
    parameters: {weight: 0.$weight}
  - model: mistralai/Mistral-7B-Instruct-v0.2
    parameters: {weight: 0.5}
END
done
with race me/new-7B me/old-7B -t bbh --json
sums() { is_json '.decided == "no" and ([.candidates[].chance] | add | . > 0.999 and . < 1.001) and
	(.runs | length) > 0 and ([.runs[].price] | add) - .runs[-1].spent < 0.01 and .runs[-1].chance >= 0.95' '"no"'; }
check 'chances sum to 1, runs to what is spent' sums
with race me/new-7B me/old-7B -t bbh --budget 100 --json
check 'it spends no more than it may' is_json '(.runs | length) > 0 and .runs[-1].spent <= 100' '"runs"'
with race me/new-7B me/old-7B me/best-7B -t bbh --json
check 'a known best is the best' is_json '.decided == "yes" and .candidates[2].state == "the best" and
	.candidates[2].sd == 0 and (.runs | length) == 0 and .candidates[0].state == "out"' '"the best"'
with race 1.yml 5.yml me/old-7B -t bbh --csv
merges() { grep -q '^1.yml,' out && grep -q '^5.yml,' out && lines 4; }
check 'merges that are not made race as well' merges
cp out raced
with predict 5.yml -t bbh --csv
same() { [ "$(awk -F, '$1 == "5.yml" { print $2, $3 }' raced)" = "$(awk -F, '$2 == "bbh" { print $3, $4; exit }' out)" ]; }
check 'as they are predicted' same
with race --backtest -t average --level 90 --seed 3 --json
tested() { is_json '.families > 2 and (.backtest | map({key: .policy, value: .}) | from_entries |
	.race.cost < 1 and .race.cost > 0 and .all.cost == 1 and .all.found == 1 and .["nothing run"].cost == 0 and
	.race.regret < .["nothing run"].regret)' '"backtest"'; }
check 'families race in the back-test' tested

with race me/new-7B
check 'one alone is no race' fails_with 64 'two candidates or more'
with race me/new-7B me/new-7B
check 'nor a model with itself' fails_with 64 'named twice'
with race me/new-7B no/such-model
check 'an unknown model' fails_with 66 'no/such-model'
with race me/new-7B me/old-7B --level 40
check 'no level' fails_with 64 'above 50 and below 100'
with race me/new-7B me/old-7B --seed 3
check 'a seed of nothing' fails_with 64 'needs --backtest'
printf 'merge_method: what\n' >bad.yml
with race me/new-7B bad.yml
check 'a bad configuration names its file' fails_with 65 'bad.yml'
finish
