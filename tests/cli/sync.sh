#!/bin/sh
# Fetching, from a server that misbehaves.  Prints TAP.
. "${top_srcdir:-.}/tests/cli/tap.sh"
. "$top_srcdir/tests/cli/server.sh"

[ -n "$python" ] || {
	echo '1..0 # SKIP python3 is not there'
	exit 0
}
start_server "$work"

with() { stemma --db s.db --no-starter "$@"; }
sync() { with sync --backoff 1 "$@"; }
serve() { echo "new $*" >mode; : >log; } # MODE [COUNT]
fresh() { rm -f s.db*; }
requests() { [ "$(wc -l <log)" -eq "$1" ]; }
# fetched MODE [COUNT]: a whole sync under these conditions.
fetched() {
	fresh
	serve "$@"
	sync
	exits 0 && says '^rows  *230$'
}
# refused CODE MESSAGE MODE [COUNT]: it fails, says why, and the cache is as before.
# Requests have all the time they want; $patience gives them less.
patience=
refused() {
	code_wanted=$1 message=$2
	shift 2
	fresh
	serve "$@"
	# shellcheck disable=SC2086
	sync --request-timeout 3600 --timeout 3600 --tries 3 $patience
	fails_with "$code_wanted" "$message" || return 1
	with check --json
	grep -q '"models": 0' out && grep -q '"faults": 0' out
}

serve good
sync --dry-run
check 'a dry run tells how much there is' says '^rows  *230$'
check 'and asks once' requests 1
with check --json
check 'and fetches nothing' says '"models": 0'
check 'the leaderboard is fetched' fetched good
check 'in three pages' requests 3
with check --json
check 'all models are there' says '"scored": 230'
serve good
sync
check 'a second time it is unchanged' says '^leaderboard  *unchanged$'
check 'which costs one request' requests 1

serve good
sync --depth 1
check 'models and their parents' says '^models asked for  *231$'
check 'a private one is missing, not a failure' says '^of them missing  *1$'
with tree owner/model-0 --ancestors --csv
check 'lineage is there, a generation deep' says '^base/root,base/older,finetune,1,declared,0$'
with show owner/model-3
check 'a renamed model has its new name' says '^model  *owner/renamed-3$'
check 'and its scores' says 'IFEval  *10.3'
serve good
sync --models
check 'no model is asked for twice' requests 1

serve good
sync --descendants
check 'descendants of all' says '^descendants of  *230$'
with tree owner/model-2 --descendants --csv
check 'on all pages of the list' says '^child/model-2-b,owner/model-2,adapter,1,declared,0$'

# The Hub's official benchmarks: five requests for two of four boards that can be read, and their tasks.
serve good
sync --dry-run --benchmarks
check 'a dry run counts the benchmarks' says '^still to ask for  *4$'
serve good
sync --benchmarks
check 'leaderboards of benchmarks are read' says '^benchmarks that changed  *2$'
check 'but for entries without a model or a value' says '^with entries  *4$'
check 'a closed one is missing' says '^of them missing  *1$'
check 'one that makes no sense is named' says '^  the first  *exam/junk: '
with show new/model --all --csv
check 'a board up to 1 is of fractions, and of its first task' says '^hard_diamond,5,'
check 'one up to 100 of percentages' says '^percent,61\.5,'
with show owner/model-0 --all --csv
check 'whatever a single value is' says '^percent,0\.9,'
serve good
sync --benchmarks
check 'what has not changed is not read again' says '^benchmarks that changed  *0$'
with show owner/model-5 --all --csv
check 'results that a model tells itself are of the same benchmark' says '^hard_diamond,33,'

fresh
serve nonsense
sync --models
check 'one answer without sense costs one model' says '^answers without sense  *1$'
check 'which is named' says '^  the first  *owner/model-7: the answer is about no model$'
check 'and warned of' warns '^stemma: warning: owner/model-7: the answer is about no model; 1 answer is left out'
check 'the others are there' says '^models asked for  *230$'
serve good
sync --models
check 'it is asked for again' requests 2

fresh
serve large-model
sync --models --max-size 1
check 'nor does one that is too large cost more' says '^answers without sense  *1$'
check 'and it is told as that' says '^  the first  *owner/model-7: .*larger than 1048576 bytes$'

fresh
serve one-for-all
sync --models
check 'a server that answers for all with one model' says '^answers without sense  *229$'
with check --json
check 'makes no one model of them' says '"models": 230'

fresh
serve no-list
sync --descendants
check 'one list without sense costs the descendants of one model' says '^descendants of  *229$'
check 'which is named, too' says '^  the first  *owner/model-4: not recognised'
serve good
sync --descendants
check 'and asked for again' says '^descendants of  *1$'

