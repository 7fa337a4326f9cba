"""The chain of an item from the records of a case: what is attached, how surely, for whom."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headstamp.actions.cases import make_case
from headstamp.actions.tracing.trace import Traced, trace, trace_named
from headstamp.actions.tracing.transfer_index import brought_up, numbers, words
from headstamp.demo import fill as filling
from headstamp.demo.teaching import drawn, id_of, load
from headstamp.errors import Invalid, Missing
from headstamp.records import Record
from headstamp.store.case import Case
from headstamp.tracing.claim import Claim
from tests.actions.evidence.thing_kept import make

ITEM = "item-rifle0000"


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with Case.create(tmp_path / "case") as made:
        put(made, make("item", "rifle", tag="A-1", make="Tarnholt", model="TA-7",
                       family="arm", recovered_on="2016-10", made_on="2011"),
            *(make("party", short, name=short.title()) for short in ("maker", "army", "group")))
        yield made


def put(case: Case, *records: Record) -> None:
    with case.change(actor="Ana", reason="test") as change:
        change.put_many(records)


def transfer(name: str, **values: Any) -> Record:
    return make("transfer", name, **{"transfer_kind": "sold", "happened_on": "2012", **values})


def marked(text: str, kind: str = "serial", name: str = "m", item: str = ITEM, **more: Any) -> Record:
    return make("marking", name, item=item, text=text, marking_kind=kind, **more)


def seen(case: Case, clearance: str = "restricted", item: str = ITEM) -> Traced:
    return trace(case, case.read(clearance), item)


def claim(case: Case, name: str, clearance: str = "restricted") -> Claim | None:
    return next((one for one in seen(case, clearance).chain.claims
                 if one.id == f"tran-{name}0000"), None)


def attached(case: Case, name: str) -> tuple[str, str, float] | None:
    found = claim(case, name)
    return (found.attached.by, found.attached.how, round(found.attached.share, 2)) if found else None


# -- by what a claim is about the item


@pytest.mark.parametrize(("read", "serials", "told"), [
    ("TA 412207", "TA 412001 - 413200", ("serial", "exactly", 1.0)),
    ("ta-412207", "from TA 412001 to TA 412500", ("serial", "exactly", 1.0)),
    ("TA 412207", "s/n TA 412205, -06, -07", ("serial", "exactly", 1.0)),
    ("TA 41220?", "TA 412200 - 412209", ("serial", "probably", 1.0)),
    ("TA 41220?", "TA 412200 - 412205", ("serial", "probably", 0.6)),
    ("TA 41220?", "TA 412200 - 412202", ("serial", "perhaps", 0.3)),
    ("TA 412207", "TA 413000 - 413200", None),
    ("TA 412207", "1500-1000", None),
    ("TA 412207", "TA 1 - TA 1000000000000", ("serial", "exactly", 1.0)),
])
def test_by_serial_number(
    case: Case, read: str, serials: str, told: tuple[str, str, float] | None
) -> None:
    put(case, marked(read), transfer("t", serials=serials))
    assert attached(case, "t") == told


def test_what_was_read_carries_how_sure_it_is(case: Case) -> None:
    put(case, marked("TA 4122?7"), transfer("t", serials="TA 412000 - 412209"),
        make("reading", "r1", marking="mark-m0000", text="TA 412207", certainty=70),
        make("reading", "r2", marking="mark-m0000", text="TA 412287", certainty=20))
    # 70 % for the one inside; of the rest that is unread still, one way of ten.
    assert attached(case, "t") == ("serial", "probably", 0.71)
    put(case, make("reading", "r1", marking="mark-m0000", text="TA 412207", certainty=98),
        make("reading", "r2", marking="mark-m0000", text="TA 412207", certainty=90))
    assert attached(case, "t") == ("serial", "exactly", 0.98)


@pytest.mark.parametrize(("read", "kind", "lot", "told"), [
    ("4470-B", "lot", "4470-B, 4471-B", ("lot", "exactly", 1.0)),
    ("LOT 4471 B", "lot", "Lots 4470-B and 4471-B", ("lot", "exactly", 1.0)),
    ("44?0-B", "lot", "4470-B, 4471-B", ("lot", "probably", 0.8)),
    ("447?-B", "lot", "4470-B, 4471-B", ("lot", "perhaps", 0.44)),
    ("4470-8", "lot", "4470-B", ("lot", "probably", 0.7)),
    ("4470-B", "unknown", "4470-B", ("lot", "probably", 0.8)),
    ("KABEL 4470-B 2015", "label", "4470-B", ("lot", "probably", 0.8)),
    ("12", "lot", "12", ("lot", "perhaps", 1.0)),
    ("4472-B", "lot", "4470-B, 4471-B", None),
    ("4470-B", "model", "4470-B", None),
])
def test_by_lot(
    case: Case, read: str, kind: str, lot: str, told: tuple[str, str, float] | None
) -> None:
    put(case, marked(read, kind), transfer("t", lot=lot))
    assert attached(case, "t") == told


def test_by_what_it_is_packed_in(case: Case) -> None:
    put(case, make("item", "crate", tag="B-3", family="package", item_type="crate",
                   parent="item-pallet0000"),
        make("item", "pallet", tag="PX 771", family="package", item_type="pallet"),
        make("item", "rifle", tag="A-1", parent="item-crate0000"),
        marked("4470-B", "lot", item="item-crate0000"),
        transfer("named", items=["item-crate0000"]), transfer("lot", lot="4470-B"),
        transfer("pallet", package="pallet PX-771"))
    assert attached(case, "named") == ("part of", "probably", 0.9)
    assert attached(case, "lot") == ("part of", "probably", 0.9)
    assert attached(case, "pallet") == ("part of", "probably", 0.65)
    assert [one.id for one in seen(case).around] == ["item-crate0000", "item-pallet0000"]


def test_a_hidden_crate_tells_nothing(case: Case) -> None:
    put(case, make("item", "crate", tag="B-3"), make("item", "rifle", parent="item-crate0000"),
        transfer("t", items=["item-crate0000"]))
    assert attached(case, "t") == ("part of", "probably", 0.9)
    put(case, make("item", "crate", tag="B-3", tier="sealed"))
    with pytest.raises(Missing):  # what is packed in it is sealed with it
        seen(case)


def test_the_product_alone_is_no_identity(case: Case) -> None:
    put(case, marked("TA 412207"), transfer("both", goods="30 rifles Tarnholt TA-7"),
        transfer("model", product="TA-7"), transfer("other", product="TA-71"),
        transfer("numbers", product="Tarnholt TA-7", serials="TA 500000 - 500100"))
    assert attached(case, "both") == ("product", "perhaps", 0.1)
    assert attached(case, "model") == ("product", "perhaps", 0.03)
    assert attached(case, "other") is None
    # It names numbers, and that of the item was read in full and is none of them.
    assert attached(case, "numbers") is None
    assert {one.id for one in seen(case).chain.loose} == {"tran-both0000", "tran-model0000"}


def test_a_transfer_that_custody_names_is_about_the_item(case: Case) -> None:
    put(case, transfer("t", from_party="party-maker0000", to_party="party-army0000", product="TA-7"),
        make("custody", "c", item=ITEM, custody_kind="imported", to_party="party-army0000",
             held_on="2012-03", transfer="tran-t0000"))
    found = seen(case).chain
    step = next(step for step in found.steps if len(step.claims) == 2)
    assert {one.id for one in step.claims} == {"tran-t0000", "cust-c0000"}
    assert (step.from_party, step.to_party, step.first) == (
        "party-maker0000", "party-army0000", "2012-03-01")


def test_our_own_custody_is_no_part_of_its_past(case: Case) -> None:
    put(case, make("custody", "c", item=ITEM, act="collected", held_on="2016-11-05",
                   to_party="party-army0000"))
    assert [step.how for step in seen(case).chain.steps] == ["made", "recovered"]


def test_what_a_reply_reports(case: Case) -> None:
    put(case, marked("TA 412207"), make("trace_request", "q", title="Nine rifles", items=[ITEM]),
        transfer("range"), transfer("named"), transfer("several"),
        make("trace_reply", "r1", request="trace-q0000", reply_code="confirmed_full",
             serials="TA 412001 to 412400", transfers=["tran-range0000"]),
        make("trace_reply", "r2", request="trace-q0000", reply_code="confirmed_full",
             items=[ITEM], transfers=["tran-named0000"]),
        make("item", "other", tag="A-2"),
        make("trace_reply", "r3", request="trace-q0000", reply_code="confirmed_partial",
             items=[ITEM, "item-other0000"], transfers=["tran-several0000"]))
    assert attached(case, "range") == ("serial", "probably", 0.8)
    assert attached(case, "named") == ("item", "exactly", 1.0)
    assert attached(case, "several") == ("item", "probably", 0.8)


def test_making_and_recovery_are_claims_of_their_own(case: Case) -> None:
    put(case, make("recovery", "store", recovered_on="2016-10-3X", finder="Land Forces",
                   armed_group="the Column", grade="B2"),
        make("item", "rifle", tag="A-1", made_on="2011", made_basis="year struck on it",
             maker="party-maker0000", recovery="rec-store0000", recovered_on="2016-11-02"))
    made, found = seen(case).chain.steps[0], seen(case).chain.steps[-1]
    assert made.to_party == "party-maker0000" and made.claims[0].basis == "year struck on it"
    # The item and its recovery date it apart: both are told.
    assert {one.kind for one in found.claims} | {
        one.kind for one in seen(case).chain.steps[-2].claims} >= {"recovery", "item"}
    put(case, make("item", "bare", tag="A-9", recovery="rec-late0000"),
        make("recovery", "late", documented_on="2016-11-20T10:00+03:00"))
    (late,) = seen(case, item="item-bare0000").chain.steps
    assert (late.first, late.last) == (None, "2016-11-20")


def test_a_direction_in_doubt_is_said(case: Case) -> None:
    put(case, transfer("t", items=[ITEM], direction_doubted=True))
    found = claim(case, "t")
    assert found is not None and "which of the two sent" in found.attached.words[-1]


# -- bad input: shown, nothing lost


def test_what_cannot_be_is_shown(case: Case) -> None:
    put(case, make("item", "rifle", tag="A-1"),
        transfer("self", items=[ITEM], from_party="party-army0000", to_party="party-army0000"),
        transfer("one", items=[ITEM], happened_on="2013", from_party="party-army0000",
                 to_party="party-group0000"),
        transfer("two", items=[ITEM], happened_on="2013", from_party="party-group0000",
                 to_party="party-army0000"),
        transfer("kg", lot="4470-B", items=[ITEM], happened_on="2014", from_party="party-maker0000",
                 to_party="party-army0000", quantity={"value": 3, "unit": "kg"}),
        transfer("pieces", lot="4470-B", items=[ITEM], happened_on="2015",
                 from_party="party-army0000", to_party="party-group0000", quantity={"value": 30}))
    found = seen(case).chain
    assert {"self_transfer", "cycle", "mixed_units"} <= {one.what for one in found.contradictions}
    assert {one.id for one in found.claims} == {f"tran-{n}0000" for n in (
        "self", "one", "two", "kg", "pieces")}
    cycle = next(one for one in found.contradictions if one.what == "cycle")
    assert "Army" in cycle.words and "party-" not in cycle.words


@pytest.mark.parametrize("values", [
    {"happened_on": "2013-02-31"}, {"happened_on": "2014/2012"}, {"quantity": {"value": -3}},
    {"items": ["party-army0000"]}, {"transfer_kind": "teleported"},
])
def test_what_is_no_fact_is_refused_with_a_reason(values: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        transfer("t", **values)
    assert refused.value.problems[0].field and refused.value.problems[0].rule


def test_a_reply_that_names_an_unknown_item_and_two_that_contradict(case: Case) -> None:
    put(case, make("trace_request", "q", title="One rifle", items=[ITEM]),
        make("trace_reply", "r0", request="trace-q0000", reply_code="no_record",
             text="We know nothing of number 8814."),
        *(make("trace_reply", f"r{n}", request="trace-q0000", reply_code="confirmed_full",
               items=[ITEM], transfers=[f"tran-t{n}0000"]) for n in (1, 2)),
        *(transfer(f"t{n}", reply=f"reply-r{n}0000", from_party="party-maker0000", to_party=to)
          for n, to in ((1, "party-army0000"), (2, "party-group0000"))))
    with pytest.raises(Invalid, match="not in this case"):
        put(case, make("trace_reply", "r3", request="trace-q0000", reply_code="no_record",
                       items=["item-nowhere0000"]))
    found = seen(case).chain
    (told,) = found.contradictions
    assert told.what == "two_holders" and set(told.claims) == {"tran-t10000", "tran-t20000"}


def test_only_an_item_has_a_chain(case: Case) -> None:
    for wrong in ("party-army0000", "item-nowhere0000", "nonsense"):
        with pytest.raises(Missing):
            seen(case, item=wrong)
    put(case, make("item", "twin", tag="A-1"))
    with pytest.raises(Invalid):
        trace_named(case, case.read("restricted"), "A-1")


# -- who sees what, and when


def test_what_is_hidden_has_no_part_in_it(case: Case) -> None:
    put(case, marked("TA 412207"), make("party", "secret", name="Canary Trading", tier="sealed"),
        transfer("t", serials="TA 412001 - 412400", from_party="party-secret0000",
                 to_party="party-army0000"),
        transfer("sealed", serials="TA 412001 - 412400", goods="canary goods", tier="sealed"))
    assert "Canary" in json.dumps(seen(case, "sealed").as_dict())
    told = json.dumps(seen(case, "restricted").as_dict()).casefold()
    assert "canary" not in told and "tran-sealed0000" not in told and "party-secret0000" not in told
    assert attached(case, "t") == ("serial", "exactly", 1.0)


def test_the_first_question_after_a_commit_knows_of_it(case: Case) -> None:
    put(case, marked("TA 412207"), marked("4470-B", "lot", "lot"))
    assert attached(case, "t") is None
    put(case, transfer("t", lot="4470-B"))
    assert attached(case, "t") == ("lot", "exactly", 1.0)
    put(case, transfer("t", lot="9999-Z"))
    assert attached(case, "t") is None
    put(case, transfer("t", serials="TA 412000 - 412300"))
    assert attached(case, "t") == ("serial", "exactly", 1.0)
    put(case, transfer("t", serials="TA 412000 - 412300", tier="sealed"))
    assert attached(case, "t") is None and claim(case, "t", "sealed") is not None


def test_a_reply_that_is_sealed_or_opened_takes_its_transfers_with_it(case: Case) -> None:
    request = {"title": "One rifle", "items": [ITEM]}
    reply = {"request": "trace-q0000", "reply_code": "confirmed_full"}
    put(case, marked("4470-B", "lot"), make("trace_request", "q", **request, tier="sealed"),
        make("trace_reply", "r", **reply), transfer("t", lot="4470-B", reply="reply-r0000"))
    assert claim(case, "t") is None and claim(case, "t", "sealed") is not None
    put(case, make("trace_request", "q", **request))  # the transfer itself is not touched
    assert attached(case, "t") == ("lot", "exactly", 1.0)
    put(case, make("trace_reply", "r", **reply, tier="sealed"))
    assert claim(case, "t") is None


def test_judged_the_same_and_parted_again_without_delay(case: Case) -> None:
    put(case, make("party", "army2", name="Army II"),
        transfer("one", items=[ITEM], from_party="party-maker0000", to_party="party-army0000"),
        transfer("two", items=[ITEM], happened_on="2014", from_party="party-army20000",
                 to_party="party-group0000"))
    tie = {"party": "party-army0000", "to_party": "party-army20000", "basis": "one letterhead"}

    def gaps() -> int:
        return len(seen(case).chain.gaps)

    apart = gaps()
    put(case, make("tie", "s", **tie, tie_kind="same"))
    assert gaps() == apart - 1
    put(case, make("tie", "s", **tie, tie_kind="different"))
    assert gaps() == apart


HIDDEN: list[dict[str, Any]] = [
    {"serials": "TA 412000 - 412300"}, {"lot": "4470-B"}, {"lot": "4480-B, 44?1-B"},
    {"items": [ITEM]}, {"product": "Tarnholt TA-7"}, {"package": "crate 771"},
]


@pytest.mark.parametrize("late", [False, True])
def test_a_chain_is_as_if_what_is_hidden_had_never_been(tmp_path: Path, late: bool) -> None:
    """Sealed from the beginning, or sealed later under an index that is kept: no trace of it."""
    told = []
    for hidden in (False, True):
        with Case.create(tmp_path / str(hidden)) as case:
            put(case, make("party", "army", name="Army"), make("party", "maker", name="Maker"),
                make("item", "rifle", tag="A-1", make="Tarnholt", model="TA-7", made_on="2011",
                     recovered_on="2016"),
                marked("TA 412207"), marked("44?0-B", "lot", "lot"), marked("crate 771", "crate", "c"),
                transfer("seen", lot="4470-B, 4471-B", from_party="party-maker0000",
                         to_party="party-army0000"))
            if hidden:
                tier = "partner" if late else "sealed"
                put(case, make("party", "secret", name="Secret", tier=tier), *(
                    transfer(f"h{n}", **values, from_party="party-secret0000", tier=tier)
                    for n, values in enumerate(HIDDEN)),
                    make("tie", "t", party="party-army0000", to_party="party-secret0000",
                         tie_kind="same", basis="one letterhead", tier=tier))
            if hidden and late:
                assert len(seen(case).chain.claims) > 5
                put(case, make("party", "secret", name="Secret", tier="sealed"), *(
                    transfer(f"h{n}", **values, from_party="party-secret0000", tier="sealed")
                    for n, values in enumerate(HIDDEN)),
                    make("tie", "t", party="party-army0000", to_party="party-secret0000",
                         tie_kind="same", basis="one letterhead", tier="sealed"))
            told.append(seen(case).as_dict())
    assert told[0] == told[1]


CHANGES = st.lists(st.tuples(
    st.sampled_from(["a", "b", "c"]),
    st.sampled_from(["partner", "restricted", "sealed"]),
    st.sampled_from([
        {"lot": "4470-B"}, {"lot": "44?0-B, 12"}, {"serials": "TA 1 - 500"}, {"product": "TA-7"},
        {"serials": "TA 40?, TA 412"}, {"package": "crate 771"}, {"goods": "rifles TA-7"}, {},
    ]),
), min_size=1, max_size=6)


@given(CHANGES)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_index_brought_forward_answers_as_one_made_anew(
    case: Case, changes: list[tuple[str, str, dict[str, str]]]
) -> None:
    reader = case.read("restricted")
    index = brought_up(None, reader)
    for name, tier, values in changes:
        put(case, transfer(name, **values, tier=tier))
        index = brought_up(index, reader)
    fresh = brought_up(None, reader)
    visible = reader.many([f"tran-{name}0000" for name in "abc"])

    def kept(some: list[str]) -> set[str]:
        return {id_ for id_ in some if id_ in visible}

    for text in ("TA 412", "TA 4?2", "TA 9999"):
        assert kept([one.key for one in index.covering(text, 50)]) == kept(
            [one.key for one in fresh.covering(text, 50)])
    for field, key in (("lot", "4470B"), ("lot", "12"), ("lot", "44?0B"), ("package", "771")):
        assert {one for one in index.numbered(field, key) if one[0] in visible} == set(
            fresh.numbered(field, key))
    assert kept(index.naming(("TA7",))) == set(fresh.naming(("TA7",)))
    for id_, one in visible.items():
        for part in ("serials", "lot", "package", "product", "goods"):
            if one.get(part):
                assert index.still(id_, one.values, (part,))


@pytest.mark.parametrize(("text", "found"), [
    ("4470-B, 4471-B", ("4470B", "4471B")), ("14-09-41", ("140941",)), ("1603/K", ("1603K",)),
    ("Lot No. 4470-B; batch 7", ("4470B", "7")), ("crates 12 and 13", ("12", "13")),
    ("CSQU 305438-3", ("CSQU3054383",)), ("", ()), (" , ;", ()), ("lot", ("LOT",)),
])
def test_numbers_of_a_text(text: str, found: tuple[str, ...]) -> None:
    assert numbers(text) == found


@given(st.text(max_size=60))
def test_any_text_can_be_taken_apart(text: str) -> None:
    assert all(numbers(text)) and all(words(text))


# -- the teaching case


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    teaching = load()
    first = teaching.of("photograph")[0]
    _, picture = drawn(first, teaching.scenes[first.id])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(filling, "drawn", lambda record, scene: (record, picture))
        with make_case(tmp_path_factory.mktemp("trace") / "case") as case:
            filling.fill(case)
            yield case


def told(street: Case, tag: str, clearance: str = "restricted") -> Traced:
    return trace_named(street, street.read(clearance), tag)


def test_a_rifle_of_the_street_from_its_maker_to_its_recovery(street: Case) -> None:
    found = told(street, "QM-A-01")
    assert [step.how for step in found.chain.steps] == [
        "made", "exported", "issued", "captured", "recovered"]
    parties = [found.name(step.to_party) for step in found.chain.steps]
    assert parties == ["Tarnholt Armoury", "Zamurran Land Forces", "4th Depot, Zamurran Land Forces",
                       "Black Anvil Column", "Zamurran Land Forces"]
    assert not found.chain.gaps and not found.chain.contradictions
    made = found.chain.steps[0]
    assert {one.kind for one in made.claims} == {"custody", "item", "transfer"}
    # What a witness says of some of these rifles is told beside it, not in it.
    assert id_of("tran", "t-sold-claim") in {one.id for one in found.chain.loose}
    assert id_of("tran", "t-lost") not in {one.id for one in found.chain.claims}


def test_the_tin_in_the_crate_leads_to_its_contents(street: Case) -> None:
    found = told(street, "QM-N-01")
    assert len(found.around) == 2
    exported = next(step for step in found.chain.steps if step.how == "exported")
    (one,) = exported.claims
    assert (one.attached.by, one.attached.how) == ("item", "exactly")
    assert any("packed in" in words and "TNH11D006-014" in words for words in one.attached.words)


def test_cable_by_its_lot_and_what_a_clearance_hides(street: Case) -> None:
    sealed, below = told(street, "QM-C-21", "sealed"), told(street, "QM-C-21")
    hidden = id_of("tran", "t-cable-2")
    assert hidden in {one.id for one in sealed.chain.claims}
    assert hidden not in json.dumps(below.as_dict())
    by_lot = next(one for one in below.chain.claims if one.id == id_of("tran", "t-cable-0"))
    assert (by_lot.attached.by, by_lot.attached.how) == ("lot", "exactly")


def test_every_item_of_the_street_has_a_chain_with_all_its_claims(street: Case) -> None:
    reader = street.read("sealed")
    for item in reader.stream("item"):
        found = trace(street, reader, item.id)
        own = {one.id for field in ("items",) for one in reader.referring(
            item.id, kind="transfer", field=field)}
        own |= {one.id for one in reader.referring(item.id, kind="custody", field="item")
                if one.get("act") is None}
        assert own <= {one.id for one in found.chain.claims}
        assert json.dumps(found.as_dict())
