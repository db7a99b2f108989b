#!/bin/sh
# Import, sync and reload beside the screen: what they bring, what they leave as it
# was, and how they end.  Prints TAP.
. "${top_srcdir:-.}/tests/cli/tap.sh"
. "$top_srcdir/tests/cli/server.sh"
need_utf8
LC_ALL=$locale
XDG_CONFIG_HOME=$work/config
export XDG_CONFIG_HOME
unset LINES COLUMNS
screens=$top_srcdir/tests/screens

# A cache with a family, fitted, that each part begins with.
"$program" --db family.db --no-starter import "$screens/family-models.csv" "$screens/family-edges.csv" >out 2>err
"$program" --db family.db fit >>out 2>&1
family() { rm -f c.db*; cp family.db c.db; }
none() { rm -f c.db*; }
# browse: the key script on standard input.
browse() {
	cat >script
	"$program" --db c.db --no-starter browse --script script >out 2>err </dev/null
	code=$?
}
shows() { grep -q -e "$2" "$1"; } # FILE PATTERN
not() { ! "$@"; }
models() { # how many the cache has
	"$program" --db c.db --no-starter check --json >check.json 2>/dev/null
	grep -q "\"models\": $1\$\|\"models\": $1[,}]" check.json && grep -q '"faults": 0' check.json
}
# hold: another program writes to the cache until something is written to `free`.
hold() {
	rm -f locked free
	mkfifo free
	"$python" - <<'END' &
import sqlite3
cache = sqlite3.connect("c.db", isolation_level=None)
cache.execute("BEGIN IMMEDIATE")
open("locked", "w").close()
open("free").read()
cache.execute("ROLLBACK")
END
	while [ ! -e locked ]; do sleep 0.05; done
}
{ head -n 1 "$screens/family-models.csv"; echo 'new/Oak-9B,finetuned,OakForCausalLM,9,mit,2024-05-05,yes,50,25,4,5,9,22'; } >more.csv
printf 'child,parent,relation,weight,method,source\nnew/Oak-9B,north/Oak-7B,finetune,,,card\n' >edges.csv
{ head -n 1 more.csv; echo 'good/One,,,,,,,50,,,,,'; echo 'bad Two,,,,,,,50,,,,,'; } >odd.csv
echo '{"nothing": [' >broken.json
echo "leaderboard_id,current_hub_id
river/OpenOak-2.5,river/Oak-Renamed" >renames.csv
mkdir folder
cp more.csv folder/more.csv
cp edges.csv "folder/the edges.csv"
echo words >folder/notes.txt
awk 'BEGIN { print "model,kind,license"; for (i = 0; i < 200000; i++) print "big/Model-" i ",finetuned,mit" }' >big.csv

# ---- what it brings, and what stays
family
browse <<'END'
wait idle
type :goto NeuralOak
key enter space
type :goto zephyr-oak-beta
key enter space + " a
type :save kept
key enter
dump before.txt
type :import more.csv edges.csv renames.csv
key enter
wait idle
dump after.txt
key u
dump undone.txt
key ctrl-r
type :load kept
key enter
dump loaded.txt
key ' a
dump mark.txt
type :goto Oak-9B
key enter
dump new.txt
END
check 'an import beside the screen' exits 0
check 'brings its models' shows after.txt 'stemma  25 models'
check 'says what it did' shows after.txt '3 files imported: .* added'
check 'and they are fitted' shows after.txt 'fitted'
row() { grep -n 'zephyr-oak-beta.*19.3' "$1" | head -n 1 | sed 's/[^0-9:].*//'; }
same() { [ -n "$($1 before.txt)" ] && [ "$($1 before.txt)" = "$($1 "$2")" ]; }
check 'the cursor stays on its model and line' same row after.txt
parents() { sed -n 's/.*●\([0-9.]* [^ ]*\) .*●\([0-9.]* [^ ]*\) .*/\1 \2/p' "$1"; }
check 'the sketch stays' same parents after.txt
check 'undo goes on' not same parents undone.txt
check 'kept sketches too' same parents loaded.txt
check 'a mark leads to its model' shows mark.txt 'zephyr-oak-beta'
check 'the new model is in the tree' shows new.txt '─ new/Oak-9B'
check 'it has the predictions of a fit' shows new.txt 'average .*±'
check 'the cache has all' models 25

family
browse <<'END'
wait idle
type :import folder
key enter
wait idle
dump folder.txt
key !
dump told.txt
key esc
type :import "folder/the edges.csv" folder/more.csv
key enter
wait idle
dump again.txt
type :import folder/the\ edges.csv
key enter
wait idle
dump blank.txt
END
check 'a folder' shows folder.txt '2 files imported: .* added'
check 'its other files are counted' shows told.txt 'folder: 2 imported, 0 failed, 1 of no known format'
check 'twice is once' shows again.txt '2 files imported: 3 unchanged'
check 'a blank in a name' shows blank.txt 'the edges.csv: 1 unchanged'

