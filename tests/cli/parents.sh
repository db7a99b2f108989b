#!/bin/sh
# Guessing what merges were made from, on the starter set.  Prints TAP.
. "${top_srcdir:-.}/tests/cli/tap.sh"

with() { stemma --db t.db "$@"; }
with parents --test --json
check 'the test says how often parents are found' is_json '.test[0] | .merges > 20 and .precision1 > .popular1 and
	.precision1 <= 1 and .recall5 <= 1 and (.claimed - .true | fabs) < 0.15' '"precision1": 0'
cp out first
with parents --test --json
check 'and says the same again' cmp -s first out

# A merge with known parents that takes after one of them.
cat >models.csv <<'EOF'
model,kind,architecture,params_b,uploaded,ifeval,bbh,gpqa
me/Zanzibar-Wombat-7B,chat,MistralForCausalLM,7.24,2024-05-01,51,33,7
me/Zanzibar-Wombat-slerp,merge,MistralForCausalLM,7.24,2024-05-03,51.2,33.1,7
EOF
with import models.csv
with parents me/Zanzibar-Wombat-slerp --limit 3 --csv
check 'the rare words of a name betray it' says '^1,me/Zanzibar-Wombat-7B,'
check 'as many as asked for' lines 4
with tree me/Zanzibar-Wombat-slerp --ancestors --csv
lacks() { ! grep -q "$1" out; }
check 'a guess counts for nothing' lacks '^me/Zanzibar-Wombat-slerp,'
with parents me/Zanzibar-Wombat-7B --csv
check 'a child is no parent, nor what came later' lacks 'Wombat-slerp'

with parents me/Zanzibar-Wombat-slerp --accept 1
check 'until it is accepted' warns '1 added to .*corrections.yaml'
with tree me/Zanzibar-Wombat-slerp --ancestors --csv
check 'then it is a correction' says '^me/Zanzibar-Wombat-slerp,me/Zanzibar-Wombat-7B,merge,1,correction,0$'
chmod 640 "$HOME/.config/stemma/corrections.yaml"
with parents me/Zanzibar-Wombat-slerp --limit 2 --accept 2
check 'the permissions of the corrections stay' [ "$(stat -c %a "$HOME/.config/stemma/corrections.yaml")" = 640 ]
with check me/Zanzibar-Wombat-slerp --csv
check 'more go to the same list' lines 3
once() { [ "$(grep -c '^add:' "$HOME/.config/stemma/corrections.yaml")" -eq 1 ]; }
check 'of one file' once

with parents --test --accept 2
check 'a test accepts nothing' fails_with 64 'needs a model'
with parents me/Zanzibar-Wombat-slerp --limit 101
check 'more than can be listed' fails_with 64 'from 1 to 100'
with parents
check 'a model or the test' fails_with 64 'either a model or --test'
with parents nobody/nothing
check 'an unknown model' fails_with 66 'no model'
echo 'model
bare/model' >bare.csv
with import bare.csv
with parents bare/model
check 'a model of no known architecture' fails_with 65 'architecture'
stemma --db few.db --no-starter import models.csv
stemma --db few.db parents me/Zanzibar-Wombat-slerp
check 'too few merges to learn from' fails_with 65 'too few to learn from'
finish
