#!/bin/sh
# Small inputs after public reports, each with its right value (tests/reports/README).  Prints TAP.
. "${top_srcdir:-.}/tests/cli/tap.sh"

cp -R "$top_srcdir/tests/reports" reports
chmod -R u+w reports
s() { stemma --db t.db --no-starter "$@"; }
# edge CHILD PARENT RELATION WEIGHT: as it counts.
edge() { grep -q "^$1,$2,$3,$4," edges; }
edges_of() { [ "$(grep -c "^$1," edges)" -eq "$2" ]; }

mkdir reports/acme__Converted
cat > reports/acme__Converted/README.md <<'END'
---
base_model: acme/Original
library_name: MLX
tags: [merge, mergekit]
---
```yaml
merge_method: linear
models:
  - model: acme/a
    parameters: {weight: 0.3}
  - model: acme/b
    parameters: {weight: 0.7}
```
END
s import reports
mv err told
mv out files
told() { grep -q -e "$1" told; }
s export --edges -f csv
mv out edges
check 'nothing in the folders is a failure' told '^reports: [0-9]* imported, 0 failed'

check 'A01: in a mapping the path is literal' edge A01_mapping-form-path-with-plus local/llama-3.1-sft merge 0
check 'A01: no adapter of it is invented' [ "$(grep -c '^local/llama-3.1-sft' edges)" -eq 0 ]
check 'A01: an adapter that is told is one' edge acme/llama-chat+acme/llama-chat-lora acme/llama-chat adapter 1
check 'A04: a folder of the cache is its model' edge A04_hub-cache-snapshot-path acme/Llama-3.1-Kraut-8b-Instruct merge 0.25
check 'A13: merge keys give weights' edge A13_yaml-anchors-merge-keys acme/a merge 0.3
check 'A13: of which the own keys count' edge A13_yaml-anchors-merge-keys acme/b merge 0.7
check 'A13: the base keeps nothing' edge A13_yaml-anchors-merge-keys mistralai/Mistral-7B-v0.1 merge 0
check 'A13: and nothing is warned of' [ "$(grep -c A13 told)" -eq 0 ]
check 'A19: a configuration may be JSON' edge A19_config-as-json acme/b merge 0.75
check 'A25: what mergekit refuses is told with its place' told 'A25.*:4:26: .*"1/3".*refuses'
check 'C01: an extracted adapter is no merge' edge acme/abliterated-lora acme/L3-8B-abliterated adapter ''
check 'C05: a GGUF copy is its base with fewer bits' edge acme/Excalibur-7b-GGUF ibm/merlinite-7b quantized ''
check 'C05: and not the merge in its card' edges_of acme/Excalibur-7b-GGUF 1
check 'C15: nor is one that says so' edge quantco/Stellar-12b-AWQ acme/Stellar-12b quantized ''
check 'C15: and nothing else' edges_of quantco/Stellar-12b-AWQ 1
check 'a library of files with fewer bits, in any case, marks a copy' edge acme/Converted acme/Original quantized ''
check 'which is not the merge in its card' edges_of acme/Converted 1
check 'C17: an adapter, of the first of two' edge acme/diff-lora meta-llama/Llama-3.1-8B-Instruct adapter ''
check 'C21: an adapter of one' edge acme/plain-lora meta-llama/Llama-3.1-8B-Instruct adapter ''
check 'F01: a folder is one model with its weights' edge acme/merged-8b acme/b-8b merge 0.75
check 'F02: blobs are passed over' told 'blobs of a download cache passed over'
check 'F02: and snapshots are no models' [ "$(grep -c '221e5f92\|^bbbb' edges)" -eq 0 ]
check 'F04: one folder' edge local/exp1 acme/a1 merge 0.5
check 'F04: and another' edge local/exp2 acme/a2 merge 0.5
check 'H02: a data set is no model' told 'acme/ultra-feedback is a data set'
check 'L02: other shots are another benchmark' told 'kept as bbh_0shot'
check 'L09: a NaN is told' told 'L09.*:222:16: .*not a number'
s show acme/ultra-feedback
check 'H02: and none is made' exits 66
s show acme/merged-8b
check 'F01: its configuration has the architecture' says 'LlamaForCausalLM'
for model in merge-out merge-out-2 slerp-7b slerp-7b-2 slerp-7b-3 slerp-7b-4 slerp-7b-5 served-8b; do
	s show "local/$model"
	check "L03, L16: local/$model has results" exits 0
done
for model in acme/trail-8b acme/x-8b 'acme/模型-8b'; do
	s show "$model"
	check "L16: $model has results" exits 0
done
s show acme/light-8b --csv -b ifeval
check 'E02: lighteval is read' says 'ifeval,55'
rm reports/V* # tables that say different things of the same models
s import reports
check 'all of it a second time brings nothing new' warns 'nothing new'

# ---- the way out ------------------------------------------------------------------
for name in a b c; do printf '%s/x,40,30,20,10,5,20\n' $name; done >scores
{ echo model,ifeval,bbh,math_lvl_5,gpqa,musr,mmlu_pro; cat scores; } >scores.csv
s import scores.csv
printf 'merge_method: linear\nmodels:\n' >odd.yml
for name in 2025-11-24 12:30:45 1_000 = 0x1F 010 .inf 1e3; do
	printf -- '- model: "%s"\n  parameters: {weight: 1}\n' "$name"
done >>odd.yml
s import odd.yml
s export -f mergekit -m 2025-11-24 -m 12:30:45:1 -m 1_000 -m = -m 0x1F -m 010 -m .inf -m 1e3
check 'A30: names that YAML 1.1 reads otherwise are quoted' [ "$(grep -c '^- model: "' out)" -eq 8 ]
s export -f mergekit -m local/llama-3.1-sft -m acme/a
check 'A01: a path with "+" is written as a mapping' says '^      path: /data/ckpt/llama-3.1+sft$'
mv out again.yml
s import again.yml
s export --edges -f csv
check 'A01: and read again as the same model' says '^again,local/llama-3.1-sft,merge,0.5,'
s export -f mergekit -m local/exp1 -m acme/a
check 'a local model is written by its path' says '^- model: /.*/F04_same-file-name-twice/exp1$'
finish
