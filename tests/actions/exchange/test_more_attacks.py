"""More of what a device whose key is trusted can say in its log, properly signed (S4 goes on from here).

Numbers that no database holds, moments that no clock shows, chains without end, erasures of what
stays here, approvals in another's name: refused in words with nothing changed, or taken for what
they are. Nothing of it stops a program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from headstamp.actions.cases import check_case
from headstamp.actions.evidence.erasing import approve, ask, waiting
from headstamp.actions.exchange.devices import add_device, peer_named
from headstamp.actions.exchange.pack import pack
from headstamp.actions.exchange.settling import contest_of, settle
from headstamp.actions.exchange.take import TakeResult, take
from headstamp.errors import HeadstampError, Invalid
from headstamp.exchange.receipt import Receipt
from headstamp.store.case import Case
from headstamp.store.upgrade import upgrade
from tests.actions.evidence.thing_kept import make
from tests.actions.exchange.forger import Forger
from tests.actions.exchange.test_attacks_by_bundle import NEW, OURS, Scene, item
from tests.actions.exchange.travel import closed, lined, lines, opened, state, stated

DEEP = 1_200
"""More records in each other than Python goes deep."""


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    (tmp_path / "stick").mkdir()
    with Case.create(tmp_path / "hq") as hq:
        with hq.change(actor="Ana", reason="found") as change:
            change.put(make("item", "ours", make="Altera"))
        liar, third = Forger.named("headstamp.local/liar"), Forger.named("headstamp.local/third")
        for forger, title in ((liar, "Liar"), (third, "Third")):
            add_device(hq, key=forger.signer.verifier_key, title=title, actor="Ana", reason="met")
        yield Scene(hq, liar, third, tmp_path / "stick")


def erasure(
    giver: Forger, record: str, *fields: str, asker: str = "Ann", approver: str = "Bea", id_: str = "eras-forged000"
) -> str:
    """Two people of that log agree on an erasure; its id."""
    told = {"record": record, "erasure_ground": "order", "tier": "partner", **(
        {"fields": sorted(fields)} if fields else {})}
    first = giver.say("erasure", id_, {**told, "erasure_state": "asked"}, actor=asker)
    giver.say("erasure", id_, {**told, "erasure_state": "approved"}, actor=approver, after=[first])
    return id_


Say = Callable[[Scene], Any]
REFUSED: dict[str, tuple[Say, str]] = {
    "a first version of a number that no table holds": (
        lambda s: s.liar.say("item", NEW, item(), version=2**53 - 1), "version_gap"),
    "an id in letters that look like ours": (
        lambda s: s.liar.say("item", "item-\u0430bc00000", item()), "id"),
    "an id that leads out of a folder": (
        lambda s: s.liar.say("item", "item-../../etc", item()), "id"),
    "an id of five hundred letters": (
        lambda s: s.liar.say("item", "item-" + "a" * 500, item()), "id"),
    "an id in capitals": (lambda s: s.liar.say("item", "item-ABC00000", item()), "id"),
    "a tier that there is not": (lambda s: s.liar.say("item", NEW, item(tier="cosmic")), "tier"),
    "a field of the program's own": (
        lambda s: s.liar.say("item", NEW, item(__class__="x")), "__class__"),
    "a value of fifteen million letters": (
        lambda s: s.liar.say("item", NEW, item(remark="x" * 15_000_000)), "remark"),
    "values ninety deep where a text belongs": (
        lambda s: s.liar.say("item", NEW, item(remark=_nested(90))), "remark"),
    "a record that belongs to itself": (
        lambda s: s.liar.say("item", NEW, item(parent=NEW)), "itself"),
    "an original of our own named by a form of its digest": (
        lambda s: s.liar.say("document", "doc-a0000", {"title": "x", "tier": "partner", "digest": "A" * 64}),
        "the one form"),
    "to settle with a version of another record": (
        lambda s: [s.liar.say("item", NEW, item("a")), s.liar.say("item", "item-b0000", item("b")),
                   s.liar.say("item", NEW, item("c"), act="settle", of=[f"{s.liar.log} 1"],
                              after=[f"{s.liar.log} 0", f"{s.liar.log} 1"])], "is not here"),
    "an erasure approved by who asked, in capitals": (
        lambda s: erasure(s.liar, OURS, asker="Ann Lee", approver="ANN  LEE"), "the same person"),
    "an erasure approved by who asked, in another alphabet": (
        lambda s: erasure(s.liar, OURS, asker="Ann", approver="\u0410nn"), "the same person"),
    "an alert that was checked before anybody saw it": (
        lambda s: _alert(s.liar, "checked", "Ben", actor="Mallory"), "a new alert is a draft"),
    "an alert checked by a person of this side": (
        lambda s: [_alert(s.liar, "draft"), _alert(s.liar, "checked", "Ben", actor="Mallory", n=0)],
        "says that Ben checked the alert"),
    "an alert of other words than were checked": (
        lambda s: [_alert(s.liar, "draft"), _alert(s.liar, "checked", "Ben", actor="Ben", n=0),
                   _alert(s.liar, "sent", "Ben", actor="Mallory", n=1, title="All is well")],
        "says that Ben checked the alert as it stands"),
    "a device known here, in our own list's form": (
        lambda s: s.liar.say("device", peer_named(s.hq, "Third").id, {
            "title": "Third", "key": s.liar.signer.verifier_key, "tier": "restricted"}), "stays where"),
}


def _alert(giver: Forger, alert_state: str, checked_by: str = "", actor: str = "Ana", n: int | None = None,
           title: str = "Look out") -> str:
    values = {"title": title, "alert_kind": "novel", "alert_state": alert_state, "tier": "partner",
              "author": "Ana", **({"checked_by": checked_by} if checked_by else {})}
    return giver.say("alert", "alert-a0000", values, actor=actor, after=[] if n is None else [f"{giver.log} {n}"])


def _nested(depth: int) -> object:
    value: object = "x"
    for _ in range(depth):
        value = {"a": value}
    return value


@pytest.mark.parametrize("want", REFUSED)
def test_refused_with_its_reason_and_nothing_changed(scene: Scene, want: str) -> None:
    say, told = REFUSED[want]
    say(scene)
    words = scene.refused(scene.liar)
    assert told in words
    assert "validation error" not in words and len(words) < 3_000
    assert check_case(scene.hq) == []


TAKEN: dict[str, Say] = {
    "an entry that no log has yet": lambda s: s.liar.say(
        "item", NEW, item(), act="take", of=[f"{s.third.log} {2**53}"]),
    "an actor written in two directions": lambda s: s.liar.say("item", NEW, item(), actor="A\u202eB"),
    "an actor of two lines": lambda s: s.liar.say("item", NEW, item(), actor="A\nBen approved this"),
    "a circle of owners": lambda s: [
        s.liar.say("item", "item-c10000", item(parent="item-c20000")),
        s.liar.say("item", "item-c20000", item(parent="item-c10000", tier="sealed"))],
    "more in each other than a program goes deep, the inner first": lambda s: [
        s.liar.say("item", f"item-n{n:05}", item(parent=f"item-n{n + 1:05}")) for n in range(DEEP)],
    "an owner that is not there": lambda s: s.liar.say("item", NEW, item(parent="item-none0000")),
}


@pytest.mark.parametrize("want", TAKEN)
def test_taken_for_what_it_is_and_the_case_stays_whole(scene: Scene, want: str) -> None:
    TAKEN[want](scene)
    assert scene.taken(scene.liar).state == "taken"
    assert check_case(scene.hq) == []
    assert upgrade(scene.hq, anew=True)
    assert check_case(scene.hq) == []
    assert scene.hq.read("sealed").get(OURS).get("make") == "Altera"


def test_what_lies_deep_in_others_is_closed_with_the_outermost(scene: Scene) -> None:
    """Wants: the program stopped, by things in things in things; or the innermost left open."""
    for n in range(DEEP):
        scene.liar.say("item", f"item-n{n:05}", item(**({"parent": f"item-n{n - 1:05}"} if n else {})))
    assert scene.taken(scene.liar).taken == DEEP
    scene.liar.say("item", "item-n00000", item(tier="sealed"), after=[f"{scene.liar.log} 0"])
    assert scene.taken(scene.liar, first=DEEP).taken == 1
    assert scene.hq.read("restricted").list("item").total == 1
    assert scene.hq.read("sealed").get(f"item-n{DEEP - 1:05}").get("make") == "Forged"
    assert check_case(scene.hq) == []


@pytest.mark.parametrize("at", ["1970-01-01T00:00:00.000000Z", "2100-01-01T00:00:00.000000Z",
                                "9999-12-31T23:59:59.999999Z"])
def test_a_clock_that_stands_wrong_changes_no_order(scene: Scene, at: str) -> None:
    """Wants: what is older to count as newer. Only what was made from what counts."""
    scene.liar.say("item", NEW, item("first"))
    path = scene.liar.bundle(scene.folder / "x.tar", scene.hq)
    done = take(scene.hq, closed(stated(opened(path), made_at=at), scene.folder / "y.tar"),
                actor="Ben", reason="r")
    assert done.state == "taken"
    scene.liar.say("item", NEW, item("second"), after=[f"{scene.liar.log} 0"])
    after = scene.taken(scene.liar, first=1)
    assert after.state in ("taken", "quarantined")
    assert scene.hq.read().get(NEW).get("make") == ("second" if after.state == "taken" else "first")
    assert check_case(scene.hq) == []


def test_whether_a_hidden_record_is_here_is_told_to_nobody(scene: Scene) -> None:
    """Wants: to learn by the receipt whether there is a record, by naming it and one that is not."""
    with scene.hq.change(actor="Ana", reason="found") as change:
        change.put(make("item", "hidden", tier="sealed"))
    told = []
    for n, target in enumerate(("item-hidden0000", "item-absent0000")):
        scene.liar.say("item", f"item-p{n}0000", item(parent=target))
        done = scene.taken(scene.liar, first=n)
        receipt = Receipt.parse(done.receipt.partition("\n\n")[0] + "\n")
        told.append((receipt.taken, receipt.known, receipt.beside, receipt.aside))
    assert told[0] == told[1]


def test_nobody_elsewhere_says_what_goes_here_of_devices_and_bundles(scene: Scene, tmp_path: Path) -> None:
    """Wants: headquarters' word that a laptop's own list of devices, or its note of a bundle, is to go."""
    boss = Forger.named("headstamp.local/boss")
    add_device(scene.hq, key=boss.signer.verifier_key, title="Boss", role="headquarters", actor="Ana", reason="met")
    device = peer_named(scene.hq, "Third").id
    erasure(boss, device)
    erasure(boss, OURS, id_="eras-true0000")
    assert scene.taken(boss).erasures == waiting(scene.hq) == ()
    assert peer_named(scene.hq, "Third").state == "active"
    assert scene.hq.read("sealed").many([OURS]) == {}  # headquarters' word on what travels
    assert check_case(scene.hq) == []


def test_an_erasure_by_a_bundle_waits_and_takes_no_field_that_cannot_go(scene: Scene) -> None:
    """Wants: a field gone without which there is no item, or the whole, at a laptop's word."""
    made = erasure(scene.liar, OURS, "family")
    done = scene.taken(scene.liar)
    assert (done.erasures, scene.hq.read().get(OURS).get("make")) == ((made,), "Altera")
    with pytest.raises(HeadstampError, match="not all of this can be erased"):
        approve(scene.hq, made, actor="Cid", clearance="sealed")
    assert waiting(scene.hq) == (made,)
    assert check_case(scene.hq) == []


