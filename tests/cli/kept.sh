#!/bin/sh
# What a fit keeps in the cache gives the second start the same figures.  Prints TAP.
. "${top_srcdir:-.}/tests/cli/tap.sh"

with() { stemma --db t.db "$@"; }
parent=mistralai/Mistral-7B-v0.1
child=teknium/OpenHermes-2.5-Mistral-7B
twice() { # NAME COMMAND...: what it prints while it learns, and after that
	name=$1
	shift
	rm -f t.db
	with "$@" --json
	check "$name learns" exits 0
	cp out first
	with "$@" --json
	check "$name is the same from what was kept" cmp -s out first
}
twice residuals residuals
twice show show "$child"
twice predict predict -m "$parent" -m "$child"
# One more result: what was learned serves, and what follows from it is made and kept again.
printf 'model,ifeval\nowner/mine,41.5\n' >mine.csv
with import mine.csv >/dev/null
with predict -m "$parent" -m "$child" --json
check 'a result more changes predictions' exits 0
cp out first
with predict -m "$parent" -m "$child" --json
check 'and they are kept' cmp -s out first

cat >keys <<-END
	resize 120 36
	wait idle
	type :goto $parent
	key enter space
	type :goto $child
	key enter space
	dump KEPT.sketch
	key W
	dump KEPT.why
	key q r
	dump KEPT.residuals
END
rm -f t.db
sed 's/KEPT/first/' keys >first.keys
sed 's/KEPT/second/; s/ space$//' keys >second.keys # the sketch is kept
with browse --script first.keys
check 'the browser learns' exits 0
with browse --script second.keys
check 'and starts with what was kept' exits 0
for view in sketch why residuals; do # the last line has no u there: undo is of a run
	for run in first second; do
		sed '$d' $run.$view >$run.lines
	done
	check "$view is the same" cmp -s first.lines second.lines
done
finish
