"""The documentation: links lead somewhere, and what is said about the project is true. `make docs` builds the site."""

import importlib.util
import re
from pathlib import Path

import pytest
import yaml

import newslab as nl
from newslab.reliability import measured

ROOT = Path(__file__).parents[1]
PAGES = ["README.md", "CHANGELOG.md", "newslab/model/weights/MODEL_CARD.md"]
ALL = [*PAGES, *(f"docs/{p.name}" for p in sorted((ROOT / "docs").glob("*.md")))]


@pytest.fixture(scope="module")
def hook():
    pytest.importorskip("mkdocs", reason='needs pip install "newslab[docs]"')
    spec = importlib.util.spec_from_file_location("site_hook", ROOT / "docs" / "site" / "hook.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ALL)
def test_links_lead_to_pages_or_are_words(hook, name):
    text = hook._linked((ROOT / name).read_text(encoding="utf-8"), Path(name).parent)
    made = {*hook._PAGES.values(), "gallery.md"}
    for target in re.findall(r"\]\(([^)\s#]+)", re.sub(r"```.*?```", "", text, flags=re.DOTALL)):
        if not re.match(r"[a-z]+:", target):
            assert target in made or (ROOT / "docs" / target).is_file(), target


@pytest.mark.parametrize("name", ALL)
def test_lists_and_tables_are_drawn_as_such(name):
    """The site's Markdown asks for an empty line ahead of a list, and for four spaces before what is within an item."""
    pytest.importorskip("pymdownx", reason='needs pip install "newslab[docs]"')
    from markdown import markdown

    text = (ROOT / name).read_text(encoding="utf-8")
    html = markdown(text, extensions=["tables", "pymdownx.superfences"])
    prose = re.sub(r"<pre>.*?</pre>", "", html, flags=re.DOTALL)
    assert not re.findall(r"^(?:<p>)?(?:\||[*-] |\d+\. ).*", prose, flags=re.MULTILINE)


def test_a_link_that_leads_nowhere_stops_the_build(hook):
    from mkdocs.exceptions import PluginError

    with pytest.raises(PluginError, match="leads nowhere"):
        hook._linked("[a](nothing.py)", Path("docs"))
    with pytest.raises(PluginError, match="out of the project"):
        hook._linked("[a](../../etc/passwd)", Path("docs"))
    assert hook._linked("[the code](../newslab/cli.py), [x](https://a.example/b)", Path("docs")) == (
        "the code (`newslab/cli.py`), [x](https://a.example/b)"
    )


def test_every_page_is_in_the_contents(hook):
    config = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    listed = {page for entry in config["nav"] for page in entry.values()}
    pages = {p.name for p in (ROOT / "docs").glob("*.md")} | set(hook._PAGES.values()) | {"gallery.md"}
    assert pages == listed


def test_every_public_name_is_in_the_reference():
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    listed = {line.split(".")[-1] for line in re.findall(r"^::: (newslab[\w.]+)", text, flags=re.MULTILINE)}
    for name in nl.__all__:
        kind = getattr(nl, name)
        assert name in listed or getattr(kind, "__module__", "").startswith("newslab.coding"), name


def test_every_chart_is_in_the_gallery(hook):
    assert set(nl.plot.__all__) - {"interactive", "table"} <= set(hook._CHARTS)


def test_the_page_about_errors_has_the_figures_of_both_readers(hook):
    assert "<!-- reliability -->" in (ROOT / "docs" / "limits.md").read_text(encoding="utf-8")
    table = hook._reliability()
    rows = [line.strip("| ").split(" | ") for line in table.splitlines()[2:] if line.startswith("| ")]
    for column, reader in ((1, "model"), (2, "rules")):
        assert [(r[0], r[column]) for r in rows] == [(w, f"{share:.2f}") for w, share in measured(reader).rows]
    assert len({r[0] for r in rows}) == len(rows) == 10 and "[model card](model-card.md)" in table


@pytest.mark.parametrize(
    ("figures", "page"),
    [
        (f"{what}: {{}}", page)
        for what in ("edges, US", "edges, British", "all")
        for page in ("README.md", "docs/reading.md")
    ]
    + [("direct: {}", "docs/reading.md")],
)
def test_the_figures_of_the_pages_are_those_of_the_model_card(figures, page):
    card = (ROOT / "newslab" / "model" / "weights" / "MODEL_CARD.md").read_text(encoding="utf-8")
    names = ("precision", "recall", "f1") if "edges" in figures else ("found", "found + source", "precision")
    rows = [re.search(rf"\| {re.escape(figures.format(n))} \|[^|]*\| ([\d.]+) \| ([\d.]+) \|", card) for n in names]
    model, rules = (" / ".join(f"{float(row[k]):.2f}" for row in rows) for k in (1, 2))
    assert f"| {model} | {rules} |" in (ROOT / page).read_text(encoding="utf-8")


def test_the_version_to_cite_is_this_one():
    assert "__version__" in dir(nl)  # as Tab-completion looks for it
    for name in ("CITATION.cff", "docs/cite.md"):
        assert nl.__version__ in (ROOT / name).read_text(encoding="utf-8")


def test_the_questions_of_the_data_model_are_answered_by_the_calls_it_names(tmp_path, monkeypatch):
    page = (ROOT / "docs" / "data-model.md").read_text(encoding="utf-8")
    code = page.split("## Questions, and the calls that answer them\n```python\n")[1].split("```")[0]
    (tmp_path / "my-articles").mkdir()
    texts = ["Ona Vell attacked Tam Orr. “Rain is bad,” Tam Orr said.", "Bo Lind attacked Ona Vell.", "Vell slept."]
    for k, text in enumerate(texts):
        (tmp_path / "my-articles" / f"gull_2031-03-1{k}_harbour.txt").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    made = {}
    exec(code.replace("nl.analyze(articles)", 'nl.analyze(articles, reader="rules")'), made)
    assert made["by_outlet"]["outlet"].tolist() == ["gull", "gull"]
    assert str(made["by_outlet"]["first"].min().date()) == "2031-03-10"
    assert made["quotes"]["speaker"].tolist() == ["Tam Orr"]
    names = set(made["corrected"].actors["name"])
    assert {"Tam Orr (mayor)", "Bo Lind (junior)"} <= names and "Tam Orr" not in names
    assert {"evidence.csv", "appendix.md", "results", "my-articles"} == {p.name for p in tmp_path.iterdir()}
