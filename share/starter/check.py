#!/usr/bin/env python3
"""Compares the starter set with the reference data: share/starter/check.py SHARED_DIR

Every score must be that of its source, every edge one of the data or of lineage.csv, every
model listed; prints counts, and of each family whence its edges are.
"""
import collections
import csv
import gzip
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
FAMILIES = {"Qwen 2.5": "qwen/qwen2.5", "Qwen 3": "qwen/qwen3", "Llama 3": "meta-llama/llama-3",
            "Llama 4": "meta-llama/llama-4", "Gemma 2": "google/gemma-2-", "Gemma 3": "google/gemma-3",
            "Mistral Small": "mistralai/mistral-small", "Nemo": "mistralai/mistral-nemo",
            "Magistral": "mistralai/magistral", "Phi 3": "microsoft/phi-3", "Phi 4": "microsoft/phi-4",
            "gpt-oss": "openai/gpt-oss", "OLMo 2": "allenai/olmo-2", "OLMo 3": "allenai/olmo-3",
            "Granite": "ibm-granite/", "SmolLM": "huggingfacetb/smollm", "GLM": "zai-org/glm",
            "DeepSeek": "deepseek-ai/", "Kimi": "moonshotai/kimi", "MiniMax": "minimaxai/",
            "Falcon 3": "tiiuae/falcon3", "EXAONE": "lgai-exaone/"}


def rows_of(path):
    opened = gzip.open(path, "rt", encoding="utf-8") if path.endswith(".gz") else open(path, encoding="utf-8")
    with opened as file:
        return list(csv.DictReader(file))


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__.splitlines()[0])
    data = f"{sys.argv[1]}/data"
    faults = []
    models = {row["model"].lower() for row in rows_of(f"{HERE}/models.csv.gz")}
    benchmarks = {row["key"] for row in rows_of(f"{HERE}/benchmarks.csv")}
    credits = {line.split(":")[0] for line in open(f"{HERE}/SOURCES", encoding="utf-8")}

    values = collections.Counter()
    for row in rows_of(f"{data}/manybench/scores.csv.gz"):
        values[row["benchmark"], row["source"], row["setup"], float(row["value"])] += 1
    of_leaderboard = collections.Counter()
    columns = {"ifeval": "ifeval_norm", "bbh": "bbh_norm", "math_lvl_5": "math_lvl5_norm", "gpqa": "gpqa_norm",
               "musr": "musr_norm", "mmlu_pro": "mmlu_pro_norm"}
    for row in rows_of(f"{data}/openllm-v2/scores.csv"):
        for key, column in columns.items():
            of_leaderboard[row["fullname"].lower(), key, float(row[column])] += 1

    scores = rows_of(f"{HERE}/scores.csv.gz")
    for row in scores:
        value, name = float(row["value"]), row["model"].lower()
        if row["source"] == "openllm_v2":
            found = of_leaderboard[name, row["benchmark"], value]
        else:
            # Names may be mended: the value must be one of its benchmark, source and set-up.
            found = values[row["benchmark"], row["source"], row["setup"], value]
        if not found:
            faults.append(f"no such score: {row}")
        if name not in models:
            faults.append(f"a score of a model that is not listed: {row['model']}")
        if row["benchmark"] not in benchmarks and row["source"] != "openllm_v2":
            faults.append(f"a score on a benchmark that is not described: {row['benchmark']}")
        if row["source"] not in credits:
            faults.append(f"no licence and credit of {row['source']}")

    written = {(row["child"].lower(), row["parent"].lower()): row for row in rows_of(f"{HERE}/lineage.csv")}
    for row in written.values():
        if not row["address"].startswith("https://"):
            faults.append(f"no public address: {row}")
    edges = rows_of(f"{HERE}/edges.csv.gz")
    whence = {name: collections.Counter() for name in FAMILIES}
    for row in edges:
        for name, beginning in FAMILIES.items():
            if row["child"].lower().startswith(beginning):
                whence[name]["lineage.csv" if row["source"].startswith("https://") else row["source"]] += 1
        if row["child"].lower() == row["parent"].lower():
            faults.append(f"its own parent: {row}")

    for fault in faults[:20]:
        print(fault)
    print(f"{len(scores)} scores, {len(models)} models, {len(edges)} edges ({len(written)} written), "
          f"{len(faults)} faults")
    for name, counts in whence.items():
        print(f"  {name:14} " + ", ".join(f"{count} {source}" for source, count in counts.most_common()))
    sys.exit(1 if faults else 0)


main()
