#!/bin/sh
# Completion in bash, zsh and fish, each typed into the real shell.
plan=9
. "${top_srcdir:-.}/tests/terminal/terminal.sh"
cache family
case ${top_srcdir:=.} in /*) ;; *) top_srcdir=$PWD/$top_srcdir ;; esac
completions=$top_srcdir/share/completions
mkdir "$work/bin" "$work/functions"
ln -s "$program" "$work/bin/stemma"
ln -s "$completions/zsh/_stemma" "$work/functions/_stemma"
PATH=$work/bin:$PATH
export PATH

cat >"$work/bashrc" <<END
PS1='ready\$ '
. '$completions/bash/stemma'
END
cat >"$work/.zshrc" <<END
PS1='ready\$ '
fpath=('$work/functions' \$fpath)
autoload -Uz compinit && compinit -u -D
END
mkdir -p "$work/config/fish"
cat >"$work/config/fish/config.fish" <<END
function fish_prompt; printf 'ready\$ '; end
function fish_greeting; end
source '$completions/fish/stemma.fish'
END

# completes DESCRIPTION TYPED COMPLETED: what a line becomes with Tab.
completes() {
	description="$shell: $1"
	press -l "$2"
	press Tab
	see "ready\\\$ $3"
	check "$description" shows "ready\\\$ $3"
	press C-u # no C-c: what is typed behind it may be lost
	press -l 'clear'
	press Enter
	not_see "$3"
}

complete_in() { # SHELL ARGUMENT...
	shell=$1
	if ! command -v "$shell" >/dev/null 2>&1; then
		for what in command value model; do
			number=$((number + 1))
			echo "ok $number - $shell: a $what # SKIP $shell is absent"
		done
		return
	fi
	# A server of its own: one that is ending takes no new session.
	socket=stemma-$$-$shell
	terminal new-session -d -s main -x 100 -y 20 "$@"
	see 'ready\$'
	completes 'a command' 'stemma resi' 'stemma residuals'
	completes 'the value of an option' 'stemma fit --prior lap' 'stemma fit --prior laplacian'
	completes 'a model' "stemma --db $work/cache.db show hill/St" ".*show hill/Stock-Oak-7B"
	terminal kill-server
}

complete_in bash --rcfile "$work/bashrc" -i
complete_in zsh -i
complete_in fish -i
exit "$failed"
