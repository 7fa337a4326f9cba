"""Attacks by bundles: of a device whose key is trusted and whose holder lies, and of who carries them.

Each test says what the attacker wants. Forged files, sums and signatures are tried in
``test_forged_bundles``; here everything is properly signed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from headstamp.actions.cases import check_case
from headstamp.actions.exchange.aside import release
from headstamp.actions.exchange.devices import add_device, mark_lost, peer_named
from headstamp.actions.exchange.take import TakeResult, take
from headstamp.errors import HeadstampError, Invalid, Tampered
from headstamp.evidence import export
from headstamp.evidence.checkpoint import Checkpoint, sign_checkpoint
from headstamp.evidence.key_line import REPLACED, KeyChange
from headstamp.evidence.note import Signer, sign
from headstamp.store.case import Case
from tests.actions.evidence.thing_kept import make
from tests.actions.exchange.forger import Forger, values_of
from tests.actions.exchange.travel import (
    SIGNERS,
    Files,
    Two,
    closed,
    lined,
    lines,
    opened,
    put,
    state,
    stated,
    two_devices,
)

OURS, NEW = "item-ours0000", "item-new00000"


def item(word: str = "Forged", **more: object) -> dict[str, object]:
    return {"family": "unknown", "make": word, "tier": "partner", **more}


@dataclass
class Scene:
    """Headquarters with one record, and two devices it trusts, of which it knows only the keys."""

    hq: Case
    liar: Forger
    third: Forger
    folder: Path

    def taken(self, giver: Forger, **more: int) -> TakeResult:
        path = self.folder / f"{len(list(self.folder.iterdir()))}.bundle.tar"
        return take(self.hq, giver.bundle(path, self.hq, **more), actor="Ben", reason="came by stick")

    def refused(self, giver: Forger) -> str:
        before = state(self.hq)
        with pytest.raises(HeadstampError) as told:
            self.taken(giver)
        assert state(self.hq) == before
        return " ".join([told.value.message, *(one.rule for one in told.value.problems)])


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    (tmp_path / "stick").mkdir()
    hq = Case.create(tmp_path / "hq")
    with hq.change(actor="Ana", reason="found") as change:
        change.put(make("item", "ours", make="Altera"))
    liar, third = Forger.named("headstamp.local/liar"), Forger.named("headstamp.local/third")
    for forger, title in ((liar, "Liar"), (third, "Third")):
        add_device(hq, key=forger.signer.verifier_key, title=title, actor="Ana", reason="met")
    return Scene(hq, liar, third, tmp_path / "stick")


Say = Callable[[Scene], object]
# What the liar wants, how he says it, and what he is told.
REFUSED: dict[str, tuple[Say, str]] = {
    "a version of our own log that we never made, to be handed on as ours": (
        lambda s: s.liar.say("item", NEW, item(), act="take", of=[f"{s.hq.origin} 999"]), "this very log"),
    "two versions under one name, for devices to disagree": (
        lambda s: [s.liar.say("item", f"item-{n}0000", item(n), act="take", of=[f"{s.third.log} 7"])
                   for n in "ab"], "told of before"),
    "two texts of one version, one of them shown to nobody": (
        lambda s: [s.liar.say("item", NEW, item(n), act="take", of=[f"{s.third.log} 7"])
                   for n in "ab"], "told of before"),
    "a version of his own log that is none of its entries": (
        lambda s: s.liar.say("item", NEW, item(), act="take", of=[f"{s.liar.log} 7"]), "its own log"),
    "the name of a version that he has yet to make": (
        lambda s: [s.liar.say("item", NEW, item(), act="take", of=[f"{s.liar.log} 1"]),
                   s.liar.say("item", "item-b0000", item())], "its own log"),
    "a kind of record in a form that nobody here has read": (
        lambda s: s.liar.say("item", NEW, item(), tag="item/2"), "newer headstamp"),
    "a kind of record that there is not": (
        lambda s: s.liar.say("order", "ord-a0000", item()), "no kind of record"),
    "an item with the id of a photograph": (
        lambda s: s.liar.say("item", "photo-a0000", item()), "does not begin"),
    "an item with the id of a device": (
        lambda s: s.liar.say("item", "dev-a0000", item()), "does not begin"),
    "a device of his own among those that are trusted": (
        lambda s: s.liar.say("device", "dev-a0000", {
            "title": "HQ two", "key": s.third.signer.verifier_key, "tier": "restricted"}), "stays where"),
    "a bundle that was never taken to count as taken": (
        lambda s: s.liar.say("bundle", "bundle-a0000", item()), "stays where"),
    "a device in the clothes of an item": (
        lambda s: s.liar.say("item", NEW, {**item(), "key": "x"}), "as it is known here"),
    "a value in another spelling than all others have": (
        lambda s: s.liar.say("item", NEW, {**item(), "tier": "Partner"}), "item"),
    "a first version that counts as the millionth": (
        lambda s: s.liar.say("item", OURS, item(), version=1_000_000, after=[f"{s.hq.origin} 0"]), "version_gap"),
    "a descent from what does not exist": (
        lambda s: s.liar.say("item", OURS, item(), act="take", of=[f"{s.third.log} 3", f"{s.third.log} 2"]),
        "not here"),
    "two versions each made from the other": (
        lambda s: [s.liar.say("item", OURS, item(str(n)), act="take",
                              of=[f"{s.third.log} {n}", f"{s.third.log} {7 - n}"]) for n in (3, 4)],
        "not here"),
    "a version made from itself": (
        lambda s: s.liar.say("item", OURS, item(), act="take", of=[f"{s.third.log} 3", f"{s.hq.origin} 0",
                                                                   f"{s.third.log} 4"]), "not here"),
    "a version made from another record's": (
        lambda s: [s.liar.say("item", "item-a0000", item()),
                   s.liar.say("item", NEW, item(), act="take", of=[f"{s.third.log} 1", f"{s.liar.log} 0"])],
        "not here"),
    "to have made from ours what he made from his own": (
        lambda s: [s.liar.say("item", NEW, item("a")),
                   s.liar.say("item", NEW, item("b"), after=[f"{s.hq.origin} 0"])], "does not say so"),
    "to skip one of his own versions": (
        lambda s: [s.liar.say("item", NEW, item("a")),
                   s.liar.say("item", NEW, item("b"), after=[f"{s.liar.log} 0"]),
                   s.liar.say("item", NEW, item("c"), after=[f"{s.liar.log} 0"])], "does not say so"),
    "to settle more than his entry says": (
        lambda s: [s.liar.say("item", NEW, item("a")),
                   s.liar.say("item", NEW, item("b"), after=[f"{s.liar.log} 0", f"{s.hq.origin} 0"])],
        "more versions"),
    "a thousand names of versions that nobody has": (
        lambda s: s.liar.say("item", OURS, item(), act="take", of=[
            f"{s.third.log} 3", *sorted(f"{s.third.log} {n}" for n in range(100, 1100))]), "not here"),
}


@pytest.mark.parametrize("want", REFUSED)
def test_refused_with_its_reason_and_nothing_changed(scene: Scene, want: str) -> None:
    say, told = REFUSED[want]
    say(scene)
    assert told in scene.refused(scene.liar)
    assert check_case(scene.hq) == []


def test_what_the_liar_says_in_a_third_ones_name_does_not_make_that_one_a_forger(scene: Scene) -> None:
    """Wants: the honest third device called a forger, and all it brings refused from then on."""
    scene.liar.say("item", NEW, item(), act="take", of=[f"{scene.third.log} 1"])
    assert scene.taken(scene.liar).taken == 1
    scene.third.say("item", "item-t10000", item("true"))
    scene.third.say("item", "item-t20000", item("true"))
    done = scene.taken(scene.third)
    assert (done.state, done.taken) == ("quarantined", 0)
    assert "somebody else had handed over in its name" in done.problem
    after = release(scene.hq, done.bundle, actor="Ben", reason="called both: it was the liar")
    assert (after.state, after.taken, after.known) == ("taken", 1, 1)
    assert scene.hq.read().get("item-t10000").get("make") == "true"
    scene.third.say("item", "item-t30000", item("true"))
    assert scene.taken(scene.third, first=2).state == "taken"
    assert check_case(scene.hq) == []


def test_who_was_lied_to_by_a_third_is_no_forger(scene: Scene) -> None:
    """Wants: two texts of one version about, so that those who carry them accuse each other."""
    scene.third.say("item", NEW, item("one"))
    scene.taken(scene.third)
    scene.liar.say("item", NEW, item("other"), act="take", of=[f"{scene.third.log} 0"])
    scene.liar.say("item", "item-x0000", item("honest"))
    done = scene.taken(scene.liar)
    assert (done.state, done.taken) == ("quarantined", 0)
    assert scene.third.log in done.problem
    assert release(scene.hq, done.bundle, actor="Ben", reason="looked").taken == 1
    assert scene.hq.read().get(NEW).get("make") == "one"
    assert check_case(scene.hq) == []


def test_what_is_said_of_our_own_log_is_held_to_our_own_log(scene: Scene) -> None:
    """Wants: another text handed about as ours."""
    scene.liar.say("item", OURS, item(), act="take", of=[f"{scene.hq.origin} 0"])
    done = scene.taken(scene.liar)
    assert (done.state, done.taken) == ("quarantined", 0)
    assert "what is not in it" in done.problem
    assert scene.hq.read().get(OURS).get("make") == "Altera"


def test_a_version_said_to_be_made_from_ours_is_current_and_names_who_said_so(scene: Scene) -> None:
    """Wants: his version to be the current one. That is what trust in a device means; ours stays,
    and history names his log and who took it in."""
    scene.liar.say("item", OURS, values_of(scene.hq, OURS), act="take", of=[f"{scene.hq.origin} 0"])
    scene.liar.say("item", OURS, item(), after=[f"{scene.hq.origin} 0"])
    done = scene.taken(scene.liar)
    # The first is not our entry: other salts. The bundle waits.
    assert done.state == "quarantined"
    assert release(scene.hq, done.bundle, actor="Ben", reason="looked").taken == 1
    reader = scene.hq.read()
    assert reader.get(OURS).get("make") == "Forged"
    last = max(reader.history(OURS), key=lambda event: event.seq)
    assert (last.act, last.actor, last.of) == (
        "take", "Ben", (f"{scene.liar.log} 1", f"{scene.hq.origin} 0"))
    assert [event.version for event in reader.history(OURS)] in ([1, 2], [2, 1])
    assert check_case(scene.hq) == []


def test_a_thousand_rivals_are_kept_and_counted_as_one_contradiction(scene: Scene) -> None:
    """Wants: headquarters drowned in contradictions of one record."""
    for n in range(1000):
        scene.liar.say("item", OURS, item(str(n)), act="take", of=[f"{scene.third.log} {n}"])
    done = scene.taken(scene.liar)
    assert (done.taken, done.beside, len(done.contested)) == (0, 1000, 1)
    assert scene.hq.read().get(OURS).get("make") == "Altera"
    assert [one.id for one in scene.hq.read().contested()] == [OURS]
    assert check_case(scene.hq) == []


def test_what_a_lost_device_says_does_not_come_in_through_another(scene: Scene) -> None:
    """Wants: what the thief of a laptop wrote taken in after all, by way of a device that has not
    heard of the loss."""
    scene.third.say("item", NEW, item("before"))
    scene.taken(scene.third)
    mark_lost(scene.hq, "Third", actor="Ben", reason="stolen")
    scene.liar.say("item", NEW, item("before"), act="take", of=[f"{scene.third.log} 0"])
    assert scene.taken(scene.liar).known == 1  # what was here before the loss stands
    scene.liar.say("item", "item-late0000", item("after"), act="take", of=[f"{scene.third.log} 1"])
    done = scene.taken(scene.liar, first=1)
    assert (done.state, done.taken) == ("quarantined", 0)
    assert "marked as lost" in done.problem
    assert scene.hq.read().list("item").total == 2
    assert release(scene.hq, done.bundle, actor="Ben", reason="asked its holder").taken == 1
    assert check_case(scene.hq) == []


def keyed(giver: Forger, path: Path, to: Case, new: Signer, *, witnessed: bool) -> Path:
    """His log from then on under another key of its name."""
    size, root = len(giver.entries), giver.root()
    change = KeyChange(giver.log, size, root, giver.signer.verifier, new.verifier, REPLACED)
    note = sign(change.text(), *([giver.signer] if witnessed else []), new)
    files = opened(giver.bundle(path.with_suffix(".old"), to))
    point = sign_checkpoint(Checkpoint(giver.log, size, root), new)
    SIGNERS[new.verifier_key] = new
    return closed(stated(files | {
        "data/log/keys.jsonl": export.checkpoint_line(note), "data/log/checkpoint": point.encode(),
        "data/log/checkpoints.jsonl": export.checkpoint_line(point)}, sender=new.verifier_key), path)


def test_a_key_that_the_old_one_did_not_sign_is_not_followed(scene: Scene, tmp_path: Path) -> None:
    """Wants: to speak as a device whose key he does not have, by a change of it that he made up."""
    scene.third.say("item", NEW, item())
    new = Signer.generate(scene.third.log)
    before = state(scene.hq)
    forged = keyed(scene.third, tmp_path / "forged.tar", scene.hq, new, witnessed=False)
    with pytest.raises(Tampered, match="does not verify"):
        take(scene.hq, forged, actor="Ben", reason="r")
    assert state(scene.hq) == before
    assert peer_named(scene.hq, "Third").verifier == scene.third.signer.verifier
    true = keyed(scene.third, tmp_path / "true.tar", scene.hq, new, witnessed=True)
    assert take(scene.hq, true, actor="Ben", reason="r").taken == 1
    assert peer_named(scene.hq, "Third").verifier == new.verifier
    # What is signed with the old key from then on is nobody's word.
    scene.third.say("item", "item-late0000", item())
    assert "replaced since" in scene.refused(scene.third)


def test_a_key_whose_log_looks_like_another_is_not_put_on_file(scene: Scene) -> None:
    """Wants: to be taken for a device that is trusted, by a name that looks the same."""
    for unseen in ("\u200b", "\u202e", "\u2060", "\ufeff", "\u00ad"):
        twin = Signer.generate(f"headstamp.local/th{unseen}ird")
        with pytest.raises(Invalid, match="cannot be seen"):
            add_device(scene.hq, key=twin.verifier_key, title="T", actor="Ben", reason="r")
    with pytest.raises(HeadstampError, match="another key"):
        add_device(scene.hq, key=Signer.generate(scene.third.log).verifier_key, title="Third",
                   actor="Ben", reason="r")


# -- between two real devices


@pytest.fixture
def two(tmp_path: Path) -> Two:
    return two_devices(tmp_path)


def test_nobody_can_say_that_a_correction_was_made_from_ours(two: Two, tmp_path: Path) -> None:
    """Wants: the field's correction to become current at headquarters, unseen. ``after`` is in no
    log; but the entries before it tell it. Here even the bundle is signed."""
    two.confirmed(two.taken(two.packed()))
    put(two.field, "first", make="Field says")
    put(two.field, "first", make="Field says more")
    put(two.hq, "first", make="HQ says")
    path = Path(two.packed().path)
    files = opened(path)
    some = lines(files)
    some[1]["after"] = [f"{two.hq.origin} {two.hq.checkpoint().size - 1}"]
    before = state(two.hq)
    with pytest.raises(Invalid, match="does not bind"):
        two.taken(closed(lined(files, some), tmp_path / "forged"))
    assert state(two.hq) == before
    done = two.taken(path)
    assert (done.taken, done.beside) == (0, 2)


def test_two_tellings_of_what_a_version_was_made_from_contradict_each_other(
    two: Two, tmp_path: Path
) -> None:
    """Wants: the same, where what came before is not in the bundle; he has the key for a moment. No
    receipt fits what was packed, and the true bundle contradicts the altered one."""
    two.confirmed(two.taken(two.packed()))
    put(two.field, "first", make="Field says")
    put(two.hq, "first", make="HQ says")
    bundle = two.packed()
    files = opened(Path(bundle.path))
    some = lines(files)
    some[0]["after"] = [f"{two.hq.origin} {two.hq.checkpoint().size - 1}"]
    done = two.taken(closed(lined(files, some), tmp_path / "forged"))
    assert (done.state, done.taken) == ("taken", 1)
    with pytest.raises(HeadstampError, match="not packed here"):
        two.confirmed(done)
    put(two.field, "second", make="x")
    for true in (bundle, two.packed()):
        told = two.taken(true)
        assert told.state == "quarantined"
        assert "altered on its way" in told.problem
    assert check_case(two.hq) == []


def test_no_file_comes_among_our_originals_that_no_record_names(two: Two, tmp_path: Path) -> None:
    """Wants: a file of his own, or a disk full of them, where evidence lies. All sums are right."""
    files = opened(Path(two.packed().path))
    data = b"not evidence"
    files[f"data/originals/{hashlib.sha256(data).hexdigest()}"] = data
    before = state(two.hq)
    with pytest.raises(Invalid, match="no record in it names"):
        two.taken(closed(stated(files, originals=2), tmp_path / "forged"))
    assert state(two.hq) == before


ALTERED: dict[str, Callable[[Files, Two], Files]] = {
    "ours to be what it was made from": lambda files, two: lined(
        files, [{**one, "after": [f"{two.hq.origin} 0"]} if "after" in one else one for one in lines(files)]),
    "it to go to another device": lambda files, two: stated(
        files, to=[two.hq.verifier.text(), Signer.generate("headstamp.local/other").verifier_key]),
    "another person to have packed it": lambda files, two: stated(files, made_by="Somebody"),
    "another day": lambda files, two: stated(files, made_at="2020-01-01T00:00:00.000000Z"),
    "an original to be missing": lambda files, two: stated(
        {name: data for name, data in files.items() if "originals" not in name}, originals=0),
    "no signature": lambda files, two: {
        name: data for name, data in files.items() if name != "data/signature"},
    "another signature": lambda files, two: files | {"data/signature": sign(
        "x\n", Signer.generate(two.field.origin)).encode()},
}


@pytest.mark.parametrize("want", ALTERED)
def test_who_carries_a_bundle_and_has_no_key_alters_nothing(
    two: Two, tmp_path: Path, want: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wants: what the name says. All sums are right."""
    put(two.field, "first", make="Field says")
    true = Path(two.packed().path)
    before = state(two.hq)
    monkeypatch.delitem(SIGNERS, two.field.verifier.text())
    with pytest.raises(HeadstampError):
        two.taken(closed(ALTERED[want](opened(true), two), tmp_path / "forged"))
    assert state(two.hq) == before
    assert two.taken(true).taken == 3


