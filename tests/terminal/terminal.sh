# shellcheck shell=sh disable=SC2034,SC2154 # sourced
# What the tests in a real terminal share.  Source it after setting `plan`.
# Each test runs in a tmux server of its own, and waits for what it wants to see,
# however long that takes.  Where it waits PATIENCE times in vain (20 a second at
# most) it hangs, and ends as a whole: PATIENCE=100 live.sh, while you change it.
program=${STEMMA_PROGRAM:-${top_builddir:-.}/stemma}
maker=${STEMMA_CACHE_MAKER:-${top_builddir:-.}/tests/screens/cache}
screens=${top_srcdir:-.}/tests/screens
browse=${STEMMA_BROWSE-browse}
tmux=${TMUX_PROGRAM:-$(command -v tmux)}
[ -x "$tmux" ] || { echo '1..0 # SKIP tmux is absent'; exit 0; }
for file in program maker screens; do
	eval "path=\$$file"
	case $path in /*) ;; *) eval "$file=\$PWD/\$path" ;; esac
done
[ -x "$program" ] || { echo "Bail out! $program is not there"; exit 99; }
for locale in C.UTF-8 C.utf8 en_US.UTF-8 en_US.utf8; do
	[ "$(LC_ALL=$locale locale charmap 2>/dev/null)" = UTF-8 ] && break
	locale=
done
[ -n "$locale" ] || { echo '1..0 # SKIP no UTF-8 locale'; exit 0; }
LC_ALL=$locale
OPENBLAS_NUM_THREADS=1
export LC_ALL OPENBLAS_NUM_THREADS
# Exported, they would hide real resizes.
unset LINES COLUMNS NO_COLOR TMUX

work=$(mktemp -d) || exit 99
# Not those of whoever tests.
export HOME="$work" XDG_CONFIG_HOME="$work/config" TMUX_TMPDIR="$work"
unset XDG_DATA_HOME XDG_CACHE_HOME STEMMA_CORRECTIONS STEMMA_BENCHMARKS STEMMA_PACK
socket=stemma-$$
terminal() { "$tmux" -L "$socket" -f /dev/null "$@"; }
finish() {
	terminal kill-server 2>/dev/null
	"$tmux" -L "$socket-inner" kill-server 2>/dev/null
	rm -rf "$work"
}
trap finish EXIT
trap 'exit 99' HUP INT TERM

number=0
failed=0
check() { # description, then a command that must succeed
	number=$((number + 1))
	description=$1
	shift
	if "$@"; then
		echo "ok $number - $description"
	else
		echo "not ok $number - $description"
		failed=1
		screen | sed 's/^/# /'
	fi
}
screen() { terminal capture-pane -p -t main; }
press() { terminal send-keys -t main "$@"; }
# await COMMAND...: until it succeeds.
await() {
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		if [ "$tries" -ge "${PATIENCE:-12000}" ]; then
			screen | sed 's/^/# /'
			echo "Bail out! after '${description-the start}': waited in vain for: $*"
			exit 99
		fi
		sleep 0.05
	done
}
shows() { screen 2>/dev/null | grep -q -e "$1"; }
lacks() { ! shows "$1"; }
# Until the screen matches a pattern, or does not.
see() { await shows "$1"; }
not_see() { await lacks "$1"; }
cache() { # name
	"$maker" "$work/cache.db" "$screens/$1-models.csv" "$screens/$1-edges.csv"
}
# A shell in a window of a size, ready to take a command line.
shell() { # columns, rows
	terminal new-session -d -s main -x "$1" -y "$2" env PS1='ready$ ' ENV= sh -i
	see 'ready\$'
}
run() { press -l "$* "; press Enter; }
stemma() { echo "'$program' --db '$work/cache.db' $browse"; }
echo "1..$plan"
