"""How often hand coders confirm what a rule finds, by its word and by who acts on whom (``training/rules.py``)."""

from __future__ import annotations

from newslab.rules.lexicons import lexicons

_UNMEASURED = 0.3  # of a rule that no hand-coded article has tested
_FIRST_PERSON = frozenset("i we my our me us".split())


def share(rule: str) -> float:
    """Share of what a rule finds, with this very word if measured, that coders confirm; of acts, between two names."""
    known = lexicons().precision
    return known.get(rule) or known.get(rule.split()[0], _UNMEASURED)


def is_measured(rule: str) -> bool:
    """Whether :func:`share` knows the rule."""
    return rule.split()[0] in lexicons().precision


def ends(source: str, source_described: bool, target_described: bool, polarity: int) -> tuple[str, ...]:
    """What of its two ends makes an act likelier, or less likely, than between two actors with names.

    Parameters
    ----------
    source : str
        The word or name by which the source is mentioned.
    source_described, target_described : bool
        Whether they are known by a description only.
    polarity : int
        1 or -1.
    """
    sign = "+" if polarity > 0 else "-"
    own = [f"own source{sign}"] if source in _FIRST_PERSON else []
    told = [
        f"described {end}{sign}" for end, is_so in (("source", source_described), ("target", target_described)) if is_so
    ]
    return (*own, *told)


def with_ends(p: float, found: tuple[str, ...]) -> float:
    """The chance of an act whose rule has share `p`, between ends of these kinds."""
    odds = p / (1 - p)
    for end in found:
        odds *= lexicons().ends.get(end, 1.0)
    return odds / (1 + odds)
