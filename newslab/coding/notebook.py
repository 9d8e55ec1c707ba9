"""Hand-coding in JupyterLab, Notebook 7 and VS Code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from newslab.coding.session import Session

try:
    import anywidget
    import traitlets
except ImportError as error:
    raise ImportError(
        'coding in the notebook needs anywidget: pip install "newslab[lab]"; without it fill nl.coding.sheet(…), as a '
        "DataFrame or in a spreadsheet"
    ) from error

_STATIC = Path(__file__).with_name("static")


class CodingDesk(anywidget.AnyWidget):
    """A sample to code in the notebook; made by :func:`newslab.coding.code`.

    Attributes
    ----------
    coder : str
        Who codes.
    codings : DataFrame
        What is coded so far; see :func:`check_codings`.
    session : Session
        The work itself: ``answer``, ``add_edge``, ``finish``, ``undo``, ``go``. After using it from Python call
        ``refresh()``.
    """

    _esm = _STATIC / "coding.js"
    _css = _STATIC / "coding.css"
    coder = traitlets.Unicode("").tag(sync=True)
    article = traitlets.Dict().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)

    def __init__(self, session: Session) -> None:
        self.session = session
        super().__init__(coder=session.coder, article=session.article(), state=session.state())
        self.observe(self._named, names="coder")
        self.on_msg(self._told)

    @property
    def codings(self) -> pd.DataFrame:
        """What is coded so far."""
        return self.session.codings

    def refresh(self, error: str = "") -> None:
        """Show what the session holds now."""
        article = self.session.article()
        if article != self.article:  # the text travels once an article
            self.article = article
        self.state = {**self.session.state(), "error": error}

    def _named(self, change: dict[str, Any]) -> None:
        session, before = self.session, change["old"]
        left = session.n_done
        told = ""
        try:
            session.coder = change["new"]
        except (OSError, ValueError) as problem:
            told = str(problem)
        if not told and before and left > session.n_done:
            told = f"{self.coder or 'nobody'} codes now; what {before} coded stays in {session.path}"
        self.refresh(told)

    def _told(self, _: Any, message: dict[str, Any], __: Any) -> None:
        """Do what the page asks for; what cannot be done is shown there."""
        session = self.session
        steps = {
            "next": lambda: session.go(session.index + 1),
            "previous": lambda: session.go(session.index - 1),
            "go": lambda: session.go(message["index"]),
            "answer": lambda: session.answer(str(message["value"]), message.get("note")),
            "add": lambda: session.add_edge(
                str(message["source"]), str(message["target"]), str(message["polarity"]),
                clarity=str(message["clarity"]),
                kind=message.get("kind") or None, spans=[(int(a), int(b)) for a, b in message.get("spans", [])],
            ),
            "remove": lambda: session.remove_edge(message["source"], message["target"], message["polarity"]),
            "finish": session.finish,
            "undo": session.undo,
        }  # fmt: skip
        error = ""
        try:
            steps[message["do"]]()
        except (KeyError, TypeError, ValueError) as problem:
            error = str(problem)
        except OSError as problem:
            error = f"{session.path} could not be written, so that the last answers are not saved: {problem}"
        self.refresh(error)

    def __dir__(self) -> list[str]:  # for Tab-completion, without the sixty names of every widget
        return ["close", "coder", "codings", "refresh", "session"]

    def __repr__(self) -> str:
        return repr(self.session).replace("Session", "CodingDesk", 1)
