"""A JupyterLab server and a browser for the tests in this folder; run them with ``make test-browser``."""

import os
import shutil
from pathlib import Path

import pytest

from .jupyter import ROOT, chromium, lab_server, open_in_lab

sync_api = pytest.importorskip("playwright.sync_api", reason='needs pip install "newslab[browser]"')
pytest.importorskip("axe_playwright_python", reason='needs pip install "newslab[browser]"')


@pytest.fixture(scope="session")
def browser():
    path = chromium()
    if path is None:
        pytest.skip("no Chromium found; install the system's, or name one in NEWSLAB_CHROMIUM")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def screenshots() -> Path:
    folder = Path(os.environ.get("NEWSLAB_SCREENSHOTS") or ROOT / "out" / "screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 1500, "height": 1100})
    page = context.new_page()
    page.set_default_timeout(120_000)
    yield page
    context.close()


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """Address of a JupyterLab, and the folder in which it looks for notebooks."""
    folder = tmp_path_factory.mktemp("lab")
    with lab_server(folder) as address:
        yield address, folder


@pytest.fixture
def open_notebook(lab, page):
    """Open a copy of a notebook in JupyterLab."""
    address, folder = lab

    def opened(notebook: Path):
        shutil.copy(notebook, folder / notebook.name)
        open_in_lab(page, address, notebook.name)
        return page

    return opened
