#!/bin/sh
# What the world does to a program: killed at any moment, a full disk, files
# that may not be written, damaged files, other copies at work.  Nothing that
# was committed may be lost, and no damage may crash it.  Prints TAP and, as
# comments, how much was tried.
#   KILLS=200 DAMAGES=100 faults.sh    as `make check-faults` runs it
#   SEED=7 faults.sh                   other kills
. "${top_srcdir:-.}/tests/cli/tap.sh"
. "$top_srcdir/tests/cli/server.sh"
kills=${KILLS:-12} damages=${DAMAGES:-12} seed=${SEED:-1}
rows=20000
# What a large hub does: the catalog is packed after each import and beside the screen.
STEMMA_PACK=1000
export STEMMA_PACK

kill_at=$top_builddir/tests/faults/kill_at

# The same numbers in each run: draw NUMBER BELOW
draw() { awk -v seed="$1" -v below="$2" 'BEGIN { srand(seed); rand(); print int(rand() * below) }'; }

# edges NUMBER: models with a parent each, of which none is in another table.
edges() {
	awk -v n="$1" -v rows=$rows 'BEGIN { print "child,parent,relation"
		for (i = 1; i <= rows; i++) printf "t%d/child-%d,t%d/child-%d,finetune\n", n, i, n, i - 1 }'
}
printf 'resize 160 40\nkey z g\nwait idle\ndump -\n' >look.keys
db=t.db
models() { "$program" --db $db check --json 2>/dev/null | sed -n 's/.*"models": \([0-9]*\).*/\1/p'; }
clean() { stemma --db $db check; exits 0; }

# ---- killed ----------------------------------------------------------------------

# kills JOB ARGUMENT...: the command is killed until a quarter of all kills have hit
# it alive, each time before a system call that is drawn from all it makes, or from
# those that change a file.  begin_JOB makes it ready; judge_JOB says whether the
# cache may be as it is then; resume_JOB does the work that was cut off.
kills() {
	job=$1 begun=0 killed=0 unclean=0 wrong=0 stuck=0
	shift
	begin_$job
	calls=$("$kill_at" 0 "$program" --db $db "$@" 2>/dev/null | tail -n 1)
	begin_$job
	writes=$("$kill_at" -w 0 "$program" --db $db "$@" 2>/dev/null | tail -n 1)
	while [ $killed -lt $((kills / 4)) ] && [ $begun -lt "$kills" ]; do
		begun=$((begun + 1))
		begin_$job
		if [ $((begun % 2)) -eq 0 ]; then
			"$kill_at" $(($(draw $((seed + begun)) "$calls") + 1)) "$program" --db $db "$@" >/dev/null 2>&1
		else
			"$kill_at" -w $(($(draw $((seed + begun)) "$writes") + 1)) "$program" --db $db "$@" >/dev/null 2>&1
		fi
		status=$?
		[ $status -eq 137 ] && killed=$((killed + 1))
		clean || unclean=$((unclean + 1))
		judge_$job || wrong=$((wrong + 1))
		resume_$job && clean || stuck=$((stuck + 1))
	done
	seed=$((seed + begun))
	all_killed=$((all_killed + killed))
	echo "# $job: $begun begun, $killed killed in the midst of $calls system calls, $writes of them on files"
	check "$job: as many kills as wanted hit a program at work" [ $killed -eq $((kills / 4)) ]
	check "$job: after each the cache is clean" [ $unclean -eq 0 ]
	check "$job: each leaves all of a step or nothing" [ $wrong -eq 0 ]
	check "$job: after each the work resumes" [ $stuck -eq 0 ]
}
all_killed=0
check 'a new cache' "$program" --db $db check
"$kill_at" 1 true
if [ $? -eq 137 ]; then
	echo "# kills drawn with SEED=$seed"

	# As many models as before, or all of its own besides.
	"$program" --db import.db check >/dev/null 2>&1
	before=$(models)
	edges 1 >edges.csv
	begin_import() {
		rm -f $db*
		cp import.db $db
	}
	judge_import() {
		after=$(models)
		[ "$after" = $((before + rows + 1)) ] || { [ "$after" = "$before" ] && [ $status -ne 0 ]; }
	}
	resume_import() {
		stemma --db $db import edges.csv
		[ $code -eq 0 ] && [ "$(models)" = $((before + rows + 1)) ]
	}
	kills import --no-starter import edges.csv
	begin_import

	begin_fit() { before=$(models); }
	judge_fit() { [ "$(models)" = "$before" ]; }
	resume_fit() {
		stemma --db $db fit --variances
		[ $code -eq 0 ] || return 1
		stemma --db $db show 01-ai/Yi-34B
		says pred
	}
	kills fit --no-starter fit --variances

	# A sketch of one parent, to which a second is added and taken away again:
	# after a kill it shows one or two, and the first is never lost.
	printf 'key z g space\n' >one.keys
	printf 'key z g j j j space\n' >toggle.keys
	parents() { # in the lower pane
		LC_ALL=C.UTF-8 "$program" --db $db browse --ascii --script look.keys 2>/dev/null |
			sed -n '/sketch/,$p' | grep -c ' [01]\.[0-9][0-9] '
	}
	"$program" --db $db browse --script one.keys >/dev/null 2>&1
	check 'a sketch is kept' [ "$(parents)" -ge 1 ]
	begin_sketch() { before=$(models); }
	judge_sketch() {
		now=$(parents)
		[ "$(models)" = "$before" ] && [ "$now" -ge 1 ] && [ "$now" -le 2 ]
	}
	resume_sketch() {
		had=$(parents)
		stemma --db $db browse --script toggle.keys
		[ $code -eq 0 ] && [ "$(parents)" -eq $((3 - had)) ]
	}
	kills sketch browse --script toggle.keys