def test_what_lacks_a_field_is_explained_by_the_erasure_of_the_whole(tmp_path: Path, scene: Scene) -> None:
    """Of one record a field was erased here and the whole elsewhere: an older bundle is no forgery."""
    with scene.hq.change(actor="Ana", reason="x") as change:
        change.put(make("erasure", "here", record=OURS, fields=["make"], erasure_ground="order"))
    with scene.hq.change(actor="Bea", reason="x") as change:
        change.approve("eras-here0000")
    erasure(scene.liar, OURS)
    scene.taken(scene.liar)
    scene.third.say("item", OURS, item("Old"))
    assert scene.taken(scene.third).state == "taken"
    assert scene.hq.read("sealed").get(OURS).get("make") is None
    assert check_case(scene.hq) == []


def test_a_line_of_a_record_in_other_bytes_is_refused(scene: Scene) -> None:
    """Wants: one text for us and another for whoever reads it otherwise: double keys, NaN, half a letter."""
    scene.liar.say("item", NEW, item())
    files = opened(scene.liar.bundle(scene.folder / "good.tar", scene.hq))
    line = files["data/records.jsonl"]
    for n, (old, new) in enumerate(((b'"make":"Forged"', b'"make":"Forged","make":"Other"'),
                                    (b'"Forged"', b"NaN"), (b'"Forged"', b"1e400"), (b'"Forged"', b'"\\ud800"'),
                                    (b'"Forged"', b'"Forge\\u0064"'), (b"{", b"[" * 5_000 + b"{"))):
        forged = files | {"data/records.jsonl": line.replace(old, new, 1)}
        before = state(scene.hq)
        with pytest.raises(HeadstampError):
            take(scene.hq, closed(forged, scene.folder / f"{n}.tar"), actor="Ben", reason="r")
        assert state(scene.hq) == before
    assert lined(files, lines(files)) == files


