"""``python -m headstamp``: the same as the command ``headstamp``."""

from __future__ import annotations

import sys

from headstamp.cli import main

if __name__ == "__main__":
    sys.exit(main())
