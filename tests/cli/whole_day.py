"""Every command of the program, once and in an order that works, on one encrypted case.

Run as a program (``python whole_day.py ROOT``) it does so in one process and prints, as JSON
lines, what each command was and its exit code. What a person asks to have written goes into
``ROOT/outside``; everything else that is written anywhere is the program's own doing.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[2] / "src"), str(Path(__file__).resolve().parents[2])]

from headstamp.cli import main  # noqa: E402 - the tree's own, not an installed one
from headstamp.cli.app import command  # noqa: E402
from headstamp.store.case import Case  # noqa: E402
from headstamp.store.cipher_lock import read_lock  # noqa: E402
from tests.cli.encrypted_street import FONT_WORD, finds, letter, picture  # noqa: E402
from tests.store.canaries import ACCENTED, canary  # noqa: E402
from tests.store.encrypted import PASSPHRASE  # noqa: E402

NEW = "a new one, of other words"
OTHER_WAYS = {
    "serve": "test_at_rest: every page is asked for",
    "demo": "makes teaching cases, which are never encrypted",
}
"""Commands that are not run here, and why not."""

Step = tuple[object, ...]


def leaves() -> Iterator[tuple[str, ...]]:
    """Every command that can be called, by its words."""
    def below(one: object, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        names = one.list_commands(None) if hasattr(one, "list_commands") else []  # type: ignore[attr-defined]
        if path and (not names or getattr(one, "invoke_without_command", False)):
            yield path
        for name in names:
            yield from below(one.get_command(None, name), (*path, name))  # type: ignore[attr-defined]
    return below(command(), ())


class Ids:
    """What is in the case, to be named in commands."""

    def __init__(self, folder: Path) -> None:
        with Case.open(folder, keys=read_lock(folder).unlock(PASSPHRASE)) as case:
            reader = case.read("sealed")
            self.all = {kind: list(reader.stream(kind)) for kind in (
                "item", "marking", "photograph", "document", "party", "transfer", "custody", "site",
                "trace_request", "finding", "measurement", "alert", "signature", "reading", "tie")}
            self.at = {one.id: one for rows in self.all.values() for one in rows}
            # What a chain can be drawn of.
            self.supplied = next(one.get("items")[0] for one in self.all["transfer"] if one.get("items"))

    def word(self, given: str) -> str:
        """A word of a command, with what it names of the case."""
        return given.format(
            item=self.supplied, signature=self.all["signature"][0].id,
            measured=self.all["measurement"][0].get("item"), feature=self.all["measurement"][0].get("feature"))

    def one(self, kind: str, **wanted: object) -> str:
        return next(one.id for one in self.all[kind]
                    if all(one.get(name) == value for name, value in wanted.items()))


def day(root: Path, ids: Ids) -> Generator[Step, str, None]:
    """The commands, each told what the one before it printed."""
    seen = ids.all["marking"][1].id
    out, case, other = root / "outside", root / "case", root / "other"
    item, party, maker = ids.supplied, ids.all["party"][0].id, ids.all["party"][1].id
    transfer, marking = ids.all["transfer"][0].id, ids.one("marking", state="clear")

    # --- what is there ------------------------------------------------------------------
    for kind in ("item", "marking", "party", "trace_request"):
        yield "list", kind, "--limit", "5"
    yield "list", "marking", "--where", "state=removed"
    yield "count", "item", "--by", "make"
    yield "find", canary(30)[:12]
    yield "find", "TESSAVAR 2?4/3*", "--json"
    (out / "list.csv").write_text(f"marking\nTESSAVAR 214/3OO\n{canary(3)}\n", "utf-8")
    yield "find", "--file", out / "list.csv", "--out", out / "found.xlsx"
    for words in ((), ("--number", "TG"), ("--maker", "Orvel")):
        yield "parts", *words
    yield "party", "show", party
    yield "party", "candidates"
    yield "party", "judge", party, maker, "different", "--why", canary(190)
    yield "party", "tie", party, "agent", maker, "--role", canary(191), "--basis", canary(192)
    yield "party", "export", "-o", out / "parties.ftm.json"
    yield "series", "TG 3301"
    yield "series", "TG", "--ranges"
    yield "markings", "costs"
    yield "markings", "learn", "--use", "--write", out / "costs.toml"  # too few to learn from
    yield "find", "TESSAVAR 2?4/3*"
    yield ("readings",)
    yield "readings", "--open"
    yield "readings", marking
    yield "give-reading", marking, f"TG {canary(193)}", "--reader", canary(194), "--from-item"
    yield "--actor", "Another", "give-reading", marking, f"TG {canary(193)[:-1]}?", "--remark", canary(195)
    told = yield "show", marking, "--json"
    yield "settle", marking, f"TG {canary(193)}", "--reason", canary(196), "--version", str(
        json.loads(told)["version"])
    yield "show", item
    yield "kinds", "item"
    yield "schema", "item"

    # --- what is brought in -----------------------------------------------------------------
    (out / "finds.csv").write_text(finds(range(200)), "utf-8")
    yield "import", out / "finds.csv", "--as", "item", "--dry-run"
    yield "import", out / "finds.csv", "--as", "item"
    yield "import", out / "finds.csv", "--as", "item", "--problems", out / "refused.csv"
    yield "import", out / "finds.xlsx", "--as", "item"
    (out / "left.jpg").write_bytes(picture(canary(180), FONT_WORD))
    told = yield "import", out / "left.jpg", "--json"
    (out / "paper.pdf").write_bytes(letter(canary(181)))
    (out / "sharper.jpg").write_bytes(picture(canary(182), FONT_WORD, 500))
    told = yield "list", "photograph", "--where", "original_name=left.jpg", "--json"
    photograph = _rows(told)[0]["id"]
    yield "read", photograph
    yield "read", photograph, "--only", "ocr", "--region", "0,0,400,200"
    yield "read", out / "left.jpg", "--only", "barcode"
    yield "derive", photograph, out / "sharper.jpg", "--what", canary(183), "--tool", canary(184)
    for kind, words in (("item", ("--make", canary(185))), ("note", ("--about", item, "--text", ACCENTED)),
                        ("document", ("--title", canary(187)))):
        yield "record", kind, *words, "--tier", "sealed", "--reason", canary(188)
    (out / "marks.csv").write_text(f"code,maker\nQZ,{canary(189)}\nQY,{canary(188)}\n", "utf-8")
    yield "reference", "import", out / "marks.csv", "--name", canary(187), "--kind", "factory_code"
    yield "reference", "import", "--shipped", "cartridge_names"
    yield "reference", "add", "--code", "QX", "--maker", canary(186), "--reason", canary(185)
    yield "reference", "find", "QX"
    yield "reference", "list"
    yield "reference", "shipped"
    (out / "hubs.csv").write_text(f"title,country\n{canary(184)},FR\n{canary(183)},nowhere at all\n", "utf-8")
    yield "lists", "add", out / "hubs.csv", "--date", "2016", "--kind", "transit_hub", "--name", canary(182)
    yield ("lists",)
    yield "party", "import", out / "parties.ftm.json", "--dry-run"

    # --- supply and tracing -----------------------------------------------------------------
    yield "trace", item
    for which, words in (("chain", (item,)), ("map", (item,)), ("sankey", ()), ("network", ()),
                         ("sites", ()), ("parties", ())):
        for ending in ("svg", "png", "csv", "json"):
            yield "picture", which, *words, "-o", out / f"{which}.{ending}"
    yield "custody", item
    yield "diversion", item, "--record"
    yield "diversion", "--all"
    yield "flags", transfer
    yield ("flags",)
    yield "forward", transfer
    yield "forward", "--lot", "R12"
    yield "hands", party
    yield ("lag",)
    yield "record", "custody", "--item", item, "--act", "checked", "--held-on", "2016-03", "--kept-in", \
        canary(181), "--reason", canary(180)
    told = yield "list", "custody", "--where", "act=checked", "--json"
    act = _rows(told)[0]["id"]
    for ending in ("pdf", "html"):
        yield "receipt", act, "-o", out / f"receipt.{ending}"
    told = yield "request", "draft", item, "--to", party, "--as", "maker", "--json"
    found = re.search(r"trace-[a-z0-9]{16}", told)
    request = found[0] if found else ids.one("trace_request", status="draft")
    yield "request", "check", request
    yield "request", "check", request, "--done", "--notes", canary(179)
    for ending in ("pdf", "docx", "html", "csv"):
        yield "request", "letter", request, "-o", out / f"letter.{ending}"
    yield "request", "letter", request, "-o", out / "etrace.csv", "--etrace-like"
    yield "request", "templates", out / "templates"
    if (out / "templates").exists():
        (out / "templates" / "sender.toml").write_text(f'name = "{canary(179)}"\n', "utf-8")
    yield "request", "templates", out / "templates", "--keep"
    yield "request", "templates", out / "own-templates", "--own"
    yield "request", "send", request
    yield "request", "acknowledge", request
    yield "request", "remind", request, "-o", out / "reminder.pdf"
    yield "request", "escalate", request, "--to", maker
    if (out / "letter.csv").exists():
        shutil.copy(out / "letter.csv", out / "answers.csv")
    yield "desk", "answers", out / "answers.csv", "--request", request, "--dry-run"
    yield "desk", "answers", out / "answers.csv", "--request", request
    yield "request", "move", request, "no_reply"  # which is too early
    yield "request", "close", request, "--why", canary(178)
    yield "request", "list"
    yield ("request",)
    yield ("desk",)
    yield "desk", "calendar", "-o", out / "desk.ics"
    yield "desk", "statistics"

    # --- measures, findings, warnings ---------------------------------------------------------
    yield ("ask",)
    yield "ask", "things", "--make", "Orvel"
    for ending in ("csv", "xlsx", "parquet"):
        yield "ask", "things", "-o", out / f"things.{ending}"
    yield "ask", "--sql", "SELECT make, count(*) FROM item GROUP BY make", "-o", out / "sql.csv"
    yield "ask", "--sql", ("SELECT a.make AS a, b.model AS b, count(*) AS n FROM item a, item b, marking c "
                           "GROUP BY ALL ORDER BY n"), "--memory", "300m"
    yield ("measures",)
    for name, words in MEASURED.items():
        yield "measure", name, *(ids.word(one) for one in words), "--record", "--json"
    yield "finding",
    told = yield "list", "finding", "--where", "status=draft", "--json"
    finding = _rows(told)[0]["id"]
    yield "finding", "show", finding
    told = yield "finding", "ask", finding, party, "--on", "2020-01-01", "--channel", canary(177), "--json"
    right = re.search(r"right-[a-z0-9]+", told)
    yield "finding", "answer", right[0] if right else "?", "answered", "--words", canary(176)
    yield "finding", "not-asked", finding, maker, "--why", canary(175)
    yield "finding", "move", finding, "in_review"
    signature = ids.all["signature"][0].id
    yield ("signature",)
    yield "signature", "list"
    yield "signature", "show", signature
    yield "signature", "propose", *[one.id for one in ids.all["item"][:3]]
    yield "spread", signature
    yield ("novel",)
    yield "novel", item
    yield "alert", "find"
    yield ("alert",)
    yield "alert", "list"
    alert = ids.one("alert", alert_state="draft")
    yield "alert", "show", alert
    for ending in ("pdf", "txt"):
        yield "alert", "extract", alert, "-o", out / f"alert.{ending}", "--tier", "sealed"
    yield "--actor", "Checker", "alert", "move", alert, "checked"
    yield "alert", "move", alert, "sent", "--role", "deminer", "--channel", canary(174), "--tier", "sealed"

    # --- given away --------------------------------------------------------------------------
    for ending in ("pdf", "html"):
        yield "report", "-o", out / f"report.{ending}"
    yield "iafq", "--year", "2016", "-o", out / "iafq.xlsx"
    yield "snapshot", "-o", out / "snapshot"
    yield "ask", "counts", "--snapshot", out / "snapshot", "--kind", "item", "--by", "make", "--memory", "400m", \
        "--spill", out
    yield ("checkpoint",)
    yield "export-log", out / "log", "--records"
    yield "proof", item
    yield "proof", item, "--field", "make", "-o", out / "one.proof"
    yield "stamp", "--request", out / "asked.tsq", "--authority", canary(173)
    yield "stamp", "--list"
    yield "witness", canary(172), "-o", out / "checkpoint.txt"
    yield "key", "show"
    yield "key", "replace", "--reason", canary(171)

    # --- another laptop ------------------------------------------------------------------------
    there = ("--case", other)
    yield "init", other, "--encrypted"
    yield ("device",)
    yield "device", "card", "-o", out / "one.card"
    yield *there, "device", "keys", "--for", "headquarters", "-o", out / "office.key"
    yield *there, "device", "card", "-o", out / "other.card"
    yield "device", "add", out / "other.card", "--title", "Other", "--holder", canary(170)
    yield *there, "device", "add", out / "one.card", "--title", "One"
    yield "pack", "Other", "--to", out / "bundle.age"
    yield *there, "take", out / "bundle.age", "--key", out / "office.key", "--receipt", out / "got.receipt"
    yield "take", out / "got.receipt"
    yield "take", "--list-aside"
    for who, text in ((case, canary(169)), (other, canary(168))):
        yield "--case", who, "give-reading", seen, text, "--reader", canary(167)
        yield "--case", who, "--actor", "B", "give-reading", seen, text, "--reader", canary(166)
        yield "--case", who, "settle", seen, text, "--reason", canary(165), "--version", "2"
    yield from _sync(case, other)
    yield ("conflicts",)
    yield "conflicts", seen
    yield "conflicts", seen, "--choose", "text=0", "--reason", canary(167)
    yield "device", "trust", "Other", "--reason", canary(166)
    yield "device", "lost", "Other", "--reason", canary(166)
    yield "device", "retire", "Other", "--reason", canary(166)

    # --- erased, kept, moved ---------------------------------------------------------------------
    told = yield "erase", item, "--field", "make", "--ground", "safety", "--why", canary(165), "--json"
    asked = re.search(r"\beras-\w+", told)
    yield "erase", "--list"
    yield "erase", "--look", asked[0] if asked else "?"
    yield "--actor", "Another", "erase", "--approve", asked[0] if asked else "?"
    yield "erase", "--finish"
    yield ("verify",)
    yield ("doctor",)
    yield "upgrade", "--anew"
    yield "backup", root / "backup", "--with-key"
    yield "restore", root / "backup", root / "restored"
    yield "--case", root / "restored", "verify"
    yield "--case", root / "restored", "move", root / "moved"
    yield "--case", root / "moved", "list", "item", "--limit", "3"
    yield ("passphrase",)


MEASURED: dict[str, tuple[str, ...]] = {
    "scale.serials": ("--series", "QJXKWZVPTQ#"), "scale.lists": (), "scale.lots": (), "scale.rate": (),
    "space_time.knox": ("--space", "5000", "--time", "30"),
    "space_time.modified_knox": ("--space", "5000", "--time", "30"),
    "space_time.jacquez": (), "shares.by": (), "indicator.sdg_16_4_2": (),
    "source.likelihood": ("--control-item", "{item}", "--recovered-item", "{measured}"),
    "standard.dispersion": ("--feature", "{feature}"), "standard.agreement": (), "counts.burst": (),
    "lag.supply": (), "spread.signature": ("--signature", "{signature}"),
    "novelty.find": ("--find", "{item}"), "network.sites": (), "network.parties": (),
    "standard.lots": (), "standard.in_time": ("--kind", "stencil"),
}
"""Every measure, with what it must be given. One may refuse; what it read it has read."""

EXPECTED = {"doctor": (7,), "markings learn": (2,), "measure": (2, 4), "request move": (2,)}
"""Exit codes other than 0 that are no fault: a doctor may advise, a measure or a state refuse."""


def _sync(case: Path, other: Path) -> Generator[Step, str, None]:
    """Both sides of a direct exchange: the one that invites is a program of its own."""
    words = [sys.executable, str(Path(__file__)), "--only", "--case", str(case), "sync", "--pair", "--title",
             "One", "--other", "Other", "--host", "127.0.0.1", "--minutes", "1", "--json"]
    host = subprocess.Popen(words, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert host.stderr is not None
    invitation = next((word for line in host.stderr if (word := line.strip()).startswith("headstamp-sync:")), "?")
    yield "--case", other, "sync", invitation, "--pair", "--title", "Other", "--other", "One"
    host.communicate(timeout=120)


def _rows(told: str) -> list[dict[str, str]]:
    return next(rows for rows in json.loads(told).values() if isinstance(rows, list))


def prepare(root: Path) -> None:
    """What the person has outside before: a workbook, whose writer itself leaves files behind."""
    from openpyxl import Workbook

    book = Workbook()
    for line in finds(range(100, 140)).split("\n"):
        book.active.append(line.split(","))
    book.save(root / "outside" / "finds.xlsx")
    for name, words in (("passphrase", PASSPHRASE), ("new", NEW)):
        (root / "outside" / name).write_text(f"{words}\n", "utf-8")


def named(step: Step, known: set[tuple[str, ...]]) -> tuple[str, ...]:
    """Which command a line calls."""
    words = [str(one) for one in step]
    while words[0] in ("--case", "--actor"):
        words = words[2:]
    return max((path for path in known if tuple(words[: len(path)]) == path), key=len)


STUB = '{"version": 1, "rows": [{"id": "none"}]}'
"""What a command that is not run is taken to have said."""
LEAST = re.compile(
    r"import \S+/(finds\.xlsx|left\.jpg)|list photograph|read photo-\w+$|request draft|request letter .*docx"
    r"|report .*pdf|iafq|ask things -o .*xlsx|picture parties .*png|alert extract .*pdf")
"""What is run where only the least is: each library that writes or parses, once."""


def _text(stream: io.TextIOWrapper) -> str:
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer.getvalue().decode("utf-8", "replace")


def run_day(root: Path, least: bool = False) -> None:
    """Does all of it, telling of each command what it was and how it ended.

    ``least``: only what writes with the help of other programs and libraries, or parses a file.
    """
    known, steps = set(leaves()), day(root, Ids(root / "case"))
    shown: str | None = None
    while True:
        try:
            step = next(steps) if shown is None else steps.send(shown)
        except StopIteration:
            return
        words = [str(one) for one in step]
        if least and not LEAST.match(" ".join(words)):
            shown = STUB
            continue
        said, complained = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(complained):
            code = main(words)
        shown, wrong = _text(said), _text(complained)
        told = {"command": " ".join(named(step, known)), "words": words, "code": code,
                "said": shown[-600:] if code else "", "complained": wrong[-600:]}
        os.write(1, json.dumps(told).encode() + b"\n")
        if least and words[0] == "iafq":  # the last of them
            return


if __name__ == "__main__":
    if sys.argv[1] == "--only":
        sys.exit(main(sys.argv[2:]))
    run_day(Path(sys.argv[1]), "--least" in sys.argv)
