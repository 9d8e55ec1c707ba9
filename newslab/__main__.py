"""``python -m newslab`` is the command ``newslab``."""

import sys

from newslab.cli import main

if __name__ == "__main__":
    sys.exit(main())
