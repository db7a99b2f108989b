#!/bin/sh
# The help lists every binding that is in force, also those of the user's own,
# with what it does.  Prints TAP.
. "${top_srcdir:-.}/tests/cli/tap.sh"
need_utf8
unset LINES COLUMNS
mkdir -p config/stemma
XDG_CONFIG_HOME=$work/config
export XDG_CONFIG_HOME
printf 'keys:\n  pick: [a, ctrl-k]\n  lock: [F2]\n  redraw: []\n' >config/stemma/config.yaml
# High enough for all of the help, wide enough that nothing is wrapped but keys.
printf 'resize 250 600\nkey ?\ndump help.txt\n' >help.keys
LC_ALL=$locale "$program" --no-starter --db empty.db browse --script help.keys 2>err
check 'the help is drawn' [ -s help.txt ]
"$program" config --print >config.txt
# "name<tab>keys<tab>help" of each action.
awk '
/^keys:/ { inside = 1; next }
/^[a-z]/ { inside = 0 }
inside && /^  #/ { sub(/^  # /, ""); help = help (help ? " " : "") $0; next }
inside && /^  [a-z-]*: *\[/ {
	name = $1; sub(/:$/, "", name)
	keys = $0; sub(/^[^[]*\[/, "", keys); sub(/\]$/, "", keys)
	gsub(/", "/, " ", keys); sub(/^"/, "", keys); sub(/"$/, "", keys)
	gsub(/\\"/, "\"", keys); gsub(/\\\\/, "\\", keys)
	print name "\t" keys "\t" help; help = ""
}' config.txt >actions.txt
check 'the configuration names the actions' [ "$(wc -l <actions.txt)" -gt 60 ]
# In the help: keys in 16 columns, of more lines where they are many.
LC_ALL=$locale sed -n 's/^│//; s/│$//; s/ *$//; p' help.txt | LC_ALL=C awk -F'\t' '
NR == FNR { keys[++n] = $2; help[n] = $3; name[n] = $1; next }
{
	if (substr($0, 2, 1) != " ") next # a heading
	left = substr($0, 1, 19); right = substr($0, 20)
	sub(/^ */, "", left); sub(/ *$/, "", left)
	if (right == "" && left == "") next
	if (right != "") { entry[++entries] = left; text[entries] = right }
	else entry[entries] = entry[entries] " " left
}
END {
	for (i = 1; i <= n; i++) {
		found = 0
		for (j = 1; j <= entries; j++)
			if (entry[j] == keys[i] && text[j] == help[i]) found = 1
		if (!found) { print name[i] ": " keys[i] ": " help[i]; bad = 1 }
	}
	exit bad
}' actions.txt - >missing.txt
status=$?
listed() { cat missing.txt; [ "$status" -eq 0 ]; }
check 'each with its keys and what it does' listed
check "among them the user's own" grep -q '^pick	a ctrl-k	' actions.txt
finish
