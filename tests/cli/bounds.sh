#!/bin/sh
# What is too large, too deep, too many or no number is refused.
# Prints TAP.
. "${top_srcdir:-.}/tests/cli/tap.sh"

db=t.db
# repeat COUNT TEXT
repeat() { awk -v n="$1" -v text="$2" 'BEGIN { for (i = 0; i < n; i++) printf "%s", text }'; }
models() { "$program" --db $db check --json 2>/dev/null | sed -n 's/.*"models": \([0-9]*\).*/\1/p'; }
tried=0
# refused FILE MESSAGE: the import fails with it, and nothing has changed.
refused() {
	tried=$((tried + 1))
	before=$(models)
	finishes "$program" --db $db --no-starter import "$1" >out 2>err </dev/null
	code=$?
	[ $code -eq 65 ] && warns "$2" && [ "$(models)" = "$before" ]
}
# rejects FILE MESSAGE ROWS: so many rows (20 are listed) are refused with it, and the others kept.
rejects() {
	tried=$((tried + 1))
	finishes "$program" --db $db --no-starter import "$1" >out 2>err </dev/null
	code=$?
	[ $code -lt 124 ] && warns "$2" && [ "$(grep -c "$2" err)" -ge "$3" ]
}
"$program" --db $db --no-starter check >/dev/null

{ echo 'merge_method: linear'; printf 'models: '; repeat 100 '['; repeat 100 ']'; echo; } >deep.yml
check 'YAML that is nested too deeply' refused deep.yml 'nested more than 64 deep'
{
	printf 'merge_method: linear\na0: &a0 [x]\n'
	awk 'BEGIN { for (i = 1; i < 40; i++) { printf "a%d: &a%d [", i, i
		for (k = 0; k < 9; k++) printf "%s*a%d", k ? "," : "", i - 1; print "]" } }'
	echo 'models: *a39'
} >bomb.yml
check 'YAML whose aliases multiply' refused bomb.yml 'names no models\|nested more than'
{ echo 'merge_method: linear'; printf 'dtype: '; repeat 30000 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'; echo; } >giant.yml
check 'a giant scalar' refused giant.yml 'too large'
{ printf 'merge_method: linear\nmodels: ['; awk 'BEGIN { for (i = 0; i < 300; i++) printf "r/m%d,", i }'; echo ']'; } >many.yml
check 'a merge of 300 models' refused many.yml 'more than 256 models'
printf 'merge_method: linear\0\nmodels: [r/a, r/b]\n' >nul.yml
check 'a NUL byte in YAML' refused nul.yml 'nul.yml:1:21'
awk 'BEGIN { for (i = 0; i < 70; i++) print "---\nmerge_method: linear" }' >documents.yml
check '70 YAML documents' refused documents.yml 'more than 63'
printf 'child,parent\0\nr/a,r/b\n' >header.csv
check 'a NUL byte in the header of a table' refused header.csv 'NUL byte\|begins with'
{ echo 'child,parent'; repeat 40000 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'; echo ',r/b'; } >line.csv
check 'a very long line of a table' refused line.csv 'larger than 1 MiB'
{ printf '{"id":"r/a","x":'; repeat 5000 '['; repeat 5000 ']'; echo '}'; } >deep.jsonl
check 'JSON that is nested too deeply' refused deep.jsonl 'depth'

printf 'child,parent\nr/a,r/b\0c\nr/kept,r/b\n' >nul.csv
check 'a NUL byte in a row' rejects nul.csv 'NUL byte' 1
check 'and the others are kept' stemma --db $db show r/kept
printf 'model,ifeval,bbh\nr/a,inf,1\nr/b,nan,2\nr/c,1e999,3\nr/d,0x10,4\nr/f,50,50\n' >inf.csv
check 'scores that are no numbers' rejects inf.csv 'not a number' 3
printf 'child,parent,relation,weight\nr/a,r/b,merge,inf\nr/a,r/c,merge,nan\nr/a,r/d,merge,-1\n' >weights.csv
check 'weights that are none' rejects weights.csv 'not a number from 0 to 1,000,000' 2
{ echo 'child,parent,relation'; awk 'BEGIN { for (i = 0; i < 300; i++) printf "r/child,r/p%d,merge\n", i }'; } >parents.csv
check 'a model with 300 parents' rejects parents.csv 'r/child has 256 parents' 20
stemma --db $db tree r/child --depth 1
check 'of which 256 are kept' [ "$(grep -c r/p out)" -eq 256 ]
{ printf 'merge_method: linear\nmodels: [r/a, r/b]\nname: r/'; repeat 500 '0123456789'; echo; } >name.yml
check 'a name of 5,000 bytes' rejects name.yml 'more than 4096 bytes' 1
stemma --db $db check
check 'the cache is clean after all' exits 0

{
	echo 'a0: &a0 {k0: 1, k1: 1, k2: 1, k3: 1, k4: 1, k5: 1, k6: 1, k7: 1, k8: 1}'
	awk 'BEGIN { for (i = 1; i < 8; i++) { printf "a%d: &a%d {", i, i
		for (k = 0; k < 9; k++) printf "%sk%d: *a%d", k ? ", " : "", k, i - 1; print "}" } }'
} >bomb.yaml
finishes "$program" config --config bomb.yaml >out 2>err </dev/null
code=$?
check 'a configuration whose aliases multiply' warns 'more than 1000 names\|nested too deeply'
check 'with the exit status of bad data' exits 65
tried=$((tried + 1))

# A sketch's name is a name, whatever is in it.
stemma --db $db --no-starter import "$STEMMA_SHARE/starter/models.csv"
printf 'key G space k space\ntype :save ../../escaped\nkey enter\ntype :load ../../escaped\nkey enter\nresize 100 30\ndump -\n' >save.keys
stemma --db $db browse --script save.keys
check 'a sketch may be called ../../escaped' says 'escaped'
check 'and makes no file' [ ! -e ../../escaped -a ! -e escaped -a ! -e ../escaped ]
tried=$((tried + 1))
echo "# bad inputs: $tried"
finish
