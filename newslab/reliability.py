"""How reliable a reader was found to be: the figures of the model card, in words for people who read no model card."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import resources

# What each figure of the card says; those that are not here mean little to somebody who reads a report.
_SAID = {
    "direct: found": "Quotations in quotation marks that are found",
    "direct: found + source": "Quotations found, with the words of the right source",
    "direct: precision": "Found quotations that are quotations",
    "all: found": "Attributed words, indirect speech too, that are found",
    "all: found + source": "Attributed words found, with the words of the right source",
    "speakers: direct": "Quotations whose speaker is the right actor",
    "edges, US: recall": "Edges coded by hand that are found, American articles",
    "edges, US: precision": "Reported edges that the coders confirm, American articles",
    "edges, British: recall": "Edges coded by hand that are found, British articles",
    "edges, British: precision": "Reported edges that the coders confirm, British articles",
}
_ROW = re.compile(r"\| ([^|]+) \|([^|]*)\|([^|]*)\|([^|]*)\|")
_UNSEEN = re.compile(r"edges have F1 ([\d.]+) \(US\) and ([\d.]+) \(British\)")


@dataclass(frozen=True, slots=True)
class Measured:
    """Figures of one reader.

    Attributes
    ----------
    rows : list of (str, float)
        What was measured, and the share (0 to 1).
    date : str
        When, as ``2026-11-25``.
    unseen : tuple of float or None
        F1 of edges on American and on British articles on which nothing was fitted; None for a reader of which this
        was not measured.
    """

    rows: list[tuple[str, float]]
    date: str
    unseen: tuple[float, float] | None


def measured(reader: str) -> Measured | None:
    """Figures of a reader from the model card of the package.

    Parameters
    ----------
    reader : {"model", "rules"}
        Its name; of others nothing is known.

    Returns
    -------
    Measured or None

    Examples
    --------
    >>> measured("model").rows[0][0]
    'Quotations in quotation marks that are found'
    >>> measured("a reader of my own") is None
    True
    """
    column = {"model": 2, "rules": 3}.get(reader)
    if column is None:
        return None
    card = resources.files("newslab").joinpath("model", "weights", "MODEL_CARD.md").read_text(encoding="utf-8")
    figures = card.partition("<!-- figures -->")[2].partition("<!-- end -->")[0]
    rows = {m[1].strip(): m[column + 1].strip() for m in _ROW.finditer(figures)}
    date = re.search(r"\d{4}-\d\d-\d\d", figures)
    unseen = _UNSEEN.search(" ".join(card.split())) if reader == "model" else None
    return Measured(
        [(words, float(rows[name])) for name, words in _SAID.items() if rows.get(name)],
        date.group() if date else "",
        (float(unseen[1]), float(unseen[2])) if unseen else None,
    )
