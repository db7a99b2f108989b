#!/bin/sh
# A session as a user has it, under a program that watches: import, fit, the
# browser with fits and imports beside the screen (begun, overtaken, cancelled), sketches,
# sync from a local server, exports.
#   session.sh memory    under valgrind: make check-valgrind
#   session.sh threads   a program built with -fsanitize=thread: make check-threads
# Prints TAP.
. "${top_srcdir:-.}/tests/cli/tap.sh"
. "$top_srcdir/tests/cli/server.sh"
here=$top_srcdir/tests/faults
STATUS=99 # of a run in which something was found
case ${1-} in
memory)
	command -v valgrind >/dev/null || { echo '1..0 # SKIP valgrind is not there'; exit 0; }
	watch="valgrind -q --error-exitcode=$STATUS --leak-check=full --show-leak-kinds=definite,indirect
		--errors-for-leak-kinds=definite,indirect"
	;;
threads)
	watch=
	TSAN_OPTIONS="exitcode=$STATUS suppressions=$here/threads.supp"
	export TSAN_OPTIONS
	;;
*)
	echo 'Usage: session.sh memory|threads' >&2
	exit 64
	;;
esac

# watched ARGUMENT...: nothing is found, and the command does what it should.
watched() {
	$watch "$program" --db w.db --no-starter "$@" >out 2>err </dev/null
	code=$?
	[ $code -eq 0 ] && return
	echo "# exit status $code"
	sed 's/^/# /' err | head -n 60
	return 1
}
cat >browse.keys <<'END'
resize 120 40
# A fit begins by itself; keys go on beside it.
key j j k
type :refit
key enter
key j enter
key r
key esc
# Overtaken: each of these begins another one and cancels the one at work.
type :flag odd
key enter &
key & &
type :refit
key enter
wait idle
key j space j j space + +
type :save kept
key enter
type :write out.yml
key enter y
key P esc H esc v j v V esc ?
key esc f
type ifeval > 20
key enter u
wait idle
dump -
# An import beside a fit, keys beside both, and the new catalog in the place of
# the old one while views, marks and sketches hold its models.
key j " a v P
type :refit
key enter
type :import more.csv names.csv
key enter
key esc j j space u
type :save meanwhile
key enter
wait idle
key ' a r j j
type :import again.csv
key enter
wait idle
key q s
wait idle
key R
wait idle
key q A
# Stopped, and one more at work, beside a fit, when the program ends.
type :import big.csv
key enter esc
wait idle
type :import big.csv
key enter
type :refit
key enter
key q y
END
cat >fetch.keys <<'END'
resize 120 40
wait idle
key j j space
type :sync backoff=1 depth=1
key enter
key j k P
wait idle
dump -
END
models=$top_srcdir/tests/screens/few-models.csv
sed 's,^\([a-z]*\)/,new-\1/,' "$models" >more.csv
{ head -n 1 "$models"; sed -n 2p "$models" | sed 's,^[^,]*,another/One,'; } >again.csv
printf '%s\n' leaderboard_id,current_hub_id river/OpenOak-2.5,north/Oak-7B-Instruct north/Oak-7B,north/First-Oak >names.csv
awk 'BEGIN { print "model,kind,license"; for (i = 0; i < 20000; i++) print "big/Model-" i ",finetuned,mit" }' >big.csv
check 'import' watched import "$top_srcdir/tests/screens/family-models.csv" "$top_srcdir/tests/screens/family-edges.csv"
check 'fit' watched fit --variances
check 'the browser, with fits and imports beside it' watched browse --script browse.keys
check 'a second time' watched browse --script browse.keys
model=$("$program" --db w.db export --csv 2>/dev/null | sed -n '2s/,.*//p')
check 'show' watched show "$model"
check 'residuals' watched residuals --csv
check 'export of a sketch' watched export --sketch kept -o kept.md
check 'check' watched check
if [ -n "$python" ]; then
	start_server "$work"
	check 'sync' watched sync --models --depth 1
	check 'sync beside the screen' watched browse --script fetch.keys
else
	skip 'sync' 'no Python for the server'
fi
finish
