"""The right of reply, held to on every way in: no finding is ready while a party it names was not asked.

A finding may be ``ready`` or ``approved`` only where each party it names has a right of reply
about it that is settled (answered, declined, no answer in time, or not asked with the reason), for
the very sentence that stands in the finding. Forms, imports, notebooks and programs all write
through one path, and this is looked at there. What another device hands over is taken as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from orjson import loads
from sqlalchemy import Connection, select

from headstamp.errors import Invalid, Problem
from headstamp.records import Finding, Record, RightOfReply, record_type
from headstamp.store.backend import batches
from headstamp.store.tables import CURRENT, REF, VERSION

NEEDS_REPLY: Final = frozenset({"ready", "approved"})
"""States of a finding in which all it names were asked."""

SETTLED: Final = frozenset({"answered", "declined", "no_answer", "not_asked"})
"""States of a right of reply in which nothing more is waited for."""

_FINDING: Final = record_type(Finding)
_RIGHT: Final = record_type(RightOfReply)


def unasked(
    finding: Finding, rights: Iterable[tuple[str, str, str]]
) -> dict[str, str]:
    """The parties a finding names of whom the right of reply is not settled, each with why.

    ``rights`` are (party, state, sentence put to it) of the rights of reply about this finding.
    """
    by_party: dict[str, list[tuple[str, str]]] = {}
    for party, state, sentence in rights:
        by_party.setdefault(party, []).append((state, sentence))
    found = {}
    for party in dict.fromkeys(finding.named):
        about = by_party.get(party, [])
        same = [state for state, sentence in about if sentence == finding.sentence]
        if not about:
            found[party] = "was not asked about it"
        elif not same:
            found[party] = "was asked about another wording of the sentence"
        elif not SETTLED & set(same):
            found[party] = "was asked, and its answer is still awaited"
    return found


def refuse_unready(conn: Connection, records: Sequence[Record]) -> None:
    """Raises Invalid where records would publish what those they name were not asked about."""
    if unsettled := list(unready(conn, records)):
        raise Invalid("not everybody named has had the right of reply", unsettled)


def unready(conn: Connection, records: Sequence[Record]) -> Iterator[Problem]:
    """What keeps the findings among these records from the state they are given.

    And what these records would take from findings that are ready: a right of reply that is
    opened again, put to another wording or about another finding.
    """
    put = {one.id: one for one in records if isinstance(one, Finding)}
    rights = [one for one in records if isinstance(one, RightOfReply)]
    ready = {id_: one for id_, one in put.items() if one.status in NEEDS_REPLY and one.named}
    touched = {one.finding for one in rights} | _told_of(conn, [one.id for one in rights])
    standing = _standing(conn, sorted(touched - put.keys()))
    if not ready and not standing:
        return
    held = _rights(conn, [*ready, *standing])
    before = {id_: unasked(one, held.get(id_, {}).values()) for id_, one in standing.items()}
    for right in rights:
        for some in held.values():
            some.pop(right.id, None)
        held.setdefault(right.finding, {})[right.id] = (right.party, right.right_state, right.sentence)
    for finding in ready.values():
        for party, why in unasked(finding, held.get(finding.id, {}).values()).items():
            yield Problem(
                f"the finding cannot be {finding.status}: {party} is named in it and {why}",
                "Ask the party and record its right of reply with the sentence word for word; or, where "
                "asking would endanger somebody, record it as not asked with the reason.",
                field="status", value=finding.status,
            )
    for id_, finding in standing.items():
        for party, why in unasked(finding, held.get(id_, {}).values()).items():
            if party not in before[id_]:
                yield Problem(
                    f"the finding {id_} is {finding.status}: {party} is named in it and then {why}",
                    "Put the finding back to review first.", field="right_state",
                )


def _told_of(conn: Connection, rights: Sequence[str]) -> set[str]:
    """The findings that these rights of reply are about so far."""
    found: set[str] = set()
    for some in batches(rights, 500):
        found.update(conn.execute(select(REF.c.to_id).where(
            REF.c.from_id.in_(some), REF.c.field == "finding")).scalars())
    return found


def _standing(conn: Connection, findings: Sequence[str]) -> dict[str, Finding]:
    """Those of these findings that are ready or approved now."""
    table, found = CURRENT[_FINDING.name], {}
    for some in batches(findings, 500):
        for id_, body in conn.execute(
            select(table.c.id, VERSION.c.body).join(VERSION, VERSION.c.seq == table.c.log_seq)
            .where(table.c.id.in_(some), table.c.status.in_(sorted(NEEDS_REPLY)))
        ):
            made = _FINDING.cls.model_validate({**loads(body or b"{}"), "id": id_}, context="on file")
            assert isinstance(made, Finding)
            found[id_] = made
    return found


def _rights(
    conn: Connection, findings: Sequence[str]
) -> dict[str, dict[str, tuple[str, str, str]]]:
    table = CURRENT[_RIGHT.name]
    found: dict[str, dict[str, tuple[str, str, str]]] = {}
    for some in batches(findings, 500):
        for finding, id_, body in conn.execute(
            select(REF.c.to_id, table.c.id, VERSION.c.body)
            .join(table, table.c.id == REF.c.from_id)
            .join(VERSION, VERSION.c.seq == table.c.log_seq)
            .where(REF.c.to_id.in_(some), REF.c.field == "finding")
        ):
            values: Mapping[str, str] = loads(body or b"{}")
            found.setdefault(finding, {})[id_] = (
                values.get("party", ""), values.get("right_state", "to_ask"),
                values.get("sentence", ""))
    return found
