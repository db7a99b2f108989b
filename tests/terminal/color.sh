#!/bin/sh
# Colour: there by default, absent with NO_COLOR; a dumb terminal is refused.
plan=5
. "${top_srcdir:-.}/tests/terminal/terminal.sh"
cache family
shell 80 24
# Colours as the terminal has them: SGR 3x, 4x, 9x, with whatever comes before.
colored() { terminal capture-pane -e -p -t main | grep -q "$(printf '\033')\[[0-9;]*[349][0-7]"; }
plain() { ! colored; }
run "$(stemma)"
check 'it starts' see 'fitted'
check 'in colour' await colored
press q q
see 'ready\$ *$'
run "clear; NO_COLOR=1 $(stemma)"
see 'fitted'
check 'NO_COLOR is heeded' plain
press q q
see 'ready\$ *$'
run "clear; TERM=dumb $(stemma); echo code \$?"
check 'a dumb terminal is refused' see 'code [1-9]'
check 'with a reason' see 'dumb'
exit $failed
