"""Interviews and transcripts: whose words follow an "A:", or a name and a colon, as in "VELL: No."."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from operator import itemgetter

from newslab.naming import by_generation
from newslab.reading import Attribution, Innermost, Mention, Reading, in_order
from newslab.rules.lexicons import lexicons
from newslab.text import Cover, Span, Text, lowercase_words

# "Q:", "Question.", and "QWhat", as archives have it where the letter was an ornament
_QUESTION = re.compile(r"(?:Q(?:uestion)?|QUESTION)\s?[:.]\s*|Q(?!Anon)(?=[A-Z][a-z’'])")
_ANSWER = re.compile(r"(?:A(?:nswer)?|ANSWER)\s?[:.]\s*")
# Who speaks next in a transcript: "VELL: ", "Sen. Ona Vell: ", "BO LIND, RLV HOST: ", "REP. ONA VELL (D-OH): "
_NAME = re.compile(
    r"((?:[^\W\d_a-z]\.|[^\W\d_a-z][\w’'-]+\.?)(?:\s(?:[^\W\d_a-z]\.|[^\W\d_a-z][\w’'-]+\.?)){0,4})"
    r"(?:,\s[^\W\d_a-z][^:\n]{1,40}|\s\([^()\n]{1,40}\))?:\s+(?=\S)"
)
_DIRECTION = re.compile(r"[(\[][^()\[\]\n]{1,80}[)\]]")  # "(CROSSTALK)"
HOSTS = frozenset("anchor announcer audience crowd host interviewer moderator narrator presenter voice".split())
_TEAM = re.compile(r"(?:[^\W\d_a-z][\w’'-]+(?:\s[^\W\d_a-z][\w’'-]+)?[,;]\s){3}")  # "Hollin: Orr, Lind, Marsh, Vell."
_TWO = re.compile(r"(?<![\w’'-])([A-Z][\w’'-]*)\.?\s(?=([A-Z][\w’'-]*))")
_TALK = (
    r"(?:spoken?|speaks|talk(?:s|ed)?|chat(?:s|ted)|s[ai]ts?\sdown|c(?:aught|atches)\sup|conversation|interview(?:s|ed)?|"
    r"Q\s?&\s?A)"
)
_INTERVIEW = re.compile(rf"\b(?:{_TALK}|answer(?:s|ed)|edited)\b")
# Ahead of whoever is asked: "spoke on Monday to", "an interview with the singer", "sat down with the union’s leader, "
_ASKED = re.compile(  # bounded: 120 characters
    rf"\b(?:{_TALK}\s(?:(?!about|against|of|out)\w+\s){{0,3}}?(?:to|with)|interview(?:s|ed|\sof)|[Ww]e\sasked)\s"
    r"(?:(?:the|its|our|an?)\s[a-z\s’'-]+,\s|"
    r"(?:(?!(?:about|after|ahead|amid|and|as|at|before|by|during|from|on|over|when|while)\s)[\w’'&-]+\s){0,8})\Z"
)
# Ahead of whoever asks; bounded: 16 characters
_ASKING = re.compile(r"(?:['’]s|\b(?:reporter|writer|editor|correspondent|columnist|journalist|presenter|host|by))\s\Z")
_WORD = re.compile(r"\w+")
_LEAST = 4  # turns of a transcript
_LONGEST = 120  # characters of who speaks there
_NEAR = 12  # characters from whoever speaks to "spoke"
_I, _WE = re.compile(r"\b(?:I|[Mm]y)\b"), re.compile(r"\b(?:[Ww]e|us|[Oo]ur)\b")


@dataclass(slots=True)
class _Turn:
    """A question or an answer: where its mark stands, its paragraphs, the first without the mark, and who speaks."""

    start: int
    answer: bool
    paragraphs: list[Span]
    who: Span | None = None


def give_answers(reading: Reading) -> None:
    """Attribute the turns of a transcript to whoever they name, and the answers of an interview to whoever gives them.

    The questions of an interview are nobody's quotation.
    """
    t, turns = reading.text.text, _turns(reading.text)
    answers = [turn for turn in turns if turn.answer]
    if len(answers) < 2:
        turns = answers = named_turns(reading.text)
        _name_speakers(reading, turns)
    elif who := _interviewed(reading, turns[0].start, answers):
        outside = {_surname(who), "edited", "condensed"}  # further paragraphs with these words are the narrator's again
        for turn in answers:
            told = (k for k, p in enumerate(turn.paragraphs) if k and not outside.isdisjoint(_WORD.findall(t, *p)))
            turn.who, turn.paragraphs = (who.start, who.name_end(t)), turn.paragraphs[: next(told, None)]
    if not answers or answers[0].who is None:
        return
    inner = {o: s for q in reading.quotations for o, s in zip(q.outer, q.spans, strict=True)}  # without marks around
    found = _without_turns(reading, turns)
    for x in answers:
        content = tuple(inner.get(p, p) for p in x.paragraphs)
        found.append(Attribution(content, x.who, None, "answer"))
    reading.attributions = in_order(found)


def behind_marks(text: Text) -> dict[int, int]:
    """Where the words of a question or answer begin, by where its mark does: "A. I will"."""
    turns = _turns(text)
    return {x.start: x.paragraphs[0][0] for x in turns} if sum(x.answer for x in turns) > 1 else {}


def _turns(text: Text) -> list[_Turn]:
    """Questions and their answers, each with the unmarked paragraphs that follow; an answer follows a question."""
    turns: list[_Turn] = []
    for a, b in text.paragraphs:
        question = _QUESTION.match(text.text, a, b)
        answer = _ANSWER.match(text.text, a, b) if turns and not turns[-1].answer else None
        if mark := question or answer:
            turns.append(_Turn(a, question is None, [(mark.end(), b)] if mark.end() < b else []))
        elif turns:
            turns[-1].paragraphs.append((a, b))
    return [turn for turn in turns if turn.paragraphs]


def named_turns(text: Text) -> list[_Turn]:
    """The turns of a transcript, if two at least speak twice: "VELL: No.", "LIND: Yes."; further paragraphs too.

    These only where most paragraphs begin with a name, and not behind the last turn, where a report may go on.
    """
    t, turns = text.text, []
    if t.count(": ") < _LEAST:
        return []
    labels = [_NAME.match(t, a, b) if t.find(": ", a, a + _LONGEST) > 0 else None for a, b in text.paragraphs]
    if len(labels) - labels.count(None) < _LEAST:
        return []
    opened, called = False, _called_by(t)
    for (a, b), named in zip(text.paragraphs, labels, strict=True):
        if named and _is_somebody(named[1], called):
            turns.append(_Turn(a, answer=True, paragraphs=[(named.end(), b)], who=named.span(1)))
            opened = True
        elif _DIRECTION.fullmatch(t, a, b) or (named and named[1].isupper()):
            opened = False
        elif opened:
            turns[-1].paragraphs.append((a, b))
    said = (turn for turn in turns if t[turn.paragraphs[0][1] - 1] in ".,!?…-–—\"”’'")  # not "Vell: 52%"
    said = (turn for turn in said if not _TEAM.match(t, *turn.paragraphs[0]))
    often = Counter(t[slice(*turn.who)].split()[-1].lower() for turn in said if turn.who)
    if sum(n > 1 for n in often.values()) < 2:
        return []
    whole = 2 * len(turns) > len(text.paragraphs)
    for turn in turns:
        turn.paragraphs = turn.paragraphs if whole and turn is not turns[-1] else turn.paragraphs[:1]
    return turns


def _name_speakers(reading: Reading, turns: Sequence[_Turn]) -> None:
    """Make people of those whom turns name, called as elsewhere: "LIND" like "Lind", "B. L." like "Bo Lind"."""
    starts = {x.start for x in turns}
    people = [m for m in reading.mentions if m.kind == "name" and (m.type == "person" or m.start in starts)]
    names = [m.name for m in people if not m.name.isupper()] if turns else []
    spelled = {w.upper(): w for name in names for w in name.split()}
    in_short = {"".join(w[0] for w in name.split()): name for name in names if " " in name}
    for m in people if turns else ():
        if m.start in starts:
            name = in_short.get("".join(_WORD.findall(m.name)), m.name)
            m.type, m.name = "person", " ".join(spelled.get(w, w) for w in name.split())


def _called_by(t: str) -> set[str]:
    """Words behind a first name, a title or another name, by which somebody may be called: "green" of "Ona Green"."""
    known, lower = lexicons().titles | lexicons().first_names.keys(), lowercase_words()
    return {
        last.lower()
        for ahead, last in _TWO.findall(t)
        if not known.isdisjoint((ahead.lower(), ahead.title())) or ahead.lower() not in lower
    }


def _is_somebody(name: str, called: Set[str]) -> bool:
    """Whether words ahead of a colon may be a speaker, and no "Where:", "BERLIN:" or "THE FACTS:"."""
    lists, word = lexicons(), name.split()[-1].lower()
    if lists.names.get(name.title(), ("",))[0] in ("place", "state"):
        return False
    if word not in lowercase_words() or word in called:
        return True
    return name.isupper() and (lists.is_office(word) or word in HOSTS or name.title() in lists.first_names)


def _interviewed(reading: Reading, end: int, answers: Sequence[_Turn]) -> Mention | None:
    """Who gives the answers: the one who was spoken to, else the one most often named ahead of the first question.

    In a list of questions about the news nobody does: nobody was interviewed, or no answer says "I" or "we".
    """
    t = reading.text.text
    often = Counter(_WORD.findall(t, 0, end))
    people = (m for m in reading.mentions if m.end <= end and m.kind == "name" and m.type == "person")
    full = [(often[_surname(m)], m) for m in people if " " in m.name and not _is_asking(t, m)]
    if not full:
        return None
    most, first = max(full, key=itemgetter(0))
    for n, m in full:
        if asked := _ASKED.search(t[max(0, m.start - 120) : m.start]):
            # In "Vell spoke to Bo Lind" it is Vell, if she is named more often; in "she spoke to" as often is enough
            at, name = m.start - len(asked.group()), _surname(first)
            speaks = [_surname(o) for o in reading.mentions if at - _NEAR < o.end < at]
            named, she = n < most and name in speaks, m is not first and not {"he", "she"}.isdisjoint(speaks)
            return first if named or she else m
    others = [n for n, m in full if m.name != first.name]
    says = [any(word.search(t, *p) for x in answers for p in x.paragraphs) for word in (_I, _WE)]
    if _INTERVIEW.search(t, 0, end):
        return first if any(says) and most > max(others, default=0) else None
    return first if says[0] and not others else None


def _surname(m: Mention) -> str:
    return (_WORD.findall(by_generation(m.name)[0]) or [m.name])[-1]


def _is_asking(t: str, m: Mention) -> bool:
    """Whether somebody is named as the interviewer: "the Courier’s Bo Lind", "our reporter Bo Lind"."""
    start = m.name_end(t) - len(m.name)
    return _ASKING.search(t[max(0, start - 16) : start]) is not None


def _without_turns(reading: Reading, turns: Sequence[_Turn]) -> list[Attribution]:
    """Attributions without the words of turns, but for what is told of others there.

    That has its source or cue among the words of its turn, or stands in marks behind others and has neither.
    """
    holding = Innermost([Attribution(tuple(x.paragraphs), None, None) for x in turns])
    starts, whose = [x.start for x in turns], {x.who for x in turns if x.who and x.who[0] == x.start}
    marked = Cover(s for q in reading.quotations if q.speech for s in q.spans)
    out = []
    for a in reading.attributions:
        if a.source in whose:
            continue  # what the name ahead of a turn says is the turn
        anchor = a.source or a.cue
        here = holding.at(anchor[0]) if anchor else None
        content = []
        for s, e in a.content:
            turn = turns[max(0, bisect_right(starts, s) - 1)]
            begin, end = turn.paragraphs[0][0], turn.paragraphs[-1][1]
            s = max(s, begin) if s >= turn.start else s  # without the mark
            there = holding.at(s)
            if there is None:
                content.append((s, e))
            elif s < e and (there == here or (not anchor and s > begin + 1 and marked.touches(s, e))):
                content.append((s, min(e, end)))
        if content:
            out.append(replace(a, content=tuple(content)))
    return out
