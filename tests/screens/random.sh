#!/bin/sh
# Random keys, sizes and words: whatever is pressed, the program ends well.
# The scripts are the same in every run.  Prints TAP.
#   random.sh COUNT   more of them (make check-random)
here=$(cd "$(dirname "$0")" && pwd) || exit 99
program=${STEMMA_PROGRAM:-${top_builddir:-.}/stemma}
maker=${STEMMA_CACHE_MAKER:-${top_builddir:-.}/tests/screens/cache}
OPENBLAS_NUM_THREADS=1
export OPENBLAS_NUM_THREADS
# A sync is refused; imports are of what is there.
export HF_HUB_OFFLINE=1
work=$(mktemp -d) || exit 99
# Not those of whoever tests.
export HOME="$work" XDG_CONFIG_HOME="$work"
unset XDG_DATA_HOME XDG_CACHE_HOME STEMMA_CORRECTIONS STEMMA_BENCHMARKS STEMMA_PACK
trap 'rm -rf "$work"' EXIT
case $program in /*) ;; *) program=$PWD/$program ;; esac
"$maker" "$work/made.db" "$here/family-models.csv" "$here/family-edges.csv" || exit 99
cd "$work" || exit 99
# Models that are there, new ones, and one whose name changes the order.
{ sed 5q "$here/family-models.csv"; sed -n 2,9p "$here/few-models.csv" | sed 's,^,new-,'; } >more.csv
head -c 300 "$here/family-models.csv" >cut.csv
# Two models that are one, and one with another name.
printf '%s\n' leaderboard_id,current_hub_id river/OpenOak-2.5,north/Oak-7B-Instruct north/Oak-7B,north/First-Oak >names.csv

# A linear congruential generator, because awk's own differs between awks.
make_script() { # seed
	awk -v state="$1" '
	function below(n) { state = (state * 1103 + 12345) % 65537; return state % n }
	BEGIN {
		keys = split("j k h l g G z Z space + - = % e L m M t B c w u ctrl-r / n N f r o ] [ b y ! ? " \
			"< > ( ) F9 tab shift-tab enter esc ctrl-o up down left right pgup pgdn home end ctrl-d ctrl-u p J K x " \
			": \047 ` # & \042 ; * O " \
			"backspace delete 1 2 5 0 9 a s ctrl-l ctrl-c F1 F ctrl-k ctrl-w " \
			"C D E W s s i X v V H P i S I R . , . l , a ctrl-g ctrl-s ctrl-v ctrl-e ctrl-y F3 F4 ctrl-z", key, " ")
		words = split("oak;elm slerp;/wernicke;60;no such;⊕é日本;bbh > 30;:goto elm;:sort z;:filter scored !merge;:open script;:import more.csv;:import . script;:import cut.csv more.csv;:import names.csv;:sync models;:sync;:reload;:beside draft 1;:save draft 1;:write x.yml;un;:suggest floor=0 parents=3;:suggest pareto=ifeval,bbh;:suggest inc", word, ";")
		print "resize " 30 + below(180) " " 8 + below(60)
		for (i = 0; i < 80; i++) {
			what = below(20)
			if (what == 0) print "resize " 1 + below(220) " " 1 + below(70)
			else if (what == 1) print "type " word[1 + below(words)]
			else if (what == 2) print "wait idle"
			else if (what == 3) print "dump screen.txt"
			else {
				line = "key"
				for (k = below(6); k >= 0; k--) line = line " " key[1 + below(keys)]
				print line
			}
		}
	}'
}

seed=0
failed=0
try() { # the next script
	seed=$((seed + 1))
	make_script "$seed" >script
	rm -f cache.db*
	cp made.db cache.db
	if "$program" --db cache.db ${STEMMA_BROWSE-browse} --script script >output 2>&1; then
		echo "ok $seed - keys of seed $seed"
	else
		sed 's/^/# /' output
		echo "not ok $seed - keys of seed $seed"
		failed=1
	fi
}
while [ "$seed" -lt "${1:-12}" ]; do
	try
done
echo "1..$seed"
exit $failed
