#!/bin/sh
# Benchmarks as data: listed, described, renamed, joined, hidden, deleted, and by the user's
# own file.  Prints TAP.
. "${top_srcdir:-.}/tests/cli/tap.sh"

file=$HOME/.config/stemma/benchmarks.yaml
mkdir -p "$HOME/.config/stemma"
cat >scores.csv <<'EOF'
model,gsm8k,legal-qa,elo,old_legal
a/one,0.5,0.25,1200,
a/two,0.75,0.5,1255,
a/three,,,,80
EOF
lacks() { ! says "$1"; }
with() { stemma --db t.db --no-starter "$@"; }
with import scores.csv
check 'a table of any columns is imported' exits 0
check 'a new benchmark is told with its scale and direction' warns 'gsm8k: new, 0 to 1, taken as a fraction, higher is better$'

# ---- list and show
with benchmarks --csv
check 'all with scores are listed' says '^gsm8k,gsm8k,,,0,1,higher,,2,,,0$'
check 'an open scale has no ends' says '^elo,elo,,,,,higher,,2,,,0$'
with benchmarks list legal --csv
check 'a word chooses among them' says '^legal-qa,'
check 'and leaves out the others' lacks '^gsm8k,'
with benchmarks show gsm8k --json
check 'a guessed scale is said to be one' says '"scale": "guessed from the values"'
check 'and which way is better' says '"higher_is_better": "yes"'

# ---- the newest score
cat >dated.csv <<'EOF'
model,benchmark,value,date
a/one,dated,0.5,2025-03-04
a/two,dated,0.75,2025-05-06
EOF
cat >undated.csv <<'EOF'
model,undated,release_date
a/four,0.5,2025-07-08
EOF
dated() { stemma --db dated.db --no-starter "$@"; }
dated import dated.csv undated.csv
dated benchmarks --csv
check 'the newest score has a date' says '^dated,.*,2,2025-05-06,0,0$'
check 'the release of its model stands in for one' says '^undated,.*,1,2025-07-08,1,0$'
dated benchmarks
check 'which is marked' says '^undated .* 1  *~2025-07-08$'
dated benchmarks show undated
check 'also where one is shown' says '^newest score *~2025-07-08$'
dated benchmarks show undated --json
check 'and told to a program' says '"newest_is_release": "yes"'

# ---- describe
with benchmarks describe legal-qa --title 'Legal QA' --suite own --metric accuracy --chance 0.25 \
	--lower 0 --upper 1 --family legal --alias lqa
check 'a description is taken' exits 0
check 'and shown' says '^title *Legal QA$'
with benchmarks show LQA
check 'an alias leads to it in any case' says '^benchmark *legal-qa$'
with benchmarks describe legal-qa --lower 2 --upper 1
check 'a scale that ends before it begins is refused' exits 64
with benchmarks describe legal-qa --lower low
check 'an end that is no number is refused' warns '"open", not "low"'
with benchmarks show gsm8k --title x
check 'an option of another action is refused' warns 'takes no --title'
with benchmarks shw gsm8k
check 'a mistyped action has a suggestion' warns 'did you mean "show"'
with benchmarks show legal_q
check 'an unknown benchmark is refused' exits 64
with benchmarks describe swe --lower 0 --upper 100
with benchmarks list swe --all --csv
check 'one without scores can be described' says '^swe,swe,,,0,100,higher,,0,,,0$'

# ---- which way is better
cat >lower.csv <<'EOF'
key,title
ocr,"OCR (edit distance, lower is better)"
EOF
with import lower.csv
check 'a title tells the direction of a benchmark that is described' warns 'ocr: lower is better, by its name'
with benchmarks list ocr --all --csv
check 'which the list has' says '^ocr,.*,lower,,0,,,0$'
with benchmarks describe ocr --higher-is-better yes
check 'and the user corrects' says '^higher is better *yes$'
with import lower.csv
with benchmarks show ocr
check 'once for all' says '^higher is better *yes$'

