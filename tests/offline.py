"""Run the tests in a network namespace of their own, in which there is no network at all: `make test-offline`.

usage: python tests/offline.py [what pytest takes …]

Where the system forbids such namespaces, nothing is run, and that is said.
"""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# With a loopback device, which asynchronous libraries need for their own pipes, and nothing else.
ALONE = [
    "unshare",
    "--user",
    "--map-root-user",
    "--net",
    "--",
    "sh",
    "-c",
    'ip link set lo up 2>/dev/null; exec "$@"',
    "sh",
]
PROBE = """
import socket, sys
try:
    socket.create_connection(("192.0.2.1", 80), timeout=3)
except OSError as error:
    sys.exit(0 if "unreachable" in str(error).lower() else f"unexpected: {error}")
sys.exit("there is a network")
"""


def main() -> int:
    """Exit status of pytest, or 0 with a message where there are no namespaces."""
    if shutil.which("unshare") is None or subprocess.run([*ALONE, "true"], capture_output=True).returncode:
        print("skipped: this system allows no network namespaces (unshare --user --net), so nothing was run offline")
        return 0
    subprocess.run([*ALONE, sys.executable, "-c", PROBE], check=True)
    print("no network is reachable; running the tests", flush=True)
    return subprocess.run([*ALONE, sys.executable, "-m", "pytest", "-q", *sys.argv[1:]], cwd=ROOT).returncode


if __name__ == "__main__":
    sys.exit(main())
