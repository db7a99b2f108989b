#!/bin/sh
# Pictures in the terminal and as SVG.  Prints TAP.
. "${top_srcdir:-.}/tests/cli/tap.sh"

cat >models.csv <<'END'
model,architecture,params_b,uploaded,gsm8k,mbpp
oak/Oak-1B,Llama,1,2024-01-10,20,30
oak/Oak-8B,Llama,8,2024-03-10,50,40
oak/Old-8B,Llama,8,2024-02-10,30,50
elm/Elm-70B,Llama,70,2024-04-10,80,70
elm/Elm-10B,Llama,10,2024-05-10,80,60
elm/Bad-70B,Llama,70,2024-06-10,40,20
elm/None-9B,Llama,9,2024-06-10,,20
END
printf 'child,parent,relation\noak/Oak-8B,oak/Oak-1B,finetune\n' >edges.csv
stemma --db t.db --no-starter import models.csv edges.csv
plot() { stemma --db t.db plot "$@"; }
# The names that a picture sets off, in their order.
named() { [ "$(grep -o '<text class="TEXT[^"]*" x="[0-9.]*" y="[0-9.]*">[A-Z][A-Za-z]*-[0-9]*B<' file.svg | sed 's/.*>\(.*\)</\1/' | tr '\n' ' ')" = "$1" ]; }

plot scatter size gsm8k
check 'a scatter is drawn' exits 0
check 'with its title' says '^GSM8K by size$\|^gsm8k by size$'
check 'all models that have both, and the best of them' says '# no model is better in both (3)  . 6 models  *billions of parameters$'
plot scatter size gsm8k -o file.svg
check 'the same as SVG' exits 0
check 'well-formed' sh -c 'command -v xmllint >/dev/null || exit 0; xmllint --noout file.svg'
check 'sets off the largest first: fewer parameters and a higher score' named 'Elm-10B Oak-8B Oak-1B '
check 'a point a model, a mark a best one' sh -c '[ "$(grep -c "<circle cx" file.svg)" -eq 6 ] && [ "$(grep -c "<circle class" file.svg)" -eq 3 ]'
check 'which says its name' grep -q '<title>elm/Bad-70B</title>' file.svg
plot scatter gsm8k mbpp -o file.svg
check 'two benchmarks: one model betters all, of equal scores the other counts' named 'Elm-70B '
plot scatter size gsm8k --filter 'owner:oak' -o file.svg
check 'of a filter' named 'Oak-8B Oak-1B '
check 'which the title tells' grep -q 'by size · owner:oak</title>' file.svg
plot time Oak-1B --target gsm8k -o file.svg
check 'over time, with what descends from a family' named 'Oak-8B Oak-1B '
plot time --target gsm8k -o file.svg
check 'of all, the records' named 'Elm-70B Oak-8B Old-8B Oak-1B '
plot time --target gsm8k --filter 'size <'
check 'of a wrong filter' fails_with 64 'a number is expected'
printf 'model,uploaded,gsm8k,mbpp\nyew/Yew-1B,2024-02-01,44,\nyew/Yew-2B,2024-03-01,,30\nyew/Yew-3B,2024-04-01,,35\n' >halves.csv
stemma --db half.db --no-starter import halves.csv
stemma --db half.db plot time --target gsm8k,mbpp -o file.svg
check 'of a mean that nobody has the most common part' grep -q '<title>mbpp by date</title>' file.svg
check 'which is told' warns 'no model has all of .*; this is mbpp'

plot scatter size
check 'two measures are wanted' fails_with 64 'takes two measures'
plot scatter size nothing
check 'an unknown one' fails_with 64 'nothing'
plot scatter size gsm8k --filter 'size <'
check 'a wrong filter' fails_with 64 'a number is expected'
plot scatter likes gsm8k
check 'nobody has both' fails_with 66 'no model has both'
plot scatter size gsm8k -m oak/Oak-8B
check 'no merge' fails_with 64 'takes no merge'
plot why oak/Oak-8B --filter scored
check 'no filter' fails_with 64 'takes no --filter'
plot pie
check 'an unknown picture' fails_with 64 'scatter, time, sweep or why'
plot scatter size gsm8k -o no/such/file.svg
check 'a file that cannot be written' fails_with 74 'no/such/file.svg'
stemma complete -- plot s
check 'the pictures are completed' [ "$(tr '\n' ' ' <out)" = 'scatter sweep ' ]

starter s.db
from() { stemma --db s.db "$@"; }
parents='-m teknium/OpenHermes-2.5-Mistral-7B:0.4 -m mlabonne/NeuralBeagle14-7B'
# shellcheck disable=SC2086 # words
from plot sweep $parents --target ifeval
check 'a sweep is drawn' says '# best [01]\.[0-9][0-9]: [0-9.]*  @ now 0\.40: [0-9.]*  : 50 % interval'
now=$(sed -n 's/.*now 0\.40: \([0-9.]*\).*/\1/p' out)
# shellcheck disable=SC2086 # words
from predict $parents --target ifeval --board ifeval --csv
check 'through what predict says' [ "$(awk -F, 'NR == 2 { printf "%.1f", $3 }' out)" = "$now" ]
from plot sweep -m teknium/OpenHermes-2.5-Mistral-7B
check 'one parent has no weight to move' fails_with 64 'two parents'

from plot why teknium/OpenHermes-2.5-Mistral-7B --target ifeval
check 'why is drawn' says '^ unknown model'
# Up to rounding to a tenth of each row.
check 'its steps add up' awk '/\|/ { for (i = NF; i > 1 && $i != "|" && $i !~ /^\|/; i--) ; n = $(i - 1)
	if (/ predicted /) total = n; else sum += n; rows++ }
	END { d = sum - total; exit !(rows > 5 && d < rows * 0.05 && d > -rows * 0.05) }' out
predicted=$(awk '/ predicted / { print $2 }' out)
from show teknium/OpenHermes-2.5-Mistral-7B -b ifeval
check 'to what show predicts' says "^IFEval  *55\.7  *$predicted "
from plot why teknium/OpenHermes-2.5-Mistral-7B -o file.svg
check 'as SVG' grep -q '<rect class="GOOD"' file.svg
from plot why
check 'of what' fails_with 64 'takes a model'
finish
