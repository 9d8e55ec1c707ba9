"""Interviews in question and answer: what follows an "A:" belongs to whoever the paragraphs above introduce."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import itemgetter

from newslab.naming import by_generation
from newslab.reading import Attribution, Innermost, Mention, Reading, in_order
from newslab.text import Cover, Span, Text

# "Q:", "Question.", and "QWhat", as archives have it where the letter was an ornament
_QUESTION = re.compile(r"(?:Q(?:uestion)?|QUESTION)\s?[:.]\s*|Q(?!Anon)(?=[A-Z][a-z’'])")
_ANSWER = re.compile(r"(?:A(?:nswer)?|ANSWER)\s?[:.]\s*")
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
_NEAR = 12  # characters from whoever speaks to "spoke"
_I, _WE = re.compile(r"\b(?:I|[Mm]y)\b"), re.compile(r"\b(?:[Ww]e|us|[Oo]ur)\b")


@dataclass(slots=True)
class _Turn:
    """A question or an answer: where its mark stands, and its paragraphs, the first without the mark."""

    start: int
    answer: bool
    paragraphs: list[Span]


def give_answers(reading: Reading) -> None:
    """Attribute the answers of an interview to whoever gives them; its questions are nobody's quotation."""
    t, turns = reading.text.text, _turns(reading.text)
    answers = [turn for turn in turns if turn.answer]
    who = _interviewed(reading, turns[0].start, answers) if len(answers) > 1 else None
    if who is None:
        return
    outside = {_surname(who), "edited", "condensed"}  # further paragraphs with these words are the narrator's again
    for turn in answers:
        told = (k for k, p in enumerate(turn.paragraphs) if k and not outside.isdisjoint(_WORD.findall(t, *p)))
        turn.paragraphs = turn.paragraphs[: next(told, None)]
    inner = {o: s for q in reading.quotations for o, s in zip(q.outer, q.spans, strict=True)}  # without marks around
    found = _without_turns(reading, turns)
    for x in answers:
        content = tuple(inner.get(p, p) for p in x.paragraphs)
        found.append(Attribution(content, (who.start, who.name_end(t)), None, "answer"))
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
            # In "Vell spoke to Bo Lind" it is Vell, if she is named more often
            at, who = m.start - len(asked.group()), ("he", "she", _surname(first))
            speaks = any(at - _NEAR < o.end < at and _surname(o) in who for o in reading.mentions)
            return first if n < most and speaks else m
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
    starts = [x.start for x in turns]
    marked = Cover(s for q in reading.quotations if q.speech for s in q.spans)
    out = []
    for a in reading.attributions:
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
