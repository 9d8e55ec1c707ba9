"""Lines that stand in an article's text without being part of it: links, newsletters, picture credits, bylines.

They are kept in the text and masked from reading, so that "READ MORE: …" in the middle of a speech is nobody's words.
Precision comes first: a masked sentence is lost to the analysis, a link that is read does little harm.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

_LEXICON = Path(__file__).with_name("lexicons") / "boilerplate.txt"
_LONGEST = 300  # characters; longer lines are prose
_TOP = 6  # lines from the top among which a byline may stand

_LINE = re.compile(r"[^\r\n\u2028\u2029]+")
_LEADING, _TRAILING = " \t\u00a0-–—•·*>»›#|[(", " \t\u00a0<«‹|*])"
_OPENING_MARKS = tuple("\"'“‘„«`")
_SPEECH = re.compile(
    r"[\"“”„]|\b(?:said|says|saying|told|tells|added|adds|asked|asks|urged|urges|wrote|writes|replied|shouted|"
    r"according to)\b",
    re.I,
)
# "Lena Orth via Getty Images", "Lena Orth/AFP": the name of a person or an office, then an agency.
_CREDIT = re.compile(
    r"([^!?\"“”:;]{0,60}?)(?: via |/| / )"
    r"(?:Getty|AFP|AP|Reuters|REUTERS|EPA|PA|Shutterstock|Alamy)\b[\w /]{0,30}\.?"
)

_PARTICLES = frozenset("de da di del della der den du van von la le al el bin ibn mac mc of ter y".split())
_NO_NAME = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december christmas easter new the a an his her their our its this that these then now "
    "contrast comparison far law mid late early next last all any one two three four five six seven eight nine ten "
    "midday noon midnight summer winter spring autumn".split()
)
_AGENCIES = re.compile(
    r"(?:the )?(?:associated press|reuters|press association|afp|ap|pa|agence france-presse|staff|our correspondents?|"
    r"news desk)(?: staff| reporters?)?",
    re.I,
)
_BYLINE = re.compile(r"(?:by|words by|reporting by|written by)(?:line)?:?\s+(\S.*)", re.I)
_POSTS = frozenset(("editor", "correspondent", "reporter", "writer", "staff"))
_AFTER_NAME = re.compile(r",|\||/|·|•|\s[-–—]\s|\s(?=(?:and|in|at|for|of|on)\s)|\s&\s|\s\(")


def boilerplate_spans(text: str) -> list[tuple[int, int]]:
    r"""Whole lines that are no part of the article.

    Parameters
    ----------
    text : str
        An article. Lines end at a line feed, a carriage return or a Unicode line or paragraph separator.

    Returns
    -------
    list of (int, int)
        ``[start, end)`` offsets into `text`, one for each such line without its line end; sorted, never overlapping.

    Notes
    -----
    Links ("READ MORE: …"), newsletter, subscription and cookie lines, picture credits, calls to share and follow,
    advertising, copyright, dates of the page, and bylines among the first six lines that are not empty. The patterns
    are the package's data file ``lexicons/boilerplate.txt``. A line of more than 300 characters, one that begins with
    a quotation mark, and a call to the reader that holds quoted or reported speech are never masked.

    Examples
    --------
    >>> text = "The council met.\nREAD MORE: Harbour tax to rise\nIt voted no."
    >>> [text[a:b] for a, b in boilerplate_spans(text)]
    ['READ MORE: Harbour tax to rise']
    """
    label, plain = _patterns()
    spans = []
    seen = 0
    for match in _LINE.finditer(text):
        start, end = match.span()
        if end - start > _LONGEST:
            seen += 1
            continue
        line = match.group().strip()
        if not line:
            continue
        seen += 1
        if line.startswith(_OPENING_MARKS):
            continue
        core = line.lstrip(_LEADING).rstrip(_TRAILING)
        if not core:
            continue
        if (
            label.fullmatch(core)
            or (plain.fullmatch(core) and not _SPEECH.search(core))
            or (seen <= _TOP and core[:1] in "BbWwRr" and _is_byline(core))
            or _is_credit(core)
        ):
            spans.append((start, end))
    return spans


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """The two kinds of the data file, each as one pattern."""
    kinds: dict[str, list[str]] = {"label": [], "plain": []}
    for number, line in enumerate(_LEXICON.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        kind, tab, pattern = line.partition("\t")
        if not tab or kind not in kinds:
            raise ValueError(f"{_LEXICON.name}, line {number}: expected 'label' or 'plain', a tab and a pattern")
        kinds[kind].append(pattern)
    label, plain = ("|".join(f"(?:{p})" for p in kinds[k]) for k in ("label", "plain"))
    return re.compile(label, re.I), re.compile(plain, re.I)


def _is_credit(line: str) -> bool:
    if "/" not in line and " via " not in line:
        return False
    match = _CREDIT.fullmatch(line)
    return match is not None and all(w[0].isupper() or w in _PARTICLES for w in match[1].replace("/", " ").split())


def _is_byline(line: str) -> bool:
    """Whether "By …" is followed by a name, and perhaps by a post, an outlet or a place, and by no sentence."""
    match = _BYLINE.fullmatch(line)
    if match is None or len(line) > 120 or line[-1] in ".!?:;" or _SPEECH.search(line):
        return False
    rest = match[1]
    if _AGENCIES.fullmatch(rest):
        return True
    mark = _AFTER_NAME.search(rest)
    name, tail = (rest[: mark.start()], rest[mark.end() :].split()) if mark else (rest, [])
    names = [w for w in name.split() if w.lower() not in _PARTICLES]
    if not 2 <= len(names) <= 6 or names[0].lower().strip(".,") in _NO_NAME:
        return False
    if any(re.search(r"\d|['’]s$", w) for w in names):
        return False
    capitals = [w[0].isupper() for w in names]
    # "By Jane Doe political editor": a post in small letters right after the name
    if not (all(capitals) or (all(capitals[:2]) and names[-1].lower() in _POSTS)):
        return False
    clause = mark is not None and mark.group().strip() in ("", ",")
    return len(tail) <= 10 and not _reads_on(tail, clause)


# A main verb after the name makes it a sentence: "By Castle Hill, the crowd had thinned".
_VERBS = frozenset("is was are were has had have will would did does do can could may might must went came".split())


def _reads_on(words: list[str], clause: bool) -> bool:
    bare = [w.lower().strip(",.") for w in words]
    if any(w in _VERBS for w in bare):
        return True
    # After a comma, a small word that opens a clause ("the", a pronoun) is neither a post nor an outlet.
    return (
        clause
        and bool(bare)
        and bare[0] in {"the", "a", "an", "he", "she", "they", "it", "we", "most", "nearly", "almost", "about"}
    )
