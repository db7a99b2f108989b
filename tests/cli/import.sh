#!/bin/sh
# Imports: good files, broken files, interrupted and concurrent ones.  Prints TAP.
. "${top_srcdir:-.}/tests/cli/tap.sh"

cat >models.csv <<'END'
model,kind,architecture,params_b,license,uploaded,chat_template,ifeval,bbh,math_lvl_5_2024,gpqa,musr,mmlu_pro
north/Oak-7B,pretrained,OakForCausalLM,7.24,apache-2.0,2023-09-20,no,23.9,22.0,3.0,5.6,10.7,22.4
north/Oak-7B-Instruct,chat,OakForCausalLM,7.24,apache-2.0,2023-12-11,yes,54.9,22.9,3.9,3.5,7.6,19.1
river/OpenOak,finetuned,OakForCausalLM,7.24,mit,2024-01-02,yes,44.0,24.1,4.0,4.4,9.9,20.0
END
cat >edges.csv <<'END'
child,parent,relation,weight,method,source
north/Oak-7B-Instruct,north/Oak-7B,finetune,,,card
river/OpenOak,north/Oak-7B,finetune,,,card
north/Oak-7B,north/Oak-7B,finetune,,,card
river/OpenOak,north/Oak-7B-Instruct,finetune,heavy,,card
END
cat >merge.yml <<'END'
name: lake/Reed
models:
  - model: north/Oak-7B-Instruct
    parameters: {weight: 0.6}
  - model: river/OpenOak
    parameters: {weight: 0.4}
merge_method: linear
END
import() { stemma --db t.db --no-starter import "$@"; }
# count FILE COLUMN: the number in the CSV line of that file.
count() { awk -F, -v file="$1" -v name="$2" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) c = i }
	$1 == file { print $c }' "$work/out"; }

import models.csv edges.csv merge.yml --csv
check 'a file is recognised' [ "$(count merge.yml format)" = mergekit ]
check 'models are counted' [ "$(count models.csv models)" = 3 ]
check 'a self-parent is rejected with its line' warns '^edges.csv:4:.*Oak-7B'
check 'a bad number is rejected with its line' warns '^edges.csv:5:.*heavy'
check 'what is rejected changes the exit status' exits 65
check 'rejected rows are counted' [ "$(count edges.csv rejected)" = 2 ]
import models.csv edges.csv merge.yml --csv
check 'the second time nothing is added' [ "$(count models.csv added)$(count edges.csv added)$(count merge.yml added)" = 000 ]
check 'the second time nothing is updated' [ "$(count models.csv updated)$(count edges.csv updated)$(count merge.yml updated)" = 000 ]
import --json edges.csv
check 'JSON has the notes' is_json '(.notes | length) == 2 and .notes[0].line == 4' '"line": 4'
stemma --db t.db tree lake/Reed --csv
check 'the shares of the merge are kept' says '^lake/Reed,north/Oak-7B-Instruct,merge,0.6,'

{ cat edges.csv; for i in $(seq 30); do echo "a/b$i,a/b$i,finetune,,,card"; done; } >many.csv
import many.csv
check '20 rejected rows are listed' [ "$(grep -c '^many.csv:[0-9]' err)" = 20 ]
check 'the others are counted' warns '12 more; --all lists them'
import --all many.csv
check '--all lists them all' [ "$(grep -c '^many.csv:[0-9]' err)" = 32 ]

# Three ways to write one base model, and two of another one's: alternatives, no merge.
cat >spellings.csv <<'EOF'
child,parent,relation,weight,source
fern/Tuned,north/Oak-7B,finetune,0.5,hub
fern/Tuned,North/oak-7b,finetune,0.5,registry
fern/Tuned,oakmirror/oak-7b,finetune,0.5,registry
fern/Both,north/Oak-7B,finetune,0.5,registry
fern/Both,lake/Reed,merge,0.5,registry
EOF
stemma --db spell.db --no-starter import models.csv spellings.csv
stemma --db spell.db tree fern/Tuned --ancestors --csv
check 'spellings of one parent are one parent' says '^fern/Tuned,north/Oak-7B,finetune,1,'
check 'of several parents by finetune one counts' [ "$(grep -c '^fern/Tuned,' out)" -eq 1 ]
stemma --db spell.db check fern/Tuned --csv
check 'which one is told' says '^fern/Tuned,oakmirror/oak-7b,registry,listed,ignored: an alternative to one that counts'
stemma --db spell.db show fern/Tuned --json
check 'the others have no share' is_json '[.parents[] | select(.share == null)] | length == 1' '"share": null'
stemma --db spell.db tree fern/Both --ancestors --csv
check 'the parents of a merge are shares' [ "$(grep -c '^fern/Both,.*,0.5,' out)" -eq 2 ]

