"""Codings as a tidy table: one row what one coder says of one edge, or one piece of an article's coding.

Whatever the codings come from (the notebook, a spreadsheet, JSON, INCEpTION), this is the form in which they are kept,
compared and counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from newslab.actor_table import TYPES
from newslab.checks import need_table, one_of
from newslab.coding.sampling import design, others
from newslab.edges import VIAS as KINDS
from newslab.spreadsheets import guarded

if TYPE_CHECKING:
    from newslab.analysis import Analysis

DTYPES = {
    "coder": "str", "item": "str", "article_id": "str", "source": "str", "target": "str", "polarity": "str",
    "value": "str", "clarity": "str", "kind": "str", "evidence": "str", "start": "Int64", "end": "Int64",
    "source_type": "str", "target_type": "str", "source_aliases": "str", "target_aliases": "str", "source_for": "str",
    "target_for": "str", "note": "str", "time": "str",
}  # fmt: skip
POLARITIES = ("negative", "positive")
VERDICTS = ("negative", "positive", "neither", "wrong source", "wrong target", "unsure")
FOUND = ("edge", "no edge")
CLARITIES = ("clear", "arguable")
_KEYS = {str(k): verdict for k, verdict in enumerate(VERDICTS, 1)}  # the keys of the notebook; also in a spreadsheet
_PARTICLES = frozenset("de der den di da du la le van von al bin ibn el y e".split())
_BODIES = frozenset(
    "Party Union Council Board Committee Commission Ministry Government Cabinet Court Office Bank Company Group Agency "
    "Association Federation Alliance Authority Energy News Times Post Courier Gull Assembly House Parliament Senate "
    "Police Army Church University Institute Foundation League Movement Campaign Trust Society Service Line Lines "
    "Ltd Inc".split()
)
SAYS = {"negative": "criticizes", "positive": "backs"}
_SAID = {verb: polarity for polarity, verb in SAYS.items()} | {"criticises": "negative"}  # as the notebook asks


def unit_of(codings: pd.DataFrame) -> str:
    """Whether codings are of "edges" or of "articles"."""
    values = set(codings["value"].dropna())
    if values <= set(FOUND) and values:
        return "articles"
    if values & set(FOUND):
        raise ValueError("these codings mix verdicts on edges with codings of whole articles; use them one by one")
    return "edges"


def need_sampled(analysis: Analysis, sample: pd.DataFrame) -> None:
    """Complain of a sample that was drawn from another corpus."""
    absent, other = others(analysis, sample)
    for ids, what in ((absent, "are not in this analysis"), (other, "have another text in this analysis")):
        if ids:
            raise ValueError(
                f"{len(ids)} of the {sample['article_id'].nunique()} sampled articles {what}, such as {ids[0]!r}; is "
                "it an analysis of another corpus?"
            )


def sheet(analysis: Analysis, sample: pd.DataFrame, *, blind: bool = True) -> pd.DataFrame:
    """A sample as a table to fill by hand, in a spreadsheet or in pandas.

    Parameters
    ----------
    analysis : Analysis
        Has the texts.
    sample : DataFrame
        From :func:`sample`.
    blind : bool, default True
        Leave out what the machine says: of edges the polarity and probability.

    Returns
    -------
    DataFrame
        Of edges one row each, with the ``passage`` (whole paragraphs, the evidence in ⟦ ⟧) and an empty ``value``,
        which takes one of "negative" or "criticizes", "positive" or "backs" (the source the target), "neither", "wrong
        source" (there is a stance, but somebody else's), "wrong target", "unsure", or their numbers 1 to 6. Of
        articles one row each, with the ``text``; copy the row for each edge and fill ``source``, ``target``,
        ``polarity``, ``clarity`` and ``evidence``, or leave it as it is where there is none, and put "edge" or "no
        edge" in ``value``. A text that a spreadsheet would run as a formula has a ' before it. ``coder`` and ``note``
        are empty. Save it with ``.to_csv(path, index=False)``.

    See Also
    --------
    check_codings : takes the filled table.

    Examples
    --------
    >>> import newslab as nl, pandas as pd
    >>> analysis = nl.analyze(pd.DataFrame({"text": ["Ona Vell attacked Tam Orr."]}), progress=False)
    >>> table = nl.coding.sheet(analysis, nl.coding.sample(analysis, 1, threshold=0.1))
    >>> table.loc[0, ["source", "target", "passage"]].tolist()
    ['Ona Vell', 'Tam Orr', '⟦Ona Vell attacked Tam Orr.⟧']
    """
    unit = design(sample)["unit"]
    texts = analysis.articles.set_index("article_id")["text"]
    empty = pd.Series([None] * len(sample), index=sample.index, dtype="str")
    head = sample[["item", "article_id", "title", "outlet", "published"]]
    if unit == "articles":
        columns = {c: empty for c in ("coder", "value", "source", "target", "polarity", "clarity", "evidence", "note")}
        whole = sample["article_id"].map(texts).astype("str")
        return guarded(head.assign(text=whole, **columns), ("title", "outlet", "text"))
    shown = sample[["source", "target"] if blind else ["source", "target", "polarity", "probability"]]
    passages = [
        passage(texts[row.article_id], spans_of(row.spans)) if row.article_id in texts.index else None
        for row in sample.itertuples()
    ]
    passages = pd.Series(passages, index=sample.index, dtype="str")
    filled = head.join(shown).assign(passage=passages, coder=empty, value=empty, note=empty)
    return guarded(filled, ("title", "outlet", "passage"))


def spans_of(told: str) -> list[tuple[int, int]]:
    """Places from "12-40 55-90"."""
    return [(int(a), int(b)) for a, _, b in (piece.partition("-") for piece in str(told).split())]


def passage(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The paragraphs in which evidence stands, the evidence in brackets that no article uses."""
    paragraphs: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for start, end in sorted(spans):
        first = text.rfind("\n", 0, start) + 1
        last = text.find("\n", end)
        paragraphs.setdefault((first, last if last >= 0 else len(text)), []).append((start, end))
    told = []
    for (first, last), pieces in paragraphs.items():
        at, parts = first, []
        for start, end in pieces:
            start = max(start, at)
            if start < end:
                parts += [text[at:start], "⟦", text[start:end], "⟧"]
                at = end
        told.append("".join([*parts, text[at:last]]))
    return "\n…\n".join(told)


