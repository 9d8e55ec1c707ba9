"""Choose the limits of decoding and calibrate the two span heads: ``python training/calibrate.py DATA [--write]``.

All on dev data. Limits: those of attributions by their figures on PolNeAR dev, that of mentions by span F1 on GUM dev,
one after the other. Stance: a bias for the rare classes by macro-F1 on DSE, then the temperature that makes the truth
likeliest. Target sentiment: the temperature on the tenth of NewsMTSC that training leaves out. ``--write`` stores them
in the model's config.json; training/edges.py must be run again afterwards.
"""

import argparse
import json
import sys
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))
import prepare
import quality

import newslab as nl
from newslab.model.encoder import WEIGHTS
from newslab.model.heads import STANCES
from newslab.model.mentions import merge_mentions
from newslab.model.reader import _unmasked
from newslab.quotes import complete
from newslab.rules.mentions import find_mentions
from newslab.text import Text

GRID = {
    "anchor": (0.3, 0.4, 0.5, 0.6),
    "content": (0.4, 0.5, 0.6, 0.7),
    "source": (0.3, 0.4, 0.5, 0.6),
    "cue": (0.4, 0.5, 0.6),
    "claim": (0.1, 0.15, 0.3),
    "loose": (0.4, 0.5, 0.6),
}
MARGIN = 0.005  # above a floor, for these figures are flattering where limits are chosen by them


class Attributed:
    """PolNeAR dev, encoded once: how good its attributions are; what is not well above a floor counts four times."""

    def __init__(self, reader, data):
        self.reader = reader
        part = data / "polnear" / "dev"
        frame = nl.read_articles(part / "text", progress=False)
        self.coders = quality.first_coders(part)
        self.frame, self.texts = frame, [Text(t) for t in frame["text"]]
        self.encoded = reader.encoder.encode([_unmasked(t) for t in self.texts])

    def attributions_many(self, texts):
        found = [self.reader._attributed(t, e).attributions for t, e in zip(self.texts, self.encoded, strict=True)]
        self.found = found
        one = lambda span: [span] if span else []  # noqa: E731
        return [[{"source": one(a.source), "cue": one(a.cue), "content": list(a.content)} for a in f] for f in found]

    def quality(self):
        tokens = quality.tokens(self, self.frame, self.coders)
        rows = []
        for ident, text, reading in zip(self.frame["article_id"], self.texts, self.found, strict=True):
            whole = nl.reading.Reading(text, nl.quotation.find_quotations(text), attributions=list(reading))
            complete(whole)
            for a in whole.attributions:
                start, end = a.source or (None, None)
                rows.append({"article_id": ident, "spans": list(a.content), "source_start": start, "source_end": end})
        table = quality.attributions(_Tables(self.frame, rows), self.coders)
        figures = {f"tokens: {k}": v for k, v in tokens.items()}
        figures |= {f"{kind}: {c}": row[c] for kind, row in table.iterrows() for c in table.columns}
        short = sum(max(0.0, floor + MARGIN - figures[k]) for k, floor in quality.FLOORS.items() if k in figures)
        return sum(figures.values()) / len(figures) - 3 * short


class _Tables:
    """What quality.attributions looks at of an analysis."""

    def __init__(self, articles, quotes):
        import pandas as pd

        self.articles, self.quotes = articles, pd.DataFrame(quotes)


def limits(reader, data):
    polnear = Attributed(reader, data)
    for key, values in [*GRID.items()] * 2:  # what is best for one depends on the others
        trial = {}
        for value in values:
            reader.heads.limits[key] = value
            trial[value] = polnear.quality()
        reader.heads.limits[key] = max(trial, key=trial.get)
        print(key, {k: round(v, 4) for k, v in trial.items()}, flush=True)
    rows = [r for r in prepare.gum(data) if r["split"] == "dev"]
    texts = [Text(r["text"]) for r in rows]
    encoded = reader.encoder.encode([_unmasked(t) for t in texts])
    gold = {(r["id"], *m[:2]) for r in rows for m in r["mentions"] if m[2] != "place" and m[3] != "pronoun"}
    trial = {}
    for value in (0.35, 0.4, 0.45, 0.5, 0.55):
        found = {
            (r["id"], m.start, m.end)
            for r, t, e in zip(rows, texts, encoded, strict=True)
            for m in merge_mentions(t, find_mentions(t), reader.heads.mentions(e), limit=value)
            if m.type != "place" and m.kind != "pronoun"
        }
        trial[value] = 2 * len(found & gold) / (len(found) + len(gold))
    reader.heads.limits["mention"] = max(trial, key=trial.get)
    print("mention", {k: round(v, 4) for k, v in trial.items()}, flush=True)


def temperature(logits, truth):
    """The temperature that makes the truth likeliest."""

    def cost(log_t):
        return -log_softmax(logits / np.exp(log_t), axis=1)[np.arange(len(truth)), truth].mean()

    return float(np.exp(minimize_scalar(cost, bounds=(-2, 2), method="bounded").x))


def calibrate(reader, data):
    config = reader.encoder.config
    config["bias"] = {"stance": [0.0] * 3, "target": [0.0] * 3}
    config["temperatures"] = {"stance": 1.0, "target": 1.0}
    rows = list(prepare.dse(data, "valid", Counter()))
    texts, p, q = ([r[k] for r in rows] for k in ("text", "p", "q"))
    both = np.log([[x[c] for c in STANCES] for x in reader.stance_many(texts + texts, p + q, q + p)])
    label = np.array([r["label"] for r in rows])
    steps = np.arange(-1, 2.01, 0.25)
    trial = np.zeros((len(steps), len(steps)))
    for i, negative in enumerate(steps):
        for j, positive in enumerate(steps):
            z = softmax(both + [0, negative, positive], axis=1)
            guess = quality.five_classes(z[: len(rows)], z[len(rows) :])
            trial[i, j] = quality.macro_f1(label, guess, 5)
    padded = np.pad(trial, 1, mode="edge")  # a good place among good places, not a lucky one
    smooth = sum(padded[a : a + len(steps), b : b + len(steps)] for a in range(3) for b in range(3)) / 9
    i, j = np.unravel_index(smooth.argmax(), smooth.shape)
    config["bias"]["stance"] = [0.0, float(steps[i]), float(steps[j])]
    config["temperatures"]["stance"] = round(temperature(both + config["bias"]["stance"], quality.directed(label)), 4)
    print("DSE without bias", round(trial[4, 4], 4), "with", config["bias"]["stance"], round(trial[i, j], 4))
    rows = [(r["text"], t) for r in prepare.newsmtsc(data) if r["split"] == "dev" for t in r["targets"]]
    found = reader.target_sentiment_many([text for text, _ in rows], [tuple(t[:2]) for _, t in rows])
    logits = np.log([[x[c] for c in STANCES] for x in found])
    config["temperatures"]["target"] = round(temperature(logits, np.array([t[2] for _, t in rows])), 4)
    print("temperatures", config["temperatures"])


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("data", type=Path)
    ap.add_argument("--write", action="store_true")
    o = ap.parse_args()
    warnings.simplefilter("ignore")
    reader = nl.Reader("model")
    limits(reader, o.data)
    calibrate(reader, o.data)
    if o.write:
        path = WEIGHTS / "config.json"
        path.write_text(json.dumps(reader.encoder.config, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
