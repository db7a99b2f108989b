#!/bin/sh
# Golden screens: runs each key script on a cache made of its CSV files and
# compares the dumps with expected/.  Prints TAP.
#   screens.sh NAME...            only these scripts: screens.sh sketch why
#   screens.sh --accept NAME...   writes what they show to expected/; look at it then
# From the build folder: top_builddir=. sh ../tests/screens/screens.sh --accept sketch
#
# The first line of a script names its cache, variables of the environment and
# further options; benchmarks=40 as the variable gives the cache so many more of
# them, on three kinds of scale, each with scores of some of the models.  Predicted
# figures may differ in their last digit from one processor to another, and
# with every improvement of the engine: in rows that hold some, digits and bars
# are masked on both sides.  Everything else is compared as it is.
here=$(cd "$(dirname "$0")" && pwd) || exit 99
build=${top_builddir:-.}
program=${STEMMA_PROGRAM:-$build/stemma}
maker=${STEMMA_CACHE_MAKER:-$build/tests/screens/cache}
case $program in /*) ;; *) program=$PWD/$program ;; esac
case $maker in /*) ;; *) maker=$PWD/$maker ;; esac

for locale in C.UTF-8 C.utf8 en_US.UTF-8 en_US.utf8; do
	[ "$(LC_ALL=$locale locale charmap 2>/dev/null)" = UTF-8 ] && break
	locale=
done
[ -n "$locale" ] || { echo '1..0 # SKIP no UTF-8 locale'; exit 0; }
LC_ALL=$locale
OPENBLAS_NUM_THREADS=1
export LC_ALL OPENBLAS_NUM_THREADS
unset LINES COLUMNS NO_COLOR

work=$(mktemp -d) || exit 99
# Not those of whoever tests.
export HOME="$work" XDG_CONFIG_HOME="$work"
unset XDG_DATA_HOME XDG_CACHE_HOME STEMMA_CORRECTIONS STEMMA_BENCHMARKS STEMMA_PACK
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 99
ln -s "$here/files" files # what scripts import

# The scatter's dots (U+2800 to U+28FF), byte by byte: ranges of characters are
# not portable.
dots=$(printf '\342[\240-\243][\200-\277]')

# Rows with predictions: "±", "~", a z value, a chance, or the point of a bar.
mask() {
	LC_ALL=C sed "s/$dots/ /g" "$1" |
	sed -e 's,[a-z]*/[A-Za-z0-9.-]*  *[+−-][0-9]\.[0-9][0-9],MODEL,' \
		-e '/±\|+-[0-9]\|~[0-9]\| z  *[+−-]*[0-9]\| [ 1]\.[0-9][0-9] \|[0-9] %\| [+−-][0-9]*\.[0-9]\|MODEL\|[●⊗◈][─┤ ]\|─[●⊗◈]/{
		s/[0-9][0-9.]*/0/g
		s/[├─┤●×⊗◇◈+−!·~|x@^.:#░▒▓█-]//g
		s/  */ /g
		s/ o / /g
	}' -e '/spread of z/s/[0-9][0-9.]*/0/g' -e '/[▁▂▃▄▅▆▇█]/s/[ ▁▂▃▄▅▆▇█]//g'
}

# Which looks a row has follows from the figures, where there are some: there
# only whether colours are among them.
mask_looks() {
	case $1 in
	*pedigree*|*marks*|*help*|*messages*) cat "$1" ;;
	*suggest*|*front*) sed -e 's/.*[0-9].*/colour/' -e '/colour/!s/..*/plain/' "$1" | uniq ;;
	*) sed -e 's/.*[0-9].*/colour/' -e '/colour/!s/..*/plain/' "$1" ;;
	esac
}

# Which merges are suggested, and what promises how much, is for the engine's
# tests: of lists and plots only their place is compared.
mask_suggestions() {
	sed -e 's/[0-9][0-9.]*/0/g' -e '/ + /s/.*/MERGE/' \
		-e '/[│|] *[0-9]* [0-9]* [^ ]*\/[^ ]* .*/s/.*/PARENT/' \
		-e '/^[│|] *[0-9.]*[│┤|+]/s/.*/PLOT/' \
		-e '/^[│|] *[│|]$/s/.*/EMPTY/' -e '/no known ancestor\|licences\? \(conflict\|of\)/s/.*/EMPTY/' "$1" | uniq
}

