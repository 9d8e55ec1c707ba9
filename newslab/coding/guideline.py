"""Who criticizes whom as JSON: written from an analysis, and scored against hand coding in the same form.

One JSON file an article: ``{"article", "actors": [{"name", "type", "aliases", "for"}], "edges": [{"source", "target",
"polarity", "kind", "probability", "evidence"}]}``. Analysts score newslab against their own coding with it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from newslab.checks import made
from newslab.edges import VIAS
from newslab.naming import same_actor

if TYPE_CHECKING:
    from newslab.analysis import Analysis

_THRESHOLD = 0.4  # probability from which an edge is written: F1 as at 0.3 on coded articles, precision higher
_LONGEST_NAME = 200  # bytes of a file's name without suffix; most systems allow 255 with it
_DEVICE = re.compile(r"con|prn|aux|nul|com\d|lpt\d", re.I)  # names that Windows keeps for devices


def article_coding(analysis: Analysis, *, threshold: float = _THRESHOLD) -> dict[str, dict[str, Any]]:
    """Actors and edges of each article, in the form in which hand-coded articles are compared with them.

    Parameters
    ----------
    analysis : Analysis
    threshold : float, default 0.4
        Least probability of an edge (of all its evidence in the article together).

    Returns
    -------
    dict of dict
        By ``article_id``, also of articles without an edge: "article", its id; "actors", those who take part in an
        edge, each with "name", "type", "aliases" and "for" (the body that a spokesperson speaks for, or None); "edges",
        the likeliest first, each with "source", "target", "polarity", "kind", "probability" and "evidence" (a list).

    Examples
    --------
    >>> import newslab as nl, pandas as pd
    >>> analysis = nl.analyze(pd.DataFrame({"text": ["Ona Vell attacked Tam Orr."]}), reader="rules", progress=False)
    >>> [edge["evidence"] for edge in nl.coding.article_coding(analysis)["article-1"]["edges"]]
    [['Ona Vell attacked Tam Orr']]
    """
    types = analysis._rows("actors", ["actor_id", "type"]).set_index("actor_id")["type"].to_dict()
    coded: dict[str, dict[str, Any]] = {}
    stances: dict[str, dict[tuple[str, str, str], list[Any]]] = {}
    for row in analysis._rows("stances").itertuples():
        pairs = stances.setdefault(row.article_id, {})
        pairs.setdefault((row.source_id, row.target_id, row.polarity), []).append(row)
    # Only who takes part in an edge is an actor of the article.
    found = analysis._rows("mentions", ["article_id", "kind", "text", "actor", "actor_id"], {"article_id": [*stances]})
    mentions: dict[str, dict[str, list[Any]]] = {}
    for row in found[found["kind"] != "pronoun"].itertuples():
        mentions.setdefault(row.article_id, {}).setdefault(row.actor_id, []).append(row)
    links = analysis.affiliations[analysis.affiliations["relation"] == "for"]
    spoken_for = {(row.article_id, row.member_id): row.group for row in links.itertuples()}
    for ident in analysis._rows("articles", ["article_id"])["article_id"]:
        edges, used = [], set()
        for (source, target, polarity), rows in stances.get(ident, {}).items():
            probability = 1 - prod(1 - row.probability for row in rows)
            if probability >= threshold:
                used |= {source, target}
                vias = {row.via for row in rows}
                kind = next(v for v in VIAS if v in vias)
                evidence = dict.fromkeys(row.evidence for row in sorted(rows, key=lambda row: -row.probability))
                edges.append(
                    {"source": rows[0].source, "target": rows[0].target, "polarity": polarity, "kind": kind,
                     "probability": round(probability, 4), "evidence": list(evidence)}
                )  # fmt: skip
        edges.sort(key=lambda e: -e["probability"])
        actors = []
        for actor_id, rows in mentions.get(ident, {}).items():
            if actor_id in used:
                name = rows[0].actor
                aliases = [x for x in dict.fromkeys(row.text for row in rows) if x != name]
                body = spoken_for.get((ident, actor_id))
                actors.append({"name": name, "type": types[actor_id], "aliases": aliases, "for": body})
        coded[ident] = {"article": ident, "actors": actors, "edges": edges}
    return coded


def write_coding(analysis: Analysis, folder: str | Path, *, threshold: float = _THRESHOLD) -> list[Path]:
    """Write :func:`article_coding` to one JSON file an article.

    Parameters
    ----------
    analysis : Analysis
    folder : str or Path
        Made if it is not there.
    threshold : float, default 0.4
        Least probability of an edge (of all its evidence in the article together).

    Returns
    -------
    list of Path
        The files, called by the ids of the articles. Characters unfit for file names become "_"; a name that is too
        long is cut, and one that another article has already gets a number.
    """
    folder = made(Path(folder).expanduser())
    written: list[Path] = []
    taken: set[str] = set()
    for ident, article in article_coding(analysis, threshold=threshold).items():
        name = _file_name(ident)
        if name.casefold() in taken:  # "a/b" and "a_b", or on some systems "A" and "a"
            name = _told_apart(name, ident)
        taken.add(name.casefold())
        path = folder / f"{name}.json"
        path.write_text(json.dumps(article, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        written.append(path)
    return written


def write_attributions(analysis: Analysis, path: str | Path) -> Path:
    """Write the quotations as JSON lines.

    Parameters
    ----------
    analysis : Analysis
    path : str or Path
        The file to write; folders are made, an older file is replaced.

    Returns
    -------
    Path
        The file. One line a quotation: ``article``, ``spans``, ``source_start`` and ``source_end`` (null if
        there is no source).
    """
    path = Path(path).expanduser()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as out:
        for row in analysis._rows("quotes", ["article_id", "spans", "source_start", "source_end"]).itertuples():
            start = None if pd.isna(row.source_start) else int(row.source_start)
            end = None if pd.isna(row.source_end) else int(row.source_end)
            line = {"article": row.article_id, "spans": row.spans, "source_start": start, "source_end": end}
            out.write(json.dumps(line, ensure_ascii=False) + "\n")
    return path


def _file_name(ident: str) -> str:
    """An id as the name of a file on any system; nothing in it leads to another folder."""
    name = re.sub(r'[/\\:*?"<>|\x00-\x1f\x7f\ud800-\udfff]', "_", ident).strip(". ") or "_"
    if len(name.encode()) > _LONGEST_NAME:
        name = _told_apart(name, ident)
    return f"_{name}" if _DEVICE.fullmatch(name.split(".")[0]) else name


def refuse_shared_file(path: Path, coder: str, article: str, taken: dict[str, tuple[str, str]]) -> None:
    """Raise ValueError if another coding is in this file already: "a/b" and "a_b", or on some systems "A" and "a"."""
    first = taken.setdefault(path.as_posix().casefold(), (coder, article))
    if first != (coder, article):
        raise ValueError(
            f"what {first[0]!r} coded of {first[1]!r} and {coder!r} of {article!r} would be the same file {path.name}; "
            "write CSV"
        )


def _told_apart(name: str, ident: str) -> str:
    """A name of a file that is not too long, with what tells it from those of other ids."""
    short = name.encode()[: _LONGEST_NAME - 9].decode(errors="ignore").rstrip(". ")
    return f"{short}~{hashlib.sha256(ident.encode()).hexdigest()[:8]}"


def score_edges(gold: str | Path, predicted: str | Path, *, only: str | None = None) -> pd.DataFrame:
    """Precision, recall and F1 of coded edges against hand coding, both in folders of one JSON file an article.

    Parameters
    ----------
    gold, predicted : str or Path
        Folders of the hand-coded articles and of those to be judged, in the form that :func:`write_coding` writes;
        hand-coded edges may have a ``clarity``, "clear" or "arguable". Articles without a predicted file count as
        without edges.
    only : {"negative", "positive"}, optional
        Score one polarity.

    Returns
    -------
    DataFrame
        Index "all", "negative", "positive" (or `only`); ``precision`` (share of predicted edges that match a hand-coded
        one, clear or arguable), ``recall`` (share of the clear hand-coded edges that are matched), ``f1`` (float64),
        ``predicted`` and ``gold_clear`` (int64, numbers of edges).

    Raises
    ------
    FileNotFoundError
        If a folder is missing or `gold` has no JSON file.
    ValueError
        If a file is not in this form.

    Notes
    -----
    Matching is one to one within an article and needs source, target and polarity. Two actors are the same when a name
    or alias of one equals one of the other after removing case, articles, titles and possessives; people also when
    they share a surname and no first names differ; groups when half of their words agree.

    Examples
    --------
    >>> import tempfile, newslab as nl, pandas as pd
    >>> text = "Ona Vell attacked Tam Orr. “Tam Orr is a disgrace,” Vell said."
    >>> analysis = nl.analyze(pd.DataFrame({"text": [text]}), reader="rules", progress=False)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = analysis.export(folder, "coding")
    ...     nl.score_edges(files[0].parent, files[0].parent).loc["all", ["precision", "recall"]].tolist()
    [1.0, 1.0]
    """
    gold, predicted = Path(gold).expanduser(), Path(predicted).expanduser()
    for folder in (gold, predicted):
        if not folder.is_dir():
            raise FileNotFoundError(f"{folder} is no folder; score_edges takes two folders of JSON files")
    files = sorted(gold.glob("*.json"))
    if not files:
        raise FileNotFoundError(f"{gold} holds no JSON files of coded articles")
    pairs = []
    for file in files:
        other = predicted / file.name
        pairs.append((read_coding(file), read_coding(other) if other.exists() else {"actors": [], "edges": []}))
    rows = {(which or "all"): _score(pairs, which) for which in ([only] if only else [None, "negative", "positive"])}
    return pd.DataFrame.from_dict(rows, orient="index")


def match_edges(
    gold: Mapping[str, Any],
    predicted: Mapping[str, Any],
    only: str | None = None,
    *,
    on: Collection[str] = ("source", "target", "polarity"),
) -> tuple[list[tuple[dict[str, Any], dict[str, Any]]], list[dict[str, Any]], list[dict[str, Any]]]:
    """Compare the edges of one article with hand coding.

    Parameters
    ----------
    gold, predicted : mapping
        The article as coded and as found, in the form of :func:`article_coding`.
    only : {"negative", "positive"}, optional
        Compare one polarity. Default both.
    on : collection of str, default ("source", "target", "polarity")
        What must agree; with less than all three it tells in which part the errors lie.

    Returns
    -------
    pairs : list of tuple
        Matched edges, coded and found; each edge is in one pair at most.
    missed : list of dict
        Coded edges that were not found.
    wrong : list of dict
        Edges found that were not coded.

    See Also
    --------
    score_edges : precision and recall of many articles. same_actor : when two actors are one.

    Examples
    --------
    >>> import newslab as nl
    >>> edge = {"source": "Ona Vell", "target": "Tam Orr", "polarity": "negative"}
    >>> coded = {"actors": [], "edges": [edge, edge | {"source": "Bo Lind"}]}
    >>> pairs, missed, wrong = nl.coding.match_edges(coded, {"actors": [], "edges": [edge | {"source": "Vell"}]})
    >>> len(pairs), [e["source"] for e in missed], wrong
    (1, ['Bo Lind'], [])
    """
    known = {a["name"]: a for a in gold["actors"]}
    found = {a["name"]: a for a in predicted.get("actors", [])}
    wanted = [e for e in gold["edges"] if only in (None, e["polarity"])]
    given = [e for e in predicted.get("edges", []) if only in (None, e["polarity"])]
    pairs: list[tuple[dict[str, Any], dict[str, Any]]] = []
    free = list(given)
    for edge in sorted(wanted, key=lambda e: e.get("clarity", "clear") != "clear"):
        for other in free:
            same_ends = all(
                same_actor(known.get(edge[k], {"name": edge[k]}), found.get(other[k], {"name": other[k]}))
                for k in ("source", "target")
                if k in on
            )
            if same_ends and ("polarity" not in on or other["polarity"] == edge["polarity"]):
                pairs.append((edge, other))
                free.remove(other)
                break
    hit = [id(g) for g, _ in pairs]
    return pairs, [e for e in wanted if id(e) not in hit], free


def read_coding(path: Path) -> dict[str, Any]:
    """One coded article; ValueError if its form is another."""
    try:
        article = json.loads(path.read_text(encoding="utf-8"))
        if not {"actors", "edges"} <= set(article):
            raise ValueError("it has no fields 'actors' and 'edges'")
        if not isinstance(article["actors"], list) or not all(
            {"source", "target", "polarity"} <= set(e) for e in article["edges"]
        ):
            raise ValueError("actors or edges are malformed")
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{path} is no coded article: {error}") from error
    return article


def _score(pairs: Iterable[tuple[dict[str, Any], dict[str, Any]]], only: str | None) -> dict[str, float | int]:
    matched = predicted = matched_clear = clear = 0
    for gold, found in pairs:
        hits, missed, wrong = match_edges(gold, found, only)
        matched += len(hits)
        predicted += len(hits) + len(wrong)
        is_clear = [g.get("clarity", "clear") == "clear" for g, _ in hits]
        matched_clear += sum(is_clear)
        clear += sum(is_clear) + sum(e.get("clarity", "clear") == "clear" for e in missed)
    p = matched / predicted if predicted else 0.0
    r = matched_clear / clear if clear else 0.0
    f1 = 2 * p * r / (p + r) if p + r else 0.0
    return {"precision": p, "recall": r, "f1": f1, "predicted": predicted, "gold_clear": clear}
