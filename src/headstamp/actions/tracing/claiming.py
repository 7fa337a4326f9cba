"""What records say of an item's past, as claims: transfers, custody, its making, its recovery.

One record is one claim. It keeps who says so, how good the source is and what a trace reply
forbids to be done with it; nothing is added to what the record says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from headstamp.actions.tracing.attaching import About
from headstamp.actions.tracing.transfer_index import numbers, words
from headstamp.store.limits import LEFT_OUT
from headstamp.store.reader import Reader
from headstamp.store.shown import Shown
from headstamp.tracing.attach import PART_OF, attachment
from headstamp.tracing.claim import Attachment, Claim, days

_PLACE = ("locality", "district", "province", "verbatim")


def claims_about(reader: Reader, about: About) -> tuple[list[Claim], int]:
    """Every claim of an item's past, and how many records are held back by a trace reply.

    A custody event that names its transfer makes that transfer one about the item, too.
    """
    custody, held = _custody(reader, about)
    named = {one.get("transfer") for one, _ in custody} - {None}
    extra = reader.many(sorted(named - set(about.transfers)))
    claims = [transfer_claim(shown, attachment(about.matches[id_]))
              for id_, shown in about.transfers.items() if shown.label != LEFT_OUT]
    claims += [transfer_claim(shown, Attachment("custody", words=("the item's custody names it",)))
               for shown in extra.values() if shown.label != LEFT_OUT]
    held += sum(one.label == LEFT_OUT for one in (*about.transfers.values(), *extra.values()))
    claims += [custody_claim(shown, attached) for shown, attached in custody]
    claims += _made(about.item)
    claims += _recovered(reader, about)
    return claims, held


def transfer_claim(shown: Shown, attached: Attachment) -> Claim:
    """The claim that a transfer makes."""
    values = shown.values
    when = values.get("happened_on") or ""
    first, last = days(when)
    amount, unit = _amount(values.get("quantity"))
    if values.get("direction_doubted"):
        attached = Attachment(
            attached.by, attached.how, attached.share,
            (*attached.words, "its source does not surely say which of the two sent and which "
             "received"), attached.marking)
    return Claim(
        shown.id, "transfer", values.get("transfer_kind") or "unknown", values.get("from_party"),
        values.get("to_party"), _country(values.get("from_place")), _country(values.get("to_place")),
        through=tuple(values.get("through") or ()), place=_place(values.get("to_place")),
        when=when, first=first, last=last, lawful=values.get("lawful_status") or "unknown",
        grade=values.get("grade") or "", goods=_goods(values), goods_keys=_goods_keys(values),
        quantity=amount, unit=unit, licence=values.get("licence") or "",
        end_user_certificate=values.get("end_user_certificate") or "",
        papers=tuple(values.get("documents") or ()), reply=values.get("reply") or "",
        basis=values.get("basis") or "", attached=attached,
    )


def custody_claim(shown: Shown, attached: Attachment) -> Claim:
    """The claim that an event of an item's past makes."""
    values = shown.values
    when = values.get("held_on") or ""
    first, last = days(when)
    amount, unit = _amount(values.get("quantity"))
    return Claim(
        shown.id, "custody", values.get("custody_kind") or "unknown", values.get("from_party"),
        values.get("to_party"), to_country=_country(values.get("place")),
        place=_place(values.get("place")), when=when, first=first, last=last,
        lawful=values.get("lawful_status") or "unknown", grade=values.get("grade") or "",
        quantity=amount, unit=unit, papers=tuple(values.get("documents") or ()),
        reply=values.get("reply") or "", event=values.get("transfer") or "",
        basis="; ".join(filter(None, (values.get("evidence"), values.get("basis")))),
        attached=attached,
    )


def _custody(reader: Reader, about: About) -> tuple[list[tuple[Shown, Attachment]], int]:
    """The events of the item's past, and those of what it was part of or packed in."""
    found: list[tuple[Shown, Attachment]] = []
    held, share, told = 0, 1.0, Attachment("custody")
    for thing in (about.item, *about.around):
        if thing is not about.item:
            share *= PART_OF
            told = Attachment("part of", "probably" if share >= 0.5 else "perhaps", share,
                              (f"told of {thing.label}, of which it was part or in which it was "
                               "packed",))
        for one in reader.referring(thing.id, kind="custody", field="item"):
            if one.label == LEFT_OUT:
                held += 1
            elif one.get("act") is None:
                found.append((one, told))
    return found, held


