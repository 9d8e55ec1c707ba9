"""The methods appendix of a paper: how the corpus was made, coded and measured, with every number "in this corpus"."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from newslab.checks import need_kind
from newslab.coding.accuracy import accuracy
from newslab.coding.agreement import agreement
from newslab.coding.guideline import _THRESHOLD
from newslab.coding.sampling import corrected_articles, design
from newslab.coding.tables import SAYS, as_codings, unit_of
from newslab.coding.totals import totals
from newslab.display import LABEL
from newslab.plurals import how_many

if TYPE_CHECKING:
    from newslab.analysis import Analysis

_SHOWN = 20  # problems told one by one
_STEPS = {
    "found": "a stance is there", "source": "source", "target": "target", "actors": "source and target",
    "edge": "right in every part",
}  # fmt: skip
_VERDICTS = {
    "found": "a stance is there", "source": "… and its source is right", "target": "… and its target is right",
    "edge": "… and its polarity is right",
}  # fmt: skip
_UNSURE = "half shared evenly, half in proportion to p(1 - p), p being newslab's probability (systematic sampling)"


@dataclass(frozen=True)
class Appendix:
    """Text in Markdown; a notebook shows it formatted.

    Attributes
    ----------
    text : str
        The Markdown.
    """

    text: str

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<Appendix of {len(self.text.split()):,} words; see .text, .save(path)>"

    def _repr_markdown_(self) -> str:
        return self.text

    def save(self, path: str | Path) -> Path:
        """Write it to a file (UTF-8); folders are made.

        Parameters
        ----------
        path : str or Path

        Returns
        -------
        Path
            The file.

        Raises
        ------
        ValueError
            If `path` is called as a file of another kind (``appendix.docx``).
        """
        path = Path(path).expanduser()
        need_kind(path, ".md", "Markdown, which pandoc turns into Word, LaTeX or PDF")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.text, encoding="utf-8")
        return path


def methods_appendix(
    analysis: Analysis,
    *,
    sample: pd.DataFrame | Sequence[pd.DataFrame] | None = None,
    codings: pd.DataFrame | Sequence[pd.DataFrame] | None = None,
    title: str = "Methods appendix",
    confidence: float = 0.95,
    n_boot: int = 1000,
    seed: int = 0,
) -> Appendix:
    """Write up how a corpus was read, coded and measured, ready to paste into a paper.

    Parameters
    ----------
    analysis : Analysis
    sample, codings : DataFrame or list of DataFrame, optional
        The sample that was coded and its codings; two lists of the same length for a sample of edges and one of
        articles. Without them the appendix describes the corpus, and says that nothing was validated.
    title : str, default "Methods appendix"
        The heading.
    confidence : float, default 0.95
        Coverage of the intervals.
    n_boot : int, default 1000
        Bootstrap samples, of articles.
    seed : int, default 0
        Seed of the bootstrap.

    Returns
    -------
    Appendix
        Its sections: the corpus; what was left out; reading; sample, coding, agreement, error and corrected totals for
        each sample; versions and seeds.

    Raises
    ------
    ValueError
        If only one of `sample` and `codings` is given, or they do not belong together.

    Examples
    --------
    >>> import newslab as nl, pandas as pd
    >>> analysis = nl.analyze(pd.DataFrame({"text": ["Ona Vell attacked Tam Orr."]}), progress=False)
    >>> appendix = nl.coding.methods_appendix(analysis)
    >>> print(appendix.text.splitlines()[4])
    This corpus has 1 article of no named outlet. 1 has no date.
    """
    samples, coded = _list(sample), _list(codings)
    if len(samples) != len(coded):
        raise ValueError(
            f"{len(samples)} samples and {len(coded)} tables of codings; give one of each, in the same order"
        )
    options = {"confidence": confidence, "n_boot": n_boot, "seed": seed}
    parts = [f"# {title}", *_corpus(analysis), *_left_out(analysis), *_reading(analysis)]
    if not samples:
        parts += [
            "## Validation",
            "Nothing was coded by hand, so that nothing can be said about errors in this corpus.",
        ]
    for drawn, rows in zip(samples, coded, strict=True):
        parts += _validation(analysis, drawn, rows, options)
    parts += _versions(analysis, samples, options)
    return Appendix("\n\n".join(parts) + "\n")


def _list(value: Any) -> list[pd.DataFrame]:
    if value is None:
        return []
    return [value] if isinstance(value, pd.DataFrame) else list(value)


def _clean(value: Any) -> str:
    """Text of the corpus inside Markdown: what would be formatted, or break a table, is escaped."""
    told = " ".join(str(value).split())
    for c in "\\`*_{}[]<>#|~$":
        told = told.replace(c, "\\" + c)
    return told


def _corpus(analysis: Analysis) -> list[str]:
    articles = analysis.articles
    dates = articles["published"].dropna()
    outlets = articles["outlet"].value_counts().sort_index()
    told = f"This corpus has {how_many(len(articles), 'article')}"
    told += f" of {how_many(len(outlets), 'outlet')}" if len(outlets) else " of no named outlet"
    if len(dates):
        told += f", published from {dates.min().date()} to {dates.max().date()}"
    told += "."
    if undated := len(articles) - len(dates):
        told += f" {undated:,} {'has' if undated == 1 else 'have'} no date."
    told += f" Together they have {int(articles['n_tokens'].sum()):,} words and punctuation marks."
    parts = ["## The corpus", told.replace(" Together", "\n\nTogether")]
    if len(outlets):
        rows = []
        for outlet, part in articles.assign(outlet=articles["outlet"].fillna("(none)")).groupby("outlet", sort=True):
            days = part["published"].dropna()
            first, last = (str(days.min().date()), str(days.max().date())) if len(days) else ("", "")
            rows.append([_clean(outlet), len(part), int(part["duplicate_of"].notna().sum()), first, last])
        parts.append(_table(["outlet", "articles", "of them copies", "first", "last"], rows))
    return parts


def _left_out(analysis: Analysis) -> list[str]:
    articles, problems, copies = analysis.articles, analysis.problems, analysis._n_copies()
    parts = ["## Exclusions, problems and duplicates"]
    if copies:
        parts.append(
            f"In this corpus, {how_many(copies, 'article')} "
            f"{'is a near-copy of another' if copies == 1 else 'are near-copies of others'} (syndicated or "
            f"republished). Edges, samples and totals are of the remaining {len(articles) - copies:,}: each text is "
            "counted once, for the earliest."
        )
    else:
        parts.append("In this corpus, no article was found to be a near-copy of another; all are counted.")
    if problems.empty:
        parts.append("No file or article had a problem.")
    else:
        lost = ~problems["article_id"].isin(articles["article_id"])
        parts.append(
            f"{how_many(len(problems), 'problem')} {'was' if len(problems) == 1 else 'were'} recorded; "
            f"{how_many(int(lost.sum()), 'file or row')} could not be read and "
            f"{'is' if lost.sum() == 1 else 'are'} not in the corpus:"
        )
        listed = [
            f"* {_clean(r.article_id)} ({r.stage}): {_clean(r.reason)}" for r in problems.head(_SHOWN).itertuples()
        ]
        if len(problems) > _SHOWN:
            listed.append(f"* and {len(problems) - _SHOWN:,} more")
        parts.append("\n".join(listed))
    if touched := len(corrected_articles(analysis)):
        parts.append(
            f"In {how_many(touched, 'article')}, what newslab found was corrected by hand. What was corrected is no "
            "part of any random sample below."
        )
    return parts


def _reading(analysis: Analysis) -> list[str]:
    from newslab import __version__

    reader = {"model": "the bundled model", "rules": "the rule reader"}.get(
        analysis.reader, f"reader “{analysis.reader}”"
    )
    copies = ", copies included," if analysis._n_copies() else ""
    return [
        "## Reading",
        f"The articles were read by newslab {__version__} with {reader}. In this corpus{copies} it found "
        f"{how_many(len(analysis.quotes), 'quotation')} ({analysis._n_unknown():,} without a known speaker), "
        f"{how_many(len(analysis.actors), 'actor')}, and {how_many(len(analysis.stances), 'piece')} of evidence that "
        "one actor criticizes or backs another, each with a probability.",
    ]


def _validation(analysis: Analysis, drawn: pd.DataFrame, codings: pd.DataFrame, options: dict[str, Any]) -> list[str]:
    about = design(drawn)
    codings = as_codings(codings, drawn)
    unit = unit_of(codings)
    name = "edges" if unit == "edges" else "whole articles"
    parts = [f"## Validation on {name}", "### Sample", _design(about)]
    parts += ["### Coding", _coding(drawn, codings, unit)]
    parts += ["### Agreement between coders", *_agreement(codings, options)]
    measured = accuracy(analysis, drawn, codings, **options)
    parts += ["### Error", *_errors(measured, unit, options)]
    if unit == "articles":
        parts += ["### Corrected totals", *_totals(analysis, drawn, codings, options)]
    return parts


def _design(about: dict[str, Any]) -> str:
    unit = "edges of articles" if about["unit"] == "edges" else "articles"
    how = {
        "random": "a simple random sample",
        "stratified": f"a random sample stratified by {about['by']} ({about['n_strata']} strata, in proportion, two "
        "rows each at least)",
        "uncertain": f"a sample of unequal probabilities: {_UNSURE}",
    }[about["how"]]
    told = f"From this corpus, {about['n']:,} of {about['population']:,} {unit} were drawn as {how}, "
    told += f"with seed {about['seed']}."
    if about["unit"] == "edges":
        told += f" An edge was in the list if newslab gave it a probability of {about['threshold']:g} or more."
    told += " Copies were left out"
    if about["n_corrected"]:
        told += f", and so were {about['n_corrected']:,} {about['unit']} that had been corrected by hand"
    return told + ". Figures are weighted by the inverse of each row's probability of being drawn."


def _coding(drawn: pd.DataFrame, codings: pd.DataFrame, unit: str) -> str:
    each = codings.groupby("coder")["item"].nunique()
    both = codings.drop_duplicates(["coder", "item"])["item"].value_counts()
    done = int(drawn["item"].isin(codings["item"]).sum())
    who = ", ".join(f"{_clean(c)} ({n:,})" for c, n in each.items())
    told = f"{how_many(len(each), 'coder')} coded {done:,} of the {len(drawn):,} sampled {unit}: {who}. "
    told += f"{int((both > 1).sum()):,} were coded by two or more. "
    if unit == "edges":
        blind = codings["polarity"].isna()
        if blind.all():
            told += "They saw the two actors and the passage, and not the machine's answer. "
        elif not blind.any():
            told += "They saw the machine's answer, which tends to raise agreement with it. "
        else:
            told += f"For {int((~blind).sum()):,} of {len(blind):,} verdicts they saw the machine's answer. "
        unsure = int(codings["value"].eq("unsure").sum())
        told += f"{how_many(unsure, 'verdict')} “unsure” {'is' if unsure == 1 else 'are'} left out. "
    else:
        edges = codings[codings["value"] == "edge"].drop_duplicates(["coder", "item", "source", "target", "polarity"])
        arguable = int(edges["clarity"].eq("arguable").sum())
        told += (
            f"They coded {how_many(len(edges), 'edge')} from the text (source, target, polarity), {arguable:,} of them "
            "as arguable (a careful reader may leave them out). "
        )
    return told.strip()


def _agreement(codings: pd.DataFrame, options: dict[str, Any]) -> list[str]:
    if codings["coder"].nunique() < 2:
        return ["There was one coder, so that reliability is not known."]
    table = agreement(codings, **options)
    rows = [
        [r.measure, r.of, _clean(r.coders), _two(r.estimate), _range(r.low, r.high), r.n_items, r.n_articles]
        for r in table.itertuples()
    ]
    level = f"{100 * options['confidence']:g} %"
    return [
        _table(["measure in this corpus", "of", "coders", "estimate", f"{level} interval", "n", "articles"], rows),
        "Alpha is Krippendorff's (nominal; 1 is full agreement, 0 chance; customary limits are 0.8, and 0.667 for "
        "tentative conclusions). Intervals: percentile bootstrap over articles, from five on; where all agree, "
        "Clopper-Pearson, and none of alpha.",
    ]


def _errors(table: pd.DataFrame, unit: str, options: dict[str, Any]) -> list[str]:
    level = f"{100 * options['confidence']:g} %"
    head = ["in this corpus", "measure", "estimate", f"{level} interval", "n", "articles"]
    table = table.assign(measure=table["measure"].replace("f1", "F1"))

    def told(rows: pd.DataFrame, called: pd.Series) -> str:
        cells = [
            [what, r.measure, _two(r.estimate), _range(r.low, r.high), r.n, r.n_articles]
            for what, r in zip(called, rows.itertuples(), strict=True)
        ]
        return _table(head, cells)

    whole = table[(table["outlet"] == "all") & (table["polarity"] == "all")]
    parts = ["By step:", told(whole, whole["step"].map(_VERDICTS if unit == "edges" else _STEPS))]
    kinds, outlets = table[table["polarity"] != "all"], table[table["outlet"] != "all"]
    if len(kinds):
        parts += ["By polarity, right in every part:", told(kinds, kinds["polarity"].map(LABEL))]
    if len(outlets):
        parts += ["By outlet, right in every part:", told(outlets, outlets["outlet"].map(_clean))]
    note = (
        "Precision: the share of what newslab reports that is right. n counts edges. Intervals: percentile bootstrap "
        "over articles, from five on; Clopper-Pearson where all or none are right."
    )
    if unit == "articles":
        note += " Recall: the share of the coders' clear edges that newslab finds. Each coder is compared separately."
    return [*parts, note]


def _totals(analysis: Analysis, drawn: pd.DataFrame, codings: pd.DataFrame, options: dict[str, Any]) -> list[str]:
    rows, notes = [], []
    for polarity in ("negative", "positive"):
        for count in ("articles", "edges"):
            told = totals(
                analysis, drawn, codings, polarity=polarity, count=count, interval="corpus",
                confidence=options["confidence"],
            ).iloc[0]  # fmt: skip
            what = f"anybody {SAYS[polarity]} anybody: {count if count == 'articles' else 'edges of articles'}"
            rows.append([what, f"{told['newslab']:.1f}", f"{told['total']:.1f}",
                         _range(told["low"], told["high"], 1), told["n_coded"], told["n_articles"]])  # fmt: skip
            if not pd.isna(told["note"]):
                notes.append(f"* {what}: {told['note']}")
    level = f"{100 * options['confidence']:g} %"
    head = ["in this corpus", "newslab alone", "corrected", f"{level} interval", "coded", "articles"]
    parts = [
        _table(head, rows),
        "Corrected totals are newslab's expected totals over all articles of this corpus without copies, plus the "
        "mean error that the coders found (prediction-powered inference, Angelopoulos et al. 2023, with the weight "
        "of newslab's answers chosen from the data). The intervals are for these very articles, of which the coded "
        "ones are known.",
    ]
    return [*parts, "\n".join(notes)] if notes else parts


def _versions(analysis: Analysis, samples: Sequence[pd.DataFrame], options: dict[str, Any]) -> list[str]:
    from newslab import __version__

    seeds = [f"sample of {d['unit']}: {d['seed']}" for d in map(design, samples)]
    if samples:
        seeds.append(f"bootstrap: {options['seed']} ({options['n_boot']:,} samples)")
    told = [
        f"* newslab {__version__}; reader: {analysis.reader}{_model(analysis.reader)}",
        f"* Python {platform.python_version()}, pandas {pd.__version__}",
        f"* threshold of the coding form: {_THRESHOLD:g}",
    ]
    if seeds:
        told.append(f"* seeds: {'; '.join(seeds)}")
    return ["## Versions and seeds", "\n".join(told)]


def _model(reader: str) -> str:
    """The fingerprint of the bundled weights and what runs them, whose versions may round otherwise."""
    if reader != "model":
        return ""
    from newslab.model import ModelReader
    from newslab.streaming import hash_of

    return f" (weights sha256 {hash_of(ModelReader.files)}, onnxruntime {version('onnxruntime')})"


def _two(value: float) -> str:
    return "not defined" if pd.isna(value) else f"{value:.2f}"


def _range(low: float, high: float, digits: int = 2) -> str:
    return "none" if pd.isna(low) else f"{low:.{digits}f} to {high:.{digits}f}"


def _table(head: list[str], rows: list[list[Any]]) -> str:
    def line(cells: list[Any]) -> str:
        return "| " + " | ".join(str(c) for c in cells) + " |"

    return "\n".join([line(head), "|" + "---|" * len(head), *(line(r) for r in rows)])
