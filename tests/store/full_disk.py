"""A process of its own whose files may not grow for a while, as on a full disk; prints what it saw."""

import os
import resource
import signal
import sys
from pathlib import Path

from mailflow.adapters.store import open_store
from mailflow.ports import Unavailable
from tests.store.samples import message, put_new


def limit_files_to(size: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def main(folder: Path) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    store = open_store("embedded", folder)
    with store.transaction() as transaction:
        put_new(transaction, "REQ-2026-0001")
    limit_files_to(1000)
    try:
        with store.transaction() as transaction:
            put_new(transaction, "REQ-2026-0002")
            transaction.put_message(message(), os.urandom(300_000))
    except Unavailable:
        print("Unavailable")
    limit_files_to(resource.RLIM_INFINITY)
    with store.transaction() as transaction:
        print(*(record.id for record in transaction.records()))
        print("still whole" if store.problems() == () else store.problems())
        put_new(transaction, "REQ-2026-0002")
        transaction.put_message(message(), os.urandom(300_000))
    print("room again" if store.problems() == () else store.problems())
    store.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
