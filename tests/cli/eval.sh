#!/bin/sh
# Evaluation.  Prints TAP.
. "${top_srcdir:-.}/tests/cli/tap.sh"
lacks() { ! grep -q -e "$1" "$work/out"; }
differ() { ! cmp -s "$1" "$2"; }

# Two owners' merges of models with known scores: the means are done by hand.
{
	echo 'model,kind,architecture,params_b,uploaded,ifeval,bbh'
	for i in 0 1 2 3 4 5 6 7 8 9; do
		echo "a/m$i,pretrained,LlamaForCausalLM,7.0,2024-01-1$i,$((20 + i)),$((50 - 3 * i))"
	done
	echo 'b/x,merge,LlamaForCausalLM,7.0,2024-03-01,26,40'
	echo 'c/y,merge,LlamaForCausalLM,7.0,2024-03-02,24,40'
	echo 'c/z,merge,LlamaForCausalLM,7.0,2024-03-03,30,40'
} >models.csv
{
	echo 'child,parent,relation,weight,method'
	echo 'b/x,a/m0,merge,0.5,ties'          # mean of ifeval: 22, +4
	echo 'b/x,a/m4,merge,0.5,ties'
	echo 'c/y,a/m0,merge,0.25,ties'         # 21.5 and 45.5: +2.5, -5.5
	echo 'c/y,a/m2,merge,0.75,ties'
	echo 'c/z,a/m9,merge,0.5,slerp'
	echo 'c/z,a/m1,merge,0.5,slerp'
} >edges.csv
stemma --db few.db --no-starter import models.csv edges.csv
check 'models and merges are imported' exits 0
stemma --db few.db eval --drift --csv
check 'merges are compared with their parents' says '^ties,ifeval,2,3\.25,0\.75,'
check 'with the error between owners' says '^ties,bbh,2,-4\.75,0\.75,'
check 'each method has its own' says '^slerp,ifeval,1,5,,'
stemma --db few.db eval --drift --json
check 'as JSON too' is_json '.drift[0].method == "ties" and .drift[0].merges == 2' '"method": "ties"'
stemma --db few.db eval --drift --protocol all
check 'what does not go together is refused' fails_with 64 '--drift excludes'

# Folds: the mean of the other scores, by hand.  Hidden are 20 of ifeval (the others' mean is 305 / 12,
# 5.4167 off) and 23 of bbh (462 / 12, 15.5 off).
printf 'fold,model,benchmark\n0,a/m0,ifeval\n1,A/M9,bbh\n1,a/m9,mmlu_pro\n' >folds.csv
gzip -k folds.csv
stemma --db few.db eval --folds folds.csv.gz --method mean --csv
check 'folds of a file are hidden' says '^given,,mean,all,,,1,25,2,2,10\.4583'
check 'medians are taken a fold, then of the folds' says '^given,,mean,median of folds,,,1,25,2,1,10\.4583[0-9]*,,10\.4583'
check 'each benchmark has its own' says '^given,,mean,benchmark,[^,]*,bbh,1,25,1,1,15\.5,,15\.5,0\.67391'
check 'what the cache lacks is told' warns '1 of the 3 scores that the file names are not in the cache'
printf 'fold,model,benchmark\n0,a/m0,ifeval\nx,a/m9,bbh\n' >bad.csv
stemma --db few.db eval --folds bad.csv
check 'a fold that is no number ends it, with its line' fails_with 65 'bad.csv:3'
printf 'fold,model,benchmark\n0,nobody/here,ifeval\n' >none.csv
stemma --db few.db eval --folds none.csv
check 'folds of nothing are refused' fails_with 65 'the cache has none of the scores'

# Scores of a file: of a model that the cache lacks, and a further one of another.
printf 'model,ifeval,bbh\nd/new,28,\nd/new2,31,44\n' >test.csv
stemma --db few.db eval --test test.csv --method mean --csv
check 'scores of a file are hidden' says '^given,,mean,benchmark,[^,]*,ifeval,3,26,2,1,4\.5,'
stemma --db few.db eval --test test.csv --method mean --not ifeval --csv
check 'what is not judged has no figures' says '^given,,mean,all,,,3,26,1,1,'
check 'and no row' lacks ',ifeval,'
printf 'd/new3,25,41\nd/new4,27,45\nd/new5,26,39\n' >>test.csv
stemma --db few.db eval --test test.csv --known 0 --method mean,parents --json
check 'models of a file are judged on the board' is_json '[.given[] | select(.benchmark == "bbh")][0].count == 4' \
	'"benchmark": "bbh"'
