"""One letter about many items, its annex sent back filled in: read row by row into replies and transfers.

The table that went with the letter comes back with its answer columns filled, as CSV or
workbook, often with the columns moved or renamed. Columns are matched by name, rows by item
id or tag. What cannot be taken is told all at once and kept in a problems file with the row,
the field and the rule; the other rows are taken. The file itself is kept as an original, and
the same file again changes nothing: every id is made from what it says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from headstamp.actions.desk.named_here import items_named, party_named
from headstamp.actions.desk.replies import SHOWN_TO
from headstamp.actions.intake.refused_rows import problems_file
from headstamp.errors import Invalid, Problem
from headstamp.intake.problems import EXTRA, mended_name
from headstamp.intake.table import Row, open_table
from headstamp.kinds.identity import derived_id
from headstamp.kinds.tier import RANK
from headstamp.publish.letter_csv import undone
from headstamp.records import Document, Party, Record, TraceReply, Transfer
from headstamp.store.case import Case
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown
from headstamp.vocab import fold, vocabulary

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "request": ("request", "trace request"),
    "item": ("item_id", "item", "item id", "id"),
    "tag": ("tag", "tag number", "our tag", "étiquette", "etiqueta", "бирка"),
    "code": ("answer_code", "reply_code", "code", "answer", "result", "réponse", "respuesta", "ответ"),
    "to": ("answer_delivered_to", "sold to", "delivered to", "buyer", "consignee", "customer",
           "livré à", "vendu à", "vendido a", "entregado a", "покупатель"),
    "on": ("answer_delivered_on", "sold on", "delivered on", "date of sale", "date of delivery",
           "date", "fecha", "дата"),
    "licence": ("answer_licence", "licence", "license", "licence number", "export licence",
                "licencia", "лицензия"),
    "document": ("answer_document", "document", "invoice", "contract", "facture", "factura"),
    "words": ("answer_text", "words", "remarks", "remark", "comment", "comments", "notes",
              "remarques", "observaciones", "примечание"),
}
_ANSWER = ("code", "to", "on", "licence", "document", "words")
_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Answer:
    """One row that was taken: the item it is about, and what is said of it."""

    row: int
    item: str
    code: str
    to: str = ""
    on: str = ""
    licence: str = ""
    document: str = ""
    words: str = ""


@dataclass(frozen=True)
class Answered:
    """What became of a filled table.

    ``replies`` and ``transfers`` are (id, "new", "version" or "unchanged"); in a trial what
    they would be is not known and the third part is empty. ``empty`` rows had no answer.
    """

    rows: int
    taken: int
    empty: int
    problems: tuple[Problem, ...]
    problems_file: str
    replies: tuple[tuple[str, str], ...]
    transfers: tuple[tuple[str, str], ...]
    parties: tuple[str, ...]
    columns: Mapping[str, str]
    left: tuple[str, ...]
    dry: bool

    @property
    def changed(self) -> int:
        """How many records are new or have a new version."""
        return sum(what != "unchanged" for _, what in (*self.replies, *self.transfers))

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "rows": self.rows, "taken": self.taken, "without_answer": self.empty,
            "refused": len({one.row for one in self.problems}),
            "problems": [one.as_dict() for one in self.problems],
            "problems_file": self.problems_file or None,
            "replies": [{"id": id_, "what": what} for id_, what in self.replies],
            "transfers": [{"id": id_, "what": what} for id_, what in self.transfers],
            "new_parties": list(self.parties), "columns": dict(self.columns),
            "columns_not_used": list(self.left), "dry_run": self.dry,
        }


@dataclass
class _Read:
    """What the rows of a table say, gathered."""

    answers: list[Answer] = field(default_factory=list)
    refused: list[tuple[int, Sequence[str | None] | None, list[Problem]]] = field(default_factory=list)
    rows: int = 0
    empty: int = 0


def take_answers(
    case: Case, path: Path, request_id: str, *, clearance: str, actor: str, dry_run: bool = False,
    received_on: str = "", use_limits: Sequence[str] = (), restrictions: str = "", reason: str = "",
) -> Answered:
    """Takes in a filled table. ``dry_run`` tells what it would do and writes nothing.

    Raises Missing, Unreadable for a file that is no table, Invalid where the table has no
    column of items or none of answers.
    """
    reader = case.read(clearance)
    request = reader.get(request_id)
    if request.kind != "trace_request":
        raise Invalid(f"{request_id} is no trace request")
    with open_table(path) as table:
        columns = _matched(table.columns, path.name)
        own = list(table.columns)
        if mended_name(path.name, own) is not None:
            own = own[:-len(EXTRA)]
        read = _Read()
        for one in table.rows():
            read.rows += 1
            if read.rows > _MOST:
                raise Invalid(f"more than {_MOST:,} rows; a letter is about fewer items")
            if isinstance(one, Problem):
                read.refused.append((one.row or read.rows, None, [one]))
            else:
                _take_row(reader, request, one, columns, table.columns, path.name, read)
    made = _Made(case, reader, request, path, received_on, use_limits, restrictions)
    made.build(read)
    told = sorted((one for _, _, some in read.refused for one in some),
                  key=lambda one: (one.row or 0, one.field))
    # A problems file that is mended and sent again goes by the name of the first file.
    name = mended_name(path.name, list(table.columns)) or path.name
    kept = _keep_refused(case, name, own, read, dry_run, path)
    outcomes = made.write(actor, reason, dry_run)
    used = set(columns.values())
    return Answered(
        read.rows, len(read.answers), read.empty, tuple(told), kept,
        tuple((one.id, outcomes.get(one.id, "")) for one in made.replies),
        tuple((one.id, outcomes.get(one.id, "")) for one in made.transfers),
        tuple(one.label() for one in made.parties.values()),
        {what: table.columns[at] for what, at in columns.items()},
        tuple(name for at, name in enumerate(own) if at not in used), dry_run)


def _matched(names: Sequence[str], file: str) -> dict[str, int]:
    """Which column is what, by name. Raises Invalid with all that is missing."""
    folded = {fold(name.replace("_", " ")): at for at, name in reversed(list(enumerate(names)))}
    found: dict[str, int] = {}
    for what, known in COLUMNS.items():
        at = next((folded[key] for name in known if (key := fold(name.replace("_", " "))) in folded), None)
        if at is not None:
            found[what] = at
    problems = []
    there = "The table has: " + ", ".join(names) + "."
    if "item" not in found and "tag" not in found:
        problems.append(Problem("no column says which item a row is about",
                                f"Name one item_id or tag. {there}", "item_id", file=file))
    if "code" not in found:
        problems.append(Problem("no column holds the code of the answer",
                                f"Name it answer_code. {there}", "answer_code", file=file))
    if problems:
        raise Invalid("this is no filled annex", problems)
    return found


def _take_row(
    reader: Reader, request: Shown, row: Row, columns: Mapping[str, int], names: Sequence[str],
    file: str, read: _Read,
) -> None:
    cells = {what: undone((row.cells[at] or "").strip()) for what, at in columns.items()}
    if not any(cells.get(name) for name in _ANSWER):
        read.empty += 1
        return
    problems: list[Problem] = []

    def wrong(what: str, rule: str, advice: str) -> None:
        problems.append(Problem(rule, advice, names[columns[what]] if what in columns else what,
                                cells.get(what, ""), row.number, file))

    if cells.get("request") and cells["request"] != request.id:
        wrong("request", "this row answers another request", f"Take it in with --request {cells['request']}.")
    item = _item(reader, request, cells, wrong)
    code = vocabulary("reply_code").find(cells.get("code", ""))
    if code is None:
        rule = "the row has no code" if not cells.get("code") else "no such code"
        wrong("code", rule, "The codes are: " + ", ".join(t.code for t in vocabulary("reply_code")) + ".")
    if cells.get("to"):
        _, why = party_named(reader, cells["to"])
        if why and why != "not known here yet":
            wrong("to", why, "Write the id of the one that is meant.")
    if item and code is not None and not problems:
        answer = Answer(row.number, item, code.code, **{
            name: cells.get(name, "") for name in ("to", "on", "licence", "document", "words")})
        try:
            _transfer(request, answer, "reply-test", "doc-test", SHOWN_TO,
                      "party-test" if cells.get("to") else "")
        except Invalid as error:
            at = {"happened_on": "on", "licence": "licence", "basis": "words"}
            for one in error.problems:
                what = at.get(one.field, "words")
                problems.append(replace(one, field=names[columns[what]] if what in columns else one.field,
                                        row=row.number, file=file))
        else:
            read.answers.append(answer)
    if problems:
        read.refused.append((row.number, row.cells, problems))


def _item(reader: Reader, request: Shown, cells: Mapping[str, str], wrong: Any) -> str:
    word, what = (cells["item"], "item") if cells.get("item") else (cells.get("tag", ""), "tag")
    if not word:
        wrong(what, "the row names no item", "Write its id or tag.")
        return ""
    found, left = items_named(reader, [word])
    if left:
        wrong(what, left[0].why, "It is kept in the problems file; nothing was guessed.")
        return ""
    if found[0] not in (request.get("items") or ()):
        wrong(what, "the request was not about this item", "Record what is said of it as a reply by itself.")
        return ""
    return found[0]


def _transfer(
    request: Shown, one: Answer, reply: str, document: str, tier: str, to: str
) -> Transfer | None:
    """The transfer that a row tells of; None where it tells of none. Raises Invalid."""
    basis = "; ".join(part for part in (
        one.words, f"paper named: {one.document}" if one.document else "") if part)
    if one.code not in ("confirmed_full", "confirmed_partial") or not (to or one.on or one.licence):
        # What it says stays in the words of the reply; a date in it is still looked at.
        if one.on:
            Transfer.build({"id": "tran-test", "happened_on": one.on})
        return None
    return Transfer.build({name: value for name, value in {
        "id": derived_id("tran", "answer", request.id, one.item, to, one.on),
        "transfer_kind": "sold" if to else "unknown", "from_party": request.get("addressee"),
        "to_party": to or None, "happened_on": one.on or None, "items": [one.item],
        "licence": one.licence or None, "basis": basis or None, "reply": reply,
        "documents": [document], "tier": tier,
    }.items() if value is not None})


class _Made:
    """The records that a table comes to: its file, a reply for each code, transfers, new parties."""

    def __init__(
        self, case: Case, reader: Reader, request: Shown, path: Path, received_on: str,
        use_limits: Sequence[str], restrictions: str,
    ) -> None:
        self.case, self.reader, self.request, self.path = case, reader, request, path
        self.received_on, self.use_limits, self.restrictions = received_on, use_limits, restrictions
        self.tier = max(str(request.get("tier") or SHOWN_TO), SHOWN_TO, key=lambda one: RANK[one])
        self.parties: dict[str, Party] = {}
        self.replies: list[TraceReply] = []
        self.transfers: list[Transfer] = []
        self.document: Document | None = None

    def build(self, read: _Read) -> None:
        """Makes all records of the rows that can be taken; nothing is written."""
        if not read.answers:
            return
        content = self.path.read_bytes()
        digest = sha256(content).hexdigest()
        self.document = self._document(digest, len(content))
        labels = self.reader.labels(sorted({one.item for one in read.answers}))
        by_code: dict[str, list[Answer]] = {}
        for one in dict.fromkeys(read.answers):
            by_code.setdefault(one.code, []).append(one)
        for code, some in by_code.items():
            # A reply has one code: a table that has several is so many replies in one letter.
            reply = self._reply(code, some, digest, labels)
            self.replies.append(reply)
            found: dict[str, Transfer] = {}
            for one in some:
                to = self._party(one.to) if one.to else ""
                made = _transfer(self.request, one, reply.id, self.document.id, self.tier, to)
                if made is not None:
                    found.setdefault(made.id, made)
            self.transfers += found.values()

    def _document(self, digest: str, size: int) -> Document:
        id_ = derived_id("doc", "reply letter", self.request.id, digest)
        known = self.reader.many([id_]).get(id_)
        name = str(known.get("original_name")) if known is not None else self.path.name
        return Document.build({key: value for key, value in {
            "id": id_, "document_kind": "letter", "digest": digest, "size": size,
            "title": f"Answers to {self.request.get('our_reference') or self.request.label}",
            "issuer": self.request.get("addressee"), "original_name": name, "generation": "copy",
            "tier": self.tier,
        }.items() if value is not None})

    def _reply(
        self, code: str, some: Sequence[Answer], digest: str, labels: Mapping[str, str]
    ) -> TraceReply:
        assert self.document is not None
        id_ = derived_id("reply", "answers", self.request.id, code, digest)
        known = self.case.read("sealed").many([id_]).get(id_)
        # What was said of it before stands where nothing else is said now: limits above all.
        before = known.values if known is not None else {}
        day = self.received_on or before.get("received_on") or self.case.clock().date().isoformat()
        lines = [f"{labels.get(one.item, one.item)}: " + "; ".join(part for part in (
            f"delivered to {one.to}" if one.to else "", f"on {one.on}" if one.on else "",
            f"licence {one.licence}" if one.licence else "", one.document, one.words) if part)
            for one in some]
        return TraceReply.build({name: value for name, value in {
            "id": id_, "request": self.request.id, "reply_code": code, "received_on": day,
            "items": list(dict.fromkeys(one.item for one in some)),
            "text": "\n".join(line.removesuffix(": ") for line in lines),
            "document": self.document.id, "use_limits": list(self.use_limits or before.get("use_limits") or ()),
            "restrictions": self.restrictions or before.get("restrictions"), "tier": self.tier,
        }.items() if value is not None})

    def _party(self, word: str) -> str:
        found, _ = party_named(self.reader, word)
        if found:
            return found
        name = " ".join(word.split())
        if name not in self.parties:
            self.parties[name] = Party.build({
                "id": derived_id("party", "answers", self.request.id, name), "name": name,
                "tier": self.tier,
                "remark": f"named in the answers to {self.request.id}; not yet compared with others"})
        return self.parties[name].id

    def write(self, actor: str, reason: str, dry_run: bool) -> dict[str, str]:
        """Puts all on file in one change; what became of each record, by id."""
        if dry_run or self.document is None:
            return {}
        records: list[Record] = [*self.parties.values(), *self.replies, *self.transfers]
        with self.case.change(actor=actor, reason=reason or f"answers from {self.path.name}") as change:
            change.file(self.path)
            change.put(self.document)
            return {one.id: one.what for one in change.put_many(records)}


def _keep_refused(
    case: Case, name: str, columns: Sequence[str], read: _Read, dry_run: bool, path: Path
) -> str:
    with problems_file(case, name, columns, dry_run=dry_run) as problems:
        for number, cells, some in read.refused:
            problems.add(number, cells[:len(columns)] if cells is not None else None, some)
        kept = problems.finish(path)
    return str(kept) if kept is not None else ""
