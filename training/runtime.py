"""The reading model at run time: numpy, onnxruntime and tokenizers only.

One pass of the encoder turns each window of text into token vectors; everything else (attributions, mentions, stance
of one span towards another, sentiment towards a span) is a few small matrix products over these vectors. The training
scripts take their features from this file, so that training and use cannot drift apart.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np

WINDOW = 256  # tokens of a window, the two special ones included
STRIDE = 176  # tokens from one window to the next
CLS, SEP, PAD = 101, 102, 0
ROLES = ("source", "cue", "content")
TYPES = ("person", "organisation", "place")
KINDS = ("name", "nominal", "pronoun")
STANCE = ("neutral", "negative", "positive")
MARKS = {"“": 1, "«": 1, "”": 2, "»": 2, '"': 3, "‘": 4, "’": 4, "'": 4}
MAX_MENTION = 40  # tokens

_QUOTE = re.compile('["“”]')


def inside_quotes(text):
    """Boolean per character: between double quotation marks (by line; an unclosed mark runs to the end of its line)."""
    inside = np.zeros(len(text) + 1, bool)
    offset = 0
    for line in text.split("\n"):
        opened = None
        for m in _QUOTE.finditer(line):
            closes = m.group() == "”" or (m.group() == '"' and opened is not None)
            if opened is not None:
                inside[offset + opened : offset + m.start()] = True
            opened = None if closes else m.end()
        if opened is not None:
            inside[offset + opened : offset + len(line)] = True
        offset += len(line) + 1
    return inside


def _shape(piece):
    if piece.isalpha():
        if piece.islower():
            return 0
        if len(piece) == 1:
            return 1
        return 2 if piece.isupper() else 1 if piece[1:].islower() else 3
    return 4 if piece.isdigit() else 5 if not piece[:1].isalnum() else 3


def tokenise(tokenizer, text):
    """Token ids (n) and, per token, offsets (n, 2), case shape, quotation mark with state, and paragraph start."""
    e = tokenizer.encode(text, add_special_tokens=False)
    n = len(e.ids)
    offsets = np.array(e.offsets, np.int64).reshape(n, 2)
    inside = inside_quotes(text)
    extra = np.zeros((n, 3), np.int64)
    before = 0
    for i, (s, t) in enumerate(e.offsets):
        piece = text[s:t]
        joined = s == before and i > 0 and piece[:1].isalnum() and text[s - 1].isalnum()
        extra[i] = 1 + 2 * _shape(piece) + joined, 1 + MARKS.get(piece, 0) + 5 * inside[s], 1
        if i == 0 or "\n" in text[before:s]:
            extra[i, 2] = 2
        before = t
    return {"ids": np.array(e.ids, np.int64), "offsets": offsets, "extra": extra}


def window_starts(n, size=WINDOW - 2, stride=STRIDE):
    """Start of each window over ``n`` tokens; the last one ends with the text."""
    if n <= size:
        return [0]
    return [*range(0, n - size, stride), n - size]


def stack(items, length=None):
    """Window pieces (dicts with ``ids`` and ``extra``) as padded arrays with the special tokens: ids, extra."""
    length = length or max(len(w["ids"]) for w in items) + 2
    ids = np.zeros((len(items), length), np.int64)
    extra = np.zeros((len(items), length, 3), np.int64)
    for i, w in enumerate(items):
        n = len(w["ids"])
        ids[i, 0], ids[i, 1 : n + 1], ids[i, n + 1] = CLS, w["ids"], SEP
        extra[i, 1 : n + 1] = w["extra"]
    return ids, extra
