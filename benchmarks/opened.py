"""What can be asked of a large result without loading it, and what that costs.

usage: python benchmarks/opened.py RESULT [STEP ...]

RESULT is a folder that `analyze(…, out=…)` wrote, such as benchmarks/scale.py leaves. Each step opens it in a process
of its own; prints a Markdown table with CPU seconds and peak resident memory, of which 250 MB are Python and newslab.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib

import newslab as nl


def strongest(analysis: nl.Analysis) -> Any:
    return analysis.edges().iloc[0]


def click(analysis: nl.Analysis) -> None:
    """Open the explorer, choose an edge, and open the first article behind it."""
    explorer, edge = nl.explore(analysis), strongest(analysis)
    explorer.select(edge.source_id, edge.target_id)
    explorer._text(explorer.selection["article_id"].iloc[0])


def reject(analysis: nl.Analysis) -> None:
    """Apply one correction."""
    corrections = nl.Corrections(author="Ida")
    corrections.judge(analysis, analysis.table("stances", ["stance_id"])["stance_id"].iloc[0], "reject")
    analysis.apply(corrections)


def steps(folder: Path) -> dict[str, Callable[[nl.Analysis], Any]]:
    """What is asked, by name; files go to the folder."""
    found: dict[str, Callable[[nl.Analysis], Any]] = {
        "edges": lambda a: a.edges(),
        "edges by month": lambda a: a.edges(by="month"),
        "speakers": lambda a: a.speakers(),
        "explain": lambda a: a.explain(strongest(a).source_id, strongest(a).target_id),
        "explorer": click,
        "report": lambda a: a.report(folder / "report.html"),
        "one correction": reject,
    }
    for chart in ("matrix", "network", "timeline"):
        found[chart] = lambda a, chart=chart: getattr(nl.plot, chart)(a)
    for form in ("csv", "parquet", "gexf", "attributions", "coding"):
        found[f"export {form}"] = lambda a, form=form: a.export(folder, form)
    return found


def main() -> None:
    if sys.argv[1:2] == ["--one"]:
        warnings.simplefilter("ignore")
        matplotlib.use("Agg")
        with tempfile.TemporaryDirectory() as folder:
            step, analysis = steps(Path(folder))[sys.argv[3]], nl.load(sys.argv[2])
            begin = time.process_time()
            step(analysis)
            seconds = time.process_time() - begin
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6
        print(f"| {sys.argv[3]} | {seconds:.1f} | {peak:.0f} MB |", flush=True)
        return
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    print(f"{nl.load(sys.argv[1])!r}\n\n| step | CPU s | peak memory |\n|---|---|---|", flush=True)
    for name in sys.argv[2:] or steps(Path()):
        subprocess.run([sys.executable, __file__, "--one", sys.argv[1], name], check=True)


if __name__ == "__main__":
    main()
