#!/bin/sh
# Fuzzes: run.sh SECONDS TARGET...  One after the other, from its corpus; prints
# how many inputs were tried.  What breaks a target is kept in fuzz-found/ of the
# build folder; its exit status is 1 then.
case ${top_srcdir:=.} in /*) ;; *) top_srcdir=$PWD/$top_srcdir ;; esac
case ${top_builddir:=.} in /*) ;; *) top_builddir=$PWD/$top_builddir ;; esac
seconds=$1
shift
if ! "$top_builddir/tests/fuzz/${1:?}" -help=1 2>&1 </dev/null | grep -q max_total_time; then
	echo 'these targets only replay; configure with --enable-fuzzing CC=clang' >&2
	exit 1
fi
folder=/tmp
[ -w /dev/shm ] && folder=/dev/shm
TMPDIR=$(mktemp -d -p "$folder") || exit 99
trap 'rm -rf "$TMPDIR"' EXIT
trap 'exit 99' HUP INT TERM
FUZZ_ARTIFACTS=$top_builddir/fuzz-found LC_ALL=C.UTF-8
export TMPDIR FUZZ_ARTIFACTS LC_ALL
status=0
for target in "$@"; do
	mkdir -p "$FUZZ_ARTIFACTS" "$top_builddir/fuzz-corpus/$target"
	words=$top_srcdir/tests/fuzz/$target.dict
	[ -f "$words" ] || words=$top_srcdir/tests/fuzz/all.dict
	if "$top_builddir/tests/fuzz/$target" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=3000 \
		-max_len="${LENGTH:-4096}" -dict="$words" -print_final_stats=1 -verbosity=1 \
		-artifact_prefix="$FUZZ_ARTIFACTS/$target-" "$top_builddir/fuzz-corpus/$target" \
		"$top_srcdir/tests/fuzz/corpus/$target" >"$top_builddir/fuzz-$target.log" 2>&1 </dev/null; then
		verdict=well
	else
		verdict="BROKEN, see fuzz-$target.log"
		status=1
	fi
	tried=$(sed -n 's/^stat::number_of_executed_units: *//p' "$top_builddir/fuzz-$target.log")
	echo "$target: ${tried:-0} inputs in $seconds s: $verdict"
done
exit $status
