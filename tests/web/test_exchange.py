"""Exchange through the pages: pack and download, take in by upload, the receipt back, contradictions."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from headstamp.actions.cases import check_case
from headstamp.actions.exchange.devices import mark_lost
from headstamp.actions.exchange.pack import pack
from headstamp.actions.settings import Settings
from headstamp.exchange.keys import SealKey, key_file
from headstamp.store.case import Case
from headstamp.web.app import create_app
from tests.actions.evidence.thing_kept import make
from tests.actions.exchange.travel import ITEM, PICTURE, Two, know, put, two_devices
from tests.store.encrypted import encrypted_case
from tests.web.conftest import BASE
from tests.web.test_working import finished, token


def browser_of(case: Case, clearance: str = "restricted") -> TestClient:
    app = create_app(Settings(case.where, "Ben", clearance), case=case)
    return TestClient(app, base_url=BASE, raise_server_exceptions=False, follow_redirects=False)


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    yield two_devices(tmp_path)


def post(browser: TestClient, address: str, page: str = "/exchange", **data: object) -> str:
    files = data.pop("sent", None)
    answer = browser.post(address, data={"token": token(browser, page), **data}, files=files)  # type: ignore[arg-type]
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def packed(browser: TestClient, device: str) -> tuple[dict, bytes]:
    job = post(browser, "/exchange/pack", device=device)
    told = finished(browser, job)
    assert told["state"] == "done", told
    page = browser.get(job).text
    assert "Packed, not confirmed." in page
    address = re.search(r'href="(/exchange/bundles/[^"]+)"', page)
    assert address is not None
    file = browser.get(address[1])
    assert file.status_code == 200
    assert "attachment" in file.headers["content-disposition"]
    return told["result"], file.content


def sent(browser: TestClient, *files: tuple[str, bytes], key: bytes = b"") -> tuple[list[dict], str]:
    given = [("files", file) for file in files] + ([("key", ("hq.key", key))] if key else [])
    job = post(browser, "/exchange/take", sent=given)
    told = finished(browser, job)
    assert told["state"] == "done", told
    return told["result"]["files"], browser.get(job).text


def devices(case: Case) -> str:
    return case.read().list("device").rows[0].id


def test_from_packing_to_the_receipt(two: Two) -> None:
    field, hq = browser_of(two.field, "sealed"), browser_of(two.hq)
    told, bundle = packed(field, devices(two.field))
    assert "path" not in told
    assert told["records"] == 2
    assert "1 packed, not confirmed" in field.get("/exchange").text
    assert "1 bundle packed, not confirmed" in field.get("/").text
    (done,), page = sent(hq, ("from field.bundle.tar", bundle))
    assert (done["state"], done["taken"]) == ("taken", 2)
    assert "It must go back to the sender" in page
    receipt = hq.get(f"/exchange/bundles/{done['bundle']}/receipt")
    assert receipt.content.startswith(b"headstamp receipt/1")
    (arrived,), page = sent(field, ("x.receipt", receipt.content))
    assert arrived["state"] == "received"
    assert "Arrived." in page
    overview = field.get("/api/exchange").json()
    assert overview["devices"][0]["sent"] == told["size"]
    assert [one["confirmed"] for one in overview["bundles"]] == [True]
    assert "not confirmed" not in field.get("/exchange").text
    assert not any((two.hq.folder / "imports" / "waiting").iterdir())


def test_a_bundle_that_a_later_one_covers_waits_for_nothing(two: Two) -> None:
    field, hq = browser_of(two.field, "sealed"), browser_of(two.hq, "sealed")
    packed(field, devices(two.field))
    _, later = packed(field, devices(two.field))
    assert "covered by a later one" not in field.get("/exchange").text
    (done,), _ = sent(hq, ("later.bundle.tar", later))
    receipt = hq.get(f"/exchange/bundles/{done['bundle']}/receipt")
    sent(field, ("x.receipt", receipt.content))
    page = field.get("/exchange").text
    assert page.count("covered by a later one") == 1 and "not confirmed" not in page
    told = field.get("/api/exchange").json()["bundles"]
    assert sorted((one["confirmed"], one["covered"]) for one in told) == [(False, True), (True, False)]


def test_a_packed_bundle_is_offered_for_a_week(two: Two) -> None:
    field = browser_of(two.field, "sealed")
    packed(field, devices(two.field))
    (first,) = (two.field.folder / "derived" / "bundles").iterdir()
    os.utime(first, (1, 1))
    packed(field, devices(two.field))
    (second,) = (two.field.folder / "derived" / "bundles").iterdir()
    assert second != first
    assert field.get("/exchange").text.count("Download<") == 1


def test_what_is_refused_says_why_and_stops_none_of_the_others(two: Two) -> None:
    field, hq = browser_of(two.field, "sealed"), browser_of(two.hq)
    _, bundle = packed(field, devices(two.field))
    before = two.hq.checkpoint()
    (one, other), page = sent(hq, ("broken.bundle.tar", bundle[: len(bundle) // 2]), ("notes.txt", b"<b>hello"))
    assert {one["error"]["error"], other["error"]["error"]} <= {"unreadable", "invalid"}
    assert page.count("Refused, and nothing changed") == 2
    assert two.hq.checkpoint() == before
    (_, done), _ = sent(hq, ("a broken.bundle.tar", bundle[: len(bundle) // 2]), ("b.bundle.tar", bundle))
    assert done["state"] == "taken"


def test_a_sealed_bundle_between_encrypted_cases_leaves_nothing_readable(tmp_path: Path) -> None:
    two = two_devices(tmp_path, encrypted_case, encrypted_case)
    key = SealKey.generate()
    know(two.field, two.hq, "HQ", seal_to=[key.public])
    field, hq = browser_of(two.field), browser_of(two.hq)
    _, bundle = packed(field, devices(two.field))
    assert b"Altera" not in bundle
    (refused,), _ = sent(hq, ("s.age", bundle))
    assert refused["error"]["error"] == "refused"
    secret = key_file(key, "2026-11-22T00:00:00.000000Z", "x").encode()
    (done,), _ = sent(hq, ("s.age", bundle), key=secret)
    assert (done["state"], done["taken"], done["originals"]) == ("taken", 2, 1)
    for case in (two.field, two.hq):
        for path in (one for one in case.folder.rglob("*") if one.is_file()):
            data = path.read_bytes()
            for canary in (b"Altera", PICTURE[:64], key.secret.encode(), b"HQ"):
                assert canary not in data or canary == b"HQ", path
            assert "hq" not in path.name
        assert check_case(case) == []


def test_pages_hand_out_in_the_open_only_what_all_of_may_be_seen(two: Two) -> None:
    """A hidden record is in the bundle; and with none the answer is the same: it is the clearance that counts."""
    some, everything, device = browser_of(two.field), browser_of(two.field, "sealed"), devices(two.field)
    asked = {"token": token(some, "/exchange"), "device": device}
    before = some.post("/exchange/pack", data=asked)
    with two.field.change(actor="Ana", reason="r") as change:
        change.put(make("item", "hidden", make="Verborgen", tier="sealed"))
    after = some.post("/exchange/pack", data=asked)
    assert before.status_code == after.status_code == 403
    assert before.text == after.text
    for way in ("headstamp device keys", "headstamp pack", "at the clearance sealed"):
        assert way in after.text
    assert two.field.read("sealed").list("bundle").total == 0
    assert 'action="/exchange/pack"' not in some.get("/exchange").text
    told, bundle = packed(everything, device)
    assert b"Verborgen" in bundle
    address = f"/exchange/bundles/{told['bundle']}"
    assert some.get(address).status_code == 403
    assert address not in some.get("/exchange").text and address in everything.get("/exchange").text
    # Sealed to keys of the other device it can be carried by who is not shown all of it, and by nobody who sees less.
    know(two.field, two.hq, "HQ", seal_to=[SealKey.generate().public])
    _, bundle = packed(some, device)
    assert bundle.startswith(b"age-encryption.org/v1") and b"Verborgen" not in bundle
    less = browser_of(two.field, "partner")
    assert less.post("/exchange/pack", data={"token": token(less, "/exchange"), "device": device}).status_code == 404


def test_an_encrypted_case_without_a_seal_packs_nothing(tmp_path: Path) -> None:
    two = two_devices(tmp_path, encrypted_case)
    field = browser_of(two.field, "sealed")
    job = post(field, "/exchange/pack", device=devices(two.field))
    told = finished(field, job)
    assert (told["state"], told["error"]["error"]) == ("failed", "invalid")
    assert list((two.field.folder / "derived" / "bundles").iterdir()) == []


def test_what_was_put_aside_is_decided_by_a_person(two: Two) -> None:
    hq = browser_of(two.hq)
    two.taken(two.packed())
    mark_lost(two.hq, "Field", actor="Ben", reason="stolen")
    put(two.field, "second", make="Sony")
    bundle = two.packed()
    (done,), page = sent(hq, ("late.bundle.tar", Path(bundle.path).read_bytes()))
    assert done["state"] == "quarantined"
    assert "Put aside" in page
    assert "1 bundle put aside" in hq.get("/").text
    address = f"/exchange/aside/{done['bundle']}"
    assert browser_of(two.hq, "public").post(address, data={}).status_code == 403
    told = hq.post(address, data={"token": token(hq, "/exchange"), "do": "leave", "reason": " "})
    assert told.status_code == 422
    assert post(hq, address, do="leave", reason="not now") == "/exchange"
    assert "Put aside" not in hq.get("/exchange").text
    told = finished(hq, post(hq, address, do="release", reason="Ana had it"))
    assert told["result"]["files"][0]["state"] == "taken"
    assert two.hq.read().list("item").total == 2


def contradicting(two: Two) -> None:
    two.confirmed(two.taken(two.packed()))
    for case, word, model in ((two.field, "لوط 07-85", None), (two.hq, "<b>Altera", "MAX 10")):
        with case.change(actor="Ana", reason="seen") as change:
            change.put(make("item", "first", make=word, **({"model": model} if model else {})))
    two.confirmed(two.taken(two.packed()))


def test_a_contradiction_is_settled_field_by_field(two: Two) -> None:
    contradicting(two)
    hq = browser_of(two.hq)
    page = hq.get(f"/items/{ITEM}").text
    assert "Another device says otherwise." in page
    assert f'href="/conflicts/{ITEM}"' in page
    assert "Taken from <bdi>Field</bdi>" in page
    assert "Held aside" in page
    assert "1 record with contradicting versions" in hq.get("/").text
    assert ITEM in hq.get("/conflicts").text
    shown = hq.get(f"/conflicts/{ITEM}").text
    assert "<b>Altera" not in shown
    assert "<bdi>لوط 07-85</bdi>" in shown
    told = hq.get(f"/api/conflicts/{ITEM}").json()
    assert [one["name"] for one in told["fields"]] == ["make", "model"]
    assert [one["device"] for one in told["sides"]] == ["this device", "Field"]
    form = {"version": str(told["version"]), "names": told["names"], "choice-make": "1",
            "choice-model": "0", "reason": "asked Ana"}
    for wrong, status in (({"reason": ""}, 422), ({"choice-make": "7"}, 422), ({"version": "9"}, 409),
                          ({"names": []}, 409), ({"choice-tier": "1"}, 422), ({"version": "x"}, 422)):
        answer = hq.post(f"/conflicts/{ITEM}", data={"token": token(hq, f"/conflicts/{ITEM}"), **form, **wrong})
        assert answer.status_code == status, wrong
    assert hq.post(f"/conflicts/{ITEM}", data=form).status_code == 403
    assert post(hq, f"/conflicts/{ITEM}", f"/conflicts/{ITEM}", **form) == f"/items/{ITEM}"
    settled = two.hq.read().get(ITEM)
    assert (settled.get("make"), settled.get("model")) == ("لوط 07-85", "MAX 10")
    page = hq.get(f"/items/{ITEM}").text
    assert "Another device says otherwise." not in page
    assert "Settles a contradiction" in page
    assert hq.get("/api/conflicts").json() == {"records": []}
    assert "No versions of this record contradict" in hq.get(f"/conflicts/{ITEM}").text
    again = hq.post(f"/conflicts/{ITEM}", data={"token": token(hq, "/exchange"), **form})
    assert again.status_code == 409


def test_who_may_not_see_devices_sees_no_bundles_of_theirs(two: Two) -> None:
    contradicting(two)
    with two.hq.change(actor="Ben", reason="r") as change:
        change.put(make("item", "first", make="<b>Altera", model="MAX 10", tier="sealed"))
    public = browser_of(two.hq, "public")
    told = public.get("/api/exchange").json()
    assert (told["devices"], told["bundles"], told["conflicts"]) == ([], [], 0)
    assert public.get("/api/conflicts").json() == {"records": []}
    assert public.get(f"/conflicts/{ITEM}").status_code == 404
    bundle = two.hq.read().list("bundle").rows[0].id
    assert public.get(f"/exchange/bundles/{bundle}/receipt").status_code == 404
    assert public.get(f"/exchange/bundles/{bundle}").status_code == 404
    answer = public.post("/exchange/pack", data={
        "token": token(public, "/exchange"), "device": devices(two.hq)})
    assert answer.status_code == 404


def test_no_name_of_a_bundle_leads_out_of_its_folder(two: Two) -> None:
    hq = browser_of(two.hq)
    (two.hq.folder / "derived" / "bundles").mkdir(parents=True)
    (two.hq.folder / "secret.bundle.tar").write_text("x")
    with two.hq.change(actor="Ben", reason="r") as change:
        change.put(make("bundle", "evil", device=devices(two.hq), direction="sent", bundle_state="packed",
                        sum="0" * 64, size=1, file_name="../../secret.bundle.tar"))
    assert hq.get("/exchange").status_code == 200
    assert hq.get("/exchange/bundles/bndl-evil0000").status_code == 404


def test_a_fork_is_told_and_cannot_be_taken(two: Two, tmp_path: Path) -> None:
    copy = shutil.copytree(two.field.folder, tmp_path / "copy")
    put(two.field, "true", make="x")
    two.taken(two.packed())
    with Case.open(copy) as fork:
        put(fork, "fork", make="y")
        put(fork, "forks", make="y")
        path = two.stick / "fork.bundle.tar"
        pack(fork, "HQ", path, actor="Ana", reason="r")
    hq = browser_of(two.hq)
    (done,), _ = sent(hq, ("f.bundle.tar", path.read_bytes()))
    assert done["state"] == "forked"
    assert "Both of the log" in hq.get("/exchange").text
    assert "contradicts what it said before" in hq.get("/").text
    told = finished(hq, post(hq, f"/exchange/aside/{done['bundle']}", do="release", reason="please"))
    assert (told["state"], told["error"]["error"]) == ("failed", "refused")


def test_two_devices_are_made_known_on_the_pages_alone(tmp_path: Path) -> None:
    cases = [Case.create(tmp_path / name) for name in ("hq", "field")]
    hq, field = browser_of(cases[0]), browser_of(cases[1], "sealed")
    cards = [re.search(r'<pre[^>]*id="card-text"[^>]*>([^<]+)</pre>', one.get("/exchange").text) for one in (hq, field)]
    assert cards[0] is not None and cards[1] is not None
    assert post(hq, "/exchange/devices", card=cards[1][1], title="Laptop <3>", role="field",
                holder="A. Holder") == "/exchange#devices"
    assert post(field, "/exchange/devices", title="HQ", role="headquarters",
                sent=[("file", ("hq.card", cards[0][1].encode()))]) == "/exchange#devices"
    put(cases[1], "first", make="x")
    assert "1 version not confirmed" in field.get("/exchange").text
    _, bundle = packed(field, devices(cases[1]))
    (done,), _ = sent(hq, ("field.bundle.tar", bundle))
    assert (done["state"], done["taken"]) == ("taken", 1)
    sent(field, ("x.receipt", hq.get(f"/exchange/bundles/{done['bundle']}/receipt").content))
    page = field.get("/exchange").text
    assert "all of it, confirmed" in page and "not confirmed" not in page
    assert cases[0].read("sealed").get(devices(cases[0])).get("holder") == "A. Holder"
    # Lost, found again, no longer used.
    address = f"/exchange/devices/{devices(cases[0])}"
    for wrong in ({"do": "lost", "reason": " "}, {"do": "sell", "reason": "r"}, {"reason": "r"}):
        assert hq.post(address, data={"token": token(hq, "/exchange"), **wrong}).status_code == 422
    for do, state_ in (("lost", "lost or seized"), ("trust", "trusted"), ("retire", "no longer used")):
        post(hq, address, do=do, reason="as was said")
        assert hq.get("/api/exchange").json()["devices"][0]["state"] == {"trust": "active", "retire": "retired"}.get(do, do)
        assert state_ in hq.get("/exchange").text
    public = browser_of(cases[0], "public")
    assert public.post(address, data={"token": token(public, "/exchange"), "do": "trust", "reason": "r"}).status_code == 404


@pytest.mark.parametrize("card", ["", "hello", "headstamp device/1\nkey hello", "headstamp device/1\nkey a\nmore b",
                                  "a+b+c", "headstamp device/1"])
def test_what_is_no_card_is_said_to_be_none(two: Two, card: str) -> None:
    hq = browser_of(two.hq)
    before = two.hq.checkpoint().size
    answer = hq.post("/exchange/devices", data={
        "token": token(hq, "/exchange"), "card": card, "title": "Laptop <x>", "role": "partner", "holder": "Cleo"})
    assert answer.status_code == 422
    # Back on the form, which lacks nothing of what was typed.
    assert 'action="/exchange/devices"' in answer.text and "Not put on file" in answer.text
    assert f"{card}</textarea>" in answer.text and 'value="Laptop &lt;x&gt;"' in answer.text
    assert 'value="Cleo"' in answer.text and '<option value="partner" selected>' in answer.text
    assert "card" in answer.text or "public key" in answer.text
    assert two.hq.checkpoint().size == before


def test_what_comes_of_an_act_is_not_filled_in_by_hand(two: Two) -> None:
    """Nobody types that a bundle has arrived, or whom to trust, past what is looked at there."""
    contradicting(two)
    hq = browser_of(two.hq)
    bundle = two.hq.read().list("bundle").rows[0].id
    for address in ("/bundles/new", "/devices/new", "/erasures/new", f"/bundles/{bundle}/edit",
                    f"/devices/{devices(two.hq)}/edit"):
        assert hq.get(address).status_code == 404
        assert hq.post(address, data={"token": token(hq, "/exchange"), "device": devices(two.hq)}).status_code in (404, 405)
    for address in ("/bundles", "/devices", f"/bundles/{bundle}", f"/devices/{devices(two.hq)}"):
        page = hq.get(address).text
        assert 'href="/exchange">Exchange</a>' in page and "/new" not in page and "/edit" not in page


def test_a_page_of_a_fault_leads_back(two: Two) -> None:
    """To the page of ours that led there, and to no other place."""
    hq = browser_of(two.hq)
    for came, back in ((f"{hq.base_url}/exchange?x=1", 'href="/exchange?x=1"'), ("http://elsewhere/exchange", ""),
                       (f"{hq.base_url}//elsewhere/", ""), ("", ""), ("javascript:alert(1)", "")):
        answer = hq.post("/exchange/take", headers={"referer": came}, data={"token": token(hq, "/exchange")},
                         files=[("files", ("a", b"x")), ("key", ("k", b"no key"))])
        assert (answer.status_code, "<h1>Not accepted</h1>" in answer.text) == (422, True)
        assert ("Back to where" in answer.text) == bool(back) and back in answer.text
