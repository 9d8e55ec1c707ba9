"""How often hand coders confirm what a rule finds, by its word and by who acts on whom (``training/rules.py``)."""

from __future__ import annotations

from newslab.pronouns import FIRST_PERSON
from newslab.rules.lexicons import lexicons

_UNMEASURED = 0.3  # of a rule that no hand-coded article has tested


def share(rule: str) -> float:
    """Share of what a rule finds, with this very word if measured, that coders confirm; of acts, between two names."""
    known = lexicons().precision
    return known.get(rule) or known.get(_class(rule), _UNMEASURED)


def is_measured(rule: str) -> bool:
    """Whether :func:`share` knows the rule."""
    return _class(rule) in lexicons().precision


def _class(rule: str) -> str:
    """A rule without the word that it found: "verb- accuse" is of "verb-"."""
    return rule.partition(" ")[0]


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

    Returns
    -------
    tuple of str
        Entries of ``rule_ends.tsv``.
    """
    sign = "+" if polarity > 0 else "-"
    own = [f"own source{sign}"] if source in FIRST_PERSON else []
    both = (("source", source_described), ("target", target_described))
    return (*own, *(f"described {end}{sign}" for end, described in both if described))


def with_ends(p: float, found: tuple[str, ...]) -> float:
    """The chance of an act whose rule has share `p`, between ends of these kinds; what is certain stays so."""
    if p >= 1:
        return p
    odds = p / (1 - p)
    for end in found:
        odds *= lexicons().ends.get(end, 1.0)
    return odds / (1 + odds)
