#!/bin/sh
# The configuration: what is printed is read again, faults are told with their
# place, and the installed defaults and the manual agree with the table.  Prints
# TAP.
. "${top_srcdir:-.}/tests/cli/tap.sh"
# config.sh --accept (with top_srcdir and top_builddir set) writes both anew.
if [ "$1" = --accept ]; then
	"$program" config --no-config --print >"$top_srcdir/share/config.yaml"
	"$program" config --manual >"$work/manual"
	page=$top_srcdir/man/stemma-config.5
	{ sed '/^\.Sh OPTIONS/,$d' "$page"; cat "$work/manual"; sed -n '/^\.Sh FILES/,$p' "$page"; } >"$work/page" &&
		cp "$work/page" "$page"
	exit
fi
XDG_CONFIG_HOME=$work/config
export XDG_CONFIG_HOME
mkdir -p config/stemma
user=config/stemma/config.yaml

stemma config
check 'without a file the defaults are in force' says 'not there; the defaults'
check 'and that is no failure' exits 0
stemma config --print
check 'all is printed' [ "$(wc -l <out)" -gt 150 ]
check 'as the installed defaults have it' diff out "$top_srcdir/share/config.yaml"
stemma config --manual
sed -n '/^\.Sh OPTIONS/,/^\.Sh FILES/p' "$top_srcdir/man/stemma-config.5" | sed '$d' >manual
check 'the manual has the same options' diff out manual

printf 'mouse: no\ntheme: light\nkeys:\n  down: [j, Q]\ncolors:\n  bad: bold red\ntree:\n  columns: [date, size]\n' >"$user"
stemma config
check 'the user has a file' says 'valid, 5 options'
stemma config --print
cp out printed
check 'its values are in force' says '^theme: light'
check 'keys too' says '^  down: \["j", "Q"\]'
check 'colours too' says '^  bad: bold red'
stemma config --config printed --print
check 'what is printed is read again' cmp out printed
stemma config --no-config --print
check '--no-config leaves it alone' cmp out "$top_srcdir/share/config.yaml"
stemma config --config nowhere.yaml
check 'a file that was named has to be there' fails_with 66 'nowhere.yaml'
stemma config --config printed --no-config
check 'both switches are refused' fails_with 64 'exclude each other'

# fault TEXT PLACE MESSAGE
fault() {
	printf '%b' "$1" >fault.yaml
	stemma config --config fault.yaml --print
	check "refused: $3" fails_with 65 "fault.yaml:$2: .*$3"
}
fault 'mouse: yes\nmouze: no\n' 2:1 "did you mean 'mouse'"
fault 'keys:\n  dwon: j\n' 2:3 "did you mean 'keys.down'"
fault 'mouse: maybe\n' 1:8 'yes or no'
fault 'theme: lihgt\n' 1:8 "did you mean 'light'"
fault 'wheel-rows: 99\n' 1:13 'from 1 to 50'
fault 'wheel-rows: three\n' 1:13 'from 1 to 50'
fault 'tree:\n  width: [40]\n' 2:10 'takes no list'
fault 'tree:\n  columns: [size, daet]\n' 2:12 "did you mean 'date'"
fault 'tree: 5\n' 1:1 'indented'
fault 'colors:\n  bad: bold redd\n' 2:8 "did you mean 'red'"
fault 'colors:\n  bad: 256\n' 2:8 '0 to 255'
fault 'colors:\n  bad: red blue\n' 2:8 'one colour'
fault 'keys:\n  down: [j, nokey]\n' 2:9 "does not take 'nokey'"
fault 'keys:\n  down: 5\n' 2:9 'digits are counts'
fault 'keys:\n  quit: []\n' 2:9 'no way out'
fault 'keys:\n  down: [j, q]\n' 2:9 'the key q is for'
fault 'keys:\n  up: k\n  down: [j, k]\n' 3:9 'the key k is for up already'
fault 'mouse: yes\nmouse: no\n' 2:1 'line 1 already'
fault 'mouse: [yes\n' 2:1 'not YAML'
fault '- mouse\n' 1:1 'name: value'
fault 'keys:\n  down: [[j]]\n' 2:10 'plain values'

printf '# all\nkeys:\n#  down: j\n' >empty.yaml
stemma config --config empty.yaml
check 'a heading without options is fine' says 'valid, 0 options'
printf 'keys:\n  quit: []\n  down: [j]\n  half-page-down: []\n' | sed 2d >unbound.yaml
stemma config --config unbound.yaml --print
check 'an action may have no key' says '^  half-page-down: \[\]'
# What the browser makes of it; --script needs no terminal.
screens=$top_srcdir/tests/screens
stemma --db family.db --no-starter import "$screens/family-models.csv" "$screens/family-edges.csv"
# browse COMMANDS OPTION...: runs a key script that ends with a picture in out
browse() {
	printf 'resize 110 24\nwait idle\n%b\ndump -\n' "$1" >script
	shift
	stemma --db family.db browse --script script "$@"
}
frame() { sed -n 2p out | sed 's/┬.*//' | wc -m; } # columns of the tree, under UTF-8
for locale in C.UTF-8 C.utf8 en_US.UTF-8 en_US.utf8; do
	[ "$(LC_ALL=$locale locale charmap 2>/dev/null)" = UTF-8 ] && break
	locale=
done
if [ -n "$locale" ]; then
	LC_ALL=$locale
	browse 'key g'
	check 'the browser reads the configuration' says 'lineage ━.* date · average ━┬'
	usual=$(frame)
	browse 'key > > > ('
	check 'panes grow by key' [ "$(frame)" -gt $((usual + 10)) ]
	grown=$(frame)
	browse 'key g'
	check 'their sizes are kept' [ "$(frame)" -eq "$grown" ]
	browse 'key f\ntype oak\nkey enter'
	browse ''
	check 'and the filter' says 'filter oak: '
	printf 'restore: no\n' >fresh.yaml
	browse '' --config fresh.yaml
	check 'unless nothing is to be restored' [ "$(frame)" -eq "$usual" ]
	check 'no filter either' says '^┌ lineage ━'
	browse 'key esc' --config fault.yaml
	check 'a fault leads to the messages' says '┌ lineage'
	browse '' --config fault.yaml
	check 'with its place' says 'fault.yaml:2:10: '
	check 'and no failure' exits 0
	browse '' --ascii --config fresh.yaml
	check 'a switch goes before the file' says '^+ lineage ='
	browse '' --config nowhere.yaml
	check 'a file that was named has to be there in the browser too' exits 66
	printf 'ascii: always\nhints: no\n' >plain.yaml
	browse 'key g' --config plain.yaml
	check 'ASCII by configuration' [ "$(LC_ALL=C grep -c '[^ -~]' out)" -eq 0 ]
	check 'and no hints' says '^+-*+$'
else
	skip 'the browser reads the configuration' 'no UTF-8 locale'
fi
finish
