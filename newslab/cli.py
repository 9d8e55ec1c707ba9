"""The command ``newslab``: analyse a corpus, write the report, score against hand coding.

Exit status: 0 done, 1 failed, 2 wrong use (unknown option or format, missing path), 130 stopped with Ctrl-C. Failures
are one line on standard error; NEWSLAB_DEBUG=1 gives the traceback as well.
"""

from __future__ import annotations

import argparse
import glob
import os
import sys
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newslab import __version__
from newslab.plurals import how_many, number

# pandas, matplotlib and the reader are imported inside the commands, so that --help answers at once.
if TYPE_CHECKING:
    import pandas as pd

    from newslab.analysis import Analysis

FORMATS = ("parquet", "csv", "xlsx", "gexf", "graphml", "coding", "attributions")
_COLUMNS = {"text": "text", "title": "headline", "published": "date", "outlet": "outlet"}
_EXPECTED = (ValueError, OSError, ImportError, MemoryError)  # errors whose message says what to do
_N_EDGES = 10  # edges printed
_N_PROBLEMS = 5  # problems printed
_DPI = 200


class _WrongUse(Exception):
    """The command line asks for something that is not there."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments without the name of the program; those of the process by default.

    Returns
    -------
    int
        The exit status.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a console of few characters shows "?", and the run goes on
            stream.reconfigure(errors="replace")
    try:
        with _short_warnings():
            args = _parser().parse_args(argv)
            args.run(args)
            sys.stdout.flush()
        return 0
    except SystemExit as stop:  # argparse: 0 after --help, 2 after wrong use
        return int(stop.code or 0)
    except BrokenPipeError:
        # The reader of our output has gone (`newslab demo | head`). Python would complain again at exit.
        try:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except (OSError, ValueError):
            pass  # standard output is no real file, so nothing is flushed at exit
        return 1
    except KeyboardInterrupt as stop:
        _complain(str(stop) or "stopped")
        return 130
    except _WrongUse as error:
        _complain(str(error))
        return 2
    except Exception as error:
        if os.environ.get("NEWSLAB_DEBUG"):
            import traceback

            traceback.print_exc()
        if isinstance(error, _EXPECTED):
            _complain(_message(error))
        else:
            hint = "run with NEWSLAB_DEBUG=1 for the traceback"
            _complain(f"unexpected {type(error).__name__}: {error} ({hint})")
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="newslab",
        description="From a folder of news articles to who says what and who criticizes whom.",
        epilog="newslab COMMAND --help says more about each. To begin: newslab demo, or newslab analyze FOLDER -o "
        "results and newslab report results.",
    )
    parser.add_argument("--version", action="version", version=f"newslab {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def command(name: str, run: Any, help: str, **options: Any) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=help, description=help[0].upper() + help[1:] + ".", **options)
        made.set_defaults(run=run)
        return made

    demo = command("demo", _demo, "analyse the bundled corpus of invented news")
    demo.add_argument("-o", "--out", type=_path, default=Path("out"), help="folder to write to (default: out)")
    demo.add_argument("--no-progress", action="store_true", help="show no progress bar")

    analyze = command(
        "analyze",
        _analyze,
        "analyse a corpus and write its tables",
        aliases=["analyse"],
        epilog="Formats: csv, one file a table, and xlsx, one book; gexf and graphml, the network for Gephi; coding, "
        "the edges of each article as JSON for newslab score; attributions, quotations and sources as JSON lines. "
        "Parquet tables are always written; newslab report OUT makes a page of charts and evidence from them. With "
        "--in-parts, the same command goes on after an interruption, and later reads what has been added.",
    )
    analyze.add_argument(
        "corpus", nargs="+", type=_named, metavar="CORPUS", help="folder, file, zip or quoted pattern of articles"
    )
    analyze.add_argument("-o", "--out", type=_path, required=True, metavar="OUT", help="folder to write to")
    analyze.add_argument(
        "--format",
        type=_formats,
        metavar="FORMAT[,FORMAT…]",
        help=f"what to write besides Parquet: {', '.join(FORMATS)} (default: csv; with --in-parts nothing)",
    )
    analyze.add_argument(
        "--in-parts",
        action="store_true",
        help="for large corpora: a run that needs little memory and can be taken up again",
    )
    readers = "the more accurate, or the faster (default: model)"
    analyze.add_argument("--reader", default="model", choices=("model", "rules"), help=readers)
    analyze.add_argument(
        "--workers", type=_threads, metavar="N", help="threads of the model (default: one for each core)"
    )
    for name, what in _COLUMNS.items():
        analyze.add_argument(f"--{name}", metavar="COL", help=f"column of the {what}, where articles come as a table")
    analyze.add_argument("--no-progress", action="store_true", help="show no progress bar")

    report = command("report", _report, "write one HTML page of a saved analysis: charts, edges and their sentences")
    report.add_argument("folder", type=_path, metavar="OUT", help="folder that newslab analyze wrote to")
    report.add_argument("-o", "--output", type=_path, metavar="FILE", help="page to write (default: OUT/report.html)")

    score = command(
        "score",
        _score,
        "precision, recall and F1 of edges against hand coding",
        epilog="Both folders hold one JSON file an article, of the same name in both; newslab analyze --format coding "
        "writes the second, in OUT/coding, and shows the form of the first.",
    )
    score.add_argument("gold", type=_path, metavar="GOLD_DIR", help="folder of hand-coded articles")
    score.add_argument(
        "predicted", type=_path, metavar="PREDICTED_DIR", help="folder of the same articles as newslab read them"
    )
    score.add_argument("--only", choices=("negative", "positive"), help="score one polarity")
    score.add_argument("--show", metavar="NAME", help="list found, missed and wrong edges of one article (NAME.json)")
    return parser


def _named(given: str) -> str:
    if not given:  # as "$OUT" is where no such variable is set; Path makes the folder one is in of it
        raise argparse.ArgumentTypeError("the path is empty")
    return given


def _path(given: str) -> Path:
    return Path(_named(given)).expanduser()  # a shell leaves --out=~/results as it is


def _threads(given: str) -> int:
    if not given.isdecimal() or int(given) < 1:
        raise argparse.ArgumentTypeError(f"{given!r} is no number of threads; it is 1 or more")
    return int(given)


def _formats(given: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name for part in given.split(",") if (name := part.strip().lower())))
    unknown = [name for name in names if name not in FORMATS]
    if unknown or not names:
        wrong = ", ".join(map(repr, unknown)) or repr(given)
        raise argparse.ArgumentTypeError(f"no format {wrong}; formats are {', '.join(FORMATS)}")
    return names


def _demo(args: argparse.Namespace) -> None:
    import newslab

    corpus = newslab.demo_corpus()
    out = _writable(args.out)
    articles = newslab.read_articles(corpus, progress=_progress(args))
    analysis = newslab.analyze(articles, progress=_progress(args))
    analysis.save(out)
    analysis.export(out, formats=["csv", "xlsx", "gexf", "graphml"])
    charts = _charts(analysis, out / "charts")
    page = out / "report.html"
    analysis.report(page)
    _summary(analysis)
    _look(
        (page, "charts, edges and the sentences behind them; open it in a browser"),
        (charts, "the charts as PNG"),
        (out, "the tables as Parquet, CSV and Excel, the network as GEXF and GraphML"),
    )
    print("\nYour own articles: newslab analyze FOLDER -o OUT")


def _analyze(args: argparse.Namespace) -> None:
    import newslab
    from newslab.corpus.files import would_read
    from newslab.parts import MADE

    for place in args.corpus:
        if not _path(place).exists() and not glob.glob(str(_path(place)), recursive=True):
            raise _WrongUse(f"no file or folder {place!r}")
        # A second run would otherwise read the tables of the first as articles.
        if would_read(place, args.out, MADE):
            raise _WrongUse(f"{args.out} lies inside the corpus {place}; choose a folder outside it")

    columns = {name: getattr(args, name) for name in _COLUMNS if getattr(args, name) is not None}
    out, began = _writable(args.out, in_parts=args.in_parts), time.time()
    source = args.corpus if len(args.corpus) > 1 else args.corpus[0]
    reading: dict[str, Any] = {"reader": args.reader, "workers": args.workers, "progress": _progress(args)}
    if args.in_parts:
        try:
            analysis = newslab.analyze(source, out=out, **reading, **columns)
        except KeyboardInterrupt:
            raise KeyboardInterrupt("stopped; the same command goes on where this one was") from None
    else:
        articles = newslab.read_articles(source, **columns, progress=_progress(args))
        analysis = newslab.analyze(articles, **reading)
        analysis.save(out)
    formats = args.format or (() if args.in_parts else ("csv",))
    others = [name for name in formats if name != "parquet"]
    if others:
        analysis.export(out, formats=others)
    _summary(analysis)
    _look((out, f"the tables as {', '.join(['parquet', *others])}"))
    if older := _older(out, began - 1):
        print(f"\nNot of this run but of an earlier one: {', '.join(older)}")
    print(f"\nCharts and sentences on one page: newslab report {args.out}")


def _report(args: argparse.Namespace) -> None:
    if args.folder.is_file():
        raise _WrongUse(f"{args.folder} is a file; give the folder that newslab analyze wrote to")
    if not args.folder.is_dir():
        raise _WrongUse(f"no folder {str(args.folder)!r}; newslab analyze CORPUS -o {args.folder} makes one")
    import newslab

    page = args.output or args.folder / "report.html"
    analysis = newslab.load(args.folder)
    _no_screen()
    print(analysis.report(page))


def _score(args: argparse.Namespace) -> None:
    for folder in (args.gold, args.predicted):
        if not folder.is_dir():
            raise _WrongUse(f"no folder {str(folder)!r}")
    if args.show is not None and not (args.gold / f"{args.show}.json").is_file():
        raise _WrongUse(f"no article {args.show!r} in {args.gold}: there is no {args.show}.json")
    from newslab.coding import score_edges

    scores = score_edges(args.gold, args.predicted, only=args.only)
    print(scores.to_string(float_format="{:.3f}".format))
    if args.show is not None:
        _show_article(args.gold / f"{args.show}.json", args.predicted / f"{args.show}.json", args.only)


def _show_article(gold: Path, predicted: Path, only: str | None) -> None:
    import json

    from newslab.coding import match_edges

    wanted = json.loads(gold.read_text(encoding="utf-8"))
    given = {"actors": [], "edges": []}
    if predicted.is_file():
        given = json.loads(predicted.read_text(encoding="utf-8"))
    pairs, missed, wrong = match_edges(wanted, given, only)
    for name, edges in (("found", [g for g, _ in pairs]), ("missed", missed), ("wrong", wrong)):
        print(f"\n{name} ({len(edges)})")
        for edge in edges:
            doubt = "" if edge.get("clarity", "clear") == "clear" else f" [{edge['clarity']}]"
            print(f"  {edge['source']} → {edge['target']} ({edge['polarity']}){doubt}")
            for words in edge.get("evidence") or []:
                print(f"      {_one_line(words)}")


def _charts(analysis: Analysis, folder: Path) -> Path:
    _no_screen()
    import matplotlib.pyplot as plt

    from newslab import plot

    folder.mkdir(parents=True, exist_ok=True)
    for name in ("matrix", "network", "sentiment", "timeline"):
        axes = getattr(plot, name)(analysis)
        axes.figure.savefig(folder / f"{name}.png", dpi=_DPI, bbox_inches="tight")
        plt.close(axes.figure)
    return folder


def _no_screen() -> None:
    import matplotlib

    matplotlib.use("Agg")


def _summary(analysis: Analysis) -> None:
    n_problems = len(analysis.problems)
    print(f"{how_many(analysis._count('articles'), 'article')}, {analysis._n_copies():,} of them copies")
    print(f"{how_many(analysis._count('quotes'), 'quotation')}, {analysis._n_unknown():,} of them without a speaker")
    print(how_many(n_problems, "problem") + (":" if n_problems else ""))
    for row in analysis.problems.head(_N_PROBLEMS).itertuples():
        print(f"  {row.article_id}: {_one_line(row.reason)}")
    if n_problems > _N_PROBLEMS:
        print(f"  … and {n_problems - _N_PROBLEMS:,} more in the table of problems")
    print(_edge_lines(analysis.edges().head(_N_EDGES)))


def _edge_lines(edges: pd.DataFrame) -> str:
    if edges.empty:
        return "\nNobody criticizes or backs anybody, as far as could be read"
    lines = ["\nThe strongest edges, in expected numbers of articles", "criticizes   backs"]
    lines += [
        f"{number(e.n_negative):>10}  {number(e.n_positive):>6}   {e.source} → {e.target}" for e in edges.itertuples()
    ]
    return "\n".join(lines)


def _older(out: Path, began: float) -> list[str]:
    """Exports and reports in the folder that an earlier run left there."""
    names = ("*.csv", "*.xlsx", "edges.g*", "attributions.jsonl", "report.html", "coding/*.json")
    old = [path for name in names for path in sorted(out.glob(name)) if path.stat().st_mtime < began]
    return list(dict.fromkeys(path.relative_to(out).parts[0] for path in old))


def _look(*places: tuple[Path, str]) -> None:
    width = max(len(str(path)) for path, _ in places)
    print("\nWhere to look")
    for path, what in places:
        print(f"  {str(path):<{width}}  {what}")


def _one_line(text: str, width: int = 160) -> str:
    line = " ".join(str(text).split())
    return line if len(line) <= width else line[: width - 1] + "…"


def _writable(out: Path, in_parts: bool = False) -> Path:
    """Make the folder before the work, so that a bad name costs no time, and no work by hand is written over."""
    from newslab.parts import is_in_parts
    from newslab.saved import n_corrections

    if out.exists() and not out.is_dir():
        raise _WrongUse(f"{out} is a file; -o takes a folder")
    if not in_parts and is_in_parts(out):
        raise _WrongUse(f"{out} holds an analysis in parts; add --in-parts to go on with it, or choose another folder")
    if n := n_corrections(out):
        told = how_many(n, "correction")
        raise _WrongUse(f"{out} holds an analysis with {told} by hand, which would be lost; choose another folder")
    out.mkdir(parents=True, exist_ok=True)
    return out


def _progress(args: argparse.Namespace) -> bool | None:
    """None leaves it to the library, which shows a bar for many articles; never where nobody watches."""
    return False if args.no_progress or not sys.stderr.isatty() else None


def _message(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror + (f": {error.filename}" if error.filename else "")
    if isinstance(error, MemoryError) and not str(error):
        return "there is not enough memory; read fewer articles at once, or a large corpus in parts (--in-parts)"
    return str(error) or type(error).__name__


def _complain(message: str) -> None:
    print(f"newslab: {message}", file=sys.stderr)


@contextmanager
def _short_warnings() -> Iterator[None]:
    """Warnings to the user as one line each, without the place in the code."""
    with warnings.catch_warnings():
        warnings.simplefilter("default", UserWarning)
        # What could not be read is part of the summary.
        warnings.filterwarnings(
            "ignore", r"(?s).*see (?:articles\.attrs\['problems'\]|analysis\.problems)", UserWarning
        )
        warnings.showwarning = lambda message, *_, **__: _complain(f"warning: {message}")
        yield


if __name__ == "__main__":
    sys.exit(main())
