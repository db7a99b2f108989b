#!/bin/sh
# What "stemma complete" offers for the last word of a command line.
. "${top_srcdir:-.}/tests/cli/tap.sh"

cat >models.csv <<'END'
model,gsm8k,gsm_plus,mbpp
oak/Oak-7B,40,30,20
oak/Oak-7B-Chat,50,40,30
elm/Elm-1B,10,5,4
END
stemma --db t.db --no-starter import models.csv

# offers WORDS CANDIDATES: the candidates of a line, joined by blanks.
offers() {
	expected=$2
	eval "set -- $1"
	stemma complete -- "$@"
	[ "$(cut -f1 out | tr '\n' ' ')" = "$expected" ]
}

check 'commands' offers 'che' 'check '
check 'commands say what they do' says "^check	Check the cache"
check 'options of the command' offers 'fit --pri' '--prior '
check 'no options of other commands' offers 'fit --undo' ''
check 'options of all commands' offers 'fit --no-s' '--no-starter '
check 'the board, where the command has one' offers 'show --boa' '--board '
check 'and nowhere else' offers 'check --boa' ''
check 'words of an option' offers "fit --prior ''" 'kin laplacian none '
check 'words behind an equals sign' offers 'fit --prior=la' '--prior=laplacian '
check 'actions' offers 'benchmarks de' 'describe delete '
check 'owners before models' offers "--db t.db show ''" 'elm/ oak/ '
check 'models of an owner' offers '--db t.db show oak/' 'oak/Oak-7B oak/Oak-7B-Chat '
check 'in any case of letters' offers '--db=t.db show OAK/oak-7b-' 'oak/Oak-7B-Chat '
check 'models as parents' offers '--db t.db predict -m elm' 'elm/ '
check 'the browser takes a model' offers '--db t.db elm/' 'elm/Elm-1B '
check 'a word after -- is no option' offers '--db t.db -- -' ''
check 'benchmarks' offers '--db t.db residuals -b gsm' 'gsm8k gsm_plus '
check 'the next of a list' offers '--db t.db show elm/Elm-1B -b mbpp,gsm8' 'mbpp,gsm8k '
check 'keys after an action' offers '--db t.db benchmarks show mb' 'mbpp '
check 'a number has no candidates' offers "fit --rank ''" ''
check 'nothing where all arguments are there' offers '--db t.db show elm/Elm-1B oak/' ''
check 'a cache that is absent' offers '--db absent.db show oak/' ''
check 'is not made' [ ! -e absent.db ]
stemma complete
check 'a word is needed' fails_with 64 'complete needs'
finish
