"""A JupyterLab server of one's own and what one does in its window, for the browser tests and benchmarks."""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[2]


def chromium() -> str | None:
    """The system's Chromium, or the one named in NEWSLAB_CHROMIUM."""
    named = os.environ.get("NEWSLAB_CHROMIUM")
    return named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@contextmanager
def lab_server(folder: Path) -> Iterator[str]:
    """Address of a JupyterLab on a folder, with settings of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as place:
        settings = Path(place)
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
        log = settings / "log"
        with log.open("w") as out:
            server = subprocess.Popen(command, env=environment, stdout=out, stderr=subprocess.STDOUT)
        try:
            yield _answers(server, f"http://127.0.0.1:{port}", log)
        finally:
            server.terminate()
            server.wait(30)


def _answers(server: subprocess.Popen, address: str, log: Path) -> str:
    for _ in range(240):
        if server.poll() is not None:
            raise RuntimeError(f"JupyterLab stopped:\n{log.read_text()}")
        try:
            with urlopen(f"{address}/api?token=test", timeout=5):
                return address
        except (URLError, OSError):
            time.sleep(0.5)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()}")


def open_in_lab(page, address: str, name: str) -> None:
    """Open a notebook; its kernel is there when this returns."""
    page.goto(f"{address}/lab/tree/{name}?token=test&reset")
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
            page.evaluate("document.querySelectorAll('.Toastify').forEach(n => n.remove())")
            return
    raise RuntimeError("the notebook has no kernel")


def run_all(page) -> None:
    """Run > Run All Cells, from the menu; again if the kernel was not yet connected, when JupyterLab runs nothing."""
    from playwright.sync_api import TimeoutError

    for _ in range(5):
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name=re.compile("^Run All Cells$")).click()
        try:
            page.wait_for_function(
                "() => [...document.querySelectorAll('.jp-InputPrompt')].some(p => /[*0-9]/.test(p.textContent))",
                timeout=8000,
            )
            return
        except TimeoutError:
            continue
    raise RuntimeError("JupyterLab runs no cell")


def wait_until_idle(page) -> None:
    """Until every cell has run."""
    page.wait_for_function(
        """() => [...document.querySelectorAll('.jp-InputPrompt')].every(p => !p.textContent.includes('*'))
                 && document.querySelector('.jp-Notebook-ExecutionIndicator').dataset.status === 'idle'""",
        timeout=300_000,
    )


def serious(page, context: str | None = None) -> list[str]:
    """What axe-core finds serious or critical in a page, or in the part of it that a selector names."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, context=context).response["violations"]
    found = [v for v in found if v["impact"] in ("serious", "critical")]
    return [f"{v['id']}: {n['html'][:160]}" for v in found for n in v["nodes"][:3]]
