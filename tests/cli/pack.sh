#!/bin/sh
# A packed catalog: made by imports and by the browser, void when the data change,
# of no other word than the rows, and no loss where it cannot be kept.  Prints TAP.
. "${top_srcdir:-.}/tests/cli/tap.sh"

with() { stemma --db t.db "$@"; }
STEMMA_PACK=100
export STEMMA_PACK
size() { wc -c <"$1"; }

STEMMA_PACK=2000
with show 01-ai/Yi-34B
STEMMA_PACK=100
check 'a small cache' exits 0
cp out rows.out
before=$(size t.db)
with check
check 'is sound' exits 0
printf 'resize 80 24\nwait idle\n' >idle.keys
with browse --script idle.keys
check 'the browser packs it' [ "$(size t.db)" -gt "$before" ]
with show 01-ai/Yi-34B
check 'it says the same' cmp -s out rows.out
with tree mistralai/Mistral-7B-v0.1
cp out packed.out
STEMMA_PACK=9000 "$program" --db u.db tree mistralai/Mistral-7B-v0.1 >rows.out 2>/dev/null
check 'and the same lineage' cmp -s packed.out rows.out
with check
check 'it is sound' exits 0

printf 'child,parent,relation\nq/new,01-ai/Yi-34B,finetune\n' >edges.csv
with import edges.csv
check 'an import into it' exits 0
with show q/new
check 'is seen' says 'Yi-34B'
with check
check 'and packed' exits 0

with export --csv
cp out packed.out
STEMMA_PACK=9000 "$program" --db v.db import edges.csv >/dev/null 2>&1
STEMMA_PACK=9000 "$program" --db v.db export --csv >rows.out 2>/dev/null
check 'an export says the same' cmp -s packed.out rows.out

# What another program changed without counting it.
if python=$(command -v python3) && "$python" -c 'import sqlite3' 2>/dev/null; then
	"$python" -c 'import sqlite3
db = sqlite3.connect("t.db")
trigger = db.execute("SELECT sql FROM sqlite_schema WHERE name = \"models_changed\"").fetchone()[0]
db.execute("DROP TRIGGER models_changed")
db.execute("UPDATE models SET license = \"mit\" WHERE name = \"01-ai/Yi-34B\"")
db.execute(trigger)
db.commit()'
	with check
	check 'a difference is found' exits 65
	check 'and named' says 'packed and the rows differ in the facts, at 01-ai/Yi-34B.*thrown away'
	with show 01-ai/Yi-34B
	check 'then the rows count' says '^license  *mit'
	with check
	check 'and all is well' exits 0
else
	skip 'a difference' 'there is no Python with SQLite'
fi

# Where it cannot be kept the work is done all the same.
chmod 400 v.db
if [ -w v.db ]; then
	skip 'a cache that may not be written' 'the user may write all files'
else
	stemma --db v.db browse --script idle.keys
	check 'a cache that may not be written' exits 0
fi
finish
