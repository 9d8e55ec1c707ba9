"""Codings as UIMA CAS XMI, the files in which INCEpTION exports and imports annotated documents.

One document an article and coder, with one annotation of the span layer "Stance" for each piece of evidence. To UIMA
the layer is ``webanno.custom.Stance``, which is how INCEpTION names a layer that is made in a project. Offsets in the
files count UTF-16 units, as UIMA asks for; dkpro-cassis converts them.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import pandas as pd

from newslab.checks import made
from newslab.coding.guideline import _file_name, refuse_shared_file
from newslab.coding.tables import DTYPES, FOUND, frame_of
from newslab.corpus.columns import NOT_IN_XML
from newslab.corpus.files import MAX_ZIP_MEMBER, MAX_ZIP_TOTAL

LAYER = "webanno.custom.Stance"
_ZIPS = 3  # zips within one another, at most; two in an export
_NO_CODER = ("INITIAL_CAS",)  # the document as imported, which INCEpTION exports as well
_DOCUMENT = "de.tudarmstadt.ukp.dkpro.core.api.metadata.type.DocumentMetaData"
_FEATURES = [c for c in DTYPES if c not in ("coder", "article_id", "evidence", "start", "end")]


def _cassis() -> Any:
    try:
        import cassis
    except ImportError as error:
        raise ImportError(
            'files of INCEpTION need dkpro-cassis: pip install "newslab[validate]" (CSV and JSON need nothing more)'
        ) from error
    return cassis


def write_xmi(codings: pd.DataFrame, folder: Path, articles: pd.DataFrame) -> None:
    """Write ``ARTICLE/CODER.xmi`` and one ``TypeSystem.xml``.

    Raises
    ------
    ValueError
        If an article is not in `articles`, or its text holds characters that XML cannot hold.
    """
    cassis = _cassis()
    types = cassis.TypeSystem()
    document = types.create_type(_DOCUMENT, supertypeName="uima.tcas.DocumentAnnotation")
    for feature in ("documentTitle", "documentId"):
        types.create_feature(document, feature, "uima.cas.String")
    stance = types.create_type(LAYER, supertypeName="uima.tcas.Annotation")
    for feature in _FEATURES:
        types.create_feature(stance, feature, "uima.cas.String")
    known = articles.set_index("article_id")
    made(folder)
    taken: dict[str, tuple[str, str]] = {}
    for (coder, article), rows in codings.groupby(["coder", "article_id"], sort=False):
        if article not in known.index:
            raise ValueError(f"article {article!r} was coded and is not in these articles")
        text = known.loc[article, "text"]
        if bad := NOT_IN_XML.search(text):
            raise ValueError(
                f"the text of {article!r} has a character that XML cannot hold at {bad.start()}; write CSV or JSON"
            )
        path = folder / _file_name(article) / f"{_file_name(coder)}.xmi"
        refuse_shared_file(path, coder, article, taken)
        cas = cassis.Cas(types)
        cas.sofa_string, cas.sofa_mime = text, "text/plain"
        title = known.loc[article, "title"]
        cas.add(
            document(
                begin=0, end=len(text), language="en", documentId=article,
                documentTitle=article if pd.isna(title) else title,
            )
        )  # fmt: skip
        for row in rows.to_dict("records"):
            start, end = (0, 0) if pd.isna(row["start"]) else (int(row["start"]), int(row["end"]))
            told = {c: None if pd.isna(row[c]) else str(row[c]) for c in _FEATURES}
            cas.add(stance(begin=start, end=end, **told))
        path.parent.mkdir(parents=True, exist_ok=True)
        cas.to_xmi(path)
    types.to_xml(folder / "TypeSystem.xml")


def read_xmi(path: Path) -> pd.DataFrame:
    """Read files of INCEpTION: a folder, an ``.xmi`` with its ``TypeSystem.xml``, or a ``.zip`` (zips inside it too).

    The coder is the name of the file, as INCEpTION exports it; the article is the document's id, or the folder's name.
    A document without a :data:`LAYER` annotation counts as coded, with no edges.

    Raises
    ------
    FileNotFoundError
        If there is no ``.xmi``, or no ``TypeSystem.xml`` with it.
    ValueError
        If a file cannot be read.
    """
    cassis = _cassis()
    files, size = {}, 0
    for name, content in _files(path):
        files[name], size = content, size + len(content)
        if size > MAX_ZIP_TOTAL:
            raise ValueError(f"{path} unpacks to more than the limit of {MAX_ZIP_TOTAL:,} bytes; read it in parts")
    documents = [n for n in files if n.lower().endswith(".xmi") and PurePosixPath(n).stem not in _NO_CODER]
    if not documents:
        raise FileNotFoundError(f"{path} holds no .xmi file; export from INCEpTION as UIMA CAS XMI")
    rows = []
    for name in documents:
        types = next(
            (files[str(p)] for parent in PurePosixPath(name).parents if str(p := parent / "TypeSystem.xml") in files),
            None,
        )
        if types is None:
            raise FileNotFoundError(f"{name} has no TypeSystem.xml beside it; export both")
        try:
            system = cassis.load_typesystem(io.BytesIO(types))
            cas = cassis.load_cas_from_xmi(io.BytesIO(files[name]), typesystem=system)
        except Exception as error:  # whatever lxml or cassis finds wrong with the file
            raise ValueError(f"{name} is no UIMA CAS XMI: {error}") from error
        rows += _rows(cas, PurePosixPath(name))
    return frame_of(rows)


def _rows(cas: Any, name: PurePosixPath) -> list[dict[str, Any]]:
    known = {t.name for t in cas.typesystem.get_types()}
    about = cas.select(_DOCUMENT) if _DOCUMENT in known else []
    article = next((a.documentId for a in about if a.documentId), None) or name.parent.name or name.stem
    base = {"coder": name.stem, "item": article, "article_id": article}
    found = cas.select(LAYER) if LAYER in known else []
    rows = []
    for annotation in found:
        told = {c: annotation.get(c) for c in _FEATURES if annotation.type.get_feature(c) is not None}
        row = {**base, **{c: v for c, v in told.items() if v is not None}}
        row.setdefault("value", "edge" if row.get("polarity") else None)
        if annotation.end > annotation.begin and row["value"] not in (None, FOUND[1]):
            row |= {
                "start": annotation.begin, "end": annotation.end, "evidence": annotation.get_covered_text(),
            }  # fmt: skip
        rows.append(row)
    return rows or [{**base, "value": FOUND[1]}]


def _files(path: Path) -> Iterator[tuple[str, bytes]]:
    if path.is_dir():
        for file in sorted(path.rglob("*")):
            if file.is_file():
                name = file.relative_to(path).as_posix()
                yield from _unpacked(name, file.read_bytes())
    else:
        beside = path.with_name("TypeSystem.xml")
        if path.suffix.lower() == ".xmi" and beside.is_file():
            yield beside.name, beside.read_bytes()
        yield from _unpacked(path.name, path.read_bytes())


def _unpacked(name: str, content: bytes, within: int = 0) -> Iterator[tuple[str, bytes]]:
    """A file, or those in a zip; a zip in INCEpTION's export stands for a folder, named by the annotator."""
    if not name.lower().endswith(".zip"):
        yield name, content
        return
    if within == _ZIPS:
        raise ValueError(f"{name}: zips lie in it {_ZIPS} deep, which is none of INCEpTION's exports; unpack it first")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for inner in sorted(archive.infolist(), key=lambda info: info.filename):
            if inner.file_size > MAX_ZIP_MEMBER:
                raise ValueError(f"{name}: {inner.filename} unpacks to {inner.file_size:,} bytes, too many for codings")
            if not inner.is_dir():
                yield from _unpacked(f"{name[:-4]}/{inner.filename}", archive.read(inner), within + 1)
