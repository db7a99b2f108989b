#!/bin/sh
# The README's screens are what the tour's script gives.  Prints TAP.
#   tour.sh --accept   (make tour) puts what it gives into the README
#
# A block of the README that begins as a title row and ends as a last row is a
# screen, in the order of `screens`; the configuration stands after its command.
# Predicted figures differ a little from one processor to another, and with every
# improvement of the engine: numbers may be off by 0.3 and by 3 %, bars are not
# compared, and neither are the models that a prediction rests on.
screens='merge find parents move why residuals'
. "${top_srcdir:-.}/tests/cli/tap.sh"
need_utf8
unset LINES COLUMNS NO_COLOR
readme=$top_srcdir/README

starter tour.db
LC_ALL=$locale "$program" --db tour.db browse --no-config --script "$top_srcdir/share/tour.keys" 2>err
code=$?
if [ "$1" = --accept ]; then
	[ "$code" -eq 0 ] || { cat err; exit 1; }
	LC_ALL=C awk -v list="$screens" '
	function put(file,   line, prefix) {
		while ((getline line < file) > 0)
			if (file != "tour.yml" || line !~ /^#/) print "  " line
	}
	BEGIN { split(list, name, " ") }
	/^   stemma  [0-9,]* models/ { put(name[++n] ".txt"); skip = 1 }
	!skip { print }
	/^  \$ grep .* tour.yml$/ { put("tour.yml"); skip = 2 }
	skip == 1 && (/^  └/ || /^   filter: /) { skip = 0 }
	skip == 2 && /^$/ { skip = 0; print }' "$readme" >new && cp new "$readme"
	exit
fi
check 'the script runs' [ "$code" -eq 0 ]

# The nth screen of the README.
screen() {
	LC_ALL=C awk -v wanted="$1" '
	/^   stemma  [0-9,]* models/ { n++; inside = 1 }
	inside && n == wanted { print substr($0, 3) }
	inside && (/^  └/ || /^   filter: /) { inside = 0 }' "$readme"
}
# Without bars and the models of a prediction, a word a line; rows in the order
# of what they begin with, because near ties may come in another one.
words() {
	LC_ALL=$locale sed -e '/  [+−-][0-9]*\.[0-9][0-9] *│$/d' -e 's/[├┤─●×⊗◇◈━]/ /g' -e 's/±/± /g' -e 's/ z / /' "$1" | LC_ALL=C sort |
		tr -s ' ' '\n' | sed '/^$/d'
}
same() { # file, file
	[ -s "$1" ] && [ -s "$2" ] && words "$1" >one && words "$2" >two && paste one two | LC_ALL=C awk -F'\t' '
	function number(word) { sub(/^−/, "-", word); sub(/^\+/, "", word); sub(/!$/, "", word); return word }
	{
		a = number($1); b = number($2)
		if ($1 == $2) next
		if (a !~ /^-?[0-9]+\.?[0-9]*$/ || b !~ /^-?[0-9]+\.?[0-9]*$/ || (a - b) ^ 2 > (a ~ /\./ ? 0.301 : 3.01) ^ 2) {
			print "the README has " $1 ", the tour " $2 " (make tour records it anew)"
			bad = 1
		}
	}
	END { exit bad }'
}
n=0
for name in $screens; do
	n=$((n + 1))
	screen "$n" >readme.txt
	check "the screen '$name' is as in the README" same readme.txt "$name.txt"
done
sed -n '/^  \$ grep .* tour.yml$/,/^$/{/^  \$/d;/^$/d;s/^  //;p;}' "$readme" >readme.txt
grep -v '^#' tour.yml >seen.txt
check 'the configuration too' diff readme.txt seen.txt
check 'and none but these screens' [ -z "$(screen $((n + 1)))" ]
finish