else
	skip 'kills' 'system calls cannot be watched here'
fi

# A sync leaves the table as a whole or not at all, and what it has fetched; run
# again, it ends well.
if [ $all_killed -eq 0 ]; then
	skip 'killed syncs' 'system calls cannot be watched here'
elif [ -n "$python" ]; then
	start_server served
	edges 0 >edges.csv
	"$program" --db base.db --no-starter import edges.csv >/dev/null 2>&1
	db=base.db before=$(models)
	db=s.db
	begin_sync() {
		rm -f $db*
		cp base.db $db
	}
	judge_sync() {
		after=$(models)
		[ "$after" = "$before" ] || [ "$after" = $((before + 230)) ]
	}
	resume_sync() {
		stemma --db $db sync
		[ $code -eq 0 ] && [ "$(models)" = $((before + 230)) ]
	}
	kills sync --no-starter sync
	stop_server
	unset HF_ENDPOINT
	db=t.db
else
	skip 'killed syncs' 'no Python for the server'
fi
echo "# kills in all: $all_killed"

# ---- no room ---------------------------------------------------------------------

# A cache without free pages, so that it must grow.
db=grow.db
edges 9 | head -n 20 >edges.csv
stemma --db $db --no-starter import edges.csv
edges 9 >edges.csv
before=$(models)
(trap '' XFSZ; ulimit -f $((($(wc -c <$db) + 1023) / 512)); "$program" --db $db import edges.csv) >out 2>err
code=$?
check 'a file that may not grow is told' [ $code -ne 0 -a $code -lt 128 ]
check 'with what to do' warns 'space\|disk\|kept'
check 'and nothing is lost' [ "$(models)" = "$before" ]
check 'the cache is clean after it' clean
db=t.db
mkdir small
if [ "$(id -u)" -eq 0 ] && mount -t tmpfs -o size=2m stemma-test small 2>/dev/null; then
	"$program" --db small/t.db --no-starter import "$STEMMA_SHARE/starter/edges.csv" >/dev/null 2>&1
	full=0 wrong=0
	for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
		edges $((100 + i)) | head -n 2000 >edges.csv
		db=small/t.db before=$(models)
		stemma --db small/t.db import edges.csv
		[ $code -eq 0 ] || full=$((full + 1))
		[ $code -eq 0 ] || [ "$(models)" = "$before" ] || wrong=$((wrong + 1))
		[ $code -lt 128 ] || wrong=$((wrong + 1))
		clean || wrong=$((wrong + 1))
	done
	echo "# imports on a disk of 2 MB: 12, of which $full found it full"
	check 'a full disk is met' [ $full -gt 0 ]
	check 'a full disk loses nothing' [ $wrong -eq 0 ]
	db=t.db
	umount small