fresh
serve endless-list
sync --descendants
check 'a list without end costs one model' says '^  the first  *owner/model-4: .*the list has more than 1000 pages$'
check 'and no more than its pages' requests 1233

check 'told to slow down, it waits and goes on' fetched slow-down 2
check 'broken at first, it tries again' fetched broken 2
fresh
serve broken 1
script -qec "'$program' --db s.db --no-starter sync --backoff 100" screen </dev/null >screen.out
check 'and a terminal is told why it takes long' grep -q 'it failed, trying again' screen.out
check 'cut connections are tried again' fetched cut 2
check 'so are answers that are too short' fetched short 2
check 'a path that moved is followed' fetched moved
check 'always broken: it gives up' refused 74 'the server answers 500; try again later' broken 99
check 'always told to slow down' refused 74 'the server answers 429; it asks for fewer requests' slow-down 99
check 'always cut' refused 74 'http://127.0.0.1' cut 99
check 'another host is not followed' refused 74 'redirects to another host' away
check 'nor a circle' refused 74 'the server' round
check 'news that nobody asked for' refused 65 'answers 304, unasked' unasked
check 'no JSON' refused 65 'not JSON' junk
check 'an answer without end' refused 65 'larger than 33554432 bytes' endless
check 'a compressed bomb' refused 65 'larger than 33554432 bytes' bomb
check 'a long header' refused 65 'the headers of the answer are larger than 65536 bytes' header
check 'long headers' refused 65 'the headers of the answer are larger than 65536 bytes' headers
patience='--max-size 1'
check 'pages that together are too large' refused 65 'the pages of the table are larger than 8388608 bytes; --max-size' \
	heavy 1200
serve good
sync
check 'leave nothing behind' requests 3
patience='--request-timeout 1 --tries 2'
check 'a slow drip' refused 74 'Timeout' drip
patience=
check 'a private table' refused 74 'not found or private' private
check 'a table that grows meanwhile' refused 65 'the table changed meanwhile; run it again' growing

# What is no leaderboard is not kept for the next time.
check 'a table without rows' refused 65 'there are no rows in it' empty
serve good
sync
check 'leaves nothing behind' says '^rows  *230$'
check 'a table of something else' refused 65 'IFEval' foreign
serve good
sync
check 'leaves nothing behind either' says '^rows  *230$'

# After two of three pages the server breaks for good; then it is well again.
fresh
serve breaking 2
sync --tries 2
check 'a server that breaks in the middle' fails_with 74 'the server answers 500; try again later'
with check --json
check 'leaves nothing half done' says '"models": 0'
serve good
sync
check 'after a break it goes on' says '^rows  *230$'
check 'with what is missing' requests 1

# A page of which it is not known how many there are to be is not taken for all.
fresh
serve breaking 1
sync --tries 1
"$python" -c 'import sqlite3
cache = sqlite3.connect("s.db")
cache.execute("UPDATE sync_state SET cursor = NULL")
cache.commit()'
serve good
sync
check 'a lone page is not the table' says '^rows  *230$'
with check --json
check 'and all of it comes' says '"models": 230'

# The token goes to the endpoint, and nowhere else.
HF_TOKEN=' hf_secret
'
export HF_TOKEN
fetched good
check 'the token is sent' grep -q 'Bearer hf_secret$' log
refused 74 'another host' away
leaks() { cat out err s.db* | grep -q hf_secret; }
not() { ! "$@"; }
check 'to one host only' sh -c '[ "$(wc -l <log)" -eq 1 ]'
check 'and stands nowhere' not leaks
HF_TOKEN=$(printf 'hf_secret\nX-Other: header')
refused 64 'HF_TOKEN has a blank or a line end in it' good
check 'a token with a line end is no token' not grep -q . log
HF_TOKEN=hf_secret
HF_HUB_DISABLE_IMPLICIT_TOKEN=yes
export HF_HUB_DISABLE_IMPLICIT_TOKEN
fetched good
check 'unless it must not' not grep -q Bearer log

fresh
HF_HUB_OFFLINE=1 "$program" --db s.db --no-starter sync >out 2>err </dev/null
code=$?
check 'offline is said' fails_with 74 'HF_HUB_OFFLINE says that nothing may be fetched'
HF_ENDPOINT_KEPT=$HF_ENDPOINT
HF_ENDPOINT=http://me:hf_secret@${HF_ENDPOINT#http://}
fresh
sync
check 'an endpoint with a password is refused' fails_with 64 'HF_ENDPOINT has a name or a password in it; .*HF_TOKEN'
check 'and told to nobody' not leaks
HF_ENDPOINT=$HF_ENDPOINT_KEPT
stop_server
sync --tries 1
check 'no server, no hang' fails_with 74 'http://127.0.0.1'
finish
