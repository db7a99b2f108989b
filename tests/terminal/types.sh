#!/bin/sh
# Types of terminals, themes, and colours of the user's own.
plan=24
. "${top_srcdir:-.}/tests/terminal/terminal.sh"
cache family
shell 80 24
escape=$(printf '\033')
colors() { terminal capture-pane -e -p -t main; }
# A colour of 256, of 16 or of 8, anything at all.
of256() { colors | grep -q "$escape\[[0-9;]*38;5;$1"; }
of16() { colors | grep -q "$escape\[[0-9;]*9[0-7]m"; }
of8() { colors | grep -q "$escape\[[0-9;]*3[0-7]m"; }
any() { colors | grep -q "$escape\[[0-9;]*[39][0-8]"; }
no() { ! "$@"; }
start() { # the variables, then options
	run "$1 $(stemma) $2"
	see 'fitted'
}
leave() {
	press q q
	# A vt100 leaves its picture behind, with the prompt on its last line; that
	# must not be taken for the next one.
	see '^ready\$'
	run clear
	not_see fitted
}

for type in xterm-256color screen linux vt100; do
	if ! infocmp "$type" >/dev/null 2>&1; then
		for what in starts moves; do
			number=$((number + 1))
			echo "ok $number - $type $what # SKIP no description"
		done
		continue
	fi
	check "$type: it starts" start "TERM=$type"
	press g Down Down Space
	check "$type: keys move and pick" see 'sketch: 1 parent'
	press c
	leave
done
start TERM=no-such-terminal
check 'a type without a description is drawn as an xterm' await of256 32
press !
check 'and says so' see 'no description of the terminal type no-such-terminal'
press q
leave
start TERM=xterm-256color
check '256 colours by default' await of256 32
leave
start TERM=screen
check '8 colours where there are no more' await of8
check 'and none of 256 there' no of256 '[0-9]'
leave
start TERM=vt100
check 'a vt100 gets none' no any
leave
start TERM=xterm-256color '--theme light'
check 'the light theme has darker ones' await of256 25
check 'and not those of the dark one' no of256 32
leave
start TERM=xterm-256color '--theme eight'
check 'the theme eight uses eight' await of8
check 'and no others' no of256 '[0-9]'
leave
start TERM=xterm-256color '--theme mono'
check 'mono uses none' no any
leave
start 'NO_COLOR=1 TERM=xterm-256color' '--color always'
check '--color always goes before NO_COLOR' await of256 32
leave
mkdir -p "$XDG_CONFIG_HOME/stemma"
printf 'colors:\n  title: bold 201\n' >"$XDG_CONFIG_HOME/stemma/config.yaml"
start TERM=xterm-256color
check "a colour of the user's own" await of256 201
leave
start TERM=screen
check 'is brought to the nearest of eight' await of8
leave
run "clear; TERM=dumb $(stemma); echo code \$?"
check 'a dumb terminal is refused' see 'code [1-9]'
check 'with what to do' see 'mma show, tree or predict'
exit $failed
