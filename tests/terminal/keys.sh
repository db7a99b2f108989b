#!/bin/sh
# Esc acts alone, keys of the user's own, faults in the configuration, wide
# characters, copying through tmux.
plan=16
. "${top_srcdir:-.}/tests/terminal/terminal.sh"
cache family
shell 80 24
run "$(stemma)"
check 'it starts' see 'fitted'
press ?
see 'help'
press Escape
check 'Esc acts without a second key' see 'lineage'
press f oak Enter
see 'filter oak'
press Escape
check 'also on a filter' not_see 'filter oak'
# Esc and a key that follows at once are two keys, not one with Alt.
press ?
see 'help'
press Escape
see 'lineage'
press Space
check 'a key after Esc is a key of its own' see 'sketch: 1 parent'
press c

# ---- copying: the buffer of this tmux stands for the clipboard
terminal set-option -g set-clipboard on
press g y
buffer_is() { [ "$(terminal show-buffer 2>/dev/null)" = "$1" ]; }
copied() { await buffer_is "$1"; }
check 'y copies the name within tmux' copied 'north/Oak-7B'
press q q
see 'ready\$ *$'
# A tmux within it that takes no clipboard but hands through.
printf 'set -g set-clipboard off\nset -g allow-passthrough on\nset -g status off\n' >"$work/inner.conf"
if "$tmux" -V | grep -q -e ' [12]\.' -e ' 3\.[0-2]'; then
	number=$((number + 1))
	echo "ok $number - through two tmuxes # SKIP this tmux always hands through"
else
	run "env -u TMUX '$tmux' -L $socket-inner -f $work/inner.conf new-session \"$(stemma)\""
	see 'fitted'
	press j y
	check 'and through a second one' copied 'river/OpenOak-2.5'
	press q q
	see 'exited'
fi

# ---- a configuration
mkdir -p "$XDG_CONFIG_HOME/stemma"
printf 'keys:\n  pick: a\n  help: [ctrl-t]\ntree:\n  columns: [size]\nhints: no\nescape-delay: 0\n' \
	>"$XDG_CONFIG_HOME/stemma/config.yaml"
run "clear; $(stemma)"
see 'fitted'
press a
check 'a key of the user'"'"'s own' see 'sketch: 1 parent'
check 'a column too' see 'size · average'
check 'and no hints' not_see 'Tab pane'
press C-t / 'add the model' Enter
check 'help shows the keys as they are' see '^│ *a  *add the model'
press Escape
see 'lineage'
press c q q
see 'ready\$ *$'
printf 'keys:\n  pcik: a\n' >"$XDG_CONFIG_HOME/stemma/config.yaml"
run "clear; $(stemma)"
check 'a fault is shown with its place' see 'config.yaml:2:3'
check 'with the nearest name' see 'keys.pick'
press q Space
check 'and the defaults are in force' see 'sketch: 1 parent'
press q q
see 'ready\$ *$'
rm "$XDG_CONFIG_HOME/stemma/config.yaml"

# ---- characters of double width
run "clear; $(stemma)"
see 'fitted'
press f
press -l '日本語モデル'
check 'wide characters are typed' see 'filter: 日本語モデル'
press BSpace
check 'and taken back one by one' see 'filter: 日本語モデ *$'
press Enter
# Every row of the panes ends with its frame in the last column, also the one
# whose title has what was typed.
straight() {
	shows '┌ lineage · filter 日本語モデ: 0' &&
		[ "$(screen | sed -n '2,23p' | grep -c '[│┤┐]$')" -eq 22 ] &&
		[ "$(screen | sed -n '2,23p' | while read -r line; do
			printf '%s\n' "$line" | wc -L
		done | sort -u)" = 80 ]
}
aligned() { await straight; }
check 'and the frame stands straight' aligned
exit $failed