def check_codings(
    table: pd.DataFrame,
    *,
    sample: pd.DataFrame | None = None,
    articles: pd.DataFrame | None = None,
    coder: str | None = None,
) -> pd.DataFrame:
    """Bring a filled table into the form of codings, or say in which row something is wrong.

    Parameters
    ----------
    table : DataFrame
        A filled :func:`sheet`, or any table with ``item`` and ``value``; rows with an empty ``value`` are not coded yet
        and left out.
    sample : DataFrame, optional
        The sample that was coded; items that are not in it are refused, and names of its edges filled in.
    articles : DataFrame, optional
        ``analysis.articles``. Evidence is looked up in their texts, and refused where it is not in them word for word.
    coder : str, optional
        Who coded; needed where `table` has no column ``coder``.

    Returns
    -------
    DataFrame
        Codings. One row a coder and item, or of whole articles one row a coder and piece of evidence: ``coder``,
        ``item``, ``article_id``, ``source``, ``target``, ``polarity`` (of an edge that is judged: what the machine
        said, NA when the coder was blind), ``value`` (a verdict, or "edge" and "no edge"), ``clarity`` ("clear",
        "arguable"), ``kind``, ``evidence``, ``start``, ``end`` (Int64), ``source_type``, ``source_aliases``
        (separated by ";"), ``source_for`` and the same of the target, ``note``, ``time`` (UTC, ISO 8601). All but the
        places are str.

    Raises
    ------
    ValueError
        If a value is not possible, a coder is not named, a coder has judged an item twice, or an item is not in the
        sample. The message names the row.

    Examples
    --------
    >>> import newslab as nl, pandas as pd
    >>> filled = pd.DataFrame({"item": ["a#e1", "a#e2"], "value": [1, "neither"]})
    >>> nl.coding.check_codings(filled, coder="Ida")[["coder", "item", "article_id", "value"]].values.tolist()
    [['Ida', 'a#e1', 'a', 'negative'], ['Ida', 'a#e2', 'a', 'neither']]
    """
    missing = [c for c in ("item", "value") if c not in table.columns]
    if missing:
        raise ValueError(f"the table lacks {', '.join(missing)}; nl.coding.sheet(analysis, sample) makes one to fill")
    rows = []
    for number, row in enumerate(table.to_dict("records"), 1):
        told = {c: _text(row.get(c)) for c in DTYPES}
        if told["value"] is None and not (told["source"] and told["target"] and told["polarity"] and "text" in table):
            continue
        rows.append(_checked(told, number, coder))
    frame = frame_of(rows)
    if frame.empty:
        return frame
    unit = unit_of(frame)
    if sample is not None:
        frame = _of_sample(frame, sample, unit)
    if articles is not None:
        frame = placed(frame, articles)
    if unit == "edges":
        again = frame[frame.duplicated(["coder", "item"])]
        if len(again):
            first = again.iloc[0]
            raise ValueError(f"{first['coder']} has judged {first['item']!r} twice; keep one of the two")
    else:
        _agree_with_themselves(frame)
    return frame


