#!/bin/sh
# Runs a unit test and passes its TAP on.  cmocka writes a skipped test as
# "not ok N # SKIP", which TAP readers take for a failure.
output=$(mktemp) || exit 99
"$@" >"$output" 2>&1
status=$?
sed 's/^not ok \(.*# SKIP\)/ok \1/' "$output"
rm -f "$output"
exit "$status"
