"""The demonstration cases from end to end: made, checked, reported, and gone on with."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from headstamp.actions.cases import check_case, make_case, open_case
from headstamp.actions.record import record
from headstamp.demo import fill as filling
from headstamp.demo.fill import corrections, fill
from headstamp.demo.run import COMPONENT_FILES, Demo, free_port, run
from headstamp.demo.teaching import id_of, load
from headstamp.errors import Conflicting, Invalid
from headstamp.records import kind_named

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The street made by the command, once for all tests here: its folder, and what was said."""
    folder = tmp_path_factory.mktemp("street") / "case"
    told = subprocess.run(
        [sys.executable, "-m", "headstamp", "demo", "street", "--dir", str(folder), "--no-serve"],
        capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    return folder, told.stdout


@pytest.fixture(scope="module")
def street(command: tuple[Path, str]) -> Path:
    return command[0]


def test_the_street_is_whole_and_its_log_is_right(street: Path) -> None:
    with open_case(street) as case:
        assert check_case(case) == []
        totals = case.read("sealed").totals()
        for kind in {r.NAME for r in load().records}:
            filed = 2 if kind == "document" else 0  # the extract of the alert that was sent
            assert totals[kind] == len(load().of(kind)) + filed, kind


def test_filled_again_nothing_changes(street: Path) -> None:
    with open_case(street) as case:
        before = case.checkpoint().size
        assert fill(case) == 0
        assert case.checkpoint().size == before


def test_corrected_records_have_two_versions_and_the_second_stands(street: Path) -> None:
    with open_case(street) as case:
        reader = case.read("sealed")
        for row in corrections():
            id_ = id_of(kind_named(row["kind"]).prefix, row["key"])
            events = reader.history(id_)
            assert len(events) == 2, row
            assert {event.reason for event in events} >= {row["why"]}
            assert reader.get(id_).get(row["field"]) != row["was"]


def test_tiers_hide_what_they_should(street: Path) -> None:
    with open_case(street) as case:
        seen = {tier: sum(case.read(tier).totals().values())
                for tier in ("public", "partner", "restricted", "sealed")}  # fmt: skip
        assert 0 < seen["public"] < seen["partner"] < seen["restricted"] < seen["sealed"]
        public = case.read("public")
        assert id_of("doc", "teaching-case") in public.many([id_of("doc", "teaching-case")])


def test_photographs_are_kept_as_drawings_with_their_files(street: Path) -> None:
    with open_case(street) as case:
        reader = case.read("sealed")
        photographs = list(reader.stream("photograph"))
        assert {p.get("generation") for p in photographs} == {"drawing"}
        for shown in photographs[:5]:
            path, _ = reader.original(shown.get("digest"))
            assert path.stat().st_size == shown.get("size")


def test_a_run_cut_off_is_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stopped(Exception):
        pass

    def stop(step: str, done: int, total: int | None) -> None:
        if step.startswith("readings") and done == 2:
            raise Stopped

    # One picture stands for all: drawing them is not what is tried here.
    teaching = load()
    first = teaching.of("photograph")[0]
    _, picture = filling.drawn(first, teaching.scenes[first.id])
    monkeypatch.setattr(filling, "drawn", lambda record, scene: (record, picture))
    with make_case(tmp_path / "case") as case:
        with pytest.raises(Stopped):
            fill(case, told=stop)
        assert fill(case) > 0
        assert check_case(case) == []
        assert fill(case) == 0


@pytest.fixture(scope="module")
def components(tmp_path_factory: pytest.TempPathFactory) -> tuple[Demo, str]:
    lines: list[str] = []
    done = run("components", tmp_path_factory.mktemp("components") / "case", say=lines.append)
    return done, "\n".join(lines)


def test_the_components_are_all_there(components: tuple[Demo, str]) -> None:
    done, said = components
    with open_case(done.folder) as case:
        reader = case.read("public")
        parts = [i for i in reader.stream("item") if i.get("family") == "component"]
        weapons = [i for i in reader.stream("item") if i.get("family") != "component"]
        assert (len(parts), len(weapons)) == (5_806, 195)
        assert {p.get("parent") for p in parts} <= {w.id for w in weapons}
        names = {d.get("original_name") for d in reader.stream("document")}
        assert names >= set(COMPONENT_FILES)
    assert "log checked:" in said and "nothing wrong" in said
    assert [path.name for path in done.reports] == ["report.html", "report.pdf"]


def test_the_publisher_is_credited_and_what_it_is_worth_is_said(
    components: tuple[Demo, str],
) -> None:
    done, said = components
    report = done.reports[0].read_text("utf-8")
    for text in (said, report):
        assert "Defence Intelligence of Ukraine (GUR)" in text and "CC BY 4.0" in text
        assert "One party to a war speaking" in text


def test_make_demo_goes_on_with_the_case_that_is_there(components: tuple[Demo, str]) -> None:
    if shutil.which("make") is None or Path(sys.prefix) != ROOT / ".venv":
        pytest.skip("needs make, and the checkout's own .venv")
    done, _ = components
    told = subprocess.run(
        ["make", "demo", f"ARGS=components --no-serve --dir {done.folder}"], cwd=ROOT,
        capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    assert f"log checked:   {done.entries:,} entries, nothing wrong" in told.stdout
    assert "6,001 items" in told.stdout


def test_the_command_says_what_it_made_and_marks_it_invented(command: tuple[Path, str]) -> None:
    folder, said = command
    assert "Invented for teaching" in said and "nothing wrong" in said
    report = (folder / "report.html").read_text("utf-8")
    assert "Invented for teaching" in report and "Abu Tariq" not in report
    assert (folder / "report.pdf").read_bytes().startswith(b"%PDF")


def test_a_folder_with_another_case_is_refused(tmp_path: Path) -> None:
    with make_case(tmp_path / "mine") as case:
        record(case, "item", {"family": "arm"}, actor="me", reason="a find")
    with pytest.raises(Conflicting):
        run("street", tmp_path / "mine", say=lambda line: None)


def test_an_unknown_demonstration_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="components"):
        run("nonsense", tmp_path / "case")
    assert not (tmp_path / "case").exists()


def test_a_taken_port_gives_way_to_the_next() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        if port < 65_000:
            assert free_port("127.0.0.1", port) > port
