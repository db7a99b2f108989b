#!/bin/sh
# Plans of single questions, on answers made up for models of the starter set:
# a model solves a question by its average and the question's difficulty.
# Prints TAP.
. "${top_srcdir:-.}/tests/cli/tap.sh"

with() { stemma --db t.db "$@"; }
starter t.db
with export --csv
awk -F, -v questions=60 '
	BEGIN { srand(4); printf "model"; for (q = 0; q < questions; q++) printf ",logic:%d", 700 + q; print "" }
	NR == 1 { for (i = 1; i <= NF; i++) if ($i == "ifeval") column = i; next }
	$column != "" && $1 !~ /"/ && ++count <= 120 {
		printf "%s", $1
		for (q = 0; q < questions; q++)
			printf ",%d", rand() < 1 / (1 + exp(-($column - 20 - q) / (q % 3 ? 30 : 4)))
		print ""
	}' out >answers.csv
with import answers.csv
check 'answers are imported' exits 0
name=$(sed -n '$p' answers.csv | cut -d, -f1)
with plan "$name" --target logic
check 'known answers need no plan' fails_with 64 'known already'
cat >models.csv <<'END'
model,kind,architecture,params_b,uploaded
me/new-7B,chat,MistralForCausalLM,7.24,2024-05-01
END
with import models.csv
with plan me/new-7B --target logic --questions 12 -o ids.json --task leaderboard_logic --csv
check 'as many questions as asked for' lines 14
check 'called as they were imported' says '^1,7[0-9][0-9],'
cp out first
surer() {
	awk -F, 'NR > 2 && ($3 >= sd || $7 - $6 <= 0) { bad = 1 } NR > 1 { sd = $3 } END { exit bad }' first
}
check 'each leaves less uncertain' surer
harness() { [ "$(tr -dc , <ids.json | wc -c)" -eq 11 ] && grep -q '"leaderboard_logic": \[7[0-9][0-9], ' ids.json; }
check 'lm-evaluation-harness gets the same' harness
distinct() { [ "$(cut -d, -f2 first | sort | uniq -d | wc -l)" -eq 0 ]; }
check 'no question twice' distinct
with plan me/new-7B --target logic --questions 12 --csv
check 'again the same' cmp -s first out
with plan me/new-7B --target logic --json
check 'as JSON, at most 50' is_json '.target == "logic" and .questions == 60 and (.plan | length) == 51' '"logic"'
with plan --backtest --target logic --json
check 'tested: they tell more than the share of random ones' is_json '.models > 20 and
	(.backtest | map(select(.questions == 25 and .group == "all"))[0] | .planned < .sampled and .planned_width > 0
		and .planned < .means and .items_planned < .items_random)' '"planned"'

with plan me/new-7B --questions 5
check 'questions are of a set' fails_with 64 'name it with --target'
with plan me/new-7B --target logic --task x
check 'a task is for a file' fails_with 64 'task needs --output'
with plan me/new-7B --target logic -o no/such/folder.json
check 'a file that cannot be written' fails_with 74 'no/such/folder.json'
with plan me/new-7B --target logic --questions 2000
check 'no end of questions' fails_with 64 'questions goes to 1000'
sed '1s!logic:759!logic:last!; s!logic:!words:!g' answers.csv >words.csv
with import words.csv
with plan me/new-7B --target words --questions 60 -o ids.json
check 'names that are no numbers are none of the harness' fails_with 65 'has no number'

with plan me/new-7B --target logic --until '±5' --json
ends() { is_json '.decided == "no" and (.plan | length) > 5 and .plan[-1].decided == 1 and .plan[-2].decided == 0 and
	(.plan[-1] | .high90 - .low90 < 10)' '"decided": "no"'; }
check 'it ends when the share is known as closely as asked' ends
with plan me/new-7B --target logic --until '> 1' --json
check 'what is decided needs no question' is_json '.decided == "yes" and .chance > 95 and (.plan | length) == 1' '"decided": "yes"'
with plan --target logic --until "me/new-7B > $name"
check 'two models are no plan of questions' fails_with 64 'for one model'

# The loop: questions planned, put by lm-evaluation-harness, its samples imported, and planned on.
# answer ROUND: what the harness writes of the questions in ids.json; the model solves those below 730.
answer() {
	mkdir -p "run/me__new-7B"
	grep -o '[0-9][0-9]*' ids.json | awk '{
		printf "{\"doc_id\": %d, \"doc\": {}, \"target\": \"A\", \"filter\": \"none\", \"metrics\": [\"acc\"], \"acc\": %.1f}\n",
			$1, $1 < 730 }' >"run/me__new-7B/samples_logic_2026-01-0${1}T10-00-00.000001.jsonl"
}
ascending() { grep -o '[0-9][0-9]*' ids.json >ids && sort -n ids | cmp -s - ids && [ "$(wc -l <ids)" -eq "$1" ]; }
with plan me/new-7B --target logic --questions 12 -o ids.json --json
cp out before
check 'the harness gets the questions in ascending order' ascending 12
cp ids asked
answer 1
with import run/me__new-7B/samples_logic_2026-01-01T10-00-00.000001.jsonl
check 'a few answers are imported' exits 0
with plan me/new-7B --target logic --questions 12 -o ids.json --json
narrower() { is_json '.answered == 12 and .plan[0].sd < 0.8 * '"$(jq '.plan[0].sd' before)" '"answered": 12'; }
check 'they count in the next plan' narrower
ascending 12 >/dev/null
others() { [ "$(cat ids asked | sort | uniq -d | wc -l)" -eq 0 ]; }
check 'which asks others' others
with import run/me__new-7B/samples_logic_2026-01-01T10-00-00.000001.jsonl
with plan me/new-7B --target logic --json
check 'the same answers again are the same answers' is_json '.answered == 12' '"answered": 12'
answer 2
with import run/me__new-7B/samples_logic_2026-01-02T10-00-00.000001.jsonl
with plan me/new-7B --target logic --json
check 'further answers join them' is_json '.answered == 24 and .plan[0].low90 <= 50 and .plan[0].high90 >= 50' '"answered": 24'
with imports --undo "$(stemma --db t.db imports --csv && tail -n 1 out | cut -d, -f1)"
with plan me/new-7B --target logic --json
check 'and can be taken back' is_json '.answered == 12' '"answered": 12'
with plan me/new-7B --target logic --questions 60 -o ids.json
answer 3
with import run/me__new-7B/samples_logic_2026-01-03T10-00-00.000001.jsonl
with plan me/new-7B --target logic
check 'with all of them nothing is left to plan' fails_with 64 'known already'
echo '{"doc_id": 99, "acc": 1.0}' >run/me__new-7B/samples_logic_2026-01-04T10-00-00.000001.jsonl
with import run/me__new-7B/samples_logic_2026-01-04T10-00-00.000001.jsonl
check 'a question that the set has not' warns 'logic has no question 99'
printf '{"doc_id": 3, "acc": 1.0}\n' >run/me__new-7B/samples_riddles_2026-01-04T10-00-00.000001.jsonl
with import run/me__new-7B/samples_riddles_2026-01-04T10-00-00.000001.jsonl
check 'some questions of a set that nobody knows' warns 'of which nobody tells how many it has'
finish
