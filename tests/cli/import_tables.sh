#!/bin/sh
# Tables of scores as people make them, and what the cache has of them.  Prints TAP.
. "${top_srcdir:-.}/tests/cli/tap.sh"

# cells TABLE...: imports tables into a new cache, then writes all observations.
cells() {
	rm -f t.db*
	stemma --db t.db --no-starter import "$@"
	imported=$code
	cp err told
	stemma --db t.db --no-starter export --long
}
# has MODEL BENCHMARK VALUE SCALE: the observation is there, as it should be.
has() { grep -q "^$1,$2,$3,$4," out; }
tells() { grep -q "$1" told; }

printf 'model;ifeval;bbh\nacme/a;55,1;40,0\nacme/b;50,0;30,5\n' >semicolons.csv
cells semicolons.csv
check 'semicolons and decimal commas' has acme/a ifeval 55.1 0..100
check 'every row of them' has acme/b bbh 30.5 0..100
printf 'model\tifeval\tbbh\nacme/a\t55.1\t40\n' >tabs.tsv
cells tabs.tsv
check 'tabs' has acme/a bbh 40 0..100
printf 'Model,IFEval,BBH,MATH Lvl 5,GPQA,MuSR,MMLU-PRO\nacme/a,55.1,40,10,5,7,30\n' >titles.csv
cells titles.csv
check 'titles of benchmarks' has acme/a mmlu_pro 30 0..100
check 'with blanks in them' has acme/a math_lvl_5 10 0..100
check 'and no others' [ "$(wc -l <out)" -eq 7 ]
printf '\377\376m\0o\0d\0e\0l\0,\0i\0f\0e\0v\0a\0l\0\r\0\n\0a\0c\0m\0e\0/\0a\0,\0005\0005\0\r\0\n\0' >utf16.csv
cells utf16.csv
check 'UTF-16' has acme/a ifeval 55 0..100
printf 'model,ifeval,bbh\nacme/a,0.551,0.40\nacme/b,0.5,0.305\n' >fractions.csv
cells fractions.csv
check 'fractions of a benchmark of points' has acme/a ifeval 55.1 0..100
check 'are told, once' [ "$(grep -c 'ifeval, bbh: values from 0 to 1 only: taken as fractions' told)$(wc -l <told)" = 11 ]
"$program" --db pipe.db --no-starter import - <fractions.csv >/dev/null 2>&1
stemma --db pipe.db --no-starter export --long
check 'from a pipe, too' has acme/b bbh 30.5 0..100

# A benchmark of one's own, and cells that are no values.
printf 'model,ifeval,gsm8k,elo,Team\nacme/a,50,0.759,1255,red\nacme/b,high,N/A,1190,\nacme/c,-,0.5,,blue\n' >own.csv
cells own.csv
check 'a value that is refused is 65' [ "$imported" -eq 65 ]
check 'the rest of a row is kept' has acme/b elo 1190 open
check 'a new benchmark of fractions' has acme/a gsm8k 0.759 0..1
check 'what is no number is told with its place' tells '^own.csv:3:8: ifeval "high" is not a number$'
check 'what is missing is not' [ "$(grep -c '^own.csv:[2-9]:' told)" -eq 1 ]
check 'words are attributes' tells 'own.csv:1: .*"Team" holds words'

printf 'model,benchmark,value,scale,setup,source\nacme/a,arc,61.8,0..100,25-shot;bfloat16,v1\nacme/a,tqa,0.41,0..1,0-shot mc2,v1\nacme/a--high,mix,-3,-10..10,,v2\n' >long.csv
cells long.csv
check 'scores, one a row' has acme/a arc 61.8 0..100
check 'with their set-up' says '^acme/a,arc,61.8,0..100,,,25,,,bfloat16,.*,v1,'
check 'a scale of its own' has acme/a--high mix -3 -10..10
cp out first.out
cells first.out
check 'they are read again as they were written' cmp -s first.out out
printf 'model,ifeval,gsm8k\nacme/a,4000,50\nacme/b,101,40\n' >beyond.csv
cells beyond.csv
check 'a percentage of 4,000 is refused' tells '^beyond.csv:2:8: .*ifeval.* 4000 '
check 'the rest of its row is not' has acme/a gsm8k 50 0..100
check 'an end that is crossed is moved' has acme/b ifeval 101 0..105
check 'and that is told' tells 'beyond.csv: warning: ifeval: .*cross the ends'
# One wild value among those that tell the scale of a new benchmark; which way is better.
printf 'model,legal,quiz\na/one,61,0.61\na/two,4000,0.5\na/three,55,0.4\na/four,48,4000\n' >wild.csv
cells wild.csv
check 'a wild value among percentages is refused alone, with its place' tells '^wild.csv:3:7: the legal value 4000 is far from all others'
check 'and among fractions' tells '^wild.csv:5:11: the quiz value 4000 '
check 'which stay percentages' has a/one legal 61 0..100
check 'and fractions' has a/two quiz 0.5 0..1
check 'what is refused is 65' [ "$imported" -eq 65 ]
printf 'model,benchmark,value\na/one,legal,61\na/two,legal,4000\na/three,legal,55\n' >wild_long.csv
cells wild_long.csv
check 'so it is in a table with a row a score' tells '^wild_long.csv:3:13: the legal value 4000 is far from all others'
printf 'model,perplexity,wer,gsm8k\na/one,61,0.2,0.5\na/two,400,0.1,0.6\na/three,5.5,0.3,0.7\n' >lower.csv
cells lower.csv
check 'a name that says so makes less better, which is told' tells 'perplexity: new, 5.5 to 400, .* lower is better$'
check 'with its scale' tells 'wer: new, 0 to 1, taken as a fraction, lower is better$'
check 'of others more is' tells 'gsm8k: new, .* higher is better$'
check 'and how to say otherwise' tells 'stemma benchmarks describe perplexity .*--higher-is-better no'
check 'nothing is told twice' [ "$(grep -c gsm8k told)" -eq 1 ]
printf 'model,err_rate,legal_error_rate,legal_err\na/one,0.4,0.2,0.9\na/two,0.3,0.1,0.8\na/three,0.2,0.3,0.7\n' >errors.csv
cells errors.csv
check 'errors are better fewer, however they are called' [ "$(grep -c 'taken as a fraction, lower is better$' told)" -eq 3 ]

