#!/bin/sh
# Where a model stands.  Prints TAP.
. "${top_srcdir:-.}/tests/cli/tap.sh"
starter t.db
model=teknium/OpenHermes-2.5-Mistral-7B
with() { stemma --db t.db report "$@"; }

with $model
check 'a report is made' exits 0
check 'with its parents, of which an only one has all' says '^parents  *mistralai/Mistral-7B-v0.1 (finetune)$'
check 'its scores' says '^IFEval  *55\.7'
check 'its place' says '^average .* [0-9][0-9]*  *[0-9][0-9]*$'
check 'and itself among its siblings' says "^$model (this one)"
with $model --json
# Counted by hand from what the set has: children of Mistral-7B-v0.1 with a mean.
siblings=$("$program" --db t.db tree mistralai/Mistral-7B-v0.1 --descendants --depth 1 --csv 2>/dev/null | wc -l)
check 'as JSON' is_json ".model == \"$model\" and (.scores | length) == 7 and (.siblings | map(select(.self)) | length) == 1" '"self": true'
check 'siblings are of one parent' [ "$siblings" -gt 5 ]
with $model --markdown
check 'as Markdown' says '^## Scores$'
check 'with tables' says '^| IFEval | 55\.7 |'
with $model --csv
check 'as CSV' lines 8
stemma --db t.db show $model --siblings
check 'show compares it with its siblings' says "^$model (this one) .*55\\.7"
stemma --db t.db show $model --siblings --csv
check 'by the target' awk -F, 'NR > 2 && $3 > last { exit 1 } NR > 1 { last = $3 }' out
check 'on all benchmarks of the board' [ "$(head -1 out)" = model,self,target,ifeval,bbh,math_lvl_5_2024,gpqa,musr,mmlu_pro ]
stemma --db t.db show $model --siblings --json
check 'with itself once' is_json '.siblings | map(select(.self)) | length == 1' '"self": true'
with ehristoforu/della-70b-test-v1
check 'odd scores are told' says '^Odd scores'
with $model --board ifeval,bbh --target ifeval
check 'of another board' says '^target  *IFEval'
with $model --markdown --json
check 'one format at a time' fails_with 64 'excludes'
with no/such-model
check 'an unknown model' fails_with 66 'no/such-model'

# What is not known yet is planned, with the command that runs it.
printf 'model,kind,architecture,params_b,ifeval\nme/own,finetuned,MistralForCausalLM,7.2,50\n' >own.csv
printf 'child,parent,relation\nme/own,mistralai/Mistral-7B-v0.1,finetune\n' >edge.csv
stemma --db t.db import own.csv edge.csv
with me/own
check 'what to run next' says 'lm_eval --model hf --model_args pretrained=me/own --tasks [a-z_]* --output_path results'
finish