none
browse <<END
dump empty.txt
type :import $screens/family-models.csv
key enter
wait idle
dump filled.txt
END
check 'an empty cache says what to do' shows empty.txt 'I imports files'
check 'and fills' shows filled.txt '17 models.*fitted'

# Rows and lists that hold models, open at that moment.
for view in r H P V C s; do
	family
	browse <<END
type :goto zephyr-oak-beta
key enter v space
key k v space D enter
wait idle
key $view
wait idle
key j j
dump view.txt
type :import renames.csv more.csv edges.csv
key enter
wait idle
dump view-after.txt
key j k
wait idle
dump view-moved.txt
END
	check "while $view is open" exits 0
	check 'it stays open' [ "$(sed -n '2s/[·━].*//p' view.txt)" = "$(sed -n '2s/[·━].*//p' view-after.txt)" ]
done

# ---- filters and orders
family
browse <<'END'
wait idle
type :sort z
key enter f
type z > -9 !merge
key enter
wait idle
dump filtered.txt
type :import more.csv edges.csv
key enter
wait idle
dump filtered-after.txt
END
check 'a filter by what the fit tells' shows filtered.txt 'filter z > -9 !merge: 13 · by z'
check 'is in force again, with the new model' shows filtered-after.txt 'filter z > -9 !merge: 14 · by z'
browse <<'END'
wait idle
dump kept.txt
END
check 'also in the next run' shows kept.txt 'filter z > -9 !merge: 14 · by z'

# ---- wishes, and names of files
family
browse <<'END'
wait idle
type :suggest floor=0 max-params=8 exclude=hill/Stock-Oak-7B
key enter
wait idle
END
browse <<'END'
wait idle
key s
wait idle
dump wishes.txt
key C
END
check 'wishes are kept for the next run' shows wishes.txt 'floor=0 max-params=8 exclude=hill/Stock-Oak-7B'
browse <<'END'
wait idle
key s
wait idle
dump wishes.txt
END
check 'or dropped' not shows wishes.txt 'max-params'
family
browse <<'END'
wait idle
key j j space
type :write ~/new-merge.yml
key enter
dump written.txt
key c
type :open ~/new-me
key tab
dump found.txt
key enter
dump opened.txt
END
check 'the home folder in names' [ -s new-merge.yml ]
check 'is completed' shows found.txt ':open ~/new-merge.yml'
check 'and read from' shows opened.txt '1 parent from ~/new-merge.yml'

# ---- what fails
family
browse <<'END'
wait idle
type :import odd.csv
key enter
wait idle
dump odd.txt
key !
dump odd-told.txt
key esc
type :import broken.json
key enter
wait idle
dump broken.txt
type :import nothing.csv
key enter
dump missing.txt
type :import more.csv broken.json
key enter
wait idle
dump both.txt
type :import /dev/zero
key enter
dump device.txt
type :import -
key enter
dump input.txt
type :sync modles
key enter
dump word.txt
key q
END
check 'faults end nothing' exits 0
check 'a rejected row is counted' shows odd.txt 'odd.csv: 2 added, 1 rejected (! tells more)'
check 'and told with its place' shows odd-told.txt '! odd.csv:3:.*bad Two'
check 'a broken file is a message' shows broken.txt '! broken.json'
check 'so is one that is not there' shows missing.txt 'nothing.csv: No such file'
check 'it does not keep others out' shows both.txt '! 1 file imported, 1 failed: 2 added'
check 'no device' shows device.txt '/dev/zero is neither a file nor a folder'
check 'no standard input' shows input.txt 'standard input is the keyboard here'
check 'a wrong word of sync' shows word.txt "sync knows no 'modles'; did you mean 'models'"

# ---- stopped
family
browse <<'END'
wait idle
type :import big.csv
key enter esc
wait idle
dump stopped.txt
type :import more.csv big.csv
key enter
type :sync
key enter
dump two.txt
key q n
dump declined.txt
key q y
dump never.txt
END
check 'Esc stops an import' shows stopped.txt 'import stopped; the cache is as before'
check 'one at a time' shows two.txt 'an import is at work already: Esc stops it'
check 'q asks while one is at work' shows declined.txt '24 models'
check 'and quits' [ ! -e never.txt ]
check 'with success' exits 0
check 'nothing of the large file is there' not models 200024

