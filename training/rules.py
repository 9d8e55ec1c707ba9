"""Measure on training articles how often hand coders confirm what each rule finds; writes rule_precision.tsv.

usage: python training/rules.py DATA [--write]     (DATA holds polnear/train/text and gold/train)
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path

from newslab.actors import resolve
from newslab.coding import same_actor
from newslab.quotes import complete, quotes_of
from newslab.reading import Reader
from newslab.stance import stances_of
from newslab.text import Text

OUT = Path(__file__).resolve().parents[1] / "newslab" / "lexicons" / "rule_precision.tsv"
PRIOR = (1.0, 2.0)  # one right of two, so that a rare rule is not certain
AS_RULE = 3.0  # finds with one word that weigh as much as the share of its whole rule
LEAST = 3  # finds with one word, from which on it has a share of its own


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--write", action="store_true", help="replace the shipped table")
    options = parser.parse_args()
    reader = Reader("rules")
    right: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for file in sorted((options.data / "gold" / "train").glob("*.json")):
        gold = json.loads(file.read_text(encoding="utf-8"))
        path = options.data / "polnear" / "train" / "text" / f"{file.stem}.txt"
        reading = reader.read(Text(path.open(encoding="utf-8", newline="").read()))
        complete(reading)
        resolution = resolve(reading)
        coded = {a["name"]: a for a in gold["actors"]}
        seen = set()
        for stance in stances_of(reading, resolution, quotes_of(reading, resolution)):
            rules = {stance.rule, stance.rule.split()[0]}
            rules = {r for r in rules if (stance.source, stance.target, stance.polarity, r) not in seen}
            seen |= {(stance.source, stance.target, stance.polarity, r) for r in rules}
            ends = []
            for actor in (resolution.actors[stance.source], resolution.actors[stance.target]):
                ends.append({"name": actor.name, "type": actor.type, "aliases": list(actor.aliases)})
            confirmed = any(
                e["polarity"] == stance.polarity
                and same_actor(coded.get(e["source"], {"name": e["source"]}), ends[0])
                and same_actor(coded.get(e["target"], {"name": e["target"]}), ends[1])
                for e in gold["edges"]
            )
            found.update(rules)
            right.update(rules if confirmed else ())
    lines = []
    shares = {r: (right[r] + PRIOR[0]) / (found[r] + PRIOR[1]) for r in found if " " not in r}
    for rule in sorted(r for r in found if r in shares or found[r] >= LEAST):
        share = shares.get(rule) or (right[rule] + AS_RULE * shares[rule.split()[0]]) / (found[rule] + AS_RULE)
        print(f"{rule:24} {right[rule]:5} of {found[rule]:5}  {share:.3f}")
        lines.append(f"{rule}\t{share:.3f}\n")
    if options.write:
        head = "# Share of a rule's stances that hand coders confirm, on training articles (training/rules.py).\n"
        OUT.write_text(head + "rule\tprecision\n" + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
