"""What offices people hold, as the words beside a name tell it, and for what bodies a noun may be."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from newslab.calling import ARTICLE, gender_fits
from newslab.reading import Mention
from newslab.rules.lexicons import lexicons

if TYPE_CHECKING:
    from newslab.cast import Cast
    from newslab.page import Page

_PUBLIC = re.compile(  # offices that are seldom anybody's but the one person's whom the article calls by it
    r"\b(?:minister|chancellor|premier|taoiseach|president|governor|mayor|sheriff|senator|leader)\Z", re.I
)
# What tells right behind a name that its bearer leads something: "Vell's leadership", "Vell, who heads the council"
_LEADS = re.compile(
    r"(?:['’]s?)?\s(?:\w+\s)?(leadership|premiership|presidency|chairmanship)\b"
    r"(?!\s(?:bid|race|contest|campaign|challenge|hope|ambition|election|rival|contender|candida|run|battle|debate))"
    r"|,?\s(?:who\s)?(?:now\s|currently\s)?(leads|heads|chairs)\s(?=(?:the|its|their|his|her)\s|[A-Z])"
    r"|,?\s(?:who\s)?(?:was\s|has been\s)?(?:re-?)?(elected|chosen|became|becoming|as)\s(?:as\s)?"
    r"(?:the\s|its\s|their\s)?(?:new\s)?(?:party\s)?leader\b"
)
_LED_BY = re.compile(r",?\s(?:(?:which|that)\s)?(?:is\s)?(?:now\s|currently\s)?(?:led|headed)\sby\s\Z")
_OFFICE = {"premiership": "prime minister", "presidency": "president",
           "chairmanship": "chairman", "chairs": "chairman"}  # fmt: skip
_SAME_BODY = [  # nouns for bodies, together those that may be for one
    frozenset(nouns.split())
    for nouns in (
        "union association federation guild alliance",
        "company firm business bank newspaper magazine network",
        "government administration cabinet",
        "ministry department agency office bureau commission authority service regulator",
        "committee panel commission board council inquiry",
        "council authority",
        "party opposition alliance coalition movement faction",
        "court panel",
        "league association federation club team",
        "team camp campaign",
    )
]
BODIES = frozenset().union(*_SAME_BODY)
# Which no number of people are: not "rebels", "two soldiers"
OF_NO_PEOPLE = BODIES - set(
    "alliance association camp campaign club coalition faction federation group guild league movement opposition "
    "party team union".split()
)
# What a party's officers are for: "Labour housing spokeswoman", "Tory rural affairs spokesman"
_PORTFOLIOS = frozenset(
    "affairs agriculture arts care children consumer culture development energy equality family fisheries house "
    "housing immigration industrial industry infrastructure pensions policing rural science senate skills social sport "
    "sports tax tourism treasury veterans water welfare women work".split()
)
Owner = tuple[int | None, str | None]  # whose something is, by number, and of what gender
NO_OWNER: Owner = (None, None)
MOST = 300  # actors of one name, noun or role, among whom one is looked for
_LONGEST_OFFICE = 40  # characters between a body and the name of its officer, at most
_ANOTHER_OFFICE = frozenset(("prime", "vice", "deputy", "shadow", "next", "future", "incoming"))
NOT_THE_OFFICE = _ANOTHER_OFFICE | {"former", "ex", "late", "then", "acting", "assistant", "group", "opposition"}
_OF_BODY = re.compile(r"^([\w -]+?) (?:of|(?<=minister )for|(?<=secretary )for) (?:the )?(.+)$")
_IN_FULL = {"sen": "senator", "gov": "governor", "rep": "representative", "gen": "general", "sgt": "sergeant",
            "ceo": "chief executive", "pm": "prime minister", "backbencher": "mp", "frontbencher": "mp",
            "congressman": "representative", "congresswoman": "representative"}  # fmt: skip
# Secretaries who are no ministers
_CLERKS = frozenset("assistant branch company district general party permanent press private regional under".split())


def owner_in(t: str, mentions: Sequence[Mention], k: int, nested: Sequence[int]) -> Owner:
    """Whose a described body is: the name in "Ona Vell’s campaign", by its number; the gender that "her" tells."""
    m = mentions[k]
    if m.kind != "nominal" or m.type == "person":
        return NO_OWNER
    if t.startswith(("his ", "her ", "His ", "Her "), m.start):
        return None, "m" if t[m.start : m.start + 3].lower() == "his" else "f"
    inside = [j for j in nested if mentions[j].kind == "name" and m.start <= mentions[j].start]
    owners = (j for j in inside if mentions[j].end < m.end and t.startswith(("'", "’"), mentions[j].end))
    return next(owners, None), None


def is_of_another(owner: Owner, owners: Collection[Owner]) -> bool:
    """Whether what is owned so is not what these own: "his campaign", "Ona Vell’s campaign"."""
    who, gender = owner
    return any(
        (gender and theirs and gender != theirs) or (None not in (who, other) and who != other)
        for other, theirs in owners
    )


def leads_beside(t: str, mentions: Sequence[Mention], k: int) -> str | None:
    """What the words beside a name tell that its bearer leads: "Ona Vell, who heads the council", "led by Vell"."""
    m = mentions[k]
    if leads := _LEADS.match(t, m.name_end(t)):
        office = _OFFICE.get(next(filter(None, leads.groups())), "leader")
        near = range(leads.end(), leads.end() + (7 if leads[2] or t.startswith(" of ", leads.end()) else 0))
        bodies = [o.name for o in mentions[k + 1 : k + 5] if o.start in near and o.type != "person"]
        if not bodies and leads[2]:  # "who leads the polls", but not "Vell leads Orr"
            bodies = re.findall(r"\w+", t[leads.end() : leads.end() + 30])[1:2]
            office = "" if t[leads.end()].isupper() else office
    elif led := _LED_BY.search(t, max(0, m.start - 40), m.start):
        bodies = [o.name for o in mentions[max(0, k - 3) : k] if o.end == led.start() and o.type != "person"]
        office = "leader" if bodies else ""
    else:
        return None
    return " ".join([*bodies[:1], office]).replace(" of ", " ") if office else None


def _may_be_for(word: str) -> bool:
    """Whether an office may be of or for what a word says: "campaign spokesman", "senior health adviser"."""
    lists = lexicons()
    return lists.is_body(word) or word in _PORTFOLIOS or word in lists.words["modifier"]


def has_office_behind(t: str, mentions: Sequence[Mention], k: int) -> bool:
    """Whether a mention only says whose officer the person is who is named next: "school board president Bo Lind".

    So does "Vell" in "Vell campaign spokesman Bo Lind", and "Labour" in "Labour housing spokesman Bo Lind".
    """
    end, lists = mentions[k].end, lexicons()
    return any(
        lists.is_office(" ".join(words[n:])) and all(map(_may_be_for, words[:n]))
        for o in mentions[k + 1 : k + 4]
        if o.kind == "name" and o.type == "person" and end < o.start < end + _LONGEST_OFFICE
        for words in [t[end : o.name_end(t) - len(o.name)].split(" ")[1:-1]]
        for n in range(len(words))
    )


def role_words(role: str) -> list[str]:
    """The words of a role, its noun last: "the leader of Labour" like "Labour leader", "Sen." like "senator"."""
    role = _OF_BODY.sub(r"\2 \1", ARTICLE.sub("", role.lower()))
    role = re.sub(r"(?<=chief executive) officer$", "", re.sub(r"film[- ]maker", "filmmaker", role))
    return " ".join(_IN_FULL.get(w, w) for w in role.replace(".", "").split()).split()


def role_fits(description: list[str], role: list[str]) -> bool:
    """Whether "the Labour leader" may mean somebody called "party leader": same noun, and nothing that contradicts."""
    if not description or not role or description[-1] != role[-1]:
        return False
    told, known = set(description[:-1]), set(role[:-1])
    if ("former" in known) != ("former" in told) and told or _ANOTHER_OFFICE & known != _ANOTHER_OFFICE & told:
        return False
    return not told or not (known or {"a", "an"} & told) or bool(told & known)


def holders(cast: Cast, words: Sequence[str]) -> list[tuple[int, list[str]]]:
    """Named people, one of whose roles has the last of these words as its noun, with each of their roles."""
    return [
        (i, role)
        for i in sorted(cast.index.role[words[-1]] if words else ())[-MOST:]
        if cast.actors[i].type == "person" and not cast.actors[i].described
        for role in map(role_words, cast.actors[i].roles)
    ]


def only_holder(cast: Cast, k: int, surface: str) -> int | None:
    """The only person whom the article gives the very role of a definite description, or a longer form of it."""
    if not surface.lower().startswith("the ") and not _is_present(cast.page, k, surface):
        return None
    words = role_words(surface)
    gender = cast.page.mentions[k].gender  # "the congresswoman"
    held = [(i, role) for i, role in holders(cast, words) if gender_fits(cast.actors[i].gender, gender)]
    if words == ["minister"] and not held and not _has_minister(cast):  # the British health secretary
        held = [(i, words) for i, role in holders(cast, ["secretary"]) if role[1:] and not _CLERKS & set(role)]
    same = {i for i, role in held if role == words}
    longer = {i for i, role in held if role[-len(words) :] == words and not NOT_THE_OFFICE & set(role[: -len(words)])}
    for fitting in (same, longer):
        if fitting:
            return fitting.pop() if len(fitting) == 1 else None
    return None


def _has_minister(cast: Cast) -> bool:
    """Whether the article tells of a minister without a name, who is not the prime minister: "Lorvane’s minister"."""
    aliases = (a for i in cast.index.alias["minister"] for a in cast.actors[i].aliases)
    return any("minister" in a.lower() and "prime" not in a.lower() for a in aliases)


def _is_present(page: Page, k: int, surface: str) -> bool:
    """Whether a description means who holds a public office now: “This mayor lied”, "praised his minister"."""
    this = surface.lower().startswith("this ") and page.quoted[k] is not None
    return (this or surface.lower().startswith(("his ", "her "))) and _PUBLIC.search(surface) is not None


def is_another_body(noun: str, name: str, words: Collection[str]) -> bool:
    """Whether a bare noun for a body is not for one that goes by another: "the league", the Dockers' Union."""
    theirs = "".join(re.split(r"\s(?:of|for)\s", name.lower(), maxsplit=1)[0].split()[-1:])
    if theirs not in BODIES or noun in words:
        return False
    return not any({noun, theirs} <= nouns for nouns in _SAME_BODY)