# ---- rename and join
with benchmarks rename gsm8k gsm8k_8shot
check 'a new key is taken' says '^benchmark *gsm8k_8shot$'
with benchmarks show gsm8k
check 'the old key leads to it' says '^benchmark *gsm8k_8shot$'
with benchmarks rename gsm8k legal-qa
check 'the key of another is refused' exits 65
with benchmarks join old_legal legal-qa
check 'two become one' says '^models *3$'
with show a/three -b legal-qa --csv
check 'its values are on the scale of the other' says 'legal-qa,0.8,'
with benchmarks join elo elo
check 'none is joined to itself' exits 65

# ---- which observation is shown
cat >again.csv <<'EOF'
model,benchmark,value,setup,source
a/one,gsm8k,0.6,5-shot,lab
a/one,gsm8k,0.7,8-shot,lab
EOF
with import again.csv
with choose a/one gsm8k --csv
check 'all observations are listed' lines 4
check 'the one that is shown by rule is marked' says '^1,shown,0.5,'
check 'each with its set-up' says '^3,other,0.7,,8,'
with choose a/one gsm8k 3 --csv
check 'another is chosen' says '^3,chosen,0.7,'
check 'and the others keep their numbers' says '^1,other,0.5,'
with show a/one -b gsm8k --csv
check 'and shown' says 'gsm8k_8shot,0.7,'
with choose a/one gsm8k 9
check 'one that is not there is refused' exits 64
with choose a/one gsm8k --rule --csv
check 'the rules decide again' says '^1,shown,0.5,'
with choose a/one --csv
check 'whole evaluations can be chosen as before' says '^1,shown,'

# ---- which benchmark of a family is meant
cat >families.csv <<'EOF'
key,title,family
v1_quiz,Quiz in the first suite,quiz
rep_quiz,Quiz as reported,quiz
EOF
printf 'model,v1_quiz,rep_quiz\nf/one,50,\nf/two,60,\nf/three,55,\ng/base,,70\nh/lone,,\n' >quizzes.csv
printf 'child,parent\ng/tuned,g/base\ng/other,g/base\n' >children.csv
with import families.csv quizzes.csv children.csv
with choose f/one quiz
check 'a family means the member that a model has' warns 'quiz: v1_quiz, of 2 benchmarks .* relatives (1)$'
with choose g/tuned quiz
check 'or its relatives' warns 'quiz: rep_quiz, of 2 benchmarks .* relatives (1)$'
with choose h/lone quiz
check 'else the one with most models' warns 'quiz: v1_quiz, of 2 benchmarks that ask it the one with most models (3)$'
with export g/tuned --csv --board quiz
check 'also where no model is asked about' warns 'quiz: v1_quiz, .* most models (3)$'

# ---- hide and delete
with benchmarks hide elo
with benchmarks list --csv
check 'a hidden one is not listed' lacks '^elo,'
with benchmarks list --all --csv
check 'but with --all' says '^elo,.*,2,,,1$'
with benchmarks unhide elo
with benchmarks delete elo no_such
check 'a wrong name deletes nothing' exits 64
with benchmarks list --csv
check 'of all that were named' says '^elo,'
with benchmarks delete elo
check 'one is deleted' exits 0
with benchmarks list --all --csv
check 'and gone' lacks '^elo,'

# ---- the user's file
cat >"$file" <<'EOF'
benchmarks:
  gsm8k_8shot: {title: Grade school, suite: own, upper: 1, lower: 0, alias: [gsm, gs], higher_is_better: true}
  swe: {delete: true}
  legal-qa: {hidden: true}
EOF
with benchmarks show gs
check 'the file describes' says '^title *Grade school$'
with benchmarks list --all --csv
check 'the file deletes' lacks '^swe,'
check 'the file hides' says '^legal-qa,.*,1$'
cat >"$file" <<'EOF'
benchmarks:
  gsm8k_8shot:
    titel: x
EOF
with benchmarks
check 'a wrong key has its place' warns 'benchmarks.yaml:3:5: unknown key "titel"; did you mean "title"'
check 'and ends the command' exits 65
printf 'benchmarks:\n  a: {join: nowhere}\n' >"$file"
with benchmarks
check 'what is joined to nothing is refused' warns 'a is to become nowhere, which is no benchmark'
rm "$file"
with benchmarks show gs
check 'without the file what it said stays' says '^title *Grade school$'
finish
