#!/bin/sh
# Plans for a price and until a question is decided.  Prints TAP.
. "${top_srcdir:-.}/tests/cli/tap.sh"

with() { stemma --db t.db "$@"; }
head_is() { [ "$(head -n 1 out)" = "$1" ]; }
says_not() { ! says "$1"; }
starter t.db
cat >models.csv <<'END'
model,kind,architecture,params_b,uploaded
me/new-7B,chat,MistralForCausalLM,7.24,2024-05-01
me/old-7B,pretrained,MistralForCausalLM,7.24,2023-05-01
END
with import models.csv
with plan me/new-7B --target bbh --budget 3000 --csv
check 'a plan for a price' head_is 'step,benchmark,questions,price,told,spent,sd,low90,high90'
within() { awk -F, 'NR == 2 { sd = $7 } NR > 2 { if ($6 > 3000 || $7 >= sd) bad = 1; sd = $7; cost += $4; spent = $6 }
	END { exit bad || NR < 3 || cost - spent > 0.2 || spent - cost > 0.2 }' out; }
check 'spends no more, and each step leaves less' within
part() { grep -q '^[1-9][0-9]*,bbh,[1-9][0-9]*,' out && ! grep -q ',5761,' out; }
check 'of some of its 5,761 questions' part
with plan me/new-7B --target bbh --budget 100 --json
told() { is_json '(.totals | length) == 1 and .totals[0].benchmark == "bbh" and .totals[0].questions == 100 and
	(.command | startswith("lm_eval --model hf --model_args '\''pretrained=me/new-7B'\'' --tasks bbh --samples '\''{\"bbh\":["))' \
	'pretrained=me/new-7B'; }
check 'the command for the harness' told
ids() { sed -n 's/.*"bbh\\":\[\([0-9,]*\)\].*/\1/p' "$1" | tr , '\n'; }
ids out >hundred
ascending() { [ "$(wc -l <hundred)" -eq 100 ] && sort -n -u hundred | cmp -s - hundred && [ "$(tail -n 1 hundred)" -lt 5761 ] &&
	[ "$(tail -n 1 hundred)" -gt 5000 ]; }
check 'with a hundred of all its questions, ascending' ascending
with plan me/new-7B --target bbh --budget 50 --json
ids out >fifty
within_them() { [ "$(wc -l <fifty)" -eq 50 ] && [ "$(cat fifty hundred | sort | uniq -d | wc -l)" -eq 50 ]; }
check 'fifty are among the hundred' within_them
with plan me/new-7B --target bbh --budget 3000 --whole --csv
check 'or whole runs' says_not '^[0-9]*,bbh,'
with plan me/new-7B --target bbh --budget 3000 --curve
check 'a curve is drawn' says 'width of the 90 % interval'
with plan me/new-7B --target bbh --budget 3000 --svg 'a&b.svg'
drawn() { [ "$(grep -c '</svg>' 'a&b.svg')" -eq 1 ] && grep -q 'BBH of me/new-7B' 'a&b.svg' &&
	grep -q 'width of the 90 % interval' 'a&b.svg' && grep -q '>questions<' 'a&b.svg'; }
check 'and written' drawn

printf 'benchmark,questions,tokens,seconds\nbbh,1000,200,6\n*,,50,\n' >prices.csv
with plan me/new-7B --target bbh --budget '2 h' --prices prices.csv --json
check 'a thousand of six seconds are 100 minutes' is_json '.unit == "minutes" and
	([.plan[] | select(.benchmark == "bbh") | .price / .questions] | all(. > 0.099 and . < 0.101))' '"minutes"'
with plan me/new-7B --target bbh --budget 200ktok --prices prices.csv --json
check 'of all others fifty tokens a question' is_json '.unit == "tokens" and
	([.plan[] | select(.price and .benchmark != "bbh") | .price / .questions] | all(. == 50))' '"tokens"'
mkdir -p .config/stemma && cp prices.csv .config/stemma/
with plan me/new-7B --target bbh --budget '2 h' --csv
mv .config/stemma/prices.csv .config/stemma/none.csv
cp out first
with plan me/new-7B --target bbh --budget '2 h' --prices prices.csv --csv
check 'the table beside the configuration is read' cmp -s first out
with plan me/new-7B --target bbh --budget 300ktok --csv
check 'what is assumed is told' warns 'assumed'

with plan me/new-7B --target bbh --until '> 5' --json
check 'what is decided needs no run' is_json '.decided == "yes" and .chance > 95 and (.plan | length) == 1' '"yes"'
with plan me/new-7B --target bbh --until '< 5' --json
check 'the other way round, too' is_json '.decided == "yes" and .chance < 5' '"yes"'
with plan me/new-7B --target bbh --until '±2' --json
ends() { is_json '.decided == "no" and (.plan[-1].decided == 1) and (.plan[-2].decided == 0) and
	.plan[-1].high90 - .plan[-1].low90 < 4' '"no"'; }
check 'known as closely as asked' ends
with plan me/new-7B --target bbh --until '+-2' --csv
cp out first
with plan me/new-7B --target bbh --until '±2' --csv
check 'written with ASCII the same' cmp -s first out
with plan --target bbh --until 'me/new-7B > me/old-7B' --json
check 'two models' is_json '.model == "me/new-7B" and .other == "me/old-7B" and .chance > 50 and
	([.plan[].model] | unique | length) > 1' '"me/old-7B"'
with plan --target bbh --until 'me/old-7B < me/new-7B' --json
check 'named the other way' is_json '.model == "me/new-7B" and .other == "me/old-7B"' '"me/old-7B"'

with plan me/new-7B --target bbh --until 'very'
check 'no question' fails_with 64 'is no question'
with plan me/new-7B --target bbh --until 'me/old-7B > me/new-7B'
check 'two models and a third' fails_with 64 'leave the argument away'
with plan --target bbh --until '> 3'
check 'no model' fails_with 64 'needs a model'
with plan me/new-7B --target bbh --budget much
check 'no price' fails_with 64 'is no price'
with plan me/new-7B --target bbh --until '> 3' --level 40
check 'no level' fails_with 64 'above 50 and below 100'
with plan me/new-7B --target bbh --level 90
check 'a level of nothing' fails_with 64 'needs --until'
printf 'benchmark,tokens\nbbh,-3\n' >bad.csv
with plan me/new-7B --target bbh --budget 9 --prices bad.csv
check 'a bad price names its place' fails_with 65 'bad.csv:2:5: expected a number above 0'
with plan --backtest --target bbh --budget 9
check 'no price of a back-test' fails_with 64 'are for a plan of benchmarks'
finish
