#!/bin/sh
# A disk that is full in the midst of each command that writes: what to do is said,
# the cache is as before or as after, and no half of a file is left.  Needs the
# right to mount a small disk.  Prints TAP and, as comments, how much was tried.
#   RESTS="0 4 64"    KB that are free, of which fewer are tried by default
. "${top_srcdir:-.}/tests/cli/tap.sh"
. "$top_srcdir/tests/cli/server.sh"
rests_tried=${RESTS:-0 8 40 96 384}
screens=$top_srcdir/tests/screens

mkdir small
if [ "$(id -u)" -ne 0 ] || ! mount -t tmpfs -o size=4m stemma-test small 2>/dev/null; then
	echo '1..0 # SKIP no right to mount a small disk'
	exit 0
fi
trap 'umount -l small; [ -z "$server" ] || kill $server; rm -rf "$work"' EXIT
HOME=$work/small
db=small/t.db

# left KB: no more than so much is free.
left() {
	rm -f small/filler
	rest=$(($(df -Pk small | awk 'NR == 2 { print $4 }') - $1))
	[ $rest -le 0 ] || head -c ${rest}k /dev/zero >small/filler
}
# All that commands print of a cache; times differ.
content() {
	"$program" --db $db export --json 2>&1
	"$program" --db $db choose north/Oak-7B 2>&1
	"$program" --db $db check --json 2>&1 | grep -v '"file"'
	[ ! -f small/.config/stemma/corrections.yaml ] || cat small/.config/stemma/corrections.yaml
}
reset() {
	rm -rf small/* small/.config
	cp $base $db
}
what_to_do='space\|disk\|room\|kept'

# fills NAME ARGUMENT...: the command at each of a few sizes of what is free.  It is
# to be the same as with enough, or to say what is wrong.
fills() {
	name=$1 tried=0 full=0 untold=0 changed=0 unclean=0 rests=0
	shift
	reset
	content >before
	stemma "$@"
	cp out whole
	check "$name: works where there is room" exits 0
	content >after
	for free in $rests_tried; do
		tried=$((tried + 1))
		reset
		left $free
		stemma "$@"
		rm -f small/filler
		if [ $code -ne 0 ]; then
			full=$((full + 1))
			[ $code -lt 126 ] && warns "$what_to_do" || untold=$((untold + 1))
		elif ! content | cmp -s after -; then
			warns "$what_to_do\|cannot" || grep -q "$what_to_do\|cannot" out || untold=$((untold + 1))
		fi
		[ $untold -eq 0 ] || { [ -n "$told" ] || { sed "s/^/# $free KB, exit $code: /" err; told=yes; }; }
		content >now
		cmp -s before now || cmp -s after now || changed=$((changed + 1))
		"$program" --db $db check >/dev/null 2>&1 || unclean=$((unclean + 1))
		[ -z "$(find small -name '*.new')" ] || rests=$((rests + 1))
	done
	told=
	echo "# $name: tried with $tried sizes of the rest, of which $full were too small"
	check "$name: some rests are too small" [ $full -gt 0 ]
	check "$name: what to do is said" [ $untold -eq 0 ]
	check "$name: the cache is as before or as after" [ $changed -eq 0 ]
	check "$name: and clean" [ $unclean -eq 0 ]
	check "$name: no half of a file is left" [ $rests -eq 0 ]
}
told=

"$program" --db base.db --no-starter import "$screens/family-models.csv" >/dev/null 2>&1
"$program" --db base.db import "$screens/family-edges.csv" >/dev/null 2>&1
printf 'model,ifeval,bbh\nnorth/Oak-7B,24,23\n' >own.csv
"$program" --db base.db import own.csv >/dev/null 2>&1
awk 'BEGIN { print "child,parent,relation"; for (i = 1; i <= 2000; i++) printf "t/child-%d,t/child-%d,finetune\n", i, i - 1 }' >edges.csv
printf 'key g j space j j space\ntype :save kept\nkey enter\ntype :flag odd\nkey enter\nwait idle\ndump -\n' >keep.keys

base=base.db
fills 'an import' --db $db --no-starter import edges.csv
fills 'a fit' --db $db fit --variances
fills 'a choice' --db $db choose north/Oak-7B 2
fills 'an export' --db $db export --json -o small/out.json
fills 'a sketch and a flag' --db $db browse --script keep.keys
if [ -n "$python" ]; then
	start_server served
	fills 'a sync' --db $db --no-starter sync
else
	skip 'a sync' 'no Python for the server'
fi

cat >models.csv <<'END'
model,kind,architecture,params_b,uploaded,ifeval,bbh,gpqa
me/Zanzibar-Wombat-7B,chat,MistralForCausalLM,7.24,2024-05-01,51,33,7
me/Zanzibar-Wombat-slerp,merge,MistralForCausalLM,7.24,2024-05-03,51.2,33.1,7
END
"$program" --db starter.db import models.csv >/dev/null 2>&1
base=starter.db
fills 'a guess accepted' --db $db parents me/Zanzibar-Wombat-slerp --accept 1
base=/dev/null
fills 'a new cache' --db $db check
finish
