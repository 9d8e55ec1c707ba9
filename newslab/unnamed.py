"""Who speaks without a name of their own: spokesmen, and people of whom the text tells by a noun, "one MP"."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import TYPE_CHECKING

from newslab.calling import INDEFINITE, name_key
from newslab.offices import NOT_THE_OFFICE, holders, role_fits, role_words

if TYPE_CHECKING:
    from newslab.cast import Cast
    from newslab.page import Page

_MARK = re.compile(r"[“\"‘']")
_ONE = re.compile(r"(?:one|another)\s", re.I)
_UNNAMED = re.compile(rf"an?\s|{_ONE.pattern}", re.I)
_NOUN_END = re.compile(r",|\s(?:who|that|of|to|for|in|at|from|with|on|close|familiar)\s")  # "minister close to Vell"
_THEIR = re.compile(r"['’]s?\s(?:[\w-]+\s){0,2}")  # behind whose spokesman it is: "the chancellor’s official spokesman"
_FOR = re.compile(r"(?:^|\w) (?:for|of|at|from)(?: the)? $")
_SPOKESMEN = {"he": ("spokesman", "spokesperson"), "she": ("spokeswoman", "spokesperson")}
_REACH = 4  # sentences back that somebody goes on from


def speaks_for_next(page: Page, k: int, surface: str) -> bool:
    """Whether the mention behind or within that of a spokesman is whom he speaks for: "spokesman for the ministry"."""
    m, t = page.mentions[k], page.t
    *ahead, noun = m.name.split()
    if k + 1 == len(page.mentions) or _is_bare(ahead, surface):
        return False
    after = page.mentions[k + 1]
    start = m.start if after.start < m.end else m.end  # the body may stand within the mention
    owner = after.end < m.end and _THEIR.fullmatch(t, after.end, max(after.end, m.end - len(noun)))
    return bool(owner or _FOR.search(t[start : after.start]))


def spoken_for(cast: Cast, k: int, surface: str) -> int | None:
    """For whom a spokesman speaks by the words ahead: "an RLV spokesman"; "the spokesman" goes on for who it was."""
    page, m = cast.page, cast.page.mentions[k]
    *ahead, noun = m.name.split()
    if _is_bare(ahead, surface):
        return _spokesman_before(cast, k)
    if not ahead or not INDEFINITE.match(surface):
        return None
    if k + 1 < len(page.mentions):
        body = page.mentions[k + 1]
        if body.kind == "name" and body.end == m.end - len(noun) - 1:
            return cast.of[k + 1]
    key = name_key(" ".join(ahead), "organisation")
    return min(cast.index.key[key], default=None) if key else None


def _is_bare(ahead: Sequence[str], surface: str) -> bool:
    """Whether words are "the spokesman" and tell nothing ahead of the noun."""
    return not ahead and surface.lower().startswith("the ")


def _spokesman_before(cast: Cast, k: int) -> int | None:
    """For whom the spokesman speaks whom the article has told of last."""
    mentions = cast.page.mentions
    role = str(mentions[k].role)
    near = reversed(cast.page.before(k))
    return next((cast.of[j] for j in near if (mentions[j].role or "").lower().endswith(role)), None)


def spokesman_going_on(cast: Cast, k: int) -> int | None:
    """For whom somebody speaks who goes on as the spokesman that spoke last: “We checked it twice,” he said."""
    page, mentions = cast.page, cast.page.mentions
    pronoun = mentions[k].name
    if pronoun not in _SPOKESMEN or page.spans[k] not in page.saying:
        return None
    for j in reversed(page.before(k)):
        last = mentions[j]
        if page.sentence[k] - page.sentence[j] > _REACH:
            break
        if last.name == pronoun or _is_said_by_spokesman(page, j, pronoun):
            continue
        if page.spans[j] in page.saying:
            return cast.of[j] if last.kind == "nominal" and last.role in _SPOKESMEN[pronoun] else None
        part = any(o.end >= last.end for o in mentions[max(j - 3, 0) : j])  # "the minister’s spokesman"
        if last.type == "person" and not last.plural and not part:
            break  # somebody else who may be meant
    return None


def _is_said_by_spokesman(page: Page, j: int, pronoun: str) -> bool:
    """Whether a mention stands between marks, or in other words of a spokesman whom a pronoun may mean."""
    said = page.quoted[j]
    if said is None or page.marked[j]:
        return said is not None
    words = page.t[slice(*page.reading.attributions[said].source or (0, 0))].lower()
    return words == pronoun or any(noun in words for noun in _SPOKESMEN[pronoun])


def unnamed_going_on(cast: Cast, k: int) -> int | None:
    """Of whom the last sentence told without a name, if "they" say something: 'An aide wept. “No,” they said'."""
    page, t, mentions = cast.page, cast.page.text, cast.page.mentions
    said = page.saying.get(page.spans[k])
    start = page.reading.attributions[said].content[0][0] if said is not None else 0
    if said is None or not _MARK.search(t.text, max(start - 1, 0), start + 1):
        return None
    low = bisect_left(page.starts, t.paragraphs[t.paragraph_at(page.starts[k])][0])
    told = [j for j in page.before(k) if j >= low and not page.marked[j] and mentions[j].name != "they"]
    told = [j for j in told if page.sentence[j] == page.sentence[told[-1]]]
    if not told or any(mentions[j].plural for j in told):
        return None
    one = mentions[told[0]]
    opens = page.begins(told[0]) and INDEFINITE.match(t.text, one.start)
    alone = one.kind == "nominal" and one.type == "person" and not t.text.startswith(" and ", one.end)
    return cast.of[told[0]] if opens and alone else None


def speaks_unnamed(page: Page, k: int) -> bool:
    """Whether somebody speaks whom the text tells of without a name: "One MP, who asked not to be named, said"."""
    m = page.mentions[k]
    if m.kind != "nominal" or m.type != "person" or m.plural or m.antecedent is not None or page.marked[k]:
        return False
    return page.tells(k) and _UNNAMED.match(page.t, m.start) is not None


def unnamed_before(cast: Cast, unnamed: Sequence[int], k: int, surface: str) -> int | None:
    """Who of the `unnamed` spoke last, by that noun, and goes on: 'One MP said it was over. “It is,” the MP said'."""
    page, mentions = cast.page, cast.page.mentions
    if mentions[k].type != "person" or not surface.lower().startswith("the "):
        return None
    words = role_words(surface)
    for j in reversed(unnamed[: bisect_left(unnamed, k)]):
        if page.sentence[k] - page.sentence[j] > _REACH:
            break
        told = role_words(_NOUN_END.split(mentions[j].name)[0])
        if role_fits(words, told) and NOT_THE_OFFICE & set(told) <= set(words):
            return cast.of[j] if _goes_on(cast, j, k, words) else None
    return None


def _goes_on(cast: Cast, j: int, k: int, words: Sequence[str]) -> bool:
    """Whether mention `k` is the one without a name at `j`, and not one who is known by these words.

    Who is known must be named ahead of `j`, and from there on in the words of `j` only; if nobody is, no other
    person may be named.
    """
    page, mentions, near = cast.page, cast.page.mentions, range(j + 1, k)
    known = {i for i, _ in holders(cast, words) if cast.actors[i].mentions[0] < k}
    if known:
        new = page.tells(k) and any(cast.actors[i].mentions[0] < j for i in known)
        others = [n for n in near if cast.of[n] in known]
    else:
        new = _ONE.match(page.t, page.starts[j]) is not None
        others = [n for n in near if (mentions[n].kind, mentions[n].type) == ("name", "person")]
    return new and all(_is_said_by(page, j, n) for n in others)


def _is_said_by(page: Page, j: int, n: int) -> bool:
    """Whether mention `n` stands in the words of mention `j`."""
    said = page.quoted[n]
    source = page.reading.attributions[said].source if said is not None else None
    return source is not None and page.spans[j][0] <= source[0] < page.spans[j][1]