else
	skip 'a full disk' 'no right to mount a small one'
fi

# ---- no right --------------------------------------------------------------------

# as_nobody COMMAND...: root may write everywhere.
if [ "$(id -u)" -ne 0 ]; then
	as_nobody() { "$@"; }
elif setpriv --reuid 65534 --regid 65534 --clear-groups true 2>/dev/null; then
	as_nobody() { setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }
else
	as_nobody() { return 126; }
fi
if as_nobody test -x "$program"; then
	chmod 755 "$work"
	mkdir locked && cp $db locked/t.db && chmod 444 locked/t.db && chmod 555 locked
	as_nobody "$program" --db locked/t.db show 01-ai/Yi-34B >out 2>err
	code=$?
	check 'a read-only file in a read-only folder can be read' exits 0
	as_nobody "$program" --db locked/t.db import edges.csv >out 2>err
	code=$?
	check 'a read-only file is not changed, and that is told' warns 'writ\|permission\|readonly'
	check 'with an exit status of its own' [ $code -ne 0 -a $code -lt 128 ]
	as_nobody "$program" --db locked/new.db check >out 2>err
	code=$?
	check 'a read-only folder takes no new cache, and that is told' warns 'writ\|ermission'
	chmod 755 locked
else
	skip 'read-only files' 'the program cannot be run by another user'
fi
(unset HOME XDG_DATA_HOME; "$program" check) >out 2>err
code=$?
check 'without HOME the cache must be named' fails_with 64 '--db'
(unset HOME XDG_DATA_HOME; "$program" --db $db check) >out 2>err
code=$?
check 'and then all works' exits 0

# ---- damage ----------------------------------------------------------------------

# survives CACHE: whatever is in it, commands end by themselves.
survives() {
	for command in check 'show 01-ai/Yi-34B' 'tree 01-ai/Yi-34B' 'browse --script look.keys'; do
		finishes "$program" --db "$1" $command >out 2>err </dev/null
		code=$?
		[ $code -lt 124 ] || { echo "# $1: $command ended with $code"; return 1; }
		[ $code -eq 0 ] || [ -s err ] || [ "$command" = check ] || { echo "# $1: $command says nothing"; return 1; }
	done
}
sqlite_copy() { rm -f "$1"*; cp $db "$1"; }
"$program" --db $db check >/dev/null 2>&1
size=$(wc -c <$db)
crashed=0 found=0
i=0
while [ $i -lt "$damages" ]; do
	i=$((i + 1))
	sqlite_copy bad.db
	# A few hundred bytes of noise somewhere behind the header.
	place=$((100 + $(draw $((3000 + i)) $((size - 1000)))))
	awk -v seed="$i" 'BEGIN { srand(seed); for (k = 0; k < 400; k++) printf "%c", 1 + int(rand() * 126) }' |
		dd of=bad.db bs=1 seek=$place conv=notrunc 2>/dev/null
	survives bad.db || crashed=$((crashed + 1))
	"$program" --db bad.db check >/dev/null 2>&1 || found=$((found + 1))
