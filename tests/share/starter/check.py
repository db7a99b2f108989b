#!/usr/bin/env python3
"""Check the starter set: models.csv and edges.csv beside this file.

usage: python3 share/starter/check.py [SHARED_DIR]

The form of the two files is always checked.  Their values are compared with
the reference data in SHARED_DIR (default: ../shared, seen from the top of the
project); where that folder is absent this part is skipped with a message.
Exit status 0 when everything agrees, 1 on any disagreement.
"""
import collections
import csv
import gzip
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))

MODEL_HEADER = ['model', 'kind', 'architecture', 'params_b', 'license', 'uploaded', 'chat_template',
                'ifeval', 'bbh', 'math_lvl_5_2024', 'gpqa', 'musr', 'mmlu_pro']
EDGE_HEADER = ['child', 'parent', 'relation', 'weight', 'method', 'source']
KINDS = {'pretrained', 'continued', 'finetuned', 'chat', 'merge', 'multimodal', 'other'}
RELATIONS = {'finetune', 'adapter', 'quantized', 'merge', 'distill', 'unknown'}
SOURCES = {'card', 'registry', 'table', 'config'}
TYPE = {'\U0001F7E2': 'pretrained', '\U0001F7E9': 'continued', '\U0001F536': 'finetuned', '\U0001F4AC': 'chat',
        '\U0001F91D': 'merge', '\U0001F338': 'multimodal', '\u2753': 'other'}
SCORES = [('ifeval', 'ifeval_norm', 'IFEval'), ('bbh', 'bbh_norm', 'BBH'), ('gpqa', 'gpqa_norm', 'GPQA'),
          ('musr', 'musr_norm', 'MUSR'), ('mmlu_pro', 'mmlu_pro_norm', 'MMLU-PRO')]
TOLERANCE = 0.02

# Values that differ from the reference data on purpose, each with its reason.
ADAPTER = 'the leaderboard counts the adapter with its base, and knows no architecture for it'
BUFFERS = "the file's count includes attention masks that are not parameters; the suite's own table is followed"
ON_PURPOSE = {}
for _m in ('VIRNECT/llama-3-Korean-8B-r-v-0.1', 'sci-m-wang/Mistral-7B-Instruct-sa-v0.1',
           'sci-m-wang/Phi-3-mini-4k-instruct-sa-v0.1', 'theprint/CleverBoi-Llama-3.1-8B-v2',
           'theprint/CleverBoi-Nemo-12B-v2', 'theprint/Conversely-Mistral-7B', 'theprint/Llama-3.2-3B-VanRossum',
           'theprint/ReWiz-Llama-3.1-8B-v2', 'theprint/ReWiz-Qwen-2.5-14B', 'theprint/WorldBuilder-12B',
           'theprint/phi-3-mini-4k-python'):
    ON_PURPOSE[_m.lower(), 'params_b'] = ADAPTER
    ON_PURPOSE[_m.lower(), 'architecture'] = ADAPTER
for _m in ('EleutherAI/pythia-160m', 'EleutherAI/pythia-410m'):
    ON_PURPOSE[_m.lower(), 'params_b'] = BUFFERS
for _f in ('ifeval', 'bbh', 'gpqa', 'musr', 'mmlu_pro'):
    ON_PURPOSE['microsoft/phi-4', _f] = ('the run with chat template as it stood on 8 February 2025; the final table '
                                         'has a later run that answers almost no instruction')
ON_PURPOSE['mistral-community/mixtral-8x22b-v0.1', 'params_b'] = 'the leaderboard has 0'
ON_PURPOSE['mistral-community/mixtral-8x22b-v0.1', 'architecture'] = 'the leaderboard has "Unknown"'
ON_PURPOSE['google/gemma-2-2b', 'architecture'] = 'listed as InternLM2 there'
ON_PURPOSE['meta-llama/llama-3.1-8b', 'kind'] = 'the pretrained model itself'
ON_PURPOSE['databricks/dolly-v1-6b', 'kind'] = 'GPT-J fine-tuned on instructions'
for _m in ('lmsys/vicuna-7b-v1.3', 'stabilityai/StableBeluga2', 'tiiuae/falcon-11B'):
    ON_PURPOSE[_m.lower(), 'license'] = 'the card names a licence of its own in its text'

errors = []


def error(text):
    errors.append(text)


