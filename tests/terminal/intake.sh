#!/bin/sh
# Imports beside the screen of a real terminal: what others change, Ctrl-C, quitting
# and being killed in the middle.
plan=17
. "${top_srcdir:-.}/tests/terminal/terminal.sh"
cache family
cp "$screens/files/more-models.csv" "$work/more.csv"
sed 's,^\([a-z]*\)/,other-\1/,' "$work/more.csv" >"$work/other.csv"
# Without an end in sight whenever the next key comes: the same rows many times over.
{
	echo 'model,kind,license' | gzip
	awk 'BEGIN { for (i = 0; i < 50000; i++) print "big/Model-" i ",finetuned,mit" }' | gzip >"$work/rows"
	for _ in $(seq 1000); do cat "$work/rows"; done
} >"$work/big.csv"
models() { # how many are in the cache, which has no faults
	"$program" --db "$work/cache.db" check --json >"$work/check.json"
	grep -q "\"models\": $1[,}]*\$" "$work/check.json" && grep -q '"faults": 0' "$work/check.json"
}
shell 100 30
run "cd '$work' && clear; HF_ENDPOINT= HF_HUB_OFFLINE= TRANSFORMERS_OFFLINE= https_proxy=http://127.0.0.1:9 $(stemma)"
check 'it starts' see '24 models.*fitted'
press j j Space
see 'sketch: 1 parent'
# ---- others
"$program" --db "$work/cache.db" import "$work/other.csv" >"$work/out" 2>&1
check 'what others change is noticed, without a key' see 'another program changed the cache; R reads it'
press R
check 'R reads it' see '27 models.*fitted'
check 'the sketch stays' see 'sketch: 1 parent'
printf 'resize 80 24\nwait idle\ntype :goto oak\nkey enter\nkey #\ntype copied\nkey enter\n' >"$work/flag"
"$program" --db "$work/cache.db" browse --script "$work/flag" --no-config >"$work/out" 2>&1
press R
check 'R reads flags of others, too' see 'read again: [0-9]* scored suspects'
# ---- a sync without a network
press -l ':sync tries=1'
press Enter
check 'without a network a sync says so' see '! sync failed: .*is the network there?'
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
awk 'BEGIN { print "model,kind,license"; for (i = 0; i < 300000; i++) print "mid/Model-" i ",finetuned,mit" }' >"$work/mid.csv"
press -l ':import mid.csv'
press Enter
see 'importing'
press '&'
check 'what is left out meanwhile is so after it' see '300,030 models.*left out.*fitted'
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
check 'and the cache is as before' models 300030
exit $failed
