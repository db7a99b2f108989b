#!/bin/sh
# Boards and targets on the command line: what is shown, and what counts.  Prints TAP.
. "${top_srcdir:-.}/tests/cli/tap.sh"

zephyr=HuggingFaceH4/zephyr-7b-beta
instruct=mistralai/Mistral-7B-Instruct-v0.2
starter t.db
with() { stemma --db t.db "$@"; }
column() { cut -d, -f"$1" out | tr '\n' ' '; }

# ---- boards
with predict -m "$instruct" -m "$zephyr" --csv -b bbh,IFEval
check 'only these benchmarks are predicted' [ "$(column 2)" = 'benchmark bbh ifeval ' ]
with predict -m "$instruct" -m "$zephyr" --csv -b bbh -t ifeval:3,gpqa
check 'and a target that is named' [ "$(wc -l <out)$(grep -c '^,"ifeval:3,gpqa",' out)" = 31 ]
with predict -m "$instruct" -m "$zephyr" --csv --board bbh
check 'a board comes with the target' [ "$(column 2)" = 'benchmark bbh average ' ]
with predict -m "$instruct" -m "$zephyr" --csv --board openllm2
check 'a suite is a board' [ "$(wc -l <out)" -eq 8 ]
with show "$zephyr" --csv --board musr,gpqa
check 'show takes a board' [ "$(column 1)" = 'benchmark musr gpqa average ' ]
with show "$zephyr" --csv -b musr
check 'and single benchmarks' [ "$(column 1)" = 'benchmark musr ' ]
with show "$zephyr" --csv --all
check 'all is all that has a value' [ "$(wc -l <out)" -eq 8 ]
with fit --csv --board bbh,gpqa
check 'figures follow the board' [ "$(column 1)" = 'benchmark bbh gpqa average ' ]
with show "$zephyr" --board bbh,nothing
check 'an unknown benchmark is refused' fails_with 64 "no benchmark 'nothing'"
check 'with those that there are' warns 'there are ifeval, bbh'
with import --board bbh x.csv
check 'a command that shows no values takes no board' fails_with 64 "unknown option '--board'"

# ---- targets
with show "$zephyr" --csv -t bbh:2,gpqa:2 -b bbh,gpqa
mean_of_two() { awk -F, '{ value = $(NF - 5) } NR == 2 { a = value } NR == 3 { b = value } NR == 4 { exit !(value - (a + b) / 2 < 0.001 && value - (a + b) / 2 > -0.001) }' out; }
check 'a target is the weighted mean' mean_of_two
with tree "$zephyr" --ancestors --json -t ifeval
check 'the tree shows it' is_json '.models[0].ifeval > 0' '"ifeval": '
with residuals --csv -t gpqa --limit 3
check 'residuals are of it' [ "$(column 2)" = 'benchmark gpqa gpqa gpqa ' ]
with residuals --csv -b bbh=1,gpqa=3 --limit 1
check 'or of another' says '^[^,]*,"bbh=1,gpqa=3"'
with residuals -b bbh:x
check 'a key is not taken apart' fails_with 64 "no benchmark 'bbh:x'"
with residuals -b bbh=x
check 'a weight is a number' fails_with 64 'must be a number from 0 up'
with residuals -t bbh:0
check 'a target needs weights' fails_with 64 'no weights above 0'
with suggest --target musr --limit 1 --json
check 'suggestions are for it' is_json '.target == "musr"' '"target": "musr"'
with plan "$zephyr" --target bbh,nothing
check 'a plan for nothing is refused' fails_with 64 "no benchmark 'nothing'"
cat >part.csv <<END
model,architecture,params_b,ifeval,bbh
own/part,MistralForCausalLM,7.24,50,30
END
cp t.db own.db
stemma --db own.db import part.csv
stemma --db own.db plan own/part --csv --board gpqa
candidates() { [ "$(column 2 | tr ' ' '\n' | sed 1d | sort | tr '\n' ' ')" = "$1" ]; }
check 'what is known need not be run' [ "$(cut -d, -f2 out | grep -c -e '^ifeval$' -e '^bbh$')" -eq 0 ]
check 'the target names what else can be' [ "$(cut -d, -f2 out | grep -c -e '^gpqa$' -e '^musr$')" -eq 2 ]

# ---- what is left out
with residuals --csv -m "$zephyr" -b bbh
sed 1d out | cut -d, -f4,8 >model
with residuals --csv -m "$zephyr" -b bbh --leave cell
sed 1d out | cut -d, -f4,8 >cell
surer() { [ "$(awk -F, 'NR == 1 { a = $2 } NR == 2 { print (a > $2) }' model cell)" -eq 1 ]; }
check "the model's other scores make it surer" surer
with residuals --json --limit 1 --leave cell
check 'it is said what was left out' is_json '.left_out == "cell"' '"left_out": "cell"'
with fit --json
check 'both kinds have figures' is_json '(.figures | length) == 7 and (.cell_figures | length) == 6 and
	.cell_figures[1].rmse < .figures[1].rmse' '"cell_figures"'

# ---- a mean of which a part is not published
stemma --db own.db show own/part --json
check 'it is predicted, not published' is_json '.scores[] | select(.benchmark == "average") |
	.published == null and .predicted != null' '"benchmark": "average"'
stemma --db own.db tree own/part --json
check 'nor is it published in the tree' is_json '.models[0].average == null' '"average": null'
printf 'resize 80 24\ntype :goto own/part\nkey enter\nwait idle\nkey space\nwait idle\ndump part.txt\n' >part.keys
stemma --db own.db browse --no-config --script part.keys
in_screen() { grep -q "$1" part.txt; }
check 'the tree of the browser marks it' in_screen '^[^0-9]*own/part .* ~[0-9]'
check 'so does the sketch' in_screen '1\.00 .*own/part .* ~[0-9]'

# ---- the whole matrix
stemma --db own.db export own/part --completed --board ifeval,gpqa
check 'published and predicted values are told apart' [ "$(cut -d, -f2,7 out | tr '\n' ' ')" = 'benchmark,published ifeval,yes gpqa,no ' ]
inside() { awk -F, '$7 == "no" { exit !($5 < $3 && $3 < $6 && $4 > 0) }' out; }
check 'predictions have an interval' inside
cp out some.csv
stemma --db back.db --no-starter import some.csv
stemma --db back.db export --csv
check 'what is predicted is not imported' [ "$(head -n 1 out | grep -c gpqa)$(grep -c '^own/part,.*,50' out)" = 01 ]
stemma --db own.db export --completed -o all.csv --board bbh
check 'all models go to a file' [ "$(wc -l <all.csv)" -gt 1000 ]
stemma --db own.db export --completed --edges
check 'one table at a time' fails_with 64 'exclude one another'
stemma --db own.db export --completed -o all.json
check 'and as CSV' fails_with 64 'completed is about CSV'
finish
