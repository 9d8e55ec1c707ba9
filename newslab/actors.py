"""From mentions to actors: who is who in an article.

:class:`~newslab.page.Page` is what is known at first, :class:`~newslab.cast.Cast` what is found out; :func:`resolve`
lists the passes that go through the mentions one after another. Names come first (:mod:`newslab.named`), then
descriptions tied to them by apposition or role (:mod:`newslab.descriptions`), then pronouns. Each pass joins mentions
to actors; bodies under other names and people described by a standing are merged with others, and before pronouns it is
told who speaks. Whom a mention means that leaves a choice, a trained ranking says (:mod:`newslab.antecedents`) or, for
readers without links, the nearest actor that fits (:mod:`newslab.nearest`). Who speaks, :mod:`newslab.speaking` and
:mod:`newslab.unnamed` say; who is the same across articles, :mod:`newslab.roster`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newslab.antecedents import Ask, candidates, ranked
from newslab.calling import gender_fits
from newslab.cast import Actor, Cast
from newslab.descriptions import join_descriptions, join_standings
from newslab.named import join_known, join_names, join_variants
from newslab.nearest import by_place
from newslab.page import Page
from newslab.pronouns import FIRST_PERSON, GENDER, RELATIVE, SECOND_PERSON
from newslab.reading import Reading
from newslab.speaking import document_source, speakers_of
from newslab.unnamed import spokesman_going_on, unnamed_going_on

if TYPE_CHECKING:
    import pandas as pd

    from newslab.actor_table import ActorTable


# Where one person may be "he" and "she": “I was he once,” she said
_BOTH = re.compile(r"\b(?:trans(?:gender|sexual)?|non-?binary|drag queen)\b", re.IGNORECASE)


@dataclass
class Resolution:
    """The actors of one article, the actor of each mention (or None), and of each attribution's source."""

    actors: list[Actor]
    by_mention: list[int | None]
    speakers: list[int | None]
    how: list[str]


def resolve(
    reading: Reading, table: ActorTable | None = None, day: pd.Timestamp | None = None, ask: Ask = ranked
) -> Resolution:
    """Decide who each mention and each source of an article is.

    Parameters
    ----------
    reading : Reading
    table : ActorTable, optional
        The analyst's actors, which take precedence.
    day : Timestamp, optional
        When the article was published, which decides who holds a role of the table.
    ask : callable, optional
        What decides whom a mention means that leaves a choice; not asked where the reading has no links.

    Returns
    -------
    Resolution
        With one entry of `by_mention` a mention and one of `speakers` and `how` an attribution; `how` is "named",
        "resolved", "continued" or "unknown".
    """
    cast = Cast(Page(reading))
    ask = ask if reading.links else by_place
    if table is not None:
        join_known(cast, table, day)
    join_names(cast)
    if reading.links:
        join_variants(cast, ask)
    join_descriptions(cast, ask)
    cast.tell_speakers(speakers_of(cast)[0])  # as far as they have a name or a description
    _join_pronouns(cast, ask)
    _part_genders(cast, ask)
    join_standings(cast)
    _join_first_person(cast)
    speakers, how = speakers_of(cast)  # now also of speech within speech: “I told him to go”
    return Resolution(cast.actors, cast.of, speakers, how)


def _join_pronouns(cast: Cast, ask: Ask) -> None:
    """Join pronouns of the third person, each after whoever says the words around it."""
    for k, m in enumerate(cast.page.mentions):
        if m.kind == "pronoun" and m.name not in FIRST_PERSON and m.name not in SECOND_PERSON:
            _tell_speaker(cast, ask, k)
            _join_pronoun(cast, ask, k)


def _tell_speaker(cast: Cast, ask: Ask, k: int) -> None:
    """Decide first who says the words around a pronoun, and hardly means himself: “He lied,” he said.

    Where “he lied,” she said, and either may be somebody of whose gender nothing is known, it stays open.
    """
    page, said = cast.page, cast.page.quoted[k]
    if said is None or not page.marked[k] or cast.speakers.get(said) is not None:
        return
    source = page.reading.attributions[said].source
    j = page.at(source) if source else None
    if j is not None and page.mentions[j].name in GENDER and page.quoted[j] != said:
        _join_pronoun(cast, ask, j)
        found, gender = cast.of[j], page.mentions[j].gender
        if found is not None and gender in (cast.actors[found].gender, page.mentions[k].gender):
            cast.speakers[said] = found