import missing.csv models.csv
check 'a missing file is 66' exits 66
check 'a missing file is named' warns '^stemma: missing.csv: '
check 'the other files go on' says models.csv
: >empty.csv
import empty.csv
check 'an empty file is 65' exits 65
echo 'just some words' >words.txt
import words.txt
check 'an unknown file is 65' exits 65
check 'an unknown file: what can be read is said' warns 'stemma-formats(7)'
printf 'merge_method: linear\nmodels: [a\n' >broken.yml
import broken.yml
check 'broken YAML is 65, with line and column' warns '^stemma: broken.yml:[0-9]*:[0-9]*: '
printf '\037\213\010\000broken' >broken.csv.gz
import broken.csv.gz
check 'a broken gzip file fails' [ "$code" -ge 65 ]
printf 'model,kind\n\033]0;evil\007/x,chat\n' >evil.csv
import evil.csv
check 'no control character reaches the terminal' [ -z "$(LC_ALL=C tr -cd '\033\007' <err)" ]
printf 'model,ifeval\nnot a name,15\n' >useless.csv
import useless.csv
check 'a file of which nothing can be used is 65' exits 65
check 'and tells why' warns '^useless.csv:2:1: "not a name" is not a model.s name; expected owner/name$'
printf 'model,ifeval\nnot a name,15\na/c,15\n' >half.csv
import half.csv
check 'a score that is refused is 65' exits 65
stemma --db t.db show a/c
check 'and the others are kept' says 'a/c'
mkdir -p good/deep bad
cp models.csv good/deep
cp words.txt good
cp broken.yml bad
import good
check 'a folder is read with all in it' exits 0
check 'what is in it is told' warns '^good: 1 imported, 0 failed, 1 of no known format (--all names them)$'
import --all good
check 'which file has no known format' warns 'good/words.txt:1: not recognised'
import good bad
check 'a broken file in a folder is 65' exits 65
check 'and counted for its own folder' warns '^bad: 0 imported, 1 failed, 0 of no known format$'
import nowhere
check 'no such folder or file' exits 66
mkdir locked.db
stemma --db locked.db import models.csv
check 'a cache that is a folder fails' [ "$code" -ge 64 ]
echo 'not a database at all, but long enough to be looked at as one' >text.db
cp text.db before.db
stemma --db text.db import models.csv
check 'a file that is no cache is refused' exits 65
check 'a file that is no cache stays as it is' cmp -s text.db before.db

gzip -c models.csv >models.csv.gz
"$program" --db u.db --no-starter import - <models.csv.gz >out 2>err
check 'compressed standard input is read' says models

# Two at once: both sets have to arrive.
for i in $(seq 2000); do echo "a/m$i,chat,AForCausalLM,7.0,mit,2024-01-01,yes,$((i % 90)),,,,,"; done >rows
{ head -n 1 models.csv; cat rows; } >a.csv
{ head -n 1 models.csv; sed 's,^a/,b/,' rows; } >b.csv
db=two.db
imported a.csv &
first=$!
imported b.csv
second=$?
wait "$first"
check 'two imports at once both succeed' [ "$?$second" = 00 ]
stemma --db two.db --no-starter check --json
check 'nothing of the two is lost' is_json '.models == 4000 and .faults == 0' '"models": 4000'

# Interrupted: a pipe that never ends, then SIGINT when more than a pipe holds is read.  Scripts start background
# work with SIGINT ignored; only some env programs can undo that.
if env --default-signal=INT true 2>/dev/null; then
	mkfifo slow
	(exec 4>slow; { head -n 2 models.csv; cat rows rows rows; } >&4; : >written; exec sleep 3600) & writer=$!
	env --default-signal=INT "$program" --db v.db --no-starter import - <slow >out 2>err &
	reader=$!
	while [ ! -e written ] && kill -0 "$reader"; do sleep 0.1; done
	kill -INT "$reader"
	wait "$reader"
	code=$?
	kill "$writer" 2>/dev/null
	check 'an interrupted import is 130' exits 130
	stemma --db v.db --no-starter check --json
	check 'an interrupted import leaves nothing' is_json '.models == 0' '"models": 0'
else
	skip 'an interrupted import is 130' 'env cannot reset signals'
	skip 'an interrupted import leaves nothing' 'env cannot reset signals'
fi

stemma --db s.db check --json
check 'a new cache has the starter set' is_json '.models > 800' '"models": [0-9][0-9][0-9]'

# What ends programs ends this one, whatever it waits for, with the shell's exit status.
mkfifo pipe
"$program" --db wait.db --no-starter import - <pipe >/dev/null 2>&1 &
waiting=$!
exec 4>pipe
until [ -e wait.db ]; do sleep 0.05; done # it is the program by now, and no shell that will be
kill -TERM $waiting
wait $waiting
code=$?
exec 4>&-
check 'SIGTERM ends it' exits 143
finish
