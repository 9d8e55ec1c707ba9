"""Who criticizes whom in the news: quotations with their speakers, sentiment per speaker, and directed edges.

``read_articles`` a folder, ``analyze`` it, and look at ``analysis.quotes``, ``analysis.speakers()``,
``analysis.edges()`` and the charts of ``nl.plot``. Every row points to its evidence by ``[start, end)`` offsets.
"""

from typing import Any as _Any

import lazy_loader as _lazy

__version__ = "0.1.0"

# The names are those of __init__.pyi. Nothing heavy is imported until it is used; Tab-completion sees every name.
_of_module, _lazy_names, __all__ = _lazy.attach_stub(__name__, __file__)


def __getattr__(name: str) -> _Any:
    if name in __all__ or name.startswith("_"):
        return _of_module(name)
    from newslab.checks import meant

    raise AttributeError(f"newslab has no {name!r}{meant(name, __all__)}")


def __dir__() -> list[str]:
    return [*_lazy_names(), "__version__"]
