"""Fit the weighing of evidence into edges: ``python training/edges.py DATA [--write]``.

Reads the hand-coded dev articles, compares every source, target and polarity with evidence to the coded edges, and
fits the two logistic regressions of newslab/model/weighing.py. Prints eight-fold figures: on US articles, on British
ones, and on the further ones that codings.py tells of. ``--write`` stores the regressions in the model's config.json.
"""

import argparse
import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from codings import coded_set, found_ends
from scipy.optimize import minimize

from newslab.model.encoder import WEIGHTS
from newslab.model.weighing import (
    SECOND,
    chances,
    evidence_of,
    features,
    likely_pairs,
    outright,
    second_features,
    turned_too,
)
from newslab.reading import Reader
from newslab.stance import case_of
from newslab.text import AsRead, Text

SETS = ("us", "gb", "more")


def candidates(data, name, reader):
    """Each article of a set with what the two looks need, and which coded edges its candidates match."""
    articles = coded_set(data, name)
    out = []
    readings = reader.read_many(Text(AsRead(text).text) for _, text in articles.values())
    for (coded, _), reading in zip(articles.values(), readings, strict=True):
        case = case_of(reading)
        evidence = evidence_of(case)
        case = case._replace(stances=evidence.stances)
        keys, rows = features(case)
        same = found_ends(coded, case.resolution)
        hits = {
            (s, t, p): [
                k
                for k, e in enumerate(coded["edges"])
                if e["polarity"] == p and s in same[e["source"]] and t in same[e["target"]]
            ]
            for s, t, p in keys
        }
        clear = [e.get("clarity", "clear") == "clear" for e in coded["edges"]]
        least = outright(keys, case.stances)
        judge = lambda pairs, e=evidence, case=case: turned_too(reader.judge([(pairs, case)])[0], e)  # noqa: E731
        out.append((keys, rows, hits, clear, least, judge))
    return out


def first_look(article):
    keys, rows, hits, clear, *_ = article
    return rows, [hits[k] for k in keys], clear


def second_look(article, fitted):
    """The same after the judge has read the pairs that a first fit finds likely."""
    keys, rows, hits, clear, least, judge = article
    kept, more = second_features(keys, rows, judge(likely_pairs(keys, np.maximum(chances(fitted, rows), least))))
    floor = dict(zip(keys, least, strict=True))
    return more, [hits[k] for k in kept], clear, np.array([floor[k] for k in kept])


