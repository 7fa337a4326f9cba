"""The flags of transfers in a case: gathered through the read filter, the same alone and together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from headstamp.actions.intake.file import import_file
from headstamp.actions.tracing import checks as checking
from headstamp.actions.tracing.checks import (
    checked,
    checks,
    gather,
    gather_some,
    known_what,
    lists_of,
)
from headstamp.actions.tracing.lists import add_list
from headstamp.actions.tracing.trace import trace
from headstamp.errors import Invalid, Missing
from headstamp.kinds.identity import derived_id
from headstamp.records import kind_named
from headstamp.store.case import Case
from tests.shared import shared


def id_of(kind: str, word: str) -> str:
    return derived_id(kind_named(kind).prefix, word)


def make(kind: str, word: str, **values: Any) -> Any:
    return kind_named(kind).cls.build({"id": id_of(kind, word), **values})


def write(case: Case, *records: Any) -> None:
    with case.change(actor="tester", reason="a check") as change:
        change.put_many(list(records))


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with Case.create(tmp_path / "case") as made:
        write(made, *_records())
        yield made


def _records() -> list[Any]:
    return [
        make("party", "a", name="Norhavn Works", country="NO", address="12 Harbour Road"),
        make("party", "b", name="Blue Gate", country="TR", founded_on="2013-11",
             addresses=["12 Harbour Road"]),
        make("party", "b2", name="Blue Gate Ltd", country="TR"),
        make("party", "d", name="D. Director", party_kind="person"),
        make("tie", "t1", party=id_of("party", "d"), tie_kind="officer", to_party=id_of("party", "a"),
             tier="restricted"),
        make("tie", "t2", party=id_of("party", "d"), tie_kind="owner", to_party=id_of("party", "b"),
             tier="restricted"),
        make("tie", "t3", party=id_of("party", "b"), tie_kind="same", to_party=id_of("party", "b2"),
             basis="one address"),
        make("item", "i", family="arm", tag="1"),
        make("item", "drum", family="commercial_good", tag="2"),
        make("marking", "m", item=id_of("item", "drum"), state="clear", text="CAS No. 7697-37-2"),
        make("document", "euc", title="An end-user certificate", document_kind="end_user_certificate"),
        make("transfer", "t", transfer_kind="sold", from_party=id_of("party", "a"),
             to_party=id_of("party", "b2"), happened_on="2014-03", items=[id_of("item", "i")],
             documents=[id_of("document", "euc")], from_place={"country": "NO"},
             to_place={"country": "SY"}),
        make("transfer", "self", from_party=id_of("party", "b"), to_party=id_of("party", "b2"),
             happened_on="2016", items=[id_of("item", "drum")], goods="drums",
             quantity={"value": 4, "unit": "piece"}),
        make("transfer", "nothing", goods="tinned food"),
        make("transfer", "hidden", tier="sealed", transfer_kind="sold", to_place={"country": "SY"}),
    ]


def whats(case: Case, word: str, clearance: str = "restricted") -> Counter[str]:
    flags, _ = checked(case, case.read(clearance), id_of("transfer", word))
    return Counter(flag.what for flag in flags)


def test_the_flags_of_a_transfer(case: Case) -> None:
    # Sanctions about the country it went to, and about that of the party that received it.
    assert whats(case, "t") == {"arms_embargo": 1, "sanctions": 2, "no_licence": 1, "shared_officer": 1,
                                "shared_address": 1}
    assert whats(case, "self") == {"self_transfer": 1, "regulated_substance": 1}
    assert whats(case, "nothing") == {}


def test_who_may_not_see_it_is_asked_nothing_about_it(case: Case) -> None:
    # The director is a private person and his ties are restricted.
    assert "shared_officer" not in whats(case, "t", "partner")
    with pytest.raises(Missing):
        whats(case, "hidden")
    assert whats(case, "hidden", "sealed")
    assert checks(case, case.read("restricted")).summary().transfers == 3
    assert checks(case, case.read("sealed")).summary().transfers == 4


def test_alone_and_together_the_same_is_asked(case: Case) -> None:
    reader = case.read("restricted")
    whole = gather(reader)
    for id_ in whole.movements:
        alone = gather_some(reader, [id_], lists_of(case, reader))
        assert alone.of(id_) == whole.of(id_) and not alone.whole


def test_a_large_case_is_not_read_whole_for_one_page(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "AT_ONCE", 2)
    reader = case.read("restricted")
    flags, compared = checked(case, reader, id_of("transfer", "t"))
    assert flags and not compared
    checks(case, reader)  # once all were gathered, they are at hand
    again, compared = checked(case, reader, id_of("transfer", "t"))
    assert again == flags and compared


def test_what_changes_is_noticed(case: Case, tmp_path: Path) -> None:
    assert "arms_embargo" in whats(case, "t")
    path = tmp_path / "list.csv"
    path.write_text("code,country,from,to,arms\nR1,Syria,2014-01-01,2015-01-01,yes\n")
    add_list(case, path, actor="tester", name="Sanctions programmes", dated="2020", kind="arms_embargo")
    flags, _ = checked(case, case.read(), id_of("transfer", "t"))
    [flag] = [flag for flag in flags if flag.what == "arms_embargo"]
    assert flag.sure == "in force" and flag.list_version == "2020"
    write(case, make("transfer", "t", happened_on="2016", to_place={"country": "SY"}))
    assert "arms_embargo" not in whats(case, "t")


def test_a_summary_counts_transfers_by_kind(case: Case) -> None:
    summary = checks(case, case.read()).summary()
    assert (summary.transfers, summary.asked) == (3, 2)
    assert dict(summary.counts)["self_transfer"] == 1
    [(transfer, flag)] = summary.some["self_transfer"]
    assert transfer == id_of("transfer", "self") == flag.claims[0]


def test_a_word_for_a_kind_of_question() -> None:
    assert (known_what(""), known_what("high_priority")) == ("", "high_priority")
    with pytest.raises(Invalid, match="arms_embargo"):
        known_what("nonsense")


# -- bad input: each a clear message or a question, and nothing lost


@pytest.mark.parametrize(("values", "words"), [
    ({"quantity": {"value": -3, "unit": "piece"}}, "at least 0"),
    ({"happened_on": "2016-02-31"}, "has no day 31"),
    ({"happened_on": "2016/2014"}, "ends before it begins"),
    ({"quantity": {"value": "three crates"}}, "not a number"),
])
def test_what_no_transfer_can_be_is_refused_in_words(values: dict[str, Any], words: str) -> None:
    with pytest.raises(Invalid) as told:
        make("transfer", "x", **values)
    assert words in str(told.value) or any(words in problem.rule for problem in told.value.problems)


def test_rows_that_cannot_be_are_told_and_the_others_stay(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "transfers.csv"
    path.write_text(
        "from,to,date,goods,quantity,unit\nX,Y,2013,rifles,-3,pcs\nX,Y,2013,rifles,10,crates\n"
        "Y,Z,2014,rifles,200,pcs\nY,Y,2015,rifles,1,pcs\nX,Y,2016-02-31,rifles,1,pcs\n")
    result = import_file(case, path, kind="transfer", actor="tester", index=False)
    assert (result.read, result.accepted, result.refused) == (5, 3, 2)
    assert result.problems is not None
    told = result.problems.read_text(encoding="utf-8-sig")
    assert "has no day 31" in told and "-3" in told
    asked = checks(case, case.read()).summary()
    kinds = dict(asked.counts)
    # One name is one party in both columns.
    assert kinds["mixed_units"] == 1 and kinds["self_transfer"] == 2


def test_a_way_to_itself_is_asked_about_and_kept(case: Case) -> None:
    write(case, make("transfer", "round", from_place={"country": "DE"}, through=["DE", "DE"],
                     to_place={"country": "DE"}, happened_on="2014"),
          make("transfer", "back", from_place={"country": "DE"}, through=["TR"],
               to_place={"country": "DE"}))
    assert whats(case, "round") == {"route_to_itself": 1}
    assert whats(case, "back")["route_return"] == 1
    assert case.read().get(id_of("transfer", "round")).get("through") == ["DE", "DE"]


# -- the published data


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    with Case.create(tmp_path_factory.mktemp("real") / "case") as made:
        for name in ("fi_arms_exports/dual_use_licences_2011_2016.csv.gz", "eu_arms_brokering/broker.csv",
                     "us_1033_transfers/ks_1033_data.csv.gz", "gur_components/components.csv.gz"):
            import_file(made, shared(f"data/{name}"), actor="tester", index=False)
        yield made


def test_brokering_asks_which_way_and_asserts_none(real: Case) -> None:
    found = checks(real, real.read())
    doubted = {id_ for id_, one in found.movements.items() if one.direction_doubted}
    assert len(doubted) == 894
    kinds = Counter(flag.what for id_ in doubted for flag in found.of(id_))
    assert kinds["direction_doubted"] == 844  # 50 rows name one country only, or the same twice
    assert kinds["licence_not_given"] == 26
    assert not {"route_return", "route_far", "route_to_itself"} & set(kinds)
    for id_ in doubted:
        for flag in found.of(id_):
            assert "sent to" not in flag.question and "sent from" not in flag.question


def test_dual_use_licences_are_asked_about_by_their_entries(real: Case) -> None:
    found = checks(real, real.read())
    shown = next(one for one in real.read().stream("transfer") if one.get("control_code") == "3A001g2")
    codes = {flag.entries for flag in found.of(shown.id) if flag.what == "control_list"}
    assert codes == {("3A",)}
    [flag] = [flag for flag in found.of(shown.id) if flag.what == "control_list"]
    assert "electronics" in flag.question and shown.get("licence") in flag.question


def test_domestic_deliveries_raise_no_question_of_embargo(real: Case) -> None:
    found = checks(real, real.read())
    given = [id_ for id_, one in found.movements.items() if one.how == "donated"]
    assert len(given) == 1575
    kinds = Counter(flag.what for id_ in given for flag in found.of(id_))
    assert not {"arms_embargo", "sanctions", "no_licence", "no_end_user_certificate"} & set(kinds)


def test_a_part_with_supplier_and_importer_gives_a_chain(real: Case) -> None:
    reader = real.read()
    [part] = reader.list("item", {"tag": "gur-6040"}).rows
    traced = trace(real, reader, part.id)
    steps = [(step.how, traced.names.get(step.from_party or ""), traced.names.get(step.to_party or ""))
             for step in traced.chain.steps]
    assert steps[0][0] == "made" and "Swiwin" in steps[0]
    assert {one[1] for one in steps if one[0] == "exported"} == {
        "ALIGN TRADING COMPANY LIMITED", "HYTERA COMMUNICATIONS LIMITED",
        "HADSUND INTERNATIONAL TECHNOLOGY LIMITED"}
    assert {one[2] for one in steps if one[0] == "imported"} == {"LLC IQ COMPONENTS", "TREK JSC"}
    assert [one[0] for one in steps] == ["made", *["exported"] * 3, *["imported"] * 2]
    # How it came from one to the next is not said, and is shown as a gap.
    assert traced.chain.gaps and all("Nothing is known" in gap.words for gap in traced.chain.gaps)


@pytest.mark.parametrize(("serials", "why"), [
    ("1500 to 1000", "the range ends before it begins"),
    ("TA 413200 - 412001", "the range ends before it begins"),
    ("AB 900 to AC 950", "different letters"),
    ("1 to 99999999999999999999", "more than 18 digits"),
    ("TA 412001 - 413200", ""), ("1 to 1000000000000", ""), ("07-85", ""), ("see the annex", ""),
])
def test_numbers_that_cannot_be_understood_are_asked_about(case: Case, serials: str, why: str) -> None:
    write(case, make("transfer", "odd", serials=serials, tier="public"))
    flags, _ = checked(case, case.read("public"), id_of("transfer", "odd"))
    flags = tuple(flag for flag in flags if flag.what == "serials_not_read")
    assert [why in flag.question for flag in flags] == ([True] if why else [])