def _made(item: Shown) -> Iterator[Claim]:
    """That it was made, as its own marks have it."""
    when, maker = item.get("made_on") or "", item.get("maker")
    if when or maker:
        first, last = days(when)
        yield Claim(
            item.id, "item", "made", to_party=maker, to_country=item.get("country") or "",
            when=when, first=first, last=last, grade=item.get("grade") or "",
            basis=item.get("made_basis") or "",
            attached=Attachment("marks", words=("what the item itself is taken to say",)))


def _recovered(reader: Reader, about: About) -> Iterator[Claim]:
    """Its recovery; where it has none of its own, that of what it was packed in."""
    for thing in (about.item, *about.around):
        told = list(_recovery(reader, thing, about))
        if told:
            yield from told
            return


def _recovery(reader: Reader, thing: Shown, about: About) -> Iterator[Claim]:
    own = thing is about.item
    attached = Attachment("recovery") if own else Attachment(
        "part of", "probably", PART_OF, (f"found with {thing.label}",))
    recovery = thing.get("recovery")
    shown = reader.many([recovery]).get(recovery) if recovery else None
    at = thing.get("recovered_on") or ""
    site = _site(reader, (shown.get("site") if shown else None) or thing.get("site"))
    told = ""
    if shown is not None:
        told = shown.get("recovered_on") or at
        if not told and shown.get("documented_on"):
            # It was found by the day on which it was documented.
            day = str(shown.get("documented_on")).rpartition("/")[2].partition("T")[0]
            told = f"../{day}" if day not in ("", "..") else ""
        yield _found(shown.id, "recovery", told, shown.get("place") or site[0], site[1],
                     shown.get("grade") or "", _circumstances(shown.values), attached)
    if (at and at != told) or (shown is None and thing.get("site") and not at):
        yield _found(thing.id, "item", at, site[0], site[1], thing.get("grade") or "", "", attached)


def _found(
    id_: str, kind: str, when: str, place: Mapping[str, Any] | None, site: str, grade: str,
    basis: str, attached: Attachment,
) -> Claim:
    first, last = days(when)
    return Claim(id_, kind, "recovered", to_country=_country(place), place=site or _place(place),
                 when=when, first=first, last=last, grade=grade, basis=basis, attached=attached)


def _site(reader: Reader, site: str | None) -> tuple[Mapping[str, Any] | None, str]:
    shown = reader.many([site]).get(site) if site else None
    return (shown.get("place"), shown.label) if shown is not None else (None, "")


def _circumstances(values: Mapping[str, Any]) -> str:
    told = []
    if values.get("finder"):
        told.append(f"found by {values['finder']}")
    if values.get("armed_group"):
        told.append(f"held before by {values['armed_group']}, as told")
    if values.get("circumstances"):
        told.append(str(values["circumstances"]))
    return "; ".join(told)


def _goods(values: Mapping[str, Any]) -> str:
    said = values.get("goods") or values.get("product") or ""
    more = [f"{name} {values[field]}" for name, field in (("lot", "lot"), ("serials", "serials"))
            if values.get(field)]
    return "; ".join(filter(None, (said, *more)))


def _goods_keys(values: Mapping[str, Any]) -> tuple[str, ...]:
    """Which goods they are, to be compared: by lot, else by serial numbers, else by product."""
    if values.get("lot"):
        return tuple(f"lot:{key}" for key in numbers(values["lot"]))
    if values.get("serials"):
        return (f"serials:{' '.join(words(values['serials']))}",)
    if values.get("product"):
        return (f"product:{' '.join(words(values['product']))}",)
    return ()


def _amount(quantity: Mapping[str, Any] | None) -> tuple[float | None, str]:
    if not quantity or quantity.get("value") is None:
        return None, ""
    return float(quantity["value"]), str(quantity.get("unit") or "piece")


def _country(place: Mapping[str, Any] | None) -> str:
    return str((place or {}).get("country") or "")


def _place(place: Mapping[str, Any] | None) -> str:
    return ", ".join(str(place[name]) for name in _PLACE if place.get(name)) if place else ""