def _join_pronoun(cast: Cast, ask: Ask, k: int) -> None:
    """Join a pronoun to whom it means, if to anybody: "who" is whoever stands right before it, or nobody."""
    m = cast.page.mentions[k]
    if cast.of[k] is not None:
        return
    if m.antecedent is not None or m.name in RELATIVE:
        found = None if m.antecedent is None else cast.of[m.antecedent]
    else:
        goes_on = {"it": document_source, "they": unnamed_going_on}.get(m.name, spokesman_going_on)
        found = goes_on(cast, k)
        found = _spoke_before(cast, k) if found is None else found
        found = ask(cast, k) if found is None else found
    if found is not None:
        cast.join(k, found)


def _spoke_before(cast: Cast, k: int) -> int | None:
    """Who spoke last, if a paragraph behind a quotation begins so: “We won,” Vell said. “Yes.” – She thanked."""
    page, m = cast.page, cast.page.mentions[k]
    n = page.text.paragraph_at(m.start)
    if m.name not in ("he", "she") or not n or page.text.paragraphs[n][0] != m.start:
        return None
    end = page.text.paragraphs[n - 1][1]
    said = page.closing.get(end - 2, page.closing.get(end - 1))
    source = None if said is None else page.reading.attributions[said].source
    if said is None or source is None:
        return None
    j = page.at(source)
    spoke = cast.speakers.get(said) if j is None else cast.of[j]
    if spoke is None or (a := cast.actors[spoke]).described or a.type != "person":
        return None
    return spoke if gender_fits(a.gender, m.gender) else None


def _part_genders(cast: Cast, ask: Ask) -> None:
    """Ask anew whom "he" means that was taken for somebody whom "she" surely means too: "Vell lost her seat"."""
    page, mentions = cast.page, cast.page.mentions
    for i, a in enumerate(cast.actors):
        theirs = {k: g for k in a.mentions if (g := mentions[k].gender) and mentions[k].kind == "pronoun"}
        if a.gender or len(set(theirs.values())) < 2 or _BOTH.search(page.t):
            continue
        sure = {g for k, g in theirs.items() if _is_alone_with(cast, k, i)}
        if not sure:  # "she" means nobody else near, and "he" may
            sure = {g for k, g in theirs.items() if not candidates(cast, k)}
        if len(sure) != 1 and i not in cast.speaking:  # “She is late,” he said of her who is not cited by name
            telling = {said: g for k, g in theirs.items() if (said := page.saying.get(page.spans[k])) is not None}
            sure = {g for k, g in theirs.items() if page.marked[k] and telling.get(page.quoted[k], g) != g}
        if len(sure) != 1:
            continue
        a.gender = sure.pop()
        wrong = [k for k, g in theirs.items() if g != a.gender]
        cast.free(i, wrong)
        for k in wrong:
            _join_pronoun(cast, ask, k)


def _is_alone_with(cast: Cast, k: int, i: int) -> bool:
    """Whether a pronoun stands behind somebody's name in a sentence that tells of nobody else ahead of it.

    That is, of nobody whom it may mean: "the man who dropped Vell and still calls her a friend".
    """
    page, mentions, others = cast.page, cast.page.mentions, FIRST_PERSON | SECOND_PERSON
    here = [j for j in page.before(k) if page.sentence[j] == page.sentence[k]]
    told = [(j, m) for j in here if (m := mentions[j]).type == "person" and m.name not in others]
    people = {cast.of[j] for j, m in told if gender_fits(m.gender, mentions[k].gender)}
    named = any(mentions[j].kind == "name" and page.marked[j] == page.marked[k] for j in here if cast.of[j] == i)
    return people == {i} and named and page.spans[k] not in page.saying


def _join_first_person(cast: Cast) -> None:
    """Join "I" and "we" in attributed words to their speaker."""
    speakers = speakers_of(cast)[0]
    for k, m in enumerate(cast.page.mentions):
        said = cast.page.quoted[k]
        if m.kind == "pronoun" and m.name in FIRST_PERSON and said is not None:
            if (speaker := speakers[said]) is not None:
                cast.join(k, speaker)