def likeliest(x, y, penalty):
    """Weights of the columns of `x`, by a likelihood from which each weight's square takes its penalty."""
    sign = np.where(y, 1.0, -1.0)

    def cost(w):
        margin = sign * (x @ w)
        p = 1 / (1 + np.exp(np.clip(margin, -30, 30)))
        return np.logaddexp(0, -margin).sum() + penalty @ w**2, 2 * penalty * w - x.T @ (sign * p)

    return minimize(cost, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B").x


def fit(x, y, weight=10.0):
    """Weights of the standardised features, and the bias, by penalised likelihood."""
    mean, scale = x.mean(0), np.maximum(x.std(0), 1e-3)
    penalty = np.r_[np.full(x.shape[1], weight), 0.0]
    w = likeliest(np.c_[(x - mean) / scale, np.ones(len(x))], y, penalty)
    return {
        "mean": mean.round(4).tolist(),
        "scale": scale.round(4).tolist(),
        "weights": w[:-1].round(4).tolist(),
        "bias": round(float(w[-1]), 4),
    }


def score(articles, p, threshold):
    """Precision, recall of the clear edges and F1, matched one to one."""
    matched = predicted = matched_clear = clear = 0
    for (_, hits, is_clear, *_), q in zip(articles, p, strict=True):
        free = [k for k in np.argsort(-q) if q[k] >= threshold]
        predicted, clear = predicted + len(free), clear + sum(is_clear)
        for e in sorted(range(len(is_clear)), key=lambda e: not is_clear[e]):
            hit = next((k for k in free if e in hits[k]), None)
            if hit is not None:
                free.remove(hit)
                matched, matched_clear = matched + 1, matched_clear + is_clear[e]
    precision, recall = matched / max(predicted, 1), matched_clear / max(clear, 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def calibration_error(p, y, bins=10):
    parts = np.array_split(np.argsort(p), bins)
    return float(sum(len(b) * abs(p[b].mean() - y[b].mean()) for b in parts) / len(p))


def stacked(articles):
    return np.concatenate([a[0] for a in articles]), np.concatenate([[bool(h) for h in a[1]] for a in articles])


def matched(articles, fitted):
    """Which candidates are right when each coded edge is matched once, by its likeliest candidate."""
    out = []
    for rows, hits, *_ in articles:
        right = np.zeros(len(hits), bool)
        taken = set()
        for k in np.argsort(-chances(fitted, rows)) if len(hits) else ():
            edge = next((e for e in hits[k] if e not in taken), None)
            if edge is not None:
                taken.add(edge)
                right[k] = True
        out.append(right)
    return np.concatenate(out)


def fit_articles(articles):
    """A first fit to all candidates that match a coded edge, a second to the likeliest for each.

    One actor under two names gives two candidates for one edge; only one of them can count.
    """
    x, y = stacked(articles)
    return fit(x, matched(articles, fit(x, y)))


def judged_fold(articles, part, k):
    """Chances of the articles of a fold, by two looks fitted on the others."""
    others = [a for a, f in zip(articles, part, strict=True) if f != k]
    first = fit_articles([first_look(a) for a in others])
    second = fit_articles([second_look(a, first) for a in others])
    return {i: second_look(articles[i], first) for i in np.flatnonzero(part == k)}, second


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("data", type=Path)
    ap.add_argument("--write", action="store_true")
    o = ap.parse_args()
    warnings.simplefilter("ignore")
    reader = Reader("model")
    sets = {name: candidates(o.data, name, reader) for name in SETS}
    dev = sets["us"] + sets["gb"] + sets["more"]
    remembered = [_remembering(a) for a in dev]
    part = np.random.default_rng(0).permutation(len(dev)) % 8
    looked, p = [None] * len(dev), [np.zeros(0)] * len(dev)
    for k in range(8):  # dev articles are judged by fits that have not seen them
        found, second = judged_fold(remembered, part, k)
        for i, article in found.items():
            looked[i], p[i] = article, np.maximum(chances(second, article[0]), article[3])
    n, m = len(sets["us"]), len(sets["us"] + sets["gb"])
    shown = {"US": slice(n), "British": slice(n, m), "both": slice(m), "ours": slice(m, None)}
    rows = []
    for t in np.arange(0.1, 0.61, 0.05):
        for name, a, q in ((name, looked[part], p[part]) for name, part in shown.items()):
            rows.append((round(t, 2), name, *score(a, q, t)))
    table = pd.DataFrame(rows, columns=["threshold", "articles", "precision", "recall", "f1"])
    print(table.pivot(index="threshold", columns="articles").round(3).to_string())
    first = fit_articles([first_look(a) for a in remembered])
    whole = [second_look(a, first) for a in remembered]
    second = fit_articles(whole)
    truth = matched(looked, second)
    print(f"calibration error {calibration_error(np.concatenate(p), truth):.3f} over {len(truth)} candidates")
    print(dict(zip(SECOND, second["weights"], strict=True)))
    if o.write:
        path = WEIGHTS / "config.json"
        config = json.loads(path.read_text(encoding="utf-8"))
        config |= {"edges": first, "judged": second}
        path.write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")


def _remembering(article):
    """The article, with a judge that reads each pair once."""
    *rest, judge = article
    known = {}

    def recall(pairs):
        new = [p for p in pairs if p not in known]
        known.update(judge(new))
        return {p: known[p] for p in pairs}

    return *rest, recall


if __name__ == "__main__":
    main()
