"""What was done to somebody is not what is said of them: who condemns an expulsion stands up for the person expelled.

The heads, and the rules too, hear the harsh words and see who stands beside them. Five frames tell that the words are
about an act that somebody suffered: opposition to it ("oppose the arrest of Vell"), a judgement of it ("her expulsion
was a disgrace"), the demand that it be undone ("call for Vell to be released"), a state that is somebody else's doing
("Vell was made a scapegoat", "Vell was misled by his aides"), and who let somebody down ("the council failed Vell").
In these, evidence against the target is evidence for the target, and against whoever did it, if the words say who. Five
more frames turn evidence round: harsh words taken back ("I was wrong to doubt Vell"), praise that a negation only
makes stronger ("could not be prouder of Vell") or that is mostly negated ("Vell has been straight with us"), the wish
that somebody be spared ("urged the board not to sack Vell"), and a finding of innocence ("the board cleared Vell").

The other way about, kind words are none where they only lead up to blame ("I like Vell, but he has lost his way") or
send somebody away ("Vell should do the decent thing and go"). Blame that is denied ("Vell is no liar") counts for
nothing. And whom counsel defends they do not attack.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import cache, partial
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
    "deselection|demotion|abduction|kidnapping|extradition|firing|killing"
)
_DONE = (
    f"{_OWNED}|shooting|beating|torture|banning|ban|sentencing|treatment|harassment|humiliation|smearing|"
    "silencing|purge|purging"
)
_TRIED = "charges|charge|case|trial|verdict|ruling|sentence|lawsuit|allegations"  # these only "against" somebody
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
    "cruel|illegal|unlawful|unacceptable|appalling|absurd|political|arbitrary|indefensible|monstrous|barbaric|farce|"
    "witch-hunt|witch hunt|travesty"
)
_CALLS = "call(?:s|ed|ing)?|describ(?:es|ed|ing)|brand(?:s|ed|ing)?|label(?:s|l?ed|l?ing)|dismiss(?:es|ed|ing)"
_WRONG_TOO = rf"\s+(?:as\s+)?(?:[“\"‘']\s?)?(?:(?:an?|the)\s+)?(?:[\w-]+\s+){{0,2}}?(?:{_WRONG})\b"
_T, _O = "\ufffc", "\ufffb"  # stand for a mention of the target, and of another actor
_WHOLE = rf"{_T}(?!['’]s)"  # the target, and nothing that is the target's
_OWN = rf"{_T}['’]s?\s+(?:(?!to\b)[\w-]+\s+){{0,2}}?"
_EVENT = (
    rf"(?:\b(?:(?:{_DONE})[”\"’']?\s+(?:of|against|on)|(?:{_TRIED})\s+against)\s+(?:[\w-]+\s+){{0,4}}?{_WHOLE}|"
    rf"{_OWN}(?:{_OWNED})\b(?!\s+(?:of|against)\b))"
)
_RETURN = (
    rf"(?:\b(?:{_UNDONE})\s+(?:of|for)\s+(?:[\w-]+\s+){{0,4}}?{_WHOLE}|{_OWN}(?:{_UNDONE})\b|"
    rf"{_OWN}(?:[\w-]+\s+){{0,2}}?(?:to be|be)\s+(?:[\w-]+\s+)?(?:{_BACK})\b|{_T}\s+(?:to be|be)\s+(?:[\w-]+\s+)?"
    rf"(?:{_BACK})\b|\b(?:{_TO_BACK})\s+(?:[\w-]+\s+){{0,3}}?{_WHOLE})"
)
_OPPOSED = re.compile(rf"\b(?:{_AGAINST})\b[^.;:!?]{{0,60}}?({_EVENT})")
_DOING_OPPOSED = re.compile(rf"\b(?:{_AGAINST})\s+(?:{_DOING})\s+(?:[\w-]+\s+){{0,4}}?{_WHOLE}")
_CALLED_SO = re.compile(rf"\b(?:{_CALLS})\s+[^.;:!?]{{0,40}}?({_EVENT}){_WRONG_TOO}")
_CALLED_WRONG = re.compile(
    rf"({_EVENT})[^.;:!?]{{0,40}}?\b(?:is|was|are|were|as|be)\b[^.;:!?]{{0,30}}?\b(?:{_WRONG})\b"
)
_TO_BE_UNDONE = re.compile(rf"\b(?:{_ASKS})\b[^.;:!?]{{0,80}}?{_RETURN}")
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
_STATE = re.compile(
    rf"{_WHOLE}(?<!{_T} {_T})(?<!{_T}, {_T})\s+{_BEING}"
    rf"(?:(?:an?|the)\s+(?:[\w-]+\s+)?(?:victim\s+of(?!\s+(?:{_T}|its\b))|scapegoat)|(?:[\w-]+ly\s+)?(?:{_MADE})|"
    rf"(?:{_ILL})\s+[\w-]+(?:ed|en|own|ung)|treated\s+(?:[\w-]+\s+)?(?:badly|{_ILL})|"
    rf"(?:[\w-]+ly\s+)?(?:{_WRONGED})(?=\s(?:[\w-]+\s){{0,3}}?by\s(?!{_T}|its\b|events\b)))\b"
    r"(?:[^.,;:!?]{0,40}?(?=\s+by\b))?"
)
# Who let somebody down: "the council failed Vell", "the army turned its back on Vell"
_FAILED = rf"failed|abandoned|betrayed|deserted|let\s+down|turned\s+(?:\w+|{_O}['’]s)\s+backs?\s+on"
_LET_DOWN = re.compile(
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
_TAKEN_BACK = re.compile(
    rf"(?:\b(?:{_REGRET})\s+(?:to\s+[^.,;:!?]{{0,30}}?)?(?:for\s+|to have\s+)?(?:having\s+)?{_DOUBT}|"
    rf"\b(?:{_SELF})\s+(?:[\w’']+\s+){{0,3}}(?:wrong\s+(?:about|to\s+(?:have\s+)?{_DOUBT})|misjudged))\s+"
    rf"(?:[\w-]+\s+){{0,2}}?{_WHOLE}"
)
# Praise that a negation only makes stronger: "could not be prouder of Vell", "we cannot thank Vell enough"
_PRAISED = "thank|praise|recommend|commend|admire"
_GOOD = "proud|grateful|thankful|supportive|impressed|pleased|delighted"
_MORE = re.compile(
    rf"\b(?:can(?:not|['’]t)|could(?:\s+not|n['’]t))\s+(?:\w+ly\s+)?(?:"
    rf"(?:{_PRAISED})\s[^.,;:!?]{{0,20}}?{_WHOLE}[^.,;:!?]{{0,40}}?\s(?:enough|(?<!any )more)\b|"
    rf"(?:agree\s+more\s+with|(?:be|have been)\s+(?:prouder|happier|more\s+(?:{_GOOD})))\s[^.,;:!?]{{0,20}}?{_WHOLE})"
)
# Who finds somebody innocent: "Vell was cleared by the board"; but they may find fault all the same
_CLEARED = "cleared|acquitted|exonerated|absolved|vindicated"
_FOUND = rf"(?:{_CLEARED}|(?:found|declared)\s+(?:not\s+guilty|innocent))"
_ACQUITTED = re.compile(
    rf"(?:{_WHOLE}\s+{_BEING}{_FOUND}\b[^.,;:!?]{{0,40}}?\sby\s+(?:[\w-]+\s+){{0,4}}?{_O}|"
    rf"{_O}\s+(?:(?:has|have|had|also|\w+ly)\s+){{0,2}}?(?:{_CLEARED})\s+{_WHOLE})"
    r"(?!.*\b(?:but|though|although|while)\b)"
)
# What others are asked not to do to somebody: "urged the Guild not to expel Vell", "not to override Vell’s veto"
_HARM = (
    "override|overrule|overturn|block|reject|veto|sack|fire|expel|suspend|dismiss|oust|remove|deport|extradite|evict|"
    "jail|arrest|prosecute|punish|impeach|abandon|desert|blame|criticise|criticize|attack|condemn"
)
_SPARED = re.compile(
    rf"\b(?<!\bwas )(?<!\bwere )(?<!\bbeen )(?:{_ASKS}|ask(?:s|ed|ing)?|warn(?:s|ed|ing)?|told|beg(?:s|ged|ging)?)\b"
    rf"[^.,;:!?]{{0,60}}?(?<!\bor)\snot\s+to\s+(?:{_HARM})\s+(?:[\w-]+\s+){{0,3}}?{_T}"
)
# Praise that the heads take for blame, since it is mostly negated: "they have been straight with us"
_CANDID = re.compile(
    rf"{_T}(?<!\bif {_T})(?:['’](?:s|ve)|\s+(?:has|have))\s+(?:always\s+)?been\s+(?:(?:always|very|\w+(?<!hard)ly)\s+)?"
    r"(?:straight|honest|upfront|frank|candid|truthful)\s+with\b"
)
# Blame that is only mentioned to be denied: "Vell is no liar", "I don't think Vell is a racist"
_VICES = (
    "liar|racist|sexist|bigot|misogynist|fascist|extremist|antisemite|anti-semite|crook|thief|criminal|fraud|cheat|"
    "traitor|coward|bully|hypocrite|villain|monster|dictator|puppet|fool|idiot|corrupt|dishonest|lazy|incompetent|"
    "guilty|lying|to blame"
)
_DENIED = re.compile(
    rf"(?:{_WHOLE}\s*(?:(?:is|was|are|were|['’]s)\s+(?:not|no|neither|never)|(?:is|was|are|were)n['’]t)\s+|"
    rf"\b(?:do|does|did|would)(?:\s+not|n['’]t)\s+(?:think|believe|say|call)\s+(?:that\s+)?{_WHOLE}\s+"
    r"(?:(?:is|was|are|were|has been|to be)\s+)?)(?:an?\s+)?(?:(?!only|just|merely|simply)[\w-]+\s+)?"
    rf"(?:{_VICES})s?\b(?![^.;:!?]{{0,40}}?\bbut\b)"
)
# Kind words that lead up to blame, and calls to go: "I like Vell, but he has lost his way", "it is time for Vell to go"
_LIKING = (
    r"liked?|loved?|respect(?:ed)?|admired?|"
    r"(?:have|had|got)\s[^.,;:!?]{0,30}?(?:respect|admiration|affection|time)\s+for"
)
_GO = r"(?:go|quit|walk|resign|(?:step|stand)\s+(?:down|aside)|fall\s+on\s+\S+\s+sword|pack\s+\S+\s+bags)"
_DECENT = r"do\s+the\s+(?:decent|honou?rable|right)\s+thing"
_KIND = (
    "decent|nice|good|great|fine|lovely|lovable|likeable|honou?rable|brilliant|able|clever|capable|talented|intelligent|"
    "charming|kind|wonderful|smart|gifted"
)
# "All they care about is money", but "all they care about is the children"
_SELFISH = rf"(?:the\s+|{_T}['’]s\s+(?:own\s+)?)?(?:money|power|profits?|votes|\w+sel(?:f|ves)|careers?|image)"
# "Withdrew its endorsement of Vell"
_WITHDRAWN = (
    r"\b(?<!not )(?<!n[’']t )(?<!never )(?<!without )"
    r"(?:withdrew|withdraw(?:s|n|ing)|(?:rescind|pull)(?:s|ed|ing)|revok(?:es|ed|ing)|drop(?:s|ped|ping))"
)
_BACKING = "endorsement|support|backing"
_BLAME = re.compile(
    rf"{_WHOLE}\s*(?:means well|(?:is|was|may be|might be|seems|['’]s)\s+(?:an?\s+)?(?:[\w-]+\s+){{0,2}}?"
    rf"(?:{_KIND})\b[^.;:!?]{{0,30}}?),?\s+but\s+{_T}(?!\s+(?:\w+\s+)?also\b)|"
    rf"\b(?:i|we)(?:['’]ve)?\s+(?:\w+\s+){{0,2}}?(?:{_LIKING})\s+(?:[\w-]+\s+){{0,3}}?{_WHOLE}[^.;:!?]{{0,40}}?\bbut\s+{_T}|"
    rf"\b(?:due|great|greatest)\s+respect\s+to\s+(?:[\w-]+\s+){{0,3}}?{_WHOLE}[^.;:!?]{{0,40}}?,\s+{_T}|"
    rf"(?:{_T}\s+(?:should|must|ought\s+to|ha[sd]\s+to|needs?\s+to)|\btime\s+for\s+{_T}\s+to)\s+"
    rf"(?:{_GO}|{_DECENT}(?:\s+and\s+{_GO})?)(?=[”\"’']?(?:[.,;:!?”\"]|$)|\s+(?:now|today|immediately|because)\b)|"
    rf"\bgame\s+(?:is|was)\s+up\s+for\s+{_WHOLE}|"
    rf"(?:{_WITHDRAWN})\s+(?:\S+\s+){{0,2}}?(?:{_BACKING})\s+(?:of|for|from)\s+(?:[\w-]+\s+){{0,3}}?{_WHOLE}|"
    rf"(?:\ball\s+(?:that\s+)?{_T}\s+cares?\s+about\s+(?:is|are)|{_T}\s+only\s+cares?\s+about)\s+(?:{_SELFISH})\b",
    re.I,
)
_LEADS = re.compile(  # without which there is none of these, told at a glance
    r"\b(?:(?:like|love|respect|admir|affection|time for|means well|(?:is|was|be|seems) an?)[^.;:!?]{0,80} but|"
    r"respect to|cares? about|[Gg]ame (?:is|was) up|"
    rf"(?:{_WITHDRAWN})\s(?:\S+\s){{0,2}}?(?:{_BACKING})\s(?:of|for|from)|"
    r"(?:should|must|ought to|ha[sd] to|needs? to|time for [^.,;:!?]{1,40} to) "
    r"(?:go|quit|walk|resign|do the|step|stand|fall|pack))\b"
)
# Counsel: "Defending, Ona Vell said", "Ona Vell, mitigating, said"
_DEFENDING = r"defending|mitigating|in\s+mitigation|(?:for\s+the|in)\s+defen[cs]e"
_COUNSEL = re.compile(
    rf"(?:^|[.”\"])\s*(?:{_DEFENDING}),\s+{_T}|{_T},\s+(?:[^.,;:!?]{{1,30}},\s+)?(?:{_DEFENDING}),", re.I
)
_DEFENDS = ("efending,", "itigating,", "itigation,", "efence,", "efense,")  # without which there is no such word


class _Frame(NamedTuple):
    """Words that tell what a target suffered, with a group around the act if they go on; where others stand by it."""

    name: str
    words: re.Pattern[str]
    cancelled: bool = False  # by a negation ahead: "did not condemn the arrest"
    doers: str = ""  # who did it: "behind" the act, "beside" it, or "first" of the words
    whose: str = ""  # whose evidence alone is turned round: who is named last "ahead" of the words, or first "within"
    empty: bool = False  # evidence is left out, not turned round


_FRAMES = (
    _Frame("opposed", _OPPOSED, cancelled=True, doers="beside"),
    _Frame("doing it opposed", _DOING_OPPOSED, cancelled=True),
    _Frame("called wrong", _CALLED_WRONG, doers="beside"),
    _Frame("called so", _CALLED_SO, cancelled=True, doers="beside"),
    _Frame("to be undone", _TO_BE_UNDONE),
    _Frame("made so by others", _STATE, doers="behind"),
    _Frame("let down", _LET_DOWN, doers="first"),
    _Frame("taken back", _TAKEN_BACK, cancelled=True, whose="ahead"),
    _Frame("praised more", _MORE),
    _Frame("found innocent", _ACQUITTED, whose="within"),
    _Frame("to be spared", _SPARED, cancelled=True, whose="ahead"),
    _Frame("called candid", _CANDID),
    _Frame("blame denied", _DENIED, empty=True),
)
_PREDICATE = re.compile(r"(?:an?|no)\s")
# "Failed her when", "failed her,": nothing is hers
_NO_OWNER = re.compile(r"[^\w\s]|\s(?:and|as|at|because|but|by|for|in|on|so|to|when|while)\b|$")
_DOER_AFTER = re.compile(rf"\s*(?:from|by)\s+(?:[\w-]+\s+){{0,3}}?{_O}")
_DOER_BEFORE = re.compile(rf"{_O}['’]s?\s+(?:[\w-]+\s+){{0,2}}?$")
_NOT = re.compile(r"(?:\b(?:not|never|no|refus\w+ to|declin\w+ to|fail\w+ to)|n['’]t)\s+(?:[\w-]+\s+){0,2}$", re.I)
_HEADS = ("towards", "speaker", "between")  # rules of evidence that the trained heads gave
_LONGEST = 600  # characters of a sentence that is looked at
_WORD = re.compile(r"\w+")
_LISTS = (
    *(_DONE, _TRIED, _DOING, _UNDONE, _BACK, _TO_BACK, _MADE, _ILL, _REGRET, _PRAISED, _GOOD, _VICES),
    "victim|scapegoat|badly|wrong|misjudged|agree|prouder|happier",
    "misled|deceived|duped|lied|failed|abandoned|railroaded|manipulated|served|dark|guy|deserted|backs",
    *(_CLEARED, "guilty|innocent|straight|honest|upfront|frank|candid|truthful"),
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


_Words = Callable[[int, int], tuple[str, list[int]]]  # of a sentence and an actor, see _words


def turned(stances: Sequence[Stance], reading: Reading, resolution: Resolution) -> Turned:
    """Turn evidence round that is about what its target suffered."""
    words = cache(partial(_words, reading, resolution, [m.start for m in reading.mentions]))
    stances = _leading_to_blame(_without_counsel(stances, reading, resolution, words), reading, words)
    tells = cache(partial(_tells_of_acts, reading))
    told = cache(lambda sentence, target: _told(*words(sentence, target)))
    out: list[Stance] = []
    changed: set[Stance] = set()
    against: dict[tuple[int, int], int] = {}
    known: set[tuple[int, int, int, int, str]] = set()  # what is against whom already; seldom asked for
    for s in stances:
        if s.polarity != "negative" or s.rule == "turned" or s.rule.startswith("meant"):
            out.append(s)
            continue
        sentence = reading.text.sentence_at(s.start)
        found = told(sentence, s.target) if tells(sentence) else None
        frame, doers, whose = found or (None, (), ())
        if not frame or s.source in doers or (whose and s.source not in whose):  # who expelled somebody is against them
            out.append(s)
            continue
        if frame.empty:
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
    stances: Sequence[Stance], reading: Reading, resolution: Resolution, words: _Words
) -> Sequence[Stance]:
    """Evidence without what counsel seem to have against people: "Defending, Ona Vell said Orr was weak"."""
    if not any(word in reading.text.text for word in _DEFENDS):
        return stances
    counsel = cache(lambda sentence, actor: _COUNSEL.search(words(sentence, actor)[0]) is not None)
    against = [s for s in stances if s.polarity == "negative" and resolution.actors[s.target].type == "person"]
    clients = {(s.source, s.target) for s in against if counsel(reading.text.sentence_at(s.start), s.source)}
    return [s for s in stances if s.polarity == "positive" or (s.source, s.target) not in clients]


def _leading_to_blame(stances: Sequence[Stance], reading: Reading, words: _Words) -> Sequence[Stance]:
    """Evidence with kind words that lead up to blame counted as blame, if they are likelier than the harsh ones."""
    leading = {reading.text.sentence_at(m.start()) for m in _LEADS.finditer(reading.text.text)}
    if not leading:
        return stances
    blamed = cache(lambda sentence, target: _BLAME.search(words(sentence, target)[0]) is not None)
    likeliest: dict[tuple[int, int, int, int, str], Stance] = {}
    out = []
    for s in stances:
        sentence = reading.text.sentence_at(s.start)
        if sentence not in leading or s.rule.startswith("meant") or not blamed(sentence, s.target):
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
    small = reading.text.text[a:b].lower()
    return " not to " in small or not _NEEDED.isdisjoint(_WORD.findall(small))


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
        if "victim" in name or "scapegoat" in name or (m.kind == "nominal" and _PREDICATE.match(name)):
            continue  # "Vell is the victim of lies", "Vell is no liar": who is meant is said by "Vell" already
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


def _told(words: str, others: Sequence[int]) -> tuple[_Frame, tuple[int, ...], tuple[int, ...]] | None:
    """The frame, who did it and whose evidence alone it turns round, where words tell what the target suffered."""
    if _T not in words:
        return None
    small = in_small_letters(words)
    for frame in _FRAMES:
        for found in frame.words.finditer(small):
            if not frame.cancelled or not _NOT.search(words, max(0, found.start() - 60), found.start()):
                act = found.span(found.lastindex or 0)
                doers, whose = (_standing(k, words, others, *act) for k in (frame.doers, frame.whose))
                return frame, doers, whose
    return None


def _standing(where: str, words: str, others: Sequence[int], start: int, end: int) -> tuple[int, ...]:
    """Which of the others stand somewhere, seen from an act; see :class:`_Frame`."""
    signs = {"first": [start], "ahead": [words.rfind(_O, 0, start)], "within": [words.find(_O, start)]}.get(where, [])
    if where in ("behind", "beside") and (found := _DOER_AFTER.match(words, end)):
        signs.append(found.end() - 1)
    if where == "beside" and (found := _DOER_BEFORE.search(words, 0, start)):
        signs.append(found.start())
    return tuple(others[words.count(_O, 0, k)] for k in signs if k >= 0 and words[k] == _O)


def _named_within(reading: Reading, resolution: Resolution, k: int) -> bool:
    """Whether the next mention is of the same actor and part of this one: of "friend Ona Vell", "Ona Vell"."""
    inside = reading.mentions[k + 1 : k + 2]
    return (
        bool(inside)
        and inside[0].end <= reading.mentions[k].end
        and resolution.by_mention[k] == resolution.by_mention[k + 1]
    )
