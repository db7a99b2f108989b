#!/bin/sh
# However it ends, the terminal is given back: keys, cursor, mouse, screen.
plan=15
. "${top_srcdir:-.}/tests/terminal/terminal.sh"
cache family
shell 80 24
begin() {
	run "clear; sh -c 'echo \$\$ >$work/id; TERM=xterm-256color exec $(stemma | tr -d "'")'"
	see 'fitted'
	id=$(cat "$work/id")
}
flags_are() { # alternate screen, mouse, cursor
	[ "$(terminal display-message -p -t main '#{alternate_on}#{mouse_any_flag}#{cursor_flag}')" = "$1" ]
}
flags() { await flags_are "$1"; }
for signal in TERM HUP QUIT; do
	begin
	check "before SIG$signal the screen is its own" flags 111
	kill -"$signal" "$id"
	check "SIG$signal gives it back" flags 001
	run 'echo code $?'
	check "and ends it as by that signal" see "code $((128 + $(/bin/kill -l $signal)))"
	run "stty -a | tr ';' '\\n' | grep -c -e ' icanon' -e ' echo '; echo back"
	check "and the keys" see '^back'
done
# Stopped, it is the shell's; continued, it is its own again.
begin
press C-z
check 'stopped, it is given back' flags 001
run fg
check 'continued, it is taken again' flags 111
press q q
check 'and given back at the end' flags 001
exit $failed
