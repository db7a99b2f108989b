# shellcheck shell=sh disable=SC3013,SC2034,SC2154 # sourced
# What the tests of the command line share.  Source it, call check(), and end
# with finish.  All runs in a folder of its own with a cache of its own.
case ${top_srcdir:=.} in /*) ;; *) top_srcdir=$PWD/$top_srcdir ;; esac
case ${top_builddir:=.} in /*) ;; *) top_builddir=$PWD/$top_builddir ;; esac
STEMMA_SHARE=${STEMMA_SHARE:-$top_srcdir/tests/share}
program=$top_builddir/stemma
[ -x "$program" ] || { echo "Bail out! $program is not there"; exit 99; }

work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM
cd "$work" || exit 99
HOME=$work XDG_DATA_HOME=$work/data LC_ALL=C OPENBLAS_NUM_THREADS=1
export HOME XDG_DATA_HOME LC_ALL OPENBLAS_NUM_THREADS STEMMA_SHARE
unset XDG_CONFIG_HOME XDG_CACHE_HOME STEMMA_CORRECTIONS STEMMA_BENCHMARKS STEMMA_PACK # those of whoever tests

exec 3>&1 # TAP, also where a command's output is kept
number=0
failed=0
# check DESCRIPTION COMMAND...: the command must succeed.
check() {
	number=$((number + 1))
	description=$1
	shift
	if "$@" >"$work/check.log" 2>&1; then
		echo "ok $number - $description"
	else
		echo "not ok $number - $description"
		failed=$((failed + 1))
		for log in check.log out err; do
			sed "s/^/# $log: /" "$work/$log" 2>/dev/null | head -n 20
		done
	fi
}
# Sets locale to one with UTF-8; without any all is skipped.
need_utf8() {
	for locale in C.UTF-8 C.utf8 en_US.UTF-8 en_US.utf8; do
		[ "$(LC_ALL=$locale locale charmap 2>/dev/null)" = UTF-8 ] && return
	done
	echo '1..0 # SKIP no UTF-8 locale'
	exit 0
}
skip() { # DESCRIPTION REASON
	number=$((number + 1))
	echo "ok $number - $1 # SKIP $2"
}
finish() {
	echo "1..$number"
	[ "$failed" -eq 0 ]
	exit
}

# stemma ARGUMENT...: runs the program; keeps out, err and $code.
stemma() {
	"$program" "$@" >"$work/out" 2>"$work/err" </dev/null
	code=$?
}
exits() { [ "$code" -eq "$1" ]; }
says() { grep -q -e "$1" "$work/out"; }   # a basic regular expression
warns() { grep -q -e "$1" "$work/err"; }
quiet() { [ ! -s "$work/err" ]; }
silent() { [ ! -s "$work/out" ]; }
lines() { [ "$(wc -l <"$work/out")" -eq "$1" ]; }
# fails_with CODE MESSAGE: how a command line is refused.
fails_with() { exits "$1" && warns "$2" && silent; }
# starter CACHE: a new one with the starter set, learned already.  The first test
# that asks makes it for all, until the program or the set is newer; it is put in its
# place by one rename, so that tests which ask at the same time do not meet.
starter() {
	made=$top_builddir/tests/starter.db
	fresh=yes
	for source in "$program" "$STEMMA_SHARE"/starter/*.csv; do
		[ "$made" -nt "$source" ] || fresh=
	done
	if [ -z "$fresh" ]; then
		"$program" --db "$work/made.db" fit >"$work/out" 2>"$work/err" || {
			sed 's/^/# /' "$work/err"
			echo 'Bail out! the starter set cannot be learned'
			exit 99
		}
		cp "$work/made.db" "$made.$$" && mv "$made.$$" "$made" || exit 99
		rm -f "$work/made.db"
	fi
	cp "$made" "$1"
}
# finishes COMMAND...: with its exit status.  One that hangs ends the whole test.
finishes() {
	timeout 1200 "$@"
	ended=$?
	[ "$ended" -ne 124 ] && return "$ended"
	echo "Bail out! it does not end: $*" >&3
	exit 99
}
# imported FILE: into the cache $db, again for as long as another one writes to it.
imported() {
	until "$program" --db "$db" --no-starter import "$1" >"$1.out" 2>&1; do
		grep -q 'database is locked' "$1.out" || return 1
	done
}
# Is the output JSON, with something true about it?
is_json() { # FILTER PATTERN-WITHOUT-JQ
	[ -s "$work/out" ] || return 1
	if command -v jq >/dev/null 2>&1; then
		jq -e "$1" "$work/out"
	else
		grep -q -e "$2" "$work/out" && ! grep -E -q '(nan|inf)[,}]' "$work/out"
	fi
}
