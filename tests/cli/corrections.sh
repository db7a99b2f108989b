#!/bin/sh
# What the user corrects: edges by a file, and the run that is shown.  Prints TAP.
. "${top_srcdir:-.}/tests/cli/tap.sh"

file=$HOME/.config/stemma/corrections.yaml
mkdir -p "$HOME/.config/stemma"
cat >models.csv <<'EOF'
model,kind,architecture,params_b,precision,ifeval,bbh,gpqa
a/base,pretrained,MistralForCausalLM,7,bfloat16,20,15,3
a/one,chat,MistralForCausalLM,7,bfloat16,50,20,4
a/one,chat,MistralForCausalLM,7,float16,40,22,5
EOF
cat >edges.csv <<'EOF'
child,parent,relation,sources
a/one,a/base,finetune,hub
a/one,a/test,finetune,card
b/merge,a/one,merge,hub
c/lone,a/base,unknown,lb_root
EOF
with() { stemma --db t.db --no-starter "$@"; }
with import models.csv edges.csv
check 'the tables are imported' exits 0

# ---- edges
cat >"$file" <<'EOF'
# mine
drop:
- child: a/one
  parent: a/test
  note: a typing error
add:
- child: b/merge
  parent: c/new
  relation: merge
  weight: 0.25
- {child: c/lone, parent: a/one}
EOF
with check a/one --csv
check 'a dropped edge says why' says '^a/one,a/test,card-list,declared,dropped by a correction,a typing error$'
check 'the other one counts' says '^a/one,a/base,hub-list,declared,counts,$'
with tree b/merge --ancestors --csv
check 'an added parent stands beside the others' says '^b/merge,c/new,merge,0.25,correction,0$'
check 'which keep what is left' says '^b/merge,a/one,merge,0.75,declared,1$'
with tree c/lone --ancestors --csv
check 'it displaces a root' says '^c/lone,a/one,finetune,1,correction,0$'
lacks() { ! grep -q "$1" out; }
check 'and only that is left' lacks '^c/lone,a/base'
printf 'child,parent,relation,sources\na/one,a/test,finetune,hub\n' >later.csv
with import later.csv
with check a/one --csv
check 'what is imported later stays dropped' says '^a/one,a/test,hub-list,declared,dropped'
with check
check 'check counts it' says '2 stated edges do not count: dropped by a correction'
check 'the cache is whole' exits 0
printf 'drop:\n- child: a/one\n' >"$file"
with tree a/one --ancestors --csv
check 'all parents can be dropped' lacks '^a/one,'
with tree b/merge --ancestors --csv
check 'corrections that went from the file are gone' lacks 'c/new'
rm "$file"
with tree a/one --ancestors --csv
check 'without the file all is as before' says '^a/one,a/base'

# refused LINE COLUMN MESSAGE: the corrections must be refused at that place.
refused() {
	with tree a/one
	exits 65 && warns "corrections.yaml:$1:$2: $3" && silent
}
printf 'drop:\n- child: a/one\n  parents: a/base\n' >"$file"
check 'an unknown key' refused 3 3 'unknown key "parents"; did you mean "parent"'
printf 'add:\n- child: a/one\n' >"$file"
check 'a missing parent' refused 2 3 '"parent" is missing'
printf 'add:\n- child: a/one\n  parent: A/One\n' >"$file"
check 'its own parent' refused 2 3 'a/one cannot be its own parent'
printf 'add:\n- child: a/one\n  parent: a/base\n  weight: 2\n' >"$file"
check 'a weight of two' refused 4 11 'the weight "2" is not a number from 0 to 1'
printf 'add:\n- a/one\n' >"$file"
check 'a word alone' refused 2 3 'a correction is a child and a parent'
printf 'add: [\n' >"$file"
check 'no YAML' refused 2 1 'not YAML'
rm "$file"

# ---- runs
with choose a/one --csv
check 'both runs are listed' lines 3
check 'bfloat16 is shown by rule' says '^1,shown,user,bfloat16,'
with choose a/one 2
check 'another is chosen' says '^2  chosen  '
with export --csv
check 'and shown' says '^a/one,.*,40,22,5,'
with import models.csv
with export --csv
check 'also after another import' says '^a/one,.*,40,22,5,'
with choose a/one --rule --csv
check 'the rules again' says '^1,shown,'
with choose a/one 3
check 'there is no third' fails_with 64 'no evaluation number 3'
with choose a/one two
check 'what is no number names a benchmark' fails_with 64 'two'
with choose a/nobody
check 'an unknown model' fails_with 66 'no model a/nobody'
with check --merges --decisions
check 'lists stand alone' fails_with 64 'stands alone'
with check --merges --csv
check 'no merge is without parents' lines 1
finish
