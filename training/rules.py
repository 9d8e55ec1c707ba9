"""Measure on training articles how often hand coders confirm what the rules find.

usage: python training/rules.py DATA [--write]     (DATA holds polnear/train/text and gold/train)

Of opinions it is the share of each rule. Of acts it is a logistic regression on the rule, its word, and the kind of its
two ends, since "Vell attacked Orr" is confirmed far more often than "activists attacked Orr"; penalties draw a rare
word towards its rule. rule_precision.tsv has what it says of a word between two actors with names, and rule_ends.tsv by
how much other ends multiply these odds. Prints for five parts of the articles how well the other four foretell them.
"""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from codings import coded_set, found_ends
from edges import likeliest

from newslab.actors import Resolution
from newslab.reading import Reader, Reading
from newslab.stance import case_of, ends_of
from newslab.text import AsRead, Text

LEXICONS = Path(__file__).resolve().parents[1] / "newslab" / "lexicons"
PRIOR = (1.0, 2.0)  # one right of two, so that a rare rule is not certain
LEAST = 3  # finds with one word, from which on it has a share of its own
PENALTY = {"rule": 0.05, "word": 1.0, "end": 0.05}  # of the squared weight


@dataclass(frozen=True)
class Find:
    """One find of a rule, once for each pair of actors of an article."""

    article: str
    rule: str
    ends: tuple[str, ...]
    right: bool


def finds(data: Path) -> tuple[list[Find], list[Find]]:
    """Opinions and acts of all training articles."""
    reader = Reader("rules")
    opinions: dict[object, Find] = {}
    acts: dict[object, Find] = {}
    for name, (gold, text) in coded_set(data, "train").items():
        reading = reader.read(Text(AsRead(text).text))
        case = case_of(reading)
        edges = _edges(gold, case.resolution)
        for s in case.stances:
            if s.rule.startswith(("near", "far")):
                key = s.source, s.target, s.polarity
                opinions.setdefault((name, *key, s.rule), Find(name, s.rule, (), key in edges))
        for key, rule, kinds in _acts(reading, case.resolution):
            acts.setdefault((name, *key, rule, kinds), Find(name, rule, kinds, key in edges))
    return list(opinions.values()), list(acts.values())


def _edges(gold: dict, resolution: Resolution) -> set[tuple[int, int, str]]:
    """Coded edges between the actors that were found."""
    same = found_ends(gold, resolution)
    return {(s, t, e["polarity"]) for e in gold["edges"] for s in same[e["source"]] for t in same[e["target"]]}


def _acts(reading: Reading, resolution: Resolution) -> list[tuple[tuple[int, int, str], str, tuple[str, ...]]]:
    out = []
    for act in reading.acts:
        source, target = resolution.by_mention[act.source], resolution.by_mention[act.target]
        if source is not None and target is not None and source != target:
            polarity = "positive" if act.polarity > 0 else "negative"
            out.append(((source, target, polarity), act.rule, ends_of(act, reading, resolution)))
    return out


def fit(acts: list[Find]) -> dict[str, float]:
    """Weights of rules, of words and of ends."""
    count = Counter(f.rule for f in acts)
    number: dict[str, int] = {}
    penalty: list[float] = []

    def at(name: str, kind: str) -> int:
        if name not in number:
            number[name] = len(number)
            penalty.append(PENALTY[kind])
        return number[name]

    places = []
    for f in acts:
        mine = [at(f.rule.split()[0], "rule"), *(at(end, "end") for end in f.ends)]
        places.append(mine + ([at(f.rule, "word")] if " " in f.rule and count[f.rule] >= LEAST else []))
    x = np.zeros((len(acts), len(number)))
    for row, mine in zip(x, places, strict=True):
        row[mine] = 1
    w = likeliest(x, [f.right for f in acts], np.array(penalty))
    return {name: float(w[n]) for name, n in number.items()}


def chance(weights: dict[str, float], rule: str, ends: tuple[str, ...] = ()) -> float:
    """Probability that coders confirm a find."""
    z = sum(weights.get(name, 0.0) for name in {rule.split()[0], rule, *ends})
    return float(1 / (1 + np.exp(-z)))


def loss(acts: list[Find], parts: int = 5) -> float:
    """Mean negative log likelihood of a find, each part of the articles by a fit to the others."""
    part = {a: n % parts for n, a in enumerate(sorted({f.article for f in acts}))}
    total = 0.0
    for k in range(parts):
        weights = fit([f for f in acts if part[f.article] != k])
        for f in acts:
            if part[f.article] == k:
                p = chance(weights, f.rule, f.ends)
                total -= np.log(p if f.right else 1 - p)
    return total / len(acts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--write", action="store_true", help="replace the shipped tables")
    options = parser.parse_args()
    opinions, acts = finds(options.data)
    bare = [Find(f.article, f.rule, (), f.right) for f in acts]
    print(f"{len(acts)} acts; loss {loss(acts):.4f}, without their ends {loss(bare):.4f}")
    weights = fit(acts)
    count, right = Counter(), Counter()
    for f in acts + opinions:
        names = {f.rule, f.rule.split()[0], *f.ends}
        count.update(names)
        right.update(names if f.right else ())
    shares = {r: (right[r] + PRIOR[0]) / (count[r] + PRIOR[1]) for r in {f.rule for f in opinions}}
    factors = sorted({end for f in acts for end in f.ends})
    shares |= {name: chance(weights, name) for name in weights if name not in factors}
    for name in [*sorted(shares), *factors]:
        value = f"{shares[name]:.3f}" if name in shares else f"odds × {np.exp(weights[name]):.2f}"
        print(f"{name:24} {right[name]:5} of {count[name]:5}  {value}")
    if options.write:
        _write(
            "rule_precision.tsv",
            "# Share of a rule's finds that hand coders confirm, on training articles (training/rules.py); of acts,\n"
            "# between two actors with names.\n"
            "rule\tprecision",
            [f"{rule}\t{shares[rule]:.3f}" for rule in sorted(shares)],
        )
        _write(
            "rule_ends.tsv",
            "# By how much other ends multiply the odds that coders confirm an act (training/rules.py). own: I, we;\n"
            "# described: an actor without a name. + praise, - blame.\n"
            "end\todds",
            [f"{end}\t{np.exp(weights[end]):.3f}" for end in factors],
        )


def _write(name: str, head: str, lines: list[str]) -> None:
    (LEXICONS / name).write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
