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

# ---- a large cache, for what needs many models -----------------------------------

# Every third model of the starter set gets a name, a licence and a source like that.
"$program" --db large.db export --csv 2>/dev/null >starter.csv
LC_ALL=C awk -F, 'NR > 1 && NR % 3 == 0 && $1 !~ /[="]/ {
	odd[0] = "\033[31m"; odd[1] = "\342\200\256"; odd[2] = "\033]52;c;eA==\007"; odd[3] = "\302\233m"; odd[4] = "\377"
	odd[5] = "\342\201\246"; odd[6] = "%n%s"; odd[7] = "&<\"\\" "'"'"'"; odd[8] = "\r"; odd[9] = "\b\b"
	print $1 "=" $1 odd[count++ % 10] "!"
}' starter.csv >large-names.txt
check 'a large foreign cache' "$maker" large.db large-names.txt
name=$("$program" --db large.db export --csv 2>/dev/null | sed -n 's/^\([^,"]*\[31m!\),.*/\1/p' | head -n 1)
check 'with such names' [ -n "$name" ]
printf 'model,kind,architecture,params_b,uploaded\nevil/merge,merge,MistralForCausalLM,7.24,2024-05-01\n' >more.csv
"$program" --db large.db import more.csv >/dev/null 2>&1
printf 'model' >answers.csv
for question in 1 2 3 4; do printf ',"set:\033[31m\342\200\256%s"' $question >>answers.csv; done
echo >>answers.csv
cut -d, -f1 starter.csv | sed -n '2,90p' | grep -v '"' | awk '{ print $0 "," NR % 2 "," int(NR / 2) % 2 "," int(NR / 3) % 2 ",1" }' >>answers.csv
"$program" --db large.db import answers.csv >/dev/null 2>&1

outputs_of() { # DATABASE WHAT ARGUMENT...
	database=$1 what=$2
	shift 2
	for form in $forms; do
		[ "$form" = --text ] && form=
		# shellcheck disable=SC2086
		stemma --db "$database" $form "$@"
		check "$what${form:+ $form}: plain output" plain out err
		check "$what${form:+ $form}: ends by itself" [ "$code" -lt 126 ]
	done
}
forms='--text --json --csv'
outputs_of large.db 'plan' plan evil/merge
outputs_of large.db 'plan of questions' plan evil/merge --target set --questions 3
outputs_of large.db 'parents' parents evil/merge
outputs_of large.db 'anomalies' residuals --anomalies
outputs_of large.db 'suggest' suggest --limit 40
outputs_of large.db 'show in full' show -- "$name"
outputs_of large.db 'tree in full' tree -- "$name"
outputs_of large.db 'choose' choose -- "$name"
outputs_of large.db 'check of a model' check -- "$name"
outputs_of large.db 'check of merges' check --merges
outputs_of large.db 'predict' predict -m "$name:0.3" -m 01-ai/Yi-34B:0.7
outputs_of large.db 'export' export
outputs_of large.db 'export of edges' export --edges
forms=--text
outputs_of large.db 'suggest of a front' suggest --pareto ifeval,bbh
for format in dot graphml mergekit card; do
	outputs_of large.db "export as $format" export -m "$name" -m 01-ai/Yi-34B --format $format
	outputs_of t.db "export of all as $format" export --format $format
done
for word in "$(printf 'target=\033[31m')" "$(printf '\342\200\256=1')"; do
	outputs_of large.db 'a wrong target' suggest --target "$word"
	outputs_of large.db 'a wrong architecture' suggest --architecture "$word"
	outputs_of large.db 'a wrong benchmark' residuals -b "$word"
	outputs_of large.db 'a wrong sketch' export --sketch "$word"
	outputs_of large.db 'a wrong format' export --format "$word"
done

# ---- files of every kind that say such things --------------------------------------

evil=$(printf '\033[31m\342\200\256')
json='\u001b[31m\u202e\ud800'
printf '{"id":"evil/%s","tags":["license:%s"],"baseModels":{"relation":"%s","models":[{"id":"%s/x"}]}}\n{"id": "%s' \
	"$json" "$json" "$json" "$json" "$evil" >hub.jsonl
printf -- '---\nlicense: "%s"\nbase_model: ["evil/%s"]\ntags: ["%s"]\nmodel-index: [{name: "evil/%s"}]\n---\n' \
	'\e[31m' '\e[31m' '\e[31m' '\u202e' >README.md