# -- who may see what


def test_a_record_that_a_bundle_opens_to_more_is_told_by_name(two: Two) -> None:
    """Wants: our sealed record in the next public report. Whoever is trusted to correct a record is
    trusted with its tier too; but nobody has to find that out by reading the report."""
    with two.hq.change(actor="Ana", reason="found") as change:
        change.put(make("item", "whole", tier="sealed"))
        change.put(make("marking", "inner", item="item-whole0000", text="AB 1", tier="public"))
        change.put(make("item", "sealed", make="x", tier="sealed"))
    two.confirmed(two.taken(two.packed(two.hq), by=two.field), by=two.hq)
    assert two.hq.read("restricted").list("marking").total == 0
    with two.field.change(actor="Mallory", reason="r") as change:
        change.put(make("item", "whole", tier="public"))
        change.put(make("item", "sealed", make="x", tier="restricted"))
    done = two.taken(two.packed())
    assert done.opened == ("item-sealed0000", "item-whole0000", "mark-inner0000")
    assert done.as_dict()["opened"] == list(done.opened)
    assert two.hq.read("public").list("marking").total == 1
    # What is made more secret, and what is new, is not told of.
    with two.field.change(actor="Mallory", reason="r") as change:
        change.put(make("item", "sealed", make="x", tier="sealed"))
        change.put(make("item", "fresh", make="x", tier="public"))
    assert two.taken(two.packed()).opened == ()
    assert check_case(two.hq) == []


