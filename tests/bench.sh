#!/bin/sh
# The benchmarks must run, whatever they measure.  Prints TAP.
. "${top_srcdir:-.}/tests/cli/tap.sh"

"$top_builddir/bench/scale" "$work" 2000 >out 2>err
code=$?
check 'the hub is made, browsed and predicted on' exits 0
check 'with figures of all parts' says '^predict after the fit  *ms  *[0-9]'
sh "$top_srcdir/bench/import.sh" 1 "$program" >out 2>err
code=$?
check 'a large file is imported' says '^import of 1 MB: [0-9]* rows in [0-9]* s, peak [0-9]* MB$'
finish
