"""Pages of the site that are made from other files of the project, so that nothing is written twice.

The start page is the README, with its links turned to pages of the site; the model card and the changelog are pages;
the gallery is drawn from the demo corpus; and the figures in limits.md come from the model card.
"""

import io
import re
import warnings
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[2]
_PAGES = {"README.md": "index.md", "CHANGELOG.md": "changes.md", "newslab/model/weights/MODEL_CARD.md": "model-card.md"}
# Heading, what is drawn and how; the code is what is run.
_CHARTS = {
    "network": ("The network", 'nl.plot.network(analysis, n=25)', "Arrows point from who criticizes or backs to whom."),
    "matrix": ("The matrix", "nl.plot.matrix(analysis)", "Rows criticize columns."),
    "balance": ("Given and taken", "nl.plot.balance(analysis)", "How much criticism each actor gives and takes."),
    "timeline": ("Through time", "nl.plot.timeline(analysis)", "Articles with criticism and with support, by month."),
    "outlets": ("Outlet against outlet", "nl.plot.outlets(analysis)", "Who criticizes whom in which outlet."),
    "sentiment": ("Tone of speakers", "nl.plot.sentiment(analysis)", "Tone of words, which is not stance."),
    "multiples_figure": ("Small multiples", "nl.plot.multiples_figure(analysis)", "One chart in parts."),
}  # fmt: skip


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages and pictures that are made."""
    for source, page in _PAGES.items():
        text = (ROOT / source).read_text(encoding="utf-8")
        files.append(File.generated(config, page, content=_linked(text, Path(source).parent)))
    gallery = ["# Gallery",
               "Drawn from the demo corpus, 89 articles by four outlets of an invented country. `timeline`, `balance`, "
               "`outlets` and `matrix` have twins to point at, such as `nl.plot.interactive.timeline(analysis)`.",
               "```python\nimport newslab as nl\n\nanalysis = nl.analyze(nl.demo_corpus())\n```"]  # fmt: skip
    for name, (heading, code, caption, picture) in _drawn().items():
        files.append(File.generated(config, f"gallery/{name}.svg", content=picture))
        gallery += [f"## {heading}", caption, f"![{heading}](gallery/{name}.svg)", f"```python\n{code}\n```"]
    files.append(File.generated(config, "gallery.md", content="\n\n".join(gallery)))
    return files


def on_page_markdown(markdown: str, page: Any, config: MkDocsConfig, files: Files) -> str:
    """Turn links to files of the project into links to pages, and fill in the figures."""
    if page.file.src_uri in (*_PAGES.values(), "gallery.md"):
        return markdown
    return _linked(markdown, Path("docs")).replace("<!-- reliability -->", _reliability())


def _linked(text: str, folder: Path) -> str:
    """Markdown whose links, relative to a folder of the project, lead to pages of the site, or are plain words."""

    def turned(match: re.Match[str]) -> str:
        mark, words, target = match[1], match[2], match[3]
        if re.match(r"[a-z]+:|#", target):
            return match[0]
        path, hash_mark, anchor = target.partition("#")
        place = (ROOT / folder / path).resolve()
        if not place.is_relative_to(ROOT):
            raise PluginError(f"{folder}: the link to {target} leads out of the project")
        name = place.relative_to(ROOT).as_posix()
        made = name.removeprefix("docs/") in (*_PAGES.values(), "gallery.md")
        if not place.exists() and not made:
            raise PluginError(f"{folder}: the link to {target} leads nowhere")
        page = _PAGES.get(name) or (name.removeprefix("docs/") if name.startswith("docs/") else None)
        if page is not None:
            return f"{mark}[{words}]({page}{hash_mark}{anchor})"
        return f"{words} (`{name}`)" if words.strip("`") != name else words

    return re.sub(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)", turned, text)


def _drawn() -> dict[str, tuple[str, str, str, bytes]]:
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    import newslab as nl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # three files of the demo corpus are there not to be read
        articles = nl.read_articles(nl.demo_corpus(), progress=False)
    analysis = nl.analyze(articles, progress=False)
    out = {}
    for name, (heading, code, caption) in _CHARTS.items():
        with plt.ioff(), matplotlib.rc_context({"svg.hashsalt": "newslab"}):
            drawn = eval(code, {"nl": nl, "analysis": analysis})
        file = io.BytesIO()
        drawn.figure.savefig(file, format="svg", bbox_inches="tight", facecolor="white", metadata={"Date": None})
        plt.close(drawn.figure)
        out[name] = (heading, code, caption, file.getvalue())
    if missing := set(nl.plot.__all__) - {*_CHARTS, "interactive", "table"}:
        raise PluginError(f"the gallery lacks {', '.join(sorted(missing))}; add it to _CHARTS in docs/site/hook.py")
    return out


def _reliability() -> str:
    from newslab.reliability import measured

    model, rules = measured("model"), measured("rules")
    shares = dict(rules.rows)
    lines = ["| | model | rules |", "|---|---|---|"]
    lines += [f"| {words} | {share:.2f} | {shares[words]:.2f} |" for words, share in model.rows]
    return "\n".join([*lines, "", f"Measured on {model.date}; all figures are in the [model card](model-card.md)."])
