"""A second look: what an article shows of one actor towards another, read from the sentences that bear on the two.

The heads read every article once and judge places. For the pairs of actors that then look likely, the *judge*, an
encoder of its own, reads the strongest evidence again, with every piece marked: is it a mention of the source or of the
target, and in whose words does it stand? Its two answers, that the article shows the source against, and for, the
target, go into the weighing (:mod:`newslab.model.weighing`). It reads people under other names than their own, so that
who they are decides nothing. It was trained on hand-coded articles (``training/judge.py``).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from newslab.actors import Actor
from newslab.model.encoder import WEIGHTS, Array, Encoded, Encoder, run_by_length
from newslab.model.heads import gelu
from newslab.reading import Innermost
from newslab.stance import Case, Stance
from newslab.text import Span

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Pair = tuple[int, int]  # source and target, by their numbers in the article

LONGEST = 112  # pieces of a window
_CLS, _SEP = 101, 102
_SENTENCE = 80  # pieces of one sentence, at most; a longer one is cut around the target
# How a piece is marked: 1 + 4 × whose words it stands in + what it mentions; 0 is padding
_SOURCE, _TARGET = 1, 2
N_PLACES = 17
# Names that people have while they are judged
FIRST = (
    "Adele Bruno Carla Dov Edda Farid Greta Hugo Ines Jonas Katya Leon Mira Nils Odile Pavel Rosa Samir Tilda Umar "
    "Vera Wim Yusuf Zora Alan Beth Colin Dana Erik Fiona Gavin Holly Ivan Joyce Keith Lydia Martin Nora Oscar Petra"
).split()
LAST = (
    "Abbot Belmar Castor Dunmore Ekberg Farrow Grieve Halvorsen Ibarra Jessop Kowal Lindqvist Marlowe Nwosu Okafor "
    "Penhallow Quist Rennick Sorley Thackray Ulrich Vance Whitcombe Yarrow Zeller Ashdown Bramley Corrigan Delacroix "
    "Espinoza Fenwick Goddard Hartnell Ingram Jarvis Kessler Lomax Mercer Norwood Oduya Pryce Radley Stavros Tolland "
    "Underhill Voss Wexler Young Zamora Amari Banerjee Chang Dvorsky Eriksen"
).split()


@dataclass(frozen=True, slots=True)
class Window:
    """What the judge reads for one pair: pieces, their features, and their marks."""

    ids: Array
    extra: Array


def windows(pairs: Sequence[Pair], case: Case, pieces: Encoded) -> list[Window]:
    """One window a pair: its strongest pieces of evidence with the sentences around them, in reading order."""
    page = _Page(case, pieces)
    evidence: dict[Pair, list[Stance]] = {pair: [] for pair in pairs}
    for s in case.stances:
        if (s.source, s.target) in evidence:
            evidence[s.source, s.target].append(s)
    strongest = lambda s: (-s.probability, s.start, s.end, s.polarity)  # noqa: E731
    return [page.window(pair, sorted(found, key=strongest)) for pair, found in evidence.items()]


class _Page:
    """An article in pieces, with what the windows need to know of each."""

    def __init__(self, case: Case, pieces: Encoded) -> None:
        _, reading, resolution, quotes = case
        self.e = pieces
        starts = pieces.offsets[:, 0]
        sentences = np.array(reading.text.sentences, np.int64).reshape(-1, 2)
        self.sentences: list[Span] = [(a, b) for a, b in np.searchsorted(starts, sentences).tolist()]
        self.sentence_at = reading.text.sentence_at
        holding = Innermost([q.attribution for q in quotes])
        speakers = [-1]  # of each stretch of the text: -1 the narrator, -2 somebody unknown
        for quote in holding.holder:
            speaker = -1 if quote is None else quotes[quote].speaker
            speakers.append(-2 if speaker is None else speaker)
        self.speakers = np.array(speakers, np.int64)[np.searchsorted(holding.cuts, starts, side="right")]
        self.mentions: dict[int, list[Span]] = defaultdict(list)
        if reading.mentions and len(starts):
            spans = pieces.pieces([(m.start, m.end) for m in reading.mentions])
            for actor, (first, last) in zip(resolution.by_mention, spans.tolist(), strict=True):
                if actor is not None:
                    self.mentions[actor].append((first, last + 1))

    def window(self, pair: Pair, evidence: Sequence[Stance]) -> Window:
        """Evidence by its strength, each time with the sentence before it, as long as there is room."""
        chosen: dict[int, Span] = {}
        room = LONGEST - 1
        meant = any(stance.rule.startswith("meant") for stance in evidence)
        starts = self.e.offsets[:, 0]
        named = [self.sentence_at(int(starts[a])) for a, _ in self.mentions[pair[1]]] if meant else []
        for stance in evidence:
            k = self.sentence_at(stance.start)
            n = bisect_right(named, k)
            last = (named[n - 1 : n] or named[:1]) if stance.rule.startswith("meant") else []
            for j in (k, *last, k - 1):
                if j >= 0 and j not in chosen:
                    span = self._cut(self.sentences[j], pair[1])
                    if span[1] - span[0] < room:
                        chosen[j] = span
                        room -= span[1] - span[0] + 1
        return self._marked([chosen[j] for j in sorted(chosen)], pair)

    def _cut(self, sentence: Span, target: int) -> Span:
        """A sentence that is too long, around the first mention of the target in it."""
        a, b = sentence
        if b - a <= _SENTENCE:
            return sentence
        inside = [s for s in self.mentions[target] if a <= s[0] < b]
        middle = inside[0][0] if inside else a
        start = min(max(a, middle - _SENTENCE // 2), b - _SENTENCE)
        return start, start + _SENTENCE

    def _marked(self, spans: Sequence[Span], pair: Pair) -> Window:
        pieces = [-1]
        for a, b in spans:
            pieces += [*range(a, b), -1]
        at = np.array(pieces[:LONGEST], np.int64)
        real = at >= 0
        ids = np.where(real, self.e.ids[at], _SEP)
        ids[0] = _CLS
        extra = np.zeros((len(at), 4), np.int64)
        extra[real, :3] = self.e.extra[at[real]]
        mention = np.zeros(len(self.e.ids), np.int64)
        for role, actor in ((_SOURCE, pair[0]), (_TARGET, pair[1])):
            for a, b in self.mentions[actor]:
                mention[a:b] |= role
        speakers = self.speakers[at[real]]
        whose = np.full(len(speakers), 3)
        for k, speaker in ((2, pair[1]), (1, pair[0]), (0, -1)):
            whose[speakers == speaker] = k
        extra[real, 3] = 1 + 4 * whose + mention[at[real]]
        return Window(ids, extra)


# ---- other names ---------------------------------------------------------------------------------------------------


def people_words(actors: Iterable[Actor]) -> dict[str, str]:
    """The words of people's names, in small letters: "first" or "last"."""
    out: dict[str, str] = {}
    for a in actors:
        for name in a.names if a.type == "person" else ():
            words = [w for w in re.findall(r"[^\W\d_][\w-]+", name) if w[0].isupper()]
            if 0 < len(words) <= 3:
                for w in words[:-1]:
                    out.setdefault(w.lower(), "first")
                out.setdefault(words[-1].lower(), "last")
    return out


