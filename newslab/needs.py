"""What a question needs of a corpus; where it is not there, a notebook says so in a sentence."""

from __future__ import annotations

import pandas as pd

_HOW = {
    "outlet": "an outlet",
    "published": "a date",
}


class Needed(ValueError):
    """Something that only you can give is not there yet.

    It is no fault of the code, so a notebook shows the sentence alone, without the way through the code that led to it.
    """

    def _render_traceback_(self) -> list[str]:  # which IPython asks for
        return [str(self)]


def called(column: str) -> str:
    """What an article has that has a value in a column."""
    return _HOW.get(column, f"a value in the column {column!r}")


def require(articles: pd.DataFrame, column: str, n: int) -> None:
    """Raise :class:`Needed` unless a column of articles holds `n` different values."""
    values = articles[column] if column in articles.columns else pd.Series(None, index=articles.index, dtype="object")
    if values.nunique() >= n:
        return
    what = called(column)
    many = "" if n == 1 else f", and for {n} different ones at least"
    without = int(values.isna().sum())
    said = f"{without:,} of these {len(articles):,} articles have no {what.split(' ', 1)[1]}" if without else (
        f"these {len(articles):,} articles have {values.nunique()}"
    )  # fmt: skip
    raise Needed(
        f"This asks for articles with {what}{many}; {said}.\n"
        "Put a table metadata.csv with the columns file, date and outlet beside the files; or fill the column of "
        f"nl.read_articles(…) yourself, articles[{column!r}] = …, before nl.analyze(articles). "
        "The end of notebook 01 shows both."
    )
