#!/bin/sh
# Imports beside the screen of a real terminal: what others change, Ctrl-C, quitting
# and being killed in the middle.
plan=14
. "${top_srcdir:-.}/tests/terminal/terminal.sh"
cache family
cp "$screens/files/more-models.csv" "$work/more.csv"
sed 's,^\([a-z]*\)/,other-\1/,' "$work/more.csv" >"$work/other.csv"
# Large enough to be at work still when the next key comes.
awk 'BEGIN { print "model,kind,license"; for (i = 0; i < 1000000; i++) print "big/Model-" i ",finetuned,mit" }' >"$work/big.csv"
models() { # how many are in the cache, which has no faults
	"$program" --db "$work/cache.db" check --json >"$work/check.json"
	grep -q "\"models\": $1[,}]*\$" "$work/check.json" && grep -q '"faults": 0' "$work/check.json"
}
shell 100 30
run "cd '$work' && clear; $(stemma)"
check 'it starts' see '24 models.*fitted'
press j j Space
see 'sketch: 1 parent'
# ---- others
"$program" --db "$work/cache.db" import "$work/other.csv" >"$work/out" 2>&1
check 'what others change is noticed, without a key' see 'another program changed the cache; R reads it'
press R
check 'R reads it' see '27 models.*fitted'
check 'the sketch stays' see 'sketch: 1 parent'
# ---- an import
press I
check 'I asks for files' see ':import'
press more Tab Enter
check 'and imports them' see '30 models.*fitted'
press -l ':import big.csv'
press Enter
check 'a large one shows how far it is' see 'importing'
press j j
press -l ':save meanwhile'
press Enter
check 'a sketch is saved meanwhile' see 'kept as meanwhile'
press C-c
check 'Ctrl-C stops it' see 'import stopped; the cache is as before'
check 'and the sketch is there' sh -c "'$program' --db '$work/cache.db' export --sketch meanwhile -f card | grep -q Oak"
# ---- the end in the middle
press -l ':import big.csv'
press Enter
see 'importing'
press q
check 'q asks' see 'stop it and quit'
press y
check 'and quits' see 'ready\$ *$'
run "clear; sh -c 'echo \$\$ >$work/id; exec $(stemma | tr -d "'")'"
see 'fitted'
press -l ':import big.csv'
press Enter
see 'importing'
kill -TERM "$(cat "$work/id")"
check 'killed, it gives the terminal back' see 'ready\$ *$'
check 'and the cache is as before' models 30
exit $failed