def read(name, header):
    path = os.path.join(HERE, name)
    with open(path, 'rb') as f:
        raw = f.read()
    try:
        text = raw.decode('utf-8')
    except UnicodeDecodeError as e:
        sys.exit('%s: not UTF-8: %s' % (name, e))
    if '\r' in text or not text.endswith('\n') or text.startswith('\ufeff'):
        error('%s: carriage return, byte order mark or no final newline' % name)
    rows = list(csv.reader(text.splitlines()))
    if rows[0] != header:
        error('%s:1: header is not %s' % (name, ','.join(header)))
    out = []
    for n, r in enumerate(rows[1:], 2):
        if len(r) != len(header):
            error('%s:%d: %d fields, expected %d' % (name, n, len(r), len(header)))
            continue
        if any(x != x.strip() for x in r):
            error('%s:%d: blanks around a value' % (name, n))
        d = dict(zip(header, r))
        d['line'] = n
        out.append(d)
    return out


def check_models(models):
    seen = {}
    for m in models:
        where = 'models.csv:%d: %s' % (m['line'], m['model'])
        if m['model'].lower() in seen:
            error('%s: listed twice (also as %s)' % (where, seen[m['model'].lower()]))
        seen[m['model'].lower()] = m['model']
        if not re.match(r'^[A-Za-z0-9][A-Za-z0-9._-]*/[A-Za-z0-9._-]+$', m['model']):
            error('%s: not OWNER/NAME' % where)
        if m['kind'] not in KINDS:
            error('%s: kind "%s"' % (where, m['kind']))
        if m['params_b']:
            try:
                if not 0.001 <= float(m['params_b']) <= 1000:
                    error('%s: params_b %s' % (where, m['params_b']))
            except ValueError:
                error('%s: params_b "%s" is not a number' % (where, m['params_b']))
        if m['architecture'] in ('?', 'Unknown'):
            error('%s: architecture "%s"' % (where, m['architecture']))
        if m['uploaded'] and not re.match(r'^20\d\d-[01]\d-[0-3]\d$', m['uploaded']):
            error('%s: uploaded "%s"' % (where, m['uploaded']))
        if m['chat_template'] not in ('yes', 'no', ''):
            error('%s: chat_template "%s"' % (where, m['chat_template']))
        have = 0
        for f in MODEL_HEADER[7:]:
            if m[f] == '':
                continue
            have += 1
            try:
                if not 0 <= float(m[f]) <= 100:
                    error('%s: %s %s is outside 0..100' % (where, f, m[f]))
            except ValueError:
                error('%s: %s "%s" is not a number' % (where, f, m[f]))
        if 0 < have < 5:
            error('%s: only %d scores' % (where, have))
    return seen


def check_edges(edges, names):
    parents = collections.defaultdict(list)
    weights = collections.defaultdict(float)
    seen = set()
    for e in edges:
        where = 'edges.csv:%d: %s -> %s' % (e['line'], e['child'], e['parent'])
        c, p = e['child'].lower(), e['parent'].lower()
        if c not in names:
            error('%s: child is not in models.csv' % where)
        elif names[c] != e['child']:
            error('%s: child is written otherwise in models.csv' % where)
        if p in names and names[p] != e['parent']:
            error('%s: parent is written otherwise in models.csv' % where)
        if c == p:
            error('%s: its own parent' % where)
        if (c, p) in seen:
            error('%s: listed twice' % where)
        seen.add((c, p))
        if e['relation'] not in RELATIONS:
            error('%s: relation "%s"' % (where, e['relation']))
        if e['source'] not in SOURCES:
            error('%s: source "%s"' % (where, e['source']))
        if e['method'] and (e['relation'] != 'merge' or not re.match(r'^[a-z_]+$', e['method'])):
            error('%s: method "%s" with relation %s' % (where, e['method'], e['relation']))
        if e['weight']:
            try:
                w = float(e['weight'])
                weights[c] += w
                if not 0 <= w <= 1:
                    error('%s: weight %s' % (where, e['weight']))
            except ValueError:
                error('%s: weight "%s" is not a number' % (where, e['weight']))
        parents[c].append(p)
    for c, w in weights.items():
        if abs(w - 1) > 0.002:
            error('edges.csv: weights of %s sum to %.4f' % (c, w))
    state = {}
    for start in list(parents):
        stack = [(start, iter(parents[start]))]
        if state.get(start):
            continue
        state[start] = 1
        while stack:
            node, it = stack[-1]
            nxt = next(it, None)
            if nxt is None:
                state[node] = 2
                stack.pop()
            elif state.get(nxt) == 1:
                error('edges.csv: a cycle through %s and %s' % (node, nxt))
            elif not state.get(nxt) and nxt in parents:
                state[nxt] = 1
                stack.append((nxt, iter(parents[nxt])))
    return parents


