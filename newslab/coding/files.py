"""Codings in files: CSV, JSON (one file an article), and INCEpTION's."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from newslab.checks import one_of
from newslab.coding.guideline import _file_name, read_coding, refuse_shared_file
from newslab.coding.tables import DTYPES, article_codings, check_codings, frame_of, unit_of
from newslab.needs import Needed
from newslab.spreadsheets import read_guarded, write_guarded

FORMS = ("csv", "json", "inception")
_TEXTS = [c for c, t in DTYPES.items() if t == "str"]


class NoCodings(Needed, FileNotFoundError):
    """Nobody has coded yet; a notebook shows the sentence without a traceback."""


def write_codings(
    codings: pd.DataFrame, path: str | Path, form: str | None = None, *, articles: pd.DataFrame | None = None
) -> Path:
    """Write codings to files.

    Parameters
    ----------
    codings : DataFrame
        Codings; see :func:`check_codings`.
    path : str or Path
        For "csv" a file, else a folder. Folders are made; files of the same names are replaced.
    form : {"csv", "json", "inception"}, optional
        "csv": one file. "json": ``CODER/ARTICLE.json``, as :func:`write_coding`; of whole articles only.
        "inception": UIMA CAS XMI for INCEpTION, ``ARTICLE/CODER.xmi`` beside ``TypeSystem.xml``; needs `articles` and
        ``pip install "newslab[validate]"``. Default "csv" for a name that ends in ``.csv``, else "json".
    articles : DataFrame, optional
        ``analysis.articles``, for the texts.

    Returns
    -------
    Path
        The file or folder.

    Raises
    ------
    ValueError
        If `form` cannot hold the codings.

    See Also
    --------
    read_codings : gives the same table back.

    Notes
    -----
    "json" has a key more, ``spans``, with the place of each piece of evidence, so that a phrase that stands twice in an
    article is not confused; and ``coder`` and ``time``.

    Examples
    --------
    >>> import tempfile, newslab as nl, pandas as pd
    >>> codings = nl.coding.check_codings(pd.DataFrame({"coder": ["Ida"], "item": ["a#e1"], "value": ["neither"]}))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = nl.coding.write_codings(codings, f"{folder}/codings.csv")
    ...     nl.coding.read_codings(path).equals(codings)
    True
    """
    path = Path(path).expanduser()
    form = form or ("csv" if path.suffix.lower() in (".csv", ".xlsx") else "json")
    one_of("form", form, FORMS)
    if form == "csv":
        write_guarded(codings, path, _TEXTS)
    elif form == "json":
        _write_json(codings, path)
    else:
        from newslab.coding.inception import write_xmi

        if articles is None:
            raise ValueError("INCEpTION's files hold the texts; pass articles=analysis.articles")
        write_xmi(codings, path, articles)
    return path


def read_codings(
    path: str | Path,
    form: str | None = None,
    *,
    sample: pd.DataFrame | None = None,
    articles: pd.DataFrame | None = None,
    coder: str | None = None,
) -> pd.DataFrame:
    """Read codings from a file or folder, and check them.

    Parameters
    ----------
    path : str or Path
        A table as spreadsheets save it (``.csv``, ``.tsv``, ``.txt``, ``.xlsx``), or several by a pattern such as
        "edges-by-*.csv", one of each coder; a folder of JSON files, one an article, of one coder or with a folder for
        each; or files of INCEpTION (a folder, an ``.xmi`` or an exported ``.zip``).
    form : {"csv", "json", "inception"}, optional
        Default by what is there.
    sample, articles, coder : optional
        As in :func:`check_codings`. `coder` names the coder of files that do not say.

    Returns
    -------
    DataFrame
        Codings; see :func:`check_codings`.

    Raises
    ------
    FileNotFoundError
        If there is no such file or folder, or it holds no codings.
    ValueError
        If a file is not in its form, or a value in it is not possible.

    Examples
    --------
    >>> import tempfile, newslab as nl, pandas as pd
    >>> text = "Ona Vell attacked Tam Orr. “Tam Orr is a disgrace,” Vell said."
    >>> analysis = nl.analyze(pd.DataFrame({"text": [text]}), reader="rules", progress=False)
    >>> drawn = nl.coding.sample(analysis, 1)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     nl.coding.sheet(analysis, drawn).assign(value="criticizes").to_excel(f"{folder}/sheet.xlsx", index=False)
    ...     codings = nl.coding.read_codings(f"{folder}/sheet.xlsx", sample=drawn, coder="Ida")
    >>> codings[["coder", "source", "target", "value"]].values.tolist()
    [['Ida', 'Ona Vell', 'Tam Orr', 'negative']]
    """
    one_of("form", form, (*FORMS, None))
    path = Path(path).expanduser()
    files = _matching(path)
    if not files:
        raise NoCodings(
            f"there is no {path}: nobody has coded yet. Show nl.coding.code(analysis, sample, coder='…', path='…') as "
            "the last line of a cell and answer its questions; each answer is saved in the file of that path"
        )
    form = form or ("csv" if files != [path] else _form_of(path))
    if form == "csv":
        table = pd.concat([read_guarded(file, _TEXTS) for file in files], ignore_index=True)
        return check_codings(table, sample=sample, articles=articles, coder=coder)
    if form == "json":
        table = _read_json(path, coder)
    else:
        from newslab.coding.inception import read_xmi

        known = next((t["article_id"] for t in (sample, articles) if t is not None), ())
        table = _as_known(read_xmi(path), known)
    return check_codings(table, sample=sample, articles=articles, coder=coder)


def _matching(path: Path) -> list[Path]:
    """The file or folder of this name, or else the files that it is a pattern of."""
    return [path] if path.exists() else sorted(path.parent.glob(path.name))


def _as_known(table: pd.DataFrame, known: Iterable[str]) -> pd.DataFrame:
    """Article ids again, where documents were imported under the names of files."""
    known = set(known)
    by_file = {_file_name(ident): ident for ident in known}

    def ident(name: str) -> str:
        return name if name in known else by_file.get(name) or by_file.get(Path(name).stem) or name

    named = table["article_id"].map(ident).astype("str")
    item = table["item"].where(table["item"] != table["article_id"], named)
    return table.assign(article_id=named, item=item)


def _form_of(path: Path) -> str:
    if path.is_file():
        return {".json": "json", ".xmi": "inception", ".zip": "inception"}.get(path.suffix.lower(), "csv")
    if next(path.rglob("*.xmi"), None) or next(path.rglob("*.zip"), None):
        return "inception"
    if next(path.rglob("*.json"), None):
        return "json"
    raise FileNotFoundError(f"{path} holds no codings: no .json, .xmi or .zip in it; name a CSV file itself")


def _write_json(codings: pd.DataFrame, folder: Path) -> None:
    if len(codings) and unit_of(codings) != "articles":
        raise ValueError("JSON holds codings of whole articles, not verdicts on edges; write them as CSV")
    times = codings.groupby(["coder", "article_id"], sort=False)["time"].last()
    notes = codings.groupby(["coder", "article_id"], sort=False)["note"].last()
    taken: dict[str, tuple[str, str]] = {}
    for (coder, article), coded in article_codings(codings).items():
        path = folder / _file_name(coder) / f"{_file_name(article)}.json"
        refuse_shared_file(path, coder, article, taken)
        for edge in coded["edges"]:
            if None in edge["spans"]:
                del edge["spans"]
        about = {
            "coder": coder, "time": _none(times[coder, article]), "note": _none(notes[coder, article]),
        }  # fmt: skip
        coded |= {k: v for k, v in about.items() if v is not None}
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(coded, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _none(value: Any) -> Any:
    return None if pd.isna(value) else value


def _read_json(path: Path, coder: str | None) -> pd.DataFrame:
    files = [path] if path.is_file() else sorted(path.rglob("*.json"))
    rows: list[dict[str, Any]] = []
    for file in files:
        coded = read_coding(file)
        article = str(coded.get("article") or file.stem)
        folder = file.parent.name if file.parent != path and path.is_dir() else None
        base = {
            "coder": coded.get("coder") or coder or folder, "item": article, "article_id": article,
            "time": coded.get("time"), "note": coded.get("note"),
        }  # fmt: skip
        if base["coder"] is None:
            raise ValueError(f"{file} names no coder; pass coder='…'")
        actors = {a["name"]: a for a in coded["actors"]}
        if not coded["edges"]:
            rows.append({**base, "value": "no edge"})
        for edge in coded["edges"]:
            row = {**base, "value": "edge"}
            row |= {k: edge.get(k) for k in ("source", "target", "polarity", "kind", "clarity")}
            for side in ("source", "target"):
                actor = actors.get(edge[side], {})
                row[f"{side}_type"] = actor.get("type")
                row[f"{side}_aliases"] = "; ".join(actor.get("aliases") or []) or None
                row[f"{side}_for"] = actor.get("for")
            evidence = edge.get("evidence") or [None]
            spans = edge.get("spans") or [None] * len(evidence)
            for words, span in zip(evidence, spans, strict=True):
                start, end = span or (None, None)
                rows.append({**row, "evidence": words, "start": start, "end": end})
    return frame_of(rows)
