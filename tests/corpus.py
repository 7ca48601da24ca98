"""Where real mail lies that nobody here wrote: tests and measurements use it where it is."""

import os
from pathlib import Path


def folder() -> Path:
    """$MAILFLOW_CORPUS, else a collection that stands beside the checkout; it need not be there."""
    return Path(os.environ.get("MAILFLOW_CORPUS") or Path(__file__).resolve().parents[2] / "shared" / "corpus")