printf 'model,gsm8k,legal-qa\na/m1,0.5,0.4\na/m2,0.6,0.7\nd/new,0.3,0.2\n' >unknown.csv
stemma --db few.db eval --test unknown.csv --method mean
check 'benchmarks of which the cache knows no score are refused' fails_with 65 \
	'unknown.csv: the cache has no scores on the benchmarks'
check 'with what to do' warns 'import scores of other models on them.*--reveal'
stemma --db few.db eval --test unknown.csv --method mean --reveal 0.5 --csv
check 'unless some of the file are known' says '^given,,mean,all,'
printf 'model,gsm8k,ifeval\na/m1,0.5,\nd/new,0.3,33\n' >partly.csv
stemma --db few.db eval --test partly.csv --method mean --csv
check 'one benchmark that it knows is enough' says '^given,,mean,benchmark,[^,]*,ifeval,'
stemma --db few.db show d/new
check 'the cache stays as it is' exits 66

# 80 models of one ability each, of which most scores are known.
awk 'BEGIN {
	print "model,kind,architecture,params_b,uploaded,ifeval,bbh,math_lvl_5,gpqa,musr,mmlu_pro"
	for (i = 0; i < 80; i++) {
		row = sprintf("o%d/m%d,chat,LlamaForCausalLM,7,2024-%02d-%02d", i % 7, i, 1 + i / 25, 1 + i % 25)
		for (b = 0; b < 6; b++)
			row = row ((i + b) % 17 == 0 ? "," : sprintf(",%.2f", 20 + i * 7 % 50 + 3 * b + (i * i * 31 + b * 17) % 13 * 0.5))
		print row
	}
}' >many.csv
stemma --db many.db --no-starter import many.csv
check 'models with some scores are imported' exits 0
stemma --db many.db eval --protocol cells --method mean,bias,nearest,kin --json
check 'single scores are predicted' is_json '[.cells[] | select(.scope == "all")] | length == 4 and
	(map(select(.method == "bias"))[0].mae) < 0.5 * (map(select(.method == "mean"))[0].mae) and
	(map(select(.method == "kin"))[0].mae) < 0.5 * (map(select(.method == "mean"))[0].mae)' '"scope": "all"'
check 'only fits have intervals' is_json '[.cells[] | select(.scope == "all")] | all(
	(.coverage90 == null) == (.method != "kin"))' '"coverage90": null'
sed 's/"seconds": [-+.e0-9]*//' out >first
stemma --db many.db eval --protocol cells --method mean,bias,nearest,kin --json
sed 's/"seconds": [-+.e0-9]*//' out >second
check 'the same seed hides the same scores' cmp -s first second
stemma --db many.db eval --protocol cells --method mean,bias,nearest,kin --seed 2 --json
sed 's/"seconds": [-+.e0-9]*//' out >second
check 'another seed hides others' differ first second
stemma --db many.db eval --protocol warm,cold,late --method mean,bias
check 'warm models are told from cold ones' says '^warm: [0-9]* scores hidden, [0-9]* known'
check 'the newest models are held out too' says '^late-cold: '
stemma --db many.db eval --method mean
check 'what has nothing to hide is passed over' warns 'the protocol blocks hides no score here'
check 'and the rest runs' says '^cells: '
stemma --db many.db eval --protocol blocks --method mean
check 'unless it was asked for' fails_with 65 'the protocol blocks hides no score here'
stemma --db many.db eval --protocol cells,all --csv
check 'tables with different columns are no CSV' fails_with 64 'different columns'
stemma --db many.db eval --protocol cells --method best
check 'an unknown method is named' fails_with 64 'there is no method "best"'
stemma --db many.db eval --protocol cells --reveal 0.5
check 'scores are revealed of a file' fails_with 64 '--reveal goes with --test or --folds'
stemma --db few.db eval --folds folds.csv --reveal 1
check 'not all of them can be' fails_with 64 'from 0 to less than 1'
stemma --db many.db eval --protocol new-benchmark --keep 0
check 'a new benchmark has a score' fails_with 64 '--keep takes numbers from 1'
stemma --db many.db eval --protocol new-benchmark --keep 5,20 --method mean,factor,kin --json
check 'a new benchmark is placed by a few scores' is_json '."new-benchmark" | map(select(.scope == "mean of benchmarks" and
	.method == "kin")) | length == 2 and .[0].kept == 5 and .[1].kept == 20 and .[1].mae < .[0].mae + 0.5' '"kept": 20'
