"""An editor in a process of its own, of one record that others edit too.

    python -m tests.store.editor CASE FOLDER NAME TIMES     says how many conflicts it met
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from headstamp.errors import Conflicting
from headstamp.kinds.identity import derived_id
from headstamp.records import Item
from headstamp.store.case import Case


def main() -> None:
    where, folder, name, times = sys.argv[1:5]
    conflicts = done = 0
    with Case.open(where, folder=Path(folder)) as case:
        while done < int(times):
            seen = case.read().get(derived_id("item", "edited by all"))
            time.sleep(0.003)  # a person looks at it meanwhile
            item = Item.build(id=seen.id, remark=str(int(seen.get("remark")) + 1))
            try:
                with case.change(actor=name, reason="one more") as change:
                    change.put(item, expected=seen.version)
                done += 1
            except Conflicting:
                conflicts += 1
    print(conflicts)


if __name__ == "__main__":
    main()
