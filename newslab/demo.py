"""Where the demo corpus lies: inside an installed package, or in ``data/`` of a checkout."""

from __future__ import annotations

from pathlib import Path


def demo_corpus() -> Path:
    """Folder of the demo corpus: eight months of invented news from four outlets of one invented country.

    Returns
    -------
    Path
        A folder that :func:`newslab.read_articles` reads. It holds plain text with a table of metadata, CSV, JSON lines
        and HTML, and a few files that cannot be read, as real corpora do.

    Raises
    ------
    FileNotFoundError
        If the installation lacks the corpus.

    See Also
    --------
    newslab.read_articles, newslab.analyze

    Examples
    --------
    >>> import newslab as nl
    >>> nl.demo_corpus().is_dir()
    True
    """
    package = Path(__file__).resolve().parent
    bundled, checkout = package / "demo_data", package.parent / "data"
    if bundled.is_dir():
        return bundled
    # A folder "data" beside an installed package would be somebody else's.
    if checkout.is_dir() and (package.parent / "pyproject.toml").is_file():
        return checkout
    raise FileNotFoundError(f"the demo corpus is neither in {bundled} nor in {checkout}; install newslab again")
