#!/bin/sh
# The screens of the README and of share/doc/tour are what the tour's script gives.  Prints TAP.
#   tour.sh --accept   (make tour) puts them into both
#
# A block that begins as a title row and ends as a last row is a screen, in the order of
# screens_of(); the configuration stands after its command.  Predicted figures differ a little from one processor to another, and with every
# improvement of the engine: numbers may be off by 0.3 and by 3 %, bars are not
# compared, and neither are the models that a prediction rests on.
. "${top_srcdir:-.}/tests/cli/tap.sh"
documents='README share/doc/tour'
screens_of() { # DOCUMENT
	case $1 in
	README) echo 'merge' ;;
	*) echo 'find parents merge move why residuals' ;;
	esac
}
need_utf8
unset LINES COLUMNS NO_COLOR

STEMMA_SHARE=$top_builddir/fitted
if [ ! -f "$STEMMA_SHARE/starter/starter.db" ]; then
	echo '1..0 # SKIP the starter set was not made'
	exit 0
fi
LC_ALL=$locale "$program" --db tour.db browse --no-config --script "$top_srcdir/share/tour.keys" 2>err
code=$?
if [ "$1" = --accept ]; then
	[ "$code" -eq 0 ] || { cat err; exit 1; }
	for document in $documents; do
		LC_ALL=C awk -v list="$(screens_of "$document")" '
		function put(file,   line, prefix) {
			while ((getline line < file) > 0)
				if (file != "tour.yml" || line !~ /^#/) print "  " line
		}
		BEGIN { split(list, name, " ") }
		/^   stemma  [0-9,]* models/ { put(name[++n] ".txt"); skip = 1 }
		!skip { print }
		/^  \$ grep .* tour.yml$/ { put("tour.yml"); skip = 2 }
		skip == 1 && (/^  └/ || /^   filter: /) { skip = 0 }
		skip == 2 && /^$/ { skip = 0; print }' "$top_srcdir/$document" >new && cp new "$top_srcdir/$document"
	done
	exit
fi
check 'the script runs' [ "$code" -eq 0 ]

# screen DOCUMENT N: its nth screen.
screen() {
	LC_ALL=C awk -v wanted="$2" '
	/^   stemma  [0-9,]* models/ { n++; inside = 1 }
	inside && n == wanted { print substr($0, 3) }
	inside && (/^  └/ || /^   filter: /) { inside = 0 }' "$top_srcdir/$1"
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
			print "the document has " $1 ", the tour " $2 " (make tour records it anew)"
			bad = 1
		}
	}
	END { exit bad }'
}
for document in $documents; do
	n=0
	for name in $(screens_of "$document"); do
		n=$((n + 1))
		screen "$document" "$n" >document.txt
		check "$document: the screen '$name'" same document.txt "$name.txt"
	done
	check "$document: none but these screens" [ -z "$(screen "$document" $((n + 1)))" ]
done
sed -n '/^  \$ grep .* tour.yml$/,/^$/{/^  \$/d;/^$/d;s/^  //;p;}' "$top_srcdir/share/doc/tour" >document.txt
grep -v '^#' tour.yml >seen.txt
check 'the configuration too' diff document.txt seen.txt
finish