printf 'key,title,lower,upper\nrating,Rating,,\n' >open.csv
printf 'model,rating\nacme/a,0.5\nacme/b,-3\n' >rated.csv
printf 'model,rating\nacme/c,0.25\n' >few.csv
cells open.csv rated.csv few.csv
check 'a scale without ends has no fractions' has acme/c rating 0.25 open
printf 'key,title,lower,upper,chance,higher_is_better,source\ngsm8k,GSM8K,0,100,0,1,own\n' >described.csv
printf 'model,gsm8k\nacme/a,0.759\nacme/b,0.5\n' >late.csv
cells late.csv described.csv
check 'a description that comes late' has acme/a gsm8k 75.9 0..100
cells described.csv late.csv
check 'gives what one that comes first gives' has acme/a gsm8k 75.9 0..100
printf 'model,repair:A,repair:B\nacme/a,0.8,0.4\nacme/b,1,0\n' >answers.csv
cells answers.csv
check 'the mean of fractional answers' has acme/a repair 0.6 0..1
check 'single answers are told to be left out' tells 'answers.csv:1: .*single answers are not'

# Benchmarks as rows and models as columns.
printf 'benchmark,acme/a,acme/b,acme/c,note\nifeval,55,60,40,x\nquiz,0.5,0.75,0.25,\nlegal,61,4000,55,\ntalk,high,,7,\n' >across.csv
cells across.csv
check 'a table with models as columns is read' has acme/a ifeval 55 0..100
check 'each benchmark on its scale' has acme/b quiz 0.75 0..1
check 'a wild value is refused with its place' tells '^across.csv:4:10: the legal value 4000 is far from all others'
check 'and what is no number' tells '^across.csv:5:6: acme/a "high" is not a number$'
check 'a column of something else is told' tells 'the column "note" is passed over'
printf ';acme/a;acme/b\nquiz;0,5;0,75\n' >across.txt
cells across.txt
check 'so is one without a first header' has acme/b quiz 0.75 0..1

# A key that another suite has.
mkdir -p press
printf 'key,title,percentage\nifeval,IFEval,1\nmine,Mine,1\n' >press/benchmarks.csv
printf 'model,benchmark,value\nacme/a,ifeval,81\nacme/a,mine,70\n' >press/scores.csv
printf 'model,ifeval\nacme/a,55\n' >six.csv
cells six.csv press/benchmarks.csv press/scores.csv
check 'the key of another suite is told apart' tells '^press/benchmarks.csv:2: warning: ifeval of press is another .*: its key is press_ifeval$'
check 'and so are the scores beside that description' has acme/a press_ifeval 81 0..100
check 'never mixed' has acme/a ifeval 55 0..100
check 'others keep their keys' has acme/a mine 70 0..100
stemma --db t.db benchmarks show press_ifeval
check 'they are of one family' says '^family *ifeval$'
check 'of the suite that the folder names' says '^suite *press$'
printf 'model,ifeval,quiz\nacme/a,81,70\n' >press.csv
cells press.csv
check 'a lone one of a suite beside new ones is told' tells 'ifeval: taken as that of openllm2; if it was measured otherwise'

shared=$top_srcdir/../shared/data
if [ -d "$shared/manybench" ]; then
	cells "$shared/manybench"
	check 'published scores of a thousand benchmarks are read' [ "$imported" -eq 0 ]
	check 'each of them' [ "$(wc -l <out)" -eq 94353 ]
	check 'with its value' has 0-hero/Matter-0.1-7B v1_gsm8k 53.75 0..100
	cells "$shared/benchpress/models.csv" "$shared/benchpress/benchmarks.csv" "$shared/benchpress/scores.csv"
	check 'a small matrix of new models is read' [ "$imported" -eq 0 ]
	check 'each cell of it' [ "$(wc -l <out)" -eq 2605 ]
else
	for what in 1 2 3 4 5; do skip "published scores ($what)" '../shared/data is not there'; done
fi
finish
