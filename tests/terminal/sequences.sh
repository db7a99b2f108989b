#!/bin/sh
# What a terminal sends that is no key: reports, answers, pastes; and keys in all their forms.
plan=25
. "${top_srcdir:-.}/tests/terminal/terminal.sh"
cache family
shell 80 24
# All of it in one read.
sent() { press -l "$(printf "$1")"; }
# What must not act: the tree's cursor stays, no prompt is open.
nothing() { # DESCRIPTION BYTES
	sent "$2"
	press Space
	see 'sketch: 1 parent'
	check "$1 does nothing" shows '^└ Tab pane'
	press c
	see '^│ Space picks the model'
}
selected() { see "$1 ─"; }
run "COLUMNS=40 LINES=10 TERM=xterm-256color $(stemma)"
see '└ fitted'
whole() { [ "$(screen | sed -n 24p | wc -m)" = 81 ]; }
check 'exported COLUMNS and LINES do not count' await whole
press j k # the message goes
nothing 'a focus report' '\033[I'
nothing 'the end of the focus' '\033[O'
nothing 'the place of the cursor' '\033[24;80R'
nothing 'what the terminal is' '\033[?62;22c'
nothing 'an unknown CSI sequence' '\033[99;5:3u'
nothing 'an answer by OSC and BEL' '\033]11;rgb:0000/qqqq/cccc\a'
nothing 'an answer by OSC and ST' '\033]52;c;cXFx\033\\'
nothing 'an answer by DCS' '\033P>|terminal q(1)\033\\'
nothing 'an answer by APC' '\033_Gi=1;OK q\033\\'
nothing 'an old mouse report' '\033[MDqq'
# Marks of a paste outside of prompts.
press -l "$(printf '\033[200~qq\nI\n\033[201~')"
check 'a paste goes nowhere without a prompt' see 'a paste goes into a prompt'
press :
press -l "$(printf '\033[200~goto river/\nOpenOak-2.5\n\033[201~')"
check 'in a prompt line ends become blanks' see '^ *:goto river/ OpenOak-2.5'
press C-u 'goto north/Oak-7B' Enter
# ---- keys in other forms
press G
sent '\033[1~'
press Space
check 'ESC [ 1 ~ is Home' see '●1.00.*north/Oak-7B'
press c
sent '\033[7~\033OB'
press Space
check 'ESC O B is Down' see '●1.00.*river/OpenOak'
press c
sent '\033[H\033[1;5B'
press Space
check 'with modifiers, too' see '●1.00.*river/OpenOak'
press c g
see '^│.▾ north/Oak-7B'
sent '\033Oo'
check 'the / of the keypad searches' see '^ */'
press abc
sent '\033[1~'
press x
check 'Home in a prompt goes to its beginning' see '^ */xabc'
sent '\033OF'
press y
check 'End to its end' see '^ */xabcy'
press Escape
# ---- a click in one read, and a long paste
sent '\033[<0;10;4M\033[<0;10;4m'
press Space
check 'press and release in one read are a click' see '●1.00.*river/OpenOak'
press c :
head -c 20000 /dev/zero | tr '\0' 'q' >"$work/long"
terminal load-buffer "$work/long"
terminal paste-buffer -p -t main
check 'a long paste is one of a prompt' see 'qqqqqqqqqqqqqqqqqqqqqqqqq'
press C-u Escape
check 'and runs nothing' see '^└ Tab pane'
press C-z
see 'ready\$ *$'
run 'clear; bg'
see 'ready\$ bg\|ready\$ *$'
run 'echo still the shell'
check 'continued in the background it writes nothing' see '^still the shell'
lacks_frame() { ! screen | grep -q '┘$'; }
check 'nor draws' lacks_frame
run fg
check 'and comes back with fg' see '^└ Tab pane'
exit $failed
