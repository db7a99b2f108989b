#!/bin/sh
# Flags: set in the browser, told by show, honoured by fit.  Prints TAP.
. "${top_srcdir:-.}/tests/cli/tap.sh"

base=mistralai/Mistral-7B-v0.1
child=HuggingFaceH4/zephyr-7b-beta
with() { stemma --db t.db "$@"; }
keys() { # LINE...: a script of the browser
	printf '%s\n' 'resize 80 24' 'wait idle' "$@" >keys
	with browse --script keys
}

with fit --json
check 'the starter set is learned' exits 0
cp out all.json
keys "type :goto $base" 'key enter' 'type :flag leaked' 'key enter'
check 'a model is flagged' exits 0
with show "$base"
check 'show tells it' says '^flagged  *leaked'
with show "$child" --json
check 'show tells of the ancestor' is_json ".flagged_ancestor == \"$base\" and
	.flagged_ancestor_reason == \"leaked\" and .flagged == null" "\"flagged_ancestor\": \"$base\""
with fit --json
check 'what is flagged is learned from' is_json '.left_out == null' '"left_out": null'
keys 'key &' 'wait idle'
check 'suspects are left out' exits 0
with fit --json
check 'fit leaves them out' is_json '.left_out == 31 and .models > 100' '"left_out": [0-9]'
check 'fit says so' warns 'are left out'
with predict -m "$child:1" -m "$base:1" --method linear
check 'predict says so' warns 'are left out'
with show "$child"
check 'show tells what is left out' says '^left out of the fit  *yes'
keys 'key &' 'wait idle'
with fit --json
check 'they are taken in again' is_json '.left_out == null' '"left_out": null'
silent_about_flags() { exits 0 && ! says '^flagged'; }
number_of() { sed -n 's/.*"models": *\([0-9]*\).*/\1/p' "$1" | head -n 1; }
check 'all models are learned from again' test "$(number_of out)" = "$(number_of all.json)"
keys "type :goto $base" 'key enter #'
with show "$base"
check 'the same key trusts again' silent_about_flags
finish
