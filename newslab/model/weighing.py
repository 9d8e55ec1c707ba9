"""From pieces of evidence to an edge of the article: how likely it is that the article shows this stance at all.

The heads judge one place at a time and know neither who is who nor what the article is about. Two logistic
regressions, fitted on hand-coded articles (``training/edges.py``), make up for that. The first looks at all evidence
for one source, target and polarity, at what speaks against it, and at how prominent the two are; it chooses the pairs
that the judge (:mod:`newslab.model.judging`) then reads again, and of the others its chance stays. The second looks at
the same and at what the judge says of this pair and of its rivals. Its probability is shared out among the pieces of
evidence, so that together, as independent ones, they come to it again.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from newslab.model.encoder import Array
from newslab.model.judging import Judge, Pair
from newslab.model.meant import meant
from newslab.model.suffered import Turned, turned
from newslab.stance import IN_ORDER, Case, Stance

Key = tuple[int, int, str]  # source, target, polarity

FEATURES = (
    "towards", "towards_2", "speaker", "speaker_2", "both", "both_2", "between", "between_2", "claimed", "own",
    "best", "other_polarity", "reversed", "reversed_other", "rows",
    "source_mentions", "target_mentions", "source_share", "target_share", "source_quotes", "target_quotes",
    "source_described", "target_described", "source_person", "target_person", "source_group", "target_group",
    "positive", "title", "actors", "behind_source", "behind_target", "behind_all", "quoted", "narrated",
    "meant", "meant_near", "meant_often", "deed", "told", "worded", "told_back",
)  # fmt: skip
SECOND = (
    *FEATURES, "judged", "judged_other", "judged_reversed", "judged_chance", "judged_positive", "behind_target_rival",
    "behind_source_rival", "behind_any", "target_rivals", "source_rivals",
)  # fmt: skip
_OPINIONS = ("near", "far")  # rules for words of judgement; the other rules are about acts
_POLARITIES = ("negative", "positive")
_OTHER = {"negative": "positive", "positive": "negative"}
_LOW, _HIGH = 0.03, 0.99
_POSSIBLE = 0.1  # chance at the first look, or by what words say outright, from which the judge reads a pair
_PAIRS = 10  # pairs of an article that it reads, unless more are likely
_LIKELY = 0.2  # chance from which it reads a pair even so, up to twice as many
_UNJUDGED = -5.0  # what the judge would say of a pair that it does not read
_PIECES = 4  # pieces of evidence that an edge keeps: the strongest, none overlapping another
_SURE = 0.5  # chance, by a word and who acts on whom, from which on it says outright what one thinks of another
_STILL = 0.8  # part of that chance which holds where everything else speaks against it
_LEAST = 0.08  # probability below which an edge of an article is not reported


def weigh_many(cases: Sequence[Case], judge: Judge, config: Mapping[str, Any]) -> list[list[Stance]]:
    """Stances of each article with the probability of their edges."""
    looks = [_FirstLook(case, config) for case in cases]
    answers = judge([(look.pairs, look.case) for look in looks])
    return [_weighed(look, found, config) for look, found in zip(looks, answers, strict=True)]


class _FirstLook:
    """What the first regression has to say of an article, and which pairs the judge shall read."""

    def __init__(self, case: Case, config: Mapping[str, Any]) -> None:
        self.evidence = evidence_of(case)
        self.case = case._replace(stances=self.evidence.stances)
        self.keys, self.rows = features(self.case)
        self.told = outright(self.keys, self.case.stances)
        self.chance = np.maximum(chances(config["edges"], self.rows), self.told)
        self.pairs = likely_pairs(self.keys, self.chance)


def _weighed(look: _FirstLook, found: Mapping[Pair, Array], config: Mapping[str, Any]) -> list[Stance]:
    evidence, stances = look.evidence, look.evidence.stances
    keys, rows = second_features(look.keys, look.rows, turned_too(found, evidence))
    told = dict(zip(look.keys, look.told.tolist(), strict=True))
    fitted = np.maximum(chances(config["judged"], rows), [told[key] for key in keys])
    chance = dict(zip(look.keys, look.chance.tolist(), strict=True))  # what stays of pairs that were not read again
    chance |= zip(keys, fitted.tolist(), strict=True)
    for (source, doer), target in evidence.doers.items():
        least = chance.get((source, target, "positive"), 0.0)
        chance[source, doer, "negative"] = max(least, chance.get((source, doer, "negative"), 0.0))
    pieces: dict[Key, list[Stance]] = defaultdict(list)
    likely = [s for s in stances if chance.get((s.source, s.target, s.polarity), 0.0) >= _LEAST]
    for s in sorted(likely, key=lambda s: (-s.probability, s.start, s.end)):
        kept = pieces[s.source, s.target, s.polarity]
        if kept and s.rule.startswith("meant"):
            continue  # only shown where nothing better is
        same = next((n for n, k in enumerate(kept) if s.start < k.end and k.start < s.end), None)
        if same is not None and s.via == "action" and kept[same].via == "reported":
            kept[same] = kept[same]._replace(via="action")  # the rules know a deed when they see one
        elif same is not None and s.via == "quote" and (kept[same].via, kept[same].rule) == ("reported", "between"):
            kept[same] = kept[same]._replace(via="quote", quote=s.quote)  # “Orr lied,” said Vell
        elif same is None and len(kept) < _PIECES:
            kept.append(s)
    out = []
    for key, kept in pieces.items():
        share = np.array([s.probability for s in kept])
        each = 1 - (1 - chance[key]) ** (share / share.sum())
        out += [s._replace(probability=round(float(p), 4)) for s, p in zip(kept, each, strict=True)]
    return sorted(out, key=IN_ORDER)


def evidence_of(case: Case) -> Turned:
    """All evidence of an article in its right direction: the stances that it shows, and towards whom is only meant."""
    return turned([*case.stances, *meant(case)], case.reading, case.resolution)


def turned_too(answers: Mapping[Pair, Array], evidence: Turned) -> dict[Pair, Array]:
    """What the judge says, for and against exchanged where most of what it read is about an act that was suffered."""
    share: dict[Pair, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for s in evidence.stances:
        if s in evidence.changed or s.polarity == "negative":
            share[s.source, s.target][s in evidence.changed] += s.probability
    return {pair: z[::-1] if share[pair][1] > share[pair][0] else z for pair, z in answers.items()}


def chances(fitted: Mapping[str, Any], rows: Array) -> Array:
    """Probabilities that a fitted regression gives to rows."""
    if not len(rows):
        return np.zeros(0)
    logits = ((rows - fitted["mean"]) / fitted["scale"]) @ np.array(fitted["weights"]) + fitted["bias"]
    return 1 / (1 + np.exp(-logits))


def outright(keys: Sequence[Key], stances: Sequence[Stance]) -> Array:
    """Below what no chance falls, where words say outright that one blames or praises another: "Vell accused Orr"."""
    told: dict[Key, float] = defaultdict(float)
    for s in stances:
        if s.claimed_by is None and _sort(s) in ("deed", "act") and s.probability >= _SURE:
            key = s.source, s.target, s.polarity
            told[key] = max(told[key], _STILL * s.probability)
    return np.array([told.get(key, 0.0) for key in keys])


def likely_pairs(keys: Sequence[Key], chance: Array) -> list[Pair]:
    """The pairs that the judge reads: the likeliest of an article, by the numbers of their actors."""
    best: dict[Pair, float] = {}
    for (source, target, _), p in zip(keys, chance.tolist(), strict=True):
        best[source, target] = max(p, best.get((source, target), 0.0))
    chosen = sorted((p for p in best if best[p] >= _POSSIBLE), key=lambda p: (-best[p], p))[: 2 * _PAIRS]
    return sorted(p for n, p in enumerate(chosen) if n < _PAIRS or best[p] >= _LIKELY)


def second_features(keys: Sequence[Key], rows: Array, answers: Mapping[Pair, Array]) -> tuple[list[Key], Array]:
    """Rows of :data:`SECOND` for the keys of the pairs that were judged."""
    judged = {
        (s, t, polarity): float(z)
        for (s, t), zs in answers.items()
        for polarity, z in zip(_POLARITIES, zs, strict=True)
    }
    kept = [n for n, key in enumerate(keys) if key in judged]
    out = []
    for n in kept:
        source, target, polarity = key = keys[n]
        mine = judged[key]
        other = judged[source, target, _OTHER[polarity]]
        alike = {k: z for k, z in judged.items() if k[2] == polarity}
        of_target = [z for k, z in alike.items() if k[1] == target and k[0] != source]
        of_source = [z for k, z in alike.items() if k[0] == source and k[1] != target]
        out.append(
            [mine, other, judged.get((target, source, polarity), _UNJUDGED), 1 / (1 + np.exp(-mine)),
             mine * (polarity == "positive"), max(of_target, default=_UNJUDGED) - mine,
             max(of_source, default=_UNJUDGED) - mine, max(alike.values()) - mine, _odds(of_target), _odds(of_source)]
        )  # fmt: skip
    added = np.array(out, float).reshape(len(kept), len(SECOND) - len(FEATURES))
    return [keys[n] for n in kept], np.c_[rows[kept], added]


def _odds(logits: Sequence[float]) -> float:
    return float(np.log1p(sum(np.exp(min(z, 3.0)) for z in logits)))


def features(case: Case) -> tuple[list[Key], Array]:
    """One row of :data:`FEATURES` for each source, target and polarity that has any evidence."""
    stances, reading, resolution, quotes = case
    number: dict[Key, int] = {}
    of = np.array([number.setdefault((s.source, s.target, s.polarity), len(number)) for s in stances], np.int64)
    keys, n = list(number), len(number)
    if not n:
        return [], np.zeros((0, len(FEATURES)))
    sort = np.array([_SORTS.index(_sort(s)) for s in stances])
    values = _logits(np.array([s.probability for s in stances]))

    def among(*sorts: str) -> Array:
        return np.array([x in sorts for x in _SORTS])[sort]

    def top(*sorts: str) -> tuple[Array, Array]:
        some = among(*sorts)
        return _top(of[some], values[some], n)

    def often(*sorts: str) -> Array:
        return np.bincount(of[among(*sorts)], minlength=n)

    # The two heads that judge a place: what each says of a key at each place, and where both say something
    given = list(zip(of.tolist(), stances, values.tolist(), strict=True))
    towards, speaker = (
        {(k, s.start, s.end): z for k, s, z in given if s.rule == rule} for rule in ("towards", "speaker")
    )
    both = {at: (towards[at] + speaker[at]) / 2 for at in towards.keys() & speaker.keys()}
    by_place = [_top(np.array([k for k, *_ in x], int), np.array([*x.values()]), n) for x in (towards, speaker, both)]
    of_heads = "towards", "speaker", "claimed", "own", "narrated", "meant", "meant near"
    best, told, opinion = top(*of_heads)[0], top("deed", "act")[0], top("opinion")[0]
    meant, near = often("meant", "meant near"), often("meant near")

    def of_others(values: Array, others: list[Key]) -> Array:
        return np.append(values, _FLOOR)[[number.get(key, n) for key in others]]

    other, back, back_other = (
        [(a, b, _OTHER[p]) for a, b, p in keys],
        [(b, a, p) for a, b, p in keys],
        [(b, a, _OTHER[p]) for a, b, p in keys],
    )
    source, target = np.array([key[:2] for key in keys]).T
    positive = np.array([key[2] == "positive" for key in keys]).astype(int)
    actors = resolution.actors
    of_source, of_target = (np.full((len(actors), 2), -9.0) for _ in range(2))
    np.maximum.at(of_source, (source, positive), best)
    np.maximum.at(of_target, (target, positive), best)
    mentions = np.array([len(a.mentions) for a in actors])
    spoken = Counter(q.speaker for q in quotes if q.speaker is not None)
    of_actor = [
        np.log1p(mentions),
        mentions / max(len(reading.mentions), 1),
        np.log1p([spoken[i] for i in range(len(actors))]),
        np.array([a.described for a in actors]),
        *(np.array([a.type == x for a in actors]) for x in ("person", "group")),
    ]
    title = reading.text.paragraphs[0][1] if reading.text.paragraphs else 0
    columns = [
        *(x for pair in by_place for x in pair), *top("narrated"), top("claimed")[0], top("own")[0],
        best, of_others(best, other), of_others(best, back), of_others(best, back_other), np.log1p(often(*of_heads)),
        *(x[end] for x in of_actor for end in (source, target)),
        positive, np.bincount(of[[s.start < title for s in stances]], minlength=n) > 0,
        np.full(n, math.log1p(len(actors))), of_source[source, positive] - best, of_target[target, positive] - best,
        best.max() - best, often("towards") > 0, often("narrated") > 0, meant > 0, near > 0, np.log1p(meant),
        often("deed") > 0, told, opinion, of_others(told, back),
    ]  # fmt: skip
    return keys, np.stack(columns, axis=1).astype(float)


_SORTS = ("towards", "speaker", "claimed", "own", "narrated", "meant", "meant near", "deed", "act", "opinion")


def _sort(s: Stance) -> str:
    """Which of :data:`_SORTS` a piece of evidence is: the heads', a guess at who is meant, or what a rule found."""
    if s.rule == "between":
        return "claimed" if s.claimed_by is not None else "own" if s.via == "quote" else "narrated"
    if s.rule in _SORTS:
        return s.rule
    return "opinion" if s.rule.startswith(_OPINIONS) else "deed" if s.rule.startswith("deed") else "act"


def _logits(p: Array) -> Array:
    p = np.clip(p, _LOW, _HIGH)
    return np.log(p / (1 - p))


_FLOOR = float(_logits(np.zeros(1))[0])


def _top(of: Array, values: Array, n: int) -> tuple[Array, Array]:
    """The highest and the second highest value of each of `n` keys, or the floor; `of` says whose a value is."""
    order = np.lexsort((values, of))
    of, values = of[order], values[order]
    last = np.flatnonzero(np.append(of[1:] != of[:-1], True)) if len(of) else np.zeros(0, int)
    first, second = np.full(n, _FLOOR), np.full(n, _FLOOR)
    first[of[last]] = values[last]
    before = last[(last > 0) & (of[last - 1] == of[last])]
    second[of[before]] = values[before - 1]
    return first, second