def test_an_alert_that_is_drafted_in_one_bundle_is_not_checked_for_another_in_the_next(scene: Scene) -> None:
    _alert(scene.liar, "draft")
    assert scene.taken(scene.liar).state == "taken"
    _alert(scene.liar, "checked", "Ben", actor="Mallory", n=0)
    before = state(scene.hq)
    with pytest.raises(Invalid, match="of alerts what no device writes") as told:
        take(scene.hq, scene.liar.bundle(scene.folder / "next.tar", scene.hq, first=1), actor="Cy", reason="r")
    assert "Mallory says that Ben checked the alert" in told.value.problems[0].rule
    assert state(scene.hq) == before


@pytest.fixture
def field(scene: Scene) -> Iterator[Case]:
    """A laptop on which Ana has drafted an alert."""
    with Case.create(scene.folder / "made") as made:
        _meet(made, scene.hq)
        with made.change(actor="Ana", reason="seen") as change:
            change.put(_alert_of())
        yield made


def _alert_of(where: str = "By the mill", **more: Any) -> Any:
    return make("alert", "a", title="Look out", where_seen=where, author="Ana", **more)


def _says(case: Case, actor: str, where: str = "By the mill", **more: Any) -> None:
    with case.change(actor=actor, reason="r") as change:
        change.put(_alert_of(where, **more))


