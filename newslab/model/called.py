"""What mentions are called: people by their names in full or in short, descriptions without what is only added."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from newslab.model.names import mark_described, without_article, without_letters
from newslab.reading import Mention
from newslab.rules.lexicons import lexicons
from newslab.rules.mentions import bare_name
from newslab.standings import mark_persons
from newslab.text import lowercase_words

# Where the words that a mention is about end and what is only added begins: "the leader of …", "Vell, who …", "the firm
# founded by …", "Hollin dockers leaving …"; but "Greens housing critic"
_ADDED = re.compile(
    r"\s(?:of|in|from|who|that|which|at|for|with|on|to|whose|such as|including|like|supporting|backing|opposing)\s|"
    r"\s(?:[a-z]+ed|run|led)\sby\s|"
    r",(?!\d)|[(:;–—]|\s-|"
    r"(?:(?<=[^'’]s)|(?<=he['’]s))(?<!\b[Hh]is)(?<!\b[Ii]ts)\s"
    r"(?!housing)(?=[a-z]+ing\s)"  # but "Lorvane’s governing party", "his running mate"
)
# Where the words of a description end that it is called by: "members of the union, who met"
_BEHIND_NOUN = re.compile(r"\s(?:who|that|which|whose|whom|such as|including)\s|\salike\b|,(?!\d)|[(:;–—\n]|\s-")
# Where a description is cut that is longer than a name may be: "former officers with no knowledge of the case but"
_TOLD_AT_LENGTH = re.compile(r"\s(?:about|after|at|before|during|for|from|in|on|to|with|[a-z]+ing)\s")
# Most of a group, which its name may stand for: "66 percent of likely voters", "nine in 10 Greens"
_MOST_OF = re.compile(  # bounded: 80 characters
    r"(?:(?:an?|the)\s)?(?:(?!nearly|almost|fewer|less|under)[a-z]+\s){0,2}?"
    r"(?:(?:(?:[5-9]\d(?:\.\d+)?|100)\s?(?:%|per\s?cent)|(?:fif|six|seven|eigh|nine)ty(?:-\w+)?\sper\s?cent|majorit(?:y|ies)|"
    r"(?:more\sthan|over)\shalf|(?:two|three)[\s-](?:third|quarter|fifth)s)\sof\s(?:(?:the|all)\s)?|"
    r"(?:[5-9]|five|six|seven|eight|nine)\s(?:in|(?:out\s)?of)\s(?:10|ten)\s|three\s(?:in|(?:out\s)?of)\sfour\s)"
    r"(?!(?:them|us|you|it|those|these|that|whom|which)\b)(?=[\w’'-]{3})",
    re.I,
)
# Behind a first name that shares the surname of the next: "Tam and Ona Vell"
_AND_RELATIVE = re.compile(r"\sand\s([^\W\d_a-z][\w-]+)\s([^\W\d_a-z][\w’'-]+)")
# An office by which somebody is called: “Governor, resign,” they said
_CALLING = re.compile(r"[“\"‘:,.!?]\s?\Z")
_ADDRESS = re.compile(r"(?:Mr|Mrs|Ms|Madame?)\.?\s(?=[A-Z])(?!President)")  # "Mr. Speaker"
# What stands beside a name in a handle: "@RepOnaVell", "@OnaVellMP"
_IN_HANDLE = ("", "the", "real", "sen", "senator", "rep", "gov", "mayor", "cllr", "dr", "mp", "official")
_NO_LETTER = re.compile(r"[\W\d_]+")
# Whose office it is: "the party’s National Chairman"
_ITS = re.compile(r"(?:The|Its|His|Her|Their|Our)\s|[^,\n]*['’]s?\s", re.I)
_LONGEST_NAME = 80  # characters


def call(t: str, mentions: Sequence[Mention]) -> None:
    """Give each mention the name that its actor is known by, and make descriptions of offices that look like names."""
    for m in mentions:
        m.name = _called(m)
    _share_surnames(t, mentions)
    mark_persons(t, mentions)
    _complete_names(t, mentions)
    _name_handles(mentions)
    _mark_roles(t, mentions)
    _mark_offices(t, mentions)
    mark_described(t, mentions)


def _called(m: Mention) -> str:
    """What a mention is called: its name without letters behind it, or that of a person without what is ahead too."""
    if m.kind != "name" or " " not in m.name:
        return m.name
    name = without_letters(m.name, m.type)
    bare = m.role and name.split()[0] in lexicons().first_names  # "Ambassador Dean Vell" is no dean
    return bare_name(name) if m.type == "person" and " " in name and not bare else name


def _complete_names(t: str, mentions: Sequence[Mention]) -> None:
    """Call by its whole name whoever lost the first word of it at the head of a sentence: "Plain Speech won"."""
    named = [m for m in mentions if m.kind == "name"]
    whole = {m.name for m in named if " " in m.name and m.name[0].isupper() and m.name.split()[-1][0].isupper()}
    for m in named:
        full = m.type == "person" and " " in m.name  # "Mayor Ona Vell"
        if not full and (words := without_article(t[m.start : m.end])) in whole:
            m.name = words


def surname_shared(t: str, m: Mention) -> str | None:
    """The surname of whoever is named by the first name only, ahead of a relative: "Tam and Ona Vell"."""
    lists = lexicons()
    relative = _AND_RELATIVE.match(t, m.end) if m.name in lists.first_names else None
    rare = relative and lowercase_words().isdisjoint(w.lower() for w in relative.groups())
    return relative[2] if relative and (relative[1] in lists.first_names or rare) else None


def _share_surnames(t: str, mentions: Sequence[Mention]) -> None:
    """Call by the whole name whoever shares the surname of the next: "Tam and Ona Vell"; but not a surname "Tam"."""
    full = [m.name.split() for m in mentions if m.kind == "name" and m.type == "person" and " " in m.name]
    surnames, bearers = {words[-1] for words in full}, {(words[0], words[-1]) for words in full}
    first = {name for name, _ in bearers}
    once = Counter(m.name for m in mentions if m.kind == "name")
    for m in mentions:
        surname = surname_shared(t, m) if m.kind == "name" and m.name not in surnames else None
        alone = m.name in first or once[m.name] > 1 or m.role  # "President Marcos and Joe Biden"
        if surname in surnames and (not alone or (m.name, surname) in bearers):
            m.name, m.type = f"{m.name} {surname}", "person"


def _name_handles(mentions: Sequence[Mention]) -> None:
    """Call by the full name whoever has it in the handle: "@RepOnaVell"."""
    handles = [m for m in mentions if m.name.startswith("@")]
    named = {_NO_LETTER.sub("", m.name).lower(): m for m in mentions if handles and m.kind == "name" and " " in m.name}
    for m in handles:
        handle = _NO_LETTER.sub("", m.name).lower()
        bare = (name for more in _IN_HANDLE for name in (handle.removeprefix(more), handle.removesuffix(more)))
        own = next((named[name] for name in bare if name in named), None)
        if own is not None:
            m.name, m.type, m.gender = own.name, own.type, own.gender


def _mark_roles(t: str, mentions: Sequence[Mention]) -> None:
    """Make descriptions of offices by which somebody is called, and nobody's surname: “Governor, resign,” they said."""
    surnames = {m.name.split()[-1] for m in mentions if m.kind == "name" and " " in _ADDRESS.sub("", m.name)}
    lists = lexicons()
    for m in mentions:
        address = _ADDRESS.match(m.name)
        name = m.name[address.end() :] if address else m.name
        role = name.lower()
        if m.kind == "name" and m.type == "person" and role in lists.titles and lists.is_office(role):
            called = _CALLING.search(t, max(0, m.start - 2), m.start) and t[m.end : m.end + 1] in (*",!?'’”\"", "")
            called = called and t[m.start : m.end] == m.name  # not "the mayor of Hollin"
            if called and name not in surnames:
                m.kind, m.role, m.name = "nominal", role, name


