#!/bin/sh
# The mouse: wheel, click, dragging a weight, and leaving it to the terminal.
plan=14
. "${top_srcdir:-.}/tests/terminal/terminal.sh"
cache family
shell 80 24
# mouse BUTTON COLUMN ROW M|m: an event as xterm's mode 1006 codes it.
mouse() { press -l "$(printf '\033[<%s;%s;%s%s' "$1" "$2" "$3" "$4")"; }
click() { mouse 0 "$1" "$2" M && mouse 0 "$1" "$2" m; }
mouse_is() { [ "$(terminal display-message -p -t main '#{mouse_any_flag}')" = "$1" ]; }
asks() { await mouse_is "$1"; } # whether the program wants the mouse: 1 or 0
run "TERM=xterm-256color $(stemma)"
check 'it starts' see 'fitted'
check 'it asks for the mouse' asks 1
mouse 65 10 5 M
press p
check 'the wheel moves three rows' see 'sketch'
press g
click 10 4
press Space
check 'a click selects a row' see '●1.00.*river/OpenOak'
click 10 4
check 'a second one unfolds it' see 'NeuralOak\|river/.*Oak'
press g Space
check 'two parents' see '●0.50'
see 'IFEval.*best parent' # the pane grows when the prediction is there
row=$(screen | grep -n '●0.50' | head -n 1 | cut -d: -f1)
mouse 0 5 "$row" M
mouse 32 7 "$row" M
check 'dragging moves the weight with the pointer' see '●0.60'
mouse 32 9 "$row" M
check 'further' see '●0.70'
mouse 0 9 "$row" m
press u
check 'and is one change for undo' see '●0.50'
press F9
check 'a key leaves the mouse to the terminal' asks 0
press F9
check 'and takes it again' asks 1
press q q
see 'ready\$ *$'
check 'at the end it is the terminal'"'"'s' asks 0
run "clear; TERM=xterm-256color $(stemma) --no-mouse"
see 'fitted'
check '--no-mouse leaves it alone' asks 0
press q q
see 'ready\$ *$'
mkdir -p "$XDG_CONFIG_HOME/stemma"
echo 'mouse: no' >"$XDG_CONFIG_HOME/stemma/config.yaml"
run "clear; TERM=xterm-256color $(stemma)"
see 'fitted'
check 'and so does the configuration' asks 0
press q q
see 'ready\$ *$'
exit $failed
