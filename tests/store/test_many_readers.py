"""As many readers as the pages have threads, each asking a second time within the first: none waits for another."""

from __future__ import annotations

from pathlib import Path
from threading import Barrier, Thread

from headstamp.store.case import Case
from tests.web.sample import a_case

THREADS = 40


def test_forty_pages_read_at_once(tmp_path: Path) -> None:
    all_read = Barrier(THREADS, timeout=20)
    told: list[str] = []

    def page(case: Case) -> None:
        with case.read("sealed").snapshot() as reader:
            reader.totals()
            all_read.wait()
            told.append(case.checkpoint_note())

    with a_case(tmp_path / "case") as case:
        threads = [Thread(target=page, args=(case,)) for _ in range(THREADS)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
    assert len(told) == THREADS and len(set(told)) == 1