class Renamer:
    """Puts other names into windows, the same for the same word all through a window."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer
        self.words = [tokenizer.id_to_token(i).removeprefix("##") for i in range(tokenizer.get_vocab_size())]
        self.pools = {"first": self.pieces(FIRST), "last": self.pieces(LAST)}

    def pieces(self, words: Iterable[str]) -> list[list[int]]:
        """The pieces of each word."""
        return [self.tokenizer.encode(w.lower(), add_special_tokens=False).ids for w in words]

    def __call__(
        self, window: Window, kinds: Mapping[str, str], pick: Callable[[str], Sequence[int]] | None = None
    ) -> Window:
        """The window with other pieces for the capitalised words in `kinds`; by default each kind's in their order."""
        if not kinds:
            return window
        order = {kind: iter(pool * 9) for kind, pool in self.pools.items()}
        new: dict[str, Sequence[int]] = {}
        ids: list[int] = []
        extra: list[list[int]] = []
        at, given, old = 0, window.ids.tolist(), window.extra.tolist()
        for opens, (look, mark, start, place) in enumerate(old):
            if look not in _CAPITAL:
                continue
            end = opens + 1
            while end < len(old) and old[end][0] and old[end][0] % 2 == 0:
                end += 1  # the pieces that go on with the word
            word = "".join(self.words[i] for i in given[opens:end])
            kind = kinds.get(word)
            if kind is None:
                continue
            if word not in new:
                new[word] = pick(kind) if pick else next(order[kind])
            ids += given[at:opens]
            extra += old[at:opens]
            for k, piece in enumerate(new[word]):
                ids.append(piece)
                extra.append([2, mark, 1, place] if k else [3, mark, start, place])
            at = end
        ids += given[at:]
        extra += old[at:]
        return Window(np.array(ids[:_ROOM], np.int64), np.array(extra[:_ROOM], np.int64))