def test_a_record_taken_out_of_its_sealed_whole_is_told_of_too(two: Two) -> None:
    """Wants: the same, by giving it to another owner."""
    with two.hq.change(actor="Ana", reason="found") as change:
        change.put(make("item", "closed", tier="sealed"))
        change.put(make("item", "open", tier="public"))
        change.put(make("marking", "inner", item="item-closed0000", text="AB 1", tier="public"))
    two.confirmed(two.taken(two.packed(two.hq), by=two.field), by=two.hq)
    with two.field.change(actor="Mallory", reason="r") as change:
        change.put(make("marking", "inner", item="item-open0000", text="AB 1", tier="public"))
    done = two.taken(two.packed())
    assert (done.state, done.problem, done.opened) == ("taken", "", ("mark-inner0000",))
    assert check_case(two.hq) == []


def test_a_rival_does_not_open_what_it_contradicts(two: Two) -> None:
    """Wants: a version that was made without having seen ours to decide who sees ours."""
    two.confirmed(two.taken(two.packed()))
    put(two.hq, "first", make="Altera", tier="sealed")
    put(two.field, "first", make="Altera", tier="public")
    done = two.taken(two.packed())
    assert (done.beside, done.opened) == (1, ())
    assert two.hq.read("restricted").list("item").total == 0
    assert two.hq.read("restricted").contested() == []
