"""Settings that tests and the examples in docstrings share."""

import importlib.util
import os
import sys
from collections.abc import Iterator

# Before anything imports matplotlib: tests draw to memory, never to a screen.
os.environ["MPLBACKEND"] = "Agg"

import hypothesis  # noqa: E402
import pytest  # noqa: E402

# The same examples in each run, and no test that fails because a machine is busy.
hypothesis.settings.register_profile("newslab", derandomize=True, deadline=None)
hypothesis.settings.load_profile("newslab")

# Examples that need an extra run where it is installed, as in what make sets up.
collect_ignore = [] if importlib.util.find_spec("altair") else ["newslab/plot/interactive.py"]


@pytest.fixture(autouse=True)
def close_figures() -> Iterator[None]:
    """Close what a test has drawn, so that figures do not pile up."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
