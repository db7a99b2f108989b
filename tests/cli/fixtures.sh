#!/bin/sh
# Every sample file of the ecosystem, one by one.  Prints TAP.
. "${top_srcdir:-.}/tests/cli/tap.sh"

shared=$top_srcdir/../shared/fixtures
if [ ! -d "$shared" ]; then
	echo '1..0 # SKIP ../shared/fixtures is not there'
	exit 0
fi
# The reports are inputs that tests/formats reads one by one.
mkdir fixtures
for kind in hub-api lm-eval mergekit model-cards; do
	cp -R "$shared/$kind" fixtures
done

# as_expected FILE CODE COUNTS MESSAGE: what importing it gave.
as_expected() {
	exits "$2" || return 1
	row=$(sed -n 2p out)
	row=${row#"fixtures/$1,"}
	[ "$(echo "$row" | cut -d, -f1-7,11)" = "$3" ] || return 1
	told=$(sed -n '1s/^stemma: //p;1q' err)
	[ -n "$told" ] || told=$(sed -n 1p err)
	told=${told#"fixtures/$1:"}
	case $told in "$4"*) [ -n "$4" ] || [ -z "$told" ] ;; *) return 1 ;; esac
}

grep -v '^#' "$top_srcdir/tests/cli/fixtures.txt" >table
while IFS='|' read -r wanted file counts message; do
	rm -f t.db*
	stemma --db t.db --no-starter import --csv "fixtures/$file"
	check "$file" as_expected "$file" "$wanted" "$counts" "$message"
done <table
listed() { [ "$(wc -l <table)" -eq "$(find fixtures -type f | wc -l)" ]; }
check 'no file is left out' listed

rm -f t.db*
stemma --db t.db --no-starter import fixtures
check 'the folder as a whole says what failed' warns '^fixtures: 112 imported, 7 failed, 2 of no known format'
check 'and that is its exit status' exits 65
stemma --db t.db check
check 'the cache is whole' exits 0
finish