def reference(shared):
    rows = collections.defaultdict(list)
    with gzip.open(os.path.join(shared, 'data/openllm-v2/contents.csv.gz'), 'rt', encoding='utf-8', newline='') as f:
        for r in csv.DictReader(f):
            rows[r['fullname'].lower()].append(r)
    finals = collections.defaultdict(list)
    with open(os.path.join(shared, 'data/openllm-v2/scores.csv'), encoding='utf-8', newline='') as f:
        for r in csv.DictReader(f):
            finals[r['fullname'].lower()].append(r)
    renamed = collections.defaultdict(list)
    with open(os.path.join(shared, 'data/lineage/hub_renames.csv'), encoding='utf-8', newline='') as f:
        for r in csv.DictReader(f):
            renamed[r['current_hub_id'].lower()].append(r['leaderboard_id'].lower())
    with open(os.path.join(shared, 'data/lineage/lineage_edges.csv'), encoding='utf-8', newline='') as f:
        lineage = list(csv.DictReader(f))
    return rows, finals, renamed, lineage


def compare_models(models, rows, finals, renamed):
    count = collections.Counter()
    unchecked = []
    used = set()
    for m in models:
        k = m['model'].lower()
        scored = m['ifeval'] != ''
        count['models'] += 1
        count['scored models'] += scored
        keys = [k] if k in rows or k in finals else [x for x in renamed.get(k, []) if x in rows or x in finals]
        here = [r for x in keys for r in rows.get(x, [])]
        last = [r for x in keys for r in finals.get(x, [])]
        if not here and not last:
            if scored:
                unchecked.append(m['model'])
                count['scores not checkable'] += sum(m[f] != '' for f, _, _ in SCORES)
            continue
        if not scored:
            error('%s: no scores, but the reference data has them' % m['model'])
            continue
        count['models found'] += 1

        def differs(field, text):
            if (k, field) in ON_PURPOSE:
                used.add((k, field))
                count['different on purpose'] += 1
            else:
                error('%s: %s %s' % (m['model'], field, text))

        for field, a, b in SCORES:
            want = [float(r[b]) for r in here] + [float(r[a]) for r in last]
            count['values checked'] += 1
            if m[field] == '' or min(abs(float(m[field]) - v) for v in want) > TOLERANCE:
                differs(field, '%s, reference %s' % (m[field] or '(empty)', ' '.join('%.2f' % v for v in want)))
            else:
                count['values agreeing'] += 1
                count['scores agreeing'] += 1
        same = [r for r in here if all(abs(float(r[b]) - float(m[f])) <= TOLERANCE for f, _, b in SCORES)]
        count['all five scores from one row'] += bool(same)
        if m['math_lvl_5_2024'] == '':
            count['MATH of 2024 empty'] += 1
        else:
            new = [float(r['MATH Lvl 5']) for r in same or here] or [float(r['math_lvl5_norm']) for r in last]
            d = min(abs(float(m['math_lvl_5_2024']) - v) for v in new)
            count['MATH of 2024 differs from the later scoring' if d > TOLERANCE else
                  'MATH of 2024 equals the later scoring'] += 1
        if not here:
            continue
        pairs = [('kind', m['kind'], {TYPE.get(r['T'], '') for r in here}),
                 ('architecture', m['architecture'], {r['Architecture'] for r in here}),
                 ('license', m['license'], {r['Hub License'] for r in here}),
                 ('uploaded', m['uploaded'], {r['Upload To Hub Date'] for r in here}),
                 ('chat_template', m['chat_template'],
                  {'yes' if r['Chat Template'] == 'True' else 'no' for r in same or here})]
        for field, value, want in pairs:
            if value == '' and want <= {'', '?', 'Unknown'}:
                continue
            count['values checked'] += 1
            if value in want:
                count['values agreeing'] += 1
            else:
                differs(field, '%s, reference %s' % (value or '(empty)', ' '.join(sorted(want)) or '(empty)'))
        want = [float(r['#Params (B)']) for r in here]
        if m['params_b'] == '':
            if max(want) > 0:
                error('%s: params_b empty, reference %s' % (m['model'], want))
        else:
            count['values checked'] += 1
            if min(abs(float(m['params_b']) - v) for v in want) <= 0.011:
                count['values agreeing'] += 1
            else:
                differs('params_b', '%s, reference %s' % (m['params_b'], want))
    for k, field in sorted(set(ON_PURPOSE) - used):
        print('note: %s %s is marked as different on purpose, but agrees or is not in the reference' % (k, field))
    return count, unchecked


def compare_roots(models, parents, rows, renamed):
    """The leaderboard's Base Model column is the root of the chain: it must be among our ancestors."""
    alias = {o: new for new, olds in renamed.items() for o in olds}
    mine = {m['model'].lower() for m in models}
    count = collections.Counter()
    for m in models:
        k = m['model'].lower()
        for key in [k] + renamed.get(k, []):
            for r in rows.get(key, [])[:1]:
                root = r['Base Model'].lower()
                root = root if root in mine else alias.get(root, root)
                if root in ('', 'removed', k, key) or '(merge)' in root:
                    continue
                seen, todo = set(), [k]
                while todo:
                    for p in parents.get(todo.pop(), []):
                        if p not in seen:
                            seen.add(p)
                            todo.append(p)
                count['among the ancestors' if root in seen else
                      'not reached: no parent known' if not parents.get(k) else
                      'not reached: the chain ends before it'] += 1
    return count


