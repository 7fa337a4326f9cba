"""``pack``, ``take`` and ``conflicts``: what goes to another device, what comes, what contradicts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from headstamp.cli.progress import progress
from headstamp.cli.session import Session, with_session
from headstamp.cli.show import line, note, safe, table
from headstamp.cli.taken import taken_in_words
from headstamp.errors import HeadstampError, Invalid, Missing, Problem, Tampered, Unreadable, naming
from headstamp.kinds.counted import plural

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headstamp.actions.exchange.pack import PackResult
    from headstamp.actions.exchange.settling import Contest
    from headstamp.actions.exchange.take import TakeResult
    from headstamp.exchange.keys import SealKey

app = typer.Typer(rich_markup_mode="rich")
RECEIPT = ".receipt"
_KEY_BYTES_MAX = 1 << 16


@app.command()
@with_session
def pack(
    session: Session,
    device: Annotated[
        str, typer.Argument(metavar="DEVICE", help="Its title, the name of its log, its key or its id.")
    ],
    to: Annotated[
        Path, typer.Option("--to", metavar="PLACE", help="A folder, such as that of a stick, or a new file.")
    ] = Path(),
    everything: Annotated[
        bool, typer.Option("--everything", help="Also what the device has confirmed already.")
    ] = False,
    in_the_open: Annotated[
        bool, typer.Option("--open", help="Do not seal it: whoever finds the file can read it.")
    ] = False,
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Why, as the log writes it.")
    ] = "packed for another device",
) -> None:
    """Pack what is new for another device into one file, to be carried or sent.

    Until the other side's signed receipt has come back and was taken in (headstamp take),
    it is packed and not confirmed: keep what is here.
    """
    from headstamp.actions.exchange.pack import pack as pack_bundle

    with session.open() as case, progress() as told:
        done = pack_bundle(case, device, to, actor=session.settings().actor, reason=reason,
                           everything=everything, in_the_open=in_the_open, told=told)
    session.show(done.as_dict(), lambda: _packed(done))


def _packed(done: PackResult) -> None:
    line(f"{done.path}: {plural(done.records, 'version')} of records, {plural(done.originals, 'original')}, "
         f"{done.bytes:,} bytes; {'sealed' if done.sealed else 'NOT sealed: keep it safe on the way'}.")
    if done.missing:
        line(f"Missing here, and not in it: {plural(len(done.missing), 'original')}: "
             f"{', '.join(done.missing[:5])}")
    line("Packed, not confirmed. It counts as sent when the receipt has come back: "
         "headstamp take FILE.receipt")


@app.command()
@with_session
def take(
    session: Session,
    file: Annotated[
        str | None, typer.Argument(metavar="[FILE]", help="A bundle, or a receipt that came back; with "
                                                          "--release or --leave the id of a bundle that was "
                                                          "put aside.")
    ] = None,
    key: Annotated[
        list[Path] | None,
        typer.Option("--key", metavar="FILE", show_default=False,
                     help="A file with a secret key that opens a sealed bundle; again for each."),
    ] = None,
    release: Annotated[
        bool, typer.Option("--release", help="Take in what a lost device signed after it was lost. "
                                             "You looked at it and answer for it.")
    ] = False,
    leave: Annotated[
        bool, typer.Option("--leave", help="Note that a bundle put aside was looked at and is not taken in.")
    ] = False,
    list_aside: Annotated[
        bool, typer.Option("--list-aside", help="Take nothing: list the bundles that were put aside.")
    ] = False,
    receipt: Annotated[
        Path | None, typer.Option(metavar="FILE", show_default=False,
                                  help="Where to write the receipt; without it, beside the bundle.")
    ] = None,
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", show_default=False,
                          help="Why, as the log writes it; needed with --release and --leave.")
    ] = "",
) -> None:
    """Take in a bundle of another device, or the receipt of one that was packed here.

    All of it is checked before anything is added, and nothing is ever written over. The
    receipt is written beside the bundle: it must go back to the sender. Exit code 9 where the
    bundle was put aside for a person to look at.
    """
    if release + leave + list_aside > 1:
        raise Invalid("give one of --release, --leave and --list-aside")
    if list_aside:
        _list_aside(session)
        return
    if file is None:
        raise Invalid("name the bundle or the receipt to take in")
    if (release or leave) and not reason.strip():
        raise Invalid("why is not said", [Problem("a reason is needed", "Say it with --reason.", "reason")])
    if leave:
        _leave(session, file, reason)
        return
    _take(session, file, _keys(key or []), release, receipt, reason)


def _take(
    session: Session, file: str, keys: list[SealKey], release: bool, receipt: Path | None, reason: str
) -> None:
    from headstamp.actions.exchange.aside import release as release_bundle
    from headstamp.actions.exchange.take import take as take_bundle
    from headstamp.actions.whole_file import write_whole

    path, by_id = Path(file), release and file.startswith("bndl-") and not Path(file).exists()
    actor = session.settings().actor
    with session.open() as case, progress() as told:
        if by_id:
            done = release_bundle(case, file, actor=actor, reason=reason, keys=keys, told=told)
        else:
            with naming(path.name):
                done = take_bundle(case, path, actor=actor, reason=reason or f"taken in from {path.name}",
                                   keys=keys, release=release, told=told)
    written, problem = None, ""
    if done.receipt:
        beside = Path(f"{file}{RECEIPT}") if by_id else path.with_name(path.name + RECEIPT)
        try:
            write_whole(receipt or beside, done.receipt.encode("utf-8"), "the receipt")
            written = str(receipt or beside)
        except HeadstampError as error:
            problem = error.message  # what was taken in is taken in: the receipt can be had again
    document = {**done.as_dict(), "receipt_file": written}
    session.show(document, lambda: _taken(done, written))
    if problem:
        note(f"headstamp: {problem}. Take the bundle again with --receipt FILE to get it.")
    if done.state in ("quarantined", "forked"):
        raise typer.Exit(Tampered.exit_code)
    if problem:
        raise typer.Exit(7)


def _taken(done: TakeResult, written: str | None) -> None:
    if done.state == "received":
        line(f"The bundle has arrived: the other side has {done.size} entries of our log. New there: "
             f"{plural(done.taken, 'version')}; known: {done.known}; contradicting theirs: {done.beside}.")
        return
    taken_in_words(done)
    if written:
        line(f"The receipt is in {written}. It must go back to the sender: only then the bundle counts "
             "there as sent.")


def _leave(session: Session, bundle: str, reason: str) -> None:
    from headstamp.actions.exchange.aside import leave

    with session.open() as case:
        leave(case, bundle, actor=session.settings().actor, reason=reason)
    session.show({"bundle": bundle, "state": "refused"},
                 lambda: line(f"{bundle} was looked at and is not taken in. It is kept, and can still be taken in: "
                              f"headstamp take {bundle} --release --reason TEXT."))


def _list_aside(session: Session) -> None:
    from headstamp.actions.exchange.aside import put_aside
    from headstamp.vocab import vocabulary

    with session.reader() as reader:
        found = put_aside(reader)
        devices = reader.labels([one.get("device") for one in found if one.get("device")])
    rows: list[dict[str, Any]] = [
        {"bundle": one.id, "device": devices.get(one.get("device"), one.get("device")),
         "state": one.get("bundle_state"), "packed_at": one.get("packed_at"), "size": one.get("size"),
         "problem": one.get("problem")} for one in found]

    def words() -> None:
        if not rows:
            line("Nothing was put aside.")
            return
        state = vocabulary("bundle_state")
        table(("bundle", "from", "state", "packed, by its clock", "why"),
              [(one["bundle"], one["device"], state.label(one["state"]), one["packed_at"], one["problem"])
               for one in rows])
        if any(one["state"] == "quarantined" for one in rows):
            line("Ask its holder. Then take it in: headstamp take BUNDLE --release --reason TEXT (with --key "
                 "FILE where it is sealed); or leave it: headstamp take BUNDLE --leave --reason TEXT.")

    session.show({"aside": rows}, words)


def _keys(files: list[Path]) -> list[SealKey]:
    from headstamp.exchange.keys import read_keys

    found: list[SealKey] = []
    for path in files:
        try:
            with path.open(encoding="utf-8") as stream:
                found += read_keys(stream.read(_KEY_BYTES_MAX))
        except FileNotFoundError as error:
            raise Missing(f"there is no file {path}") from error
        except (OSError, UnicodeDecodeError) as error:
            raise Unreadable(f"{path} cannot be read as a file of secret keys") from error
    return found


@app.command()
@with_session
def conflicts(
    session: Session,
    record: Annotated[
        str | None, typer.Argument(metavar="[RECORD]", help="A record's id, or an item's tag; without it, all are listed.")
    ] = None,
    choose: Annotated[
        list[str] | None,
        typer.Option("--choose", metavar="FIELD=NUMBER", show_default=False,
                     help="Which version holds for a field: 0 the current one, 1 the first of the "
                          "others; again for each field."),
    ] = None,
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", show_default=False,
                          help="Why it is settled so, as the log writes it.")
    ] = "",
) -> None:
    """List the records of which versions contradict each other; show one; settle it.

    All versions stay in the history. The one that settles ends the matter on every device
    it reaches. Fields that you do not name stay as they are now.
    """
    if record is None:
        if choose:
            raise Invalid("name the record to settle")
        _list_conflicts(session)
        return
    from headstamp.actions.evidence.custody import thing_named
    from headstamp.actions.exchange.settling import contest_of
    from headstamp.cli.named import labels_in
    from headstamp.records import BY_NAME

    with session.open() as case:
        with case.read(session.settings().clearance).snapshot() as reader:
            record = thing_named(reader, record)
            contest = contest_of(reader, case.origin, record)
            labels = labels_in(reader, [
                (BY_NAME[contest.record.kind].by_name[name], side.values.get(name))
                for name in contest.fields for side in contest.sides])
        if not choose:
            session.show(contest.as_dict(), lambda: _show_contest(contest, labels))
            return
        from headstamp.actions.exchange.settling import chosen_values, settle

        if len(contest.sides) == 1:
            raise Invalid(f"nothing is to be settled of {record}")
        if not reason.strip():
            raise Invalid("why is not said",
                          [Problem("a reason is needed", "Say it with --reason.", "reason")])
        values = chosen_values(contest.record, contest.rivals, _choices(choose))
        done = settle(case, record, values, names=contest.names, expected=contest.record.version,
                      clearance=session.settings().clearance, actor=session.settings().actor, reason=reason)
    session.show({"id": done.id, "version": done.version}, lambda: line(
        f"{done.id} is settled by version {done.version}. It goes to the others with the next bundle."))


def _choices(given: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in given:
        name, _, number = one.partition("=")
        if not name or not (number.isascii() and number.isdigit() and len(number) < 6) or name in found:
            raise Invalid("this choice cannot be read", [Problem(
                "not FIELD=NUMBER, each field once", "For example: --choose make=1", field="choose", value=one)])
        found[name] = int(number)
    return found


def _list_conflicts(session: Session) -> None:
    with session.reader() as reader:
        found = [(one, len(reader.rivals(one.id)) + 1) for one in reader.contested()]

    def words() -> None:
        if not found:
            line("No versions contradict each other.")
            return
        table(("id", "kind", "label", "versions"),
              [(one.id, one.kind, one.label, number) for one, number in found])
        line("Look at one: headstamp conflicts ID")

    session.show({"conflicts": [
        {"id": one.id, "kind": one.kind, "label": one.label, "version": one.version, "versions": number}
        for one, number in found]}, words)


def _show_contest(contest: Contest, labels: Mapping[str, str]) -> None:
    from headstamp.cli.named import shown
    from headstamp.records import BY_NAME

    kind = BY_NAME[contest.record.kind]
    line(f"{contest.record.id} ({kind.title}): {contest.record.label}")
    if len(contest.sides) == 1:
        line("No versions of it contradict each other.")
        return
    for side in contest.sides:
        made = f"by {side.actor} at {side.at}"
        line(f"{side.number}: from {side.device}, entry {side.entry} of {side.log}; "
             + (f"put on file {made}" if side.made_here else f"taken in here {made}")
             + (" (current)" if side.number == 0 else ""))
    facts = [(name, kind.by_name[name]) for name in contest.fields]
    table(("field", "title", *(str(side.number) for side in contest.sides)), [
        (name, fact.title, *("-" if side.values.get(name) is None else safe(shown(fact, side.values[name], labels))
                             for side in contest.sides)) for name, fact in facts])
    line(f"Settle it: headstamp conflicts {contest.record.id} --choose FIELD=NUMBER --reason TEXT")
