"""Writing the receipt of an act of custody, and checking a case against one held on paper."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from headstamp.actions.whole_file import write_whole
from headstamp.errors import Invalid, Missing, Tampered
from headstamp.evidence import entry as entries
from headstamp.publish.pdf import print_on_one_page
from headstamp.publish.receipt import DENSITIES, Receipt, gather, render
from headstamp.publish.witness import Witness
from headstamp.store.case import Case

_FORMS = (".pdf", ".html", ".htm")


@dataclass(frozen=True, slots=True)
class ReceiptResult:
    """Where the receipt went, its bytes, and what its paper pins."""

    path: Path
    size: int
    witness: Witness


@dataclass(frozen=True, slots=True)
class PaperResult:
    """What the case says to a paper: the record, its entry, the log's size then and now."""

    record: str
    version: int
    entry: int
    then: int
    now: int


def receipt_of(
    case: Case, record_id: str, *, clearance: str, language: str = "en"
) -> Receipt:
    """What the receipt says and pins. Raises Missing, Invalid, Tampered."""
    with case.read(clearance).snapshot() as reader:
        shown = reader.get(record_id)
        proof = case.proof(shown.seq)
        if not proof.holds():
            raise Tampered("the log's tree does not lead to this entry; no receipt is written. "
                           "Run headstamp verify")
        witness = Witness(shown.id, shown.version, proof.index, proof.leaf, proof.path,
                          proof.checkpoint)
        return gather(reader, shown, witness, size=proof.size, key=case.verifier.text(),
                      origin=case.origin, language=language)


def receipt_pdf(receipt: Receipt) -> bytes:
    """The receipt as PDF of one page: set the closer, the more it has to say."""
    return print_on_one_page(render(receipt, density) for density in range(DENSITIES))


def write_receipt(
    case: Case, record_id: str, path: Path, *, clearance: str, language: str = "en"
) -> ReceiptResult:
    """Writes the receipt as PDF, or as HTML, by the file's ending.

    Raises Invalid for another ending or a record that is no act of custody, Missing where
    there is none, Unavailable where the file or a PDF cannot be written.
    """
    form = path.suffix.lower()
    if form not in _FORMS:
        raise Invalid(f"a receipt is written as .pdf or .html, not {path.suffix or 'without ending'!r}")
    receipt = receipt_of(case, record_id, clearance=clearance, language=language)
    content = receipt_pdf(receipt) if form == ".pdf" else render(receipt).encode("utf-8")
    write_whole(path, content, "the receipt")
    return ReceiptResult(path, len(content), receipt.witness)


def check_paper(case: Case, text: str) -> PaperResult:
    """Holds the log against the text of a receipt's QR code.

    The paper's own proof is checked, then that the log of this case still has that very entry
    at that place. Whether the whole log agrees with the paper's checkpoint is asked by
    ``headstamp verify --against``. Raises Unreadable where the text is none, Tampered where
    paper and log do not agree.
    """
    paper = Witness.parse(text.replace("\r", "").strip("\ufeff\n ") + "\n")
    under = paper.check(case.key_line)
    if under is None:
        raise Tampered("the paper does not agree with itself: its hashes do not lead from the entry "
                       "to its checkpoint")
    try:
        proof = case.proof(paper.index)
    except Missing:
        raise Tampered(f"the paper is of a log of {under.size} entries, this one has no entry "
                       f"{paper.index}: it was cut or is older") from None
    if proof.leaf != paper.leaf or not proof.holds():
        raise Tampered(f"entry {paper.index} of this log is not the entry on the paper: "
                       "the log was rewritten")
    # Whoever may see the record or not: the paper names it already, and nothing else is taken.
    told = entries.read(case.read("sealed").entry(paper.index))
    if (told.id, told.version) != (paper.record, paper.version):
        raise Tampered(f"entry {paper.index} is version {told.version} of another record than the "
                       f"paper says ({paper.record}, version {paper.version})")
    return PaperResult(paper.record, paper.version, paper.index, under.size, proof.size)
