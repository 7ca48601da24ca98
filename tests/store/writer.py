"""A process of its own that commits records with their messages and mails, and tells each commit.

Arguments: the folder of the state, the series, and how many (for ever when it is left out).
"""

import sys
from itertools import count
from pathlib import Path

from mailflow.adapters.store import open_store
from tests.store.samples import item, message, put_new


def main(folder: str, series: str, many: str = "") -> None:
    store = open_store("embedded", Path(folder))
    for committed in range(1, int(many) + 1) if many else count(1):
        with store.transaction() as transaction:
            record_id = f"{series}-{transaction.next_number(series)}"
            put_new(transaction, record_id)
            digest = f"digest {record_id}"
            transaction.put_message(message(digest, record=record_id), b"bytes of " + record_id.encode())
            transaction.put_item(item(f"item {record_id}", records=(record_id,)), b"mail")
        if not many:
            print(committed, flush=True)
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
