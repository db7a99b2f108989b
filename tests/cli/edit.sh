#!/bin/sh
# Parents and facts in the user's own word.  Prints TAP.
. "${top_srcdir:-.}/tests/cli/tap.sh"

cat >models.csv <<'END'
model,kind,architecture,params_b,ifeval,bbh
a/base,pretrained,LlamaForCausalLM,7.2,20,30
a/other,pretrained,LlamaForCausalLM,7.2,22,31
a/chat,chat,LlamaForCausalLM,7.2,50,33
a/merge,merge,LlamaForCausalLM,7.2,40,32
END
printf 'child,parent,relation\na/chat,a/base,finetune\n' >edges.csv
stemma --db t.db --no-starter import models.csv edges.csv

stemma --db t.db edit a/merge -p a/base:0.25 -p a/chat:0.75
check 'parents are added' exits 0
stemma --db t.db tree a/merge --ancestors --csv
check 'with their weights' says 'a/merge,a/chat,merge,.*0.75'
check 'all of them' says 'a/merge,a/base,merge,.*0.25'
check 'they are corrections' grep -q 'child: a/merge' .config/stemma/corrections.yaml
stemma --db t.db edit a/merge -p a/base:0.5 -p a/chat:0.5
stemma --db t.db tree a/merge --ancestors --csv
check 'weights change' says 'a/merge,a/chat,merge,.*0.5'
stemma --db t.db edit --undo
stemma --db t.db tree a/merge --ancestors --csv
check 'and change back' says 'a/merge,a/chat,merge,.*0.75'
stemma --db t.db tree a/merge --ancestors --ascii
check 'a stated share stands as it is' says 'a/chat.*  merge 0\.75$'
stemma --db t.db edit a/merge --drop a/base --drop a/chat
stemma --db t.db edit a/merge -p a/base -p a/chat
stemma --db t.db tree a/merge --ancestors --ascii
check 'one that nobody stated is told apart' says 'a/chat.*  merge ~0\.50$'
stemma --db t.db tree a/merge --dot
check 'in a graph, too' says 'merge ~0\.50'
stemma --db t.db edit --undo
stemma --db t.db edit --undo
stemma --db t.db edit a/chat --drop a/base -p a/other
stemma --db t.db tree a/chat --ancestors --csv
check 'one takes the place of another' says 'a/chat,a/other,finetune'
gone() { ! grep -q 'a/chat,a/base' out; }
check 'which is gone' gone
stemma --db t.db edit --undo
stemma --db t.db tree a/chat --ancestors --csv
check 'and comes back' says 'a/chat,a/base,finetune'
stemma --db t.db edit --undo
stemma --db t.db edit --undo
check 'there is an end to it' fails_with 66 'no edit to take back'
printf '\ndrop:\n- child: a/chat\n' >>.config/stemma/corrections.yaml
stemma --db t.db edit --undo
check "what one wrote oneself stays" fails_with 66 'corrections.yaml'

stemma --db t.db edit a/merge --kind chat --params 8 --architecture Qwen3ForCausalLM
check 'facts are stated' exits 0
stemma --db t.db show a/merge
check 'kind' says '^kind  *chat'
check 'and architecture' says '^architecture  *Qwen3ForCausalLM'
stemma --db t.db imports
done=$(sed -n 's/^\([0-9]*\).*stemma edit.*/\1/p' out)
stemma --db t.db imports --undo "$done"
stemma --db t.db show a/merge
check 'and taken back' says '^architecture  *LlamaForCausalLM'

stemma --db t.db edit a/merge
check 'nothing to change' fails_with 64 'nothing is to be changed'
stemma --db t.db edit a/merge --kind great
check 'no kind' fails_with 64 'is no kind'
stemma --db t.db edit a/merge -p a/merge
check 'no own parent' fails_with 64 'its own parent'
stemma --db t.db edit a/merge -p a/base:1.5
check 'a share above 1' fails_with 64 'more than 1'
stemma --db t.db edit a/merge -p a/bsae
check 'an unknown parent' fails_with 66 'a/base'
stemma --db t.db edit
check 'no model' fails_with 64 'needs MODEL'
finish
