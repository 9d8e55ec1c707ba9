"""Alignment checks: spans of characters → tokens → characters give the words that were marked: ``check.py EXAMPLES ENCODER``."""

import collections
import sys

import numpy as np
from tokenizers import Tokenizer

from examples import dse_window, load, target_window, token_span
from runtime import tokenise


def main(folder, encoder):
    tokenizer = Tokenizer.from_file(f"{encoder}/tokenizer.json")
    tokenizer.no_truncation()
    tokenizer.no_padding()
    count = collections.Counter()
    for name in ("articles_dev", "gum", "dse_dev", "newsmtsc"):
        for row in load(folder, name):
            spans = [s[:2] for key in ("mentions", "targets") for s in row.get(key, ())]
            spans += [s for a in row.get("attributions", ()) for r in a.values() for s in r]
            spans += [row[k] for k in "pq" if k in row]
            t = tokenise(tokenizer, row["text"])
            for s, e in spans:
                found = token_span(t, (s, e))
                a, b = (t["offsets"][found[0], 0], t["offsets"][found[1], 1]) if found else (0, 0)
                same = row["text"][a:b].strip() == row["text"][s:e].strip()
                count[name, "exact" if same else "wider" if a <= s and b >= e else "differs"] += 1
    for key, n in sorted(count.items()):
        print(*key, n)
    rng = np.random.default_rng(0)
    for name, make in (("dse_train", dse_window), ("newsmtsc", target_window)):
        for row in load(folder, name)[:400:60]:
            (w,) = make(tokenizer, row, rng)
            words = [tokenizer.id_to_token(int(i)) for i in w["ids"]]
            for x in w.get("pairs", w.get("targets")):
                print(name, *[" ".join(words[s[0] : s[1] + 1]) for s in x[:-1]], "|", x[-1], "|", " ".join(words)[:110])


if __name__ == "__main__":
    main(*sys.argv[1:])
