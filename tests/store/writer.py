"""A writer in a process of its own: it says what is safe, and may be killed at any moment.

    python -m tests.store.writer CASE FOLDER WORKER CHANGES SIZE [--index]

Each change puts ``SIZE`` items, some markings and an original, and after it has
returned the ids are printed: those are acknowledged.
"""

from __future__ import annotations

import sys
from pathlib import Path

from headstamp.actions.cases import index_case
from headstamp.kinds.identity import derived_id
from headstamp.records import Document, Item, Marking
from headstamp.store.case import Case


def main() -> None:
    where, folder, worker, changes, size = sys.argv[1:6]
    with Case.open(where, folder=Path(folder)) as case:
        print("ready", flush=True)
        for number in range(int(changes)):
            name = f"{worker}-{number}"
            with case.change(actor=worker, reason=f"change {number}") as change:
                kept = change.file(b"original of %s" % name.encode() * 50)
                items = [Item.build(id=derived_id("item", name, str(n)), make=name, tag=str(n))
                         for n in range(int(size))]
                change.put_many([
                    Document.build(id=derived_id("doc", name), title=name, digest=kept.digest),
                    *items,
                    *(Marking.build(id=derived_id("mark", name, str(n)), item=item.id, text="AB 12")
                      for n, item in enumerate(items)),
                ])
            print(name, flush=True)
            if "--index" in sys.argv:
                index_case(case)


if __name__ == "__main__":
    main()
