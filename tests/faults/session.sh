#!/bin/sh
# A session as a user has it, under a program that watches: import, fit, the
# browser with its fits beside the screen (begun, overtaken, cancelled), sketches,
# sync from a local server, exports.
#   session.sh memory    under valgrind: make check-valgrind
#   session.sh threads   a program built with -fsanitize=thread: make check-threads
# Prints TAP.
. "${top_srcdir:-.}/tests/cli/tap.sh"
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
# One more, at work when the program ends.
type :refit
key enter
quit
END
check 'import' watched import "$top_srcdir/tests/screens/family-models.csv" "$top_srcdir/tests/screens/family-edges.csv"
check 'fit' watched fit --variances
check 'the browser, with fits beside it' watched browse --script browse.keys
check 'a second time' watched browse --script browse.keys
model=$("$program" --db w.db export --csv 2>/dev/null | sed -n '2s/,.*//p')
check 'show' watched show "$model"
check 'residuals' watched residuals --csv
check 'export of a sketch' watched export --sketch kept -o kept.md
check 'check' watched check
if python=$(command -v python3); then
	unset HF_TOKEN HUGGING_FACE_HUB_TOKEN HF_HUB_OFFLINE TRANSFORMERS_OFFLINE HF_HOME HF_TOKEN_PATH
	unset http_proxy HTTP_PROXY all_proxy ALL_PROXY
	echo good >mode
	"$python" "$top_srcdir/tests/sync/server.py" "$work" 2>server.err &
	server=$!
	trap 'kill $server 2>/dev/null; rm -rf "$work"' EXIT
	while [ ! -s port ] && kill -0 $server 2>/dev/null; do sleep 0.1; done
	HF_ENDPOINT=http://127.0.0.1:$(cat port)
	export HF_ENDPOINT
	check 'sync' watched sync --models --depth 1
else
	skip 'sync' 'no Python for the server'
fi
finish
