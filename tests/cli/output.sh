#!/bin/sh
# Output that does not get where it should: every command that prints says so and
# fails; what is written to files is whole, and replaces nothing that is no file.
# Prints TAP.
. "${top_srcdir:-.}/tests/cli/tap.sh"
screens=$top_srcdir/tests/screens

with() { stemma --db t.db "$@"; }
with import "$screens/family-models.csv" --no-starter
with import "$screens/family-edges.csv"
cat >more.csv <<'END'
model,kind,architecture,params_b,uploaded
me/new-7B,merge,OakForCausalLM,7.24,2024-05-01
END
with import more.csv
stemma --db large.db check
name=north/Oak-7B-Instruct
printf 'models: [{model: north/Oak-7B, parameters: {weight: 1}}]\nmerge_method: linear\n' >merge.yml
printf 'resize 80 24\ndump -\n' >look.keys

# full DESCRIPTION ARGUMENT...: with a standard output that takes nothing
full() {
	description=$1
	shift
	"$program" --db t.db "$@" >/dev/full 2>err </dev/null
	code=$?
	: >out
	check "$description: a full output is told" fails_with 74 'cannot write'
}
if [ -c /dev/full ]; then
	for form in '' --json --csv; do
		# shellcheck disable=SC2086
		while read -r words; do
			full "$words $form" $words $form
		done <<-END
			check
			fit
			show $name
			residuals
			residuals --anomalies
			eval --protocol time --date 2024-09-20
			choose $name
			parents --db large.db 01-ai/Yi-34B
			export
			predict -m north/Oak-7B:0.3 -m $name:0.7
			predict merge.yml
			suggest --limit 3
			plan me/new-7B
			tree $name
			import more.csv
		END
	done
	for format in dot graphml mergekit card; do
		full "export of $format" export -m north/Oak-7B -m "$name" --format $format
	done
	full 'export of edges' export --edges
	full 'config' config --print
	full 'a screen' browse --script look.keys
	full 'help' --help
	full 'the version' --version
	for command in browse check choose config eval export fit import parents plan predict residuals show suggest \
		sync tree; do
		full "help of $command" $command --help
	done
else
	skip 'a full output' 'no /dev/full here'
fi

# A file takes the place of a file.  What is none stays what it is.
rm -f out.csv && mkfifo out.csv && mkdir out.json
cat out.csv >"read" & reader=$!
with export -o out.csv
check 'a pipe is written to' exits 0
wait $reader
with export --csv
check 'and gets all' cmp -s out read
check 'and stays a pipe' test -p out.csv
with export -o out.json
check 'a folder is no file' fails_with 74 'out.json: Is a directory'
mkdir there && ln -s there/new.csv ahead.csv && ln -s ahead.csv again.csv
stemma --db t.db export -o again.csv
check 'a link to what is not there yet makes it' [ -s there/new.csv ]
check 'and stays a link' [ -L again.csv ]
echo old >real.csv && ln -s real.csv link.csv
with export -o link.csv
check 'a link stays one' test -h link.csv
with export --csv
check 'and its file is replaced' cmp -s out real.csv
check 'nothing is left beside it' [ "$(ls real.csv* link.csv* | wc -l)" -eq 2 ]
echo old >kept.csv
(trap '' XFSZ; ulimit -f 200; "$program" --db large.db export -f graphml -o kept.csv) >out 2>err
code=$?
check 'a file that does not fit is told' fails_with 74 'cannot write kept.csv: File too large'
check 'and the old one is as it was' [ "$(cat kept.csv)" = old ]
check 'with no half of a new one' [ "$(ls kept.csv* | wc -l)" -eq 1 ]
finish
