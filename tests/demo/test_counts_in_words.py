"""One item is no «1 items»: every page, measure and listing command of the teaching case, read for it.

Hidden from all but a few of its records by a low clearance the case is small too, and the ones come out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlencode

import pytest
from starlette.testclient import TestClient

from headstamp.actions.measures.feeds import FEEDS
from headstamp.actions.measures.measuring import measure_snapshot, snapshot_now
from headstamp.actions.settings import Settings
from headstamp.cli import main
from headstamp.engine.snapshot import Snapshot
from headstamp.errors import HeadstampError, Invalid
from headstamp.store.case import Case
from headstamp.web.app import create_app
from tests.web.conftest import BASE

_ONE = re.compile(r"(?<![\w.,/#:'’+±×>–-])1 ((?!has\b|is\b|was\b|does\b|this\b|its\b|says\b|series\b|as\b|"
                  r"stands\b|others?\b|lies\b|adds\b|makes\b|means\b|less\b|plus\b|class\b|was\b)[a-z-]+s)\b(?! ?=)")
_TAG = re.compile(r"<(script|style|svg|table|bdi|code|pre|select|textarea)\b.*?</\1>|<[^>]*>", re.DOTALL)
_LINK = re.compile(r'href="(/[a-z][^"#]*)"')
_PER_KIND = 1
_COMMANDS = (
    "measures", "ask", "count item --by make", "list items", "list findings", "verify", "readings", "series",
    "parts", "checks", "lag", "requests", "doctor", "diversions", "signatures", "hands", "conflicts", "alerts",
    "ask counts --kind visit --by site", "iafq --year 2017", "parties", "gaps",
)


def wrong(text: str) -> set[str]:
    """The places where a text says one and means more.

    >>> wrong("1 items, 11 items, 1 item"), wrong("Of 1 series 1 is left")
    ({'1 items, 11 items, 1 i'}, set())
    """
    return {text[max(0, m.start() - 30):m.end() + 15] for m in _ONE.finditer(text)}


def _read(page: str) -> str:
    return re.sub(r"\s+", " ", unescape(_TAG.sub(lambda m: " | " if m[1] else "", page)))


@pytest.fixture(params=["public", "restricted"])
def clearance(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def _measured(snapshot: Snapshot) -> Iterator[tuple[str, dict[str, str]]]:
    """Every measure with what it must be told: the first, and the last, of what it offers."""
    fixed = {"space_time": {"space": "20000", "time": "30"}}
    for feed in FEEDS:
        base = fixed.get(feed.measure.partition(".")[0], {}) if "jacquez" not in feed.measure else {}
        needed = [one.name for one in feed.parameters if one.needed and one.name not in base]
        found: list[dict[str, str]] = [base]
        for name in needed:
            kind = {"find": "item", "signature": "signature", "control_item": "item", "recovered_item": "item"}[name]
            ids = [row["id"] for row in snapshot.rows(f"SELECT id FROM {kind} ORDER BY id LIMIT 4")]
            found = [{**one, name: id_} for one in found for id_ in ids[len(needed) - 1:][:2]]
        for given in found:
            try:
                measure_snapshot(snapshot, feed.measure, given)
            except Invalid as error:
                offered = [(one.field, one.value) for one in error.problems if one.value]
                if not offered:
                    yield feed.measure, given
                for field, value in {offered[0], offered[-1]} if offered else ():
                    yield feed.measure, {**given, field: value}
                continue
            yield feed.measure, given


def test_no_measure_says_it(case: Case, clearance: str) -> None:
    snapshot = snapshot_now(case, clearance)
    assert isinstance(snapshot, Snapshot)
    said, answered = set(), 0
    for name, given in _measured(snapshot):
        try:
            found = measure_snapshot(snapshot, name, given)
        except HeadstampError as error:
            said |= wrong(f"{error.message} {' '.join(map(str, error.problems))}")
            continue
        answered += 1
        result = found.result
        words = [result.reason, result.text, result.shown, *result.warnings, *result.assumptions, *found.fed.told,
                 *(one.words for one in result.diagnostics), *(one.words for one in result.models),
                 *(one.words for one in found.measure.plot(result))]
        said |= set().union(*map(wrong, words))
    assert not said and answered > 8


def test_no_page_says_it(case: Case, clearance: str) -> None:
    said: dict[str, set[str]] = {}
    settings = Settings(case.where, "tester", clearance)
    with TestClient(create_app(settings, case=case), base_url=BASE) as pages:
        left, seen, of_kind = ["/"], {"/"}, dict[str, int]()
        while left:
            where = left.pop(0)
            answer = pages.get(where)
            if not answer.headers.get("content-type", "").startswith("text/html"):
                continue
            if found := wrong(_read(answer.text)):
                said[where] = found
            for to in map(unescape, _LINK.findall(answer.text)):
                form = re.sub(r"\b[a-z]+-[0-9a-z]{8,}\b", "ID", to.partition("?")[0])
                if to in seen or of_kind.get(form, 0) >= _PER_KIND or re.search(
                        r"\.(csv|json|svg|png|pdf|txt|html|xlsx|ics|geojson)\b|^/(api|static|files?|original)/", to):
                    continue
                of_kind[form] = of_kind.get(form, 0) + 1
                seen.add(to)
                left.append(to)
        snapshot = snapshot_now(case, clearance)
        assert isinstance(snapshot, Snapshot)
        for name, given in list(_measured(snapshot))[::3]:
            where = f"/measures/{name}?{urlencode({'ask': 'case', **given})}"
            if found := wrong(_read(pages.get(where).text)):
                said[where] = found
    assert not said and len(seen) > 60


def test_no_command_says_it(case: Case, clearance: str, capsys: pytest.CaptureFixture[str]) -> None:
    case.folder.joinpath("derived").mkdir(exist_ok=True)
    said, worked = dict[str, set[str]](), 0
    for words in _COMMANDS:
        code = main([*words.split(), "--case", str(case.folder), "--clearance", clearance])
        told = capsys.readouterr()
        worked += code == 0
        prose = "\n".join(one for one in (told.out + told.err).split("\n") if not re.search(r"\S {2,}\S|\t", one))
        if found := wrong(prose):
            said[words] = found
    assert not said and worked > 10
