#!/bin/sh
# Imports a made-up leaderboard of so many megabytes and prints rows, seconds and
# the peak of memory: bench/import.sh MEGABYTES PROGRAM
megabytes=$1 program=$2
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# 50,000 models, again and again, so that the file grows and the cache does not.
awk -v bytes=$((megabytes * 1000000)) 'BEGIN {
	print "eval_name,Precision,T,Architecture,fullname,Model sha,Hub License,Hub,#Params (B),MoE,Flagged," \
		"Chat Template,IFEval Raw,IFEval,BBH,MATH Lvl 5,GPQA,MUSR,MMLU-PRO,Upload To Hub Date,Submission Date,Base Model"
	for (i = 0; size < bytes; i++) {
		n = i % 50000
		row = sprintf("owner%d_model%d_bfloat16,bfloat16,chat,MistralForCausalLM,owner%d/model%d," \
			"0123456789abcdef0123456789abcdef01234567,apache-2.0,%d,7.24,False,False,True,0.%04d,%.4f,%.4f,%.4f,%.4f," \
			"%.4f,%.4f,2024-05-01,2025-02-01,base/root", n % 997, n, n % 997, n, n % 100, n % 9999, \
			n % 99 + 0.5, n % 98, n % 97, n % 96, n % 95, n % 94)
		print row
		size += length(row) + 1
	}
	print i >"/dev/stderr"
}' >"$work/contents.csv" 2>"$work/rows"

begin=$(date +%s)
"$program" --db "$work/t.db" --no-starter import "$work/contents.csv" >/dev/null 2>&1 &
while kill -0 $! 2>/dev/null; do
	peak=$(awk '/VmHWM/ {print int($2 / 1024)}' "/proc/$!/status" 2>/dev/null)
	[ -n "$peak" ] && most=$peak
	sleep 0.2
done
wait $!
echo "import of $megabytes MB: $(cat "$work/rows") rows in $(($(date +%s) - begin)) s, peak $most MB"
