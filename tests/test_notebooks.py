"""The notebooks as committed, and the worked example of docs/reading.md (make test also runs every notebook)."""

import json
import re
import tempfile
from pathlib import Path

import pandas as pd
import pytest

import newslab as nl

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
READING = (ROOT / "docs" / "reading.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebook_is_committed_with_clean_outputs(path):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cells = [c for c in notebook["cells"] if c["cell_type"] == "code"]
    assert all(c["outputs"] for c in cells), "researchers read the notebooks before they install anything"
    assert [c["execution_count"] for c in cells] == list(range(1, len(cells) + 1))
    assert not any(c["metadata"] for c in cells)
    outputs = json.dumps([c["outputs"] for c in cells])
    assert '"output_type": "error"' not in outputs
    for place in (ROOT, Path.home(), Path(tempfile.gettempdir())):
        assert f"{place}/" not in outputs
    assert not re.search(r"ipykernel_\d|/(?:home|Users)/|[A-Z]:\\\\", outputs)
    assert path.stat().st_size < 600_000


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebook_uses_public_names_and_one_line_names_the_folder(path):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cells = notebook["cells"]
    source = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")
    assert cells[0]["cell_type"] == "markdown"
    assert source.count("nl.demo_corpus()") == 1
    assert set(re.findall(r"\bnl\.(\w+)", source)) <= set(dir(nl))
    assert "from newslab" not in source and not re.search(r"\b(?:nl|analysis|articles)\._", source)


def _example():
    quoted = READING.split("An example, which this page follows:")[1].split("```")[0]
    return "\n".join(line.removeprefix(">").strip() for line in quoted.strip().splitlines())


def _rows(heading):
    """Cells of the table that begins with `heading`."""
    table = READING[READING.index(heading) :].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


def test_example_of_the_docs_is_what_the_reader_finds():
    analysis = nl.analyze(pd.DataFrame({"text": [_example()]}), reader="rules", progress=False)
    quotes = analysis.quotes
    columns = ["kind", "speaker", "source", "cue", "attribution"]
    assert quotes[columns].values.tolist() == [row[1:6] for row in _rows("| quote_id | kind |")]
    text = analysis.articles["text"].iloc[0]
    said = [[text[a:b] for a, b in spans] for spans in quotes["spans"]]
    assert [" … ".join(pieces) for pieces in said] == [row[6] for row in _rows("| quote_id | kind |")]
    told = _rows("| source | target | polarity |")
    stances = analysis.stances
    found = stances[["source", "target", "polarity", "via", "evidence"]].values.tolist()
    assert found == [[*row[:3], *row[4:]] for row in told]
    assert stances["probability"].tolist() == pytest.approx([float(row[3]) for row in told], abs=0.02)
    assert analysis.edges("negative")["n_negative"].iloc[0] == pytest.approx(0.88, abs=0.02)


def test_example_reader_of_the_docs_reads_no_indirect_speech():
    code = READING.split("## Another reader")[1].split("```python")[1].split("```")[0]
    code = code.split("analysis = ")[0]
    names: dict[str, object] = {}
    exec(code, names)  # noqa: S102 - our own example
    analysis = nl.analyze(pd.DataFrame({"text": [_example()]}), reader=names["OnlyDirect"](), progress=False)
    assert analysis.quotes["kind"].tolist() == ["direct", "direct"]
    assert analysis.reader == "only-direct"
