"""``trace`` from the command line: words for a field officer, JSON for a program, clear refusals."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from headstamp.store.case import Case
from tests.actions.evidence.thing_kept import make
from tests.cli.conftest import Answer, Run

ITEM = "item-rifle0000"


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "case"
    with Case.create(folder) as case, case.change(actor="Ana", reason="test") as change:
        change.put_many([
            make("party", "maker", name="Tarnholt \u202eArmoury"), make("party", "army", name="Army"),
            make("party", "group", name="Column"),
            make("item", "rifle", tag="A-1", make="Tarnholt", model="TA-7", made_on="2011",
                 maker="party-maker0000", recovered_on="2016-10-05"),
            make("marking", "m", item=ITEM, text="TA 412207", marking_kind="serial"),
            make("document", "list", title="Packing list 7"),
            make("transfer", "export", transfer_kind="exported", from_party="party-maker0000",
                 to_party="party-army0000", happened_on="2012-02/2012-04", grade="B2",
                 lawful_status="authorised", serials="TA 412001 - 413200", licence="K 1144",
                 quantity={"value": 1200}, documents=["doc-list0000"]),
            make("transfer", "taken", transfer_kind="captured", from_party="party-army0000",
                 to_party="party-group0000", happened_on="2014-06~", items=[ITEM],
                 lawful_status="unauthorised"),
            make("transfer", "sale", transfer_kind="sold", from_party="party-army0000",
                 to_party="party-maker0000", happened_on="2014-06", items=[ITEM]),
            make("transfer", "same", transfer_kind="sold", product="TA-7"),
        ])
    yield folder


def recorded(run: Run, kept: Path, *values: str) -> Answer:
    """The answer to ``record transfer`` with these values; other options as they are."""
    given = [part for value in values for part in (
        (value,) if value.startswith("--") else ("--set", value))]
    return run("--case", kept, "record", "transfer", "--reason", "as claimed", *given)


def test_the_chain_in_words(run: Run, kept: Path) -> None:
    told = run("--case", kept, "trace", "A-1")
    assert told.code == 0 and not told.err
    lines = told.out.splitlines()
    assert lines[0] == f"A-1: Tarnholt TA-7 ({ITEM})"
    for words in (
        " 1. 2011  made by Tarnholt \\u202eArmoury",
        " 2. 2012-02 to 2012-04  exported from Tarnholt \\u202eArmoury to Army",
        "    lawful status: authorised; best source grade B2",
        "    - transfer tran-export0000, grade B2, by serial number",
        "        serial “TA 412207”: TA 412001 to TA 413200",
        "        goods: serials TA 412001 - 413200; 1,200 piece",
        "        licence: K 1144",
        "        papers: Packing list 7 (doc-list0000)",
        "    cannot be true beside step 4",
    ):
        assert words in lines, words
    assert any(line.startswith("   ... Nothing is known between") for line in lines)
    assert any("! One holder is said to have given it to two" in line for line in lines)
    assert any("tran-same0000" in line and "the same model" in line for line in lines)
    assert "Where it left lawful hands:" in lines
    # Names only in words: no party stands by its id, and no braces are left.
    assert "party-" not in told.out and "{" not in told.out


def test_the_same_as_one_json_document(run: Run, kept: Path) -> None:
    document = run("--case", kept, "trace", ITEM, "--json").json
    assert [step["how"] for step in document["steps"]] == [
        "made", "exported", "captured", "sold", "recovered"]
    assert document["names"]["party-army0000"] == "Army"
    exported = document["steps"][1]["claims"][0]
    assert exported["attached"]["by"] == "serial" and exported["attached"]["marking"] == "mark-m0000"
    assert document["diversion"]["rule"] == "point of diversion"
    assert {one["what"] for one in document["contradictions"]} >= {"two_holders"}


def test_an_item_of_which_nothing_is_known(run: Run, kept: Path) -> None:
    with Case.open(kept) as case, case.change(actor="Ana", reason="test") as change:
        change.put(make("item", "bare", tag="B-9"))
    told = run("--case", kept, "trace", "B-9")
    assert told.code == 0 and "Nothing is recorded of its past" in told.out


def test_refusals_are_clear(run: Run, kept: Path) -> None:
    for wrong in ("nowhere", "item-nowhere0000", "party-army0000", ""):
        answer = run("--case", kept, "trace", wrong)
        assert answer.code != 0 and "Traceback" not in answer.err and answer.err.strip()
    with Case.open(kept) as case, case.change(actor="Ana", reason="test") as change:
        change.put(make("item", "twin", tag="A-1"))
    twice = run("--case", kept, "trace", "A-1")
    assert twice.code != 0 and ITEM in twice.err and "item-twin0000" in twice.err


@pytest.mark.parametrize(("field", "value", "said"), [
    ("happened_on", "2013-02-31", "28 days"), ("happened_on", "2014/2012", "before it begins"),
    ("quantity.value", "-5", "quantity"), ("items", "item-nowhere0000", "not in this case"),
    ("from_party", "item-rifle0000", "from_party"),
    ("transfer_kind", "teleported", "transfer_kind"),
])
def test_a_transfer_that_cannot_be_is_refused_with_a_reason(
    run: Run, kept: Path, field: str, value: str, said: str
) -> None:
    answer = recorded(run, kept, f"{field}={value}", "goods=rifles")
    assert answer.code != 0 and said in answer.err, answer.err
    assert run("--case", kept, "count", "transfer", "--json").json["total"] == 4


@pytest.mark.parametrize(("values", "what"), [
    (["serials=1500-1000", f"items={ITEM}"], ""),
    (["serials=TA 1 - TA 1000000000000"], ""),
    (["from_party=party-army0000", "to_party=party-army0000", f"items={ITEM}"], "self_transfer"),
    ([f"items={ITEM}", "happened_on=2009", "from_party=party-group0000"], "before_made"),
])
def test_what_can_be_claimed_is_kept_and_what_does_not_fit_is_shown(
    run: Run, kept: Path, values: list[str], what: str
) -> None:
    put = recorded(run, kept, *values, "--json")
    assert put.code == 0, put.err
    document = run("--case", kept, "trace", "A-1", "--json").json
    claims = [claim["id"] for step in document["steps"] for claim in step["claims"]]
    claims += [claim["id"] for claim in document["loose"]]
    assert put.json["id"] in claims
    assert not what or what in {one["what"] for one in document["contradictions"]}


def test_every_new_field_of_a_transfer_can_be_recorded(run: Run, kept: Path) -> None:
    put = recorded(
        run, kept, "transfer_kind=exported", "through=FR", "carrier=party-army0000",
        "broker=party-group0000", "direction_doubted=yes", "product=Tarnholt TA-7",
        "package=CSQU3054383", "cas_number=7732-18-5", "end_user_certificate=EUC 7/2011", "--json")
    assert put.code == 0, put.err
    shown = run("--case", kept, "show", put.json["id"], "--json").json
    assert shown["through"] == ["FR"] and shown["end_user_certificate"] == "EUC 7/2011"