# ---- beside other work
family
browse <<'END'
type :refit
key enter
type :import more.csv
key enter
key j j space
wait idle
dump fit.txt
key s
type :import edges.csv
key enter
wait idle
dump suggest.txt
END
check 'a fit gives way to new data' shows fit.txt '25 models.*fitted'
check 'the sketch of meanwhile is predicted' shows fit.txt 'average .*±'
check 'a search is made anew' shows suggest.txt 'suggest'

# ---- others
if [ -n "$python" ] && "$python" -c 'import sqlite3'; then
	family
	mkfifo go back
	(cat go; "$program" --db c.db --no-starter import more.csv; cat back) >other 2>&1 &
	browse <<'END'
dump go
dump back
wait idle
dump changed.txt
key R
wait idle
dump read.txt
key R
wait idle
dump same.txt
END
	wait
	check 'what another program changes is noticed' shows changed.txt 'another program changed the cache; R reads'
	check 'and read on demand' shows read.txt '25 models'
	check 'once' shows same.txt 'the cache is as it was'

	# Another one holds the cache while a sketch is saved.
	family
	hold
	browse <<'END'
wait idle
key j j space
type :save held
key enter
dump held.txt
type :load held
key enter
dump not-yet.txt
key # x enter
dump flag.txt
dump free
wait idle
quit
END
	wait
	check 'saving does not wait for another' shows held.txt 'kept as held when the cache is free'
	check 'what is not written is not loaded' shows not-yet.txt 'held is not kept yet'
	check 'a flag waits, too' shows flag.txt 'flagged when the cache is free: .*Oak-7B-Instruct'
	"$program" --db c.db export --sketch held -f card >out 2>err
	check 'it is written in the end' shows out 'Oak-7B-Instruct\|OpenOak'
	"$program" --db c.db fit >out 2>&1
	check 'the flag, too' [ "$(echo 'SELECT count(*) FROM flags' | "$python" -c 'import sqlite3, sys; print(sqlite3.connect("c.db").execute(sys.stdin.read()).fetchone()[0])')" = 1 ]

	# And still holds it when the browser ends, whose last word was of a search.
	hold
	browse <<'END'
wait idle
key /
type oak
key enter n
quit
END
	: >free
	wait
	check 'what is not kept at the end is told' [ "$code" -eq 74 ]
	check 'with the reason' shows err 'database is locked; another stemma is writing to it'
else
	skip 'another program' 'no Python with SQLite'
fi

# ---- a server
if [ -n "$python" ]; then
	start_server "$work"
	serve() { echo "new $*" >mode; : >log; }
	# synced CHOICES: with the cursor on a model and a sketch.
	synced() {
		browse <<END
resize 180 40
wait idle
type :goto zephyr-oak-beta
key enter space
dump before.txt
type :sync backoff=1 $1
key enter
$2
wait idle
dump synced.txt
key !
dump synced-told.txt
END
	}
	family
	serve good
	synced dry-run
	check 'a dry run' shows synced.txt 'leaderboard: 230 rows to fetch'
	check 'changes nothing' models 24
	synced ''
	check 'a sync beside the screen' shows synced.txt 'leaderboard: 230 rows fetched: 460 added'
	check 'brings its models' shows synced.txt '254 models.*fitted'
	check 'and leaves the cursor where it is' same row synced.txt
	synced 'depth 1 descendants'
	check 'all choices' shows synced-told.txt 'leaderboard: unchanged; 2[0-9]* models asked for'
	family
	serve broken 99
	synced tries=2
	check 'a failure of the server is a message' shows synced-told.txt 'the server answers 500'
	check 'and no end' exits 0
	family
	serve breaking 2
	synced tries=2
	check 'what was fetched is said' shows synced-told.txt '200 rows and 0 models were fetched and are kept'
	serve good
	synced ''
	check 'and not fetched again' [ "$(wc -l <log)" -eq 1 ]
	check 'all are there' models 254
	family
	serve private
	synced ''
	check 'a private table' shows synced-told.txt 'not found or private'
	serve junk
	synced ''
	check 'nonsense' shows synced-told.txt 'not JSON'
	serve drip
	synced '' 'key esc'
	check 'Esc stops it' shows synced.txt 'sync stopped; what was fetched is kept'
	serve drip
	synced '' 'key q y'
	check 'quitting, too' exits 0
	check 'and the cache is whole' models 24
	HF_HUB_OFFLINE=1
	export HF_HUB_OFFLINE
	synced ''
	check 'offline is said' shows synced-told.txt 'HF_HUB_OFFLINE says that nothing may be fetched'
	unset HF_HUB_OFFLINE
	stop_server
	synced tries=1
	check 'no server is a message' shows synced-told.txt 'http://127.0.0.1'
else
	skip 'sync' 'no Python for the server'
fi
finish
