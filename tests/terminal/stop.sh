#!/bin/sh
# Ctrl-Z, a resize while stopped, fg; then SIGTERM.
plan=6
. "${top_srcdir:-.}/tests/terminal/terminal.sh"
cache family
shell 80 24
run "sh -c 'echo \$\$ >$work/id; exec $(stemma | tr -d "'")'"
check 'it starts' see 'fitted'
id=$(cat "$work/id")
press C-z
check 'Ctrl-Z stops it' see 'ready\$ *$'
terminal resize-window -t main -x 110 -y 32
run 'fg'
# The last row of the new size, to its last column.
whole() { screen | awk 'END { exit !(NR >= 32 && /┘$/) }'; }
wide() { see 'publ\.  *pred\.' && await whole; }
check 'fg draws at the size of now' wide
press j
check 'keys still work' see 'Oak'
is_gone() { ! kill -0 "$id" 2>/dev/null; }
gone() { await is_gone; }
terminate() { [ -n "$id" ] && kill -TERM "$id" && gone; }
check 'SIGTERM ends it' terminate
run "stty -a | tr ';' '\\n' | grep -c -e ' icanon' -e ' echo '; echo back"
restored() { see '^back' && ! screen | grep -q '┘$'; }
check 'and the terminal is as it was' restored
exit $failed
