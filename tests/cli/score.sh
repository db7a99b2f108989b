#!/bin/sh
# Merges that are written out, predicted, and measured later.  Prints TAP.
. "${top_srcdir:-.}/tests/cli/tap.sh"
starter t.db
with() { stemma --db t.db "$@"; }
merge='-m mistralai/Mistral-7B-Instruct-v0.2:0.5 -m HuggingFaceH4/zephyr-7b-beta:0.5'

with score
check 'without a sketch there is nothing to score' fails_with 66 'no sketch was written out; .*stemma export'
with export $merge
check 'standard output has no name to remember' [ -z "$(grep remembered err)" ]
with export $merge -o mix.yml
check 'a sketch that is written out is remembered' warns 'remembered as mix'
with predict mix.yml --csv -b ifeval,bbh
predicted=$(grep ',ifeval,' out | cut -d, -f3)
with score
check 'it waits for its results' says '^not measured yet mix$'

cat >results.csv <<'END'
model,ifeval,bbh
me/Mix,99,17
END
with import results.csv
with score --csv
check 'what is measured under its name is compared' lines 3
told() { grep ',ifeval,' out | cut -d, -f5; }
close() { awk -v a="$(told)" -v b="$predicted" 'BEGIN { exit !(a - b < 0.01 && b - a < 0.01) }'; }
check 'with what was predicted when it was written' close
check 'and what was measured' says '^mix,[-0-9]*,me/Mix,ifeval,.*,99,.*,0$'
with score --json
# By hand: |99 - p| and |17 - q| over the range of 100, and how many lie in their intervals.
check 'the figures are those of the table' is_json '(.foretold | map(.measured - .predicted | fabs) | add / length) as $mae |
	(.figures[0].mae - $mae | fabs) < 1e-4 and .figures[0].scores == 2 and
	.figures[0].within90 == (.foretold | map(.within90) | map(select(.)) | length / 2)' '"figures": '
with show me/Mix
check 'show has it, too' says '^predicted before it was measured$'

# Writing it again does not change what was foretold of what is measured.
with export $merge --method slerp -o mix.yml
with score --csv
check 'what is measured keeps its prediction' close

# Under another name.
with export $merge -o other.yml
# results MODEL: what lm-evaluation-harness writes of one task.
results() {
	printf '{"results": {"leaderboard_ifeval": {"inst_level_strict_acc,none": 0.5, "prompt_level_strict_acc,none": 0.4}},\n'
	printf '"config": {"model": "hf", "model_args": "pretrained=%s"}, "date": 1760000000}\n' "$1"
}
results out/thing >thing.json
with import --sketch nothing thing.json
check 'a sketch that was not written is unknown' fails_with 66 'no sketch was written out as nothing; there are mix, other'
with import --sketch other thing.json
check 'results may be said to be those of a sketch' exits 0
with score --csv
check 'and count as such' says '^other,[-0-9]*,local/thing,'
with import --sketch other results.csv
check 'a table speaks of many models' fails_with 65 'names its models itself'

# A model that was measured before is no test of a prediction.
with export $merge -o known.yml
results HuggingFaceH4/zephyr-7b-alpha >alpha.json
with import --sketch known alpha.json
check 'a published model may be named' exits 0
with score --csv
check 'scores from before are not foretold' [ "$(grep -c '^known,.*,ifeval,' out)" = 0 ]
finish
