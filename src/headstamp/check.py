"""``headstamp-check``: checks an exported log, or a proof, offline.

    headstamp-check FOLDER|PROOF [--key KEY] [--keys FILE] [--against CHECKPOINT_FILE] ...

For outsiders, who can read all that it runs: this module, the evidence room and the
standard library. It opens files for reading only and asks no network. The rule for
what it checks is ``docs/evidence-format.md``, section 8. Nothing stops at the first
fault: each is a finding in words; and what was not checked is told too. Exit code 0:
nothing is wrong; 9: something is; 2: a wrong call; 3: there is no such file; 6: it cannot
be read.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from headstamp.errors import HeadstampError, Invalid, Missing, Tampered, Unreadable
from headstamp.evidence import entry as entries
from headstamp.evidence import export
from headstamp.evidence.check_folder import Report, check_folder
from headstamp.evidence.checkpoint import Checkpoint, open_checkpoint
from headstamp.evidence.key_line import KeyLine, first_key
from headstamp.evidence.note import Verifier
from headstamp.evidence.proof import InclusionProof, read_proof
from headstamp.evidence.shown_value import ShownValue, is_shown_value

__all__ = ["Report", "check_folder", "check_proof", "main"]

_DONE = {"put": "put", "take": "taken in", "hold": "taken in, and held aside,",
         "same": "taken in, as the same,", "settle": "settled"}


def check_proof(
    text: str, verifier: Verifier | KeyLine, against: Sequence[Checkpoint] = ()
) -> str:
    """What a proof shows, in words. Raises Unreadable or Tampered where it shows nothing."""
    value = ShownValue.parse(text) if is_shown_value(text) else None
    proof = read_proof(text) if value is None else value.proof
    if value is not None and value.check(verifier) is not None:
        return (f"the value of {value.field} is {value.value.decode('utf-8', 'backslashreplace')}; "
                + check_proof(value.proof.text(), verifier))
    if isinstance(proof, InclusionProof):
        under, told = proof.check(verifier), entries.read(proof.entry)
        if under is None:
            raise Tampered("the entry does not stand in the log of that checkpoint")
        return (f"entry {proof.index} stands in the log of {under.size} entries: version "
                f"{told.version} of {told.id}, {_DONE[told.act]} by {told.actor} at {told.at}: {told.reason}")
    for older in against:
        if older.size == proof.old:
            newer = proof.check(older, verifier)
            if newer is None:
                raise Tampered("the newer log does not contain the older one")
            return f"the log of {newer.size} entries begins with that of {older.size}"
    raise Invalid(f"give the checkpoint of size {proof.old} with --against")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the program; returns its exit code."""
    parser = argparse.ArgumentParser(prog="headstamp-check", description=(
        "Check a log that `headstamp export-log` wrote, or a proof that `headstamp proof` wrote."))
    parser.add_argument("path", type=Path, help="the folder, or the file of a proof")
    parser.add_argument("--key", help="the log's public key, or a file that holds it")
    parser.add_argument("--keys", type=Path, metavar="FILE", help=(
        f"the changes of the log's key, for a proof: a {export.KEYS}; a folder has its own"))
    parser.add_argument("--against", type=Path, action="append", default=[], metavar="CHECKPOINT_FILE",
                        help="a checkpoint that was kept elsewhere")
    given = parser.parse_args(arguments)
    try:
        return _run(given.path, given.key, given.keys, given.against)
    except HeadstampError as error:
        print(_shown(f"WRONG: {error}" if isinstance(error, Tampered) else f"headstamp-check: {error}"))
        return error.exit_code
    except OSError as error:
        print(_shown(f"headstamp-check: {error.filename} cannot be read: {error.strerror}"))
        return Unreadable.exit_code


def _run(path: Path, key: str | None, changes: Path | None, against: Sequence[Path]) -> int:
    if not path.exists():
        raise Missing(f"there is no {path}")
    known = None
    if key is not None:
        known = Verifier.parse(_text(Path(key)) if os.path.isfile(key) else key)  # noqa: PTH113
    kept = [_bytes(one) for one in against]
    if path.is_dir():
        if changes is not None:
            raise Invalid(f"--keys is for a proof: a folder has its own {export.KEYS}")
        return _run_folder(path, known, kept)
    if known is None:
        raise Invalid("a proof is checked with --key: the log's public key")
    keys = _keys_of(known, changes)
    try:
        outside = [open_checkpoint(one, keys) for one in kept]
    except (Unreadable, Tampered) as error:
        raise Tampered(f"a checkpoint kept elsewhere: {error.message}") from error
    print(_shown(check_proof(_text(path), keys, outside)))
    _print_remarks(keys.remarks())
    return 0


def _run_folder(folder: Path, known: Verifier | None, kept: Sequence[bytes]) -> int:
    report = check_folder(folder, known, kept)
    if known is None and report.key:
        print("The key came with the folder; compare it with the one you were given:",
              _shown(report.key))
    for finding in report.findings:
        print(_shown(f"WRONG: {finding.what}: {finding.id}: {finding.detail}"))
    _print_remarks(report.remarks)
    print(f"{report.entries} entries, of them {report.withheld} withheld; {report.checkpoints} "
          f"checkpoints, {len(kept)} kept elsewhere; {report.disclosed} values shown; "
          f"{report.originals} originals, {report.originals_left_out} not here.")
    for words in _not_checked(folder, report, len(kept)):
        print(f"Not checked: {words}.")
    wrong = len(report.findings)
    print(f"{wrong} finding{'' if wrong == 1 else 's'}." if wrong else "Nothing is wrong.")
    return Tampered.exit_code if report.findings else 0


def _not_checked(folder: Path, report: Report, kept: int) -> Iterator[str]:
    """What this check cannot show, in words: it is said whatever was found."""
    if not kept:
        yield ("whether the log was written anew, or its end cut off: that shows only a checkpoint "
               "that somebody else kept, given with --against")
    if report.withheld or report.originals_left_out:
        withheld, originals = report.withheld, report.originals_left_out
        yield (f"what is in {withheld} withheld {'entry' if withheld == 1 else 'entries'}, of which only the "
               f"{'hash is' if withheld == 1 else 'hashes are'} here, and in {originals} "
               f"original{' that is' if originals == 1 else 's that are'} not here")
    if (folder / "timestamps").is_dir():
        yield "the time stamps: openssl does that, as the README beside them tells"
    yield "whether what was recorded is true, and when by any clock but that of the machine"


def _keys_of(known: Verifier, changes: Path | None) -> KeyLine:
    """The log's keys: the one that is known, or the line of changes that it stands in."""
    if changes is None:
        return KeyLine(known)
    lines = _text(changes).encode("utf-8").splitlines(keepends=True)
    notes = [export.parse_checkpoint_line(line) for line in lines]
    keys = KeyLine.read(first_key(notes) if notes else known, notes)
    keys.refuse_unless_vouched(known)
    return keys


def _print_remarks(remarks: Sequence[str]) -> None:
    for remark in remarks:
        print(_shown(f"Note: {remark}."))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise Missing(f"there is no file {path}") from error


def _text(path: Path) -> str:
    """A text byte for byte: in what is signed a line feed is a line feed."""
    try:
        return _bytes(path).decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable(f"{path} cannot be read: {error}") from error


def _shown(text: str) -> str:
    """Text with what a terminal would obey, or cannot show, written out: a log may hold anything."""
    shown = "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)
    return shown.encode(sys.stdout.encoding or "utf-8", "backslashreplace").decode(sys.stdout.encoding or "utf-8")


if __name__ == "__main__":
    sys.exit(main())