printf '{"results":{"leaderboard_%s":{"prompt_level_strict_acc,none":0.4}},"model_name":"evil/%s","config":{"model_args":"pretrained=%s"}}' \
	"$json" "$json" "$json" >results.json
printf 'add:\n  - {child: "evil/\\e[31m", parent: "\\u202e/x", relation: "\\e]0;x\\a"}\n' >corrections.yaml
printf 'theme: "\\e[31m"\n"\\u202e": 1\nkeys: {"\\e[1m": "\\e[2J"}\n' >config.yaml
outputs 'importing metadata' import hub.jsonl
outputs 'importing a card' import README.md
outputs 'importing results' import results.json
outputs 'a configuration of the browser' config --config config.yaml
outputs 'answers to such questions' import answers.csv
STEMMA_CORRECTIONS=$work/corrections.yaml
export STEMMA_CORRECTIONS
outputs 'corrections' check
unset STEMMA_CORRECTIONS
outputs 'a configuration that is not there' config --config "$evil"
outputs 'a merge that is not there' predict "$evil.yml"
outputs 'an output that cannot be' export -o "$evil/x.json"

# ---- screens -----------------------------------------------------------------------

printf 'resize 120 40\nkey Z g j space j j space\ndump tree.txt\ntype r\ndump residuals.txt\n' >look.keys
stemma --db t.db browse --script look.keys
check 'the browser ends well' exits 0
check 'its screens are plain' plain tree.txt residuals.txt

# Every view, on models with such names.
cat >views.keys <<END
resize 160 50
wait idle
type /$(printf '31m')
key enter
dump view-found.txt
key enter
dump view-model.txt
key space
key n space
dump view-sketch.txt
key W
dump view-why.txt
key q
type :duplicate other
key enter
type :beside $evil
key enter
dump view-beside.txt
key C
dump view-versus.txt
key q v n v V
dump view-compare.txt
key q H
dump view-heat.txt
key q P
dump view-pedigree.txt
key q r
dump view-residuals.txt
key ]
key q " a * ;
dump view-marks.txt
key q f
type licence = $evil
dump view-filter.txt
key enter
dump view-filtered.txt
key esc esc s
wait idle
dump view-suggest.txt
key f
wait idle
dump view-front.txt
key q
type :goto $evil
key enter
type :write $evil/x.yml
key enter
type :$evil
key enter
dump view-wrong.txt
key !
dump view-messages.txt
key q y
dump view-copied.txt
key ?
dump view-help.txt
END
for database in t.db large.db; do
	rm -f view-*.txt
	stemma --db $database browse --script views.keys
	check "$database: all views end well" exits 0
	check "$database: and are seen" [ "$(ls view-*.txt | wc -l)" -eq "$(grep -c '^dump' views.keys)" ]
	for view in view-*.txt; do
		check "$database: $view is plain" plain "$view"
	done
done
check 'an odd name is among them' grep -q '31m!' view-found.txt
# Numbers that no reader lets in, from another program.  alter SQL: in a cache that has a fit's data.
alter() {
	rm -f numbers.db*
	starter numbers.db
	python3 -c 'import sqlite3, sys; c = sqlite3.connect("numbers.db"); c.execute(sys.argv[1]); c.commit()' "$1"
}
for odd in 9e999 1e300; do
	for column in 'models SET params_b' 'models SET likes' 'edges SET weight' 'scores SET value' 'scores SET error'; do
		case $column in
		scores*) where='evaluation IN (SELECT id FROM evaluations LIMIT 9)' ;;
		models*) where='id < 9' ;;
		edges*) where='weight > 0' ;;
		esac
		alter "UPDATE $column = $odd WHERE $where"
		stemma --db numbers.db fit
		check "$column = $odd: fit ends" exits 0
		check "$column = $odd: its figures are numbers" eval '! grep -iqw -e nan -e inf -e "-nan" out'
		stemma --db numbers.db --json export
		check "$column = $odd: so are those of export" eval '! grep -iqw -e nan -e inf -e infinity -e 1e+300 out'
		stemma --db numbers.db check
		case $column in
		*likes) ;;
		*) check "$column = $odd: check says so" grep -q -e 'as unknown' -e 'left out' out ;;
		esac
	done
done
finish