def compare_edges(edges, models, parents, lineage, renamed):
    kind = {m['model'].lower(): m['kind'] for m in models}
    alias = {}
    for new, olds in renamed.items():
        for o in olds:
            if o not in kind:
                alias[o] = new
    alias['gpt2'] = 'openai-community/gpt2'
    direct, roots = collections.defaultdict(set), set()
    for e in lineage:
        c, p = (alias.get(x.lower(), x.lower()) for x in (e['child'], e['parent']))
        if e['direct'] == '1':
            direct[c, p].add(e['relation'])
        else:
            roots.add((c, p))
    children = {c for c, p in direct}
    count = collections.Counter()
    for e in edges:
        pair = e['child'].lower(), e['parent'].lower()
        count['edges'] += 1
        if pair not in direct:
            count['additional, ' + ('the root column has the pair' if pair in roots else
                                    'child known with other parents' if pair[0] in children else
                                    'child unknown there')] += 1
            continue
        there = {'finetune' if r.startswith('variant') else r for r in direct[pair]}
        if e['relation'] in there:
            count['agreeing'] += 1
        elif 'unknown' in there or e['relation'] == 'unknown':
            count['agreeing, relation known on one side only'] += 1
        elif e['relation'] == 'merge' and there == {'finetune'} and (e['method'] or kind[pair[0]] == 'merge'):
            count['agreeing, the Hub calls a merge with one existing parent a finetune'] += 1
        elif e['relation'] == 'distill' and there == {'finetune'}:
            count['agreeing, distilled'] += 1
        elif e['relation'] in ('finetune', 'adapter') and there == {'quantized'}:
            count['agreeing, the Hub takes a side file or a 4-bit parent for a quantisation'] += 1
        else:
            count['contradicting'] += 1
            error('%s -> %s: relation %s, reference %s' % (e['child'], e['parent'], e['relation'], ' '.join(there)))
    mine = {(e['child'].lower(), e['parent'].lower()) for e in edges}
    count['direct edges of the reference left out'] = sum(
        1 for pair in direct if pair[0] in parents and pair not in mine and pair[0] != pair[1])
    return count


def main():
    if len(sys.argv) > 2 or sys.argv[1:] in (['-h'], ['--help']):
        print(__doc__)
        return 0 if len(sys.argv) == 2 else 2
    shared = sys.argv[1] if len(sys.argv) > 1 else os.path.join(TOP, '..', 'shared')
    models = read('models.csv', MODEL_HEADER)
    edges = read('edges.csv', EDGE_HEADER)
    names = check_models(models)
    parents = check_edges(edges, names)
    scored = {m['model'].lower() for m in models if m['ifeval']}
    many = collections.Counter(e['child'].lower() for e in edges if e['relation'] == 'merge')
    merges = [c for c in many if many[c] >= 2 and c in scored]
    both = [c for c in merges if sum(p in scored for p in parents[c]) >= 2]
    full = [c for c in both if all(p in scored for p in parents[c])]
    print('%d models, %d with scores, %d of these with MATH in the scoring of 2024' %
          (len(models), len(scored), sum(1 for m in models if m['math_lvl_5_2024'])))
    print('%d edges, %d models have a parent; %d scored merges name two parents or more, %d have two scored parents, '
          '%d only scored ones' % (len(edges), len(parents), len(merges), len(both), len(full)))
    if not os.path.isfile(os.path.join(shared, 'data/openllm-v2/contents.csv.gz')):
        print('SKIP: no reference data in %s; only the form was checked' % shared)
    else:
        rows, finals, renamed, lineage = reference(shared)
        count, unchecked = compare_models(models, rows, finals, renamed)
        for key in sorted(count):
            print('  %6d  %s' % (count[key], key))
        print('  %6d  scored models that are not in the reference data' % len(unchecked))
        count = compare_roots(models, parents, rows, renamed)
        for key in sorted(count):
            print('  %6d  root of the leaderboard: %s' % (count[key], key))
        count = compare_edges(edges, models, parents, lineage, renamed)
        for key in sorted(count):
            print('  %6d  edges: %s' % (count[key], key))
    for e in errors:
        print('check.py: ' + e, file=sys.stderr)
    print('%d disagreement%s' % (len(errors), '' if len(errors) == 1 else 's'))
    return 1 if errors else 0


if __name__ == '__main__':
    sys.exit(main())
