#!/bin/sh
# From the start to changed predictions, and a resize.
plan=19
. "${top_srcdir:-.}/tests/terminal/terminal.sh"
cache family
shell 100 30
run "$(stemma)"
check 'the fit gets ready beside the screen' see 'fitted'
press j Space
check 'Space picks a parent' see 'sketch: 1 parent'
press j Space
check 'and a second one' see 'sketch: 2 parents'
press +
check 'a weight is shown' see '●0.55'
press W
check 'the reasons follow the weight' see ' 55 %'
press q
press u
check 'undo takes it back' see '●0.50'
# Parents that are alike predict the same at any weight: a stranger does not.
press ':goto north/Elm-14B' Enter
check 'a model is gone to by name' see 'north/Elm-14B ─'
press Space
check 'a stranger is a third parent' see 'sketch: 3 parents'
see 'average .*±'
screen | grep '±' >"$work/before"
press +
other() { ! screen | grep '±' | cmp -s - "$work/before"; }
differ() { [ -s "$work/before" ] && await other; }
check 'the prediction follows the weight' differ
press u
press u
check 'and the stranger goes again' see 'sketch: 2 parents'
press ':goto north/Oak-7B-Instruct' Enter
see 'north/Oak-7B-Instruct ─'
terminal resize-window -t main -x 62 -y 16
check 'a smaller window is filled' see '^└.*┘$'
terminal resize-window -t main -x 30 -y 8
check 'in a small one the tree stands alone' see '^└ Tab pane  ? help  q quit'
terminal resize-window -t main -x 30 -y 3
check 'too small a window says so' see 'needs 20x4'
terminal resize-window -t main -x 120 -y 40
press D Enter
check 'a sketch is kept and put beside' see 'beside draft 1'
press q
check 'q asks for a second one' see 'q again quits'
press q
check 'q leaves' see 'ready\$ *$'
# What was open is there again.
run "$(stemma)"
check 'the sketch is kept, with its name' see 'sketch draft 1: 2 parents'
check 'and so is the cursor' see 'north/Oak-7B-Instruct ─'
press C
check 'and the sketch beside' see 'B draft 1'
press q q q
see 'ready\$ *$'
exit $failed
