#!/bin/sh
# The user's own models: names for what has none, and taking back an import.  Prints TAP.
. "${top_srcdir:-.}/tests/cli/tap.sh"

s() { stemma --db t.db --no-starter "$@"; }
# run FILE MODEL VALUE: results of it on a benchmark.
run() {
	printf '{"results": {"gsm8k": {"exact_match,strict-match": %s}}, "model_name": "%s", "versions": {}}' "$3" "$2" >"$1"
}
mkdir -p mine/x other/x
printf -- '---\nbase_model: Qwen/Qwen2.5-7B\n---\n' >mine/x/README.md
printf 'merge_method: linear\nmodels:\n- model: a/one\n  parameters: {weight: 1}\n' >other/x/mergekit_config.yml
run r.json "$work/mine/x" 0.5

stemma --db t.db --no-starter import r.json mine other
check 'a path is no refusal' exits 0
check 'and that is told' warns 'the model is the folder .*/mine/x: called local/x$'
s show local/x --json
check 'results and card of one folder are of one model' says '"Qwen/Qwen2.5-7B"'
s tree local/x-2 --csv
check 'another path of that name is another model' says '^local/x-2,a/one,'
(cd mine && stemma --db ../t.db import x)
check 'the folder is the same from elsewhere' warns 'nothing new'
run here.json ./x 0.5
mv here.json mine/x
s import mine/x/here.json
check 'so is a path that begins nowhere, in the folder of its file or above' warns 'called local/x$'
rm mine/x/here.json

s import r.json mine --name me/mine --parent Qwen/Qwen2.5-7B:1 --parent ./other/x:3
check 'a name and parents are given to it' exits 0
s tree me/mine --csv
check 'with its weights' says '^me/mine,local/x-2,merge,0.75,'
s show local/x --csv
check 'the earlier name leads to it' exits 0
run r2.json "$work/mine/x/" 0.6
s import r2.json --csv
s show me/mine -b gsm8k --csv
check 'for later results' says '^gsm8k,0.6'

printf 'model,gsm8k\na/b,0.5\na/c,0.4\n' >table.csv
s import table.csv --name me/other
check 'a table is no single model' exits 65
check 'and says so' warns 'names its models itself'
run one.json /m/one 0.5
run two.json /m/two 0.5
s import one.json two.json --name me/other
check 'nor are two' exits 65
check 'which are named' warns 'two.json: this speaks of /m/two, another file of /m/one'
s import one.json --name 'two words'
check 'a name is a name' exits 64
s import one.json --relation merge
check '--relation is of --parent' exits 64
s import one.json --parent a/one:0.5 --parent a/b
check 'weights are of all parents or of none' exits 64
s import one.json --name me/new --parent a/oen
check 'a parent that is not known is told' warns 'did you mean'

# Two files that would replace each other.
mkdir -p m1 m2
printf 'merge_method: linear\nmodels: [{model: a/one, parameters: {weight: 1}}]\n' >m1/tour.yml
printf 'merge_method: linear\nmodels: [{model: a/two, parameters: {weight: 1}}]\n' >m2/tour.yml
s import m1 m2
check 'one file replaces another of the import: told' warns 'm2/tour.yml: warning: this replaces what m1/tour.yml'

# ---- taking back ----------------------------------------------------------------
rm -f t.db*
printf 'model,gsm8k,ifeval\na/b,0.5,40\na/c,0.25,50\n' >one.csv
printf 'model,gsm8k,own\na/b,0.75,3\na/d,0.25,4\na/c,0.25,5\n' >two.csv
printf 'child,parent,relation\na/c,a/b,finetune\na/c,a/p,finetune\n' >edges.csv
s import one.csv
s import one.csv
check 'an identical file brings nothing new' warns 'nothing new'
s import two.csv edges.csv
s imports --csv
check 'and is not listed' [ "$(wc -l <out)" -eq 4 ]
check 'the others are' says '^2,.*,two.csv,models,'
s show a/b -b gsm8k --csv
check 'the second has replaced a value' says '^gsm8k,0.75'
s imports --undo 2
check 'an import is taken back' exits 0
s show a/b -b gsm8k --csv
check 'what it replaced is there again' says '^gsm8k,0.5'
s show a/d
check 'a model that it alone brought is gone' exits 66
s benchmarks --csv
check 'so is its benchmark' [ "$(grep -c '^own,' out)" -eq 0 ]
s show a/c -b gsm8k --csv
check 'what others say as well stays' says '^gsm8k,0.25'
s imports --undo 1
s show a/c --csv
check 'a model of which edges are left stays' exits 0
s imports --undo 3
s export --csv
check 'in the end nothing is left' [ "$(wc -l <out)" -eq 1 ]
s check
check 'and the cache is whole' exits 0
s imports --undo 3
check 'twice is too often' exits 64
s imports --undo 9
check 'what is not there is told' warns 'there is no import 9'
s import two.csv one.csv
s imports --undo 4
s show a/c -b gsm8k --csv
check 'of rows that two brought, the later keeps its own' says '^gsm8k,0.25'
s show a/b -b gsm8k --csv
check 'and its values' says '^gsm8k,0.5'
s imports --undo 5
s export --csv
check 'until it is taken back, too' [ "$(wc -l <out)" -eq 1 ]

rm -f t.db*
s import m1/tour.yml
s import m2/tour.yml
s tree tour --csv
check 'another configuration has other parents' says '^tour,a/two,'
s imports --undo 2
s tree tour --csv
check 'until it is taken back' says '^tour,a/one,'
check 'with all that it brought' [ "$(grep -c a/two out)" -eq 0 ]

# ---- besides ---------------------------------------------------------------------
stemma --db missing/x.db imports
check 'a folder that is not there is told' exits 66
check 'and not made' [ ! -e missing ]
stemma help
check 'help is a command' says '^  *import '
stemma help imports
check 'also of a command' says 'undo N'
stemma help improt
check 'of one that there is' warns 'stemma help import'
rm -f t.db*
printf 'model,benchmark,value,source\na/b,ifeval,40,leaderboard\na/b,bbh,30,leaderboard\na/b,gpqa,10,leaderboard\n' >long.csv
printf 'model,ifeval\na/b,60\na/fam\342\200\215ily,50\n' >mine.csv
s import long.csv mine.csv
s show a/b -b ifeval --csv
check 'one score of your own comes before a whole run of others' says '^ifeval,60'
s show "$(printf 'a/fam\342\200\215ily')"
check 'a name is found as it was imported' exits 0
s predict a/b
check 'a model in the place of a file: the option is told' warns 'stemma predict -m a/b'
s predict -m a/b --base a/family
check 'a base that is of no use is not left out silently' warns 'linear has no base'

# Tables with a row a score say date and set-up there.
{
	echo 'model,benchmark,value,date,shots,setup,source'
	echo 'a/long,gsm8k,0.5,2024-05-01,5,strict,team'
	echo 'a/long,mmlu,0.6,2024-06-01,5,strict,team'
	echo 'a/long2,gsm8k,0.4,,5,strict,team'
	echo 'a/long2,mmlu,0.3,,0,,team'
} >long.csv
s import long.csv
s show a/long --json
check 'a run has the latest date of its scores' is_json '.evaluations[0].submitted == "2024-06-01"' '"2024-06-01"'
check 'and the set-up that they share' is_json '.evaluations[0].setup == "5 shots, strict"' '"5 shots, strict"'
s show a/long2 --json
check 'where they differ that is said' is_json '.evaluations[0].setup == "several"' '"setup": "several"'
check 'no date is none' is_json '.evaluations[0].submitted == null' '"submitted": null'
finish
