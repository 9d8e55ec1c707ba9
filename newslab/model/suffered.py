"""What was done to somebody is not what is said of them: who condemns an expulsion stands up for the person expelled.

The heads, and the rules too, hear the harsh words and see who stands beside them. Five frames tell that the words are
about an act that somebody suffered: opposition to it ("oppose the arrest of Vell"), a judgement of it ("her expulsion
was a disgrace"), the demand that it be undone ("call for Vell to be released"), a state that is somebody else's doing
("Vell was made a scapegoat", "Vell was misled by his aides"), and who let somebody down ("the council failed Vell").
In these, evidence against the target is evidence for the target, and against whoever did it, if the words say who. Two
more frames turn evidence round: harsh words taken back ("I was wrong to doubt Vell"), and praise that a negation only
makes stronger ("could not be prouder of Vell").

The other way about, kind words are none where they only lead up to blame ("I like Vell, but he has lost his way") or
send somebody away ("Vell should do the decent thing and go"). And whom counsel defends they do not attack.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from newslab.actors import Resolution
from newslab.pronouns import OWNERS
from newslab.reading import Reading
from newslab.stance import Stance
from newslab.text import in_small_letters

# Acts whose victim may be called their owner ("Vell's arrest"); of the others the owner is whoever did them.
_OWNED = (
    "expulsion|suspension|dismissal|sacking|removal|ouster|ousting|ejection|exclusion|arrest|detention|imprisonment|"
    "jailing|murder|assassination|deportation|eviction|prosecution|persecution|conviction|mistreatment|impeachment|"
    "deselection|demotion|abduction|kidnapping|extradition"
)
_DONE = (
    f"{_OWNED}|firing|killing|shooting|beating|torture|banning|ban|sentencing|treatment|harassment|humiliation|smearing|"
    "silencing|purge|purging"
)
_DOING = (
    "expelling|suspending|sacking|firing|removing|ousting|dismissing|arresting|detaining|jailing|deporting|evicting|"
    "prosecuting|impeaching|censuring|banning|excluding|deselecting|extraditing|punishing"
)
_UNDONE = (
    "return|readmission|re-admission|reinstatement|release|pardon|acquittal|exoneration|reappointment|rehabilitation|"
    "freedom"
)
_BACK = "readmitted|re-admitted|reinstated|released|freed|pardoned|exonerated|reappointed|allowed back|taken back"
_TO_BACK = "readmit|re-admit|reinstate|release|free|pardon|exonerate|reappoint"
_AGAINST = (
    r"oppos(?:e|es|ed|ing|ition)|condemn\w*|denounc\w+|deplor\w+|decr(?:y|ies|ied|ying)|criticis\w+|criticiz\w+|"
    r"protest\w*|hit(?:s|ting)? out at|lash(?:es|ed|ing)? out at|object(?:s|ed|ing)? to|angry (?:at|about|over)|"
    r"anger (?:at|about|over)|outrage[d]? (?:at|by|over)|fury (?:at|over)|furious (?:at|about|over)|appalled (?:at|by)|"
    r"attack(?:s|ed|ing)?|slam(?:s|med|ming)?|blast(?:s|ed|ing)?|challeng(?:e|es|ed|ing)|appeal(?:s|ed|ing)? against|"
    r"campaign(?:s|ed|ing)? against|vot(?:e|es|ed|ing) against|call(?:s|ed|ing)? for an end to|"
    r"demand(?:s|ed|ing)? an end to|den(?:y|ies|ied) that"
)
_ASKS = (
    "demand(?:s|ed|ing)?|call(?:s|ed|ing)?|urg(?:e|es|ed|ing)|seek(?:s|ing)?|sought|want(?:s|ed)?|push(?:es|ed|ing)?|"
    "campaign(?:s|ed|ing)?|plead(?:s|ed|ing)?|request(?:s|ed|ing)?|appeal(?:s|ed|ing)?|must|should"
)
_WRONG = (
    "disgrace|disgraceful|wrong|unfair|unjust|injustice|outrage|outrageous|shameful|shame|scandal|scandalous|mistake|"
    "cruel|illegal|unlawful|unacceptable|appalling|absurd|political|arbitrary|indefensible|monstrous"
)
_T, _O = "\ufffc", "\ufffb"  # stand for a mention of the target, and of another actor
_WHOLE = rf"{_T}(?!['’]s)"  # the target, and nothing that is the target's
_OWN = rf"{_T}['’]s?\s+(?:(?!to\b)[\w-]+\s+){{0,2}}?"
_EVENT = (
    rf"(?:\b(?:{_DONE})\s+(?:of|against)\s+(?:[\w-]+\s+){{0,4}}?{_WHOLE}|{_OWN}(?:{_OWNED})\b(?!\s+(?:of|against)\b))"
)
_RETURN = (
    rf"(?:\b(?:{_UNDONE})\s+(?:of|for)\s+(?:[\w-]+\s+){{0,4}}?{_WHOLE}|{_OWN}(?:{_UNDONE})\b|"
    rf"{_OWN}(?:[\w-]+\s+){{0,2}}?(?:to be|be)\s+(?:[\w-]+\s+)?(?:{_BACK})\b|{_T}\s+(?:to be|be)\s+(?:[\w-]+\s+)?"
    rf"(?:{_BACK})\b|\b(?:{_TO_BACK})\s+(?:[\w-]+\s+){{0,3}}?{_WHOLE})"
)
# States that are somebody else's doing: "Vell was hounded out of office", "Vell has been unfairly treated by the board"
_MADE = (
    "scapegoated|hounded|smeared|vilified|demonised|demonized|maligned|let down|betrayed|hung out to dry|"
    "thrown to the wolves|thrown under the bus"
)
# Of these only with who did it: "Vell was misled by the board", and not "Vell was misled"
_WRONGED = (
    "misled|deceived|duped|lied to|failed|abandoned|railroaded|manipulated|badly served|poorly served|"
    "ill served|ill-served|kept in the dark|left in the dark|made the fall guy"
)
_ILL = "unfairly|unjustly|wrongly|wrongfully|falsely|shabbily|disgracefully|appallingly"
_BEING = (
    r"(?:(?:has|have|had)\s+)?(?:is|was|are|were|been|be|gets?|got|becomes?|became)\s+(?:(?:being|getting)\s+)?"
    r"(?:made\s+)?(?:also\s+)?"
)
_STATE = (
    rf"(?:(?:an?|the)\s+(?:[\w-]+\s+)?(?:victim\s+of(?!\s+(?:{_T}|its\b))|scapegoat)|(?:[\w-]+ly\s+)?(?:{_MADE})|"
    rf"(?:{_ILL})\s+[\w-]+(?:ed|en|own|ung)|treated\s+(?:[\w-]+\s+)?(?:badly|{_ILL})|"
    rf"(?:[\w-]+ly\s+)?(?:{_WRONGED})(?=\s(?:[\w-]+\s){{0,3}}?by\s(?!{_T}|its\b|events\b)))\b"
)
# Who let somebody down: "the council failed Vell", "the army turned its back on Vell"
_FAILED = rf"failed|abandoned|betrayed|deserted|let\s+down|turned\s+(?:\w+|{_O}['’]s)\s+backs?\s+on"
_LET_DOWN = (
    rf"(?:{_O}|\bthe\s+[\w-]+)\s+(?:(?:has|have|had|also|then|\w+ly)\s+){{0,2}}?"
    rf"(?:(?:{_FAILED})\s+{_WHOLE}|let\s+{_WHOLE}\s+(?:\w+ly\s+)?down\b)"
)
# Harsh words taken back: "I was wrong to doubt Vell", "she regretted having called Vell a liar"
_SELF = "i|we|he|she|they"
_SELVES = frozenset(_SELF.split("|"))
_REGRET = (
    "regret|regrets|regretted|apologises|apologised|apologizes|apologized|i apologise|i apologize|we apologise|"
    "we apologize|sorry"
)
_DOUBT = r"(?:doubt|call|accus|blam|criticis|criticiz|attack|insult|suspect|distrust|mistrust|dismiss)[a-z]*"
_TAKEN_BACK = (
    rf"(?:\b(?:{_REGRET})\s+(?:to\s+[^.,;:!?]{{0,30}}?)?(?:for\s+|to have\s+)?(?:having\s+)?{_DOUBT}|"
    rf"\b(?:{_SELF})\s+(?:[\w’']+\s+){{0,3}}(?:wrong\s+(?:about|to\s+(?:have\s+)?{_DOUBT})|misjudged))\s+"
    rf"(?:[\w-]+\s+){{0,2}}?{_WHOLE}"
)
# Praise that a negation only makes stronger: "could not be prouder of Vell", "we cannot thank Vell enough"
_PRAISED = "thank|praise|recommend|commend|admire"
_GOOD = "proud|grateful|thankful|supportive|impressed|pleased|delighted"
_MORE = (
    rf"\b(?:can(?:not|['’]t)|could(?:\s+not|n['’]t))\s+(?:\w+ly\s+)?(?:"
    rf"(?:{_PRAISED})\s[^.,;:!?]{{0,20}}?{_WHOLE}[^.,;:!?]{{0,40}}?\s(?:enough|(?<!any )more)\b|"
    rf"(?:agree\s+more\s+with|(?:be|have been)\s+(?:prouder|happier|more\s+(?:{_GOOD})))\s[^.,;:!?]{{0,20}}?{_WHOLE})"
)
# Kind words that lead up to blame, and calls to go: "I like Vell, but he has lost his way", "it is time for Vell to go"
_LIKING = (
    r"liked?|loved?|respect(?:ed)?|admired?|"
    r"(?:have|had|got)\s[^.,;:!?]{0,30}?(?:respect|admiration|affection|time)\s+for"
)
_GO = r"(?:go|quit|walk|resign|(?:step|stand)\s+(?:down|aside)|fall\s+on\s+\S+\s+sword|pack\s+\S+\s+bags)"
_DECENT = r"do\s+the\s+(?:decent|honou?rable|right)\s+thing"
_BLAME = re.compile(
    rf"\b(?:i|we)(?:['’]ve)?\s+(?:\w+\s+){{0,2}}?(?:{_LIKING})\s+(?:[\w-]+\s+){{0,3}}?{_WHOLE}[^.;:!?]{{0,40}}?\bbut\s+{_T}|"
    rf"\b(?:due|great|greatest)\s+respect\s+to\s+(?:[\w-]+\s+){{0,3}}?{_WHOLE}[^.;:!?]{{0,40}}?,\s+{_T}|"
    rf"(?:{_T}\s+(?:should|must|ought\s+to|ha[sd]\s+to|needs?\s+to)|\btime\s+for\s+{_T}\s+to)\s+"
    rf"(?:{_GO}|{_DECENT}(?:\s+and\s+{_GO})?)(?=[”\"’']?(?:[.,;:!?”\"]|$)|\s+(?:now|today|immediately|because)\b)|"
    rf"\bgame\s+(?:is|was)\s+up\s+for\s+{_WHOLE}",
    re.I,
)
_LEADS = re.compile(  # without which there is none of these, told at a glance
    r" (?:(?:like|love|respect|admir|affection|time for)[^.;:!?]{0,80} but|respect to|game (?:is|was) up|"
    r"(?:should|must|ought to|ha[sd] to|needs? to|time for [^.,;:!?]{1,40} to) "
    r"(?:go|quit|walk|resign|do the|step|stand|fall|pack))\b"
)
# Counsel: "Defending, Ona Vell said", "Ona Vell, mitigating, said"
_DEFENDING = r"defending|mitigating|in\s+mitigation|(?:for\s+the|in)\s+defen[cs]e"
_COUNSEL = re.compile(
    rf"(?:^|[.”\"])\s*(?:{_DEFENDING}),\s+{_T}|{_T},\s+(?:[^.,;:!?]{{1,30}},\s+)?(?:{_DEFENDING}),", re.I
)
_DEFENDS = ("efending,", "itigating,", "itigation,", "efence,", "efense,")  # without which there is no such word
_FRAMES = re.compile(
    rf"\b(?:{_AGAINST})\b(?:[^.;:!?]{{0,60}}?(?P<a>{_EVENT})|\s+(?P<doing>(?:{_DOING})\s+(?:[\w-]+\s+){{0,4}}?{_WHOLE}))|"
    rf"(?P<b>{_EVENT})[^.;:!?]{{0,40}}?\b(?:is|was|are|were|as|be)\b[^.;:!?]{{0,30}}?\b(?:{_WRONG})\b|"
    rf"\b(?:{_ASKS})\b[^.;:!?]{{0,80}}?(?P<c>{_RETURN})|"
    rf"(?<!{_T} )(?<!{_T}, )(?P<state>{_WHOLE}\s+{_BEING}{_STATE}(?:[^.,;:!?]{{0,40}}?(?=\s+by\b))?)|"
    rf"(?P<failed>{_LET_DOWN})|(?P<back>{_TAKEN_BACK})|(?P<more>{_MORE})"
)
# "Failed her when", "failed her,": nothing is hers
_NO_OWNER = re.compile(r"[^\w\s]|\s(?:and|as|at|because|but|by|for|in|on|so|to|when|while)\b|$")
_DOER_AFTER = re.compile(rf"\s*(?:from|by)\s+(?:[\w-]+\s+){{0,3}}?{_O}")
_DOER_BEFORE = re.compile(rf"{_O}['’]s?\s+(?:[\w-]+\s+){{0,2}}?$")
_NOT = re.compile(r"(?:\b(?:not|never|no|refus\w+ to|declin\w+ to|fail\w+ to)|n['’]t)\s+(?:[\w-]+\s+){0,2}$", re.I)
_HEADS = ("towards", "speaker", "between")  # rules of evidence that the trained heads gave
_LONGEST = 600  # characters of a sentence that is looked at
_WORD = re.compile(r"\w+")
_LISTS = (
    *(_DONE, _DOING, _UNDONE, _BACK, _TO_BACK, _MADE, _ILL, _REGRET, _PRAISED, _GOOD),
    "victim|scapegoat|badly|wrong|misjudged|agree|prouder|happier",
    "misled|deceived|duped|lied|failed|abandoned|railroaded|manipulated|served|dark|guy|deserted|backs",
)
_NEEDED = frozenset(_WORD.findall(w)[-1] for w in "|".join(_LISTS).split("|"))


class Turned(NamedTuple):
    """Evidence with its right direction.

    Attributes
    ----------
    stances : list of Stance
        All evidence.
    changed : set of Stance
        What was turned round.
    doers : dict
        (source, who did it): the target who suffered it. Whoever opposes the act is against who did it.
    """

    stances: list[Stance]
    changed: set[Stance]
    doers: dict[tuple[int, int], int]


class _Frame(NamedTuple):
    """Whether a sentence turns evidence on a target round, who did it, and, of words taken back, whose they are."""

    found: bool
    doers: tuple[int, ...] = ()
    whose: int | None = None


_NONE = _Frame(False)


def turned(stances: Sequence[Stance], reading: Reading, resolution: Resolution) -> Turned:
    """Turn evidence round that is about what its target suffered."""
    starts = [m.start for m in reading.mentions]
    stances = _leading_to_blame(_without_counsel(stances, reading, resolution, starts), reading, resolution, starts)
    out: list[Stance] = []
    changed: set[Stance] = set()
    against: dict[tuple[int, int], int] = {}
    seen: dict[tuple[int, int], _Frame] = {}
    told: dict[int, bool] = {}
    known: set[tuple[int, int, int, int, str]] = set()  # what is against whom already; seldom asked for
    for s in stances:
        if s.polarity != "negative" or s.rule == "turned" or s.rule.startswith("meant"):
            out.append(s)
            continue
        sentence = reading.text.sentence_at(s.start)
        if sentence not in told:
            told[sentence] = _tells_of_acts(reading, sentence)
        if told[sentence] and (sentence, s.target) not in seen:
            seen[sentence, s.target] = _frame(reading, resolution, starts, sentence, s.target)
        suffered, doers, whose = seen.get((sentence, s.target), _NONE)
        if not suffered or s.source in doers or whose not in (None, s.source):  # who expelled somebody is against them
            out.append(s)
            continue
        changed.add(new := s._replace(polarity="positive"))
        out.append(new)
        for doer in doers:
            if doer not in (s.source, s.target):
                if not known:
                    known = {(s.source, s.target, s.start, s.end, s.rule) for s in stances if s.polarity == "negative"}
                if (s.source, doer, s.start, s.end, s.rule) not in known:
                    out.append(s._replace(target=doer))
                against[s.source, doer] = s.target
    return Turned(out, changed, against)


def _without_counsel(
    stances: Sequence[Stance], reading: Reading, resolution: Resolution, starts: Sequence[int]
) -> Sequence[Stance]:
    """Evidence without what counsel seem to have against people: "Defending, Ona Vell said Orr was weak"."""
    if not any(word in reading.text.text for word in _DEFENDS):
        return stances
    clients, seen = set(), dict[tuple[int, int], bool]()
    for s in stances:
        if s.polarity == "negative" and resolution.actors[s.target].type == "person":
            if (at := (reading.text.sentence_at(s.start), s.source)) not in seen:
                seen[at] = _COUNSEL.search(_words(reading, resolution, starts, *at)[0]) is not None
            if seen[at]:
                clients.add((s.source, s.target))
    return [s for s in stances if s.polarity == "positive" or (s.source, s.target) not in clients]


def _leading_to_blame(
    stances: Sequence[Stance], reading: Reading, resolution: Resolution, starts: Sequence[int]
) -> Sequence[Stance]:
    """Evidence with kind words that lead up to blame counted as blame, if they are likelier than the harsh ones."""
    told = {reading.text.sentence_at(m.start()) for m in _LEADS.finditer(reading.text.text)}
    if not told:
        return stances
    seen: dict[tuple[int, int], bool] = {}
    likeliest: dict[tuple[int, int, int, int, str], Stance] = {}
    out = []
    for s in stances:
        sentence = reading.text.sentence_at(s.start)
        if (at := (sentence, s.target)) not in seen:
            seen[at] = sentence in told and bool(_BLAME.search(_words(reading, resolution, starts, *at)[0]))
        if not seen[at] or s.rule.startswith("meant"):
            out.append(s)
        elif s.rule in _HEADS:
            place = s.source, s.target, s.start, s.end, s.rule
            if place not in likeliest or likeliest[place].probability < s.probability:
                likeliest[place] = s._replace(polarity="negative")
        elif s.polarity == "negative":
            out.append(s)
    return [*out, *likeliest.values()]


def _tells_of_acts(reading: Reading, sentence: int) -> bool:
    """Whether a sentence has one of the words without which there is no frame; few have."""
    a, b = reading.text.sentences[sentence]
    return not _NEEDED.isdisjoint(_WORD.findall(reading.text.text[a:b].lower()))


def _words(
    reading: Reading, resolution: Resolution, starts: Sequence[int], sentence: int, target: int
) -> tuple[str, list[int]]:
    """A sentence with signs for its mentions, and the actors that are meant by those of others than the target."""
    a, b = reading.text.sentences[sentence]
    b = min(b, a + _LONGEST)
    parts, others, at, last = [], [], a, None
    for k in range(bisect_left(starts, a), bisect_left(starts, b)):
        m, actor = reading.mentions[k], resolution.by_mention[k]
        if m.start < at or m.end > b or actor is None or _named_within(reading, resolution, k):
            continue
        name = reading.text.text[m.start : m.end].lower()
        if "victim" in name or "scapegoat" in name:
            continue  # "Vell is the victim of lies": who is meant is said by "Vell" already
        owns = name in OWNERS and not _NO_OWNER.match(reading.text.text, m.end)
        owner = "’s" if owns or name.endswith(("'s", "’s")) else ""
        if actor == last and m.kind == "name" and reading.text.text[at : m.start] == " ":
            parts, at = [*parts, owner], m.end  # "my husband Bo Lind" is one
            continue
        own = name if name in _SELVES else ""
        parts += [reading.text.text[at : m.start], (_T if actor == target else _O + own) + owner]
        others += [] if actor == target else [actor]
        at, last = m.end, actor
    return "".join([*parts, reading.text.text[at:b]]), others


def _frame(reading: Reading, resolution: Resolution, starts: Sequence[int], sentence: int, target: int) -> _Frame:
    """The frame of a target in a sentence."""
    words, others = _words(reading, resolution, starts, sentence, target)
    for found in _FRAMES.finditer(in_small_letters(words)):
        kind = found.lastgroup
        if kind in ("a", "doing", "back") and _NOT.search(words, max(0, found.start() - 60), found.start()):
            continue
        if kind == "back":
            ahead = words.count(_O, 0, found.start())
            return _Frame(True, whose=others[ahead - 1] if ahead else None)
        if kind == "failed":
            ahead = words.count(_O, 0, found.start() + 1)
            return _Frame(True, (others[ahead - 1],) if words[found.start()] == _O else ())
        if kind not in ("a", "b", "state"):
            return _Frame(True)
        ends = [m.end() for m in [_DOER_AFTER.match(words, found.end(kind))] if m]
        if kind != "state":
            ends += [m.start() + 1 for m in [_DOER_BEFORE.search(words, 0, found.start(kind))] if m]
        return _Frame(True, tuple(others[words.count(_O, 0, end) - 1] for end in ends))
    return _NONE


def _named_within(reading: Reading, resolution: Resolution, k: int) -> bool:
    """Whether the next mention is of the same actor and part of this one: of "friend Ona Vell", "Ona Vell"."""
    inside = reading.mentions[k + 1 : k + 2]
    return (
        bool(inside)
        and inside[0].end <= reading.mentions[k].end
        and resolution.by_mention[k] == resolution.by_mention[k + 1]
    )