# Where a curve or a bar of predictions goes is theirs, too, and which families count.
mask_curve() {
	mask "$1" | sed -e 's,^\([│|]\) .*\(/\|family\).*,\1FAMILY,' -e 's/[0-9 ]//g' -e 's/[░●◆◉█▌▐*#@=:.─┴┤+-]//g' | uniq
}

# A table of so many benchmarks for the models of another.
more_benchmarks() { # models.csv count
	LC_ALL=C awk -F, -v count="$2" '
	NR == 1 {
		printf "model"
		for (b = 1; b <= count; b++) printf ",%s", name(b)
		print ""
		next
	}
	$8 == "" { next } # models without scores stay so
	{
		printf "%s", $1
		for (b = 1; b <= count; b++) {
			share = ($8 + 15 + (b * 29 + NR * 7) % 17) / 130
			if ((b * 13 + NR * 5) % 3 == 0 && b % 20 != 1) printf ","
			else if (b % 5 == 2) printf ",%.3f", share
			else if (b % 5 == 4) printf ",%d", 900 + 600 * share
			else printf ",%.1f", 100 * share
		}
		print ""
	}
	function name(b) { return (b % 5 == 2 ? "share" : b % 5 == 4 ? "rating" : "task") "_" b }' "$1"
}

number=0
results=
report() { # ok|not ok, description
	number=$((number + 1))
	results="$results$1 $number - $2
"
}

compare() { # file
	if [ "$accept" ]; then
		cp "$1" "$here/expected/$1"
	elif [ ! -f "$here/expected/$1" ]; then
		report 'not ok' "$1 is expected nowhere"
		return
	fi
	case $1 in
	looks-*) masker=mask_looks ;;
	suggest*|front*) masker=mask_suggestions ;;
	sweep*|waterfall*|plan*) masker=mask_curve ;;
	*) masker=mask ;;
	esac
	(cd "$here/expected" && $masker "$1") >expected
	$masker "$1" >seen
	if [ -s expected ] && cmp -s expected seen; then
		report ok "$1"
	else
		diff expected seen | sed 's/^/# /'
		report 'not ok' "$1"
	fi
}

accept=
[ "$1" = --accept ] && shift && accept=yes && mkdir -p "$here/expected"
wanted=" $* "
for script in "$here"/*.keys; do
	name=$(basename "$script" .keys)
	case $wanted in *" $name "* | '  ') ;; *) continue ;; esac
	# shellcheck disable=SC2046 # words
	set -- $(sed -n '1s/^# //p' "$script")
	cache=$1 variable='' benchmarks=''
	shift
	case $1 in
	benchmarks=*) benchmarks=${1#*=} && shift ;;
	*=*) variable=$1 && shift ;;
	esac
	rm -rf cache.db* ./*.yml ./*.svg stemma # the cache, what was written, corrections
	names=$here/$cache-names.txt
	[ -f "$names" ] || names=
	rm -f more.csv
	[ -z "$benchmarks" ] || more_benchmarks "$here/$cache-models.csv" "$benchmarks" >more.csv
	if ! "$maker" cache.db "$here/$cache-models.csv" "$here/$cache-edges.csv" ${benchmarks:+more.csv} \
		${names:+"$names"}; then
		report 'not ok' "$name: no cache"
		continue
	fi
	if env $variable "$program" --db "$work/cache.db" ${STEMMA_BROWSE-browse} --script "$script" "$@" 2>errors; then
		report ok "$name runs"
	else
		sed 's/^/# /' errors
		report 'not ok' "$name runs"
	fi
	for file in $(sed -n 's/^dump //p; s/^looks //p' "$script"); do
		if [ -f "$file" ]; then
			compare "$file"
		else
			report 'not ok' "$file was not written"
		fi
	done
done
echo "1..$number"
printf '%s' "$results"
case $results in *'not ok'*) exit 1 ;; esac
exit 0
