#!/bin/sh
# Every kept input again, on every target.  Prints TAP.
case ${top_srcdir:=.} in /*) ;; *) top_srcdir=$PWD/$top_srcdir ;; esac
case ${top_builddir:=.} in /*) ;; *) top_builddir=$PWD/$top_builddir ;; esac
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM
TMPDIR=$work LC_ALL=C.UTF-8
export TMPDIR LC_ALL
number=0
failed=0
for program in $FUZZ_TARGETS; do
	number=$((number + 1))
	name=${program##*/}
	set -- "$top_srcdir/tests/fuzz/corpus/$name"/*
	if [ -f "$1" ] && "$top_builddir/$program" "$@" >"$work/out" 2>&1; then
		echo "ok $number - $name: $# inputs"
	else
		echo "not ok $number - $name"
		tail -n 30 "$work/out" | sed 's/^/# /'
		failed=1
	fi
done
echo "1..$number"
exit $failed