check 'better than by its mean' is_json '."new-benchmark" | map(select(.scope == "all" and .kept == 20)) |
	(map(select(.method == "kin"))[0].mae) < 0.5 * (map(select(.method == "mean"))[0].mae)' '"method": "factor"'
stemma --db many.db eval --protocol cells --method kin,unlinked,shuffled --csv
check 'without lineage there is kin' says '^cells,,kin,all,'
check 'and none of its controls' lacks '^cells,,\(unlinked\|shuffled\),'
check 'which is said' warns 'the cache has no lineage: unlinked and shuffled'
stemma --db many.db eval --protocol random --json
check 'nor by default' lacks '"\(unlinked\|shuffled\)"'
stemma --db many.db eval --protocol cells --method shuffled
check 'alone they are refused' fails_with 65 'no method is left; take kin'
stemma --db many.db eval --protocol cells --lineage
check 'nothing compares without lineage' fails_with 65 'so there is nothing to compare'
printf 'child,parent\no1/m1,o0/m0\no2/m2,o1/m1\no3/m3,o0/m0\n' >some_edges.csv
cp many.db linked.db
stemma --db linked.db import some_edges.csv
stemma --db linked.db eval --protocol cells --lineage
check 'what lineage buys stands beside the controls' says 'no lineage *Pearson *shuffled'
check 'by the nearest scored relative' says '^no scored relative so near'
stemma --db linked.db eval --protocol cells --lineage --method kin
check 'it chooses its methods itself' fails_with 64 'excludes --method'
stemma --db many.db eval --protocol cells --not nothing_like_it
check 'an unknown suite is named' fails_with 64 'nothing_like_it'

stemma --db t.db eval --protocol random --seed 3 --json
check 'held-out models are predicted' exits 0
check 'kin beats the mean of the parents' is_json '[.random[] | select(.subset == "all" and
	.benchmark == "mean of benchmarks")] | (map(select(.method == "kin"))[0].rmse) <
	(map(select(.method == "parents"))[0].rmse)' '"method": "kin"'
sed 's/"seconds": [-+.e0-9]*//' out >first
stemma --db t.db eval --protocol random --seed 3 --json
sed 's/"seconds": [-+.e0-9]*//' out >second
check 'the same seed gives the same figures' cmp -s first second
stemma --db t.db eval --paper --json
check 'methods are compared as the published study does' is_json '.paper | length == 20 and
	(map(select(.level == "scores" and .models == "mixed" and .known == 0)) |
	(map(select(.method == "kin"))[0]) as $kin | (map(select(.method == "laplacian"))[0]) as $published |
	$kin.mae_100 < $published.mae_100 and $kin.needed < $published.needed and
	$kin.evaluations_10 < 0.15 * $kin.evaluations_100)' '"method": "ncf"'
check 'what is missing of it is told' warns 'the cache has no single answers'
stemma --db t.db eval --paper --protocol cells
check 'it has its own protocol' fails_with 64 '--paper excludes'
stemma --db many.db eval --paper
check 'without lineage there is nothing to compare' fails_with 65 'no model with lineage'
stemma --db t.db eval --protocol later
check 'an unknown protocol is named' fails_with 64 'there is no protocol "later"'
stemma --db t.db eval --protocol all --method kin --csv
cp out all.csv
stemma --db t.db eval --protocol all --method kin --hide template,kind,size --csv
check 'facts of the held-out models can be hidden' exits 0
check 'which makes their predictions worse' [ "$(sed -n 's/^all,0,kin,all,ifeval,[0-9]*,//p' out)" \< \
	"$(sed -n 's/^all,0,kin,all,ifeval,[0-9]*,//p' all.csv)" ]
stemma --db t.db eval --protocol cells --hide template
check 'of scores there are no facts to hide' fails_with 64 '--hide hides facts'
stemma --db t.db eval --protocol all --hide colour
check 'an unknown fact is named' fails_with 64 '--hide does not know "colour"'
stemma --db t.db eval --known 6
check 'not all benchmarks can be known' fails_with 64 'numbers from 0 to 5'
stemma --db t.db eval --benchmark mmlu_pro_math --known 1
check 'what such a set does not have is refused' fails_with 64 '--benchmark excludes'
stemma --db t.db eval --benchmark mmlu_pro_math --folds folds.csv
check 'also folds' fails_with 64 '--benchmark excludes'
stemma --db t.db eval --observed 5
check 'answers need a set of questions' fails_with 64 '--observed needs --benchmark'
finish
