#!/bin/sh
# Options, help and mistakes on the command line.  Prints TAP.
. "${top_srcdir:-.}/tests/cli/tap.sh"

stemma --version
check 'the version is printed' says '^stemma [0-9]'
stemma --help
check 'help succeeds' exits 0
check 'help goes to standard output' quiet
cp out help
commands=$(sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' help)
check 'help lists the commands' [ "$(echo "$commands" | wc -l)" -ge 8 ]
for command in $commands; do
	stemma "$command" --help
	check "$command --help describes itself" says "^Usage: stemma $command"
done
stemma --db x.db import --help
check 'help needs no cache' [ ! -e x.db ]

# options_of_help COMMAND, options_of_manual COMMAND: one long option a line.
options_of_help() {
	"$program" "$1" --help | sed -n '/^Options:/,/^$/s/^  *\(-[a-zA-Z], \)*--\([a-z-]*\).*/\2/p' | sort
}
options_of_manual() {
	awk -v command="$1" '
		/^\.Ss/ { inside = ($2 == command) }
		inside && /^\.It/ {
			for (i = 2; i < NF; i++)
				if ($i == "Fl" && $(i + 1) ~ /^-./)
					print substr($(i + 1), 2)
		}' "$top_srcdir/man/stemma.1" | sort
}
for command in $commands; do
	options_of_help "$command" >help.list
	options_of_manual "$command" >manual.list
	check "the manual has the options of $command" diff help.list manual.list
done
sed -n '/^Options of all/,/^$/s/^  *\(-[a-zA-Z], \)*--\([a-z-]*\).*/\2/p' help | sort >help.list
options_of_manual common >manual.list
check 'the manual has the common options' diff help.list manual.list

stemma imprt file.csv
check 'a mistyped command is named' fails_with 64 "did you mean 'stemma import'"
stemma fit --prio kin --sead 3
check 'a mistyped option is named' fails_with 64 "did you mean '--seed'"
stemma fit --prior kim
check 'a mistyped word is named' fails_with 64 "did you mean 'kin'"
stemma fit --rank many
check 'a number is asked for' fails_with 64 'a whole number'
stemma fit --rank
check 'a missing value is named' fails_with 64 "'--rank' needs a value"
stemma fit --variances=yes
check 'a value too many is refused' fails_with 64 '--variances takes no value'
stemma fit now
check 'an argument too many is refused' fails_with 64 'fit takes no arguments'
stemma show
check 'a missing argument is named' fails_with 64 'show needs MODEL'
stemma check --json --csv
check 'two formats are refused' fails_with 64 'exclude each other'
stemma browse --csv
check 'a format that a command lacks is refused' fails_with 64 'browse prints no CSV'
stemma plan mistralai/Mistral-7B-v0.1 --seed 2
check 'an option that would do nothing is refused' fails_with 64 '--seed needs --backtest'
stemma predict
check 'predict without parents is refused' fails_with 64 'needs a configuration or parents'
stemma
check 'the browser wants a terminal' fails_with 64 'needs a terminal'
stemma -- import
check 'a word after -- is no command' fails_with 64 'needs a terminal'
check 'mistakes make no cache' [ ! -e data ]
finish
