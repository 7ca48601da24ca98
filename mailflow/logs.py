"""Log lines: one event a line as `time level logger message`, where the message is words and key=value pairs.

Never a body, an address list or a secret at INFO.
"""

import logging
import time


def set_up(*, verbose: bool = False, quiet: bool = False) -> None:
    """Log to standard error, in UTC; debug messages of ours with `verbose`, only complaints with `quiet`."""
    formatter = logging.Formatter("%(asctime)sZ %(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    level = logging.DEBUG if verbose else logging.WARNING if quiet else logging.INFO
    logging.getLogger("mailflow").setLevel(level)