def _meet(one: Case, other: Case) -> None:
    for here, there in ((one, other), (other, one)):
        add_device(here, key=there.verifier.text(), title=there.folder.name, actor="A", reason="met")


def _hand(giver: Case, to: Case) -> TakeResult:
    path = giver.folder.parent / f"{giver.folder.name}-{giver.checkpoint().size}.tar"
    packed = pack(giver, to.folder.name, path, actor="A", reason="r")
    return take(to, Path(packed.path), actor="A", reason="r")


def test_an_alert_checked_there_by_who_says_so_is_taken_as_checked(scene: Scene, field: Case) -> None:
    _says(field, "Bea", alert_state="checked", checked_by="Bea")
    done = _hand(field, scene.hq)
    assert (done.state, done.taken) == ("taken", 2)
    assert scene.hq.read("sealed").get("alert-a0000").get("alert_state") == "checked"


def test_an_alert_settled_by_what_somebody_else_checked_goes_on_to_others(scene: Scene, field: Case) -> None:
    """Bea checks at headquarters while Ana writes on; Ana gives way, and no device refuses what she says."""
    _hand(field, scene.hq)
    _says(scene.hq, "Bea", alert_state="checked", checked_by="Bea")
    _says(field, "Ana", "By the bridge")
    _hand(scene.hq, field)
    contest = contest_of(field.read("sealed"), field.origin, "alert-a0000")
    settle(field, "alert-a0000", contest.sides[1].values, names=contest.names, expected=contest.record.version,
           clearance="sealed", actor="Ana", reason="as it was checked")
    with Case.create(scene.folder / "other") as other:
        _meet(field, other)
        assert _hand(field, other).state == "taken"
        assert other.read("sealed").get("alert-a0000").get("checked_by") == "Bea"


def test_an_alert_of_which_words_were_erased_is_taken_after_what_was_checked(scene: Scene, field: Case) -> None:
    _says(field, "Bea", alert_state="checked", checked_by="Bea")
    _hand(field, scene.hq)
    with field.change(actor="Ana", reason="went out") as change:
        change.put(make("document", "d", title="Extract"))
    sent: dict[str, Any] = {"checked_by": "Bea", "channel": "radio", "recipient_role": "clearance team",
                            "sent_on": "2026-02-01", "documents": ["doc-d0000"]}
    _says(field, "Ana", alert_state="sent", **sent)
    _says(field, "Ana", alert_state="withdrawn", why_withdrawn="an error", **sent)
    asked = ask(field, "alert-a0000", fields=["where_seen", "checked_by"], ground="order", actor="Ana",
                clearance="sealed")
    approve(field, asked, actor="Cy", clearance="sealed")
    assert _hand(field, scene.hq).state == "taken"