def as_codings(table: pd.DataFrame, sample: pd.DataFrame | None = None) -> pd.DataFrame:
    """Codings as they are; a filled sheet, whose words would be taken for other answers, is checked first."""
    need_table("codings, as nl.coding.read_codings gives them, are", table)
    return table if set(DTYPES) <= set(table.columns) else check_codings(table, sample=sample)


def need_coder(codings: pd.DataFrame, coder: str) -> str:
    """A coder who has coded; complains of others, whose empty table would look like a finding."""
    if coder not in set(codings["coder"]):
        raise ValueError(f"no codings by {coder!r}; coders are {', '.join(map(repr, codings['coder'].unique()))}")
    return coder


def frame_of(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Rows as codings; columns that a row does not name are empty."""
    rows = list(rows)
    return pd.DataFrame({c: pd.Series([row.get(c) for row in rows], dtype=t) for c, t in DTYPES.items()})


def _text(value: Any) -> str | None:
    if value is None or (not isinstance(value, list) and pd.isna(value)):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # a spreadsheet makes 1.0 of 1
    return str(value).strip() or None


def _checked(told: dict[str, Any], number: int, coder: str | None) -> dict[str, Any]:
    where = f"row {number} ({told['item']})" if told["item"] else f"row {number}"
    if told["item"] is None:
        raise ValueError(f"{where} has no item")
    told["coder"] = told["coder"] or coder
    if told["coder"] is None:
        raise ValueError(f"{where} names no coder; fill the column or pass coder='…' to check_codings or read_codings")
    told["article_id"] = told["article_id"] or told["item"].rsplit("#e", 1)[0]
    for column in ("value", "polarity"):
        if told[column] is not None:
            told[column] = _SAID.get(told[column].lower(), told[column].lower())
    told["value"] = _KEYS.get(told["value"], told["value"] or "edge")
    one_of(f"{where}: value", told["value"], (*VERDICTS, *FOUND))
    for column, allowed in (
        ("polarity", POLARITIES), ("clarity", CLARITIES), ("kind", KINDS), ("source_type", TYPES),
        ("target_type", TYPES),
    ):  # fmt: skip
        if told[column] is not None:
            told[column] = told[column].lower()
            one_of(f"{where}: {column}", told[column], allowed)
    if told["value"] == "edge":
        absent = [c for c in ("source", "target", "polarity") if told[c] is None]
        if absent:
            raise ValueError(f"{where} is an edge without {' and '.join(absent)}")
        if told["source"] == told["target"]:
            raise ValueError(f"{where}: source and target are both {told['source']!r}; nobody criticizes himself here")
        told["clarity"] = told["clarity"] or "clear"
    for place in ("start", "end"):
        told[place] = None if told[place] is None else int(told[place])
    return told


def _of_sample(frame: pd.DataFrame, sample: pd.DataFrame, unit: str) -> pd.DataFrame:
    about = design(sample)
    if about["unit"] != unit:
        raise ValueError(f"the codings are of {unit}, the sample is of {about['unit']}")
    strange = frame.loc[~frame["item"].isin(sample["item"]), "item"]
    if len(strange):
        raise ValueError(
            f"{strange.nunique()} coded items are not in the sample, such as {strange.iloc[0]!r}; is it another sample?"
        )
    known = sample.set_index("item")
    frame = frame.assign(article_id=frame["item"].map(known["article_id"]))
    if unit == "edges":
        frame = frame.assign(source=frame["item"].map(known["source"]), target=frame["item"].map(known["target"]))
    return frame.astype({"article_id": "str", "source": "str", "target": "str"})


def placed(frame: pd.DataFrame, articles: pd.DataFrame) -> pd.DataFrame:
    """Codings with the place of their evidence, which must stand in the article word for word."""
    texts = articles.set_index("article_id")["text"].to_dict()
    starts, ends = [], []
    for row in frame.itertuples():
        start, end = row.start, row.end
        text = texts.get(row.article_id)
        if text is None:
            raise ValueError(f"article {row.article_id!r} was coded and is not in this corpus")
        if not pd.isna(row.evidence):
            if pd.isna(start) or text[start:end] != row.evidence:
                start = text.find(row.evidence)
                if start < 0:
                    raise ValueError(
                        f"evidence is not in {row.article_id!r} word for word: {row.evidence[:80]!r}; copy it from "
                        "the text"
                    )
                end = start + len(row.evidence)
        starts.append(start)
        ends.append(end)
    out = frame.assign(start=pd.Series(starts, index=frame.index, dtype="Int64"))
    return out.assign(end=pd.Series(ends, index=frame.index, dtype="Int64"))


def _agree_with_themselves(frame: pd.DataFrame) -> None:
    keys = ["coder", "item"]
    both = frame.groupby(keys)["value"].nunique()
    if (both > 1).any():
        coder, item = both[both > 1].index[0]
        raise ValueError(f"{coder} says of {item!r} both that it has edges and that it has none")


def article_codings(codings: pd.DataFrame) -> dict[tuple[str, str], dict[str, Any]]:
    """Each coder's coding of each article in the form of :func:`article_coding`, by coder and article."""
    out: dict[tuple[str, str], dict[str, Any]] = {}
    for (coder, article), rows in codings.groupby(["coder", "article_id"], sort=False):
        actors: dict[str, dict[str, Any]] = {}
        edges: dict[tuple[str, str, str], dict[str, Any]] = {}
        for row in rows[rows["value"] == "edge"].to_dict("records"):
            told = {c: None if pd.isna(v) else v for c, v in row.items()}
            for side in ("source", "target"):
                actor = actors.setdefault(
                    told[side],
                    {"name": told[side], "type": type_of(told[side]), "aliases": [], "for": told[f"{side}_for"]},
                )
                actor["type"] = told[f"{side}_type"] or actor["type"]
                names = (told[f"{side}_aliases"] or "").split(";")
                actor["aliases"] += [n for a in names if (n := a.strip()) and n not in actor["aliases"]]
            edge = edges.setdefault(
                (told["source"], told["target"], told["polarity"]),
                {"source": told["source"], "target": told["target"], "polarity": told["polarity"], "kind": told["kind"],
                 "clarity": told["clarity"] or "clear", "evidence": [], "spans": []},
            )  # fmt: skip
            if told["evidence"] is not None:
                edge["evidence"].append(told["evidence"])
                edge["spans"].append(None if told["start"] is None else [int(told["start"]), int(told["end"])])
        out[coder, article] = {"article": article, "actors": list(actors.values()), "edges": list(edges.values())}
    return out


def type_of(name: str) -> str:
    """A guess where the coder gave no type: a person has a name of capitalized words, and no word of a body in it."""
    words = name.split()
    if words[0].lower() in ("the", "a", "an") or any(
        w[:1].isdigit() or w[:1].islower() and w not in _PARTICLES for w in words
    ):
        return "group"
    return "organisation" if any(w in _BODIES for w in words) else "person"