_CAPITAL = (3, 7)  # how the first piece of a word with a capital there is marked (newslab/model/encoder.py)
_ROOM = 128  # pieces of a window in which names have become longer


class Judge:
    """The bundled judge.

    Parameters
    ----------
    encoder : Encoder
        Whose tokenizer and weights of heads it uses.
    folder : Path
        Holds judge.onnx.
    workers : int, optional
        Threads. Default one for each core.
    """

    def __init__(self, encoder: Encoder, folder: Path = WEIGHTS, workers: int | None = None) -> None:
        self.session = encoder.open_session(folder / "judge.onnx", workers)
        self.tokenize = encoder.tokenize
        of_judge = (k for k in encoder.weights if k.startswith("judge."))
        self.weights = {k.removeprefix("judge."): np.ascontiguousarray(encoder.weights[k]) for k in of_judge}
        self.rename = Renamer(encoder.tokenizer)

    def __call__(self, asked: Sequence[tuple[Sequence[Pair], Case]]) -> list[dict[Pair, Array]]:
        """Logits that an article shows the source against, and for, the target; for the pairs of each article.

        All windows go through the encoder together, since one by itself takes longer; a pair's answer does not
        depend on the others.
        """
        found: list[Window] = []
        for pairs, case in asked:
            if pairs:
                kinds = people_words(case.resolution.actors)
                pieces = self.tokenize(case.reading.text.text)
                found += [self.rename(w, kinds) for w in windows(pairs, case, pieces)]
        logits = iter(self.logits(found))
        return [{pair: next(logits) for pair in pairs} for pairs, _ in asked]

    def logits(self, found: Sequence[Window]) -> Array:
        """The judge's two answers (windows, 2)."""
        w = self.weights
        hidden = np.zeros((len(found), len(w["hidden.bias"])), np.float32)
        roles = [np.maximum(window.extra[:, 3] - 1, 0) % 4 for window in found]
        used = [np.append(0, np.flatnonzero(role)) for role in roles]  # its first piece, and mentions of the two
        for k, h in run_by_length(self.session, [x.ids for x in found], [x.extra for x in found], used):
            parts = [h[0]]
            for mark in (_SOURCE, _TARGET):
                inside = (roles[k][used[k]] & mark) > 0
                parts.append(h[inside].mean(0) if inside.any() else np.zeros_like(h[0]))
            # one window at a time, for a product of many rows is summed in another order than that of one
            hidden[k] = w["hidden.weight"] @ np.concatenate(parts) + w["hidden.bias"]
        out = [w["out.weight"] @ x + w["out.bias"] for x in gelu(hidden)]
        return np.array(out, np.float32).reshape(len(found), 2)
