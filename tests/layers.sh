#!/bin/sh
# Checks the arrows of the house: each layer includes only the layers below it,
# and only its own outside libraries; the rooms of the engine have an order, too.
# Prints TAP.
cd "${top_srcdir:-.}" || exit 99

# layer: the layers it may include : the outside headers that only it may use
rules='
base::
engine:base:cblas.h lapacke.h cholmod.h suitesparse/
store:base:sqlite3.h
formats:base:yaml.h jansson.h zlib.h
sync:base:curl/curl.h
app:base engine store formats sync:
tui:base engine store formats app:ncurses.h curses.h term.h
cli:base engine store formats app tui:getopt.h
'
outside='cblas.h lapacke.h cholmod.h suitesparse/ sqlite3.h yaml.h jansson.h zlib.h curl/curl.h ncurses.h curses.h term.h'

# broken_arrows LAYER ALLOWED OWN: prints each include that must not be there.
broken_arrows() {
	files=$(find "src/$1" "include/stemma/$1" -name '*.[ch]' 2>/dev/null)
	[ -n "$files" ] || return 0
	for other in base engine store formats sync app tui cli; do
		case " $1 $2 " in *" $other "*) continue ;; esac
		grep -Hn "#include [\"<]stemma/$other/" $files
	done
	for header in $outside; do
		case " $3 " in *" $header "*) continue ;; esac
		grep -Hn "#include <$header" $files
	done
	# A header beside the source is private to its folder.
	grep -Hn '#include "\.\./' $files
}

# ---- rooms of the engine and of the browser ---------------------------------------

# module; its rooms, each of which uses only those before it : arrows that point up
# and are to go (do not add one) : headers beside the rooms that rooms may use : the
# rooms that may.
#   model:solve   the fit calls the algebra, which reads the model: a circle
#   ask:answers   functions of ask/query.c are declared in answers/answer_model.h
houses='
engine;data model solve ask search answers guess judge;model:solve ask:answers;;
tui;settings term tree board work view;;browser.h commands.h;board work view
'

# house MODULE FIELD
house() { printf '%s' "$houses" | grep "^$1;" | cut -d';' -f"$2"; }

# may_use MODULE ROOM HEADER
may_use() {
	case $3 in
	*/*) ;;
	*)
		case " $(house "$1" 4) " in *" $3 "*) ;; *) return 1 ;; esac
		case " $(house "$1" 5) " in *" $2 "*) return 0 ;; esac
		return 1
		;;
	esac
	other=${3%%/*}
	[ "$2" = "$other" ] && return 0
	case " $(house "$1" 3) " in *" $2:$other "*) return 0 ;; esac
	case " $(house "$1" 2) " in *"$other"*"$2"*) return 0 ;; esac
	return 1
}

# broken_includes MODULE: prints each include of its own headers that must not be there.
broken_includes() {
	if [ -z "$(house "$1" 4)" ]; then
		find "src/$1" -mindepth 1 -maxdepth 1 -name '*.[ch]' | sed 's/$/: not in a room/'
	fi
	for room in $(house "$1" 2); do
		# Its files name headers by their room.
		find "src/$1/$room" -name '*.[ch]' -exec grep -Hn '^#include "' {} + |
			grep -v '"stemma/' | while IFS=: read -r file line include; do
				header=${include#*\"}
				may_use "$1" "$room" "${header%\"*}" || echo "$file:$line: $include"
			done
	done
}

echo 1..12
number=0
for rule in $(printf '%s' "$rules" | tr ' ' '+'); do
	number=$((number + 1))
	layer=${rule%%:*}
	rest=${rule#*:}
	found=$(broken_arrows "$layer" "$(printf '%s' "${rest%%:*}" | tr '+' ' ')" "$(printf '%s' "${rest#*:}" | tr '+' ' ')")
	if [ -z "$found" ]; then
		echo "ok $number - $layer includes only what is below it"
	else
		printf '%s\n' "$found" | sed 's/^/# /'
		echo "not ok $number - $layer includes only what is below it"
	fi
done
# The check itself must be able to fail.
number=$((number + 1))
probe=$(mktemp -d) && mkdir -p "$probe/src/store" && echo '#include "stemma/engine/engine.h"' >"$probe/src/store/x.c"
found=$(cd "$probe" && broken_arrows store base sqlite3.h)
rm -rf "$probe"
if [ -n "$found" ]; then echo "ok $number - a broken arrow is found"; else echo "not ok $number - a broken arrow is found"; fi
for module in engine tui; do
	number=$((number + 1))
	found=$(broken_includes "$module")
	[ -z "$found" ] || printf '%s\n' "$found" | sed 's/^/# /'
	if [ -z "$found" ]; then result=ok; else result='not ok'; fi
	echo "$result $number - a room of $module uses only those before it"
done
number=$((number + 1))
probe=$(mktemp -d)
for module in engine tui; do
	for room in $(house "$module" 2); do mkdir -p "$probe/src/$module/$room"; done
done
echo '#include "model/fit.h"' >"$probe/src/engine/data/up.c"
echo '#include "query.h"' >"$probe/src/engine/ask/bare.c"
echo '#include "model/fit.h"' >"$probe/src/engine/ask/down.c"
echo >"$probe/src/engine/loose.c"
echo '#include "view/list.h"' >"$probe/src/tui/work/up.c"
echo '#include "browser.h"' >"$probe/src/tui/term/up.c"
echo '#include "browser.h"' >"$probe/src/tui/view/down.c"
found=$(cd "$probe" && { broken_includes engine && broken_includes tui; } | wc -l)
rm -rf "$probe"
if [ "$found" -eq 5 ]; then echo "ok $number - and what does not is found"; else echo "not ok $number - and what does not is found"; fi
