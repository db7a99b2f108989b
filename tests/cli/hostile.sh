#!/bin/sh
# Names that try to leave the screen, turn it round or run something: every
# text output must hold plain UTF-8 without control characters, bidirectional
# overrides and other invisible ones.  Prints TAP.
. "${top_srcdir:-.}/tests/cli/tap.sh"
corpus=$top_srcdir/tests/screens
LC_ALL=C.UTF-8
export LC_ALL

hidden=$(printf '[\001-\010\013-\037\177]\|\302[\200-\237]\|\302\255\|\330\234\|\341\240\216\|\342\200[\213-\217\250-\256]\|\342\201[\240-\257]\|\357\273\277\|\357\277[\271-\273]\|\363\240[\200-\277]')
# plain FILE...: no byte of it acts on a terminal.
plain() {
	for file; do
		LC_ALL=C grep -q -e "$hidden" "$file" && { echo "$file acts"; return 1; }
		iconv -f UTF-8 -t UTF-8 "$file" >/dev/null || { echo "$file is no UTF-8"; return 1; }
	done
}
printf 'x\033y\n' >out
check 'the test itself sees an escape' eval '! plain out'
printf 'x\342\200\256y\n' >out
check 'and an override' eval '! plain out'
printf 'x\377y\n' >out
check 'and a bad byte' eval '! plain out'

# outputs WHAT COMMAND...: plain as text, JSON and CSV, and not ended by a signal
outputs() {
	what=$1
	shift
	for form in '' --json --csv; do
		# shellcheck disable=SC2086
		stemma --db t.db $form "$@"
		check "$what${form:+ $form}: plain output" plain out err
		check "$what${form:+ $form}: ends by itself" [ "$code" -lt 126 ]
	done
}

# A cache that another program wrote, with names that no reader lets in.
maker=$top_builddir/tests/screens/cache
check 'a foreign cache' "$maker" t.db "$corpus/hostile-models.csv" "$corpus/hostile-edges.csv" "$corpus/hostile-names.txt"
sed 's/[^=]*=//; s/"/""/g; s/^/"/; s/$/",1,2,3,4,5,6/; 1s/^/model,ifeval,bbh,math_lvl_5,gpqa,musr,mmlu_pro\
/' "$corpus/hostile-names.txt" >names.csv
outputs 'importing such names' import names.csv
cp names.csv "$(printf 'ev\033[31mil\342\200\256.csv')"
outputs 'importing a file with such a name' import ./ev*
printf 'merge_method: linear\nname: "evil/\\e[31mmerge\\u202e"\nmodels:\n  - model: "evil/\\e[2J\\e[31mred"\n    parameters: {weight: 0.5}\n  - model: "evil/\\u202egnp.exe"\n    parameters: {weight: 0.5}\n' >merge.yml
outputs 'importing a configuration' import merge.yml
outputs 'predicting a configuration' predict merge.yml
printf 'merge_method: "\\e[31mlinear\\u202e"\nmodels: [{model: "a/\\e[1mb"}]\n' >bad.yml
outputs 'a configuration that is wrong' predict bad.yml
printf 'child,parent\n"\033[31m\377","x\342\200\256"\n"\033]0;a\007/b","\033]0;a\007/b"\n' >odd.csv
outputs 'edges of bad names' import odd.csv
printf '\033[31m\342\200\256,\377\n1,2\n' >unknown.csv
outputs 'a file of no known kind' import unknown.csv

outputs check check
outputs fit fit
outputs residuals residuals
outputs eval eval
while read -r name; do
	outputs "show $name" show -- "$name"
	outputs "tree $name" tree -- "$name"
done <<'END'
[2J[31mred
evil/gnp.exe
backspace
模型家族
evil/%s%n%s%1$n
--json
END
for name in "$(printf '\033[31mnobody\342\200\256')" "$(printf '\377\376')" "$(printf 'evil/\033')"; do
	outputs 'an unknown name' show "$name"
	outputs 'an unknown name' tree "$name"
	outputs 'an unknown file' import "$name"
	outputs 'an unknown command' "$name"
	outputs 'an unknown option' "--$name"
done
printf 'key %s\n' "$(printf '\033[31m')" >bad.keys
outputs 'a script that is wrong' browse --script bad.keys

printf 'resize 120 40\nkey Z g j space j j space\ndump tree.txt\ntype r\ndump residuals.txt\n' >look.keys
stemma --db t.db browse --script look.keys
check 'the browser ends well' exits 0
check 'its screens are plain' plain tree.txt residuals.txt
finish