def _mark_offices(t: str, mentions: Sequence[Mention]) -> None:
    """Make descriptions of offices with a capital that their holder’s name follows: "its Chairman, Chief Bo Lind,"."""
    lists, people = lexicons(), [m for m in mentions if m.kind == "name" and m.type == "person" and " " in m.name]
    named = {m.start - 2 for m in people if t[m.end : m.end + 1] in (",", ".")}
    for m in mentions:
        if m.end in named and t.startswith(", ", m.end) and _ITS.match(t, m.start, m.end):
            words = t[m.start : m.start + core_end(t[m.start : m.end])].split()
            noun = words[-1].lower()
            if lists.is_office(noun) and lists.first_names.keys().isdisjoint(words):
                m.kind, m.type, m.name, m.role = "nominal", "person", full(t[m.start : m.end]), noun


def full(surface: str) -> str:
    """What a description is called: "members of the union", without the article and without what is told of them."""
    told = _BEHIND_NOUN.search(surface, 1)
    whole = surface[: told.start()] if told else surface
    if most := _MOST_OF.match(whole):
        whole = whole[most.end() :]
    if len(whole) > _LONGEST_NAME and (told := _TOLD_AT_LENGTH.search(whole, 1)):
        whole = whole[: told.start()]
    return without_article(whole)[:_LONGEST_NAME] or surface


def core_end(surface: str, at: int = 1) -> int:
    """How far the head words of a mention go, of which the first ones, up to `at`, are a name or a description."""
    m = _ADDED.search(surface, at)
    return m.start() if m else len(surface)