done
echo "# damaged pages: $i caches, $found of them found faulty by check, $crashed crashes"
check 'damaged pages crash nothing' [ $crashed -eq 0 ]
check 'and are found' [ $found -gt 0 ]
crashed=0
for i in $(awk -v n="$damages" 'BEGIN { for (i = 0; i < n; i++) print i }'); do
	sqlite_copy cut.db
	truncate -s "$(draw $((4000 + i)) "$size")" cut.db
	survives cut.db || crashed=$((crashed + 1))
done
echo "# shortened files: $damages, $crashed crashes"
check 'a file that was cut short crashes nothing' [ $crashed -eq 0 ]
sqlite_copy cut.db
truncate -s $((size / 2)) cut.db
stemma --db cut.db check
check 'and what to do is said' fails_with 65 'the file is damaged; move it away and import again'

cp "$STEMMA_SHARE/starter/models.csv" other.db
sum=$(cksum <other.db)
stemma --db other.db check
check 'a file that is no database is refused' fails_with 65 'use --db to name another file; this one was not touched'
check 'and stays as it is' [ "$sum" = "$(cksum <other.db)" ]
sqlite_copy new.db
printf '\0\0\0\143' | dd of=new.db bs=1 seek=60 conv=notrunc 2>/dev/null
sum=$(cksum <new.db)
stemma --db new.db check
check 'a newer schema is refused by its number' warns 'schema 99.*use a newer stemma, or --db for another file'
check 'and its file stays as it is' [ "$sum" = "$(cksum <new.db)" ]

# ---- too large -------------------------------------------------------------------

if [ "${LARGE:-no}" = yes ]; then
	before=$(models)
	tried=0
	# too_large NAME MESSAGE: the file is refused with it, or its rows are
	too_large() {
		tried=$((tried + 1))
		finishes "$program" --db $db import "$1" >out 2>err </dev/null
		code=$?
		check "$1 is refused" [ $code -eq 65 ]
		check 'with the reason' warns "$2"
	}
	for format in csv jsonl yml; do
		head -c 4294967296 /dev/zero | tr '\0' x | gzip -1 >line.$format
	done
	too_large line.csv 'not recognised'
	{ echo 'child,parent'; head -c 4294967296 /dev/zero | tr '\0' x; } | gzip -1 >row.csv
	too_large row.csv 'larger than 1 MiB'
	too_large line.jsonl 'not recognised'
	too_large line.yml 'not recognised'
	rm -f line.* row.csv
	tried=$((tried + 1))
	yes x | tr -d '\n' | timeout 3000 "$program" --db $db import - >out 2>err
	code=$?
	check 'standard input without an end is refused' [ $code -eq 65 ]
	check 'by its bound' warns 'GiB\|larger than\|too large'
	check 'and nothing is lost' [ "$(models)" = "$before" ]
	{ echo 'child,parent,relation'; awk 'BEGIN { for (i = 0; i < 1000000; i++) print "r/child,r/p" i ",merge" }'; } >parents.csv
	cp $db parents.db
	stemma --db parents.db import parents.csv
	check 'a model with 1,000,000 parents keeps 256' warns 'r/child has 256 parents'
	stemma --db parents.db check
	check 'in a cache that is clean' exits 0
	rm -f parents.db* parents.csv
	echo "# larger than the bounds: $((tried + 1))"
fi

# ---- others at work --------------------------------------------------------------

before=$(models)
edges 51 >a.csv
edges 52 >b.csv
imported a.csv & a=$!
imported b.csv & b=$!
reads=0 bad=0
while [ $reads -lt 5 ]; do
	reads=$((reads + 1))
	now=$(models)
	case $((now - before)) in
	0 | $((rows + 1)) | $((2 * (rows + 1)))) ;;
	*) bad=$((bad + 1)) ;;
	esac
done
wait $a; first=$?
wait $b; second=$?
check 'two writers both end well' [ $first -eq 0 -a $second -eq 0 ]
check 'both are in the cache' [ "$(models)" -eq $((before + 2 * (rows + 1))) ]
check 'a reader sees whole steps only' [ $bad -eq 0 ]
check 'the cache is clean after all' clean
finish
