"""A JupyterLab server and a browser for the tests in this folder; run them with ``make test-browser``."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).resolve().parents[2]
sync_api = pytest.importorskip("playwright.sync_api", reason='needs pip install "newslab[browser]"')


def _chromium() -> str | None:
    named = os.environ.get("NEWSLAB_CHROMIUM")
    return named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="session")
def browser():
    path = _chromium()
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
    """Address of a JupyterLab on a folder of its own; ``{folder}`` holds the notebooks that tests put there."""
    folder = tmp_path_factory.mktemp("lab")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = tmp_path_factory.mktemp("settings")
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "JUPYTER_CONFIG_DIR": str(settings / "config"),
        "JUPYTERLAB_SETTINGS_DIR": str(settings / "user"),
        "JUPYTERLAB_WORKSPACES_DIR": str(settings / "workspaces"),
        "IPYTHONDIR": str(settings / "ipython"),
    }
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}", "--IdentityProvider.token=test", f"--ServerApp.root_dir={folder}",
        "--ServerApp.port_retries=0", "--LabApp.expose_app_in_browser=True",
    ]  # fmt: skip
    with (settings / "log").open("w") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            if server.poll() is not None:
                break
            try:
                with urlopen(f"{address}/api?token=test", timeout=5):
                    break
            except (URLError, OSError):
                time.sleep(0.5)
        else:
            pytest.fail(f"JupyterLab did not start:\n{(settings / 'log').read_text()}")
        if server.poll() is not None:
            pytest.fail(f"JupyterLab stopped:\n{(settings / 'log').read_text()}")
        yield address, folder
    finally:
        server.terminate()
        server.wait(30)


@pytest.fixture
def open_notebook(lab, page):
    """Open a notebook in JupyterLab; the kernel is there when it returns."""
    address, folder = lab

    def opened(notebook: Path):
        shutil.copy(notebook, folder / notebook.name)
        page.goto(f"{address}/lab/tree/{notebook.name}?token=test&reset")
        page.wait_for_selector(".jp-Notebook .jp-CodeCell")
        idle = page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]')
        calm = 0
        for _ in range(120):  # on a busy machine JupyterLab may ask for the kernel before it knows which there are
            page.wait_for_timeout(500)
            asked = page.locator(".jp-Dialog .jp-mod-accept")
            if asked.count():
                asked.first.click()
                calm = 0
            calm = calm + 1 if idle.count() else 0
            if calm == 4:
                return page
        pytest.fail("the notebook has no kernel")

    return opened


def run_all(page) -> None:
    """Run > Run All Cells, from the menu; again if the kernel was not yet connected, when JupyterLab runs nothing."""
    for _ in range(5):
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name=re.compile("^Run All Cells$")).click()
        try:
            page.wait_for_function(
                "() => [...document.querySelectorAll('.jp-InputPrompt')].some(p => /[*0-9]/.test(p.textContent))",
                timeout=8000,
            )
            return
        except sync_api.TimeoutError:
            continue
    pytest.fail("JupyterLab runs no cell")


def wait_until_idle(page) -> None:
    page.wait_for_function(
        """() => [...document.querySelectorAll('.jp-InputPrompt')].every(p => !p.textContent.includes('*'))
                 && document.querySelector('.jp-Notebook-ExecutionIndicator').dataset.status === 'idle'""",
        timeout=300_000,
    )
